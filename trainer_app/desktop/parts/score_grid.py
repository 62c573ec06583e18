"""A sheet of digits: people down, items across, one digit key an answer.

A digit is written and the next item is stood on; arrows move, Delete takes an answer away. What stands behind
a digit (the words of an item, the meaning of its answers) is the page's to show: ``moved`` tells where
somebody stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from trainer_app.desktop import theme

Index = QModelIndex | QPersistentModelIndex
NAME_WIDTH, ANSWER_WIDTH = 250, 44
_ERASERS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


@dataclass(frozen=True, slots=True)
class Heading:
    """One item: what stands above its column, and how it is spoken."""

    code: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Line:
    """One person: a digit or None for each item, and words behind them (one for each of ``tails``)."""

    key: bytes
    name: str
    answers: tuple[int | None, ...]
    tails: tuple[str, ...] = field(default=())


class _Model(QAbstractTableModel):
    def __init__(self, tails: Sequence[str]) -> None:
        super().__init__()
        self.tails = tuple(tails)
        self.headings: tuple[Heading, ...] = ()
        self.lines: list[Line] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's
        return 0 if parent.isValid() else 1 + len(self.headings) + len(self.tails)

    def item_at(self, column: int) -> int | None:
        """Which item a column is of; None for the name and what stands behind."""
        return column - 1 if 1 <= column <= len(self.headings) else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        item = self.item_at(section)
        if role == Qt.ItemDataRole.DisplayRole:
            if item is not None:
                return self.headings[item].code
            return "" if section == 0 else self.tails[section - 1 - len(self.headings)]
        if role == Qt.ItemDataRole.AccessibleTextRole and item is not None:
            return self.headings[item].spoken
        if role == Qt.ItemDataRole.TextAlignmentRole and item is None:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line, item = self.lines[index.row()], self.item_at(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._shown(line, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if item is None:
                return f"{line.name}: {self._shown(line, index.column())}"
            return f"{line.name}, {self.headings[item].spoken}: {self._shown(line, index.column()) or '–'}"
        return None

    def _shown(self, line: Line, column: int) -> str:
        item = self.item_at(column)
        if item is not None:
            answer = line.answers[item]
            return "" if answer is None else str(answer)
        return line.name if column == 0 else line.tails[column - 1 - len(self.headings)]


class _Digits(QStyledItemDelegate):
    """Digits in boxes; the one where somebody stands has the frame of the focus."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        grid = self.parent()
        model = index.model()
        if not isinstance(grid, ScoreGrid) or not isinstance(model, _Model):
            return
        painter.save()
        rect = QRectF(option.rect)
        here = index.row() == grid.currentIndex().row()
        if here:
            painter.fillRect(rect, theme.colour("primary_soft"))
        line = theme.current().stroke("border")
        painter.fillRect(QRectF(rect.left(), rect.bottom() - line, rect.width(), line), theme.colour("line"))
        words = str(index.data() or "")
        if model.item_at(index.column()) is None:
            self._words(painter, rect, words, strong=index.column() == 0)
        else:
            self._digit(painter, rect, words, current=index == grid.currentIndex(), focus=grid.hasFocus())
        painter.restore()

    def _words(self, painter: QPainter, rect: QRectF, words: str, *, strong: bool) -> None:
        painter.setFont(theme.font("body", weight=600 if strong else None))
        painter.setPen(theme.colour("ink"))
        inner = rect.adjusted(theme.px(8), 0, -theme.px(4), 0)
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(inner.width()))
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)

    def _digit(self, painter: QPainter, rect: QRectF, words: str, *, current: bool, focus: bool) -> None:
        box = rect.adjusted(theme.px(4), theme.px(5), -theme.px(4), -theme.px(5))
        width = theme.current().stroke("focus") if current and focus else 1
        painter.setPen(QPen(theme.colour("focus" if current else "line2"), width))
        painter.setBrush(theme.colour("surface"))
        painter.drawRoundedRect(box, theme.px(6), theme.px(6))
        painter.setFont(theme.font("body", weight=600))
        painter.setPen(theme.colour("ink"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)


class ScoreGrid(QTableView):
    """``answered(key, item, digit or None)``; ``moved(key, item)`` with item -1 on the name."""

    answered = Signal(bytes, int, object)
    moved = Signal(bytes, int)

    def __init__(self, name: str, tails: Sequence[str], tail_widths: Sequence[int]) -> None:
        super().__init__()
        self._rows = _Model(tails)
        self._tail_widths = tuple(tail_widths)
        self.setModel(self._rows)
        self.setAccessibleName(name)
        self.setItemDelegate(_Digits(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(theme.px(42))
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setFixedHeight(theme.px(38))
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.selectionModel().currentChanged.connect(self._stands)

    # ---------------------------------------------------------------- content
    def show_lines(self, headings: Sequence[Heading], lines: Sequence[Line]) -> None:
        """Another sheet, or the same with other answers: who stands somewhere goes on standing there."""
        held = self.place()
        self._rows.beginResetModel()
        self._rows.headings, self._rows.lines = tuple(headings), list(lines)
        self._rows.endResetModel()
        self._share_width()
        key, item = held
        self.stand(key, max(0, item))

    def change(self, line: Line) -> None:
        """Other answers of somebody on the sheet."""
        for row, held in enumerate(self._rows.lines):
            if held.key == line.key:
                self._rows.lines[row] = line
                last = self._rows.columnCount() - 1
                self._rows.dataChanged.emit(self._rows.index(row, 0), self._rows.index(row, last))

    def place(self) -> tuple[bytes, int]:
        """Whose line, and which item; -1 on the name, empty where there is nobody."""
        index = self.currentIndex()
        if not index.isValid() or index.row() >= len(self._rows.lines):
            return b"", -1
        item = self._rows.item_at(index.column())
        return self._rows.lines[index.row()].key, -1 if item is None else item

    def stand(self, key: bytes, item: int = 0) -> None:
        """On an item of a person; the first one where that person is not here."""
        if not self._rows.lines:
            return
        keys = [line.key for line in self._rows.lines]
        row = keys.index(key) if key in keys else 0
        self.setCurrentIndex(self._rows.index(row, 1 + min(item, max(0, len(self._rows.headings) - 1))))

    # ---------------------------------------------------------------- keys
    def keyPressEvent(self, event: QKeyEvent) -> None:
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if held != Qt.KeyboardModifier.NoModifier or not self._answers(event):
            super().keyPressEvent(event)

    def _answers(self, event: QKeyEvent) -> bool:
        key, item = self.place()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._to(self.currentIndex().row() + 1, 0)
            return True
        if item < 0:
            return False
        if event.key() in _ERASERS:
            self.answered.emit(key, item, None)
            return True
        if event.text().isdigit() and event.text().isascii():
            self.answered.emit(key, item, int(event.text()))
            return True
        return False

    def step(self) -> None:
        """To the next item; behind the last one, to the first of the next person."""
        row, item = self.currentIndex().row(), self.place()[1] + 1
        if item < len(self._rows.headings):
            self._to(row, item)
        else:
            self._to(row + 1, 0)

    def _to(self, row: int, item: int) -> None:
        if 0 <= row < len(self._rows.lines):
            self.setCurrentIndex(self._rows.index(row, 1 + item))

    def _stands(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self.viewport().update()
        key, item = self.place()
        if key:
            self.moved.emit(key, item)

    # ---------------------------------------------------------------- layout
    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]  # a QResizeEvent
        self._share_width()

    def _share_width(self) -> None:
        """Items and what stands behind keep their width; the name has the rest."""
        items = len(self._rows.headings)
        fixed = items * theme.px(ANSWER_WIDTH) + sum(theme.px(width) for width in self._tail_widths)
        self.setColumnWidth(0, max(theme.px(NAME_WIDTH) * 2 // 3, self.viewport().width() - fixed))
        for item in range(items):
            self.setColumnWidth(1 + item, theme.px(ANSWER_WIDTH))
        for place, width in enumerate(self._tail_widths):
            self.setColumnWidth(1 + items + place, theme.px(width))
