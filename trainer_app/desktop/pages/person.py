"""One person: what was answered, where the record is, and its history with the values that lost."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trainer_app.desktop.pages.base import DeskPage
from trainer_app.desktop.parts.buttons import primary
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.page import Columns
from trainer_app.desktop.parts.rows import ActionRow, RowList
from trainer_app.desktop.parts.text import Text
from trainer_app.records.checks.nik import mask_nik
from trainer_app.records.checks.phone import show_phone
from trainer_app.records.clock import milliseconds
from trainer_app.records.fields import CHOICE, CHOICES, FLAG, PLACE, REFERENCE, Field, Record, fields_of
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Attendance, Consent, Enterprise, Person, Staff, derived_id
from trainer_app.storage.history import HistoryEntry, history
from trainer_app.storage.sending_state import row_state
from trainer_app.words import N_, _, date_short

#: Word, tone and icon of the state of a record (ux notes 4.1).
STATES = {
    "pending": (N_("Menunggu dikirim"), "warn", "clock"),
    "at_supervisor": (N_("Di laptop pengawas"), "info", "laptop"),
    "received": (N_("Diterima pusat"), "ok", "circle-check"),
    "rejected": (N_("Perlu diperbaiki"), "bad", "triangle-alert"),
}
_NOT_SHOWN = {"deleted_at", "deleted_reason", "sample", "owner", "person", "phone_typed", "kbli_version"}


class PersonPage(DeskPage):
    """Answers at the left, history at the right."""

    title = N_("Peserta")
    watches = (Person, Enterprise, Consent, Attendance)
    watches_sending = True
    help_page = "daftar"

    def build(self) -> None:
        self._id: RecordId | None = None
        self.header.show_back(_("Semua peserta"))
        self.header.back.connect(self.desk.back)
        self.state = Chip("", "mute")
        self.header.add_right(self.state)
        self.edit = primary(_("Ubah atau lengkapi"), "pencil")
        self.edit.clicked.connect(self._edit)
        self.header.add_right(self.edit)
        left, right = QWidget(), QWidget()
        self._left, self._right = QVBoxLayout(left), QVBoxLayout(right)
        for column in (self._left, self._right):
            column.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(Columns(left, right, 420, fold="below"))
        self.body.addStretch(1)

    def shown(self, *, id: RecordId | None = None, **_args: Any) -> None:
        if id is not None:
            self._id = id
        self.refresh(set())
        self.edit.setFocus()

    def _edit(self) -> None:
        if self._id is not None:
            self.desk.go("register", person=self._id)

    def refresh(self, kinds: set[int]) -> None:
        person = self.desk.store.get(Person, self._id) if self._id else None
        if person is None:
            return
        self.header.set_title(person.full_name or "")
        place = self._place(person.village)
        self.header.set_subtitle(place)
        state = row_state(self.desk.store, person.id)
        word, tone, icon = STATES[state] if state else (N_("Dari laptop lain"), "mute", "laptop")
        self.state.show_state(_(word), tone, icon)
        self._show_answers(person)
        store = self.desk.store
        self.run(lambda: history(store, Person, person.id, person.area), then=self._show_history)

    def _show_answers(self, person: Person) -> None:
        _clear(self._left)
        store = self.desk.store
        consent = store.get(Consent, derived_id(Consent, person.id))
        self._left.addWidget(self._card(_("Pemilik usaha"), "id-card", person))
        for enterprise in store.find(Enterprise, {"owner": person.id}):
            self._left.addWidget(self._card(_("Usaha"), "store", enterprise))
        if consent is not None:
            self._left.addWidget(self._card(_("Persetujuan"), "shield-check", consent))
        self._left.addStretch(1)

    def _card(self, title: str, icon: str, record: Record) -> Card:
        card = Card(title, icon=icon)
        for field in fields_of(type(record)):
            value = getattr(record, field.name)
            if value is None or field.name in _NOT_SHOWN or field.type is REFERENCE:
                continue
            line = QHBoxLayout()
            line.addWidget(Text(_(field.label), "muted", wrap=True), 2)
            line.addWidget(Text(self._words(field, value), "body", wrap=True), 3)
            card.add(line)
        return card

    def _words(self, field: Field, value: Any) -> str:
        if field.name == "nik":
            return mask_nik(str(value))
        if field.name == "phone":
            return show_phone(str(value))
        if field.type is FLAG:
            return _("Ya") if value else _("Tidak")
        if field.type in (CHOICE, CHOICES):
            return ", ".join(_(field.choices.get(code, code)) for code in str(value).split(","))
        if field.type is PLACE:
            return self._place(str(value))
        if field.name.endswith("_at"):
            return self._moment(int(value))
        return str(value)

    def _place(self, code: str | None) -> str:
        try:
            return str(self.desk.places.village(code).short) if code else ""
        except KeyError:
            return code or ""

    def _moment(self, ms: int) -> str:
        from datetime import UTC, datetime

        at = datetime.fromtimestamp(ms / 1000, UTC).astimezone()
        return date_short(at.date()) + at.strftime(" %H.%M")

    def _show_history(self, entries: list[HistoryEntry]) -> None:
        _clear(self._right)
        card = Card(_("Riwayat"), icon="clock", narrow=True)
        rows = RowList()
        for entry in reversed(entries):
            rows.add(self._entry(entry))
        card.add(rows)
        self._right.addWidget(card)
        self._right.addStretch(1)

    def _entry(self, entry: HistoryEntry) -> QWidget:
        staff = self.desk.store.get(Staff, entry.author)
        who = staff.full_name if staff and staff.full_name else _("Petugas")
        labels = {field.name: _(field.label) for field in fields_of(Person)}
        lost = [labels[name] for name in entry.values if name not in entry.won and name in labels]
        line = f"{who} · {entry.device} · {self._moment(milliseconds(entry.at_hlc))}"
        if lost:
            line += "\n" + _("Sudah diganti: {isian}").format(isian=", ".join(lost))
        changed = ", ".join(labels[name] for name in list(entry.values)[:3] if name in labels)
        return ActionRow("pencil" if lost else "check", changed, line)


def _clear(column: QVBoxLayout) -> None:
    while (item := column.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
