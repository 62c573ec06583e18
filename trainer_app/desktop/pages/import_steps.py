"""What the four steps of a list that comes in look like: file, columns, work, result."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trainer_app.actions.list_columns import list_columns
from trainer_app.actions.list_import import Found, Opened, Progress, can_take_back
from trainer_app.desktop import theme
from trainer_app.desktop.pages.import_words import (
    DOUBTFUL,
    FIRST,
    WRONG,
    ColumnRow,
    ResultRow,
    column_columns,
    column_rows,
    result_columns,
    result_rows,
)
from trainer_app.desktop.parts.announce import announce
from trainer_app.desktop.parts.bars import Progress as Bar
from trainer_app.desktop.parts.buttons import primary, quiet, secondary
from trainer_app.desktop.parts.card import Banner, Card
from trainer_app.desktop.parts.choices import PickEditor, Seg
from trainer_app.desktop.parts.key_hint import KeyHints
from trainer_app.desktop.parts.rows import ActionRow, Kpi, RowList
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.table import ListModel, Table
from trainer_app.desktop.parts.text import Text
from trainer_app.storage.imports import RUNNING, UNDONE, ListImport
from trainer_app.words import _, date_short, number

LISTS_SHOWN = 6
NOT_USED = ""


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.px(12))
    return column


class FileStep(QWidget):
    """Choose a file, or take a list back that came in before."""

    undo = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        column = _column(self)
        card = Card(_("Pilih daftar"), icon="clipboard-list")
        card.add(
            Text(
                _(
                    "Excel (.xlsx) atau CSV, satu baris satu orang. "
                    "Kolomnya dikenali sendiri dan bisa diganti. "
                    "Daftar tidak bisa memberi persetujuan: yang masuk hanya baris yang mencatat "
                    "untuk apa, dengan cara apa, dan kapan peserta menyetujui."
                ),
                wrap=True,
            )
        )
        line = QHBoxLayout()
        line.setSpacing(theme.px(10))
        self.choose = primary(_("&Pilih berkas"), "clipboard-list")
        self.template = secondary(_("&Unduh contoh"), "download")
        line.addWidget(self.choose)
        line.addWidget(self.template)
        line.addStretch(1)
        card.add(line)
        self.message = Text("", "body", wrap=True)
        self.message.hide()
        card.add(self.message)
        column.addWidget(card)
        self.lists = Card(_("Yang pernah masuk"), icon="history")
        self.rows = RowList()
        self.lists.add(self.rows)
        column.addWidget(self.lists)
        self.lists.hide()
        column.addStretch(1)

    def say(self, words: str, tone: str) -> None:
        """What became of a file; empty for nothing."""
        self.message.show_text(words, None if tone == "mute" else tone)
        self.message.setVisible(bool(words))

    def show_lists(self, lists: list[ListImport], now: int) -> None:
        """The lists that came in on this laptop, the newest first."""
        self.rows.clear()
        for one in lists[:LISTS_SHOWN]:
            right = None
            if can_take_back(one, now) and one.people:
                right = quiet(_("Urungkan"), "undo-2")
                right.setAccessibleName(_("Urungkan {nama}").format(nama=one.name))
                right.clicked.connect(lambda _checked=False, one=one: self.undo.emit(one))
            self.rows.add(ActionRow("clipboard-list", one.name, _list_line(one), right=right))
        self.lists.setVisible(bool(lists))


def _list_line(one: ListImport) -> str:
    from datetime import UTC, datetime

    day = date_short(datetime.fromtimestamp(one.at / 1000, UTC).astimezone().date())
    words = {
        RUNNING: _(
            "{tanggal} · {n} orang masuk, dihentikan di tengah. Pilih berkas yang sama untuk melanjutkan."
        ),
        UNDONE: _("{tanggal} · {n} orang, sudah diurungkan"),
    }.get(one.state, _("{tanggal} · {n} orang"))
    return words.format(tanggal=day, n=number(one.people))


class ColumnsStep(QWidget):
    """Which column is which. `changed` carries the place of a column and what it is taken for."""

    changed = Signal(int, str)
    sheet_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        column = _column(self)
        self.note = Banner("", "info", "info")
        self.note.hide()
        column.addWidget(self.note)
        line = QHBoxLayout()
        self.name = Text("", "h3")
        line.addWidget(self.name, 1)
        self.sheet = PickEditor()
        self.sheet.setAccessibleName(_("Lembar"))
        self.sheet.changed.connect(self._sheet)
        self.sheet_words = Text(_("&Lembar"), "label")
        self.sheet_words.setBuddy(self.sheet)
        line.addWidget(self.sheet_words)
        line.addWidget(self.sheet)
        column.addLayout(line)
        self._model = ListModel(column_columns(), [])
        self.table = Table(self._model, _("Kolom di berkas"))
        self.table.opened.connect(self.ask)
        card = Card()
        card.add(self.table, 1)
        column.addWidget(card, 1)
        hints: list[tuple[list[str], str]] = [
            (["↓"], _("pilih")),
            (["Enter"], _("ganti")),
            (["Ctrl", "Enter"], _("lanjut")),
        ]
        column.addWidget(KeyHints(hints))

    def show_file(self, opened: Opened) -> None:
        self.note.hide()
        self.name.setText(opened.path.name)
        several = len(opened.table.sheets) > 1
        self.sheet.set_choices(list(enumerate(opened.table.sheets)))
        self.sheet.set_value(opened.sheet)
        for widget in (self.sheet, self.sheet_words):
            widget.setVisible(several)
        at = max(0, self.table.currentIndex().row())
        self._model.set_rows(column_rows(opened))
        self.table.select_row(at)

    def say(self, words: str) -> None:
        """Something to know before going on."""
        self.note.set_text(words)
        self.note.show()
        announce(self, words)

    def _sheet(self) -> None:
        value = self.sheet.value()
        if isinstance(value, int):
            self.sheet_chosen.emit(value)

    def ask(self, row: ColumnRow) -> None:
        """What a column is to be taken for."""
        sheet = Sheet(self, _("Kolom “{judul}” dipakai sebagai").format(judul=row.title or "–"), row.examples)
        pick = PickEditor(
            [(NOT_USED, _("Tidak dipakai")), *((c.key, c.title) for c in list_columns().values())]
        )
        pick.setAccessibleName(_("Dipakai sebagai"))
        pick.set_value(row.key)
        sheet.body.addWidget(pick)
        sheet.add_button("", _("Batal")).clicked.connect(sheet.reject)
        sheet.add_button("ok", _("Pakai"), "primary", default=True)

        def answered(key: str) -> None:
            if key:
                self.changed.emit(row.place, str(pick.value() or NOT_USED))

        sheet.answered.connect(answered)
        sheet.open()
        pick.setFocus(Qt.FocusReason.OtherFocusReason)


class WorkStep(QWidget):
    """How far it is, and the button that stops it."""

    def __init__(self) -> None:
        super().__init__()
        column = _column(self)
        column.addStretch(1)
        card = Card("", icon="clock")
        self.words = Text("", "h2", wrap=True)
        self.bar = Bar(_("Kemajuan"))
        self.count = Text("", "body")
        card.add(self.words)
        card.add(self.bar)
        card.add(self.count)
        card.add(
            Text(_("Pendaftaran dan absensi tetap bisa dipakai sementara ini berjalan."), "muted", wrap=True)
        )
        self.stop = secondary(_("&Hentikan"), "square")
        line = QHBoxLayout()
        line.addWidget(self.stop)
        line.addStretch(1)
        card.add(line)
        column.addWidget(card)
        column.addStretch(2)
        self._told = 0

    def begin(self, words: str) -> None:
        self.words.setText(words)
        self.stop.setEnabled(True)
        self._told = 0
        self.show_count(0, 0, "")

    def show_count(self, done: int, total: int, words: str) -> None:
        """Where the total is not known yet, the bar waits at nothing."""
        self.bar.set_part(done, total, words)
        self.count.setText(words)
        quarter = 4 * done // total if total else 0
        if quarter > self._told:
            self._told = quarter
            announce(self, words)

    def stopping(self) -> None:
        self.count.setText(_("Berhenti setelah baris ini…"))


class ResultStep(QWidget):
    """What would come in, or came in; rows that are wrong or in doubt. `taken` are the doubtful who come in
    all the same, reasons by line.
    """

    toggled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.taken: dict[int, str] = {}
        self._opened: Opened | None = None
        self._found: Found | None = None
        column = _column(self)
        numbers = QHBoxLayout()
        numbers.setSpacing(theme.px(12))
        self.new = Kpi("user-plus", _("Baru"), "0")
        self.known = Kpi("equal", _("Sudah terdaftar, dilewati"), "0")
        self.doubtful = Kpi("copy-check", _("Mungkin sudah terdaftar"), "0")
        self.wrong = Kpi("triangle-alert", _("Perlu diperbaiki"), "0")
        for kpi in (self.new, self.known, self.doubtful, self.wrong):
            numbers.addWidget(kpi, 1)
        column.addLayout(numbers)
        self.note = Banner("", "info", "info")
        self.note.hide()
        column.addWidget(self.note)
        line = QHBoxLayout()
        line.setSpacing(theme.px(10))
        self.view = Seg([(FIRST, _("Baris pertama"))])
        self.view.setAccessibleName(_("Tampilkan"))
        self.view.changed.connect(self._show)
        line.addWidget(self.view, 1)
        self.take_all = quiet(_("Masukkan semua yang ragu"))
        self.take_all.clicked.connect(self._toggle_all)
        line.addWidget(self.take_all)
        self.save_wrong = secondary(_("&Simpan yang perlu diperbaiki"), "download")
        line.addWidget(self.save_wrong)
        column.addLayout(line)
        self._model = ListModel(result_columns(), [])
        self.table = Table(self._model, _("Baris daftar"))
        self.table.opened.connect(self.toggle)
        self.table.installEventFilter(self)
        card = Card()
        card.add(self.table, 1)
        column.addWidget(card, 1)
        self.hints = KeyHints([(["↓"], _("pilih")), (["Enter"], _("lewati atau tetap masukkan"))])
        column.addWidget(self.hints)
        self.first: QWidget = self.table

    def show_found(self, opened: Opened, found: Found) -> None:
        """The end of the dry run."""
        self._opened, self._found, self.taken = opened, found, {}
        for kpi, n in (
            (self.new, found.new),
            (self.known, found.known),
            (self.doubtful, len(found.doubtful)),
            (self.wrong, len(found.wrong)),
        ):
            kpi.set_value(number(n))
        views = [(WRONG, _("Perlu diperbaiki"))] if found.wrong else []
        views += [(DOUBTFUL, _("Mungkin sudah terdaftar"))] if found.doubtful else []
        self.view.set_choices([*views, (FIRST, _("Baris pertama"))])
        self.view.set_value(views[0][0] if views else FIRST)
        notes = "; ".join(f"{kind} ({number(n)})" for kind, n in list(found.notes.items())[:4])
        self.note.set_text(_("Rumus dan catatan di kolom: {catatan}").format(catatan=notes))
        self.note.setVisible(bool(notes))
        self._show()

    def show_done(self, progress: Progress, *, stopped: bool) -> None:
        """It came in."""
        self.new.set_value(number(progress.saved), _("tersimpan"))
        words = (
            _("Dihentikan. {n} orang sudah tersimpan utuh; pilih berkas yang sama untuk melanjutkan.")
            if stopped
            else _("{n} orang tersimpan di laptop ini. Bisa diurungkan sekaligus selama 30 hari.")
        )
        self.note.set_text(words.format(n=number(progress.saved)))
        self.note.show()
        self.take_all.hide()

    def summary(self) -> str:
        """The four numbers in a sentence."""
        found = self._found or Found()
        return _(
            "{baru} baru, {sama} sudah terdaftar, {ragu} mungkin sudah terdaftar, {salah} perlu diperbaiki"
        ).format(
            baru=number(found.new),
            sama=number(found.known),
            ragu=number(len(found.doubtful)),
            salah=number(len(found.wrong)),
        )

    def toggle(self, row: ResultRow) -> None:
        """Somebody who may be here comes in all the same, or not."""
        if row.verdict is None:
            return
        if row.line in self.taken:
            del self.taken[row.line]
        else:
            self.taken[row.line] = row.verdict.reason
        self._show()
        self.toggled.emit()

    def _toggle_all(self) -> None:
        found = self._found or Found()
        every = {one.line: one.reason for one in found.doubtful}
        self.taken = {} if self.taken == every else every
        self._show()
        self.toggled.emit()

    def _show(self) -> None:
        if self._opened is None or self._found is None:
            return
        which = str(self.view.value() or FIRST)
        self._model.set_rows(result_rows(self._opened, self._found, which, self.taken))
        self.table.select_row(max(0, self.table.currentIndex().row()))
        self.save_wrong.setVisible(bool(self._found.wrong))
        self.take_all.setVisible(which == DOUBTFUL)
        self.hints.setVisible(which != WRONG and bool(self._found.doubtful))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space as Enter."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Space
        ):
            row = self.table.current_row()
            if row is not None:
                self.toggle(row)
            return True
        return super().eventFilter(watched, event)
