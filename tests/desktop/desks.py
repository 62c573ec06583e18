"""Real parts for tests of pages: an encrypted store in a folder, a desk on it, the whole window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from trainer_app.actions.staff import Member
from trainer_app.desktop import theme
from trainer_app.desktop.app import App
from trainer_app.desktop.background import Background
from trainer_app.desktop.hosting import StartHub
from trainer_app.desktop.news import News
from trainer_app.desktop.session import Desk, SignedIn
from trainer_app.desktop.workspace import Opened, Workspace
from trainer_app.records.clock import wall_ms
from trainer_app.records.ids import NO_ID, RecordId, named_id
from trainer_app.records.kinds import CENTRE_AREA, Staff
from trainer_app.records.operation import Edit
from trainer_app.records.problem import Problem
from trainer_app.settings import Settings, save
from trainer_app.storage.keys import KeyRing, hash_personal_code
from trainer_app.storage.opening import create_store
from trainer_app.storage.ringfile import Cost
from trainer_app.storage.store import Store

AREA = 5301
TRAINER: RecordId = named_id(NO_ID, "CONTOH Siti Rahma")
SUPERVISOR: RecordId = named_id(NO_ID, "CONTOH Hendra Wijaya")
TRAINER_NAME, SUPERVISOR_NAME = "CONTOH Siti Rahma", "CONTOH Hendra Wijaya"
PIN, SUPERVISOR_PIN = "481609", "730284"
SUPERVISOR_CODE = "KMB7RTQ9"
DEK = bytes(range(32))
#: A guesser's work is not what these tests are about.
CHEAP = Cost(memory_kib=1024, rounds=1)
#: When these laptops believe to live: a Wednesday, 17.00 in Makassar, the same day from Alaska to Kiritimati.
#: Not the day of the machine, so that nothing depends on the hour, the weekday or midnight passing.
BEGIN = datetime(2026, 11, 4, 9, tzinfo=UTC)


def made_store(folder: Path, *, areas: tuple[int, ...] = (AREA,)) -> Store:
    """A laptop's store in ``folder``, with two people of the staff, everything else empty. Its time begins
    at ``BEGIN``.
    """
    store = create_store(folder, DEK)
    store.clock.offset_ms = round(BEGIN.timestamp() * 1000) - wall_ms()
    store.set_meta("clock_offset", b"%d" % store.clock.offset_ms)  # as if the centre had told it
    store.found(named_id(NO_ID, "laptop"), bytes(32), "Laptop CONTOH", areas)
    people = ((TRAINER, TRAINER_NAME, "pelatih"), (SUPERVISOR, SUPERVISOR_NAME, "pengawas"))
    code = hash_personal_code(SUPERVISOR_CODE)
    store.save(
        [
            Edit(
                Staff,
                row,
                CENTRE_AREA,
                {"full_name": name, "role": role, "state": "aktif", "code_hash": code},
            )
            for row, name, role in people
        ],
        TRAINER,
    )
    return store


def made_ring(folder: Path) -> KeyRing:
    """The keys of that store, the trainer as its first user."""
    ring = KeyRing(folder, cost=CHEAP)
    ring.create(TRAINER, TRAINER_NAME, "pelatih", PIN, keystore=False, dek=DEK)
    return ring


class RecordingHost:
    """Stands where the window would: notes where pages wanted to go and what they said."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._settings = Settings()
        self.went: list[tuple[str, dict[str, Any]]] = []
        self.toasts: list[str] = []
        self.actions: list[Callable[[], object] | None] = []

    def widget(self) -> QWidget:
        return self._widget

    def go(self, key: str, **args: Any) -> None:
        self.went.append((key, args))

    def back(self) -> None:
        self.went.append(("back", {}))

    def toast(self, text: str, action: str, on_action: Callable[[], object] | None, icon: str) -> None:
        self.toasts.append(text)
        self.actions.append(on_action)

    def busy(self, text: str) -> QWidget:
        return QWidget(self._widget)

    def settings(self) -> Settings:
        return self._settings

    def change_settings(self, **changes: Any) -> None:
        self.went.append(("settings", changes))

    def lock(self) -> None:
        self.went.append(("lock", {}))

    def show_keys(self) -> None:
        self.went.append(("keys", {}))


def _put_away(window: QWidget) -> None:
    """Deletes a window and all that is over it now: a sheet must not outlive its window."""
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _raise(fault: BaseException) -> None:
    raise fault


@contextmanager
def made_desk(
    qtbot: QtBot, store: Store, staff: SignedIn | None = None, *, dressed: bool = True
) -> Iterator[Desk]:
    """A desk with a window of its own; ``desk.host`` is a ``RecordingHost``. Add pages to
    ``desk.host.widget()``.
    """
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    if dressed:
        theme.apply(app)
    window = QWidget()
    window.resize(1154, 700)
    problems: list[Problem] = []
    background = Background(problems.append, _raise)
    news = News()
    news.listen(store)
    folder = store.db.path.parent if store.db.path else Path()
    work = Workspace(folder)
    work.adopt(store, DEK)
    person = staff or SignedIn(TRAINER, TRAINER_NAME, "pelatih")
    from trainer_app.desktop.sending import Sending

    host = RecordingHost(window)
    sending = Sending(store, background, news)
    desk = Desk(
        store=store, staff=person, work=work, background=background, news=news, host=host, sending=sending
    )
    desk.problems = problems  # type: ignore[attr-defined]  # for tests to look at
    try:
        yield desk
    finally:
        sending.stop()
        news.close()
        background.close()
        _put_away(window)


@contextmanager
def made_window(
    qtbot: QtBot, folder: Path, *, signed_in: bool = True, start_hub: StartHub | None = None
) -> Iterator[App]:
    """The whole program on a fresh data folder, shown, the trainer signed in; ``app.desk``, ``app.frame``."""
    if not (folder / "trainer.db").exists():
        made_store(folder).close()
        made_ring(folder)
        save(Settings(), folder)
    app = App(folder, start_hub=start_hub)
    try:
        app.start()
        app.window.showNormal()
        app.window.resize(1366, 700)
        qtbot.waitExposed(app.window)
        if signed_in:
            sign_in(qtbot, app)
        yield app
    finally:
        app.put_away()


def sign_in(qtbot: QtBot, app: App, staff: RecordId = TRAINER, pin: str = PIN) -> None:
    """Signs somebody in as the lock does."""
    done: list[Opened] = []

    def opened(result: Opened) -> None:
        app.signed_in(result)
        done.append(result)

    app.background.run(lambda: app.work.open(staff, pin), opened)
    qtbot.waitUntil(lambda: bool(done))


def member(staff: RecordId = TRAINER, name: str = TRAINER_NAME, role: str = "pelatih") -> Member:
    return Member(staff, name, role)
