"""One call, chat or visit: the checklist of steps, what came of it, when the next one is. Ctrl+Enter saves
and goes to the next person of the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trainer_app.actions import milestones as step_deeds
from trainer_app.actions import visits as deeds
from trainer_app.actions.milestones import REACHED, STANDS, Finding, Stepped
from trainer_app.actions.visits import Visited
from trainer_app.desktop import theme
from trainer_app.desktop.later import restarting
from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.desktop.pages.channel_words import channel_names
from trainer_app.desktop.pages.person_photos import PersonPhotos
from trainer_app.desktop.pages.person_side import at_left
from trainer_app.desktop.pages.visit_form import ContactForm
from trainer_app.desktop.pages.visit_ladder import Ladder
from trainer_app.desktop.pages.visit_sheets import EvidenceSheet
from trainer_app.desktop.pages.visit_side import PhoneLine, VisitSide
from trainer_app.desktop.pages.visit_words import due_chip, why_due
from trainer_app.desktop.parts.buttons import primary, quiet, secondary
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.key_hint import KeyHints
from trainer_app.desktop.parts.page import Columns
from trainer_app.desktop.parts.record_form import village_words
from trainer_app.desktop.parts.text import Text
from trainer_app.records.follow_up import proposed
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import ChannelUse, Enterprise, Milestone, Person, Visit
from trainer_app.records.problem import InputProblem, Problem
from trainer_app.records.staff import ADMIN, SUPERVISOR
from trainer_app.storage.drafts import clear_draft, load_draft, save_draft
from trainer_app.storage.ladder_queries import Rung, ladder_of
from trainer_app.storage.store import Store
from trainer_app.storage.visit_queries import FollowUp, follow_up_of, visits_of
from trainer_app.words import N_, _

DRAFT_AFTER_MS = 400
FORM_WIDTH = 456


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of the person who is called."""

    person: Person
    due: FollowUp
    rungs: tuple[Rung, ...]
    visits: tuple[Visit, ...]
    channels: tuple[ChannelUse, ...]
    names: dict[str, str]


def read_case(store: Store, person: RecordId, today: date) -> Case | None:
    """Read in one go, off the screen thread; None for somebody who is not here."""
    due = follow_up_of(store, person, today)
    held = store.get(Person, due.person) if due is not None else None
    if due is None or held is None:
        return None
    firms = (due.enterprise,) if due.enterprise else ()
    visits = sorted(visits_of(store, [due.person]), key=lambda v: (v.done_on or "", v.id), reverse=True)
    channels = store.find(ChannelUse, {"enterprise": firms}) if firms else []
    rungs = tuple(ladder_of(store, held, firms))
    return Case(held, due, rungs, tuple(visits), tuple(channels), channel_names(store))


class VisitPage(DeskPage):
    """The page of one contact."""

    title = N_("Catat kunjungan")
    watches = (Visit, Milestone, Person, Enterprise, ChannelUse)
    help_page = "kunjungan"
    with_footer = True

    def build(self) -> None:
        self._person: RecordId | None = None
        self._queue: tuple[RecordId, ...] = ()
        self._case: Case | None = None
        self._saving = self._fresh = False
        self.header.show_back(_("Kunjungan"))
        self.header.back.connect(self.desk.back)
        self.urgency = Chip()
        self.urgency.hide()
        self.header.add_right(self.urgency)
        left = QWidget()
        self._left = QVBoxLayout(left)
        self._left.setContentsMargins(0, 0, 0, 0)
        self._left.setSpacing(theme.px(12))
        self._build_ladder()
        self.form = ContactForm()
        self.form.touched.connect(self._touched)
        self.form.reached.changed.connect(self._propose)
        self.side = VisitSide()
        self._left.addWidget(self.side)
        self._left.addStretch(1)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        column.addStretch(1)
        self.body.addWidget(Columns(left, right, FORM_WIDTH, fold="below"))
        self.body.addStretch(1)
        self._build_foot()
        self._draft_timer = restarting(self, DRAFT_AFTER_MS, self._keep_draft)

    def _build_ladder(self) -> None:
        self.ladder_card = Card(_("Tahapan"), icon="list-checks", narrow=True)
        self.ladder = Ladder(self.desk.today())
        self.ladder.said.connect(self._said)
        self.ladder.opened.connect(self._ask_evidence)
        self.ladder.current_changed.connect(lambda _rung: self._enable())
        self.phone = PhoneLine(self.desk)
        self.ladder_card.add_right(self.phone)
        self.ladder_card.add(self.ladder)
        hints = [
            (["2", "…", "6"], _("tercapai / masih / gugur")),
            (["Enter"], _("bukti")),
            (["Delete"], _("batal")),
        ]
        self.ladder_card.add(KeyHints(hints))
        self.no_firm = Text(
            _("Usahanya belum dicatat, jadi tahapan belum bisa ditandai."), "muted", wrap=True
        )
        self.ladder_card.add(self.no_firm)
        self.photos = PersonPhotos(self)
        self.photo = quiet(_("Tambah foto bukti"), "image")
        self.photo.clicked.connect(lambda _on=False: self.photos.choose())
        self.ladder_card.add(at_left(self.photo))
        self._left.addWidget(self.ladder_card)

    def _build_foot(self) -> None:
        self.footer.addWidget(KeyHints([(["Ctrl", "Enter"], _("simpan & berikutnya"))]))
        self.footer.addStretch(1)
        self.verify = secondary(_("Tandai diperiksa"), "shield-check", small=True)
        self.verify.clicked.connect(self._verify)
        self.skip = secondary(_("Lewati"), small=True)
        self.skip.clicked.connect(self._skip)
        self.save = primary(_("Simpan & berikutnya"), small=True)
        self.save.clicked.connect(self._save)
        for button in (self.verify, self.skip, self.save):
            self.footer.addWidget(button)

    def shortcuts(self) -> list[Shortcut]:
        return [
            Shortcut("Ctrl+Return", _("Simpan & berikutnya"), self._save),
            Shortcut("Ctrl+PgDown", _("Lewati"), self._skip),
            Shortcut("Ctrl+H", _("Lihat nomor"), self.phone.look),
            Shortcut("Ctrl+O", _("Buka peserta"), self._open_person),
            Shortcut("Ctrl+P", _("Tandai diperiksa"), self._verify),
        ]

    # ---------------------------------------------------------------- coming and going
    def place(self) -> dict[str, Any]:
        return {"person": self._person, "queue": self._queue}

    def shown(
        self, *, person: RecordId | None = None, queue: Sequence[RecordId] | None = None, **_more: Any
    ) -> None:
        if queue is not None:
            self._queue = tuple(queue)
        if person is not None and person != self._person:
            self._person, self._case = person, None
            if queue is None:
                self._queue = ()
            self._clear()
        self._fresh = True
        self.refresh(set())

    def leaving(self) -> None:
        self.phone.cover()
        if self._draft_timer.isActive():
            self._draft_timer.stop()
            name, body = self._draft_name(), self._body()
            if name and body:
                save_draft(self.desk.store, name, self.desk.staff.id, body)

    def refresh(self, kinds: set[int]) -> None:
        person, store, today = self._person, self.desk.store, self.desk.today()
        if person is not None:
            self.run(lambda: read_case(store, person, today), partial(self._was_read, person))

    def _was_read(self, asked: RecordId, case: Case | None) -> None:
        if asked != self._person:
            return
        if case is None:
            self.header.set_title(_("Tidak ditemukan"))
            self.header.set_subtitle(_("Data peserta ini tidak ada di laptop ini."))
            return
        first, self._case = self._case is None, case
        self._show(case)
        if first:
            self._propose()
            self._take_up_draft()
        if self._fresh:
            self._fresh = False
            target = self.ladder if case.due.enterprise else self.form.how
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---------------------------------------------------------------- what is shown
    def _clear(self) -> None:
        self.ladder.today = self.desk.today()
        self.ladder.findings.clear()
        self.ladder.show_rungs(())
        self.form.clear()

    def _show(self, case: Case) -> None:
        due, today = case.due, self.desk.today()
        self.header.set_title(due.name or _("Tanpa nama"))
        parts = (due.business, village_words(due.village)[0], due.batch_name, why_due(due))
        self.header.set_subtitle(" · ".join(part for part in parts if part))
        self.urgency.show_state(*due_chip(due.due_on, today))
        self.urgency.setVisible(due.due_on is not None)
        has_firm = due.enterprise is not None
        self.ladder.setVisible(has_firm)
        self.no_firm.setVisible(not has_firm)
        self.ladder.show_rungs(case.rungs, stand=self._stand(case))
        self.phone.show_phone(due.phone)
        self.photos.about(case.person)
        self.side.show_case(case.visits, case.channels, case.names)
        more = bool(self._following())
        self.save.show_text(_("Simpan & berikutnya") if more else _("Simpan"))
        self.skip.setVisible(more)
        self._enable()

    def _stand(self, case: Case) -> str:
        """Where the keyboard begins: a step to be looked at again, else the first that is not reached."""
        if not self._fresh:
            return ""
        if case.due.rechecks:
            return case.due.rechecks[0][0]
        return next((rung.step.code for rung in case.rungs if not rung.stands and not rung.computed), "")

    def _enable(self) -> None:
        rung = self.ladder.current_row()
        may = self.desk.staff.role in (SUPERVISOR, ADMIN)
        held = rung.milestone if isinstance(rung, Rung) and rung.stands else None
        self.verify.setVisible(may)
        self.verify.setEnabled(
            held is not None and not held.verified_by and held.seen_by != self.desk.staff.id
        )

    def _said(self, code: str) -> None:
        rung = self.ladder.rung(code)
        if rung is not None:
            words = self.ladder.words_of_state(rung)
            self.desk.announce(f"{rung.step.label}: {words}")
        self._touched()

    def _ask_evidence(self, rung: Rung) -> None:
        if rung.computed:
            return
        code = rung.step.code
        usual = Finding(code, STANDS if rung.stands else REACHED, self.desk.today())
        finding = self.ladder.findings.get(code) or usual
        EvidenceSheet(self, self.desk, rung, finding, lambda found: self.ladder.say(code, found)).open()

    def _touched(self) -> None:
        self._draft_timer.start()

    def _propose(self) -> None:
        """The day by the plan, unless somebody typed another."""
        if self._case is not None:
            ended_on, reached = self._case.due.ended_on, bool(self.form.reached.value())
            self.form.propose(proposed(ended_on, self.desk.today(), reached=reached))

    # ---------------------------------------------------------------- the draft
    def _draft_name(self) -> str:
        return f"visit:{self._person.hex()}" if self._person else ""

    def _body(self) -> dict[str, Any]:
        return {**self.form.held(), "findings": [_kept(one) for one in self.ladder.findings.values()]}

    def _keep_draft(self) -> None:
        name, body, store, staff = self._draft_name(), self._body(), self.desk.store, self.desk.staff.id
        if name:
            self.run(lambda: save_draft(store, name, staff, body))

    def _take_up_draft(self) -> None:
        draft = load_draft(self.desk.store, self._draft_name(), self.desk.staff.id)
        if draft is None:
            return
        self.form.put_back(draft.body)
        for held in draft.body.get("findings") or ():
            finding = _finding(held)
            self.ladder.findings[finding.step] = finding
        self.ladder.viewport().update()

    # ---------------------------------------------------------------- deeds
    def _save(self) -> None:
        case = self._case
        if case is None or self._saving:
            return
        try:
            notes = self.form.notes()
        except InputProblem as problem:
            self._refused(problem)
            return
        self._saving = True
        self._draft_timer.stop()
        store, by, today = self.desk.store, self.desk.staff.id, self.desk.today()
        due, findings = case.due, tuple(self.ladder.findings.values())
        draft = self._draft_name()

        def work() -> Visited:
            done = deeds.record_visit(store, due.person, due.enterprise, notes, findings, today, by, due=due)
            clear_draft(store, draft, by)
            return done

        self.run(work, partial(self._saved, due), self._refused, self._over)

    def _over(self) -> None:
        self._saving = False

    def _saved(self, due: FollowUp, done: Visited) -> None:
        store, by = self.desk.store, self.desk.staff.id
        words = _("Kunjungan {nama} tersimpan").format(nama=due.name)
        if due.person != self._person:
            return
        self._go_on()
        self.desk.did(words, undo=lambda: self.desk.run(None, lambda: deeds.undo_visit(store, done, by)))

    def _refused(self, problem: Problem) -> None:
        if isinstance(problem, InputProblem) and problem.field == "next_on":
            self.form.say_wrong_day(problem.message)
        else:
            self.desk.problem(problem)

    def _following(self) -> tuple[RecordId, ...]:
        """Who comes after this one in the list that one came from."""
        queue = self._queue
        return queue[queue.index(self._person) + 1 :] if self._person in queue else ()

    def _go_on(self) -> None:
        following = self._following()
        if following:
            self.shown(person=following[0], queue=self._queue)
        else:
            self._person, self._case = None, None
            self.desk.go("visits")

    def _skip(self) -> None:
        if self._following():
            self.leaving()
            self._go_on()

    def _open_person(self) -> None:
        if self._case is not None:
            self.desk.go("person", id=self._case.due.person)

    def _verify(self) -> None:
        """A supervisor looked at the chosen step too."""
        rung = self.ladder.current_row()
        if not isinstance(rung, Rung) or rung.milestone is None or not self.verify.isEnabled():
            return
        if self.verify.isHidden():
            return
        store, by, today, row = self.desk.store, self.desk.staff.id, self.desk.today(), rung.milestone.id

        def verified(done: Stepped) -> None:
            self.desk.did(
                _("{tahap} diperiksa").format(tahap=rung.step.code),
                undo=lambda: self.desk.run(None, lambda: step_deeds.undo_steps(store, [done], by)),
            )

        self.run(lambda: step_deeds.verify_step(store, row, today, by), verified, self.desk.problem)


def _kept(finding: Finding) -> dict[str, Any]:
    return {**asdict(finding), "on": finding.on.isoformat()}


def _finding(held: dict[str, Any]) -> Finding:
    return Finding(**{**held, "on": date.fromisoformat(held["on"])})
