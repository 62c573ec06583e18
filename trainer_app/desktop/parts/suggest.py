"""Type-ahead: a few letters bring a short list from a search, for places and people too many for a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QCompleter,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from trainer_app.desktop import pictures, theme
from trainer_app.desktop.parts.lines import _ENTER, _HELD, LineEditor

Found = Sequence[tuple[object, str, str]]
_ID, _SUBTITLE = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
SHOWN = 7  # rows visible at once


class _TwoLines(QStyledItemDelegate):
    """A row of the list: what it is, and below, smaller, where."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(theme.px(200), theme.px(50 if index.data(_SUBTITLE) else 38))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("primary_soft"))
            painter.drawRect(rect)
            painter.fillRect(QRect(rect.left(), rect.top(), 4, rect.height()), theme.colour("primary"))
        inner = rect.adjusted(theme.px(12), theme.px(4), -theme.px(8), -theme.px(4))
        subtitle = str(index.data(_SUBTITLE) or "")
        painter.setFont(theme.font("body"))
        painter.setPen(theme.colour("ink"))
        upper = QRect(
            inner.left(), inner.top(), inner.width(), inner.height() // 2 if subtitle else inner.height()
        )
        painter.drawText(upper, Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        if subtitle:
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.colour("ink3"))
            lower = QRect(inner.left(), upper.bottom() + 1, inner.width(), inner.height() // 2)
            painter.drawText(lower, Qt.AlignmentFlag.AlignVCenter, subtitle)
        painter.restore()


class Suggest(LineEditor):
    """``search(text)`` gives (id, title, subtitle) rows; Up, Down and Enter pick one, Esc closes the list.

    The value is the id picked, or None while the words are not one of the rows. Leaving with words that are
    exactly one row's title picks that row.
    """

    picked = Signal(object)

    def __init__(
        self, search: Callable[[str], Found], placeholder: str = "", *, parent: QWidget | None = None
    ) -> None:
        super().__init__(placeholder, parent=parent)
        self._search = search
        self._id: object | None = None
        self._rows = QStandardItemModel(self)
        self._list = QListView()
        self._list.setProperty("kind", "popup")
        self._list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._completer = QCompleter(self._rows, self)
        self._completer.setPopup(self._list)
        self._list.setItemDelegate(_TwoLines(self._list))  # after setPopup, which brings its own
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(SHOWN)
        self._completer.setWidget(self)
        self._completer.activated[QModelIndex].connect(self._activated)  # type: ignore[index]  # overloaded
        self.setTextMargins(0, 0, theme.px(24), 0)

    def value(self) -> object | None:
        return self._id

    def title(self) -> str:
        """The words of what is picked, or what is typed."""
        return self.text()

    def set_value(self, value: object) -> None:
        """Takes (id, title) or None."""
        self._id, title = value if isinstance(value, tuple) else (None, "")
        super().set_value(title)

    def popup(self) -> QListView:
        """The list of what was found."""
        return self._list

    def clear_value(self) -> None:
        self.set_value(None)

    def _edited(self, text: str) -> None:
        self._id = None
        self._fill(text)
        if self._rows.rowCount():
            self._open_list()
        else:
            self._list.hide()
        super()._edited(text)

    def _fill(self, text: str) -> None:
        self._rows.clear()
        for key, title, subtitle in self._search(text.strip()) if text.strip() else ():
            item = QStandardItem(title)
            item.setData(key, _ID)
            item.setData(subtitle, _SUBTITLE)
            item.setData(f"{title}, {subtitle}", Qt.ItemDataRole.AccessibleTextRole)
            self._rows.appendRow(item)

    def _open_list(self) -> None:
        self._completer.complete()
        self._list.setCurrentIndex(self._completer.completionModel().index(0, 0))

    def _activated(self, index: QModelIndex) -> None:
        self._take(index.data(_ID), str(index.data()))

    def _take(self, key: object, title: str) -> None:
        super().set_value(title)
        self._id = key
        self._list.hide()
        self.changed.emit()
        self.picked.emit(key)
        self.finished.emit()
        if self.hasFocus():
            self.focusNextChild()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # the list gives every key to its line first: Enter must not leave the line without what is marked
        if event.key() in _ENTER and not event.modifiers() & _HELD and self._list.isVisible():
            marked = self._list.currentIndex()
            if self._id is None and marked.isValid():
                self._activated(marked)
                return
        if event.key() == Qt.Key.Key_Down and self._id is None:
            self._fill(self.text())
            if self._rows.rowCount():
                self._open_list()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self._id is None and self.text() and event.reason() != Qt.FocusReason.PopupFocusReason:
            self._take_exact()
        super().focusOutEvent(event)

    def _take_exact(self) -> None:
        words = str(super().value()).casefold()
        same = [(key, title) for key, title, _sub in self._search(words) if title.casefold() == words]
        if len(same) == 1:
            self._id = same[0][0]
            super().set_value(same[0][1])
            self._touched = False
            self.changed.emit()
            self.picked.emit(self._id)
            self.finished.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        edge = theme.px(18)
        where = QRectF(self.width() - edge - theme.px(10), (self.height() - edge) / 2, edge, edge)
        pictures.paint_icon(QPainter(self), where, "chevron-down", "ink2")
