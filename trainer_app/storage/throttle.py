"""Growing delays after wrong guesses, kept in the database so that neither a restart nor a second worker
forgets them.
"""

from __future__ import annotations

from trainer_app.storage.database import Connection

FREE_FAILURES = 4
FIRST_DELAY_MS = 2_000
LONGEST_DELAY_MS = 15 * 60_000
#: After so long without a wrong guess the count starts anew: a slow office is not locked out for ever.
FORGOTTEN_AFTER_MS = 24 * 3_600_000


def wait_ms(c: Connection, subject: str, now_ms: int) -> int:
    """How long `subject` (an address, an account) must still wait; 0 when it may try."""
    until = c.value("SELECT until FROM throttle WHERE subject = ?", subject)
    return max(0, int(until or 0) - now_ms)


def failed(c: Connection, subject: str, now_ms: int) -> None:
    """Note a wrong guess: the first few cost nothing, then the delay doubles up to a quarter of an hour."""
    row = c.one("SELECT failures, at FROM throttle WHERE subject = ?", subject)
    failures = 1 if row is None or now_ms - row[1] > FORGOTTEN_AFTER_MS else int(row[0]) + 1
    over = failures - FREE_FAILURES
    delay = 0 if over <= 0 else min(LONGEST_DELAY_MS, FIRST_DELAY_MS << min(over - 1, 20))
    c.run(
        "INSERT INTO throttle (subject, failures, until, at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, until = excluded.until, "
        "at = excluded.at",
        subject,
        failures,
        now_ms + delay,
        now_ms,
    )


def succeeded(c: Connection, subject: str) -> None:
    """Forget the wrong guesses of `subject`."""
    c.run("DELETE FROM throttle WHERE subject = ?", subject)


def sweep(c: Connection, now_ms: int) -> None:
    """Drop what is old enough to be forgotten."""
    c.run("DELETE FROM throttle WHERE at < ?", now_ms - FORGOTTEN_AFTER_MS)
