"""Operations of one feed as the bytes of a frame. Layout and order: see `frame`; the reader goes the same
way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgpack

from trainer_app.records.clock import COUNTER_BITS, milliseconds
from trainer_app.records.fields import Value
from trainer_app.records.ids import RecordId
from trainer_app.records.operation import Operation
from trainer_app.records.segment import columns, idtable
from trainer_app.records.segment import numbers as num
from trainer_app.records.segment.frame import COUNTER, MAX_SKELETON, MOST_STAMP, in_order
from trainer_app.records.segment.plain import (
    OWNED,
    Descriptor,
    Writing,
    chosen,
    write_flags,
    write_ids,
    write_ints,
)
from trainer_app.records.segment.shapes import (
    LISTED,
    NAMED,
    NEW,
    hints,
    is_id,
    owner,
    shapes_of,
    shapes_to_bytes,
    siblings,
)
from trainer_app.records.segment.streams import NUMBERS, Sink
from trainer_app.records.segment.words import WordWriter


def write_frame(operations: Sequence[Operation]) -> bytes:
    """The bytes of a run of operations. Raises ValueError for what no field can hold (a float, an id of 15
    bytes).
    """
    return _FrameWriter(operations).write()


@dataclass(slots=True)
class _Kind:
    """The operations of one kind (positions in the feed), and for each field who sets it and to what."""

    number: int
    at: list[int]
    identity: list[int]
    having: dict[int, list[int]]
    values: dict[int, list[Value]]


class _FrameWriter:
    def __init__(self, operations: Sequence[Operation]) -> None:
        if not all(len(op.row) == 16 and len(op.author) == 16 for op in operations):
            raise ValueError("ids have 16 bytes")
        self.operations = operations
        self.sink = Sink()
        self.words = WordWriter(self.sink)
        self.moments = [milliseconds(op.hlc) for op in operations]
        self.shapes, self.order = shapes_of(operations)
        self.modes = [self.shapes[s].mode for s in self.order]
        self.kinds = [self._gather(kind) for kind in sorted({shape.kind for shape in self.shapes})]
        self._list_ids()

    def _gather(self, number: int) -> _Kind:
        shapes = {s: shape for s, shape in enumerate(self.shapes) if shape.kind == number}
        at = [i for i, s in enumerate(self.order) if s in shapes]
        kind = _Kind(number, at, sorted({f for shape in shapes.values() for f in shape.identity()}), {}, {})
        for f in sorted({f for shape in shapes.values() for f in shape.fields}):
            sets = {s for s, shape in shapes.items() if f in shape.fields}
            having = at if len(sets) == len(shapes) else [i for i in at if self.order[i] in sets]
            kind.having[f] = having
            kind.values[f] = [self.operations[i].values[f] for i in having]
        return kind

    def _list_ids(self) -> None:
        """Give every id a number: new rows by kind, ids from elsewhere by use, then rows that follow from
        others.
        """
        ops, modes = self.operations, self.modes
        by_kind = [i for kind in self.kinds for i in kind.at]
        self.new = [(ops[i].row, self.moments[i]) for i in by_kind if modes[i] == NEW]
        derived = [ops[i].row for i in by_kind if modes[i] >= NAMED]
        # what rows follow from must be known before them, even if it is such a row itself
        needed = dict.fromkeys(
            v for kind in self.kinds for f in kind.identity for v in kind.values[f] if is_id(v)
        )
        used = dict.fromkeys(ops[i].row for i in by_kind if modes[i] == LISTED)
        for kind in self.kinds:
            for column in kind.values.values():
                if bytes in set(map(type, column)):
                    used |= dict.fromkeys(value for value in column if is_id(value))
        followed = set(derived)
        needed |= {row: None for row in used if row not in followed}
        needed |= dict.fromkeys(op.author for op in ops)
        new = {row for row, _ in self.new}
        self.others = idtable.sort_others([row for row in needed if row not in new])
        self.number_of: dict[RecordId, int] = {}
        for number, row in enumerate([*(row for row, _ in self.new), *self.others, *derived]):
            self.number_of.setdefault(row, number)

    def write(self) -> bytes:
        shapes = self.sink.put(NUMBERS, shapes_to_bytes(self.shapes))
        width = num.width_of(len(self.shapes) - 1)
        self.sink.put(NUMBERS, num.to_planes(self.order, width))
        to = Writing(self.sink, self.words, self.number_of)
        moments = _write_stamps(to, [op.hlc for op in self.operations])
        told = idtable.write_ids_told(to, self.new, self.others)
        authors = write_ids(to, [op.author for op in self.operations])
        identities = [self._write_field(kind, number) for kind in self.kinds for number in kind.identity]
        rest = [part for kind in self.kinds for part in self._write_kind(to, kind)]
        bases = _write_bases(to, self.operations)
        words = self.words.finish()
        streams = self.sink.streams()
        lengths = [len(stream) for stream in streams[:-1]]
        skeleton: bytes = msgpack.packb(
            [lengths, words, shapes, width, moments, told, authors, identities, rest, bases]
        )
        if len(skeleton) > MAX_SKELETON:
            raise ValueError("too many kinds and fields for one segment")
        return b"".join([skeleton, *streams])

    def _write_kind(self, to: Writing, kind: _Kind) -> list[Descriptor]:
        listed = [self.operations[i].row for i in kind.at if self.modes[i] == LISTED]
        fields = in_order(kind.number, kind.values.keys() - set(kind.identity))
        return [write_ids(to, listed), *(self._write_field(kind, number) for number in fields)]

    def _write_field(self, kind: _Kind, number: int) -> Descriptor:
        having = kind.having[number]
        to = Writing(self.sink, self.words, self.number_of, [self.moments[i] for i in having])
        to.hint = hints(kind.number).get(number, -1)
        if to.hint == OWNED and not self._is_mostly_owned(kind, number):
            to.hint = -1
        to.siblings = {n: [self.operations[i].values.get(n) for i in having] for n in siblings(to.hint)}
        to.owner, to.elsewhere = owner(), self._elsewhere
        return columns.write(to, kind.values[number])

    def _is_mostly_owned(self, kind: _Kind, number: int) -> bool:
        """Worth it when most values are those of the row referred to."""
        of_kind, field, reference = owner()
        has = self._elsewhere(of_kind, field)
        ops = [self.operations[i] for i in kind.having[number]]
        return sum(has.get(op.values.get(reference), 0) == op.values[number] for op in ops) * 2 > len(ops)

    def _elsewhere(self, number: int, field: int) -> dict[Value, Value]:
        """A field of a kind, by row: what the last operation says that sets it."""
        for kind in self.kinds:
            if kind.number == number and field in kind.having:
                ops = [self.operations[i] for i in kind.having[field]]
                return {op.row: op.values[field] for op in ops}
        return {}


def _write_stamps(to: Writing, hlcs: Sequence[int]) -> Descriptor:
    """The first moment, where it moves on and by how much; counters only where they are not 0 or one more
    than before.
    """
    if not all(0 <= hlc <= MOST_STAMP for hlc in hlcs):
        raise ValueError("a clock out of range")
    steps = [(b >> COUNTER_BITS) - (a >> COUNTER_BITS) for a, b in pairwise(hlcs)]
    moved = [step != 0 for step in steps]
    ones = write_flags(to, moved)
    told = write_ints(to, chosen(steps, moved))
    expected = [
        b >> COUNTER_BITS << COUNTER_BITS if move else a + 1
        for (a, b), move in zip(pairwise(hlcs), moved, strict=True)
    ]
    expected.insert(0, hlcs[0] >> COUNTER_BITS << COUNTER_BITS)
    odd = [i for i, (hlc, usual) in enumerate(zip(hlcs, expected, strict=True)) if hlc != usual]
    where = write_ints(to, odd)
    return [
        hlcs[0] >> COUNTER_BITS,
        ones,
        told,
        len(odd),
        where,
        write_ints(to, [hlcs[i] & COUNTER for i in odd]),
    ]


def _write_bases(to: Writing, operations: Sequence[Operation]) -> Descriptor:
    """What edits had seen: nothing, the last operation of this segment on the row, or another stamp.

    Another stamp is told from the moment in the row's id, near which it often lies, or back from the edit.
    """
    if not all(0 <= op.base <= MOST_STAMP for op in operations):
        raise ValueError("a clock out of range")
    edited = [op.base != 0 for op in operations]
    ones = write_flags(to, edited)
    edits = _with_last(operations) if ones else []
    far = [op.base != before for op, before in edits]
    others = [op for op, _ in chosen(edits, far)]
    ones_far = write_flags(to, far)
    near = [op for op in others if idtable.version(op.row) == 7]
    old = [op for op in others if idtable.version(op.row) != 7]
    after = write_ints(to, [milliseconds(op.base) - idtable.moment_of(op.row) for op in near])
    before_it = write_ints(to, [milliseconds(op.hlc) - milliseconds(op.base) for op in old])
    return [ones, ones_far, after, before_it, write_ints(to, [op.base & COUNTER for op in others])]


def _with_last(operations: Sequence[Operation]) -> list[tuple[Operation, int]]:
    """The edits, each with the last stamp that this segment gave their row before."""
    last: dict[RecordId, int] = {}
    found = []
    for op in operations:
        if op.base:
            found.append((op, last.get(op.row, 0)))
        last[op.row] = op.hlc
    return found
