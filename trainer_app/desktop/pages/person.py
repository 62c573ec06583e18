"""One person: what was answered and can be corrected, where the record is, and everything that happened to
it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trainer_app.actions import people as deeds
from trainer_app.actions import registration as forms
from trainer_app.actions.registration import Incomplete, Registration
from trainer_app.desktop import theme
from trainer_app.desktop.keyboard import keyboard_at
from trainer_app.desktop.later import restarting
from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.desktop.pages.person_cards import (
    CONSENT,
    FIRM,
    HOME,
    OWNER,
    AnswersCard,
    Changes,
    EditableCard,
    Editing,
    MissingCard,
    ask_again,
)
from trainer_app.desktop.pages.person_follow_up import PersonFollowUp
from trainer_app.desktop.pages.person_merged import merged_banners
from trainer_app.desktop.pages.person_moved import elsewhere_banners, gone_banners, is_gone, say_moves
from trainer_app.desktop.pages.person_nik import NikAnswer
from trainer_app.desktop.pages.person_photos import PersonPhotos
from trainer_app.desktop.pages.person_sheets import (
    EnrolSheet,
    WithdrawSheet,
    ask_why_delete,
    withdrawn_banner,
)
from trainer_app.desktop.pages.person_side import BatchesCard, HistoryCard, at_left
from trainer_app.desktop.pages.person_words import WATCHED, PersonFacts, read_facts
from trainer_app.desktop.pages.register_consent import ConsentSheet
from trainer_app.desktop.parts.buttons import quiet
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.page import Columns
from trainer_app.desktop.parts.record_form import village_words
from trainer_app.desktop.parts.rows import take_all
from trainer_app.desktop.sending_words import state_chip
from trainer_app.records.fields import Value
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Batch, Consent, Enterprise, Person, derived_id
from trainer_app.records.operation import Operation
from trainer_app.records.problem import Problem
from trainer_app.storage.drafts import clear_draft, load_draft, save_draft
from trainer_app.words import N_, _

DRAFT_AFTER_MS = 400  # kept well under a second after the last key
SIDE_WIDTH = 380


class PersonPage(DeskPage):
    """Answers at the left, what happened at the right. Every change is saved and can be taken back."""

    title = N_("Peserta")
    watches = WATCHED
    watches_sending = True
    help_page = "daftar"

    def build(self) -> None:
        self._id: RecordId | None = None
        self._facts: PersonFacts | None = None
        self._edit_when_read, self._wrong = False, ""
        self._editing: Editing | None = None
        self._part = ""
        self._fresh = True
        self._has_draft = False
        self._missing: MissingCard | None = None
        self.header.show_back(_("Semua peserta"))
        self.header.back.connect(self.desk.back)
        self.sample, self.gaps, self.state = Chip(), Chip(), Chip()
        self.sample.show_state(_("CONTOH"), "info", "info")
        for chip in (self.sample, self.gaps, self.state):
            chip.hide()
            self.header.add_right(chip)
        left, right = QWidget(), QWidget()
        self._left, self._right = QVBoxLayout(left), QVBoxLayout(right)
        for column in (self._left, self._right):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(theme.px(12))
        self.body.addWidget(Columns(left, right, SIDE_WIDTH, fold="below"))
        self.body.addStretch(1)
        self.nik = NikAnswer(self, self._do)
        self.photos = PersonPhotos(self)
        self.follow_up = PersonFollowUp(self, self._do)
        self._draft_timer = restarting(self, DRAFT_AFTER_MS, self._keep_draft)

    # ---------------------------------------------------------------- coming and going
    def shown(self, *, id: RecordId | None = None, edit: bool = False, wrong: str = "", **_more: Any) -> None:
        if id is not None and id != self._id:
            self._id, self._facts, self._editing, self._fresh = id, None, None, True
            self.header.set_title(_("Peserta"))
            self.header.set_subtitle("")
            take_all(self._left)
            take_all(self._right)
        self._edit_when_read, self._wrong, self._facts = edit, wrong, None if wrong else self._facts
        self._read()

    def leaving(self) -> None:
        self.nik.cover()
        if self._draft_timer.isActive():
            self._draft_timer.stop()
            self._write_draft()

    def refresh(self, kinds: set[int]) -> None:
        self._read()

    def back(self) -> bool:
        if self._editing is None or self._editing.changes():
            return False  # what was changed stays a draft
        self._editing.left.emit()
        return True

    def shortcuts(self) -> list[Shortcut]:
        return [
            Shortcut("Ctrl+S", _("Simpan perubahan"), self._press_save),
            Shortcut("Ctrl+E", _("Lengkapi"), self._fill_gaps),
            Shortcut("Ctrl+V", _("Tempel foto"), self.photos.paste),
        ]

    def _read(self) -> None:
        if self._id is None:
            return
        store, person, now = self.desk.store, self._id, self.desk.now()
        self.run(lambda: read_facts(store, person, now), partial(self._was_read, person))

    def _was_read(self, asked: RecordId, facts: PersonFacts | None) -> None:
        if asked == self._id:
            self._id = facts.person.id if facts is not None else asked  # who was merged shows as one
            self._show(facts)

    # ---------------------------------------------------------------- showing
    def _show(self, facts: PersonFacts | None) -> None:
        if facts is None:
            self.header.set_title(_("Tidak ditemukan"))
            self.header.set_subtitle(_("Data peserta ini tidak ada di laptop ini."))
            return
        if facts.person.id != self._id or facts == self._facts:
            return
        if self._editing is not None:  # what is being typed is not taken away; the rest shows after it
            self._facts = facts
            self._show_head(facts)
            return
        first, self._facts = self._fresh, facts
        self._fresh = False
        self._show_head(facts)
        keyboard = keyboard_at(self)
        self._show_left(facts)
        self._show_right(facts)
        keyboard.go_on()
        if first:
            self._first_focus()
        self._take_up_draft()
        if self._edit_when_read:
            self._edit_when_read = False
            self._fill_gaps()
        if self._wrong:
            ask_again(self._cards, self._wrong)
            self._wrong = ""

    def _first_focus(self) -> None:
        """What somebody most likely comes for: to complete, else to correct."""
        card = self._cards[0] if self._cards else None
        if self.isVisible() and card is not None:
            card.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_head(self, facts: PersonFacts) -> None:
        person = facts.person
        self.header.set_title(person.full_name or _("Tanpa nama"))
        firm = next((f.name for f in facts.enterprises if f.name), "")
        place = ", ".join(part for part in village_words(person.village) if part)
        self.header.set_subtitle(" · ".join(part for part in (firm, place) if part))
        self.state.show_state(*state_chip(facts.state))
        self.state.show()
        self.gaps.show_state(_("Perlu dilengkapi"), "warn", "pencil")
        self.gaps.setVisible(bool(facts.missing))
        self.sample.setVisible(bool(person.sample))

    def _show_left(self, facts: PersonFacts) -> None:
        take_all(self._left)
        self._missing = None
        self._cards: list[EditableCard] = []
        person = facts.person
        if person.deleted_at is None and deeds.is_withdrawn(facts.consent):
            self._left.addWidget(withdrawn_banner(self._renew))
        moves = [*gone_banners(person), *elsewhere_banners(self.desk, person, self._do)]
        for banner in [*moves, *merged_banners(self.desk, facts.merged, self._do)]:
            self._left.addWidget(banner)
        if facts.missing and person.deleted_at is None:
            self._missing = MissingCard(facts, self.desk.store.areas, self._ask_consent)
            self._missing.wanted.connect(lambda changes: self._save(changes, self._missing))
            self._missing.began.connect(lambda: self._began(self._missing))
            self._left.addWidget(self._missing)
            self._cards.append(self._missing)
        owner = self._answers("owner", _("Pemilik usaha"), "id-card", person, OWNER)
        self.nik.add_to(owner, person)
        self._answers("home", _("Tempat tinggal & latar"), "house", person, HOME)
        for firm in facts.enterprises:
            self._answers(f"firm:{firm.id.hex()}", _("Usaha"), "store", firm, FIRM)
        if facts.consent is not None:
            self._consent_card(facts.consent)
        self._left.addStretch(1)

    def _answers(self, part: str, title: str, icon: str, record: Any, names: tuple[str, ...]) -> AnswersCard:
        card = AnswersCard(part, title, icon, record, names, self.desk.store.areas)
        card.wanted.connect(lambda changes: self._save(changes, card))
        card.began.connect(lambda: self._began(card))
        self._left.addWidget(card)
        self._cards.append(card)
        card.button.setVisible(self._facts is None or not is_gone(self._facts.person))
        return card

    def _consent_card(self, consent: Consent) -> None:
        card = AnswersCard("consent", _("Persetujuan"), "shield-check", consent, CONSENT)
        card.button.hide()
        if not deeds.is_withdrawn(consent):
            withdraw = quiet(_("Tarik persetujuan"), "ban")
            withdraw.clicked.connect(self._ask_withdraw)
            card.add_right(withdraw)
        self._left.addWidget(card)

    def _show_right(self, facts: PersonFacts) -> None:
        take_all(self._right)
        batches = BatchesCard(facts.batches, may_join=facts.person.deleted_at is None)
        batches.wanted.connect(self._ask_enrol)
        self._right.addWidget(batches)
        for card in self.follow_up.cards(facts):
            self._right.addWidget(card)
        self._right.addWidget(self.photos.card(facts, self._ask_consent))
        self._right.addWidget(HistoryCard(facts.events))
        if facts.person.deleted_at is None:
            self._right.addWidget(at_left(quiet(_("Hapus data ini"), "trash-2"), self._ask_delete))
        self._right.addStretch(1)

    # ---------------------------------------------------------------- correcting
    def _began(self, card: EditableCard | None) -> None:
        """One form at a time: opening another puts the first away."""
        editing = card.editing if card is not None else None
        if editing is None or editing is self._editing:
            return
        if self._editing is not None:
            self._editing.left.emit()
        self._editing, self._part = editing, card.part if card is not None else ""
        editing.left.connect(self._ended)
        editing.changed.connect(self._draft_timer.start)
        if isinstance(card, AnswersCard):
            say_moves(self.desk, card.record, editing)

    def _ended(self) -> None:
        self._editing = None
        self._draft_timer.stop()
        self._forget_draft()

    def _fill_gaps(self) -> None:
        if self._missing is not None and self._editing is None:
            self._missing.edit()

    # ---------------------------------------------------------------- the draft
    def _draft_name(self) -> str:
        return f"person:{self._id.hex()}" if self._id else ""

    def _keep_draft(self) -> None:
        editing, name, part = self._editing, self._draft_name(), self._part
        if editing is None:
            return
        self._has_draft = True
        body = {"part": part, "answers": editing.held()}
        store, staff = self.desk.store, self.desk.staff.id
        self.run(lambda: save_draft(store, name, staff, body))

    def _write_draft(self) -> None:
        editing, name = self._editing, self._draft_name()
        if editing is not None and name:
            self._has_draft = True
            body = {"part": self._part, "answers": editing.held()}
            save_draft(self.desk.store, name, self.desk.staff.id, body)

    def _forget_draft(self) -> None:
        if not self._has_draft:
            return
        self._has_draft = False
        store, name, staff = self.desk.store, self._draft_name(), self.desk.staff.id
        self.run(lambda: clear_draft(store, name, staff))

    def _take_up_draft(self) -> None:
        """What was being corrected when the laptop went off, or when somebody went to another page."""
        draft = load_draft(self.desk.store, self._draft_name(), self.desk.staff.id)
        if draft is None or self._editing is not None:
            return
        self._has_draft = True
        for card in self._cards:
            if card.part == draft.body.get("part"):
                card.edit()
                if card.editing is not None:
                    card.editing.put_back(draft.body.get("answers") or {})
                return

    def _press_save(self) -> None:
        if self._editing is not None:
            self._editing.press_save()

    def _save(self, changes: Changes, card: EditableCard | None) -> None:
        facts, store, by = self._facts, self.desk.store, self.desk.staff.id
        if facts is None or card is None:
            return
        if not changes:
            card.leave()
            self._ended()
            return
        firm = card.record if isinstance(card, AnswersCard) and isinstance(card.record, Enterprise) else None
        first = derived_id(Enterprise, facts.person.id)

        def work() -> list[Operation]:
            if firm is not None and firm.id != first:
                return forms.correct_enterprise(store, firm.id, changes.get(Enterprise, {}), by)
            answers = Registration(person=changes.get(Person, {}), enterprise=changes.get(Enterprise, {}))
            return forms.correct_registration(store, facts.person.id, answers, by)

        self.run(work, partial(self._corrected, facts, card), partial(self._refused, card))

    def _corrected(self, facts: PersonFacts, card: EditableCard, operations: list[Operation]) -> None:
        card.leave()
        self._ended()
        self._facts = None  # shows what came of it, also where only the order of events changed
        store, by = self.desk.store, self.desk.staff.id
        before = [one for one in (facts.person, *facts.enterprises, facts.consent) if one is not None]
        self.desk.did(
            _("Perubahan {nama} tersimpan").format(nama=facts.person.full_name or ""),
            undo=partial(self._do, lambda: forms.undo_correction(store, before, operations, by)),
        )
        self._read()

    def _refused(self, card: EditableCard, problem: Problem) -> None:
        if isinstance(problem, Incomplete) and card.editing is not None:
            card.editing.show_problems(problem.problems)
        else:
            self.desk.problem(problem)

    def _do(
        self,
        work: Callable[[], Any],
        said: str = "",
        undo: Callable[[Any], Callable[[], object]] | None = None,
    ) -> None:
        """A deed in the background; then what was done is said, with the way back."""

        def done(result: Any) -> None:
            self._facts = None
            self._read()
            if said:
                self.desk.did(said, undo=undo(result) if undo is not None else None)

        self.run(work, done)

    # ---------------------------------------------------------------- consent, batch, taking away
    def _ask_consent(self) -> None:
        ConsentSheet(self, {}, self._give_consent).open()

    def _give_consent(self, answers: dict[str, Value]) -> None:
        store, person, by = self.desk.store, self._id, self.desk.staff.id
        if person is not None:
            self._do(lambda: forms.correct_consent(store, person, answers, by), _("Persetujuan tersimpan"))

    def _ask_withdraw(self) -> None:
        consent = self._facts.consent if self._facts is not None else None
        if consent is not None:
            given = (consent.purposes or "").split(",")
            WithdrawSheet(self, given, self._withdraw).open()

    def _withdraw(self, purposes: tuple[str, ...]) -> None:
        store, person, by = self.desk.store, self._id, self.desk.staff.id
        if person is None:
            return
        self._do(
            lambda: deeds.withdraw_consent(store, person, by, purposes=purposes),
            _("Persetujuan ditarik"),
            lambda _made: lambda: deeds.renew_consent(store, person, by),
        )

    def _renew(self) -> None:
        store, person, by = self.desk.store, self._id, self.desk.staff.id
        if person is not None:
            self._do(lambda: deeds.renew_consent(store, person, by), _("Persetujuan berlaku lagi"))

    def _ask_enrol(self) -> None:
        facts = self._facts
        if facts is None:
            return
        inside = {batch.id for batch in facts.batches}
        others = [b for b in self.desk.store.find(Batch, order="-id", limit=60) if b.id not in inside]
        if not others:
            self.desk.toast(_("Belum ada angkatan lain"), icon="info")
            return
        EnrolSheet(self, others, self._enrol).open()

    def _enrol(self, batch: RecordId) -> None:
        store, person, by = self.desk.store, self._id, self.desk.staff.id
        if person is None:
            return
        self._do(
            lambda: deeds.enrol(store, batch, person, by),
            _("Masuk angkatan"),
            lambda _made: lambda: deeds.leave_batch(store, batch, person, by),
        )

    def _ask_delete(self) -> None:
        if self._facts is not None:
            ask_why_delete(self, self._facts.person.full_name or "", self._delete).open()

    def _delete(self, reason: str) -> None:
        facts, store, by = self._facts, self.desk.store, self.desk.staff.id
        if facts is None:
            return
        name = facts.person.full_name or ""

        def gone(made: list[Operation]) -> None:
            self.desk.back()
            self.desk.did(
                _("Data {nama} dihapus").format(nama=name),
                undo=lambda: self.desk.run(None, lambda: deeds.restore_person(store, made, by)),
            )

        self.run(lambda: deeds.delete_person(store, facts.person.id, by, reason), gone)
