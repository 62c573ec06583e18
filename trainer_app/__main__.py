"""The commands of ``trainer-app``: which there are, and starting one. What each does is in ``commands/``."""

from __future__ import annotations

import sys

from trainer_app import __version__, bootstrap

#: name -> module with HELP, add_arguments(parser) and run(args); imported only when asked for
COMMANDS = {
    "desktop": "trainer_app.commands.desktop",
    "demo": "trainer_app.commands.demo",
    "serve": "trainer_app.commands.serve",
    "hub": "trainer_app.commands.hub",
    "sync": "trainer_app.commands.sync",
    "bundle": "trainer_app.commands.bundle",
    "admin": "trainer_app.commands.admin",
    "report": "trainer_app.commands.report",
    "import": "trainer_app.commands.import_list",
    "export": "trainer_app.commands.export_list",
    "backup": "trainer_app.commands.backup",
    "restore": "trainer_app.commands.restore",
    "recover": "trainer_app.commands.recover",
    "doctor": "trainer_app.commands.doctor",
    "rebuild": "trainer_app.commands.rebuild",
}
DEFAULT = "desktop"
WITH_SCREEN = {"desktop", "demo"}  # these load Qt, which needs libraries of the system
STOPPED_BY_KEY = 130  # what shells expect after Ctrl+C


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns its exit code, 2 for a command line that cannot be understood."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] in (["--version"], ["-V"]):
        print(f"trainer-app {__version__}")
        return 0
    name = given[0] if given and not given[0].startswith("-") else DEFAULT
    bootstrap.ensure(screen=name in WITH_SCREEN)
    from trainer_app.commands.running import run, show_help, unknown

    if given[:1] in (["--help"], ["-h"]):
        show_help(COMMANDS)
        return 0
    if name not in COMMANDS:
        print(unknown(name, COMMANDS), file=sys.stderr)
        return 2
    try:
        return run(name, COMMANDS[name], given[1:] if given[:1] == [name] else given)
    except KeyboardInterrupt:
        return STOPPED_BY_KEY


if __name__ == "__main__":
    sys.exit(main())
