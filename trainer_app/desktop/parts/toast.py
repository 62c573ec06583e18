"""A toast: what just happened and how to undo it, for some seconds at the foot of the window.

One at a time: the next one replaces it. It waits while the pointer or the focus is on it.
"""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.announce import announce
from trainer_app.desktop.parts.buttons import Button, IconButton
from trainer_app.desktop.parts.card import Icon
from trainer_app.desktop.parts.text import Text
from trainer_app.words import _

SECONDS = 8
_NAME = "toast"


class Toast(QFrame):
    """``undone`` when its action was pressed; ``gone`` when it leaves for any reason."""

    undone = Signal()
    gone = Signal()

    def __init__(self, window: QWidget, text: str, action: str, icon: str, seconds: float) -> None:
        super().__init__(window)
        self._over = window
        self._before = window.focusWidget()
        self.setObjectName(_NAME)
        self.setProperty("kind", "toast")
        self.setAccessibleName(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(16), theme.px(6), theme.px(8), theme.px(6))
        row.setSpacing(theme.px(10))
        row.addWidget(Icon(icon, "toast_action", 20))
        row.addWidget(Text(text))
        self.action: Button | None = None
        if action:
            self.action = _ToastButton(action, "undo-2")
            self.action.clicked.connect(self.act)
            row.addWidget(self.action)
        close = IconButton("x", _("Tutup pesan"), role="surface", px=18)
        close.clicked.connect(self.leave)
        row.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(seconds * 1000))
        self._timer.timeout.connect(self._time_is_up)
        window.installEventFilter(self)
        for button in self.findChildren(Button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus where the person types
        self.place()
        self._timer.start()

    def act(self) -> None:
        """As if the action was pressed (Ctrl+Z of the page does this)."""
        self.undone.emit()
        self.leave()

    def leave(self) -> None:
        if self.isHidden():
            return
        before = self._before if self._has_focus_inside() else None
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()
        self.gone.emit()
        self.deleteLater()

    def place(self) -> None:
        """Bottom centre of its window."""
        window = self._over
        self.adjustSize()
        self.setMaximumWidth(window.width() - 32)
        self.move((window.width() - self.width()) // 2, window.height() - self.height() - theme.px(84))
        self.raise_()

    def _time_is_up(self) -> None:
        if self.underMouse() or self._has_focus_inside():
            self._timer.start()
        else:
            self.leave()

    def _has_focus_inside(self) -> bool:
        holder = self.window().focusWidget()
        return holder is not None and self.isAncestorOf(holder) and self.window().isActiveWindow()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self.place()
        return super().eventFilter(watched, event)


class _ToastButton(Button):
    def __init__(self, text: str, icon: str) -> None:
        super().__init__(text, "quiet", icon, small=True)

    def text_colour(self) -> object:  # type: ignore[override]  # a QColor
        return theme.colour("toast_action")


def current_toast(window: QWidget) -> Toast | None:
    """The toast shown in ``window`` now."""
    found = window.window().findChildren(Toast, _NAME, Qt.FindChildOption.FindDirectChildrenOnly)
    return next((toast for toast in found if not toast.isHidden()), None)


def show_toast(
    window: QWidget,
    text: str,
    action: str = "",
    on_action: Callable[[], object] | None = None,
    icon: str = "circle-check",
    seconds: float = SECONDS,
) -> Toast:
    """Shows and announces ``text`` in the window of ``window``; ``action`` is the verb of its button."""
    old = current_toast(window)
    if old is not None:
        old.leave()
    toast = Toast(window.window(), text, action, icon, seconds)
    if on_action is not None:
        toast.undone.connect(on_action)
    toast.show()
    announce(toast, text)
    return toast
