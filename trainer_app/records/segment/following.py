"""Columns that mostly follow from other fields of the same segment, so that only the exceptions are told.

A NIK holds the birth date (day + 40 for women) and the district of first registration: where the operation
sets birth date, sex and village and they agree, only the serial is left, 2 bytes instead of 7. A phone number
as typed is the stored number with blanks and dashes. A business is mostly in its owner's village.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from trainer_app.records.fields import Value
from trainer_app.records.segment.faults import MALFORMED, SegmentFault
from trainer_app.records.segment.plain import (
    NIKS,
    OWNED,
    TYPED,
    Descriptor,
    Reading,
    Writing,
    chosen,
    read_flags,
    read_ints,
    write_flags,
    write_ints,
)
from trainer_app.records.segment.texts import read_texts, write_texts

_NIK = re.compile(r"[0-9]{16}\Z")
_DAY_OF_WOMEN = 40
_COUNTRY = "+62"


# --- NIK ----------------------------------------------------------------------------------------------


def is_nik(text: str) -> bool:
    """Sixteen digits."""
    return bool(_NIK.match(text))


def _birth_digits(born: Any, sex: Any) -> int:
    """DDMMYY as a NIK has it, from a full birth date; -1 when it cannot be told."""
    if not isinstance(born, str) or len(born) != 10:
        return -1
    digits = born[2:4] + born[5:7] + born[8:]
    if not digits.isdecimal() or not digits.isascii():
        return -1
    year, month, day = int(born[2:4]), int(born[5:7]), int(born[8:])
    return (day + (_DAY_OF_WOMEN if sex == "P" else 0)) * 10_000 + month * 100 + year


def _district_digits(village: Any) -> int:
    """The six digits of a village's district; -1 when it cannot be told."""
    if not isinstance(village, str):
        return -1
    digits = village[:8].replace(".", "")
    return int(digits) if len(digits) == 6 and digits.isdecimal() and digits.isascii() else -1


def _write_niks(to: Writing, values: Sequence[str]) -> Descriptor:
    """The serials; then which birth dates and districts do not follow from the other fields, and what they
    are.
    """
    village, born, sex = to.siblings
    births = list(map(_birth_digits, to.siblings[born], to.siblings[sex]))
    districts = list(map(_district_digits, to.siblings[village]))
    bare = to.bare()
    serials = write_ints(bare, [int(value[12:]) for value in values])
    births_told = _write_part(bare, [int(value[6:12]) for value in values], births)
    districts_told = _write_part(bare, [int(value[:6]) for value in values], districts)
    return [NIKS, village, born, sex, serials, births_told, districts_told]


def _write_part(to: Writing, said: list[int], expected: list[int]) -> Descriptor:
    odd = [a != b for a, b in zip(said, expected, strict=True)]
    return [write_flags(to, odd), write_ints(to, chosen(said, odd))]


def _read_niks(of: Reading, described: Descriptor, count: int) -> list[str]:
    _tag, village, born, sex, serials, births_told, districts_told = described
    if of.sibling is None:
        raise SegmentFault(MALFORMED, "nik")
    births = list(map(_birth_digits, of.sibling(born), of.sibling(sex)))
    districts = list(map(_district_digits, of.sibling(village)))
    bare = of.bare()
    last = read_ints(bare, serials, count)
    middle = _read_part(bare, births_told, births)
    first = _read_part(bare, districts_told, districts)
    niks = [f"{a:06d}{b:06d}{c:04d}" for a, b, c in zip(first, middle, last, strict=True)]
    if not all(map(is_nik, niks)):
        raise SegmentFault(MALFORMED, "nik")
    return niks


def _read_part(of: Reading, described: Descriptor, expected: list[int]) -> list[int]:
    ones, told = described
    odd = read_flags(of, ones, len(expected))
    said = iter(read_ints(of, told, ones))
    return [next(said) if flag else value for flag, value in zip(odd, expected, strict=True)]


# --- phones as typed ------------------------------------------------------------------------------------


def _pattern(typed: str, phone: Value) -> str:
    """The typed text with "#" for each digit of the stored number; "" when it is not that number."""
    if not isinstance(phone, str) or not phone.startswith(_COUNTRY) or "#" in typed:
        return ""
    digits = phone[len(_COUNTRY) :]
    places = [i for i, char in enumerate(typed) if "0" <= char <= "9"]
    own = places[-len(digits) :]
    if not digits or "".join(typed[i] for i in own) != digits:
        return ""
    hidden = set(own)
    return "".join("#" if i in hidden else char for i, char in enumerate(typed))


def _filled(pattern: str, phone: Value) -> str:
    digits = phone[len(_COUNTRY) :] if isinstance(phone, str) else ""
    parts = pattern.split("#")
    if len(parts) != len(digits) + 1:
        raise SegmentFault(MALFORMED, "typed")
    return "".join(part + digit for part, digit in zip(parts, [*digits, ""], strict=True))


def _write_typed(to: Writing, values: Sequence[str]) -> Descriptor:
    (number,) = to.siblings
    patterns = list(map(_pattern, values, to.siblings[number]))
    follows = [bool(pattern) for pattern in patterns]
    ones = write_flags(to, follows)
    told = write_texts(to.bare(), chosen(patterns, follows))
    return [TYPED, number, ones, told, write_texts(to.bare(), chosen(values, follows, False))]


def _read_typed(of: Reading, described: Descriptor, count: int) -> list[str]:
    _tag, number, ones, told, others = described
    if of.sibling is None:
        raise SegmentFault(MALFORMED, "typed")
    follows = read_flags(of, ones, count)
    phones = chosen(of.sibling(number), follows, 1)
    filled = map(_filled, read_texts(of.bare(), told, ones), phones)
    rest = iter(read_texts(of.bare(), others, count - ones))
    return [next(filled) if flag else next(rest) for flag in follows]


# --- as the owner has it --------------------------------------------------------------------------------


def _write_owned(to: Writing, values: Sequence[str]) -> Descriptor:
    """Which rows have another value than the row they refer to, in a field of an earlier kind; and what it
    is.
    """
    kind, number, reference = to.owner
    has: Mapping[Any, Value] = to.elsewhere(kind, number) if to.elsewhere else {}
    odd = [has.get(owner) != value for owner, value in zip(to.siblings[reference], values, strict=True)]
    ones = write_flags(to, odd)
    return [OWNED, kind, number, reference, ones, write_texts(to.bare(), chosen(values, odd))]


def _read_owned(of: Reading, described: Descriptor, count: int) -> list[str]:
    _tag, kind, number, reference, ones, told = described
    if of.sibling is None or of.elsewhere is None:
        raise SegmentFault(MALFORMED, "owned")
    has = of.elsewhere(kind, number)
    odd = read_flags(of, ones, count)
    others = iter(read_texts(of.bare(), told, ones))
    owners = of.sibling(reference)
    found = [next(others) if flag else has[owner] for flag, owner in zip(odd, owners, strict=True)]
    if set(map(type, found)) - {str}:
        raise SegmentFault(MALFORMED, "owned")
    return cast("list[str]", found)


WRITERS: dict[int, Callable[[Writing, Sequence[str]], Descriptor]] = {
    NIKS: _write_niks,
    TYPED: _write_typed,
    OWNED: _write_owned,
}
READERS: dict[int, Callable[[Reading, Descriptor, int], list[str]]] = {
    NIKS: _read_niks,
    TYPED: _read_typed,
    OWNED: _read_owned,
}
