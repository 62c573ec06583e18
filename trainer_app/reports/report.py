"""What a report is: named columns, and rows of values that a page, a file and the command line write in their
own way (`writing`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum

from trainer_app.records.ids import RecordId
from trainer_app.reports.overview import View
from trainer_app.reports.suppression import Hidden
from trainer_app.storage.store import Store

#: None: not known, or it does not apply.
Value = str | int | float | date | datetime | Hidden | None
Row = tuple[Value, ...]


class Kind(Enum):
    """What the values of a column are."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"  # 0 to 1
    DAY = "day"
    MOMENT = "moment"  # zone-aware

    @property
    def is_number(self) -> bool:
        """Whether its values stand to the right."""
        return self in (Kind.COUNT, Kind.SHARE)


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `title` is a message id."""

    key: str
    title: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader may see (`areas`, None: all), and what of it is wanted.

    `now` is zone-aware, in the reader's zone. `since` and `until` are days, both included; None leaves it to
    the report. `batch` and `programme` are heeded by reports of sessions.
    """

    now: datetime
    areas: frozenset[int] | None = None
    view: View = field(default_factory=View)
    since: date | None = None
    until: date | None = None
    batch: RecordId | None = None
    programme: RecordId | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One report; `key` names it in addresses and on the command line, `title` is a message id.

    `centre_only`: it reads what only a centre keeps. `inner`: it shows small counts, so it is not for
    observers. `by_time`: it heeds `since` and `until`.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[Store, Filters], list[Row]]
    centre_only: bool = False
    inner: bool = False
    by_time: bool = False
