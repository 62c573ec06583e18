"""Starting one command: its words, its arguments, and what a person sees when it cannot go on."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Mapping

from trainer_app.records.problem import Problem
from trainer_app.words import _, use_language

PROGRAM = "trainer-app"


def run(name: str, module: str, arguments: list[str]) -> int:
    """Runs the command and returns its exit code; a ``Problem`` is printed as a sentence and gives 1."""
    use_language(terminal_language())
    command = importlib.import_module(module)
    parser = argparse.ArgumentParser(prog=f"{PROGRAM} {name}", description=_(command.HELP), usage=None)
    command.add_arguments(parser)
    try:
        return int(command.run(parser.parse_args(arguments)))
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    except BrokenPipeError:
        _reader_has_gone()
        return 0


def show_help(commands: Mapping[str, str]) -> None:
    """Prints the list of commands."""
    try:
        print(help_text(commands), flush=True)
    except BrokenPipeError:
        _reader_has_gone()


def _reader_has_gone() -> None:
    """The reader of our output (head, less) has seen enough: what is left to print goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def help_text(commands: Mapping[str, str]) -> str:
    """The list of commands with one line about each."""
    use_language(terminal_language())
    width = max(map(len, commands)) + 2
    lines = [f"  {name:{width}}{_(importlib.import_module(commands[name]).HELP)}" for name in commands]
    head = _("Pemakaian: {program} [perintah] [pilihan]").format(program=PROGRAM)
    foot = _("{program} perintah --help menerangkan satu perintah. Tanpa perintah: desktop.")
    return "\n".join([head, "", *lines, "", foot.format(program=PROGRAM)])


def unknown(name: str, commands: Mapping[str, str]) -> str:
    """The sentence for a command that does not exist."""
    use_language(terminal_language())
    sentence = _("Perintah {name} tidak dikenal. Yang ada: {names}.")
    return sentence.format(name=name, names=", ".join(commands))


def terminal_language() -> str:
    """English where the terminal asks for it, as gettext reads the environment; else Indonesian."""
    set_ones = [
        os.environ[key] for key in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(key)
    ]
    return "en" if set_ones and set_ones[0].startswith("en") else "id"
