"""The list of participants in the whole window, with a real store."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.desktop.desks import AREA, TRAINER
from trainer_app.actions.people import delete_person, withdraw_consent
from trainer_app.actions.registration import Registration, register
from trainer_app.desktop.pages.participants_words import status_chip
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Batch
from trainer_app.records.operation import Edit
from trainer_app.storage.people_queries import INCOMPLETE, PersonRow
from trainer_app.storage.store import Store

KEY = Qt.Key
VILLAGE = "53.01.08.2006"
NAMES = ("Ana Lestari", "Budi Prasetyo", "Citra Wenda", "Dewi Lestari")


def add(store: Store, name: str, **person: Any) -> bytes:
    answers = Registration(
        person={"full_name": f"{name} CONTOH", "sex": "P", "village": VILLAGE, **person},
        enterprise={"name": f"Keripik {name}", "business_group": "olahan_pangan"},
        consent={"purposes": "program", "manner": "tanda_tangan"},
    )
    return register(store, answers, TRAINER).person


def at_list(qtbot: QtBot, app: Any, people: int, **args: Any) -> Any:
    app.go("participants", **args)
    app.window.activateWindow()
    qtbot.waitUntil(app.window.isActiveWindow)
    page = app.frame.page
    qtbot.waitUntil(lambda: len(page._order) == people and page._everybody is not None)
    page.box.setFocus()
    return page


def shown(page: Any) -> list[str]:
    return [page._model.row_at(n).name.removesuffix(" CONTOH") for n in range(page._model.rowCount())]


@pytest.fixture
def page(qtbot: QtBot, app: Any) -> Any:
    for name in NAMES:
        add(app.desk.store, name)
    return at_list(qtbot, app, len(NAMES))


def test_everybody_is_listed_the_newest_first(qtbot: QtBot, page: Any) -> None:
    assert shown(page) == list(reversed(NAMES))
    assert page.header.subtitle.text() == "4 orang di laptop ini · ketik untuk langsung mencari"
    qtbot.waitUntil(lambda: page.where.text() == "1–4 dari 4")
    page.sort.click()
    qtbot.waitUntil(lambda: shown(page) == sorted(NAMES))


def test_each_key_searches_and_enter_opens(qtbot: QtBot, app: Any, page: Any) -> None:
    QTest.keyClicks(page.box, "les")
    assert set(shown(page)) == {"Ana Lestari", "Dewi Lestari"}
    QTest.keyClicks(page.box, "tari a")
    assert shown(page) == ["Ana Lestari"]
    found = page._order.keys(0, 1)[0][1]
    QTest.keyClick(page.box, KEY.Key_Return)
    assert app.frame.here == ("person", {"id": found})


def test_down_goes_to_the_rows_and_letters_go_back_to_the_search(qtbot: QtBot, app: Any, page: Any) -> None:
    QTest.keyClick(page.box, KEY.Key_Down)
    assert QApplication.focusWidget() is page.table
    QTest.keyClick(page.table, KEY.Key_Down)
    assert page.table.current_row().name == "Citra Wenda CONTOH"
    QTest.keyClick(page.table, KEY.Key_B)
    assert QApplication.focusWidget() is page.box
    assert page.box.text() == "b"
    assert shown(page) == ["Budi Prasetyo"]
    QTest.keyClick(page.box, KEY.Key_Down)
    QTest.keyClick(page.table, KEY.Key_Up)
    assert QApplication.focusWidget() is page.box


def test_enter_on_a_row_opens_it(qtbot: QtBot, app: Any, page: Any) -> None:
    QTest.keyClick(page.box, KEY.Key_Down)
    QTest.keyClick(page.table, KEY.Key_Down)
    chosen = page.table.current_row().id
    QTest.keyClick(page.table, KEY.Key_Return)
    assert app.frame.here == ("person", {"id": chosen})


def test_esc_empties_the_search_first(qtbot: QtBot, app: Any, page: Any) -> None:
    QTest.keyClicks(page.box, "ana")
    QTest.keyClick(page.box, KEY.Key_Down)
    QTest.keyClick(page.table, KEY.Key_Escape)
    assert app.frame.here[0] == "participants"
    assert page.box.text() == ""
    qtbot.waitUntil(lambda: len(shown(page)) == 4)


def test_only_filters_that_hold_somebody_are_offered(qtbot: QtBot, app: Any, page: Any) -> None:
    words = [button.text() for button in page.filters.buttons]
    assert words == ["Semua 4", "Perlu dilengkapi 4", "Belum dikirim 4", "Tanpa angkatan 4"]
    store = app.desk.store
    with store.db.writing() as c:  # as if a receipt covered all of it
        c.run("UPDATE feed SET centre_seq = last_seq")
    page.refresh(set())
    qtbot.waitUntil(lambda: len(page.filters.buttons) == 3)
    assert "Belum dikirim" not in " ".join(button.text() for button in page.filters.buttons)
    page.filters.buttons[1].click()
    qtbot.waitUntil(lambda: len(shown(page)) == 4)
    assert page.filters.value() == INCOMPLETE


def test_one_can_come_with_a_filter_or_a_search(qtbot: QtBot, app: Any) -> None:
    ana = add(app.desk.store, "Ana")
    batch = new_id()
    app.desk.store.save([Edit(Batch, batch, AREA, {"name": "Angkatan 1 CONTOH"})], TRAINER)
    page = at_list(qtbot, app, 1, filter="incomplete")
    assert page.filters.value() == INCOMPLETE
    assert page._order.keys(0, 1) == [(AREA, ana)]
    app.go("participants", search="zzz", filter="all")
    qtbot.waitUntil(lambda: len(page._order) == 0)
    assert "zzz" in page.empty.words.text()
    assert page.empty.isVisible()


def test_an_empty_laptop_offers_the_first_registration(qtbot: QtBot, app: Any) -> None:
    page = at_list(qtbot, app, 0)
    assert page.empty.words.text() == "Belum ada peserta."
    assert not page.table.isVisible()
    page.empty.button.click()
    assert app.frame.here[0] == "register"


def test_the_list_follows_what_is_saved_and_keeps_the_chosen_row(qtbot: QtBot, app: Any, page: Any) -> None:
    store = app.desk.store
    page.table.select_row(2)
    chosen = page.table.current_row().name
    assert chosen == "Budi Prasetyo CONTOH"
    add(store, "Eka")
    qtbot.waitUntil(lambda: len(shown(page)) == 5)
    assert page.table.current_row().name == chosen
    dewi = page._order.keys(1, 1)[0][1]
    withdraw_consent(store, dewi, TRAINER)
    qtbot.waitUntil(lambda: "Dewi Lestari" not in shown(page))
    delete_person(store, page._order.keys(0, 1)[0][1], TRAINER, "ganda")
    qtbot.waitUntil(lambda: len(shown(page)) == 3)


def test_a_nik_is_found_and_never_shown_whole(qtbot: QtBot, app: Any) -> None:
    add(app.desk.store, "Ana", nik="5301085508909001")
    page = at_list(qtbot, app, 1)
    QTest.keyClicks(page.box, "5301 0855")
    assert shown(page) == ["Ana"]
    cells = [
        str(page._model.index(0, column).data(Qt.ItemDataRole.AccessibleTextRole))
        for column in range(page._model.columnCount())
    ]
    assert not any("5301085508909001" in cell.replace(" ", "") for cell in cells)
    assert page._model.row_at(0).nik == "5301 •••• •••• 9001"


@pytest.mark.parametrize(
    ("steps", "incomplete", "attended", "word"),
    [
        ({"T3", "T4"}, True, 0, "Sudah digital"),
        ({"T4"}, True, 0, "QRIS aktif"),
        ({"T1"}, True, 3, "Perlu dilengkapi"),
        (set(), False, 3, "Ikut pelatihan"),
        (set(), False, 0, "Baru daftar"),
    ],
)
def test_the_state_is_the_furthest_step(steps: set[str], incomplete: bool, attended: int, word: str) -> None:
    row = PersonRow(bytes(16), 1, "", "", "", "", "", attended, 6, frozenset(steps), incomplete, True)
    assert status_chip(row)[0] == word
