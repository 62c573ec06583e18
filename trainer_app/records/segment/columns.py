"""One list of values as bytes, by what the values are like; the decoder needs no knowledge of kinds or
fields.

A column is told by a descriptor, a short list that begins with its tag, and by bytes in the frame's streams.
Which tag to use is the writer's choice, made from the values alone (hints only help): whatever value a field
holds, rightly or wrongly typed, there is a tag that carries it. Tags and their layout:
resources/docs/protocol.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, cast

from trainer_app.records.fields import Value
from trainer_app.records.segment import following, plain, special, texts
from trainer_app.records.segment.faults import MALFORMED, SegmentFault
from trainer_app.records.segment.plain import (
    BLOB,
    DIGITS,
    EITHER,
    NIKS,
    SAME,
    Descriptor,
    Reading,
    Writing,
    chosen,
    read_flags,
    write_flags,
)

#: What the reader counts for one value: its places in two lists; and the object, where every value has its
#: own.
_CELL_BYTES = 16
#: Columns within columns: deeper than this nothing is ever written.
_MAX_DEPTH = 8


def write(to: Writing, values: Sequence[Value]) -> Descriptor:
    """Write a column in whatever way suits it; gives its descriptor. Raises ValueError for what is no
    `Value`.
    """
    types = Counter(map(type, values))
    if len(types) > 1:
        kind = types.most_common(1)[0][0]
        return _write_split(to, values, [type(value) is kind for value in values])
    if not values:
        return [SAME, None]
    first = values[0]
    if first is None:
        return [SAME, None]
    if type(first) is int:
        return plain.write_ints(to, cast("Sequence[int]", values))
    if type(first) is str:
        return _write_strings(to, cast("Sequence[str]", values))
    if type(first) is bytes:
        return _write_bytes(to, cast("Sequence[bytes]", values))
    raise ValueError(f"no value of a field: {type(first).__name__}")


def _write_split(to: Writing, values: Sequence[Value], flags: Sequence[bool], hint: int = -1) -> Descriptor:
    """Two columns woven by flags: the flagged rows with the hint, the others without."""
    ones = write_flags(to, flags)
    has, lacks = to.only(flags), to.only(flags, False)
    has.hint, lacks.hint = (to.hint, to.hint) if hint < 0 else (hint, -1)
    return [EITHER, ones, write(has, chosen(values, flags)), write(lacks, chosen(values, flags, False))]


def _write_strings(to: Writing, values: Sequence[str]) -> Descriptor:
    if to.hint in following.WRITERS and (to.hint != NIKS or all(map(following.is_nik, values))):
        return following.WRITERS[to.hint](to, values)
    if to.hint in special.FITS:
        flags = list(map(special.FITS[to.hint], values))
        if all(flags):
            return special.WRITERS[to.hint](to, values)
        if sum(flags) * 2 > len(flags):
            return _write_split(to, values, flags, to.hint)
    if not texts.is_choice(values) and all(map(special.is_digits, values)):
        return special.WRITERS[DIGITS](to, values)
    return texts.write_texts(to, values)


def _write_bytes(to: Writing, values: Sequence[bytes]) -> Descriptor:
    known = [value in to.number_of for value in values]
    if all(known):
        return plain.write_ids(to, values)
    if not any(known):
        return plain.write_blobs(to, BLOB, values)
    return _write_split(to, values, known)


def read(of: Reading, described: Descriptor, count: int) -> list[Any]:
    """The `count` values of a column. Raises `SegmentFault`, and what broken numbers raise: see
    `frame.read_frame`.
    """
    tag = described[0]
    of.source.spend(count, _CELL_BYTES + _OBJECT_BYTES.get(tag, 0))
    values = (
        _READERS[tag](of, described, count) if tag in _READERS else special.READERS[tag](of, described, count)
    )
    if len(values) != count:
        raise SegmentFault(MALFORMED, "column")
    return values


def _read_either(of: Reading, described: Descriptor, count: int) -> list[Any]:
    _tag, ones, yes, no = described
    if of.depth >= _MAX_DEPTH:
        raise SegmentFault(MALFORMED, "depth")
    flags = read_flags(of, ones, count)
    has, lacks = of.only(flags, 1), of.only(flags, 0)
    has.depth = lacks.depth = of.depth + 1
    first = iter(read(has, yes, ones))
    second = iter(read(lacks, no, count - ones))
    return [next(first) if flag else next(second) for flag in flags]


_READERS: dict[int, Callable[[Reading, Descriptor, int], list[Any]]] = {
    SAME: plain.read_same,
    EITHER: _read_either,
    plain.INTS: plain.read_above,
    plain.STEPS: plain.read_steps,
    plain.SINCE: plain.read_since,
    plain.CODES: plain.read_ints,
    plain.IDS: plain.read_ids,
    BLOB: plain.read_blobs,
    plain.CHOICES: texts.read_texts,
    plain.TEXTS: texts.read_texts,
    plain.LONG: texts.read_texts,
    **special.READERS,
    **following.READERS,
}
_OBJECT_BYTES = {plain.INTS: 32, plain.STEPS: 32, plain.SINCE: 32, BLOB: 56}
_OBJECT_BYTES |= dict.fromkeys([*special.READERS, *following.READERS], 104)
