"""Search keys: the same word however it was typed. Names of places and of people are folded alike."""

from __future__ import annotations

import unicodedata

# signs that vanish stand for None: `translate` is many times slower when they stand for an empty text
_APOSTROPHES = dict.fromkeys("'`´‘’ʼ")
_SIGNS = '-‐‑–—/().,_:;"'
_GAPS = str.maketrans(dict.fromkeys(_SIGNS, " ") | _APOSTROPHES)
_NOT_LETTERS = str.maketrans(dict.fromkeys(_SIGNS + " \t") | _APOSTROPHES)


def fold(text: str) -> str:
    """Lower case, no diacritics or apostrophes, signs as blanks, one blank between words."""
    return " ".join(_bare(text).translate(_GAPS).split())


def squash(text: str) -> str:
    """As `fold`, with the blanks gone, so that "Sido Mulyo" and "Sidomulyo" are one. Line ends stay."""
    return _bare(text).translate(_NOT_LETTERS)


def _bare(text: str) -> str:
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return text.lower()
