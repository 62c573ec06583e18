"""Buttons. A verb on it, an optional icon before it, Enter and Space press it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QIcon, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QStylePainter, QWidget

from trainer_app.desktop import pictures, theme
from trainer_app.desktop.parts import mnemonic

GAP = 12  # between icon and text
_TEXT_ROLES = {"primary": "on_primary", "danger": "bad_on", "quiet": "primary", "onfill": "ok_on"}


class Button(QPushButton):
    """A button with an even gap between icon and text, which Qt's own does not offer.

    ``text()`` and the accessible name stay the plain words. ``kind``: primary, secondary, quiet (a link),
    danger, onfill (on a coloured band).
    """

    def __init__(
        self,
        text: str,
        kind: str = "secondary",
        icon: str | None = None,
        *,
        small: bool = False,
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(mnemonic.for_qt(text), parent)
        self._icon_name = icon
        self._icon_px = 18 if small else 20
        self.setProperty("kind", kind)
        self.setProperty("sz", "small" if small else "")
        self.setAccessibleName(mnemonic.spoken(text))
        if tip:
            self.setToolTip(tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)

    def show_text(self, text: str) -> None:
        """Changes the words, and the name that is read aloud with them."""
        self.setText(mnemonic.for_qt(text))
        self.setAccessibleName(mnemonic.spoken(text))
        self.updateGeometry()

    def show_icon(self, name: str | None) -> None:
        self._icon_name = name
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width() + self._icon_room(), hint.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        text, option.text, option.icon = option.text, "", QIcon()
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        if self.hasFocus() and self._filled() and theme.current().look == "malam":
            self._inner_ring(painter)
        painter.setPen(self.text_colour())
        painter.setFont(self.font())
        room = self._icon_room()
        width = painter.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, text).width()
        left = (self.width() - width - room) / 2
        if self.property("align") == "left":
            left = theme.px(16)
        if self._icon_name:
            edge = theme.px(self._icon_px)
            where = QRectF(left, (self.height() - edge) / 2, edge, edge)
            pictures.paint_icon(painter, where, self._icon_name, self.icon_colour())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextShowMnemonic
        painter.drawText(QRectF(left + room, 0, self.width() - left - room, self.height()), int(flags), text)

    def text_colour(self) -> QColor:
        """The colour of the words in the present state."""
        if not self.isEnabled():
            return theme.colour("ink3")
        if self.isCheckable() and self.isChecked():
            return theme.colour("on_primary")
        return theme.colour(_TEXT_ROLES.get(str(self.property("kind")), "ink"))

    def icon_colour(self) -> QColor:
        return self.text_colour()

    def _filled(self) -> bool:
        return self.property("kind") in ("primary", "danger") or (self.isCheckable() and self.isChecked())

    def _inner_ring(self, painter: QPainter) -> None:
        """A second ring in the colour of the words: in the dark look the outer one is too near to the
        fill.
        """
        inset = theme.current().stroke("focus") + 1.5
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.text_colour(), 2))
        radius = theme.size("radius") - 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius, radius)

    def _icon_room(self) -> int:
        return theme.px(self._icon_px + GAP) if self._icon_name else 0

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()


class IconButton(Button):
    """A button with a picture only. The name is read aloud and shown as a tip."""

    def __init__(
        self, icon: str, name: str, *, role: str = "primary", px: int = 20, parent: QWidget | None = None
    ) -> None:
        super().__init__("", "icon", icon, small=True, tip=name, parent=parent)
        self._icon_px = px
        self._role = role
        self.setAccessibleName(name)

    def icon_colour(self) -> QColor:
        return theme.colour(self._role if self.isEnabled() else "ink3")

    def sizeHint(self) -> QSize:
        edge = theme.size("button_small")
        return QSize(edge, edge)

    def _icon_room(self) -> int:
        return theme.px(self._icon_px)


def primary(text: str, icon: str | None = None, *, small: bool = False) -> Button:
    """The one deed a page is for."""
    return Button(text, "primary", icon, small=small)


def secondary(text: str, icon: str | None = None, *, small: bool = False) -> Button:
    return Button(text, "secondary", icon, small=small)


def quiet(text: str, icon: str | None = None, *, small: bool = True) -> Button:
    """Looks like a link."""
    return Button(text, "quiet", icon, small=small)
