"""Phone numbers as people in the field write them, turned into E.164.

Numbers change often and couples share one, so a phone is a way to reach somebody and never a key.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from trainer_app.words import _

Kind = Literal["mobile", "landline", "foreign", "unknown"]
Status = Literal["ok", "warning", "error"]

COUNTRY = "62"
SHORTEST, LONGEST = 9, 12
"""Digits of a mobile number after +62: an 8 and 8 to 11 more."""
USUAL_SHORTEST = 10
"""Numbers with nine digits after +62 are nearly all old 0811 ones; elsewhere digits are probably missing."""

EXAMPLE = "0812 2733 4155"
_SPLIT = re.compile(r"[/,;&\n]|\batau\b|\bdan\b", re.IGNORECASE)
_NOISE = re.compile(r"\b(?:no(?:mor)?|wa|whats\s?app|hp|hape|telp?|telepon|phone|tlp)\b\.?", re.IGNORECASE)
_LETTER_O = re.compile(r"(?<![A-Za-z])[Oo](?=[\d\s().-]*\d)|(?<=\d)[Oo](?![A-Za-z])")
_SOFT = re.compile(r"[\s().\-\u2010-\u2015:'_]+")


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """One number found in a field.

    ``e164`` is None when the number cannot be right; ``raw`` is what was typed and is stored beside it.
    ``missing`` and ``extra`` count digits. ``whatsapp_possible`` says that this kind of number can carry
    WhatsApp, not that it does.
    """

    e164: str | None
    raw: str
    kind: Kind
    whatsapp_possible: bool
    status: Status
    problem: str | None = None
    message: str = ""
    missing: int = 0
    extra: int = 0


def read_phones(text: str) -> list[PhoneReading]:
    """Read every number in a field; an empty field gives an empty list."""
    plain = unicodedata.normalize("NFKC", text)
    parts = [part.strip() for part in _SPLIT.split(plain)]
    return [_read_one(part) for part in parts if part.strip(" .-")]


def show_phone(e164: str) -> str:
    """Show a stored number as it is spoken: "0812 2733 4155", "021 5551234", "+60 12-345 6789"."""
    if e164.startswith(f"+{COUNTRY}8"):
        national = "0" + e164[3:]
        return " ".join(part for part in (national[:4], national[4:8], national[8:12], national[12:]) if part)
    import phonenumbers

    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    home = number.country_code == int(COUNTRY)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style).replace("(", "").replace(")", "")


def _read_one(raw: str) -> PhoneReading:
    digits, international = _strip(raw)
    if not digits or not digits.isdigit() or not digits.isascii():
        message = _("Nomor HP hanya berisi angka. Contoh: {example}").format(example=EXAMPLE)
        return PhoneReading(None, raw, "unknown", False, "error", "letters", message)
    national = _national(digits, international)
    if national is None:
        return _read_foreign(raw, digits)
    return _read_mobile(raw, national) if national.startswith("8") else _read_landline(raw, national)


def _strip(raw: str) -> tuple[str, bool]:
    """Digits only, and whether they carry a country code."""
    text = _NOISE.sub(" ", raw)
    text = _SOFT.sub("", _LETTER_O.sub("0", text))
    international = text.startswith("+")
    text = text.lstrip("+")
    if not international and text.startswith("00"):
        return text[2:], True
    return text, international


def _national(digits: str, international: bool) -> str | None:
    """The digits after +62, or None for a number of another country."""
    if digits.startswith(COUNTRY) and (international or len(digits) > len(COUNTRY)):
        return digits[len(COUNTRY) :].lstrip("0")
    if international:
        return None
    return digits.lstrip("0")


def _read_mobile(raw: str, national: str) -> PhoneReading:
    missing, extra = max(0, SHORTEST - len(national)), max(0, len(national) - LONGEST)
    if missing:
        message = _("Nomor HP kurang {n} angka. Contoh: {example}").format(n=missing, example=EXAMPLE)
        return PhoneReading(None, raw, "mobile", False, "error", "short", message, missing=missing)
    if extra:
        message = _("Nomor HP lebih {n} angka. Contoh: {example}").format(n=extra, example=EXAMPLE)
        return PhoneReading(None, raw, "mobile", False, "error", "long", message, extra=extra)
    e164 = f"+{COUNTRY}{national}"
    if len(national) < USUAL_SHORTEST and not national.startswith("811"):
        message = _("Nomor HP ini hanya {n} angka, biasanya 11 atau 12. Periksa lagi.")
        message = message.format(n=len(national) + 1)
        return PhoneReading(e164, raw, "mobile", True, "warning", "rare_length", message)
    return PhoneReading(e164, raw, "mobile", True, "ok")


def _read_landline(raw: str, national: str) -> PhoneReading:
    e164 = _valid(f"+{COUNTRY}{national}")
    if e164:
        message = _("Ini nomor telepon rumah. WhatsApp biasanya tidak bisa. Tambahkan nomor HP bila ada.")
        return PhoneReading(e164, raw, "landline", False, "warning", "landline", message)
    message = _("Nomor HP diawali 08 atau +62 8. Contoh: {example}").format(example=EXAMPLE)
    return PhoneReading(None, raw, "unknown", False, "error", "not_a_number", message)


def _read_foreign(raw: str, digits: str) -> PhoneReading:
    e164 = _valid(f"+{digits}")
    if e164:
        message = _("Ini nomor luar negeri. Tetap disimpan; periksa apakah masih dipakai.")
        return PhoneReading(e164, raw, "foreign", True, "warning", "foreign", message)
    message = _("Nomor luar negeri ini tidak dikenal. Periksa kode negaranya, misalnya +60.")
    return PhoneReading(None, raw, "foreign", False, "error", "not_a_number", message)


def _valid(number: str) -> str | None:
    """A number its country gives out, in E.164, or None. "Possible" would not do: it only counts digits."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
