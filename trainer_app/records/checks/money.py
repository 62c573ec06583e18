"""Amounts of rupiah as people say and type them: "2jt", "300rb", "1,5 juta", "1.500.000"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from trainer_app.words import _, number

Status = Literal["ok", "ask", "error", "empty"]

SMALLEST_PLAIN = 10_000
"""A bare number below this is probably short for thousands ("1500" for 1.500.000), so the person is asked."""
LARGEST = 1_000_000_000_000

_UNITS = {
    "": 1,
    "rb": 1_000,
    "rbu": 1_000,
    "ribu": 1_000,
    "k": 1_000,
    "jt": 1_000_000,
    "jta": 1_000_000,
    "juta": 1_000_000,
    "m": 1_000_000_000,
    "milyar": 1_000_000_000,
    "miliar": 1_000_000_000,
}
_AMOUNT = re.compile(r"(?P<number>\d[\d.,]*)(?P<unit>[a-z]*)")
_SHAPES = (
    (re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?"), ".", ","),
    (re.compile(r"\d{1,3}(?:,\d{3}){2,}(?:\.\d{1,2})?"), ",", "."),
    (re.compile(r"\d+(?:,\d{1,3})?"), ".", ","),
    (re.compile(r"\d+\.\d{1,2}"), ",", "."),
)


@dataclass(frozen=True, slots=True)
class MoneyReading:
    """What a typed amount says, in whole rupiah. With status "ask" ``choices`` holds the likely amounts."""

    rupiah: int | None
    status: Status
    problem: str | None = None
    message: str = ""
    choices: tuple[int, ...] = ()


def read_money(text: str) -> MoneyReading:
    """Read an amount of rupiah. Dots group thousands, a comma starts decimals; "1.5jt" is understood too."""
    plain = "".join(unicodedata.normalize("NFKC", text).lower().split())
    plain = re.sub(r"^rp\.?|,-$|rupiah$", "", plain).strip("-")
    if not plain:
        return MoneyReading(None, "empty")
    amount = _sum(plain)
    if amount is None or amount != int(amount):
        message = _("Jumlah uang belum terbaca. Contoh: 1.500.000 atau 1,5 juta")
        return MoneyReading(None, "error", "unreadable", message)
    rupiah = int(amount)
    if rupiah > LARGEST:
        message = _("Jumlah ini terlalu besar. Periksa banyaknya angka nol.")
        return MoneyReading(None, "error", "too_much", message)
    if 0 < rupiah < SMALLEST_PLAIN and plain.replace(".", "").isdigit():
        message = _("{amount} rupiah?").format(amount=number(rupiah))
        return MoneyReading(rupiah, "ask", "small", message, (rupiah, rupiah * 1_000))
    return MoneyReading(rupiah, "ok")


def _sum(plain: str) -> Decimal | None:
    """Add up "1jt500rb"; units must fall in size and cover the whole text."""
    total, position, last = Decimal(0), 0, None
    for match in _AMOUNT.finditer(plain):
        unit = _UNITS.get(match["unit"])
        number = _number(match["number"], has_unit=bool(match["unit"]))
        if match.start() != position or unit is None or number is None or (last is not None and unit >= last):
            return None
        total, position, last = total + number * unit, match.end(), unit
    return total if position == len(plain) else None


def _number(text: str, *, has_unit: bool) -> Decimal | None:
    for shape, grouping, decimal in _SHAPES:
        if shape.fullmatch(text):
            if decimal == "." and text.count(".") == 1 and "," not in text and not has_unit:
                return None
            return Decimal(text.replace(grouping, "").replace(decimal, "."))
    return None
