"""Registering a person with the first enterprise and the consent; correcting, completing and undoing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from trainer_app.actions.moving import undo_move, with_moves
from trainer_app.actions.registration_checks import (
    Answers,
    Checked,
    Incomplete,
    Registration,
    check_consent,
    check_enterprise,
    check_person,
)
from trainer_app.records import places
from trainer_app.records.completeness import missing_questions
from trainer_app.records.fields import KINDS, Record, Value, fields_by_number, fields_of
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Batch, Consent, Enrolment, Enterprise, Person, derived_id
from trainer_app.records.operation import Edit, Operation
from trainer_app.records.problem import InputProblem
from trainer_app.records.progress import local_day
from trainer_app.storage.store import Store
from trainer_app.words import _, language

__all__ = [
    "Incomplete",
    "Registered",
    "Registration",
    "add_enterprise",
    "check_registration",
    "correct_consent",
    "correct_enterprise",
    "correct_person",
    "correct_registration",
    "day_at",
    "missing_questions",
    "register",
    "undo_correction",
    "undo_registration",
]

UNDONE = "urung"
#: Takes a tombstone away; says nothing about a record that has none.
ALIVE: Answers = {"deleted_at": None, "deleted_reason": None}


@dataclass(frozen=True, slots=True)
class Registered:
    """What a registration made. `operations` are what `undo_registration` takes back."""

    person: RecordId
    enterprise: RecordId
    consent: RecordId
    enrolment: RecordId | None
    operations: tuple[Operation, ...]


def day_at(now_ms: int, place_code: str | None) -> date:
    """The day of an instant (ms UTC) in the zone of a place; western Indonesian time where the place is not
    known.
    """
    return date.fromisoformat(local_day(now_ms, places.utc_hours(place_code)))


def check_registration(
    answers: Registration, on: date, *, same_nik: bool = False
) -> tuple[tuple[InputProblem, ...], Registration]:
    """All that keeps these answers from being saved, in the order of the form, and the answers as they would
    be stored.

    A business place that was not given is the person's village, and the other way round.
    """
    person, enterprise = _share_village(answers.person, answers.enterprise)
    parts = (
        check_person(person, on, same_nik=same_nik),
        check_enterprise(enterprise, on),
        check_consent(answers.consent, on),
    )
    problems = tuple(problem for part in parts for problem in part.problems)
    stored = Registration(person=parts[0].values, enterprise=parts[1].values, consent=parts[2].values)
    return problems, stored


def _share_village(person: Answers, enterprise: Answers) -> tuple[Answers, Answers]:
    home, business = person.get("village"), enterprise.get("village")
    if not home and business:
        return {**person, "village": business}, enterprise
    if home and not business:
        return person, {**enterprise, "village": home}
    return person, enterprise


def register(
    store: Store,
    answers: Registration,
    by: RecordId,
    *,
    batch: RecordId | None = None,
    joined: str = "daftar",
    now: int | None = None,
    person_id: RecordId | None = None,
    same_nik: bool = False,
) -> Registered:
    """Save a person, the first enterprise, the consent and, with `batch`, the place in it: all in one
    transaction, or nothing.

    `now` is ms UTC. `person_id` is the id a form was given when it was begun: saving the same form again
    after a power cut then makes no second person. `same_nik`: somebody of that NIK is here and it is to be
    saved all the same, for a supervisor to look. Raises `Incomplete`, `InputProblem` for a batch that is not
    here, and `StoreProblem` when the disk is full.
    """
    moment = store.clock.now_ms() if now is None else now
    place = answers.person.get("village") or answers.enterprise.get("village")
    on = day_at(moment, place if isinstance(place, str) else None)
    problems, checked = check_registration(answers, on, same_nik=same_nik)
    if problems:
        raise Incomplete(problems)
    person = person_id or new_id(moment)
    edits = registration_edits(store, checked, by, person, moment)
    enrolment = None
    if batch is not None:
        edits.append(enrolment_edit(store, batch, person, joined))
        enrolment = edits[-1].id
    operations = store.save(marked(store, edits), by)
    return Registered(
        person, derived_id(Enterprise, person), derived_id(Consent, person), enrolment, tuple(operations)
    )


def registration_edits(
    store: Store, checked: Registration, by: RecordId, person: RecordId, moment: int
) -> list[Edit]:
    """What registers somebody whose answers were checked: person, first enterprise and consent. `moment` is
    ms UTC.
    """
    area = store.area_for(_text(checked.person, "village"))
    return [
        Edit(Person, person, area, {**checked.person, **ALIVE}),
        Edit(
            Enterprise,
            derived_id(Enterprise, person),
            store.area_for(_text(checked.enterprise, "village")),
            {**checked.enterprise, **ALIVE, "owner": person},
        ),
        Edit(
            Consent,
            derived_id(Consent, person),
            area,
            {**_consent_values(checked.consent, person, by, moment), **ALIVE},
        ),
    ]


def _consent_values(answers: Answers, person: RecordId, by: RecordId, moment: int) -> dict[str, Value]:
    return {
        "language": language(),
        "given_at": moment,
        "taken_by": by,
        **{name: value for name, value in answers.items() if value is not None},
        "person": person,
    }


def _text(values: Mapping[str, Value], name: str) -> str | None:
    value = values.get(name)
    return value if isinstance(value, str) else None


def enrolment_edit(
    store: Store, batch: RecordId, person: RecordId, joined: str = "daftar", *, held: Batch | None = None
) -> Edit:
    """The edit that puts a person into a batch; in the area of the batch, where its roster is read.

    `held` is the batch, where it was read before and the person is new. Raises `InputProblem` when the batch
    is not on this laptop.
    """
    values: dict[str, Value] = {"batch": batch, "person": person, "state": "aktif", "joined": joined}
    if held is not None:
        return Edit(Enrolment, derived_id(Enrolment, batch, person), held.area, values)
    held = store.get(Batch, batch)
    if held is None or held.deleted_at is not None:
        message = _("Angkatan itu tidak ada di laptop ini. Pilih angkatan lain.")
        raise InputProblem(message, field="batch", code="batch.unknown")
    known = store.get(Enrolment, derived_id(Enrolment, batch, person))
    if known is not None:  # comes back: how the person first joined stays
        values = {"state": "aktif", **ALIVE}
    return Edit(Enrolment, derived_id(Enrolment, batch, person), held.area, values)


def is_sample(store: Store) -> bool:
    """Whether this laptop holds made-up data only; every record made on it says so."""
    return bool(store.meta("sample", b"") == b"1")


def marked(store: Store, edits: list[Edit]) -> list[Edit]:
    """The edits, marked as sample data where the laptop is for trying out."""
    if not is_sample(store):
        return edits
    return [Edit(e.cls, e.id, e.area, {**e.values, "sample": 1}) for e in edits]


# --- correcting
# -------------------------------------------------------------------------------------------------------


def correct_person(
    store: Store,
    person: RecordId,
    changes: Answers,
    by: RecordId,
    *,
    now: int | None = None,
    same_nik: bool = False,
) -> list[Operation]:
    """Save what was corrected of a person. Only fields in `changes` can be refused; raises `Incomplete`."""
    return correct_registration(store, person, Registration(person=changes), by, now=now, same_nik=same_nik)


def correct_enterprise(
    store: Store, enterprise: RecordId, changes: Answers, by: RecordId, *, now: int | None = None
) -> list[Operation]:
    """Save what was corrected of an enterprise. Only the fields in `changes` can be refused; raises
    `Incomplete`.
    """
    edits, problems = _enterprise_edits(store, enterprise, changes, _moment(store, now))
    return _save(store, edits, problems, by)


def correct_consent(
    store: Store, person: RecordId, changes: Answers, by: RecordId, *, now: int | None = None
) -> list[Operation]:
    """Save what was corrected of a consent (purposes, manner, witness); raises `Incomplete`."""
    return correct_registration(store, person, Registration(consent=changes), by, now=now)


def correct_registration(
    store: Store,
    person: RecordId,
    changes: Registration,
    by: RecordId,
    *,
    now: int | None = None,
    same_nik: bool = False,
) -> list[Operation]:
    """Save what was corrected or completed of a person, the first enterprise and the consent, in one
    transaction.

    Only what is in `changes` can be refused: an old answer that would not be accepted today keeps nothing
    from being corrected. A consent or enterprise that is missing is made. Raises `Incomplete`.
    """
    moment = _moment(store, now)
    held = _held(store, Person, person)
    edits: list[Edit] = []
    problems: tuple[InputProblem, ...] = ()
    if changes.person:
        on = day_at(moment, _text(changes.person, "village") or held.village)
        checked = check_person(
            {**_answers(held), **changes.person}, on, same_nik=same_nik or _had_same_nik(held)
        )
        problems += _of(checked, Person, changes.person)
        edits += with_moves(store, held, _difference(held, checked.values).values, moment)
    if changes.enterprise:
        more, wrong = _enterprise_edits(
            store, derived_id(Enterprise, person), changes.enterprise, moment, held
        )
        edits, problems = edits + more, problems + wrong
    if changes.consent:
        more, wrong = _consent_edits(store, held, changes.consent, by, moment)
        edits, problems = edits + more, problems + wrong
    return _save(store, edits, problems, by)


def add_enterprise(
    store: Store, person: RecordId, answers: Answers, by: RecordId, *, now: int | None = None
) -> RecordId:
    """Save one more enterprise of a person and give its id. Raises `Incomplete`."""
    moment = _moment(store, now)
    held = _held(store, Person, person)
    first = derived_id(Enterprise, person)
    taken = store.get(Enterprise, first) is not None
    edits, problems = _enterprise_edits(store, new_id(moment) if taken else first, answers, moment, held)
    _save(store, edits, problems, by)
    return edits[0].id


def _moment(store: Store, now: int | None) -> int:
    return store.clock.now_ms() if now is None else now


def _held(store: Store, cls: type[Person], row: RecordId) -> Person:
    held = store.get(cls, row)
    if held is None:
        raise InputProblem(
            _("Data peserta ini tidak ada di laptop ini. Cari lagi di daftar peserta."), code="person.unknown"
        )
    return held


def _enterprise_edits(
    store: Store, row: RecordId, changes: Answers, moment: int, owner: Person | None = None
) -> tuple[list[Edit], tuple[InputProblem, ...]]:
    held = store.get(Enterprise, row)
    if held is not None:
        on = day_at(moment, _text(changes, "village") or held.village)
        checked = check_enterprise({**_answers(held), **changes}, on)
        moves = with_moves(store, held, _difference(held, checked.values).values, moment)
        return moves, _of(checked, Enterprise, changes)
    if owner is None:
        raise InputProblem(_("Usaha ini tidak ada di laptop ini."), code="enterprise.unknown")
    answers = {"village": owner.village, **changes, "owner": owner.id}
    checked = check_enterprise(answers, day_at(moment, owner.village))
    edit = Edit(Enterprise, row, store.area_for(_text(checked.values, "village")), checked.values)
    return marked(store, [edit]), checked.problems


def _consent_edits(
    store: Store, person: Person, changes: Answers, by: RecordId, moment: int
) -> tuple[list[Edit], tuple[InputProblem, ...]]:
    row = derived_id(Consent, person.id)
    held = store.get(Consent, row)
    on = day_at(moment, person.village)
    if held is not None:
        checked = check_consent({**_answers(held), **changes}, on)
        return [_difference(held, checked.values)], _of(checked, Consent, changes)
    checked = check_consent(changes, on)
    values = _consent_values(checked.values, person.id, by, moment)
    return marked(store, [Edit(Consent, row, person.area, values)]), checked.problems


def _answers(held: Record) -> dict[str, Value]:
    return {field.name: getattr(held, field.name) for field in fields_of(type(held))}


def _difference(held: Record, values: Answers) -> Edit:
    changed = {name: value for name, value in values.items() if getattr(held, name) != value}
    return Edit(type(held), held.id, held.area, changed)


def _of(checked: Checked, cls: type[Record], changes: Answers) -> tuple[InputProblem, ...]:
    """The problems of what was changed; a name and "no name" are one question, as are a date and the
    guardian.
    """
    asked = {f"{cls.table}.{name}" for name in changes}
    for one, other in (
        ("enterprise.unnamed", "enterprise.name"),
        ("person.birth_date", "person.guardian_name"),
        ("person.nik", "person.guardian_name"),
        ("consent.manner", "consent.witness"),
    ):
        if one in asked:
            asked.add(other)
    return tuple(problem for problem in checked.problems if problem.field in asked)


def _had_same_nik(held: Person) -> bool:
    return "same_nik" in (held.nik_warning or "").split(",")


def _save(
    store: Store, edits: list[Edit], problems: tuple[InputProblem, ...], by: RecordId
) -> list[Operation]:
    if problems:
        raise Incomplete(problems)
    return store.save([edit for edit in edits if edit.values], by)


# --- undoing
def undo_correction(
    store: Store, before: Iterable[Record], operations: Iterable[Operation], by: RecordId
) -> list[Operation]:
    """Put back the values that a correction replaced; `before` are the records as they were.

    A record that the correction made has nothing to go back to and stays.
    """
    held = {(record.kind, record.id): record for record in before}
    edits = []
    for operation in operations:
        record = held.get((operation.kind, operation.row))
        if record is None:
            continue
        if operation.area != record.area:
            edits.append(undo_move(record, operation.area, store.clock.now_ms()))
            continue
        known = fields_by_number(type(record))
        old = {known[n].name: getattr(record, known[n].name) for n in operation.values if n in known}
        edits.append(Edit(type(record), record.id, record.area, old))
    return store.save(edits, by)


# ----------------------------------------------------------------------------------------------------------


def undo_registration(
    store: Store, registered: Registered, by: RecordId, *, reason: str = UNDONE, now: int | None = None
) -> list[Operation]:
    """Take a registration back: every record it made gets a tombstone, sent like any edit."""
    moment = _moment(store, now)
    rows = dict.fromkeys((KINDS[o.kind], o.row, o.area) for o in registered.operations)
    edits = [
        Edit(cls, row, area, {"deleted_at": moment, "deleted_reason": reason}) for cls, row, area in rows
    ]
    return store.save(edits, by)
