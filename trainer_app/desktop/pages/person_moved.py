"""What is said of a move to another regency: before it is saved, on the page of who moved, and in the list of
questions.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trainer_app.actions.moving import area_of_place, move_person, move_words
from trainer_app.actions.review import may_decide
from trainer_app.desktop import theme
from trainer_app.desktop.parts.buttons import Button, secondary
from trainer_app.desktop.parts.card import Banner
from trainer_app.desktop.parts.rows import take_all
from trainer_app.records import places
from trainer_app.records.fields import Record
from trainer_app.records.kinds import Person
from trainer_app.storage.moved_rows import Misplaced
from trainer_app.words import _

if TYPE_CHECKING:
    from trainer_app.desktop.pages.person_cards import Editing
    from trainer_app.desktop.session import Desk

Do = Callable[[Callable[[], object], str], object]
#: So many are listed below each other; the next come when these are done.
LISTED = 20


def is_gone(person: Person) -> bool:
    """Whether the person moved to an area that is not on this laptop."""
    return person.deleted_at is not None and person.moved_to is not None


def gone_banners(person: Person) -> list[Banner]:
    """What stands above the answers of somebody who was deleted, or moved away."""
    if is_gone(person):
        words = _("Pindah ke {wilayah}. Datanya diteruskan di sana; di laptop ini tinggal riwayatnya.")
        return [Banner(words.format(wilayah=places.area_label(person.moved_to or 0)), "info", "map-pin")]
    if person.deleted_at is not None:
        return [Banner(_("Data ini sudah dihapus. Riwayatnya tetap ada."), "bad", "trash-2")]
    return []


def elsewhere_banners(desk: Desk, person: Person, do: Do) -> list[Banner]:
    """Somebody lives in another regency than the one in which he or she is written down: with the way to move
    it, on a laptop that holds both and for whoever may decide.
    """
    home = area_of_place(person.village)
    if person.deleted_at is not None or home in (0, person.area) or desk.store.areas == ():
        return []
    item = Misplaced(person.id, person.area, home, person.full_name or "")
    return [_banner(desk, item, do)]


def _banner(desk: Desk, item: Misplaced, do: Do) -> Banner:
    words = {"baru": places.area_label(item.home), "lama": places.area_label(item.area)}
    if item.home not in desk.store.areas:
        text = _("Tinggal di {baru}, dicatat di {lama}. Pengawas yang memegang keduanya bisa memindahkannya.")
        return Banner(escape(text.format(**words)), "info", "map-pin")
    text = _("{nama} tinggal di {baru}, tetapi masih dicatat di {lama}.")
    banner = Banner(escape(text.format(nama=item.name or _("Peserta ini"), **words)), "warn", "map-pin")
    staff = desk.sending.supervisor or desk.staff
    if all(may_decide(desk.store, staff.role, staff.areas, area) for area in (item.area, item.home)):
        banner.add_right(_button(desk, item, do))
    return banner


def _button(desk: Desk, item: Misplaced, do: Do) -> Button:
    words = _("Pindahkan ke {wilayah}").format(wilayah=places.area_label(item.home))
    button, store = secondary(words, "arrow-right", small=True), desk.store
    staff = desk.sending.supervisor or desk.staff

    def move() -> None:
        said = _("{nama} dipindahkan").format(nama=item.name or _("Peserta"))
        do(lambda: move_person(store, item, staff.id, staff.role, tuple(staff.areas)), said)

    button.clicked.connect(lambda _on=False: move())
    button.setAccessibleName(f"{item.name}: {words}" if item.name else words)
    return button


def say_moves(desk: Desk, record: Record, editing: Editing) -> None:
    """While somebody chooses another village, its field says that this is a move, or why it is not one."""
    key = f"{record.table}.village"
    field = editing.form.fields.get(key)
    if field is None:
        return

    def say(changed: str) -> None:
        village = field.read()
        if changed == key and isinstance(village, str):
            words = move_words(desk.store, record.area, village)
            if words:
                field.set_message(words, "info")
                desk.announce(words)

    editing.form.changed.connect(say)


class MovesList(QWidget):
    """People to be moved, each with the button that does it."""

    def __init__(self, desk: Desk, do: Do) -> None:
        super().__init__()
        self._desk, self._do = desk, do
        self.items: tuple[Misplaced, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(8))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def show_items(self, items: tuple[Misplaced, ...]) -> None:
        """Shows these; nothing where there are none."""
        if items == self.items:
            return
        self.items = items
        take_all(self._column)
        for item in items[:LISTED]:
            self._column.addWidget(_banner(self._desk, item, self._do))
        self.setVisible(bool(items))
