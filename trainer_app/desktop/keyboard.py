"""Where the keyboard goes on when what it was in is made anew."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from trainer_app.desktop.later import later

_ON_ITS_WAY = "keyboard_on_its_way"


class KeyboardPlace:
    """A control of a page by its name: the one that stands there afterwards has the same."""

    def __init__(self, page: QWidget, name: str | None) -> None:
        self._page, self._name = page, name

    def go_on(self) -> None:
        """Gives the keyboard to the control of that name, as soon as the new ones are shown. If it is gone,
        to the first control of the page: never to a message that passes by.
        """
        if self._name is not None:
            self._page.setProperty(_ON_ITS_WAY, self._name)
            later(self._page, lambda: self._give())  # which keeps this object alive

    def _give(self) -> None:
        """Unless somebody went elsewhere in the page meanwhile."""
        holder, target = self._page.window().focusWidget(), self._target()
        if target is not None and (holder is None or not self._page.isAncestorOf(holder)):
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        self._page.setProperty(_ON_ITS_WAY, None)

    def _target(self) -> QWidget | None:
        reached = [
            widget
            for widget in self._page.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not widget.isHidden() and widget.isEnabled()
        ]
        return next((w for w in reached if w.accessibleName() == self._name), reached[0] if reached else None)


def keyboard_at(page: QWidget) -> KeyboardPlace:
    """Where the keyboard is, before widgets of ``page`` are thrown away; nowhere if it is not in the page."""
    holder = page.window().focusWidget()
    if holder is not None and page.isAncestorOf(holder) and page.isVisible():
        return KeyboardPlace(page, holder.accessibleName())
    return KeyboardPlace(page, page.property(_ON_ITS_WAY))  # made anew twice in one go
