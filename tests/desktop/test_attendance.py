"""Marking a class by keyboard alone, in the whole window with a real encrypted store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.desktop.classroom import FEW, OtherLaptop, Room, classroom, people, planned, today_at
from tests.desktop.desks import AREA, SUPERVISOR, SUPERVISOR_NAME, TRAINER
from tests.desktop.gallery import NAMES
from tests.desktop.registering import CONTROL
from trainer_app.actions.attendance import close_session
from trainer_app.actions.sessions import create_batch, enrol_all, set_state
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Attendance, Enrolment, Enterprise, Person, Session
from trainer_app.records.operation import Edit
from trainer_app.records.training import CANCELLED

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
KEY = Qt.Key


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    with classroom(qtbot, tmp_path) as made:
        made.go("attendance", session=made.session.id)
        yield made


@pytest.fixture
def full(qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    """Forty people, as in the design."""
    with classroom(qtbot, tmp_path, NAMES) as made:
        made.go("attendance", session=made.session.id)
        yield made


def tiles(room: Room) -> dict[str, str]:
    return {name: room.tile(name) for name in room.people}


# ---------------------------------------------------------------- marking
def test_every_key_marks_and_the_band_tells_it(room: Room) -> None:
    assert room.in_focus() == "Agus"
    room.keys.press(KEY.Key_Space)
    room.settle()
    assert (room.status("Agus"), room.tile("Agus")) == ("H", "present")
    assert room.page.band.name.text() == "Agus"
    assert room.page.band.result.text().startswith("Hadir · ")
    for name, key, status, state in (
        ("Budi", KEY.Key_T, "T", "late"),
        ("Dewi", KEY.Key_I, "I", "excused"),
        ("Endang", KEY.Key_A, "A", "absent"),
    ):
        room.keys.press(KEY.Key_Right)
        assert room.in_focus() == name
        room.keys.press(key)
        room.settle()
        assert (room.status(name), room.tile(name)) == (status, state)
    mark = room.mark("Agus")
    assert mark is not None
    assert (mark.marked_by, mark.method) == (TRAINER, "petak")
    assert mark.arrived_at is not None
    assert room.held_now().state == "berjalan"
    assert room.page.top.ring.accessibleDescription() == "2 / 8"


def test_forty_people_by_eighty_keys_as_fast_as_they_come(full: Room) -> None:
    marked: list[bytes] = []
    full.store.changed.append(lambda kinds: marked.append(b"") if Attendance.kind in kinds else None)
    for _person in full.people:
        full.press(KEY.Key_Space, KEY.Key_Right)
    full.settle()
    assert {full.status(name) for name in full.people} == {"H"}
    assert set(tiles(full).values()) == {"present"}
    assert len(marked) == 40, "each mark is saved by itself"
    order = sorted(full.store.find(Attendance), key=lambda mark: mark.arrived_at or 0)
    assert [mark.person for mark in order] == [row.person for row in full.page._rows.values()]


def test_a_key_that_comes_up_late_loses_nothing(room: Room) -> None:
    """Who types fast presses the arrow before letting go of Space."""
    first = QApplication.focusWidget()
    assert first is not None
    QTest.keyPress(first, KEY.Key_Space)
    QTest.keyPress(first, KEY.Key_Right)
    QTest.keyRelease(QApplication.focusWidget(), KEY.Key_Space)
    room.settle()
    assert (room.status("Agus"), room.status("Budi")) == ("H", None)


def test_space_twice_at_once_marks_and_takes_the_mark_away(room: Room) -> None:
    room.press(KEY.Key_Space, KEY.Key_Space)
    room.settle()
    assert (room.status("Agus"), room.tile("Agus")) == (None, "none")
    room.keys.press(KEY.Key_Z, CONTROL)
    room.settle()
    assert room.status("Agus") == "H", "what was taken away comes back"
    room.keys.press(KEY.Key_Z, CONTROL)
    room.settle()
    assert room.status("Agus") is None


def test_space_marks_somebody_excused_who_comes_after_all(room: Room) -> None:
    room.press(KEY.Key_I)
    room.settle()
    room.press(KEY.Key_Space)
    room.settle()
    assert (room.status("Agus"), room.tile("Agus")) == ("H", "present")


def test_undo_goes_back_mark_by_mark_to_a_session_not_begun(room: Room) -> None:
    room.keys.press(KEY.Key_Space)
    room.settle()
    arrived = room.mark("Agus").arrived_at  # type: ignore[union-attr]  # it was just made
    room.keys.press(KEY.Key_T)
    room.settle()
    assert room.mark("Agus").arrived_at == arrived  # type: ignore[union-attr]  # late or not, that is when
    for status in ("H", None):
        room.keys.press(KEY.Key_Z, CONTROL)
        room.settle()
        assert room.status("Agus") == status
    assert room.held_now().state == "terjadwal"
    assert room.page.band.result.text() == "Tanda diurungkan"


def test_the_rest_are_marked_by_one_key_and_unmarked_by_one(full: Room) -> None:
    away = NAMES[:8]
    for name in away:
        full.page.grid.go_to(full.people[name].hex())
        full.press(KEY.Key_A)
    full.keys.press(KEY.Key_Return, CONTROL)
    full.settle()
    assert [name for name in full.people if full.status(name) == "A"] == away
    assert sum(full.status(name) == "H" for name in full.people) == 32
    assert full.page.band.name.text() == "32 orang ditandai"
    full.keys.press(KEY.Key_Z, CONTROL)
    full.settle()
    assert sum(full.status(name) is None for name in full.people) == 32
    assert [name for name in full.people if full.status(name) == "A"] == away


def test_the_mouse_marks_too(room: Room, qtbot: QtBot) -> None:
    tile = room.page.grid._tiles[room.people["Dewi"].hex()]
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    room.settle()
    assert room.status("Dewi") == "H"
    late = next(button for button in room.page.foot.keys if button.accessibleName() == "telat")
    qtbot.mouseClick(late, Qt.MouseButton.LeftButton)
    room.settle()
    assert room.status("Dewi") == "T"
    assert room.in_focus() == "Dewi"
    qtbot.mouseClick(room.page.band.action, Qt.MouseButton.LeftButton)
    room.settle()
    assert room.status("Dewi") == "H"


# ---------------------------------------------------------------- finding
def test_letters_find_a_name(room: Room) -> None:
    room.keys.type("si")
    assert room.in_focus() == "Siti Aminah"
    assert "si" in room.page.band.name.text()
    room.keys.press(KEY.Key_Space)
    room.settle()
    assert room.status("Siti Aminah") == "H"


def test_the_search_box_marks_one_after_the_other(room: Room) -> None:
    room.keys.press(KEY.Key_F, CONTROL)
    room.keys.type("lil")
    assert room.page.grid.shown() == (room.people["Lilis"].hex(),)
    room.keys.enter()
    room.settle()
    assert room.status("Lilis") == "H"
    assert room.in_focus() == "Cari peserta"
    room.keys.type("yat")
    room.keys.enter()
    room.settle()
    assert room.status("Yatinem") == "H"
    room.keys.type("siti")
    room.keys.enter()
    assert room.in_focus() == "Siti Aminah", "two of that name: the tiles decide"
    assert room.status("Siti Aminah") is None
    room.keys.press(KEY.Key_F, CONTROL)
    room.keys.type("lilis")
    room.keys.enter()
    room.settle()
    assert "sudah tercatat pukul" in room.page.band.result.text()
    assert room.status("Lilis") == "H"


def test_a_filter_counts_and_shows_and_the_keyboard_stays_with_the_next(room: Room) -> None:
    room.keys.press(KEY.Key_Space)
    room.settle()
    words = [button.text() for button in room.page.filters.buttons]
    assert words == ["Semua 8", "Belum 7", "Hadir 1", "Terlambat 0", "Izin 0", "Tidak hadir 0"]
    room.page.filters.buttons[1].click()
    assert len(room.page.grid.shown()) == 7
    room.page.grid.go_to(room.people["Dewi"].hex())
    room.keys.press(KEY.Key_Space)
    room.settle()
    assert room.in_focus() == "Endang", "who was marked left the list; the next one has the keyboard"
    room.keys.press(KEY.Key_Escape)
    assert len(room.page.grid.shown()) == 8


def test_somebody_who_is_not_on_the_sheet_is_found_and_marked(room: Room) -> None:
    other = create_batch(room.store, TRAINER, name="Angkatan 3")
    room.people |= people(room.store, ["Markus CONTOH", "Yosefina CONTOH"])
    enrol_all(room.store, other.id, [room.people["Markus CONTOH"]], TRAINER)
    room.settle()
    for name, enrolled in (("Markus CONTOH", False), ("Yosefina CONTOH", True)):
        room.keys.press(KEY.Key_F, CONTROL)
        room.keys.type(name[:6])
        room.keys.enter()
        assert room.sheet() is not None
        room.keys.enter()
        room.settle()
        assert room.status(name) == "H"
        assert room.page._rows[room.people[name]].enrolled is enrolled, "a guest stays in the own batch"
    room.keys.press(KEY.Key_Z, CONTROL)
    room.settle()
    assert room.people["Yosefina CONTOH"] not in room.page._rows
    assert room.store.count(Enrolment, {"batch": room.batch.id}) == len(FEW)
    assert room.people["Markus CONTOH"] in room.page._rows


# ---------------------------------------------------------------- closing
def test_closing_tells_the_sum_and_marks_the_absent(room: Room) -> None:
    room.press(KEY.Key_Space, KEY.Key_Right, KEY.Key_Space)
    room.settle()
    room.page.close_button.setFocus()
    room.keys.enter()
    words = " ".join(label.text() for label in room.sheet().findChildren(type(room.sheet().text)))
    assert "Dewi, Endang" in words
    room.keys.enter()
    room.settle()
    assert room.held_now().state == "ditutup"
    assert room.page.grid.isAncestorOf(QApplication.focusWidget()), "one Enter too many opens nothing again"
    assert [room.status(name) for name in FEW] == ["H", "H", *["A"] * 6]
    assert room.page.band.result.text() == "2 hadir · 0 telat · 0 izin · 6 tidak hadir"
    room.keys.press(KEY.Key_Z, CONTROL)
    room.settle()
    assert (room.held_now().state, room.held_now().closed_at) == ("berjalan", None)
    assert [room.status(name) for name in FEW] == ["H", "H", *[None] * 6], "one deed, taken back as one"


def test_closing_can_leave_people_unmarked_or_be_put_off(room: Room) -> None:
    room.page.close_button.setFocus()
    room.keys.enter()
    room.keys.press(KEY.Key_Escape)
    room.settle()
    assert room.held_now().state == "terjadwal"
    room.keys.enter()
    room.keys.press(KEY.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert room.in_focus() == "Tutup saja"
    room.keys.enter()
    room.settle()
    assert room.held_now().state == "ditutup"
    assert room.store.count(Attendance) == 0


def test_a_closed_session_asks_why_and_keeps_the_reason(room: Room) -> None:
    close_session(room.store, room.session, TRAINER)
    room.settle()
    assert "ditutup" in room.page.notice.accessibleName()
    room.page.grid.setFocus()
    room.keys.press(KEY.Key_Space)
    room.settle()
    assert room.sheet() is not None
    room.keys.enter()
    assert room.sheet() is not None, "no reason, no change"
    room.keys.type("Lembar kertas menyusul")
    room.keys.enter()
    room.settle()
    mark = room.mark("Agus")
    assert mark is not None
    assert (mark.status, mark.reason) == ("H", "Lembar kertas menyusul")
    room.keys.press(KEY.Key_Right)
    room.keys.press(KEY.Key_T)
    room.settle()
    room.keys.enter()  # the reason of before stands there
    room.settle()
    assert room.mark("Budi").reason == "Lembar kertas menyusul"  # type: ignore[union-attr]  # just made
    room.keys.press(KEY.Key_T)
    room.keys.press(KEY.Key_Space)
    room.settle()
    room.keys.press(KEY.Key_Escape)
    room.settle()
    assert room.status("Budi") == "T", "put away, so nothing changed"
    room.page.close_button.setFocus()
    assert room.in_focus() == "Buka lagi"
    room.keys.enter()
    room.settle()
    assert room.held_now().state == "berjalan"
    room.page.grid.go_to(room.people["Dewi"].hex())
    room.keys.press(KEY.Key_Space)
    room.settle()
    assert room.status("Dewi") == "H"


def test_a_cancelled_session_takes_no_marks(room: Room) -> None:
    set_state(room.store, room.session, CANCELLED, TRAINER, reason="Jalan putus")
    room.settle()
    assert "Jalan putus" in room.page.notice.accessibleName()
    room.keys.press(KEY.Key_Space)
    room.settle()
    assert room.sheet() is not None
    room.keys.enter()
    assert room.status("Agus") is None
    assert not room.page.rest.isVisible()


# ---------------------------------------------------------------- what comes from elsewhere
def test_a_mark_of_another_laptop_appears_with_who_made_it(room: Room, tmp_path: Path) -> None:
    room.keys.press(KEY.Key_Space)
    room.settle()
    other = OtherLaptop(tmp_path / "dua")
    other.marks(room.session, room.people["Agus"], "T", SUPERVISOR)
    other.marks(room.session, room.people["Dewi"], "H", SUPERVISOR)
    room.app.background.run(lambda: other.sends_to(room.store))
    room.qtbot.waitUntil(lambda: room.tile("Dewi") == "present")
    assert room.tile("Agus") == "late"
    assert SUPERVISOR_NAME in room.page.grid.mark(room.people["Agus"].hex()).more
    assert room.in_focus() == "Agus", "the keyboard stays where it was"
    other.store.close()


def test_people_who_come_to_the_batch_and_leave_it_keep_marks_and_focus(room: Room) -> None:
    room.page.grid.go_to(room.people["Dewi"].hex())
    room.keys.press(KEY.Key_Space)
    room.people |= people(room.store, ["Aaron CONTOH"])
    enrol_all(room.store, room.batch.id, [room.people["Aaron CONTOH"]], TRAINER)
    room.settle()
    assert room.page.grid.people()[0] == room.people["Aaron CONTOH"].hex()
    assert room.in_focus() == "Dewi"
    moment = room.store.clock.now_ms()
    gone = Edit(Person, room.people["Budi"], room.session.area, {"deleted_at": moment})
    room.store.save([gone], TRAINER)
    room.settle()
    assert room.people["Budi"] not in room.page._rows
    assert room.in_focus() == "Dewi"
    assert room.tile("Dewi") == "present"


def test_times_are_those_of_the_venue(room: Room) -> None:
    # It begins now: whatever the hour is here, it is still the day of the session there.
    there = {"zone": "Asia/Jayapura", "starts_at": room.store.clock.now_ms()}
    room.store.save([Edit(Session, room.session.id, room.session.area, there)], TRAINER)
    room.settle()
    room.page.grid.setFocus()
    room.keys.press(KEY.Key_Space)
    room.settle()
    arrived = room.mark("Agus").arrived_at  # type: ignore[union-attr]  # just made
    from trainer_app.actions.sessions import local_time
    from trainer_app.words import time_of_day

    assert room.page.grid.mark(room.people["Agus"].hex()).note == time_of_day(
        local_time(arrived or 0, "Asia/Jayapura")
    )


def test_a_session_of_another_day_says_so(room: Room) -> None:
    later = planned(room.store, room.batch.id, "QRIS", today_at(9, days=7))
    room.go("attendance", session=later.id)
    assert "bukan hari ini" in room.page.notice.accessibleName()
    room.keys.press(KEY.Key_Space)
    room.settle()
    (mark,) = room.store.find(Attendance, {"session": later.id})
    assert (mark.status, mark.arrived_at) == ("H", None), "nobody came today to a class of next week"


def test_an_empty_batch_offers_people_one_after_the_other(room: Room) -> None:
    batch = create_batch(room.store, TRAINER, name="Angkatan 5")
    session = planned(room.store, batch.id, "Foto produk", today_at(13))
    room.go("attendance", session=session.id)
    assert room.in_focus() == "Tambah peserta"
    room.keys.enter()
    for letters in ("agus", "budi"):
        room.keys.type(letters)
        room.keys.enter()
        room.settle()
    room.keys.press(KEY.Key_Escape)  # empties the box
    room.keys.press(KEY.Key_Escape)
    room.settle()
    assert len(room.page._rows) == 2
    assert {row.status for row in room.page._rows.values()} == {None}
    room.keys.press(KEY.Key_Z, CONTROL)
    room.settle()
    assert len(room.page._rows) == 0


def test_a_session_that_was_taken_away_leads_back(room: Room) -> None:
    moment = room.store.clock.now_ms()
    room.store.save([Edit(Session, room.session.id, room.session.area, {"deleted_at": moment})], TRAINER)
    room.settle()
    assert room.page.empty.isVisible()
    room.page.empty.button.click()
    assert room.app.frame.here[0] == "sessions"


# ---------------------------------------------------------------- looks
@pytest.mark.parametrize("look", ["siang", "terik", "malam"])
def test_forty_tiles_fit_without_scrolling(full: Room, look: str) -> None:
    full.app.change_settings(look=look)
    full.qtbot.waitUntil(lambda: full.app.frame.page.grid.people() != ())
    full.app.window.resize(1366, 700)
    full.settle()
    page = full.page
    view = page._scroll.viewport()
    assert page.grid.height() <= view.height() + 1
    assert page._scroll.verticalScrollBar().maximum() == 0
    assert page.band.height() >= 66
    tile = page.grid._tiles[page.grid.people()[0]]
    assert tile.height() >= 44
    assert page.close_button.isVisible()
    assert page.foot.saved.isVisible()


def test_nothing_promises_a_scanner(room: Room) -> None:
    room.keys.press(KEY.Key_Space)
    room.settle()
    words = [w.text() for w in room.page.findChildren(type(room.page.band.name)) if w.isVisible()]
    assert not [text for text in words if "pindai" in text.casefold()]


def test_tab_goes_through_the_page_in_reading_order(room: Room) -> None:
    seen = []
    for _stop in range(20):
        seen.append(room.in_focus())
        room.keys.press(KEY.Key_Tab)
        if room.in_focus() == seen[0]:
            break
    assert seen[:7] == ["Agus", "hadir", "telat", "izin", "tidak hadir", "urungkan", "Tutup sesi"]
    assert seen[-5:] == ["Semua sesi", "Cari peserta", "Semua 8", "Tandai sisanya hadir", "Peserta baru"]


def test_back_on_the_first_page_the_keyboard_is_at_the_session(room: Room) -> None:
    first = room.go("today")
    first.first_focus.setFocus()
    room.go("attendance", session=room.session.id)
    room.press(KEY.Key_Space)
    room.settle()
    room.keys.press(KEY.Key_Escape)
    room.settle()
    assert room.page is first
    room.qtbot.waitUntil(lambda: QApplication.focusWidget() is first.first_focus)


def test_namesakes_are_told_apart_by_their_business_and_new_names_are_shown(room: Room) -> None:
    agus, budi = room.people["Agus"], room.people["Budi"]
    firm = Edit(Enterprise, new_id(), AREA, {"owner": budi, "name": "CONTOH Tenun"})
    room.store.save([firm], TRAINER)
    names = dict(room.page.grid.named())
    assert (names[agus.hex()], names[budi.hex()]) == ("Agus", "Budi"), "one name each needs nothing more"
    room.store.save([Edit(Person, agus, AREA, {"full_name": "Budi"})], TRAINER)
    room.settle()
    names = dict(room.page.grid.named())
    assert (names[agus.hex()], names[budi.hex()]) == ("Budi", "Budi · CONTOH Tenun")
