"""Up to when the numbers are complete: laptops without internet report late, and the page says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from trainer_app.records.clock import DAY_MS
from trainer_app.storage.fleet import ACTIVE, Laptop

WEEK_MS = 7 * DAY_MS
#: Data counts as complete up to the moment from which on nine tenths of the laptops have been heard.
HEARD_TENTHS = 9
#: Longer than this is not hatched: a laptop that is lost must not make a whole season look unsure.
LONGEST_MS = 31 * DAY_MS


@dataclass(frozen=True, slots=True)
class Coverage:
    """`until`: newest contact of any laptop. `complete_until`: nine of ten were heard after it."""

    laptops: int
    heard: int
    until: datetime | None
    complete_until: datetime | None

    @property
    def share(self) -> float | None:
        """Share of active laptops heard within seven days; None when there are none."""
        return self.heard / self.laptops if self.laptops else None


def coverage(laptops: Sequence[Laptop], now_ms: int) -> Coverage:
    """Of the active laptops among these."""
    active = [laptop for laptop in laptops if laptop.state == ACTIVE]
    seen = [laptop.seen_at for laptop in active if laptop.seen_at is not None]
    heard = sorted(max(laptop.last_heard or 0, now_ms - LONGEST_MS) for laptop in active)
    late = len(heard) * (10 - HEARD_TENTHS) // 10
    return Coverage(
        laptops=len(active),
        heard=sum(1 for at in seen if now_ms - at <= WEEK_MS),
        until=_moment(max(seen)) if seen else None,
        complete_until=_moment(min(heard[late], now_ms)) if heard else None,
    )


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
