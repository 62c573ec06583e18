"""Whether two people may be one: the same rule for the card beside the form, for imports and for the centre.

Sure is only the same NIK. Everything else is likely at most, and a person decides; nothing is merged or
refused here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from trainer_app.records.checks.names import SIMILAR, match_name
from trainer_app.words import _

SAME_NAME = 95
"""Where a birth year is missing, or the NIKs differ, names must agree this well, and the village too."""
NEAR_DIGITS = 2
"""A NIK with so many digits other, two swapped ones for instance, may be a slip of the pen."""


@dataclass(frozen=True, slots=True)
class PersonKey:
    """What of a person is compared. ``nik_print`` is the fingerprint, where the number must not be seen.

    ``phone`` is E.164, ``village`` a Kemendagri code, ``birth_year`` may be known without ``birth_date``.
    """

    id: bytes | str
    name: str
    nik: str | None = None
    nik_print: bytes | None = None
    phone: str | None = None
    birth_year: int | None = None
    birth_date: date | None = None
    village: str | None = None

    @property
    def year(self) -> int | None:
        """The year of birth, from whichever is known."""
        return self.birth_date.year if self.birth_date else self.birth_year

    @property
    def district(self) -> str | None:
        """The district of the village."""
        return self.village[:8] if self.village else None


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why two people may be one. ``sure`` is the same NIK; ``score`` (0 to 100) puts likely ones in order."""

    sure: bool
    score: int
    reasons: tuple[str, ...]


def candidate(a: PersonKey, b: PersonKey) -> Likeness | None:
    """How two people are alike, or None when nothing speaks for their being one."""
    if a.id == b.id:
        return None
    if _same(a.nik, b.nik) or _same(a.nik_print, b.nik_print):
        return _sure(a, b)
    grounds = _grounds(a, b)
    if not grounds:
        return None
    score = match_name(a.name, b.name)
    reasons = [reason for needed, reason in grounds if score >= needed]
    if not reasons:
        return None
    return Likeness(False, min(99, score + len(reasons) - 1), tuple(reasons))


SAME_NIK, SAME_PHONE, SAME_BIRTH = "nik", "phone", "birth"


def doubt(a: PersonKey, b: PersonKey) -> str | None:
    """Why it is asked whether two people who are both registered are one; None where it is not.

    Stricter than the card beside the form, for every pair costs somebody a minute: the same NIK, or names
    that are alike (`SIMILAR`) with the same phone number, or with the same village and date or year of birth.
    Two full NIKs that are far apart speak against it, unless name and date of birth agree.
    """
    if _same(a.nik, b.nik):
        return SAME_NIK
    reason = _common(a, b)
    if reason is None:
        return None
    score = match_name(a.name, b.name)
    if a.nik and b.nik and not _near(a.nik, b.nik):
        born = a.birth_date is not None and a.birth_date == b.birth_date
        return reason if born and score >= SAME_NAME else None
    return reason if score >= SIMILAR else None


def _common(a: PersonKey, b: PersonKey) -> str | None:
    if _same(a.phone, b.phone):
        return SAME_PHONE
    if not _same(a.village, b.village) or a.year is None or a.year != b.year:
        return None
    dated = a.birth_date is not None and b.birth_date is not None
    return None if dated and a.birth_date != b.birth_date else SAME_BIRTH


def candidates(
    one: PersonKey, others: Iterable[PersonKey], limit: int = 5
) -> list[tuple[PersonKey, Likeness]]:
    """Those of ``others`` who may be ``one``, the likeliest first."""
    found = [(other, likeness) for other in others if (likeness := candidate(one, other)) is not None]
    found.sort(key=lambda pair: (not pair[1].sure, -pair[1].score))
    return found[:limit]


def _same(a: str | bytes | None, b: str | bytes | None) -> bool:
    return bool(a) and a == b


def _sure(a: PersonKey, b: PersonKey) -> Likeness:
    if not a.name or not b.name:  # the NIK is typed before the name
        return Likeness(True, 100, (_("NIK sama persis"),))
    score = match_name(a.name, b.name)
    if score >= SAME_NAME:
        return Likeness(True, 100, (_("NIK dan nama sama persis"),))
    if score >= SIMILAR:
        return Likeness(True, 100, (_("NIK sama persis, nama mirip"),))
    return Likeness(True, 100, (_("NIK sama persis, namanya lain"),))


def _grounds(a: PersonKey, b: PersonKey) -> list[tuple[int, str]]:
    """What agrees besides the name, with the likeness of names it needs. Cheap: it meets thousands."""
    grounds: list[tuple[int, str]] = []
    if _same(a.phone, b.phone):
        grounds.append((SIMILAR, _("Nama dan nomor HP sama")))
    if _near(a.nik, b.nik):
        grounds.append((SIMILAR, _("Nama sama, NIK hampir sama")))
    elif a.nik and b.nik:  # two numbers far apart are two people, unless nearly all else agrees
        if _same(a.village, b.village) and a.birth_date and a.birth_date == b.birth_date:
            grounds.append((SAME_NAME, _("Nama, tanggal lahir dan desa sama, NIK berbeda")))
        return grounds
    if a.year is None or b.year is None:
        if _same(a.village, b.village):
            grounds.append((SAME_NAME, _("Nama dan desa sama, tahun lahir belum lengkap")))
    elif a.year == b.year and _same(a.village, b.village):
        grounds.append((SIMILAR, _("Nama, tahun lahir dan desa sama")))
    elif a.year == b.year and _same(a.district, b.district):
        grounds.append((SIMILAR, _("Nama, tahun lahir dan kecamatan sama")))
    return grounds


def _near(a: str | None, b: str | None) -> bool:
    if not a or not b or len(a) != len(b) or (a[:8] != b[:8] and a[8:] != b[8:]):
        return False
    return sum(map(str.__ne__, a, b)) <= NEAR_DIGITS
