"""The questions that can wait: everything of the form that the first screen does not ask, in the order of the
paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.record_form import RecordField, RecordForm
from trainer_app.records.fields import Record, Value
from trainer_app.words import _

OWNER_KEYS = (
    "person.has_whatsapp",
    "person.phone_shared",
    "person.phone_kind",
    "person.phone_owner",
    "person.landmark",
    "person.rt",
    "person.rw",
    "person.education",
    "person.help_needed",
    "person.source",
)
BUSINESS_KEYS = (
    "enterprise.kbli",
    "enterprise.product",
    "enterprise.same_address",
    "person.village",
    "enterprise.landmark",
    "enterprise.started_year",
    "enterprise.premises",
    "enterprise.workers_men",
    "enterprise.workers_women",
    "enterprise.workers_family",
    "enterprise.sales_bracket",
    "enterprise.nib_status",
    "enterprise.nib",
    "enterprise.signal",
    "enterprise.channels",
    "enterprise.payments",
    "enterprise.bookkeeping",
)


class MoreQuestions(QWidget):
    """Two cards, one about the person and one about the business. ``changed(key)`` as in ``RecordForm``."""

    changed = Signal(str)

    def __init__(self, prefer: Iterable[int], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(12))
        near = tuple(prefer)
        self.owner, self.business = RecordForm(OWNER_KEYS, near), RecordForm(BUSINESS_KEYS, near)
        for title, icon, form in (
            (_("Pemilik, lebih lengkap"), "user", self.owner),
            (_("Usaha, lebih lengkap"), "store", self.business),
        ):
            card = Card(title, icon=icon)
            card.add(form)
            form.changed.connect(self.changed)
            column.addWidget(card)

    @property
    def fields(self) -> dict[str, RecordField]:
        """Every question, by key."""
        return {**self.owner.fields, **self.business.fields}

    def values(self, cls: type[Record]) -> dict[str, Value]:
        """What is answered about one kind."""
        return {**self.owner.values(cls), **self.business.values(cls)}

    def show_values(self, cls: type[Record], values: Mapping[str, Value]) -> None:
        """Fills the questions about one kind."""
        for form in (self.owner, self.business):
            form.show_values(cls, values)

    def set_group(self, group: str | None) -> None:
        """The kind of business, whose classes come first."""
        self.business.group = group

    def clear(self) -> None:
        """Empty, for the next person."""
        self.owner.clear()
        self.business.clear()
