"""Made-up people: the same every time, complete, readable by our own checks, and nobody's data."""

from __future__ import annotations

import collections
import itertools
import statistics
from datetime import date

import pytest

from tests.records.flawed import dirty_cases
from trainer_app.records import places
from trainer_app.records.checks.names import clean_name
from trainer_app.records.checks.nib import read_nib
from trainer_app.records.checks.nik import read_nik
from trainer_app.records.checks.phone import read_phones
from trainer_app.records.completeness import missing_questions
from trainer_app.records.consent import Consent
from trainer_app.records.enterprise import Enterprise
from trainer_app.records.fields import problems, to_wire
from trainer_app.records.matching import PersonKey, candidate
from trainer_app.records.person import Person
from trainer_app.records.synthetic import STEP_SHARES, people

ON = date(2026, 11, 24)
ID = b"\0" * 16


@pytest.fixture(scope="module")
def crowd():
    return list(people(7, 1_500, on=ON))


@pytest.fixture(scope="module")
def flawed():
    return dirty_cases(7, on=ON)


def birth(one):
    text = one.person.get("birth_date")
    return date.fromisoformat(text) if text and len(text) > 4 else None


def key(one):
    year = one.person.get("birth_date")
    return PersonKey(
        str(one.number),
        one.name,
        nik=one.person.get("nik"),
        phone=one.person.get("phone"),
        birth_year=int(year[:4]) if year else None,
        birth_date=birth(one),
        village=one.person["village"],
    )


def test_the_same_seed_gives_the_same_people(crowd):
    assert list(people(7, 20, on=ON)) == crowd[:20]
    assert list(people(7, 5, on=ON, first=100)) == crowd[100:105]
    assert list(people(8, 20, on=ON)) != crowd[:20]


def test_every_answer_is_one_the_form_takes(crowd, flawed):
    for one in [*crowd, *flawed]:
        assert problems(Person, one.person) == []
        assert problems(Enterprise, {**one.enterprise, "owner": ID}) == []
        assert problems(Consent, {**one.consent, "person": ID}) == []
        for record, answers in ((Person, one.person), (Enterprise, one.enterprise), (Consent, one.consent)):
            assert to_wire(record, answers)


def test_all_24_questions_are_answered(crowd):
    for one in crowd:
        person = Person(id=ID, area=one.area, **one.person)
        enterprise = Enterprise(id=ID, area=one.area, **one.enterprise)
        consent = Consent(id=ID, area=one.area, **one.consent)
        open_questions = set(missing_questions(person, enterprise, consent))
        assert open_questions <= ({5} if one.person["nik_status"] == "belum_diisi" else set())


def test_all_is_marked_as_an_example(crowd, flawed):
    for one in [*crowd, *flawed]:
        assert one.note == "CONTOH"
        assert one.person["sample"] == one.enterprise["sample"] == one.consent["sample"] == 1


def test_numbers_reach_nobody_and_pass_our_checks(crowd):
    for one in crowd:
        if nik := one.person["nik"]:
            reading = read_nik(nik, on=ON, birth=birth(one), sex=one.person["sex"])
            assert (reading.status, reading.digits) == ("ok", nik)
            assert int(nik[12:]) >= 9000
        if phone := one.person["phone"]:
            assert phone.startswith("+62810")
            assert [reading.e164 for reading in read_phones(one.person["phone_typed"])] == [phone]
        if nib := one.enterprise["nib"]:
            assert read_nib(nib).status == "ok"
        assert clean_name(one.name).name == one.name
        assert one.area == places.area_of(one.person["village"]) == places.area_of(one.enterprise["village"])


def test_nobody_is_there_twice(crowd):
    niks = [one.person["nik"] for one in crowd if one.person["nik"]]
    phones = [one.person["phone"] for one in crowd if one.person["phone"]]
    assert len(set(niks)) == len(niks)
    assert len(set(phones)) == len(phones)


def test_shares_are_those_of_the_field(crowd):
    def share(holds, among=crowd):
        return sum(map(holds, among)) / len(among)

    listed = [one for one in crowd if places.is_tertinggal(one.person["village"][:5], ON)]
    rest = [one for one in crowd if one not in listed]
    assert share(lambda one: one.person["sex"] == "P") == pytest.approx(0.6, abs=0.05)
    assert len(listed) / len(crowd) == pytest.approx(6 * 9.84 / (6 * 9.84 + 275), abs=0.05)
    assert share(lambda one: one.person["phone"] is None, listed) == pytest.approx(0.25, abs=0.08)
    assert share(lambda one: one.person["phone"] is None, rest) == pytest.approx(0.05, abs=0.03)
    assert statistics.mean(one.journey.pre_index for one in crowd if one.journey.pre_index is not None) == (
        pytest.approx(35, abs=3)
    )
    for step, wanted in STEP_SHARES.items():
        assert share(lambda one, step=step: step in one.journey.steps) == pytest.approx(wanted, abs=0.05)


def test_the_papuan_mountains_have_few_cards_and_some_old_codes():
    mountains = list(people(3, 300, on=ON, regencies=["95.03"]))
    niks = [one.person["nik"] for one in mountains if one.person["nik"]]
    assert 0.4 < len(niks) / len(mountains) < 0.7
    assert any(nik.startswith("9113") for nik in niks)
    assert any(nik.startswith("9503") for nik in niks)
    assert {one.area for one in mountains} == {9503}


def test_a_journey_makes_sense(crowd):
    for one in crowd:
        journey = one.journey
        assert journey.registered_on <= ON
        assert 0 <= journey.attended <= 1
        assert ("T1" in journey.steps) == (journey.attended >= 0.8)
        assert journey.post_index is None or journey.pre_index <= journey.post_index <= 100
        assert list(journey.steps) == sorted(journey.steps)
        assert one.consent["given_at"] % 1000 == 0


def test_an_unknown_regency_is_refused():
    with pytest.raises(KeyError):
        next(people(1, 1, on=ON, regencies=["00.00"]))


# ---------------------------------------------------------------- flaws


def test_every_flaw_is_there(flawed):
    counted = collections.Counter(one.case for one in flawed)
    pairs = {"same_name_and_village", "spouses_one_phone", "swapped_nik_digits"}
    assert all(counted[case] == (2 if case in pairs else 1) for case in counted)
    assert len(counted) == 14
    assert len({one.number for one in flawed}) == len(flawed)


def test_pairs_are_told_apart_or_together(flawed):
    found = {}
    for a, b in itertools.pairwise(flawed):
        if a.case == b.case:
            found[a.case] = candidate(key(a), key(b))
    assert found["same_name_and_village"] is None
    assert found["spouses_one_phone"] is None
    assert "NIK hampir sama" in found["swapped_nik_digits"].reasons[0]
    assert not found["swapped_nik_digits"].sure


@pytest.mark.parametrize(
    ("case", "status", "codes"),
    [
        ("old_papua_nik", "ok", []),
        ("woman_with_mans_nik", "warning", ["sex_differs"]),
        ("born_29_february", "ok", []),
        ("aged_96", "ok", []),
        ("aged_16_with_guardian", "warning", ["under_17"]),
    ],
)
def test_flawed_numbers_are_noticed(flawed, case, status, codes):
    (one,) = [one for one in flawed if one.case == case]
    reading = read_nik(one.person["nik"], on=ON, birth=birth(one), sex=one.person["sex"])
    assert (reading.status, [code for code, _message in reading.problems]) == (status, codes)


def test_the_other_flaws_are_what_they_say(flawed):
    by_case = {one.case: one for one in flawed}
    assert clean_name(by_case["name_typed_carelessly"].name).name == "hj. sitti NOER halimah , s.pd"
    assert len(read_phones(by_case["two_phones_in_one_field"].person["phone_typed"])) == 2
    assert places.find_village(by_case["village_code_of_old_areas"].person["village"]) is None
    assert len(by_case["nothing_but_the_needed"].person) == 4
    withdrawn = by_case["consent_withdrawn"].consent
    assert withdrawn["withdrawn_at"] - withdrawn["given_at"] == 86_400_000
    assert len(by_case["one_word_name"].name.split()) == 1
