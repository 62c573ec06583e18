"""What every page of a signed-in person has in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from trainer_app.desktop.background import Job, Lane
from trainer_app.desktop.parts.page import Page
from trainer_app.desktop.session import Desk
from trainer_app.records.fields import Record
from trainer_app.records.problem import Problem
from trainer_app.words import _


@dataclass(frozen=True)
class Shortcut:
    """A key of a page, the verb shown for it in the sheet of keys, and what it does."""

    keys: str
    text: str
    deed: Callable[[], object]


class DeskPage(Page):
    """A page at a desk. Built when first gone to, kept until the look, the language or the person changes.

    ``build`` makes the widgets; ``shown`` runs each time somebody comes to the page; ``refresh`` when kinds
    that it ``watches`` changed; ``leaving`` before it goes out of sight, so that what is typed becomes a
    draft.
    """

    title: ClassVar[str] = ""
    subtitle: ClassVar[str] = ""
    watches: ClassVar[tuple[type[Record], ...]] = ()
    watches_sending: ClassVar[bool] = (
        False  # also refreshed (with no kinds) when the state of sending changed
    )
    help_page: ClassVar[str] = "mulai"
    with_footer: ClassVar[bool] = False
    with_scroll: ClassVar[bool] = True

    def __init__(self, desk: Desk) -> None:
        heading = _(self.title) if self.title else ""
        line = _(self.subtitle) if self.subtitle else ""
        super().__init__(heading, line, footer=self.with_footer, scroll=self.with_scroll)
        self.desk = desk
        self.build()

    def build(self) -> None:
        """Makes the widgets of the page, once."""

    def shown(self, **args: Any) -> None:
        """The page comes on screen, with the arguments of ``go``."""

    def leaving(self) -> None:
        """The page goes out of sight: keep what is typed. May not ask and may not take long."""

    def place(self) -> dict[str, Any]:
        """What ``shown`` is to be given, when the page is made anew for another look or after the lock."""
        return {}

    def refresh(self, kinds: set[int]) -> None:
        """Records of these kinds changed somewhere: read again what is shown."""

    def search(self, text: str) -> None:
        """Somebody asked for ``text`` from anywhere."""

    def back(self) -> bool:
        """Esc: True when the page put something of its own away; False lets the window go back."""
        return False

    def undo(self) -> bool:
        """Ctrl+Z: True when the page took something back itself."""
        return False

    def shortcuts(self) -> list[Shortcut]:
        """The keys of this page."""
        return []

    def run(
        self,
        fn: Callable[[], Any],
        then: Callable[[Any], object] | None = None,
        failed: Callable[[Problem], object] | None = None,
        done: Callable[[], object] | None = None,
        lane: Lane = "store",
    ) -> Job:
        """``Background.run`` with this page as the owner."""
        return self.desk.background.run(fn, then, failed, done, lane, self)
