"""The NIB, the 13-digit business number that the OSS service gives. There is no public check digit."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

from trainer_app.words import _

LENGTH = 13


@dataclass(frozen=True, slots=True)
class NibReading:
    """What a typed NIB says; ``digits`` is the text without blanks, dots and dashes."""

    digits: str
    status: Literal["ok", "error", "empty"]
    problem: str | None = None
    message: str = ""


def read_nib(text: str) -> NibReading:
    """Read a typed NIB."""
    digits = "".join(letter for letter in unicodedata.normalize("NFKC", text) if letter not in " .-\t\n")
    if not digits:
        return NibReading("", "empty")
    if not (digits.isascii() and digits.isdigit()):
        return NibReading(digits, "error", "letters", _("NIB hanya berisi angka. Salin dari surat OSS."))
    if len(digits) != LENGTH:
        message = _("NIB harus {wanted} angka. Sekarang {n}.").format(wanted=LENGTH, n=len(digits))
        return NibReading(digits, "error", "length", message)
    return NibReading(digits, "ok")
