"""Tables of many rows: paged models, drawn cells (chips, dots), a focus frame around the whole row.

Rows are any frozen values of the page's; a ``Column`` says how to read and draw one cell of them. Enter or a
double click opens a row; Tab leaves the table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from trainer_app.desktop import pictures, theme

Index = QModelIndex | QPersistentModelIndex
PAGE = 200  # rows read at once
KEPT_PAGES = 8
LEAST_SHARE = 0.75  # of its width that a column keeps
NEAR = 100  # rows up and down in which a chosen row is looked for after new ones came
MOST_DOTS = 8  # more are told in numbers only
RAW = Qt.ItemDataRole.UserRole + 1
KIND = Qt.ItemDataRole.UserRole + 2
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True)
class Column:
    """One column. ``value`` reads a row; ``kind`` says how it is drawn:

    text, strong, muted, number (right-aligned), chip (value is (text, tone, icon or None)), dots (value
    is (done, total)). ``width`` in pixels at 100 %; columns with a ``stretch`` share what is left.
    """

    title: str
    value: Callable[[Any], Any]
    kind: str = "text"
    width: int = 120
    stretch: int = 0


def words_of(kind: str, value: Any) -> str:
    """What a cell says in words, for screen readers and copying."""
    if value is None:
        return ""
    if kind == "chip":
        return str(value[0])
    if kind == "dots":
        return f"{value[0]}/{value[1]}"
    return str(value)


class PagedModel(QAbstractTableModel):
    """Rows read when they are looked at, ``PAGE`` at a time; the last ``KEPT_PAGES`` pages are kept.

    ``count()`` tells how many there are, ``page(offset, limit)`` reads some; both answer in milliseconds or
    the screen waits. ``row_id`` tells rows apart, so that ``reload`` can find one again.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        count: Callable[[], int],
        page: Callable[[int, int], Sequence[Any]],
        row_id: Callable[[Any], object] = lambda row: row,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._count, self._page = count, page
        self.row_id = row_id
        self._pages: dict[int, Sequence[Any]] = {}
        self._total = count()

    def reload(self) -> None:
        """Reads count and rows again."""
        self.beginResetModel()
        self._pages.clear()
        self._total = self._count()
        self.endResetModel()

    def row_at(self, number: int) -> Any:
        """The row of the page's at ``number``, or None outside."""
        if not 0 <= number < self._total:
            return None
        which = number // PAGE
        if which not in self._pages:
            while len(self._pages) >= KEPT_PAGES:
                self._pages.pop(next(iter(self._pages)))
            self._pages[which] = self._page(which * PAGE, PAGE)
        rows, place = self._pages[which], number % PAGE
        return rows[place] if place < len(rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title if section < len(self.columns) else None
        if role == Qt.ItemDataRole.TextAlignmentRole and section < len(self.columns):
            right = self.columns[section].kind == "number"
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == KIND:
            return column.kind
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, RAW):
            return None
        row = self.row_at(index.row())
        if row is None:
            return None
        value = column.value(row)
        if role == RAW:
            return value
        return words_of(column.kind, value)


class ListModel(PagedModel):
    """Rows that are all here: tens, not thousands."""

    def __init__(
        self, columns: Sequence[Column], rows: Sequence[Any] = (), parent: QWidget | None = None
    ) -> None:
        self._rows = list(rows)
        super().__init__(
            columns,
            lambda: len(self._rows),
            lambda offset, limit: self._rows[offset : offset + limit],
            parent=parent,
        )

    def set_rows(self, rows: Sequence[Any]) -> None:
        self._rows = list(rows)
        self.reload()


class _Cells(QStyledItemDelegate):
    """Draws every cell: text, chip or dots, the line under the row, choice and focus of the whole row."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme.px(80), theme.size("row"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.fillRect(rect, theme.colour("primary_soft"))
        line = theme.current().stroke("border")
        painter.fillRect(
            QRect(rect.left(), rect.bottom() - line + 1, rect.width(), line), theme.colour("line")
        )
        value, kind = index.data(RAW), str(index.data(KIND))
        inner = QRectF(rect).adjusted(theme.px(11), 0, -theme.px(8), 0)
        if value is not None:
            {"chip": self._chip, "dots": self._dots}.get(kind, self._words)(painter, inner, kind, value)
        if chosen:
            self._focus_frame(painter, rect, index)
        painter.restore()

    def _words(self, painter: QPainter, rect: QRectF, kind: str, value: Any) -> None:
        painter.setFont(theme.font("body", weight=600 if kind == "strong" else None))
        painter.setPen(theme.colour("ink2" if kind == "muted" else "ink"))
        shown = painter.fontMetrics().elidedText(str(value), Qt.TextElideMode.ElideRight, int(rect.width()))
        side = Qt.AlignmentFlag.AlignRight if kind == "number" else Qt.AlignmentFlag.AlignLeft
        painter.drawText(rect, int(side | Qt.AlignmentFlag.AlignVCenter), shown)

    def _chip(self, painter: QPainter, rect: QRectF, kind: str, value: Any) -> None:
        text, tone, icon = value
        painter.setFont(theme.font("chip"))
        edge = theme.px(16) if icon else 0
        gap = theme.px(5) if icon else 0
        room = rect.width() - 2 * theme.px(10) - edge - gap
        shown = painter.fontMetrics().elidedText(str(text), Qt.TextElideMode.ElideRight, int(room))
        width = painter.fontMetrics().horizontalAdvance(shown) + 2 * theme.px(10) + edge + gap
        height = theme.px(26)
        pill = QRectF(rect.left() - theme.px(3), rect.center().y() - height / 2, width, height)
        painter.setPen(QPen(theme.colour("ink"), 2) if theme.current().look == "terik" else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(f"{tone}_bg"))
        painter.drawRoundedRect(pill, height / 2, height / 2)
        left = pill.left() + theme.px(10)
        if icon:
            pictures.paint_icon(
                painter, QRectF(left, pill.center().y() - edge / 2, edge, edge), icon, f"{tone}_text"
            )
        painter.setPen(theme.colour(f"{tone}_text"))
        painter.drawText(
            QRectF(left + edge + gap, pill.top(), pill.width(), height), Qt.AlignmentFlag.AlignVCenter, shown
        )

    def _dots(self, painter: QPainter, rect: QRectF, kind: str, value: Any) -> None:
        done, total = value
        edge, step = theme.px(10), theme.px(15)
        shown = total if total <= MOST_DOTS else 0
        for place in range(shown):
            filled = place < done
            painter.setPen(QPen(theme.colour("ink2" if not filled else "ok_fill"), 1.2))
            painter.setBrush(theme.colour("ok_fill") if filled else QColor(Qt.GlobalColor.transparent))
            painter.drawEllipse(
                QRectF(rect.left() + place * step + 1, rect.center().y() - edge / 2, edge, edge)
            )
        painter.setFont(theme.font("chip"))
        painter.setPen(theme.colour("ink2"))
        words = rect.adjusted(shown * step + theme.px(5), 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, f"{done}/{total}")

    def _focus_frame(self, painter: QPainter, rect: QRect, index: Index) -> None:
        view = self.parent()
        if not isinstance(view, QTableView) or not view.hasFocus():
            return
        width = max(3, theme.current().stroke("focus"))
        edge = theme.colour("focus")
        painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), width), edge)
        painter.fillRect(QRect(rect.left(), rect.bottom() - width + 1, rect.width(), width), edge)
        if index.column() == 0:
            painter.fillRect(QRect(rect.left(), rect.top(), width, rect.height()), edge)
        if index.column() == index.model().columnCount() - 1:
            painter.fillRect(QRect(rect.right() - width + 1, rect.top(), width, rect.height()), edge)


class Table(QTableView):
    """``opened(row)``: Enter or double click. ``current_changed(row or None)``: another row is chosen."""

    opened = Signal(object)
    current_changed = Signal(object)

    def __init__(self, model: PagedModel, name: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self.setModel(model)
        self.setAccessibleName(name)
        self.setItemDelegate(_Cells(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrap(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(theme.size("row"))
        rows.setMinimumSectionSize(theme.size("row"))
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(False)
        head.setFixedHeight(theme.px(44))
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.doubleClicked.connect(lambda index: self.opened.emit(model.row_at(index.row())))
        self.selectionModel().currentRowChanged.connect(self._moved)
        self._before: tuple[int, object] | None = None
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._find_again)

    def current_row(self) -> Any:
        """The row chosen, or None."""
        return self._rows.row_at(self.currentIndex().row()) if self.currentIndex().isValid() else None

    def select_row(self, number: int) -> None:
        """Chooses a row by its place and brings it into view."""
        if 0 <= number < self._rows.rowCount():
            self.selectRow(number)
            self.setCurrentIndex(self._rows.index(number, 0))

    def _remember(self) -> None:
        row = self.current_row()
        self._before = None if row is None else (self.currentIndex().row(), self._rows.row_id(row))

    def _find_again(self) -> None:
        """After new rows came: the row chosen before, if it is still near its old place."""
        if self._before is None:
            return
        place, wanted = self._before
        near = range(max(0, place - NEAR), min(self._rows.rowCount(), place + NEAR))
        for number in sorted(near, key=lambda n: abs(n - place)):
            row = self._rows.row_at(number)
            if row is not None and self._rows.row_id(row) == wanted:
                self.select_row(number)
                return

    def _moved(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.current_changed.emit(self._rows.row_at(current.row()) if current.isValid() else None)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if self.current_row() is not None:
                self.opened.emit(self.current_row())
            return
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()  # the page's
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.selectionModel().hasSelection() and self._rows.rowCount():
            self.select_row(max(0, self.currentIndex().row()))  # Qt makes a row current without choosing it
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """What is left goes to the columns that stretch; too narrow, all shrink before it scrolls."""
        columns = self._rows.columns
        room = self.viewport().width()
        wanted = sum(theme.px(column.width) for column in columns)
        shrunk = min(1.0, max(LEAST_SHARE, room / max(1, wanted)))
        widths = [int(theme.px(column.width) * shrunk) for column in columns]
        left = max(0, room - sum(widths))
        shares = sum(column.stretch for column in columns) or 1
        for place, column in enumerate(columns):
            self.setColumnWidth(place, widths[place] + left * column.stretch // shares)
        missing = sum(widths) > room
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if missing else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(policy)
