"""What needs putting right, and what two laptops said differently: lists with the way to each person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.desktop import theme
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.page import ScrollBody
from trainer_app.desktop.parts.rows import ActionRow, RowList
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.text import Text
from trainer_app.records.fields import Record, Value, fields_by_name
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Attendance, Consent, Enrolment, Enterprise, Person, Session
from trainer_app.storage.findings import findings
from trainer_app.storage.receipts import rejections
from trainer_app.storage.store import Store
from trainer_app.words import N_, _

if TYPE_CHECKING:
    from trainer_app.desktop.session import Desk

#: Why the centre kept something apart, by the code of the reason.
REASONS = {
    "value": N_("Isian {isian} belum bisa dibaca pusat. Buka, betulkan, lalu simpan."),
    "revoked": N_("Dikirim setelah laptop ini dicabut. Hubungi pengawas."),
}
OTHER_REASON = N_("Pusat belum bisa menerima isian ini. Hubungi pengawas.")
_PERSON_OF: dict[type[Record], str] = {
    Enterprise: "owner",
    Consent: "person",
    Enrolment: "person",
    Attendance: "person",
}
LIST_HEIGHT = 300


@dataclass(frozen=True)
class Line:
    """A row: who or what, the sentence, and the person it leads to."""

    title: str
    text: str
    person: RecordId | None


class _ListSheet(Sheet):
    def __init__(
        self, desk: Desk, title: str, text: str, icon: str, read: Callable[[Store], list[Line]]
    ) -> None:
        super().__init__(desk.host.widget(), title, text, icon)
        self.desk = desk
        scroll = ScrollBody()
        scroll.setMinimumHeight(theme.px(LIST_HEIGHT))
        self.rows = RowList()
        scroll.body.addWidget(self.rows)
        scroll.body.addStretch(1)
        self.body.addWidget(scroll)
        self.add_button("ok", _("Tutup"), "primary", default=True)
        store = desk.store
        desk.run(self, lambda: read(store), self._show)

    def _show(self, lines: list[Line]) -> None:
        if not lines:
            self.rows.add(Text(_("Tidak ada yang perlu diperiksa."), "muted"))
        for line in lines:
            row = ActionRow(None, line.title, line.text)
            if line.person is not None:
                button = Button(_("Buka"), small=True)
                button.setAccessibleDescription(line.title)
                button.clicked.connect(lambda _on=False, person=line.person: self._open(person))
                row.add_right(button)
            self.rows.add(row)

    def _open(self, person: RecordId) -> None:
        self.close_with("open")
        self.desk.go("person", id=person)


class RejectionsSheet(_ListSheet):
    """What the centre could not take up, with its reason in plain words."""

    def __init__(self, desk: Desk) -> None:
        text = _("Sisanya sudah sampai. Catatan ini tetap aman di laptop ini.")
        super().__init__(desk, _("Perlu diperbaiki"), text, "triangle-alert", rejection_lines)


class ReviewSheet(_ListSheet):
    """What two laptops changed without knowing of each other; the newest value counts meanwhile."""

    def __init__(self, desk: Desk) -> None:
        text = _("Dua laptop mengubah isian yang sama. Nilai terbaru dipakai dulu; pengawas akan memutuskan.")
        super().__init__(desk, _("Perlu diperiksa"), text, "copy-check", review_lines)


def rejection_lines(store: Store) -> list[Line]:
    """The rows of the one sheet."""
    lines = []
    for item in rejections(store):
        person = person_of(store, item.cls, item.row)
        reason = _(REASONS.get(item.reason, OTHER_REASON)).format(isian=_(item.label))
        lines.append(Line(_subject(store, item.cls, item.row, person), reason, person))
    return lines


def review_lines(store: Store) -> list[Line]:
    """The rows of the other."""
    lines = []
    for item in findings(store):
        person = person_of(store, item.cls, item.row)
        label = _(fields_by_name(item.cls)[item.field].label)
        now, before = (
            _shown(store, item.cls, item.field, item.winning),
            _shown(store, item.cls, item.field, item.losing),
        )
        words = _("{isian}: {dipakai} dipakai, laptop lain menulis {lain}")
        text = words.format(isian=label, dipakai=now, lain=before)
        lines.append(Line(_subject(store, item.cls, item.row, person), text, person))
    return lines


def person_of(store: Store, cls: type[Record], row: RecordId) -> RecordId | None:
    """The person a record belongs to, if it is about one."""
    if cls is Person:
        return row
    name = _PERSON_OF.get(cls)
    held = store.get(cls, row) if name else None
    found = getattr(held, name) if held is not None and name else None
    return found if isinstance(found, bytes) else None


def _subject(store: Store, cls: type[Record], row: RecordId, person: RecordId | None) -> str:
    if person is not None:
        held = store.get(Person, person)
        if held is not None and held.full_name:
            return held.full_name
    if cls is Session:
        session = store.get(Session, row)
        if session is not None and session.topic:
            return session.topic
    return _(cls.title)


def _shown(store: Store, cls: type[Record], name: str, value: Value) -> str:
    """A value as people read it."""
    field = fields_by_name(cls)[name]
    if value is None:
        return _("kosong")
    if isinstance(value, str) and value in field.choices:
        return _(field.choices[value])
    if isinstance(value, bytes):
        held = store.get(Person, value)
        return held.full_name or "…" if held is not None else "…"
    return str(value)
