"""A field: label, hint, editor and a message line whose room is always kept, so that the page does not jump.

Only a message longer than the line takes a second one: words that are cut help nobody.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts import mnemonic
from trainer_app.desktop.parts.card import Icon, tone_role
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.theme import set_state

_ICONS = {"bad": "circle-alert", "warn": "triangle-alert", "ok": "check", "info": "info"}


class Field(QWidget):
    """Ties a label, with its Alt-letter, to an editor and speaks for it.

    The label becomes the editor's accessible name; hint, note and message its description.
    """

    def __init__(
        self,
        label: str,
        editor: QWidget,
        hint: str = "",
        note: str = "",
        *,
        message: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.editor: Any = editor  # one of parts.editors; which one its page knows
        self._hint = hint
        self._note = ""
        self._message = ""
        self.label = Text(mnemonic.for_qt(label), "label")
        self.label.setBuddy(editor)
        self._aside = Text(hint, "caption")
        self._aside.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        editor.setAccessibleName(mnemonic.spoken(label))
        self._lay_out(message)
        self.set_note(note)

    def _lay_out(self, message: bool) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(2))
        head = QHBoxLayout()
        head.setContentsMargins(1, 0, 1, 0)
        head.setSpacing(theme.px(8))
        head.addWidget(self.label)
        head.addStretch(1)
        head.addWidget(self._aside)
        column.addLayout(head)
        column.addWidget(self.editor)
        self._line = QWidget()
        row = QHBoxLayout(self._line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(5))
        self._sign = Icon("info", "ink3", 14)
        self._words = Text("", "message", wrap=True)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._words, 1)
        self._sign.hide()
        self._line.setMinimumHeight(theme.size("message"))
        column.addWidget(self._line)
        self._line.setVisible(message)  # only now: without a parent it would flash up as a window
        column.addStretch(1)
        self.setFocusProxy(self.editor)

    def set_message(self, text: str, tone: str = "bad") -> None:
        """Shows one sentence under the editor: what is wrong and how to put it right, or what was
        understood.
        """
        self._message = text
        self._words.show_text(text, tone)
        self._words.setToolTip(text)
        shown = bool(text) and tone in _ICONS
        self._sign.setVisible(shown)
        if shown:
            self._sign.show_icon(_ICONS[tone], tone_role(tone))
        self._line.setVisible(True)
        set_state(self.editor, state="bad" if text and tone == "bad" else "")
        self._describe()

    def clear_message(self) -> None:
        self.set_message("", "mute")

    def hide_message(self) -> None:
        """Takes the message away with its line, of a field that keeps no room for one."""
        self.clear_message()
        self._line.setVisible(False)

    def message_text(self) -> str:
        return self._message

    def set_note(self, note: str) -> None:
        """Says where a value came from ("dari NIK") in place of the hint and tints the editor; ""
        takes it back.
        """
        self._note = note
        self._aside.setText(note or self._hint)
        set_state(self.editor, noted="true" if note else "false")
        self._describe()

    def note(self) -> str:
        """Where the value came from; empty when a person typed it."""
        return self._note

    def _describe(self) -> None:
        self.editor.setAccessibleDescription(
            ". ".join(part.rstrip(".") for part in (self._message, self._note or self._hint) if part)
        )
