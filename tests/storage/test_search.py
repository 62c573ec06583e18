"""Finding people as somebody types, and people who may be registered twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.storage.conftest import MakeStore
from trainer_app.records.checks.names import fold_name
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Enterprise, Person, derived_id
from trainer_app.records.matching import PersonKey
from trainer_app.records.operation import Edit
from trainer_app.records.problem import StoreProblem
from trainer_app.records.segment import open_segment
from trainer_app.storage import search as search_module
from trainer_app.storage.applying import apply_segment
from trainer_app.storage.feeds import feed_segments, seal
from trainer_app.storage.opening import create_store
from trainer_app.storage.search import duplicates, index_pending, reindex, search
from trainer_app.storage.store import Store

DEK = bytes(range(32))
AREA, OTHER_AREA = 5301, 5302
AUTHOR = new_id()
VILLAGE = "53.01.08.2006"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = create_store(tmp_path, DEK)
    made.found(new_id(), bytes(32), "Laptop CONTOH", [AREA, OTHER_AREA])
    yield made
    made.close()


def add(store: Store, name: str, area: int = AREA, person: bytes | None = None, **more: object) -> bytes:
    person = person or new_id()
    store.save([Edit(Person, person, area, {"full_name": name, "sex": "P", **more})], AUTHOR)
    return person


def found(store: Store, text: str, **more: int) -> list[bytes]:
    return [person for _area, person in search(store, text, **more)]


# ---------------------------------------------------------------- search
def test_any_word_of_the_name_by_its_beginning_in_any_order(store):
    siti = add(store, "Siti Ma'rifah Nur-Aini CONTOH")
    add(store, "Budi Prasetyo CONTOH")
    for text in (
        "siti",
        "SIT",
        "nur",
        "aini",
        "marif",
        "ma'rif",
        "nur si",
        "  aini   siti ",
        "s m n a c",
        "Nurâini"[:3],
    ):
        assert found(store, text) == [siti], text
    assert found(store, "iti") == []  # from the beginning of a word
    assert found(store, "siti budi") == []  # every word


def test_phone_and_nik_however_their_digits_are_typed(store):
    siti = add(store, "Siti CONTOH", phone="+6281227334155", nik="5301084409840002")
    yohana = add(store, "Yohana CONTOH", phone="+6285338001234", nik="6201084409840003")
    for text in (
        "0812",
        "812 2733",
        "+62 812-2733-4155",
        "6281227334155",
        "4155",
        "5301",
        "5301 0844 0984 0002",
        "siti 4155",
    ):
        assert found(store, text) == [siti], text
    for text in ("0853", "62010844", "6201 0844 0984 0003", "0003"):
        assert found(store, text) == [yohana], text
    assert found(store, "9999") == []
    assert found(store, "siti 081227334155") == found(store, "5301084409840002 con") == [siti]
    assert found(store, "yohana 081227334155") == found(store, "081227334155 5301084409840009") == []


def test_a_number_that_is_both_counts_once_and_long_lists_of_numbers_have_pages(store):
    both = add(store, "Siti CONTOH", phone="+628122733415", nik="6281227334150002")
    assert found(store, "62812273") == [both]
    people = {add(store, f"Siti {n} CONTOH", nik=f"53010844098400{n:02d}") for n in range(12)}
    pages = [found(store, "5301 0844", limit=5, offset=start) for start in (0, 5, 10)]
    assert [len(page) for page in pages] == [5, 5, 2]
    assert set().union(*pages) == people


def test_by_the_name_of_the_business_wherever_it_trades(store):
    siti = add(store, "Siti CONTOH")
    shop = {"owner": siti, "name": "Keripik Ma' Nyus", "business_group": "olahan_pangan"}
    store.save([Edit(Enterprise, derived_id(Enterprise, siti), OTHER_AREA, shop)], AUTHOR)
    assert search(store, "kerip") == [(AREA, siti)]
    store.save([Edit(Enterprise, derived_id(Enterprise, siti), OTHER_AREA, {"name": "Sambal Siti"})], AUTHOR)
    assert search(store, "kerip") == []
    assert search(store, "sambal") == [(AREA, siti)]


def test_what_was_just_changed_is_found_and_what_it_was_is_not(store):
    person = add(store, "Sity CONTOH", phone="+6281227334155")
    store.save([Edit(Person, person, AREA, {"full_name": "Siti Aminah CONTOH", "phone": None})], AUTHOR)
    assert found(store, "aminah") == [person]
    assert found(store, "sity") == found(store, "0812") == []


def test_the_deleted_are_not_found_until_they_are_restored(store):
    person = add(store, "Siti CONTOH")
    store.save([Edit(Person, person, AREA, {"deleted_at": 1, "deleted_reason": "ganda"})], AUTHOR)
    assert found(store, "siti") == []
    store.save([Edit(Person, person, AREA, {"deleted_at": None})], AUTHOR)
    assert found(store, "siti") == [person]


def test_a_save_that_fails_leaves_no_trace_in_the_index(store):
    person = new_id()

    def work(c: object) -> None:
        from trainer_app.storage.saving import save_edits

        save_edits(store, c, [Edit(Person, person, AREA, {"full_name": "Siti CONTOH"})], AUTHOR)
        assert search_module.search is search
        raise StoreProblem("stop")

    with pytest.raises(StoreProblem):
        store.db.transact(work)
    assert found(store, "siti") == []
    with store.db.reading() as c:
        assert c.value("SELECT COUNT(*) FROM person_found") == 0


@pytest.mark.parametrize("text", ["", "   ", "-", '"', "*", "()", "'", "!?", "\0"])
def test_nothing_typed_finds_nobody(store, text):
    add(store, "Siti CONTOH")
    assert search(store, text) == []


def test_the_best_come_first(store):
    order = ["Sitiawan Ani CONTOH", "Ani Siti CONTOH", "Siti Zubaedah CONTOH", "Siti Ani CONTOH"]
    ids = {name: add(store, name) for name in order}
    assert found(store, "siti") == [
        ids[name]
        for name in ("Siti Ani CONTOH", "Siti Zubaedah CONTOH", "Ani Siti CONTOH", "Sitiawan Ani CONTOH")
    ]


def test_pages_of_a_long_list_hold_everybody_once(store, monkeypatch):
    people = {add(store, f"Siti {n} CONTOH") for n in range(25)}
    for ranked in (300, 10):  # short lists are ranked, long ones come newest first
        monkeypatch.setattr(search_module, "RANKED", ranked)
        pages = [found(store, "siti", limit=7, offset=start) for start in range(0, 28, 7)]
        assert [len(page) for page in pages] == [7, 7, 7, 4]
        assert set().union(*pages) == people


def test_reindexing_finds_the_same_people(store):
    people = [add(store, f"Siti {name} CONTOH", phone=f"+62812000000{n}") for n, name in enumerate("ABCDE")]
    before = search(store, "siti"), search(store, "0812")
    store.db.transact(reindex)
    with store.db.reading() as c:
        assert c.value("SELECT COUNT(*) FROM search_pending") == len(people)
    assert index_pending(store) == len(people)
    assert index_pending(store) == 0
    assert (search(store, "siti"), search(store, "0812")) == before


def test_catching_up_leaves_room_for_saving(store, monkeypatch):
    for n in range(12):
        add(store, f"Siti {n} CONTOH")
    monkeypatch.setattr(search_module, "BATCH", 5)
    store.db.transact(reindex)
    assert index_pending(store) == 12
    assert len(found(store, "siti")) == 12


def test_who_arrives_from_elsewhere_is_found_after_catching_up(store, tmp_path):
    other = create_store(tmp_path / "other", DEK)
    key = Ed25519PrivateKey.generate()
    other.found(new_id(), key.private_bytes_raw(), "Laptop CONTOH 2", [AREA])
    person = add(other, "Yohana Tefa CONTOH")
    shop = {"owner": person, "name": "Sambal Lu'at", "business_group": "olahan_pangan"}
    other.save([Edit(Enterprise, derived_id(Enterprise, person), AREA, shop)], AUTHOR)
    seal(other, key.sign)
    for stored in feed_segments(other, AREA, other.replica):
        apply_segment(store, open_segment(stored.body, None), stored.body)
    other.close()
    assert search(store, "yohana") == []
    assert index_pending(store) == 1
    assert found(store, "yohana") == found(store, "sambal") == [person]


WORDS = st.text(st.sampled_from("aeistnr'- éÜ03"), min_size=1, max_size=12)


@given(
    names=st.lists(WORDS.filter(lambda t: any(c.isalpha() for c in t)), min_size=1, max_size=6),
    cut=st.integers(1, 6),
)
def test_everybody_is_found_by_the_beginning_of_each_word(tmp_path_factory, names, cut):
    """Model: a person is found exactly when every typed word begins one of theirs."""
    store = create_store(tmp_path_factory.mktemp("h"), DEK)
    store.found(new_id(), bytes(32), "Laptop CONTOH", [AREA])
    people = {add(store, name): name for name in names}
    for typed in names:
        text = " ".join(word[:cut] for word in search_module._split(typed))
        wanted = search_module._split(text)
        expected = {
            person
            for person, name in people.items()
            if all(any(own.startswith(word) for own in search_module._split(name)) for word in wanted)
        }
        if not search_module._ONLY_NUMBER.fullmatch(text):
            assert set(found(store, text)) == expected, (text, fold_name(typed))
    store.close()


# ---------------------------------------------------------------- duplicates
def key(name: str, **more: object) -> PersonKey:
    return PersonKey(b"", name, **more)  # type: ignore[arg-type]  # fields of the key


def likely(store: Store, one: PersonKey) -> list[tuple[bytes, bool]]:
    return [(bytes(other.id), likeness.sure) for other, likeness in duplicates(store, one)]


def test_the_same_nik_is_sure_whatever_the_name(store):
    siti = add(store, "Siti CONTOH", nik="5301084409840002")
    assert likely(store, key("Budi CONTOH", nik="5301084409840002")) == [(siti, True)]
    assert likely(store, key("", nik="5301084409840002")) == [(siti, True)]


def test_a_slip_in_the_nik_is_likely_with_the_same_name(store):
    siti = add(store, "Siti Aminah CONTOH", nik="5301084409840002")
    assert likely(store, key("Siti Aminah CONTOH", nik="5301084409840020")) == [(siti, False)]


def test_the_same_phone_and_a_like_name(store):
    siti = add(store, "Siti Aminah CONTOH", phone="+6281227334155")
    assert likely(store, key("Siti Aminah CONTOH", phone="+6281227334155")) == [(siti, False)]
    assert likely(store, key("Budi Prasetyo", phone="+6281227334155")) == []  # a shared phone


def test_a_like_name_in_the_same_village_or_district(store):
    siti = add(store, "Siti Aminah CONTOH", village=VILLAGE, birth_date="1984-09-04")
    assert likely(store, key("Sitti Aminah CONTOH", village=VILLAGE, birth_year=1984)) == [(siti, False)]
    assert likely(store, key("Aminah Siti CONTOH", village="53.01.08.2009", birth_year=1984)) == [
        (siti, False)
    ]
    assert likely(store, key("Siti Aminah CONTOH", village="53.01.09.2001", birth_year=1984)) == []
    assert likely(store, key("Siti Aminah CONTOH", village=VILLAGE, birth_year=1990)) == []
    assert likely(store, key("Siti Aminah CONTOH", village=VILLAGE)) == [(siti, False)]


def test_somebody_is_no_duplicate_of_themselves_nor_of_the_deleted(store):
    siti = add(store, "Siti CONTOH", nik="5301084409840002")
    assert likely(store, PersonKey(siti, "Siti CONTOH", nik="5301084409840002")) == []
    store.save([Edit(Person, siti, AREA, {"deleted_at": 1})], AUTHOR)
    assert likely(store, key("Siti CONTOH", nik="5301084409840002")) == []


def test_half_a_form_finds_nobody_and_breaks_nothing(store):
    add(store, "Siti CONTOH", village=VILLAGE)
    for one in (key(""), key("S"), key('"*'), key("Siti"), key("", village=VILLAGE), key("Siti", nik="5301")):
        assert likely(store, one) == []


# ---------------------------------------------------------------- the other engine
def test_postgresql_has_no_index_and_says_nobody(make_store: MakeStore) -> None:
    store = make_store()
    person = new_id()
    store.save([Edit(Person, person, AREA, {"full_name": "Siti CONTOH", "nik": "5301084409840002"})], AUTHOR)
    expected = [(AREA, person)] if store.db.dialect == "sqlite" else []
    assert search(store, "siti") == expected
    assert [bool(duplicates(store, key("Siti", nik="5301084409840002")))] == [bool(expected)]
    assert index_pending(store) == 0
