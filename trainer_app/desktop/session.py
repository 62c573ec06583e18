"""What a signed-in person works with: the desk. Made at sign-in, handed to every page, thrown away at
sign-out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from trainer_app.desktop import ask, theme
from trainer_app.desktop.background import Background, Job, Lane
from trainer_app.desktop.news import News
from trainer_app.desktop.parts.announce import announce
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.workspace import Workspace
from trainer_app.records.problem import Problem
from trainer_app.settings import Settings
from trainer_app.words import _

if TYPE_CHECKING:
    from trainer_app.desktop.sending import Sending
    from trainer_app.storage.store import Store

T = TypeVar("T")
UNDO_LIMIT = 50  # deeds that can be taken back in one session


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who works at this laptop now. `areas` are regency numbers; empty means all areas of the laptop."""

    id: bytes
    name: str
    role: str
    areas: tuple[int, ...] = ()


class UndoStack:
    """The deeds of this session that can be taken back, newest last."""

    def __init__(self) -> None:
        self._deeds: list[tuple[str, Callable[[], object]]] = []

    def push(self, label: str, deed: Callable[[], object]) -> None:
        """Remembers how to take something back; ``label`` says what happens then."""
        self._deeds.append((label, deed))
        del self._deeds[:-UNDO_LIMIT]

    @property
    def label(self) -> str:
        """What would be taken back now; empty when there is nothing."""
        return self._deeds[-1][0] if self._deeds else ""

    def run(self) -> str:
        """Takes the newest deed back and forgets it; its label, or "" when there was none."""
        if not self._deeds:
            return ""
        label, deed = self._deeds.pop()
        deed()
        return label

    def run_only(self, deed: Callable[[], object]) -> None:
        """Takes this very deed back (the button of its toast), wherever it lies; nothing when it was
        already.
        """
        for place in reversed(range(len(self._deeds))):
            if self._deeds[place][1] is deed:
                del self._deeds[place]
                deed()
                return

    def clear(self) -> None:
        self._deeds.clear()


class Busy(Protocol):
    """A line that says what is going on, until closed."""

    def close(self) -> object: ...


class Host(Protocol):
    """The window around the pages, as the desk sees it."""

    def widget(self) -> QWidget: ...

    def go(self, key: str, **args: Any) -> None: ...

    def back(self) -> None: ...

    def toast(self, text: str, action: str, on_action: Callable[[], object] | None, icon: str) -> None: ...

    def busy(self, text: str) -> Busy: ...

    def settings(self) -> Settings: ...

    def change_settings(self, **changes: Any) -> None: ...

    def lock(self) -> None: ...

    def show_keys(self) -> None: ...


class Desk:
    """Everything a page may use. Pages keep ids and frozen values, never this object's inside."""

    def __init__(
        self,
        *,
        store: Store,
        staff: SignedIn,
        work: Workspace,
        background: Background,
        news: News,
        host: Host,
        sending: Sending | None = None,
        sample: bool = False,
    ) -> None:
        self.store, self.staff, self.work = store, staff, work
        self.folder: Path = work.folder
        self.background, self.news, self.host, self.sample = background, news, host, sample
        self._sending = sending
        self.undo = UndoStack()

    # ---------------------------------------------------------------- surroundings
    @property
    def sending(self) -> Sending:
        """What sends, whichever page is open."""
        assert self._sending is not None, "this desk cannot send"  # noqa: S101 (a fault of the builder)
        return self._sending

    @property
    def settings(self) -> Settings:
        return self.host.settings()

    def change_settings(self, **changes: Any) -> None:
        """Keeps the choices and shows them; a new look or language builds the pages anew a moment later."""
        self.host.change_settings(**changes)

    @property
    def theme(self) -> theme.Theme:
        return theme.current()

    @property
    def places(self) -> ModuleType:
        """``records.places``, whose tables are loaded on first use."""
        from trainer_app.records import places

        return places

    def now(self) -> datetime:
        """The best known time (the centre's correction included), in the zone of this laptop."""
        return datetime.fromtimestamp(self.store.clock.now_ms() / 1000, UTC).astimezone()

    def today(self) -> date:
        return self.now().date()

    # ---------------------------------------------------------------- deeds
    def run(
        self,
        owner: QObject | None,
        fn: Callable[[], T],
        then: Callable[[T], object] | None = None,
        failed: Callable[[Problem], object] | None = None,
        done: Callable[[], object] | None = None,
        lane: Lane = "store",
    ) -> Job:
        """See ``Background.run``."""
        return self.background.run(fn, then, failed, done, lane, owner)

    def go(self, key: str, **args: Any) -> None:
        """To another page."""
        self.host.go(key, **args)

    def back(self) -> None:
        """To where one came from."""
        self.host.back()

    def show_keys(self) -> None:
        """A sheet with every key that works now."""
        self.host.show_keys()

    def did(self, text: str, undo: Callable[[], object] | None = None, undo_label: str = "") -> None:
        """Says what was done, and offers to take it back: with the button of the toast or with Ctrl+Z."""
        if undo is None:
            self.toast(text)
            return
        deed = undo
        label = undo_label or _("Urungkan")
        self.undo.push(label, deed)
        self.toast(text, label, lambda: self.undo.run_only(deed))

    # ---------------------------------------------------------------- words
    def toast(
        self,
        text: str,
        action: str = "",
        on_action: Callable[[], object] | None = None,
        icon: str = "circle-check",
    ) -> None:
        """Says what happened, for some seconds."""
        self.host.toast(text, action, on_action, icon)

    def announce(self, text: str, *, urgent: bool = False) -> None:
        """Has a screen reader say it."""
        announce(self.host.widget(), text, urgent=urgent)

    def busy(self, text: str) -> Busy:
        """A line at the foot of the window while something takes long; ``close`` what comes back."""
        return self.host.busy(text)

    def tell(self, title: str, text: str) -> Sheet:
        return ask.tell(self.host.widget(), title, text)

    def problem(self, problem: Problem) -> Sheet:
        """Shows a problem that no field and no page shows."""
        return ask.tell(self.host.widget(), _("Belum bisa"), problem.message)

    def ask(
        self,
        title: str,
        text: str,
        choices: Sequence[ask.Choice],
        then: Callable[[str], object],
        icon: str | None = None,
    ) -> Sheet:
        return ask.ask(self.host.widget(), title, text, choices, then, icon)

    def sheet(self, title: str, text: str = "", icon: str | None = None) -> Sheet:
        """An empty sheet over the window; fill it, then ``open`` it."""
        return Sheet(self.host.widget(), title, text, icon)
