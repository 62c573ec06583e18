"""Taking in from trainers, and handing over to a supervisor: two laptops, real sockets, one of them with a
window.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.desktop.desks import DEK, PIN, SUPERVISOR_NAME, SUPERVISOR_PIN, made_window, sign_in
from tests.desktop.joined import ServedCentre, write_batches
from trainer_app.actions.staff import first_sign_in, roster
from trainer_app.commands.hub import ListeningHub
from trainer_app.desktop import handing_over, hosting, network_work
from trainer_app.desktop.pages.send_card import end_facts
from trainer_app.desktop.pages.send_lan import LanSheet
from trainer_app.records.ids import RecordId
from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.keys import KeyRing
from trainer_app.storage.opening import open_store
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store
from trainer_app.sync.carriers.lan import LanCarrier, meet
from trainer_app.sync.exchange import exchange
from trainer_app.sync.invitation import invitation, read_invitation
from trainer_app.sync.pairing import known_hubs


def start_hub(store: Store, changed: Callable[[], None]) -> ListeningHub:
    return ListeningHub(store, changed=changed, host="127.0.0.1", port=0)


def supervisor_of(folder: Path) -> RecordId:
    store = open_store(folder, DEK)
    person = next(person for person in roster(store) if person.name == SUPERVISOR_NAME)
    first_sign_in(store, KeyRing(folder), DEK, person.id, SUPERVISOR_PIN, code=None)
    store.close()
    return person.id


def hand_over(folder: Path, address: str, code: str = "") -> None:
    store = open_store(folder, DEK)
    try:
        hub = meet(store, address, code)
        carrier = LanCarrier(hub)
        try:
            exchange(store, carrier, hub=hub.replica)
        finally:
            carrier.close()
    finally:
        store.close()


@contextmanager
def other_laptop(folder: Path, served: ServedCentre, records: int) -> Iterator[Path]:
    author = served.laptop(folder)
    store = open_store(folder, DEK)
    write_batches(store, author, records)
    store.close()
    yield folder


# ---------------------------------------------------------------- the supervisor's window
@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path, served: ServedCentre) -> Iterator[Any]:
    """A supervisor at the page that takes in."""
    folder = tmp_path / "pengawas"
    served.laptop(folder)
    person = supervisor_of(folder)
    with made_window(qtbot, folder, signed_in=False, start_hub=start_hub) as made:
        sign_in(qtbot, made, person, SUPERVISOR_PIN)
        made.go("hub")
        yield made


def page(app: Any) -> Any:
    return app.frame.page


def begin(qtbot: QtBot, app: Any) -> str:
    page(app).start.click()
    qtbot.waitUntil(lambda: page(app).hosting.state == hosting.ON)
    return str(page(app).hosting.hub.addresses[0])


def test_a_supervisor_takes_in_and_sends_on(
    qtbot: QtBot, app: Any, tmp_path: Path, served: ServedCentre
) -> None:
    shown = page(app)
    assert shown.empty.words.text() == "Belum ada laptop tersambung"
    assert "Belum menerima" in shown.chip.text()
    address = begin(qtbot, app)
    assert app.window.focusWidget() is shown.stop  # where the button was that was pressed
    code = shown.hosting.hub.code
    assert shown.code.text() == f"{code[:2]} {code[2:4]} {code[4:]}"
    assert not shown.qr.isHidden()
    assert read_invitation(shown.qr.text) == (address, code)
    assert address in shown.address.text()
    with other_laptop(tmp_path / "pelatih", served, 3) as laptop:
        hand_over(laptop, address, code)  # it does not know this hub, or it does from the centre's list
        qtbot.waitUntil(lambda: not shown.ready.isHidden())
        assert shown.ready.heading.text() == "3 perubahan dari 1 laptop siap dikirim ke pusat"
        (row,) = shown._rows.values()
        qtbot.waitUntil(lambda: row.chip.text() == "selesai")
        assert row.line.text() == "3 perubahan, sama dengan di laptopnya"
        assert shown.count.text() == "1 selesai"
        app.go("send")
        waits = "3 perubahan dari 1 laptop pelatih ikut dikirim."
        qtbot.waitUntil(lambda: waits in app.frame.page.header.subtitle.text())
        app.sending.start()
        qtbot.waitUntil(lambda: app.sending.state == "done")
        told = [words for _icon, words, _tone in end_facts(app.sending.ended)]
        assert "3 perubahan dari laptop pelatih diterima pusat" in told
        app.go("hub")
        shown = page(app)
        qtbot.waitUntil(lambda: bool(shown._rows))
        (row,) = shown._rows.values()
        qtbot.waitUntil(lambda: shown.ready.isHidden())
        hand_over(laptop, address)
        store = open_store(laptop, DEK)
        assert send_state(store).all_received
        store.close()
        qtbot.waitUntil(lambda: "1 tanda terima dibawa pulang" in row.line.text())
    shown.stop.click()
    assert shown.hosting.state == hosting.OFF
    stopped: list[bool] = []
    app.background.run(lambda: True, stopped.append)  # behind the stopping, on the same worker
    qtbot.waitUntil(lambda: bool(stopped))
    with pytest.raises(CarrierProblem):
        hand_over(laptop, address)


def test_the_wifi_is_named_where_the_system_tells_it(
    qtbot: QtBot, app: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page(app).network.text() == "Sambung ke Wi-Fi yang sama dengan laptop ini"
    assert page(app).qr.isHidden()
    program = tmp_path / "bin" / "nmcli"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nprintf '*:PENGAWAS <HENDRA>\\n'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    begin(qtbot, app)
    named = "Sambung ke Wi-Fi <b>PENGAWAS &lt;HENDRA&gt;</b>"
    qtbot.waitUntil(lambda: page(app).network.text() == named)
    page(app).stop.click()
    assert page(app).qr.isHidden()


def test_it_goes_on_while_one_works_and_while_locked(
    qtbot: QtBot, app: Any, tmp_path: Path, served: ServedCentre
) -> None:
    address = begin(qtbot, app)
    code = page(app).hosting.hub.code
    app.go("help")
    app.lock()
    with other_laptop(tmp_path / "pelatih", served, 2) as laptop:
        hand_over(laptop, address, code)
        store = open_store(laptop, DEK)
        assert send_state(store).at_supervisor == 2
        store.close()


def test_a_laptop_that_is_pulled_out_is_said_to_be(
    qtbot: QtBot, app: Any, tmp_path: Path, served: ServedCentre
) -> None:
    address = begin(qtbot, app)
    code = page(app).hosting.hub.code
    with other_laptop(tmp_path / "pelatih", served, 4) as laptop:
        store = open_store(laptop, DEK)
        hub = meet(store, address, code)

        class PulledOut(LanCarrier):
            def send(self, data: bytes) -> bytes:
                super().send(data)
                self.close()
                raise CarrierProblem("gone", code="test.cut")

        with pytest.raises(CarrierProblem):
            exchange(store, PulledOut(hub), hub=hub.replica)
        store.close()
    qtbot.waitUntil(lambda: "1 terputus" in page(app).count.text())
    (row,) = page(app)._rows.values()
    assert row.line.text() == "0 dari 4 perubahan · sisanya tetap di laptop itu"


def test_trainers_are_told_who_may(qtbot: QtBot, tmp_path: Path, served: ServedCentre) -> None:
    trainer = served.laptop(tmp_path)
    with made_window(qtbot, tmp_path, signed_in=False, start_hub=start_hub) as made:
        sign_in(qtbot, made, trainer, PIN)
        made.go("send")
        assert made.frame.page.lan.take.isHidden()
        made.go("hub")
        assert not made.frame.page.start.isEnabled()
        assert "Hanya pengawas" in made.frame.page.problem.words.text()


# ---------------------------------------------------------------- the trainer's window
class Supervisor:
    """A hub without a window, on a laptop that the trainer's may or may not know."""

    def __init__(self, folder: Path, served: ServedCentre) -> None:
        served.laptop(folder)
        self.store = open_store(folder, DEK)
        self.came = threading.Event()
        self.hub = ListeningHub(self.store, changed=self.came.set, host="127.0.0.1", port=0)
        self.address = self.hub.addresses[0]

    def close(self) -> None:
        self.hub.stop()
        self.store.close()


@pytest.fixture
def trainer(qtbot: QtBot, tmp_path: Path, served: ServedCentre) -> Iterator[tuple[Any, Supervisor]]:
    """A trainer with three records at the page that sends, and a supervisor's laptop that it has not heard
    of.
    """
    folder = tmp_path / "pelatih"
    person = served.laptop(folder)
    supervisor = Supervisor(tmp_path / "pengawas", served)
    with made_window(qtbot, folder, signed_in=False) as made:
        sign_in(qtbot, made, person, PIN)
        write_batches(made.desk.store, person, 3)
        made.go("send")
        yield made, supervisor
    supervisor.close()


def sheet_of(app: Any) -> LanSheet:
    card = page(app).lan
    card.start.click()
    assert card.sheet is not None
    return card.sheet  # type: ignore[no-any-return]  # the page is not typed here


def test_a_trainer_hands_over_with_the_code_once(qtbot: QtBot, trainer: tuple[Any, Supervisor]) -> None:
    app, supervisor = trainer
    card = page(app).lan
    sheet = sheet_of(app)
    sheet.address.set_value(supervisor.address)
    assert sheet.code_field.isHidden()
    sheet.go.click()
    qtbot.waitUntil(lambda: not sheet.code_field.isHidden())
    wrong = f"{(int(supervisor.hub.code) + 1) % 10**6:06}"
    sheet.code.set_value(wrong)
    sheet.go.click()
    qtbot.waitUntil(lambda: "Kode belum cocok" in sheet._problem.text())
    assert known_hubs(app.desk.store) == []
    sheet.code.set_value(supervisor.hub.code)
    sheet.go.click()
    qtbot.waitUntil(lambda: card.work.state == handing_over.DONE)
    assert card.heading.text() == "Sudah di laptop pengawas"
    qtbot.waitUntil(lambda: page(app).facts.state.at_supervisor == 3)
    assert page(app).cards.received.number.text() == "0"
    card.close_end.click()
    sheet = sheet_of(app)
    assert sheet.address.value() == supervisor.address
    sheet.go.click()
    qtbot.waitUntil(lambda: card.work.state == handing_over.DONE)


def test_a_scanned_qr_fills_in_address_and_code(qtbot: QtBot, trainer: tuple[Any, Supervisor]) -> None:
    app, supervisor = trainer
    sheet = sheet_of(app)
    sheet.address.setFocus()
    qtbot.keyClicks(sheet.address, invitation(supervisor.address, supervisor.hub.code))
    qtbot.keyClick(sheet.address, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page(app).lan.work.state == handing_over.DONE)
    assert known_hubs(app.desk.store)[0].address == supervisor.address


def test_a_supervisor_who_is_not_there_is_said_in_the_sheet(
    qtbot: QtBot, trainer: tuple[Any, Supervisor]
) -> None:
    app, supervisor = trainer
    supervisor.hub.stop()
    sheet = sheet_of(app)
    sheet.address.set_value(supervisor.address)
    sheet.go.click()
    qtbot.waitUntil(lambda: "Wi-Fi yang sama" in sheet._problem.text())
    sheet.close_with("")
    assert send_state(app.desk.store).pending == 3


def test_a_laptop_with_another_certificate_is_refused_on_the_card(
    qtbot: QtBot, trainer: tuple[Any, Supervisor]
) -> None:
    app, supervisor = trainer
    store = app.desk.store
    known = meet(store, supervisor.address, supervisor.hub.code)
    supervisor.hub.stop()
    supervisor.store.set_meta("hub_certificate", b"")  # as if another one answered under its name
    with supervisor.store.db.writing() as c:
        c.run("DELETE FROM meta WHERE key IN ('hub_certificate', 'hub_key')")
    supervisor.hub = ListeningHub(supervisor.store, changed=lambda: None, host="127.0.0.1", port=0)
    sheet = sheet_of(app)
    sheet.address.set_value(supervisor.hub.addresses[0])
    sheet.go.click()
    card = page(app).lan
    qtbot.waitUntil(lambda: card.work.state == network_work.FAILED)
    assert "Jangan kirim lewat Wi-Fi ini" in card.line.text()
    assert "flashdisk" in card.line.text()
    assert known_hubs(store) == [known]
    assert send_state(store).pending == 3


def test_a_hub_nearby_is_offered_by_its_name(qtbot: QtBot, trainer: tuple[Any, Supervisor]) -> None:
    app, supervisor = trainer
    from trainer_app.sync.discovery import Browser

    sheet = LanSheet(app.desk, Browser(lambda: None, ["127.0.0.1"]))
    sheet.open()

    def offered() -> bool:
        sheet._show_found()
        return any(hub.replica == supervisor.store.replica for hub in sheet._found)

    qtbot.waitUntil(offered)
    assert sheet._choice is not None
    sheet._choice.set_value(supervisor.address)
    sheet._chosen()
    assert sheet.address.value() == supervisor.address
    sheet.close_with("")
