"""Follow-up by keyboard: who is due, one call in four keys, what is taken back, what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from tests.desktop.classroom import Room, classroom
from tests.desktop.desks import AREA, SUPERVISOR, SUPERVISOR_NAME, TRAINER
from tests.desktop.followed import TODAY, season
from trainer_app.actions.milestones import milestone_id
from trainer_app.desktop.pages.person_photos import NewPhotoSheet
from trainer_app.desktop.pages.visit import VisitPage
from trainer_app.desktop.pages.visit_words import due_chip
from trainer_app.desktop.pages.visits import LATE, VisitsPage
from trainer_app.desktop.session import SignedIn
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Consent, Enterprise, Milestone, Photo, Visit, derived_id
from trainer_app.records.operation import Edit

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    with season(qtbot, tmp_path) as made:
        made.go("visits")
        yield made


def listed(room: Room) -> list[str]:
    page: VisitsPage = room.page
    rows = page.table._rows
    return [rows.row_at(place).name.split()[0] for place in range(rows.rowCount())]


def step(room: Room, name: str, code: str) -> Milestone | None:
    firm = derived_id(Enterprise, room.people[f"{name} CONTOH"])
    held = room.store.get(Milestone, milestone_id(firm, code))
    return held if held is not None and held.deleted_at is None else None


def visits(room: Room, name: str) -> list[Visit]:
    return room.store.find(Visit, {"person": room.people[f"{name} CONTOH"]})


def save(room: Room) -> None:
    room.keys.press(KEY.Key_Return, CTRL)
    room.settle()


def start(room: Room, name: str) -> VisitPage:
    page: VisitsPage = room.page
    page.table.select_row(listed(room).index(name))
    room.press(KEY.Key_Return)
    room.settle()
    return room.page  # type: ignore[no-any-return]  # whatever page is shown


def test_the_list_is_sorted_and_neighbours_stand_together(room: Room) -> None:
    assert listed(room) == ["Budi", "Agus", "Citra", "Dewi", "Endang"]
    assert room.in_focus() == "Daftar kunjungan"
    words = [button.accessibleName() for button in room.page.filters.buttons]
    assert words == ["Semua 5", "Terlambat 3", "Hari ini 1", "Minggu ini 1"]
    room.page.filters.set_value(LATE)
    room.page._show()
    assert listed(room) == ["Budi", "Agus", "Citra"]


def test_a_call_with_one_step_reached_is_four_keys(room: Room) -> None:
    """Enter, the digit of the step, Ctrl+Enter; then the next person of the list is there."""
    room.press(KEY.Key_Return)
    room.settle()
    assert room.in_focus() == "Tahapan usaha"
    room.press(KEY.Key_3)
    save(room)
    reached = step(room, "Budi", "T3")
    assert reached is not None
    assert (reached.reached_on, reached.seen_by, reached.before_programme) == (TODAY.isoformat(), TRAINER, 0)
    (visit,) = visits(room, "Budi")
    assert (visit.how, visit.reached, visit.steps, visit.plan_day) == ("telepon", 1, "+T3", 7)
    assert visit.next_on is None, "the day of the plan is not kept"
    assert room.page.header.title.text() == "Agus CONTOH"
    assert room.in_focus() == "Tahapan usaha"
    room.keys.press(KEY.Key_Z, CTRL)
    room.settle()
    assert visits(room, "Budi") == []
    assert step(room, "Budi", "T3") is None


def test_the_last_of_the_list_leads_back_to_what_is_left(room: Room) -> None:
    for name in ("Budi", "Agus", "Citra", "Dewi", "Endang"):
        if isinstance(room.page, VisitsPage):
            start(room, name)
        assert room.page.header.title.text() == f"{name} CONTOH"
        save(room)
    assert isinstance(room.page, VisitsPage)
    assert listed(room) == ["Citra"], "her step was not looked at again"
    start(room, "Citra")
    room.press(KEY.Key_3)
    save(room)
    assert listed(room) == []
    assert room.page.empty.isVisible()
    assert room.page.empty.words.text() == "Tidak ada kunjungan tertunda"


def test_a_step_that_is_gone_lapses_with_a_reason_and_can_be_taken_back(room: Room) -> None:
    page = start(room, "Citra")
    assert page.ladder.current_row().step.code == "T3", "what is to be looked at again comes first"
    room.press(KEY.Key_3, KEY.Key_3)
    room.press(KEY.Key_Return)
    assert room.in_focus() == "Mengapa gugur"
    room.keys.type("toko ditutup")
    room.keys.press(KEY.Key_Return, CTRL)
    assert room.sheet() is None
    save(room)
    lapsed = step(room, "Citra", "T3")
    assert lapsed is not None
    assert (lapsed.lapsed_on, lapsed.lapse_reason) == (TODAY.isoformat(), "toko ditutup")
    assert lapsed.evidence == "https://gofood.link/a/CONTOH"
    room.keys.press(KEY.Key_Z, CTRL)
    room.settle()
    back = step(room, "Citra", "T3")
    assert back is not None
    assert back.lapsed_on is None


def test_who_was_not_reached_comes_again_in_a_week(room: Room) -> None:
    page = start(room, "Dewi")
    page.form.how.setFocus()
    room.press(KEY.Key_3)
    page.form.reached.setFocus()
    room.press(KEY.Key_2)
    page.form.problems.setFocus()
    room.press(KEY.Key_1, KEY.Key_2)
    assert page.form.next_on.as_date() == TODAY + timedelta(7)
    save(room)
    (visit,) = visits(room, "Dewi")
    assert (visit.how, visit.reached, visit.problems) == ("kunjungan", 0, "sinyal,hp_rusak")
    assert visit.next_on == (TODAY + timedelta(7)).isoformat()


def test_a_day_that_is_no_day_is_told_at_its_field(room: Room) -> None:
    page = start(room, "Dewi")
    page.form.next_on.setFocus()
    page.form.next_on.selectAll()
    room.keys.type("3213")
    save(room)
    assert "24-12-2026" in page.form.next_field.message_text()
    assert visits(room, "Dewi") == []
    page.form.next_on.selectAll()
    room.keys.type(TODAY.strftime("%d%m%Y"))
    save(room)
    assert "harus sesudah" in page.form.next_field.message_text()
    assert visits(room, "Dewi") == []


def test_what_was_typed_is_there_when_one_comes_back(room: Room) -> None:
    page = start(room, "Dewi")
    room.press(KEY.Key_4)
    page.form.note.setFocus()
    room.keys.type("minta brosur QRIS")
    room.go("today")
    room.go("visits")
    page = start(room, "Agus")
    assert page.form.note.text() == ""
    assert page.ladder.findings == {}
    room.go("visits")
    page = start(room, "Dewi")
    assert page.form.note.text() == "minta brosur QRIS"
    assert list(page.ladder.findings) == ["T4"]
    save(room)
    room.go("visits")
    assert visits(room, "Dewi")[0].note == "minta brosur QRIS"


def test_a_number_is_shown_whole_only_when_asked_for(room: Room) -> None:
    page: VisitsPage = room.page
    one = page.table.current_row()
    assert page._phone(one) == "•••• 0001"
    room.keys.press(KEY.Key_H, CTRL)
    assert page._phone(one).replace(" ", "").replace("-", "").endswith("81200000001")
    room.press(KEY.Key_Down)
    assert page._phone(one) == "•••• 0001"
    visit = start(room, "Agus")
    assert visit.phone.number.text() == "•••• 0000"
    room.keys.press(KEY.Key_H, CTRL)
    assert "0000" in visit.phone.number.text()
    assert "•" not in visit.phone.number.text()


def test_evidence_is_asked_at_enter(room: Room) -> None:
    start(room, "Agus")
    room.press(KEY.Key_4, KEY.Key_Return)
    assert room.in_focus() == "Bukti"
    room.keys.type("ID1020304050607")
    room.keys.press(KEY.Key_Return, CTRL)
    save(room)
    held = step(room, "Agus", "T4")
    assert held is not None
    assert (held.evidence, held.evidence_kind) == ("ID1020304050607", "nmid")


def test_a_supervisor_marks_a_step_as_checked_and_the_one_who_saw_it_cannot(room: Room) -> None:
    page = start(room, "Citra")
    room.keys.press(KEY.Key_P, CTRL)
    room.settle()
    assert page.verify.isHidden()
    room.app.desk.staff = SignedIn(SUPERVISOR, SUPERVISOR_NAME, "pengawas")
    page._enable()
    assert page.verify.isEnabled()
    room.keys.press(KEY.Key_P, CTRL)
    room.settle()
    held = step(room, "Citra", "T3")
    assert held is not None
    assert (held.verified_by, held.verified_on) == (SUPERVISOR, TODAY.isoformat())
    assert not page.verify.isEnabled()
    room.keys.press(KEY.Key_Z, CTRL)
    room.settle()
    again = step(room, "Citra", "T3")
    assert again is not None
    assert again.verified_by is None


def test_without_a_business_there_is_no_checklist_and_a_call_is_kept_all_the_same(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with classroom(qtbot, tmp_path, ("Agus",)) as room:
        person: RecordId = room.people["Agus"]
        page: VisitPage = room.go("visit", person=person)
        assert page.ladder.isHidden()
        assert page.no_firm.isVisible()
        assert room.in_focus() == "Telepon"
        save(room)
        assert isinstance(room.page, VisitsPage)
        assert len(room.store.find(Visit, {"person": person})) == 1


def test_a_photo_of_the_shop_is_kept_with_the_person(room: Room, tmp_path: Path) -> None:
    person = room.people["Agus CONTOH"]
    consent = derived_id(Consent, person)
    given = {"person": person, "purposes": "program,foto", "manner": "lisan"}
    room.store.save([Edit(Consent, consent, AREA, given)], TRAINER)
    page = start(room, "Agus")
    image = QImage(900, 600, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    image.save(str(tmp_path / "toko.png"))
    page.photos.take_file(tmp_path / "toko.png")
    room.settle()
    sheet = room.sheet()
    assert isinstance(sheet, NewPhotoSheet)
    room.press(KEY.Key_2)
    sheet.save.click()
    room.settle()
    (photo,) = room.store.find(Photo)
    assert (photo.about, photo.purpose) == (person, "toko_daring")


def test_problems_are_a_list_with_counts(room: Room) -> None:
    room.keys.press(KEY.Key_B, CTRL)
    room.settle()
    sheet = room.sheet()
    rows = sheet.table._rows
    assert [rows.row_at(place) for place in range(rows.rowCount())] == [("stok", 1, 1)]
    room.keys.press(KEY.Key_Escape)
    assert room.in_focus() == "Daftar kunjungan"


def test_how_late_somebody_is_is_told() -> None:
    assert due_chip(TODAY - timedelta(13), TODAY)[:2] == ("Terlambat 13 hari", "bad")
    assert due_chip(TODAY, TODAY)[:2] == ("Hari ini", "warn")
    assert due_chip(TODAY + timedelta(3), TODAY)[:2] == ("Sab 7 Nov", "info")
    assert due_chip(None, TODAY)[:2] == ("Selesai", "ok")
