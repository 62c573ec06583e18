"""Programmes, their targets and the modules, as an administrator writes them on the dashboard.

All of it goes through the centre's own feed, so that laptops hear of it by whatever way they send.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trainer_app.records import places
from trainer_app.records.fields import Value, problems
from trainer_app.records.ids import NO_ID, RecordId, named_id
from trainer_app.records.kinds import CENTRE_AREA, Module, Partner, Programme, Target
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.server.centre import Centre
from trainer_app.server.typed import check_day, check_month, read_areas
from trainer_app.words import _

RETIRED = "module.retired"
TAKEN_OUT = "target.taken_out"
#: Lines with a fault are told one by one up to so many.
TOLD = 5
_WHOLE = ("", "-", "–", "semua", "all")


@dataclass(frozen=True, slots=True)
class ProgrammeForm:
    """What the form of a programme holds, as it was typed."""

    name: str
    partner: str = ""
    agreement: str = ""
    starts: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One line of the table: a regency (None: everywhere), a month, two numbers."""

    regency: str | None
    by_month: str
    trained: int | None
    digitised: int | None


def save_programme(
    centre: Centre, form: ProgrammeForm, by: RecordId, known: RecordId | None = None
) -> RecordId:
    """Make a programme, or change the one of the id `known`. Raises `InputProblem`."""
    name = form.name.strip()
    for day in (form.starts, form.ends):
        check_day(day)
    if form.starts and form.ends and form.ends < form.starts:
        raise InputProblem(
            _("Program selesai sebelum mulai. Periksa tanggalnya."), field="ends", code="programme.days"
        )
    others = [p for p in centre.store.find(Programme) if p.id != known]
    if any((other.name or "").casefold() == name.casefold() for other in others):
        raise InputProblem(
            _("Sudah ada program bernama {nama}.").format(nama=name), field="name", code="programme.twice"
        )
    values: dict[str, Value] = {
        "name": name,
        "agreement": form.agreement.strip() or None,
        "starts_on": form.starts or None,
        "ends_on": form.ends or None,
    }
    if found := problems(Programme, values):
        raise found[0]
    edits: list[Edit] = []
    partner = form.partner.strip()
    values["partner"] = named_id(NO_ID, f"partner.{partner.casefold()}") if partner else None
    if isinstance(values["partner"], bytes):
        edits.append(Edit(Partner, values["partner"], CENTRE_AREA, {"name": partner}))
    row = known or _free_id(centre, name)
    edits.append(Edit(Programme, row, CENTRE_AREA, values))
    centre.save(edits, by)
    return row


def _free_id(centre: Centre, name: str) -> RecordId:
    """The id that the command gives a programme of this name, unless one that was renamed has it."""
    row = named_id(NO_ID, f"programme.{name.casefold()}")
    while centre.store.get(Programme, row) is not None:
        row = named_id(row, "programme")
    return row


def end_programme(centre: Centre, programme: Programme, day: str, by: RecordId) -> None:
    """It ends on this day."""
    check_day(day)
    centre.save([Edit(Programme, programme.id, CENTRE_AREA, {"ends_on": day})], by)


# ---------------------------------------------------------------- targets
def target_lines(centre: Centre, programme: RecordId) -> list[TargetLine]:
    """The table as it stands, by regency and month."""
    held = centre.store.find(Target, {"programme": programme})
    lines = [TargetLine(t.regency, t.by_month or "", t.trained, t.digitised) for t in held]
    return sorted(lines, key=lambda line: (line.regency or "", line.by_month))


def written(lines: Sequence[TargetLine]) -> str:
    """The table as text that `read_targets` reads, and that Excel takes when pasted."""
    rows = [
        (str(line.regency or ""), line.by_month, _figure(line.trained), _figure(line.digitised))
        for line in lines
    ]
    return "\n".join("\t".join(row) for row in rows)


def _figure(value: int | None) -> str:
    return "" if value is None else str(value)


def read_targets(text: str) -> list[TargetLine]:
    """Lines from Excel or a CSV file: regency, month, trained, digitised. Raises `InputProblem` that names
    every line with a fault; then nothing of it counts.
    """
    lines: dict[tuple[str | None, str], TargetLine] = {}
    faults: list[str] = []
    for place, row in enumerate(text.splitlines(), 1):
        cells = [cell.strip().strip('"') for cell in re.split(r"[\t;,]", row)]
        if not any(cells) or (place == 1 and _is_heading(cells)):
            continue
        try:
            line = _target_line(cells)
            if (line.regency, line.by_month) in lines:
                raise InputProblem(_("wilayah dan bulan ini sudah ada di atas"), field="targets")
            lines[line.regency, line.by_month] = line
        except InputProblem as problem:
            faults.append(_("Baris {n}: {apa}").format(n=place, apa=problem.message))
    if faults:
        more = _("dan {n} baris lagi").format(n=len(faults) - TOLD) if len(faults) > TOLD else ""
        raise InputProblem(" ".join([*faults[:TOLD], more]).strip(), field="targets", code="targets.lines")
    return list(lines.values())


def _is_heading(cells: Sequence[str]) -> bool:
    return len(cells) > 1 and not any(letter.isdigit() for cell in cells[1:] for letter in cell)


def _target_line(cells: Sequence[str]) -> TargetLine:
    regency, month, trained, digitised = (*cells, "", "", "", "")[:4]
    check_month(month)
    figures = [_read_figure(trained), _read_figure(digitised)]
    if figures == [None, None]:
        raise InputProblem(_("isi terlatih, sudah digital, atau keduanya"), field="targets")
    return TargetLine(_read_regency(regency), month, *figures)


def _read_regency(text: str) -> str | None:
    if text.casefold() in _WHOLE:
        return None
    if len(text.replace(".", "")) != 4:  # a province would be many regencies at once
        raise InputProblem(
            _("Wilayah {kode} tidak dikenal. Pakai kode kabupaten, misalnya 5301.").format(kode=text),
            field="targets",
        )
    return places.regency_code(read_areas(text)[0])


def _read_figure(text: str) -> int | None:
    digits = text.replace(".", "").replace(" ", "")
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) < 9):
        raise InputProblem(_("{isi} bukan jumlah orang").format(isi=text), field="targets")
    return int(digits)


def save_targets(centre: Centre, programme: RecordId, lines: Sequence[TargetLine], by: RecordId) -> int:
    """The table is to be so: new and changed lines are written, lines that are gone are taken out. Gives how
    many records changed.
    """
    held = {(t.regency, t.by_month): t for t in centre.store.find(Target, {"programme": programme})}
    edits: list[Edit] = []
    for line in lines:
        known = held.pop((line.regency, line.by_month), None)
        row = known.id if known else named_id(programme, f"target.{line.regency or ''}.{line.by_month}")
        values: dict[str, Value] = {
            "programme": programme,
            "regency": line.regency,
            "by_month": line.by_month,
            "trained": line.trained,
            "digitised": line.digitised,
            "deleted_at": None,
            "deleted_reason": None,
        }
        edits.append(Edit(Target, row, CENTRE_AREA, values))
    gone: dict[str, Value] = {"deleted_at": centre.now_ms(), "deleted_reason": TAKEN_OUT}
    edits += [Edit(Target, target.id, CENTRE_AREA, gone) for target in held.values()]
    return len({operation.row for operation in centre.save(edits, by)}) if edits else 0


# ---------------------------------------------------------------- modules
def module_list(centre: Centre) -> list[Module]:
    """Those in use, by code."""
    return centre.store.find(Module, order="code")


def save_module(
    centre: Centre, values: Mapping[str, Value], by: RecordId, known: Module | None = None
) -> None:
    """A new module, one that was retired taken up again under its code, or new words for `known`. Raises
    `InputProblem`.
    """
    code = str(values.get("code") or "").strip().upper()
    values = {**values, "code": code, "deleted_at": None, "deleted_reason": None}
    if found := problems(Module, {k: v for k, v in values.items() if not k.startswith("deleted")}):
        raise found[0]
    if any(m.code == code for m in module_list(centre) if known is None or m.id != known.id):
        raise InputProblem(
            _("Kode {kode} sudah dipakai modul lain.").format(kode=code), field="code", code="module.twice"
        )
    row = known.id if known else named_id(NO_ID, f"module.{code}")
    centre.save([Edit(Module, row, CENTRE_AREA, values)], by)


def retire_module(centre: Centre, module: Module, by: RecordId) -> None:
    """No new session is offered this module; sessions that taught it keep it."""
    values: dict[str, Value] = {"deleted_at": centre.now_ms(), "deleted_reason": RETIRED}
    centre.save([Edit(Module, module.id, CENTRE_AREA, values)], by)
