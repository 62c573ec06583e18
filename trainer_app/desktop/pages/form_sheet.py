"""A sheet with a few fields and one button that saves; what is wrong is said at its field."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from trainer_app.actions.registration import Incomplete
from trainer_app.desktop import theme
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.lines import LineEditor
from trainer_app.desktop.parts.page import ScrollBody
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.session import Desk
from trainer_app.records.problem import InputProblem, Problem
from trainer_app.words import _

WIDTH = 680


class _Form(ScrollBody):
    """As tall as its fields; scrolls only where the window is too low for them."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("")
        self.inside.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()  # a message came or went
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        width = self.viewport().width() or theme.px(WIDTH)
        layout = self.body
        height = layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
        return QSize(theme.px(300), height + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(300), min(self.sizeHint().height(), theme.px(130)))


class FormSheet(Sheet):
    """Put fields in with `row`; `save` reads them and does the deed: on Enter at the end, Ctrl+Enter and the
    button.
    """

    def __init__(
        self,
        parent: QWidget,
        desk: Desk,
        title: str,
        icon: str,
        save_words: str,
        save: Callable[[], object],
        *,
        text: str = "",
    ) -> None:
        super().__init__(parent, title, text, icon, width=WIDTH)
        self.desk = desk
        self.fields: dict[str, Field] = {}
        self.first: QWidget | None = None
        self.form = _Form()
        self.form.body.setSpacing(theme.px(6))
        self.body.addWidget(self.form)
        self.leave_button = self.add_button("", _("Batal"))
        self.leave_button.clicked.connect(self.reject)
        self.save_button = self.add_button("", save_words, "primary", default=True)
        self.save_button.clicked.connect(save)

    def row(self, *fields: tuple[str, Field, int]) -> None:
        """Fields side by side: name in the record, field, share of the width."""
        line = QHBoxLayout()
        line.setSpacing(theme.px(14))
        for name, field, share in fields:
            self.fields[name] = field
            line.addWidget(field, share)
        self.form.body.addLayout(line)

    def open(self) -> None:
        QWidget.setTabOrder(self.save_button, self.leave_button)  # Enter through all fields ends at saving
        super().open()
        if self.first is not None:
            self.first.setFocus()
            if isinstance(self.first, LineEditor):
                self.first.end(False)

    def failed(self, problem: Problem) -> None:
        """Say at the fields, or below them, what has to be put right; the keyboard goes to the first."""
        self.clear_messages()
        found: Sequence[Problem] = problem.problems if isinstance(problem, Incomplete) else (problem,)
        homeless = []
        for item in found:
            field = self.field_of(item)
            if field is None:
                homeless.append(item.message)
                continue
            field.set_message(item.message)
            field.setVisible(True)
        self.set_problem(" ".join(homeless))
        if wrong := [field for field in self.fields.values() if field.message_text()]:
            wrong[0].editor.setFocus()

    def clear_messages(self) -> None:
        """Nothing is wrong, as far as is known."""
        for field in self.fields.values():
            if field.message_text():
                field.clear_message()
        self.set_problem("")

    def field_of(self, problem: Problem) -> Field | None:
        """The field that a problem speaks of; "person.sex" and "sex" are one."""
        name = problem.field if isinstance(problem, InputProblem) else ""
        return self.fields.get(name) or self.fields.get(name.rpartition(".")[2])
