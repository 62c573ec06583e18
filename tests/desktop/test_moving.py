"""Somebody moves to another regency, as seen on the person's page and among the questions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.desktop.desks import (
    AREA,
    SUPERVISOR,
    SUPERVISOR_NAME,
    TRAINER,
    made_desk,
    made_ring,
    made_store,
    made_window,
)
from tests.desktop.registering import CONTROL, Keyboard
from tests.desktop.test_person import ANSWERS, card, events, opened, words
from trainer_app.actions.registration import correct_person, register
from trainer_app.desktop.pages.review import ReviewPage
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.card import Banner
from trainer_app.desktop.session import SignedIn
from trainer_app.records.kinds import Person
from trainer_app.settings import Settings, save

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
OTHER, ELSEWHERE = 5302, "53.02.01.1001"


def window_of(qtbot: QtBot, folder: Path, *areas: int) -> Any:
    made_store(folder, areas=areas).close()
    made_ring(folder)
    save(Settings(), folder)
    return made_window(qtbot, folder)


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path) -> Iterator[Any]:
    with window_of(qtbot, tmp_path, AREA, OTHER) as made:
        yield made


def banners(page: Any) -> str:
    return " | ".join(banner.accessibleName() for banner in page.findChildren(Banner) if banner.isVisible())


def choose_village(qtbot: QtBot, page: Any) -> Any:
    qtbot.waitUntil(lambda: "Tempat tinggal & latar" in words(page))
    qtbot.waitUntil(lambda: all(one.isVisible() for one in page._cards))
    home = card(page, "Tempat tinggal & latar")
    home.edit()
    field = home.editing.form.fields["person.village"]
    field.editor.set_value((ELSEWHERE, "Oinlasi"))
    field.editor.changed.emit()
    return field


def test_another_village_is_told_to_be_a_move_saved_as_one_and_taken_back(qtbot: QtBot, app: Any) -> None:
    store = app.desk.store
    siti = register(store, ANSWERS, TRAINER).person
    page = opened(qtbot, app, siti)
    field = choose_village(qtbot, page)
    assert "Ini pindah" in field.message_text()
    assert "Kab. Timor Tengah Selatan" in field.message_text()
    keys = Keyboard(app.window)
    keys.press(Qt.Key.Key_S, CONTROL)
    moved = "Pindah dari Kab. Kupang ke Kab. Timor Tengah Selatan"
    qtbot.waitUntil(lambda: store.get(Person, siti).area == OTHER)
    qtbot.waitUntil(lambda: moved in events(page))
    assert events(page).count(moved) == 1
    assert "Didaftarkan" in events(page)
    assert "Dihapus" not in events(page)
    keys.press(Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: store.get(Person, siti).area == AREA)
    assert store.get(Person, siti).village == "53.01.08.2006"


def test_without_the_new_regency_the_person_stays_and_the_page_says_why(qtbot: QtBot, tmp_path: Path) -> None:
    with window_of(qtbot, tmp_path, AREA) as app:
        store = app.desk.store
        siti = register(store, ANSWERS, TRAINER).person
        page = opened(qtbot, app, siti)
        field = choose_village(qtbot, page)
        assert "Laptop ini tidak memegang Kab. Timor Tengah Selatan" in field.message_text()
        Keyboard(app.window).press(Qt.Key.Key_S, CONTROL)
        qtbot.waitUntil(lambda: store.get(Person, siti).village == ELSEWHERE)
        assert store.get(Person, siti).area == AREA
        qtbot.waitUntil(lambda: "Tinggal di Kab. Timor Tengah Selatan" in banners(page))


def test_a_laptop_that_holds_only_the_old_regency_says_where_the_person_went(qtbot: QtBot, app: Any) -> None:
    store = app.desk.store
    siti = register(store, ANSWERS, TRAINER).person
    correct_person(store, siti, {"village": ELSEWHERE}, TRAINER)
    store.set_areas((AREA,))
    page = opened(qtbot, app, siti)
    qtbot.waitUntil(lambda: "Pindah ke Kab. Timor Tengah Selatan" in banners(page))
    assert "Siti Aminah CONTOH" in words(card(page, "Pemilik usaha"))
    assert card(page, "Pemilik usaha").button.isHidden()


def test_whoever_holds_both_regencies_is_asked_and_moves_with_one_button(
    qtbot: QtBot, tmp_path: Path
) -> None:
    store = made_store(tmp_path, areas=(AREA,))
    siti = register(store, ANSWERS, TRAINER).person
    correct_person(store, siti, {"village": ELSEWHERE}, TRAINER)
    store.set_areas((AREA, OTHER))
    with made_desk(qtbot, store, SignedIn(SUPERVISOR, SUPERVISOR_NAME, "pengawas")) as desk:
        page = ReviewPage(desk)
        page.setParent(desk.host.widget())
        desk.host.widget().show()
        page.show()
        page.shown()
        qtbot.waitUntil(lambda: len(page.moves.items) == 1)
        assert "Siti Aminah CONTOH tinggal di Kab. Timor Tengah Selatan" in banners(page)
        (button,) = (b for b in page.moves.findChildren(Button) if b.isVisible())
        button.click()
        qtbot.waitUntil(lambda: store.get(Person, siti).area == OTHER)
        qtbot.waitUntil(lambda: page.moves.items == ())
    store.close()
