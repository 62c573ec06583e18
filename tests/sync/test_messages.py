"""The two messages: what goes in comes out; what is no message takes no memory and does not come through."""

from __future__ import annotations

import os
import tracemalloc

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_app.records.segment import body_hash
from trainer_app.sync.byte_reading import MAX_MESSAGE_BYTES, MessageFault
from trainer_app.sync.keys import make_private_key, public_key_of
from trainer_app.sync.messages import (
    Answer,
    Item,
    Piece,
    Report,
    Request,
    Share,
    Verdict,
    pack_answer,
    pack_request,
    read_answer,
    read_request,
    split_request,
)

REPLICA, RECEIVER = bytes(range(16)), bytes(range(16, 32))
KEY = make_private_key()

_number = st.integers(0, (1 << 63) - 1)
_bytes = st.binary(max_size=300)
_numbers = st.dictionaries(_number, _number, max_size=4)


@st.composite
def _pieces(draw: st.DrawFn) -> Piece:
    data = draw(_bytes)
    receipt = draw(st.one_of(st.just(b""), _bytes))
    if data and draw(st.booleans()):
        return Piece(body_hash(data), len(data), 0, data, receipt)
    return Piece(draw(st.binary(min_size=32, max_size=32)), len(data) + 1, draw(_number), data, receipt)


_feeds = st.lists(st.tuples(_number, st.binary(min_size=16, max_size=16), _number), max_size=3).map(tuple)
_requests = st.builds(
    Request,
    st.text(max_size=20),
    _number,
    st.binary(max_size=16),
    _number,
    _numbers,
    _numbers,
    st.lists(st.tuples(_number, _number, _number), max_size=3).map(tuple),
    st.lists(_pieces(), max_size=4).map(tuple),
    st.builds(Report, _number, _number),
    st.booleans(),
    _feeds,
)
_answers = st.builds(
    Answer,
    st.binary(max_size=16),
    _number,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    _numbers,
    st.lists(st.builds(Verdict, st.integers(0, 3), _number), max_size=4).map(tuple),
    st.lists(_bytes, max_size=3).map(tuple),
    st.lists(st.builds(Item, _number, _number, _number, _number, _bytes, _bytes), max_size=3).map(tuple),
    _numbers,
    _feeds,
)


def _packed(request: Request) -> bytes:
    return pack_request(request, replica=REPLICA, private_key=KEY, receiver=RECEIVER)


@given(_requests)
def test_a_request_comes_out_as_it_went_in(request: Request) -> None:
    signed = split_request(_packed(request))
    assert signed.replica == REPLICA
    assert signed.is_by(public_key_of(KEY), RECEIVER)
    assert not signed.is_by(public_key_of(KEY), REPLICA), "it is for one receiver only"
    assert read_request(signed.body) == request


@given(_answers)
def test_an_answer_comes_out_as_it_went_in(answer: Answer) -> None:
    assert read_answer(pack_answer(answer)) == answer


@given(_answers, st.data())
def test_a_changed_or_cut_answer_is_a_fault_or_another_answer(answer: Answer, data: st.DataObject) -> None:
    packed = pack_answer(answer)
    at = data.draw(st.integers(0, len(packed) - 1))
    changed = packed[:at] + data.draw(st.binary(max_size=3)) + packed[at + 1 :]
    for wrong in (changed, packed[:at], packed + b"\0"):
        try:
            read_answer(wrong)
        except MessageFault:
            continue


def test_a_whole_segment_is_not_named_twice() -> None:
    body = os.urandom(100)
    request = Request("1", 1, b"", 0, pieces=[Piece(body_hash(body), 100, 0, body)])
    assert body_hash(body) not in _packed(request)
    assert read_request(split_request(_packed(request)).body).pieces[0].hash == body_hash(body)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "head"),
        (b"\xc0", "head"),
        (b"\x91" * 200_000, "head"),
        (b"\xdd\x00\x0f\xff\xff" + b"\x90" * 1_000_000, "head"),
        (b"\xc9\x00\x00\x00\x05\x01hello", "head"),
        (msgpack.packb([1, "1"]), "content"),
        (msgpack.packb([1, "1", 1, b"", 0, {}, {}, [], [[b"", 10, 0, 10]], [0, 0], 0]), "content"),
        (msgpack.packb([1, "1", 1, b"", 0, {}, {}, [], [[b"", 10, 0, 4]], [0, 0], 0]) + b"abcd", "content"),
        (msgpack.packb([1, "1", -1, b"", 0, {}, {}, [], [], [0, 0], 0]), "content"),
        (msgpack.packb([0, "1", 1, b"", 0, {}, {}, [], [], [0, 0], 0]), "content"),
        (msgpack.packb([1, "1", 1, b"", 0, {}, {}, [], [], [0, 0], 0]) + b"x", "long"),
        (bytes(MAX_MESSAGE_BYTES + 1), "large"),
    ],
)
def test_what_is_no_request_is_a_fault_and_takes_little_memory(body: bytes, code: str) -> None:
    tracemalloc.start()
    with pytest.raises(MessageFault, match=code):
        read_request(body)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32 * 1024 * 1024


def test_fields_of_a_later_version_are_passed_over() -> None:
    head = [
        1,
        "9.0",
        7,
        b"e" * 16,
        100,
        {0: 1},
        {},
        [],
        [],
        [5, 6],
        0,
        [],
        [],
        {},
        [],
        "new",
        b"",
        [],
        {"more": 1},
    ]
    request = read_request(msgpack.packb(head))
    assert (request.app, request.counter, request.report) == ("9.0", 7, Report(5, 6))
    answer = [2, b"", 1, 0, {}, [], [], [], {}, [], [], [], [], "new"]
    assert read_answer(msgpack.packb(answer)).time == 1


def test_claims_and_snapshots_travel_and_cost_nothing_when_there_are_none() -> None:
    plain = Request("1", 1, b"e", 100)
    full = Request("1", 1, b"e", 100, claims=(b"claim",), snapshots={5301: (b"h" * 32, 7)})
    key = make_private_key()
    packed = [pack_request(r, replica=bytes(16), private_key=key, receiver=bytes(16)) for r in (plain, full)]
    assert [read_request(split_request(data).body) for data in packed] == [plain, full]
    assert len(split_request(packed[0]).body) < 40
    share = Share(5301, b"h" * 32, 9, 100, 3, b"bytes")
    answer = Answer(b"", 1, shares=(share,), items=(Item(5301, 10, 4, 0, b"item"),))
    read = read_answer(pack_answer(answer))
    assert (read.shares, list(read.items)) == ((share,), list(answer.items))
