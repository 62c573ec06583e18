"""The NIK on a person's page: masked, shown whole for a reason and for half a minute, replaced when it was
wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from shiboken6 import isValid

from trainer_app.actions import people as deeds
from trainer_app.actions import registration as forms
from trainer_app.desktop.later import restarting
from trainer_app.desktop.pages.base import DeskPage
from trainer_app.desktop.pages.person_cards import AnswersCard
from trainer_app.desktop.pages.person_sheets import NikSheet, ask_why_nik
from trainer_app.desktop.parts.buttons import quiet
from trainer_app.desktop.parts.text import Text
from trainer_app.records.checks.nik import group_nik, mask_nik
from trainer_app.records.kinds import Person
from trainer_app.records.person import NIK_STATUS
from trainer_app.words import N_, _

SHOWN_MS = 30_000  # a whole NIK does not stay on screen

#: Does a deed, says it, and takes a function that makes the way back of its result.
Do = Callable[[Callable[[], Any], str, Callable[[Any], Callable[[], object]]], None]


class NikAnswer(QObject):
    """One answer of the owner's card, with what can be done about it."""

    def __init__(self, page: DeskPage, do: Do) -> None:
        super().__init__(page)
        self._page, self._do = page, do
        self._person: Person | None = None
        self.words: Text | None = None
        self._timer = restarting(self, SHOWN_MS, self.cover)

    def add_to(self, card: AnswersCard, person: Person) -> None:
        """Puts the answer on a card that was just made."""
        self._person = person
        change = quiet(_("Ganti") if person.nik else _("Isi NIK"))
        change.clicked.connect(self.change)
        if not person.nik:
            status = NIK_STATUS.get(person.nik_status or "", N_("Belum diisi"))
            self.words = card.add_answer(_("NIK"), _(status), change)
            return
        look = quiet(_("Lihat"), "eye")
        look.setAccessibleName(_("Lihat NIK lengkap"))
        look.clicked.connect(self.ask)
        self.words = card.add_answer(_("NIK"), mask_nik(person.nik), look, change)

    def ask(self) -> None:
        """Why it is looked at."""
        ask_why_nik(self._page, self._look).open()

    def _look(self, reason: str) -> None:
        desk, person = self._page.desk, self._person
        if person is not None:
            by = desk.staff.id
            self._page.run(lambda: deeds.see_nik(desk.store, person.id, by, reason), self._uncover)

    def _uncover(self, nik: str) -> None:
        self._say(group_nik(nik))
        self._timer.start()

    def cover(self) -> None:
        """Masked again."""
        self._timer.stop()
        if self._person is not None and self._person.nik:
            self._say(mask_nik(self._person.nik))

    def _say(self, words: str) -> None:
        if self.words is not None and isValid(self.words):
            self.words.setText(words)
            self.words.setAccessibleName(f"{_('NIK')}: {words}")

    def change(self) -> None:
        """Another number, or the first one."""
        NikSheet(self._page, self._page.desk.today(), self._taken_by, self._save).open()

    def _taken_by(self, nik: str) -> str:
        found = self._page.desk.store.find(Person, {"nik": nik})
        own = self._person.id if self._person is not None else b""
        return next((p.full_name or "" for p in found if p.id != own), "")

    def _save(self, nik: str, shared: bool) -> None:
        person, store, by = self._person, self._page.desk.store, self._page.desk.staff.id
        if person is None:
            return
        self._do(
            lambda: forms.correct_person(store, person.id, {"nik": nik}, by, same_nik=shared),
            _("NIK tersimpan"),
            lambda made: lambda: forms.undo_correction(store, [person], made, by),
        )
