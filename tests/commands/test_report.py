"""`trainer-app report`: what a laptop says of its own sessions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.desktop.desks import PIN, TRAINER_NAME, made_ring, made_store
from trainer_app.__main__ import main
from trainer_app.reports.catalogue import REPORTS

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _laptop(tmp_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINER_APP_PIN", PIN)
    monkeypatch.setenv("LANGUAGE", "id")
    made_ring(tmp_home)
    made_store(tmp_home).close()


def report(capsys: Capture, *arguments: str, code: int = 0) -> str:
    assert main(["report", *arguments, "--user", TRAINER_NAME]) == code
    said = capsys.readouterr()
    return said.err if code else said.out


def test_the_list_names_what_a_laptop_can_tell(capsys: Capture) -> None:
    told = [line.split(maxsplit=1) for line in report(capsys).splitlines()]
    assert ["attendance", "Kehadiran per sesi"] in told
    assert [key for key, _title in told] == [one.key for one in REPORTS if not one.centre_only]


def test_a_report_as_table_csv_and_json(capsys: Capture) -> None:
    assert report(capsys, "attendance").startswith("Tanggal")
    assert report(capsys, "attendance", "--csv").startswith("Tanggal,Sesi,Angkatan")
    assert json.loads(report(capsys, "attendance", "--json")) == {"report": "attendance", "rows": []}


@pytest.mark.parametrize("arguments", [("laptops",), ("attendance", "--since", "kemarin")])
def test_what_there_is_not_gets_a_sentence(capsys: Capture, arguments: tuple[str, ...]) -> None:
    assert arguments[-1] in report(capsys, *arguments, code=1)
