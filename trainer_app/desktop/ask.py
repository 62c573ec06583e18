"""Every question to a person goes through here, so that a test replaces one function to answer them all.

There are few: doing and undoing is better than asking.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.words import _

Choice = tuple[str, str, str]  # key, verb on the button, kind of button


def ask(
    parent: QWidget,
    title: str,
    text: str,
    choices: Sequence[Choice],
    then: Callable[[str], object],
    icon: str | None = None,
) -> Sheet:
    """Shows a question and returns at once; ``then`` gets the key of the answer, "" when it was put away with
    Esc.

    The first choice is the one Enter takes; it stands at the right, where the main button of every sheet is.
    """
    sheet = Sheet(parent, title, text, icon)
    for place, (key, words, kind) in reversed(list(enumerate(choices))):
        sheet.add_button(key, words, kind, default=place == 0)
    sheet.answered.connect(then)
    sheet.open()
    return sheet


def tell(parent: QWidget, title: str, text: str, then: Callable[[str], object] = lambda _key: None) -> Sheet:
    """Says something that must be read before going on."""
    return ask(parent, title, text, [("ok", _("Mengerti"), "primary")], then, "info")
