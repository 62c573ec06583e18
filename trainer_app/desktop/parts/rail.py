"""The rail at the left: where one can go, what is safe, who is here.

Full (212 px, icon beside word) or compact (76 px, icon over word); never without words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from trainer_app.desktop import pictures, theme
from trainer_app.desktop.parts.avatar import Avatar
from trainer_app.desktop.parts.buttons import IconButton
from trainer_app.desktop.parts.text import Text
from trainer_app.words import _

NAME_ROOM = 98  # pixels between the disc and the lock
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_SAFE_ICONS = {"ok": "hard-drive", "warn": "hard-drive", "bad": "triangle-alert"}


@dataclass(frozen=True)
class Destination:
    """A page one can go to. ``below``: stands in the lower group. ``short``: words for the compact rail."""

    key: str
    text: str
    icon: str
    below: bool = False
    short: str = ""


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
        self.setAutoExclusive(True)  # one of a group to screen readers
        self.setText(destination.text)
        self.setAccessibleName(destination.text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(68 if self.compact else 186), theme.px(58 if self.compact else 44))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(60), theme.px(42 if self.compact else 34))

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
        font = theme.font("caption", px=12.5, weight=600)
        lines = self._lines(QFontMetrics(font))
        line = QFontMetrics(font).height() - 2
        top = max(2, (self.height() - edge - line * len(lines)) / 2)
        where = QRectF((self.width() - edge) / 2, top, edge, edge)
        pictures.paint_icon(painter, where, self.destination.icon, role)
        painter.setPen(theme.colour(role))
        painter.setFont(font)
        for place, words in enumerate(lines):
            at = QRectF(0, where.bottom() + line * place, self.width(), line)
            painter.drawText(at, Qt.AlignmentFlag.AlignCenter, words)
        if self._badge:
            self._paint_badge(painter, self.width() - 1, top + theme.px(7), theme.px(18))

    def _lines(self, metrics: QFontMetrics) -> list[str]:
        """The words in one line; in two where they are too wide and there is height for it."""
        room = self.width() - 2
        words = self.destination.short or self.destination.text
        if metrics.horizontalAdvance(words) <= room:
            return [words]
        first, _blank, rest = words.rpartition(" ")
        if first and self.height() >= theme.px(22) + 2 * metrics.height():
            return [metrics.elidedText(part, Qt.TextElideMode.ElideRight, room) for part in (first, rest)]
        return [metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)]

    def _paint_badge(self, painter: QPainter, right: float, middle: float, height: float) -> None:
        bad = self._tone == "bad"
        font = theme.font("chip", px=13, weight=700)
        painter.setFont(font)
        sign = theme.px(16) if bad else 0
        pad = theme.px(11 if self.compact else 18)
        width = max(height, QFontMetrics(font).horizontalAdvance(self._badge) + sign + pad)
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
        self._title, self._line, self._tone, self._short = "", "", "ok", ""
        self.compact = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_state(self, title: str, line: str, tone: str, short: str) -> None:
        self._title, self._line, self._tone, self._short = title, line, tone, short
        self.setAccessibleName(f"{title}. {line}")
        self.setToolTip(f"{title} · {line}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(68 if self.compact else 188), theme.px(48 if self.compact else 65))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(60), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.ground(painter, "rail_card", theme.px(10))
        if theme.current().look != "siang" and not self.hasFocus():
            painter.setPen(QPen(theme.colour("rail_card_line"), theme.current().stroke("border")))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.px(10), theme.px(10))
        edge = theme.px(20)
        left = (self.width() - edge) / 2 if self.compact else theme.px(13)
        top = theme.px(4 if self.compact else 11)
        pictures.paint_icon(painter, QRectF(left, top, edge, edge), _SAFE_ICONS[self._tone], "accent")
        painter.setPen(theme.colour("rail_text"))
        if self.compact:
            self._paint_short(painter, top + edge)
            return
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

    def _paint_short(self, painter: QPainter, top: float) -> None:
        painter.setFont(theme.font("caption", px=12.5, weight=600))
        room = QRectF(2, top, self.width() - 4, self.height() - top)
        short = painter.fontMetrics().elidedText(self._short, Qt.TextElideMode.ElideRight, self.width() - 6)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, short)


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
        self._demo = False
        self._compact = False
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
        self._column.addSpacing(theme.px(4))
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
        self._column.addSpacing(theme.px(12))

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
            item.setAutoExclusive(False)  # otherwise the last one cannot be unchecked
            item.setChecked(name == key)
            item.setAutoExclusive(True)
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

    def set_safe(self, title: str, line: str, tone: str = "ok", short: str = "") -> None:
        """The card above the name: what is true of the data on this laptop. ``short``: for the
        compact rail.
        """
        self.safe.show_state(title, line, tone, short or _("Aman"))
        self.safe.show()

    def set_user(self, name: str, role: str) -> None:
        self._avatar.set_name(name)
        metrics = QFontMetrics(theme.font("label"))
        self._name.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, theme.px(NAME_ROOM)))
        self._name.setAccessibleName(name)
        self._name.setToolTip(f"{name} · {role}")
        self._role.setText(role)
        self._user.show()

    def set_demo(self, demo: bool) -> None:
        """Marks the rail in demo mode with an accent edge."""
        self._demo = demo
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Icon over word and narrow, or icon beside word."""
        self._compact = compact
        side = theme.px(4 if compact else 12)
        self._column.setContentsMargins(
            side, theme.px(8 if compact else 18), side, theme.px(8 if compact else 12)
        )
        self._column.setSpacing(theme.px(1 if compact else 6))
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
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Low windows squeeze the rail; it never makes a window taller."""
        return QSize(self.width(), theme.px(120))

    def _fit(self) -> None:
        """Leaves the brand out where the window is too low for it."""
        least = theme.px(42 if self._compact else 34) * len(self.items)
        around = theme.px(170 if self._compact else 200)
        self._sign.setVisible(self.height() >= least + around or not self._compact)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._demo:
            QPainter(self).fillRect(self.width() - 5, 0, 5, self.height(), theme.colour("accent"))
