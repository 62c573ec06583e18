"""Starting a command: arguments, sentences instead of tracebacks, the language of the terminal."""

from __future__ import annotations

import argparse
import subprocess
import sys
import types
from collections.abc import Callable

import pytest

from trainer_app.bootstrap import ROOT
from trainer_app.commands.running import run, terminal_language
from trainer_app.records.problem import StoreProblem

Work = Callable[[argparse.Namespace], int]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], str]:
    """Makes a command out of a function and returns the name of its module."""

    def make(work: Work) -> str:
        module = types.ModuleType("a_command_of_this_test")
        module.HELP = "Contoh"  # type: ignore[attr-defined]  # a module made by hand
        module.add_arguments = lambda parser: parser.add_argument("--n", type=int, default=0)  # type: ignore[attr-defined]  # as above
        module.run = work  # type: ignore[attr-defined]  # as above
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return module.__name__

    return make


def test_arguments_reach_the_command_and_its_code_comes_back(command: Callable[[Work], str]) -> None:
    assert run("contoh", command(lambda args: args.n + 1), ["--n", "4"]) == 5


def test_a_problem_is_a_sentence_and_not_a_traceback(
    command: Callable[[Work], str], capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_args: argparse.Namespace) -> int:
        raise StoreProblem("Disk penuh. Kosongkan dulu, lalu coba lagi.")

    assert run("contoh", command(full), []) == 1
    assert capsys.readouterr().err == "Disk penuh. Kosongkan dulu, lalu coba lagi.\n"


def test_a_fault_of_the_program_is_not_hidden(command: Callable[[Work], str]) -> None:
    def broken(_args: argparse.Namespace) -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run("contoh", command(broken), [])


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "id"),
        ({"LANG": "C.UTF-8"}, "id"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "id_ID.UTF-8"}, "id"),
        ({"LANG": "id_ID.UTF-8", "LANGUAGE": "en"}, "en"),
    ],
)
def test_the_terminal_chooses_the_language(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert terminal_language() == language


def test_a_reader_who_has_seen_enough_is_no_fault() -> None:
    code = "import sys; from trainer_app.__main__ import main; sys.exit(main(['--help']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        said = program.stderr.read()
    assert (program.returncode, said) == (0, b"")
