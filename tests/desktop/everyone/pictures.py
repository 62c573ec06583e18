"""Every page, gate and sheet in both languages and three looks: as PNG, and as what a screen reader finds.

    python3 -m tests pictures FOLDER

writes ``FOLDER/<language>/<look>/<name>.png`` at 1366x700 and ``FOLDER/<language>/tree/<name>.txt`` (one
line a node: role, name, description, state), and tells how many controls have no name. All people are made
up.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget

import tests.conftest  # noqa: F401 (the files of this checkout count, not those that are installed)
from tests.desktop.everyone import checks
from tests.desktop.everyone.laptop import season
from tests.desktop.everyone.stage import WIDE, Stage, staged
from tests.desktop.everyone.walking import walk
from trainer_app.desktop import theme
from trainer_app.words import LANGUAGES

STATES = ("checked", "disabled", "focused", "selected", "expanded", "readOnly")


def tree_text(window: QWidget) -> str:
    """The accessible tree, a line a node."""
    lines = []
    for depth, node in checks.accessible_tree(window):
        name, about, value = (
            node.text(what).strip()
            for what in (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value)
        )
        state = node.state()
        words = [word for word in STATES if getattr(state, word, False)]
        parts = [node.role().name, f'"{name}"', about, f"= {value}" if value else "", " ".join(words)]
        lines.append("  " * depth + " · ".join(part for part in parts if part))
    return "\n".join(lines) + "\n"


def write(stage: Stage, folder: Path, look: str, language: str) -> int:
    """All pictures of one look; with the first look the trees too. Gives the number of silent controls."""
    stage.dress(look, 100, WIDE, language)
    pictures, trees = folder / language / look, folder / language / "tree"
    for made in (pictures, trees):
        made.mkdir(parents=True, exist_ok=True)
    silent, taken = 0, set()

    def take(name: str, window: QWidget) -> None:
        nonlocal silent
        file = _file_name(name)
        if file in taken:
            return
        taken.add(file)
        window.grab().save(str(pictures / f"{file}.png"))
        if look == theme.LOOKS[0]:
            (trees / f"{file}.txt").write_text(tree_text(window), encoding="utf-8")
            silent += len(checks.silent_in_tree(window)) + len(checks.unnamed(window))

    walk(stage, take)
    print(f"{language} {look}: {len(taken)} pictures", flush=True)
    return silent


def _file_name(name: str) -> str:
    parts = name.split(" > ")
    kept = [parts[0], parts[-1]] if len(parts) > 1 else parts
    return "-".join(re.sub(r"\W+", "_", part).strip("_").lower() for part in kept)


def main(folder: Path) -> int:
    """0 when no control is without a name."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    silent = 0
    for language in LANGUAGES:
        for look in theme.LOOKS:
            with tempfile.TemporaryDirectory() as made, staged(season(Path(made))) as stage:
                silent += write(stage, folder, look, language)
    print(f"controls without a name: {silent}")
    del application
    return 1 if silent else 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
