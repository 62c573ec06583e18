"""Forms made from the declarations of the records: every field has an editor that keeps its value."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from trainer_app.desktop import theme
from trainer_app.desktop.pages.person_cards import CONSENT, FIRM, HOME, OWNER
from trainer_app.desktop.pages.person_words import DERIVED, INNER
from trainer_app.desktop.pages.register_more import BUSINESS_KEYS, OWNER_KEYS
from trainer_app.desktop.parts.record_form import SHOWN_WHEN, RecordField, RecordForm
from trainer_app.records.fields import (
    CHOICE,
    CHOICES,
    FLAG,
    NUMBER,
    PLACE,
    Field,
    Record,
    Value,
    fields_by_name,
    fields_of,
)
from trainer_app.records.kinds import Consent, Enterprise, Person

ASKED = [
    (cls, field.name)
    for cls in (Person, Enterprise, Consent)
    for field in fields_of(cls)
    if field.question is not None and field.name not in ("kbli", "notice_version")
]


@pytest.fixture(autouse=True)
def _dressed(qapp: QApplication) -> None:
    theme.apply(qapp)


def sample(field: Field) -> Value:
    """A value that the field takes."""
    if field.type is CHOICE:
        return list(field.choices)[-1]
    if field.type is CHOICES:
        return ",".join(list(field.choices)[1:3])
    if field.type is PLACE:
        return "53.01.08.2006"
    if field.type is FLAG:
        return 0
    if field.type is NUMBER:
        return 1999
    return {
        "nik": "5301085508909001",
        "phone": "+6281012345678",
        "birth_date": "1984-03-14",
        "rt": "002",
    }.get(field.name, "5" * min(field.max_length, 13))


@pytest.mark.parametrize(("cls", "name"), ASKED)
def test_a_field_keeps_its_value(qtbot: QtBot, cls: Any, name: str) -> None:
    declared = fields_by_name(cls)[name]
    field = RecordField(cls, name)
    qtbot.addWidget(field)
    assert field.read() is None
    field.show_value(sample(declared))
    assert field.read() == sample(declared)
    assert field.editor.accessibleName()
    field.show_value(None)
    assert field.read() is None


def test_a_business_class_is_a_code_with_its_version(qtbot: QtBot) -> None:
    form = RecordForm(["enterprise.kbli"])
    qtbot.addWidget(form)
    form.show_values(Enterprise, {"kbli": "10794", "kbli_version": "2025"})
    assert form.values(Enterprise) == {"kbli": "10794", "kbli_version": "2025"}
    assert form.fields["enterprise.kbli"].editor.title() == "Kerupuk, keripik, peyek"
    form.clear()
    assert form.values(Enterprise) == {"kbli": None, "kbli_version": None}


def test_a_question_that_depends_on_another_comes_and_goes(qtbot: QtBot) -> None:
    form = RecordForm(["enterprise.nib_status", "enterprise.nib"])
    qtbot.addWidget(form)
    nib = form.fields["enterprise.nib"]
    assert nib.isHidden()
    form.show_values(Enterprise, {"nib_status": "ada", "nib": "1234567890123"})
    assert not nib.isHidden()
    assert form.values(Enterprise)["nib"] == "1234567890123"
    form.show_values(Enterprise, {"nib_status": "tidak"})
    assert nib.isHidden()
    assert form.values(Enterprise)["nib"] is None


def test_every_rule_and_every_form_names_fields_that_exist() -> None:
    kinds = {cls.table: cls for cls in (Person, Enterprise, Consent)}
    keys = [*OWNER_KEYS, *BUSINESS_KEYS, *SHOWN_WHEN, *(rule[0] for rule in SHOWN_WHEN.values())]
    keys += [f"person.{name}" for name in (*OWNER, *HOME)] + [f"enterprise.{name}" for name in FIRM]
    keys += [f"consent.{name}" for name in CONSENT]
    for key in keys:
        table, name = key.split(".")
        assert name in fields_by_name(kinds[table])


def test_together_the_forms_ask_every_question_of_the_paper() -> None:
    quick = {
        "person.full_name",
        "person.sex",
        "person.birth_date",
        "person.nik",
        "person.phone",
        "person.village",
    }
    quick |= {"enterprise.name", "enterprise.village", "enterprise.business_group", "consent.purposes"}
    asked = {*quick, *OWNER_KEYS, *BUSINESS_KEYS}
    numbers = {
        fields_by_name(cls)[name].question
        for cls in (Person, Enterprise, Consent)
        for name in fields_by_name(cls)
        if f"{cls.table}.{name}" in asked
    }
    assert numbers - {None} == set(range(1, 25))  # None: asked, but not on the paper


@pytest.mark.parametrize("cls", [Person, Enterprise])
def test_every_answer_has_a_place_to_be_typed_and_one_to_be_corrected(cls: type[Record]) -> None:
    """A new field of these records is named in `register_more` (or asked at once) and in `person_cards`."""
    answers = {field.name for field in fields_of(cls)} - {field.name for field in fields_of(Record)}
    answers -= INNER | DERIVED
    more = {key.partition(".")[2] for key in (*OWNER_KEYS, *BUSINESS_KEYS) if key.startswith(cls.table)}
    at_once = {"full_name", "sex", "birth_date", "nik", "phone", "guardian_name", "guardian_relation"}
    at_once |= {"name", "village", "business_group"}
    assert answers - more - at_once == set()
    assert answers - {*OWNER, *HOME, *FIRM, "nik"} == set()


def test_a_narrow_form_has_one_column(qtbot: QtBot) -> None:
    form = RecordForm(["enterprise.product", "enterprise.landmark"])
    qtbot.addWidget(form)
    form.resize(900, 300)
    form.show()
    one, two = form.fields.values()
    qtbot.waitUntil(lambda: one.y() == two.y())
    form.resize(400, 300)
    qtbot.waitUntil(lambda: two.y() > one.y())
