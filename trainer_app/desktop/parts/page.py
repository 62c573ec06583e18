"""What every page is built on: heading, body (scrolling when it must), a bar at the foot, two columns."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.later import later
from trainer_app.desktop.parts.buttons import IconButton
from trainer_app.desktop.parts.text import Text
from trainer_app.words import _

SIDE = 26  # left and right margin of a page


class PageHeader(QWidget):
    """Title, a line below it, room for widgets at the right; ``back`` when its arrow is pressed."""

    back = Signal()

    def __init__(self, title: str, subtitle: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(12))
        self._arrow = IconButton("arrow-left", _("Kembali"), px=24)
        self._arrow.clicked.connect(self.back)
        self._arrow.hide()
        row.addWidget(self._arrow, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.title = Text(title, "h1", wrap=True)
        self.subtitle = Text(subtitle, "muted", wrap=True)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        row.addLayout(words, 1)
        self._row = row
        self.set_subtitle(subtitle)

    def set_title(self, text: str) -> None:
        self.title.setText(text)

    def set_subtitle(self, text: str) -> None:
        self.subtitle.setText(text)
        self.subtitle.setVisible(bool(text))

    def add_right(self, widget: QWidget) -> None:
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_back(self, text: str = "") -> None:
        """Shows the arrow; ``text`` names where it leads."""
        if text:
            self._arrow.setAccessibleName(text)
            self._arrow.setToolTip(text)
        self._arrow.show()

    def focus_back(self) -> None:
        """Gives the arrow the keyboard, when nothing else is left."""
        self._arrow.setFocus(Qt.FocusReason.OtherFocusReason)


class ScrollBody(QScrollArea):
    """A body that scrolls up and down, never sideways. ``body`` is its layout."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.inside = QWidget()
        self.inside.setProperty("kind", "scroll")
        self.body = QVBoxLayout(self.inside)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(theme.px(12))
        self.setWidget(self.inside)
        self.setAccessibleName(_("Isi halaman"))
        QGuiApplication.instance().focusObjectChanged.connect(self._focus_moved)  # type: ignore[union-attr]  # there

    def _focus_moved(self, now: QObject | None) -> None:
        """Whatever gets the focus, also by a shortcut, comes into view with its message line."""
        if isinstance(now, QWidget) and self.inside.isAncestorOf(now):
            self._bring(now)
            later(now, lambda: self._bring(now))  # a page that is being built has its places only then

    def _bring(self, widget: QWidget) -> None:
        """Into view; with the beginning of the page where both have room. Nothing moves under a mouse
        button.
        """
        if self.window().focusWidget() is not widget or not self.inside.isAncestorOf(widget):
            return
        margin = theme.px(40)
        lowest = widget.mapTo(self.inside, widget.rect().bottomLeft()).y()
        clicking = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if lowest + margin <= self.viewport().height() and not clicking:
            self.verticalScrollBar().setValue(0)
        else:
            self.ensureWidgetVisible(widget, 0, margin)


class Columns(QWidget):
    """A wide column and a narrow one at its right; compact, the narrow one goes above (or below)."""

    def __init__(
        self,
        left: QWidget,
        right: QWidget,
        right_width: int = 300,
        *,
        fold: str = "above",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.left, self.right = left, right
        self._right_width, self._fold = right_width, fold
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(16))
        self._grid.setVerticalSpacing(theme.px(12))
        self._grid.addWidget(left, 0, 0)
        self._grid.addWidget(right, 0, 1)
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        self._grid.removeWidget(self.left)
        self._grid.removeWidget(self.right)
        first = 0 if self._fold == "above" else 1
        if compact:
            self.right.setMinimumWidth(0)
            self.right.setMaximumWidth(16_777_215)
            self._grid.addWidget(self.right, first, 0)
            self._grid.addWidget(self.left, 1 - first, 0)
            self._grid.setColumnStretch(1, 0)
        else:
            self.right.setFixedWidth(theme.px(self._right_width))
            self._grid.addWidget(self.left, 0, 0)
            self._grid.addWidget(self.right, 0, 1)
        self._grid.setColumnStretch(0, 1)


class Page(QWidget):
    """A page of the program. Put content into ``body``, buttons of the bar at the foot into ``footer``.

    ``first_focus`` is where the keyboard starts; override ``compact_changed`` to fold what does not fold
    itself.
    """

    def __init__(
        self,
        title: str,
        subtitle: str = "",
        *,
        footer: bool = False,
        scroll: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title)
        self.compact = False
        self.first_focus: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._top = QVBoxLayout()
        self._top.setSpacing(theme.px(12))
        self.header = PageHeader(title, subtitle)
        self._top.addWidget(self.header)
        self._column.addLayout(self._top, 1)
        self.scroller: ScrollBody | None = None
        if scroll:
            self.scroller = ScrollBody()
            self.body = self.scroller.body
            self._top.addWidget(self.scroller, 1)
        else:
            self.body = QVBoxLayout()
            self.body.setSpacing(theme.px(12))
            self._top.addLayout(self.body, 1)
        self.footer_bar: QFrame | None = None
        self.footer = QHBoxLayout()
        if footer:
            self._build_footer()
        self._margins()

    def _build_footer(self) -> None:
        bar = QFrame()
        bar.setProperty("kind", "footer")
        bar.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        bar.setLayout(self.footer)
        self.footer.setContentsMargins(theme.px(SIDE), theme.px(10), theme.px(SIDE), theme.px(10))
        self.footer.setSpacing(theme.px(10))
        self.footer_bar = bar
        self._column.addWidget(bar)

    def _margins(self) -> None:
        side = theme.px(16 if self.compact else SIDE)
        self._top.setContentsMargins(side, theme.px(16), side, theme.px(12))

    def set_compact(self, compact: bool) -> None:
        """The window tells how wide it is; also passed on to every ``Columns`` of the page."""
        self.compact = compact
        self._margins()
        for columns in self.findChildren(Columns):
            columns.set_compact(compact)
        self.compact_changed(compact)

    def compact_changed(self, compact: bool) -> None:
        """For pages: what else changes between wide and narrow."""
