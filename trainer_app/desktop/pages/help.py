"""Help: the manual that lies in the program, settings, and what the program is made of."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QTextBrowser, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.choosing import choose_new_file, documents_folder
from trainer_app.desktop.pages.base import DeskPage
from trainer_app.desktop.pages.help_about import about_widget
from trainer_app.desktop.pages.help_settings import SettingsView
from trainer_app.desktop.parts.buttons import Button, secondary
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.choices import Seg
from trainer_app.desktop.parts.page import ScrollBody
from trainer_app.records.problem import StoreProblem
from trainer_app.reports.problem_report import problem_report
from trainer_app.words import N_, _, language

#: The pages of the manual, in reading order; each is a file in resources/help/<language>/.
MANUAL = ("mulai", "daftar", "absensi", "tes", "kunjungan", "kirim", "pin", "pindah", "masalah")
_HEADING_ROOM = {1: 0, 2: 16}  # above, by level
SECTIONS = (("manual", N_("Petunjuk")), ("settings", N_("Pengaturan")), ("about", N_("Tentang")))


#: The glossary, which is made of the list of words and follows the manual.
GLOSSARY = "istilah"


def glossary_text() -> str:
    """The words of the programme in both languages, as Markdown, in the order of the screen's language."""
    text = theme.resource("curriculum", "glossary_en_id.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    first, second = ("en", "id") if language() == "en" else ("id", "en")
    lines = [f"- **{row[first]}** · {row[second]}" for row in sorted(rows, key=lambda r: r[first].casefold())]
    return "\n".join([f"# {_('Daftar istilah')}", "", *lines, ""])


def manual_text(page: str) -> str:
    """A page of the manual as Markdown in the language of the screen. Raises ``FileNotFoundError``."""
    if page == GLOSSARY:
        return glossary_text()
    return theme.resource("help", language(), f"{page}.md").read_text("utf-8")


def manual_title(page: str) -> str:
    """Its first heading."""
    found = re.search(r"^# (.+)$", manual_text(page), re.MULTILINE)
    return found[1] if found else page


class ManualView(QWidget):
    """Contents at the left, one page at the right; links lead from page to page."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(16))
        shelf = ScrollBody()  # many pages in large letters are more than a small window is high
        contents = shelf.body
        contents.setSpacing(theme.px(8))
        self._group = QButtonGroup(self)
        self.buttons: dict[str, Button] = {}
        for page in (*MANUAL, GLOSSARY):
            button = Button(manual_title(page), "choice")
            button.setProperty("align", "left")
            button.setCheckable(True)
            button.setAutoExclusive(True)  # a radio button to screen readers
            button.clicked.connect(lambda _on=False, key=page: self.show_page(key))
            self._group.addButton(button)
            contents.addWidget(button)
            self.buttons[page] = button
        contents.addStretch(1)
        shelf.setFixedWidth(max(one.sizeHint().width() for one in self.buttons.values()) + theme.px(24))
        row.addWidget(shelf)
        card = Card()
        self.browser = QTextBrowser()
        self.browser.setAccessibleName(_("Petunjuk"))
        self.browser.setOpenLinks(False)
        self.browser.document().setDefaultFont(theme.font("body"))
        self.browser.anchorClicked.connect(self._follow)
        card.add(self.browser, 1)
        row.addWidget(card, 1)
        self.page = ""
        self.show_page(MANUAL[0])

    def show_page(self, page: str) -> None:
        """Shows a page; one that does not exist shows the first."""
        self.page = page if page in self.buttons else MANUAL[0]
        self.browser.setMarkdown(manual_text(self.page))
        _dress(self.browser.document())
        self.browser.moveCursor(QTextCursor.MoveOperation.Start)
        self.buttons[self.page].setChecked(True)

    def _follow(self, link: QUrl) -> None:
        self.show_page(link.toString())


def _dress(document: QTextDocument) -> None:
    """Markdown comes without air between its parts; headings take the fonts of the theme."""
    block = document.begin()
    while block.isValid():
        cursor = QTextCursor(block)
        level = block.blockFormat().headingLevel()
        margins = QTextBlockFormat()
        margins.setTopMargin(theme.px(_HEADING_ROOM.get(level, 3)))
        margins.setBottomMargin(theme.px(5))
        cursor.mergeBlockFormat(margins)
        if level:
            letters = QTextCharFormat()
            letters.setFont(theme.font("h1" if level == 1 else "h2"))
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(letters)
        block = block.next()


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
        self.manual = ManualView()
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
