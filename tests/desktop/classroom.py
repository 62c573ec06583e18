"""A class to be marked: a batch, its people (CONTOH) and a session of today, in the whole window."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.desktop.desks import AREA, BEGIN, DEK, TRAINER, made_ring, made_store, made_window
from tests.desktop.registering import Keyboard
from trainer_app.actions.sessions import SessionPlan, create_batch, enrol_all, plan_session
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.records.ids import NO_ID, RecordId, named_id, new_id
from trainer_app.records.kinds import Attendance, Batch, Person, Session, derived_id
from trainer_app.records.operation import Edit
from trainer_app.records.segment import open_segment
from trainer_app.settings import Settings, save
from trainer_app.storage.applying import apply_segment
from trainer_app.storage.feeds import feed_segments, seal
from trainer_app.storage.opening import create_store
from trainer_app.storage.store import Store

VILLAGE = "53.01.08.2006"
ZONE = ZoneInfo("Asia/Makassar")
FEW = ("Agus", "Budi", "Dewi", "Endang", "Lilis", "Siti Aminah", "Siti Nahak", "Yatinem")


def people(store: Store, names: Sequence[str]) -> dict[str, RecordId]:
    """Registered people by name."""
    ids = {name: new_id() for name in names}
    values = {"sex": "P", "village": VILLAGE}
    store.save([Edit(Person, row, AREA, {"full_name": name, **values}) for name, row in ids.items()], TRAINER)
    return ids


def today_at(hour: int, days: int = 0) -> datetime:
    """An hour of today (or `days` later) at the venue; today is the day of `BEGIN`."""
    return BEGIN.astimezone(ZONE).replace(hour=hour) + timedelta(days=days)


def planned(store: Store, batch: RecordId, topic: str, starts: datetime) -> Session:
    """A session of two hours."""
    plan = SessionPlan(batch, topic, starts, starts + timedelta(hours=2), "Balai Desa", VILLAGE)
    return plan_session(store, plan, TRAINER)


@dataclass
class Room:
    """The window, the keyboard, and what is in the store."""

    qtbot: QtBot
    app: Any
    keys: Keyboard
    batch: Batch
    session: Session
    people: dict[str, RecordId]
    folder: Path
    _asked: int = 0  # jobs of the store, as far as this room knows
    _told: int = 0  # news

    def __post_init__(self) -> None:
        run = self.app.background.run
        asked = inspect.signature(run)

        def counted(*args: Any, **more: Any) -> Any:
            self._asked += asked.bind(*args, **more).arguments.get("lane", "store") == "store"
            return run(*args, **more)

        def told() -> None:
            self._told += 1

        self.app.background.run = counted
        self.app.news.sending.connect(told)

    @property
    def store(self) -> Store:
        return self.app.desk.store  # type: ignore[no-any-return]  # the app is built without types here

    @property
    def page(self) -> Any:
        return self.app.frame.page

    def go(self, key: str, **args: Any) -> Any:
        """To a page, with the keyboard in it."""
        self.app.window.activateWindow()
        self.qtbot.waitUntil(self.app.window.isActiveWindow)
        self.app.go(key, **args)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Until what was asked of the store is done, its news are told, and nothing more came of them."""
        before = None
        while before != (self._asked, self._told):
            before = (self._asked + 1, self._told)  # the job below is ours
            done: list[bool] = []
            self.app.background.run(lambda: None, lambda _none, d=done: d.append(True))
            self.qtbot.waitUntil(lambda d=done: bool(d))
            self.qtbot.waitUntil(lambda: not self.app.news._timer.isActive())

    def sheet(self) -> Any:
        """The sheet in front."""
        return next(
            (w for w in QApplication.topLevelWidgets() if isinstance(w, Sheet) and w.isVisible()), None
        )

    def status(self, name: str) -> str | None:
        """What the store says of somebody in the session."""
        held = self.mark(name)
        return held.status if held is not None and held.deleted_at is None else None

    def mark(self, name: str) -> Attendance | None:
        return self.store.get(Attendance, derived_id(Attendance, self.session.id, self.people[name]))

    def tile(self, name: str) -> str:
        """What the screen says."""
        return str(self.page.grid.mark(self.people[name].hex()).state)

    def in_focus(self) -> str:
        """The name of the control with the keyboard."""
        QApplication.processEvents()
        widget = QApplication.focusWidget() or (self.sheet() or self.app.window).focusWidget()
        return widget.accessibleName() if widget is not None else ""

    def press(self, *keys: Qt.Key) -> None:
        """As fast as it goes: nothing is waited for between keys."""
        for key in keys:
            QTest.keyClick(QApplication.focusWidget(), key)

    def held_now(self) -> Session:
        """The session as it is in the store."""
        held = self.store.get(Session, self.session.id)
        assert held is not None
        return held


@contextmanager
def classroom(qtbot: QtBot, folder: Path, names: Sequence[str] = FEW) -> Iterator[Room]:
    """The trainer is signed in; nothing is marked yet. Nobody is in another batch."""
    store = made_store(folder)
    batch = create_batch(store, TRAINER, name="Angkatan 4", village=VILLAGE, venue="Balai Desa")
    ids = people(store, names)
    enrol_all(store, batch.id, list(ids.values()), TRAINER)
    session = planned(store, batch.id, "Foto produk", today_at(9))
    store.close()
    made_ring(folder)
    save(Settings(), folder)
    with made_window(qtbot, folder) as app:
        room = Room(qtbot, app, Keyboard(app.window), batch, session, ids, folder)
        room.settle()  # the tables of places are being read
        yield room


class OtherLaptop:
    """A second laptop of the same area, with a trainer of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._key = Ed25519PrivateKey.generate()
        self.store = create_store(folder, DEK)
        self.store.found(
            named_id(NO_ID, "laptop dua"), self._key.private_bytes_raw(), "Laptop dua CONTOH", (AREA,)
        )

    def marks(self, session: Session, person: RecordId, status: str, by: RecordId) -> None:
        values = {"session": session.id, "person": person, "status": status, "marked_by": by}
        row = derived_id(Attendance, session.id, person)
        self.store.save([Edit(Attendance, row, session.area, values)], by)

    def sends_to(self, target: Store) -> None:
        """As an exchange does, on the thread of the caller."""
        seal(self.store, self._key.sign)
        key = self._key.public_key().public_bytes_raw()
        for segment in feed_segments(self.store, AREA, self.store.replica):
            apply_segment(target, open_segment(segment.body, key), segment.body, public_key=key)
