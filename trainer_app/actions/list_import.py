"""A list of people comes in: looked at first, then taken row by row, and taken back as a whole.

Everything is done in steps of some rows (`Look.step`, `Taking.step`, `TakingBack.step`), each a fraction of a
second, so that saving by hand is never kept waiting, and stopping leaves whole rows only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from trainer_app.actions.list_columns import (
    HEAD_ROWS,
    Heading,
    find_heading,
    is_numbering,
    remember_titles,
    remembered_titles,
)
from trainer_app.actions.list_rows import Row, RowReader
from trainer_app.actions.list_twins import KNOWN, MAYBE, Twins, Verdict
from trainer_app.actions.registration import UNDONE, enrolment_edit, marked, registration_edits
from trainer_app.records.clock import DAY_MS
from trainer_app.records.fields import Value
from trainer_app.records.folding import fold
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Batch, Person
from trainer_app.records.matching import SAME_NIK
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.sheets.reading import Line, Table, digest_of, open_table
from trainer_app.sheets.writing import EXACT, Cell, SheetColumn, sheet_writer
from trainer_app.storage import imports
from trainer_app.storage.examining import examine
from trainer_app.storage.imports import ListImport
from trainer_app.storage.store import Store
from trainer_app.words import _

#: Rows of one step.
ROWS = 100
#: Days in which a list can be taken back.
UNDO_DAYS = 30
SAMPLE_ROWS = 60


@dataclass(slots=True)
class Opened:
    """A file that was chosen, and what its columns are taken for; `heading` may be changed by people."""

    path: Path
    table: Table
    digest: str
    sheet: int
    heading: Heading
    sample: tuple[Line, ...]
    earlier: tuple[ListImport, ...] = ()

    def people(self) -> Iterator[Line]:
        """The rows below the titles."""
        for line in self.table.lines(self.sheet):
            if line.number > self.heading.row and not is_numbering(line):
                yield line


def open_list(store: Store, path: Path, sheet: int = 0) -> Opened:
    """Look at a file: its columns, its first rows, and whether it came in before. Raises `InputProblem`."""
    table = open_table(path)
    sample = []
    for line in table.lines(sheet):
        sample.append(line)
        if len(sample) >= SAMPLE_ROWS + HEAD_ROWS:
            break
    if not sample:
        raise InputProblem(
            _("Lembar ini kosong. Pilih lembar atau berkas lain."), field="file", code="sheet.empty"
        )
    digest = digest_of(path)
    heading = find_heading(sample, remembered_titles(store))
    earlier = [one for one in imports.imports(store, digest) if one.state != imports.UNDONE]
    return Opened(path, table, digest, sheet, heading, tuple(sample), tuple(earlier))


def with_keys(heading: Heading, keys: Sequence[str]) -> Heading:
    """The same titles, taken for something else."""
    return replace(heading, keys=tuple(keys))


def batches_by_name(store: Store) -> dict[str, RecordId]:
    """The batches of this laptop by their folded names; of two with one name, the newest."""
    return {fold(one.name or ""): one.id for one in store.find(Batch)}


# ---------------------------------------------------------------- looking
@dataclass(slots=True)
class Found:
    """What looking through a list came to. `wrong` holds the reasons by line, `names` who that is; `doubtful`
    those who may be here already; `known` counts those who surely are. `notes` counts, by column, what is
    worth knowing of its cells.
    """

    read: int = 0
    new: int = 0
    known: int = 0
    wrong: dict[int, tuple[str, ...]] = field(default_factory=dict)
    doubtful: list[Verdict] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    known_lines: set[int] = field(default_factory=set)
    notes: dict[str, int] = field(default_factory=dict)
    done: bool = False


class _Walk:
    """Rows of a list, some at a time, each judged."""

    def __init__(self, store: Store, opened: Opened, now: int | None = None) -> None:
        self.store, self.opened = store, opened
        self.now = store.clock.now_ms() if now is None else now
        examine(store)
        self.reader = RowReader(opened.heading, store.areas, self.now, batches_by_name(store))
        self.twins = Twins(store)
        self.lines = opened.people()

    def some(
        self, take: Mapping[int, str] | None = None, after: int = 0
    ) -> list[tuple[Row, Verdict | None]] | None:
        """The next rows and what speaks against them; None at the end. Those up to line `after` are only
        noted, so that later ones are compared with them.
        """
        rows: list[Row] = []
        chosen = take or {}
        for line in self.lines:
            row = self.reader.read(line, same_nik=chosen.get(line.number) == SAME_NIK)
            rows.append(row)
            if len(rows) >= ROWS:
                break
        if not rows:
            return None
        new = [row for row in rows if row.line > after]
        verdicts = self.twins.judge([row for row in rows if row.checked is not None], skip_store=not new)
        return [(row, verdicts.get(row.line)) for row in new]


class Look:
    """The dry run: reads everything, saves nothing."""

    def __init__(self, store: Store, opened: Opened, now: int | None = None) -> None:
        self._walk = _Walk(store, opened, now)
        self.found = Found()

    def step(self) -> Found:
        """Look at some rows more. Raises `InputProblem` where the file cannot be read on."""
        some = self._walk.some()
        found = self.found
        if some is None:
            found.done = True
            return found
        for row, verdict in some:
            found.read += 1
            if row.problems:
                found.wrong[row.line] = row.problems
                found.names[row.line] = row.name
            elif verdict is None:
                found.new += 1
            elif verdict.kind == KNOWN:
                found.known += 1
                found.known_lines.add(row.line)
            else:
                found.doubtful.append(verdict)
            for note in row.notes:
                kind = note.split(":")[0]
                found.notes[kind] = found.notes.get(kind, 0) + 1
        return found


def write_wrong(opened: Opened, wrong: dict[int, tuple[str, ...]], file: IO[bytes], kind: str) -> None:
    """The rows that were refused, as they are, with a column that says why: put right, the file can come in
    again.
    """
    titles = opened.heading.titles
    reason = _("Yang perlu diperbaiki")
    keep = [place for place, title in enumerate(titles) if title != reason]
    columns = [SheetColumn(titles[place] or " ", 18) for place in keep] + [
        SheetColumn(reason, 60, wrong=True)
    ]
    with sheet_writer(file, kind, columns, name=_("Perlu diperbaiki")) as writer:
        for line in opened.people():
            if line.number in wrong:
                cells: list[Cell] = [_as_it_was(line.cell(place)) for place in keep]
                writer.row([*cells, "\n".join(wrong[line.number])])


def _as_it_was(cell: Cell) -> Cell:
    """A number too long for a spreadsheet has lost its end: written as text it would look whole."""
    return float(cell) if isinstance(cell, int) and cell >= EXACT else cell


# ---------------------------------------------------------------- taking
@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: rows dealt with, people saved, rows that were left out."""

    rows: int
    saved: int
    left: int
    done: bool


class Taking:
    """Takes the new people of a list. `take`: doubtful ones who are taken all the same, for a supervisor to
    look, reasons by line; `batch`: everybody is put into it. A list that was stopped goes on with `going_on`.
    """

    def __init__(
        self,
        store: Store,
        opened: Opened,
        by: RecordId,
        *,
        batch: RecordId | None = None,
        take: Mapping[int, str] | None = None,
        going_on: ListImport | None = None,
        now: int | None = None,
    ) -> None:
        if digest_of(opened.path) != opened.digest:
            raise InputProblem(
                _("Berkas ini berubah sejak diperiksa. Pilih lagi."), field="file", code="list.changed"
            )
        if batch is not None:
            enrolment_edit(store, batch, new_id())  # says at once when the batch is not here
        self._walk = _Walk(store, opened, now)
        self._store, self._by, self._batch, self._take = store, by, batch, dict(take or {})
        self._after = going_on.last_line if going_on is not None else 0
        moment = self._walk.now
        self.which = going_on or ListImport(
            new_id(moment), moment, by, opened.path.name, opened.digest, 0, imports.RUNNING, 0
        )
        imports.begin_import(store, self.which)
        remember_titles(store, opened.heading)
        self._areas = {one.id: one for one in store.find(Batch)}
        self._rows = self._saved = self._left = 0
        self._kinds: set[int] = set()

    def step(self) -> Progress:
        """Save some rows more, in one transaction."""
        some = self._walk.some(self._take, self._after)
        if some is None:
            imports.set_state(self._store, self.which.id, imports.DONE)
            self.announce()
            return Progress(self._rows, self._saved, self._left, True)
        edits: list[Edit] = []
        people: dict[int, tuple[int, RecordId]] = {}
        for row, verdict in some:
            if row.checked is None or (verdict is not None and not self._taken(verdict)):
                self._left += 1
                continue
            person = new_id(self._walk.now)
            made = self._edits(row, person)
            edits += made
            people[row.line] = (made[0].area, person)
        if some:
            edits = marked(self._store, edits)
            self._kinds |= imports.save_people(
                self._store, self.which.id, edits, people, some[-1][0].line, self._by
            )
        self._rows += len(some)
        self._saved += len(people)
        return Progress(self._rows, self._saved, self._left, False)

    def _taken(self, verdict: Verdict) -> bool:
        return verdict.kind == MAYBE and verdict.line in self._take

    def _edits(self, row: Row, person: RecordId) -> list[Edit]:
        assert row.checked is not None  # noqa: S101 (only whole rows come here)
        edits = registration_edits(self._store, row.checked, self._by, person, self._walk.now)
        for batch in dict.fromkeys([*([self._batch] if self._batch else []), *row.batches]):
            edits.append(enrolment_edit(self._store, batch, person, held=self._areas.get(batch)))
        return edits

    def announce(self) -> None:
        """Tell the screens what changed since they were told last: not at every step, they would read all
        anew.
        """
        kinds, self._kinds = self._kinds, set()
        self._store.announce(kinds)


# ---------------------------------------------------------------- taking back
class TakingBack:
    """Takes a whole list back, as one deed. Who was changed since, or came to a session, stays; `kept` has
    their names.
    """

    def __init__(self, store: Store, which: ListImport, by: RecordId, now: int | None = None) -> None:
        self._store, self._which, self._by = store, which, by
        self._now = store.clock.now_ms() if now is None else now
        if not can_take_back(which, self._now):
            message = _("Daftar ini masuk lebih dari {n} hari lalu, jadi tidak bisa diurungkan sekaligus.")
            raise InputProblem(message.format(n=UNDO_DAYS), code="list.too_old")
        self._line = 0
        self.gone = 0
        self.kept: list[tuple[RecordId, str]] = []

    def step(self) -> bool:
        """Take some people back; True when all were looked at."""
        some = imports.imported_people(self._store, self._which.id, self._line, ROWS * 2)
        if not some:
            imports.set_state(self._store, self._which.id, imports.UNDONE)
            return True
        self._line = some[-1][0]
        people = [(area, person) for _line, area, person in some]
        free = imports.untouched(self._store, people)
        rows = imports.rows_of(self._store, [place for place in people if place[1] in free])
        values: dict[str, Value] = {"deleted_at": self._now, "deleted_reason": UNDONE}
        self._store.save([Edit(cls, row, area, values) for cls, row, area in rows], self._by)
        self.gone += sum(cls is Person for cls, _row, _area in rows)
        for _area, person in people:
            held = self._store.get(Person, person) if person not in free else None
            if held is not None and held.deleted_at is None:
                self.kept.append((person, held.full_name or ""))
        return False


def can_take_back(which: ListImport, now: int) -> bool:
    """Whether a list can be taken back still."""
    return which.state != imports.UNDONE and now - which.at <= UNDO_DAYS * DAY_MS
