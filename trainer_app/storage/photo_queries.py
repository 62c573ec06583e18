"""Photos as somebody at the centre looks through them: of some areas, the newest first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from trainer_app.storage.conditions import in_areas, photo_stands
from trainer_app.storage.database import Connection


@dataclass(frozen=True, slots=True)
class SeenPhoto:
    """A photo whose bytes are here. `name` is that of the person it is about, where it is about one."""

    digest: str
    purpose: str
    taken_at: int
    note: str
    area: int
    name: str
    width: int
    height: int


_SELECT = f"""
SELECT p.digest, p.purpose, p.taken_at, p.note, p.area, o.full_name, p.width, p.height
FROM photo p JOIN blob b ON b.digest = p.digest
LEFT JOIN person o ON o.area = p.area AND o.id = p.about
WHERE {photo_stands("p")}
"""


def newest(c: Connection, areas: Collection[int] | None, before: int | None, limit: int) -> list[SeenPhoto]:
    """Photos of these areas (None: all) that were added before a moment (ms UTC)."""
    where = "" if areas is None else f"AND {in_areas(areas, 'p.area')}"
    until = "" if before is None else "AND p.taken_at < ?"
    rows = c.all(
        f"{_SELECT} {where} {until} ORDER BY p.taken_at DESC, p.id LIMIT {int(limit)}",
        *(() if before is None else (before,)),
    )
    return [
        SeenPhoto(
            digest,
            purpose or "",
            int(taken_at or 0),
            note or "",
            area,
            name or "",
            int(width or 0),
            int(height or 0),
        )
        for digest, purpose, taken_at, note, area, name, width, height in rows
    ]


def picture(c: Connection, digest: str, areas: Collection[int] | None) -> bytes | None:
    """The bytes of a photo that stands in one of these areas (None: any)."""
    where = "" if areas is None else f"AND {in_areas(areas, 'p.area')}"
    body = c.value(
        "SELECT b.body FROM blob b WHERE b.digest = ? "
        f"AND EXISTS (SELECT 1 FROM photo p WHERE p.digest = b.digest AND {photo_stands('p')} {where})",
        digest,
    )
    return None if body is None else bytes(body)
