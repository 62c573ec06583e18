"""People who come to a session and are not on its sheet: found among all who are registered, or new."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from trainer_app.desktop.pages.base import DeskPage
from trainer_app.desktop.pages.marking import Marking
from trainer_app.records.kinds import Session
from trainer_app.records.training import CANCELLED, CLOSED


class Newcomers(QObject):
    """Opens the sheets for them over the attendance page.

    `found` carries the id of a registered person who is here; `registered` the name of a new one and how to
    take that back.
    """

    found = Signal(object)
    registered = Signal(str, object)

    def __init__(self, page: DeskPage, marking: Marking) -> None:
        super().__init__(page)
        self._page, self._marking = page, marking

    @property
    def _session(self) -> Session | None:
        return self._marking.session

    def find(self, text: str) -> None:
        """Among everybody who is registered."""
        from trainer_app.desktop.pages.people_picker import GuestPicker

        if self._session is not None:
            picker = GuestPicker(self._page, self._page.desk, self._session, text)
            picker.chosen.connect(self.found)
            picker.new_wanted.connect(self.add)
            picker.open()

    def fill_batch(self) -> None:
        """Puts registered people into the batch, before anybody came."""
        from trainer_app.desktop.pages.people_picker import BatchPicker

        if self._session is not None and self._session.batch:
            BatchPicker(self._page, self._page.desk, self._session.batch).open()

    def add(self, name: str = "") -> None:
        """Somebody new; a closed session wants to know why."""
        session = self._session
        if session is None or session.state == CANCELLED:
            return
        if session.state == CLOSED:
            self._marking.ask_reason(lambda reason: self._open_form(session, name, reason))
        else:
            self._open_form(session, name, None)

    def _open_form(self, session: Session, name: str, reason: str | None) -> None:
        from trainer_app.desktop.pages.walk_in import WalkInSheet

        form = WalkInSheet(self._page, self._page.desk, session, name, reason)
        form.walked_in.connect(self._saved)
        form.known.connect(self.found)
        form.open()

    def _saved(self, name: str, undo: Callable[[], object]) -> None:
        self._marking.remember(undo, name)
        self.registered.emit(name, undo)
