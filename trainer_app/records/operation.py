"""One edit of one record: the only thing that travels, and the only thing that is never lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trainer_app.records.fields import Value
from trainer_app.records.ids import RecordId

#: When, by which replica, as its how-manieth: total order of operations, the same everywhere.
Stamp = tuple[int, bytes, int]
NO_STAMP: Stamp = (0, b"", 0)


@dataclass(frozen=True, slots=True)
class Operation:
    """`values` are by field number; `hlc` as written; `base` is the newest stamp (hlc) this edit overwrote, 0
    if none.

    `seq` counts from 1 without a gap within the feed (`replica`, `area`). `author` is the staff id of who did
    it.
    """

    kind: int
    row: RecordId
    area: int
    replica: bytes
    seq: int
    hlc: int
    author: bytes
    base: int
    values: Mapping[int, Value]


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody wants to save: some fields of one record, by name. A new row when the id is new.

    `anew`: said again even where the record says so already, because somebody decided it between two values.
    """

    cls: type
    id: RecordId
    area: int
    values: Mapping[str, Value]
    anew: bool = False
