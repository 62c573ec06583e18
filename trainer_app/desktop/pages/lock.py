"""The lock: who is it, and the PIN. Everything a person typed before stays behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from trainer_app.desktop import pictures, theme
from trainer_app.desktop.parts.announce import announce
from trainer_app.desktop.parts.avatar import Avatar
from trainer_app.desktop.parts.buttons import Button, quiet
from trainer_app.desktop.parts.card import Card, Icon
from trainer_app.desktop.parts.empty import Empty
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.flow import FlowLayout
from trainer_app.desktop.parts.page import ScrollBody
from trainer_app.desktop.parts.pin import Keypad, PinBoxes
from trainer_app.desktop.parts.text import Text
from trainer_app.records.staff import ROLE
from trainer_app.settings import Settings
from trainer_app.storage.keys import PIN_LENGTH, PinProblem, UserEntry
from trainer_app.words import _, date_short, duration, ngettext, time_of_day

CARD_WIDTH = 762
CLOCK_MS = 10_000
ROOM_FOR_KEYPAD = 660  # height of the screen that shows it
LANGUAGE_WORDS = {"id": "Indonesia", "en": "English"}  # each in its own language
WEEK_DAYS = 7


def look_words(look: str) -> str:
    """The name of a look."""
    return {"siang": _("Siang"), "terik": _("Terik"), "malam": _("Malam")}[look]


LOOK_ICONS = {"siang": "sun", "terik": "contrast", "malam": "moon"}


def seen_words(user: UserEntry, now: datetime) -> str:
    """Role and when this person was here last: "Pelatih · tadi 09.12"."""
    role = _(ROLE.get(user.role, user.role))
    if user.last_at is None:
        return role
    then = datetime.fromtimestamp(user.last_at / 1000, now.tzinfo)
    days = (now.date() - then.date()).days
    if days <= 0:
        when = _("tadi {jam}").format(jam=time_of_day(then))
    elif days == 1:
        when = _("kemarin")
    elif days < WEEK_DAYS:
        when = ngettext("{n} hari lalu", "{n} hari lalu", days).format(n=days)
    else:
        when = date_short(then.date())
    return f"{role} · {when}"


class UserButton(QPushButton):
    """One person to choose; arrows move between them, which is one stop of the Tab key."""

    def __init__(self, user: UserEntry, now: datetime) -> None:
        super().__init__()
        self.user = user
        line = seen_words(user, now)
        self.setProperty("kind", "row")
        self.setCheckable(True)
        self.setAutoExclusive(True)  # a radio button to screen readers
        self.setAccessibleName(user.name)
        self.setAccessibleDescription(line)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)  # a long name takes two lines
        self.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(13), theme.px(8), theme.px(13), theme.px(8))
        row.setSpacing(theme.px(14))
        row.addWidget(Avatar(user.name, 40))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Text(user.name, "h3", wrap=True))
        words.addWidget(Text(line, "caption"))
        row.addLayout(words, 1)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(280), theme.px(72))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(220), theme.px(72))

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return max(theme.px(72), layout.heightForWidth(width) if layout is not None else 0)


class LockPage(QWidget):
    """Asks; the program answers with ``show_opening``, ``show_problem``, or by showing the pages."""

    unlock_asked = Signal(bytes, str)
    enrol_asked = Signal()
    trial_asked = Signal()
    language_asked = Signal()
    look_asked = Signal()
    forgot_pressed = Signal()

    def __init__(
        self,
        users: Sequence[UserEntry],
        settings: Settings,
        now: datetime,
        *,
        can_try: bool,
        laptop: str = "",
        problem: str = "",
        locked_by: bytes | None = None,
    ) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._wait_until_seconds = 0.0
        self._countdown = QTimer(self)
        self._countdown.setInterval(1000)
        self._countdown.timeout.connect(self._count_down)
        self.chosen: UserEntry | None = None
        self.enrol: Button | None = None
        column = QVBoxLayout(self)
        side = theme.px(40)
        column.setContentsMargins(side, theme.px(28), side, theme.px(22))
        column.addLayout(self._head(now, laptop))
        scroll = ScrollBody()
        scroll.setAccessibleName(_("Masuk"))
        scroll.body.addStretch(1)
        if problem or not users:
            scroll.body.addWidget(self._nobody(problem), 0, Qt.AlignmentFlag.AlignHCenter)
        else:
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(self._card(users, now), 1000)  # as wide as it may be
            row.addStretch(1)
            scroll.body.addLayout(row)
            self._choose_first(users, locked_by)
        scroll.body.addStretch(1)
        column.addWidget(scroll, 1)
        column.addLayout(self._foot(settings, can_try=can_try, locked=locked_by is not None))

    # ---------------------------------------------------------------- building
    def _head(self, now: datetime, laptop: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.px(14))
        sign = Text()
        sign.setPixmap(pictures.app_picture(48))
        row.addWidget(sign)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Text("Trainer App", "h1"))
        self.moment = Text("", "muted")
        words.addWidget(self.moment)
        ahead = now - datetime.now(now.tzinfo)
        clock = QTimer(self)
        clock.setInterval(CLOCK_MS)
        clock.timeout.connect(lambda: self._show_moment(datetime.now(now.tzinfo) + ahead, laptop))
        clock.start()
        self._show_moment(now, laptop)
        row.addLayout(words)
        row.addStretch(1)
        return row

    def _show_moment(self, now: datetime, laptop: str) -> None:
        moment = f"{date_short(now.date())}, {time_of_day(now)}"
        self.moment.setText(f"{laptop} · {moment}" if laptop else moment)

    def _nobody(self, problem: str) -> Card:
        card = Card()
        card.setMinimumWidth(theme.px(520))
        if problem:
            card.add(Empty("circle-alert", problem))
            return card
        empty = Empty("laptop", _("Laptop ini belum didaftarkan."), _("Daftarkan"), "key-round")
        empty.pressed.connect(self.enrol_asked)
        self.enrol = empty.button
        card.add(empty)
        return card

    def _card(self, users: Sequence[UserEntry], now: datetime) -> Card:
        card = Card()
        card.setMaximumWidth(theme.px(CARD_WIDTH))
        row = QHBoxLayout()
        row.setContentsMargins(theme.px(14), theme.px(14), theme.px(14), theme.px(14))
        row.setSpacing(theme.px(24))
        row.addLayout(self._people(users, now), 1)
        row.addLayout(self._pin_column())
        card.add(row)
        return card

    def _people(self, users: Sequence[UserEntry], now: datetime) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.px(10))
        column.addWidget(Text(_("Siapa yang memakai laptop?"), "h2", wrap=True))
        self._group = QButtonGroup(self)
        self.users: list[UserButton] = []
        for user in users:
            button = UserButton(user, now)
            self._group.addButton(button)
            button.clicked.connect(lambda _on=False, b=button: self.choose(b))
            column.addWidget(button)
            self.users.append(button)
        column.addStretch(1)
        return column

    def _pin_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.px(8))
        self.pin_title = Text("", "h2", wrap=True)
        column.addWidget(self.pin_title)
        self.hint = Text(
            _("{n} angka. Ketik dengan papan tombol atau klik.").format(n=PIN_LENGTH), "muted", wrap=True
        )
        column.addWidget(self.hint)
        self.pin = PinBoxes(PIN_LENGTH)
        self.pin.completed.connect(self.submit)
        self.pin.finished.connect(self.submit)
        column.addWidget(self.pin)
        self.phrase = self._phrase_field()
        column.addWidget(self.phrase)
        self.message = Text("", "message", "bad", wrap=True)
        self.message.setMinimumHeight(theme.px(22))
        column.addWidget(self.message)
        self.keypad = Keypad(self.pin, _("Masuk"))
        self.keypad.entered.connect(self.submit)
        column.addWidget(self.keypad)
        self.enter = Button(_("Masuk"), "primary")
        self.enter.clicked.connect(self.submit)
        self.enter.hide()
        column.addWidget(self.enter)
        column.addLayout(self._links())
        column.addStretch(1)
        return column

    def _order_tabs(self) -> None:
        """The keypad comes after all else: whoever uses the Tab key has the digits at hand."""
        last: QWidget = self.look
        for key in self.keypad.findChildren(QPushButton):
            QWidget.setTabOrder(last, key)
            last = key

    def _phrase_field(self) -> Field:
        editor = QLineEdit()
        editor.setEchoMode(QLineEdit.EchoMode.Password)
        editor.returnPressed.connect(self.submit)
        self.phrase_editor = editor
        field = Field(_("Kalimat sandi"), editor, message=False)
        field.hide()
        return field

    def _links(self) -> FlowLayout:
        row = FlowLayout(4)
        self.other_way = quiet(_("Pakai kalimat sandi"))
        self.other_way.clicked.connect(self._switch_way)
        self.forgot = quiet(_("Lupa PIN? Minta pengawas"))
        self.forgot.clicked.connect(self.forgot_pressed)
        row.addWidget(self.forgot)
        row.addWidget(self.other_way)
        return row

    def _foot(self, settings: Settings, *, can_try: bool, locked: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        row.addWidget(Icon("shield-check", "ok_text", 20))
        minutes = duration(settings.lock_minutes * 60)
        promise = _("Terkunci otomatis setelah {waktu}. Isian Anda tetap tersimpan.").format(waktu=minutes)
        words = _("Layar terkunci. Isian Anda tetap tersimpan.") if locked else promise
        self.promise = Text(words, "muted", wrap=True)
        row.addWidget(self.promise, 1)
        if can_try:
            self.trial = quiet(_("Coba dulu (data contoh)"), "play")
            self.trial.clicked.connect(self.trial_asked)
            row.addWidget(self.trial)
        language = _("Bahasa: {nama}").format(nama=LANGUAGE_WORDS[settings.language])
        self.language = quiet(language, "languages")
        self.language.clicked.connect(self.language_asked)
        row.addWidget(self.language)
        look = _("Tampilan: {nama}").format(nama=look_words(settings.look))
        self.look = quiet(look, LOOK_ICONS[settings.look])
        self.look.clicked.connect(self.look_asked)
        row.addWidget(self.look)
        return row

    # ---------------------------------------------------------------- working
    def _choose_first(self, users: Sequence[UserEntry], locked_by: bytes | None) -> None:
        ids = [user.staff_id for user in users]
        place = ids.index(locked_by) if locked_by in ids else 0
        self.users[place].setChecked(True)
        self.choose(self.users[place])

    def choose(self, button: UserButton) -> None:
        """The PIN is that of this person now."""
        if button.user is self.chosen:
            self._focus_pin()
            return
        self.chosen = button.user
        self.pin_title.setText(_("PIN {nama}").format(nama=button.user.name))
        self._wait_until_seconds = 0.0
        self._countdown.stop()
        self._accept_input(accept=True)
        self.message.show_text("")
        self._clear()
        self._focus_pin()

    def _switch_way(self) -> None:
        phrase = self.phrase.isHidden()
        self.phrase.setVisible(phrase)
        for widget in (self.pin, self.hint):
            widget.setVisible(not phrase)
        self._show_keypad()
        self.other_way.show_text(_("Pakai PIN 6 angka") if phrase else _("Pakai kalimat sandi"))
        self._focus_pin()

    def _show_keypad(self) -> None:
        """The keypad is for clicking; it makes room when letters are large or the window is low."""
        shown = self.phrase.isHidden() and self.height() >= theme.px(ROOM_FOR_KEYPAD)
        self.keypad.setVisible(shown)
        self.enter.setVisible(not shown)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.chosen is not None:
            self._order_tabs()
            self._focus_pin()
        elif self.enrol is not None:
            self.enrol.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.chosen is not None:
            self._show_keypad()

    def _typed(self) -> str:
        return self.pin.value() if self.phrase.isHidden() else self.phrase_editor.text()

    def _clear(self) -> None:
        self.pin.clear_value()
        self.phrase_editor.clear()

    def _focus_pin(self) -> None:
        (self.pin if self.phrase.isHidden() else self.phrase_editor).setFocus()

    def submit(self) -> None:
        """Tries what is typed."""
        if self.chosen is None or not self.keypad.isEnabled() or not self._typed():
            return
        if self.phrase.isHidden() and len(self.pin.value()) < PIN_LENGTH:
            self._say(_("PIN terdiri dari {n} angka.").format(n=PIN_LENGTH))
            return
        self.unlock_asked.emit(self.chosen.staff_id, self._typed())

    def show_opening(self) -> None:
        """The PIN is being tried, which takes a moment on purpose."""
        self._accept_input(accept=False)
        self.message.show_text(_("Membuka data…"), "info")

    def show_problem(self, message: str, wait_seconds: float = 0.0) -> None:
        """Why it did not open. Until ``wait_seconds`` are over no PIN is taken, and the seconds are counted
        down.
        """
        self._clear()
        self.pin.set_wrong(True)
        self._say(message)
        self._accept_input(accept=wait_seconds <= 0)
        if wait_seconds > 0:
            self._wait_until_seconds = wait_seconds
            self._count_down(0)
            self._countdown.start()
        else:
            self._focus_pin()

    def show_pin_problem(self, problem: PinProblem) -> None:
        self.show_problem(problem.message, problem.wait_seconds)

    def _count_down(self, step: float = 1.0) -> None:
        self._wait_until_seconds -= step
        if self._wait_until_seconds > 0:
            left = duration(self._wait_until_seconds)
            self.message.show_text(
                _("Terlalu banyak PIN salah. Coba lagi {waktu} lagi.").format(waktu=left), "bad"
            )
            return
        self._countdown.stop()
        self._accept_input(accept=True)
        self._say(_("Silakan coba lagi."))
        self._focus_pin()

    def _accept_input(self, *, accept: bool) -> None:
        for editor in (self.pin, self.phrase_editor):
            editor.setReadOnly(not accept)  # enabled: else the focus goes on to "forgot the PIN"
        for widget in (self.keypad, self.enter):
            widget.setEnabled(accept)

    def _say(self, text: str) -> None:
        self.message.show_text(text, "bad")
        announce(self, text, urgent=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits go into the PIN wherever the focus is."""
        if (
            self.chosen is not None
            and event.text().isdigit()
            and self.pin.isVisible()
            and not self.pin.isReadOnly()
        ):
            person = self.focusWidget()
            if isinstance(person, UserButton):
                person.click()  # else the PIN of the one with the frame would be tried for another
            self.pin.setFocus()
            self.pin.type_digit(event.text())
            return
        super().keyPressEvent(event)
