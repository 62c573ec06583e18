"""The shell: workers and bridge, news, faults, the frame with its keys."""

from __future__ import annotations

import gc
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.desktop.desks import AREA, TRAINER, made_desk, made_store, made_window
from trainer_app.desktop import painting, theme
from trainer_app.desktop.background import Background
from trainer_app.desktop.faults import Catcher
from trainer_app.desktop.news import News
from trainer_app.desktop.pages import PAGES
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.toast import current_toast
from trainer_app.desktop.sending_words import told
from trainer_app.desktop.session import UndoStack
from trainer_app.records.clock import DAY_MS
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Batch, Person
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem, Problem
from trainer_app.storage.sending_state import SendState, send_state
from trainer_app.words import _, speaking


class Heard:
    """Collects what the last catcher would get."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.faults: list[BaseException] = []


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def background(qtbot: QtBot, heard: Heard) -> Any:
    # widgets that earlier tests left behind must not be collected on a worker's thread
    gc.collect()
    gc.disable()
    made = Background(heard.problems.append, heard.faults.append)
    yield made
    made.close()
    gc.enable()


# ---------------------------------------------------------------- background
def test_five_hundred_answers_arrive_in_order(qtbot: QtBot, background: Background) -> None:
    got: list[int] = []
    for number in range(500):
        background.run(lambda n=number: n, got.append)
    qtbot.waitUntil(lambda: len(got) == 500)
    assert got == list(range(500))


def test_an_answer_never_comes_before_run_returned(qtbot: QtBot, background: Background) -> None:
    order: list[str] = []
    background.run(lambda: None, lambda _r: order.append("answer"))
    background.run(threading.Event().is_set, lambda _r: order.append("second"))
    order.append("returned")
    qtbot.waitUntil(lambda: len(order) == 3)
    assert order == ["returned", "answer", "second"]


def test_work_runs_off_the_screen_thread_one_after_another(qtbot: QtBot, background: Background) -> None:
    seen: list[tuple[str, int]] = []
    here = threading.get_ident()
    lock = threading.Lock()

    def work() -> int:
        assert lock.acquire(blocking=False), "two jobs of one lane at once"
        try:
            return threading.get_ident()
        finally:
            lock.release()

    for _n in range(50):
        background.run(work, lambda ident: seen.append(("store", ident)))
    background.run(threading.get_ident, lambda ident: seen.append(("network", ident)), lane="network")
    qtbot.waitUntil(lambda: len(seen) == 51)
    assert here not in {ident for _lane, ident in seen}
    assert len({ident for lane, ident in seen if lane == "store"}) == 1
    assert len({ident for _lane, ident in seen}) == 2


def test_a_slow_network_does_not_hold_up_a_save(qtbot: QtBot, background: Background) -> None:
    gate, got = threading.Event(), []
    background.run(gate.wait, lambda _r: got.append("network"), lane="network")
    background.run(lambda: "saved", got.append)
    qtbot.waitUntil(lambda: got == ["saved"])
    gate.set()
    qtbot.waitUntil(lambda: got == ["saved", "network"])


def test_nobody_is_called_back_when_the_owner_is_gone(
    qtbot: QtBot, background: Background, heard: Heard
) -> None:
    gate, got = threading.Event(), []
    owner = QObject()
    background.run(gate.wait, lambda _r: got.append("gone"), done=lambda: got.append("done"), owner=owner)
    background.run(lambda: _raise(Problem("x")), failed=lambda _p: got.append("failed"), owner=owner)
    background.run(lambda: 1, got.append)
    owner.deleteLater()
    qtbot.waitUntil(lambda: not _alive(owner))
    gate.set()
    qtbot.waitUntil(lambda: got == [1])
    assert not heard.problems


def _alive(thing: QObject) -> bool:
    from shiboken6 import isValid

    return bool(isValid(thing))


def _raise(fault: BaseException) -> None:
    raise fault


def test_a_cancelled_job_is_forgotten(qtbot: QtBot, background: Background) -> None:
    gate, got = threading.Event(), []
    background.run(gate.wait)
    job = background.run(lambda: got.append("ran"), lambda _r: got.append("told"))
    job.cancel()
    background.run(lambda: "last", got.append)
    gate.set()
    qtbot.waitUntil(lambda: "last" in got)
    assert got == ["last"]


def test_problems_and_faults_go_their_ways(qtbot: QtBot, background: Background, heard: Heard) -> None:
    order: list[str] = []
    background.run(
        lambda: _raise(InputProblem("isi")),
        failed=lambda p: order.append(p.message),
        done=lambda: order.append("done"),
    )
    background.run(lambda: _raise(Problem("kalimat")))
    background.run(
        lambda: _raise(ZeroDivisionError()),
        failed=lambda _p: order.append("never"),
        done=lambda: order.append("done 2"),
    )
    qtbot.waitUntil(lambda: bool(heard.faults))
    assert order == ["done", "isi", "done 2"]
    assert [p.message for p in heard.problems] == ["kalimat"]
    assert isinstance(heard.faults[0], ZeroDivisionError)


def test_what_was_asked_before_closing_is_done(qtbot: QtBot, heard: Heard) -> None:
    background, got = Background(heard.problems.append, heard.faults.append), []
    for number in range(20):
        background.run(lambda n=number: got.append(n), lambda _r: got.append("told"))
    background.close()
    assert got == list(range(20))
    QCoreApplication.processEvents()
    assert "told" not in got
    with pytest.raises(RuntimeError):
        background.run(lambda: None)


def test_widgets_are_never_thrown_away_on_a_worker(qtbot: QtBot, background: Background) -> None:
    class Knot(QObject):
        def __init__(self) -> None:
            super().__init__()
            self.me = self
            self.destroyed.connect(
                lambda: died_on.append(threading.get_ident()), Qt.ConnectionType.DirectConnection
            )

    died_on: list[int] = []
    for _n in range(1000):
        Knot()
    background.run(lambda: [[n] for n in range(200_000)])
    qtbot.waitUntil(lambda: len(died_on) == 1000)
    assert set(died_on) == {threading.get_ident()}


# ---------------------------------------------------------------- news
def test_many_commits_are_one_piece_of_news(qtbot: QtBot, tmp_path: Path) -> None:
    store, news = made_store(tmp_path), News()
    news.listen(store)
    told_kinds: list[frozenset[int]] = []
    news.changed.connect(told_kinds.append)
    for _n in range(5):
        store.save([Edit(Batch, new_id(), AREA, {"name": "CONTOH"})], TRAINER)
    threading.Thread(target=lambda: news.tell({Person.kind})).start()
    qtbot.waitUntil(lambda: bool(told_kinds))
    assert told_kinds == [frozenset({Batch.kind, Person.kind})]
    news.listen(None)
    assert not store.changed
    store.close()


# ---------------------------------------------------------------- faults
@pytest.fixture
def window(qtbot: QtBot) -> Any:
    """A window that outlives the sheets over it."""
    made = QWidget()
    made.show()
    yield made
    made.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_fault_is_logged_and_can_be_copied_without_names(window: QWidget, expect_log: Any) -> None:
    expect_log("a fault of the program")
    catcher = Catcher(lambda: window)
    catcher.caught(ValueError("nomor 081227334155"))
    sheet = window.findChild(Sheet)
    assert sheet is not None
    assert sheet.title.text() == "Ada yang tidak beres"
    sheet.close_with("copy")
    copied = QGuiApplication.clipboard().text()
    assert "ValueError" in copied
    assert "081227334155" not in copied


def test_a_problem_is_one_sentence(window: QWidget) -> None:
    catcher = Catcher(lambda: window)
    catcher.caught(Problem("Pesan untuk orang."))
    catcher.caught(Problem("Yang kedua menunggu giliran."))
    sheets = window.findChildren(Sheet)
    assert [sheet.text.text() for sheet in sheets] == ["Pesan untuk orang."]
    sheets[0].close_with("ok")


def test_the_paint_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "paint.log"
    painting.note_paint()
    monkeypatch.setenv(painting.VARIABLE, str(log))
    painting.note_paint()
    word, seconds = log.read_text().split()
    assert word == "painted"
    assert 0 < float(seconds) < 3600


# ---------------------------------------------------------------- undo
def test_undo_takes_the_newest_back_or_the_one_of_its_toast() -> None:
    stack, done = UndoStack(), []
    first, second = (lambda: done.append(1)), (lambda: done.append(2))
    stack.push("satu", first)
    stack.push("dua", second)
    assert stack.label == "dua"
    stack.run_only(first)
    stack.run_only(first)
    assert done == [1]
    assert stack.run() == "dua"
    assert stack.run() == ""
    assert done == [1, 2]


# ---------------------------------------------------------------- words about sending
def state(**counts: Any) -> SendState:
    base = {"total": 0, "pending": 0, "at_supervisor": 0, "received": 0, "rejected": 0, "review": 0}
    return SendState(**{**base, "oldest_pending_ms": None, "last_receipt_ms": None, **counts})


def test_the_sentence_of_truth(qtbot: QtBot, tmp_path: Path) -> None:
    store = made_store(tmp_path)
    with made_desk(qtbot, store) as desk:
        now = desk.now()
    now_ms = int(now.timestamp() * 1000)
    assert told(state(), now).line == "Belum ada catatan"
    waiting = told(state(pending=23, oldest_pending_ms=now_ms - DAY_MS), now)
    assert (waiting.title, waiting.line, waiting.badge, waiting.tone) == (
        "Aman di laptop ini", "23 menunggu dikirim", "23", "warn",
    )  # fmt: skip
    old = told(state(pending=2, oldest_pending_ms=now_ms - 4 * DAY_MS), now)
    assert old.line == "2 menunggu · 4 hari lalu"
    assert old.tone == "warn"
    assert told(state(pending=2, oldest_pending_ms=now_ms - 8 * DAY_MS), now).tone == "bad"
    assert told(state(rejected=1, pending=3), now).tone == "bad"
    received = state(received=9)
    assert "Semua" not in told(received, now).description  # nothing green without a receipt
    assert "Semua sudah diterima pusat" in told(state(received=9, last_receipt_ms=now_ms), now).description
    assert (
        told(state(received=9, at_supervisor=2, last_receipt_ms=now_ms), now).line == "2 di laptop pengawas"
    )
    store.close()


# ---------------------------------------------------------------- the frame
@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path) -> Any:
    with made_window(qtbot, tmp_path) as made:
        yield made


def press(app: Any, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(app.window.focusWidget() or app.window, key, modifier)


def test_every_destination_of_the_rail_opens(qtbot: QtBot, app: Any) -> None:
    in_rail = [entry for entry in PAGES if not entry.under]
    assert list(app.frame.rail.items) == [entry.key for entry in in_rail]
    for entry in in_rail:
        app.frame.rail.items[entry.key].click()
        assert app.frame.here[0] == entry.key
        assert app.frame.page.isVisible()
        assert app.frame.rail.items[entry.key].isChecked()


def test_keys_lead_everywhere_and_esc_leads_back(qtbot: QtBot, app: Any) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    places = [entry.key for entry in PAGES if not entry.under]
    press(app, Qt.Key(Qt.Key.Key_1 + places.index("send")), control)
    assert app.frame.here[0] == "send"
    press(app, Qt.Key.Key_F1)
    assert app.frame.here == ("help", {"page": "kirim"})
    press(app, Qt.Key.Key_N, control)
    assert app.frame.here[0] == "register"
    press(app, Qt.Key.Key_K, control)
    assert app.frame.here[0] == "participants"
    for expected in ("register", "help", "send", "today", "today"):
        app.frame.setFocus()
        press(app, Qt.Key.Key_Escape)
        assert app.frame.here[0] == expected


def test_f6_goes_round_the_zones(qtbot: QtBot, app: Any) -> None:
    app.go("help")
    app.window.activateWindow()
    qtbot.waitUntil(app.window.isActiveWindow)
    app.frame.rail.setFocus()
    zones = []
    for _n in range(2):
        press(app, Qt.Key.Key_F6)
        zones.append("rail" if app.frame.rail.isAncestorOf(app.window.focusWidget()) else "page")
    assert zones == ["page", "rail"]


def test_control_z_takes_the_last_deed_back(qtbot: QtBot, app: Any) -> None:
    done: list[str] = []
    app.desk.did("CONTOH tersimpan", lambda: done.append("undone"))
    toast = current_toast(app.window)
    assert toast is not None
    app.frame.setFocus()
    press(app, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert done == ["undone"]
    assert current_toast(app.window) is None
    press(app, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert done == ["undone"]


def test_the_button_of_a_toast_undoes_once(qtbot: QtBot, app: Any) -> None:
    done: list[str] = []
    app.desk.did("CONTOH tersimpan", lambda: done.append("undone"))
    toast = current_toast(app.window)
    assert toast is not None
    assert toast.action is not None
    toast.action.click()
    app.frame.undo()
    assert done == ["undone"]


def test_the_rail_says_what_the_store_says(qtbot: QtBot, app: Any) -> None:
    app.desk.store.save([Edit(Batch, new_id(), AREA, {"name": "CONTOH"})], TRAINER)
    waiting = send_state(app.desk.store).pending
    safe = app.frame.rail.safe
    qtbot.waitUntil(lambda: f"{waiting} menunggu dikirim" in safe.accessibleName())
    assert (
        app.frame.rail.items["send"].accessibleDescription()
        == f"Aman di laptop ini. {waiting} menunggu dikirim."
    )


def test_a_narrow_window_makes_the_rail_narrow(qtbot: QtBot, app: Any) -> None:
    assert app.frame.rail.width() > 100
    app.window.resize(1093, 700)
    qtbot.waitUntil(lambda: app.frame.rail.width() < 100)
    assert app.frame.page.compact
    app.go("help")
    assert app.frame.page.compact


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("size", theme.TEXT_SIZES)
def test_words_fit_into_the_narrow_rail(qapp: QApplication, language: str, size: int) -> None:
    with speaking(language):
        words = [_(entry.short or entry.word) for entry in PAGES if not entry.under]
    theme.apply(qapp, "siang", size)
    metrics = QFontMetrics(theme.font("caption", px=12.5, weight=600))
    assert [w for w in words if metrics.horizontalAdvance(w) > theme.px(76) - 2] == []
    theme.apply(qapp)


def test_another_look_keeps_the_place(qtbot: QtBot, app: Any) -> None:
    app.go("help", page="kirim")
    before = app.frame
    app.change_settings(look="malam", text_size=115)
    qtbot.waitUntil(lambda: app.frame is not None and app.frame is not before)
    assert app.frame.here == ("help", {"page": "kirim", "section": "manual", "draft": True})
    assert app.desk.theme.look == "malam"
    app.change_settings(language="en")
    qtbot.waitUntil(
        lambda: (
            app.frame is not None
            and app.frame.page is not None
            and app.frame.page.header.title.text() in ("Help", "Bantuan")
        )
    )


def test_the_sheet_of_keys_lists_them(qtbot: QtBot, app: Any) -> None:
    app.frame.show_keys()
    sheet = app.window.findChild(Sheet)
    assert sheet is not None
    assert sheet.isVisible()
    sheet.close_with("ok")
