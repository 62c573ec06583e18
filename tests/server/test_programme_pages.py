"""Programmes, targets and modules as an administrator writes them on the dashboard, and as laptops hear of
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.server.running import RunningCentre
from trainer_app.records.kinds import Module, Partner, Programme, Target
from trainer_app.records.problem import InputProblem
from trainer_app.server import administration, programmes
from trainer_app.server.programmes import TargetLine, read_targets
from trainer_app.storage.opening import create_store
from trainer_app.sync.carriers.http import HttpCarrier
from trainer_app.sync.enrolment import enrol
from trainer_app.sync.exchange import exchange

TABLE = "Wilayah\tBulan\tTerlatih\tDigital\n5301\t2026-11\t60\t40\n5302;2026-12;1.200;\n,2026-12,,500\n"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCentre]:
    with RunningCentre.start(tmp_path_factory.mktemp("program")) as made:
        yield made


@pytest.fixture
def admin(running: RunningCentre) -> Iterator[httpx.Client]:
    with running.browser(running.staff("admin")) as client:
        yield client


def word_of(client: httpx.Client, page: str) -> str:
    text = client.get(page).text
    return text.split('name="csrf" value="')[1].split('"')[0]


def post(client: httpx.Client, path: str, page: str, **fields: str) -> httpx.Response:
    return client.post(path, data={"csrf": word_of(client, page), **fields})


def test_what_is_written_at_the_centre_arrives_on_a_laptop(
    running: RunningCentre, admin: httpx.Client, tmp_path: Path
) -> None:
    made = post(
        admin, "/program", "/program",
        name="Digital CONTOH", partner="Kementerian CONTOH", agreement="PKS 12/2026",
        starts="2026-06-01", ends="2026-12-31",
    )  # fmt: skip
    assert made.status_code == 303
    here = made.headers["location"]
    assert post(admin, f"{here}/target", here, targets=TABLE).status_code == 303
    assert post(admin, "/modul/bawaan", "/modul").status_code == 303
    page = admin.get(here).text
    for words in (
        "Kementerian CONTOH",
        "PKS 12/2026",
        "60 / 40",
        "1.200 / –",
        "Kab. Kupang",
        "Seluruh wilayah",
    ):
        assert words in page
    store = create_store(tmp_path, bytes(32))
    carrier = HttpCarrier(running.url)
    enrol(store, running.url, running.code(), "Laptop CONTOH")
    exchange(store, carrier)
    (programme,) = store.find(Programme)
    (partner,) = store.find(Partner)
    assert (programme.name, programme.partner, programme.ends_on) == (
        "Digital CONTOH",
        partner.id,
        "2026-12-31",
    )
    targets = {(t.regency, t.by_month): (t.trained, t.digitised) for t in store.find(Target)}
    assert targets == {
        ("53.01", "2026-11"): (60, 40),
        ("53.02", "2026-12"): (1200, None),
        (None, "2026-12"): (None, 500),
    }
    assert store.count(Module) == 12

    assert post(admin, f"{here}/target", here, targets="5301\t2026-11\t75\t40").status_code == 303
    assert post(admin, here, here, name="Digital Timur CONTOH").status_code == 303
    assert post(admin, f"{here}/selesai", here).status_code == 303
    first = next(module for module in store.find(Module, {"code": "M01"}))
    assert post(admin, f"/modul/{first.id.hex()}/berhenti", "/modul").status_code == 303
    assert (
        post(admin, "/modul", "/modul", code="x1", title_id="Kas CONTOH", hours="2", core="1").status_code
        == 303
    )
    exchange(store, carrier)
    (programme,) = store.find(Programme)
    assert programme.name == "Digital Timur CONTOH"
    assert programme.partner is None
    assert programme.ends_on
    assert [(t.regency, t.trained) for t in store.find(Target)] == [("53.01", 75)]
    codes = [module.code for module in store.find(Module, order="code")]
    assert "M01" not in codes
    assert "X1" in codes
    carrier.close()
    store.close()


def test_what_is_wrong_is_said_and_nothing_is_lost(admin: httpx.Client) -> None:
    refused = post(
        admin, "/program", "/program", name="Mundur CONTOH", starts="2026-06-01", ends="2026-05-01"
    )
    assert refused.status_code == 422
    assert "selesai sebelum mulai" in refused.text
    assert 'value="Mundur CONTOH"' in refused.text
    here = post(admin, "/program", "/program", name="Lain CONTOH").headers["location"]
    assert "Sudah ada program" in post(admin, "/program", "/program", name="lain contoh").text
    refused = post(
        admin, f"{here}/target", here, targets="5301,2026-12,60,40\n9999,2026-12,1,1\n5302,Des,1,1"
    )
    assert refused.status_code == 422
    assert "Baris 2" in refused.text
    assert "Baris 3" in refused.text
    assert "9999,2026-12,1,1" in refused.text
    assert "Belum ada target." in admin.get(here).text
    assert "sudah dipakai" in "".join(
        post(admin, "/modul", "/modul", code="Z9", title_id="Dua kali").text for _time in range(2)
    )


@pytest.mark.parametrize("role", ["pelatih", "pengawas", "pengamat"])
def test_only_administrators_come_here(running: RunningCentre, role: str) -> None:
    with running.browser(running.staff(role)) as client:
        for path in ("/program", "/modul"):
            assert client.get(path).status_code == 403


def test_an_administrator_of_a_few_areas_changes_nothing_for_all(running: RunningCentre) -> None:
    with running.browser(running.staff("admin", "5301")) as client:
        assert post(client, "/program", "/program", name="Sempit CONTOH").status_code == 403


def test_a_form_from_elsewhere_and_an_unknown_programme_are_refused(admin: httpx.Client) -> None:
    assert admin.post("/program", data={"csrf": "x", "name": "Asing"}).status_code == 403
    for row in ("00" * 16, "zz"):
        assert admin.get(f"/program/{row}").status_code == 404


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("53,2026-12,1,1", "53"),
        ("5301,2026-13,1,1", "2026-13"),
        ("5301,2026-12,-4,1", "-4"),
        ("5301,2026-12,,", "isi terlatih"),
        ("5301,2026-12,1,1\n53.01,2026-12,2,2", "Baris 2"),
    ],
)
def test_a_line_with_a_fault_is_named(text: str, words: str) -> None:
    with pytest.raises(InputProblem, match=words):
        read_targets(text)


def test_the_table_reads_back_what_it_writes() -> None:
    lines = [TargetLine(None, "2026-12", 5, None), TargetLine("53.01", "2026-11", 60, 40)]
    assert read_targets(programmes.written(lines)) == lines


def test_the_command_finds_a_renamed_programme(running: RunningCentre) -> None:
    with running.opened() as centre:
        row = programmes.save_programme(centre, programmes.ProgrammeForm("Lama CONTOH"), bytes(16))
        programmes.save_programme(centre, programmes.ProgrammeForm("Baru CONTOH"), bytes(16), row)
        done = administration.set_programme(centre, "baru contoh", agreement="PKS 1")
        assert done.data["programme"] == row.hex()
