"""The page of one person: reading, correcting, the history, and what can be taken back."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.desktop.desks import AREA, SUPERVISOR, TRAINER
from tests.desktop.registering import CONTROL, Keyboard
from trainer_app.actions.people import enrol
from trainer_app.actions.registration import Registration, correct_person, register
from trainer_app.desktop.pages.person_cards import AnswersCard
from trainer_app.desktop.pages.person_sheets import NikSheet
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.toast import current_toast
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import (
    Attendance,
    Batch,
    Consent,
    Enrolment,
    Enterprise,
    Person,
    Session,
    derived_id,
)
from trainer_app.records.operation import Edit
from trainer_app.storage.access_log import accesses
from trainer_app.storage.drafts import drafts_of

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
KEY = Qt.Key
NIK, OTHER = "5301085508909001", "5301084103859004"
ANSWERS = Registration(
    person={"full_name": "Siti Aminah CONTOH", "nik": NIK, "village": "53.01.08.2006"},
    enterprise={"name": "Keripik Singkong", "business_group": "olahan_pangan"},
    consent={"purposes": "program,gojek", "manner": "tanda_tangan"},
)


@pytest.fixture
def siti(app: Any) -> bytes:
    return register(app.desk.store, ANSWERS, TRAINER).person


@pytest.fixture
def page(qtbot: QtBot, app: Any, siti: bytes) -> Any:
    return opened(qtbot, app, siti)


def opened(qtbot: QtBot, app: Any, person: bytes, **args: Any) -> Any:
    app.go("participants")
    app.go("person", id=person, **args)
    app.window.activateWindow()
    qtbot.waitUntil(app.window.isActiveWindow)
    page = app.frame.page
    qtbot.waitUntil(lambda: page._facts is not None and page._facts.person.id == person)
    return page


def events(page: Any) -> list[str]:
    return [event.title for event in page._facts.events] if page._facts is not None else []


def card(page: Any, title: str) -> AnswersCard:
    (found,) = (c for c in page.findChildren(AnswersCard) if c.heading.text() == title and not c.isHidden())
    return found


def words(widget: Any) -> str:
    from trainer_app.desktop.parts.text import Text

    return " | ".join(text.text() for text in widget.findChildren(Text) if not text.isHidden())


def test_the_answers_are_read_as_words(page: Any) -> None:
    owner = words(card(page, "Pemilik usaha"))
    assert "Siti Aminah CONTOH" in owner
    assert "15 Agu 1990" in owner
    assert "5301 •••• •••• 9001" in owner
    assert NIK not in owner.replace(" ", "")
    assert "Olahan pangan" in words(card(page, "Usaha"))
    assert "Dicatat untuk pelatihan ini, Dibagikan ke Gojek" in words(card(page, "Persetujuan"))
    assert page.header.title.text() == "Siti Aminah CONTOH"
    assert page.header.subtitle.text() == "Keripik Singkong · Oelnasi, Kec. Kupang Tengah, Kab. Kupang"
    assert (page.state.text(), page.gaps.isHidden(), page.sample.isHidden()) == (
        "Menunggu dikirim",
        False,
        True,
    )


def test_a_correction_is_saved_told_and_taken_back(qtbot: QtBot, app: Any, page: Any, siti: bytes) -> None:
    keys = Keyboard(app.window)
    owner = card(page, "Pemilik usaha")
    owner.button.setFocus()
    keys.enter()
    editing = owner.editing
    assert editing is not None
    editing.form.fields["person.phone"].editor.setFocus()
    keys.type("081027334155")
    keys.press(KEY.Key_S, CONTROL)
    store = app.desk.store
    qtbot.waitUntil(lambda: store.get(Person, siti).phone == "+6281027334155")
    qtbot.waitUntil(lambda: any("Nomor HP / WhatsApp" in title for title in events(page)))
    assert page._editing is None
    qtbot.waitUntil(lambda: "0810 2733 4155" in words(page))
    toast = current_toast(page)
    assert toast is not None
    assert "tersimpan" in toast.accessibleName()
    keys.press(KEY.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: store.get(Person, siti).phone is None)


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(
    qtbot: QtBot, app: Any, page: Any, siti: bytes
) -> None:
    keys = Keyboard(app.window)
    owner = card(page, "Pemilik usaha")
    owner.edit()
    field = owner.editing.form.fields["person.phone"]
    field.editor.setFocus()
    keys.type("0810123")
    owner.editing.press_save()
    qtbot.waitUntil(lambda: "Nomor HP kurang" in field.message_text())
    assert field.editor.hasFocus()
    assert app.desk.store.get(Person, siti).phone is None


def test_esc_puts_an_untouched_form_away_and_a_changed_one_is_a_draft(
    qtbot: QtBot, app: Any, page: Any, siti: bytes
) -> None:
    keys = Keyboard(app.window)
    home = card(page, "Tempat tinggal & latar")
    home.edit()
    keys.press(KEY.Key_Escape)
    assert home.editing is None
    assert app.frame.here[0] == "person"
    home.edit()
    home.editing.form.fields["person.landmark"].editor.setFocus()
    keys.type("dekat mas")
    keys.press(KEY.Key_Escape)
    assert app.frame.here[0] == "participants"
    app.frame.pages.pop("person").deleteLater()
    again = opened(qtbot, app, siti)
    qtbot.waitUntil(lambda: again._editing is not None)
    field = again._editing.form.fields["person.landmark"]
    assert field.editor.text() == "dekat mas"
    again._editing.cancel.click()
    qtbot.waitUntil(lambda: drafts_of(app.desk.store, TRAINER) == [])
    assert app.desk.store.get(Person, siti).landmark is None


def test_only_the_open_questions_are_asked(qtbot: QtBot, app: Any, siti: bytes) -> None:
    page = opened(qtbot, app, siti, edit=True)
    qtbot.waitUntil(lambda: page._editing is not None)
    asked = list(page._editing.form.fields)
    assert "enterprise.premises" in asked
    assert "person.full_name" not in asked
    assert "person.nik" not in asked
    before = len(page._facts.missing)
    page._editing.form.fields["enterprise.premises"].editor.set_value("kios")
    page._editing.form.fields["person.education"].editor.set_value("sma")
    page._editing.press_save()
    store = app.desk.store
    qtbot.waitUntil(lambda: store.get(Person, siti).education == "sma")
    assert store.find(Enterprise, {"owner": siti})[0].premises == "kios"
    qtbot.waitUntil(lambda: page._facts is not None and len(page._facts.missing) == before - 2)


def test_the_history_tells_who_when_where_and_which_values_were_replaced(
    qtbot: QtBot, app: Any, siti: bytes
) -> None:
    store = app.desk.store
    correct_person(store, siti, {"phone": "081027334155"}, TRAINER)
    correct_person(store, siti, {"phone": "081027334156"}, SUPERVISOR)
    batch, session = new_id(), new_id()
    store.save(
        [
            Edit(Batch, batch, AREA, {"name": "Angkatan 4 CONTOH"}),
            Edit(
                Session,
                session,
                AREA,
                {"batch": batch, "topic": "Foto produk", "starts_at": 1_795_400_000_000},
            ),
            Edit(
                Attendance,
                derived_id(Attendance, session, siti),
                AREA,
                {"session": session, "person": siti, "status": "T", "marked_by": TRAINER},
            ),
        ],
        TRAINER,
    )
    enrol(store, batch, siti, TRAINER)
    page = opened(qtbot, app, siti)
    titles = events(page)
    assert titles.count("Diubah: Nomor HP / WhatsApp") == 2
    assert "Masuk Angkatan 4 CONTOH" in titles
    assert "Terlambat · Foto produk" in titles
    assert "Didaftarkan" in titles
    first_change = [e for e in page._facts.events if e.title.startswith("Diubah")][-1]
    assert "CONTOH Siti Rahma · Laptop CONTOH" in first_change.line
    assert first_change.lost == "Sudah diganti · Nomor HP / WhatsApp: 0810 2733 4155"


def test_a_whole_nik_is_shown_for_a_reason_that_is_kept(
    qtbot: QtBot, app: Any, page: Any, siti: bytes
) -> None:
    keys = Keyboard(app.window)
    page.nik.ask()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), Sheet))
    assert QApplication.focusWidget() in QApplication.activeWindow().reason.buttons
    keys.type("1")
    qtbot.waitUntil(lambda: page.nik.words.text() == "5301 0855 0890 9001")
    (look,) = accesses(app.desk.store, siti)
    assert (look.staff, look.reason) == (TRAINER, "cocokkan")
    app.go("help")
    assert page.nik.words.text() == "5301 •••• •••• 9001"


def test_a_nik_is_replaced_and_one_that_is_taken_is_said(
    qtbot: QtBot, app: Any, page: Any, siti: bytes
) -> None:
    store = app.desk.store
    other = Registration(
        person={**ANSWERS.person, "full_name": "Sri Hartati CONTOH", "nik": OTHER},
        enterprise=ANSWERS.enterprise,
        consent=ANSWERS.consent,
    )
    register(store, other, TRAINER)
    keys = Keyboard(app.window)
    page.nik.change()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), NikSheet))
    sheet = QApplication.activeWindow()
    keys.type("123")
    keys.enter()
    assert sheet.nik.message_text() == "NIK harus 16 angka. Sekarang 3."
    keys.press(KEY.Key_A, CONTROL)
    keys.type(OTHER)
    keys.enter()
    assert "Sri Hartati CONTOH" in sheet._problem.text()
    keys.enter()
    qtbot.waitUntil(lambda: store.get(Person, siti).nik == OTHER)
    assert "same_nik" in store.get(Person, siti).nik_warning


def test_withdrawing_takes_the_person_from_the_list_and_can_be_taken_back(
    qtbot: QtBot, app: Any, page: Any, siti: bytes
) -> None:
    from trainer_app.storage.people_queries import take_order

    store = app.desk.store
    page._ask_withdraw()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), Sheet))
    QApplication.activeWindow()._withdraw()
    qtbot.waitUntil(lambda: len(take_order(store)) == 0)
    assert store.get(Consent, derived_id(Consent, siti)).withdrawn_purposes == "program,gojek"
    qtbot.waitUntil(lambda: "Persetujuan ditarik" in events(page))
    qtbot.waitUntil(lambda: app.desk.undo.label != "")
    app.desk.undo.run()
    qtbot.waitUntil(lambda: len(take_order(store)) == 1)


def test_joining_a_batch_and_leaving_it_again(qtbot: QtBot, app: Any, page: Any, siti: bytes) -> None:
    store, batch = app.desk.store, new_id()
    store.save([Edit(Batch, batch, AREA, {"name": "Angkatan 4 CONTOH"})], TRAINER)
    keys = Keyboard(app.window)
    page._ask_enrol()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), Sheet))
    keys.type("1")
    qtbot.waitUntil(lambda: store.count(Enrolment, {"person": siti, "state": "aktif"}) == 1)
    qtbot.waitUntil(lambda: app.desk.undo.label != "")
    app.desk.undo.run()
    qtbot.waitUntil(lambda: store.count(Enrolment, {"person": siti, "state": "aktif"}) == 0)


def test_deleting_asks_why_leaves_the_page_and_can_be_taken_back(
    qtbot: QtBot, app: Any, page: Any, siti: bytes
) -> None:
    store = app.desk.store
    keys = Keyboard(app.window)
    page._ask_delete()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), Sheet))
    keys.type("2")
    qtbot.waitUntil(lambda: store.count(Person) == 0)
    qtbot.waitUntil(lambda: app.frame.here[0] == "participants")
    assert store.get(Person, siti).deleted_reason == "ganda"
    qtbot.waitUntil(lambda: app.desk.undo.label != "")
    app.desk.undo.run()
    qtbot.waitUntil(lambda: store.count(Person) == 1)
    assert store.count(Enterprise) == store.count(Consent) == 1


def test_news_do_not_take_away_what_is_being_typed(qtbot: QtBot, app: Any, page: Any, siti: bytes) -> None:
    home = card(page, "Tempat tinggal & latar")
    home.edit()
    home.editing.form.fields["person.landmark"].editor.setText("dekat pas")
    correct_person(app.desk.store, siti, {"full_name": "Siti Aminah Putri CONTOH"}, SUPERVISOR)
    qtbot.waitUntil(lambda: page.header.title.text() == "Siti Aminah Putri CONTOH")
    assert home.editing.form.fields["person.landmark"].editor.text() == "dekat pas"


def test_somebody_who_is_not_here_is_said(qtbot: QtBot, app: Any) -> None:
    app.go("person", id=new_id())
    page = app.frame.page
    qtbot.waitUntil(lambda: page.header.title.text() == "Tidak ditemukan")
