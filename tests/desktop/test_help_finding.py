"""Help that is searched and printed: hits that open where they are, keys as declared, one page of paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.desktop.desks import made_window
from trainer_app import words
from trainer_app.desktop.key_list import key_groups, page_keys
from trainer_app.desktop.pages import PAGES
from trainer_app.desktop.pages.help_manual import CONTENTS, GUIDES, KEYS, PRINTED, manual_text, manual_title
from trainer_app.desktop.pages.help_print import help_page, letters_mm
from trainer_app.desktop.pages.help_search import HelpIndex, excerpt
from trainer_app.desktop.pages.paper_sheet import PaperSheet

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
MOST_BYTES = 300_000


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path) -> Iterator[Any]:
    with made_window(qtbot, tmp_path) as made:
        made.go("help")
        yield made


@pytest.fixture
def manual(app: Any, qtbot: QtBot) -> Any:
    qtbot.waitActive(app.window)
    view = app.frame.page.manual
    QTest.keyClick(app.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(view.search.hasFocus)
    return view


# ---------------------------------------------------------------- searching
def test_letters_bring_hits_and_enter_opens_the_page_at_the_hit(qtbot: QtBot, manual: Any) -> None:
    QTest.keyClicks(manual.search, "flashdisk")
    qtbot.waitUntil(manual.search.popup().isVisible)
    QTest.keyClick(manual.search, Qt.Key.Key_Return)
    assert manual.page == "kirim"
    assert manual.browser.textCursor().selectedText().casefold() == "flashdisk"
    assert manual.browser.textCursor().blockNumber() > 0
    assert manual.browser.hasFocus()
    qtbot.waitUntil(lambda: manual.browser.cursorRect().top() in range(manual.browser.viewport().height()))


def test_the_list_of_words_is_found_in_both_languages(qtbot: QtBot, manual: Any) -> None:
    rows = manual._found("merchant discount") or manual._found("participant")
    assert any(key[0] == "istilah" for key, _title, _where in rows)


def test_nothing_found_is_said_and_goes_when_there_is_something(qtbot: QtBot, manual: Any) -> None:
    QTest.keyClicks(manual.search, "xyzzy")
    assert "xyzzy" in manual.nothing.text()
    assert manual.nothing.isVisible()
    QTest.keyClick(manual.search, Qt.Key.Key_Return)
    assert manual.nothing.isVisible()
    manual.search.clear()
    QTest.keyClicks(manual.search, "PIN")
    assert not manual.nothing.isVisible()


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_page_is_found_by_its_title_first(language: str) -> None:
    words.use_language(language)
    index = HelpIndex(CONTENTS, manual_text)
    for page in CONTENTS:
        assert index.find(manual_title(page))[0].page == page


def test_an_excerpt_keeps_the_word_and_whole_words() -> None:
    text = (
        "Satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas duabelas tigabelas empatbelas"
    )
    shown = excerpt(text, "sepuluh")
    assert "sepuluh" in shown
    assert shown.startswith("…")
    assert set(shown.strip("…").split()) <= set(text.split())


# ---------------------------------------------------------------- keys
def test_the_sheet_of_keys_says_what_the_built_pages_do(qtbot: QtBot, app: Any) -> None:
    text = manual_text(KEYS)
    for entry in PAGES:
        page = app.frame._built(entry.key)
        declared = [(one.keys, one.text) for one in page_keys(type(page))]
        assert declared == [(one.keys, one.text) for one in page.shortcuts()]
        for _keys, said in declared:
            assert said in text
    for one in app.frame.everywhere():
        assert f"** {one.text}" in text
    assert len(key_groups()) > 5


# ---------------------------------------------------------------- paper
@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("name", PRINTED)
def test_one_page_small_and_with_our_letters(qtbot: QtBot, app: Any, name: str, language: str) -> None:
    words.use_language(language)
    text = manual_text(name)
    assert letters_mm(text) >= 3.5  # to be read by lamplight
    data = help_page(name, text, "CONTOH").pdf()
    assert data.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", data)) == 1
    assert b"/MediaBox [0 0 595" in data  # A4
    fonts = set(re.findall(rb"/FontName /(?:\w+\+)?([\w-]+)", data))
    assert fonts
    assert all(b"Atkinson" in font for font in fonts), fonts
    assert 5_000 < len(data) < MOST_BYTES


def test_what_is_more_than_a_page_is_refused(qtbot: QtBot, app: Any) -> None:
    lines = "\n".join(f"- baris {n}" for n in range(400))
    with pytest.raises(ValueError, match="one page"):
        letters_mm(f"# CONTOH\n\n## Satu\n{lines}\n")


@pytest.mark.parametrize("name", GUIDES)
def test_guides_have_the_same_parts_in_both_languages(name: str) -> None:
    parts = []
    for language in words.LANGUAGES:
        words.use_language(language)
        lines = manual_text(name).splitlines()
        parts.append([re.match(r"#+|\d+\.|-|", line)[0] for line in lines])  # type: ignore[index]  # matches ""
    assert parts[0] == parts[1]


def test_opened_and_saved_from_the_page(qtbot: QtBot, app: Any, manual: Any, tmp_path: Path) -> None:
    manual.buttons["panduan-pelatih"].click()
    assert manual.print.isVisible()
    QTest.keyClick(app.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: app.window.findChild(PaperSheet) is not None)
    sheet = app.window.findChild(PaperSheet)
    assert "Panduan pelatih" in sheet.preview.accessibleName()
    closed: list[str] = []
    sheet.answered.connect(closed.append)
    path = tmp_path / sheet.page.file_name
    sheet.save_to(path)
    qtbot.waitUntil(lambda: closed == ["saved"])
    assert path.read_bytes().startswith(b"%PDF-")
    manual.buttons["mulai"].click()
    assert not manual.print.isVisible()
