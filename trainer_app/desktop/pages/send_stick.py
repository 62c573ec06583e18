"""The stick on the page that sends: a banner when one is plugged in, saving to it, taking from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import Signal

from trainer_app.desktop import network_work as states
from trainer_app.desktop import theme
from trainer_app.desktop.choosing import choose_folder
from trainer_app.desktop.pages.send_ways import WayCard
from trainer_app.desktop.parts.bars import Progress
from trainer_app.desktop.parts.buttons import Button, secondary
from trainer_app.desktop.parts.card import Banner
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.page import ScrollBody
from trainer_app.desktop.parts.rows import ActionRow, RowList
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.sending_words import moment
from trainer_app.desktop.sticks import Stick, StickWatch
from trainer_app.storage.stick_note import StickNote
from trainer_app.words import _, date_short, day_short, file_size, ngettext, number, percent

if TYPE_CHECKING:
    from trainer_app.desktop.session import Desk
    from trainer_app.storage.store import Store
    from trainer_app.sync.bundle.homecoming import CameHome
    from trainer_app.sync.bundle.packing import Exported
    from trainer_app.sync.bundle.stick import Say, Tidied
    from trainer_app.sync.bundle.taking import Package, Taken

LIST_HEIGHT = 220
SAVED, TAKEN = "saved", "taken"
Fact = tuple[str, str, str]  # icon, sentence, tone
Outcome: TypeAlias = "CameHome | Taken | Package | Tidied"


def note_words(note: StickNote | None, pending: int) -> str:
    """The note beside what waits: it stays waiting, for a stick can be lost."""
    if note is None:
        return ""
    day = day_short(moment(note.at).date())
    if note.records >= pending:
        return _("Sudah disalin ke flashdisk {hari}").format(hari=day)
    return _("{n} sudah disalin ke flashdisk {hari}").format(n=number(note.records), hari=day)


def room_words(stick: Stick) -> str:
    """ "Flashdisk terbaca (7,2 GB kosong)"."""
    if not stick.free_bytes:
        return _("Flashdisk terbaca, tetapi tidak boleh ditulisi")
    return _("Flashdisk terbaca ({besar} kosong)").format(besar=file_size(stick.free_bytes))


class StickBanner(Banner):
    """At the top of the page: that a stick was plugged in, with the two things that can be done. Hidden
    without one, and while the card tells what becomes of it.
    """

    def __init__(self) -> None:
        super().__init__("", "info", "usb")
        self.save = secondary(_("Simpan ke flashdisk"), small=True)
        self.take = secondary(_("Ambil dari flashdisk"), small=True)
        for button in (self.save, self.take):
            self.add_right(button)
        self.hide()


class StickCard(WayCard):
    """``save_asked`` when somebody wants to save: the page decides whether a supervisor is needed."""

    save_asked = Signal()

    def __init__(self, desk: Desk, watch: StickWatch, banner: StickBanner) -> None:
        super().__init__(_("Flashdisk"), "usb")
        self.desk, self.watch, self.banner = desk, watch, banner
        self.work = desk.sending.stick
        self._chosen: Stick | None = None
        self._tidied: dict[Path, Tidied | None] = {}  # of the sticks that are plugged in
        self.chip = Chip("", "info", "usb")
        self.add_right(self.chip)
        self.bar = Progress(_("Flashdisk"))
        self.facts = RowList()
        for part in (self.bar, self.line, self.facts):
            self.add(part)
        self._buttons()
        self.watch.changed.connect(self._plugged)
        self.work.changed.connect(self.show_now)
        self.show_now()

    def _buttons(self) -> None:
        self.save = secondary(_("Simpan ke flashdisk"))
        self.take = secondary(_("Ambil dari flashdisk"))
        self.choose = secondary(_("Pilih folder…"))
        self.close_end = secondary(_("Selesai"))
        deeds: tuple[tuple[Button, Callable[[], object]], ...] = (
            (self.save, self.save_asked.emit),
            (self.take, self._look),
            (self.choose, self._choose),
            (self.close_end, self.work.dismiss),
            (self.banner.save, self.save_asked.emit),
            (self.banner.take, self._look),
        )
        for button, deed in deeds:
            button.clicked.connect(lambda _on=False, deed=deed: deed())
        self.add_buttons(
            *(self.save, self.take, self.choose, self.close_end),
            outside=(self.banner.save, self.banner.take),
        )

    # ---------------------------------------------------------------- which stick
    @property
    def stick(self) -> Stick | None:
        """The folder that somebody chose, else the first stick that is plugged in."""
        return self._chosen or next(iter(self.watch.sticks), None)

    def use(self, folder: Path) -> None:
        """Take this folder for the stick, where none is recognised."""
        self._chosen = Stick(folder, folder.name, 1)
        self.work.dismiss()
        self._plugged()

    def _choose(self) -> None:
        dialog = choose_folder(self.window(), _("Pilih folder flashdisk"))
        dialog.fileSelected.connect(lambda name: self.use(Path(name)))
        dialog.open()

    def _plugged(self) -> None:
        """A stick came: what this laptop is done with is removed from it, once each time it comes."""
        sticks = [*self.watch.sticks, *([self._chosen] if self._chosen is not None else [])]
        here = {stick.folder for stick in sticks}
        self._tidied = {folder: told for folder, told in self._tidied.items() if folder in here}
        for folder in here - self._tidied.keys():
            self._tidied[folder] = None
            self._tidy(folder)
        self.show_now()

    def _tidy(self, folder: Path) -> None:
        store = self.desk.store

        def work() -> Tidied:
            from trainer_app.sync.bundle.tidying import tidy

            return tidy(store, folder)

        self.desk.run(self, work, lambda told: self._was_tidied(folder, told), lane="network")

    def _was_tidied(self, folder: Path, told: Tidied) -> None:
        if folder not in self._tidied or not told.removed:
            return
        self._tidied[folder] = told
        self.show_now()
        self.desk.announce(self._tidied_words())

    def _tidied_words(self) -> str:
        """What was removed from the stick in use, "" for nothing."""
        from trainer_app.sync.bundle.telling import tidied_lines

        told = self._tidied.get(self.stick.folder) if self.stick is not None else None
        return " ".join(tidied_lines(told)) if told is not None else ""

    # ---------------------------------------------------------------- deeds
    def begin_saving(self) -> None:
        """Who may was asked: write the package."""
        stick, store = self.stick, self.desk.store
        if stick is None:
            return

        def write(say: Say) -> Exported:
            from trainer_app.sync.bundle.at_laptop import save
            from trainer_app.sync.carriers import photos_go

            return save(store, stick.folder, photos=photos_go(store, near=True), say=say)

        self.work.run(write, SAVED)

    def _look(self) -> None:
        if self.stick is not None and self.work.state != states.RUNNING:
            TakeSheet(self.desk, self.stick.folder, self._take).open()

    def _take(self, found: list[Package]) -> None:
        store, stick = self.desk.store, self.stick
        if stick is not None:
            self.work.run(lambda say: _take_each(store, stick.folder, found, say), TAKEN)

    # ---------------------------------------------------------------- showing
    def show_now(self) -> None:
        """Everything as it is at this moment."""
        stick, state = self.stick, self.work.state
        self.set_big(state != states.IDLE)
        self.chip.setVisible(self.big and stick is not None and self._chosen is None)
        if stick is not None:
            self.chip.show_state(file_size(stick.free_bytes), "info", "usb")
        self.bar.setVisible(state == states.RUNNING)
        self.facts.setVisible(state in (SAVED, TAKEN))
        self.offer(*self._offers(stick, state))
        views = {
            states.RUNNING: self._show_running,
            SAVED: self._show_saved,
            TAKEN: self._show_taken,
            states.FAILED: self._show_failed,
        }
        views.get(state, self._show_idle)()
        self._show_banner(stick, state)

    def _offers(self, stick: Stick | None, state: str) -> tuple[Button, ...]:
        if state == states.RUNNING:
            return ()
        if state in (SAVED, TAKEN):
            return (self.close_end,)
        ready = (self.save, self.take) if stick is not None else ()
        return (*ready, self.choose, *((self.close_end,) if state == states.FAILED else ()))

    def _show_banner(self, stick: Stick | None, state: str) -> None:
        if stick is None or state != states.IDLE or not self.watch.sticks:
            self.banner.hide()  # what is done with a stick stands large on the card, once
            return
        words = ". ".join(part for part in (room_words(stick), self._tidied_words()) if part)
        self.banner.set_text(words)
        self.banner.show()

    def _show_idle(self) -> None:
        stick = self.stick
        self.set_title(_("Flashdisk"))
        if stick is None:
            self.line.setText(_("Pasang flashdisk. Pengawas membawa berkas terkunci ke pusat."))
        elif self._chosen is not None:
            words = _("Folder: {nama}").format(nama=stick.folder)
            self.line.setText("\n".join(part for part in (words, self._tidied_words()) if part))
        else:
            self.line.setText(f"{stick.name}. {room_words(stick)}.")

    def _show_running(self) -> None:
        self.set_title(_("Flashdisk dipakai, jangan dicabut"))
        words = percent(self.work.share)
        self.line.setText(_("Ditulis, lalu dibaca ulang supaya pasti cocok."))
        self.bar.set_part(self.work.share, 1.0, words)

    def _show_failed(self) -> None:
        self.set_title(_("Belum bisa memakai flashdisk"))
        self.line.setText(self.work.problem.message if self.work.problem is not None else "")

    def _show_saved(self) -> None:
        from trainer_app.sync.bundle.packing import Exported
        from trainer_app.sync.bundle.telling import exported_lines

        if isinstance(self.work.result, Exported):
            facts = [_good(line) for line in exported_lines(self.work.result)]
            waits = _("Catatan tetap menunggu tanda terima pusat.")
            self._end(f"{_('Isinya sudah dibaca ulang dan cocok.')} {waits}", facts)

    def _show_taken(self) -> None:
        if isinstance(self.work.result, list):
            facts = [fact for one in self.work.result for fact in _facts_of(one)]
            self._end(_("Semua yang bisa diambil sudah tersimpan di laptop ini."), facts)

    def _end(self, text: str, facts: list[Fact]) -> None:
        title = _("Cabut flashdisk, sudah aman")
        is_new = self.heading.text() != title
        self.set_title(title)
        self.line.setText(text)
        self.facts.clear()
        for icon, words, tone in facts:
            self.facts.add(ActionRow(icon, words, tone=tone))
        if is_new:
            self.desk.announce(". ".join([title, *(words for _icon, words, _tone in facts)]))


def _good(line: str) -> Fact:
    return ("circle-check", line, "ok")


def _facts_of(result: Outcome) -> list[Fact]:
    """What came of one package, with a problem in its own tone."""
    from trainer_app.sync.bundle.taking import Package, Taken
    from trainer_app.sync.bundle.telling import result_lines

    if isinstance(result, Package):
        return [("circle-alert", result.problem.message, "bad")] if result.problem is not None else []
    refused = result.refused if isinstance(result, Taken) else ()
    return [
        ("circle-alert", line, "bad") if line in refused else _good(line) for line in result_lines(result)
    ]


def _take_each(store: Store, folder: Path, found: list[Package], say: Say) -> list[Outcome]:
    """What came of each; one that cannot be taken keeps no other back, and comes back with its problem. What
    this laptop is done with is removed from the stick then.
    """
    from trainer_app.records.problem import CarrierProblem
    from trainer_app.sync.bundle.at_laptop import take
    from trainer_app.sync.bundle.tidying import tidy

    results: list[Outcome] = []
    for done, package in enumerate(found):
        say(done / len(found))
        try:
            results.append(take(store, package))
        except CarrierProblem as problem:
            results.append(dataclasses.replace(package, problem=problem))
    return [*results, tidy(store, folder)]


class TakeSheet(Sheet):
    """The packages on a stick with what is in them; ``then`` is told those that can be taken."""

    def __init__(self, desk: Desk, folder: Path, then: Callable[[list[Package]], None]) -> None:
        text = _("Mengambil dua kali tidak apa-apa: tidak ada yang dobel.")
        super().__init__(desk.host.widget(), _("Ambil dari flashdisk"), text, "download")
        self.found: list[Package] = []
        self._then = then
        scroll = ScrollBody()
        scroll.setMinimumHeight(theme.px(LIST_HEIGHT))
        self.rows = RowList()
        scroll.body.addWidget(self.rows)
        scroll.body.addStretch(1)
        self.body.addWidget(scroll)
        self.add_button("", _("Kembali")).clicked.connect(self.reject)
        self.take = self.add_button("", _("Ambil"), "primary", default=True)
        self.take.clicked.connect(self._take)
        self.take.setEnabled(False)
        store = desk.store

        def look() -> list[Package]:
            from trainer_app.sync.bundle.at_laptop import seen

            return seen(store, folder)

        desk.run(self, look, self._show, lambda problem: self.set_problem(problem.message), lane="network")

    def _show(self, found: list[Package]) -> None:
        self.found = [package for package in found if package.problem is None]
        if not found:
            self.rows.add(Text(_("Tidak ada paket atau balasan untuk laptop ini."), "muted", wrap=True))
        for package in found:
            title, text, icon, tone = package_words(package)
            self.rows.add(ActionRow(icon, title, text, tone=tone))
        self.take.setEnabled(bool(self.found))
        if self.found:
            self.take.setFocus()

    def _take(self) -> None:
        if self.found:
            self.close_with("ok")
            self._then(self.found)


def package_words(package: Package) -> tuple[str, str, str, str]:
    """A package in a list: title, line, icon, tone."""
    if package.problem is not None:
        return package.path.name, package.problem.message, "circle-alert", "bad"
    day, manifest = date_short(moment(package.made_at).date()), package.manifest
    if package.is_reply:
        title = _("Balasan dari {nama}, {hari}").format(nama=package.name, hari=day)
        words = _("{n} tanda terima · {m} kabar")
        text = words.format(n=number(manifest.receipts), m=number(manifest.segments))
        return title, text, "receipt-text", "ok"
    title = _("Kiriman {nama}, {hari}").format(nama=package.name, hari=day)
    words = ngettext("{n} catatan · {m} perubahan", "{n} catatan · {m} perubahan", manifest.records)
    text = words.format(n=number(manifest.records), m=number(manifest.operations))
    return title, text, "usb", "info"
