"""Finding people while somebody types: by any word of the name, business name, or digits of phone and NIK.

An FTS5 index inside the encrypted file. A person's document number is made from the id (time first), so the
newest come first without sorting and no further index leads from one to the other. Besides what people type,
a document holds words for village, district and year of birth; with them the look-up for duplicates stays
small in any population.

What is saved here is indexed in the transaction that saves it. What arrives from elsewhere is noted in
`search_pending`, which costs the arrival little, and is indexed by `index_pending` afterwards. PostgreSQL has
none of this: the centre shows figures, not people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from trainer_app.records.checks.names import fold_name
from trainer_app.records.ids import RecordId
from trainer_app.records.matching import Likeness, PersonKey, candidates
from trainer_app.storage.database import Connection

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

Found = tuple[int, RecordId]
#: Up to so many hits the best come first; beyond, the newest do (the list is too long to be read anyway).
RANKED = 300
#: Rows in one transaction when catching up: a save never waits longer than this takes (well under 0.2 s).
BATCH = 1_000
IDS_PER_QUERY = 400
#: Possible duplicates that are compared name by name.
COMPARED = 400
_SHOWN = 5
#: Beginnings of words that nobody types: the letters are Greek.
_VILLAGE, _DISTRICT, _YEAR = "ω", "δ", "ψ"
_NO_WORD = re.compile(r"[\W_]+")
_NO_DIGIT = re.compile(r"\D+")
_ONLY_NUMBER = re.compile(r"[\d\s+().\-]*\d[\d\s+().\-]*")
_NIK_LENGTH = 16
_TIME_BITS, _TAIL_BITS = 42, 21


# ---------------------------------------------------------------- the index
def is_there(c: Connection) -> bool:
    """True when the file has its search index."""
    return bool(c.value("SELECT COUNT(*) FROM sqlite_master WHERE name = 'person_search'"))


def create(c: Connection) -> None:
    """Make the index, unless it is there. Only for SQLite."""
    c.run(
        "CREATE TABLE IF NOT EXISTS person_found "
        "(doc INTEGER PRIMARY KEY, area INTEGER NOT NULL, id BLOB NOT NULL)"
    )
    c.run(
        "CREATE VIRTUAL TABLE IF NOT EXISTS person_search USING fts5("
        "words, content='', contentless_delete=1, detail=none, prefix='1 2 3', tokenize='unicode61')"
    )


def reindex(c: Connection) -> None:
    """Put everybody on the list of `index_pending`: after a rebuild, or when the index is new."""
    c.run(
        "INSERT INTO search_pending (area, id) SELECT area, id FROM person WHERE TRUE ON CONFLICT DO NOTHING"
    )


def index_persons(c: Connection, persons: Iterable[Found]) -> None:
    """Make these people findable as they are now, within the caller's transaction.

    The area of a person may be the one of an enterprise of theirs: both are looked for in all areas if need
    be.
    """
    wanted = dict((person, area) for area, person in persons)
    areas = [row[0] for row in c.all("SELECT DISTINCT area FROM feed")]
    rows = _rows(c, wanted, areas)
    names = _business_names(c, list(rows), areas)
    docs = _documents(c, list(rows))
    documents, gone = [], []
    for person in sorted(rows, key=docs.__getitem__):  # FTS5 writes a piece to disk whenever numbers fall
        row = rows[person]
        if row[7] is not None:
            gone.append((docs[person],))
        else:
            documents.append((docs[person], _words(row, names.get(person, []))))
    c.many(
        "INSERT INTO person_found (doc, area, id) VALUES (?, ?, ?) "
        "ON CONFLICT (doc) DO UPDATE SET area = excluded.area",
        [(docs[person], rows[person][0], person) for person in rows],
    )
    c.many("DELETE FROM person_search WHERE rowid = ?", gone)
    c.many("INSERT OR REPLACE INTO person_search (rowid, words) VALUES (?, ?)", documents)


def index_pending(store: Store) -> int:
    """Index what arrived, some at a time so that saving is never kept waiting; gives how many people."""
    if store.db.dialect != "sqlite":
        return 0
    done = 0
    while batch := store.db.transact(_index_batch):
        done += batch
    if done > BATCH:  # many small pieces of index slow every look-up; one large one does not
        store.db.transact(lambda c: c.run("INSERT INTO person_search (person_search) VALUES ('optimize')"))
    return done


def _index_batch(c: Connection) -> int:
    waiting = [
        (area, bytes(person)) for area, person in c.all(f"SELECT area, id FROM search_pending LIMIT {BATCH}")
    ]
    if waiting:
        index_persons(c, waiting)
        c.many("DELETE FROM search_pending WHERE area = ? AND id = ?", waiting)
    return len(waiting)


def document_number(person: RecordId) -> int:
    """63 bits of an id: its milliseconds, then its last random bits. Rises with time for ids made by
    `new_id`.
    """
    time = int.from_bytes(person[:6], "big") & ((1 << _TIME_BITS) - 1)
    return time << _TAIL_BITS | int.from_bytes(person[-3:], "big") & ((1 << _TAIL_BITS) - 1)


def _documents(c: Connection, persons: Sequence[RecordId]) -> dict[RecordId, int]:
    """The numbers of people; somebody whose number is another's (once in ten thousand files) gets the next
    one free.
    """
    taken: dict[int, RecordId] = {}
    for chunk in _chunks([document_number(person) for person in persons]):
        marks = ", ".join("?" * len(chunk))
        taken.update(
            (doc, bytes(p))
            for doc, p in c.all(f"SELECT doc, id FROM person_found WHERE doc IN ({marks})", *chunk)
        )
    given: dict[RecordId, int] = {}
    for person in persons:
        doc = document_number(person)
        while taken.setdefault(doc, person) != person:
            doc += 1
            if (
                doc not in taken
                and (held := c.value("SELECT id FROM person_found WHERE doc = ?", doc)) is not None
            ):
                taken[doc] = bytes(held)
        given[person] = doc
    return given


def _rows(
    c: Connection, wanted: dict[RecordId, int], areas: Sequence[int]
) -> dict[RecordId, tuple[object, ...]]:
    """area, id, name, phone, nik, village, birth date, deleted: by id, for those that are here."""
    rows: dict[RecordId, tuple[object, ...]] = {}
    by_area: dict[int, list[RecordId]] = {}
    for person, area in wanted.items():
        by_area.setdefault(area, []).append(person)
    for area, persons in by_area.items():
        rows.update(_rows_in(c, area, persons))
    for area in areas:
        rest = [person for person in wanted if person not in rows]
        if not rest:
            break
        rows.update(_rows_in(c, area, rest))
    return rows


def _rows_in(c: Connection, area: int, persons: Sequence[RecordId]) -> dict[RecordId, tuple[object, ...]]:
    rows: dict[RecordId, tuple[object, ...]] = {}
    for chunk in _chunks(persons):
        found = c.all(
            "SELECT area, id, full_name, phone, nik, village, birth_date, deleted_at FROM person "
            f"WHERE area = ? AND id IN ({', '.join('?' * len(chunk))})",
            area,
            *chunk,
        )
        rows.update((bytes(row[1]), row) for row in found)
    return rows


def _business_names(
    c: Connection, persons: Sequence[RecordId], areas: Sequence[int]
) -> dict[RecordId, list[str]]:
    names: dict[RecordId, list[str]] = {}
    for area in areas:
        for chunk in _chunks(persons):
            for owner, name in c.all(
                "SELECT owner, name FROM enterprise WHERE area = ? AND name IS NOT NULL "
                f"AND deleted_at IS NULL AND owner IN ({', '.join('?' * len(chunk))})",
                area,
                *chunk,
            ):
                names.setdefault(bytes(owner), []).append(name)
    return names


def _chunks(items: Sequence[object]) -> Iterable[Sequence[object]]:
    return (items[start : start + IDS_PER_QUERY] for start in range(0, len(items), IDS_PER_QUERY))


def _words(row: Sequence[object], businesses: Iterable[str]) -> str:
    """The document of a person: every word once."""
    _area, _id, name, phone, nik, village, birth, _deleted = row
    words = _split(str(name or ""))
    for business in businesses:
        words += _split(business)
    for number in (_national(str(phone or "")), _NO_DIGIT.sub("", str(nik or ""))):
        if number:
            words += [number, number[-4:]]
    if village:
        words += [_place(_VILLAGE, str(village)), _place(_DISTRICT, str(village)[:8])]
    if birth:
        words.append(_YEAR + str(birth)[:4])
    return " ".join(dict.fromkeys(words))


def _place(kind: str, code: str) -> str:
    return kind + _NO_DIGIT.sub("", code)


def _national(phone: str) -> str:
    """The digits of a phone number after +62 or 0, so that it is found however its start is typed."""
    digits = _NO_DIGIT.sub("", phone)
    return digits[2:] if phone.startswith("+62") else digits.lstrip("0")


# ---------------------------------------------------------------- looking up
def search(store: Store, text: str, limit: int = 50, offset: int = 0) -> list[Found]:
    """People whose words begin with the words of `text`, as (area, id). Nobody for a text without a letter or
    digit.
    """
    match = _match(text)
    if match is None or store.db.dialect != "sqlite":
        return []
    sql = "SELECT rowid FROM person_search WHERE person_search MATCH ? ORDER BY rowid DESC LIMIT ? OFFSET ?"
    with store.db.reading() as c:
        first = [row[0] for row in c.all(sql, match, RANKED + 1, 0)]
        if len(first) <= RANKED:
            return _ranked(c, first, text)[offset : offset + limit]
        docs = first[offset : offset + limit]
        if offset + limit > len(first):
            docs = [row[0] for row in c.all(sql, match, limit, offset)]
        found = _people(c, docs)
        return [found[doc] for doc in docs if doc in found]


def _match(text: str) -> str | None:
    """The FTS5 query of what somebody typed: every word as a beginning, a number also without its 0 or 62."""
    words = [_NO_DIGIT.sub("", text)] if _ONLY_NUMBER.fullmatch(text) else _split(text)
    parts = [_beginning(word) for word in words]
    return " AND ".join(parts) if parts else None


def _split(text: str) -> list[str]:
    return [word for word in _NO_WORD.split(fold_name(text)) if word]


def _beginning(word: str) -> str:
    ways = [word]
    if word.isdigit():
        ways += [
            word[len(start) :] for start in ("0", "62") if word.startswith(start) and len(word) > len(start)
        ]
    return "(" + " OR ".join(f'"{way}"*' for way in ways) + ")"


def _people(c: Connection, docs: Sequence[int]) -> dict[int, Found]:
    found: dict[int, Found] = {}
    for chunk in _chunks(docs):
        marks = ", ".join("?" * len(chunk))
        for doc, area, person in c.all(
            f"SELECT doc, area, id FROM person_found WHERE doc IN ({marks})", *chunk
        ):
            found[doc] = (area, bytes(person))
    return found


def _ranked(c: Connection, docs: Sequence[int], text: str) -> list[Found]:
    """Names that hold a typed word whole come first, then names that begin as typed, then the rest; by name
    within.
    """
    typed = fold_name(text)
    words = set(typed.split())
    scored = []
    for chunk in _chunks(docs):
        for area, person, name in c.all(
            "SELECT f.area, f.id, p.full_name FROM person_found f "
            "JOIN person p ON p.area = f.area AND p.id = f.id "
            f"WHERE f.doc IN ({', '.join('?' * len(chunk))})",
            *chunk,
        ):
            folded = fold_name(name or "")
            whole = len(words.intersection(folded.split()))
            scored.append(
                ((-whole, not folded.startswith(typed), folded, bytes(person)), (area, bytes(person)))
            )
    return [found for _score, found in sorted(scored)]


# ---------------------------------------------------------------- duplicates
def duplicates(store: Store, one: PersonKey, limit: int = _SHOWN) -> list[tuple[PersonKey, Likeness]]:
    """Who here may be the same person as `one`, whose form is being filled in: the surest first.

    Compared (by `matching`) are people with the same NIK or phone, with a NIK that begins alike, and those
    with a like name of the same village, or of the same district and year of birth.
    """
    if store.db.dialect != "sqlite":
        return []
    with store.db.reading() as c:
        found = {person: area for area, person in (*_same_number(store, c, one), *_like_name(c, one))}
        rows = _rows(c, {person: area for person, area in found.items() if person != one.id}, [])
    others = [_person_key(row) for row in rows.values() if row[7] is None]
    return candidates(one, others, limit)


def _same_number(store: Store, c: Connection, one: PersonKey) -> Iterable[Found]:
    areas = store.areas or tuple(row[0] for row in c.all("SELECT DISTINCT area FROM feed"))
    marks = ", ".join(map(str, areas)) or "NULL"
    sql = f"SELECT area, id FROM person WHERE area IN ({marks}) AND "
    found: list[tuple[int, bytes]] = []
    if one.phone:
        found += c.all(f"{sql}phone = ?", one.phone)
    if one.nik and len(one.nik) == _NIK_LENGTH:
        district_and_day = one.nik[:8]
        found += c.all(
            f"{sql}nik >= ? AND nik < ? LIMIT ?", district_and_day, f"{district_and_day}:", COMPARED
        )
        found += c.all(f"{sql}nik = ?", one.nik)
    return [(area, bytes(person)) for area, person in found]


def _like_name(c: Connection, one: PersonKey) -> Iterable[Found]:
    beginnings = [f'"{word[:3]}"*' for word in _split(one.name) if len(word) >= 3]
    if not one.village or not beginnings:
        return []
    near = f'"{_place(_VILLAGE, one.village)}"'
    if one.year:
        near = f'({near} OR ("{_place(_DISTRICT, one.village[:8])}" AND "{_YEAR}{one.year}"))'
    sql = "SELECT rowid FROM person_search WHERE person_search MATCH ? ORDER BY rowid DESC LIMIT ?"
    rows = c.all(sql, f"{near} AND ({' OR '.join(beginnings)})", COMPARED)
    return _people(c, [row[0] for row in rows]).values()


def _person_key(row: Sequence[object]) -> PersonKey:
    _area, person, name, phone, nik, village, birth, _deleted = row
    born = str(birth) if birth else ""
    return PersonKey(
        bytes(person),  # type: ignore[call-overload]  # the id column
        str(name or ""),
        nik=str(nik) if nik else None,
        phone=str(phone) if phone else None,
        birth_year=int(born[:4]) if born[:4].isdigit() else None,
        birth_date=_date(born),
        village=str(village) if village else None,
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:  # only the year is known
        return None
