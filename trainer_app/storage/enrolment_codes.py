"""One-time codes with which a laptop joins. Only a slow hash of a code is kept; a code lives 72 hours and
works once.

A code has 40 random bits, so it is hashed with Argon2id under a salt of this centre (the same salt for all,
because the code is looked up by its hash): a copy of the table cannot be tried out in useful time, and wrong
guesses online are throttled.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw

from trainer_app.records.clock import HOUR_MS
from trainer_app.records.ids import RecordId
from trainer_app.records.problem import AccessProblem
from trainer_app.storage.database import Connection, Row
from trainer_app.words import _

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
LIFE_MS = 72 * HOUR_MS
WRONG, EXPIRED, USED = "enrol.wrong", "enrol.expired", "enrol.used"


class CodeProblem(AccessProblem):
    """The code cannot be used; `code` is one of WRONG, EXPIRED, USED."""


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """A code as it is kept, without the code itself. `areas` are regency numbers; the first is the laptop's
    home area.
    """

    areas: tuple[int, ...]
    for_staff: RecordId | None
    made_by: RecordId
    made_at: int
    expires_at: int
    used_at: int | None
    replica: RecordId | None
    public_key: str | None


def issue(
    c: Connection,
    salt: bytes,
    areas: Sequence[int],
    for_staff: RecordId | None,
    made_by: RecordId,
    now_ms: int,
) -> str:
    """Make a code for a laptop of these areas; it is shown once and never again."""
    code = "".join(secrets.choice(ALPHABET) for _position in range(CODE_LENGTH))
    c.run(
        "INSERT INTO enrolment_code (code, areas, for_staff, made_by, made_at, expires_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        hashed(code, salt),
        ",".join(map(str, areas)),
        for_staff,
        made_by,
        now_ms,
        now_ms + LIFE_MS,
    )
    return code


def redeem(
    c: Connection, code_hash: bytes, replica: RecordId, public_key: str, now_ms: int
) -> tuple[EnrolmentCode, RecordId]:
    """Use the code for a laptop with that key; gives what the code says and the replica id that the laptop
    gets.

    A laptop whose answer was lost on the way asks again with the same key and is given the same replica id.
    Raises `CodeProblem`.
    """
    known = _find(c, code_hash)
    if known is None:
        raise CodeProblem(
            _("Kode tidak dikenal. Periksa huruf dan angkanya, atau minta kode baru ke pengawas."), code=WRONG
        )
    if known.used_at is not None:
        if known.public_key == public_key and known.replica is not None:
            return known, known.replica
        raise CodeProblem(_("Kode ini sudah dipakai. Minta kode baru ke pengawas."), code=USED)
    if not 0 <= known.expires_at - now_ms <= LIFE_MS:  # late, or made while the clock was far ahead
        raise CodeProblem(_("Kode ini sudah lewat 72 jam. Minta kode baru ke pengawas."), code=EXPIRED)
    changed = c.run(
        "UPDATE enrolment_code SET used_at = ?, replica = ?, public_key = ? "
        "WHERE code = ? AND used_at IS NULL",
        now_ms,
        replica,
        public_key,
        code_hash,
    )
    if changed != 1:  # another laptop was quicker
        raise CodeProblem(_("Kode ini sudah dipakai. Minta kode baru ke pengawas."), code=USED)
    return known, replica


def open_codes(c: Connection, now_ms: int) -> list[EnrolmentCode]:
    """Codes that are still good, newest first."""
    good = "used_at IS NULL AND expires_at BETWEEN ? AND ?"
    rows = c.all(f"{_SELECT} WHERE {good} ORDER BY made_at DESC", now_ms, now_ms + LIFE_MS)
    return [_read(row) for row in rows]


def owner_of(c: Connection, replica: RecordId) -> RecordId | None:
    """The staff member for whom the laptop of this replica id was enrolled, if it was for one."""
    found = c.value("SELECT for_staff FROM enrolment_code WHERE replica = ?", replica)
    return None if found is None else bytes(found)


def hashed(code: str, salt: bytes) -> bytes:
    """The slow hash under which a code is kept (about 50 ms); small letters, blanks and dashes are
    forgiven.
    """
    plain = "".join(letter for letter in code.upper() if letter.isalnum())[:64]
    return hash_secret_raw(
        plain.encode(), salt, time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=16, type=Type.ID
    )


_SELECT = (
    "SELECT areas, for_staff, made_by, made_at, expires_at, used_at, replica, public_key FROM enrolment_code"
)


def _find(c: Connection, code_hash: bytes) -> EnrolmentCode | None:
    row = c.one(f"{_SELECT} WHERE code = ?", code_hash)
    return None if row is None else _read(row)


def _read(row: Row) -> EnrolmentCode:
    areas, for_staff, made_by, made_at, expires_at, used_at, replica, public_key = row
    return EnrolmentCode(
        areas=tuple(int(area) for area in areas.split(",") if area),
        for_staff=None if for_staff is None else bytes(for_staff),
        made_by=bytes(made_by),
        made_at=made_at,
        expires_at=expires_at,
        used_at=used_at,
        replica=None if replica is None else bytes(replica),
        public_key=public_key,
    )
