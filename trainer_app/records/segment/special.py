"""Columns of texts that are really something else: dates, digits, Indonesian phone numbers.

Each has a test (can this text be told so?), a writer and a reader. A text that does not pass is told as a
text beside them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from trainer_app.records.segment.faults import MALFORMED, SegmentFault
from trainer_app.records.segment.plain import (
    DATES,
    DIGITS,
    PHONES,
    Descriptor,
    Reading,
    Writing,
    read_ints,
    write_ints,
)

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_PHONE = re.compile(r"\+62[1-9][0-9]{6,13}\Z")
_DIGITS = re.compile(r"[0-9]{4,18}\Z")
_PREFIX = 6  # "+62" and three digits that name the operator


# --- dates --------------------------------------------------------------------------------------------------


def is_date(text: str) -> bool:
    """A calendar date, written in full."""
    if not _ISO.match(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _write_dates(to: Writing, values: Sequence[str]) -> Descriptor:
    return [DATES, write_ints(to.bare(), [date.fromisoformat(value).toordinal() for value in values])]


def _read_dates(of: Reading, described: Descriptor, count: int) -> list[str]:
    return [date.fromordinal(day).isoformat() for day in read_ints(of.bare(), described[1], count)]


# --- digits -------------------------------------------------------------------------------------------------


def is_digits(text: str) -> bool:
    """Nothing but digits, few enough for a number of 64 bits."""
    return bool(_DIGITS.match(text))


def _write_digits(to: Writing, values: Sequence[str]) -> Descriptor:
    """A leading 1 keeps leading zeros and the length."""
    return [DIGITS, write_ints(to.bare(), [int("1" + value) for value in values])]


def _read_digits(of: Reading, described: Descriptor, count: int) -> list[str]:
    return [_without_one(number) for number in read_ints(of.bare(), described[1], count)]


def _without_one(number: int) -> str:
    text = str(number)
    if text[0] != "1":
        raise SegmentFault(MALFORMED, "digits")
    return text[1:]


# --- phones -------------------------------------------------------------------------------------------------


def is_phone(text: str) -> bool:
    """An Indonesian number in E.164."""
    return bool(_PHONE.match(text))


def _write_phones(to: Writing, values: Sequence[str]) -> Descriptor:
    prefixes = write_ints(to.bare(), [int(value[3:_PREFIX]) for value in values])
    return [PHONES, prefixes, write_ints(to.bare(), [int("1" + value[_PREFIX:]) for value in values])]


def _read_phones(of: Reading, described: Descriptor, count: int) -> list[str]:
    _tag, prefixes, rest = described
    first = read_ints(of.bare(), prefixes, count)
    return [f"+62{a}{_without_one(b)}" for a, b in zip(first, read_ints(of.bare(), rest, count), strict=True)]


FITS: dict[int, Callable[[str], bool]] = {DATES: is_date, DIGITS: is_digits, PHONES: is_phone}
WRITERS: dict[int, Callable[[Writing, Sequence[str]], Descriptor]] = {
    DATES: _write_dates,
    DIGITS: _write_digits,
    PHONES: _write_phones,
}
READERS: dict[int, Callable[[Reading, Descriptor, int], list[str]]] = {
    DATES: _read_dates,
    DIGITS: _read_digits,
    PHONES: _read_phones,
}
