"""Participants: everybody of this laptop in one list, found as one types, however many they are."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from trainer_app.desktop import theme
from trainer_app.desktop.background import Job
from trainer_app.desktop.later import later
from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.desktop.pages.export_sheet import ExportSheet
from trainer_app.desktop.pages.participants_words import (
    FILTER_WORDS,
    empty_words,
    filter_words,
    participant_columns,
)
from trainer_app.desktop.parts.buttons import primary, quiet, secondary
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.choices import Seg
from trainer_app.desktop.parts.editors import SearchBox
from trainer_app.desktop.parts.empty import Empty
from trainer_app.desktop.parts.key_hint import KeyHints
from trainer_app.desktop.parts.table import PagedModel, Table
from trainer_app.desktop.parts.text import Text
from trainer_app.records.kinds import (
    Attendance,
    Batch,
    Consent,
    Decision,
    Enrolment,
    Enterprise,
    Milestone,
    Person,
    Session,
)
from trainer_app.storage.people_queries import (
    ALL,
    BY_NAME,
    NEWEST,
    Order,
    PersonRow,
    counts,
    find_order,
    people_rows,
    take_order,
)
from trainer_app.words import N_, _, number

SORT_WORDS = {NEWEST: N_("Urut: terbaru"), BY_NAME: N_("Urut: nama")}
SEARCH_WIDTH = 370


class ParticipantsPage(DeskPage):
    """The list. Letters typed anywhere on it search; Enter opens a person."""

    title = N_("Peserta")
    watches = (Person, Enterprise, Consent, Decision, Enrolment, Attendance, Session, Batch, Milestone)
    watches_sending = True
    help_page = "daftar"
    with_scroll = False

    def build(self) -> None:
        self._order = Order()
        self._sort = NEWEST
        self._look_job: Job | None = None
        self._counting = False
        self._count_again = False
        self._everybody: int | None = None
        self._offered: list[str] = [ALL]
        self._build_top()
        self._build_list()
        self._build_foot()
        self.first_focus = self.box

    def _build_top(self) -> None:
        self.box = SearchBox(_("Ketik nama, NIK, HP, atau usaha"))
        self.box.changed.connect(self._typed)
        self.box.down.connect(self._to_table)
        self.box.submitted.connect(lambda _text: self._open_current())
        self.box.setMaximumWidth(theme.px(SEARCH_WIDTH))
        self.filters = Seg([(ALL, filter_words(ALL, None))])
        self.filters.set_value(ALL)
        self.filters.changed.connect(self._filter_changed)
        self.new = primary(_("Daftar baru"), "user-plus")
        self.new.clicked.connect(lambda: self.desk.go("register"))
        self.take_in = secondary(_("Impor Excel"), "clipboard-list")
        self.take_in.clicked.connect(lambda: self.desk.go("import"))
        self.give_out = secondary(_("Ekspor"), "download")
        self.give_out.clicked.connect(self.export)
        self.header.add_right(self.take_in)
        self.header.add_right(self.give_out)
        self._line, self._below = QHBoxLayout(), QVBoxLayout()
        self._line.setSpacing(theme.px(10))
        for part, share in ((self.box, 5), (self.filters, 8), (self.new, 0)):
            self._line.addWidget(part, share, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(self._line)
        self.body.addLayout(self._below)

    def _build_list(self) -> None:
        self._model = PagedModel(
            participant_columns(self._which), lambda: len(self._order), self._page, row_id=lambda row: row.id
        )
        self.table = Table(self._model, _("Daftar peserta"))
        self.table.opened.connect(self._open)
        self.table.installEventFilter(self)
        self.table.verticalScrollBar().valueChanged.connect(lambda _value: self._say_where())
        self.card = Card()
        around = self.card.layout()
        if around is not None:
            around.setContentsMargins(theme.px(4), theme.px(2), theme.px(2), theme.px(4))
        self.card.add(self.table, 1)
        self.empty = Empty("users", _("Belum ada peserta."), _("Daftar baru"), button_icon="user-plus")
        self.empty.pressed.connect(lambda: self.desk.go("register"))
        self.card.add(self.empty, 1)
        self.empty.hide()
        self.empty_take_in = secondary(_("Impor Excel"), "clipboard-list")
        self.empty_take_in.clicked.connect(lambda: self.desk.go("import"))
        self.empty.add_below(self.empty_take_in)
        self.body.addWidget(self.card, 1)

    def _build_foot(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(
            KeyHints([(["↓"], _("pilih")), (["Enter"], _("buka")), (["Ctrl", "N"], _("daftar baru"))])
        )
        foot.addStretch(1)
        self.sort = quiet(_(SORT_WORDS[NEWEST]), "list-checks")
        self.sort.clicked.connect(self._change_sort)
        foot.addWidget(self.sort)
        self.where = Text("", "caption")
        foot.addWidget(self.where)
        self.body.addLayout(foot)

    def compact_changed(self, compact: bool) -> None:
        """The filters take a line of their own where there is no room beside the search."""
        self._line.removeWidget(self.filters)
        self._below.removeWidget(self.filters)
        if compact:
            self.box.setMaximumWidth(theme.px(SEARCH_WIDTH) * 2)
            self._below.addWidget(self.filters)
        else:
            self.box.setMaximumWidth(theme.px(SEARCH_WIDTH))
            self._line.insertWidget(1, self.filters, 8, Qt.AlignmentFlag.AlignTop)

    # ---------------------------------------------------------------- coming here
    def shown(self, *, search: str | None = None, filter: str | None = None, **_more: Any) -> None:
        if filter in FILTER_WORDS:
            self._offer(filter)
        if search is not None:
            self.box.set_value(search)
        self.refresh(set())
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)

    def _offer(self, which: str) -> None:
        if which not in self._offered:
            self._offered = [key for key in FILTER_WORDS if key in self._offered or key == which]
            self.filters.set_choices([(key, filter_words(key, None)) for key in self._offered])
        self.filters.set_value(which)

    def search(self, text: str) -> None:
        self.box.set_value(text)
        self._typed()
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)

    def back(self) -> bool:
        if not self.box.text() and self.filters.value() == ALL:
            return False
        self.box.clear_value()
        self.filters.set_value(ALL)
        self._typed()
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def shortcuts(self) -> list[Shortcut]:
        return [Shortcut("Ctrl+F", _("Cari"), self.box.setFocus)]

    def refresh(self, kinds: set[int]) -> None:
        self._take_order()
        self._count()

    # ---------------------------------------------------------------- who is in the list
    def _typed(self) -> None:
        """At every key: what is found is read at once, the whole list in the background."""
        text = str(self.box.value())
        if not text:
            self._take_order()
            return
        if self._look_job is not None:
            self._look_job.cancel()
        self._show(find_order(self.desk.store, text, self._which()))

    def _filter_changed(self) -> None:
        self._typed()

    def _which(self) -> str:
        return str(self.filters.value() or ALL)

    def _take_order(self) -> None:
        store, text, which, sort = self.desk.store, str(self.box.value()), self._which(), self._sort
        if self._look_job is not None:
            self._look_job.cancel()
        self._look_job = self.run(
            lambda: find_order(store, text, which) if text else take_order(store, which, sort), self._show
        )

    def _show(self, order: Order) -> None:
        """Shows another order; whoever was chosen stays chosen if still in the list."""
        chosen: PersonRow | None = self.table.current_row()
        self._order = order
        self._model.reload()
        nothing = len(order) == 0
        self.table.setVisible(not nothing)
        self.empty.setVisible(nothing)
        if nothing:
            self._say_empty()
        else:
            self.table.select_row(max(0, order.place(chosen.id) if chosen is not None else 0))
        self.where.setVisible(not nothing)
        later(self, self._say_where)

    def _say_empty(self) -> None:
        text, fresh = empty_words(str(self.box.value()), self._which(), self._everybody)
        self.empty.set_text(text)
        if self.empty.button is not None:
            self.empty.button.setVisible(fresh)
        self.empty_take_in.setVisible(fresh and self._everybody == 0)

    def _say_where(self) -> None:
        """ "1–10 dari 318"."""
        total = len(self._order)
        if not total:
            return
        first = self.table.rowAt(0)
        last = self.table.rowAt(self.table.viewport().height() - 1)
        last = total - 1 if last < 0 else last
        words = _("{dari}–{sampai} dari {n}")
        self.where.setText(words.format(dari=number(first + 1), sampai=number(last + 1), n=number(total)))

    def _page(self, offset: int, limit: int) -> list[PersonRow]:
        return people_rows(self.desk.store, self._order, offset, limit)

    def _change_sort(self) -> None:
        self._sort = BY_NAME if self._sort == NEWEST else NEWEST
        self.sort.show_text(_(SORT_WORDS[self._sort]))
        self._typed()

    # ---------------------------------------------------------------- how many
    def _count(self) -> None:
        """Counted one after the other: while one count runs, the next waits and replaces those between."""
        if self._counting:
            self._count_again = True
            return
        self._counting, store = True, self.desk.store
        self.run(lambda: counts(store), self._show_counts, done=self._counted)

    def _counted(self) -> None:
        self._counting = False
        if self._count_again:
            self._count_again = False
            self._count()

    def _show_counts(self, found: dict[str, int]) -> None:
        self._everybody = found[ALL]
        self._show_filters(found)
        line = _("{n} orang di laptop ini · ketik untuk langsung mencari")
        self.header.set_subtitle(line.format(n=number(found[ALL])))
        if len(self._order) == 0:
            self._say_empty()

    def _show_filters(self, found: dict[str, int]) -> None:
        """A filter that holds nobody is not offered, unless it is the one in use."""
        chosen = self._which()
        offered = [key for key in FILTER_WORDS if key in (ALL, chosen) or found[key]]
        if offered == self._offered:
            for key, button in zip(offered, self.filters.buttons, strict=True):
                button.show_text(filter_words(key, found[key]))
            self.filters.updateGeometry()
            return
        had_focus = any(button.hasFocus() for button in self.filters.buttons)
        self._offered = offered
        self.filters.set_choices([(key, filter_words(key, found[key])) for key in offered])
        self.filters.set_value(chosen)
        if had_focus:
            self.filters.setFocus()

    # ---------------------------------------------------------------- opening, typing
    def _to_table(self) -> None:
        if len(self._order):
            self.table.setFocus(Qt.FocusReason.TabFocusReason)

    def _open_current(self) -> None:
        row = self.table.current_row()
        if row is not None:
            self._open(row)

    def _open(self, row: PersonRow) -> None:
        self.desk.go("person", id=row.id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Letters typed on the list go to the search; Up on the first row leads back there."""
        if (
            watched is not self.table
            or not isinstance(event, QKeyEvent)
            or event.type() != QEvent.Type.KeyPress
        ):
            return super().eventFilter(watched, event)
        held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if event.key() == Qt.Key.Key_Up and self.table.currentIndex().row() <= 0:
            self.box.setFocus(Qt.FocusReason.BacktabFocusReason)
            return True
        if held or not event.text().strip() or not event.text().isprintable():
            return super().eventFilter(watched, event)
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)
        self.box.end(False)
        self.box.insert(event.text())
        self._typed()
        return True

    def export(self) -> None:
        """What is shown goes out: the people of the filter, or those found."""
        text, which = str(self.box.value()), self._which()
        shown = filter_words(which, len(self._order))
        if text:
            shown = _("{n} orang yang cocok dengan “{teks}”").format(n=number(len(self._order)), teks=text)
        ExportSheet(self, which=which, order=self._order if text else None, shown=shown).open()

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        later(self, self._say_where)
