"""The bytes of a segment: a run of operations of one feed, columnar, compressed, signed and chained. Pure, no
I/O.

`columns` turns lists of values into bytes and back, `idtable` tells ids once, `frame` lays out a run of
operations, `envelope` signs, compresses, verifies and limits. What is done with a segment belongs in
`storage` and `sync`. The format is written down in resources/docs/protocol.md; a change of it is a new
version byte.
"""

from __future__ import annotations

from trainer_app.records.segment.envelope import (
    MAX_BODY_BYTES,
    MAX_OPERATIONS,
    MOST_HEAD_BYTES,
    SCHEMA,
    Header,
    Limits,
    Restamp,
    Segment,
    body_hash,
    check_signature,
    fitting,
    open_segment,
    peek,
    seal_segment,
)
from trainer_app.records.segment.faults import SegmentFault
from trainer_app.records.segment.shapes import Group

__all__ = [
    "MAX_BODY_BYTES",
    "MAX_OPERATIONS",
    "MOST_HEAD_BYTES",
    "SCHEMA",
    "Group",
    "Header",
    "Limits",
    "Restamp",
    "Segment",
    "SegmentFault",
    "body_hash",
    "check_signature",
    "fitting",
    "open_segment",
    "peek",
    "seal_segment",
]
