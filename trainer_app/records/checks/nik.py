"""The NIK, the 16-digit population number on Indonesian identity cards.

Six digits name the district of first registration, six the birth date (day + 40 for women), four are a
serial. There is no check digit, and the number stays the same when its holder moves, when areas are split and
when a birth date is corrected (PP 40/2019 article 30). So almost every mismatch is a warning; only an
impossible number is an error.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from trainer_app.records import places
from trainer_app.words import _

LENGTH = 16
WOMAN_DAY_OFFSET = 40
ADULT_AGE = 17
OLDEST_AGE = 100
EAST_TIMOR = "54"

_SEPARATORS = " .-\t\n\r\u2010\u2011\u2012\u2013\u2014\u00a0"
_LOOKALIKES = str.maketrans("OoIl|", "00111")
_MASK = "••••"

Status = Literal["ok", "warning", "error", "empty"]
Finding = tuple[str, str]
"""A stable code and the sentence for the screen."""


@dataclass(frozen=True, slots=True)
class NikReading:
    """What a typed NIK says.

    ``digits`` is the text without blanks, dots and dashes. ``problems`` holds the errors, or the warnings
    when there is no error; ``notes`` are harmless remarks that leave the status "ok". ``birth_date`` is None
    when the digits allow two centuries and nothing decides between them: ``birth_choices`` then holds both.
    ``district`` is the code as written, ``district_now`` the one it has today. ``repair`` holds 16 digits to
    offer when letters were typed for look-alike digits.
    """

    digits: str
    status: Status
    problems: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    sex: str | None = None
    birth_date: date | None = None
    birth_choices: tuple[date, ...] = ()
    district: str | None = None
    district_now: str | None = None
    place: str = ""
    repair: str | None = None

    @property
    def message(self) -> str:
        """The sentence of the gravest problem, or an empty string."""
        return self.problems[0][1] if self.problems else ""

    @property
    def saveable(self) -> bool:
        """True for a number that may be stored, with or without warnings."""
        return self.status in ("ok", "warning")


def read_nik(
    text: str,
    *,
    on: date,
    birth: date | None = None,
    birth_year: int | None = None,
    sex: str | None = None,
) -> NikReading:
    """Read a typed NIK as of the day ``on`` (the day of the session; the device clock is not asked).

    ``birth`` or ``birth_year`` and ``sex`` ("P" or "L") are what the person said; they decide the century and
    are compared with the digits.
    """
    digits = clean_nik(text)
    if not digits:
        return NikReading("", "empty")
    error = _shape_error(digits)
    if error is not None:
        repair = _repair(digits, on) if error[0] == "letters" else None
        return NikReading(digits, "error", (error,), repair=repair)
    sex_read, choices = _sex_and_dates(digits, on)
    if not choices:
        message = _("Tanggal di NIK tidak cocok. Periksa angka ke-7 sampai 12.")
        return NikReading(digits, "error", (("date", message),))
    birth_read = _choose(choices, on, birth, birth_year)
    area = _read_area(digits)
    warnings = (
        *area.warnings,
        *_age_warnings(choices, birth_read, birth, on),
        *_difference_warnings(birth_read, birth, birth_year),
        *_sex_warnings(sex_read, sex),
        *_serial_warnings(digits),
    )
    return NikReading(
        digits=digits,
        status="warning" if warnings else "ok",
        problems=warnings,
        notes=area.notes,
        sex=sex_read,
        birth_date=birth_read,
        birth_choices=() if birth_read else choices,
        district=area.code,
        district_now=area.code_now,
        place=area.label,
    )


def clean_nik(text: str) -> str:
    """Drop blanks, dots and dashes and turn full-width digits into plain ones; nothing else is changed."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in plain if letter not in _SEPARATORS)


def group_nik(nik: str) -> str:
    """Show digits in groups of four: "3403 1154 0384 0002". Works on a number that is still being typed."""
    digits = clean_nik(nik)
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def mask_nik(nik: str) -> str:
    """Hide birth date and district: "3403 •••• •••• 0002". What is not 16 digits long is hidden whole."""
    digits = clean_nik(nik)
    if len(digits) != LENGTH:
        return _MASK if digits else ""
    return f"{digits[:4]} {_MASK} {_MASK} {digits[-4:]}"


def _all_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _shape_error(digits: str) -> Finding | None:
    if not _all_digits(digits):
        strange = "".join(dict.fromkeys(letter for letter in digits if not _all_digits(letter)))
        message = _("NIK hanya berisi angka. Ganti {letters} dengan angka.")
        return "letters", message.format(letters=strange[:6])
    if len(digits) != LENGTH:
        return "length", _("NIK harus {wanted} angka. Sekarang {n}.").format(wanted=LENGTH, n=len(digits))
    if _is_made_up(digits):
        return "fake", _("NIK ini bukan nomor sebenarnya. Salin dari KTP, atau pilih alasan tidak ada NIK.")
    return None


def _is_made_up(digits: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(digits)}
    return steps in ({0}, {1}, {9})


def _repair(digits: str, on: date) -> str | None:
    mended = digits.translate(_LOOKALIKES)
    if len(mended) != LENGTH or _shape_error(mended) is not None:
        return None
    return mended if _sex_and_dates(mended, on)[1] else None


def _sex_and_dates(digits: str, on: date) -> tuple[str, tuple[date, ...]]:
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    sex = "P" if day > WOMAN_DAY_OFFSET else "L"
    if sex == "P":
        day -= WOMAN_DAY_OFFSET
    return sex, tuple(_dates(day, month, year, on))


def _dates(day: int, month: int, year: int, on: date) -> Iterator[date]:
    for century in (1900, 2000):
        try:
            candidate = date(century + year, month, day)
        except ValueError:
            continue
        if candidate <= on:
            yield candidate


def _choose(choices: tuple[date, ...], on: date, birth: date | None, birth_year: int | None) -> date | None:
    """What the person said decides the century, else the later if adult, else a believable one."""
    if birth is not None:
        return min(choices, key=lambda choice: abs((choice - birth).days))
    if birth_year is not None:
        return min(choices, key=lambda choice: abs(choice.year - birth_year))
    later, earlier = choices[-1], choices[0]
    if len(choices) == 1 or age_on(later, on) >= ADULT_AGE:
        return later
    return earlier if age_on(earlier, on) <= OLDEST_AGE else None


def age_on(birth: date, on: date) -> int:
    """Completed years of life on a day; a birthday on 29 February falls on 1 March in common years."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


@dataclass(frozen=True, slots=True)
class _Area:
    code: str
    code_now: str | None
    label: str
    warnings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()


def _read_area(digits: str) -> _Area:
    code = f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}"
    known = places.find_district(code)
    if known is not None:
        return _Area(code, code, places.regency(known.regency_code).label)
    legacy = places.legacy_district(code)
    if legacy is not None:
        return _legacy_area(code, legacy)
    regency = places.find_regency(code[:5])
    if code.startswith(EAST_TIMOR):
        message = _("Kode wilayah {code} dari bekas Timor Timur. Simpan saja bila sama dengan KTP.")
    else:
        message = _("Kode wilayah {code} tidak ada di daftar. Periksa angka ke-1 sampai 6.")
    label = regency.label if regency else ""
    return _Area(code, None, label, warnings=(("area_unknown", message.format(code=code)),))


def _legacy_area(code: str, legacy: places.LegacyDistrict) -> _Area:
    successor = places.find_district(legacy.successor_code) if legacy.successor_code else None
    if successor is None:
        message = _("Kode wilayah lama {code}, dahulu {place}.").format(code=code, place=legacy.regency_label)
        return _Area(code, None, legacy.regency_label, notes=(("area_legacy", message),))
    message = _("Kode wilayah lama {code}, sekarang {now} {place}.")
    message = message.format(code=code, now=successor.code, place=successor.label)
    label = places.regency(successor.regency_code).label
    return _Area(code, successor.code, label, notes=(("area_legacy", message),))


def _age_warnings(
    choices: tuple[date, ...], read: date | None, said: date | None, on: date
) -> Iterator[Finding]:
    if read is None:
        old, young = choices[0].year, choices[-1].year
        message = _("Menurut NIK lahir tahun {old} atau {young}. Isi tanggal lahirnya.")
        yield "century", message.format(old=old, young=young)
        return
    age = age_on(said or read, on)
    if age < ADULT_AGE:
        yield "under_17", _("Usianya {age} tahun. Isi nama wali.").format(age=age)
    elif age > OLDEST_AGE:
        yield "over_100", _("Usianya {age} tahun. Periksa tanggal lahirnya.").format(age=age)


def _difference_warnings(read: date | None, birth: date | None, birth_year: int | None) -> Iterator[Finding]:
    if birth is not None:
        said, same = f"{birth:%d-%m-%Y}", read == birth
    else:
        said, same = str(birth_year), birth_year is None or read is None or read.year == birth_year
    if read is not None and not same:
        message = _("Menurut NIK lahir {read}, yang ditulis {said}. Samakan dengan KTP.")
        yield "birth_differs", message.format(read=f"{read:%d-%m-%Y}", said=said)


def _sex_warnings(read: str, said: str | None) -> Iterator[Finding]:
    if said == "L" and read == "P":
        yield "sex_differs", _("Menurut NIK perempuan, yang dipilih laki-laki. Samakan dengan KTP.")
    if said == "P" and read == "L":
        yield "sex_differs", _("Menurut NIK laki-laki, yang dipilih perempuan. Samakan dengan KTP.")


def _serial_warnings(digits: str) -> Iterator[Finding]:
    if digits.endswith("0000"):
        yield "serial_zero", _("Empat angka terakhir NIK 0000. Periksa lagi di KTP.")
