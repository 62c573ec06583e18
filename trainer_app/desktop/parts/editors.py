"""Every editor of the kit in one place, for pages: see the modules they come from.

The protocol they share is described in ``lines``.
"""

from __future__ import annotations

from typing import Protocol

from trainer_app.desktop.parts.choices import CheckEditor, MultiSeg, PickEditor, Seg
from trainer_app.desktop.parts.lines import (
    DateEditor,
    DigitsEditor,
    LineEditor,
    NumberEditor,
    SearchBox,
    TextEditor,
    nik_editor,
    phone_editor,
)
from trainer_app.desktop.parts.suggest import Suggest


class Editor(Protocol):
    """What every editor can do, next to its signals ``changed`` and ``finished``."""

    def value(self) -> object: ...

    def set_value(self, value: object) -> None: ...

    def clear_value(self) -> None: ...


__all__ = [
    "CheckEditor",
    "DateEditor",
    "DigitsEditor",
    "Editor",
    "LineEditor",
    "MultiSeg",
    "NumberEditor",
    "PickEditor",
    "SearchBox",
    "Seg",
    "Suggest",
    "TextEditor",
    "nik_editor",
    "phone_editor",
]
