"""Photos on a person's page: added from a file and by pasting, looked at, taken away; all by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.desktop.desks import TRAINER
from tests.desktop.registering import CONTROL, Keyboard
from tests.desktop.test_person import ANSWERS, KEY, opened, words
from tests.sync.pictures import picture
from trainer_app.actions import people
from trainer_app.actions import photos as deeds
from trainer_app.actions.registration import correct_consent, register
from trainer_app.desktop.pages.person_photos import NewPhotoSheet, PhotoRow, PhotosCard, PhotoSheet
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.photo_making import shrunk
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Person, Photo
from trainer_app.records.operation import Edit
from trainer_app.records.photo import MOST_OF_ONE
from trainer_app.storage import blobs

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
AGREED = {"purposes": "program,foto", "manner": "tanda_tangan"}


@pytest.fixture
def siti(app: Any) -> bytes:
    person = register(app.desk.store, ANSWERS, TRAINER).person
    correct_consent(app.desk.store, person, AGREED, TRAINER)
    return person


@pytest.fixture
def page(qtbot: QtBot, app: Any, siti: bytes) -> Any:
    return at_page(qtbot, app, siti)


def at_page(qtbot: QtBot, app: Any, person: bytes) -> Any:
    page = opened(qtbot, app, person)
    qtbot.waitUntil(lambda: any(one.isVisible() for one in page.findChildren(PhotosCard)))
    return page


def at_adding(app: Any) -> bool:
    """Whether the keyboard goes on where another photo is added."""
    now = app.window.focusWidget()
    return now is not None and now.accessibleName() == "Tambah foto" and now.isVisible()


def view(colour: str = "teal", width: int = 1500, height: int = 1000) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def card(page: Any) -> PhotosCard:
    return [one for one in page.findChildren(PhotosCard) if not one.isHidden()][-1]


def rows(page: Any) -> list[PhotoRow]:
    """The photos that are shown; none while the card is made anew."""
    return [row for row in page.findChildren(PhotoRow) if row.isVisible()]


def sheet(qtbot: QtBot, app: Any, kind: type[Sheet]) -> Any:
    def there() -> list[Sheet]:
        return [one for one in app.window.findChildren(kind) if one.isVisible()]

    qtbot.waitUntil(lambda: len(there()) == 1)
    return there()[0]


def photos(app: Any, person: bytes) -> list[Photo]:
    return deeds.photos_of(app.desk.store, person)


def add(
    app: Any, person: bytes, colour: str = "teal", purpose: str = "usaha", note: str | None = None
) -> bytes:
    store = app.desk.store
    added = deeds.add_photo(
        store, store.get(Person, person), purpose, shrunk(view(colour)), TRAINER, note=note
    )
    return added.photo


def test_without_photos_the_card_says_what_helps(page: Any) -> None:
    told = words(card(page))
    assert "Belum ada foto" in told
    assert "Jangan memotret KTP" in told
    assert card(page).consent_button.isHidden()


def test_a_file_is_chosen_named_and_saved_by_keyboard(
    qtbot: QtBot, app: Any, page: Any, siti: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "kios.jpg"
    assert view().save(str(path), "JPEG")
    keys = Keyboard(app.window)
    card(page).add_button.setFocus()
    keys.enter()
    (dialog,) = app.window.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    asked = sheet(qtbot, app, NewPhotoSheet)
    asked.save.click()
    assert "Pilih dulu" in words(asked), "what it shows is not guessed"
    keys.type("1")
    keys.type("Kios di pasar CONTOH")
    keys.enter()
    qtbot.waitUntil(lambda: len(photos(app, siti)) == 1)
    (photo,) = photos(app, siti)
    assert (photo.purpose, photo.note, photo.width) == ("usaha", "Kios di pasar CONTOH", 1024)
    qtbot.waitUntil(lambda: len(rows(page)) == 1)
    (row,) = card(page).rows
    assert row.accessibleName().startswith("Tempat usaha atau produk. ")
    assert row.accessibleName().endswith("Menunggu dikirim")
    qtbot.waitUntil(lambda: at_adding(app))
    keys.press(KEY.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: photos(app, siti) == [])


def test_what_was_copied_is_pasted_with_one_stroke(qtbot: QtBot, app: Any, page: Any, siti: bytes) -> None:
    keys = Keyboard(app.window)
    QGuiApplication.clipboard().setImage(view("olive"))
    keys.press(KEY.Key_V, CONTROL)
    sheet(qtbot, app, NewPhotoSheet)
    keys.type("2")
    keys.enter()
    qtbot.waitUntil(lambda: [photo.purpose for photo in photos(app, siti)] == ["toko_daring"])


def test_a_copied_file_is_pasted_and_one_that_is_no_photo_is_told(
    qtbot: QtBot, app: Any, page: Any, siti: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "undangan.jpg"
    path.write_bytes(b"MZ" + bytes(500))
    held = QMimeData()
    held.setUrls([QUrl.fromLocalFile(str(path))])
    QGuiApplication.clipboard().setMimeData(held)
    card(page).paste_button.click()
    told = sheet(qtbot, app, Sheet)
    assert "bukan foto JPEG atau PNG" in words(told)
    told.reject()
    assert photos(app, siti) == []
    assert not page.photos.adding
    assert view().save(str(path), "JPEG")
    card(page).paste_button.click()
    sheet(qtbot, app, NewPhotoSheet).reject()
    assert photos(app, siti) == [], "nothing is kept before it is saved"


def test_with_nothing_copied_it_is_said(qtbot: QtBot, app: Any, page: Any) -> None:
    from trainer_app.desktop.parts.toast import current_toast

    QGuiApplication.clipboard().clear()
    card(page).paste_button.click()
    toast = current_toast(page)
    assert toast is not None
    assert "Belum ada foto yang disalin" in toast.accessibleName()


def test_who_did_not_agree_is_asked_first(qtbot: QtBot, app: Any) -> None:
    person = register(app.desk.store, ANSWERS, TRAINER).person
    page = at_page(qtbot, app, person)
    assert not card(page).consent_button.isHidden()
    assert "belum setuju difoto" in words(card(page))
    page.photos._make(lambda: shrunk(view()))
    asked = sheet(qtbot, app, NewPhotoSheet)
    keys = Keyboard(app.window)
    keys.type("1")
    keys.enter()
    qtbot.waitUntil(lambda: "belum setuju difoto" in words(asked))
    assert asked.isVisible(), "the photo is not lost over it"
    asked.purpose.setFocus()
    keys.type("2")
    keys.enter()
    qtbot.waitUntil(lambda: len(photos(app, person)) == 1)


def test_a_photo_is_looked_at_taken_away_and_brought_back(
    qtbot: QtBot, app: Any, page: Any, siti: bytes
) -> None:
    add(app, siti, note="Kios CONTOH")
    qtbot.waitUntil(lambda: len(rows(page)) == 1)
    keys = Keyboard(app.window)
    card(page).rows[0].setFocus()
    keys.enter()
    shown = sheet(qtbot, app, PhotoSheet)
    assert "Kios CONTOH" in words(shown)
    pictures = [label for label in shown.findChildren(QLabel) if label.pixmap().width() > 300]
    assert [label.accessibleName() for label in pictures] == ["Tempat usaha atau produk"]
    (button,) = (one for one in shown.findChildren(type(card(page).add_button)) if one.text() == "Hapus foto")
    button.setFocus()
    keys.enter()
    qtbot.waitUntil(lambda: photos(app, siti) == [])
    qtbot.waitUntil(lambda: rows(page) == [])
    qtbot.waitUntil(lambda: at_adding(app))
    keys.press(KEY.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: len(photos(app, siti)) == 1)


def test_where_a_photo_is_is_said_in_the_words_of_every_page(
    qtbot: QtBot, app: Any, page: Any, siti: bytes
) -> None:
    store = app.desk.store
    for colour in ("teal", "olive", "navy"):
        add(app, siti, colour)
    digests = [photo.digest or "" for photo in photos(app, siti)]
    blobs.at_hub(store, digests[0])
    blobs.refused(store, digests[1])
    foreign = {"about": siti, "purpose": "kegiatan", "taken_at": 1, "digest": "0" * 64, "size": 5}
    store.save([Edit(Photo, new_id(), photos(app, siti)[0].area, foreign)], TRAINER)

    def told() -> list[str]:
        return sorted(row.accessibleName().rpartition(". ")[2] for row in rows(page))

    # the records wait as well, so that only bytes that were refused are told apart
    wanted = ["Menunggu dikirim", "Menunggu dikirim", "Perlu diperbaiki", "Tidak ada di laptop ini"]
    qtbot.waitUntil(lambda: told() == wanted)
    (elsewhere,) = (row for row in card(page).rows if row.facts.body is None)
    elsewhere.click()
    assert "dikirim laptop lain" in words(sheet(qtbot, app, PhotoSheet))


def test_at_the_limit_nothing_more_is_offered(qtbot: QtBot, app: Any, page: Any, siti: bytes) -> None:
    for place in range(MOST_OF_ONE):
        add(app, siti, QColor.fromHsv(place * 50, 200, 200).name())
    qtbot.waitUntil(lambda: len(rows(page)) == MOST_OF_ONE)
    assert card(page).add_button.isHidden()
    assert card(page).paste_button.isHidden()
    assert f"Paling banyak {MOST_OF_ONE} foto" in words(card(page))


def test_nothing_is_added_to_somebody_who_was_deleted(qtbot: QtBot, app: Any, siti: bytes) -> None:
    add(app, siti)
    people.delete_person(app.desk.store, siti, TRAINER, "diminta")
    page = at_page(qtbot, app, siti)
    assert card(page).add_button.isHidden()
    assert card(page).rows == []


def test_each_row_is_one_stop_of_the_keyboard(qtbot: QtBot, app: Any, page: Any, siti: bytes) -> None:
    for colour in ("teal", "olive"):
        add(app, siti, colour)
    qtbot.waitUntil(lambda: len(rows(page)) == 2)
    keys = Keyboard(app.window)
    card(page).rows[0].setFocus()
    keys.press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is card(page).rows[1]
    keys.press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is card(page).add_button
    assert isinstance(card(page).rows[0], PhotoRow)


@pytest.mark.qt_log_ignore("Bogus marker length", extend=True)
def test_bytes_that_do_not_open_keep_no_page_back(qtbot: QtBot, app: Any, page: Any, siti: bytes) -> None:
    store = app.desk.store
    deeds.add_photo(store, store.get(Person, siti), "usaha", picture(), TRAINER)
    qtbot.waitUntil(lambda: len(rows(page)) == 1)
