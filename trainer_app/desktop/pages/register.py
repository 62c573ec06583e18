"""Registering one person after the other, from the keyboard, without a chance of losing what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from trainer_app.actions.registration import (
    Incomplete,
    Registered,
    Registration,
    check_registration,
    register,
    undo_registration,
)
from trainer_app.desktop.later import later, restarting
from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.desktop.pages.register_batch import BatchSheet, batch_words, usual_batch
from trainer_app.desktop.pages.register_consent import ConsentBar, ConsentSheet
from trainer_app.desktop.pages.register_draft import (
    Previous,
    Stopwatch,
    Unfinished,
    forget_form,
    keep_form,
    keep_previous,
    kept_form,
    kept_previous,
)
from trainer_app.desktop.pages.register_duplicates import DuplicateWatch
from trainer_app.desktop.pages.register_fields import UndoPasses, held, in_focus, move_on, put_back
from trainer_app.desktop.pages.register_form import RegisterForm
from trainer_app.desktop.pages.register_missing import missing_lines
from trainer_app.desktop.pages.register_owner import NoNikSheet
from trainer_app.desktop.pages.register_side import ProblemSummary, SideColumn
from trainer_app.desktop.parts.buttons import primary, quiet, secondary
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.page import Columns
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Batch, Enrolment, Person
from trainer_app.records.problem import InputProblem, Problem
from trainer_app.storage.people_queries import registered_since
from trainer_app.words import N_, _, time_of_day

DRAFT_AFTER_MS = 400  # kept well under a second after the last key
LOOK_AFTER_MS = 40  # one look for duplicates where two keys come as one


class RegisterPage(DeskPage):
    """One person on one screen. What is typed is a draft at once; saving means: this person is done."""

    title = N_("Daftar baru")
    watches = (Person, Batch, Enrolment)
    help_page = "daftar"
    with_footer = True

    def build(self) -> None:
        self._person: RecordId = new_id()
        self._batch: RecordId | None = None
        self._watch = Stopwatch()
        self._focus = ""
        self._saving = False
        self._sent_on: RecordId | None = None
        self.previous: Previous = kept_previous(self.desk.store, self.desk.staff.id)
        self._build_header()
        self.summary = ProblemSummary()
        self.form = RegisterForm(self.desk.today, self.desk.store.areas)
        self.side = SideColumn(self.form.complete)
        self.twins = DuplicateWatch(self.desk.store, self.side.duplicates, self._local)
        self.body.addWidget(self.summary)
        self.body.addWidget(Columns(self.form, self.side))
        self.body.addStretch(1)
        self._build_footer_bar()
        assert self.footer_bar is not None  # noqa: S101 (with_footer)
        self.form.order((self.footer_bar, self.side, self.header))
        self._undo_passes = UndoPasses(self)
        for line in self.findChildren(QLineEdit):
            line.installEventFilter(self._undo_passes)
        self._connect()
        self._take_up_draft()
        self.refresh(set())

    def _build_header(self) -> None:
        self.batch_button = quiet(_("&Ganti angkatan"), "users")
        self.batch_button.clicked.connect(self._choose_batch)
        self.place_in_day = Chip("", "info", "user-plus")
        self.clear_button = quiet(_("Kosongkan"), "delete")
        self.clear_button.setToolTip("F9")
        self.clear_button.clicked.connect(self.empty_form)
        self.clear_button.hide()
        for widget in (self.clear_button, self.batch_button, self.place_in_day):
            self.header.add_right(widget)

    def _build_footer_bar(self) -> None:
        self.consent = ConsentBar()
        self.draft_chip = Chip("", "ok", "check")
        self.draft_chip.hide()
        self.save_button = secondary(_("Simpan"))
        self.save_button.setToolTip("Ctrl+S")
        self.next_button = primary(_("Simpan & berikutnya"))
        self.next_button.setToolTip("Ctrl+Enter")
        self.footer.addWidget(self.consent)
        self.footer.addStretch(1)
        self.footer.addWidget(self.draft_chip, 0, Qt.AlignmentFlag.AlignVCenter)
        self.footer.addWidget(self.save_button)
        self.footer.addWidget(self.next_button)

    def _connect(self) -> None:
        self._draft_timer = restarting(self, DRAFT_AFTER_MS, self._keep_draft)
        self._look_timer = restarting(self, LOOK_AFTER_MS, self._look)
        self.form.changed.connect(self._changed)
        self.form.owner.no_nik.connect(self._ask_no_nik)
        self.form.business.done.connect(self.consent.tick.setFocus)
        self.consent.changed.connect(lambda: self._changed("consent.purposes"))
        self.consent.opened.connect(self._open_consent)
        self.save_button.clicked.connect(self.save)
        self.next_button.clicked.connect(self.save_and_next)
        card = self.side.duplicates
        card.look.connect(lambda person: self.desk.go("person", id=person))
        card.keep.connect(self._keep_duplicate)
        card.other.connect(self._not_the_same)

    # ---------------------------------------------------------------- coming and going
    def shown(self, *, person: bytes | None = None, batch: bytes | None = None, **_more: Any) -> None:
        if person is not None and person != self._sent_on:
            self._sent_on = person  # completing somebody is done where all of the person is; once, so that
            later(self, lambda: self.desk.go("person", id=person, edit=True))  # back leads back
            return
        self._sent_on = None
        if batch is not None:
            self._batch = batch
        self.refresh(set())
        field = self.form.fields().get(self._focus)
        editor = field.editor if field is not None else self.form.owner.nik.editor
        if self._focus.startswith("consent."):
            editor = self.consent.tick
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(editor, QLineEdit):
            editor.end(False)

    def leaving(self) -> None:
        self._focus = self._field_in_focus()[0] or self._focus
        if self._draft_timer.isActive():
            self._draft_timer.stop()
            self._write_draft(self._unfinished())

    def refresh(self, kinds: set[int]) -> None:
        store = self.desk.store
        midnight = self.desk.now().replace(hour=0, minute=0, second=0, microsecond=0)
        today = registered_since(store, int(midnight.timestamp() * 1000))
        self.place_in_day.show_state(_("Orang ke-{n} hari ini").format(n=today + 1), "info", "user-plus")
        batch = store.get(Batch, self._batch) if self._batch else None
        if batch is None or batch.deleted_at is not None:
            self._batch = batch = None
        inside = store.count(Enrolment, {"batch": batch.id, "state": "aktif"}) if batch else today
        average = self.previous.average(self.desk.today().isoformat())
        self.side.queue.show_numbers(inside, batch.capacity if batch else None, average)
        self.header.set_subtitle(batch_words(batch) if batch else _("Tanpa angkatan"))
        self.batch_button.show_text(_("&Ganti angkatan") if batch else _("&Pilih angkatan"))

    def back(self) -> bool:
        shown = not self.summary.isHidden()
        self.summary.show_problems(())
        return shown

    def shortcuts(self) -> list[Shortcut]:
        return [
            Shortcut("F2", _("Sama dengan orang tadi"), self.same_as_before),
            Shortcut("F4", _("Tidak ada, belum punya"), self.say_none),
            Shortcut("F8", _("Peserta setuju"), self.consent.toggle),
            Shortcut("F9", _("Kosongkan formulir"), self.empty_form),
            Shortcut("Ctrl+S", _("Simpan"), self.save),
            Shortcut("Ctrl+Return", _("Simpan & berikutnya"), self.save_and_next),
            Shortcut("Ctrl+Enter", _("Simpan & berikutnya"), self.save_and_next),
        ]

    def compact_changed(self, compact: bool) -> None:
        self.form.set_compact(compact)
        self.side.set_compact(compact)
        self.consent.set_compact(compact)

    # ---------------------------------------------------------------- typing
    def _changed(self, key: str) -> None:
        self._watch.start()
        self._draft_timer.start()
        if key.startswith("person.") or key == "enterprise.village":
            self._look_timer.start()
        self.summary.show_problems(())

    def _field_in_focus(self) -> tuple[str, Field | None]:
        holder = in_focus(self)
        if holder is None:
            return "", None
        for key, field in self.form.fields().items():
            if field.isAncestorOf(holder):
                return key, field
        return ("consent.purposes", None) if self.consent.isAncestorOf(holder) else ("", None)

    def same_as_before(self) -> None:
        """F2: the answer of the person before, for the field that has the focus."""
        key, field = self._field_in_focus()
        if field is None or key not in self.previous.answers:
            self.desk.announce(_("Isian ini belum pernah diisi."))
            return
        put_back(field.editor, self.previous.answers[key])
        field.editor.changed.emit()
        if key == "enterprise.village":
            self.form.business.show_sticky_village(str(self.previous.answers[key][0] or ""))
        field.editor.finished.emit()
        move_on(field)

    def say_none(self) -> None:
        """F4: what the field with the focus asks for does not exist."""
        key, _field = self._field_in_focus()
        if key == "person.phone":
            self.form.owner.show_no_phone()
            self._changed(key)
            self.form.business.name.editor.setFocus()
        elif key == "enterprise.name":
            self.form.business.say_unnamed()
        else:
            self._ask_no_nik()

    def _ask_no_nik(self) -> None:
        NoNikSheet(self, self._no_nik).open()

    def _no_nik(self, status: str) -> None:
        if status:
            self.form.owner.show_no_nik(status)
            self._changed("person.nik")
            self.form.owner.full_name.editor.setFocus()

    def _open_consent(self) -> None:
        answers = dict(self.consent.answers)
        answers.setdefault("witness", self.previous.witness or None)
        ConsentSheet(self, answers, self._agreed).open()

    def _agreed(self, answers: dict[str, Any]) -> None:
        self.consent.show_answers(answers)
        self._changed("consent.purposes")

    def _choose_batch(self) -> None:
        BatchSheet(self, self.desk.store, self._batch, self._batch_chosen).open()

    def _batch_chosen(self, batch: RecordId | None) -> None:
        self._batch = batch
        self.refresh(set())
        self._changed("batch")

    # ---------------------------------------------------------------- duplicates
    def _look(self) -> None:
        self.twins.look(self.form.key_of_person(self._person))

    def _local(self, moment_ms: int) -> datetime:
        return datetime.fromtimestamp(moment_ms / 1000, self.desk.now().tzinfo)

    def _keep_duplicate(self, person: RecordId) -> None:
        self.twins.kept.append(person)
        self._look()
        self.summary.show_problems(())
        self._draft_timer.start()
        self.form.owner.full_name.editor.setFocus()

    def _not_the_same(self, person: RecordId) -> None:
        self.twins.not_same.append(person)
        self._look()
        self._draft_timer.start()

    # ---------------------------------------------------------------- the draft
    def _unfinished(self) -> Unfinished | None:
        """The form as it is now; None when nothing was typed."""
        if self.form.is_blank() and not self.consent.answers:
            return None
        self._focus = self._field_in_focus()[0] or self._focus
        return Unfinished(
            person=self._person,
            consent=dict(self.consent.answers),
            focus=self._focus,
            batch=self._batch,
            kept=tuple(self.twins.kept),
            not_same=tuple(self.twins.not_same),
            seconds=self._watch.seconds,
            **self.form.unfinished(),
        )

    def _keep_draft(self) -> None:
        form = self._unfinished()
        self.run(lambda: self._write_draft(form), self._draft_kept)

    def _write_draft(self, form: Unfinished | None) -> int:
        store, staff = self.desk.store, self.desk.staff.id
        if form is not None:
            return keep_form(store, staff, form)
        forget_form(store, staff)
        return 0

    def _draft_kept(self, at_ms: int) -> None:
        self.draft_chip.setVisible(bool(at_ms))
        self.clear_button.setVisible(bool(at_ms))
        if at_ms:
            clock = time_of_day(self._local(at_ms))
            self.draft_chip.show_state(_("Draf tersimpan {jam}").format(jam=clock), "ok", "check")

    def _take_up_draft(self) -> None:
        """What was being typed when the laptop went off, the screen was locked or the look was changed."""
        found = kept_form(self.desk.store, self.desk.staff.id)
        if found is None:
            self._begin()
            return
        self._show_unfinished(found[0])
        self._draft_kept(found[1])

    def _show_unfinished(self, form: Unfinished) -> None:
        self._person, self._batch, self._focus = form.person, form.batch, form.focus
        self.twins.begin(form.kept, form.not_same)
        self._watch.reset(form.seconds)
        self.form.put_back(form)
        self.consent.show_answers(form.consent)
        self._look()

    def _begin(self) -> None:
        """An empty form, with what stays the same from one person to the next."""
        self._person, self._focus = new_id(), ""
        self.twins.begin()
        self._watch.reset()
        self.form.clear()
        self.consent.clear()
        self.summary.show_problems(())
        self.draft_chip.hide()
        self.clear_button.hide()
        if self._batch is None:
            today = self.desk.today()
            self._batch = usual_batch(self.desk.store, self.previous, self.desk.now(), today)
        village = self.previous.answers.get("enterprise.village")
        if isinstance(village, list) and village[0]:
            self.form.business.show_sticky_village(str(village[0]))

    def empty_form(self) -> None:
        """F9: this person is not registered here, the next one comes. What was typed can be had back."""
        form = self._unfinished()
        if form is None or self._saving:
            return
        self._draft_timer.stop()
        self._begin()
        self._keep_draft()
        self.form.owner.nik.editor.setFocus()
        self.desk.did(_("Formulir dikosongkan"), undo=partial(self._fill_again, form))

    def _fill_again(self, form: Unfinished) -> None:
        """What was emptied comes back, unless somebody else is being typed by now."""
        if not self.form.is_blank():
            self.desk.toast(_("Formulir sudah diisi lagi"), icon="info")
            return
        self._show_unfinished(form)
        self._changed("person.full_name")
        self.shown()

    # ---------------------------------------------------------------- saving
    def save(self) -> None:
        """Save and look at the person."""
        self._save(lambda done: self.desk.go("person", id=done.person))

    def save_and_next(self) -> None:
        """Save and go on with the next person."""
        self._save(lambda _done: self.form.owner.nik.editor.setFocus())

    def _save(self, after: Callable[[Registered], object]) -> None:
        if self._saving:
            return
        self._look()
        answers = self.form.answers(self.consent.answers)
        problems, _stored = check_registration(answers, self.desk.today())
        if problems or self.twins.undecided:
            self._show_problems(problems)
            return
        self._saving = True
        self._draft_timer.stop()
        form, previous = self._unfinished(), self._previous()
        self.run(
            partial(self._register, answers, previous, bool(self.twins.kept)),
            then=partial(self._saved, after, previous, form),
            failed=self._failed,
            done=partial(setattr, self, "_saving", False),
        )

    def _register(self, answers: Registration, previous: Previous, same_nik: bool) -> Registered:
        store, staff = self.desk.store, self.desk.staff.id
        done = register(store, answers, staff, batch=self._batch, person_id=self._person, same_nik=same_nik)
        forget_form(store, staff)
        keep_previous(store, staff, previous)
        return done

    def _previous(self) -> Previous:
        answers = {key: held(field.editor) for key, field in self.form.fields().items()}
        witness = str(self.consent.answers.get("witness") or "")
        day = self.desk.today().isoformat()
        return self.previous.after(day, self._watch.seconds, answers, witness, self._batch)

    def _saved(
        self,
        after: Callable[[Registered], object],
        previous: Previous,
        form: Unfinished | None,
        done: Registered,
    ) -> None:
        name = str(self.form.owner.full_name.read() or "")
        self.previous = previous
        self.desk.did(
            _("{nama} tersimpan").format(nama=name), undo=partial(self._take_back, done, form, name)
        )
        self._begin()
        self.refresh(set())
        after(done)

    def _take_back(self, done: Registered, form: Unfinished | None, name: str) -> None:
        """The registration is undone, and comes back to the form if that is empty."""
        store, staff = self.desk.store, self.desk.staff.id
        self.run(
            lambda: undo_registration(store, done, staff),
            lambda _operations: self._taken_back(form, name),
        )

    def _taken_back(self, form: Unfinished | None, name: str) -> None:
        if form is not None and self.form.is_blank():
            self._show_unfinished(form)
            self._changed("person.full_name")
            self.shown()
        self.desk.toast(_("Pendaftaran {nama} diurungkan").format(nama=name), icon="undo-2")

    def _failed(self, problem: Problem) -> None:
        if isinstance(problem, Incomplete):
            self._show_problems(problem.problems)
        else:
            self._draft_timer.start()
            self.desk.problem(problem)

    # ---------------------------------------------------------------- what is missing
    def _show_problems(self, problems: tuple[InputProblem, ...]) -> None:
        lines = missing_lines(self.form, self.consent.tick, problems)
        if self.twins.undecided:
            text = _("NIK ini sudah terdaftar. Lihat datanya, atau pilih tetap simpan.")
            lines.insert(0, (text, self.side.duplicates.look_button.setFocus))
        self.summary.show_problems(lines)
