"""Who may be registered already: looked for at every key, shown in a card, decided by the person at the
keyboard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.announce import announce
from trainer_app.desktop.parts.buttons import Button, quiet
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.flow import FlowLayout
from trainer_app.desktop.parts.record_form import village_words
from trainer_app.desktop.parts.text import Text
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Consent, Staff, derived_id
from trainer_app.records.matching import Likeness, PersonKey
from trainer_app.storage.search import duplicates
from trainer_app.storage.store import Store
from trainer_app.words import _, date_short, ngettext

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Somebody who may be the same person, ready to be shown. `sure`: the same NIK."""

    person: RecordId
    sure: bool
    name: str
    place: str
    reason: str
    registered: str


def duplicate_of(store: Store, key: PersonKey, likeness: Likeness, local: Callable[[int], date]) -> Duplicate:
    """What the card says of a possible duplicate; ``local`` turns ms UTC into a date of this laptop."""
    person = key.id if isinstance(key.id, bytes) else bytes.fromhex(key.id)
    consent = store.get(Consent, derived_id(Consent, person))
    given = consent.given_at if consent is not None else None
    by = store.get(Staff, consent.taken_by) if consent is not None and consent.taken_by else None
    moment = given if given is not None else int.from_bytes(person[:6], "big")
    day = date_short(local(moment))
    words = _("Didaftarkan {tanggal} oleh {nama}") if by is not None else _("Didaftarkan {tanggal}")
    return Duplicate(
        person=person,
        sure=likeness.sure,
        name=key.name,
        place=village_words(key.village)[0],
        reason=" · ".join(likeness.reasons),
        registered=words.format(tanggal=day, nama=by.full_name if by is not None else ""),
    )


class DuplicateCard(Card):
    """``look``, ``keep`` and ``other`` carry the person's id: look at it, save all the same, it is somebody
    else.
    """

    look = Signal(object)
    keep = Signal(object)
    other = Signal(object)
    shown = Signal()  # or hidden

    def __init__(self) -> None:
        super().__init__(_("Mungkin sudah terdaftar"), icon="copy-check", tone="warn")
        self._found: list[Duplicate] = []
        self._lines = [Text("", "body", wrap=True, rich=index == 0) for index in range(3)]
        body = QVBoxLayout()
        body.setSpacing(theme.px(1))
        for line in self._lines:
            body.addWidget(line)
        self.add(body)
        self.look_button = Button(_("Lihat data itu"), small=True)
        self.other_button = quiet(_("Bukan dia"))
        self.keep_button = Button(_("Tetap simpan"), small=True)
        buttons = QWidget()
        flow = FlowLayout(8, buttons)
        for button in (self.look_button, self.keep_button, self.other_button):
            flow.addWidget(button)
        self.add(buttons)
        self.after = Text("", "caption", wrap=True)
        self.add(self.after)
        self.look_button.clicked.connect(lambda: self.look.emit(self._found[0].person))
        self.keep_button.clicked.connect(lambda: self.keep.emit(self._found[0].person))
        self.other_button.clicked.connect(lambda: self.other.emit(self._found[0].person))
        self.hide()

    @property
    def found(self) -> tuple[Duplicate, ...]:
        """Whom the card shows, the surest first."""
        return tuple(self._found)

    def show_found(self, found: Sequence[Duplicate], kept: Sequence[RecordId]) -> None:
        """Shows the surest; read aloud when it is another one than before."""
        known = self._found[0].person if self._found else None
        self._found = list(found)
        self.setVisible(bool(found))
        self.shown.emit()
        if not found:
            return
        first = found[0]
        decided = first.person in kept
        self._lines[0].setText(f"<b>{_plain(first.name)}</b> · {_plain(first.place)}".removesuffix(" · "))
        self._lines[1].setText(first.reason)
        self._lines[2].setText(first.registered)
        self.other_button.setVisible(not first.sure)
        self.keep_button.setVisible(first.sure and not decided)
        self.after.setText(self._after(first, decided, len(found) - 1))
        self.after.setVisible(bool(self.after.text()))
        if first.person != known:
            text = f"{_('Mungkin sudah terdaftar')}: {first.name}, {first.reason}"
            announce(self, text, urgent=first.sure)

    def _after(self, first: Duplicate, decided: bool, others: int) -> str:
        if decided:
            return _("Disimpan saja. Pengawas akan memeriksa.")
        if first.sure:
            return _("Bila tetap disimpan, pengawas akan memeriksa.")
        if others:
            return ngettext("Dan {n} orang lain yang mirip", "Dan {n} orang lain yang mirip", others).format(
                n=others
            )
        return ""


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


class DuplicateWatch:
    """What was decided about whom, in the form that is open now."""

    def __init__(self, store: Store, card: DuplicateCard, local: Callable[[int], date]) -> None:
        self._store, self._card, self._local = store, card, local
        self.kept: list[RecordId] = []
        self.not_same: list[RecordId] = []

    def look(self, key: PersonKey | None) -> None:
        """Looks for the person who is being typed and shows who is alike."""
        found = duplicates(self._store, key, SHOWN + len(self.not_same)) if key is not None else []
        shown = [
            duplicate_of(self._store, other, likeness, self._local)
            for other, likeness in found
            if likeness.sure or other.id not in self.not_same
        ]
        self._card.show_found(shown[:SHOWN], self.kept)

    @property
    def undecided(self) -> bool:
        """Somebody of this NIK is here, and nobody has said yet what to do about it."""
        return any(d.sure and d.person not in self.kept for d in self._card.found)

    def begin(self, kept: Sequence[RecordId] = (), not_same: Sequence[RecordId] = ()) -> None:
        """Another form, with what was decided about it before."""
        self.kept, self.not_same = list(kept), list(not_same)
        self._card.show_found((), ())
