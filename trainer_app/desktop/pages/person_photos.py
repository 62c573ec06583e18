"""The photos on a person's page: a card with each as a row, the sheet that asks what a new one shows, and the
sheet in which one is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QMimeData, QObject, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QImageReader, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from trainer_app.actions import photos as deeds
from trainer_app.desktop import pictures, theme
from trainer_app.desktop.choosing import choose_file, pictures_folder
from trainer_app.desktop.later import later
from trainer_app.desktop.pages.base import DeskPage
from trainer_app.desktop.pages.person_side import at_left
from trainer_app.desktop.pages.person_words import PersonFacts, PhotoFacts
from trainer_app.desktop.parts.buttons import Button, secondary
from trainer_app.desktop.parts.card import Card, Icon, tone_role
from trainer_app.desktop.parts.editors import LineEditor, Seg
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.photo_making import ENDINGS, shrunk, shrunk_file
from trainer_app.desktop.sending_words import state_chip
from trainer_app.records.photo import MOST_OF_ONE, PURPOSE
from trainer_app.records.problem import Problem
from trainer_app.words import N_, _, file_size

if TYPE_CHECKING:
    from trainer_app.records.kinds import Person, Photo

#: What a photo of a person is asked to be.
ASKED = ("usaha", "toko_daring", "kegiatan")
THUMBNAIL, ROW_HEIGHT = 64, 82
PREVIEW, LARGE = (420, 230), (700, 430)


class PersonPhotos(QObject):
    """What can be done with photos on a page; the card is made anew whenever the page is."""

    def __init__(self, page: DeskPage) -> None:
        super().__init__(page)
        self._page = page
        self._facts: PersonFacts | None = None
        self.adding = False
        self._focus_next = False

    def card(self, facts: PersonFacts, ask_consent: Callable[[], object]) -> PhotosCard:
        """The card for what was read just now."""
        self._facts = facts
        made = PhotosCard(facts)
        made.add_button.clicked.connect(lambda _on=False: self.choose())
        made.paste_button.clicked.connect(lambda _on=False: self.paste())
        made.consent_button.clicked.connect(lambda _on=False: ask_consent())
        for row in made.rows:
            row.clicked.connect(lambda _on=False, shown=row.facts: self._look(shown))
        if self._focus_next:
            self._focus_next = False
            later(made, made.take_focus)
        return made

    # ---------------------------------------------------------------- adding
    def about(self, person: Person) -> None:
        """Whom the next photo is of, on a page that has no card of photos."""
        self._facts = PersonFacts(person, (), None, (), None, ())

    def choose(self) -> None:
        """A file of this laptop, or of what is plugged in."""
        if self._facts is None or self.adding:
            return
        kinds = (f"{_('Foto')} ({ENDINGS})", f"{_('Semua berkas')} (*)")
        dialog = choose_file(self._page.window(), _("Pilih foto"), kinds, pictures_folder())
        dialog.fileSelected.connect(lambda name: self.take_file(Path(name)))
        dialog.open()

    def paste(self) -> None:
        """The picture that was copied elsewhere, or the picture file."""
        if self._facts is None or self.adding:
            return
        clipboard = QGuiApplication.clipboard()
        held: QMimeData | None = clipboard.mimeData()  # none where nothing was ever copied
        files = [Path(url.toLocalFile()) for url in held.urls() if url.isLocalFile()] if held else []
        image = clipboard.image() if held and held.hasImage() else QImage()
        if not image.isNull():
            self._make(lambda: shrunk(image))
        elif files:
            self.take_file(files[0])
        else:
            self._page.desk.toast(_("Belum ada foto yang disalin"), icon="info")

    def take_file(self, path: Path) -> None:
        """Makes a file's picture small, then asks what it shows."""
        self._make(lambda: shrunk_file(path))

    def _make(self, work: Callable[[], bytes]) -> None:
        self.adding = True
        facts = self._facts
        self._page.run(work, lambda body: self._made(body, facts), self._page.desk.problem, self._ended)

    def _ended(self) -> None:
        self.adding = False

    def _made(self, body: bytes, facts: PersonFacts | None) -> None:
        same = facts is not None and self._facts is not None and facts.person.id == self._facts.person.id
        if facts is not None and same and self._page.isVisible():
            NewPhotoSheet(self._page, body, partial(self._add, facts)).open()

    def _add(self, facts: PersonFacts, sheet: NewPhotoSheet) -> None:
        store, by = self._page.desk.store, self._page.desk.staff.id
        person, purpose, body, note = facts.person, sheet.chosen(), sheet.body_bytes, sheet.note_text()

        def work() -> deeds.Added:
            return deeds.add_photo(store, person, purpose, body, by, note=note)

        def done(added: deeds.Added) -> None:
            sheet.close_with("saved")
            if not added.operations:
                self._focus_next = False
                self._page.desk.toast(_("Foto ini sudah ada"), icon="info")
                return
            undo = partial(self._page.run, partial(deeds.remove_photo, store, added.photo, by))
            self._page.desk.did(_("Foto tersimpan di laptop ini"), undo=undo)

        def refused(problem: Problem) -> None:
            self._focus_next = False
            sheet.refuse(problem)

        self._focus_next = True  # the card is made anew as soon as it is saved
        self._page.run(work, done, refused)

    # ---------------------------------------------------------------- looking and taking away
    def _look(self, facts: PhotoFacts) -> None:
        PhotoSheet(self._page, facts, partial(self._remove, facts)).open()

    def _remove(self, facts: PhotoFacts) -> None:
        store, by, row = self._page.desk.store, self._page.desk.staff.id, facts.photo.id

        def done(_made: object) -> None:
            undo = partial(self._page.run, partial(deeds.bring_back, store, row, by))
            self._page.desk.did(_("Foto dihapus"), undo=undo)

        self._focus_next = True
        self._page.run(partial(deeds.remove_photo, store, row, by), done)


class PhotosCard(Card):
    """The photos of somebody, and how to add one."""

    def __init__(self, facts: PersonFacts) -> None:
        super().__init__(_("Foto"), icon="image", narrow=True)
        self.rows = [PhotoRow(one) for one in facts.photos]
        for row in self.rows:
            self.add(row)
        if not self.rows:
            self.add(
                Text(_("Belum ada foto. Foto tempat usaha atau toko daring membantu."), "muted", wrap=True)
            )
        self.add_button = secondary(_("Tambah foto"), "plus", small=True)
        self.paste_button = secondary(_("Tempel"), "copy", small=True)
        self.paste_button.setAccessibleName(_("Tempel foto yang disalin"))
        self.paste_button.setToolTip("Ctrl+V")
        self.consent_button = secondary(_("Catat persetujuan foto"), "shield-check", small=True)
        self._offer(facts)

    def _offer(self, facts: PersonFacts) -> None:
        may_add = facts.person.deleted_at is None and len(self.rows) < MOST_OF_ONE
        agreed = deeds.agreed_to_photos(facts.consent)
        buttons = QWidget()
        line = QHBoxLayout(buttons)
        line.setContentsMargins(0, theme.px(2), 0, 0)
        line.setSpacing(theme.px(8))
        for button in (self.add_button, self.paste_button):
            line.addWidget(button)
        line.addStretch(1)
        self.add(buttons)
        for shown in (buttons, self.add_button, self.paste_button):
            shown.setVisible(may_add)
        asking = at_left(self.consent_button)
        self.add(asking)
        asks = may_add and not agreed
        for shown in (asking, self.consent_button):
            shown.setVisible(asks)
        hint = _("Jangan memotret KTP. Lokasi dan data kamera dibuang.")
        if asks:
            hint = _("Peserta belum setuju difoto: baru bukti toko daring yang bisa disimpan.") + " " + hint
        if len(self.rows) >= MOST_OF_ONE:
            hint = _("Paling banyak {n} foto.").format(n=MOST_OF_ONE)
        self.add(Text(hint, "caption", wrap=True))

    def take_focus(self) -> None:
        """The keyboard goes on here after a deed, which made the card anew."""
        target = self.rows[0] if self.add_button.isHidden() and self.rows else self.add_button
        target.setFocus(Qt.FocusReason.OtherFocusReason)


class PhotoRow(Button):
    """One photo: small, with what it shows and where it is. Pressed, it is shown large."""

    def __init__(self, facts: PhotoFacts) -> None:
        super().__init__("", "row")
        self.facts = facts
        word, tone, icon = photo_chip(facts)
        title, when = purpose_words(facts.photo), facts.when
        self.setAccessibleName(f"{title}. {when}. {word}")
        self.setFixedHeight(theme.px(ROW_HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(8), theme.px(6), theme.px(10), theme.px(6))
        row.setSpacing(theme.px(10))
        row.addWidget(_picture(facts.body, (THUMBNAIL, THUMBNAIL)))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(Text(title, "label"))
        words.addWidget(Text(when, "caption"))
        state = QHBoxLayout()
        state.setSpacing(theme.px(5))
        state.addWidget(Icon(icon, tone_role(tone), 16))
        state.addWidget(Text(word, "caption"), 1)
        words.addLayout(state)
        words.addStretch(1)
        row.addLayout(words, 1)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(240), theme.px(ROW_HEIGHT))


class NewPhotoSheet(Sheet):
    """What a new photo shows. ``then`` is told to save it and closes the sheet."""

    def __init__(self, page: QWidget, body: bytes, then: Callable[[NewPhotoSheet], object]) -> None:
        text = _("Sudah diperkecil menjadi {besar}. Lokasi dan data kamera sudah dibuang.")
        size = file_size(len(body))
        super().__init__(page, _("Foto apa ini?"), text.format(besar=size), "image", width=560)
        self.body_bytes, self._then = body, then
        image = _picture(body, PREVIEW)
        image.setAccessibleName(_("Foto yang akan disimpan"))
        self.body.addWidget(image, 0, Qt.AlignmentFlag.AlignHCenter)
        self.purpose = Seg([(code, _(PURPOSE[code])) for code in ASKED], numbered=True)
        self.body.addWidget(Field(_("&Foto ini menunjukkan"), self.purpose, message=False))
        self.note = LineEditor(_("Boleh dikosongkan"))
        self.note.enter_moves_on = False
        self.note.returnPressed.connect(self._save)
        self.purpose.finished.connect(self.note.setFocus)
        self.body.addWidget(Field(_("&Keterangan"), self.note, message=False))
        self.add_button("", _("Batal")).clicked.connect(self.reject)
        self.save = self.add_button("", _("Simpan foto"), "primary", default=True)
        self.save.clicked.connect(self._save)

    def open(self) -> None:
        super().open()
        self.purpose.setFocus()

    def chosen(self) -> str:
        return str(self.purpose.value() or "")

    def note_text(self) -> str | None:
        return str(self.note.value()) or None

    def refuse(self, problem: Problem) -> None:
        """Says why it cannot be saved so."""
        self.save.setEnabled(True)
        self.set_problem(problem.message)

    def _save(self) -> None:
        if not self.chosen():
            self.set_problem(_("Pilih dulu foto apa ini."))
            self.purpose.setFocus()
        elif self.save.isEnabled():
            self.set_problem("")
            self.save.setEnabled(False)
            self._then(self)


class PhotoSheet(Sheet):
    """One photo, large. ``remove`` takes it away."""

    def __init__(self, page: QWidget, facts: PhotoFacts, remove: Callable[[], object]) -> None:
        photo = facts.photo
        parts = [facts.when, photo_chip(facts)[0], file_size(photo.size or 0)]
        super().__init__(page, purpose_words(photo), " · ".join(parts), "image", width=760)
        if facts.body is None:
            words = _("Foto ini dikirim laptop lain. Pusat yang menyimpannya; laptop ini menghemat data.")
            self.body.addWidget(Text(words, "muted", wrap=True))
        else:
            image = _picture(facts.body, LARGE)
            image.setAccessibleName(purpose_words(photo))
            self.body.addWidget(image, 0, Qt.AlignmentFlag.AlignHCenter)
        if photo.note:
            self.body.addWidget(Text(photo.note, "body", wrap=True))
        if facts.state == "rejected":
            words = _("Pusat tidak bisa menerima foto ini. Hapus, lalu tambah foto yang lain.")
            self.body.addWidget(Text(words, "message", "bad", wrap=True))
        self.answered.connect(lambda key: remove() if key == "removed" else None)
        self.add_button("removed", _("Hapus foto"))
        self.add_button("", _("Tutup"), "primary", default=True).clicked.connect(self.reject)


def photo_chip(facts: PhotoFacts) -> tuple[str, str, str]:
    """Word, tone and icon of where a photo is."""
    if facts.body is None:
        return _("Tidak ada di laptop ini"), "mute", "laptop"
    return state_chip(facts.state)


def purpose_words(photo: Photo) -> str:
    """What a photo shows, in words."""
    return _(PURPOSE.get(photo.purpose or "", N_("Foto")))


def _picture(body: bytes | None, room: tuple[int, int]) -> QLabel:
    """A picture as large as there is room, or the sign of one."""
    label = QLabel()
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    size = QSize(theme.px(room[0]), theme.px(room[1]))
    drawn = _pixmap(body, size, label.devicePixelRatioF()) if body is not None else QPixmap()
    if drawn.isNull():
        drawn = pictures.pixmap("image", "ink3", 36)
    label.setPixmap(drawn)
    if room[0] == room[1]:
        label.setFixedSize(size)
    return label


def _pixmap(body: bytes, size: QSize, ratio: float) -> QPixmap:
    buffer = QBuffer()
    buffer.setData(body)
    reader = QImageReader(buffer, b"jpeg")
    real = reader.size()
    if not real.isValid():
        return QPixmap()
    reader.setScaledSize(real.scaled(size * ratio, Qt.AspectRatioMode.KeepAspectRatio))
    drawn = QPixmap.fromImage(reader.read())
    drawn.setDevicePixelRatio(ratio)
    return drawn
