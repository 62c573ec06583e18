"""Whatever operations a feed may hold come out of their segment as they went in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.sync.centre_feed import centre_operations
from tests.sync.season import make_season, operations
from trainer_app.records.ids import named_id, pair_id
from trainer_app.records.operation import Operation
from trainer_app.records.segment import Segment, SegmentFault, fitting, open_segment, peek, seal_segment
from trainer_app.records.segment.idtable import paired

REPLICA = b"R" * 16
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()


def seal(ops: Sequence[Operation], area: int = 5301, prev_hash: bytes = b"") -> tuple[bytes, Segment]:
    return seal_segment(
        ops,
        replica=REPLICA,
        area=area,
        prev_hash=prev_hash,
        sign=KEY.sign,
        os_clock=1_796_119_706_340,
        offset_ms=-1200,
    )


# --- any operations ---------------------------------------------------------------------------------------

_uuid7 = st.builds(
    lambda ms, tail: (
        ms.to_bytes(6, "big") + bytes([0x70 | tail[0] & 15, tail[1], 0x80 | tail[2] & 63]) + tail[3:10]
    ),
    st.integers(0, (1 << 48) - 1),
    st.binary(min_size=10, max_size=10),
)
_any_id = st.one_of(_uuid7, st.binary(min_size=16, max_size=16))
_ids = st.shared(st.lists(_any_id, min_size=1, max_size=6), key="ids").flatmap(st.sampled_from)
_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_digits = st.text("0123456789", min_size=1, max_size=20)
_dates = st.dates().map(str)
_value = st.one_of(
    st.none(),
    st.integers(-(1 << 63), (1 << 63) - 1),
    st.integers(0, 3),
    _text,
    _digits,
    _dates,
    st.sampled_from(
        ["P", "L", "53.01.08.2006", "+6281012345678", "0810 1234 5678", "1990-08-15", "5301085508909001"]
    ),
    _ids,
    st.binary(max_size=20),
)
_kind = st.sampled_from([5, 7, 8, 9, 10, 11, 12, 77, 4_000_000])
_values = st.dictionaries(
    st.one_of(st.integers(1, 25), st.sampled_from([250, 252, 70_000])), _value, max_size=6
)
_stamp = st.one_of(
    st.integers(0, (1 << 63) - 1), st.integers(0, 200_000).map(lambda n: (1_796_119_706_340 << 16) + n)
)


@st.composite
def _operations(draw: st.DrawFn) -> list[Operation]:
    count = draw(st.integers(1, 12))
    lo = draw(st.integers(1, 1 << 40))
    made = []
    for i in range(count):
        kind, values, row = draw(_kind), draw(_values), draw(_ids)
        if draw(st.booleans()) and kind in (8, 9, 10, 11):  # a row that follows from what it refers to
            first, second = draw(_ids), draw(_ids)
            table = {8: "enterprise", 9: "consent"}.get(kind)
            values |= {1: first} if table else {1: first, 2: second}
            row = named_id(first, table) if table else pair_id(first, second)
        hlc, base = draw(_stamp), draw(st.one_of(st.just(0), _stamp))
        if made and draw(st.booleans()):
            base = made[-1].hlc
        made.append(Operation(kind, row, 5301, REPLICA, lo + i, hlc, draw(_ids), base, values))
    return made


@given(_operations())
def test_any_operations_come_back(ops: list[Operation]) -> None:
    body, _ = seal(ops)
    segment = open_segment(body, PUBLIC)
    assert list(segment.operations()) == ops
    assert (segment.replica, segment.area, segment.lo, segment.hi) == (REPLICA, 5301, ops[0].seq, ops[-1].seq)
    assert (segment.os_clock, segment.offset_ms) == (1_796_119_706_340, -1200)


@given(st.lists(st.one_of(_text, _dates, _digits), min_size=9, max_size=300), st.integers(0, 25))
def test_any_column_of_texts_comes_back(values: list[str], field: int) -> None:
    ops = [
        Operation(
            7,
            i.to_bytes(16, "big"),
            5301,
            REPLICA,
            i + 1,
            i << 16,
            REPLICA,
            0,
            {field: value, 11: "53.01.01.2001"},
        )
        for i, value in enumerate(values)
    ]
    body, _ = seal(ops)
    assert list(open_segment(body, PUBLIC).operations()) == ops


@given(st.lists(st.integers(-(1 << 63), (1 << 63) - 1), min_size=1, max_size=300))
def test_any_column_of_numbers_comes_back(values: list[int]) -> None:
    ops = [
        Operation(99, i.to_bytes(16, "big"), 5301, REPLICA, i + 1, i << 16, REPLICA, 0, {1: value})
        for i, value in enumerate(values)
    ]
    body, _ = seal(ops)
    assert list(open_segment(body, PUBLIC).operations()) == ops


# --- what people save -------------------------------------------------------------------------------------


def test_a_season_comes_back_and_columns_are_lists() -> None:
    season = make_season(people=60, sessions=4)
    ops = operations([*season.plan, *season.registrations, *season.marks], REPLICA, season.author)
    body, _ = seal(ops)
    segment = open_segment(body, PUBLIC)
    assert list(segment.operations()) == ops
    for group in segment.groups:
        assert len(group.columns) == len(group.fields)
        assert {len(column) for column in group.columns} <= {len(group.rows)}
        assert group.seqs == sorted(group.seqs)
    assert sum(len(group.rows) for group in segment.groups) == len(ops)


def test_ids_that_follow_from_others_are_not_sent() -> None:
    season = make_season(people=40, sessions=6)
    ops = operations([*season.registrations, *season.marks], REPLICA, season.author)
    others = [replace(op, row=hashlib.sha256(op.row).digest()[:16]) if op.kind == 11 else op for op in ops]
    (short, _), (long, _) = seal(ops), seal(others)
    assert len(long) - len(short) > 15 * len(season.marks)


def test_the_centre_s_feed_comes_back() -> None:
    made = [
        Operation(op.kind, op.row, op.area, REPLICA, op.seq, op.hlc, op.author, op.base, op.values)
        for op in centre_operations(3)
    ]
    body, _ = seal(made, area=0)
    assert list(open_segment(body, PUBLIC).operations()) == made


def test_a_group_can_be_had_without_some_operations() -> None:
    season = make_season(people=10, sessions=1)
    ops = operations(season.marks, REPLICA, season.author)
    _, segment = seal(ops)
    group = segment.groups[0]
    fewer = group.without({0, len(group.rows) - 1})
    assert fewer.rows == group.rows[1:-1]
    assert fewer.columns[0] == group.columns[0][1:-1]
    assert list(fewer.operations(5301, REPLICA)) == list(group.operations(5301, REPLICA))[1:-1]


def test_pairs_in_bulk_are_the_ids_of_the_records() -> None:
    firsts = [hashlib.sha256(bytes([i])).digest()[:16] for i in range(200)]
    seconds = list(reversed(firsts))
    assert paired(firsts, seconds) == [pair_id(a, b) for a, b in zip(firsts, seconds, strict=True)]
    assert paired(firsts, [b"consent"] * 200) == [named_id(a, "consent") for a in firsts]


# --- the header and the chain -------------------------------------------------------------------------------


def test_the_header_can_be_read_alone() -> None:
    season = make_season(people=3, sessions=1)
    ops = operations(season.registrations, REPLICA, season.author)
    body, segment = seal(ops, prev_hash=b"h" * 32)
    header = peek(body)
    assert (header.lo, header.hi, header.n) == (1, len(ops), len(ops))
    assert header.prev_hash == b"h" * 32
    assert header.hash == segment.hash


def test_only_a_run_of_one_feed_is_sealed() -> None:
    season = make_season(people=3, sessions=1)
    ops = operations(season.registrations, REPLICA, season.author)
    for wrong in ([ops[0], ops[2]], [ops[1], ops[0]]):
        with pytest.raises(ValueError, match="one feed"):
            seal(wrong)
    with pytest.raises(ValueError, match="one feed"):
        seal(ops, area=5302)


@pytest.mark.parametrize("value", [1.5, True, 1 << 64, ["a"]])
def test_what_no_field_can_hold_is_refused_before_anything_is_lost(value: object) -> None:
    op = Operation(7, REPLICA, 5301, REPLICA, 1, 1 << 16, REPLICA, 0, {1: value})  # type: ignore[dict-item]  # wrong on purpose
    with pytest.raises((ValueError, OverflowError)):
        seal([op])


def test_a_long_text_makes_segments_shorter() -> None:
    text = "x" * 200
    ops = [
        Operation(
            7,
            i.to_bytes(16, "big"),
            5301,
            REPLICA,
            i + 1,
            i << 16,
            REPLICA,
            0,
            dict.fromkeys(range(1, 40), text + str(i)),
        )
        for i in range(3000)
    ]
    count = fitting(ops)
    assert 1 <= count < 3000
    body, _ = seal(ops[:count])
    assert len(list(open_segment(body, PUBLIC).operations())) == count
    season = make_season(people=100, sessions=4)
    assert fitting(operations(season.registrations, REPLICA, season.author)) == 400


def test_a_segment_of_a_later_layout_is_kept_but_not_read() -> None:
    season = make_season(people=3, sessions=1)
    body, _ = seal(operations(season.registrations, REPLICA, season.author))
    later = body[:2] + b"\x02" + body[3:-64]
    name = hashlib.blake2b(later, digest_size=32).digest()
    later += KEY.sign(b"trainer/segment/v1\0" + name)
    segment = open_segment(later, PUBLIC)
    assert not segment.readable
    assert segment.groups == []
    assert segment.hash == name


def test_a_signature_of_somebody_else_is_refused() -> None:
    season = make_season(people=3, sessions=1)
    body, _ = seal(operations(season.registrations, REPLICA, season.author))
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32).public_key().public_bytes_raw()
    with pytest.raises(SegmentFault) as caught:
        open_segment(body, other)
    assert caught.value.code == "signature"
