"""The rules of the house that no tool checks: shape, lists that must agree, the lock file, the licence."""

from __future__ import annotations

import ast
import importlib
import io
import re
import subprocess
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal

from trainer_app import __version__
from trainer_app.__main__ import COMMANDS, main
from trainer_app.bootstrap import DEV_HEADING, ROOT

LINES_OF_A_FILE = 450
LINES_OF_A_TEST = 700  # stories are read from top to bottom
TOP_LEVEL = {
    "trainer_app", "resources", "tests", "pyproject.toml", "README.md", "LICENSE", "requirements.lock",
    ".ci", ".editorconfig", ".gitignore", ".gitattributes",
}  # fmt: skip
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def _files() -> list[Path]:
    """The files of the project: what git follows, or in an unpacked archive what lies there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    names = [name for name in listed.stdout.split("\0") if name]
    return [path for name in names if (path := ROOT / name).is_file()] or list(ROOT.rglob("*.py"))


def _python() -> list[Path]:
    return [path for path in _files() if path.suffix == ".py"]


def _is_code(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return parts[0] != "resources" or len(parts) == 2 or parts[1] == "packaging"


def _comments(path: Path) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


# ---------------------------------------------------------------- shape
def test_the_top_level_has_only_what_the_readme_explains() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in _files()} <= TOP_LEVEL


def test_every_folder_of_code_says_what_belongs_there() -> None:
    silent = []
    # a script beside the data it made (fonts, pictures) is not a package
    packages = {path.parent for path in _python() if _is_code(path)}
    for folder in packages:
        described = folder / "__init__.py"
        if described.is_file() and not ast.get_docstring(ast.parse(described.read_text(encoding="utf-8"))):
            silent.append(str(folder.relative_to(ROOT)))
        elif not described.is_file():
            silent.append(f"{folder.relative_to(ROOT)} (no __init__.py)")
    assert sorted(silent) == []


def test_the_packages_that_are_installed_are_the_folders_there_are() -> None:
    code = {
        str(path.parent.relative_to(ROOT)).replace("/", ".")
        for path in _python()
        if path.name == "__init__.py"
    }
    wanted = {name for name in code if name.startswith("trainer_app")}
    resources = {name for name in code if name.startswith("resources") and "packaging" not in name}
    assert set(PYPROJECT["tool"]["setuptools"]["packages"]) == wanted | {
        f"trainer_app.{name}" for name in resources
    }


@pytest.mark.parametrize("path", _python(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_enough_to_be_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= (
        LINES_OF_A_TEST if path.is_relative_to(ROOT / "tests") else LINES_OF_A_FILE
    )


def test_nothing_is_left_to_do_later_and_every_exception_from_a_rule_gives_its_reason() -> None:
    found = []
    for path in _python():
        for line, comment in _comments(path):
            later = re.search(r"\b(TODO|FIXME|XXX|HACK)\b", comment)
            silenced = re.search(
                r"(noqa: ?[A-Z0-9, ]+|type: ?ignore\[[^]]+\]|noqa\b|type: ?ignore\b)(.*)", comment
            )
            if later or (silenced and len(silenced.group(2).strip(" #()")) < 5):
                found.append(f"{path.relative_to(ROOT)}:{line}: {comment}")
    assert found == []


def test_tests_wait_for_conditions_and_not_for_time() -> None:
    asleep = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in _python()
        if path.is_relative_to(ROOT / "tests")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"time.sleep", "sleep", "QTest.qWait"}
    ]
    assert asleep == []


def test_statements_of_sql_are_written_in_storage_only() -> None:
    """Import-linter sees who imports a driver; a statement handed to a connection it does not see."""
    statement = re.compile(r"\s*(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|PRAGMA|CREATE TABLE) ")
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in _python()
        if path.is_relative_to(ROOT / "trainer_app") and not path.is_relative_to(ROOT / "trainer_app/storage")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and statement.match(node.value)
    ]
    assert found == []


# ---------------------------------------------------------------- the documents
_LAYERS = "records|storage|actions|reports|sync|server|desktop|commands|bootstrap"


@pytest.mark.parametrize("name", ["architecture.md", "protocol.md", "centre.md"])
def test_a_document_names_only_files_and_functions_that_exist(name: str) -> None:
    """`storage/saving.save_edits` is a name in that file, `storage/saving.py` a file, `sync/` a folder."""
    text = (ROOT / "resources" / "docs" / name).read_text(encoding="utf-8")
    wrong = []
    for path, more in re.findall(rf"`((?:{_LAYERS})/[\w/]*)((?:\.\w+)*)[^`]*`", text):
        place = ROOT / "trainer_app" / path
        file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        code = file.read_text(encoding="utf-8") if file.is_file() else None
        names = [part for part in more.split(".") if part not in ("", "py")]
        if code is None or not all(re.search(rf"(def|class) {n}\b|^{n}\b", code, re.M) for n in names):
            wrong.append(path + more)
    assert [name for name in wrong if "NAME" not in name] == []


# ---------------------------------------------------------------- the lock file and the licence
def _declared() -> set[str]:
    project = PYPROJECT["project"]
    wanted = [*project["dependencies"], *PYPROJECT["build-system"]["requires"]]
    wanted += [name for names in project["optional-dependencies"].values() for name in names]
    return {re.split(r"[<>=!;\[ ]", name)[0].lower().replace("_", "-") for name in wanted}


def _locked(text: str) -> dict[str, str]:
    entries = re.split(r"\n(?=[a-z0-9])", "\n" + text)
    return {entry.split("==")[0].split("[")[0]: entry for entry in entries if "==" in entry}


def test_the_lock_names_every_dependency_and_no_place_to_fetch_it_from() -> None:
    assert _declared() - _locked(LOCK).keys() == set()
    assert "://" not in LOCK
    assert not re.search(r"--(index-url|extra-index-url|find-links|trusted-host)", LOCK)


def test_every_locked_package_is_pinned_and_has_hashes() -> None:
    loose = [name for name, entry in _locked(LOCK).items() if "--hash=sha256:" not in entry]
    assert loose == []
    assert len(_locked(LOCK)) > 50


def test_the_first_part_of_the_lock_is_enough_for_the_program() -> None:
    project = PYPROJECT["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["server"]
    names = {re.split(r"[<>=!;\[ ]", name)[0].lower() for name in wanted}
    assert names - _locked(LOCK.split(DEV_HEADING)[0]).keys() == set()


def test_the_release_of_qt_that_aborts_is_not_locked() -> None:
    assert "pyside6-essentials==6.12.0" not in LOCK


def test_the_licence_is_the_one_that_is_declared() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PYPROJECT["project"]["license"] == "Apache-2.0"
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_version_is_said_once() -> None:
    assert PYPROJECT["project"]["version"] == __version__


# ---------------------------------------------------------------- commands
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_listed_and_explained(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = importlib.import_module(COMMANDS[name])
    assert command.HELP
    with pytest.raises(SystemExit) as stopped:
        main([name, "--help"])
    assert stopped.value.code == 0
    assert f"trainer-app {name}" in capsys.readouterr().out


def test_help_lists_the_commands_and_an_unknown_one_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    assert all(f"  {name} " in listed for name in COMMANDS)
    assert main(["dmeo"]) == 2
    assert "dmeo" in capsys.readouterr().err
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"trainer-app {__version__}\n"


# ---------------------------------------------------------------- the Qt that is installed
class _Bell(QObject):
    rung = Signal(bool)


def test_ten_thousand_signals_leave_the_process_alive(qapp: QObject) -> None:
    """PySide6 6.12.0 on Python 3.11 dropped one reference to True at each emit and aborted after some
    hundreds.
    """
    bell, heard = _Bell(), []
    bell.rung.connect(heard.append)
    for _round in range(10_000):
        bell.rung.emit(True)
    assert len(heard) == 10_000
