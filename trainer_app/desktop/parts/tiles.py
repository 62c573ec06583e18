"""Attendance: one tile a person, forty on one screen, all marked from the keyboard.

Arrows move, Space marks present, T late, I excused, A absent; other letters find a name. The grid never marks
by itself: it asks with ``asked`` and the page answers with ``set_mark`` once the mark is saved.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleStateChangeEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from trainer_app.desktop import pictures, theme
from trainer_app.words import N_, _

STATES = ("none", "present", "late", "excused", "absent")
BESIDE = " · "  # between a name and what tells it from the same name; a tile begins a line there
FIND_PAUSE = 1200  # milliseconds without a letter after which a new search begins
COLUMNS, FEWEST_COLUMNS = 5, 2
LEAST_WIDTH = 200  # of a tile; a narrower grid has fewer columns
GAP, LEAST_GAP = 7, 5

# icon, tone, word read aloud, word on the tile when there is no time to show
_LOOKS = {
    "none": ("circle", "", N_("Belum"), ""),
    "present": ("circle-check", "ok", N_("Hadir"), N_("hadir")),
    "late": ("clock", "warn", N_("Terlambat"), N_("telat")),
    "excused": ("mail", "info", N_("Izin"), N_("izin")),
    "absent": ("circle-x", "bad", N_("Tidak hadir"), N_("tidak hadir")),
}
_KEYS = {Qt.Key.Key_T: "late", Qt.Key.Key_I: "excused", Qt.Key.Key_A: "absent"}
_PRESS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_HELD = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


@dataclass(frozen=True)
class Mark:
    """What a tile shows. ``note`` is the time, or a word of the page's own; ``more`` is what there is to
    tell besides.
    """

    state: str = "none"
    note: str = ""
    more: str = ""


class AttendanceTile(QAbstractButton):
    """One person. A checkable button to screen readers: checked is present; the description tells the
    rest.
    """

    def __init__(self, person_id: str, name: str, grid: TileGrid) -> None:
        super().__init__(grid)
        self.person_id = person_id
        self.mark = Mark()
        self._grid = grid
        self.setCheckable(True)
        self.show_name(name)
        self.setAccessibleDescription(_("Belum"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def nextCheckState(self) -> None:
        """A press asks; only ``show_mark`` changes the tile."""

    def show_name(self, name: str) -> None:
        if name != self.text():
            self.setText(name)
            self.setAccessibleName(name)
            self.setToolTip(name)

    def show_mark(self, mark: Mark) -> None:
        self.mark = mark
        self.setChecked(mark.state == "present")
        said = _(_LOOKS[mark.state][2])
        if mark.note and mark.note.casefold() != said.casefold():
            said += f" {mark.note}"
        if mark.more:
            said += f". {mark.more}"
        self.setAccessibleDescription(said)
        self.setToolTip(f"{self.text()}\n{said}")
        state = QAccessible.State()
        state.checked = True  # says which part of the state changed
        QAccessible.updateAccessibility(QAccessibleStateChangeEvent(self, state))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(180), theme.size("tile"))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(90), theme.size("tile"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._grid.handle_key(self, event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._grid.focus_came_to(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        icon, tone, _word, short = _LOOKS[self.mark.state]
        self._paint_ground(painter, tone)
        edge = theme.px(24)
        sign = QRectF(theme.px(11), (self.height() - edge) / 2, edge, edge)
        pictures.paint_icon(painter, sign, icon, f"{tone}_text" if tone else "ink2")
        note = self.mark.note or (_(short) if short else "")
        note_width = self._paint_note(painter, note, tone)
        left = sign.right() + theme.px(8)
        room = int(self.width() - left - note_width - theme.px(8))
        self._paint_name(painter, QRectF(left, 0, room + 1, self.height()))

    def _paint_name(self, painter: QPainter, where: QRectF) -> None:
        """In one line; a long name in two smaller ones, because its end may be all that tells two people
        apart.
        """
        weight = 400 if self.mark.state == "present" else 600
        painter.setFont(theme.font("body", weight=weight))
        painter.setPen(theme.colour("ink"))
        room, cut = int(where.width()), Qt.TextElideMode.ElideRight
        if painter.fontMetrics().horizontalAdvance(self.text()) <= room:
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, self.text())
            return
        painter.setFont(theme.font("caption", weight=weight))
        metrics = painter.fontMetrics()
        first, rest = _first_line(self.text(), metrics, room)
        lines = [metrics.elidedText(line, cut, room) for line in (first, rest) if line]
        step = metrics.height() - 1
        top = where.center().y() - step * len(lines) / 2
        for place, line in enumerate(lines):
            painter.drawText(QRectF(where.left(), top + place * step, room + 1, step), 0, line)

    def _paint_ground(self, painter: QPainter, tone: str) -> None:
        focused = self.hasFocus()
        look = theme.current()
        stroke = max(3, look.stroke("focus")) if focused else max(1.3, look.stroke("border"))
        role = "focus" if focused else f"{tone}_line" if tone else "line2"
        painter.setPen(QPen(theme.colour(role), stroke))
        painter.setBrush(theme.colour(f"{tone}_bg" if tone else "surface"))
        inset = stroke / 2
        rect = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        radius = theme.px(8)
        painter.drawRoundedRect(rect, radius, radius)
        if look.look == "terik" and tone:  # no tints in sunlight: a thick bar says that the tile is marked
            painter.fillRect(
                QRectF(inset + 2, stroke + 2, 5, self.height() - 2 * stroke - 4), theme.colour(f"{tone}_fill")
            )

    def _paint_note(self, painter: QPainter, note: str, tone: str) -> int:
        if not note:
            return theme.px(4)
        font = theme.font("chip", px=13.5)
        width = QFontMetrics(font).horizontalAdvance(note)
        painter.setFont(font)
        painter.setPen(theme.colour(f"{tone}_text" if tone else "ink2"))
        at = QRectF(self.width() - width - theme.px(9), 0, width + 1, self.height())
        painter.drawText(at, Qt.AlignmentFlag.AlignVCenter, note)
        return width + theme.px(10)


def _first_line(name: str, metrics: QFontMetrics, room: int) -> tuple[str, str]:
    """The words that fit into one line, and the rest."""
    name, apart, more = name.partition(BESIDE)
    if apart:
        return name, more
    words = name.split()
    fitting = 1
    while fitting < len(words) and metrics.horizontalAdvance(" ".join(words[: fitting + 1])) <= room:
        fitting += 1
    return " ".join(words[:fitting]), " ".join(words[fitting:])


class TileGrid(QWidget):
    """The tiles in reading order; one Tab stop. There are as many columns as have room, at most ``columns``.

    ``asked(person, state)``: a person wants this mark ("none" takes it back). ``typed(text)``: the letters of
    the search going on, "" when it ended. ``moved(person)``: the focus went to this tile.
    """

    asked = Signal(str, str)
    typed = Signal(str)
    moved = Signal(str)

    def __init__(self, columns: int = COLUMNS, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most_columns = columns
        self._columns = columns
        self._tiles: dict[str, AttendanceTile] = {}
        self._shown: list[AttendanceTile] = []
        self._current: AttendanceTile | None = None
        self._letters = ""
        self._pause = QElapsedTimer()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(GAP + 1))
        self._grid.setVerticalSpacing(theme.px(GAP))
        self.setAccessibleName(_("Daftar hadir"))

    # ---------------------------------------------------------------- people and their marks
    def set_people(self, people: Sequence[tuple[str, str]]) -> None:
        """Shows all of these (id, name). Who was here before keeps tile, mark and focus."""
        before = self._tiles
        self._tiles = {}
        for key, name in people:
            tile = before.pop(key, None) or self._made(key, name)
            tile.show_name(name)
            self._tiles[key] = tile
        self.show_only(None)
        for tile in before.values():
            self._grid.removeWidget(tile)
            tile.hide()
            tile.deleteLater()

    def _made(self, key: str, name: str) -> AttendanceTile:
        tile = AttendanceTile(key, name, self)
        tile.clicked.connect(lambda _on=False, t=tile: self._pressed(t))
        return tile

    def set_mark(self, person_id: str, state: str, note: str = "", more: str = "") -> None:
        """Shows a mark; ``more`` is read aloud and shown as a tip. Raises ``KeyError`` for a person or state
        that is not there.
        """
        if state not in _LOOKS:
            raise KeyError(state)
        self._tiles[person_id].show_mark(Mark(state, note, more))

    def mark(self, person_id: str) -> Mark:
        return self._tiles[person_id].mark

    def people(self) -> tuple[str, ...]:
        return tuple(self._tiles)

    def named(self) -> list[tuple[str, str]]:
        """What was given to ``set_people``."""
        return [(key, tile.text()) for key, tile in self._tiles.items()]

    def shown(self) -> tuple[str, ...]:
        return tuple(tile.person_id for tile in self._shown)

    def show_only(self, people: Collection[str] | None) -> None:
        """Shows only these people, or all. When the focus was on somebody who goes, it moves to who comes
        next.
        """
        shown = [t for key, t in self._tiles.items() if people is None or key in people]
        if shown == self._shown:
            return
        focused = self._current is not None and self._current.hasFocus()
        place = self._shown.index(self._current) if self._current in self._shown else 0
        self._shown = shown
        if self._current not in shown:
            self._stand_on(shown[min(place, len(shown) - 1)] if shown else None)
        self._place()
        if focused and self._current is not None:
            self._current.setFocus(Qt.FocusReason.OtherFocusReason)
        gone = [t for t in self.findChildren(AttendanceTile) if t not in shown]
        for tile in gone:  # last: Qt would send the focus of a hidden tile anywhere
            tile.hide()

    # ---------------------------------------------------------------- where things lie
    def height_needed(self, *, gap: int = GAP) -> int:
        """The height of everybody's tiles, shown or not, in pixels, with rows ``gap`` apart."""
        rows = -(-len(self._tiles) // self._columns)
        return rows * theme.size("tile") + max(0, rows - 1) * theme.px(gap)

    def set_tight(self, tight: bool) -> None:
        """Moves the rows a little nearer to each other."""
        self._grid.setVerticalSpacing(theme.px(LEAST_GAP if tight else GAP))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = (self.width() + theme.px(GAP + 1)) // theme.px(LEAST_WIDTH + GAP + 1)
        columns = max(FEWEST_COLUMNS, min(self._most_columns, room))
        if columns != self._columns:
            self._columns = columns
            self._place()

    def minimumSizeHint(self) -> QSize:
        """So narrow that it never keeps a page from becoming narrower."""
        return QSize(theme.px(LEAST_WIDTH), super().minimumSizeHint().height())

    def _place(self) -> None:
        for column in range(self._most_columns):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)
        for tile in self.findChildren(AttendanceTile):
            self._grid.removeWidget(tile)
        for place, tile in enumerate(self._shown):
            self._grid.addWidget(tile, place // self._columns, place % self._columns)
            tile.setVisible(True)

    # ---------------------------------------------------------------- focus
    def tab_between(self, before: QWidget, after: QWidget) -> None:
        """Puts the tiles into the order of Tab; new ones stand at its end."""
        for tile in (*self._tiles.values(), after):
            QWidget.setTabOrder(before, tile)
            before = tile

    def current_id(self) -> str:
        """The person the focus is or was last on."""
        return self._current.person_id if self._current else ""

    def go_to(self, person_id: str) -> None:
        """Moves the focus to a person who is shown."""
        tile = self._tiles.get(person_id)
        if tile in self._shown and tile is not None:
            self._stand_on(tile)
            tile.setFocus(Qt.FocusReason.OtherFocusReason)

    def _stand_on(self, tile: AttendanceTile | None) -> None:
        if self._current is not None:
            self._current.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._current = tile
        self.setFocusProxy(tile)  # type: ignore[arg-type]  # Qt takes null
        if tile is not None:
            tile.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def focus_came_to(self, tile: AttendanceTile) -> None:
        self._stand_on(tile)
        self.moved.emit(tile.person_id)

    def _pressed(self, tile: AttendanceTile) -> None:
        self.asked.emit(tile.person_id, "none" if tile.mark.state == "present" else "present")

    def handle_key(self, tile: AttendanceTile, event: QKeyEvent) -> bool:
        """Whether the key was meant for the grid."""
        if event.modifiers() & _HELD:
            return False
        key = event.key()
        if self._step(tile, key):
            return True
        if key in _PRESS:  # at once: who types fast has moved on before the key comes up again
            if not event.isAutoRepeat():
                self._end_find()
                self._pressed(tile)
            return True
        finding = bool(self._letters) and self._pause.isValid() and self._pause.elapsed() < FIND_PAUSE
        if key in _KEYS and not finding:
            self._end_find()
            self.asked.emit(tile.person_id, _KEYS[Qt.Key(key)])
            return True
        if key == Qt.Key.Key_Escape and self._letters:
            self._end_find()
            return True
        return self._find(event.text(), finding)

    def _step(self, tile: AttendanceTile, key: int) -> bool:
        here, count = self._shown.index(tile), len(self._shown)
        steps = {
            Qt.Key.Key_Right: here + 1,
            Qt.Key.Key_Left: here - 1,
            Qt.Key.Key_Down: here + self._columns,
            Qt.Key.Key_Up: here - self._columns,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: count - 1,
        }
        if key not in steps:
            return False
        self._end_find()
        there = steps[Qt.Key(key)]
        if 0 <= there < count:
            self._shown[there].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _find(self, text: str, finding: bool) -> bool:
        if not text.strip() or not text.isprintable():
            return False
        letters = (self._letters if finding else "") + text.casefold()
        names = [(tile, tile.text().casefold()) for tile in self._shown]
        found = next((t for t, name in names if name.startswith(letters)), None)
        found = found or next(
            (t for t, name in names if any(w.startswith(letters) for w in name.split())), None
        )
        self._letters = letters
        self._pause.start()
        self.typed.emit(letters)
        if found is not None:
            found.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _end_find(self) -> None:
        if self._letters:
            self._letters = ""
            self.typed.emit("")
