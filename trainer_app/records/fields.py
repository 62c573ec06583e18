"""How a record describes its own fields: one line a field, read by everyone.

    full_name: str | None = asks(1, TEXT, N_("Nama lengkap"), question=2, required=True, critical=True)

That line is the label in the form, the check, the column, the number on the wire and the entry in the
translation catalogue. Numbers are never used again after a field is retired: old segments keep them for ever.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from typing import Any, ClassVar, TypeVar, dataclass_transform

from trainer_app.records.ids import RecordId
from trainer_app.records.problem import InputProblem
from trainer_app.words import N_, _

Value = str | int | bytes | None


class FieldType(Enum):
    """What a value is, in the record, in the table and in a segment."""

    TEXT = "text"  # str
    CHOICE = "choice"  # str: a code of `choices`
    CHOICES = "choices"  # str: codes of `choices` joined by commas, in their order
    DATE = "date"  # str: 2026-11-24, or 1984 where only the year is known
    PLACE = "place"  # str: Kemendagri code, 53.01.08.2006
    NUMBER = "number"  # int
    FLAG = "flag"  # int: 1 or 0
    INSTANT = "instant"  # int: milliseconds since 1970 UTC
    REFERENCE = "reference"  # bytes: the id of another record


TEXT, CHOICE, CHOICES, DATE, PLACE = (
    FieldType.TEXT,
    FieldType.CHOICE,
    FieldType.CHOICES,
    FieldType.DATE,
    FieldType.PLACE,
)
NUMBER, FLAG, INSTANT, REFERENCE = FieldType.NUMBER, FieldType.FLAG, FieldType.INSTANT, FieldType.REFERENCE
_TEXTUAL = {TEXT, CHOICE, CHOICES, DATE, PLACE}


@dataclass(frozen=True, slots=True)
class Field:
    """One declared field. `label`, `hint` and the words of `choices` are message ids (Indonesian)."""

    number: int
    type: FieldType
    label: str
    name: str = ""
    hint: str = ""
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)
    question: int | None = None  # its number on the paper form
    required: bool = False
    critical: bool = False  # concurrent edits also open a review finding
    max_length: int = 200
    listed: bool = True  # a column of lists that go out and come in; what follows from other answers is not
    titles: tuple[str, ...] = ()  # what lists of others call it, folded

    def check(self, value: Value) -> Value:
        """The value as it is stored, or `InputProblem` that names this field."""
        if value is None or value == "":
            return None
        if self.type in _TEXTUAL:
            return self._check_text(value)
        if self.type is REFERENCE:
            if isinstance(value, bytes) and len(value) == 16:
                return value
        elif isinstance(value, int):
            return int(bool(value)) if self.type is FLAG else int(value)
        raise self._problem(_("{isian} belum benar."))

    def _check_text(self, value: Value) -> str | None:
        if not isinstance(value, str):
            raise self._problem(_("{isian} belum benar."))
        text = value.strip()
        if len(text) > self.max_length:
            raise self._problem(_("{isian} terlalu panjang. Paling banyak {n} huruf."))
        if self.type is CHOICE and self.choices and text not in self.choices:
            raise self._problem(_("Pilih salah satu untuk {isian}."))
        if self.type is CHOICES and self.choices:
            return join_choices(text.split(","), self)
        return text or None

    def _problem(self, sentence: str) -> InputProblem:
        message = sentence.format(isian=_(self.label), n=self.max_length)
        return InputProblem(message, field=self.name, code=f"field.{self.name}")


def join_choices(codes: Iterable[str], field: Field) -> str | None:
    """Codes of a several-choice field in their declared order, joined by commas; None when there is none."""
    wanted = {code.strip() for code in codes if code.strip()}
    if unknown := wanted - field.choices.keys():
        raise InputProblem(
            _("Pilihan tidak dikenal: {kode}").format(kode=", ".join(sorted(unknown))), field=field.name
        )
    return ",".join(code for code in field.choices if code in wanted) or None


def asks(number: int, type: FieldType, label: str, **more: Any) -> Any:
    """Declare a field of a record; see `Field` for what else can be said."""
    return dataclasses.field(default=None, metadata={"field": Field(number, type, label, **more)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A frozen value: what one row says now. Two records are equal when all their fields are."""

    kind: ClassVar[int] = 0
    table: ClassVar[str] = ""
    title: ClassVar[str] = ""
    #: Names of the two references whose pair is this record's identity, or of the one it is derived from.
    identity: ClassVar[tuple[str, ...]] = ()
    #: Only the centre says this, in its own area. What a laptop says of it anywhere counts nowhere.
    of_centre: ClassVar[bool] = False

    id: RecordId
    area: int
    deleted_at: int | None = asks(250, INSTANT, N_("Dihapus pada"))
    deleted_reason: str | None = asks(251, TEXT, N_("Alasan dihapus"))
    sample: int | None = asks(252, FLAG, N_("Data contoh"))


R = TypeVar("R", bound=Record)
KINDS: dict[int, type[Record]] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(asks, dataclasses.field))
def record(
    kind: int, table: str, title: str, identity: tuple[str, ...] = (), *, of_centre: bool = False
) -> Any:
    """Class decorator for a kind of record; `kind` is its number on the wire, never used again."""

    def declare(cls: type[Record]) -> type[Record]:
        made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        made.kind, made.table, made.title, made.identity = kind, table, title, identity
        made.of_centre = of_centre
        if kind in KINDS:
            raise ValueError(f"kind {kind} is declared twice")
        KINDS[kind] = made
        return made

    return declare


#: From here on fields are about the record, not about what it stands for.
ABOUT_RECORD = 250


T = TypeVar("T")


def per_kind(make: Callable[[type[Record]], T]) -> Callable[[type[Record]], T]:
    """Decorator: what is made from a kind's declaration is made once."""
    made: dict[type[Record], T] = {}

    @wraps(make)
    def remembered(cls: type[Record]) -> T:
        if cls not in made:
            made[cls] = make(cls)
        return made[cls]

    return remembered


@per_kind
def fields_of(cls: type[Record]) -> tuple[Field, ...]:
    """The declared fields of a kind, by rising number."""
    named = [
        dataclasses.replace(item.metadata["field"], name=item.name)
        for item in dataclasses.fields(cls)
        if "field" in item.metadata
    ]
    return tuple(sorted(named, key=lambda field: field.number))


@per_kind
def listed_fields(cls: type[Record]) -> tuple[Field, ...]:
    """The fields that are columns of a list, by rising number."""
    return tuple(field for field in fields_of(cls) if field.listed and field.number < ABOUT_RECORD)


@per_kind
def fields_by_number(cls: type[Record]) -> Mapping[int, Field]:
    """The declared fields of a kind by wire number."""
    return {field.number: field for field in fields_of(cls)}


@per_kind
def fields_by_name(cls: type[Record]) -> Mapping[str, Field]:
    """The declared fields of a kind by name."""
    return {field.name: field for field in fields_of(cls)}


def problems(cls: type[Record], answers: Mapping[str, Value]) -> list[InputProblem]:
    """All that keeps these answers from being saved as a record of this kind; empty when nothing does."""
    found: list[InputProblem] = []
    for field in fields_of(cls):
        try:
            value = field.check(answers.get(field.name))
        except InputProblem as problem:
            found.append(problem)
            continue
        if field.required and value is None:
            message = _("{isian} belum diisi.").format(isian=_(field.label))
            found.append(InputProblem(message, field=field.name, code="field.required"))
    return found


def to_wire(cls: type[Record], answers: Mapping[str, Value]) -> dict[int, Value]:
    """Answers by name as checked values by number. Raises `InputProblem` for a bad value, KeyError for a
    bad name.
    """
    by_name = fields_by_name(cls)
    return {by_name[name].number: by_name[name].check(value) for name, value in answers.items()}
