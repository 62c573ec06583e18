"""What a good PIN or passphrase is, and the personal code with which somebody first signs in on a laptop."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import date
from itertools import pairwise

from trainer_app.records.problem import InputProblem
from trainer_app.words import _

PIN_LENGTH = 6
LONGEST_PIN = 12
PASSPHRASE_LENGTH = 12
PASSPHRASE_WORDS = 4
CODE_LENGTH = 8
#: Without 0/O and 1/I: read aloud and written by hand they are mistaken for each other.
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
#: Years of birth of people who may work with the program; digits that read as such a date are guessed first.
BIRTH_YEARS = range(1930, 2016)


def normal_pin(text: str) -> str:
    """A PIN or passphrase as it is used: one space between words, the same characters from every keyboard."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def check_new_pin(pin: str) -> None:
    """Raises `InputProblem` (field ``pin``) when `pin` is too short or among the first that a thief would
    try.
    """
    text = normal_pin(pin)
    if not (text.isascii() and text.isdigit()):
        _check_passphrase(text)
    elif not PIN_LENGTH <= len(text) <= LONGEST_PIN:
        raise _problem(_("PIN paling sedikit {n} angka.").format(n=PIN_LENGTH), "short")
    elif _is_pattern(text):
        raise _problem(
            _("PIN ini mudah ditebak. Pilih angka yang tidak berurutan dan tidak berulang."), "weak"
        )
    elif _is_birth_date(text):
        raise _problem(_("PIN seperti tanggal lahir mudah ditebak. Pilih angka lain."), "date")


def _check_passphrase(text: str) -> None:
    words = text.split()
    if not text:
        raise _problem(_("PIN paling sedikit {n} angka.").format(n=PIN_LENGTH), "short")
    if len(text) < PASSPHRASE_LENGTH and len(words) < PASSPHRASE_WORDS:
        raise _problem(
            _("Pakai {n} angka, atau kalimat sandi paling sedikit {huruf} huruf.").format(
                n=PIN_LENGTH, huruf=PASSPHRASE_LENGTH
            ),
            "letters",
        )
    if len(set(text)) < PIN_LENGTH or len(set(words)) < len(words) / 2:
        raise _problem(_("Kalimat sandi ini mudah ditebak. Pilih kata lain."), "weak")


def _problem(message: str, code: str) -> InputProblem:
    return InputProblem(message, field="pin", code=f"pin.{code}")


def _is_pattern(digits: str) -> bool:
    """Few different digits, a run up or down (also across 9 and 0), or a piece that is repeated."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
    repeated = any(
        len(digits) % n == 0 and digits == digits[:n] * (len(digits) // n)
        for n in range(1, len(digits) // 2 + 1)
    )
    pairs = (
        digits[::2] == digits[1::2] and len({(int(b) - int(a)) % 10 for a, b in pairwise(digits[::2])}) == 1
    )
    return len(set(digits)) <= 2 or len(steps) == 1 or repeated or pairs


def _is_birth_date(digits: str) -> bool:
    if len(digits) == 6:
        a, b, c = digits[:2], digits[2:4], digits[4:]
        return (
            _is_date(a, b, _century(c)) or _is_date(c, b, _century(a)) or _is_date("01", a, digits[2:])
        )  # day month year, year month day, month and full year
    if len(digits) == 8:
        return _is_date(digits[:2], digits[2:4], digits[4:]) or _is_date(digits[6:], digits[4:6], digits[:4])
    return False


def _century(two_digits: str) -> str:
    newest = BIRTH_YEARS.stop - 1
    return f"20{two_digits}" if int(f"20{two_digits}") <= newest else f"19{two_digits}"


def _is_date(day: str, month: str, year: str) -> bool:
    try:
        return date(int(year), int(month), int(day)).year in BIRTH_YEARS
    except ValueError:
        return False


# ---------------------------------------------------------------- personal codes
def new_personal_code() -> str:
    """A code of 40 random bits, to be told to one member of staff."""
    return "".join(secrets.choice(CODE_LETTERS) for _n in range(CODE_LENGTH))


def _normal_code(code: str) -> str:
    return "".join(ch for ch in normal_pin(code).upper() if ch.isalnum())


def hash_personal_code(code: str) -> str:
    """The Argon2id hash of a personal code, as it travels in the staff record."""
    from argon2 import PasswordHasher

    return PasswordHasher().hash(_normal_code(code))


def check_personal_code(code_hash: str, code: str) -> bool:
    """True when `code` is the one behind `code_hash`; spaces, dashes and small letters are forgiven."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(code_hash, _normal_code(code))
    except (VerificationError, InvalidHashError):
        return False
