"""Growing delays after wrong guesses, kept in the database so that neither a restart nor a second worker
forgets them.

A guess is counted before it is tried and taken back when it was right, so that many at once gain nothing.
"""

from __future__ import annotations

from trainer_app.records.clock import DAY_MS
from trainer_app.storage.database import Connection

FREE_FAILURES = 4
FIRST_DELAY_MS = 2_000
LONGEST_DELAY_MS = 15 * 60_000
#: After so long without a wrong guess the count starts anew: a slow office is not locked out for ever.
FORGOTTEN_AFTER_MS = DAY_MS


def begin(c: Connection, now_ms: int, *subjects: str) -> int:
    """Count a guess for each of `subjects` (an address, an account), the first few cost nothing, then the
    delay doubles. Gives 0, or the milliseconds to wait instead when it is too early for one of them; then
    nothing is counted.
    """
    wait = max(wait_ms(c, subject, now_ms) for subject in subjects)
    for subject in sorted(subjects) if not wait else ():
        c.run(  # also waits for another worker that counts for the same subject
            "INSERT INTO throttle (subject, failures, until, at) VALUES (?, 0, 0, ?) "
            "ON CONFLICT (subject) DO UPDATE SET subject = excluded.subject",
            subject,
            now_ms,
        )
        wait = max(wait, wait_ms(c, subject, now_ms))
    for subject in subjects if not wait else ():
        _count(c, subject, now_ms)
    return wait


def wait_ms(c: Connection, subject: str, now_ms: int) -> int:
    """How long `subject` must still wait; 0 when it may try. A delay that was written while the clock was far
    ahead is none.
    """
    wait = int(c.value("SELECT until FROM throttle WHERE subject = ?", subject) or 0) - now_ms
    return wait if 0 < wait <= LONGEST_DELAY_MS else 0


def _count(c: Connection, subject: str, now_ms: int) -> None:
    failures, at = c.one("SELECT failures, at FROM throttle WHERE subject = ?", subject) or (0, now_ms)
    failures = 1 if abs(now_ms - at) > FORGOTTEN_AFTER_MS else int(failures) + 1
    over = failures - FREE_FAILURES
    delay = 0 if over <= 0 else min(LONGEST_DELAY_MS, FIRST_DELAY_MS << min(over - 1, 20))
    c.run(
        "UPDATE throttle SET failures = ?, until = ?, at = ? WHERE subject = ?",
        *(failures, now_ms + delay, now_ms, subject),
    )


def was_right(c: Connection, subject: str) -> None:
    """Take the count of the last guess back: it was none. Earlier wrong ones stay."""
    c.run(
        "UPDATE throttle SET failures = failures - 1, until = 0 WHERE subject = ? AND failures > 0", subject
    )


def succeeded(c: Connection, subject: str) -> None:
    """Forget the wrong guesses of `subject`."""
    c.run("DELETE FROM throttle WHERE subject = ?", subject)


def sweep(c: Connection, now_ms: int) -> None:
    """Drop what is old enough to be forgotten."""
    c.run("DELETE FROM throttle WHERE at < ?", now_ms - FORGOTTEN_AFTER_MS)
