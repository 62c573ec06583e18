"""What a record says after all its edits: per field the newest stamp wins, on every replica, in every order.

Last-writer-wins register per field, ordered by (effective hybrid clock, replica id, number in the feed).
Laptop, hub and centre call this module and nothing else. The stamps of a row are kept sparse: one for the
row, and exceptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trainer_app.records.fields import Value
from trainer_app.records.operation import NO_STAMP, Stamp


@dataclass(slots=True)
class RowState:
    """Values and stamps of every field that was ever set, by field number."""

    values: dict[int, Value] = field(default_factory=dict)
    stamps: dict[int, Stamp] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Overwritten:
    """A field whose value lost: what the review and the history show."""

    number: int
    winner: Stamp
    winning: Value
    loser: Stamp
    losing: Value


def apply_values(state: RowState, values: Mapping[int, Value], stamp: Stamp) -> list[Overwritten]:
    """Merge one operation into `state`; gives the fields where two values met, whoever won. Applying twice
    is harmless.
    """
    met: list[Overwritten] = []
    for number, value in values.items():
        held = state.stamps.get(number, NO_STAMP)
        if stamp == held:
            continue
        if held is not NO_STAMP:
            now = state.values.get(number)
            if stamp > held:
                met.append(Overwritten(number, stamp, value, held, now))
            else:
                met.append(Overwritten(number, held, now, stamp, value))
        if stamp > held:
            state.values[number] = value
            state.stamps[number] = stamp
    return met


def sparse(state: RowState) -> tuple[Stamp, dict[int, Stamp]]:
    """The stamp of the row (the oldest of its fields) and the fields that differ from it or were emptied.

    The same state gives the same pair, whatever the order in which it came about.
    """
    row = min(state.stamps.values(), default=NO_STAMP)
    return row, {
        number: stamp
        for number, stamp in sorted(state.stamps.items())
        if stamp != row or state.values.get(number) is None
    }


def full(values: Mapping[int, Value], row: Stamp, exceptions: Mapping[int, Stamp]) -> RowState:
    """The opposite of `sparse`: a field that holds a value and is no exception has the row's stamp."""
    stamps = {number: row for number, value in values.items() if value is not None}
    stamps.update(exceptions)
    return RowState({n: v for n, v in values.items() if n in stamps}, stamps)
