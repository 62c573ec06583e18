"""Columns of whole numbers, ids and bare bytes: what all other columns are made of."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from math import log2
from typing import Any, TypeVar

from trainer_app.records.fields import Value
from trainer_app.records.ids import RecordId
from trainer_app.records.segment import numbers as num
from trainer_app.records.segment.faults import MALFORMED, SegmentFault
from trainer_app.records.segment.streams import NUMBERS, RANDOM, Sink, Source
from trainer_app.records.segment.words import WordReader, WordWriter

T = TypeVar("T")
Descriptor = list[Any]
#: The values of a field of a kind (both by number) by row.
Elsewhere = Callable[[int, int], Mapping[Any, Value]]

#: Tags, the first item of a descriptor. Never used again with another meaning.
SAME, EITHER, INTS, STEPS, SINCE, CODES, IDS, BLOB, CHOICES, TEXTS, LONG = range(11)
DATES, DIGITS, PHONES, NIKS, TYPED, OWNED = range(11, 17)

#: A column is told as few codes only when it is at least so long and has at most so many different numbers.
FEW_ROWS = 8
_MOST_NUMBERS = 16
_FEWEST_FOR_NOISE = 64


@dataclass(slots=True)
class Writing:
    """What a writer knows beside the values: where to put bytes, the ids' numbers, the rows' moments and
    other fields.
    """

    sink: Sink
    words: WordWriter
    number_of: Mapping[RecordId, int]
    times: Sequence[int] = ()
    hint: int = -1
    siblings: Mapping[int, Sequence[Value]] = field(default_factory=dict)
    #: For `OWNED`: kind, field there and field here that refers to it; and the values of a field by row.
    owner: tuple[int, int, int] = (0, 0, 0)
    elsewhere: Elsewhere | None = None

    def only(self, flags: Sequence[bool], wanted: bool = True) -> Writing:
        """The same for the rows whose flag is as wanted."""
        times = chosen(self.times, flags, wanted) if self.times else ()
        siblings = {number: chosen(values, flags, wanted) for number, values in self.siblings.items()}
        return dataclasses.replace(self, times=times, siblings=siblings)

    def bare(self) -> Writing:
        """The same for values that belong to no row."""
        return Writing(self.sink, self.words, self.number_of)


@dataclass(slots=True)
class Reading:
    """The same for a reader. `times` gives the rows' moments (ms), `sibling` another field of these rows."""

    source: Source
    words: WordReader
    ids: Sequence[RecordId]
    times: Callable[[], Sequence[int]] | None = None
    sibling: Callable[[int], Sequence[Value]] | None = None
    elsewhere: Elsewhere | None = None
    depth: int = 0

    def only(self, flags: Sequence[int], wanted: int) -> Reading:
        """The same for the rows whose flag is as wanted."""
        times, sibling = self.times, self.sibling
        fewer_times = None if times is None else lambda: chosen(times(), flags, wanted)
        fewer = None if sibling is None else lambda number: chosen(sibling(number), flags, wanted)
        return dataclasses.replace(self, times=fewer_times, sibling=fewer)

    def bare(self) -> Reading:
        """The same for values that belong to no row."""
        return Reading(self.source, self.words, self.ids, depth=self.depth)


def chosen(values: Sequence[T], flags: Sequence[int], wanted: int = True) -> list[T]:
    """The values whose flag is as wanted."""
    return [value for value, flag in zip(values, flags, strict=True) if flag == wanted]


# --- flags --------------------------------------------------------------------------------------------------


def write_flags(to: Writing, flags: Sequence[bool]) -> int:
    """Put one bit a row; gives how many are set."""
    to.sink.put(NUMBERS, num.pack(flags, 1))
    return sum(flags)


def read_flags(of: Reading, ones: int, count: int) -> list[int]:
    """The bits of `count` rows, of which `ones` must be set."""
    flags = num.unpack(of.source.take(NUMBERS, num.packed_size(count, 1)), 1, count)
    if sum(flags) != ones:
        raise SegmentFault(MALFORMED, "flags")
    return flags


# --- whole numbers ------------------------------------------------------------------------------------------


def write_ints(to: Writing, values: Sequence[int]) -> Descriptor:
    """Whole numbers of at most 64 bits: above the least, as steps, since the row's moment, or as codes."""
    least = min(values, default=0)
    plain = [value - least for value in values]
    if not any(plain):
        return [SAME, least]
    choices = [(_bits(plain) + 16, INTS)]
    steps = num.zigzag(b - a for a, b in pairwise(values))
    choices.append((_bits(steps) + 32, STEPS))
    since, nearest = _since(to.times, values)
    if since:
        choices.append((_bits(since) + 24, SINCE))
    distinct = len(set(values)) if len(values) >= FEW_ROWS else len(values)
    if distinct * 2 <= len(values) and distinct <= _MOST_NUMBERS:
        choices.append((len(values) * num.bits_for(distinct) + distinct * 12 + 24, CODES))
    for _cost, tag in sorted(choices):
        if tag == CODES:
            return write_codes(to, CODES, values, _write_uncoded)
        if tag == STEPS and max(steps) <= num.MAX_UINT:
            return [STEPS, put_planes(to, steps), values[0]]
        if tag == SINCE and max(since) <= num.MAX_UINT:
            return [SINCE, put_planes(to, since), nearest]
        if tag == INTS:
            break
    return [INTS, put_planes(to, plain), least]


def _write_uncoded(to: Writing, values: Sequence[int]) -> Descriptor:
    """Different numbers, fewer than `FEW_ROWS` or never worth codes."""
    least = min(values)
    return [INTS, put_planes(to, [value - least for value in values]), least]


def _since(times: Sequence[int], values: Sequence[int]) -> tuple[list[int], int]:
    if not times:
        return [], 0
    since = [value - moment for value, moment in zip(values, times, strict=True)]
    nearest = min(since)
    return [value - nearest for value in since], nearest


def _bits(values: Sequence[int]) -> int:
    return sum(map(int.bit_length, values)) + len(values) // 4


def write_codes(
    to: Writing, tag: int, values: Sequence[T], inner: Callable[[Writing, list[T]], Descriptor]
) -> Descriptor:
    """Few different values, each told once by `inner`, commonest first; then a small code a row."""
    distinct = [value for value, _ in Counter(values).most_common()]
    described = inner(to.bare(), distinct)
    code = {value: i for i, value in enumerate(distinct)}
    to.sink.put(NUMBERS, num.pack([code[value] for value in values], num.bits_for(len(distinct))))
    return [tag, len(distinct), described]


def put_planes(to: Writing, values: Sequence[int]) -> int:
    """Put unsigned numbers as byte planes; gives how: the width, and 16 for each low plane that looks like
    noise.

    Noise goes where the id tails go, so that it does not spoil the statistics of the rest. Raises ValueError
    for numbers of more than 64 bits.
    """
    width, count = num.width_of(max(values, default=0)), len(values)
    if width > num.WIDEST:
        raise ValueError("a number is too large for a segment")
    planes, noisy = num.to_planes(values, width), 0
    while noisy < width and _is_noise(planes[noisy * count : (noisy + 1) * count]):
        noisy += 1
    to.sink.put(RANDOM, planes[: noisy * count])
    to.sink.put(NUMBERS, planes[noisy * count :])
    return width | noisy << 4


def _is_noise(plane: bytes) -> bool:
    """True when no entropy coder would save an eighth of these bytes."""
    count = len(plane)
    if count < _FEWEST_FOR_NOISE:
        return False
    bits = -sum(n / count * log2(n / count) for n in Counter(plane).values())
    return bits > min(8.0, log2(count)) - 1


def take_planes(of: Reading, how: int, count: int) -> list[int]:
    """The opposite of `put_planes`."""
    width, noisy = how & 15, how >> 4
    if not 0 <= noisy <= width:
        raise SegmentFault(MALFORMED, "planes")
    if not noisy:
        return num.from_planes(of.source.take(NUMBERS, width * count), width, count)
    noise = of.source.take(RANDOM, noisy * count)
    planes = bytes(noise) + bytes(of.source.take(NUMBERS, (width - noisy) * count))
    return num.from_planes(memoryview(planes), width, count)


def read_same(of: Reading, described: Descriptor, count: int) -> list[Any]:
    """One value for all rows."""
    _tag, value = described
    if value is not None and type(value) not in (int, str, bytes):
        raise SegmentFault(MALFORMED, "value")
    return [value] * count


def read_above(of: Reading, described: Descriptor, count: int) -> list[int]:
    """`INTS`: above the least."""
    _tag, width, least = described
    values = take_planes(of, width, count)
    return [least + value for value in values] if least else values


def read_steps(of: Reading, described: Descriptor, count: int) -> list[int]:
    """`STEPS`: each from the one before."""
    _tag, width, first = described
    return list(accumulate(num.unzigzag(take_planes(of, width, count - 1)), initial=int(first)))


def read_since(of: Reading, described: Descriptor, count: int) -> list[int]:
    """`SINCE`: after the moment of the row's operation."""
    _tag, width, nearest = described
    if of.times is None:
        raise SegmentFault(MALFORMED, "moments")
    values = take_planes(of, width, count)
    return [moment + nearest + value for moment, value in zip(of.times(), values, strict=True)]


def read_codes(
    of: Reading, described: Descriptor, count: int, inner: Callable[[Reading, Descriptor, int], list[T]]
) -> list[T]:
    """The opposite of `write_codes`."""
    _tag, codes, told = described
    if not 1 <= codes <= min(count, 256):
        raise SegmentFault(MALFORMED, "codes")
    distinct = inner(of.bare(), told, codes)
    bits = num.bits_for(codes)
    packed = of.source.take(NUMBERS, num.packed_size(count, bits))
    return [distinct[code] for code in num.unpack(packed, bits, count)]


def read_ints(of: Reading, described: Descriptor, count: int) -> list[int]:
    """The opposite of `write_ints`."""
    if described[0] == CODES:
        return read_codes(of, described, count, _read_uncoded)
    return _read_uncoded(of, described, count)


def _read_uncoded(of: Reading, described: Descriptor, count: int) -> list[int]:
    tag = described[0]
    if tag == INTS:
        return read_above(of, described, count)
    if tag == STEPS:
        return read_steps(of, described, count)
    if tag == SINCE:
        return read_since(of, described, count)
    if tag == SAME and type(described[1]) is int:
        return read_same(of, described, count)
    raise SegmentFault(MALFORMED, "numbers")


# --- ids and bytes ------------------------------------------------------------------------------------------


def write_ids(to: Writing, ids: Sequence[RecordId]) -> Descriptor:
    """Ids by their number in the id table, each as the step from the one before."""
    indices = [to.number_of[item] for item in ids]
    steps = num.zigzag(b - a for a, b in pairwise(indices))
    return [IDS, put_planes(to, steps), indices[0] if indices else 0]


def read_ids(of: Reading, described: Descriptor, count: int) -> list[RecordId]:
    """The opposite of `write_ids`."""
    tag, width, first = described
    if tag != IDS:
        raise SegmentFault(MALFORMED, "ids")
    if not count:
        return []
    indices = list(accumulate(num.unzigzag(take_planes(of, width, count - 1)), initial=int(first)))
    if min(indices) < 0:
        raise SegmentFault(MALFORMED, "id")
    ids = of.ids
    return [ids[index] for index in indices]


def write_blobs(to: Writing, tag: int, values: Sequence[bytes]) -> Descriptor:
    """Bytes of any length, end to end, and their lengths."""
    return [tag, to.sink.put(RANDOM, b"".join(values)), put_planes(to, [len(value) for value in values])]


def read_blobs(of: Reading, described: Descriptor, count: int) -> list[bytes]:
    """The opposite of `write_blobs`."""
    _tag, total, width = described
    taken = bytes(of.source.take(RANDOM, total))
    ends = list(accumulate(take_planes(of, width, count), initial=0))
    if ends[-1] != total:
        raise SegmentFault(MALFORMED, "lengths")
    return [taken[a:b] for a, b in pairwise(ends)]
