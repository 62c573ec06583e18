"""Made-up people (CONTOH) whose data is as awkward as data in the field, on purpose.

Flaws that are events (two laptops editing one person, a clock two days off, a mark changed after the
certificate) belong to the simulation; here is what a single registration can look like.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from trainer_app.records.clock import DAY_MS
from trainer_app.records.fields import Value
from trainer_app.records.synthetic import NOTE, SyntheticPerson, make_nik, people

Answers = Mapping[str, Value]

_IN_1975, _IN_1991, _LEAP_DAY = date(1975, 5, 17), date(1991, 9, 3), date(1988, 2, 29)
_NO_PHONE: Answers = {"phone": None, "phone_typed": None, "phone_status": "tidak_punya"}
_NEEDED = ("full_name", "sex", "village", "sample")


def dirty_cases(
    seed: int, *, on: date, regency: str = "53.01", first: int = 900_000
) -> list[SyntheticPerson]:
    """One person, or a pair in a row, for every flaw; ``case`` says which. All are of one regency, pairs of
    one village.

    ``first`` is the number of the first of them. Raises KeyError for a regency that is not known.
    """
    home = str(next(people(seed, 1, on=on, regencies=[regency], first=first)).person["village"])
    flaws = list(_flaws(home, on))
    *base, bare, withdrawn = people(seed, len(flaws) + 2, on=on, regencies=[regency], first=first)
    flawed = [
        replace(who, person={**who.person, **answers}, case=case)
        for who, (case, answers) in zip(base, flaws, strict=True)
    ]
    return [*flawed, _bare(bare), _withdrawn(withdrawn)]


def _flaws(home: str, on: date) -> Iterator[tuple[str, Answers]]:
    district = home[:8]
    sri: Answers = {
        "full_name": "Sri Wahyuni",
        "sex": "P",
        "village": home,
        "nik_status": "tidak_punya",
        "nik": None,
        **_NO_PHONE,
    }
    couple: Answers = {
        "phone": "+6281000000007",
        "phone_typed": "0810 0000 0007",
        "phone_status": "ada",
        "phone_shared": 1,
    }
    maria = _card(make_nik(district, _IN_1975, "P", 12), "P", _IN_1975)
    yield "one_word_name", {"full_name": "Suparman", "sex": "L"}
    yield "same_name_and_village", {**sri, "birth_date": _IN_1975.isoformat()}
    yield "same_name_and_village", {**sri, "birth_date": _IN_1991.isoformat()}
    yield "spouses_one_phone", {**couple, "full_name": "Lukas Seran", "sex": "L", "village": home}
    yield "spouses_one_phone", {**couple, "full_name": "Agnes Bere", "sex": "P", "village": home}
    yield "swapped_nik_digits", {**maria, "full_name": "Maria Nenohai", "village": home}
    yield "swapped_nik_digits", {
        **maria, "full_name": "MARIA NENOHAI", "village": home, "nik": _swapped(str(maria["nik"])),
    }  # fmt: skip
    yield "old_papua_nik", {"full_name": "Naomi Kogoya", **_card("9113015204889003", "P", date(1988, 4, 12))}
    yield "woman_with_mans_nik", {
        "full_name": "Dominggas Loba", **_card(make_nik(district, _IN_1991, "L", 8), "P", _IN_1991),
    }  # fmt: skip
    yield "born_29_february", {
        "full_name": "Petrus Bani", **_card(make_nik(district, _LEAP_DAY, "L", 9), "L", _LEAP_DAY),
    }  # fmt: skip
    old, young = date(on.year - 96, 1, 2), date(on.year - 16, 1, 2)
    yield "aged_96", {"full_name": "Agnes Manafe", **_card(make_nik(district, old, "P", 10), "P", old)}
    yield "aged_16_with_guardian", {
        "full_name": "Yohanes Lodo", **_card(make_nik(district, young, "L", 11), "L", young),
        "guardian_name": f"Yuliana {NOTE}", "guardian_relation": "ibu",
    }  # fmt: skip
    yield "village_code_of_old_areas", {"village": "91.13.01.2001"}
    yield "name_typed_carelessly", {"full_name": "  hj. sitti  NOER halimah , s.pd ", "sex": "P"}
    yield "two_phones_in_one_field", {
        "phone": "+6281012345678", "phone_typed": "0810 1234 5678 / 0810 8765 4321", "phone_status": "ada",
    }  # fmt: skip


def _card(nik: str, sex: str, birth: date) -> Answers:
    return {"nik_status": "ada", "nik": nik, "sex": sex, "birth_date": birth.isoformat()}


def _swapped(nik: str) -> str:
    """The same number with the last two digits changed over."""
    return nik[:-2] + nik[-1] + nik[-2]


def _bare(who: SyntheticPerson) -> SyntheticPerson:
    person = {name: value for name, value in who.person.items() if name in _NEEDED}
    enterprise = {"business_group": who.enterprise["business_group"], "unnamed": 1, "sample": 1}
    return replace(who, person=person, enterprise=enterprise, case="nothing_but_the_needed")


def _withdrawn(who: SyntheticPerson) -> SyntheticPerson:
    given = who.consent["given_at"]
    assert isinstance(given, int)
    consent = {**who.consent, "withdrawn_at": given + DAY_MS, "withdrawn_purposes": who.consent["purposes"]}
    return replace(who, consent=consent, case="consent_withdrawn")
