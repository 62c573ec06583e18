"""Per field the newest stamp wins, whatever the order and however often an operation arrives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trainer_app.records.merge import RowState, apply_values, full, sparse

REPLICAS = [bytes([n]) * 16 for n in (1, 2, 3)]
_values = st.dictionaries(
    st.integers(1, 5), st.one_of(st.none(), st.text(max_size=3), st.integers(0, 9)), min_size=1
)
_operations = st.lists(
    st.tuples(st.integers(1, 20), st.sampled_from(REPLICAS), st.integers(1, 30), _values),
    max_size=12,
    unique_by=lambda op: (op[1], op[2]),
)


def folded(operations):
    state = RowState()
    for hlc, replica, seq, values in operations:
        apply_values(state, values, (hlc, replica, seq))
    return state


@given(_operations, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(operations, random):
    shuffled = operations + operations[:3]
    random.shuffle(shuffled)
    assert folded(shuffled) == folded(operations)
    assert sparse(folded(shuffled)) == sparse(folded(operations))


@given(_operations)
def test_the_newest_stamp_wins_in_every_field(operations):
    state = folded(operations)
    for number in {n for op in operations for n in op[3]}:
        newest = max((op for op in operations if number in op[3]), key=lambda op: op[:3])
        assert state.values[number] == newest[3][number]
        assert state.stamps[number] == newest[:3]


@given(_operations.filter(bool))
def test_sparse_stamps_hold_all_that_the_full_ones_say(operations):
    state = folded(operations)
    stamp, exceptions = sparse(state)
    assert full(state.values, stamp, exceptions) == state


def test_a_row_that_was_written_once_needs_no_exceptions():
    stamp, exceptions = sparse(folded([(7, REPLICAS[0], 1, {1: "Siti", 2: "P"})]))
    assert stamp == (7, REPLICAS[0], 1)
    assert exceptions == {}


def test_both_sides_of_a_meeting_are_told_whoever_comes_first():
    first, second = (1, REPLICAS[0], 1, {1: "Siti"}), (2, REPLICAS[1], 1, {1: "Sita"})
    state = folded([first])
    (met,) = apply_values(state, second[3], second[:3])
    assert (met.winning, met.losing) == ("Sita", "Siti")
    state = folded([second])
    (met,) = apply_values(state, first[3], first[:3])
    assert (met.winning, met.losing) == ("Sita", "Siti")
    assert apply_values(state, second[3], second[:3]) == []
