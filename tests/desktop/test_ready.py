"""What is looked at before leaving: each line is true, says what to do, and can be looked at again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.desktop.classroom import Room, classroom
from tests.desktop.desks import BEGIN, DEK, TRAINER, made_store
from trainer_app.desktop.pages.ready_checks import BAD, GOOD, LOOK, Check, battery, checks
from trainer_app.desktop.pages.ready_sheet import verdict
from trainer_app.desktop.power import Power, power
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import CENTRE_AREA, Module, Person
from trainer_app.records.operation import Edit
from trainer_app.storage.backup import backup_now
from trainer_app.storage.rehearsal import rehearse
from trainer_app.storage.store import Store

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CHECKED = 9


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    with classroom(qtbot, tmp_path) as made:
        made.go("today")
        yield made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = made_store(tmp_path)
    yield made
    made.close()


def found(store: Store, folder: Path, title: str) -> Check:
    return next(check for check in checks(store, folder, BEGIN) if check.title == title)


def test_from_today_by_key_to_every_line_and_again(room: Room) -> None:
    room.page.ready.setFocus()
    room.keys.enter()
    room.settle()
    sheet = room.sheet()
    assert len(sheet.found) == CHECKED
    assert all(check.title and check.line for check in sheet.found)
    assert sheet.verdict.text() == verdict(sheet.found)
    modules = next(check for check in sheet.found if check.title == "Modul dan formulir tes")
    assert modules.state == LOOK
    room.store.save([Edit(Module, new_id(), CENTRE_AREA, {"code": "M01", "title_id": "Foto"})], TRAINER)
    sheet.again.setFocus()
    room.keys.enter()
    room.settle()
    modules = next(check for check in sheet.found if check.title == "Modul dan formulir tes")
    assert modules.state == GOOD
    assert modules.line.startswith("1 modul · tes: ")


def test_a_card_tries_the_scanner(room: Room) -> None:
    room.page.ready.click()
    sheet = room.sheet()
    sheet.scan.setFocus()
    room.keys.type("CONTOH-0042")
    room.keys.press(Qt.Key.Key_Return)
    assert sheet.isVisible(), "a scanner's Enter closes nothing"
    assert sheet.scan_field.message_text() == "Terbaca 11 huruf: CONTOH-0042"
    assert sheet.scan.text() == ""


def test_a_copy_gets_old(store: Store, tmp_path: Path) -> None:
    assert found(store, tmp_path, "Cadangan").state == LOOK
    made = backup_now(tmp_path, store.db, DEK)
    for days, state in ((2, GOOD), (4, LOOK)):
        at = made.at + timedelta(days=days)
        check = next(c for c in checks(store, tmp_path, at) if c.title == "Cadangan")
        assert check.state == state, check.line


@pytest.mark.parametrize(
    ("off_ms", "state"), [(1000, GOOD), (4 * 60_000, GOOD), (-9 * 60_000, LOOK), (9 * 60_000, LOOK)]
)
def test_the_clock_is_held_against_the_centre(store: Store, tmp_path: Path, off_ms: int, state: str) -> None:
    store.clock.offset_ms = off_ms
    store.clock.last = 0
    assert found(store, tmp_path, "Jam laptop").state == state


def test_a_rehearsal_leaves_nothing_behind(store: Store, tmp_path: Path) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())
    seconds = rehearse(tmp_path, 5301)
    assert seconds is not None
    assert seconds > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert store.count(Person) == 0


def test_a_disk_that_refuses_is_not_ready(store: Store, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="gone"):
        rehearse(tmp_path / "gone", 5301)


@pytest.mark.parametrize(
    ("status", "capacity", "seen"),
    [
        ("Discharging", "57", Power(57, False)),
        ("Full", "100", Power(100, True)),
        ("Unknown", "40", Power(40, None)),
        ("Charging", "", None),
    ],
)
def test_the_battery_as_the_system_tells_it(
    tmp_path: Path, status: str, capacity: str, seen: Power | None
) -> None:
    for name, kind, scope in (("AC", "Mains", ""), ("BAT0", "Battery", ""), ("A-mouse", "Battery", "Device")):
        place = tmp_path / name
        place.mkdir()
        for file, words in (("type", kind), ("scope", scope), ("status", status), ("capacity", capacity)):
            (place / file).write_text(f"{words}\n")
    assert power(tmp_path) == seen
    assert power(tmp_path / "nowhere") is None


@pytest.mark.parametrize(
    ("seen", "state"),
    [(None, LOOK), (Power(95, False), GOOD), (Power(50, True), LOOK), (Power(12, False), BAD)],
)
def test_an_unknown_battery_is_said_as_unknown(seen: Power | None, state: str) -> None:
    check = battery(seen)
    assert check.state == state
    assert ("Tidak diketahui" in check.line) == (seen is None)


def test_the_verdict_names_the_worst() -> None:
    good, look, bad = (Check("a", state, "b") for state in (GOOD, LOOK, BAD))
    assert verdict([good, good]) == "Semua siap. Selamat jalan!"
    assert verdict([good, look]) == "1 hal perlu dilihat"
    assert verdict([look, bad, bad]) == "2 hal belum siap"
