"""Columns of texts: as few different choices, or each as it stands (see `words`)."""

from __future__ import annotations

from collections.abc import Sequence

from trainer_app.records.segment.faults import MALFORMED, SegmentFault
from trainer_app.records.segment.plain import (
    CHOICES,
    FEW_ROWS,
    LONG,
    SAME,
    TEXTS,
    Descriptor,
    Reading,
    Writing,
    read_blobs,
    read_codes,
    read_same,
    write_blobs,
    write_codes,
)

_MOST_CHOICES = 256
#: A longer text is not put into the skeleton, whose size is limited.
_SHORT = 64


def is_choice(values: Sequence[str]) -> bool:
    """True for a column that is better told by the number of each value."""
    distinct = len(set(values)) if len(values) >= FEW_ROWS else len(values)
    return distinct * 2 <= len(values) and distinct <= _MOST_CHOICES


def write_texts(to: Writing, values: Sequence[str]) -> Descriptor:
    """Any texts; no rows at all are fine."""
    if not values or (values.count(values[0]) == len(values) > 1 and len(values[0].encode()) <= _SHORT):
        return [SAME, values[0] if values else ""]
    if is_choice(values):
        return write_codes(to, CHOICES, values, _write_distinct)
    return _write_distinct(to, values)


def _write_distinct(to: Writing, values: Sequence[str]) -> Descriptor:
    if any("\0" in value for value in values):
        return write_blobs(to, LONG, [value.encode() for value in values])
    return to.words.write(TEXTS, values)


def read_texts(of: Reading, described: Descriptor, count: int) -> list[str]:
    """The opposite of `write_texts`."""
    if described[0] == SAME and type(described[1]) is str:
        return read_same(of, described, count)
    if described[0] == CHOICES:
        return read_codes(of, described, count, _read_distinct)
    return _read_distinct(of, described, count)


def _read_distinct(of: Reading, described: Descriptor, count: int) -> list[str]:
    if described[0] == LONG:
        of.source.spend(count, 56)
        texts = [part.decode() for part in read_blobs(of, described, count)]
    elif described[0] == TEXTS:
        texts = of.words.read(described[1:])
    else:
        raise SegmentFault(MALFORMED, "texts")
    if len(texts) != count:
        raise SegmentFault(MALFORMED, "texts")
    return texts
