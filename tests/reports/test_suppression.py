"""Hidden cells stay hidden, also from who adds and subtracts everything that is shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trainer_app.reports.suppression import SMALLEST_CELL, group_is_safe, protect, small

CELLS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 30), max_size=10)


def test_zero_and_five_are_shown_one_to_four_are_not() -> None:
    assert [small(count) for count in range(6)] == [False, True, True, True, True, False]


def test_a_single_small_cell_takes_the_smallest_other_with_it() -> None:
    assert protect({"a": 3, "b": 40, "c": 12, "d": 0}, total_hidden=False) == {"a", "c"}


def test_two_small_cells_that_together_are_small_take_a_third() -> None:
    assert protect({"a": 1, "b": 2, "c": 50}, total_hidden=False) == {"a", "b", "c"}


def test_two_small_cells_that_together_are_not_small_are_enough() -> None:
    assert protect({"a": 4, "b": 4, "c": 50}, total_hidden=False) == {"a", "b"}


def test_nothing_is_hidden_without_need() -> None:
    assert protect({"a": 5, "b": 0, "c": 50}, total_hidden=False) == frozenset()


def test_under_a_hidden_total_at_least_one_cell_is_hidden() -> None:
    assert protect({"a": 9, "b": 30}, total_hidden=True) == {"a"}


@given(CELLS, st.booleans())
def test_no_small_cell_can_be_worked_out(cells: dict[str, int], total_hidden: bool) -> None:
    hidden = protect(cells, total_hidden=total_hidden or small(sum(cells.values())))
    assert all(key in hidden for key, count in cells.items() if small(count))
    unknown = sum(cells[key] for key in hidden)
    if hidden and not total_hidden and not small(sum(cells.values())):
        # the reader knows the total and all cells that are shown, so also this sum: of two at least, and not
        # small
        assert len(hidden) >= 2
        assert unknown >= SMALLEST_CELL
    if total_hidden and any(cells.values()):
        assert hidden


def test_a_sum_over_a_group_must_not_single_out_a_hidden_cell() -> None:
    assert group_is_safe(["a", "b"], ["c"], [])
    assert group_is_safe(["a", "b"], ["c", "d"], ["a", "b"])
    assert not group_is_safe(["a", "b"], ["c", "d"], ["a"])
    assert not group_is_safe(["a", "b"], ["c", "d"], ["c"])
