"""The list of people at a size no village has: the order, a page, a key in the search, the filters.

Fifty thousand people are written straight into the tables; limits leave room for a slow laptop under load.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.actions.people import AREA, KUPANG, NOW, laptop
from trainer_app.records.fields import Record, Value, fields_by_name
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Consent, Enterprise, Person, derived_id
from trainer_app.storage import search
from trainer_app.storage.people_queries import counts, find_order, people_rows, take_order
from trainer_app.storage.rows import insert_columns
from trainer_app.storage.store import Store

pytestmark = pytest.mark.benchmark
PEOPLE = 50_000
FIRST = ("Siti", "Wagiyem", "Slamet", "Tri", "Yohanes", "Yuliana", "Ketut", "Nur")
LAST = ("Aminah", "Riyadi", "Taneo", "Wenda", "Sudarma", "Lestari", "Kolo")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = laptop(Path(tmp_path_factory.mktemp("many")))
    people = [new_id(NOW + n) for n in range(PEOPLE)]
    names = [f"{FIRST[n % 8]} {LAST[n % 7]} CONTOH" for n in range(PEOPLE)]
    _fill(made, Person, people, {"full_name": names, "sex": ["P"] * PEOPLE, "village": [KUPANG] * PEOPLE})
    firms = [derived_id(Enterprise, person) for person in people]
    _fill(made, Enterprise, firms, {"owner": people, "name": [f"Keripik {n}" for n in range(PEOPLE)]})
    consents = [derived_id(Consent, person) for person in people]
    _fill(made, Consent, consents, {"person": people, "purposes": ["program"] * PEOPLE})
    made.db.transact(search.reindex)
    search.index_pending(made)
    yield made
    made.close()


def _fill(store: Store, cls: type[Record], ids: list[bytes], columns: dict[str, list[Value]]) -> None:
    known = fields_by_name(cls)
    stamps = ([NOW << 16] * len(ids), 1, list(range(1, len(ids) + 1)))
    by_number = {known[name].number: values for name, values in columns.items()}
    store.db.transact(lambda c: insert_columns(c, cls, AREA, ids, by_number, stamps))


def best(deed: Callable[[], object], times: int = 3) -> float:
    """Seconds of the quickest of some runs."""
    took = []
    for _run in range(times):
        start = time.perf_counter()
        deed()
        took.append(time.perf_counter() - start)
    return min(took)


def test_the_list_is_quick_at_any_size(store: Store) -> None:
    order = take_order(store)
    assert len(order) == PEOPLE
    assert best(lambda: take_order(store)) < 1.0
    assert best(lambda: take_order(store, sort="name")) < 2.0
    for offset in (0, PEOPLE // 2, PEOPLE - 200):
        assert best(partial(people_rows, store, order, offset, 200)) < 0.1
    for typed in ("s", "siti", "siti am", "keripik 49"):
        assert best(partial(find_order, store, typed)) < 0.15
    assert best(lambda: counts(store), 1) < 3.0
