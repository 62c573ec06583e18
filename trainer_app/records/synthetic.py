"""Made-up people and enterprises (CONTOH) for trying the program out, for demonstrations, tests and load.

Every record carries ``sample`` = 1. No list of real people went in: names come from our own word lists, NIK
serials are 9000 to 9999 and phones begin with 0810, which no operator uses, so nothing here points at
anybody. The same seed gives the same people, and person number 7 of a seed is the same however many are made.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from trainer_app.records import places
from trainer_app.records.business import BusinessClass, business_classes
from trainer_app.records.checks.nik import age_on
from trainer_app.records.consent import NOTICE_VERSION
from trainer_app.records.enterprise import BOOKKEEPING, PREMISES, SALES_BRACKET
from trainer_app.records.fields import Value
from trainer_app.records.folding import fold
from trainer_app.records.person import EDUCATION, PHONE_OWNER, SOURCE
from trainer_app.records.place_tables import legacy_table

NOTE = "CONTOH"
FIRST_SERIAL, SERIALS = 9000, 1000
PHONES = 100_000_000
TERTINGGAL_WEIGHT = 6.0
"""How much likelier an underdeveloped regency is drawn than its number of people says."""
STEP_SHARES = {"T1": 0.90, "T2": 0.70, "T3": 0.45, "T4": 0.35, "T5": 0.28, "T6": 0.15}

_STRIDE = 61_803_399  # odd and no multiple of 5, so numbers below PHONES are all different
_PAPUA_MOUNTAINS = frozenset({"94", "95"})
_LANDMARKS = ("balai desa", "pasar", "sekolah", "lapangan", "puskesmas")
_NO_NIK = {"tidak_punya": 70, "belum_diisi": 12, "tidak_bersedia": 10, "tidak_terbaca": 8}
_NEED = {"": 86, "membaca": 6, "bahasa": 4, "melihat": 2, "mendengar": 1, "berjalan": 1}
_SALES = dict(zip(SALES_BRACKET, (38, 34, 14, 3, 1, 6, 4), strict=True))
_SIGNAL = {True: {"tidak_ada": 22, "telepon": 30, "lambat": 38, "baik": 10},
           False: {"tidak_ada": 2, "telepon": 8, "lambat": 40, "baik": 50}}  # fmt: skip
_PHONE_WRITINGS = ("0{0}{1}{2}", "0{0}-{1}-{2}", "+62 {0} {1} {2}", "0{0} {1} {2}", "62{0}{1}{2}")


@dataclass(frozen=True, slots=True)
class Journey:
    """What became of a person after registration. ``before`` are steps held already when registering.

    Indexes are 0 to 100 or None (not tested); ``attended`` is the share of lesson hours, 0 to 1.
    """

    registered_on: date
    pre_index: int | None
    post_index: int | None
    attended: float
    walk_in: bool
    leaves_early: bool
    steps: tuple[str, ...]
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SyntheticPerson:
    """One made-up owner with one enterprise: answers by field name, ready to be saved.

    The references between the records and their ids are left to whoever saves them. ``case`` names the flaw
    of a person from `dirty_cases`.
    """

    number: int
    person: Mapping[str, Value]
    enterprise: Mapping[str, Value]
    consent: Mapping[str, Value]
    journey: Journey
    case: str = ""
    note: str = NOTE

    @property
    def name(self) -> str:
        """The full name."""
        return str(self.person["full_name"])

    @property
    def area(self) -> int:
        """The area of residence, which is also that of the enterprise."""
        return places.area_of(str(self.person["village"]))


def people(
    seed: int,
    n: int,
    *,
    on: date,
    regencies: Sequence[str] | None = None,
    first: int = 0,
) -> Iterator[SyntheticPerson]:
    """``n`` made-up people who register in the months before the day ``on``, numbered from ``first``.

    They live in ``regencies`` (Kemendagri codes), or all over the country with the underdeveloped regencies
    drawn more often. Raises KeyError for a code that is not known.
    """
    codes = list(regencies) if regencies is not None else [one.code for one in places.regencies()]
    weights = [_weight(places.regency(code), on) for code in codes]
    for number in range(first, first + n):
        yield _one(seed, number, on, codes, weights)


def _weight(regency: places.Regency, on: date) -> float:
    listed = places.is_tertinggal(regency.code, on)
    return float(regency.population) * (TERTINGGAL_WEIGHT if listed else 1.0)


def _one(seed: int, number: int, on: date, codes: Sequence[str], weights: Sequence[float]) -> SyntheticPerson:
    rng = random.Random(f"{seed}/{number}")  # noqa: S311 (nothing secret; must be the same every time)
    regency = rng.choices(codes, weights)[0]
    village = rng.choice(_village_codes(regency))
    return _Maker(rng, seed, number, on, village).make()


@cache
def _village_codes(regency: str) -> list[str]:
    return [one.code for district in places.districts(regency) for one in places.villages(district.code)]


@cache
def _words() -> Mapping[str, Any]:
    text = files("trainer_app.resources").joinpath("curriculum", "synthetic_people.json").read_text("utf-8")
    return dict(json.loads(text))


@cache
def _old_codes() -> Mapping[str, str]:
    """Present district codes of Papua and the code that older identity cards carry."""
    return {one.successor_code: one.code for one in legacy_table().values() if one.successor_code}


def _drawn(rng: random.Random, weights: Mapping[str, float]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


class _Maker:
    """Draws one person. The order of the draws is part of what a seed means: add new ones at the end of
    `make`.
    """

    def __init__(self, rng: random.Random, seed: int, number: int, on: date, village: str) -> None:
        self.rng, self.seed, self.number, self.on, self.village = rng, seed, number, on, village
        self.shares: Mapping[str, Any] = _words()["shares"]
        self.listed = places.is_tertinggal(village[:5], on)
        self.sex = "P" if rng.random() < self.shares["women_owned"] else "L"
        self.birth = self._birth()
        self.origin = self._origin()

    def make(self) -> SyntheticPerson:
        given, full = self._name()
        phone = self.rng.random() >= self.shares["no_phone"]["tertinggal" if self.listed else "elsewhere"]
        smart = phone and self.rng.random() < (0.62 if self.listed else 0.85)
        journey = self._journey(smart)
        person: dict[str, Value] = {
            "full_name": full,
            "sex": self.sex,
            "birth_date": self.birth.isoformat() if self.rng.random() > 0.06 else str(self.birth.year),
            **self._nik(),
            **self._phone(phone),
            "village": self.village,
            "rt": f"{self.rng.randint(1, 12):03d}",
            "rw": f"{self.rng.randint(1, 8):03d}",
            "landmark": f"{NOTE}: dekat {self.rng.choice(_LANDMARKS)}",
            "education": self.rng.choices(list(EDUCATION), (4, 10, 26, 22, 28, 4, 5, 1))[0],
            "help_needed": _drawn(self.rng, _NEED) or None,
            "phone_kind": "pintar" if smart else "biasa" if phone else "tidak_ada",
            "phone_owner": self.rng.choices(list(PHONE_OWNER), (80, 12, 6, 2))[0] if phone else None,
            "source": self.rng.choice(list(SOURCE)),
            "sample": 1,
        }
        if age_on(self.birth, journey.registered_on) < 18:
            person |= {
                "guardian_name": f"{self.rng.choice(self.origin['f'])} {NOTE}",
                "guardian_relation": "ibu",
            }
        enterprise = self._enterprise(given, smart, journey)
        return SyntheticPerson(self.number, person, enterprise, self._consent(journey), journey)

    def _birth(self) -> date:
        years = self.shares["age_years"]
        age = self.rng.triangular(years["min"] + 1, years["max"], years["mode"])
        return self.on - timedelta(days=round(age * 365.25))

    def _origin(self) -> Mapping[str, Any]:
        origins = _words()["origins"]
        local = [one for one in origins if self.village[:2] in one["provinces"]]
        if self.village[:2] == "12":  # the islands of Nias and the mainland of the province are two worlds
            regency = places.regency(self.village[:5]).name
            nias = "Nias" in regency or regency == "Gunungsitoli"
            local = [one for one in local if (one["id"] == "nias") is nias]
        return dict(self.rng.choice(origins if self.rng.random() < 0.08 else local))

    def _name(self) -> tuple[str, str]:
        """A name to call the person by, and the full one."""
        pattern = _drawn(self.rng, self.origin["patterns"])
        suffix = "f" if self.sex == "P" else "m"
        given = self.rng.sample(self.origin[suffix], 2)
        sources = {
            "B": self.origin.get("b" + suffix, [""]),
            "T": self.origin.get("t" + suffix, [""]),
            "F": self.origin["fam"],
            "bin": ["bin" if self.sex == "L" else "binti"],
        }
        words = [given.pop(0) if part == "G" else self.rng.choice(sources[part]) for part in pattern.split()]
        name = self._titled(" ".join(words))
        short = next(word for part, word in zip(pattern.split(), words, strict=True) if part == "G")
        return short, name.upper() if self.rng.random() < 0.1 else name

    def _titled(self, name: str) -> str:
        titles = _words()["titles"]
        if self.rng.random() * 100 >= titles["share_percent"]:
            return name
        if self.rng.random() < 0.4:
            return f"{name}, {self.rng.choice(titles['back'])}"
        not_theirs = ("H.", "Bapak") if self.sex == "P" else ("Hj.", "Ibu", "Mama")
        return f"{self.rng.choice([one for one in titles['front'] if one not in not_theirs])} {name}"

    def _nik(self) -> dict[str, Value]:
        missing = self.shares["no_nik_by_area"]
        where = "other_tertinggal" if self.listed else "elsewhere"
        if self.listed and self.village[:2] in _PAPUA_MOUNTAINS:
            where = "papua_mountain"
        if self.rng.random() < missing[where]:
            return {"nik_status": _drawn(self.rng, _NO_NIK), "nik": None}
        district = self.rng.choice(_village_codes(self.village[:5]))[:8]
        if self.rng.random() < 0.6:
            district = _old_codes().get(district, district)
        return {"nik_status": "ada", "nik": make_nik(district, self.birth, self.sex, self.number)}

    def _phone(self, has: bool) -> dict[str, Value]:
        if not has:
            return {"phone_status": "tidak_punya", "phone": None}
        digits = f"810{(self.number * _STRIDE + self.seed) % PHONES:08d}"
        writing = self.rng.choice(_PHONE_WRITINGS)
        return {
            "phone_status": "ada",
            "phone": f"+62{digits}",
            "phone_typed": writing.format(digits[:3], digits[3:7], digits[7:]),
            "has_whatsapp": int(self.rng.random() < 0.85),
            "phone_shared": int(self.rng.random() < self.shares["shared_phone"]),
        }

    def _journey(self, smart: bool) -> Journey:
        registered = self.on - timedelta(days=self.rng.randint(0, 200))
        reached = self.rng.random()
        steps = ("T0", *(code for code, share in STEP_SHARES.items() if reached < share))
        before = ("T3",) if smart and self.rng.random() < 0.12 else ()
        pre = round(100 * self.rng.betavariate(3.2, 6.0)) if self.rng.random() < 0.95 else None
        tested = pre is not None and "T1" in steps
        post = min(100, pre + self.rng.randint(0, 35)) if pre is not None and tested else None
        attended = round(self.rng.uniform(0.80, 0.95) if "T1" in steps else self.rng.uniform(0.0, 0.75), 2)
        walk_in, leaves = self.rng.random() < 0.06, self.rng.random() < 0.05
        return Journey(registered, pre, post, attended, walk_in, leaves, steps, before)

    def _enterprise(self, given: str, smart: bool, journey: Journey) -> dict[str, Value]:
        group = _drawn(self.rng, self.shares["kbli_group_weights"])
        pattern = self.rng.choice(_words()["business_patterns"][group])
        name = pattern.format(n=given, p=places.village(self.village).name)[:90]
        unnamed = self.rng.random() < 0.15
        entry, product = self._trade(group, pattern, unnamed)
        has_nib = self.rng.random() < self.shares["has_nib"]["tertinggal" if self.listed else "elsewhere"]
        return {
            "name": None if unnamed else name,
            "unnamed": int(unnamed),
            "business_group": group,
            "kbli": entry.code,
            "kbli_version": entry.version,
            "product": product,
            "same_address": 1,
            "village": self.village,
            "premises": self.rng.choice(list(PREMISES)[:-1]),
            "started_year": self.rng.randint(max(self.birth.year + 15, self.on.year - 25), self.on.year),
            "workers_men": self.rng.choice((0, 0, 0, 1, 2)),
            "workers_women": self.rng.choice((0, 0, 1, 1, 3)),
            "workers_family": self.rng.choice((0, 1, 1, 2)),
            "sales_bracket": _drawn(self.rng, _SALES),
            "nib_status": "ada" if has_nib else "tidak",
            "nib": f"9999{self.rng.randrange(10**9):09d}" if has_nib else None,
            "signal": _drawn(self.rng, _SIGNAL[self.listed]),
            "channels": self._channels(smart, journey),
            "payments": self.rng.choice(("tunai", "tunai", "tunai,transfer")),
            "bookkeeping": self.rng.choices(list(BOOKKEEPING), (60, 34, 6))[0],
            "sample": 1,
        }  # fmt: skip

    def _trade(self, group: str, pattern: str, unnamed: bool) -> tuple[BusinessClass, str]:
        """A business class and a product that go with the name; any of the group where there is no name."""
        entries = [one for one in business_classes() if one.group == group]
        entry = self.rng.choice(entries)
        if unnamed:
            return entry, entry.label_id
        product = pattern.split(" {")[0]
        fitting = [one for one in entries if fold(product).split()[0] in fold(one.label_id).split()]
        return (fitting or entries)[0], product

    def _channels(self, smart: bool, journey: Journey) -> str:
        if "T3" in journey.before:
            return self.rng.choice(("whatsapp,lokapasar", "facebook,pesan_antar", "whatsapp,pesan_antar"))
        return self.rng.choice(("belum", "whatsapp", "whatsapp,facebook")) if smart else "belum"

    def _consent(self, journey: Journey) -> dict[str, Value]:
        purposes = ["program"]
        purposes += [
            code
            for code, share in (("kementerian", 0.9), ("gojek", 0.7), ("foto", 0.5))
            if self.rng.random() < share
        ]
        manner = self.rng.choices(("tanda_tangan", "cap_jempol", "lisan"), (80, 8, 12))[0]
        hours = 8 + self.rng.random() * 7 - places.utc_hours(self.village)
        day = datetime(
            journey.registered_on.year, journey.registered_on.month, journey.registered_on.day, tzinfo=UTC
        )
        return {
            "notice_version": NOTICE_VERSION,
            "purposes": ",".join(purposes),
            "manner": manner,
            "given_at": int((day + timedelta(hours=hours)).timestamp()) * 1000,
            "witness": None if manner == "tanda_tangan" else f"Saksi {NOTE}",
            "language": "id",
            "sample": 1,
        }


def make_nik(district: str, birth: date, sex: str, number: int) -> str:
    """A NIK of the right form that no card carries: real serials are far below 9000."""
    day = birth.day + (40 if sex == "P" else 0)
    return f"{district.replace('.', '')}{day:02d}{birth:%m%y}{FIRST_SERIAL + number % SERIALS}"
