"""Send data: where every record is, sending it, and the proof that it arrived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from trainer_app.actions.staff import Member, may_send, sending_rule
from trainer_app.desktop import theme
from trainer_app.desktop.pages.base import DeskPage
from trainer_app.desktop.pages.send_card import SendCard
from trainer_app.desktop.pages.send_lan import LanCard
from trainer_app.desktop.pages.send_lists import RejectionsSheet
from trainer_app.desktop.pages.send_receipts import SHOWN, ReceiptsCard
from trainer_app.desktop.pages.send_stick import StickBanner, StickCard, note_words
from trainer_app.desktop.pages.send_supervisor import SupervisorSheet
from trainer_app.desktop.pages.send_ways import Ways
from trainer_app.desktop.parts.bars import FlowBar
from trainer_app.desktop.parts.buttons import IconButton, secondary
from trainer_app.desktop.parts.card import Card, Icon
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.page import Columns
from trainer_app.desktop.parts.rows import Kpi
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.sending import DONE
from trainer_app.desktop.sending_words import changed_words, last_word, oldest_words
from trainer_app.desktop.sticks import StickWatch
from trainer_app.storage.care import Cared, in_care
from trainer_app.storage.receipts import KeptReceipt, receipts
from trainer_app.storage.sending_state import SendState, send_state
from trainer_app.storage.stick_note import StickNote, stick_note
from trainer_app.words import N_, _, ngettext, number

RIGHT_WIDTH = 344
RECEIPTS_READ = 20
LEAST_STATE_WIDTH = 180  # of a card of a state, at text size 100 %


@dataclass(frozen=True)
class Facts:
    """What the page shows, read in one go."""

    state: SendState
    receipts: list[KeptReceipt]
    rule: str
    copied: StickNote | None
    cared: list[Cared]


class StateCards(QWidget):
    """The four places a record can be, in the order it goes."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.px(8))
        self.here = Kpi("hard-drive", _("Di laptop ini"), note=_("Tidak pernah dihapus"))
        self.pending = Kpi("clock", _("Menunggu dikirim"), note=" ", tone="warn")
        self.supervisor = Kpi("laptop", _("Di laptop pengawas"), note=_("Belum sampai ke pusat"), tone="info")
        self.received = Kpi("building-2", _("Diterima pusat"), note=_("Ada tanda terima"), tone="ok")
        self.cards = (self.here, self.pending, self.supervisor, self.received)
        self.arrows = [Icon("chevron-right", "ink3", 22, parent=self) for _card in self.cards[1:]]
        self._compact, self._laid = False, (0, False)
        self._lay()

    def set_compact(self, *, compact: bool) -> None:
        """Four in a row with arrows; without them in a narrow window, two by two where not even that fits."""
        self._compact = compact
        self._lay()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay()

    def minimumSizeHint(self) -> QSize:
        """Two in a row: four would keep a narrow window from ever folding them."""
        least = max(card.minimumSizeHint().width() for card in self.cards)
        return QSize(2 * least + self._grid.spacing(), self._grid.minimumSize().height())

    def _needs(self) -> int:
        """How wide four in a row are."""
        least = max(theme.px(LEAST_STATE_WIDTH), *(card.minimumSizeHint().width() for card in self.cards))
        return 4 * least + 3 * self._grid.spacing()

    def _lay(self) -> None:
        columns = 2 if self._compact and self.width() < self._needs() else 4
        if (columns, self._compact) == self._laid:
            return
        self._laid = (columns, self._compact)
        for widget in (*self.cards, *self.arrows):
            self._grid.removeWidget(widget)
        for column in range(7):
            self._grid.setColumnStretch(column, 0)
        step = 1 if self._compact else 2
        for place, card in enumerate(self.cards):
            row, column = divmod(place, columns)
            self._grid.addWidget(card, row, step * column)
            self._grid.setColumnStretch(step * column, 1)
        for place, arrow in enumerate(self.arrows):
            arrow.setHidden(self._compact)
            if not self._compact:
                self._grid.addWidget(arrow, 0, 2 * place + 1, Qt.AlignmentFlag.AlignCenter)

    def show_state(self, state: SendState, note: str) -> None:
        self.here.set_value(number(state.total))
        self.pending.set_value(number(state.pending), note or _("Tidak ada yang menunggu"))
        self.supervisor.set_value(number(state.at_supervisor))
        self.received.set_value(number(state.received))


class SendPage(DeskPage):
    """Works the same for everybody; who may start is asked of the rule of the centre."""

    title = N_("Kirim data")
    watches_sending = True
    help_page = "kirim"

    def build(self) -> None:
        self.facts: Facts | None = None
        self.supervisor_chip = Chip("", "ok", "user-check")
        self.supervisor_out = IconButton("log-out", _("Pengawas keluar"))
        self.supervisor_out.clicked.connect(self.desk.sending.supervisor_leaves)
        self.header.add_right(self.supervisor_chip)
        self.header.add_right(self.supervisor_out)
        self.cards = StateCards()
        self._ended_elsewhere = False
        self.flow = FlowBar(name=_("Keadaan catatan"))
        self.stick_banner = StickBanner()
        self.watch = StickWatch(self.desk.background)
        self.body.addWidget(self.stick_banner)
        self.body.addWidget(self.cards)
        self.body.addWidget(self.flow)
        self.card = SendCard(self.desk)
        self.card.asked.connect(lambda: self._ask_for(self.desk.sending.start))
        self.lan = LanCard(self.desk)
        self.stick = StickCard(self.desk, self.watch, self.stick_banner)
        self.stick.save_asked.connect(lambda: self._ask_for(self.stick.begin_saving))
        self.receipts_card = ReceiptsCard(self.desk)
        self.columns = Columns(self._left(), self._right(), RIGHT_WIDTH, fold="below")
        self.body.addWidget(self.columns)
        self.body.addStretch(1)
        self.first_focus = self.card.start
        self.desk.sending.changed.connect(self._show_supervisor)
        self._show_supervisor()

    def _left(self) -> QWidget:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        self.ways = Ways([self.lan, self.stick, self.card])
        column.addWidget(self.ways)
        column.addStretch(1)
        return left

    def _right(self) -> QWidget:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(12))
        self.rejected_card = _notice("triangle-alert", "bad", _("Lihat"), self._show_rejections)
        self.review_card = _notice("copy-check", "warn", _("Periksa"), lambda: self.desk.go("review"))
        for card in (self.rejected_card, self.review_card, self.receipts_card):
            column.addWidget(card)
        column.addStretch(1)
        return right

    def compact_changed(self, compact: bool) -> None:
        self.cards.set_compact(compact=compact)

    # ---------------------------------------------------------------- reading
    def shown(self, **args: Any) -> None:
        self._ended_elsewhere = self.desk.sending.state == DONE
        self.refresh(set())
        self.watch.set_on(True)
        self.card.start.setFocus(Qt.FocusReason.OtherFocusReason)

    def leaving(self) -> None:
        self.watch.set_on(False)
        if self.desk.sending.state == DONE:  # it was read, and may not be true any more on coming back
            self.desk.sending.dismiss()

    def refresh(self, kinds: set[int]) -> None:
        store = self.desk.store
        self.run(
            lambda: Facts(
                send_state(store),
                receipts(store, RECEIPTS_READ),
                sending_rule(store),
                stick_note(store),
                in_care(store),
            ),
            self._show,
        )

    def _show(self, facts: Facts) -> None:
        self.facts = facts
        state, ended = facts.state, self.desk.sending.ended
        if self._ended_elsewhere and ended is not None and state.pending > ended.after.pending:
            self.desk.sending.dismiss()
        self._ended_elsewhere = False
        parts = [_subtitle(state), _in_care_words(facts.cared), last_word(state)]
        self.header.set_subtitle(" ".join(part for part in parts if part))
        notes = [
            changed_words(state),
            oldest_words(state, self.desk.now()),
            note_words(facts.copied, state.pending),
        ]
        self.cards.show_state(state, " · ".join(note for note in notes if note))
        self.flow.set_parts(
            [
                (state.received, "ok_fill", _("diterima pusat")),
                (state.at_supervisor, "info_fill", _("di laptop pengawas")),
                (state.pending, "accent", _("menunggu dikirim")),
                (state.rejected, "bad_fill", _("perlu diperbaiki")),
            ]
        )
        self.flow.setVisible(bool(state.total))
        needs = not may_send(facts.rule, self.desk.staff.role)
        self.card.set_facts(state, needs_supervisor=needs, rule=facts.rule)
        notices = bool(state.rejected) + bool(state.review)
        self.receipts_card.show_receipts(facts.receipts, max(1, SHOWN - notices))
        self._show_notices(state)

    def _show_notices(self, state: SendState) -> None:
        words = ngettext("{n} perlu diperbaiki", "{n} perlu diperbaiki", state.rejected)
        self.rejected_card.setVisible(bool(state.rejected))
        self.rejected_card.set_title(words.format(n=number(state.rejected)))
        words = ngettext("{n} perlu diperiksa", "{n} perlu diperiksa", state.review)
        self.review_card.setVisible(bool(state.review))
        self.review_card.set_title(words.format(n=number(state.review)))

    def _show_supervisor(self) -> None:
        person = self.desk.sending.supervisor
        for widget in (self.supervisor_chip, self.supervisor_out):
            widget.setVisible(person is not None)
        if person is not None:
            self.supervisor_chip.show_state(
                _("Pengawas: {nama}").format(nama=person.name), "ok", "user-check"
            )

    def _show_rejections(self) -> None:
        RejectionsSheet(self.desk).open()

    # ---------------------------------------------------------------- sending
    def _ask_for(self, deed: Callable[[], object]) -> None:
        """Does it, or asks for the supervisor first. The rule is read again: it may have come just now."""
        store, role = self.desk.store, self.desk.staff.role
        self.run(lambda: may_send(sending_rule(store), role), lambda allowed: self._may(allowed, deed))

    def _may(self, allowed: bool, deed: Callable[[], object]) -> None:
        if allowed or self.desk.sending.supervisor is not None:
            deed()
        else:
            SupervisorSheet(self.desk, lambda person: self._supervised(person, deed)).open()

    def _supervised(self, person: Member, deed: Callable[[], object]) -> None:
        self.desk.sending.supervisor_comes(person)
        deed()


def _subtitle(state: SendState) -> str:
    waiting = state.pending + state.at_supervisor + state.rejected
    if not waiting:
        if state.all_received:
            return _("Semua sudah diterima pusat.")
        if state.photos:
            words = ngettext("{n} foto menunggu dikirim", "{n} foto menunggu dikirim", state.photos)
            return f"{words.format(n=number(state.photos))}. " + _("Semuanya aman di laptop ini.")
        return _("Semuanya aman di laptop ini.")
    words = ngettext(
        "{n} catatan belum sampai ke pusat. Semuanya aman di laptop ini.",
        "{n} catatan belum sampai ke pusat. Semuanya aman di laptop ini.",
        waiting,
    )
    return words.format(n=number(waiting))


def _in_care_words(cared: list[Cared]) -> str:
    """What a supervisor's laptop took in and carries to the centre; "" when there is nothing."""
    if not cared:
        return ""
    changes = sum(one.changes for one in cared)
    words = _("{n} perubahan dari {laptop} laptop pelatih ikut dikirim.")
    return words.format(n=number(changes), laptop=number(len({one.replica for one in cared})))


def _notice(icon: str, tone: str, verb: str, deed: Any) -> Card:
    card = Card(" ", icon, tone)
    lines = {
        "bad": _("Pusat menjelaskan alasannya. Perbaiki, lalu kirim lagi."),
        "warn": _("Dua laptop menulis hal yang tidak sama. Pengiriman tetap jalan."),
    }
    card.add(Text(lines[tone], "body", wrap=True))
    button = secondary(verb, small=True)
    button.clicked.connect(deed)
    row = QHBoxLayout()
    row.addWidget(button)
    row.addStretch(1)
    card.add(row)
    card.hide()
    return card
