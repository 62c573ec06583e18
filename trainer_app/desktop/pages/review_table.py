"""The two sides of a question beside each other: what is the same in grey, what differs as big buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from trainer_app.actions.review_reading import Key
from trainer_app.desktop import theme
from trainer_app.desktop.pages.review_words import BOTH, CHOICE, Row
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.card import Card, Icon
from trainer_app.desktop.parts.text import Text
from trainer_app.words import _

_SIDEWAYS = {Qt.Key.Key_Left: 0, Qt.Key.Key_Right: 1}
_UPDOWN = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
LABEL_WIDTH = 132
NARROW, NARROW_LABEL = 700, 92
CHOICE_HEIGHT = 40


class SideButton(Button):
    """One of the two values of a row. Arrow keys choose sideways and go up and down between the rows."""

    def __init__(self, table: ReviewTable, row: int, side: int, text: str, name: str) -> None:
        super().__init__(text, "choice", "circle")
        self._table, self.row, self.side = table, row, side
        self.setCheckable(True)
        self.setProperty("align", "left")
        self.setMinimumHeight(theme.px(CHOICE_HEIGHT))
        self.setAccessibleName(name)
        self.toggled.connect(lambda on: self.show_icon("circle-check" if on else "circle"))
        self.clicked.connect(lambda: table.choose(row, side))

    def minimumSizeHint(self):  # type: ignore[no-untyped-def]  # a QSize; long values are cut, not the window
        hint = super().minimumSizeHint()
        hint.setWidth(min(hint.width(), theme.px(160)))
        return hint

    def icon_colour(self) -> QColor:
        return theme.colour("on_primary" if self.isChecked() else "ink2")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _SIDEWAYS:
            self._table.choose(self.row, _SIDEWAYS[key], focus=True)
        elif key in _UPDOWN:
            self._table.step(self.row, _UPDOWN[key])
        else:
            super().keyPressEvent(event)


class ReviewTable(Card):
    """``changed`` when something was chosen; ``chosen`` says which side for which field."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.px(12))
        self._grid.setVerticalSpacing(theme.px(11))
        self._grid.setColumnMinimumWidth(0, theme.px(LABEL_WIDTH))
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self.add(self._grid)
        self.rows: Sequence[Row] = ()
        self.buttons: dict[int, tuple[SideButton, SideButton]] = {}

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the labels take less, so that no value is cut."""
        super().resizeEvent(event)
        narrow = self.width() < theme.px(NARROW)
        self._grid.setColumnMinimumWidth(0, theme.px(NARROW_LABEL if narrow else LABEL_WIDTH))
        self._grid.setHorizontalSpacing(theme.px(4 if narrow else 12))

    def show_rows(self, heads: Sequence[tuple[str, str]], rows: Sequence[Row], *, enabled: bool) -> None:
        """Another question: the headings of the two sides and the rows."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.rows, self.buttons = rows, {}
        for column, (title, line) in enumerate(heads, 1):
            self._grid.addWidget(_head(title, line), 0, column)
        for place, row in enumerate(rows):
            self._grid.addWidget(Text(row.label, "label", wrap=True), place + 1, 0)
            if row.kind == CHOICE:
                self._add_choice(place, row, heads, enabled=enabled)
            else:
                sign = "plus" if row.kind == BOTH else "equal"
                for column, text in enumerate((row.left, row.right), 1):
                    self._grid.addWidget(_read_only(sign, text, row.label), place + 1, column)

    def _add_choice(self, place: int, row: Row, heads: Sequence[tuple[str, str]], *, enabled: bool) -> None:
        made = []
        for side, text in enumerate((row.left, row.right)):
            name = f"{row.label}, {heads[side][0]}: {text}"
            button = SideButton(self, place, side, text, name)
            button.setEnabled(enabled)
            self._grid.addWidget(button, place + 1, side + 1)
            button.show()  # a layout would do it later, and what is not visible takes no focus
            made.append(button)
        self.buttons[place] = (made[0], made[1])
        made[1].setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    # ---------------------------------------------------------------- choosing
    def choose(self, row: int, side: int, *, focus: bool = False) -> None:
        """Takes one side of a row; choosing the other one puts the first away."""
        pair = self.buttons[row]
        if not pair[side].isEnabled():
            return
        for place, button in enumerate(pair):
            button.setChecked(place == side)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if place == side else Qt.FocusPolicy.ClickFocus)
        if focus:
            pair[side].setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def step(self, row: int, by: int) -> None:
        """The focus goes to the row above or below where somebody chooses."""
        places = sorted(self.buttons)
        at = places.index(row) + by
        if 0 <= at < len(places):
            pair = self.buttons[places[at]]
            (pair[1] if pair[1].isChecked() else pair[0]).setFocus(Qt.FocusReason.OtherFocusReason)

    def chosen(self) -> dict[Key, int]:
        """The side taken for each field that differs; fields nobody has decided are missing."""
        found: dict[Key, int] = {}
        for place, pair in self.buttons.items():
            key = self.rows[place].key
            for side, button in enumerate(pair):
                if button.isChecked() and key is not None:
                    found[key] = side
        return found

    @property
    def complete(self) -> bool:
        """Everything that differs was decided."""
        return all(any(button.isChecked() for button in pair) for pair in self.buttons.values())

    def first_choice(self) -> SideButton | None:
        """Where the keyboard starts."""
        return self.buttons[min(self.buttons)][0] if self.buttons else None


def _head(title: str, line: str) -> QWidget:
    head = QWidget()
    column = QVBoxLayout(head)
    column.setContentsMargins(0, 0, 0, theme.px(4))
    column.setSpacing(0)
    column.addWidget(Text(title, "h3"))
    column.addWidget(Text(line, "caption", wrap=True))
    return head


def _read_only(sign: str, text: str, label: str) -> QWidget:
    cell = QWidget()
    row = QHBoxLayout(cell)
    row.setContentsMargins(theme.px(10), theme.px(2), 0, theme.px(2))
    row.setSpacing(theme.px(8))
    row.addWidget(Icon(sign, "ok_text" if sign == "plus" else "ink3", 18), 0, Qt.AlignmentFlag.AlignTop)
    words = Text(text, "body" if sign == "plus" else "muted", wrap=True)
    meaning = _("kedua-duanya dipakai") if sign == "plus" else _("sama")
    words.setAccessibleName(f"{label}: {text}, {meaning}")
    row.addWidget(words, 1)
    return cell
