"""A forgotten PIN: the laptop asks, an administrator answers, the person has a new PIN; at a real centre."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.desktop.desks import DEK, PIN, TRAINER_NAME
from tests.desktop.joined import ServedCentre, write_batches
from tests.server.running import PASSWORD, RunningCentre
from trainer_app.__main__ import main
from trainer_app.server import administration
from trainer_app.storage.keys import KeyRing, PinProblem
from trainer_app.storage.opening import open_store
from trainer_app.sync.recipients import entrust

NEW_PIN = "318274"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "id")
    monkeypatch.setenv("TRAINER_APP_PASSWORD", PASSWORD)
    monkeypatch.setenv("TRAINER_APP_PIN", NEW_PIN)


@pytest.fixture(scope="module")
def admin(centre: RunningCentre) -> str:
    with centre.opened() as opened:
        administration.add_staff(
            opened, "Pak Admin CONTOH", "admin", "", login="pak.admin", password=PASSWORD
        )
        administration.add_staff(
            opened, "Bu Amati CONTOH", "pengamat", "", login="bu.amati", password=PASSWORD
        )
    return "pak.admin"


@pytest.fixture
def laptop(tmp_path: Path, centre: RunningCentre) -> Path:
    """A laptop that has joined and sealed its key to the centre; two records wait on it."""
    folder = tmp_path / "laptop"
    folder.mkdir(mode=0o700)
    with centre.opened() as opened:
        known = any(s.full_name == TRAINER_NAME for s in opened.store.find(administration.Staff))
    served = ServedCentre(centre, "", "") if known else ServedCentre.prepared(centre)
    trainer = served.laptop(folder)
    store = open_store(folder, DEK)
    write_batches(store, trainer, 2)
    assert entrust(store, KeyRing(folder), DEK)
    assert not entrust(store, KeyRing(folder), DEK), "once is enough"
    store.close()
    return folder


def at_centre(centre: RunningCentre, question: Path, *more: str) -> int:
    where = ["--data", str(centre.folder), *(["--database", centre.database] if centre.database else [])]
    return main(["admin", "recover", str(question), *where, *more])


def test_a_new_pin_for_the_one_who_forgot_it(
    laptop: Path, centre: RunningCentre, admin: str, tmp_path: Path, capsys: Capture
) -> None:
    question = tmp_path / "permintaan.json"
    assert main(["recover", "ask", str(question), "--data", str(laptop)]) == 0
    assert json.loads(question.read_text())["names"] == [TRAINER_NAME]
    assert at_centre(centre, question, "--for", TRAINER_NAME, "--login", admin) == 0
    answer = tmp_path / "permintaan.jawaban.json"
    assert DEK.hex() not in answer.read_text()
    assert main(["recover", "use", str(answer), "--data", str(laptop)]) == 0
    assert "PIN baru untuk" in capsys.readouterr().out
    ring = KeyRing(laptop)
    (user,) = ring.users()
    with pytest.raises(PinProblem):
        ring.unlock(user.staff_id, PIN)
    assert ring.unlock(user.staff_id, NEW_PIN) == DEK
    assert main(["recover", "use", str(answer), "--data", str(laptop)]) == 1, "an answer works once"


def test_the_laptops_secret_is_gone_too(
    laptop: Path, centre: RunningCentre, admin: str, tmp_path: Path
) -> None:
    """The disk was put into another machine: its key store knows nothing."""
    (laptop / "device.key").unlink()
    question = tmp_path / "permintaan.json"
    assert main(["recover", "ask", str(question), "--data", str(laptop)]) == 0
    assert at_centre(centre, question, "--for", TRAINER_NAME, "--login", admin) == 0
    assert main(["recover", "use", str(tmp_path / "permintaan.jawaban.json"), "--data", str(laptop)]) == 0
    ring = KeyRing(laptop)
    assert ring.unlock(ring.users()[0].staff_id, NEW_PIN) == DEK


def test_who_may_not(
    laptop: Path,
    centre: RunningCentre,
    admin: str,
    tmp_path: Path,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    question = tmp_path / "permintaan.json"
    assert main(["recover", "ask", str(question), "--data", str(laptop)]) == 0
    assert at_centre(centre, question, "--for", TRAINER_NAME, "--login", "bu.amati") == 1
    assert "Hanya admin" in capsys.readouterr().err
    assert at_centre(centre, question, "--for", "Pak Admin CONTOH", "--login", admin) == 1
    assert "belum pernah masuk di laptop itu" in capsys.readouterr().err
    monkeypatch.setenv("TRAINER_APP_PASSWORD", "bukan kata sandinya")
    assert at_centre(centre, question, "--for", TRAINER_NAME, "--login", admin) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["laptop", "permintaan.json"]


def test_what_is_no_question_and_whose_answer_it_is(
    laptop: Path, centre: RunningCentre, admin: str, tmp_path: Path, capsys: Capture
) -> None:
    question = tmp_path / "permintaan.json"
    assert main(["recover", "ask", str(question), "--data", str(laptop)]) == 0
    assert at_centre(centre, question, "--for", TRAINER_NAME, "--login", admin) == 0
    assert main(["recover", "ask", str(question), "--data", str(laptop)]) == 0
    capsys.readouterr()
    assert main(["recover", "use", str(tmp_path / "permintaan.jawaban.json"), "--data", str(laptop)]) == 1
    assert "bukan untuk permintaan terakhir" in capsys.readouterr().err
    for data in (b"", b"{}", b'{"what": "trainer-app/recovery/question/1"}', b"\xff"):
        question.write_bytes(data)
        assert at_centre(centre, question, "--for", TRAINER_NAME, "--login", admin) == 1
        assert "bukan permintaan pemulihan" in capsys.readouterr().err
