"""A ministry office hands over its list: 200 rows as offices have them. The trainer looks at it, takes what
is right, sends the rest back with the reasons, takes the repaired rest, and in the end finds that it was the
wrong list.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.actions.lists import look, sample, take
from tests.actions.people import NOW, TRAINER, batch, laptop, with_answers
from trainer_app.actions.attendance import record_attendance
from trainer_app.actions.list_import import TakingBack, open_list, write_wrong
from trainer_app.actions.registration import correct_person, register
from trainer_app.actions.sessions import SessionPlan, plan_session
from trainer_app.records.kinds import Batch, Enrolment, Person
from trainer_app.records.places import village
from trainer_app.sheets.reading import open_table
from trainer_app.sheets.writing import Cell, SheetColumn, sheet_writer
from trainer_app.storage.examining import examine
from trainer_app.storage.imports import imports
from trainer_app.storage.lookalikes import pairs
from trainer_app.storage.search import search

TITLES = (
    "No", "Nama Pelaku Usaha", "NIK", "L/P", "Tgl. Lahir", "No. HP/WA", "Desa/Kelurahan", "Kecamatan",
    "Kabupaten", "Nama Usaha", "Bidang Usaha", "Omzet per bulan", "Persetujuan", "Cara setuju",
    "Tanggal persetujuan", "Saksi", "Keterangan",
)  # fmt: skip
SEXES = {"P": ["P", "Perempuan", "Pr", "wanita"], "L": ["L", "Laki-laki", "LK", "pria"]}
OFFICE_GROUPS = {
    "kuliner": "Makanan dan minuman",
    "dagang": "Perdagangan",
    "fesyen": "Konveksi",
    "jasa": "Jasa",
}


def _row(number: int, chance: random.Random, one: object) -> list[Cell]:
    person, firm = one.person, one.enterprise  # type: ignore[attr-defined]  # a synthetic person
    place = village(str(person["village"]))
    group = OFFICE_GROUPS.get(str(firm["business_group"]), str(firm["business_group"]).replace("_", " "))
    born = str(person["birth_date"] or "")
    day = "-".join(reversed(born.split("-"))) if len(born) == 10 else born
    return [
        number, str(person["full_name"]).upper(), person["nik"] or "tidak punya",
        chance.choice(SEXES[str(person["sex"])]),
        day, person.get("phone_typed") or "-", f"Desa {place.name}", place.district, place.regency,
        firm["name"] or "belum punya nama", group, "1,5 juta", "Ya", "TTD", "20/11/2026", None, "CONTOH",
    ]  # fmt: skip


def office_list(path: Path) -> Path:
    """A letterhead, titles of their own, numbers below them, 200 rows, nine of them wrong in nine ways."""
    chance = random.Random(4)  # noqa: S311 (the same list in every run)
    rows = [_row(n, chance, one) for n, one in enumerate(sample(200, seed=12), 1)]
    place = {title: at for at, title in enumerate(TITLES)}
    wrong: list[tuple[int, str, Cell]] = [
        (3, "NIK", "53010855089"),
        (7, "NIK", 5301085508900000.0),
        (11, "Tgl. Lahir", "31-02-1980"),
        (15, "Tgl. Lahir", "14/03/84"),
        (19, "Desa/Kelurahan", "Desa Antah Berantah"),
        (23, "Bidang Usaha", "macam-macam"),
        (27, "Persetujuan", None),
        (31, "Nama Pelaku Usaha", "-"),
        (35, "No. HP/WA", "0810123"),
    ]
    for row, title, value in wrong:
        rows[row - 1][place[title]] = value
    for title in ("Cara setuju", "Tanggal persetujuan"):
        rows[26][place[title]] = None
    rows[99] = [*rows[98]]  # typed twice
    with (
        path.open("wb") as file,
        sheet_writer(file, "xlsx", [SheetColumn("DINAS KOPERASI DAN UKM", 30)] * len(TITLES)) as to,
    ):
        to.row(["Daftar calon peserta pelatihan"])
        to.row(TITLES)
        to.row([str(n) for n in range(1, len(TITLES) + 1)])
        for cells in rows:
            to.row(cells)
    return path


def test_a_list_from_the_office(tmp_path: Path) -> None:
    store = laptop(tmp_path / "laptop")
    somebody = sample(200, seed=12)[49]
    here = register(
        store, with_answers(person={**somebody.person, "sample": None}), TRAINER
    ).person  # row 50 is known
    neighbour = sample(200, seed=12)[59]
    twin = {
        **neighbour.person,
        "nik": None,
        "nik_status": "tidak_punya",
        "birth_date": str(neighbour.person["birth_date"])[:4],
    }
    register(store, with_answers(person=twin), TRAINER)  # row 60 may be known
    path = office_list(tmp_path / "dinas.xlsx")

    # looking saves nothing, and says of each row what is the matter
    opened, found = look(store, path)
    assert opened.heading.titles[1] == "Nama Pelaku Usaha"
    assert [
        title for title, key in zip(opened.heading.titles, opened.heading.keys, strict=True) if not key
    ] == ["No", "Keterangan"]
    assert found.wrong.keys() == {row + 4 for row in (3, 7, 11, 15, 19, 23, 27, 31, 35)}, found.wrong.get(136)
    assert found.known == 2  # row 50, and the one typed twice
    assert [one.line for one in found.doubtful] == [64]
    assert found.new == 200 - 9 - 2 - 1
    assert store.count(Person) == 2
    said = {line - 4: "\n".join(reasons) for line, reasons in found.wrong.items()}
    assert "11" in said[3]
    assert "angka terakhirnya hilang" in said[7]
    assert "31-02-1980" in said[11]
    assert "4 angka" in said[15]
    assert "tidak ditemukan" in said[19]
    assert "Kuliner" in said[23]
    assert "tidak bisa memberi persetujuan" in said[27]
    assert "nama" in said[31].lower()
    assert "kurang" in said[35]

    # what is right comes in, into the batch; the doubtful one too, for a supervisor to look
    class_ = batch(store)
    progress = take(store, path, TRAINER, batch=class_, take={64: found.doubtful[0].reason})
    assert (progress.saved, progress.left) == (found.new + 1, 11)
    assert store.count(Enrolment, {"batch": class_}) == progress.saved
    first = store.find(Person, limit=400)[-1]
    assert search(store, first.full_name or "")
    examine(store)
    assert len(pairs(store)) >= 1

    # the rest goes back with its reasons, is repaired, and comes in
    back = tmp_path / "perbaiki.xlsx"
    with back.open("wb") as file:
        write_wrong(opened, found.wrong, file, "xlsx")
    lines = list(open_table(back).lines())
    assert len(lines) == 10
    assert "Yang perlu diperbaiki" in lines[0].cells
    assert all(line.cells[-1] for line in lines)
    _opened, again = look(store, back)
    assert len(again.wrong) == 9

    # the same list once more brings nobody twice
    assert take(store, path, TRAINER, take={}).saved == 0

    # it was the wrong list: all of it goes, but for who was corrected and who came to a session
    people = store.find(Person, limit=400)
    marked, corrected = people[-1], people[-2]
    correct_person(store, corrected.id, {"landmark": "dekat gereja"}, TRAINER)
    held = store.get(Batch, class_)
    assert held is not None
    begin = datetime.fromtimestamp(NOW / 1000, UTC)
    session = plan_session(
        store, SessionPlan(class_, "Foto produk", begin, begin + timedelta(hours=2)), TRAINER
    )
    record_attendance(store, session, [marked.id], "H", TRAINER, method="petak")
    whole = next(one for one in imports(store) if one.people)
    taking_back = TakingBack(store, whole, TRAINER)
    while not taking_back.step():
        pass
    assert sorted(person for person, _name in taking_back.kept) == sorted((marked.id, corrected.id))
    assert store.count(Person) == 2 + 2
    assert store.get(Person, here) is not None
    assert open_list(store, path).earlier == () or all(
        one.people == 0 for one in open_list(store, path).earlier
    )
    store.close()
