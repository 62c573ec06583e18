"""Words and columns of the page on which a list comes in."""

from __future__ import annotations

from dataclasses import dataclass

from trainer_app.actions.list_columns import list_columns
from trainer_app.actions.list_import import Found, Opened
from trainer_app.actions.list_twins import Verdict
from trainer_app.desktop.parts.table import Column
from trainer_app.records.cells import text_of
from trainer_app.words import _, number

WRONG, DOUBTFUL, FIRST = "wrong", "doubtful", "first"
#: Cells of a column that are shown as an example.
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column of the file, what is in it, and what it is taken for."""

    place: int
    title: str
    examples: str
    key: str


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A row of the file and what became of it. `verdict` where somebody has to choose."""

    line: int
    name: str
    words: str
    state: tuple[str, str, str]
    verdict: Verdict | None = None


def column_rows(opened: Opened) -> list[ColumnRow]:
    """The columns of a file."""
    heading = opened.heading
    below = [line for line in opened.sample if line.number > heading.row]
    rows = []
    for place, (title, key) in enumerate(zip(heading.titles, heading.keys, strict=True)):
        told = [text_of(line.cell(place)) for line in below if text_of(line.cell(place))]
        if title or told:
            rows.append(ColumnRow(place, title, " · ".join(dict.fromkeys(told[:EXAMPLES])), key))
    return rows


def column_columns() -> list[Column]:
    """The table of columns."""
    return [
        Column(_("Kolom di berkas"), lambda row: row.title or "–", "strong", 220, 2),
        Column(_("Contoh isi"), lambda row: row.examples, "muted", 300, 3),
        Column(_("Dipakai sebagai"), _used_as, "chip", 260, 2),
    ]


def _used_as(row: ColumnRow) -> tuple[str, str, str]:
    column = list_columns().get(row.key)
    if column is None:
        return _("Tidak dipakai"), "mute", "circle"
    return column.title, "ok", "circle-check"


def result_columns() -> list[Column]:
    """The table of rows."""
    return [
        Column(_("Baris"), lambda row: number(row.line), "number", 70),
        Column(_("Nama"), lambda row: row.name or "–", "strong", 200, 2),
        Column(_("Keadaan"), lambda row: row.state, "chip", 190),
        Column(_("Alasan"), lambda row: row.words, "text", 380, 5),
    ]


def new_state() -> tuple[str, str, str]:
    return _("Baru"), "ok", "circle-check"


def wrong_state() -> tuple[str, str, str]:
    return _("Perlu diperbaiki"), "bad", "triangle-alert"


def doubtful_state(taken: bool) -> tuple[str, str, str]:
    return (_("Tetap dimasukkan"), "warn", "copy-check") if taken else (_("Dilewati"), "mute", "circle")


def doubtful_words(one: Verdict) -> str:
    """Why somebody may be here already, and who that is."""
    if one.other is None:
        return _("{alasan}: {nama}, baris {n} di berkas ini").format(
            alasan=one.words, nama=one.other_name, n=number(one.other_line)
        )
    return _("{alasan}: {nama}, di laptop ini").format(alasan=one.words, nama=one.other_name)


def result_rows(opened: Opened, found: Found, which: str, taken: dict[int, str]) -> list[ResultRow]:
    """The rows of one view: those that are wrong, those in doubt, or the first of the file."""
    names = {line.number: text_of(line.cell(_name_place(opened))) for line in opened.sample}
    doubtful = {one.line: one for one in found.doubtful}
    if which == DOUBTFUL:
        return [_doubtful(one, taken) for one in found.doubtful]
    if which == WRONG:
        return [
            ResultRow(line, found.names.get(line, ""), " ".join(reasons), wrong_state())
            for line, reasons in found.wrong.items()
        ]
    rows = []
    for line in opened.sample:
        if line.number <= opened.heading.row:
            continue
        if line.number in found.wrong:
            rows.append(
                ResultRow(line.number, names[line.number], " ".join(found.wrong[line.number]), wrong_state())
            )
        elif line.number in doubtful:
            rows.append(_doubtful(doubtful[line.number], taken))
        elif line.number in found.known_lines:
            rows.append(
                ResultRow(line.number, names[line.number], "", (_("Sudah terdaftar"), "info", "equal"))
            )
        else:
            rows.append(ResultRow(line.number, names[line.number], "", new_state()))
    return rows


def _doubtful(one: Verdict, taken: dict[int, str]) -> ResultRow:
    return ResultRow(one.line, one.name, doubtful_words(one), doubtful_state(one.line in taken), one)


def _name_place(opened: Opened) -> int:
    keys = opened.heading.keys
    return keys.index("person.full_name") if "person.full_name" in keys else 0
