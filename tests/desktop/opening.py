"""What the tests of parts share: a window is made by an `Opener`, a signal is listened to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

Opener = Callable[..., QWidget]


def heard_from(signal: object) -> list[tuple[object, ...]]:
    heard: list[tuple[object, ...]] = []
    signal.connect(lambda *values: heard.append(values))  # type: ignore[attr-defined]  # a signal
    return heard
