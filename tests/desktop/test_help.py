"""Help: a manual without gaps in both languages, settings that do what they say, licences."""

from __future__ import annotations

import importlib
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.desktop.desks import (
    PIN,
    SUPERVISOR,
    SUPERVISOR_CODE,
    SUPERVISOR_NAME,
    SUPERVISOR_PIN,
    TRAINER,
    TRAINER_NAME,
    made_window,
    sign_in,
)
from trainer_app import words
from trainer_app.desktop import theme
from trainer_app.desktop.pages import PAGES
from trainer_app.desktop.pages.help_about import COMPONENTS
from trainer_app.desktop.pages.help_manual import MANUAL, manual_text, manual_title
from trainer_app.desktop.pages.help_people import ChangePinSheet, NewPinSheet
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.parts.toast import current_toast
from trainer_app.storage.backup import backups
from trainer_app.storage.keys import PinProblem

NEW_PIN = "592718"


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path) -> Iterator[Any]:
    with made_window(qtbot, tmp_path) as made:
        made.go("help")
        yield made


def settings_of(qtbot: QtBot, app: Any) -> Any:
    app.frame.page.open("settings")
    view = app.frame.page.settings_view
    qtbot.waitUntil(lambda: bool(view.users.findChildren(Button)) or view.laptop_line.text() != "")
    return view


def sheet_of(qtbot: QtBot, app: Any, kind: type[Sheet]) -> Any:
    qtbot.waitUntil(lambda: app.window.findChild(kind) is not None)
    sheet = app.window.findChild(kind)
    qtbot.waitUntil(sheet.isVisible)
    return sheet


# ---------------------------------------------------------------- the manual
@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_page_of_the_manual_is_there_and_its_links_lead_somewhere(language: str) -> None:
    words.use_language(language)
    folder = theme.resource("help", language)
    assert {entry.name for entry in folder.iterdir()} == {f"{page}.md" for page in MANUAL}
    for page in MANUAL:
        text = manual_text(page)
        assert manual_title(page)
        for _label, target in re.findall(r"\[([^\]]+)\]\(([^)]+)\)", text):
            assert target in MANUAL
        for forbidden in ("sinkron", "server", "database", "konflik"):
            assert forbidden not in text.lower()


def test_both_languages_have_the_same_headings() -> None:
    for page in MANUAL:
        levels = []
        for language in words.LANGUAGES:
            words.use_language(language)
            levels.append(re.findall(r"^#+", manual_text(page), re.MULTILINE))
        assert levels[0] == levels[1], page


def test_links_and_contents_show_pages(qtbot: QtBot, app: Any) -> None:
    manual = app.frame.page.manual
    manual.browser.anchorClicked.emit(QUrl("kirim"))
    assert manual.page == "kirim"
    assert "Mengirim data" in manual.browser.toPlainText()
    manual.buttons["pin"].click()
    assert manual.page == "pin"
    app.go("help", page="tidak ada")
    assert manual.page == MANUAL[0]


def test_f1_knows_every_page(qtbot: QtBot, app: Any) -> None:
    for entry in PAGES:
        if entry.key == "help":
            continue
        module, name = entry.path.split(":")
        assert "help_page" in vars(getattr(importlib.import_module(module), name)), f"{entry.key} has no help"
        if entry.under:
            continue
        app.go(entry.key)
        assert app.frame.page.help_page in MANUAL
        app.frame.help()
        assert app.frame.here[0] == "help"


def test_the_glossary_has_the_words_in_both_languages(qtbot: QtBot, app: Any) -> None:
    manual = app.frame.page.manual
    manual.buttons["istilah"].click()
    assert "pendaftaran · registration" in manual.browser.toPlainText()
    words.use_language("en")
    assert "- **registration** · pendaftaran" in manual_text("istilah")


def test_a_report_of_a_problem_is_written_where_somebody_wants_it(
    qtbot: QtBot, app: Any, tmp_path: Path
) -> None:
    target = tmp_path / "masalah.zip"
    app.frame.page.save_report(target)
    qtbot.waitUntil(lambda: current_toast(app.window) is not None)
    with zipfile.ZipFile(target) as archive:
        assert "facts.txt" in archive.namelist()
        assert TRAINER_NAME not in archive.read("facts.txt").decode()


def test_licences_are_named(qtbot: QtBot, app: Any) -> None:
    app.frame.page.open("about")
    shown = " ".join(label.text() for label in app.frame.page.about.findChildren(Text))
    for name, licence in COMPONENTS:
        assert name in shown
        assert licence in shown
    assert "Apache-2.0" in shown


# ---------------------------------------------------------------- settings
def test_choices_count_at_once(qtbot: QtBot, app: Any) -> None:
    view = settings_of(qtbot, app)
    view.minutes.buttons[3].click()
    assert app.settings().lock_minutes == 15
    before = app.frame
    view.look.buttons[1].click()
    qtbot.waitUntil(lambda: app.frame is not None and app.frame is not before)
    assert app.settings().look == "terik"
    assert app.frame.here[0] == "help"


def test_an_arrow_key_chooses_too_and_the_keyboard_stays_there(qtbot: QtBot, app: Any) -> None:
    view = settings_of(qtbot, app)
    app.window.activateWindow()
    qtbot.waitUntil(app.window.isActiveWindow)
    view.language.setFocus()
    before = app.frame
    QTest.keyClick(app.window.focusWidget(), Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: app.frame is not None and app.frame is not before)
    assert app.settings().language == "en"
    page = app.frame.page
    assert page.sections.value() == "settings"
    qtbot.waitUntil(lambda: app.window.focusWidget() in page.settings_view.language.buttons)
    app.lock()
    assert app._place[1]["section"] == "settings"


def test_a_backup_is_made_and_listed(qtbot: QtBot, app: Any) -> None:
    view = settings_of(qtbot, app)
    before = len(backups(app.folder))
    view.backup.click()
    assert not view.backup.isEnabled()
    qtbot.waitUntil(lambda: view.backup.isEnabled() and len(backups(app.folder)) > before)


def test_the_pin_is_changed_with_the_old_one(qtbot: QtBot, app: Any) -> None:
    settings_of(qtbot, app)
    sheet = ChangePinSheet(app.desk)
    sheet.open()
    QTest.keyClicks(sheet.old.boxes, "918273")
    for editor in sheet.pin._pins:
        QTest.keyClicks(editor, NEW_PIN)
    sheet.save.click()
    qtbot.waitUntil(lambda: "Sisa 4 kali" in sheet.old.pin.message_text())
    QTest.keyClicks(sheet.old.boxes, PIN)
    sheet.save.click()
    qtbot.waitUntil(lambda: not app.window.findChildren(ChangePinSheet))
    with pytest.raises(PinProblem):
        app.work.ring.unlock(TRAINER, PIN)
    assert app.work.ring.unlock(TRAINER, NEW_PIN)


def test_somebody_is_added_with_the_personal_code(qtbot: QtBot, app: Any) -> None:
    view = settings_of(qtbot, app)
    view._add_person()
    sheet = sheet_of(qtbot, app, NewPinSheet)
    qtbot.waitUntil(lambda: sheet.form is not None)
    assert [person.name for person in sheet.form.people] == [SUPERVISOR_NAME]
    sheet.form._code.set_value(SUPERVISOR_CODE)
    for editor in sheet.form.pin._pins:
        QTest.keyClicks(editor, SUPERVISOR_PIN)
    sheet.save.click()
    qtbot.waitUntil(lambda: len(app.work.users()) == 2)
    qtbot.waitUntil(lambda: SUPERVISOR_NAME in {b.accessibleDescription() for b in view.findChildren(Button)})


def test_a_supervisor_gives_a_new_pin_and_takes_somebody_off_the_laptop(qtbot: QtBot, app: Any) -> None:
    app.work.ring.add_user(app.work.key, SUPERVISOR, SUPERVISOR_NAME, "pengawas", SUPERVISOR_PIN)
    app.lock()
    sign_in(qtbot, app, SUPERVISOR, SUPERVISOR_PIN)
    app.go("help")
    view = settings_of(qtbot, app)
    qtbot.waitUntil(lambda: len(view.users.findChildren(Button)) == 2)
    new_pin, remove = view.users.findChildren(Button)
    assert remove.accessibleName() == f"Keluarkan {TRAINER_NAME} dari laptop ini"
    new_pin.click()
    sheet = sheet_of(qtbot, app, NewPinSheet)
    qtbot.waitUntil(lambda: sheet.form is not None)
    assert sheet.form.code.isHidden()
    for editor in sheet.form.pin._pins:
        QTest.keyClicks(editor, NEW_PIN)
    sheet.save.click()
    qtbot.waitUntil(lambda: not app.window.findChildren(NewPinSheet))
    assert app.work.ring.unlock(TRAINER, NEW_PIN)
    view._ask_remove(next(user for user in app.work.users() if user.staff_id == TRAINER))
    question = next(s for s in app.window.findChildren(Sheet) if s.isVisible())
    question.close_with("yes")
    qtbot.waitUntil(lambda: [user.staff_id for user in app.work.users()] == [SUPERVISOR])
