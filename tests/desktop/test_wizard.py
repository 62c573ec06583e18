"""The first-run wizard against a real centre, from the language to the first PIN, and what can go wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.desktop.desks import PIN, SUPERVISOR_NAME, TRAINER_NAME, made_ring, made_store
from tests.desktop.joined import ServedCentre
from trainer_app import settings
from trainer_app.desktop.app import App
from trainer_app.desktop.pages.lock import LockPage
from trainer_app.desktop.pages.wizard import WizardView
from trainer_app.desktop.pages.wizard_person import NewPin
from trainer_app.desktop.parts.card import Banner
from trainer_app.desktop.trial import Trial
from trainer_app.records.kinds import CENTRE_AREA, Staff
from trainer_app.records.operation import Edit
from trainer_app.storage.opening import has_store, open_store


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Callable[..., App]]:
    made: list[App] = []

    def start(folder: Path, **more: Any) -> App:
        app = App(folder, **more)
        app.start()
        made.append(app)
        return app

    yield start
    for app in made:
        app.put_away()


def step_of(app: App) -> Any:
    view = app.window.gate
    assert isinstance(view, WizardView), view
    return view.step


def at(app: App, question: str) -> bool:
    view = app.window.gate
    return isinstance(view, WizardView) and view.step.question == question


def to_enrolling(qtbot: QtBot, app: App, centre: ServedCentre, code: str) -> None:
    step_of(app).submit()
    assert at(app, "Daftarkan laptop")
    step = step_of(app)
    step._address.set_value(centre.address)
    step._code.set_value(code)
    step._laptop.set_value("Laptop CONTOH")
    step.submit()


def type_new_pin(form: NewPin, pin: str, again: str | None = None) -> None:
    QTest.keyClicks(form._pins[0], pin)
    QTest.keyClicks(form._pins[1], again or pin)


def test_a_laptop_made_for_somebody_is_ready_in_four_answers(
    qtbot: QtBot, tmp_path: Path, opened: Callable[..., App], served: ServedCentre
) -> None:
    app = opened(tmp_path)
    assert at(app, "Pilih bahasa")
    to_enrolling(qtbot, app, served, served.code(for_staff=TRAINER_NAME).lower())
    qtbot.waitUntil(lambda: at(app, "Siapa Anda?"))
    step = step_of(app)
    assert [person.name for person in step.form.people] == [TRAINER_NAME]
    assert step.form.code.isHidden()
    type_new_pin(step.form.pin, PIN)
    step.submit()
    qtbot.waitUntil(lambda: app.frame is not None)
    assert app.desk is not None
    assert app.desk.staff.name == TRAINER_NAME
    assert app.frame is not None
    assert app.frame.here[0] == "today"
    assert settings.load(tmp_path).centre == served.address
    assert [user.name for user in app.work.users()] == [TRAINER_NAME]


def test_without_a_name_the_personal_code_is_asked(
    qtbot: QtBot, tmp_path: Path, opened: Callable[..., App], served: ServedCentre
) -> None:
    app = opened(tmp_path)
    to_enrolling(qtbot, app, served, served.code())
    qtbot.waitUntil(lambda: at(app, "Siapa Anda?"))
    form = step_of(app).form
    assert {TRAINER_NAME, SUPERVISOR_NAME} <= {person.name for person in form.people}
    assert form.pin.isHidden()
    chosen = next(person for person in form.people if person.name == TRAINER_NAME)
    form._names.set_value(chosen.id)
    form._names.changed.emit()
    assert not form.code.isHidden()
    type_new_pin(form.pin, PIN)
    step_of(app).submit()
    assert form.code.message_text() == "Ketik kode pribadi dari pengawas."
    form._code.set_value("SALAH234")
    step_of(app).submit()
    qtbot.waitUntil(lambda: "belum cocok" in form.code.message_text())
    assert not app.work.ring.exists
    form._code.set_value(served.trainer_code.lower())
    step_of(app).submit()
    qtbot.waitUntil(lambda: app.frame is not None)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"code": "ABCDEFGH"}, "code", "kode"),
        ({"address": "http://pusat.example.id"}, "address", "https://"),
        ({"address": "http://127.0.0.1:9"}, "address", "Belum tersambung"),
    ],
)
def test_what_the_centre_refuses_is_said_beside_its_field(
    qtbot: QtBot,
    tmp_path: Path,
    opened: Callable[..., App],
    served: ServedCentre,
    change: dict[str, str],
    field: str,
    words: str,
) -> None:
    app = opened(tmp_path)
    step_of(app).submit()
    step = step_of(app)
    step._address.set_value(change.get("address", served.address))
    step._code.set_value(change.get("code", "ABCDEFGH"))
    step.submit()
    qtbot.waitUntil(lambda: at(app, "Daftarkan laptop") and step_of(app) is not step)
    again = step_of(app)
    banner = again.findChild(Banner)
    assert banner is not None
    assert words.lower() in banner.words.text().lower()
    assert getattr(again, field).message_text() == "Periksa isian ini."
    assert again._code.value() == change.get("code", "ABCDEFGH")


def test_the_same_code_works_after_a_cut(
    qtbot: QtBot, tmp_path: Path, opened: Callable[..., App], served: ServedCentre
) -> None:
    app, code = opened(tmp_path), served.code()
    to_enrolling(qtbot, app, served, code)
    qtbot.waitUntil(lambda: at(app, "Siapa Anda?"))
    assert app.wizard is not None
    app.wizard.back()
    assert at(app, "Daftarkan laptop")
    assert "sudah terdaftar" in step_of(app).findChild(Banner).words.text()
    step_of(app).submit()
    assert at(app, "Siapa Anda?")


def test_missing_answers_are_asked_for(qtbot: QtBot, tmp_path: Path, opened: Callable[..., App]) -> None:
    app = opened(tmp_path)
    step_of(app).submit()
    step = step_of(app)
    step._laptop.set_value("")
    step._code.set_value("ABC-123")
    step.submit()
    assert step is step_of(app)
    assert "Sekarang 6" in step.code.message_text()
    assert "alamat pusat" in step.address.message_text()
    assert "nama laptop" in step.laptop.message_text()


def test_weak_and_unequal_pins_are_refused(qtbot: QtBot) -> None:
    form = NewPin()
    qtbot.addWidget(form)
    type_new_pin(form, "123456")
    assert "mudah ditebak" in form.first.message_text()
    assert form.value() is None
    form.clear()
    type_new_pin(form, "140385")
    assert "tanggal lahir" in form.first.message_text()
    form.clear()
    type_new_pin(form, PIN, "730284")
    assert form.second.message_text() == "PIN kedua belum sama. Ketik lagi."
    assert form.value() is None
    form.clear()
    type_new_pin(form, PIN)
    assert form.value() == PIN


def test_language_and_look_show_at_once_and_stay(
    qtbot: QtBot, tmp_path: Path, opened: Callable[..., App]
) -> None:
    app = opened(tmp_path)
    step_of(app).look.buttons[2].click()
    qtbot.waitUntil(lambda: app.settings().look == "malam" and step_of(app).look.value() == "malam")
    step_of(app).text_size.buttons[1].click()
    qtbot.waitUntil(lambda: step_of(app).text_size.value() == 115)
    qtbot.waitUntil(lambda: app.window.focusWidget() in step_of(app).text_size.buttons)
    step_of(app).language.buttons[1].click()
    qtbot.waitUntil(lambda: step_of(app).language.value() == "en")
    step_of(app).submit()
    assert settings.load(tmp_path).language == "en"


def test_back_goes_through_the_steps(qtbot: QtBot, tmp_path: Path, opened: Callable[..., App]) -> None:
    app = opened(tmp_path, start_trial=lambda folder, say: pytest.fail("not asked for"))
    assert app.wizard is not None
    seen = []
    for _n in range(2):
        seen.append(step_of(app).question)
        app.wizard.forward()
    seen.append(step_of(app).question)
    assert seen == ["Pilih bahasa", "Untuk apa laptop ini dipakai?", "Daftarkan laptop"]
    app.wizard.back()
    app.wizard.back()
    assert at(app, "Pilih bahasa")
    app.wizard.back()
    assert isinstance(app.window.gate, LockPage)


def test_a_file_that_nobody_can_open_is_put_aside(
    qtbot: QtBot, tmp_path: Path, opened: Callable[..., App], served: ServedCentre
) -> None:
    made_store(tmp_path).close()  # as a power cut before the first PIN leaves it
    app = opened(tmp_path)
    to_enrolling(qtbot, app, served, served.code())
    qtbot.waitUntil(lambda: at(app, "Siapa Anda?"))
    assert list(tmp_path.glob("trainer.db.unfinished-*"))


# ---------------------------------------------------------------- trying out
def sample_data(stopped: list[bool]) -> Callable[[Path, Callable[[str, float], None]], Trial]:
    def start(folder: Path, say: Callable[[str, float], None]) -> Trial:
        say("Membuat desa contoh", 0.5)
        place = folder / "desa"
        place.mkdir()
        store = made_store(place)
        store.set_meta("sample", b"1")
        trainer = next(row for row in store.find(Staff) if row.full_name == TRAINER_NAME)
        store.close()
        made_ring(place)
        return Trial(place, trainer.id, PIN, lambda: stopped.append(True))

    return start


def test_trying_out_and_throwing_it_away(qtbot: QtBot, tmp_path: Path, opened: Callable[..., App]) -> None:
    stopped: list[bool] = []
    app = opened(tmp_path, start_trial=sample_data(stopped))
    step_of(app).submit()
    step_of(app).trial.click()
    qtbot.waitUntil(lambda: app.frame is not None)
    assert app.desk is not None
    assert app.desk.sample
    assert app.window.strip is not None
    assert app.window.strip.isVisible()
    assert has_store(tmp_path / "coba" / "desa")
    assert not has_store(tmp_path)
    app.window.strip.finish.click()
    from trainer_app.desktop.parts.sheet import Sheet

    sheet = app.window.findChild(Sheet)
    assert sheet is not None
    sheet.close_with("end")
    assert isinstance(app.window.gate, WizardView)
    assert app.window.strip is None
    qtbot.waitUntil(lambda: not (tmp_path / "coba").exists() and stopped == [True])


def test_sample_data_nobody_waits_for_is_thrown_away(
    qtbot: QtBot, tmp_path: Path, opened: Callable[..., App]
) -> None:
    stopped: list[bool] = []
    gate = threading.Event()
    make = sample_data(stopped)

    def slowly(folder: Path, say: Callable[[str, float], None]) -> Trial:
        gate.wait(20)
        return make(folder, say)

    app = opened(tmp_path, start_trial=slowly)
    step_of(app).submit()
    step_of(app).trial.click()
    step_of(app).stop.click()
    assert at(app, "Untuk apa laptop ini dipakai?")
    gate.set()
    qtbot.waitUntil(lambda: stopped == [True] and not (tmp_path / "coba").exists())
    assert app.frame is None


def test_a_sample_folder_opens_by_itself_and_closes_at_the_end(
    qtbot: QtBot, tmp_path: Path, opened: Callable[..., App]
) -> None:
    trial = sample_data([])(tmp_path, lambda _text, _share: None)
    app = opened(trial.folder, trial=trial)
    qtbot.waitUntil(lambda: app.frame is not None)
    app.lock()
    gate = app.window.gate
    assert isinstance(gate, LockPage)
    assert PIN in gate.moment.text()
    app.window.trial_finished.emit()
    assert not app.window.isVisible()


def test_saved_data_survives_a_wizard_that_is_opened_by_mistake(
    qtbot: QtBot, tmp_path: Path, opened: Callable[..., App]
) -> None:
    made_store(tmp_path).close()
    made_ring(tmp_path)
    settings.save(settings.Settings(), tmp_path)
    app = opened(tmp_path)
    app.open_wizard("enrol")
    step = step_of(app)
    step._address.set_value("http://127.0.0.1:9")
    step._code.set_value("ABCDEFGH")
    step._laptop.set_value("Laptop CONTOH")
    step.submit()
    qtbot.waitUntil(lambda: at(app, "Daftarkan laptop") and step_of(app) is not step)
    assert "sudah didaftarkan" in step_of(app).findChild(Banner).words.text()
    store = open_store(tmp_path, bytes(range(32)))
    assert store.find(Staff)
    store.save([Edit(Staff, store.find(Staff)[0].id, CENTRE_AREA, {"state": "aktif"})], bytes(16))
    store.close()
