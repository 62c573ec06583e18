"""Answering the questions that the data raises: which of two values is right, one person or two.

An answer is a record like any other (`Decision`) together with ordinary edits, saved in one transaction: it
travels, it is merged, and it can be taken back. Nothing is ever deleted by an answer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from trainer_app.actions.staff import SENDING_ROLES, sending_rule
from trainer_app.records.clock import DAY_MS
from trainer_app.records.decision import (
    ABOUT_PEOPLE,
    ABOUT_VALUE,
    CHOSEN,
    DIFFERENT,
    SAME,
    Decision,
    decision_id,
    value_subject,
)
from trainer_app.records.fields import KINDS, Record, Value, fields_by_name, fields_by_number
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Person
from trainer_app.records.operation import Edit
from trainer_app.records.problem import AccessProblem, InputProblem
from trainer_app.records.staff import BY_SUPERVISOR
from trainer_app.storage.findings import Finding
from trainer_app.storage.lookalikes import Pair
from trainer_app.storage.store import Store
from trainer_app.words import _

#: So long an answer can be taken back.
UNDO_MS = 30 * DAY_MS
#: What follows from an answer that was chosen: the field, and what is set beside it.
_BESIDE = {"nik": ("nik_status", "ada"), "phone": ("phone_status", "ada")}


@dataclass(frozen=True, slots=True)
class Change:
    """One value that an answer replaced. `other`: of an answer about a value, the one not counted."""

    cls: type[Record]
    row: RecordId
    area: int
    field: str
    before: Value
    after: Value
    other: Value = None


def may_decide(store: Store, role: str, areas: Sequence[int], area: int) -> bool:
    """Whether somebody answers questions of an area: supervisors do; a trainer does in the areas that are
    his or hers when the centre also lets trainers send by themselves, one rule for both.
    """
    if areas and area not in areas:
        return False
    return role in SENDING_ROLES or sending_rule(store) != BY_SUPERVISOR


def choose_value(store: Store, finding: Finding, value: Value, by: RecordId) -> RecordId:
    """Say which value of a field is right. It beats all that were written before it; gives the id of the
    decision.
    """
    cls, row, area = finding.cls, finding.row, finding.area
    values: dict[str, Value] = {finding.field: value}
    if value is not None and cls is Person and finding.field in _BESIDE:
        name, word = _BESIDE[finding.field]
        values[name] = word
    other = finding.losing if value == finding.winning else value
    made = Change(cls, row, area, finding.field, finding.winning, value, other)
    second = value_subject(cls.table, row, finding.field)
    decided: dict[str, Value] = {
        "about": ABOUT_VALUE,
        "answer": CHOSEN,
        "kind_of": cls.kind,
        "field": fields_by_name(cls)[finding.field].number,
    }
    decision = _decided(store, row, second, area, decided, [made], by)
    store.save([Edit(cls, row, area, values, anew=True), decision], by)
    return decision.id


def same_person(store: Store, pair: Pair, changes: Sequence[Change], by: RecordId) -> RecordId:
    """Say that two are one person; gives the id of the decision. Both keep all that was written of them.

    The one with the smaller id stands for both. `changes` are the values of that one (person or first
    enterprise) for which the other one's are right.
    """
    real = [change for change in changes if change.before != change.after]
    decision = _about_two(store, pair, SAME, real, by)
    edits: dict[tuple[type[Record], RecordId, int], dict[str, Value]] = {}
    for change in real:
        edits.setdefault((change.cls, change.row, change.area), {})[change.field] = change.after
    store.save([*(Edit(*key, values) for key, values in edits.items()), decision], by)
    return decision.id


def two_people(store: Store, pair: Pair, by: RecordId) -> RecordId:
    """Say that two are different people: nobody is asked again, on any laptop."""
    decision = _about_two(store, pair, DIFFERENT, (), by)
    store.save([decision], by)
    return decision.id


def _about_two(store: Store, pair: Pair, answer: str, changes: Sequence[Change], by: RecordId) -> Edit:
    (area, first), (second_area, second) = pair.first, pair.second
    values: dict[str, Value] = {"about": ABOUT_PEOPLE, "answer": answer, "second_area": second_area}
    return _decided(store, first, second, area, values, changes, by)


def _decided(
    store: Store,
    first: RecordId,
    second: RecordId,
    area: int,
    values: dict[str, Value],
    changes: Sequence[Change],
    by: RecordId,
) -> Edit:
    """The edit that writes an answer down; an earlier one that was taken back stands again."""
    told: dict[str, Value] = {
        "first": first,
        "second": second,
        "decided_by": by,
        "decided_at": store.clock.now_ms(),
        "undone_by": None,
        "undone_at": None,
        "changes": _packed(changes),
    }
    return Edit(Decision, decision_id(first, second), area, {**values, **told})


def take_back(store: Store, decision: RecordId, by: RecordId, *, now: int | None = None) -> None:
    """Undo an answer of the last 30 days: what it changed goes back where nobody has changed it again since,
    and the question is asked again. Raises `InputProblem` for an older one.
    """
    held = store.get(Decision, decision)
    if held is None or held.undone_at is not None:
        return
    moment = store.clock.now_ms() if now is None else now
    if moment > (held.decided_at or 0) + UNDO_MS:
        raise InputProblem(
            _("Keputusan ini sudah lebih dari 30 hari, jadi tidak bisa diurungkan lagi."), code="decision.old"
        )
    edits = [_back(change) for change in changes_of(held) if _stands(store, change)]
    edits.append(Edit(Decision, held.id, held.area, {"undone_by": by, "undone_at": moment}))
    store.save(edits, by)


def _back(change: Change) -> Edit:
    return Edit(change.cls, change.row, change.area, {change.field: change.before})


def _stands(store: Store, change: Change) -> bool:
    held = store.get(change.cls, change.row)
    return held is not None and getattr(held, change.field) == change.after


def _packed(changes: Sequence[Change]) -> str | None:
    told = [
        [c.cls.kind, c.row.hex(), c.area, fields_by_name(c.cls)[c.field].number, c.before, c.after, c.other]
        for c in changes
    ]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) if told else None


def changes_of(decision: Decision) -> list[Change]:
    """What an answer changed, as far as this version knows the kinds and fields."""
    made = []
    for kind, row, area, number, before, after, other in json.loads(decision.changes or "[]"):
        cls = KINDS.get(kind)
        field = fields_by_number(cls).get(number) if cls is not None else None
        if cls is not None and field is not None:
            made.append(Change(cls, bytes.fromhex(row), area, field.name, before, after, other))
    return made


def refused() -> AccessProblem:
    """Somebody without the right to decide tried to."""
    return AccessProblem(_("Hanya pengawas yang memutuskan ini."), code="review.role")
