"""The inside of a segment: operations of one feed as columns, read back into blocks of like operations.

A frame is a msgpack skeleton (lengths and column descriptors) followed by four byte streams (see `streams`).
Writer (`writing`) and reader go through the same steps in the same order: shapes, moments, ids told once,
authors, the fields that rows follow from, all other fields by kind, and what each edit had seen. Numbers in
the feed are not told: a feed has no gaps.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, pairwise
from struct import error as struct_error

import msgpack

from trainer_app.records.clock import COUNTER_BITS, milliseconds
from trainer_app.records.fields import Value
from trainer_app.records.ids import RecordId
from trainer_app.records.segment import columns, idtable
from trainer_app.records.segment import numbers as num
from trainer_app.records.segment.faults import MALFORMED, SegmentFault
from trainer_app.records.segment.plain import Descriptor, Reading, read_flags, read_ids, read_ints
from trainer_app.records.segment.shapes import LISTED, NAMED, NEW, Group, hints, shapes_from_bytes, siblings
from trainer_app.records.segment.streams import NUMBERS, STREAMS, Source
from trainer_app.records.segment.words import WordReader

#: A skeleton has some hundred bytes; more than this is an attack on the memory.
MAX_SKELETON = 256 * 1024
COUNTER = (1 << COUNTER_BITS) - 1
MOST_STAMP = (1 << 63) - 1
_OPERATION_BYTES = 240
_BROKEN = (
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    OverflowError,
    AttributeError,
    StopIteration,
    struct_error,
)


def in_order(kind: int, numbers: Collection[int]) -> list[int]:
    """The order in which fields are told: by number, but those that are told with the help of others last."""
    late = {number for number, hint in hints(kind).items() if siblings(hint)}
    return sorted(numbers, key=lambda number: (number in late, number))


def read_frame(raw: bytes, count: int, first_seq: int, budget: int) -> list[Group]:
    """The `count` operations of a frame as groups; numbers begin with `first_seq`.

    `budget` is how many bytes of memory the lists may take. Raises `SegmentFault` for anything that is not
    right.
    """
    try:
        return _FrameReader(raw, count, budget).read(first_seq)
    except _BROKEN as fault:
        raise SegmentFault(MALFORMED, type(fault).__name__) from fault


@dataclass(slots=True)
class _Kind:
    """The operations of one kind: where in the feed, of which shape; `fields` fills as columns are read."""

    number: int
    shapes: list[int]  # numbers of its shapes
    at: list[int]
    order: list[int]  # the shape of each of `at`
    fields: dict[int, list[Value]] = field(default_factory=dict)
    #: Where in a column the values of each shape are, by the shapes that have the column.
    places: dict[tuple[int, ...], dict[int, list[int]]] = field(default_factory=dict)


class _FrameReader:
    def __init__(self, raw: bytes, count: int, budget: int) -> None:
        unpacker = msgpack.Unpacker(max_buffer_size=MAX_SKELETON + 1)
        unpacker.feed(raw[:MAX_SKELETON])
        try:
            skeleton = unpacker.unpack()
        except msgpack.UnpackException as fault:
            raise SegmentFault(MALFORMED, "skeleton") from fault
        lengths, words, self.shapes_length, self.order_width, *self.told = skeleton
        self.count = count
        self.source = Source(_cut(memoryview(raw)[unpacker.tell() :], lengths), budget)
        self.source.spend(count, _OPERATION_BYTES)
        self.words = WordReader(self.source, words)

    def read(self, first_seq: int) -> list[Group]:
        moments, told, authors, identities, rest, bases = self.told
        self._read_shapes()
        self.ids: list[RecordId] = []
        of = self.of = Reading(self.source, self.words, self.ids)
        self.hlcs = _read_stamps(of, moments, self.count)
        new = self._positions(NEW)
        self.ids.extend(idtable.read_ids_told(of, told, [self.hlcs[i] >> COUNTER_BITS for i in new]))
        self.rows: list[RecordId] = [b""] * self.count
        self._give_rows(new, self.ids[: len(new)])
        self.authors = read_ids(of, authors, self.count)
        self._read_identities(identities)
        self._read_rest(rest)
        self.bases = _read_bases(of, bases, self.rows, self.hlcs)
        self.source.finish()
        return [group for kind in self.kinds for group in self._groups(kind, first_seq)]

    def _read_shapes(self) -> None:
        data = bytes(self.source.take(NUMBERS, self.shapes_length))
        self.shapes = shapes_from_bytes(data, self.source.spend)
        if not 0 < len(self.shapes) <= self.count:
            raise SegmentFault(MALFORMED, "shapes")
        planes = self.source.take(NUMBERS, self.order_width * self.count)
        order = num.from_planes(planes, self.order_width, self.count)
        self.at: list[list[int]] = [[] for _ in self.shapes]
        adders = [positions.append for positions in self.at]
        for i, number in enumerate(order):
            adders[number](i)
        if not all(self.at):
            raise SegmentFault(MALFORMED, "shape without operations")
        self.kinds: list[_Kind] = []
        for number in sorted({shape.kind for shape in self.shapes}):
            shapes = [s for s, shape in enumerate(self.shapes) if shape.kind == number]
            at = sorted(chain.from_iterable(self.at[s] for s in shapes))
            self.kinds.append(_Kind(number, shapes, at, [order[i] for i in at]))

    def _positions(self, mode: int) -> list[int]:
        """Operations whose row is told in this way, by kind."""
        found: list[int] = []
        for kind in self.kinds:
            having = [s for s in kind.shapes if self.shapes[s].mode == mode]
            found += self._at(kind, tuple(having))
        return found

    def _at(self, kind: _Kind, shapes: tuple[int, ...]) -> list[int]:
        """Where operations of these shapes of a kind are in the feed."""
        if len(shapes) == len(kind.shapes):
            return kind.at
        if len(shapes) < 2:
            return self.at[shapes[0]] if shapes else []
        return [i for i, s in zip(kind.at, kind.order, strict=True) if s in shapes]

    def _give_rows(self, positions: Sequence[int], rows: Sequence[RecordId]) -> None:
        for i, row in zip(positions, rows, strict=True):
            self.rows[i] = row

    def _read_identities(self, described: Sequence[Descriptor]) -> None:
        """The fields from which rows follow, then those rows, to which what is read later may refer."""
        parts = iter(described)
        for kind in self.kinds:
            for number in sorted({n for s in kind.shapes for n in self.shapes[s].identity()}):
                kind.fields[number] = self._read_field(kind, number, next(parts))
        if next(parts, None) is not None:
            raise SegmentFault(MALFORMED, "identities")
        for kind in self.kinds:
            followed = tuple(s for s in kind.shapes if self.shapes[s].mode >= NAMED)
            for s in followed:
                self._derive(kind, s)
            self.ids.extend([self.rows[i] for i in self._at(kind, followed)])

    def _derive(self, kind: _Kind, s: int) -> None:
        shape = self.shapes[s]
        firsts = self._by_shape(kind, shape.first)[s]
        names = shape.mode == NAMED
        seconds = [shape.name] * len(firsts) if names else self._by_shape(kind, shape.second)[s]
        for parts in (firsts,) if names else (firsts, seconds):
            if set(map(type, parts)) != {bytes} or set(map(len, parts)) != {16}:  # type: ignore[arg-type]  # bytes by then
                raise SegmentFault(MALFORMED, "identity")
        self._give_rows(self.at[s], idtable.paired(firsts, seconds))  # type: ignore[arg-type]  # bytes, as just seen

    def _read_rest(self, described: Sequence[Descriptor]) -> None:
        parts = iter(described)
        for kind in self.kinds:
            listed = self._at(kind, tuple(s for s in kind.shapes if self.shapes[s].mode == LISTED))
            self._give_rows(listed, read_ids(self.of, next(parts), len(listed)))
            numbers = {number for s in kind.shapes for number in self.shapes[s].fields}
            for number in in_order(kind.number, numbers - kind.fields.keys()):
                kind.fields[number] = self._read_field(kind, number, next(parts))
        if next(parts, None) is not None:
            raise SegmentFault(MALFORMED, "columns")

    def _having(self, kind: _Kind, number: int) -> tuple[int, ...]:
        return tuple(s for s in kind.shapes if number in self.shapes[s].fields)

    def _read_field(self, kind: _Kind, number: int, described: Descriptor) -> list[Value]:
        having = self._having(kind, number)
        at = self._at(kind, having)
        of = Reading(
            self.source,
            self.words,
            self.ids,
            lambda: [self.hlcs[i] >> COUNTER_BITS for i in at],
            lambda other: self._beside(kind, having, other),
            self._elsewhere,
        )
        return columns.read(of, described, len(at))

    def _beside(self, kind: _Kind, having: tuple[int, ...], other: int) -> list[Value]:
        """Another field of the operations whose shape is in `having`; None where they do not set it."""
        sets = set(self._having(kind, other)) if other in kind.fields else set()
        values = iter(kind.fields.get(other, ()))
        found = [(s, next(values) if s in sets else None) for s in kind.order]
        return [value for s, value in found if s in having]

    def _elsewhere(self, number: int, other: int) -> dict[RecordId, Value]:
        """A field of a kind that was read before, by row: what the last operation says that sets it."""
        for kind in self.kinds:
            if kind.number == number and other in kind.fields:
                at = self._at(kind, self._having(kind, other))
                return {self.rows[i]: value for i, value in zip(at, kind.fields[other], strict=True)}
        return {}

    def _by_shape(self, kind: _Kind, number: int) -> dict[int, list[Value]]:
        """A field's values, by shape."""
        column, having = kind.fields[number], self._having(kind, number)
        if len(having) == 1:
            return {having[0]: column}
        if having not in kind.places:
            places: dict[int, list[int]] = {s: [] for s in having}
            for place, s in enumerate(s for s in kind.order if s in places):
                places[s].append(place)
            kind.places[having] = places
        return {s: [column[place] for place in places] for s, places in kind.places[having].items()}

    def _groups(self, kind: _Kind, first_seq: int) -> list[Group]:
        groups: dict[int, Group] = {}
        for s in kind.shapes:
            at = self.at[s]
            groups[s] = Group(
                kind.number,
                self.shapes[s].fields,
                [self.rows[i] for i in at],
                [first_seq + i for i in at],
                [self.hlcs[i] for i in at],
                [self.bases[i] for i in at],
                [self.authors[i] for i in at],
                [],
            )
        for number in sorted(kind.fields):
            for s, values in self._by_shape(kind, number).items():
                groups[s].columns.append(values)
        return list(groups.values())


def _cut(rest: memoryview, lengths: Sequence[int]) -> list[memoryview]:
    if len(lengths) != STREAMS - 1 or min(lengths) < 0 or sum(lengths) > len(rest):
        raise SegmentFault(MALFORMED, "streams")
    ends = list(accumulate(lengths, initial=0))
    return [rest[a:b] for a, b in pairwise([*ends, len(rest)])]


def _read_stamps(of: Reading, described: Descriptor, count: int) -> list[int]:
    first, ones, told, odd, where, counters = described
    moved = read_flags(of, ones, count - 1)
    if not 0 <= odd <= count:
        raise SegmentFault(MALFORMED, "counters")
    steps = read_ints(of, told, ones)
    exceptions = dict(zip(read_ints(of, where, odd), read_ints(of, counters, odd), strict=True))
    if not all(0 <= counter <= COUNTER for counter in exceptions.values()) or not exceptions.keys() <= set(
        range(count)
    ):
        raise SegmentFault(MALFORMED, "counters")
    stamps = _stamps(int(first), moved, steps, exceptions)
    if min(stamps) < 0 or max(stamps) > MOST_STAMP:
        raise SegmentFault(MALFORMED, "clock")
    return stamps


def _stamps(moment: int, moved: list[int], steps: list[int], exceptions: dict[int, int]) -> list[int]:
    if not exceptions and len(steps) == len(moved):
        return [moment << COUNTER_BITS for moment in accumulate(steps, initial=moment)]
    following, stamps = iter(steps), list[int]()
    for i, move in enumerate([2, *moved]):
        if move == 1:
            moment += next(following)
        if i in exceptions:
            stamp = moment << COUNTER_BITS | exceptions[i]
        elif move:
            stamp = moment << COUNTER_BITS
        else:
            stamp = stamps[-1] + 1
        stamps.append(stamp)
    return stamps


def _read_bases(
    of: Reading, described: Descriptor, rows: Sequence[RecordId], hlcs: Sequence[int]
) -> list[int]:
    ones, ones_far, after, before_it, counters = described
    edits = read_flags(of, ones, len(rows))
    far = read_flags(of, ones_far, ones)
    seen = iter(far)
    told = [bool(edit and next(seen)) for edit in edits]
    near = sum(idtable.version(row) == 7 for row, flag in zip(rows, told, strict=True) if flag)
    since_id = iter(read_ints(of, after, near))
    before = iter(read_ints(of, before_it, ones_far - near))
    counts = iter(read_ints(of, counters, ones_far))
    if not ones:
        return [0] * len(rows)
    bases, last = [], dict[RecordId, int]()
    for row, hlc, edit, flag in zip(rows, hlcs, edits, told, strict=True):
        base = last[row] if edit and not flag else 0
        if flag:
            near_id = idtable.version(row) == 7
            moment = idtable.moment_of(row) + next(since_id) if near_id else milliseconds(hlc) - next(before)
            base = moment << COUNTER_BITS | next(counts) & COUNTER
        bases.append(base)
        last[row] = hlc
    if min(bases) < 0 or max(bases) > MOST_STAMP:
        raise SegmentFault(MALFORMED, "base")
    return bases
