"""Finding people while somebody types: by any word of the name, business name, or digits of phone and NIK.

An FTS5 index inside the encrypted file, of documents without content: a document is the words of a person and
a small number, given in the order of indexing, so the newest come first without sorting and the index stays a
quarter of what numbers made from ids would make it. Besides what people type, a document holds words for
village, and for district and year of birth; with them the look-up for duplicates stays small in any
population.

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
from trainer_app.records.matching import NEAR_DIGITS, Likeness, PersonKey, candidates
from trainer_app.storage.aliases import as_shown, canonicals
from trainer_app.storage.conditions import chunks, in_areas, marks
from trainer_app.storage.database import Connection
from trainer_app.storage.moves import where_now

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

Found = tuple[int, RecordId]
#: Up to so many hits the best come first; beyond, the newest do (the list is too long to be read anyway).
RANKED = 100
#: Rows in one transaction when catching up: a save never waits longer than this takes (well under 0.2 s).
BATCH = 1_000
#: Possible duplicates that are compared name by name.
COMPARED = 400
_SHOWN = 5
_NO_WORD = re.compile(r"[\W_]+")
_NO_DIGIT = re.compile(r"\D+")
_ONLY_NUMBER = re.compile(r"[\d\s+().\-]*\d[\d\s+().\-]*")
_NIK_LENGTH = 16
#: So many digits of a number's beginning and end are words; longer beginnings are found by the indexes of the
#: columns.
_HEAD = 4


# ---------------------------------------------------------------- the index
def is_there(c: Connection) -> bool:
    """True when the file has its search index."""
    return bool(c.value("SELECT COUNT(*) FROM sqlite_master WHERE name = 'person_search'"))


def create(c: Connection) -> None:
    """Make the index, unless it is there. Only for SQLite."""
    c.run(
        "CREATE TABLE IF NOT EXISTS person_found "
        "(doc INTEGER PRIMARY KEY, area INTEGER NOT NULL, id BLOB NOT NULL UNIQUE)"
    )
    c.run(
        "CREATE VIRTUAL TABLE IF NOT EXISTS person_search USING fts5("
        "words, content='', contentless_delete=1, detail=none, prefix='1 2 3 4', tokenize='unicode61')"
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
    moved = {person: int(str(row[0])) for person, row in rows.items() if row[8] is not None}
    if moved:
        rows.update(_rows(c, where_now(c, moved), areas))
    names = _business_names(c, list(rows), areas)
    docs = _documents(c, rows)
    documents, gone = [], []
    for person in docs:  # by rising number: FTS5 writes a piece to disk whenever numbers fall
        row = rows[person]
        if row[7] is not None and row[8] is None:  # who moved to an area that is not here is still found
            gone.append((docs[person],))
        else:
            documents.append((docs[person], _words(row, names.get(person, []))))
    c.many(
        "INSERT INTO person_found (doc, area, id) VALUES (?, ?, ?) "
        "ON CONFLICT (doc) DO UPDATE SET area = excluded.area",
        [(doc, rows[person][0], person) for person, doc in docs.items()],
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


def _documents(c: Connection, persons: Iterable[RecordId]) -> dict[RecordId, int]:
    """The document numbers of people, rising; the new ones get the next, in the order of their ids."""
    wanted = sorted(persons)
    known: dict[RecordId, int] = {}
    for chunk in chunks(wanted):
        rows = c.all(f"SELECT id, doc FROM person_found WHERE id IN ({marks(chunk)})", *chunk)
        known.update((bytes(person), doc) for person, doc in rows)
    last = int(c.value("SELECT COALESCE(MAX(doc), 0) FROM person_found"))
    new = [person for person in wanted if person not in known]
    by_number = sorted((doc, person) for person, doc in known.items())
    by_number += [(last + n, person) for n, person in enumerate(new, 1)]
    return {person: doc for doc, person in by_number}


def _rows(
    c: Connection, wanted: dict[RecordId, int], areas: Sequence[int]
) -> dict[RecordId, tuple[object, ...]]:
    """area, id, name, phone, nik, village, birth date, deleted, moved to: by id, for those that are here."""
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
    for chunk in chunks(persons):
        found = c.all(
            "SELECT area, id, full_name, phone, nik, village, birth_date, deleted_at, moved_to FROM person "
            f"WHERE area = ? AND id IN ({marks(chunk)})",
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
        for chunk in chunks(persons):
            for owner, name in c.all(
                "SELECT owner, name FROM enterprise WHERE area = ? AND name IS NOT NULL "
                f"AND deleted_at IS NULL AND owner IN ({marks(chunk)})",
                area,
                *chunk,
            ):
                names.setdefault(bytes(owner), []).append(name)
    return names


def _words(row: Sequence[object], businesses: Iterable[str]) -> str:
    """The document of a person: every word once."""
    _area, _id, name, phone, nik, village, birth, _deleted, _moved = row
    words = _split(str(name or ""))
    for business in businesses:
        words += _split(business)
    for number in (_national(str(phone or "")), _NO_DIGIT.sub("", str(nik or ""))):
        if number:
            words += [number[:_HEAD], number[-_HEAD:]]
    if village:
        words += [_village(str(village)), _district_and_year(str(village), str(birth)[:4] if birth else None)]
    return " ".join(dict.fromkeys(words))


def _village(code: str) -> str:
    return "ω" + _NO_DIGIT.sub("", code)  # nobody types a Greek letter


def _district_and_year(village: str, year: str | int | None) -> str:
    return f"δ{_NO_DIGIT.sub('', village[:8])}{year or '0000'}"


def _national(phone: str) -> str:
    """The digits of a phone number after +62 or 0, so that it is found however its start is typed."""
    digits = _NO_DIGIT.sub("", phone)
    return digits[2:] if phone.startswith("+62") else digits.lstrip("0")


# ---------------------------------------------------------------- looking up
def search(store: Store, text: str, limit: int = 50, offset: int = 0) -> list[Found]:
    """People whose words begin with the words of `text`, as (area, id). Nobody for a text without a letter or
    digit. Somebody who was merged is found by the words of all, under the one who stands for them.
    """
    if store.db.dialect != "sqlite":
        return []
    words = [_NO_DIGIT.sub("", text)] if _ONLY_NUMBER.fullmatch(text) else _split(text)
    long = [word for word in words if word.isdecimal() and len(word) > _HEAD]
    with store.db.reading() as c:
        if long and len(words) == 1:
            return as_shown(c, _by_number(store, c, long[0], limit, offset))
        return as_shown(c, _by_words(c, words, long, limit, offset)) if words else []


def _by_words(
    c: Connection, words: Sequence[str], long: Sequence[str], limit: int, offset: int
) -> list[Found]:
    sql, params = "SELECT s.rowid FROM person_search s", list[str | int]()
    if long:  # the index holds the beginning of a number; the rest is compared in the row
        sql += " JOIN person_found f ON f.doc = s.rowid JOIN person p ON p.area = f.area AND p.id = f.id"
    sql += " WHERE person_search MATCH ?"
    params.append(" AND ".join(_beginning(word) for word in words))
    for number in long:
        ranges = _ranges(number)
        sql += f" AND ({' OR '.join(f'p.{column} >= ? AND p.{column} < ?' for column, *_ends in ranges)})"
        params += [end for _column, *ends in ranges for end in ends]
    sql += " ORDER BY s.rowid DESC LIMIT ? OFFSET ?"
    first = [row[0] for row in c.all(sql, *params, RANKED + 1, 0)]
    if len(first) <= RANKED:
        return _ranked(c, first, words)[offset : offset + limit]
    docs = first[offset : offset + limit]
    if offset + limit > len(first):
        docs = [row[0] for row in c.all(sql, *params, limit, offset)]
    found = _people(c, docs)
    return [found[doc] for doc in docs if doc in found]


def _ranges(digits: str) -> list[tuple[str, str, str]]:
    """Where a number that begins with these digits lies: column, first, and what comes after the last."""
    local = digits[1:] if digits.startswith("0") else digits
    starts = [("nik", digits), *(("phone", start) for start in dict.fromkeys((f"+62{local}", f"+{digits}")))]
    return [(column, start, f"{start}:") for column, start in starts]  # the colon comes right after the nine


def _by_number(store: Store, c: Connection, digits: str, limit: int, offset: int) -> list[Found]:
    """People whose NIK or phone begins with more digits than the index of words holds, by the number."""
    parts, params = [], list[str | int]()
    earlier = ""
    for column, first, after in _ranges(digits):
        parts.append(
            f"SELECT area, id FROM person WHERE {_in_areas(store, c)} AND {column} >= ? AND {column} < ? "
            f"AND deleted_at IS NULL{earlier}"
        )
        params += [first, after]
        if column == "nik":  # somebody found by the NIK is not found again by the phone
            earlier = f" AND (nik IS NULL OR NOT (nik >= '{first}' AND nik < '{after}'))"
    rows = c.all(f"{' UNION ALL '.join(parts)} LIMIT ? OFFSET ?", *params, limit, offset)
    return [(area, bytes(person)) for area, person in rows]


def _in_areas(store: Store, c: Connection) -> str:
    areas = store.areas or tuple(row[0] for row in c.all("SELECT DISTINCT area FROM feed"))
    return in_areas(areas)


def _split(text: str) -> list[str]:
    return [word for word in _NO_WORD.split(fold_name(text)) if word]


def _beginning(word: str) -> str:
    """The FTS5 query of a word as a beginning; of a number, also without its 0 or 62, by what is indexed of
    it.
    """
    if not word.isdecimal():
        return f'"{word}"*'
    ways = [word, *(word[len(start) :] for start in ("0", "62") if word.startswith(start))]
    whole = [f'"{way[:_HEAD]}"' + ("*" if len(way) < _HEAD else "") for way in ways if way]
    return f"({' OR '.join(whole)})"


def _people(c: Connection, docs: Sequence[int]) -> dict[int, Found]:
    found: dict[int, Found] = {}
    for chunk in chunks(docs):
        for doc, area, person in c.all(
            f"SELECT doc, area, id FROM person_found WHERE doc IN ({marks(chunk)})", *chunk
        ):
            found[doc] = (area, bytes(person))
    return found


def _ranked(c: Connection, docs: Sequence[int], words: Sequence[str]) -> list[Found]:
    """Names that hold a typed word whole come first, then names that begin as typed, then the rest; by name
    within.
    """
    typed, wanted = " ".join(words), set(words)
    scored = []
    for chunk in chunks(docs):
        for area, person, name in c.all(
            "SELECT f.area, f.id, p.full_name FROM person_found f "
            "JOIN person p ON p.area = f.area AND p.id = f.id "
            f"WHERE f.doc IN ({marks(chunk)})",
            *chunk,
        ):
            folded = fold_name(name or "")
            whole = len(wanted.intersection(folded.split()))
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
        away = canonicals(c, rows)
    others = [person_key(row) for person, row in rows.items() if row[7] is None and person not in away]
    return candidates(one, others, limit)


def _same_number(store: Store, c: Connection, one: PersonKey) -> Iterable[Found]:
    sql = f"SELECT area, id FROM person WHERE {_in_areas(store, c)} AND "
    found: list[tuple[int, bytes]] = []
    if one.phone:
        found += c.all(f"{sql}phone = ?", one.phone)
    if one.nik and len(one.nik) == _NIK_LENGTH:
        start = one.nik[:8]  # district and day; the rest is compared in the index, before any row is read
        near = c.all(f"{sql.replace('area, id', 'area, id, nik', 1)}nik >= ? AND nik < ?", start, f"{start}:")
        found += [(area, person) for area, person, nik in near if _is_near(one.nik, nik)]
    return [(area, bytes(person)) for area, person in found]


def _is_near(nik: str, other: str) -> bool:
    return sum(map(str.__ne__, nik, other)) <= NEAR_DIGITS


def _like_name(c: Connection, one: PersonKey) -> Iterable[Found]:
    beginnings = list(dict.fromkeys(word[:3] for word in _split(one.name) if len(word) >= 3))
    if not one.village or not beginnings:
        return []
    anyone = " OR ".join(f'"{beginning}"*' for beginning in beginnings)
    match = f'"{_village(one.village)}" AND ({_two_alike(beginnings)})'
    if one.year:
        born, unknown = (_district_and_year(one.village, year) for year in (one.year, None))
        match = f'("{born}" AND ({anyone})) OR ("{unknown}" AND {match})'
    sql = "SELECT rowid FROM person_search WHERE person_search MATCH ? ORDER BY rowid DESC LIMIT ?"
    return _people(c, [row[0] for row in c.all(sql, match, COMPARED)]).values()


def _two_alike(beginnings: Sequence[str]) -> str:
    """One word begins alike and another has the same first letter: enough where names must agree well."""
    pairs = []
    for beginning in beginnings:
        others = [f'"{other[:1]}"*' for other in beginnings if other != beginning]
        pairs.append(f'("{beginning}"* AND ({" OR ".join(others)}))' if others else f'"{beginning}"*')
    return " OR ".join(pairs)


def person_key(row: Sequence[object]) -> PersonKey:
    """What is compared of a row of area, id, name, phone, NIK, village, date of birth."""
    _area, person, name, phone, nik, village, birth = row[:7]
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
