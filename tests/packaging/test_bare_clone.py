"""The first run in a bare clone, from nothing, with the package index of this machine."""

from __future__ import annotations

import os
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from trainer_app import __version__
from trainer_app.bootstrap import ROOT

pytestmark = pytest.mark.packaging

QUICK_SECONDS = 5.0  # a second run, which has nothing to set up


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bare") / "clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    return folder


def _python3(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The machine's own Python, as a person types it: not the one of the environment that runs this test."""
    path = os.pathsep.join(part for part in os.environ["PATH"].split(os.pathsep) if ".venv" not in part)
    clean = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    return subprocess.run(
        ["python3", *arguments],
        cwd=clone,
        env={**clean, "PATH": path},
        capture_output=True,
        text=True,
        timeout=900,
    )


def test_the_first_run_sets_up_and_the_second_is_quick(clone: Path, tmp_home: Path) -> None:
    first = _python3(clone, "-m", "trainer_app", "--help")
    assert first.returncode == 0, first.stderr
    assert "Making the environment" in first.stderr
    assert "Ready." in first.stderr
    assert "  demo " in first.stdout
    started = time.monotonic()
    second = _python3(clone, "-m", "trainer_app", "--help")
    assert (second.returncode, second.stderr) == (0, "")
    assert time.monotonic() - started < QUICK_SECONDS


def test_the_demonstration_runs_without_a_screen(clone: Path, tmp_home: Path) -> None:
    done = _python3(clone, "-m", "trainer_app", "demo", "--headless")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_the_tests_of_the_clone_can_be_started(clone: Path) -> None:
    done = _python3(clone, "-m", "tests", "tests/test_settings.py", "-q")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_a_wheel_holds_the_compiled_words_and_no_tools(clone: Path, tmp_path: Path) -> None:
    pip = [str(clone / ".venv" / "bin" / "python"), "-m", "pip"]
    subprocess.run(
        [*pip, "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", tmp_path, clone], check=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    assert __version__ in wheel.name
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "trainer_app/resources/locale/en/LC_MESSAGES/trainer_app.mo" in names
    assert [name for name in names if "packaging" in name] == []
