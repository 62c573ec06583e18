"""Which operations are alike: same kind, same fields, row told the same way. And blocks of like operations,
as they are read.

A segment first tells its shapes, then the shape of each operation in order; the rest is columns per kind and
field.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeGuard, TypeVar

from trainer_app.records.fields import DATE, Value, fields_by_name
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import KINDS, Enterprise, Person
from trainer_app.records.operation import Operation
from trainer_app.records.segment.faults import MALFORMED, SegmentFault
from trainer_app.records.segment.idtable import paired, version
from trainer_app.records.segment.plain import DATES, NIKS, OWNED, PHONES, TYPED

#: How the row of an operation is told: the next new id, a number in the id table, or it follows from one or
#: two fields.
NEW, LISTED, NAMED, PAIRED = range(4)
T = TypeVar("T")
_MOST_FIELDS = 1_000
_SHAPE_BYTES, _FIELD_BYTES = 600, 80
_MOST_NUMBER = (1 << 32) - 1


@dataclass(slots=True)
class Group:
    """Operations of one kind that set the same fields, in the order of the feed; `columns` has one list per
    field.
    """

    kind: int
    fields: tuple[int, ...]
    rows: list[RecordId]
    seqs: list[int]
    hlcs: list[int]
    bases: list[int]
    authors: list[bytes]
    columns: list[list[Value]]

    def without(self, positions: Collection[int]) -> Group:
        """The same without the operations at these positions."""
        kept = [i for i in range(len(self.rows)) if i not in positions]

        def those(items: list[T]) -> list[T]:
            return [items[i] for i in kept]

        heads = those(self.rows), those(self.seqs), those(self.hlcs), those(self.bases), those(self.authors)
        return Group(self.kind, self.fields, *heads, list(map(those, self.columns)))

    def operations(self, area: int, replica: bytes) -> Iterator[Operation]:
        """Its operations, one by one."""
        columns = zip(*self.columns, strict=True) if self.columns else iter([()] * len(self.rows))
        heads = zip(self.rows, self.seqs, self.hlcs, self.authors, self.bases, columns, strict=True)
        for row, seq, hlc, author, base, values in heads:
            told = dict(zip(self.fields, values, strict=True))
            yield Operation(self.kind, row, area, replica, seq, hlc, author, base, told)


@dataclass(frozen=True, slots=True)
class Shape:
    """`first` and `second` are the fields from which a row follows, `name` the table's name beside a single
    one.
    """

    kind: int
    fields: tuple[int, ...]
    mode: int
    first: int = 0
    second: int = 0
    name: bytes = b""

    def identity(self) -> tuple[int, ...]:
        """The fields from which the row follows."""
        return {NAMED: (self.first,), PAIRED: (self.first, self.second)}.get(self.mode, ())


_NO_SHAPE = Shape(0, (), LISTED)


@cache
def _identity(kind: int) -> tuple[tuple[int, ...], bytes]:
    """The numbers of the fields that make a known kind's identity, and its name."""
    cls = KINDS.get(kind)
    if cls is None:
        return (), b""
    named = fields_by_name(cls)
    return tuple(named[name].number for name in cls.identity), cls.table.encode()


def is_id(value: object) -> TypeGuard[RecordId]:
    """True for 16 bytes."""
    return type(value) is bytes and len(value) == 16


def shapes_of(operations: Sequence[Operation]) -> tuple[list[Shape], list[int]]:
    """The different shapes in order of appearance, and the number of each operation's shape."""
    alike: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    for i, op in enumerate(operations):
        alike.setdefault((op.kind, tuple(op.values)), []).append(i)
    first: dict[RecordId, int] = {}
    for i, op in enumerate(operations):
        first.setdefault(op.row, i)
    shapes: list[Shape] = [_NO_SHAPE] * len(operations)
    for (kind, fields), at in alike.items():
        _shape_block([operations[i] for i in at], kind, tuple(sorted(fields)), at, first, shapes)
    numbers: dict[int, int] = {}
    known: dict[Shape, int] = {}
    order = []
    for shape in shapes:  # by identity of the object first: hashing a shape sixty thousand times is slow
        number = numbers.get(id(shape))
        if number is None:
            number = numbers[id(shape)] = known.setdefault(shape, len(known))
        order.append(number)
    return list(known), order


def _followed(kind: int, fields: tuple[int, ...], identity: tuple[int, ...], name: bytes) -> Shape:
    if len(identity) == 1:
        return Shape(kind, fields, NAMED, identity[0], name=name)
    first, second = identity
    return Shape(kind, fields, PAIRED, first, second)


def _shape_block(
    block: Sequence[Operation],
    kind: int,
    fields: tuple[int, ...],
    at: Sequence[int],
    first: Mapping[RecordId, int],
    shapes: list[Shape],
) -> None:
    """Find the shapes of operations that set the same fields of one kind."""
    new, listed = Shape(kind, fields, NEW), Shape(kind, fields, LISTED)
    identity, name = _identity(kind)
    follows, derived = None, list[RecordId]()
    if identity and set(identity) <= set(fields):
        told = [[op.values[number] for op in block] for number in identity]
        if all(is_id(value) for values in told for value in values):
            follows = _followed(kind, fields, identity, name)
            derived = paired(told[0], told[1] if told[1:] else [name] * len(block))  # type: ignore[arg-type]  # ids, as just seen
    for place, (i, op) in enumerate(zip(at, block, strict=True)):
        if follows is not None and derived[place] == op.row:
            shapes[i] = follows
        else:
            shapes[i] = new if first[op.row] == i and version(op.row) == 7 else listed


@cache
def hints(kind: int) -> dict[int, int]:
    """What texts of a known kind's fields really are, by field number."""
    cls = KINDS.get(kind)
    if cls is None:
        return {}
    named = fields_by_name(cls)
    found = {item.number: DATES for item in named.values() if item.type is DATE}
    if cls is Person:
        found |= {
            named["phone"].number: PHONES,
            named["nik"].number: NIKS,
            named["phone_typed"].number: TYPED,
        }
    if cls is Enterprise:
        found[named["village"].number] = OWNED
    return found


@cache
def siblings(hint: int) -> tuple[int, ...]:
    """The fields of the same record that a column with this hint is told by."""
    person, enterprise = fields_by_name(Person), fields_by_name(Enterprise)
    return {
        NIKS: (person["village"].number, person["birth_date"].number, person["sex"].number),
        TYPED: (person["phone"].number,),
        OWNED: (enterprise["owner"].number,),
    }.get(hint, ())


@cache
def owner() -> tuple[int, int, int]:
    """Where a business's village mostly is: the kind and field of its owner's, and the field that names the
    owner.
    """
    return Person.kind, fields_by_name(Person)["village"].number, fields_by_name(Enterprise)["owner"].number


# --- bytes --------------------------------------------------------------------------------------------------


def _put_number(into: bytearray, number: int) -> None:
    if not 0 <= number <= _MOST_NUMBER:
        raise ValueError("kind or field number out of range")
    while number > 0x7F:
        into.append(number & 0x7F | 0x80)
        number >>= 7
    into.append(number)


def shapes_to_bytes(shapes: Sequence[Shape]) -> bytes:
    """LEB128 numbers: kind, mode and what belongs to it, count of fields, fields as steps."""
    into = bytearray()
    for shape in shapes:
        for number in (shape.kind, shape.mode, *shape.identity()):
            _put_number(into, number)
        if shape.mode == NAMED:
            _put_number(into, len(shape.name))
            into += shape.name
        _put_number(into, len(shape.fields))
        before = 0
        for number in shape.fields:
            _put_number(into, number - before)
            before = number
    return bytes(into)


class _Bytes:
    """Takes LEB128 numbers from bytes."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def number(self) -> int:
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value
            if shift > 28:
                raise SegmentFault(MALFORMED, "number")

    def take(self, length: int) -> bytes:
        part = self.data[self.at : self.at + length]
        if len(part) != length:
            raise SegmentFault(MALFORMED, "shapes")
        self.at += length
        return part


def shapes_from_bytes(data: bytes, spend: Callable[[int, int], None]) -> list[Shape]:
    """The opposite of `shapes_to_bytes`; `spend` is told of each shape and field before it is made."""
    source, shapes = _Bytes(data), list[Shape]()
    while source.at < len(data):
        spend(1, _SHAPE_BYTES)
        shapes.append(_read_shape(source, spend))
    return shapes


def _read_shape(source: _Bytes, spend: Callable[[int, int], None]) -> Shape:
    kind, mode = source.number(), source.number()
    if mode > PAIRED:
        raise SegmentFault(MALFORMED, "mode")
    first = source.number() if mode in (NAMED, PAIRED) else 0
    second = source.number() if mode == PAIRED else 0
    name = source.take(source.number()) if mode == NAMED else b""
    count = source.number()
    if count > _MOST_FIELDS:
        raise SegmentFault(MALFORMED, "fields")
    spend(count, _FIELD_BYTES)
    fields, number = [], 0
    for i in range(count):
        step = source.number()
        if i and not step:
            raise SegmentFault(MALFORMED, "fields")
        number += step
        fields.append(number)
    shape = Shape(kind, tuple(fields), mode, first, second, name)
    if not set(shape.identity()) <= set(fields):
        raise SegmentFault(MALFORMED, "identity")
    return shape
