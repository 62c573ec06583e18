"""The manual that lies in the program: pages, the list of words, the sheet of keys, guides for paper."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QTextBrowser, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.key_list import key_groups
from trainer_app.desktop.pages.help_print import help_sheet
from trainer_app.desktop.pages.help_search import HelpIndex, excerpt
from trainer_app.desktop.parts.announce import announce
from trainer_app.desktop.parts.buttons import Button, secondary
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.page import ScrollBody
from trainer_app.desktop.parts.suggest import Suggest
from trainer_app.desktop.parts.text import Text
from trainer_app.words import _, language

if TYPE_CHECKING:
    from trainer_app.desktop.session import Desk

#: The pages of the manual, in reading order; each is a file in resources/help/<language>/.
MANUAL = ("mulai", "daftar", "absensi", "tes", "kunjungan", "laporan", "kirim", "pin", "pindah", "masalah")
_HEADING_ROOM = {1: 0, 2: 16}  # above, by level


#: One page each for those who want paper at hand; files in resources/guides/<language>/.
GUIDES = ("panduan-pelatih", "panduan-pengawas")
#: The sheet of keys, made of what the pages declare.
KEYS = "tombol"
#: The glossary, which is made of the list of words and follows the manual.
GLOSSARY = "istilah"


def glossary_text() -> str:
    """The words of the programme in both languages, as Markdown, in the order of the screen's language."""
    text = theme.resource("curriculum", "glossary_en_id.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    first, second = ("en", "id") if language() == "en" else ("id", "en")
    lines = [f"- **{row[first]}** · {row[second]}" for row in sorted(rows, key=lambda r: r[first].casefold())]
    return "\n".join([f"# {_('Daftar istilah')}", "", *lines, ""])


def keys_text() -> str:
    """All keys as Markdown, page by page."""
    lines = [f"# {_('Semua tombol')}", ""]
    for title, keys in key_groups():
        lines += [f"## {title}", "", *(f"- **{key}** {words}" for key, words in keys), ""]
    return "\n".join(lines)


def manual_text(page: str) -> str:
    """A page of the manual as Markdown in the language of the screen. Raises ``FileNotFoundError``."""
    if page == GLOSSARY:
        return glossary_text()
    if page == KEYS:
        return keys_text()
    if page in GUIDES:
        return theme.resource("guides", language(), f"{page}.md").read_text("utf-8")
    return theme.resource("help", language(), f"{page}.md").read_text("utf-8")


def manual_title(page: str) -> str:
    """Its first heading."""
    found = re.search(r"^# (.+)$", manual_text(page), re.MULTILINE)
    return found[1] if found else page


CONTENTS = (*MANUAL, GLOSSARY, KEYS, *GUIDES)
PRINTED = (KEYS, *GUIDES)


class ManualView(QWidget):
    """Contents at the left, one page at the right; links lead from page to page."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(16))
        shelf = ScrollBody()  # many pages in large letters are more than a small window is high
        contents = shelf.body
        contents.setSpacing(theme.px(8))
        self._group = QButtonGroup(self)
        self.buttons: dict[str, Button] = {}
        for page in CONTENTS:
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
        self._index = HelpIndex(CONTENTS, manual_text)
        self.search = Suggest(self._found, _("Cari di petunjuk dan daftar istilah"))
        self.search.setAccessibleName(_("Cari di petunjuk"))
        self.search.changed.connect(self._searched)
        self.search.picked.connect(self._picked)
        self.search.returnPressed.connect(self._first)
        card.add(self.search)
        self.nothing = Text("", "message", wrap=True)
        self.nothing.hide()
        card.add(self.nothing)
        self.browser = QTextBrowser()
        self.browser.setAccessibleName(_("Petunjuk"))
        self.browser.setOpenLinks(False)
        self.browser.document().setDefaultFont(theme.font("body"))
        self.browser.anchorClicked.connect(self._follow)
        card.add(self.browser, 1)
        self.print = secondary(_("Cetak atau simpan PDF…"), "printer", small=True)
        self.print.setToolTip("Ctrl+P")
        self.print.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.print.clicked.connect(self.print_page)
        card.add(self.print)
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
        self.print.setVisible(self.page in PRINTED)

    def print_page(self) -> None:
        """Shows the page as paper, where it is one of those that are made for paper."""
        if self.page in PRINTED:
            help_sheet(self.desk, self.page, manual_text(self.page)).open()

    # ---------------------------------------------------------------- searching
    def _found(self, words: str) -> list[tuple[object, str, str]]:
        rows: list[tuple[object, str, str]] = []
        for one in self._index.find(words):
            where = one.page_title if one.level or not one.heading else f"{one.page_title} · {one.heading}"
            rows.append(((one.page, one.block, words), excerpt(one.text, words), where))
        return rows

    def _searched(self) -> None:
        words = str(self.search.text()).strip()
        nothing = bool(words) and self.search.value() is None and not self._index.find(words)
        said = _("Tidak ada “{kata}” di petunjuk. Coba kata yang lebih pendek, atau buka Daftar istilah.")
        self.nothing.setText(said.format(kata=words) if nothing else "")
        self.nothing.setVisible(nothing)
        if nothing:
            announce(self, self.nothing.text())

    def _first(self) -> None:
        """Enter without the list: the best hit."""
        found = self._found(str(self.search.text()).strip())
        if found:
            self._picked(found[0][0])

    def _picked(self, key: object) -> None:
        if isinstance(key, tuple):
            self.search.popup().hide()
            self.show_page(key[0])
            self._open_at(key[1], key[2])
            self.search.clear_value()
            self.browser.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_at(self, number: int, words: str) -> None:
        """Brings a block to the top and marks the first word searched for."""
        block = self.browser.document().findBlockByNumber(number)
        wanted = words.split()[0]
        place = max(0, block.text().casefold().find(wanted.casefold()))
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + place)
        cursor.movePosition(
            QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.KeepAnchor, len(wanted)
        )
        self.browser.setTextCursor(cursor)
        top = self.browser.document().documentLayout().blockBoundingRect(block).top()
        self.browser.verticalScrollBar().setValue(max(0, int(top) - theme.px(40)))

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
