"""Help: the manual that lies in the program, settings, and what the program is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from trainer_app.desktop.choosing import choose_new_file, documents_folder
from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.desktop.pages.help_about import about_widget
from trainer_app.desktop.pages.help_manual import ManualView
from trainer_app.desktop.pages.help_settings import SettingsView
from trainer_app.desktop.parts.buttons import secondary
from trainer_app.desktop.parts.choices import Seg
from trainer_app.records.problem import StoreProblem
from trainer_app.reports.problem_report import problem_report
from trainer_app.words import N_, _

SECTIONS = (("manual", N_("Petunjuk")), ("settings", N_("Pengaturan")), ("about", N_("Tentang")))


class HelpPage(DeskPage):
    """The three parts of help."""

    title = N_("Bantuan")
    with_scroll = False
    help_page = "mulai"

    def build(self) -> None:
        self.sections = Seg([(key, _(word)) for key, word in SECTIONS])
        self.sections.setAccessibleName(_("Bagian"))
        self.sections.set_value("manual")
        self.sections.changed.connect(self._section_chosen)
        keys = secondary(_("Semua tombol"), small=True)
        keys.clicked.connect(self.desk.show_keys)
        report = secondary(_("Kirim masalah"), "life-buoy", small=True)
        report.setToolTip(_("Berkas untuk dukungan, tanpa data peserta"))
        report.clicked.connect(self._choose_report)
        self.header.add_right(report)
        self.header.add_right(keys)
        self.body.addWidget(self.sections)
        self.stack = QStackedWidget()
        self.manual = ManualView(self.desk)
        self.stack.addWidget(self.manual)
        self.settings_view: SettingsView | None = None
        self.about: QWidget | None = None
        self.body.addWidget(self.stack, 1)

    def _choose_report(self) -> None:
        name = f"masalah-{self.desk.today():%Y%m%d}.zip"
        title = _("Simpan berkas masalah")
        dialog = choose_new_file(self.window(), title, documents_folder(), name, "zip")
        dialog.fileSelected.connect(lambda chosen: self.save_report(Path(chosen)))
        dialog.open()

    def save_report(self, target: Path) -> None:
        """Writes what support needs, with no word about anybody, and says where it is."""
        store, folder = self.desk.store, self.desk.work.folder

        def work() -> None:
            body = problem_report(store, folder)
            try:
                target.write_bytes(body)
            except OSError as fault:
                text = _("Berkas belum bisa disimpan di sana. Pilih folder lain.")
                raise StoreProblem(text, code="report.write") from fault

        said = _("{berkas} tersimpan. Kirimkan ke dukungan; tidak ada data peserta di dalamnya.")
        self.run(work, lambda _nothing: self.desk.toast(said.format(berkas=target.name)))

    def shown(self, **args: Any) -> None:
        """``page``: of the manual; ``section``: settings or about; ``setting``: the one that was changed."""
        if "page" in args:
            self.manual.show_page(str(args["page"]))
        if "section" in args or "page" in args:
            self.open(str(args.get("section", "manual")))
        self.sections.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.settings_view is not None and "setting" in args:
            self.settings_view.go_on_at(str(args["setting"]))

    def shortcuts(self) -> list[Shortcut]:
        return [
            Shortcut("Ctrl+F", _("Cari di petunjuk"), self._to_search),
            Shortcut("Ctrl+P", _("Cetak halaman petunjuk"), self._print),
        ]

    def _to_search(self) -> None:
        self.open("manual")
        self.manual.search.setFocus()

    def _print(self) -> None:
        if self.stack.currentWidget() is self.manual:
            self.manual.print_page()

    def place(self) -> dict[str, Any]:
        place = {"section": self.sections.value(), "page": self.manual.page}
        shown = self.stack.currentWidget()
        if self.settings_view is not None and shown is self.settings_view and self.settings_view.changed:
            place["setting"] = self.settings_view.changed
        return place

    def _section_chosen(self) -> None:
        chosen = self.sections.value()
        if chosen is not None:
            self.open(str(chosen))

    def open(self, section: str) -> None:
        """Shows one of the three parts, made when first asked for."""
        self.sections.set_value(section)
        self.stack.setCurrentWidget(self._part(section))
        if self.settings_view is not None and section == "settings":
            self.settings_view.read()

    def _part(self, section: str) -> QWidget:
        if section == "settings":
            if self.settings_view is None:
                self.settings_view = SettingsView(self.desk)
                self.settings_view.columns.set_compact(self.compact)
                self.stack.addWidget(self.settings_view)
            return self.settings_view
        if section == "about":
            if self.about is None:
                self.about = about_widget()
                self.stack.addWidget(self.about)
            return self.about
        return self.manual
