"""Settings: how the screen looks, the lock, who works at this laptop, the centre, backups."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from trainer_app.actions.staff import RESETTING_ROLES
from trainer_app.desktop import theme
from trainer_app.desktop.later import later
from trainer_app.desktop.pages.help_people import ChangePinSheet, NewPinSheet
from trainer_app.desktop.pages.lock import look_words, seen_words
from trainer_app.desktop.parts.avatar import Avatar
from trainer_app.desktop.parts.buttons import Button, IconButton, secondary
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.choices import Seg
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.page import Columns, ScrollBody
from trainer_app.desktop.parts.rows import ActionRow, RowList
from trainer_app.desktop.parts.text import Text
from trainer_app.settings import LANGUAGES, LOOKS, SEND_PHOTOS, TEXT_SIZES_PERCENT
from trainer_app.storage.backup import Backup, backup_now, backups
from trainer_app.storage.keys import PROTECTION_WORDS, UserEntry
from trainer_app.words import _, date_short, duration, file_size, time_of_day

if TYPE_CHECKING:
    from trainer_app.desktop.session import Busy, Desk

LOCK_CHOICES_MINUTES = (1, 5, 10, 15, 30)
BACKUPS_SHOWN = 3
DATA_PRICES = (5, 10, 50, 300)
DATA_LIMITS_MB = (1, 5, 20)
RIGHT_WIDTH = 540
LANGUAGE_NAMES = {"id": "Bahasa Indonesia", "en": "English"}


@dataclass(frozen=True)
class Facts:
    """What is read from the laptop when settings are opened."""

    users: list[UserEntry]
    protection: str
    backups: list[Backup]
    area: str


class SettingsView(ScrollBody):
    """Cards, one a subject. Choices count at once; there is no button to save them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.changed = ""
        self.setAccessibleName(_("Pengaturan"))
        left = _column(self._screen(), self._lock(), self._data())
        right = _column(self._people(), self._centre(), self._backups())
        self.columns = Columns(left, right, RIGHT_WIDTH, fold="below")
        self.body.addWidget(self.columns)
        self.body.addStretch(1)

    # ---------------------------------------------------------------- screen and lock
    def _screen(self) -> Card:
        card = Card(_("Tampilan"), "monitor")
        settings = self.desk.settings
        self.language = Seg([(code, LANGUAGE_NAMES[code]) for code in LANGUAGES])
        self.look = Seg([(look, look_words(look)) for look in LOOKS])
        self.text_size = Seg([(size, f"{size}%") for size in TEXT_SIZES_PERCENT])
        self.editors = {"language": self.language, "look": self.look, "text_size": self.text_size}
        labels = (_("Bahasa"), _("Warna layar"), _("Ukuran huruf"))
        for label, (name, editor) in zip(labels, self.editors.items(), strict=True):
            editor.set_value(getattr(settings, name))
            editor.changed.connect(partial(self._change, name))
            card.add(Field(label, editor, message=False))
        return card

    def _change(self, name: str) -> None:
        """Obeys at once, also an arrow key. All widgets are made anew; ``changed`` is where to go on."""
        self.changed = name
        self.desk.change_settings(**{name: self.editors[name].value()})

    def go_on_at(self, name: str) -> None:
        """The keyboard goes on at the setting that was changed."""
        later(self, self.editors[name].setFocus)

    def _lock(self) -> Card:
        card = Card(_("Kunci layar"), "lock")
        self.minutes = Seg([(n, duration(n * 60)) for n in LOCK_CHOICES_MINUTES])
        self.minutes.set_value(self.desk.settings.lock_minutes)
        self.minutes.changed.connect(lambda: self.desk.change_settings(lock_minutes=self.minutes.value()))
        card.add(Field(_("Terkunci bila tidak dipakai selama"), self.minutes, message=False))
        change = _fixed(secondary(_("Ganti PIN"), "key-round"))
        change.clicked.connect(lambda: ChangePinSheet(self.desk).open())
        card.add(_left(change))
        return card

    def _data(self) -> Card:
        """What sending over the internet may cost."""
        card = Card(_("Data internet"), "globe")
        settings = self.desk.settings
        self.data_price = Seg([(0, _("Tidak dihitung")), *((n, f"Rp {n}") for n in DATA_PRICES)])
        self.data_price.set_value(settings.data_price if settings.data_price in DATA_PRICES else 0)
        self.data_price.changed.connect(lambda: self.desk.change_settings(data_price=self.data_price.value()))
        card.add(Field(_("Harga 1 MB"), self.data_price, message=False))
        self.data_limit = Seg([(0, _("Tanpa batas")), *((n, f"{n} MB") for n in DATA_LIMITS_MB)])
        self.data_limit.set_value(settings.data_limit if settings.data_limit in DATA_LIMITS_MB else 0)
        self.data_limit.changed.connect(lambda: self.desk.change_settings(data_limit=self.data_limit.value()))
        card.add(Field(_("Paling banyak sehari"), self.data_limit, message=False))
        words = {"always": _("Selalu"), "near": _("Hanya Wi-Fi pengawas dan flashdisk"), "never": _("Tidak")}
        self.send_photos = Seg([(code, words[code]) for code in SEND_PHOTOS])
        self.send_photos.set_value(settings.send_photos)
        self.send_photos.changed.connect(
            lambda: self.desk.change_settings(send_photos=self.send_photos.value())
        )
        card.add(Field(_("Kirim foto"), self.send_photos, message=False))
        return card

    # ---------------------------------------------------------------- people
    def _people(self) -> Card:
        card = Card(_("Petugas di laptop ini"), "users")
        self.users = RowList()
        card.add(self.users)
        self.protection = Text("", "caption", wrap=True)
        card.add(self.protection)
        add = _fixed(secondary(_("Tambah petugas"), "user-plus"))
        add.clicked.connect(self._add_person)
        card.add(_left(add))
        return card

    def _add_person(self) -> None:
        NewPinSheet(self.desk, None, self.read).open()

    def _show_users(self, users: list[UserEntry]) -> None:
        self.users.clear()
        for user in users:
            row = ActionRow(None, user.name, seen_words(user, self.desk.now()))
            row.layout().insertWidget(0, Avatar(user.name, 36))  # type: ignore[union-attr]  # a box
            if user.staff_id != self.desk.staff.id:
                button = Button(_("PIN baru"), small=True)
                button.setAccessibleDescription(user.name)
                button.clicked.connect(lambda _on=False, u=user: NewPinSheet(self.desk, u, self.read).open())
                row.add_right(button)
                if self.desk.staff.role in RESETTING_ROLES:
                    row.add_right(self._remove_button(user))
            self.users.add(row)

    def _remove_button(self, user: UserEntry) -> IconButton:
        words = _("Keluarkan {nama} dari laptop ini").format(nama=user.name)
        button = IconButton("trash-2", words)
        button.clicked.connect(lambda: self._ask_remove(user))
        return button

    def _ask_remove(self, user: UserEntry) -> None:
        text = _("PIN-nya tidak membuka laptop ini lagi. Catatan yang dibuatnya tetap ada.")
        choices = [("yes", _("Keluarkan"), "primary"), ("", _("Kembali"), "secondary")]
        title = _("Keluarkan {nama}?").format(nama=user.name)
        self.desk.ask(title, text, choices, lambda key: self._remove(user) if key else None, "user")

    def _remove(self, user: UserEntry) -> None:
        ring = self.desk.work.ring
        self.desk.run(self, lambda: ring.remove_user(user.staff_id), lambda _nothing: self.read())

    # ---------------------------------------------------------------- centre
    def _centre(self) -> Card:
        card = Card(_("Pusat"), "building-2")
        self.centre_line = Text("", "body", wrap=True)
        self.laptop_line = Text("", "muted", wrap=True)
        card.add(self.centre_line)
        card.add(self.laptop_line)
        return card

    # ---------------------------------------------------------------- backups
    def _backups(self) -> Card:
        card = Card(_("Cadangan"), "hard-drive")
        card.add(
            Text(
                _(
                    "Cadangan terkunci dibuat setiap hari di laptop ini. "
                    "Memulihkan dilakukan bersama pengawas."
                ),
                "muted",
                wrap=True,
            )
        )
        self.backup_list = RowList()
        card.add(self.backup_list)
        self.backup = _fixed(secondary(_("Buat cadangan sekarang"), "hard-drive"))
        self.backup.clicked.connect(self._make_backup)
        card.add(_left(self.backup))
        return card

    def _make_backup(self) -> None:
        work = self.desk.work
        store = self.desk.store
        busy = self.desk.busy(_("Membuat cadangan…"))
        self.backup.setEnabled(False)
        self.desk.run(
            self,
            lambda: backup_now(work.folder, store.db, work.key),
            self._backup_made,
            done=lambda: self._backup_ended(busy),
            lane="network",
        )

    def _backup_ended(self, busy: Busy) -> None:
        busy.close()
        self.backup.setEnabled(True)

    def _backup_made(self, made: Backup) -> None:
        self.desk.toast(_("Cadangan tersimpan hari ini {jam}").format(jam=time_of_day(made.at.astimezone())))
        self.read()

    def _show_backups(self, found: list[Backup]) -> None:
        self.backup_list.clear()
        if not found:
            self.backup_list.add(Text(_("Belum ada cadangan."), "muted"))
        for backup in found[:BACKUPS_SHOWN]:
            at = backup.at.astimezone()
            when = f"{date_short(at.date())}, {time_of_day(at)}"
            self.backup_list.add(ActionRow("circle-check", when, file_size(backup.size_bytes), "ok"))

    # ---------------------------------------------------------------- reading
    def read(self) -> None:
        """Reads again what the laptop says; slow parts on the worker."""
        work, store, places = self.desk.work, self.desk.store, self.desk.places

        def facts() -> Facts:
            area = ", ".join(places.area_label(area) for area in store.areas)
            return Facts(work.users(), work.ring.protection(), backups(work.folder), area)

        self.desk.run(self, facts, self._show)

    def _show(self, facts: Facts) -> None:
        self._show_users(facts.users)
        self.protection.setText(_(PROTECTION_WORDS[facts.protection]))  # type: ignore[index]  # one of its keys
        self._show_backups(facts.backups)
        address = self.desk.settings.centre
        self.centre_line.setText(address or _("Belum ada alamat pusat."))
        self.laptop_line.setText(" · ".join(part for part in (self.desk.store.name, facts.area) if part))


def _column(*cards: Card) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.px(12))
    for card in cards:
        column.addWidget(card)
    column.addStretch(1)
    return made


def _fixed(button: Button) -> Button:
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button


def _left(widget: Button) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(widget)
    row.addStretch(1)
    return row
