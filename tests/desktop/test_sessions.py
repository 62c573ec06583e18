"""Planning by keyboard alone, in the whole window with a real encrypted store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.desktop.classroom import FEW, VILLAGE, Room, classroom, people, planned, today_at
from tests.desktop.desks import TRAINER, made_window
from tests.desktop.registering import CONTROL, Keyboard
from trainer_app.actions.attendance import record_attendance
from trainer_app.actions.sessions import create_batch, local_time
from trainer_app.desktop import theme
from trainer_app.desktop.pages.session_sheets import SessionSheet
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Batch, Enrolment, Module, Session
from trainer_app.records.operation import Edit

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
KEY = Qt.Key


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    with classroom(qtbot, tmp_path) as made:
        titles = ("Foto produk", "QRIS untuk warung")
        modules = [
            Edit(Module, new_id(), 0, {"code": f"M0{n}", "title_id": title, "hours": 2})
            for n, title in enumerate(titles, 1)
        ]
        made.store.save(modules, TRAINER)
        module = modules[0].id
        made.store.save([Edit(Session, made.session.id, made.session.area, {"module": module})], TRAINER)
        made.go("sessions")
        yield made


def topics(page: Any) -> list[str]:
    return [page._model.row_at(place).session.topic for place in range(page._model.rowCount())]


def newest(room: Room) -> Session:
    return room.store.find(Session, order="-starts_at", limit=1)[0]


# ---------------------------------------------------------------- planning
def test_the_next_session_takes_two_keys(room: Room) -> None:
    room.keys.press(KEY.Key_B, CONTROL)
    room.keys.enter()
    room.settle()
    made = newest(room)
    assert (made.topic, made.hours, made.venue, made.village) == (
        "QRIS untuk warung",
        2,
        "Balai Desa",
        VILLAGE,
    )
    assert (made.starts_at or 0) - (room.session.starts_at or 0) == timedelta(days=7).total_seconds() * 1000
    assert (made.state, made.trainer) == ("terjadwal", TRAINER)
    assert room.page._current().session.id == made.id, "the new one is chosen"
    room.keys.enter()
    assert room.app.frame.here == ("attendance", {"session": made.id})


def test_from_today_it_takes_two_keys_too_and_coming_back_asks_nothing(room: Room) -> None:
    room.go("today")
    room.go("sessions", create=True)
    room.keys.enter()
    room.settle()
    assert newest(room).topic == "QRIS untuk warung"
    room.keys.enter()
    room.keys.press(KEY.Key_Escape)
    room.settle()
    assert room.app.frame.here[0] == "sessions"
    assert room.sheet() is None


def test_when_all_modules_are_taught_the_next_one_has_a_number(room: Room) -> None:
    for _session in range(2):
        room.keys.press(KEY.Key_B, CONTROL)
        room.keys.enter()
        room.settle()
    assert newest(room).topic == "Pertemuan 3"


def test_a_session_is_undone_and_changed_back(room: Room) -> None:
    room.keys.press(KEY.Key_B, CONTROL)
    room.keys.enter()
    room.settle()
    room.keys.press(KEY.Key_Z, CONTROL)
    room.settle()
    assert room.store.count(Session) == 1
    room.page.change.setFocus()
    room.keys.enter()
    form = room.sheet()
    form.starts.setFocus()
    form.starts.selectAll()
    room.keys.type("1330")
    room.keys.press(KEY.Key_Return, CONTROL)
    room.settle()
    assert "Jam selesai" in form.fields["ends_at"].message_text()
    form.ends.selectAll()
    room.keys.type("15")
    room.keys.press(KEY.Key_Return, CONTROL)
    room.settle()
    moved = room.held_now()
    assert local_time(moved.starts_at or 0, moved.zone).hour == 13
    room.keys.press(KEY.Key_Z, CONTROL)
    room.settle()
    assert (room.held_now().starts_at, room.held_now().ends_at) == (
        room.session.starts_at,
        room.session.ends_at,
    )


def test_what_is_wrong_is_said_at_its_field(room: Room) -> None:
    room.keys.press(KEY.Key_B, CONTROL)
    form = room.sheet()
    for name, editor, text, words in (
        ("day", form.day, "31-02-2026", "Isi tanggal"),
        ("starts_at", form.starts, "25.00", "Jam belum benar"),
    ):
        before = editor.text()
        editor.setFocus()
        editor.selectAll()
        room.keys.type(text)
        room.keys.press(KEY.Key_Return, CONTROL)
        room.settle()
        assert words in form.fields[name].message_text()
        assert QApplication.focusWidget() is editor
        editor.set_value(before) if name != "day" else editor.setText(before)
    form.topic.set_value("")
    form.save()
    room.settle()
    assert form.fields["topic"].message_text() == "Judul sesi belum diisi."
    assert room.store.count(Session) == 1


def test_a_new_batch_goes_on_to_its_first_session(room: Room) -> None:
    room.page.new_batch.setFocus()
    room.keys.enter()
    room.keys.type("Angkatan Melati")
    room.keys.enter()
    room.keys.enter()
    room.keys.type("oelnasi")
    room.keys.enter()
    room.keys.type("Aula Desa")
    room.keys.enter()
    assert room.in_focus() == "Buat angkatan"
    room.keys.enter()
    room.settle()
    (batch,) = room.store.find(Batch, {"name": "Angkatan Melati"})
    assert (batch.village, batch.venue, batch.capacity, batch.trainer) == (VILLAGE, "Aula Desa", 40, TRAINER)
    room.keys.enter()
    room.settle()
    (first,) = room.store.find(Session, {"batch": batch.id})
    assert (first.topic, first.venue) == ("Foto produk", "Aula Desa")


def test_a_village_that_is_no_village_is_not_swallowed(room: Room) -> None:
    room.page.new_batch.click()
    form = room.sheet()
    form.village.editor.setFocus()
    room.keys.type("zzzz")
    room.keys.press(KEY.Key_Return, CONTROL)
    room.settle()
    assert "Pilih desa" in form.village.message_text()
    assert room.store.count(Batch) == 1


def test_a_session_is_repeated_a_week_later_in_one_key_and_taken_back(room: Room) -> None:
    room.keys.press(KEY.Key_U, CONTROL)
    room.settle()
    made = newest(room)
    assert (made.topic, made.hours, made.module) == (
        room.session.topic,
        room.held_now().hours,
        room.held_now().module,
    )
    assert (made.starts_at or 0) - (room.session.starts_at or 0) == timedelta(days=7).total_seconds() * 1000
    assert (made.ends_at or 0) - (made.starts_at or 0) == timedelta(hours=2).total_seconds() * 1000
    assert room.page._current().session.id == made.id
    room.keys.press(KEY.Key_Z, CONTROL)
    room.settle()
    assert room.store.count(Session) == 1


@pytest.mark.parametrize("capacity", [8, 9, 20, None])
def test_more_people_than_places_are_told_and_come_in(room: Room, capacity: int | None) -> None:
    room.store.save([Edit(Batch, room.batch.id, room.batch.area, {"capacity": capacity})], TRAINER)
    people(room.store, ["Markus CONTOH"])
    room.settle()
    room.page.people.click()
    room.keys.type("mark")
    room.keys.enter()
    room.settle()
    told = room.sheet().filled.text()
    n = len(FEW) + 1
    assert told.startswith(f"{n} dari {capacity}" if capacity else f"{n} peserta")
    assert ("lebih 1 dari kapasitas" in told) == (capacity == len(FEW))
    assert room.store.count(Enrolment, {"batch": room.batch.id, "state": "aktif"}) == n


# ---------------------------------------------------------------- cancelling
def test_cancelling_asks_why_and_can_be_undone(room: Room) -> None:
    room.page.cancel.setFocus()
    room.keys.enter()
    room.keys.enter()
    room.settle()
    assert room.sheet().fields["reason"].message_text() == "Tulis alasan sesi dibatalkan."
    room.keys.type("Jalan putus")
    room.keys.enter()
    room.settle()
    assert (room.held_now().state, room.held_now().reason) == ("batal", "Jalan putus")
    assert room.page.cancel.text() == "Buka lagi"
    room.keys.press(KEY.Key_Z, CONTROL)
    room.settle()
    assert (room.held_now().state, room.held_now().reason) == ("terjadwal", None)


def test_a_cancelled_session_is_opened_again(room: Room) -> None:
    record_attendance(room.store, room.session, [room.people["Agus"]], "H", TRAINER, method="petak")
    room.settle()
    room.page.cancel.click()
    room.keys.type("Hujan")
    room.keys.enter()
    room.settle()
    room.page.cancel.click()
    room.settle()
    assert (room.held_now().state, room.held_now().reason) == ("berjalan", None)


# ---------------------------------------------------------------- people
def test_registered_people_join_a_batch_several_in_a_row(room: Room) -> None:
    people(room.store, ["Markus CONTOH", "Maria CONTOH", "Yosefina CONTOH"])
    room.settle()
    room.page.people.setFocus()
    room.keys.enter()
    for letters in ("mark", "mari"):
        room.keys.type(letters)
        room.keys.enter()
        room.settle()
    assert room.store.count(Enrolment, {"batch": room.batch.id, "state": "aktif"}) == len(FEW) + 2
    room.keys.type("agus")
    room.keys.enter()
    room.settle()
    assert room.store.count(Enrolment, {"batch": room.batch.id, "state": "aktif"}) == len(FEW) + 2
    room.keys.press(KEY.Key_Escape)
    room.keys.press(KEY.Key_Escape)
    room.settle()
    assert room.page._current().summary.expected == len(FEW) + 2
    room.keys.press(KEY.Key_Z, CONTROL)
    room.settle()
    assert room.store.count(Enrolment, {"batch": room.batch.id, "state": "aktif"}) == len(FEW)


# ---------------------------------------------------------------- the list
def test_the_list_is_filtered_by_time_batch_and_day(room: Room) -> None:
    other = create_batch(room.store, TRAINER, name="Angkatan 3")
    for days, topic in ((-7, "Lalu"), (0, "Sore"), (3, "Nanti")):
        planned(room.store, other.id, topic, today_at(15, days))
    room.settle()
    page = room.page
    assert topics(page) == ["Foto produk", "Sore", "Nanti"]
    page.filters.buttons[1].click()
    assert topics(page) == ["Lalu"]
    page.filters.buttons[2].click()
    assert topics(page) == ["Lalu", "Foto produk", "Sore", "Nanti"]
    page.of_batch.set_value(room.batch.id)
    page.of_batch.changed.emit()
    assert topics(page) == ["Foto produk"]
    page.of_batch.set_value(b"")
    page.of_batch.changed.emit()
    later = today_at(15, 3).date()
    room.go("sessions", day=later)
    assert topics(room.page) == ["Nanti"]
    room.go("sessions", day=later + timedelta(days=1))
    assert topics(room.page) == []
    assert "Tidak ada sesi pada" in room.page.empty.words.text()
    assert room.in_focus() == "Buat sesi"
    room.keys.enter()
    room.keys.enter()
    room.settle()
    assert room.page._current().day == later + timedelta(days=1), "planned on the day that was looked at"
    room.keys.press(KEY.Key_Escape)
    assert len(topics(room.page)) == 4, "all that is ahead"


@pytest.mark.parametrize("look", theme.LOOKS)
def test_hours_counts_and_states_fit_their_columns(qapp: QApplication, room: Room, look: str) -> None:
    def wide(text: str, role: str) -> int:
        return QFontMetrics(theme.font(role)).horizontalAdvance(text)

    before = theme.current()
    theme.apply(qapp, look, 100)
    try:
        room_of = {c.title: theme.px(c.width) - theme.px(11) - theme.px(8) for c in room.page._columns()}
        icon_and_edges = theme.px(16) + theme.px(5) + 2 * theme.px(10)
        assert room_of["Jam"] >= wide("00.00–00.00", "body")
        assert room_of["Hadir"] >= wide("100 / 100", "body")
        for state in ("Terjadwal", "Berlangsung", "Dibatalkan"):
            assert room_of["Keadaan"] - icon_and_edges >= wide(state, "chip"), state
    finally:
        theme.apply(qapp, before.look, before.text_size)


def test_the_week_moves_by_key(room: Room) -> None:
    first = room.page.week.monday
    room.keys.press(KEY.Key_PageDown, CONTROL)
    assert room.page.week.monday == first + timedelta(days=7)
    room.keys.press(KEY.Key_PageUp, CONTROL)
    assert room.page.week.monday == first
    assert "1 sesi" in room.page.week.strip._tiles[today_at(9).weekday()].accessibleName()


def test_a_session_given_by_id_is_chosen_and_does_not_trap(room: Room) -> None:
    later = planned(room.store, room.batch.id, "Nanti", today_at(15, 3))
    room.go("sessions", session=later.id)
    assert room.page._current().session.id == later.id
    assert room.app.frame.here[0] == "sessions"


def test_numbers_follow_what_happens_elsewhere(room: Room) -> None:
    assert room.page._current().summary.attended == 0
    record_attendance(room.store, room.session, list(room.people.values())[:3], "H", TRAINER, method="petak")
    room.qtbot.waitUntil(lambda: room.page._current().summary.attended == 3)
    assert room.page.table.model().index(0, 4).data() == "3 / 8"


# ---------------------------------------------------------------- the first day
def test_a_laptop_without_anything_leads_to_its_first_class(qtbot: QtBot, tmp_path: Path) -> None:
    with made_window(qtbot, tmp_path) as app:
        app.window.activateWindow()
        qtbot.waitUntil(app.window.isActiveWindow)
        app.go("sessions")
        page: Any = app.frame.page  # type: ignore[union-attr]  # signed in
        assert "Belum ada angkatan" in page.empty.words.text()
        assert not page.footer_bar.isVisible()
        keys = Keyboard(app.window)
        assert QApplication.focusWidget() is page.empty.button
        keys.enter()
        keys.press(KEY.Key_Return, CONTROL)
        qtbot.waitUntil(lambda: app.desk.store.count(Batch) == 1)  # type: ignore[union-attr]  # signed in
        qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), SessionSheet))
        keys.enter()
        qtbot.waitUntil(lambda: app.desk.store.count(Session) == 1)  # type: ignore[union-attr]  # signed in
        (made,) = app.desk.store.find(Session)  # type: ignore[union-attr]  # signed in
        assert made.topic == "Pertemuan 1"


# ---------------------------------------------------------------- all at once
def test_all_sessions_of_a_batch_take_two_keys_and_one_takes_them_back(room: Room) -> None:
    room.keys.press(KEY.Key_M, CONTROL)
    sheet = room.sheet()
    assert sheet is not None
    told = sheet.preview.text()
    room.keys.press(KEY.Key_Escape)
    assert told == "Semua modul itu sudah punya sesi di angkatan ini."  # none of them is core
    before = room.store.count(Session)
    room.keys.press(KEY.Key_M, CONTROL)
    sheet = room.sheet()
    assert sheet is not None
    sheet.modules.set_value("all")
    sheet.modules.changed.emit()
    assert "QRIS untuk warung" in sheet.preview.text()
    room.keys.enter()
    room.settle()
    assert room.store.count(Session) == before + 1
    assert newest(room).topic == "QRIS untuk warung"
    room.keys.press(KEY.Key_Z, CONTROL)
    room.settle()
    assert room.store.count(Session) == before


def test_core_modules_become_sessions_in_two_keys(room: Room) -> None:
    core = [{"code": f"M1{n}", "title_id": f"Inti {n}", "hours": 2, "core": 1} for n in range(5)]
    room.store.save([Edit(Module, new_id(), 0, values) for values in core], TRAINER)
    room.keys.press(KEY.Key_M, CONTROL)
    room.keys.enter()
    room.settle()
    assert room.sheet() is None
    assert newest(room).topic == "Inti 4"
    assert {"Inti 0", "Inti 1", "Inti 2", "Inti 3"} < set(topics(room.app.frame.page))


def test_what_cannot_be_is_said_in_the_sheet(room: Room) -> None:
    room.store.save(
        [Edit(Module, new_id(), 0, {"code": "M11", "title_id": "Inti", "hours": 2, "core": 1})], TRAINER
    )
    room.keys.press(KEY.Key_M, CONTROL)
    sheet = room.sheet()
    assert sheet is not None
    sheet.starts.set_value("23.30")
    before = room.store.count(Session)
    room.keys.enter()
    room.settle()
    assert "lewat tengah malam" in sheet.fields["starts_at"].message_text()
    assert room.store.count(Session) == before
