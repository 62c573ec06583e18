"""What still keeps a registration from being saved: said at its field, and as a line that leads there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from trainer_app.desktop.pages.register_form import RegisterForm
from trainer_app.desktop.parts.field import Field
from trainer_app.records.problem import InputProblem

Line = tuple[str, Callable[[], object]]


def missing_lines(form: RegisterForm, consent: QWidget, problems: Iterable[InputProblem]) -> list[Line]:
    """Each problem in the order of the form, with what puts the keyboard where it is mended."""
    place = {key: n for n, key in enumerate((*form.owner.fields, *form.business.fields))}
    lines: list[Line] = []
    for problem in sorted(problems, key=lambda p: place.get(_shown_as(form, p.field), len(place))):
        target = _target(form, consent, problem.field)
        if isinstance(target, Field):
            target.set_message(problem.message)
            target = target.editor
        lines.append((problem.message, partial(_focus, target)))
    return lines


def _target(form: RegisterForm, consent: QWidget, key: str) -> Field | QWidget:
    if key.startswith("consent."):
        return consent
    return form.fields().get(_shown_as(form, key), form.owner.full_name)


def _shown_as(form: RegisterForm, key: str) -> str:
    """The field that stands for this one: the village of the home is asked for only on demand."""
    fields = form.fields()
    if key == "person.village" and (key not in fields or fields[key].isHidden()):
        return "enterprise.village"
    return key


def _focus(editor: QWidget) -> None:
    editor.setFocus(Qt.FocusReason.OtherFocusReason)
