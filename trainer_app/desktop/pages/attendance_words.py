"""How a mark of attendance is told and shown: the words, the tile's state, the filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from trainer_app.actions.sessions import local_time
from trainer_app.desktop.parts.tiles import BESIDE, Mark
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Session
from trainer_app.storage.attendance_queries import SheetRow
from trainer_app.words import N_, _, day_and_time, time_of_day

#: The state of a tile for each status that is kept, and the other way round.
TILE = {"H": "present", "T": "late", "I": "excused", "S": "excused", "A": "absent"}
STATUS: Mapping[str, str | None] = {
    "none": None,
    "present": "H",
    "late": "T",
    "excused": "I",
    "absent": "A",
}
TONE = {"H": "ok", "T": "warn", "I": "info", "S": "info", "A": "bad"}
WORD = {"H": N_("Hadir"), "T": N_("Terlambat"), "I": N_("Izin"), "S": N_("Sakit"), "A": N_("Tidak hadir")}
#: Filters: key, word, statuses ("" is nobody's mark yet).
FILTERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("all", N_("Semua {n}"), ("", "H", "T", "I", "S", "A")),
    ("none", N_("Belum {n}"), ("",)),
    ("H", N_("Hadir {n}"), ("H",)),
    ("T", N_("Terlambat {n}"), ("T",)),
    ("I", N_("Izin {n}"), ("I", "S")),
    ("A", N_("Tidak hadir {n}"), ("A",)),
)


def name_of(row: SheetRow) -> str:
    """The name; somebody of another area has none on this laptop."""
    return row.name or _("Peserta dari daerah lain")


def told_apart(rows: Iterable[SheetRow]) -> dict[RecordId, str]:
    """What each tile is called: the name; with the business where another has the same name."""
    sheet = list(rows)
    namesakes = Counter(name_of(row).casefold() for row in sheet)
    return {
        row.person: f"{name_of(row)}{BESIDE}{row.business}"
        if row.business and namesakes[name_of(row).casefold()] > 1
        else name_of(row)
        for row in sheet
    }


def tile_mark(row: SheetRow, session: Session, marker: str) -> Mark:
    """What the tile of a person shows and says. `marker` is who made the mark, "" for whoever looks at it."""
    state = TILE.get(row.status or "", "none")
    if row.status is None:
        return Mark()
    note = ""
    if row.status == "S":
        note = _("sakit")
    elif row.status == "H" and row.arrived_at is not None:
        note = clock(row.arrived_at, session)
    return Mark(state, note, ". ".join(_details(row, session, marker)))


def _details(row: SheetRow, session: Session, marker: str) -> list[str]:
    said = []
    if row.status == "T" and row.arrived_at is not None:
        said.append(_("Datang {jam}").format(jam=clock(row.arrived_at, session)))
    if row.marked_at is not None and marker:
        when = day_and_time(local_time(row.marked_at, session.zone))
        said.append(_("Dicatat {nama}, {kapan}").format(nama=marker, kapan=when))
    if row.reason:
        said.append(_("Alasan: {alasan}").format(alasan=row.reason))
    if not row.enrolled:
        said.append(_("Tamu dari luar angkatan ini"))
    return said


def clock(ms: int, session: Session) -> str:
    """A moment as the clock at the venue shows it."""
    return time_of_day(local_time(ms, session.zone))


def counted(rows: Mapping[bytes, SheetRow]) -> dict[str, int]:
    """How many people have each status; "" counts those not marked yet."""
    found = {"": 0, "H": 0, "T": 0, "I": 0, "S": 0, "A": 0}
    for row in rows.values():
        found[row.status or ""] += 1
    return found
