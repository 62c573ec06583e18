"""Somebody walks into a class: registered and marked present by keyboard, in the time that a class has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.desktop.classroom import FEW, VILLAGE, Room, classroom, people, planned, today_at
from tests.desktop.desks import TRAINER
from tests.desktop.registering import CONTROL
from trainer_app.actions.attendance import close_session
from trainer_app.actions.registration import missing_questions
from trainer_app.actions.sessions import create_batch, enrol_all
from trainer_app.records.kinds import Attendance, Consent, Enrolment, Enterprise, Person, derived_id
from trainer_app.reports.today import today

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
KEY = Qt.Key
NIK = "5301085508909001"
#: A keystroke model: seconds for a key, and for thinking of what comes next.
SECONDS_A_KEY, SECONDS_OF_THOUGHT = 0.28, 1.35
STEPS_OF_THOUGHT = 5  # name, sex, business, consent, saving


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    with classroom(qtbot, tmp_path) as made:
        made.go("attendance", session=made.session.id)
        yield made


def person(room: Room, name: str) -> Person:
    (found,) = (p for p in room.store.find(Person) if p.full_name == name)
    return found


def seconds(room: Room, thoughts: int = STEPS_OF_THOUGHT) -> float:
    return (room.keys.data + room.keys.control) * SECONDS_A_KEY + thoughts * SECONDS_OF_THOUGHT


def walk_in(room: Room, name: str = "Yuliana Tefa", nik: str = "") -> None:
    """The quickest way through the form, up to the tick."""
    room.keys.press(KEY.Key_B, CONTROL)
    room.keys.type(name)
    room.keys.enter()
    room.keys.type(nik)
    room.keys.enter()
    if not nik:
        room.keys.type("1")
    room.keys.enter()
    room.keys.enter()
    room.keys.type("3")


def test_a_walk_in_is_registered_and_present_within_twenty_seconds(room: Room) -> None:
    before = today(room.store, TRAINER, room.app.desk.now()).incomplete
    walk_in(room)
    assert room.in_focus().startswith("Peserta setuju")
    room.keys.press(KEY.Key_Space)
    room.keys.enter()
    room.settle()
    assert today(room.store, TRAINER, room.app.desk.now()).incomplete == before + 1, "perlu dilengkapi"
    assert (room.keys.data, room.keys.control) == (14, 8)
    assert seconds(room) <= 20
    made = person(room, "Yuliana Tefa")
    assert (made.sex, made.village, made.nik_status) == ("P", VILLAGE, "belum_diisi")
    mark = room.store.get(Attendance, derived_id(Attendance, room.session.id, made.id))
    assert mark is not None
    assert (mark.status, mark.method, mark.marked_by) == ("H", "langsung", TRAINER)
    (enrolment,) = room.store.find(Enrolment, {"person": made.id})
    assert (enrolment.batch, enrolment.joined) == (room.batch.id, "langsung")
    (firm,) = room.store.find(Enterprise, {"owner": made.id})
    assert (firm.unnamed, firm.business_group) == (1, "kriya")
    (consent,) = room.store.find(Consent, {"person": made.id})
    assert (consent.purposes, consent.manner) == ("program", "tanda_tangan")
    assert missing_questions(made, firm, consent), "to be completed later"
    assert room.page.band.name.text() == "Yuliana Tefa"
    assert len(room.page._rows) == len(FEW) + 1
    assert room.in_focus() == "Agus", "the keyboard is back where it was"


def test_with_the_card_in_the_hand_it_is_still_twenty_seconds(room: Room) -> None:
    walk_in(room, nik=NIK)
    room.keys.press(KEY.Key_Space)
    room.keys.enter()
    room.settle()
    assert seconds(room) <= 20
    made = person(room, "Yuliana Tefa")
    assert (made.nik, made.sex, made.birth_date) == (NIK, "P", "1990-08-15")


def test_it_is_taken_back_as_one_deed(room: Room) -> None:
    walk_in(room)
    room.keys.press(KEY.Key_Space)
    room.keys.enter()
    room.settle()
    room.keys.press(KEY.Key_Z, CONTROL)
    room.settle()
    assert room.store.count(Person, {"full_name": "Yuliana Tefa"}) == 0
    assert room.store.count(Attendance) == 0
    assert room.store.count(Enrolment, {"batch": room.batch.id}) == len(FEW)
    assert len(room.page._rows) == len(FEW)


def test_what_is_missing_is_said_at_its_field(room: Room) -> None:
    room.keys.press(KEY.Key_B, CONTROL)
    room.keys.press(KEY.Key_Return, CONTROL)
    room.settle()
    form = room.sheet()
    assert form.name.message_text() == "Isi nama lengkap seperti di KTP"
    assert form.sex.message_text() == "Pilih jenis kelamin"
    assert form.group.message_text() == "Pilih jenis usaha"
    assert "persetujuan" in form._problem.text()
    assert room.in_focus() == "Nama lengkap"
    assert room.store.count(Person) == len(FEW)
    room.keys.type("Yuliana Tefa")
    room.keys.enter()
    room.keys.type("530108550890")
    room.keys.enter()
    room.settle()
    assert form.nik.message_text() == "NIK harus 16 angka. Sekarang 12."
    room.keys.press(KEY.Key_Escape)
    assert room.sheet() is None


def test_without_consent_nothing_is_kept(room: Room) -> None:
    walk_in(room)
    room.keys.enter()
    room.settle()
    assert room.store.count(Person) == len(FEW)
    assert room.in_focus().startswith("Peserta setuju")
    room.keys.press(KEY.Key_Space)
    room.keys.enter()
    room.settle()
    assert person(room, "Yuliana Tefa").sex == "P"


def test_somebody_who_is_registered_is_recognised_and_marked(room: Room) -> None:
    other = create_batch(room.store, TRAINER, name="Angkatan 3")
    room.people |= people(room.store, ["Maria Klau"])
    enrol_all(room.store, other.id, [room.people["Maria Klau"]], TRAINER)
    room.settle()
    room.keys.press(KEY.Key_B, CONTROL)
    room.keys.type("Maria Klau")
    room.keys.enter()
    room.settle()
    form = room.sheet()
    assert "Maria Klau" in form.double.accessibleName()
    form.that_one.setFocus()
    room.keys.enter()
    room.settle()
    assert room.sheet() is None
    assert room.status("Maria Klau") == "H"
    assert room.store.count(Person) == len(FEW) + 1


def test_the_same_nik_has_to_be_decided_on(room: Room) -> None:
    walk_in(room, "Yuliana Tefa", NIK)
    room.keys.press(KEY.Key_Space)
    room.keys.enter()
    room.settle()
    walk_in(room, "Juliana Teffa", NIK)
    room.keys.press(KEY.Key_Space)
    room.settle()
    room.keys.press(KEY.Key_Return, CONTROL)
    room.settle()
    assert "Yuliana Tefa" in room.sheet()._problem.text()
    assert room.in_focus() == "Ya, dia"
    room.keys.press(KEY.Key_Return, CONTROL)
    room.settle()
    made = person(room, "Juliana Teffa")
    assert "same_nik" in (made.nik_warning or "")


def test_a_minor_needs_a_guardian(room: Room) -> None:
    year = today_at(9).year - 12
    walk_in(room, nik=f"5301082401{year % 100:02}9002")
    form = room.sheet()
    assert form.nik.message_text().startswith("Menurut NIK lahir tahun")
    assert room.in_focus() == str(year - 100), "a child, or somebody of more than a hundred years"
    assert not form.guardian.isVisible()
    room.keys.press(KEY.Key_Right)
    assert (room.in_focus(), form.guardian.isVisible()) == (str(year), True)
    room.keys.enter()
    assert room.in_focus() == "Wali yang ikut menyetujui"
    room.keys.enter()
    assert room.in_focus().startswith("Peserta setuju")
    room.keys.press(KEY.Key_Space)
    room.keys.press(KEY.Key_Return, CONTROL)
    room.settle()
    assert "wali" in form.guardian.message_text()
    assert room.in_focus() == "Wali yang ikut menyetujui"
    room.keys.type("Maria Tefa")
    room.keys.press(KEY.Key_Return, CONTROL)
    room.settle()
    made = person(room, "Yuliana Tefa")
    assert (made.guardian_name, made.birth_date) == ("Maria Tefa", f"{year}-01-24")


def test_a_batch_without_a_village_asks_for_it(room: Room) -> None:
    batch = create_batch(room.store, TRAINER, name="Angkatan 5")
    session = planned(room.store, batch.id, "QRIS", today_at(13))
    room.store.save([_without_village(session)], TRAINER)
    room.go("attendance", session=session.id)
    walk_in(room)
    assert room.in_focus() == "Desa tempat tinggal"
    room.keys.type("oelnasi")
    room.keys.enter()
    room.keys.press(KEY.Key_Space)
    room.keys.enter()
    room.settle()
    assert person(room, "Yuliana Tefa").village == VILLAGE


def _without_village(session):  # type: ignore[no-untyped-def]  # a session in, an edit out
    from trainer_app.records.kinds import Session
    from trainer_app.records.operation import Edit

    return Edit(Session, session.id, session.area, {"village": None})


def test_a_closed_session_asks_why_first(room: Room) -> None:
    close_session(room.store, room.session, TRAINER)
    room.settle()
    room.keys.press(KEY.Key_B, CONTROL)
    room.keys.type("Tercecer saat menutup")
    room.keys.enter()
    room.settle()
    room.keys.type("Yuliana Tefa")
    room.keys.enter()
    room.keys.enter()
    room.keys.type("1")
    room.keys.enter()
    room.keys.enter()
    room.keys.type("3")
    room.keys.press(KEY.Key_Space)
    room.keys.enter()
    room.settle()
    (mark,) = room.store.find(Attendance)
    assert (mark.status, mark.reason) == ("H", "Tercecer saat menutup")


def test_a_name_searched_for_in_vain_is_taken_into_the_form(room: Room) -> None:
    room.keys.press(KEY.Key_F, CONTROL)
    room.keys.type("Yuliana")
    room.keys.enter()
    room.keys.press(KEY.Key_Tab)
    room.keys.press(KEY.Key_Tab)
    assert room.in_focus() == "Peserta baru"
    room.keys.enter()
    assert room.sheet().name.editor.value() == "Yuliana"
    room.keys.type(" Tefa")
    assert room.sheet().name.editor.value() == "Yuliana Tefa"
