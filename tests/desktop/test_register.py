"""Registering, by keyboard alone, in the whole window with a real encrypted store."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.desktop.desks import AREA, DEK, TRAINER, made_ring, made_store, made_window
from tests.desktop.registering import CONTROL, Keyboard, at_registration, saved
from trainer_app.actions.registration import Registration, register
from trainer_app.desktop.pages.register_draft import kept_form, kept_previous
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.toast import current_toast
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Batch, Consent, Enrolment, Enterprise, Person
from trainer_app.records.operation import Edit
from trainer_app.settings import Settings, save
from trainer_app.storage.drafts import drafts_of
from trainer_app.storage.opening import open_store

#: What the offscreen platform says when a list of suggestions opens.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
KEY = Qt.Key
OELNASI = "53.01.08.2006"
NIK, OTHER_NIK = "5301085508909001", "5301084103859004"


@pytest.fixture
def page(qtbot: QtBot, app: Any) -> Any:
    return at_registration(qtbot, app)


@pytest.fixture
def keys(app: Any, page: Any) -> Keyboard:
    return Keyboard(app.window)


def person(page: Any, name: str) -> Person:
    (found,) = (p for p in page.desk.store.find(Person) if p.full_name == name)
    return found


def in_focus(page: Any) -> str:
    return page._field_in_focus()[0]


def first_person(keys: Keyboard, nik: str = NIK, name: str = "Siti Aminah CONTOH") -> None:
    """Everything of the first screen, the village typed, up to the tick."""
    keys.type(nik)
    keys.enter()
    keys.type(name)
    keys.enter()
    keys.type("081027334155")
    keys.enter()
    keys.type("Keripik Singkong")
    keys.enter()
    keys.type("oelnasi")
    keys.enter()
    keys.type("2")
    keys.type("1")
    keys.enter()
    keys.press(KEY.Key_Space)


# ---------------------------------------------------------------- the way of the keys
def test_a_person_is_registered_by_keyboard_alone(qtbot: QtBot, page: Any, keys: Keyboard) -> None:
    assert in_focus(page) == "person.nik"
    first_person(keys)
    keys.save_and_next()
    saved(qtbot, page, 0)
    made = person(page, "Siti Aminah CONTOH")
    assert (made.nik, made.birth_date, made.sex, made.phone) == (NIK, "1990-08-15", "P", "+6281027334155")
    assert (made.village, made.nik_status) == (OELNASI, "ada")
    (firm,) = page.desk.store.find(Enterprise, {"owner": made.id})
    assert (firm.name, firm.village, firm.business_group) == ("Keripik Singkong", OELNASI, "olahan_pangan")
    assert firm.channels == "whatsapp"
    (consent,) = page.desk.store.find(Consent, {"person": made.id})
    assert (consent.purposes, consent.manner, consent.taken_by) == ("program", "tanda_tangan", TRAINER)
    toast = current_toast(page)
    assert toast is not None
    assert "Siti Aminah CONTOH tersimpan" in toast.accessibleName()
    assert in_focus(page) == "person.nik"


def test_the_second_person_takes_66_keys_of_which_ten_control(
    qtbot: QtBot, page: Any, keys: Keyboard
) -> None:
    """The budget: 56 data keys and 10 control keys from the second person on."""
    first_person(keys)
    keys.save_and_next()
    saved(qtbot, page, 0)
    keys.data = keys.control = 0
    keys.type(OTHER_NIK)
    keys.enter()
    keys.type("Sri Hartati")
    keys.enter()
    keys.type("081027334156")
    keys.enter()
    keys.type("Keripik Singkong")
    keys.enter()
    keys.enter()  # the village of the person before
    keys.type("2")
    keys.enter()  # channels: none chosen
    keys.press(KEY.Key_Space)
    keys.save_and_next()
    saved(qtbot, page, 1)
    assert person(page, "Sri Hartati").village == OELNASI
    assert keys.control <= 10
    assert keys.data + keys.control <= 66


def test_what_a_nik_says_is_filled_tinted_and_skipped(page: Any, keys: Keyboard) -> None:
    keys.type(NIK)
    owner = page.form.owner
    assert owner.nik.message_text() == "Lengkap · Kab. Kupang"
    assert owner.birth_date.note() == owner.sex.note() == "dari NIK"
    assert owner.birth_date.editor.text() == "15-08-1990"
    keys.enter()
    keys.type("Siti CONTOH")
    keys.enter()
    assert in_focus(page) == "person.phone"
    keys.press(KEY.Key_L, Qt.KeyboardModifier.AltModifier)  # the letter of its label still leads there
    assert in_focus(page) == "person.birth_date"
    keys.type("14031991")
    assert owner.birth_date.note() == ""
    keys.enter()
    assert "Menurut NIK lahir 15-08-1990" in owner.nik.message_text()
    assert in_focus(page) == "person.phone"


def test_taking_the_nik_out_takes_out_what_it_said(page: Any, keys: Keyboard) -> None:
    keys.type(NIK)
    for _digit in range(16):
        keys.press(KEY.Key_Backspace)
    owner = page.form.owner
    assert (owner.birth_date.editor.text(), owner.sex.read()) == ("", None)
    keys.enter()
    keys.enter()
    assert in_focus(page) == "person.birth_date"


def test_a_letter_in_the_nik_is_offered_to_be_mended(page: Any, keys: Keyboard) -> None:
    keys.type("53O1085508909001")
    owner = page.form.owner
    assert "Ganti O dengan angka" in owner.nik.message_text()
    assert owner.repair.text() == "Ganti menjadi 5301 0855 0890 9001"
    keys.enter()
    keys.enter()
    assert owner.nik.read() == NIK
    assert owner.repair.isHidden()
    assert owner.birth_date.editor.text() == "15-08-1990"
    assert in_focus(page) == "person.full_name"


def test_nothing_is_said_while_a_number_is_being_typed(page: Any, keys: Keyboard) -> None:
    keys.type("53010855")
    assert page.form.owner.nik.message_text() == ""
    keys.enter()
    assert page.form.owner.nik.message_text() == "NIK harus 16 angka. Sekarang 8."
    assert in_focus(page) == "person.full_name"  # but nothing holds one up


@pytest.mark.parametrize(
    ("place", "status"), [(1, "belum_diisi"), (2, "tidak_punya"), (3, "tidak_bersedia"), (4, "tidak_terbaca")]
)
def test_why_there_is_no_nik_is_asked_with_f4(
    qtbot: QtBot, page: Any, keys: Keyboard, place: int, status: str
) -> None:
    keys.press(KEY.Key_F4)
    assert isinstance(QApplication.activeWindow(), Sheet)
    keys.type(str(place))
    assert page.form.owner.nik_status == status
    assert "Bisa diisi nanti" in page.form.owner.nik.message_text()
    qtbot.waitUntil(lambda: in_focus(page) == "person.full_name")
    keys.type("Tanpa Nomor CONTOH")
    keys.enter()
    assert in_focus(page) == "person.birth_date"  # nothing fills it now


def test_f4_says_that_there_is_no_phone_and_no_name(qtbot: QtBot, page: Any, keys: Keyboard) -> None:
    page.form.owner.phone.editor.setFocus()
    keys.press(KEY.Key_F4)
    assert page.form.owner.answers()["phone_status"] == "tidak_punya"
    assert in_focus(page) == "enterprise.name"
    keys.press(KEY.Key_F4)
    assert page.form.business.answers()["unnamed"] == 1
    assert in_focus(page) == "enterprise.village"


def test_f2_repeats_the_person_before_in_one_field(qtbot: QtBot, page: Any, keys: Keyboard) -> None:
    first_person(keys)
    keys.save_and_next()
    saved(qtbot, page, 0)
    assert page.form.business.village.note() == "sama dengan tadi"
    page.form.business.name.editor.setFocus()
    keys.press(KEY.Key_F2)
    assert page.form.business.name.read() == "Keripik Singkong"
    page.form.business.group.editor.setFocus()
    keys.press(KEY.Key_F2)
    assert page.form.business.group.read() == "olahan_pangan"
    page.form.business.village.editor.set_value(None)
    page.form.business.village.editor.setFocus()
    keys.press(KEY.Key_F2)
    assert page.form.business.village.read() == OELNASI


# ---------------------------------------------------------------- what is missing
def test_saving_with_gaps_lists_them_and_leads_there(qtbot: QtBot, page: Any, keys: Keyboard) -> None:
    keys.type(NIK)
    keys.enter()
    keys.type("Siti CONTOH")
    keys.enter()
    keys.enter()
    keys.type("Keripik")
    keys.enter()
    keys.type("oelnasi")
    keys.enter()
    keys.save_and_next()
    summary = page.summary
    assert summary.isVisible()
    assert summary.heading.text() == "Ada 2 yang perlu diperbaiki"
    assert [link.text() for link in summary._links] == [
        "Pilih jenis usaha",
        "Peserta belum menandatangani persetujuan",
    ]
    assert page.form.business.group.message_text() == "Pilih jenis usaha"
    assert QApplication.focusWidget() is summary._links[0]
    keys.enter()
    assert in_focus(page) == "enterprise.business_group"
    keys.type("2")
    assert not summary.isVisible()  # it is being put right
    keys.enter()
    keys.press(KEY.Key_F8)
    keys.save_and_next()
    saved(qtbot, page, 0)


def test_what_is_missing_is_listed_in_the_order_of_the_form(qtbot: QtBot, page: Any, keys: Keyboard) -> None:
    keys.type("53010402079090")
    keys.save_and_next()
    assert [link.text() for link in page.summary._links] == [
        "NIK harus 16 angka. Sekarang 14.",
        "Isi nama lengkap seperti di KTP",
        "Pilih jenis kelamin",
        "Isi nama usaha, atau pilih belum punya nama",
        "Pilih desa dari daftar",
        "Pilih jenis usaha",
        "Peserta belum menandatangani persetujuan",
    ]


def test_the_save_buttons_are_never_grey(page: Any) -> None:
    assert page.save_button.isEnabled()
    assert page.next_button.isEnabled()


def test_somebody_under_18_needs_a_guardian(qtbot: QtBot, page: Any, keys: Keyboard) -> None:
    owner = page.form.owner
    assert owner.guardian.isHidden()
    owner.birth_date.editor.setFocus()
    keys.type("01012010")
    keys.enter()
    assert not owner.guardian.isHidden()
    owner.guardian.editor.setFocus()
    keys.type("Yohana CONTOH")
    assert owner.answers()["guardian_name"] == "Yohana CONTOH"


def test_consent_can_be_read_and_given_by_thumb_before_a_witness(
    qtbot: QtBot, page: Any, keys: Keyboard
) -> None:
    page.consent.open_button.setFocus()
    keys.enter()
    sheet = QApplication.activeWindow()
    assert isinstance(sheet, Sheet)
    keys.type("4")  # photos, too
    sheet.manner.editor.setFocus()
    keys.type("2")
    sheet._default.click()
    assert sheet._problem.text() == "Isi nama saksi yang melihat persetujuan ini"
    keys.type("Ibu RT CONTOH")
    sheet._default.click()
    answers = page.consent.answers
    assert (answers["purposes"], answers["manner"], answers["witness"]) == (
        "program,foto",
        "cap_jempol",
        "Ibu RT CONTOH",
    )
    assert page.consent.tick.value()
    assert "cap jempol, saksi Ibu RT CONTOH" in page.consent.tick.text()


# ---------------------------------------------------------------- duplicates
def test_the_same_nik_must_be_decided_before_saving(qtbot: QtBot, page: Any, keys: Keyboard) -> None:
    first_person(keys)
    keys.save_and_next()
    saved(qtbot, page, 0)
    first_person(keys, name="Siti Aminah Putri CONTOH")
    card = page.side.duplicates
    qtbot.waitUntil(card.isVisible)
    (found,) = card.found
    assert found.sure
    assert found.name == "Siti Aminah CONTOH"
    assert "Didaftarkan" in found.registered
    keys.save_and_next()
    assert "NIK ini sudah terdaftar" in page.summary._links[0].text()
    keys.enter()
    assert QApplication.focusWidget() is card.look_button
    keys.press(KEY.Key_Tab)
    assert QApplication.focusWidget() is card.keep_button
    keys.enter()
    assert not page.twins.undecided
    assert page.summary.isHidden()
    keys.save_and_next()
    saved(qtbot, page, 1)
    assert person(page, "Siti Aminah Putri CONTOH").nik_warning == "same_nik"


def test_f9_empties_the_form_of_somebody_registered_already(qtbot: QtBot, page: Any, keys: Keyboard) -> None:
    store = page.desk.store
    first_person(keys)
    keys.save_and_next()
    saved(qtbot, page, 0)
    assert page.clear_button.isHidden()
    keys.type(NIK)
    keys.press(KEY.Key_F8)
    qtbot.waitUntil(page.side.duplicates.isVisible)
    assert page.side.duplicates.found[0].reason == "NIK sama persis"  # of a name nothing is known yet
    qtbot.waitUntil(page.clear_button.isVisible)
    keys.press(KEY.Key_F9)
    assert page.form.is_blank()
    assert page.consent.answers == {}
    assert page.side.duplicates.isHidden()
    assert in_focus(page) == "person.nik"
    qtbot.waitUntil(lambda: kept_form(store, TRAINER) is None)
    keys.press(KEY.Key_Z, CONTROL)
    assert page.form.owner.nik.read() == NIK
    assert page.consent.answers != {}
    assert store.count(Person) == 1


def test_a_like_name_in_the_village_is_only_a_hint(qtbot: QtBot, page: Any, keys: Keyboard) -> None:
    first_person(keys)
    keys.save_and_next()
    saved(qtbot, page, 0)
    keys.enter()
    keys.type("Siti Aminah CONTOH")
    card = page.side.duplicates
    qtbot.waitUntil(card.isVisible)
    assert not card.found[0].sure
    assert not page.twins.undecided
    card.other_button.click()
    assert not card.isVisible()


def test_three_people_one_with_a_wrong_nik_one_twice(qtbot: QtBot, page: Any, keys: Keyboard) -> None:
    """A morning: a slip in the NIK is put right, the third is the first again and turned away."""
    first_person(keys)
    keys.save_and_next()
    saved(qtbot, page, 0)

    keys.type("5301087303859004")  # day 73: a woman's is 41 to 71
    assert page.form.owner.nik.message_text() == "Tanggal di NIK tidak cocok. Periksa angka ke-7 sampai 12."
    keys.press(KEY.Key_A, CONTROL)
    keys.type(OTHER_NIK)
    assert page.form.owner.nik.message_text() == "Lengkap · Kab. Kupang"
    keys.enter()
    keys.type("Sri Hartati CONTOH")
    keys.enter()
    keys.enter()
    keys.press(KEY.Key_F4)
    keys.enter()
    keys.type("2")
    keys.enter()
    keys.press(KEY.Key_Space)
    keys.save_and_next()
    saved(qtbot, page, 1)

    keys.type(NIK)
    qtbot.waitUntil(page.side.duplicates.isVisible)
    page.side.duplicates.look_button.setFocus()
    keys.enter()
    assert page.desk.store.count(Person) == 2


# ---------------------------------------------------------------- undo, drafts, what stays
def test_control_z_takes_the_registration_back_into_the_form(qtbot: QtBot, page: Any, keys: Keyboard) -> None:
    first_person(keys)
    keys.save_and_next()
    saved(qtbot, page, 0)
    keys.press(KEY.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: page.desk.store.count(Person) == 0)
    qtbot.waitUntil(lambda: page.form.owner.full_name.read() == "Siti Aminah CONTOH")
    keys.save_and_next()
    saved(qtbot, page, 0)
    assert len(page.desk.store.find(Person)) == 1


def test_a_draft_is_kept_within_a_second_and_put_back_at_its_field(
    qtbot: QtBot, app: Any, page: Any, keys: Keyboard
) -> None:
    keys.type(NIK)
    keys.enter()
    keys.type("Siti CON")
    store = page.desk.store
    assert page._draft_timer.interval() <= 1_000
    qtbot.waitUntil(lambda: kept_form(store, TRAINER) is not None)
    qtbot.waitUntil(page.draft_chip.isVisible)
    assert page.draft_chip.text().startswith("Draf tersimpan")
    app.go("help")
    app.frame.pages.pop("register").deleteLater()
    again = at_registration(qtbot, app)
    assert again.form.owner.nik.read() == NIK
    assert again.form.owner.full_name.read() == "Siti CON"
    assert again.form.owner.birth_date.note() == "dari NIK"
    assert in_focus(again) == "person.full_name"


def test_emptying_the_form_leaves_no_draft(qtbot: QtBot, page: Any, keys: Keyboard) -> None:
    keys.type("53")
    qtbot.waitUntil(lambda: kept_form(page.desk.store, TRAINER) is not None)
    keys.press(KEY.Key_Backspace)
    keys.press(KEY.Key_Backspace)
    qtbot.waitUntil(lambda: kept_form(page.desk.store, TRAINER) is None)


def test_a_saved_form_leaves_no_draft(qtbot: QtBot, page: Any, keys: Keyboard) -> None:
    first_person(keys)
    keys.save_and_next()
    saved(qtbot, page, 0)
    assert [draft.form for draft in drafts_of(page.desk.store, TRAINER)] == ["register_previous"]
    previous = kept_previous(page.desk.store, TRAINER)
    assert previous.people == 1
    assert page.side.queue.pace.text().startswith("Rata-rata")


def test_leaving_the_page_writes_what_was_just_typed(page: Any, keys: Keyboard, app: Any) -> None:
    keys.type(NIK)
    app.go("help")
    form, _at = kept_form(page.desk.store, TRAINER)
    assert form.answers["person.nik"] == "5301 0855 0890 9001"


def test_people_join_the_batch_that_was_chosen(qtbot: QtBot, page: Any, keys: Keyboard) -> None:
    batch = new_id()
    page.desk.store.save(
        [Edit(Batch, batch, AREA, {"name": "Angkatan 4 CONTOH", "venue": "Balai desa", "capacity": 40})],
        TRAINER,
    )
    page.batch_button.setFocus()
    keys.enter()
    keys.type("1")
    qtbot.waitUntil(lambda: page.header.subtitle.text() == "Angkatan 4 CONTOH · Balai desa")
    page.form.owner.nik.editor.setFocus()
    first_person(keys)
    keys.save_and_next()
    saved(qtbot, page, 0)
    (enrolment,) = page.desk.store.find(Enrolment)
    assert enrolment.batch == batch
    assert page.side.queue.numbers.text() == "1 / 40"


def test_the_questions_that_can_wait_are_saved_with_the_rest(qtbot: QtBot, page: Any, keys: Keyboard) -> None:
    first_person(keys)
    page.form.show_more()
    more = page.form.more.fields
    more["enterprise.product"].editor.setFocus()
    keys.type("Keripik singkong pedas")
    more["enterprise.kbli"].editor.setFocus()
    keys.type("keripik")
    keys.enter()
    more["enterprise.started_year"].editor.setFocus()
    keys.type("2019")
    more["enterprise.payments"].editor.setFocus()
    keys.type("1")
    keys.type("4")
    assert set(page.form.business.channels.editor.value()) == {"whatsapp", "qris"}
    more["enterprise.same_address"].editor.setFocus()
    keys.type("2")
    assert not more["person.village"].isHidden()
    more["person.village"].editor.setFocus()
    keys.type("oebelo")
    keys.enter()
    more["person.education"].editor.setFocus()
    keys.type("5")
    keys.save_and_next()
    saved(qtbot, page, 0)
    made = person(page, "Siti Aminah CONTOH")
    (firm,) = page.desk.store.find(Enterprise, {"owner": made.id})
    assert (firm.product, firm.kbli, firm.kbli_version) == ("Keripik singkong pedas", "10794", "2025")
    assert (firm.started_year, firm.payments, firm.same_address) == (2019, "tunai,qris", 0)
    assert made.education == "sma"
    assert made.village != firm.village == OELNASI


def test_everything_fits_a_small_laptop_without_scrolling(qtbot: QtBot, app: Any, page: Any) -> None:
    page.form.owner.nik.editor.setFocus()
    qtbot.waitUntil(lambda: page.scroller.viewport().height() > 400)
    assert page.scroller.verticalScrollBar().maximum() == 0


def test_tab_goes_from_field_to_field_in_reading_order(page: Any, keys: Keyboard) -> None:
    seen = []
    page.form.owner.nik.editor.setFocus()
    for _stop in range(14):
        seen.append(in_focus(page) or QApplication.focusWidget().accessibleName())
        keys.press(KEY.Key_Tab)
    assert seen == [
        "person.nik",
        "Tidak bawa",
        "person.full_name",
        "person.birth_date",
        "person.sex",
        "person.phone",
        "enterprise.name",
        "Belum ada nama",
        "enterprise.village",
        "enterprise.business_group",
        "enterprise.channels",
        "consent.purposes",
        "consent.purposes",
        "Simpan",
    ]


def test_every_stop_of_the_keyboard_has_a_name(page: Any) -> None:
    page.form.show_more()
    nameless = [
        widget
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.accessibleName().strip()
    ]
    assert nameless == []


# ---------------------------------------------------------------- the power goes
TYPIST = """
    import sys
    from pathlib import Path
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QWidget
    from tests.desktop.desks import TRAINER, made_window
    from trainer_app.desktop.pages.register_draft import kept_form

    class Bot:
        def waitUntil(self, ready):
            while not ready():
                QTest.qWait(10)
        def waitExposed(self, window):
            QTest.qWait(10)

    app = QApplication([])
    with made_window(Bot(), Path(sys.argv[1])) as made:
        made.go("register")
        page = made.frame.page
        page.form.owner.nik.editor.setFocus()
        QTest.keyClicks(page.form.owner.nik.editor, "5301085508909001")
        page.form.owner.full_name.editor.setFocus()
        QTest.keyClicks(page.form.owner.full_name.editor, "Siti Aminah CON")
        page._focus = "person.full_name"
        def kept():
            found = kept_form(made.desk.store, TRAINER)
            return found is not None and found[0].answers.get("person.full_name") == "Siti Aminah CON"
        Bot().waitUntil(kept)
        print("typed", flush=True)
        QTest.qWait(60000)
"""


def test_a_draft_survives_the_laptop_going_off(qtbot: QtBot, tmp_path: Path) -> None:
    made_store(tmp_path).close()
    made_ring(tmp_path)
    save(Settings(), tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(TYPIST), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    ) as typist:
        assert typist.stdout is not None
        line = ""
        while "typed" not in line:
            line = typist.stdout.readline()
            assert line, "the typist ended before it had typed"
        typist.send_signal(signal.SIGKILL)
    with made_window(qtbot, tmp_path) as app:
        page = at_registration(qtbot, app)
        assert page.form.owner.nik.read() == NIK
        assert page.form.owner.full_name.read() == "Siti Aminah CON"
        assert page.form.owner.sex.read() == "P"


def test_a_person_saved_just_before_a_power_cut_is_not_saved_twice(tmp_path: Path) -> None:
    """Between the save and the end of the draft: the draft knows the id of its person."""
    store = made_store(tmp_path)
    made = new_id()
    answers = Registration(
        person={"full_name": "Siti CONTOH", "sex": "P", "village": OELNASI},
        enterprise={"unnamed": 1, "business_group": "jasa"},
        consent={"purposes": "program", "manner": "tanda_tangan"},
    )
    register(store, answers, TRAINER, person_id=made)
    store.close()
    again = open_store(tmp_path, DEK)
    register(again, answers, TRAINER, person_id=made)
    assert again.count(Person) == 1
    again.close()
