"""What a person's page says when several registrations were found to be one person, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trainer_app.actions.review import UNDO_MS, may_decide, take_back
from trainer_app.desktop.parts.buttons import secondary
from trainer_app.desktop.parts.card import Banner
from trainer_app.desktop.sending_words import moment
from trainer_app.records.decision import ABOUT_PEOPLE, SAME
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Decision, Person, Staff
from trainer_app.storage.store import Store
from trainer_app.words import _, date_short

if TYPE_CHECKING:
    from trainer_app.desktop.session import Desk


@dataclass(frozen=True, slots=True)
class Merge:
    """An answer that joined two registrations. `undoable`: still within its 30 days. `at` in ms UTC."""

    decision: RecordId
    area: int
    name: str
    by: str
    at: int
    undoable: bool


def merges(store: Store, people: Iterable[RecordId], now: int) -> tuple[Merge, ...]:
    """The answers that stand about these registrations, newest first."""
    ids = tuple(people)
    if len(ids) < 2:
        return ()
    where = {"about": ABOUT_PEOPLE, "answer": SAME, "undone_at": None, "first": ids}
    found = [_merge(store, held, now) for held in store.find(Decision, where) if held.second in ids]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _merge(store: Store, held: Decision, now: int) -> Merge:
    other = store.get(Person, held.second) if held.second else None
    staff = store.get(Staff, held.decided_by) if held.decided_by else None
    at = held.decided_at or 0
    name = (other.full_name if other is not None else None) or _("Tanpa nama")
    by = (staff.full_name if staff is not None else None) or _("Petugas")
    return Merge(held.id, held.area, name, by, at, now <= at + UNDO_MS)


def merged_banners(
    desk: Desk, found: Sequence[Merge], do: Callable[[Callable[[], object], str], object]
) -> list[Banner]:
    """One for each answer. Whoever may decide can part them again: `do` runs the deed and says it."""
    store, staff = desk.store, desk.sending.supervisor or desk.staff

    def part(decision: RecordId) -> None:
        do(lambda: take_back(store, decision, staff.id), _("Dipisahkan lagi"))

    return [
        _banner(one, part if may_decide(store, staff.role, staff.areas, one.area) else None) for one in found
    ]


def _banner(merge: Merge, undo: Callable[[RecordId], object] | None) -> Banner:
    words = _("Digabung dengan data {nama} oleh {petugas}, {tanggal}. Riwayat keduanya ada di sini.")
    text = words.format(nama=merge.name, petugas=merge.by, tanggal=date_short(moment(merge.at).date()))
    banner = Banner(text.replace("&", "&amp;").replace("<", "&lt;"), "info", "merge")
    if undo is not None and merge.undoable:
        button = secondary(_("Pisahkan lagi"), "undo-2", small=True)
        button.clicked.connect(lambda _on=False: undo(merge.decision))
        banner.add_right(button)
    return banner
