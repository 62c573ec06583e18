"""A person or an enterprise that moves to another regency: founded there, marked as moved here, in one
transaction. See decision 11.
"""

from __future__ import annotations

from collections.abc import Mapping

from trainer_app.actions.review import may_decide, refused
from trainer_app.records import places
from trainer_app.records.fields import Record, Value, fields_of
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import CENTRE_AREA, Consent, Person, derived_id
from trainer_app.records.operation import Edit, Operation
from trainer_app.records.problem import InputProblem
from trainer_app.storage.moved_rows import Misplaced
from trainer_app.storage.moves import MOVED
from trainer_app.storage.store import Store
from trainer_app.words import _

_MOVES_BACK: dict[str, Value] = {"deleted_at": None, "deleted_reason": None, "moved_to": None}


def area_of_place(code: str | None) -> int:
    """The regency of a village code as an area, 0 for none: 5302 of "53.02.01.2001"."""
    try:
        return places.area_of(code or "")
    except ValueError:
        return CENTRE_AREA


def move_words(store: Store, area: int, village: str | None) -> str:
    """What it means that somebody of `area` is given this village, before it is saved: that it is a move, or
    why the record stays. "" where it is neither.
    """
    home = area_of_place(village)
    if home in (area, CENTRE_AREA):
        return ""
    old, new = places.area_label(area), places.area_label(home)
    if _reads(store, home):
        words = _("Ini pindah: dicatat di {baru}, di {lama} tetap tertulis bahwa pindah.")
    else:
        words = _(
            "Laptop ini tidak memegang {baru}. Alamat baru disimpan dan tetap dicatat di {lama}; "
            "pengawas yang memegang keduanya diminta memindahkannya."
        )
    return words.format(baru=new, lama=old)


def with_moves(store: Store, held: Record, changed: Mapping[str, Value], moment: int) -> list[Edit]:
    """The edits for an answer that was corrected: an ordinary one, or those of a move when the village now
    lies in another area that this laptop holds. The consent goes with a person.
    """
    home = area_of_place(_village(changed))
    stays = home in (held.area, CENTRE_AREA) or not _reads(store, home)
    if stays or held.deleted_at is not None:
        return [Edit(type(held), held.id, held.area, changed)]
    edits = _moved(held, home, changed, moment)
    if isinstance(held, Person):
        consent = store.get(Consent, derived_id(Consent, held.id))
        if consent is not None and consent.area == held.area and consent.deleted_at is None:
            edits += _moved(consent, home, {}, moment)
    return edits


def move_person(
    store: Store, item: Misplaced, by: RecordId, role: str, areas: tuple[int, ...]
) -> list[Operation]:
    """Bring somebody to the area where he or she lives; of two living rows the one there stays as it is.

    Raises `AccessProblem` for somebody who does not decide in both areas, `InputProblem` when the person is
    not there any more.
    """
    if not all(may_decide(store, role, areas, area) for area in (item.area, item.home)):
        raise refused()
    rows = {held.area: held for held in store.find(Person, {"id": item.person})}
    held, moment = rows.get(item.area), store.clock.now_ms()
    if held is None:
        raise InputProblem(_("Peserta ini sudah tidak tercatat di wilayah itu."), code="person.moved")
    if item.home in rows:
        return store.save([_mark(held, item.home, moment, {})], by)
    return store.save(with_moves(store, held, {"village": held.village}, moment), by)


def undo_move(record: Record, area: int, moment: int) -> Edit:
    """The edit that takes back what a move founded in `area`; `record` is the row as it was before."""
    values: dict[str, Value] = {"deleted_at": moment, "deleted_reason": MOVED, "moved_to": record.area}
    return Edit(type(record), record.id, area, values)


def _moved(held: Record, home: int, changed: Mapping[str, Value], moment: int) -> list[Edit]:
    values: dict[str, Value] = {field.name: getattr(held, field.name) for field in fields_of(type(held))}
    founded = {**values, **changed, **_MOVES_BACK, "moved_from": held.area}
    return [Edit(type(held), held.id, home, founded, anew=True), _mark(held, home, moment, changed)]


def _mark(held: Record, home: int, moment: int, changed: Mapping[str, Value]) -> Edit:
    """The row of the old area says what the new one says: whatever differs later was written unseen."""
    values: dict[str, Value] = {"deleted_at": moment, "deleted_reason": MOVED, "moved_to": home}
    return Edit(type(held), held.id, held.area, {**changed, **values})


def _reads(store: Store, area: int) -> bool:
    return not store.areas or area in store.areas


def _village(changed: Mapping[str, Value]) -> str | None:
    village = changed.get("village")
    return village if isinstance(village, str) else None
