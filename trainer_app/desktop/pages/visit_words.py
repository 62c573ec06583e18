"""What is said of follow-ups: when somebody is due and why, how the last contact went, how a step stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from trainer_app.actions.milestones import LAPSED, REACHED, STANDS, Finding
from trainer_app.records.checks.phone import show_phone
from trainer_app.records.fields import Value
from trainer_app.records.ids import RecordId
from trainer_app.records.ladder import step_label
from trainer_app.records.progress import checked_day
from trainer_app.records.visit import HOW, PROBLEM, Visit
from trainer_app.storage.ladder_queries import Rung
from trainer_app.storage.store import Store
from trainer_app.storage.visit_queries import FollowUp, visits_of
from trainer_app.words import N_, _, date_short, day_short, ngettext

Chip = tuple[str, str, str | None]
HIDDEN_DIGITS = "•••• "
_HOW_ICON = {"telepon": "phone", "chat": "send", "kunjungan": "map-pin"}
_CHANGE = {REACHED: N_("{tahap} tercapai"), STANDS: N_("{tahap} masih"), LAPSED: N_("{tahap} gugur")}


def due_chip(due: date | None, today: date) -> Chip:
    """How urgent it is: overdue by so many days, today, or the day."""
    if due is None:
        return _("Selesai"), "ok", "check"
    late = (today - due).days
    if late > 0:
        words = ngettext("Terlambat {n} hari", "Terlambat {n} hari", late).format(n=late)
        return words, "bad", "circle-alert"
    if late == 0:
        return _("Hari ini"), "warn", "clock"
    return day_short(due), "info", "calendar-days"


def why_due(one: FollowUp) -> str:
    """Why somebody is due: "Hari ke-30", "Sesuai janji", "Cek ulang T3"."""
    parts = []
    if one.promised:
        parts.append(_("Sesuai janji"))
    elif (day := one.plan_day()) is not None:
        parts.append(_("Hari ke-{n}").format(n=day))
    if one.rechecks:
        parts.append(_("Cek ulang {tahap}").format(tahap=", ".join(step for step, _day in one.rechecks)))
    return " · ".join(parts)


def masked_phone(phone: str) -> str:
    """The last digits only."""
    return f"{HIDDEN_DIGITS}{phone[-4:]}" if phone else ""


def whole_phone(phone: str) -> str:
    """As people read it."""
    return show_phone(phone) if phone else ""


def contact_words(visit: Visit | None) -> str:
    """ "Telepon 3 Nov 2026 · tidak terhubung · HP rusak"."""
    if visit is None:
        return _("Belum pernah")
    parts = [f"{_(HOW.get(visit.how or '', N_('Kunjungan')))} {_day_words(visit.done_on)}"]
    if visit.reached == 0:
        parts.append(_("tidak terhubung"))
    if visit.problems:
        parts.append(problem_words(visit.problems))
    return " · ".join(parts)


def problem_words(codes: str) -> str:
    """The problems of a visit, in words."""
    return ", ".join(_(PROBLEM.get(code, code)) for code in codes.split(","))


def _day_words(text: str | None) -> str:
    day = checked_day(text)
    return date_short(date.fromisoformat(day)) if day else ""


def rung_chip(rung: Rung, finding: Finding | None, today: date) -> Chip:
    """How a step stands; what was found just now comes before what was known."""
    if finding is not None:
        return _finding_chip(finding)
    if not rung.stands:
        if rung.milestone is not None and rung.milestone.lapsed_on is not None:
            return _("Gugur {hari}").format(hari=_day_words(rung.milestone.lapsed_on)), "bad", "circle-x"
        return _("Belum"), "mute", "circle"
    if rung.recheck_on is not None and rung.recheck_on <= today:
        return _("Cek ulang"), "warn", "refresh-cw"
    held = rung.milestone
    if held is not None and held.before_programme:
        return _("Sebelum program"), "info", "history"
    icon = "shield-check" if held is not None and held.verified_by else "circle-check"
    return _("Sejak {hari}").format(hari=_day_words(rung.day)), "ok", icon


def _finding_chip(finding: Finding) -> Chip:
    if finding.what == REACHED:
        words = _("Sudah sebelumnya") if finding.before_programme else _("Tercapai hari ini")
        return words, "ok", "plus"
    return (_("Masih"), "ok", "check") if finding.what == STANDS else (_("Gugur"), "bad", "x")


def evidence_words(rung: Rung, finding: Finding | None) -> str:
    """What was seen; else what has to be seen."""
    if finding is not None and finding.evidence:
        return finding.evidence
    held = rung.milestone
    if held is not None and held.evidence and rung.stands:
        return held.evidence
    return "" if rung.stands or rung.computed else rung.step.evidence


def rung_line(rung: Rung, state: str) -> str:
    """A step in one line: since when, what was seen, whether a second person looked, the next recheck."""
    held = rung.milestone
    parts = [state, held.evidence if held is not None else ""]
    if held is not None and rung.stands and held.verified_by:
        parts.append(_("diperiksa"))
    if rung.recheck_on is not None:
        parts.append(_("cek ulang {hari}").format(hari=date_short(rung.recheck_on)))
    return " · ".join(part for part in parts if part)


def channel_told(words: str, values: Mapping[str, Value], *, first: bool) -> tuple[str, str]:
    """One edit of a channel for the history, and an icon; `words` tells the channel as it is now."""
    if values.get("deleted_at"):
        return _("Diurungkan: {isian}").format(isian=words), "undo-2"
    told = _("Saluran: {isian}") if first else _("Saluran diubah: {isian}")
    return told.format(isian=words), "store"


def change_words(steps: str | None) -> str:
    """ "T3 tercapai, T2 gugur" of "+T3,-T2"."""
    parts = [part for part in (steps or "").split(",") if part[:1] in _CHANGE]
    return ", ".join(_(_CHANGE[part[0]]).format(tahap=part[1:]) for part in parts)


# ---------------------------------------------------------------- in the history of a person
def visits_told(store: Store, person: RecordId) -> list[tuple[int, str, str, RecordId | None]]:
    """The contacts with somebody: when (ms UTC), icon, what came of it, by whom."""
    told = []
    for visit in visits_of(store, [person]):
        day = checked_day(visit.done_on)
        if not day:
            continue
        at = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
        parts = [_(HOW.get(visit.how or "", N_("Kunjungan")))]
        if visit.reached == 0:
            parts.append(_("tidak terhubung"))
        parts += [change_words(visit.steps), problem_words(visit.problems) if visit.problems else ""]
        if visit.ended:
            parts.append(_("pendampingan selesai"))
        icon = _HOW_ICON.get(visit.how or "", "phone")
        words = " · ".join(part for part in parts if part)
        told.append((round(at.timestamp() * 1000), icon, words, visit.by))
    return told


def milestone_told(step: str | None, values: Mapping[str, Value]) -> tuple[str, str]:
    """One edit of a step for the history: what happened and an icon."""
    name = " ".join((step, step_label(step))) if step else _("Tahapan")
    if values.get("deleted_at"):
        return _("Diurungkan: {tahap}").format(tahap=name), "undo-2"
    if values.get("lapsed_on"):
        words = _("Gugur: {tahap}").format(tahap=name)
        reason = values.get("lapse_reason")
        return (f"{words} · {reason}" if isinstance(reason, str) and reason else words), "circle-x"
    if values.get("reached_on"):
        words = (
            _("Sudah sebelum program: {tahap}") if values.get("before_programme") else _("Tercapai: {tahap}")
        )
        return words.format(tahap=name), "badge-check"
    if values.get("verified_by"):
        return _("Diperiksa orang kedua: {tahap}").format(tahap=name), "shield-check"
    if values.get("checked_on"):
        return _("Dicek ulang, masih: {tahap}").format(tahap=name), "refresh-cw"
    return _("Diubah: {isian}").format(isian=name), "pencil"
