"""The sheet of tests by keyboard: one digit an answer, saved in order, scored, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.desktop.classroom import Room, classroom
from trainer_app.desktop.pages.assessment import AssessmentPage
from trainer_app.records.assessment import AFTER, BEFORE, Assessment, assessment_id
from trainer_app.records.item_set import item_set

KEY = Qt.Key
NAMES = ("Agus", "Budi", "Dewi")


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    with classroom(qtbot, tmp_path, NAMES) as made:
        made.go("assessment", batch=made.batch.id)
        yield made


def sitting(room: Room, name: str, phase: str = BEFORE) -> Assessment | None:
    held = room.store.get(Assessment, assessment_id(room.batch.id, room.people[name], phase))
    return held if held is not None and held.deleted_at is None else None


def answers(room: Room, name: str, phase: str = BEFORE) -> list[int | None]:
    held = sitting(room, name, phase)
    assert held is not None
    return held.answers()[:12]


def digits(room: Room, text: str) -> None:
    room.press(*(getattr(KEY, f"Key_{digit}") for digit in text))
    room.settle()


def test_a_whole_test_is_twelve_digits_and_the_next_person_follows(room: Room) -> None:
    page: AssessmentPage = room.page
    assert room.in_focus() == "Lembar tes"
    digits(room, "312300211120")
    assert answers(room, "Agus") == [3, 1, 2, 3, 0, 0, 2, 1, 1, 1, 2, 0]
    assert page.grid.place() == (room.people["Budi"], 0), "the next person, the first item"
    line = page.grid._rows.lines[0]
    # 13 points of nine tasks, and of three questions of form A (right: 1, 1, 0) the first and the last
    assert line.tails[:2] == ("53", "Menengah")
    assert "1 dari 3 orang lengkap" in page.summary.text()
    assert sitting(room, "Budi") is None


def test_the_words_of_the_item_stand_above_the_sheet(room: Room) -> None:
    page: AssessmentPage = room.page
    items = item_set()
    assert items is not None
    assert page.question.text().startswith("P1 · ")
    assert "0 Belum pernah" in page.answers.text()
    room.press(*[KEY.Key_Right] * 9)
    assert page.question.text().startswith("A1 · ")
    assert items.items[9].forms["A"].options[1] in page.answers.text()


def test_after_the_training_another_form_is_asked_and_the_gain_stands_beside(room: Room) -> None:
    page: AssessmentPage = room.page
    digits(room, "111111111111")
    room.press(KEY.Key_Up)
    room.keys.press(KEY.Key_T, Qt.KeyboardModifier.ControlModifier)
    page.grid.setFocus()
    digits(room, "333333333333")
    held = sitting(room, "Agus", AFTER)
    assert held is not None
    assert held.form == "B"
    assert held.assessed_by is not None
    line = page.grid._rows.lines[0]
    assert line.tails[0] == "75", "27 points of 36: no answer 3 of a question is right"
    assert line.tails[2].startswith("+")


def test_an_answer_is_taken_away_and_taken_back(room: Room) -> None:
    page: AssessmentPage = room.page
    digits(room, "32")
    room.keys.press(KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    room.settle()
    assert answers(room, "Agus")[:2] == [3, None]
    page.grid.stand(room.people["Agus"], 0)
    room.press(KEY.Key_Delete)
    room.settle()
    assert answers(room, "Agus")[0] is None
    for _time in range(2):
        room.keys.press(KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
        room.settle()
    assert sitting(room, "Agus") is None, "the first answer made the test, and taking it back takes it away"


def test_a_digit_that_means_nothing_is_told_and_not_written(room: Room) -> None:
    page: AssessmentPage = room.page
    digits(room, "7")
    assert "0 sampai 3" in page.answers.text()
    assert sitting(room, "Agus") is None
    assert page.grid.place() == (room.people["Agus"], 0)


def test_from_the_sessions_one_comes_to_the_tests_of_that_batch_and_back(room: Room) -> None:
    room.go("sessions")
    room.page.tests.click()
    room.settle()
    assert isinstance(room.page, AssessmentPage)
    assert room.page.of_batch.value() == room.batch.id
    room.keys.press(KEY.Key_Escape)
    assert not isinstance(room.page, AssessmentPage)
