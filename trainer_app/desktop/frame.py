"""The frame of a signed-in person: the rail, the page in front, and the keys that work everywhere."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from trainer_app.desktop.pages import BY_KEY, FIRST, PAGES, PageEntry
from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.desktop.parts.key_hint import KeyHints
from trainer_app.desktop.parts.rail import Destination, Rail
from trainer_app.desktop.parts.toast import current_toast
from trainer_app.desktop.sending_words import told
from trainer_app.desktop.session import Desk
from trainer_app.records.staff import ROLE
from trainer_app.storage.sending_state import SendState, send_state
from trainer_app.words import _

HISTORY_LIMIT = 30
ONCE = ("create",)  # asked for when going there, not again when coming back
STATE_AGAIN_MS = 10 * 60_000  # what is old gets older without any news
Place = tuple[str, dict[str, Any]]


class Frame(QWidget):
    """Rail and pages. Pages are built when first gone to and kept."""

    def __init__(self, desk: Desk, *, compact: bool) -> None:
        super().__init__()
        self.desk = desk
        self._compact = compact
        self.pages: dict[str, DeskPage] = {}
        self._stale: dict[str, set[int]] = {}
        self._history: list[Place] = []
        self.here: Place = ("", {})
        self._build()
        self._add_keys()
        desk.news.changed.connect(self._changed)
        desk.news.sending.connect(self._sending_changed)
        self._clock = QTimer(self)
        self._clock.setInterval(STATE_AGAIN_MS)
        self._clock.timeout.connect(self.read_state)
        self._clock.start()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.rail = Rail([_destination(entry) for entry in PAGES if not entry.under])
        self.rail.set_user(self.desk.staff.name, _(ROLE.get(self.desk.staff.role, self.desk.staff.role)))
        self.rail.set_demo(self.desk.sample)
        self.rail.set_compact(self._compact)
        self.rail.chosen.connect(self.go)
        self.rail.safe_pressed.connect(lambda: self.go("send"))
        self.rail.lock_pressed.connect(self.desk.host.lock)
        self._stack = QStackedWidget()
        row.addWidget(self.rail)
        row.addWidget(self._stack, 1)
        self.read_state()

    def warm_up(self) -> None:
        """After the first page: names the area, and loads the tables of places before a page needs them."""
        self.desk.run(self, self._area_words, self.rail.set_area)

    def _area_words(self) -> str:
        places = self.desk.places
        places.preload()
        areas = self.desk.store.areas
        return places.area_label(areas[0]) if areas else ""

    # ---------------------------------------------------------------- going somewhere
    @property
    def page(self) -> DeskPage | None:
        """The page in front."""
        return self.pages.get(self.here[0])

    def go(self, key: str, **args: Any) -> None:
        """To the page `key`; where one was is remembered for ``back``."""
        if self.here[0] and self.here != (key, args):
            self._history.append(self.here)
            del self._history[:-HISTORY_LIMIT]
        self._show(key, args)

    def back(self) -> None:
        """To where one came from; nothing at the first page of the session."""
        if self._history:
            key, args = self._history.pop()
            self._show(key, {name: value for name, value in args.items() if name not in ONCE})

    def _show(self, key: str, args: dict[str, Any]) -> None:
        page = self._built(key)
        before = self.page
        if before is not None:
            before.leaving()
        self.here = (key, args)
        self.rail.select(BY_KEY[key].under or key)
        self._stack.setCurrentWidget(page)
        if page.compact != self._compact:
            page.set_compact(self._compact)
        stale = self._stale.pop(key, None)
        if stale is not None:
            page.refresh(stale)
        page.shown(**args)
        self.desk.announce(_(BY_KEY[key].word))

    def _built(self, key: str) -> DeskPage:
        if key not in self.pages:
            module, name = BY_KEY[key].path.split(":")
            page: DeskPage = getattr(importlib.import_module(module), name)(self.desk)
            page.set_compact(self._compact)
            self._stack.addWidget(page)
            for shortcut in page.shortcuts():
                self._add_key(shortcut.keys, shortcut.deed, page)
            self.pages[key] = page
        return self.pages[key]

    def set_compact(self, compact: bool) -> None:
        """Follows the width of the window."""
        if compact == self._compact:
            return
        self._compact = compact
        self.rail.set_compact(compact)
        page = self.page
        if page is not None:
            page.set_compact(compact)

    def leaving(self) -> None:
        """Before lock, close or a new look: the page in front keeps what is typed."""
        page = self.page
        if page is not None:
            page.leaving()
            key, args = self.here
            self.here = (key, {**args, **page.place()})

    # ---------------------------------------------------------------- news
    def _changed(self, kinds: frozenset[int]) -> None:
        for key, page in self.pages.items():
            wanted = kinds & {cls.kind for cls in page.watches}
            if not wanted:
                continue
            if key == self.here[0]:
                page.refresh(set(wanted))
            else:
                self._stale.setdefault(key, set()).update(wanted)

    def _sending_changed(self) -> None:
        self.read_state()
        for key, page in self.pages.items():
            if not page.watches_sending:
                continue
            if key == self.here[0]:
                page.refresh(set())
            else:
                self._stale.setdefault(key, set())

    def read_state(self) -> None:
        """Counts again what waits, and says so in the rail."""
        store = self.desk.store
        self.desk.run(self, lambda: send_state(store), self._show_state)

    def _show_state(self, state: SendState) -> None:
        words = told(state, self.desk.now())
        self.rail.set_safe(words.title, words.line, words.tone)
        self.rail.set_badge("send", words.badge, words.tone, words.description)

    # ---------------------------------------------------------------- keys
    def _add_keys(self) -> None:
        for place, entry in enumerate(_in_rail(), 1):
            self._add_key(f"Ctrl+{place}", partial(self.go, entry.key), self)
        for shortcut in self.everywhere():
            self._add_key(shortcut.keys, shortcut.deed, self)
        self._add_key("/", self.search, self)
        self._add_key("Ctrl+/", self.show_keys, self)

    def everywhere(self) -> list[Shortcut]:
        """The keys that work on every page."""
        return [
            Shortcut("Ctrl+N", _("Peserta baru"), lambda: self.go("register")),
            Shortcut("Ctrl+K", _("Cari peserta"), self.search),
            Shortcut("Ctrl+Z", _("Urungkan yang terakhir"), self.undo),
            Shortcut("F1", _("Bantuan untuk layar ini"), self.help),
            Shortcut("?", _("Semua tombol"), self.show_keys),
            Shortcut("F6", _("Pindah antara menu, halaman, dan baris bawah"), self.next_zone),
            Shortcut("Ctrl+L", _("Kunci layar"), self.desk.host.lock),
        ]

    def _add_key(self, keys: str, deed: Callable[[], object], owner: QWidget) -> None:
        shortcut = QShortcut(QKeySequence(keys), owner)
        shortcut.activated.connect(deed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc, when no widget inside had a use for it."""
        if event.key() == Qt.Key.Key_Escape:
            page = self.page
            if page is None or not page.back():
                self.back()
            return
        super().keyPressEvent(event)

    def search(self) -> None:
        """To the people, with the cursor in the search."""
        self.go("participants")
        page = self.page
        if page is not None:
            page.search("")

    def help(self) -> None:
        """The help of the page in front."""
        page = self.page
        self.go("help", page=page.help_page if page is not None else "mulai")

    def undo(self) -> None:
        """Takes the last deed back: the page's own, else that of the session."""
        page = self.page
        if page is not None and page.undo():
            return
        toast = current_toast(self)
        label = self.desk.undo.run()
        if label and toast is not None:
            toast.leave()

    def show_keys(self) -> None:
        """All keys that work now, on one sheet."""
        page = self.page
        own = page.shortcuts() if page is not None else []
        hints: list[tuple[list[str], str]] = []
        for item in (*own, *self.everywhere()):
            hint = (keycaps(item.keys), item.text)
            if hint not in hints:  # both Enter keys do the same
                hints.append(hint)
        hints.extend(steady_keys())
        sheet = self.desk.sheet(_("Tombol"), "")
        sheet.body.addWidget(KeyHints(hints, column=True))
        sheet.add_button("ok", _("Tutup"), "primary", default=True)
        sheet.open()

    def next_zone(self) -> None:
        """F6: rail, page, bar at the foot, and round again."""
        page = self.page
        if page is None:
            return
        zones: list[QWidget] = [self.rail, page]
        if page.footer_bar is not None and page.footer_bar.isVisible():
            zones.append(page.footer_bar)
        holder = self.window().focusWidget()
        place = max((i for i, zone in enumerate(zones) if holder and zone.isAncestorOf(holder)), default=-1)
        target = zones[(place + 1) % len(zones)]
        (first_focus(target) or target).setFocus(Qt.FocusReason.TabFocusReason)


def first_focus(zone: QWidget) -> QWidget | None:
    """Where the keyboard begins in a part of the window."""
    if isinstance(zone, Rail):
        return zone.focusProxy()
    chosen = getattr(zone, "first_focus", None)
    if isinstance(chosen, QWidget) and chosen.isVisible():
        return chosen
    widget = zone.nextInFocusChain()
    while widget is not None and widget is not zone:
        if (
            zone.isAncestorOf(widget)
            and widget.isVisible()
            and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        ):
            return widget
        widget = widget.nextInFocusChain()
    return None


def _in_rail() -> list[PageEntry]:
    return [entry for entry in PAGES if not entry.under]


def _destination(entry: PageEntry) -> Destination:
    return Destination(entry.key, _(entry.word), entry.icon, entry.below, _(entry.short or entry.word))


def steady_keys() -> list[tuple[list[str], str]]:
    """Keys of the window itself, which do the same everywhere: what is printed on them, what they do."""
    return [
        (["Ctrl", f"1–{len(_in_rail())}"], _("Menu, dari atas ke bawah")),
        (["Esc"], _("Kembali (isian tetap tersimpan)")),
    ]


def keycaps(keys: str) -> list[str]:
    """A key sequence as printed on keys."""
    names = {"Return": "Enter", "PgDown": "PgDn"}
    return [names.get(part, part) for part in keys.split("+")]


def start(frame: Frame, place: Place | None = None) -> None:
    """To the first page of a session, or back to where it was before the look changed."""
    key, args = place or (FIRST, {})
    frame.go(key, **args)
    frame.warm_up()
