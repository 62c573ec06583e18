"""Names of people: one field, one word allowed, titles kept as typed; and how alike two names are.

Indonesians have no fixed first and last name; spelling changes between papers (Djafar, Jafar), titles come
and go, and in Bali, Nias, Batak land, NTT, Maluku and Papua birth-order words and clan names make many
near-equals. So a likeness of names is never enough by itself: `trainer_app.records.matching` asks for more.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from trainer_app.records.folding import fold
from trainer_app.words import _

LONGEST = 100
SIMILAR = 88
"""From this score on two names may be the same."""

_FRONT_TITLES = frozenset({
    "h", "hj", "kh", "haji", "hajah", "ibu", "bu", "bapak", "bpk", "bp", "pak", "mama", "mam", "bang",
    "mas", "mbak", "sdr", "sdri", "tn", "ny", "nn", "drs", "dra", "dr", "ir", "prof", "ust", "ustad",
    "ustadz", "ustadzah", "ustazah", "tgk", "pdt", "pastor",
})  # fmt: skip
_BACK_TITLES = frozenset({
    "se", "sh", "st", "sp", "spd", "spdi", "sag", "skm", "skom", "ssos", "ssi", "sip", "sth", "spt",
    "skep", "amd", "mm", "mh", "mpd", "mpdi", "msi", "mkes", "mkom",
})  # fmt: skip
_DEGREE = re.compile(
    r"""(?<=\S)[\s,]+                              # never at the beginning: "M. Nur" is no degree
    (?:[SM]\.\s?(?:Pd|E|H|T|P|M|Ag|Kom|Sos|Si|IP|TP|Kep|KM|Th|Tr|Hut|Pi|Pt|Sn|Sc|Farm|Kes)|A\.\s?(?:Md|Ma))\b
    (?:\.\s?(?:I|Pd|Kep|Keb|Kom|Par)\b)*\.?""",
    re.IGNORECASE | re.VERBOSE,
)
_MUHAMMAD = re.compile(r"^m(?:[ou](?:c?h)?(?:d|a[mn]+[ae]d)?|hd|ohd)$")
_BIRTH_ORDER = frozenset({
    "wayan", "putu", "gede", "made", "kadek", "nengah", "nyoman", "komang", "ketut", "luh",
})  # fmt: skip
_SPELLINGS = (
    ("dj", "j"), ("tj", "c"), ("oe", "u"), ("ae", "ai"), ("ch", "h"), ("kh", "h"), ("sh", "s"), ("ph", "f"),
    ("th", "t"), ("dh", "d"), ("dz", "z"), ("v", "f"), ("q", "k"), ("x", "ks"),
)  # fmt: skip
_SY = re.compile(r"s[yj](?=[aeiou])")
_Y_FOR_I = re.compile(r"(?<=[^aeiou])y(?![aeiou])|(?<=[^aeiou])ie(?=$)")
_DOUBLED = re.compile(r"(.)\1+")

_OTHER_SPELLING, _INITIAL, _ONE_WORD_MORE, _OTHER_SEX = 98, 94, 90, 80


@dataclass(frozen=True, slots=True)
class NameReading:
    """A typed name, cleaned of stray blanks and nothing else."""

    name: str
    status: Literal["ok", "error", "empty"]
    problem: str | None = None
    message: str = ""


def clean_name(text: str) -> NameReading:
    """Tidy a typed name: one blank between words, straight apostrophes; capitals and titles stay."""
    plain = unicodedata.normalize("NFC", text).translate(str.maketrans("‘’ʼ`´", "'''''"))
    plain = "".join(letter for letter in plain if letter.isspace() or letter.isprintable())
    name = " ".join(plain.split()).strip(",;")
    if not name:
        return NameReading("", "empty", "empty", _("Isi nama lengkap seperti di KTP"))
    if any(letter.isdigit() for letter in name):
        return NameReading(name, "error", "digits", _("Nama tidak memakai angka. Tulis seperti di KTP."))
    if not any(letter.isalpha() for letter in name):
        return NameReading(name, "error", "letters", _("Nama belum ada hurufnya. Tulis seperti di KTP."))
    if len(name) > LONGEST:
        message = _("Nama paling banyak {n} huruf. Sekarang {now}.").format(n=LONGEST, now=len(name))
        return NameReading(name, "error", "long", message)
    return NameReading(name, "ok")


def fold_name(text: str) -> str:
    """The search key of a name: lower case, no diacritics, apostrophes, hyphens or dots, single blanks."""
    return fold(text)


def match_name(a: str, b: str) -> int:
    """How alike two names are, 0 to 100; from `SIMILAR` on they may be one.

    Titles, order, joined words and old spelling do not count; initials and a missing second name count
    little.
    """
    one, other = _words(a), _words(b)
    if not one or not other:
        return 0
    score = _score(_without_marker(one), _without_marker(other))
    markers = {words[0] for words in (one, other) if words != _without_marker(words)}
    return min(score, _OTHER_SEX) if len(markers) > 1 else score


def _score(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    if _same_words(one, other):
        return 100
    one, other = tuple(map(_spelling, one)), tuple(map(_spelling, other))
    if _same_words(one, other):
        return _OTHER_SPELLING
    score = max(_closeness(one, other), _partial(one, other))
    own, others_own = _without_birth_order(one), _without_birth_order(other)
    if not own or not others_own or (own == one and others_own == other):
        return score
    if own == others_own and (own == one or others_own == other):
        return _ONE_WORD_MORE
    return min(score, _closeness(own, others_own))


def _same_words(one: Sequence[str], other: Sequence[str]) -> bool:
    return sorted(one) == sorted(other) or "".join(one) == "".join(other)


def _closeness(one: Sequence[str], other: Sequence[str]) -> int:
    from rapidfuzz import fuzz

    in_order = fuzz.ratio("".join(one), "".join(other))
    by_word = fuzz.ratio(" ".join(sorted(one)), " ".join(sorted(other)))
    return int(max(in_order, by_word))


def _partial(one: Sequence[str], other: Sequence[str]) -> int:
    """The score for initials, and for one word more beside two that agree; else 0."""
    agreed = Counter(one) & Counter(other)
    rest, others_rest = ((Counter(words) - agreed).elements() for words in (one, other))
    fewer, more = sorted((sorted(rest), sorted(others_rest)), key=len)
    if agreed and len(fewer) == len(more) and all(map(_abbreviates, fewer, more)):
        return _INITIAL
    return _ONE_WORD_MORE if not fewer and len(more) == 1 and agreed.total() > 1 else 0


def _abbreviates(a: str, b: str) -> bool:
    return a[0] == b[0] and (len(a) == 1 or len(b) == 1)


def _without_marker(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without the Balinese I (man) or Ni (woman) before a birth-order word."""
    return words[1:] if len(words) > 1 and words[0] in ("i", "ni") and words[1] in _BIRTH_ORDER else words


def _without_birth_order(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in _BIRTH_ORDER)


@lru_cache(maxsize=8192)
def _words(name: str) -> tuple[str, ...]:
    """The folded words of a name without titles; short forms of Muhammad and Abdul written out."""
    words = fold(_DEGREE.sub(" ", name.partition(",")[0])).split()
    start = 0
    while start < len(words) - 1 and words[start] in _FRONT_TITLES:
        start += 1
    end = len(words)
    while end > start + 2 and words[end - 1] in _BACK_TITLES:
        end -= 1
    words = words[start:end]
    return tuple(_written_out(word) for word in words)


def _written_out(word: str) -> str:
    if _MUHAMMAD.match(word):
        return "muhammad"
    return "abdul" if word in ("abd", "abdoel", "abdl") else word


@lru_cache(maxsize=8192)
def _spelling(word: str) -> str:
    """One spelling for what is spoken alike: old and new orthography, Arabic letters, doubled letters."""
    for old, new in _SPELLINGS:
        word = word.replace(old, new)
    if word.startswith("y") and len(word) > 1 and word[1] in "aeiou":
        word = "j" + word[1:]  # Yusuf and Jusuf, Yohana and Johana
    return _DOUBLED.sub(r"\1", _Y_FOR_I.sub("i", _SY.sub("s", word)))
