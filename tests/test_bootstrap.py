"""A bare clone on a machine that lacks something: a sentence that says what to do, never a traceback."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from trainer_app import bootstrap
from trainer_app.bootstrap import checkout, environment, system

ROOT = bootstrap.ROOT
NOTHING_INSTALLED = """
from trainer_app import bootstrap
bootstrap.missing = lambda need: ["something"]
bootstrap.ensure(screen=False)
"""
EARLY = ["trainer_app/__init__.py", "trainer_app/__main__.py"]
EARLY += [f"trainer_app/bootstrap/{name}.py" for name in ("__init__", "checkout", "environment", "system")]


def _start(folder: Path, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env={**clean, **environment}, capture_output=True, text=True
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What ``git clone`` leaves, as far as setting up needs it."""
    folder = tmp_path / "clone"
    (folder / "trainer_app" / "bootstrap").mkdir(parents=True)
    for name in [*EARLY, "pyproject.toml", "requirements.lock", "README.md"]:
        shutil.copy(ROOT / name, folder / name)
    return folder


# ---------------------------------------------------------------- Python
@pytest.mark.parametrize("name", EARLY)
def test_what_runs_first_can_be_read_by_old_pythons(name: str) -> None:
    ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("name", EARLY)
def test_what_runs_first_imports_only_the_standard_library(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    imported = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert {module.split(".")[0] for module in imported} <= sys.stdlib_module_names | {"trainer_app"}


def test_an_old_python_is_told_what_to_install(clone: Path) -> None:
    code = "import sys; sys.version_info = (3, 9, 2); from trainer_app import bootstrap; bootstrap.ensure()"
    done = _start(clone, code, PATH=str(clone))
    assert done.returncode == 1
    assert "needs Python 3.11 or newer; this is 3.9" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_newer_python_on_the_machine_is_used(clone: Path) -> None:
    newer = clone / "python3.12"
    newer.write_text('#!/bin/sh\necho "continued with: $*"\n')
    newer.chmod(0o755)
    code = "import sys; sys.version_info = (3, 9, 2); from trainer_app import bootstrap; bootstrap.ensure()"
    done = _start(clone, code, PATH=f"{clone}:/usr/bin:/bin")
    assert (done.returncode, done.stdout[:21]) == (0, "continued with: -c im")


# ---------------------------------------------------------------- packages
def test_without_network_the_reason_is_said_and_the_next_run_goes_on(clone: Path) -> None:
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    first = _start(clone, NOTHING_INSTALLED, **nowhere)
    assert first.returncode == 1
    assert "The package index cannot be reached" in first.stderr
    assert "Traceback" not in first.stderr
    again = _start(clone, NOTHING_INSTALLED, **nowhere)
    assert "Making the environment" in first.stderr
    assert "Making the environment" not in again.stderr
    assert "The package index cannot be reached" in again.stderr


def test_a_clone_without_its_lock_file_says_so(clone: Path) -> None:
    (clone / "requirements.lock").unlink()
    done = _start(clone, NOTHING_INSTALLED)
    assert (done.returncode, "requirements.lock is missing" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("ERROR: [Errno 28] No space left on device", "The disk is full"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES from the requirements file", "does not match its hash"),
        ("socket.gaierror: Temporary failure in name resolution", "index cannot be reached"),
        ("ERROR: something new\nsecond line", "  second line"),
    ],
)
def test_what_pip_says_is_put_into_a_sentence(said: str, answer: str) -> None:
    assert answer in environment._explain(said)


def test_a_full_disk_is_noticed_before_anything_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        environment.shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(9, 8, 1_000_000)
    )
    with pytest.raises(environment.Refused, match=r"needs 1\.5 GB of disk; 0\.0 GB are free"):
        environment._check_disk("app")


def test_an_environment_made_from_another_lock_or_folder_is_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    app, tests = checkout.stamp("app"), checkout.stamp("tests")
    assert checkout.satisfies(tests, "app")
    assert checkout.satisfies(tests, "tests")
    assert not checkout.satisfies(app, "tests")
    assert not checkout.satisfies({**tests, "root": "/elsewhere"}, "app")
    monkeypatch.setattr(checkout, "LOCK", ROOT / "LICENSE")
    assert not checkout.satisfies(tests, "app")


def test_without_the_tests_only_the_first_part_of_the_lock_is_installed() -> None:
    part, whole = environment._locked(tests=False), environment._locked(tests=True)
    assert whole.startswith(part)
    assert "pyside6-essentials==" in part
    assert "pytest==" not in part
    assert "pytest==" in whole


# ---------------------------------------------------------------- the system
@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose only programs are the ones that the test puts into this folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("env", "sh", "cat", "echo"):
        (folder / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(system, "_has_library", lambda name: name != "libEGL.so.1")
    return folder


def _program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_without_root_the_one_line_to_type_is_given(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tools, "apt-get", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(system.Refused, match=r"\n  sudo apt-get install libegl1$"):
        system.ensure_libraries()


def test_root_installs_what_is_missing_and_nothing_else(
    tools: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _program(tools, "apt-get", f'echo "$*" >> {tools}/asked')
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    system.ensure_libraries()
    asked = (tools / "asked").read_text().splitlines()
    assert asked[-1].endswith("install --yes --no-install-recommends libegl1")
    assert "Installing system packages to draw its window: libegl1" in capsys.readouterr().err


def test_sudo_is_used_where_it_asks_nothing(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tools, "apt-get", f'echo "$*" >> {tools}/asked')
    _program(tools, "sudo", f'[ "$1" = -n ] && exit 0; echo sudo >> {tools}/asked; exec "$@"')
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    system.ensure_libraries()
    assert (tools / "asked").read_text().splitlines()[-2:][0] == "sudo"


def test_what_apt_says_when_it_fails_is_passed_on(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tools, "apt-get", "echo E: Unable to locate package; exit 100")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(system.Refused, match="E: Unable to locate package"):
        system.ensure_libraries()


def test_without_apt_the_missing_files_are_named(tools: Path) -> None:
    with pytest.raises(system.Refused, match=r"no apt to install them with:\n  libEGL.so.1\n"):
        system.ensure_libraries()


def test_the_new_name_of_a_renamed_package_is_preferred(tools: Path) -> None:
    _program(tools, "apt-cache", '[ "$2" = libglib2.0-0t64 ]')
    assert system._known(("libglib2.0-0t64", "libglib2.0-0")) == "libglib2.0-0t64"
    _program(tools, "apt-cache", "exit 100")
    assert system._known(("libglib2.0-0t64", "libglib2.0-0")) == "libglib2.0-0"


def test_every_dependency_is_looked_for_before_the_program_starts() -> None:
    """Forgotten here, a new dependency ends in a traceback in an old environment instead of an update."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["server"]]
    named = {re.split(r"[<>=!;\[ ]", name)[0].lower().replace("_", "-") for name in wanted}
    found = {name.split(".")[0] for name in bootstrap.APP_MODULES}
    modules = packages_distributions()
    covered = {dist.lower().replace("_", "-") for module in found for dist in modules.get(module, [])}
    assert named - covered == set()
