"""What an operator watches. Names and counts only: no person, no area below the whole centre."""

from __future__ import annotations

from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

from trainer_app.records.clock import HOUR_MS
from trainer_app.storage.database import Connection
from trainer_app.storage.sync_queries import last_arrival, replicas_known
from trainer_app.storage.unfinished import unfinished

DIRECTORY_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

REQUESTS = Counter("trainer_requests_total", "Requests answered, by route and status", ["route", "status"])
SECONDS = Histogram(
    "trainer_exchange_seconds",
    "Time to answer one exchange",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
BYTES_IN = Counter("trainer_exchange_bytes_in_total", "Bytes of exchanges received")
BYTES_OUT = Counter("trainer_exchange_bytes_out_total", "Bytes of exchanges answered")
ENROLMENTS = Counter("trainer_enrolments_total", "Enrolments by result", ["result"])


def text(c: Connection, now_ms: int, multiprocess_folder: str | None) -> bytes:
    """Everything in Prometheus' text format."""
    registry = CollectorRegistry()
    for name, help_text, value in _gauges(c, now_ms):
        Gauge(name, help_text, registry=registry).set(value)
    state = generate_latest(registry)
    if multiprocess_folder is None:
        return generate_latest() + state
    together = CollectorRegistry()
    _collect(together)
    return generate_latest(together) + state


def _collect(registry: Any) -> None:
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library leaves it untyped


def _gauges(c: Connection, now_ms: int) -> list[tuple[str, str, float]]:
    waits, heard = unfinished(c), last_arrival(c)
    return [
        ("trainer_quarantine_open", "Operations in quarantine", waits.quarantined),
        ("trainer_review_open", "Findings that wait for a person", waits.open_findings),
        ("trainer_replicas", "Replicas known", replicas_known(c)),
        (
            "trainer_segments_not_applied",
            "Segments stored but parked, waiting, revoked or forked",
            waits.not_applied,
        ),
        (
            "trainer_hours_since_last_segment",
            "Hours since anything arrived",
            -1 if heard is None else (now_ms - heard) / HOUR_MS,
        ),
    ]
