"""What a laptop says of itself with each request, for the board of laptops."""

from __future__ import annotations

from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store
from trainer_app.sync.messages import Report

MINUTE_MS = 60_000


def report_of(store: Store, left: int | None) -> Report:
    """What is so now. `left`: own operations that a hub does not have when this request is stored."""
    state, now = send_state(store), store.clock.now_ms()
    oldest = 0
    if state.pending and state.oldest_pending_ms is not None:
        oldest = max(1, (now - state.oldest_pending_ms) // MINUTE_MS)
    return Report(now - store.clock.offset_ms, state.pending, left, oldest)
