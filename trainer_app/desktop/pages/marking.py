"""Marking, apart from how it looks: each deed of the attendance page goes to the store in the order it was
asked for, and can be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from trainer_app.actions import attendance as deeds
from trainer_app.actions.attendance import Marked
from trainer_app.desktop.pages.attendance_sheets import reason_sheet
from trainer_app.desktop.pages.base import DeskPage
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Session
from trainer_app.records.problem import Problem

Deed = Callable[[str | None], Marked]


class Marking:
    """What is on its way for one page. `done` and `taken_back` are told on the screen thread, in order."""

    def __init__(
        self, page: DeskPage, done: Callable[[Marked], object], taken_back: Callable[[Marked], object]
    ) -> None:
        self._page, self._desk = page, page.desk
        self._done, self._taken_back = done, taken_back
        self.session: Session | None = None
        #: What was asked for and is not saved yet: a second press on a name is meant for this.
        self._wanted: dict[RecordId, tuple[object, str | None]] = {}
        self._asking: Sheet | None = None
        self._last_reason = ""
        self.last: Callable[[], object] | None = None

    def status_of(self, person: RecordId, shown: str | None) -> str | None:
        """The status somebody will have when all that was asked for is saved."""
        return self._wanted[person][1] if person in self._wanted else shown

    # ---------------------------------------------------------------- deeds
    def mark(self, persons: Sequence[RecordId], status: str | None, method: str) -> None:
        """Gives people a status; None takes their marks away."""
        session, store, by = self.session, self._desk.store, self._desk.staff.id
        if session is None or not persons:
            return
        if status is None:
            self._do(persons, None, lambda r: deeds.clear_attendance(store, session, persons, by, reason=r))
            return
        self._do(
            persons,
            status,
            lambda r: deeds.record_attendance(store, session, persons, status, by, method=method, reason=r),
        )

    def welcome(self, person: RecordId) -> None:
        """Marks somebody present who is not on the sheet."""
        session, store, by = self.session, self._desk.store, self._desk.staff.id
        if session is not None:
            self._do(
                [person], "H", lambda r: deeds.welcome(store, session, person, by, method="petak", reason=r)
            )

    def close(self, absent: Sequence[RecordId]) -> None:
        """Closes the session, and marks these people absent with it."""
        session, store, by = self.session, self._desk.store, self._desk.staff.id
        if session is not None:
            self._do(absent, "A", lambda _r: deeds.close_session(store, session, by, absent=absent))

    def _do(
        self, persons: Sequence[RecordId], status: str | None, deed: Deed, reason: str | None = None
    ) -> None:
        if self._asking is not None:
            return
        token = object()
        for person in persons:
            self._wanted[person] = (token, status)
        self._page.run(
            lambda: deed(reason),
            then=self._saved,
            failed=partial(self._refused, persons, status, deed),
            done=partial(self._settled, token),
        )

    def _settled(self, token: object) -> None:
        self._wanted = {person: want for person, want in self._wanted.items() if want[0] is not token}

    def _saved(self, done: Marked) -> None:
        self._done(done)
        self.remember(partial(self.take_back, done))

    def remember(self, undo: Callable[[], object], label: str = "") -> None:
        """Ctrl+Z, and the button of the band, take this back next."""
        self.last = undo
        self._desk.undo.push(label, undo)

    # ---------------------------------------------------------------- a closed session
    def _refused(self, persons: Sequence[RecordId], status: str | None, deed: Deed, problem: Problem) -> None:
        if problem.code != deeds.SESSION_CLOSED:
            self._desk.problem(problem)
        elif self._asking is None:
            self.ask_reason(lambda reason: self._do(persons, status, deed, reason))

    def ask_reason(self, then: Callable[[str], object]) -> None:
        """Asks why something changes in a closed session; the last reason stands there already."""

        def answered(reason: str) -> None:
            self._last_reason = reason
            self._asking = None
            then(reason)

        def left(key: str) -> None:
            if not key:
                self._asking = None

        self._asking = reason_sheet(self._page, self._last_reason, answered)
        self._asking.answered.connect(left)

    # ---------------------------------------------------------------- taking back
    def take_back_last(self) -> None:
        """Takes back what the band tells, wherever it lies on the stack."""
        if self.last is not None:
            self._desk.undo.run_only(self.last)
            self.last = None

    def take_back(self, done: Marked) -> None:
        """Puts marks and session back as they were before `done`."""
        store, by = self._desk.store, self._desk.staff.id
        token = object()
        for person, before in done.before:
            self._wanted[person] = (token, before.status if before else None)
        self._page.run(
            lambda: deeds.take_back(store, done, by),
            then=lambda _none: self._taken_back(done),
            done=partial(self._settled, token),
        )
