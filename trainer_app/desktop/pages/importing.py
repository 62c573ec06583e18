"""A list of people comes in: choose the file, see what its columns are taken for, look at what would come in,
take it. Nothing is saved before the last step, and the whole list can be taken back for thirty days.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedWidget

from trainer_app.actions.list_columns import lacking, template_columns, template_notes
from trainer_app.actions.list_import import (
    Found,
    Look,
    Opened,
    Progress,
    Taking,
    TakingBack,
    open_list,
    with_keys,
    write_wrong,
)
from trainer_app.desktop import theme
from trainer_app.desktop.choosing import choose_file, choose_new_file
from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.desktop.pages.import_steps import ColumnsStep, FileStep, ResultStep, WorkStep
from trainer_app.desktop.parts.buttons import primary, secondary
from trainer_app.desktop.parts.choices import PickEditor
from trainer_app.desktop.parts.text import Text
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Batch
from trainer_app.records.problem import Problem
from trainer_app.sheets.writing import sheet_writer
from trainer_app.storage.imports import RUNNING, ListImport, imports
from trainer_app.words import N_, _, number

FILE, COLUMNS, WORK, RESULT = range(4)
#: The screens read anew after so many steps, not at each.
TELL_EVERY = 20


class ImportPage(DeskPage):
    """Four steps, one screen each; Esc goes one back."""

    title = N_("Impor Excel")
    subtitle = N_("Peserta dari daftar Excel atau CSV")
    watches = (Batch,)
    help_page = "impor"
    with_footer = True
    with_scroll = False

    def build(self) -> None:
        self._opened: Opened | None = None
        self._found: Found | None = None
        self._taking: Taking | None = None
        self._stop = False
        self._busy = False
        self.file = FileStep()
        self.columns = ColumnsStep()
        self.work = WorkStep()
        self.result = ResultStep()
        self.steps = QStackedWidget()
        for step in (self.file, self.columns, self.work, self.result):
            self.steps.addWidget(step)
        self.body.addWidget(self.steps, 1)
        self._build_foot()
        self.file.choose.clicked.connect(self.ask_file)
        self.file.template.clicked.connect(self.ask_template)
        self.file.undo.connect(self._ask_undo)
        self.columns.changed.connect(self._key_chosen)
        self.columns.sheet_chosen.connect(self._sheet_chosen)
        self.result.toggled.connect(lambda: self._show_foot())
        self.result.save_wrong.clicked.connect(self.ask_wrong)
        self.work.stop.clicked.connect(self._stop_it)
        self.setAcceptDrops(True)
        self.first_focus = self.file.choose

    def _build_foot(self) -> None:
        self.hint = Text("", "muted", wrap=True)
        self.of_batch = PickEditor()
        self.of_batch.setAccessibleName(_("Masukkan ke angkatan"))
        self.of_batch.setMinimumWidth(theme.px(200))
        self.batch_words = Text(_("Masukkan ke &angkatan"), "label")
        self.batch_words.setBuddy(self.of_batch)
        self.again = secondary(_("Berkas lain"))
        self.again.clicked.connect(lambda: self.go_to(FILE))
        self.next = primary(_("Periksa"), "list-checks")
        self.next.clicked.connect(self._next)
        self.footer.addWidget(self.hint, 1)
        for widget in (self.batch_words, self.of_batch, self.again, self.next):
            self.footer.addWidget(widget)

    # ---------------------------------------------------------------- coming here
    def shown(self, *, file: str = "", **_more: Any) -> None:
        self.refresh(set())
        if file:
            self.open(Path(file))
        elif self.steps.currentIndex() == FILE:
            self.go_to(FILE)

    def refresh(self, kinds: set[int]) -> None:
        store = self.desk.store
        self.run(lambda: (store.find(Batch, order="-starts_on"), imports(store)), self._show_known)

    def _show_known(self, known: tuple[list[Batch], list[ListImport]]) -> None:
        batches, lists = known
        chosen = self.of_batch.value()
        self.of_batch.set_choices(
            [(b"", _("Tanpa angkatan")), *((one.id, one.name or "") for one in batches)]
        )
        self.of_batch.set_value(chosen if chosen else b"")
        self.file.show_lists(lists, self.desk.store.clock.now_ms())

    def back(self) -> bool:
        at = self.steps.currentIndex()
        if at == FILE:
            return False
        if self._busy:
            self._stop_it()
        else:
            self.go_to(COLUMNS if at == RESULT and self._taking is None else FILE)
        return True

    def shortcuts(self) -> list[Shortcut]:
        return [
            Shortcut("Ctrl+O", _("Pilih berkas"), self.ask_file),
            Shortcut("Ctrl+Return", _("Lanjut"), self._next),
        ]

    def go_to(self, step: int) -> None:
        """Show a step, with the keyboard where it begins."""
        if step == FILE:
            self._opened = self._found = self._taking = None
            self.refresh(set())
        self.steps.setCurrentIndex(step)
        self._show_foot()
        first = {
            FILE: self.file.choose,
            COLUMNS: self.columns.table,
            WORK: self.work.stop,
            RESULT: self.result.first,
        }
        first[step].setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_foot(self) -> None:
        at = self.steps.currentIndex()
        done = self._taking is not None
        show_batch = at in (COLUMNS, RESULT) and not done
        for widget in (self.batch_words, self.of_batch):
            widget.setVisible(show_batch)
        self.again.setVisible(at in (COLUMNS, RESULT))
        self.next.setVisible(at in (COLUMNS, RESULT))
        if at == FILE:
            self.hint.setText(_("Belum ada yang disimpan sampai Anda memilih Masukkan."))
        elif at == COLUMNS and self._opened is not None:
            self.next.show_text(_("Periksa"))
            missing = [one.title for one in lacking(self._opened.heading.keys)]
            words = _("Belum ada kolom untuk: {kolom}. Baris tanpa itu tidak bisa masuk.")
            self.hint.setText(
                words.format(kolom=", ".join(missing)) if missing else _("Semua kolom wajib sudah ada.")
            )
        elif at == RESULT and self._found is not None:
            n = self._found.new + len(self.result.taken)
            self.next.show_text(_("Lihat peserta") if done else _("Masukkan {n} orang").format(n=number(n)))
            self.hint.setText("" if done else _("Bisa diurungkan sekaligus selama 30 hari."))

    # ---------------------------------------------------------------- 1: the file
    def ask_file(self) -> None:
        """The dialog for the file."""
        if self._busy:
            return
        dialog = choose_file(
            self, _("Pilih daftar"), [_("Daftar (*.xlsx *.xlsm *.csv *.tsv *.txt)"), _("Semua berkas (*)")]
        )
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and not self._busy:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = event.mimeData().urls()[0].toLocalFile()
        if path:
            self.open(Path(path))

    def open(self, path: Path, sheet: int = 0) -> None:
        """Look at a file."""
        store = self.desk.store
        self.file.say(_("Membuka {nama}…").format(nama=path.name), "mute")
        self.run(lambda: open_list(store, path, sheet), self._show_opened, self._refused)

    def _refused(self, problem: Problem) -> None:
        self.go_to(FILE)
        self.file.say(problem.message, "bad")
        self.desk.announce(problem.message, urgent=True)

    def _show_opened(self, opened: Opened) -> None:
        self._opened, self._found, self._taking = opened, None, None
        self.file.say("", "mute")
        self.columns.show_file(opened)
        self.go_to(COLUMNS)
        if opened.earlier:
            before = opened.earlier[0]
            going_on = before.state == RUNNING
            self.columns.say(
                _("Berkas ini dihentikan di tengah jalan. Yang belum masuk akan dilanjutkan.")
                if going_on
                else _("Berkas ini sudah pernah masuk ({n} orang). Yang sama akan dilewati.").format(
                    n=number(before.people)
                )
            )

    def ask_template(self) -> None:
        """Where the empty list is to be written."""
        dialog = choose_new_file(self, _("Simpan contoh daftar"), "", _("contoh daftar peserta"), "xlsx")
        dialog.fileSelected.connect(lambda name: self.write_template(Path(name)))
        dialog.open()

    def write_template(self, path: Path) -> None:
        """Write the empty list to fill in."""

        def work() -> None:
            with (
                path.open("wb") as file,
                sheet_writer(file, "xlsx", template_columns(), name=_("Peserta"), notes=template_notes()),
            ):
                pass

        self.run(work, lambda _none: self.desk.toast(_("Contoh tersimpan: {nama}").format(nama=path.name)))

    # ---------------------------------------------------------------- 2: the columns
    def _sheet_chosen(self, sheet: int) -> None:
        if self._opened is not None:
            self.open(self._opened.path, sheet)

    def _key_chosen(self, place: int, key: str) -> None:
        if self._opened is None:
            return
        keys = ["" if key and one == key else one for one in self._opened.heading.keys]
        keys[place] = key
        self._opened.heading = with_keys(self._opened.heading, keys)
        self.columns.show_file(self._opened)
        self._show_foot()

    def _next(self) -> None:
        at = self.steps.currentIndex()
        if at == COLUMNS:
            self.look()
        elif at == RESULT and self._taking is None:
            self.take()
        elif at == RESULT:
            self.desk.go("participants")

    # ---------------------------------------------------------------- 3: looking
    def look(self) -> None:
        """The dry run, step by step in the background."""
        store, opened = self.desk.store, self._opened
        if opened is None or self._busy:
            return
        self._begin(_("Memeriksa {nama}").format(nama=opened.path.name))
        self.run(lambda: Look(store, opened), self._look_on, self._failed)

    def _look_on(self, look: Look) -> None:
        found = look.found
        self.work.show_count(found.read, 0, _("{n} baris diperiksa").format(n=number(found.read)))
        if found.done or self._stop:
            self._busy = False
            if self._stop:
                self.go_to(COLUMNS)
                return
            self._found = found
            if self._opened is not None:
                self.result.show_found(self._opened, found)
            self.go_to(RESULT)
            self.desk.announce(self.result.summary())
            return
        self.run(look.step, lambda _found: self._look_on(look), self._failed)

    def ask_wrong(self) -> None:
        """Where the rows that are wrong are to be written."""
        if self._opened is None:
            return
        name = _("{nama} - perlu diperbaiki").format(nama=self._opened.path.stem)
        dialog = choose_new_file(
            self, _("Simpan yang perlu diperbaiki"), str(self._opened.path.parent), name, "xlsx"
        )
        dialog.fileSelected.connect(lambda chosen: self.write_wrong(Path(chosen)))
        dialog.open()

    def write_wrong(self, path: Path) -> None:
        """Write the rows that are wrong, with the reasons."""
        opened, found = self._opened, self._found
        if opened is None or found is None:
            return

        def work() -> None:
            with path.open("wb") as file:
                write_wrong(opened, found.wrong, file, "csv" if path.suffix.lower() == ".csv" else "xlsx")

        self.run(work, lambda _none: self.desk.toast(_("Tersimpan: {nama}").format(nama=path.name)))

    # ---------------------------------------------------------------- 4: taking
    def take(self) -> None:
        """Save the people, some at a time, between whatever else is saved."""
        store, opened, by = self.desk.store, self._opened, self.desk.staff.id
        if opened is None or self._busy:
            return
        batch: RecordId | None = self.of_batch.value() or None  # type: ignore[assignment]  # ids are its values
        taken = dict(self.result.taken)
        unfinished = next((one for one in opened.earlier if one.state == RUNNING), None)
        self._begin(_("Memasukkan {nama}").format(nama=opened.path.name))
        self.run(
            lambda: Taking(store, opened, by, batch=batch, take=taken, going_on=unfinished),
            lambda taking: self._take_on(taking, None, 0),
            self._failed,
        )

    def _take_on(self, taking: Taking, progress: Progress | None, steps: int) -> None:
        self._taking = taking
        if progress is not None:
            total = self._found.read if self._found is not None else 0
            words = _("{n} orang tersimpan").format(n=number(progress.saved))
            self.work.show_count(progress.rows, total, words)
        if progress is not None and (progress.done or self._stop):
            self._taken(taking, progress)
            return
        if steps and steps % TELL_EVERY == 0:
            taking.announce()
        self.run(taking.step, lambda more: self._take_on(taking, more, steps + 1), self._failed)

    def _taken(self, taking: Taking, progress: Progress) -> None:
        self._busy = False
        taking.announce()
        self.result.show_done(progress, stopped=not progress.done)
        self.go_to(RESULT)
        words = _("{n} orang tersimpan di laptop ini").format(n=number(progress.saved))
        self.desk.did(words, lambda: self.take_back(taking.which), _("Urungkan semua"))

    # ---------------------------------------------------------------- taking back
    def _ask_undo(self, which: ListImport) -> None:
        text = _("{n} orang dari {nama} diurungkan. Yang sudah diubah atau sudah ikut sesi tetap ada.")
        self.desk.ask(
            _("Urungkan seluruh daftar ini?"),
            text.format(n=number(which.people), nama=which.name),
            [("undo", _("Urungkan"), "primary"), ("", _("Batal"), "secondary")],
            lambda answer: self.take_back(which) if answer == "undo" else None,
            "undo-2",
        )

    def take_back(self, which: ListImport) -> None:
        """Take a whole list back."""
        store, by = self.desk.store, self.desk.staff.id
        if self._busy:
            return
        self._begin(_("Mengurungkan {nama}").format(nama=which.name))
        self.run(
            lambda: TakingBack(store, which, by),
            lambda back: self._back_on(back, which, done=False),
            self._failed,
        )

    def _back_on(self, back: TakingBack, which: ListImport, *, done: bool) -> None:
        self.work.show_count(back.gone, which.people, _("{n} orang diurungkan").format(n=number(back.gone)))
        if not done and not self._stop:
            self.run(back.step, lambda over: self._back_on(back, which, done=over), self._failed)
            return
        self._busy = False
        self.go_to(FILE)
        words = _("{n} orang diurungkan").format(n=number(back.gone))
        if back.kept:
            names = ", ".join(name for _person, name in back.kept[:8])
            more = "…" if len(back.kept) > 8 else ""
            words += ". " + _("Tetap ada karena sudah diubah atau sudah ikut: {nama}").format(
                nama=names + more
            )
        self.file.say(words, "ok")
        self.desk.announce(words)

    # ---------------------------------------------------------------- work that takes long
    def _begin(self, words: str) -> None:
        self._busy, self._stop = True, False
        self.work.begin(words)
        self.go_to(WORK)

    def _stop_it(self) -> None:
        self._stop = True
        self.work.stopping()

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self._refused(problem)
