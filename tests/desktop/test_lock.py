"""The lock: names, PIN, growing delay, who comes back to what."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.desktop.desks import (
    AREA,
    PIN,
    SUPERVISOR,
    SUPERVISOR_NAME,
    SUPERVISOR_PIN,
    TRAINER,
    TRAINER_NAME,
    made_window,
    sign_in,
)
from trainer_app import settings
from trainer_app.desktop.pages.lock import CLOCK_MS, LockPage
from trainer_app.desktop.pages.wizard import WizardView
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import CENTRE_AREA, Batch, Staff
from trainer_app.records.operation import Edit
from trainer_app.storage.keys import FREE_TRIES, KeyRing


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path) -> Any:
    with made_window(qtbot, tmp_path, signed_in=False) as made:
        yield made


def lock_of(app: Any) -> LockPage:
    gate = app.window.gate
    assert isinstance(gate, LockPage)
    return gate


def type_pin(qtbot: QtBot, app: Any, pin: str) -> None:
    """As with the keyboard, wherever the focus is on the lock."""
    lock = lock_of(app)
    for digit in pin:
        QTest.keyClicks(lock.pin, digit)


def test_a_right_pin_opens_the_first_page(qtbot: QtBot, app: Any) -> None:
    lock = lock_of(app)
    assert [button.user.name for button in lock.users] == [TRAINER_NAME]
    assert lock.pin_title.text() == f"PIN {TRAINER_NAME}"
    type_pin(qtbot, app, PIN)
    assert lock.message.text() == "Membuka data…"
    assert lock.pin.isReadOnly()
    qtbot.waitUntil(lambda: app.frame is not None)
    assert app.frame.here[0] == "today"
    assert app.desk.staff.name == TRAINER_NAME
    assert app.window.gate is None


def test_the_screen_lives_while_the_pin_is_tried(qtbot: QtBot, app: Any) -> None:
    ticks: list[int] = []
    from PySide6.QtCore import QTimer

    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start(5)
    type_pin(qtbot, app, PIN)
    qtbot.waitUntil(lambda: app.frame is not None)
    assert len(ticks) > 1


def test_a_wrong_pin_is_counted_down(qtbot: QtBot, app: Any) -> None:
    lock = lock_of(app)
    type_pin(qtbot, app, "918273")
    qtbot.waitUntil(lambda: "Sisa 4 kali" in lock.message.text())
    assert lock.pin.value() == ""
    assert not lock.pin.isReadOnly()
    assert app.frame is None


def test_after_too_many_wrong_pins_the_seconds_are_shown(qtbot: QtBot, tmp_path: Path) -> None:
    with made_window(qtbot, tmp_path, signed_in=False) as app:
        ring = KeyRing(tmp_path)
        for _n in range(FREE_TRIES):
            with pytest.raises(Exception, match="PIN"):
                ring.unlock(TRAINER, "918273")
        lock = lock_of(app)
        type_pin(qtbot, app, PIN)
        qtbot.waitUntil(lambda: "Coba lagi 30 detik lagi" in lock.message.text())
        assert lock.pin.isReadOnly()
        first = lock.message.text()
        qtbot.waitUntil(lambda: lock.message.text() != first)
        assert "29 detik" in lock.message.text()
        lock._count_down(29)
        assert not lock.pin.isReadOnly()
        assert "coba lagi" in lock.message.text().lower()


def test_short_pins_are_not_tried(qtbot: QtBot, app: Any) -> None:
    lock = lock_of(app)
    type_pin(qtbot, app, PIN[:3])
    lock.keypad.enter.click()
    assert lock.message.text() == "PIN terdiri dari 6 angka."
    assert app.work.ring.tries_left(TRAINER) == FREE_TRIES


def test_a_passphrase_opens_too(qtbot: QtBot, tmp_path: Path) -> None:
    phrase = "kuda laut membaca koran"
    with made_window(qtbot, tmp_path) as app:
        app.work.ring.add_user(app.work.key, SUPERVISOR, SUPERVISOR_NAME, "pengawas", phrase)
        app.lock()
        lock = lock_of(app)
        chosen = next(button for button in lock.users if button.user.staff_id == SUPERVISOR)
        chosen.click()
        lock.other_way.click()
        lock.phrase_editor.setText(phrase)
        lock.submit()
        qtbot.waitUntil(lambda: not app.locked)
        assert app.desk.staff.role == "pengawas"


def test_the_pin_goes_to_whom_the_frame_shows(qtbot: QtBot, tmp_path: Path) -> None:
    with made_window(qtbot, tmp_path) as app:
        app.work.ring.add_user(app.work.key, SUPERVISOR, SUPERVISOR_NAME, "pengawas", SUPERVISOR_PIN)
        app.lock()
        lock = lock_of(app)
        trainer, supervisor = lock.users
        assert lock.chosen is trainer.user  # who works here, though a supervisor has a PIN too
        supervisor.setFocus()
        QTest.keyClick(supervisor, Qt.Key.Key_Return)
        assert lock.chosen is supervisor.user
        trainer.setFocus()
        QTest.keyClicks(trainer, PIN[0])
        assert lock.chosen is trainer.user
        assert lock.pin.value() == PIN[0]
        assert lock.moment.text()
        lock.moment.setText("")
        for clock in lock.findChildren(QTimer):
            if clock.interval() == CLOCK_MS:
                clock.timeout.emit()
        assert lock.moment.text()  # a clock that stands still would lie


def test_locking_keeps_page_sheet_and_store(qtbot: QtBot, tmp_path: Path) -> None:
    with made_window(qtbot, tmp_path) as app:
        app.go("help", page="pin")
        frame, page = app.frame, app.frame.page
        sheet = app.desk.tell("CONTOH", "Masih terbuka.")
        QTest.keyClick(app.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        app.lock()
        lock = lock_of(app)
        assert not sheet.isVisible()
        assert not page.isVisible()
        assert lock.promise.text() == "Layar terkunci. Isian Anda tetap tersimpan."
        type_pin(qtbot, app, PIN)
        qtbot.waitUntil(lambda: not app.locked)
        assert app.frame is frame
        assert app.frame.page is page
        assert sheet.isVisible()
        sheet.close_with("ok")


def test_somebody_else_gets_pages_of_their_own(qtbot: QtBot, tmp_path: Path) -> None:
    with made_window(qtbot, tmp_path) as app:
        app.work.ring.add_user(app.work.key, SUPERVISOR, SUPERVISOR_NAME, "pengawas", SUPERVISOR_PIN)
        app.go("help")
        store, frame = app.desk.store, app.frame
        app.lock()
        sign_in(qtbot, app, SUPERVISOR, SUPERVISOR_PIN)
        assert app.frame is not frame
        assert app.frame.here[0] == "today"
        assert app.desk.store is store
        assert app.desk.staff.id == SUPERVISOR
        assert app.desk.undo.label == ""


def test_it_locks_by_itself(qtbot: QtBot, tmp_path: Path) -> None:
    with made_window(qtbot, tmp_path) as app:
        assert app._idle.isActive()
        assert app._idle.interval() == app.settings().lock_minutes * 60_000
        app._idle.setInterval(1)
        qtbot.waitUntil(lambda: app.locked)
        lock_of(app)
        assert not app._idle.isActive()


def test_input_puts_the_lock_off(qtbot: QtBot, tmp_path: Path) -> None:
    with made_window(qtbot, tmp_path) as app:
        app._idle.start(60_000)
        native = app.window.windowHandle()
        app._watch._watch(native)
        from PySide6.QtCore import QCoreApplication, QEvent
        from PySide6.QtGui import QKeyEvent

        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
        QCoreApplication.sendEvent(native, event)
        assert app._idle.interval() == app.settings().lock_minutes * 60_000


def test_who_left_is_not_let_in(qtbot: QtBot, tmp_path: Path) -> None:
    with made_window(qtbot, tmp_path) as app:
        app.desk.store.save([Edit(Staff, TRAINER, CENTRE_AREA, {"state": "berhenti"})], SUPERVISOR)
        app.lock()
        type_pin(qtbot, app, PIN)
        lock = lock_of(app)
        qtbot.waitUntil(lambda: "tidak aktif" in lock.message.text())
        assert app.locked


def test_language_and_look_can_be_changed_on_the_lock(qtbot: QtBot, app: Any) -> None:
    lock_of(app).look.click()
    qtbot.waitUntil(lambda: app.settings().look == "terik" and "Terik" in lock_of(app).look.text())
    lock_of(app).language.click()
    qtbot.waitUntil(lambda: app.settings().language == "en" and "English" in lock_of(app).language.text())
    assert settings.load(app.folder) == dataclasses.replace(app.settings())


def test_a_forgotten_pin_is_explained(qtbot: QtBot, app: Any) -> None:
    lock_of(app).forgot.click()
    sheet = app.window.findChild(Sheet)
    assert sheet is not None
    assert "Minta pengawas" in sheet.text.text()
    sheet.close_with("ok")


def test_a_new_laptop_begins_with_the_wizard_and_an_interrupted_one_offers_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    from trainer_app.desktop.app import App

    for known, kind in ((False, WizardView), (True, LockPage)):
        folder = tmp_path / str(known)
        folder.mkdir()
        if known:
            settings.save(settings.Settings(), folder)
        app = App(folder)
        app.start()
        assert isinstance(app.window.gate, kind)
        if known:
            assert app.window.gate.enrol is not None
            app.window.gate.enrol.click()
            assert isinstance(app.window.gate, WizardView)
            assert app.window.gate.step.question == "Daftarkan laptop"
        app.put_away()


def test_a_damaged_key_file_is_told_and_offers_no_way_to_lose_data(qtbot: QtBot, tmp_path: Path) -> None:
    with made_window(qtbot, tmp_path) as app:
        app.desk.store.save([Edit(Batch, new_id(), AREA, {"name": "CONTOH"})], TRAINER)
    for path in tmp_path.glob("keyring*"):
        path.write_text("{")
    with made_window(qtbot, tmp_path, signed_in=False) as app:
        lock = lock_of(app)
        assert lock.enrol is None
        assert lock.chosen is None


def test_the_data_is_free_for_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    with made_window(qtbot, tmp_path) as app:
        app.desk.store.save([Edit(Batch, new_id(), AREA, {"name": "CONTOH"})], TRAINER)
        app.window.close()
        assert app.work.store is None
    from trainer_app.storage.opening import open_store

    store = open_store(tmp_path, bytes(range(32)))
    assert store.count(Batch) == 1
    store.close()
