"""Builds everything once and hands it down: the only place that knows everyone.

First the window with the lock, at once; what takes long to load (the store, cryptography) is fetched by the
workers while somebody reads the names.
"""

from __future__ import annotations

import dataclasses
import importlib
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QWidget

from trainer_app import settings as settings_file
from trainer_app.desktop import ask, painting, theme
from trainer_app.desktop.background import Background
from trainer_app.desktop.faults import Catcher
from trainer_app.desktop.housekeeping import Housekeeper
from trainer_app.desktop.later import later, restarting
from trainer_app.desktop.news import News
from trainer_app.desktop.one_application import set_locale, the_application
from trainer_app.desktop.pages.lock import LockPage
from trainer_app.desktop.parts.toast import show_toast
from trainer_app.desktop.session import Busy, Desk, SignedIn
from trainer_app.desktop.trial import StartTrial, Trial, wipe_trial
from trainer_app.desktop.window import BusyLine, InputWatch, Window
from trainer_app.desktop.workspace import Opened, Workspace, is_sample
from trainer_app.log import setup_logging
from trainer_app.records.problem import Problem, StoreProblem
from trainer_app.settings import Settings
from trainer_app.storage.keys import PinProblem
from trainer_app.words import _, use_language

if TYPE_CHECKING:
    from trainer_app.actions.staff import Member
    from trainer_app.desktop.frame import Frame, Place
    from trainer_app.desktop.hosting import StartHub
    from trainer_app.desktop.joining import Joining
    from trainer_app.desktop.pages.wizard import Wizard
    from trainer_app.desktop.sending import Sending
    from trainer_app.storage.store import Store

TRIAL_FOLDER = "coba"
LOOKS_CYCLE = settings_file.LOOKS
#: Imported after the first paint.
_SLOW = (
    "argon2.low_level",
    "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.hazmat.primitives.kdf.hkdf",
    "trainer_app.actions.staff",
    "trainer_app.storage.opening",
    "trainer_app.sync.exchange",
)
_DRESSED_BY = ("language", "look", "text_size")


class App:
    """The program while it runs. Make one, ``start`` it, run the event loop, ``shut_down``."""

    def __init__(
        self,
        folder: Path,
        *,
        start_trial: StartTrial | None = None,
        trial: Trial | None = None,
        start_hub: StartHub | None = None,
    ) -> None:
        """``start_trial`` makes sample data, ``start_hub`` lets other laptops send to this one; ``trial`` is
        sample data that ``folder`` is all about.
        """
        self.folder = folder
        self.start_trial, self.start_hub = start_trial, start_hub
        self._first_time = not (folder / settings_file.FILE_NAME).exists()
        self._settings = settings_file.load(folder)
        use_language(self._settings.language)
        self.qt = the_application()
        set_locale(self._settings.language)
        if self._first_time:
            self._settings = dataclasses.replace(self._settings, look=theme.suggested_look())
        theme.apply(self.qt, self._settings.look, self._settings.text_size)
        self.window = Window()
        self.window.closing.connect(self.shut_down)
        self.window.trial_finished.connect(self._ask_end_of_trial)
        self.window.compact_changed.connect(self._compact_changed)
        self.window.painted.connect(self._painted)
        self.catcher = Catcher(lambda: self.window)
        self.background = Background(self.catcher.show_problem, self.catcher.caught)
        self.news = News()
        self.work = Workspace(folder)
        self.desk: Desk | None = None
        self.frame: Frame | None = None
        self.wizard: Wizard | None = None
        self._joining: Joining | None = None
        self.sending: Sending | None = None
        self.trial: Trial | None = trial
        self.locked, self._closed = True, False
        self._place: Place | None = None
        self._idle = restarting(self.window, self._settings.lock_minutes * 60_000, self.lock)
        self._watch = InputWatch(self._somebody_is_here, self._idle)
        self.housekeeper = Housekeeper(self.background)

    # ---------------------------------------------------------------- start and end
    def start(self) -> None:
        """Shows the window: the wizard on a new laptop, else the lock; sample data opens by itself."""
        self._show_gate(first_time=self._first_time)
        self.window.show()
        if self.trial is not None:
            work, trial = self.work, self.trial
            self.background.run(lambda: work.open(trial.staff_id, trial.pin), self.signed_in)

    def _painted(self) -> None:
        painting.note_paint()
        self.background.run(_load_slow_parts)

    def shut_down(self) -> None:
        """Keeps what is typed, waits for what is being saved, gives the data file back. A second call does
        nothing.
        """
        if self._closed:
            return
        self._closed = True
        if self.frame is not None and not self.locked:
            self.frame.leaving()
        if self.sending is not None:
            self.sending.stop()
        self.housekeeper.stop()
        self.news.close()
        self.background.close()
        self.work.close()
        if self._joining is not None:
            self._joining.abandon()
        if self.trial is not None:
            self.trial.stop()

    def put_away(self) -> None:
        """Closes and deletes the window now, with the sheets over it: left to the end of Python, a sheet may
        outlive its window, which Qt does not survive.
        """
        self.window.close()
        self.shut_down()
        self.window.drop_all()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    @property
    def joining(self) -> Joining:
        """The enrolment of this laptop; kept while the wizard opens and closes, for a code works once."""
        if self._joining is None:
            from trainer_app.desktop.joining import Joining

            self._joining = Joining(self.work)
        return self._joining

    # ---------------------------------------------------------------- gates
    def _show_gate(self, *, first_time: bool = False) -> None:
        if first_time and not self.work.ring.exists:
            self.open_wizard()
        else:
            self._show_lock()

    def _show_lock(self) -> None:
        users, problem = [], ""
        try:
            users = self.work.users()
        except StoreProblem as fault:
            problem = fault.message
        lock = LockPage(
            users,
            self._settings,
            datetime.now().astimezone(),
            can_try=self.start_trial is not None and self.desk is None,
            laptop=self._sample_hint(),
            problem=problem,
            locked_by=self.desk.staff.id if self.desk is not None else None,
        )
        lock.unlock_asked.connect(lambda staff, pin: self._unlock(lock, staff, pin))
        lock.enrol_asked.connect(lambda: self.open_wizard(step="enrol"))
        lock.trial_asked.connect(lambda: self.open_wizard(step="trial"))
        lock.language_asked.connect(self._next_language)
        lock.look_asked.connect(self._next_look)
        lock.forgot_pressed.connect(self._explain_forgotten_pin)
        self.window.show_gate(lock)

    def _sample_hint(self) -> str:
        """In demo mode everybody may know the PIN."""
        if self.trial is None:
            return ""
        return _("Data contoh, PIN {pin}").format(pin=self.trial.pin)

    def _explain_forgotten_pin(self) -> None:
        text = _(
            "Catatan Anda tetap aman. Minta pengawas masuk dengan PIN-nya di laptop ini, lalu memilih "
            "Bantuan, Pengaturan, Petugas di laptop ini, PIN baru. Bila tidak ada pengawas di sini, "
            "siapa pun yang sudah masuk dapat membukanya untuk Anda; "
            "Anda mengetik kode pribadi dari pengawas."
        )
        ask.tell(self.window, _("Lupa PIN?"), text)

    def open_wizard(self, step: str = "") -> None:
        """The first-run wizard, at its beginning or at one of its steps."""
        from trainer_app.desktop.pages.wizard import Wizard

        self.wizard = Wizard(self, step)
        self.window.show_gate(self.wizard.build())

    def close_wizard(self) -> None:
        """Back to the lock: somebody changed their mind."""
        self.wizard = None
        self._show_lock()

    def _unlock(self, lock: LockPage, staff: bytes, pin: str) -> None:
        lock.show_opening()
        work = self.work
        self.background.run(
            lambda: work.open(staff, pin), self.signed_in, lambda problem: _refuse(lock, problem), owner=lock
        )

    # ---------------------------------------------------------------- signing in
    def signed_in(self, opened: Opened) -> None:
        """Shows the pages: as they were for the person who locked, anew for anybody else."""
        self.wizard = None
        same = (
            self.desk is not None
            and self.desk.staff.id == opened.member.id
            and self.desk.store is opened.store
        )
        self.locked = False
        if same and self.frame is not None:
            self.window.show_frame(self.frame)
            self.window.show_sheets()
        else:
            place = self._place if same else None
            self._make_desk(opened.store, opened.member)
            self._show_frame(place)
        self._somebody_is_here()

    def _make_desk(self, store: Store, member: Member) -> None:
        from trainer_app.desktop.sending import Sending

        if self.sending is None or self.sending.store is not store:
            if self.sending is not None:
                self.sending.stop()
            self.sending = Sending(store, self.background, self.news, self.start_hub)
        self.sending.follow_rule()
        self.news.listen(store)
        self.desk = Desk(
            store=store,
            staff=SignedIn(member.id, member.name, member.role, member.areas),
            work=self.work,
            background=self.background,
            news=self.news,
            host=self,
            sending=self.sending,
            sample=is_sample(store),
        )

    def _show_frame(self, place: Place | None) -> None:
        from trainer_app.desktop.frame import Frame, start

        assert self.desk is not None  # noqa: S101 (made by the caller)
        self.window.drop_frame()
        self.window.show_strip(shown=self.desk.sample)
        self.frame = Frame(self.desk, compact=theme.is_compact(self.window.width()))
        self.window.show_frame(self.frame)
        start(self.frame, place)
        self.housekeeper.begin(self.work)

    def lock(self) -> None:
        """Hides everything behind the PIN; what is typed stays."""
        if self.locked or self.frame is None:
            return
        self.locked = True
        self._idle.stop()
        self.frame.leaving()
        self._place = with_draft(self.frame.here)
        if self.sending is not None:
            self.sending.supervisor_leaves()
        self.window.hide_sheets()
        self._show_lock()

    def _somebody_is_here(self) -> None:
        if not self.locked:
            self._idle.start(self._settings.lock_minutes * 60_000)

    # ---------------------------------------------------------------- data for trying out
    def begin_trial(self, trial: Trial, opened: Opened, work: Workspace) -> None:
        """Sample data is ready in ``work``: from now on the program works with it."""
        self.trial, self.work = trial, work
        self.signed_in(opened)

    def trial_folder(self) -> Path:
        """Where sample data lies: apart from the real data, so that it can be thrown away."""
        return self.folder / TRIAL_FOLDER

    def _ask_end_of_trial(self) -> None:
        if self.work.folder == self.folder:  # nothing but sample data was opened
            self.window.close()
            return
        choices = [("end", _("Hapus data contoh"), "primary"), ("", _("Kembali"), "secondary")]
        text = _("Data contoh di laptop ini dihapus. Data sungguhan tidak tersentuh.")
        ask.ask(self.window, _("Selesai mencoba?"), text, choices, self._end_trial, "info")

    def _end_trial(self, answer: str) -> None:
        if answer != "end":
            return
        if self.frame is not None:
            self.frame.leaving()
        if self.sending is not None:
            self.sending.stop()
        self.housekeeper.stop()
        self.news.listen(None)
        trial, work, folder = self.trial, self.work, self.trial_folder()
        self.trial = self.desk = self.frame = self.sending = self._place = None
        self.locked = True
        self._idle.stop()
        self.window.drop_frame()
        self.window.show_strip(shown=False)
        self.work = Workspace(self.folder)
        if self.work.ring.exists:
            self._show_lock()
        else:
            self.open_wizard("purpose")
        self.background.run(lambda: wipe_trial(trial, work, folder))

    # ---------------------------------------------------------------- choices
    def _next_language(self) -> None:
        known = settings_file.LANGUAGES
        self.change_settings(language=known[(known.index(self._settings.language) + 1) % len(known)])

    def _next_look(self) -> None:
        self.change_settings(
            look=LOOKS_CYCLE[(LOOKS_CYCLE.index(self._settings.look) + 1) % len(LOOKS_CYCLE)]
        )

    def change_settings(self, **changes: Any) -> None:
        """Keeps the choices; a new look, text size or language is put on a moment later."""
        before = self._settings
        self._settings = dataclasses.replace(before, **changes)
        try:
            settings_file.save(self._settings, self.folder)
        except OSError as fault:
            problem = StoreProblem(
                _("Pilihan ini belum bisa disimpan. Periksa ruang simpan laptop."), code="settings.write"
            )
            self.catcher.show_problem(problem)
            problem.__cause__ = fault
        if any(getattr(before, name) != getattr(self._settings, name) for name in _DRESSED_BY):
            later(self._idle, self._dress)
        self._somebody_is_here()

    def _dress(self) -> None:
        """Takes every widget down, then builds them anew in the new look and language."""
        place = None
        if self.frame is not None:
            if not self.locked:
                self.frame.leaving()
            place = with_draft(self.frame.here)
            self._place = place
            self.frame = None
        self.window.drop_all()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        use_language(self._settings.language)
        set_locale(self._settings.language)
        theme.apply(self.qt, self._settings.look, self._settings.text_size)
        if self.wizard is not None:
            self.window.show_gate(self.wizard.build())
        elif self.locked:
            self._show_lock()
            if self.desk is not None:
                self.window.show_strip(shown=self.desk.sample)
        else:
            self._show_frame(place)

    def _compact_changed(self, compact: bool) -> None:
        if self.frame is not None:
            self.frame.set_compact(compact)

    # ---------------------------------------------------------------- what the desk asks of its host
    def widget(self) -> QWidget:
        return self.window

    def settings(self) -> Settings:
        return self._settings

    def go(self, key: str, **args: Any) -> None:
        if self.frame is not None:
            self.frame.go(key, **args)

    def back(self) -> None:
        if self.frame is not None:
            self.frame.back()

    def show_keys(self) -> None:
        if self.frame is not None:
            self.frame.show_keys()

    def toast(self, text: str, action: str, on_action: Callable[[], object] | None, icon: str) -> None:
        if not self.locked:
            show_toast(self.window, text, action, on_action, icon)

    def busy(self, text: str) -> Busy:
        return BusyLine(self.window, text)


def with_draft(place: Place) -> Place:
    """The same place, whose page shall take up the draft it kept."""
    return place[0], {**place[1], "draft": True}


def _refuse(lock: LockPage, problem: Problem) -> None:
    if isinstance(problem, PinProblem):
        lock.show_pin_problem(problem)
    else:
        lock.show_problem(problem.message)


def _load_slow_parts() -> None:
    """Imports what signing in needs, while somebody reads the lock screen."""
    for name in _SLOW:
        importlib.import_module(name)


def run(
    folder: Path | None = None,
    *,
    start_trial: StartTrial | None = None,
    trial: Trial | None = None,
    start_hub: StartHub | None = None,
) -> int:
    """Runs the desktop until its window closes; the exit code. ``folder``: another data folder than the usual
    one. The others: see ``App``.
    """
    where = folder or settings_file.data_folder()
    setup_logging(where)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in a terminal: what is saved is saved
    app = App(where, start_trial=start_trial, trial=trial, start_hub=start_hub)
    app.catcher.install()
    app.start()
    try:
        return app.qt.exec()
    finally:
        app.put_away()
        app.catcher.remove()
