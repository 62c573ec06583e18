"""The rule of scoring, by hand and by property."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_app.records.assessment import (
    AFTER,
    BEFORE,
    SLOTS,
    Assessment,
    Score,
    answer_field,
    assessment_id,
    gain,
    not_begun,
    score_of,
    weakest_domain,
    with_answer,
)
from trainer_app.records.ids import new_id
from trainer_app.records.item_set import ItemSet, item_set


def newest() -> ItemSet:
    known = item_set()
    assert known is not None
    return known


ITEMS = newest()


def sitting(digits: str, form: str = "A") -> Assessment:
    """A test with these answers in the order of the items; a dot for what was not answered."""
    made = not_begun(5301, BEFORE, form, ITEMS)
    for item, digit in zip(ITEMS.items, digits, strict=False):
        if digit != ".":
            made = with_answer(made, item, int(digit))
    return made


@pytest.mark.parametrize(
    ("digits", "form", "expected"),
    [
        ("333333333110", "A", Score(12, 36, 100, "Mandiri", passed=True)),
        ("333333333022", "B", Score(12, 36, 100, "Mandiri", passed=True)),
        ("000000000333", "A", Score(12, 0, 0, "Pemula", passed=False)),
        # half of all points, but nothing of safety
        ("222222222333", "A", Score(12, 18, 50, "Menengah", passed=False)),
        # safety two of three, tasks below half
        ("111111111113", "A", Score(12, 15, 42, "Dasar", passed=False)),
        # ten are enough, and what is missing is no zero
        ("3333333..110", "A", Score(10, 30, 100, "Mandiri", passed=True)),
        ("333333...110", "A", Score(9, 27, None, "", passed=False)),
    ],
)
def test_index_level_and_pass(digits: str, form: str, expected: Score) -> None:
    assert score_of(sitting(digits, form), ITEMS) == expected


def test_every_item_has_a_field_of_its_own_and_words_in_both_forms() -> None:
    assert len({answer_field(item) for item in ITEMS.items}) == len(ITEMS.items) <= SLOTS
    for item in ITEMS.items:
        for form in ("A", "B"):
            assert item.words(form)
            assert item.answers(form) == 4
    assert ITEMS.item("A2") is ITEMS.items[10]
    assert ITEMS.item("Z9") is None
    assert item_set("0") is None


@given(st.text(alphabet="0123.", min_size=12, max_size=12), st.sampled_from("AB"))
def test_an_index_is_a_share_of_what_was_answered(digits: str, form: str) -> None:
    score = score_of(sitting(digits, form), ITEMS)
    assert score.answered == 12 - digits.count(".")
    assert (score.index is None) == (score.answered < 10)
    if score.index is not None:
        assert 0 <= score.index <= 100
        assert score.level
        assert not score.passed or score.index >= 50


def test_gain_is_what_came_of_what_was_missing() -> None:
    def at(index: int | None) -> Score:
        return Score(12, 0, index, "", passed=False)

    assert gain(at(40), at(70)) == 0.5
    assert gain(at(50), at(25)) == -0.5
    assert gain(at(100), at(100)) is None
    assert gain(at(None), at(70)) is None
    assert gain(None, at(70)) is None


def test_the_weakest_domain_is_told_for_advice() -> None:
    assert weakest_domain(sitting("333333333333"), ITEMS) == "aman"
    assert weakest_domain(sitting("111333333110"), ITEMS) == "perangkat"
    assert weakest_domain(sitting(""), ITEMS) is None


def test_before_and_after_are_two_tests_and_the_same_on_every_laptop() -> None:
    ids: list[Any] = [new_id(), new_id()]
    assert assessment_id(*ids, BEFORE) == assessment_id(*ids, BEFORE) != assessment_id(*ids, AFTER)
    assert assessment_id(*ids, BEFORE) != assessment_id(*reversed(ids), BEFORE)
