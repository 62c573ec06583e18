"""What queries put their WHERE together from, so that a list, a count and a report mean the same people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from trainer_app.records.kinds import CENTRE_AREA
from trainer_app.records.progress import DIGITISED_STEPS
from trainer_app.records.training import ATTENDED, CANCELLED

if TYPE_CHECKING:
    from trainer_app.records.fields import Record
    from trainer_app.storage.store import Store

T = TypeVar("T")
#: Taking back one of these takes back that photos of somebody are kept.
PHOTO_PURPOSES = ("program", "foto")
#: SQLite and PostgreSQL both take so many parameters without fuss.
IDS_PER_QUERY = 400


def in_areas(areas: Iterable[int], column: str = "area") -> str:
    """Whether a row lies in these areas; none of them, none of the rows."""
    return f"{column} IN ({', '.join(map(str, sorted(areas))) or 'NULL'})"


def held_areas(store: Store) -> str:
    """The areas of this store behind `area`: with them named, a row is found by the primary key."""
    if not store.areas:
        return f">= {CENTRE_AREA}"
    return f"IN ({', '.join(map(str, sorted({CENTRE_AREA, *store.areas})))})"


def areas_of(store: Store, cls: type[Record]) -> str:
    """Where records of a kind count: in the areas of this store, or in the centre's own for what it says."""
    return f"= {CENTRE_AREA}" if cls.of_centre else held_areas(store)


def withdrawn(areas: str) -> str:
    """Whether person `p` took back the whole consent, and so is in no list (UU 27/2022 article 9)."""
    return (
        f"EXISTS (SELECT 1 FROM consent w WHERE w.area {areas} AND w.person = p.id "
        f"AND {took_back('w', 'program')})"
    )


def took_back(consent: str, *purposes: str) -> str:
    """Whether a consent was withdrawn for one of these purposes; without any named it was for all."""
    given = f"(',' || COALESCE({consent}.withdrawn_purposes, 'program') || ',')"
    named = " OR ".join(f"{given} LIKE '%,{purpose},%'" for purpose in purposes)
    return f"{consent}.withdrawn_at IS NOT NULL AND ({named})"


def lives_elsewhere(person: str = "") -> str:
    """Whether the village of somebody who is here lies in another area than the row; `person` as in "p."."""
    return (
        f"{person}deleted_at IS NULL AND "
        f"SUBSTR({person}village, 1, 2) || SUBSTR({person}village, 4, 2) <> CAST({person}area AS TEXT)"
    )


def photo_stands(photo: str) -> str:
    """Whether a photo counts: not taken away, and the person in it did not take back that it be kept."""
    return (
        f"{photo}.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM consent w WHERE w.area = {photo}.area "
        f"AND w.person = {photo}.about AND {took_back('w', *PHOTO_PURPOSES)})"
    )


def photo_waits(blob: str) -> str:
    """Whether the bytes of a photo have yet to reach the centre, whose life is the parameter."""
    return (
        f"{blob}.refused_at IS NULL AND ({blob}.epoch IS NULL OR {blob}.epoch <> ?) AND EXISTS "
        f"(SELECT 1 FROM photo p WHERE p.digest = {blob}.digest AND {photo_stands('p')})"
    )


def in_batch(enrolment: str) -> str:
    """Whether an enrolment stands: whoever left is no longer expected, though marks stay."""
    return f"{enrolment}.deleted_at IS NULL AND COALESCE({enrolment}.state, 'aktif') <> 'keluar'"


def took_place(session: str) -> str:
    """Whether a session counts: live and not cancelled."""
    return f"{session}.deleted_at IS NULL AND COALESCE({session}.state, '') <> '{CANCELLED}'"


def came(mark: str) -> str:
    """Whether a mark stands and means that somebody was there."""
    return f"{mark}.deleted_at IS NULL AND {mark}.status IN ({_quoted(ATTENDED)})"


def digitised(milestone: str) -> str:
    """Whether a milestone stands and means that the programme brought somebody online."""
    return (
        f"{milestone}.deleted_at IS NULL AND {milestone}.lapsed_on IS NULL "
        f"AND COALESCE({milestone}.before_programme, 0) = 0 "
        f"AND {milestone}.step IN ({_quoted(DIGITISED_STEPS)})"
    )


def _quoted(codes: Sequence[str]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items, so many at a time as one query takes."""
    return (items[start : start + IDS_PER_QUERY] for start in range(0, len(items), IDS_PER_QUERY))


def marks(items: Sequence[object]) -> str:
    """A question mark for each item."""
    return ", ".join("?" * len(items))
