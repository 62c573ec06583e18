"""A person who walks in: the least that can be registered, marked present at once, completed later."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QWidget

from trainer_app.actions.attendance import record_attendance
from trainer_app.actions.registration import Incomplete, Registration, register
from trainer_app.desktop.parts.choices import CheckEditor, Seg
from trainer_app.desktop.parts.editors import LineEditor, nik_editor, phone_editor
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.session import Desk
from trainer_app.records.checks.nik import read_nik
from trainer_app.records.consent import NOTICE_VERSION
from trainer_app.records.enterprise import BUSINESS_GROUP
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Batch, Session
from trainer_app.records.person import SEX
from trainer_app.records.problem import InputProblem, Problem
from trainer_app.words import _


class WalkInSheet(Sheet):
    """Name, sex, business and consent are enough; village and batch come from the session."""

    def __init__(
        self, parent: QWidget, desk: Desk, session: Session, done: Callable[[str, RecordId], object]
    ) -> None:
        super().__init__(
            parent,
            _("Peserta baru"),
            _("Catat seperlunya sekarang. Sisanya bisa dilengkapi sesudah kelas."),
            "user-plus",
            width=720,
        )
        self._desk, self._session, self._done = desk, session, done
        self.nik = Field(_("&NIK (nomor KTP)"), nik_editor(), hint=_("Boleh kosong"))
        self.nik.editor.finished.connect(self._nik_read)
        self.name = Field(_("Nama &lengkap"), LineEditor(max_length=100))
        self.sex = Field(_("&Jenis kelamin"), Seg([(code, _(word)) for code, word in SEX.items()]))
        self.phone = Field(_("Nomor &HP / WhatsApp"), phone_editor(), hint=_("Boleh kosong"))
        self.business = Field(_("Nama &usaha"), LineEditor(max_length=100), hint=_("Boleh kosong"))
        groups = [(code, _(word)) for code, word in BUSINESS_GROUP.items()]
        self.group = Field(_("Jenis u&saha"), Seg(groups, numbered=True))
        self.consent = CheckEditor(_("Peserta &setuju datanya dicatat"))
        for row in ((self.nik, self.name), (self.sex, self.phone), (self.business,), (self.group,)):
            line = QHBoxLayout()
            for field in row:
                line.addWidget(field, 1)
            self.body.addLayout(line)
        self.body.addWidget(self.consent)
        self.add_button("", _("Batal")).clicked.connect(self.reject)
        save = self.add_button("", _("Simpan, tandai hadir"), "primary", default=True)
        save.clicked.connect(self._save)

    def open(self) -> None:
        super().open()
        self.name.editor.setFocus()

    def _nik_read(self) -> None:
        reading = read_nik(str(self.nik.editor.value()), on=self._desk.today())
        if reading.status == "error":
            self.nik.set_message(reading.message)
            return
        self.nik.clear_message()
        if reading.sex and self.sex.editor.value() is None:
            self.sex.editor.set_value(reading.sex)

    def _answers(self) -> Registration:
        nik = str(self.nik.editor.value()) or None
        phone = str(self.phone.editor.value()) or None
        business = str(self.business.editor.value()) or None
        return Registration(
            person={
                "full_name": self.name.editor.value() or None,
                "sex": self.sex.editor.value(),
                "nik": nik,
                "nik_status": "ada" if nik else "belum_diisi",
                "phone": phone,
                "phone_typed": phone,
                "village": self._village(),
            },
            enterprise={
                "name": business,
                "unnamed": None if business else 1,
                "business_group": self.group.editor.value(),
            },
            consent={
                "notice_version": NOTICE_VERSION,
                "purposes": "program" if self.consent.value() else None,
                "manner": "tanda_tangan" if self.consent.value() else None,
            },
        )

    def _village(self) -> str | None:
        batch = self._desk.store.get(Batch, self._session.batch) if self._session.batch else None
        return self._session.village or (batch.village if batch else None)

    def _save(self) -> None:
        answers, store, session = self._answers(), self._desk.store, self._session
        by = self._desk.staff.id

        def work() -> RecordId:
            made = register(store, answers, by, batch=session.batch, joined="langsung")
            reason = _("Datang langsung") if session.state == "ditutup" else None
            record_attendance(store, session, [made.person], "H", by, method="langsung", reason=reason)
            return made.person

        name = str(answers.person["full_name"] or "")
        self._desk.run(self, work, then=lambda person: self._saved(name, person), failed=self._failed)

    def _saved(self, name: str, person: RecordId) -> None:
        self.close_with("saved")
        self._done(name, person)

    def _failed(self, problem: Problem) -> None:
        found = problem.problems if isinstance(problem, Incomplete) else (problem,)
        fields = {
            "nik": self.nik,
            "full_name": self.name,
            "sex": self.sex,
            "phone": self.phone,
            "business_group": self.group,
            "name": self.business,
        }
        for field in fields.values():
            field.clear_message()
        for item in reversed(found):
            field_name = item.field if isinstance(item, InputProblem) else ""
            if shown := fields.get(field_name):
                shown.set_message(item.message)
                shown.editor.setFocus()
        if not self.consent.value():
            self.set_problem(_("Tanyakan dulu persetujuan peserta, lalu beri tanda."))
        else:
            self.set_problem(problem.message)
