"""A person who walks in: the least that can be registered, marked present at once, completed later."""

from __future__ import annotations

import itertools
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from trainer_app.actions.registration import Registration, day_at
from trainer_app.actions.registration_checks import is_minor
from trainer_app.actions.walk_in import WalkedIn, undo_walk_in, walk_in
from trainer_app.desktop.pages.form_sheet import FormSheet
from trainer_app.desktop.parts.announce import announce
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.card import Banner
from trainer_app.desktop.parts.choices import CheckEditor, Seg
from trainer_app.desktop.parts.editors import LineEditor, Suggest, nik_editor, phone_editor
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.session import Desk
from trainer_app.records.checks.nik import NikReading, read_nik
from trainer_app.records.consent import NOTICE_VERSION
from trainer_app.records.enterprise import BUSINESS_GROUP
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Batch, Session
from trainer_app.records.matching import Likeness, PersonKey
from trainer_app.records.person import SEX
from trainer_app.records.problem import Problem
from trainer_app.storage.search import duplicates
from trainer_app.words import _


class WalkInSheet(FormSheet):
    """Name, sex, kind of business and consent are enough; village and batch come from the session.

    `walked_in` carries the name and how to take it back; `known` the id of a registered person whom the form
    turned out to be about.
    """

    walked_in = Signal(str, object)
    known = Signal(object)

    def __init__(
        self, parent: QWidget, desk: Desk, session: Session, name: str = "", reason: str | None = None
    ) -> None:
        super().__init__(parent, desk, _("Peserta baru"), "user-plus", _("Simpan, tandai hadir"), self.save)
        self._session, self._reason = session, reason
        self._id = new_id()
        self._same: tuple[PersonKey, Likeness] | None = None
        self._insists = self._saving = False
        self._today = day_at(desk.store.clock.now_ms(), self._place())
        self._build_fields()
        self.name.editor.set_value(name)
        self.first = self.name.editor

    def _place(self) -> str | None:
        batch = self.desk.store.get(Batch, self._session.batch) if self._session.batch else None
        return self._session.village or (batch.village if batch else None)

    def _build_fields(self) -> None:
        may_wait = _("Boleh kosong")
        self.name = Field(_("Nama &lengkap"), LineEditor(max_length=100), message=False)
        self.nik = Field(_("&NIK (nomor KTP)"), nik_editor(), may_wait, message=False)
        sexes = [(code, _(word)) for code, word in SEX.items()]
        self.sex = Field(_("&Jenis kelamin"), Seg(sexes, numbered=True), message=False)
        self.phone = Field(_("Nomor &HP"), phone_editor(), may_wait, message=False)
        self.business = Field(_("Nama &usaha"), LineEditor(max_length=100), may_wait, message=False)
        groups = [(code, _(word)) for code, word in BUSINESS_GROUP.items()]
        self.group = Field(_("Jen&is usaha"), Seg(groups, numbered=True), message=False)
        self.village = Field(_("&Desa tempat tinggal"), Suggest(self._villages), message=False)
        self.born = Field(_("La&hir tahun"), Seg(), message=False)
        self.guardian = Field(_("&Wali yang ikut menyetujui"), LineEditor(max_length=100), message=False)
        self.consent = CheckEditor(_("Peserta &setuju datanya dicatat (lembar persetujuan ditandatangani)"))
        self.row(("full_name", self.name, 3), ("nik", self.nik, 2))
        self.row(("sex", self.sex, 3), ("phone", self.phone, 2))
        self.row(("name", self.business, 1))
        self.row(("business_group", self.group, 1))
        self.row(("village", self.village, 1))
        self.row(("birth_date", self.born, 1), ("guardian_name", self.guardian, 2))
        self.village.setVisible(not self._place())
        self.born.hide()
        self.guardian.hide()
        self.form.body.addWidget(self.consent)
        self._build_double()
        self.nik.editor.finished.connect(self._nik_read)
        for field in (self.name, self.nik, self.phone):
            field.editor.finished.connect(self._look_for_double)
        self.sex.editor.chosen.connect(lambda _value: self.phone.editor.setFocus())
        self.group.editor.chosen.connect(lambda _value: self._after_group())
        self.born.editor.changed.connect(self._ask_for_guardian)

    def _build_double(self) -> None:
        self.double = Banner("", "warn", "copy-check")
        self.that_one = Button(_("Ya, dia"), small=True)
        self.that_one.clicked.connect(self._is_known)
        self.double.add_right(self.that_one)
        self.double.hide()
        self.body.insertWidget(0, self.double)

    def _villages(self, text: str) -> list[tuple[object, str, str]]:
        found = self.desk.places.search(text, 8, self.desk.store.areas)
        return [(place.code, place.name, place.short) for place in found]

    def _after_group(self) -> None:
        asked = [f.editor for f in (self.village, self.born, self.guardian) if f.isVisible()]
        (asked[0] if asked else self.consent).setFocus()

    # ---------------------------------------------------------------- while it is filled in
    def _nik_read(self) -> None:
        reading = read_nik(str(self.nik.editor.value()), on=self._today)
        if reading.message:
            self.nik.set_message(reading.message, "bad" if reading.status == "error" else "warn")
        elif reading.place:
            self.nik.set_message(reading.place, "ok")
        elif self.nik.message_text():
            self.nik.clear_message()
        if reading.status == "error":
            return
        self._ask_for_year(reading)
        if reading.sex:
            self.sex.editor.set_value(reading.sex)
            self.sex.set_note(_("dari NIK"))
            self.phone.editor.setFocus()

    def _ask_for_year(self, reading: NikReading) -> None:
        """Two digits of a year allow two centuries: a child or a very old person."""
        years = [(day.isoformat(), str(day.year)) for day in reading.birth_choices]
        self.born.editor.set_choices(years)
        stops = [self.village.editor, *self.born.editor.buttons, self.guardian.editor]
        for before, after in itertools.pairwise(stops):  # new buttons stand at the end of the order of Tab
            QWidget.setTabOrder(before, after)
        self.born.setVisible(reading.birth_date is None and bool(years))
        if reading.birth_date is not None:
            self.born.editor.set_value(reading.birth_date.isoformat())
        self._ask_for_guardian()

    def _ask_for_guardian(self) -> None:
        born = self.born.editor.value()
        self.guardian.setVisible(is_minor(str(born) if born else None, self._today))

    def _look_for_double(self) -> None:
        key = PersonKey(
            id=self._id,
            name=str(self.name.editor.value()),
            nik=str(self.nik.editor.value()) or None,
            phone=self._e164(),
            village=self._place() or self.village.editor.value(),
        )
        store = self.desk.store
        self.desk.run(self, lambda: duplicates(store, key, 1), then=self._show_double)

    def _e164(self) -> str | None:
        from trainer_app.records.checks.phone import read_phones

        readings = read_phones(str(self.phone.editor.value()))
        return readings[0].e164 if readings else None

    def _show_double(self, found: list[tuple[PersonKey, Likeness]]) -> None:
        before = self._same
        self._same = found[0] if found else None
        if self._same != before:
            self._insists = False
        self.double.setVisible(self._same is not None)
        if self._same is None:
            return
        person, likeness = self._same
        words = _("Mungkin sudah terdaftar: {nama}. {alasan}.").format(
            nama=person.name, alasan=", ".join(likeness.reasons)
        )
        if words != self.double.words.text():
            self.double.set_text(words)
            announce(self, words)

    def _is_known(self) -> None:
        if self._same is not None:
            person = self._same[0].id
            self.close_with("known")
            self.known.emit(person)

    # ---------------------------------------------------------------- saving
    def _answers(self) -> Registration:
        nik = str(self.nik.editor.value()) or None
        business = str(self.business.editor.value()) or None
        agreed = self.consent.value()
        return Registration(
            person={
                "full_name": str(self.name.editor.value()) or None,
                "sex": self.sex.editor.value(),
                "birth_date": self.born.editor.value(),
                "nik": nik,
                "nik_status": "ada" if nik else "belum_diisi",
                "phone": str(self.phone.editor.value()) or None,
                "village": self._place() or self.village.editor.value(),
                "guardian_name": str(self.guardian.editor.value()) or None,
            },
            enterprise={
                "name": business,
                "unnamed": None if business else 1,
                "business_group": self.group.editor.value(),
            },
            consent={
                "notice_version": NOTICE_VERSION,
                "purposes": "program" if agreed else None,
                "manner": "tanda_tangan" if agreed else None,
            },
        )

    def save(self) -> None:
        if self._saving or self._must_choose():
            return
        self._saving = True
        answers, store, session, by = self._answers(), self.desk.store, self._session, self.desk.staff.id
        person, same, reason = self._id, self._insists, self._reason

        def work() -> WalkedIn:
            return walk_in(store, session, answers, by, person_id=person, same_nik=same, reason=reason)

        name = str(answers.person["full_name"] or "")
        self.desk.run(self, work, partial(self._saved, name), self._refused, self._done)

    def _must_choose(self) -> bool:
        """Somebody of the same NIK is here: pressing the button a second time says that it is another."""
        if self._same is None or not self._same[1].sure or self._insists:
            return False
        self._insists = True
        name = self._same[0].name
        words = _("NIK ini milik {nama}. Pilih “Ya, dia”, atau simpan lagi dan pengawas akan memeriksa.")
        self.set_problem(words.format(nama=name))
        self.that_one.setFocus()
        return True

    def _done(self) -> None:
        self._saving = False

    def _saved(self, name: str, done: WalkedIn) -> None:
        desk = self.desk

        def undo() -> None:
            desk.run(None, lambda: undo_walk_in(desk.store, done, desk.staff.id))

        self.close_with("saved")
        self.walked_in.emit(name, undo)

    def _refused(self, problem: Problem) -> None:
        self.failed(problem)
        if not self.consent.value():
            words = _("Tanyakan dulu persetujuan peserta, lalu beri tanda.")
            self.set_problem(words)
            if not any(field.message_text() for field in self.fields.values()):
                self.consent.setFocus()
