"""Who may sign in to the dashboard: passwords, second factor and sessions. Role and areas are those of the
staff record.

Passwords are hashed with Argon2id; of a session only the SHA-256 of its random token is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import argon2
import pyotp

from trainer_app.records.clock import HOUR_MS
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import CENTRE_AREA
from trainer_app.records.problem import InputProblem
from trainer_app.storage.database import Connection
from trainer_app.words import _

PASSWORD_LENGTH = 12
PASSWORD_LONGEST = 256
LOGIN_LONGEST = 60
IDLE_MS = 30 * 60_000
ABSOLUTE_MS = 12 * HOUR_MS
TOTP_STEP_SECONDS = 30
_HASHER = argon2.PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in, as their staff record says now. `areas` None: all."""

    staff: RecordId
    name: str
    role: str
    areas: frozenset[int] | None


def check_password(password: str, *names: str) -> None:
    """Raises `InputProblem` for a password that is short, common, or made of the account's own name."""
    if len(password) < PASSWORD_LENGTH:
        sentence = _("Kata sandi paling sedikit {n} huruf. Sekarang {ada}.")
        raise InputProblem(
            sentence.format(n=PASSWORD_LENGTH, ada=len(password)), field="password", code="password.short"
        )
    if len(password) > PASSWORD_LONGEST:
        sentence = _("Kata sandi paling banyak {n} huruf.")
        raise InputProblem(sentence.format(n=PASSWORD_LONGEST), field="password", code="password.long")
    if _too_easy(password, names):
        raise InputProblem(
            _("Kata sandi ini mudah ditebak. Pakai beberapa kata yang tidak biasa bersama."),
            field="password",
            code="password.common",
        )


def _too_easy(password: str, names: tuple[str, ...]) -> bool:
    """A common word with digits and signs around it, a run of keys, few different letters, or one's own
    name.
    """
    small = password.casefold()
    letters = "".join(letter for letter in small if letter.isalpha())
    if len(set(small)) < 5 or any(run in small for run in _runs()):
        return True
    own = {part for name in names for part in name.casefold().split() if len(part) >= 3}
    rest = letters
    for word in sorted(own | _common_words(), key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest) < 4


@cache
def _common_words() -> frozenset[str]:
    text = files("trainer_app.resources").joinpath("web", "common_words.txt").read_text("utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def _runs() -> frozenset[str]:
    rows = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", string.ascii_lowercase)
    return frozenset(
        text[i : i + 8] for row in rows for text in (row, row[::-1]) for i in range(max(1, len(row) - 7))
    )


def create_account(
    c: Connection, staff: RecordId, login: str, password: str, now_ms: int, *names: str
) -> None:
    """Give a staff member a login, or a new password: then every session of theirs ends. Raises
    `InputProblem`.
    """
    login = checked_login(login)
    check_password(password, login, *names)
    other = c.value("SELECT staff FROM account WHERE login = ?", login)
    if other is not None and bytes(other) != staff:
        raise InputProblem(_("Nama masuk ini sudah dipakai orang lain."), field="login", code="login.taken")
    c.run(
        "INSERT INTO account (staff, login, password, created_at, changed_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (staff) DO UPDATE SET login = excluded.login, password = excluded.password, "
        "changed_at = excluded.changed_at",
        staff,
        login,
        _HASHER.hash(password),
        now_ms,
        now_ms,
    )
    end_sessions(c, staff)


def checked_login(login: str) -> str:
    """A login as it is kept: small letters, digits, dot, dash, at most 60. Raises `InputProblem`."""
    text = login.strip().casefold()
    if not 3 <= len(text) <= LOGIN_LONGEST or not all(
        letter.isalnum() or letter in ".-_@" for letter in text
    ):
        raise InputProblem(
            _("Nama masuk: 3 sampai 60 huruf, angka, titik, atau tanda hubung."),
            field="login",
            code="login.form",
        )
    return text


@dataclass(frozen=True, slots=True)
class Login:
    """What is kept of a login; `totp` is the secret of the second factor, where one is asked for."""

    staff: RecordId
    password: str
    totp: str | None
    totp_last: int


def find_login(c: Connection, login: str) -> Login | None:
    """The login of that name."""
    row = c.one("SELECT staff, password, totp, totp_last FROM account WHERE login = ?", login_name(login))
    return None if row is None else Login(bytes(row[0]), row[1], row[2], int(row[3] or 0))


def login_name(typed: str) -> str:
    """What somebody typed as their login, as it is looked up and counted."""
    return typed.strip().casefold()[:LOGIN_LONGEST].replace("\0", "")


def password_fits(login: Login | None, password: str) -> bool:
    """Whether the password is right (about 60 ms); no login at all takes as long and is wrong."""
    try:
        _HASHER.verify(_nobody() if login is None else login.password, password[:PASSWORD_LONGEST])
    except argon2.exceptions.VerificationError:
        return False
    return login is not None


@cache
def _nobody() -> str:
    """A hash that no password fits, so that an unknown login takes as long as a known one."""
    return _HASHER.hash(secrets.token_urlsafe(32))


def use_second_factor(c: Connection, login: Login, code: str, now_ms: int) -> bool:
    """Whether the code of the authenticator app fits (this, the last or the next half minute, RFC 6238); once
    only.

    True as well for a login that has no second factor.
    """
    if not login.totp:
        return True
    totp = pyotp.TOTP(login.totp)
    now = now_ms // 1000 // TOTP_STEP_SECONDS
    given = "".join(digit for digit in code if digit.isascii() and digit.isdigit())
    for step in (now, now - 1, now + 1):
        if step > login.totp_last and hmac.compare_digest(totp.at(step * TOTP_STEP_SECONDS), given):
            sql = "UPDATE account SET totp_last = ? WHERE staff = ? AND COALESCE(totp_last, 0) < ?"
            return c.run(sql, step, login.staff, step) == 1
    return False


def set_totp(c: Connection, staff: RecordId, secret: str | None) -> None:
    """Ask this person for a second factor from now on, or no longer."""
    c.run("UPDATE account SET totp = ?, totp_last = NULL WHERE staff = ?", secret, staff)
    end_sessions(c, staff)


def new_totp(login: str, issuer: str) -> tuple[str, str]:
    """A fresh secret and the otpauth:// address that an authenticator app reads."""
    secret = pyotp.random_base32()
    return secret, pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def logins(c: Connection) -> dict[RecordId, str]:
    """Login by staff id."""
    return {bytes(staff): login for staff, login in c.all("SELECT staff, login FROM account ORDER BY login")}


# --- sessions -----------------------------------------------------------------------------------------------


def begin_session(c: Connection, staff: RecordId, now_ms: int) -> str:
    """A new session; gives the token for the cookie. Sessions past their time are cleared on the way."""
    c.run(
        "DELETE FROM web_session WHERE created_at < ? OR seen_at < ?", now_ms - ABSOLUTE_MS, now_ms - IDLE_MS
    )
    token = secrets.token_urlsafe(32)
    c.run(
        "INSERT INTO web_session (token, staff, created_at, seen_at) VALUES (?, ?, ?, ?)",
        _hash(token),
        staff,
        now_ms,
        now_ms,
    )
    return token


def find_session(c: Connection, token: str, now_ms: int) -> tuple[RecordId, int] | None:
    """The staff id behind a token and when it was last seen; None when there is none or its time is over.

    One that was begun or used while the clock was far ahead is over, too.
    """
    row = c.one("SELECT staff, created_at, seen_at FROM web_session WHERE token = ?", _hash(token))
    if row is None or abs(now_ms - row[1]) > ABSOLUTE_MS or abs(now_ms - row[2]) > IDLE_MS:
        return None
    return bytes(row[0]), int(row[2])


def seen(c: Connection, token: str, now_ms: int) -> None:
    """The session was used just now."""
    c.run("UPDATE web_session SET seen_at = ? WHERE token = ?", now_ms, _hash(token))


def end_session(c: Connection, token: str) -> None:
    """Sign out."""
    c.run("DELETE FROM web_session WHERE token = ?", _hash(token))


def end_sessions(c: Connection, staff: RecordId) -> None:
    """Sign a person out everywhere."""
    c.run("DELETE FROM web_session WHERE staff = ?", staff)


def csrf_token(token: str) -> str:
    """The word that forms of this session carry; another site cannot know it."""
    return hmac.new(token.encode(), b"trainer/web/form/v1", hashlib.sha256).hexdigest()


def signed_in(c: Connection, staff: RecordId) -> Visitor | None:
    """The person as the staff record says now; None when it is gone, ended or deleted."""
    row = c.one(
        "SELECT full_name, role, areas, state, deleted_at FROM staff WHERE area = ? AND id = ?",
        CENTRE_AREA,
        staff,
    )
    if row is None or row[4] is not None or row[3] == "berhenti" or not row[1]:
        return None
    return Visitor(staff, row[0] or "", row[1], read_areas(row[2]))


def read_areas(text: str | None) -> frozenset[int] | None:
    """Regency numbers of a staff record; None (all) when it names none."""
    numbers = frozenset(int(part) for part in (text or "").split(",") if part.strip().isdigit())
    return numbers or None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
