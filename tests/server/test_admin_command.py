"""`trainer-app admin`, as it is typed: what it says, what it does, also while the centre is running."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.server.laptops import TestLaptop, enrol
from tests.server.running import AREA, PASSWORD, RunningCentre
from trainer_app.__main__ import main
from trainer_app.records.ids import NO_ID, named_id, new_id
from trainer_app.records.kinds import Channel, Module, Policy, Programme, Staff, Target
from trainer_app.reports.catalogue import BY_KEY
from trainer_app.storage.keys import check_personal_code
from trainer_app.sync.keys import make_private_key

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "id")
    monkeypatch.setenv("TRAINER_APP_PASSWORD", PASSWORD)


class Typed:
    """Types `trainer-app admin …` at a centre."""

    def __init__(self, capsys: Capture, folder: Path, database: str = "") -> None:
        self._capsys = capsys
        self._where = ["--data", str(folder), *(["--database", database] if database else [])]

    def __call__(self, *words: str) -> str:
        assert main(["admin", words[0], *self._where, *words[1:]]) == 0, self._capsys.readouterr().err
        return self._capsys.readouterr().out

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))

    def refused(self, *words: str) -> str:
        """The sentence that says why not."""
        assert main(["admin", words[0], *self._where, *words[1:]]) == 1
        said = self._capsys.readouterr()
        assert said.out == ""
        assert "Traceback" not in said.err
        return said.err.strip()


@pytest.fixture
def admin(centre: RunningCentre, capsys: Capture) -> Typed:
    """At the running centre."""
    return Typed(capsys, centre.folder, centre.database)


@pytest.fixture
def programme(admin: Typed) -> str:
    """The one programme of this centre."""
    admin("programme", "Digital 2026", "--starts", "2026-06-01", "--ends", "2026-12-31", "--partner", "Gojek")
    return "Digital 2026"


def test_the_first_admin_makes_a_centre(capsys: Capture, tmp_path: Path) -> None:
    admin = Typed(capsys, tmp_path / "pusat")
    words = ("init", "--name", "CONTOH Ratna", "--login", "ratna", "--centre", "Pusat CONTOH")
    said = admin(*words)
    assert "CONTOH Ratna ditambahkan sebagai Admin, wilayah semua." in said
    assert "Nama masuk dasbor: ratna" in said
    assert PASSWORD not in said
    assert "sudah punya admin" in admin.refused(*words)
    assert [person["login"] for person in admin.json("list", "staff")["staff"]] == ["ratna"]


def test_without_a_centre_nothing_is_made(capsys: Capture, tmp_path: Path) -> None:
    admin = Typed(capsys, tmp_path / "kosong")
    assert "Belum ada pusat" in admin.refused("list")
    assert not list(tmp_path.glob("kosong/centre.db"))


def test_a_weak_password_makes_nobody(capsys: Capture, tmp_path: Path) -> None:
    admin = Typed(capsys, tmp_path / "pusat")
    weak = tmp_path / "sandi"
    weak.write_text("rahasia12345\n")
    said = admin.refused("init", "--name", "CONTOH", "--login", "ratna", "--password-file", str(weak))
    assert "mudah ditebak" in said
    weak.write_text(PASSWORD + "\n")
    admin("init", "--name", "CONTOH", "--login", "ratna", "--password-file", str(weak))


def test_staff_get_a_personal_code_once(centre: RunningCentre, admin: Typed) -> None:
    name = f"CONTOH Siti {new_id().hex()[-6:]}"
    made = admin.json("staff", "add", name, "--role", "pengawas", "--areas", "5301,53.02")
    assert made["areas"] == [5301, 5302]
    with centre.opened() as opened:
        staff = opened.store.get(Staff, bytes.fromhex(made["staff"]))
    assert staff is not None
    assert (staff.full_name, staff.role, staff.areas, staff.state) == (name, "pengawas", "5301,5302", "aktif")
    assert staff.code_hash is not None
    assert check_personal_code(staff.code_hash, made["personal_code"])
    assert made["personal_code"] not in json.dumps(admin.json("list"))
    assert f"{name} berhenti." in admin("staff", "stop", name.upper())
    assert f"{name} · Pengawas · Kab. Kupang, Kab. Timor Tengah Selatan · Berhenti" in admin("list", "staff")


def test_a_login_given_later_opens_the_dashboard(centre: RunningCentre, admin: Typed) -> None:
    name, login = f"CONTOH {new_id().hex()[-6:]}", f"masuk-{new_id().hex()[-6:]}"
    admin("staff", "add", name)
    assert f"{name} masuk dasbor sebagai {login}." in admin("staff", "login", name, "--login", login)
    with centre.browser(login) as client:
        assert client.get("/").status_code == 200


def test_two_of_one_name_are_told_apart_by_number(admin: Typed) -> None:
    name = f"CONTOH {new_id().hex()[-6:]}"
    first, second = (admin.json("staff", "add", name)["staff"] for _i in range(2))
    said = admin.refused("staff", "stop", name)
    assert first in said
    assert second in said
    listed = admin("list", "staff")
    assert first in listed
    assert second in listed
    admin("staff", "stop", first)
    assert f"Laptop ini untuk {name}." in admin("code", "--areas", "5301", "--for", name)  # who stayed
    assert "sudah ada petugas aktif bernama" in admin("staff", "add", name)
    assert "tidak ada" in admin.refused("staff", "stop", "CONTOH Entah Siapa")


def test_a_lost_personal_code_is_replaced(centre: RunningCentre, admin: Typed) -> None:
    name = f"CONTOH {new_id().hex()[-6:]}"
    made = admin.json("staff", "add", name)
    again = admin.json("staff", "code", name)
    assert again["staff"] == made["staff"]
    with centre.opened() as opened:
        staff = opened.store.get(Staff, bytes.fromhex(made["staff"]))
    assert staff is not None
    assert staff.code_hash is not None
    assert check_personal_code(staff.code_hash, again["personal_code"])
    assert not check_personal_code(staff.code_hash, made["personal_code"])


def test_a_code_enrols_one_laptop_for_one_person(centre: RunningCentre, admin: Typed) -> None:
    name = f"CONTOH Siti {new_id().hex()[-6:]}"
    staff = admin.json("staff", "add", name, "--areas", "5301")["staff"]
    made = admin.json("code", "--areas", "5301,5302", "--for", name.lower())
    answer = enrol(centre, made["code"], make_private_key()).json()
    assert (answer["areas"], answer["for_staff"]) == ([5301, 5302], staff)
    assert "sekali pakai" in admin("code", "--areas", "53.01")


@pytest.mark.parametrize(
    ("areas", "sentence"), [("9999", "tidak dikenal"), ("kupang", "tidak dikenal"), ("", "Sebutkan")]
)
def test_a_code_needs_areas_that_exist(admin: Typed, areas: str, sentence: str) -> None:
    assert sentence in admin.refused("code", "--areas", areas)


def test_a_whole_province_at_once(admin: Typed) -> None:
    assert len(admin.json("code", "--areas", "34")["areas"]) == 5


def test_programme_and_targets(centre: RunningCentre, admin: Typed, programme: str) -> None:
    admin("target", "--by", "2026-12", "--area", "5301", "--trained", "2100", "--digitised", "1500")
    said = admin("target", "--by", "2026-12", "--area", "5301", "--digitised", "1600")
    assert said == "Target Kab. Kupang sampai 2026-12: sudah digital 1.600.\n"
    admin("target", "--by", "2026-12", "--digitised", "5000")
    with centre.opened() as opened:
        (kept,) = opened.store.find(Programme)
        targets = {t.regency: (t.trained, t.digitised) for t in opened.store.find(Target)}
    assert (kept.name, kept.starts_on, kept.ends_on) == (programme, "2026-06-01", "2026-12-31")
    assert targets == {"53.01": (2100, 1600), None: (None, 5000)}
    assert "Kab. Kupang · 2026-12 · terlatih 2.100, sudah digital 1.600" in admin("list", "programmes")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--by", "Desember", "--digitised", "5"), "belum benar"),
        (("--by", "12-2026", "--digitised", "5"), "Bulan 12-2026 belum benar. Contoh: 2026-12"),
        (("--by", "2026-12"), "Sebutkan --trained"),
        (("--by", "2026-12", "--digitised", "5", "--programme", "Entah"), "Sebutkan program"),
    ],
)
@pytest.mark.usefixtures("programme")
def test_targets_that_are_refused(admin: Typed, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in admin.refused("target", *words)


def test_channels_are_loaded_once_and_the_centre_changes_them(centre: RunningCentre, admin: Typed) -> None:
    assert "15 di antaranya baru" in admin("channels")
    admin("channel", "gofood", "--name", "GoFood Indonesia", "--to", "2030-12-31")
    assert "0 di antaranya baru" in admin("channels"), "what the centre said stays"
    admin(
        "channel", "pasar_desa", "--name", "Pasar Desa Daring", "--kind", "lokapasar", "--from", "2026-01-01"
    )
    with centre.opened() as opened:
        kept = {one.code: one for one in opened.store.find(Channel)}
    assert len(kept) == 16
    gofood = kept["gofood"]
    assert (gofood.name, gofood.active_from, gofood.active_to) == (
        "GoFood Indonesia",
        "2015-04-01",
        "2030-12-31",
    )
    assert not gofood.was_there("2031-01-01")
    assert kept["pasar_desa"].was_there("2026-01-01")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("Go Food", "--name", "x"), "Kode saluran"),
        (("baru",), "perlu nama"),
        (("baru", "--name", "x", "--from", "kemarin"), "belum benar"),
        (("baru", "--name", "x", "--from", "2026-02-01", "--to", "2026-01-01"), "sebelum tanggal mulai"),
    ],
)
def test_a_channel_that_cannot_be_is_refused(admin: Typed, arguments: tuple[str, ...], told: str) -> None:
    assert told in admin.refused("channel", *arguments)


def test_modules_are_loaded_once(centre: RunningCentre, admin: Typed) -> None:
    admin("modules")
    assert admin.json("modules") == {"modules": 12, "changed": 0}
    with centre.opened() as opened:
        first = opened.store.get(Module, named_id(NO_ID, "module.M01"))
    assert first is not None
    assert (first.code, first.hours, first.core) == ("M01", 2, 1)


def test_who_may_send(centre: RunningCentre, admin: Typed) -> None:
    admin("policy", "--send-by", "otomatis")
    admin("policy", "--send-by", "pelatih", "--area", "5301")
    assert admin("policy", "--send-by", "pelatih") == "Yang boleh mengirim di semua: Pelatih juga.\n"
    with centre.opened() as opened:
        rules = {policy.area_of: policy.send_by for policy in opened.store.find(Policy)}
    assert rules == {0: "pelatih", AREA: "pelatih"}


def test_who_opens_packages_on_a_stick(centre: RunningCentre, admin: Typed) -> None:
    assert admin("policy", "--stick", "pusat", "--area", "5301") == (
        "Yang bisa membuka paket flashdisk dari Kab. Kupang: Hanya pusat.\n"
    )
    with centre.opened() as opened:
        (rule,) = opened.store.find(Policy, {"area_of": AREA})
    assert rule.stick_for == "pusat"
    admin("policy", "--stick", "pengawas", "--area", "5301")
    assert "Sebutkan --send-by, --stick" in admin.refused("policy")


def test_a_laptop_is_taken_out_by_name_or_number(centre: RunningCentre, admin: Typed, tmp_path: Path) -> None:
    laptop = TestLaptop(centre, tmp_path)
    number = laptop.store.replica.hex()
    assert "Yang sudah diterima tetap ada" in admin("revoke", number)
    assert {row["laptop"]: row["state"] for row in admin.json("list", "laptops")["laptops"]}[
        number
    ] == "dicabut"
    assert "tidak ada" in admin.refused("revoke", "Laptop yang tidak ada")
    laptop.close()


def test_a_recount_says_where_it_differed(centre: RunningCentre, admin: Typed, tmp_path: Path) -> None:
    laptop = TestLaptop(centre, tmp_path)
    laptop.register(3)
    laptop.push()
    assert admin.json("recount")["different"] == []
    with centre.opened() as opened:
        opened.db.transact(lambda c: c.run("UPDATE area_total SET registered = 99"))
    assert admin.json("recount")["different"] == [AREA]
    assert centre.count("SELECT SUM(registered) FROM area_total") == 3
    laptop.close()


def test_reports_of_everything_and_of_one_area(admin: Typed, centre: RunningCentre, tmp_path: Path) -> None:
    laptop = TestLaptop(centre, tmp_path, "5302")
    laptop.register(7, 5302, "53.02.01.2001")
    laptop.push()
    laptop.close()
    assert set(admin.json("report")["reports"]) == set(BY_KEY)
    (row,) = admin.json("report", "areas", "--area", "53.02")["rows"]
    assert (row["code"], row["area"]) == ("53.02.01", "Kota Soe")
    assert "53.02.01" in admin("report", "areas", "--area", "5302", "--csv")
    assert len(admin.json("report", "months")["rows"]) >= 6
    assert "laptop" in admin("report", "laptops").casefold()
    assert "tidak dikenal" in admin.refused("report", "entah")
    assert "tidak dikenal" in admin.refused("report", "areas", "--area", "9999")
