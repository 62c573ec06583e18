"""What needs putting right: a list with the way to the answer that could not be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.actions.fixing import FIXABLE, say_again
from trainer_app.desktop import theme
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.page import ScrollBody
from trainer_app.desktop.parts.rows import ActionRow, RowList
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.text import Text
from trainer_app.records.fields import Record
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import (
    Assessment,
    Attendance,
    Consent,
    Device,
    Enrolment,
    Enterprise,
    Person,
    Session,
    Visit,
)
from trainer_app.storage.receipts import KeptApart, Rejection, kept_apart, rejections
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
    Assessment: "person",
    Visit: "person",
}
LIST_HEIGHT = 300


@dataclass(frozen=True)
class Line:
    """A row: who or what, the sentence, and the person it leads to."""

    title: str
    text: str
    person: RecordId | None
    rejection: Rejection | None = None


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
                button = Button(_("Perbaiki") if line.rejection is not None else _("Buka"), small=True)
                button.setAccessibleDescription(line.title)
                button.clicked.connect(lambda _on=False, chosen=line: self._open(chosen))
                row.add_right(button)
            self.rows.add(row)

    def _open(self, line: Line) -> None:
        """To the answer itself; whatever else was in that edit is said again first."""
        self.close_with("open")
        desk, rejection = self.desk, line.rejection
        if rejection is None:
            desk.go("person", id=line.person)
            return
        store, by = desk.store, desk.staff.id
        wrong = f"{rejection.cls.table}.{rejection.field}"
        desk.run(
            None,
            lambda: say_again(store, rejection, by),
            lambda _made: desk.go("person", id=line.person, wrong=wrong),
        )


class RejectionsSheet(_ListSheet):
    """What the centre could not take up, with its reason in plain words."""

    def __init__(self, desk: Desk) -> None:
        text = _("Sisanya sudah sampai. Catatan ini tetap aman di laptop ini.")
        super().__init__(desk, _("Perlu diperbaiki"), text, "triangle-alert", rejection_lines)


def rejection_lines(store: Store) -> list[Line]:
    """The rows of the one sheet."""
    lines = []
    for item in rejections(store):
        person = person_of(store, item.cls, item.row)
        reason = _(REASONS.get(item.reason, OTHER_REASON)).format(isian=_(item.label))
        if person is None and item.reason == FIXABLE and item.cls is Person:
            person = item.row
        fixable = item if item.reason == FIXABLE else None
        lines.append(Line(_subject(store, item.cls, item.row, person), reason, person, fixable))
    return lines + [_of_others(store, item) for item in kept_apart(store)]


def _of_others(store: Store, item: KeptApart) -> Line:
    """What came from another laptop and does not count: told, for that laptop is asked to put it right."""
    device = store.get(Device, item.replica)
    name = (device.name if device is not None else None) or _("laptop lain")
    words = _("{isian} dari {laptop} belum bisa dibaca dan belum dipakai. Laptop itu diminta memperbaiki.")
    person = person_of(store, item.cls, item.row)
    return Line(
        _subject(store, item.cls, item.row, person), words.format(isian=_(item.label), laptop=name), person
    )


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
