"""The ways to send as one strip of equal cards; one that does something, or just ended, stands big above."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.flow import FlowLayout
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.theme import set_state
from trainer_app.words import _

LEAST_WIDTH = 218  # of a card of the strip, at text size 100 %


class WayCard(Card):
    """One way to send: small while it rests, big while it does something or has something to say.

    Whatever its buttons do, the keyboard stays: when the button that was pressed goes, the first one that
    comes has the focus, and where there is none the card itself. ``turned`` when it becomes big or small.
    """

    turned = Signal()

    def __init__(self, title: str, icon: str) -> None:
        super().__init__(title, icon)
        self.big = False
        self.line = Text("", "muted", wrap=True)
        self._all: tuple[Button, ...] = ()
        self._outside: tuple[Button, ...] = ()
        self._flow, self._stack = FlowLayout(10), QVBoxLayout()
        self._stack.setSpacing(theme.px(6))

    def add_buttons(self, *buttons: Button, outside: Sequence[Button] = ()) -> None:
        """The buttons of the card, at its foot. ``outside`` are others on the page that do the same."""
        self._all, self._outside = buttons, tuple(outside)
        self.body.addStretch(1)
        self.add(self._flow)
        self.add(self._stack)
        self._place()

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All that the card may ever offer."""
        return self._all

    def set_big(self, big: bool) -> None:
        """Whether it does something, or has something to say."""
        if big == self.big:
            return
        self.big = big
        set_state(self.heading, kind="h2" if big else "h3")
        set_state(self.line, kind="body" if big else "muted")
        self._place()
        self.turned.emit()

    def _place(self) -> None:
        """Side by side in a big card, each as wide as the card in a small one. No button changes its parent:
        it would lose the focus.
        """
        come, go = (self._flow, self._stack) if self.big else (self._stack, self._flow)
        while go.takeAt(0) is not None:
            pass
        if not come.count():
            for button in self._all:
                come.addWidget(button)

    def offer(self, *buttons: Button) -> None:
        """Show these buttons, and keep the keyboard where it was."""
        held: QWidget | None = self.window().focusWidget()  # also while a sheet has not quite closed yet
        gone = [button for button in (*self._all, *self._outside) if button not in buttons]
        was_here = held is self or held in gone or (held is None and self.isVisible())
        for button in buttons:
            button.setVisible(True)
        if was_here:
            (buttons[0] if buttons else self).setFocus(Qt.FocusReason.OtherFocusReason)
        for button in self._all:
            if button not in buttons:
                button.setVisible(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            stroke = theme.current().stroke("focus")
            painter.setPen(QPen(theme.colour("focus"), stroke))
            edge, radius = stroke / 2, theme.size("radius")
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), radius, radius)


class Ways(QWidget):
    """The cards in their places; as many side by side as there is room for."""

    def __init__(self, cards: Sequence[WayCard]) -> None:
        super().__init__()
        self.cards = tuple(cards)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.px(12))
        self.heading = Text("", "h3")
        self._columns = 0
        for card in self.cards:
            card.setParent(self)
            card.turned.connect(self._lay)
        self._lay()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitting() != self._columns:
            self._lay()

    def _fitting(self) -> int:
        """How many cards of the strip stand side by side."""
        small = sum(not card.big for card in self.cards)
        room = self.width() // theme.px(LEAST_WIDTH)
        return small if room >= small else 1

    def _lay(self) -> None:
        big = [card for card in self.cards if card.big]
        small = [card for card in self.cards if not card.big]
        for widget in (*self.cards, self.heading):
            self._grid.removeWidget(widget)
        self._columns = self._fitting()
        span = max(1, self._columns)
        for row, card in enumerate(big):
            self._grid.addWidget(card, row, 0, 1, span)
        self.heading.setText(_("Cara lain mengirim") if big else _("Cara mengirim"))
        self._grid.addWidget(self.heading, len(big), 0, 1, span)
        self.heading.setVisible(bool(small))
        for place, card in enumerate(small):
            row, column = divmod(place, span)
            self._grid.addWidget(card, len(big) + 1 + row, column)
        for column in range(len(self.cards)):
            self._grid.setColumnStretch(column, 1 if column < span else 0)
        chain = [button for card in (*big, *small) for button in card.buttons]
        for first, then in pairwise(chain):
            QWidget.setTabOrder(first, then)
