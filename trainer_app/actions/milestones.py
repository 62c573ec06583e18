"""The ladder T0 to T6 of an enterprise: a step is reached, looked at again, found gone, checked by a second
person. A step that lapsed stays with its history, and may be reached again.

Steps may be skipped, and may have been there before the programme.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from trainer_app.actions.registration import ALIVE, marked
from trainer_app.actions.sessions import change_back
from trainer_app.records.fields import Value
from trainer_app.records.ids import RecordId, named_id
from trainer_app.records.kinds import Enterprise, Milestone
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.storage.store import Store
from trainer_app.words import _

REACHED, STANDS, LAPSED = "+", "=", "-"
_LINK, _NMID = re.compile(r"(?:https?://|www\.|\w+\.\w+/)", re.IGNORECASE), re.compile(r"ID\d{10,15}", re.I)


@dataclass(frozen=True, slots=True)
class Finding:
    """What somebody found about one step: `what` is `REACHED`, `STANDS` or `LAPSED`, on a day.

    `before_programme`: it was so before the training, and does not count as its result. `evidence_kind` may
    be left to `kind_of_evidence`. `reason`: why it does not stand any more.
    """

    step: str
    what: str
    on: date
    evidence: str | None = None
    evidence_kind: str | None = None
    before_programme: bool = False
    reason: str | None = None

    @property
    def code(self) -> str:
        """How a visit tells it: "+T3"."""
        return self.what + self.step


@dataclass(frozen=True, slots=True)
class Stepped:
    """One step as it was (None: never) and as it is; give it to `undo_steps`."""

    before: Milestone | None
    after: Milestone


def milestone_id(enterprise: RecordId, step: str) -> RecordId:
    """The same on every laptop: one record for each step of an enterprise."""
    return named_id(enterprise, step)


def kind_of_evidence(text: str | None) -> str | None:
    """What a text is as evidence, by its looks: a link, a merchant number, else the name of a shop."""
    words = (text or "").strip()
    if not words:
        return None
    if _LINK.match(words):
        return "tautan"
    return "nmid" if _NMID.fullmatch(words.replace(" ", "")) else "nama_toko"


def step_edit(store: Store, enterprise: RecordId, finding: Finding, by: RecordId) -> Edit:
    """The edit that writes a finding. Raises `InputProblem` when the enterprise is not here (code
    `enterprise.unknown`), or when something is said of a step that is not reached (`step.not_reached`).
    """
    firm = store.get(Enterprise, enterprise)
    if firm is None:
        raise InputProblem(
            _("Usaha itu tidak ada di laptop ini."), field="enterprise", code="enterprise.unknown"
        )
    row = milestone_id(enterprise, finding.step)
    held = store.get(Milestone, row)
    if finding.what == REACHED:
        return Edit(Milestone, row, firm.area, _reached(enterprise, finding, by))
    if held is None or held.deleted_at is not None or held.lapsed_on is not None:
        message = _("{tahap} belum tercapai, jadi tidak ada yang dicek ulang.").format(tahap=finding.step)
        raise InputProblem(message, field="step", code="step.not_reached")
    values: dict[str, Value] = {"checked_on": finding.on.isoformat(), "checked_by": by}
    if finding.what == LAPSED:
        values |= {"lapsed_on": finding.on.isoformat(), "lapse_reason": finding.reason}
    elif finding.evidence:
        values |= _evidence(finding)
    return Edit(Milestone, row, held.area, values)


def _reached(enterprise: RecordId, finding: Finding, by: RecordId) -> dict[str, Value]:
    return {
        "enterprise": enterprise,
        "step": finding.step,
        "reached_on": finding.on.isoformat(),
        "before_programme": int(finding.before_programme),
        **_evidence(finding),
        "seen_by": by,
        "verified_by": None,
        "verified_on": None,
        "checked_on": None,
        "checked_by": None,
        "lapsed_on": None,
        "lapse_reason": None,
        **ALIVE,
    }


def _evidence(finding: Finding) -> dict[str, Value]:
    kind = finding.evidence_kind or kind_of_evidence(finding.evidence)
    return {"evidence": finding.evidence, "evidence_kind": kind}


def record_findings(
    store: Store, enterprise: RecordId, findings: Sequence[Finding], by: RecordId
) -> list[Stepped]:
    """Write several findings in one transaction. Raises as `step_edit` does, and then writes nothing."""
    edits = [step_edit(store, enterprise, finding, by) for finding in findings]
    before = {edit.id: store.get(Milestone, edit.id) for edit in edits}
    store.save(marked(store, edits), by)
    return stepped(store, before)


def stepped(store: Store, before: dict[RecordId, Milestone | None]) -> list[Stepped]:
    """The steps as they are now, beside what they were."""
    now = {row: store.get(Milestone, row) for row in before}
    return [Stepped(before[row], after) for row, after in now.items() if after is not None]


def undo_steps(store: Store, done: Iterable[Stepped], by: RecordId) -> None:
    """Put steps back to what they were."""
    edits = [change_back(store, one.before, one.after) for one in done]
    if edits:
        store.save(edits, by)


def verify_step(store: Store, milestone: RecordId, on: date, by: RecordId) -> Stepped:
    """A second person looked and found it so.

    Raises `InputProblem` when the step is not reached (`step.not_reached`) or when it is the one who saw it
    first who looks (`step.same_eyes`).
    """
    held = store.get(Milestone, milestone)
    if held is None or held.deleted_at is not None or held.lapsed_on is not None:
        raise InputProblem(_("Tahapan itu belum tercapai."), field="step", code="step.not_reached")
    if held.seen_by == by:
        message = _("Yang memeriksa harus orang lain daripada yang melihat pertama kali.")
        raise InputProblem(message, field="step", code="step.same_eyes")
    values: dict[str, Value] = {"verified_by": by, "verified_on": on.isoformat()}
    store.save([Edit(Milestone, milestone, held.area, values)], by)
    return stepped(store, {milestone: held})[0]


def reach_milestone(
    store: Store,
    enterprise: RecordId,
    step: str,
    on: date,
    by: RecordId,
    *,
    before_programme: bool = False,
    evidence: str | None = None,
) -> RecordId:
    """Record that an enterprise reached a step, and give the record's id; once for each step.

    Raises `InputProblem` when the enterprise is not on this laptop.
    """
    finding = Finding(step, REACHED, on, evidence, before_programme=before_programme)
    return record_findings(store, enterprise, [finding], by)[0].after.id
