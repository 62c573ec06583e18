"""Needs review: one question at a time, answered with one or three keys. Whoever may decide decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from trainer_app.actions.review import (
    choose_value,
    may_decide,
    same_person,
    take_back,
    two_people,
)
from trainer_app.actions.review_reading import TwoPeople, TwoValues, changes_for, read_pair, read_value
from trainer_app.desktop import theme
from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.desktop.pages.person_moved import MovesList
from trainer_app.desktop.pages.review_table import ReviewTable
from trainer_app.desktop.pages.review_words import (
    people_reason,
    people_rows,
    value_label,
    value_rows,
    wrote_words,
)
from trainer_app.desktop.pages.send_supervisor import SupervisorSheet
from trainer_app.desktop.parts.buttons import primary, quiet, secondary
from trainer_app.desktop.parts.card import Banner
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.empty import Empty
from trainer_app.desktop.parts.flow import FlowLayout
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Attendance, Decision, Enterprise, Person
from trainer_app.storage.examining import examine
from trainer_app.storage.findings import Finding, findings
from trainer_app.storage.lookalikes import Pair, pairs
from trainer_app.storage.moved_rows import Misplaced, to_be_moved
from trainer_app.words import N_, _

Question = Pair | Finding
Read = TwoPeople | TwoValues


@dataclass(frozen=True)
class Facts:
    """All open questions, the one that is shown, and whether this person answers it."""

    questions: tuple[Question, ...]
    shown: Read | None
    may: bool
    moves: tuple[Misplaced, ...] = ()


def key_of(question: Question) -> tuple[object, ...]:
    """What makes a question the same one after everything was read again."""
    if isinstance(question, Pair):
        return (question.first[1], question.second[1])
    return (question.cls.kind, question.row, question.field)


class ReviewPage(DeskPage):
    """Two sides beside each other; the buttons below say what an answer does."""

    title = N_("Perlu diperiksa")
    watches = (Person, Enterprise, Attendance, Decision)
    watches_sending = True
    help_page = "kirim"

    def build(self) -> None:
        self.facts: Facts | None = None
        self._wanted: tuple[object, ...] | None = None
        self._skipped: set[tuple[object, ...]] = set()
        self._shown_key: tuple[object, ...] | None = None
        self.header.show_back(_("Kirim data"))
        self.header.back.connect(self.desk.back)
        self.undoable = Chip(_("Bisa diurungkan 30 hari"), "ok", "undo-2")
        self.header.add_right(self.undoable)
        self.info = Banner("", "sunken", "info")
        self.ask_supervisor = secondary(_("Pengawas memutuskan"), "user-check", small=True)
        self.ask_supervisor.clicked.connect(self._ask_supervisor)
        self.info.add_right(self.ask_supervisor)
        self.table = ReviewTable()
        self.table.changed.connect(self._follow)
        self.nothing = Empty("circle-check", _("Tidak ada yang perlu diperiksa."))
        self.moves = MovesList(self.desk, self._move)
        self.body.addWidget(self.moves)
        self.body.addWidget(self.info)
        self.body.addWidget(self.table)
        self.body.addWidget(self._buttons())
        self.body.addWidget(self.nothing, 1)
        self.body.addStretch(1)
        for widget in (self.undoable, self.info, self.table, self.buttons, self.nothing):
            widget.hide()

    def _buttons(self) -> QWidget:
        self.buttons = QWidget()
        row = FlowLayout(10, self.buttons)
        row.setContentsMargins(0, theme.px(4), 0, 0)
        self.merge = primary(_("Ya, orang yang sama — gabungkan"), "merge")
        self.merge.clicked.connect(self._merge)
        self.differ = secondary(_("Bukan, dua orang berbeda"), "users")
        self.differ.clicked.connect(self._differ)
        self.choose = primary(_("Simpan pilihan"), "check")
        self.choose.clicked.connect(self._choose)
        self.skip = quiet(_("Tanya dulu, lewati"), small=False)
        self.skip.clicked.connect(self._skip)
        for button in (self.merge, self.differ, self.choose, self.skip):
            row.addWidget(button)
        return self.buttons

    # ---------------------------------------------------------------- reading
    def shown(self, **args: Any) -> None:
        self._skipped.clear()
        self.run(lambda: examine(self.desk.store), lambda _n: self.refresh(set()))

    def refresh(self, kinds: set[int]) -> None:
        wanted, skipped = self._wanted, frozenset(self._skipped)
        self.run(lambda: self._read(wanted, skipped), self._show)

    def _read(self, wanted: tuple[object, ...] | None, skipped: frozenset[tuple[object, ...]]) -> Facts:
        store = self.desk.store
        questions, moves = _all_questions(store), to_be_moved(store)
        if not questions:
            return Facts((), None, may=False, moves=moves)
        fresh = [question for question in questions if key_of(question) not in skipped]
        again = [question for question in questions if key_of(question) == wanted]
        chosen = (again or fresh or list(questions))[0]
        area = chosen.first[0] if isinstance(chosen, Pair) else chosen.area
        staff = self.desk.sending.supervisor or self.desk.staff
        read = read_pair(store, chosen) if isinstance(chosen, Pair) else read_value(store, chosen)
        return Facts(questions, read, may_decide(store, staff.role, staff.areas, area), moves)

    # ---------------------------------------------------------------- showing
    def _show(self, facts: Facts) -> None:
        before, self.facts = self.facts, facts
        read = facts.shown
        for widget in (self.undoable, self.info, self.table, self.buttons):
            widget.setVisible(read is not None)
        self.moves.show_items(facts.moves)
        self.nothing.setVisible(read is None and not facts.moves)
        if read is None:
            self._shown_key = self._wanted = None
            self.header.set_title(_("Perlu diperiksa"))
            self.header.set_subtitle("")
            self.header.focus_back()  # else Enter, pressed twice, takes the last answer back
            return
        self._wanted = key_of(_question(read))
        if before is not None and before.shown == read and before.may == facts.may:
            self._say_place(facts, read)
            return
        anew = self._shown_key != self._wanted
        self._shown_key = self._wanted
        if isinstance(read, TwoPeople):
            self._show_people(read, may=facts.may)
        else:
            self._show_values(read, may=facts.may)
        self._say_place(facts, read)
        self.ask_supervisor.setVisible(not facts.may)
        self._order_tabs()
        self._follow()
        if anew:
            self._start()

    def _show_people(self, two: TwoPeople, *, may: bool) -> None:
        self.header.set_title(_("Apakah ini orang yang sama?"))
        self.info.set_text(
            _(
                "Yang <b>sama</b> tidak perlu dipilih. Yang <b>berbeda</b>: pilih yang benar. "
                "<b>Kehadiran digabung</b>, tidak ada yang hilang."
            )
            if may
            else _not_yours()
        )
        now = self.desk.now()
        heads = [
            (_("Data A"), wrote_words(two.first.wrote, now)),
            (_("Data B"), wrote_words(two.second.wrote, now)),
        ]
        self.table.show_rows(heads, people_rows(two), enabled=may)
        better = two.better()
        if better is not None and may:
            for place in self.table.buttons:
                self.table.choose(place, better)
        for button, on in ((self.merge, True), (self.differ, True), (self.choose, False)):
            button.setVisible(on)

    def _show_values(self, two: TwoValues, *, may: bool) -> None:
        self.header.set_title(_("Dua orang mengubah data ini. Mana yang benar?"))
        text = _("Dua laptop menulisnya tanpa saling tahu. Yang <b>tidak dipilih</b> tetap ada di riwayat.")
        self.info.set_text(text if may else _not_yours())
        now = self.desk.now()
        heads = [
            (_("Data A"), wrote_words(two.wrote[0], now)),
            (_("Data B"), wrote_words(two.wrote[1], now)),
        ]
        self.table.show_rows(heads, value_rows(two), enabled=may)
        for button, on in ((self.merge, False), (self.differ, False), (self.choose, True)):
            button.setVisible(on)

    def _say_place(self, facts: Facts, read: Read) -> None:
        keys = [key_of(question) for question in facts.questions]
        place = keys.index(key_of(_question(read))) + 1
        about = people_reason(read) if isinstance(read, TwoPeople) else value_label(read)
        words = _("Pemeriksaan {ke} dari {semua} · {tentang}")
        self.header.set_subtitle(words.format(ke=place, semua=len(keys), tentang=about))

    def _order_tabs(self) -> None:
        """The choices were made after the buttons below them; the Tab key goes from top to bottom."""
        sides = [button for place in sorted(self.table.buttons) for button in self.table.buttons[place]]
        way = [self.ask_supervisor, *sides, self.merge, self.differ, self.choose, self.skip]
        for one, other in pairwise(way):
            QWidget.setTabOrder(one, other)

    def _start(self) -> None:
        """The keyboard starts at the first choice, never at the button that merges."""
        first = self.table.first_choice()
        target: QWidget = first if first is not None and first.isEnabled() else self.skip
        self.first_focus = target
        if self.isVisible():
            target.setFocus(Qt.FocusReason.OtherFocusReason)
            self.desk.announce(self.header.title.text())

    def _follow(self) -> None:
        may = self.facts is not None and self.facts.may
        for button in (self.merge, self.choose):
            button.setEnabled(may and self.table.complete)
        self.differ.setEnabled(may)
        tip = "" if self.table.complete else _("Pilih dulu yang benar di setiap baris yang berbeda.")
        for button in (self.merge, self.choose):
            button.setToolTip(tip)

    # ---------------------------------------------------------------- answering
    @property
    def _by(self) -> RecordId:
        supervisor = self.desk.sending.supervisor
        return supervisor.id if supervisor is not None else self.desk.staff.id

    def _move(self, work: Callable[[], object], said: str) -> None:
        def done(_made: object) -> None:
            self.desk.did(said)
            self.refresh(set())

        self.run(work, done)

    def _merge(self) -> None:
        two, store, by = self._people(), self.desk.store, self._by
        if two is None:
            return
        chosen = {key for key, side in self.table.chosen().items() if side == 1}
        name = two.first.person.full_name or _("Tanpa nama")
        self._answer(
            lambda: same_person(store, two.pair, changes_for(two, chosen), by),
            _("Data {nama} digabung").format(nama=name),
        )

    def _differ(self) -> None:
        two, store, by = self._people(), self.desk.store, self._by
        if two is not None:
            said = _("Dicatat: dua orang berbeda. Tidak akan ditanya lagi.")
            self._answer(lambda: two_people(store, two.pair, by), said)

    def _choose(self) -> None:
        two = self.facts.shown if self.facts is not None else None
        chosen = list(self.table.chosen().values())
        if isinstance(two, TwoValues) and chosen:
            store, by, value = self.desk.store, self._by, two.values[chosen[0]]
            said = _("{isian} diputuskan").format(isian=value_label(two))
            self._answer(lambda: choose_value(store, two.finding, value, by), said)

    def _people(self) -> TwoPeople | None:
        two = self.facts.shown if self.facts is not None else None
        return two if isinstance(two, TwoPeople) else None

    def _answer(self, deed: Any, said: str) -> None:
        store, by, at = self.desk.store, self._by, self._wanted

        def work() -> RecordId:
            made: RecordId = deed()
            examine(store)
            return made

        def back(decision: RecordId) -> None:
            take_back(store, decision, by)
            examine(store)

        def undo(decision: RecordId) -> None:
            self._wanted = at
            self.run(lambda: back(decision), lambda _none: self.refresh(set()))

        def done(decision: RecordId) -> None:
            self._wanted = self._after(at)
            self.desk.did(said, undo=partial(undo, decision))
            self.refresh(set())

        for button in (self.merge, self.differ, self.choose):
            button.setEnabled(False)
        self.run(work, done, done=self._follow)

    # ---------------------------------------------------------------- from one to the next
    def _after(self, key: tuple[object, ...] | None) -> tuple[object, ...] | None:
        keys = [key_of(question) for question in self.facts.questions] if self.facts is not None else []
        if key not in keys or len(keys) < 2:
            return None
        return keys[(keys.index(key) + 1) % len(keys)]

    def _skip(self) -> None:
        if self._wanted is not None:
            self._skipped.add(self._wanted)
        self._step(1)

    def _step(self, by: int) -> None:
        keys = [key_of(question) for question in self.facts.questions] if self.facts is not None else []
        if self._wanted in keys and len(keys) > 1:
            self._wanted = keys[(keys.index(self._wanted) + by) % len(keys)]
            self.refresh(set())

    def _ask_supervisor(self) -> None:
        def came(person: Any) -> None:
            self.desk.sending.supervisor_comes(person)
            self.refresh(set())

        SupervisorSheet(self.desk, came, title=_("Pengawas memutuskan"), verb=_("Lanjut")).open()

    def shortcuts(self) -> list[Shortcut]:
        return [
            Shortcut("J", _("Pemeriksaan berikutnya"), lambda: self._step(1)),
            Shortcut("K", _("Pemeriksaan sebelumnya"), lambda: self._step(-1)),
        ]


def _question(read: Read) -> Question:
    return read.pair if isinstance(read, TwoPeople) else read.finding


def _all_questions(store: Any) -> tuple[Question, ...]:
    """People first; of several values of one field one question."""
    values: dict[tuple[object, ...], Finding] = {}
    for found in findings(store):
        values.setdefault(key_of(found), found)
    return (*pairs(store), *values.values())


def _not_yours() -> str:
    return _("Pengawas yang memutuskan. Sementara itu nilai terbaru dipakai dan pengiriman tetap jalan.")
