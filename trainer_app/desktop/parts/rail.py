"""The rail at the left: where one can go, what is safe, who is here.

Full (212 px, icon beside word) or compact (76 px, icon over word); never without words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from trainer_app.desktop import pictures, theme
from trainer_app.desktop.parts.avatar import Avatar
from trainer_app.desktop.parts.buttons import IconButton
from trainer_app.desktop.parts.text import Text
from trainer_app.words import _

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_SAFE_ICONS = {"ok": "hard-drive", "warn": "hard-drive", "bad": "triangle-alert"}


@dataclass(frozen=True)
class Destination:
    """A page one can go to. ``below``: stands in the lower group."""

    key: str
    text: str
    icon: str
    below: bool = False


class _Painted(QAbstractButton):
    """A rail button painted by hand: hover, focus and choice in the colours of the rail."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def ground(self, painter: QPainter, role: str | None, radius: float) -> None:
        """Paints background and focus ring."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = theme.current().stroke("focus")
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(role) if role else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, radius, radius)
        if self.hasFocus():
            inset = width / 2
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus_on_rail"), width + 1))
            painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius)


class _Item(_Painted):
    def __init__(self, destination: Destination, rail: Rail) -> None:
        super().__init__(rail)
        self.destination = destination
        self._rail = rail
        self._badge = ""
        self._tone = "warn"
        self.compact = False
        self.setCheckable(True)
        self.setText(destination.text)
        self.setAccessibleName(destination.text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(76 if self.compact else 186), theme.px(58 if self.compact else 44))

    def show_badge(self, text: str, tone: str, description: str) -> None:
        self._badge, self._tone = text, tone
        self.setAccessibleDescription(description or text)
        self.setToolTip(description)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _STEPS:
            self._rail.step_from(self, _STEPS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        hover = "rail_card" if self.underMouse() else None
        self.ground(painter, "rail_selected" if self.isChecked() else hover, theme.px(9))
        role = "rail_selected_text" if self.isChecked() else "rail_dim"
        if self.compact:
            self._paint_compact(painter, role)
        else:
            self._paint_full(painter, role)

    def _paint_full(self, painter: QPainter, role: str) -> None:
        edge, left = theme.px(22), theme.px(16)
        pictures.paint_icon(
            painter, QRectF(left, (self.height() - edge) / 2, edge, edge), self.destination.icon, role
        )
        painter.setPen(theme.colour(role))
        painter.setFont(theme.font("body", weight=700 if self.isChecked() else 500))
        words = QRectF(theme.px(49), 0, self.width() - theme.px(49), self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.destination.text)
        if self._badge:
            self._paint_badge(painter, self.width() - theme.px(11), self.height() / 2, theme.px(22))

    def _paint_compact(self, painter: QPainter, role: str) -> None:
        edge = theme.px(22)
        where = QRectF((self.width() - edge) / 2, theme.px(7), edge, edge)
        pictures.paint_icon(painter, where, self.destination.icon, role)
        painter.setPen(theme.colour(role))
        painter.setFont(self._small_font())
        words = QRectF(0, where.bottom() + 2, self.width(), self.height() - where.bottom() - 4)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(words, int(flags), self._short_text())
        if self._badge:
            self._paint_badge(painter, self.width() - theme.px(4), theme.px(13), theme.px(18))

    def _small_font(self) -> QFont:
        return theme.font("caption", px=13, weight=700 if self.isChecked() else 500)

    def _short_text(self) -> str:
        metrics = QFontMetrics(self._small_font())
        return metrics.elidedText(self.destination.text, Qt.TextElideMode.ElideRight, self.width() - 4)

    def _paint_badge(self, painter: QPainter, right: float, middle: float, height: float) -> None:
        bad = self._tone == "bad"
        font = theme.font("chip", px=13, weight=700)
        painter.setFont(font)
        sign = theme.px(16) if bad else 0
        width = max(height, QFontMetrics(font).horizontalAdvance(self._badge) + sign + theme.px(18))
        pill = QRectF(right - width, middle - height / 2, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("bad_fill" if bad else "accent"))
        painter.drawRoundedRect(pill, height / 2, height / 2)
        role = "bad_on" if bad else "on_accent"
        if bad:
            edge = theme.px(13)
            at = QRectF(pill.left() + theme.px(7), middle - edge / 2, edge, edge)
            pictures.paint_icon(painter, at, "triangle-alert", role)
        painter.setPen(theme.colour(role))
        painter.drawText(pill.adjusted(sign, 0, 0, 0), Qt.AlignmentFlag.AlignCenter, self._badge)


class _SafeCard(_Painted):
    """The sentence of truth: safe here, and how much waits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._line, self._tone = "", "", "ok"
        self.compact = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_state(self, title: str, line: str, tone: str) -> None:
        self._title, self._line, self._tone = title, line, tone
        self.setAccessibleName(f"{title}. {line}")
        self.setToolTip(f"{title} · {line}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(76 if self.compact else 188), theme.px(46 if self.compact else 65))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.ground(painter, "rail_card", theme.px(10))
        if theme.current().look != "siang" and not self.hasFocus():
            painter.setPen(QPen(theme.colour("rail_card_line"), theme.current().stroke("border")))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.px(10), theme.px(10))
        edge = theme.px(20)
        left = (self.width() - edge) / 2 if self.compact else theme.px(13)
        top = (self.height() - edge) / 2 if self.compact else theme.px(11)
        pictures.paint_icon(painter, QRectF(left, top, edge, edge), _SAFE_ICONS[self._tone], "accent")
        if self.compact:
            return
        painter.setPen(theme.colour("rail_text"))
        painter.setFont(theme.font("chip", weight=700))
        room = self.width() - theme.px(46)
        title = painter.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(
            QRectF(theme.px(41), theme.px(9), room, theme.px(24)), Qt.AlignmentFlag.AlignVCenter, title
        )
        painter.setFont(theme.font("caption", px=14))
        room = self.width() - theme.px(24)
        line = painter.fontMetrics().elidedText(self._line, Qt.TextElideMode.ElideRight, room)
        painter.drawText(
            QRectF(theme.px(12), theme.px(34), room, theme.px(22)), Qt.AlignmentFlag.AlignVCenter, line
        )


class Rail(QFrame):
    """Shows exactly the destinations it is given. ``chosen`` carries the key a person picked."""

    chosen = Signal(str)
    lock_pressed = Signal()
    safe_pressed = Signal()

    def __init__(
        self,
        destinations: Sequence[Destination],
        brand: str = "Trainer App",
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "rail")
        self.setAccessibleName(_("Menu"))
        self._column = QVBoxLayout(self)
        self._build_brand(brand)
        self.items: dict[str, _Item] = {}
        for destination in (d for d in destinations if not d.below):
            self._add(destination)
        self._column.addStretch(1)
        for destination in (d for d in destinations if d.below):
            self._add(destination)
        self.safe = _SafeCard(self)
        self.safe.clicked.connect(self.safe_pressed)
        self.safe.hide()
        self._column.addWidget(self.safe)
        self._build_user()
        self.set_compact(False)

    def _build_brand(self, brand: str) -> None:
        self._brand_row = QHBoxLayout()
        self._brand_row.setSpacing(theme.px(11))
        self._sign = QLabel()
        self._sign.setPixmap(pictures.app_picture(38))
        self._brand_row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignVCenter)
        self._brand_words = QWidget()
        words = QVBoxLayout(self._brand_words)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(0)
        self._brand = Text(brand, "brand")
        self._area = Text("", "railline")
        words.addWidget(self._brand)
        words.addWidget(self._area)
        self._brand_row.addWidget(self._brand_words, 1)
        self._column.addLayout(self._brand_row)

    def _build_user(self) -> None:
        self._user = QWidget()
        self._user_row = QHBoxLayout(self._user)
        self._user_row.setContentsMargins(0, 0, 0, 0)
        self._user_row.setSpacing(theme.px(10))
        self._avatar = Avatar("", 36)
        self._user_words = QWidget()
        words = QVBoxLayout(self._user_words)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(0)
        self._name = Text("", "railname")
        self._role = Text("", "railline")
        words.addWidget(self._name)
        words.addWidget(self._role)
        self.lock = IconButton("lock", _("Kunci layar (Ctrl+L)"), role="rail_text")
        self.lock.clicked.connect(self.lock_pressed)
        self._user_row.addWidget(self._avatar)
        self._user_row.addWidget(self._user_words, 1)
        self._user_row.addWidget(self.lock)
        self._user.hide()
        self._column.addWidget(self._user)

    def _add(self, destination: Destination) -> None:
        item = _Item(destination, self)
        item.clicked.connect(lambda: self._clicked(item))
        self.items[destination.key] = item
        self._column.addWidget(item)

    def _clicked(self, item: _Item) -> None:
        self.select(item.destination.key)
        self.chosen.emit(item.destination.key)

    def select(self, key: str) -> None:
        """Shows where one is; emits nothing. An unknown key shows no place."""
        for name, item in self.items.items():
            item.setChecked(name == key)
        here = self.items.get(key) or next(iter(self.items.values()), None)
        for item in self.items.values():
            item.setFocusPolicy(Qt.FocusPolicy.StrongFocus if item is here else Qt.FocusPolicy.ClickFocus)
        if here is not None:
            self.setFocusProxy(here)

    def step_from(self, item: _Item, step: int) -> None:
        """Moves the focus up or down inside the rail; Space or Enter goes there."""
        items = list(self.items.values())
        items[(items.index(item) + step) % len(items)].setFocus(Qt.FocusReason.TabFocusReason)

    def set_area(self, text: str) -> None:
        self._area.setText(text)
        self._area.setToolTip(text)

    def set_badge(self, key: str, text: str, tone: str = "warn", description: str = "") -> None:
        """A number, or a word when something is wrong (tone "bad"), on a destination; "" takes it away."""
        if key in self.items:
            self.items[key].show_badge(text, tone, description)

    def set_safe(self, title: str, line: str, tone: str = "ok") -> None:
        """The card above the name: what is true of the data on this laptop."""
        self.safe.show_state(title, line, tone)
        self.safe.show()

    def set_user(self, name: str, role: str) -> None:
        self._avatar.set_name(name)
        self._name.setText(name)
        self._name.setToolTip(f"{name} · {role}")
        self._role.setText(role)
        self._user.show()

    def set_demo(self, demo: bool) -> None:
        """Marks the rail in demo mode with an accent edge."""
        self._demo = demo
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Icon over word and narrow, or icon beside word."""
        side = theme.px(4 if compact else 12)
        self._column.setContentsMargins(side, theme.px(18), side, theme.px(12))
        self._column.setSpacing(theme.px(4 if compact else 6))
        self.setFixedWidth(theme.size("rail_compact" if compact else "rail"))
        for words in (self._brand_words, self._user_words):
            words.setHidden(compact)
        self._avatar.setHidden(compact)
        middle = Qt.AlignmentFlag.AlignHCenter if compact else Qt.AlignmentFlag.AlignLeft
        self._brand_row.setAlignment(self._sign, middle | Qt.AlignmentFlag.AlignVCenter)
        for item in self.items.values():
            item.compact = compact
            item.updateGeometry()
        self.safe.compact = compact
        self.safe.updateGeometry()

    _demo = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._demo:
            QPainter(self).fillRect(self.width() - 5, 0, 5, self.height(), theme.colour("accent"))
