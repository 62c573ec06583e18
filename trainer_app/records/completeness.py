"""Which questions of the form are still open for a person: what "perlu dilengkapi" means, for screens,
queries and reports.

The paper form has 24 questions. A question is answered when any of its fields holds a value that says
something. Question 10 (help needed in class) is never open: no need at all is an answer that leaves its field
empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from trainer_app.records.fields import Record
from trainer_app.records.kinds import Consent, Enterprise, Person


@dataclass(frozen=True, slots=True)
class Question:
    """One question: answered when one of `fields` of `cls` holds a value that is not among `blank`.

    `silenced_by` = (field, value): another answer that makes this one needless.
    """

    number: int
    cls: type[Record]
    fields: tuple[str, ...]
    blank: tuple[str, ...] = field(default=())
    silenced_by: tuple[str, str] | None = None


QUESTIONS: tuple[Question, ...] = (
    Question(1, Consent, ("purposes",)),
    Question(2, Person, ("full_name",)),
    Question(3, Person, ("sex",)),
    Question(4, Person, ("birth_date",)),
    Question(5, Person, ("nik", "nik_status"), blank=("ada", "belum_diisi")),
    Question(6, Person, ("phone",), silenced_by=("phone_status", "tidak_punya")),
    Question(7, Person, ("village",)),
    Question(8, Person, ("landmark", "rt")),
    Question(9, Person, ("education",)),
    Question(11, Enterprise, ("name", "unnamed")),
    Question(12, Enterprise, ("product", "kbli")),
    Question(13, Enterprise, ("same_address",)),
    Question(14, Enterprise, ("premises",)),
    Question(15, Enterprise, ("started_year",)),
    Question(16, Enterprise, ("workers_men", "workers_women", "workers_family")),
    Question(17, Enterprise, ("sales_bracket",)),
    Question(18, Enterprise, ("nib_status",)),
    Question(19, Person, ("phone_kind",)),
    Question(20, Enterprise, ("signal",)),
    Question(21, Enterprise, ("channels",)),
    Question(22, Enterprise, ("payments",)),
    Question(23, Enterprise, ("bookkeeping",)),
    Question(24, Person, ("source",)),
)


def missing_questions(
    person: Person, enterprise: Enterprise | None, consent: Consent | None
) -> tuple[int, ...]:
    """The numbers of the questions still open, rising. A record that is not there answers nothing."""
    held: dict[type[Record], Record | None] = {Person: person, Enterprise: enterprise, Consent: consent}
    return tuple(_open(held))


def _open(held: dict[type[Record], Record | None]) -> Iterator[int]:
    for question in QUESTIONS:
        record = held[question.cls]
        if record is None or not _answered(question, record):
            yield question.number


def _answered(question: Question, record: Record) -> bool:
    if question.silenced_by is not None:
        name, value = question.silenced_by
        if getattr(record, name) == value:
            return True
    return any(
        value is not None and value not in question.blank
        for value in (getattr(record, name) for name in question.fields)
    )
