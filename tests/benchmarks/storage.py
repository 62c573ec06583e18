"""Saving, applying and finding, against what the same library does bare: same encryption, pragmas, tables and
rows.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.benchmarks.measurement import Measurement, alternating, percentile, seconds
from trainer_app.records.clock import pack, wall_ms
from trainer_app.records.fields import Record, fields_of
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Attendance, Consent, Enterprise, Person, derived_id
from trainer_app.records.matching import PersonKey
from trainer_app.records.operation import Edit, Operation
from trainer_app.records.segment import Segment, open_segment, seal_segment
from trainer_app.records.synthetic import SyntheticPerson, people
from trainer_app.storage.applying import apply_segment
from trainer_app.storage.database import Database, open_sqlite
from trainer_app.storage.opening import create_store
from trainer_app.storage.rows import insert_sql
from trainer_app.storage.search import duplicates, index_pending, reindex, search
from trainer_app.storage.store import Store
from trainer_app.storage.tables import create_all

DEK = bytes(range(32))
AREA = 5301
ON = date(2026, 11, 24)
AUTHOR = new_id()
SAVES = 300
ADDED_MS = 1.5
PEOPLE, SESSIONS = 5_000, 12  # 65,000 operations: everybody registered and marked in twelve sessions
SEGMENT_OPERATIONS = 20_000
POPULATION = 200_000
KEYSTROKES = 400


def measure() -> list[Measurement]:
    """All figures of this module."""
    return [*_saving(), _applying(), *_searching()]


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="trainer-bench-") as name:
        yield Path(name)


@contextmanager
def _store(folder: Path) -> Iterator[Store]:
    store = create_store(folder, DEK)
    store.found(new_id(), Ed25519PrivateKey.generate().private_bytes_raw(), "Laptop CONTOH", [AREA])
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _bare(folder: Path) -> Iterator[Database]:
    """The same tables in the same kind of file, without anything of ours around."""
    db = open_sqlite(folder / "bare.db", DEK)
    create_all(db)
    try:
        yield db
    finally:
        db.close()


def _row(cls: type[Record], row: bytes, values: dict[str, Any]) -> tuple[Any, ...]:
    given = [values.get(field.name) for field in fields_of(cls)]
    return (AREA, row, *given, pack(wall_ms()), 1, 1, None, None)


# ---------------------------------------------------------------- saving
def _registration(one: SyntheticPerson) -> list[tuple[type[Record], bytes, dict[str, Any]]]:
    person = new_id()
    return [
        (Person, person, dict(one.person)),
        (Enterprise, derived_id(Enterprise, person), {**one.enterprise, "owner": person}),
        (Consent, derived_id(Consent, person), {**one.consent, "person": person}),
    ]


def _saving() -> list[Measurement]:
    """One registration (person, enterprise, consent) by `Store.save`, and its rows in a bare transaction.

    The ratio is meant for a disk that takes 5 to 7 ms to make a commit durable, as those of laptops do; a
    fast one makes it larger. So what `save` adds is told apart: its bar is 30 of 100 of such a commit.
    """
    forms = iter(people(7, 2 * SAVES + 20, regencies=["53.01"], on=ON))
    with _folder() as folder, _store(folder) as store, _bare(folder) as bare:
        raw: Any = bare.engine.raw_connection().driver_connection

        def ours() -> float:
            edits = [Edit(cls, row, AREA, values) for cls, row, values in _registration(next(forms))]
            return seconds(lambda: store.save(edits, AUTHOR))

        def plain() -> float:
            rows = [(insert_sql(cls), _row(cls, row, v)) for cls, row, v in _registration(next(forms))]

            def commit() -> None:
                raw.execute("BEGIN IMMEDIATE")
                for sql, values in rows:
                    raw.execute(sql, values)
                raw.execute("COMMIT")

            return seconds(commit)

        for _n in range(10):  # both warm
            ours()
            plain()
        value, baseline = alternating(ours, plain, SAVES)
    value, baseline = value * 1e3, baseline * 1e3
    return [
        Measurement("save one registration / bare commit of its rows", value, "ms", 1.3, baseline),
        Measurement("what saving adds to that commit", value - baseline, "ms", ADDED_MS),
    ]


# ---------------------------------------------------------------- applying
def segments() -> tuple[bytes, list[bytes], list[tuple[str, list[tuple[Any, ...]]]]]:
    """65,000 operations of one laptop as signed segments, and the rows that they come to."""
    key, replica = Ed25519PrivateKey.generate(), new_id()
    answers = [one.person for one in people(11, 500, regencies=["53.01"], on=ON)]
    persons = [new_id() for _n in range(PEOPLE)]
    sessions = [new_id() for _n in range(SESSIONS)]
    told: list[tuple[type[Record], bytes, dict[str, Any]]] = [
        (Person, person, {k: v for k, v in answers[n % len(answers)].items() if v is not None})
        for n, person in enumerate(persons)
    ]
    for session in sessions:
        told += [
            (
                Attendance,
                derived_id(Attendance, session, person),
                {"session": session, "person": person, "status": "hadir", "method": "daftar"},
            )
            for person in persons
        ]
    operations = [
        Operation(
            cls.kind,
            row,
            AREA,
            replica,
            seq,
            pack(wall_ms()) + seq,
            AUTHOR,
            0,
            {field.number: values[field.name] for field in fields_of(cls) if field.name in values},
        )
        for seq, (cls, row, values) in enumerate(told, 1)
    ]
    bodies, prev = [], b""
    for start in range(0, len(operations), SEGMENT_OPERATIONS):
        body, segment = seal_segment(
            operations[start : start + SEGMENT_OPERATIONS],
            replica=replica,
            area=AREA,
            prev_hash=prev,
            sign=key.sign,
            os_clock=wall_ms(),
            offset_ms=0,
        )
        prev = segment.hash
        bodies.append(body)
    rows = [
        (insert_sql(cls), [_row(cls, row, values) for kind, row, values in told if kind is cls])
        for cls in (Person, Attendance)
    ]
    return key.public_key().public_bytes_raw(), bodies, rows


def _applying() -> Measurement:
    """Verify, decode, store and merge 65,000 operations, and insert the same rows with `executemany`; CPU."""
    public_key, bodies, rows = segments()

    def ours() -> float:
        with _folder() as folder, _store(folder) as store:

            def apply() -> None:
                for body in bodies:
                    segment: Segment = open_segment(body, public_key)
                    outcome = apply_segment(store, segment, body, public_key=public_key)
                    if outcome.result != "stored" or outcome.quarantined:
                        raise AssertionError(outcome)

            return seconds(apply, time.process_time)

    def plain() -> float:
        with _folder() as folder, _bare(folder) as bare:
            raw: Any = bare.engine.raw_connection().driver_connection

            def insert() -> None:
                for sql, values in rows:
                    for start in range(0, len(values), SEGMENT_OPERATIONS):
                        raw.execute("BEGIN IMMEDIATE")
                        raw.executemany(sql, values[start : start + SEGMENT_OPERATIONS])
                        raw.execute("COMMIT")

            return seconds(insert, time.process_time)

    ours()
    value, baseline = alternating(ours, plain, 5)
    return Measurement("apply 65,000 operations / bare executemany (CPU)", value, "s", 2.2, baseline)


# ---------------------------------------------------------------- searching
def _fill(store: Store) -> list[dict[str, Any]]:
    """200,000 people of one regency: names mixed from synthetic ones, spread over its villages."""
    chance = random.Random(5)  # noqa: S311 (the same people in every run)
    pool = [dict(one.person) for one in people(3, 2_000, regencies=["53.01"], on=ON)]
    words = [word for one in pool for word in str(one["full_name"]).split()]
    villages = [str(one["village"]) for one in pool]
    made = []
    for n in range(POPULATION):
        born = date(1950 + chance.randrange(55), 1 + chance.randrange(12), 1 + chance.randrange(28))
        made.append(
            {
                "full_name": " ".join(chance.choices(words, k=chance.choice((1, 2, 2, 2, 3)))),
                "sex": "P",
                "birth_date": born.isoformat(),
                "nik": f"5301{chance.randrange(1, 30):02d}{born:%d%m%y}{n % 10_000:04d}",
                "phone": f"+62810{n:08d}",
                "village": chance.choice(villages),
            }
        )
    rows = [_row(Person, new_id(wall_ms() - POPULATION + n), values) for n, values in enumerate(made)]
    with store.db.writing() as c:
        c.many(insert_sql(Person), rows)
        reindex(c)
    index_pending(store)
    return made


def _typed(known: list[dict[str, Any]]) -> Iterator[str]:
    """What is in the box after each keystroke, for names, phone numbers and NIK."""
    chance = random.Random(6)  # noqa: S311 (the same keys in every run)
    while True:
        one = chance.choice(known)
        text = chance.choice((str(one["full_name"]), f"0{str(one['phone'])[3:]}", str(one["nik"])))
        for end in range(1, len(text) + 1):
            yield text[:end].strip()


def _searching() -> list[Measurement]:
    with _folder() as folder, _store(folder) as store:
        known = _fill(store)
        typed = _typed(known)
        search(store, "a")
        finding = [
            seconds(partial(search, store, text)) for _n, text in zip(range(KEYSTROKES), typed, strict=False)
        ]
        chance = random.Random(8)  # noqa: S311 - sample data, no secret
        forms = [
            PersonKey(
                b"",
                one["full_name"],
                nik=one["nik"],
                phone=one["phone"],
                birth_year=int(one["birth_date"][:4]),
                village=one["village"],
            )
            for one in chance.sample(known, 100)
        ]
        checking = [seconds(partial(duplicates, store, form)) for form in forms]
    return [
        Measurement(
            "find people, each keystroke over 200,000 (95 of 100)", percentile(finding, 0.95) * 1e3, "ms", 16
        ),
        Measurement("find duplicates over 200,000 (95 of 100)", percentile(checking, 0.95) * 1e3, "ms", 16),
    ]
