"""What was seen of a step: the evidence, when, and why it does not stand any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from trainer_app.actions.milestones import LAPSED, REACHED, Finding, kind_of_evidence
from trainer_app.desktop.pages.form_sheet import FormSheet
from trainer_app.desktop.parts.choices import CheckEditor, PickEditor
from trainer_app.desktop.parts.editors import DateEditor, LineEditor
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.session import Desk
from trainer_app.records.problem import InputProblem
from trainer_app.records.training import EVIDENCE_KIND
from trainer_app.storage.ladder_queries import Rung
from trainer_app.words import _


class EvidenceSheet(FormSheet):
    """One finding in full; pressing Enter at once keeps it as it is. ``then`` is given what was typed."""

    def __init__(
        self, parent: QWidget, desk: Desk, rung: Rung, finding: Finding, then: Callable[[Finding], object]
    ) -> None:
        title = f"{rung.step.code} · {rung.step.label}"
        super().__init__(
            parent, desk, title, "badge-check", _("Simpan bukti"), self.save, text=rung.step.rule
        )
        self._finding, self._then = finding, then
        held = rung.milestone
        text = finding.evidence or (held.evidence if held is not None and rung.stands else "") or ""
        self.evidence = LineEditor(rung.step.evidence, max_length=200)
        self.evidence.set_value(text)
        self.kind = PickEditor(
            [(code, _(word)) for code, word in EVIDENCE_KIND.items()], _("Dikenali sendiri")
        )
        self.kind.set_value(finding.evidence_kind)
        self.day = DateEditor()
        self.day.set_value(finding.on)
        self.before = CheckEditor(_("Sudah begitu sebelum program"))
        self.before.set_value(finding.before_programme)
        self.reason = LineEditor(_("misalnya toko ditutup, nomor hilang"), max_length=200)
        self.reason.set_value(finding.reason or "")
        if finding.what == LAPSED:
            self.row(("reason", Field(_("&Mengapa gugur"), self.reason, message=False), 1))
        else:
            self.row(("evidence", Field(_("&Bukti"), self.evidence, message=False), 1))
            self.row(("evidence_kind", Field(_("&Jenis bukti"), self.kind, message=False), 1))
        self.row(("on", Field(_("&Tanggal dilihat"), self.day, message=False), 1))
        if finding.what == REACHED:
            self.row(("before_programme", Field("", self.before, message=False), 1))
            self.before.setAccessibleName(_("Sudah begitu sebelum program"))
        self.first = self.reason if finding.what == LAPSED else self.evidence

    def save(self) -> None:
        """Gives back what was typed. A day after today, or none, is told at the field."""
        day = self.day.as_date()
        if day is None or day > self.desk.today():
            words = _("Isi hari ini atau hari sebelumnya. Contoh: 24-11-2026")
            self.failed(InputProblem(words, field="on"))
            return
        text = str(self.evidence.value()) or None
        chosen = self.kind.value()
        found = replace(
            self._finding,
            on=day,
            evidence=text,
            evidence_kind=str(chosen) if chosen else kind_of_evidence(text),
            before_programme=bool(self.before.value()),
            reason=str(self.reason.value()) or None,
        )
        self.close_with("saved")
        self._then(found)
