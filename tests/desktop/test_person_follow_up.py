"""On the page of a person: steps, channels with dates, and what happened in one timeline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.desktop.classroom import Room
from tests.desktop.followed import season
from trainer_app.desktop.pages.person_follow_up import ChannelSheet
from trainer_app.desktop.pages.visit import VisitPage
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.rows import ActionRow
from trainer_app.records.kinds import ChannelUse

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path) -> Iterator[Room]:
    with season(qtbot, tmp_path) as made:
        yield made


def rows(page: QWidget) -> list[str]:
    return [row.title.text() for row in page.findChildren(ActionRow) if row.isVisible()]


def button(page: QWidget, words: str) -> Any:
    found = [one for one in page.findChildren(Button) if one.isVisible() and one.text() == words]
    assert found, words
    return found[0]


def test_steps_and_contacts_stand_in_the_timeline(room: Room) -> None:
    page = room.go("person", id=room.people["Citra CONTOH"])
    told = rows(page)
    assert "T3 Go digital (terhubung)" in told
    assert "Tercapai: T3 Go digital (terhubung)" in told
    assert "Telepon · Stok kosong" in told
    button(page, "Catat kunjungan").click()
    room.settle()
    assert isinstance(room.page, VisitPage)
    assert room.page.header.title.text() == "Citra CONTOH"
    room.keys.press(Qt.Key.Key_Escape)
    assert room.app.frame.here[0] == "person"


def test_sells_by_gofood_since_march_and_stopped_in_june(room: Room) -> None:
    page = room.go("person", id=room.people["Agus CONTOH"])
    button(page, "Tambah saluran").click()
    sheet: ChannelSheet = room.sheet()
    sheet.channel.set_value("gofood")
    sheet.since.setFocus()
    room.keys.type("10032026")
    sheet.until.setFocus()
    room.keys.type("01012026")
    room.keys.press(Qt.Key.Key_Return, CTRL)
    assert "sebelum tanggal mulai" in sheet.fields["until"].message_text()
    sheet.until.selectAll()
    room.keys.type("12062026")
    room.keys.press(Qt.Key.Key_Return, CTRL)
    room.settle()
    (use,) = room.store.find(ChannelUse)
    assert (use.channel, use.since, use.until) == ("gofood", "2026-03-10", "2026-06-12")
    assert "GoFood · sejak 10 Mar 2026 · berhenti 12 Jun 2026" in rows(room.page)
    room.keys.press(Qt.Key.Key_Z, CTRL)
    room.settle()
    assert room.store.find(ChannelUse) == []


def test_a_sign_up_is_kept_in_ticks(room: Room) -> None:
    page = room.go("person", id=room.people["Agus CONTOH"])
    button(page, "Tambah saluran").click()
    sheet: ChannelSheet = room.sheet()
    room.keys.press(Qt.Key.Key_Return, CTRL)
    assert "Pilih salurannya" in sheet.fields["channel"].message_text()
    sheet.channel.set_value("gofood")
    sheet.sign_up.set_value("dikirim")
    sheet.ready.setFocus()
    room.press(Qt.Key.Key_1, Qt.Key.Key_5)
    room.keys.press(Qt.Key.Key_Return, CTRL)
    room.settle()
    (use,) = room.store.find(ChannelUse)
    assert (use.sign_up, use.ready, use.since) == ("dikirim", "ktp,menu", None)
    assert "GoFood · dikirim" in rows(room.page)
    change = next(b for b in room.page.findChildren(Button) if b.accessibleName() == "Ubah GoFood")
    change.click()
    again: ChannelSheet = room.sheet()
    assert again.ready.value() == ("ktp", "menu")
    again.sign_up.set_value("aktif")
    again.since.set_value("2026-11-01")
    room.keys.press(Qt.Key.Key_Return, CTRL)
    room.settle()
    assert "GoFood · sejak 1 Nov 2026" in rows(room.page)
    room.keys.press(Qt.Key.Key_Z, CTRL)
    room.settle()
    assert room.store.find(ChannelUse)[0].sign_up == "dikirim"
