"""The stick on the page that sends: saved, taken to the centre, and home again, with a real centre."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.desktop.desks import DEK, PIN, SUPERVISOR_PIN, made_window, sign_in
from tests.desktop.joined import ServedCentre, write_batches
from tests.sync.bundle.sticks import can_mount, mounted
from trainer_app.desktop import network_work as states
from trainer_app.desktop.pages.send_stick import SAVED, TAKEN, TakeSheet, note_words
from trainer_app.desktop.pages.send_supervisor import SupervisorSheet
from trainer_app.desktop.sticks import Stick, StickWatch, find_sticks
from trainer_app.records.kinds import CENTRE_AREA, Device
from trainer_app.records.operation import Edit
from trainer_app.storage.opening import open_store
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.stick_note import StickNote
from trainer_app.sync.answer import Authority
from trainer_app.sync.bundle.homecoming import replies, take_reply
from trainer_app.sync.bundle.packing import export_bundle
from trainer_app.sync.bundle.taking import packages, take_bundle
from trainer_app.sync.recipients import own_recipient


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path, served: ServedCentre) -> Iterator[Any]:
    """A laptop that has joined, at the page that sends; three records wait and trainers may send them."""
    served.set_rule("pelatih")
    folder = tmp_path / "laptop"
    folder.mkdir(mode=0o700)
    trainer = served.laptop(folder)
    with made_window(qtbot, folder, signed_in=False) as made:
        sign_in(qtbot, made, trainer, PIN)
        write_batches(made.desk.store, trainer, 3)
        made.go("send")
        qtbot.waitUntil(
            lambda: made.frame.page.facts is not None and made.frame.page.facts.state.pending == 3
        )
        unplug_real_ones(qtbot, made.frame.page.watch)
        yield made


def unplug_real_ones(qtbot: QtBot, watch: StickWatch) -> None:
    """Whatever is plugged into this machine is not part of the test."""
    watch.set_on(False)
    watch._find = list
    qtbot.waitUntil(lambda: not watch._looking)
    watch._found([])


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "FLASHDISK"
    folder.mkdir()
    return folder


def card(app: Any) -> Any:
    return app.frame.page.stick


def shown(app: Any) -> list[str]:
    return [button.accessibleName() for button in card(app)._all if not button.isHidden()]


def wait(qtbot: QtBot, app: Any, state: str) -> None:
    qtbot.waitUntil(lambda: card(app).work.state == state)


def lines(app: Any) -> list[str]:
    column = card(app).facts._column
    widgets = [column.itemAt(i).widget() for i in range(column.count())]
    return [widget.title.text() for widget in widgets if hasattr(widget, "title")]


def sheet(qtbot: QtBot, app: Any, kind: type[Any]) -> Any:
    qtbot.waitUntil(lambda: any(s.isVisible() for s in app.window.findChildren(kind)))
    return next(s for s in app.window.findChildren(kind) if s.isVisible())


def plug_in(app: Any, stick: Path) -> None:
    """What the watch says when one is plugged in."""
    watch = app.frame.page.watch
    watch.set_on(False)
    watch._found([Stick(stick, "FLASHDISK", 7_200_000_000)])


def at_centre(served: ServedCentre, stick: Path) -> None:
    with served.running.opened() as centre:
        authority = Authority(centre.epoch, centre.sample)
        for package in list(packages(centre.store, authority, stick)):
            assert take_bundle(centre.store, authority, package.path).operations == 3


def test_out_and_back(qtbot: QtBot, app: Any, served: ServedCentre, stick: Path) -> None:
    assert shown(app) == ["Pilih folder…"]
    plug_in(app, stick)
    page = app.frame.page
    assert page.stick_banner.words.text() == "Flashdisk terbaca (7,2 GB kosong)"
    assert not page.stick_banner.isHidden()
    assert shown(app) == ["Simpan ke flashdisk", "Ambil dari flashdisk", "Pilih folder…"]
    page.stick_banner.save.click()
    wait(qtbot, app, SAVED)
    assert card(app).heading.text() == "Cabut flashdisk, sudah aman"
    assert lines(app)[0].startswith("3 catatan disalin (")
    assert shown(app) == ["Selesai"]
    assert page.stick_banner.isHidden()  # the card says it, large
    qtbot.waitUntil(lambda: page.facts.copied is not None and page.facts.copied.records == 3)
    assert page.facts.state.pending == 3, "a copy on a stick changes no state"
    assert "Sudah disalin ke flashdisk" in page.cards.pending._note.text()
    card(app).close_end.click()
    at_centre(served, stick)
    card(app).take.click()
    taking = sheet(qtbot, app, TakeSheet)
    qtbot.waitUntil(lambda: taking.take.isEnabled())
    assert [package.is_reply for package in taking.found] == [True]
    taking.take.click()
    wait(qtbot, app, TAKEN)
    assert any(line.startswith("Tanda terima ") for line in lines(app))
    qtbot.waitUntil(lambda: page.facts.state.received == 3)
    assert page.facts.copied is None
    assert page.cards.pending.number.text() == "0"


def test_a_supervisor_is_asked_where_the_rule_says_so(
    qtbot: QtBot, app: Any, served: ServedCentre, stick: Path
) -> None:
    served.set_rule("pengawas")
    served.exchange(app.desk.store)
    plug_in(app, stick)
    card(app).save.click()
    asking = sheet(qtbot, app, SupervisorSheet)
    assert list(stick.iterdir()) == []
    qtbot.waitUntil(lambda: asking.form is not None)
    asking.form._code.set_value(served.supervisor_code)
    for editor in asking.form.pin._pins:
        editor.setText(SUPERVISOR_PIN)
    asking.send.click()
    wait(qtbot, app, SAVED)
    assert app.sending.supervisor is not None


def test_a_supervisors_laptop_takes_the_packages_of_others(
    qtbot: QtBot, app: Any, served: ServedCentre, stick: Path, tmp_path: Path
) -> None:
    store = app.desk.store
    with served.running.opened() as centre:
        values = {"recipient": own_recipient(store)}
        centre.save([Edit(Device, store.replica, CENTRE_AREA, values)])
    served.exchange(store)
    folder = tmp_path / "ana"
    folder.mkdir(mode=0o700)
    trainer = served.laptop(folder)
    ana = open_store(folder, DEK)
    served.exchange(ana)
    write_batches(ana, trainer, 2)
    export_bundle(ana, stick)
    served.exchange(store)  # now it knows that laptop
    plug_in(app, stick)
    card(app).take.click()
    taking = sheet(qtbot, app, TakeSheet)
    qtbot.waitUntil(lambda: taking.take.isEnabled())
    row = taking.rows._column.itemAt(0).widget()
    assert row.title.text().startswith("Kiriman Laptop ")
    assert row.subtitle.text() == "2 catatan · 2 perubahan"
    taking.take.click()
    wait(qtbot, app, TAKEN)
    assert "2 perubahan baru diambil" in lines(app)[0]
    (reply,) = replies(ana, stick)
    assert take_reply(ana, reply).hub
    assert send_state(ana).at_supervisor == 2
    ana.close()


def test_a_fault_is_a_sentence_and_can_be_tried_again(qtbot: QtBot, app: Any, stick: Path) -> None:
    plug_in(app, stick / "sudah-dicabut")
    card(app).save.click()
    wait(qtbot, app, states.FAILED)
    assert card(app).line.text().startswith("Flashdisk tidak terbaca atau sudah dicabut.")
    plug_in(app, stick)
    card(app).save.click()
    wait(qtbot, app, SAVED)


def test_what_has_arrived_is_removed_from_the_stick_that_is_plugged_in(
    qtbot: QtBot, app: Any, served: ServedCentre, stick: Path
) -> None:
    store, page = app.desk.store, app.frame.page
    path = export_bundle(store, stick).path
    plug_in(app, stick)
    served.exchange(store)
    assert path.exists(), "it was plugged in before the receipt came"
    page.watch._found([])
    assert page.stick_banner.isHidden()
    page.watch._found([Stick(stick, "FLASHDISK", 7_200_000_000)])
    told = "1 berkas lama laptop ini dihapus dari flashdisk"
    qtbot.waitUntil(lambda: told in page.stick_banner.words.text())
    assert list(stick.iterdir()) == []
    page.watch._found([])
    page.watch._found([Stick(stick, "FLASHDISK", 7_200_000_000)])
    assert told not in page.stick_banner.words.text(), "it is said once"


def test_nothing_for_this_laptop(qtbot: QtBot, app: Any, stick: Path) -> None:
    card(app).use(stick)
    card(app).take.click()
    taking = sheet(qtbot, app, TakeSheet)
    qtbot.waitUntil(lambda: taking.rows._column.count() == 1)
    assert not taking.take.isEnabled()
    taking.reject()


def test_the_note_tells_a_part_from_all() -> None:
    at = 1_795_500_000_000
    assert note_words(None, 3) == ""
    assert note_words(StickNote(at, 3), 3) == "Sudah disalin ke flashdisk Sel 24 Nov"
    assert note_words(StickNote(at, 2), 3) == "2 sudah disalin ke flashdisk Sel 24 Nov"


def test_sticks_come_and_go(qtbot: QtBot, app: Any, tmp_path: Path) -> None:
    """A real file system on a real device, mounted where desktops mount sticks."""
    if not can_mount(tmp_path):
        pytest.skip("this machine lets nobody mount")
    image = tmp_path / "stick.img"
    with image.open("wb") as file:
        file.truncate(8_000_000)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    point = Path("/media") / f"contoh-{tmp_path.name}"
    watch = StickWatch(app.background)
    try:
        with mounted(point, "loop", kind="ext4", source=str(image)):
            here = [stick for stick in find_sticks() if stick.folder == point]
            assert len(here) == 1
            assert 0 < here[0].free_bytes < 8_000_000
            with qtbot.waitSignal(watch.changed):
                watch.set_on(True)
            assert here[0] in watch.sticks
        with qtbot.waitSignal(watch.changed):
            pass
        assert here[0] not in watch.sticks
    finally:
        watch.set_on(False)
        point.rmdir()


def has_focus(app: Any) -> str:
    widget = app.window.focusWidget()
    return str(widget.accessibleName()) if widget is not None and widget.isVisible() else ""


def test_the_keyboard_is_never_lost(qtbot: QtBot, app: Any, served: ServedCentre, stick: Path) -> None:
    plug_in(app, stick)
    banner = app.frame.page.stick_banner
    banner.save.setFocus()
    banner.save.click()
    qtbot.waitUntil(lambda: card(app).work.state != states.IDLE)
    assert app.window.focusWidget() is not None
    assert card(app).big
    wait(qtbot, app, SAVED)
    assert has_focus(app) == "Selesai"
    card(app).close_end.click()
    assert not card(app).big
    assert has_focus(app) == "Simpan ke flashdisk"
    at_centre(served, stick)
    card(app).take.setFocus()
    card(app).take.click()
    taking = sheet(qtbot, app, TakeSheet)
    qtbot.waitUntil(lambda: taking.take.isEnabled())
    taking.take.click()
    wait(qtbot, app, TAKEN)
    assert has_focus(app) == "Selesai"


def test_what_runs_stands_big_above_the_others(qtbot: QtBot, app: Any, stick: Path) -> None:
    page = app.frame.page
    ways = page.ways
    assert ways.heading.text() == "Cara mengirim"
    qtbot.waitUntil(lambda: page.lan.height() == page.stick.height() == page.card.height())
    assert page.lan.y() == page.stick.y() == page.card.y()
    plug_in(app, stick)
    card(app).save.click()
    wait(qtbot, app, SAVED)
    assert ways.heading.text() == "Cara lain mengirim"
    qtbot.waitUntil(lambda: page.stick.y() < page.lan.y() == page.card.y())
    assert page.stick.width() == ways.width()
    view = page.scroller.viewport()
    foot = page.stick.rect().bottomLeft()
    # what runs is seen whole in the window of a small laptop
    qtbot.waitUntil(lambda: page.stick.mapTo(view, foot).y() < view.height())
