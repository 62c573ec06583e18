"""A trainer's season, made up: registrations, classes, marks and corrections as a laptop would save them.

Deterministic for a seed. Names come from the project's own word lists; NIK serials are 9000 to 9999 and
phones begin with 0810, so that no number is anybody's. Answers are drawn as independent as in the field: what
a wire format can save is decided by their entropy, so nothing here is made easier than life (birth dates,
phone digits and pauses between taps are uniform).
"""

from __future__ import annotations

import json
import lzma
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files

from trainer_app.records.fields import Value, to_wire
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import (
    Attendance,
    Batch,
    Consent,
    Enrolment,
    Enterprise,
    Person,
    Record,
    Session,
    derived_id,
)
from trainer_app.records.operation import Edit, Operation

DAY_MS = 86_400_000
PEOPLE_PER_BATCH = 25
SESSIONS_PER_BATCH = 12
DEFAULT_START = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Deed:
    """What is saved in one transaction, and when (milliseconds since 1970 UTC)."""

    at: int
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Season:
    """`plan` (batches and sessions), `registrations`, `marks`, `corrections`, each in the order of saving."""

    area: int
    author: RecordId
    plan: tuple[Deed, ...]
    registrations: tuple[Deed, ...]
    marks: tuple[Deed, ...]
    corrections: tuple[Deed, ...]


@cache
def _words() -> dict[str, object]:
    text = files("trainer_app.resources").joinpath("curriculum", "synthetic_people.json").read_text("utf-8")
    words: dict[str, object] = json.loads(text)
    return words


@cache
def _villages() -> list[tuple[str, str]]:
    packed = files("trainer_app.resources").joinpath("places", "villages.csv.xz").read_bytes()
    lines = lzma.decompress(packed).decode().splitlines()[1:]
    return [(line.partition(",")[0], line.partition(",")[2].strip('"')) for line in lines]


@cache
def _kbli() -> dict[str, list[tuple[str, str]]]:
    text = files("trainer_app.resources").joinpath("curriculum", "kbli_micro.csv").read_text("utf-8")
    groups: dict[str, list[tuple[str, str]]] = {}
    for line in text.splitlines()[1:]:
        parts = line.split(",")
        label = line.split('"')[1] if '"' in line else parts[4]
        groups.setdefault(parts[3], []).append((parts[0], label.split("(")[0].split("/")[0].strip()))
    return groups


_LANDMARKS = (
    "dekat balai desa",
    "samping masjid",
    "depan SD Inpres",
    "belakang gereja",
    "Dusun Krajan",
    "Dusun Dua",
    "Jl. Pasar Lama",
    "Gg. Mawar",
    "simpang tiga",
    "dekat Puskesmas",
    "seberang kantor camat",
    "Jl. Trans",
    "Kampung Baru",
    "Dusun Sukamaju",
)
_WRITINGS = ("0{0}", "0{0}", "0{1} {2} {3}", "0{1} {2} {3}", "0{1}-{2}-{3}", "+62 {1}-{2}-{3}", "{0} (WA)")
_PRODUCTS = (
    "Keripik pisang",
    "Kopi bubuk",
    "Sambal roa",
    "Kain tenun",
    "Tas rajut",
    "Nasi kuning",
    "Ikan asap",
    "Madu hutan",
    "Gula aren",
    "Kue kering",
    "Jagung titi",
    "Minyak kelapa",
    "Sayur",
    "Bakso",
    "Anyaman lontar",
    "Pakaian jadi",
    "Sembako",
)


class _Maker:
    def __init__(self, seed: int, area: int, start: datetime) -> None:
        self.rnd = random.Random(seed)  # noqa: S311 - made-up data must repeat
        self.area = area
        self.now = int(start.timestamp() * 1000)
        regency = f"{area // 100:02d}.{area % 100:02d}"
        villages = [item for item in _villages() if item[0].startswith(regency)]
        districts = self.rnd.sample(sorted({code[:8] for code, _ in villages}), 3)
        self.villages = [item for item in villages if item[0][:8] in districts][:36]
        origins = _words()["origins"]
        assert isinstance(origins, list)
        here = [o for o in origins if regency[:2] in o["provinces"]] or origins[:1]
        self.origin = here[0]
        self.author = self.id()
        self.programme = self.id()
        self.modules = [self.id() for _ in range(12)]

    def id(self) -> RecordId:
        """A UUIDv7 made a few milliseconds ago."""
        ms = self.now - self.rnd.randrange(1, 9)
        raw = bytearray(ms.to_bytes(6, "big") + self.rnd.randbytes(10))
        raw[6] = 0x70 | raw[6] & 0x0F
        raw[8] = 0x80 | raw[8] & 0x3F
        return bytes(raw)

    def pause(self, least: int, most: int) -> None:
        self.now += self.rnd.randrange(least, most)

    def edit(self, cls: type[Record], row: RecordId, **values: Value) -> Edit:
        return Edit(cls, row, self.area, {name: value for name, value in values.items() if value is not None})

    # --- people ---------------------------------------------------------------------------------------------

    def name(self, sex: str) -> tuple[str, str]:
        given = self.rnd.choice(self.origin["f" if sex == "P" else "m"])
        family = self.origin["fam"] or self.origin["m"]
        second = self.rnd.choice(
            family if self.rnd.random() < 0.7 else self.origin["f" if sex == "P" else "m"]
        )
        full = f"{given} {second}" if self.rnd.random() < 0.93 else given
        return given, full.upper() if self.rnd.random() < 0.08 else full

    def registration(self, batch: RecordId) -> tuple[Deed, RecordId, str]:
        rnd = self.rnd
        person, sex = self.id(), "P" if rnd.random() < 0.6 else "L"
        self.pause(60_000, 240_000)  # the form got its id when it was begun
        given, full = self.name(sex)
        village = rnd.choice(self.villages)
        edits = (
            self.edit(Person, person, **self._person(full, sex, village[0])),
            self.edit(
                Enterprise,
                derived_id(Enterprise, person),
                owner=person,
                **self._enterprise(given, village),
            ),
            self.edit(Consent, derived_id(Consent, person), person=person, **self._consent()),
            self.edit(
                Enrolment,
                derived_id(Enrolment, batch, person),
                batch=batch,
                person=person,
                state="aktif",
                joined="daftar",
            ),
        )
        return Deed(self.now, edits), person, full

    def _person(self, full: str, sex: str, village: str) -> dict[str, Value]:
        rnd = self.rnd
        born = date(2026, 11, 1) - timedelta(days=rnd.randrange(17 * 365, 70 * 365))
        has_nik, has_phone = rnd.random() < 0.92, rnd.random() < 0.8
        district = village[:8] if rnd.random() < 0.85 else rnd.choice(_villages())[0][:8]
        day = born.day + 40 * (sex == "P")
        nik = f"{district.replace('.', '')}{day:02d}{born:%m%y}{rnd.randrange(9000, 10000)}"
        pintar = has_phone and rnd.random() < 0.7
        digits = f"810{rnd.randrange(10**7, 10**8):08d}"
        writing = rnd.choice(_WRITINGS).format(digits, digits[:3], digits[3:7], digits[7:])
        return {
            "full_name": full,
            "sex": sex,
            "birth_date": born.isoformat() if has_nik or rnd.random() < 0.4 else str(born.year),
            "nik_status": "ada" if has_nik else rnd.choice(["tidak_punya", "tidak_terbaca", "belum_diisi"]),
            "nik": nik if has_nik else None,
            "phone": f"+62{digits}" if has_phone else None,
            "phone_typed": writing if has_phone else None,
            "phone_status": "ada" if has_phone else "tidak_punya",
            "has_whatsapp": int(pintar) if has_phone else None,
            "phone_shared": int(rnd.random() < 0.12) if has_phone else None,
            "village": village,
            "rt": f"{rnd.randrange(1, 13):03d}" if rnd.random() < 0.8 else None,
            "rw": f"{rnd.randrange(1, 9):03d}" if rnd.random() < 0.8 else None,
            "landmark": f"{rnd.choice(_LANDMARKS)} No. {rnd.randrange(1, 200)}"
            if rnd.random() < 0.6
            else None,
            "education": rnd.choice(
                ["tidak_tamat_sd", "sd", "sd", "smp", "smp", "sma", "sma", "sma", "d1_d3", "d4_s1"]
            ),
            "help_needed": rnd.choice(["membaca", "melihat", "bahasa"]) if rnd.random() < 0.1 else None,
            "phone_kind": "pintar" if pintar else "biasa" if has_phone else "tidak_ada",
            "phone_owner": rnd.choice(["sendiri"] * 6 + ["pasangan", "anak"]) if has_phone else None,
            "source": rnd.choice(["dinas", "desa", "desa", "desa", "koperasi", "teman", "teman"]),
        }

    def _enterprise(self, given: str, home: tuple[str, str]) -> dict[str, Value]:
        rnd = self.rnd
        same = rnd.random() < 0.8
        village, place = home if same else rnd.choice(self.villages)
        groups = list(_kbli())
        group = rnd.choices(groups, [30, 26, 15, 10, 7, 5, 5, 2][: len(groups)])[0]
        kbli, label = rnd.choice(_kbli()[group])
        patterns = _words()["business_patterns"]
        assert isinstance(patterns, dict)
        named, nib = rnd.random() < 0.8, rnd.random() < 0.15
        channels = rnd.choice(["belum", "belum", "whatsapp", "whatsapp", "whatsapp,facebook", "facebook"])
        return {
            "name": rnd.choice(patterns[group]).format(n=given, p=place) if named else None,
            "unnamed": None if named else 1,
            "business_group": group,
            "kbli": kbli,
            "kbli_version": "2020",
            "product": rnd.choice(_PRODUCTS) if rnd.random() < 0.6 else label,
            "same_address": int(same),
            "village": village,
            "premises": rnd.choice(
                ["rumah", "rumah", "rumah", "kios", "kios", "pasar", "gerobak", "keliling"]
            ),
            "started_year": 2026 - min(40, int(rnd.expovariate(0.15))),
            "workers_men": min(9, int(rnd.expovariate(0.9))),
            "workers_women": min(9, int(rnd.expovariate(0.9))),
            "workers_family": min(9, int(rnd.expovariate(0.9))),
            "sales_bracket": rnd.choice(["lt1", "1_5", "1_5", "1_5", "5_25", "5_25", "25_167", "tidak_tahu"]),
            "nib_status": "ada" if nib else "tidak",
            "nib": f"9120{rnd.randrange(10**9):09d}" if nib else None,
            "signal": rnd.choice(["tidak_ada", "telepon", "lambat", "lambat", "baik"]),
            "channels": channels,
            "payments": rnd.choice(["tunai", "tunai", "tunai", "tunai,transfer", "tunai,qris"]),
            "bookkeeping": rnd.choice(["tidak", "tidak", "buku", "aplikasi"]),
        }

    def _consent(self) -> dict[str, Value]:
        manner = self.rnd.choice(["tanda_tangan"] * 4 + ["cap_jempol", "lisan"])
        return {
            "notice_version": "2026-11",
            "purposes": "program,kementerian" + (",gojek" if self.rnd.random() < 0.8 else ""),
            "manner": manner,
            "witness": None if manner == "tanda_tangan" else self.name("L")[1],
            "given_at": self.now,
            "taken_by": self.author,
            "language": "id",
        }

    # --- classes --------------------------------------------------------------------------------------------

    def batch(self, number: int) -> tuple[Deed, RecordId]:
        row = self.id()
        village = self.rnd.choice(self.villages)[0]
        edit = self.edit(
            Batch,
            row,
            name=f"Angkatan {number}",
            programme=self.programme,
            village=village,
            venue=self.rnd.choice(["Balai desa", "Aula kecamatan", "SD Inpres", "Gereja"]),
            capacity=30,
            trainer=self.author,
        )
        return Deed(self.now, (edit,)), row

    def session(self, batch: RecordId, index: int) -> tuple[Deed, RecordId]:
        row = self.id()
        start = self.now // DAY_MS * DAY_MS + (1 + 4 * (index % 2)) * 3_600_000 + index // 2 * 7 * DAY_MS
        edit = self.edit(
            Session,
            row,
            batch=batch,
            module=self.modules[index],
            topic=f"Modul M{index + 1:02d}",
            starts_at=start,
            ends_at=start + 3 * 3_600_000,
            zone="Asia/Makassar",
            trainer=self.author,
            state="terjadwal",
            hours=2,
        )
        return Deed(self.now, (edit,)), row

    def mark(self, session: RecordId, person: RecordId) -> Deed:
        self.pause(800, 9000)
        status = self.rnd.choice("HHHHHHHHHHHHHHHHAAAITS"[:20])
        edit = self.edit(
            Attendance,
            derived_id(Attendance, session, person),
            session=session,
            person=person,
            status=status,
            method="petak",
            marked_by=self.author,
            arrived_at=self.now if status in "HT" else None,
        )
        return Deed(self.now, (edit,))


def make_season(
    seed: int = 7,
    people: int = 500,
    area: int = 5301,
    start: datetime = DEFAULT_START,
    sessions: int = SESSIONS_PER_BATCH,
) -> Season:
    """`people` registrations in batches of 25, `sessions` sessions each, one mark per person and session."""
    maker = _Maker(seed, area, start)
    plan: list[Deed] = []
    planned: list[tuple[RecordId, list[RecordId]]] = []
    registrations: list[Deed] = []
    classes: list[tuple[list[RecordId], list[tuple[str, RecordId]]]] = []
    for number in range(-(-people // PEOPLE_PER_BATCH)):
        maker.pause(60_000, 600_000)
        deed, batch = maker.batch(number + 1)
        plan.append(deed)
        planned.append((batch, []))
        for index in range(sessions):
            maker.pause(20_000, 90_000)
            deed, session = maker.session(batch, index)
            plan.append(deed)
            planned[-1][1].append(session)
    for number, (batch, held) in enumerate(planned):
        maker.pause(3_600_000, 2 * DAY_MS)
        roster = []
        for _ in range(min(PEOPLE_PER_BATCH, people - number * PEOPLE_PER_BATCH)):
            maker.pause(60_000, 900_000)
            deed, person, full = maker.registration(batch)
            registrations.append(deed)
            roster.append((full, person))
        classes.append((held, sorted(roster)))
    marks = list(_marks(maker, classes, sessions))
    corrections = _corrections(maker, registrations, marks)
    return Season(area, maker.author, tuple(plan), tuple(registrations), tuple(marks), tuple(corrections))


def _marks(
    maker: _Maker, classes: Sequence[tuple[list[RecordId], list[tuple[str, RecordId]]]], sessions: int
) -> Iterator[Deed]:
    for index in range(sessions):
        for held, roster in classes:
            maker.pause(1_800_000, 3 * 3_600_000)
            for _name, person in roster:
                yield maker.mark(held[index], person)


def _corrections(maker: _Maker, registrations: Sequence[Deed], marks: Sequence[Deed]) -> Iterator[Deed]:
    """Fifty edits: forty people get a new phone and landmark, ten marks become excused."""
    for deed in maker.rnd.sample(list(registrations), min(40, len(registrations))):
        maker.pause(20_000, 120_000)
        digits = f"810{maker.rnd.randrange(10**7, 10**8):08d}"
        values = {
            "phone": f"+62{digits}",
            "phone_typed": f"0{digits[:3]} {digits[3:7]} {digits[7:]}",
            "landmark": f"{maker.rnd.choice(_LANDMARKS)} No. {maker.rnd.randrange(1, 200)}",
        }
        yield Deed(maker.now, (Edit(Person, deed.edits[0].id, maker.area, values),))
    present = [deed for deed in marks if deed.edits[0].values["status"] == "H"]
    for deed in maker.rnd.sample(present, min(10, len(present))):
        maker.pause(20_000, 120_000)
        yield Deed(maker.now, (Edit(Attendance, deed.edits[0].id, maker.area, {"status": "I"}),))


def operations(
    deeds: Iterable[Deed],
    replica: bytes,
    author: RecordId,
    after: Operation | None = None,
    base: dict[RecordId, int] | None = None,
) -> list[Operation]:
    """The operations a store makes of these deeds, numbered on from `after`; `base` maps rows to their newest
    stamp.
    """
    made: list[Operation] = []
    seq, last = (after.seq, after.hlc) if after else (0, 0)
    newest = {} if base is None else base
    for deed in deeds:
        for edit in deed.edits:
            seq += 1
            seen = newest.get(edit.id, 0)
            last = newest[edit.id] = max(deed.at << 16, last + 1, seen + 1)
            values = to_wire(edit.cls, edit.values)
            made.append(
                Operation(edit.cls.kind, edit.id, edit.area, replica, seq, last, author, seen, values)
            )
    return made
