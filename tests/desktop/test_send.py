"""Sending from the page to a real centre: who may start, progress, pauses, failures, receipts."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.desktop.desks import AREA, PIN, SUPERVISOR_PIN, made_window
from tests.desktop.joined import ServedCentre, write_batches
from tests.sync.pictures import picture
from trainer_app.desktop import sending as states
from trainer_app.desktop.pages.send_card import end_facts
from trainer_app.desktop.pages.send_receipts import ReceiptSheet
from trainer_app.desktop.pages.send_supervisor import SupervisorSheet
from trainer_app.desktop.sending import Step
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Batch, Person, Photo, Staff
from trainer_app.records.operation import Edit
from trainer_app.records.photo import photo_name
from trainer_app.storage.blobs import save_photo
from trainer_app.storage.opening import open_store
from trainer_app.storage.receipts import receipts
from trainer_app.storage.sending_state import send_state
from trainer_app.sync.comparing import compare
from trainer_app.sync.keys import make_private_key, public_key_of
from trainer_app.sync.metering import DATA_USED
from trainer_app.sync.receipt import open_receipt, seal_receipt


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path, served: ServedCentre) -> Iterator[Any]:
    """A laptop that has joined, at the page that sends; three records wait and trainers may send them."""
    served.set_rule("pelatih")
    trainer = served.laptop(tmp_path)
    with made_window(qtbot, tmp_path, signed_in=False) as made:
        from tests.desktop.desks import sign_in

        sign_in(qtbot, made, trainer, PIN)
        write_batches(made.desk.store, trainer, 3)
        made.go("send")
        qtbot.waitUntil(
            lambda: made.frame.page.facts is not None and made.frame.page.facts.state.pending == 3
        )
        yield made


def page(app: Any) -> Any:
    return app.frame.page


def card(app: Any) -> Any:
    return app.frame.page.card


def shown(app: Any) -> list[str]:
    """The buttons on the card."""
    return [button.accessibleName() for button in card(app)._all if not button.isHidden()]


def ended(app: Any, state: str) -> bool:
    return bool(app.sending.state == state)


def start(qtbot: QtBot, app: Any) -> None:
    """Presses the button; the page first asks the store who may."""
    card(app).start.click()
    qtbot.waitUntil(lambda: not ended(app, states.IDLE))


# ---------------------------------------------------------------- the whole way
def test_a_trainer_sends_and_gets_a_receipt(qtbot: QtBot, app: Any) -> None:
    assert card(app).heading.text() == "Internet"
    assert not card(app).big
    app.sending.start()
    assert ended(app, states.RUNNING)
    assert shown(app) == ["Jeda", "Batalkan"]
    qtbot.waitUntil(lambda: ended(app, states.DONE))
    assert card(app).heading.text() == "Semua sudah diterima pusat"
    assert app.sending.ended.records == 3
    qtbot.waitUntil(lambda: page(app).facts.state.received == 3 and len(page(app).facts.receipts) == 1)
    kept = page(app).facts.receipts[0]
    assert app.sending.ended.result.receipts == [kept.code]
    assert kept.operations == 3
    assert page(app).cards.received.number.text() == "3"
    assert page(app).cards.pending.number.text() == "0"
    qtbot.waitUntil(lambda: "Sudah diterima pusat" in app.frame.rail.safe.accessibleName())
    card(app).close_end.click()
    assert shown(app) == ["Ambil kabar dari pusat"]


def test_trainers_go_on_working_meanwhile(qtbot: QtBot, app: Any) -> None:
    start(qtbot, app)
    app.go("help")
    app.desk.store.save([Edit(Batch, new_id(), AREA, {"name": "CONTOH meanwhile"})], app.desk.staff.id)
    qtbot.waitUntil(lambda: ended(app, states.DONE))
    app.go("send")
    assert not card(app).close_end.isHidden()


@pytest.mark.parametrize("seen", [True, False])
def test_an_end_is_not_told_when_it_is_no_longer_true(qtbot: QtBot, app: Any, seen: bool) -> None:
    start(qtbot, app)
    if not seen:
        app.go("help")
    qtbot.waitUntil(lambda: ended(app, states.DONE))
    if seen:
        app.go("help")
    app.desk.store.save([Edit(Batch, new_id(), AREA, {"name": "CONTOH afterwards"})], app.desk.staff.id)
    app.go("send")
    qtbot.waitUntil(lambda: page(app).facts.state.pending == 1)
    assert (card(app).heading.text(), shown(app)) == ("Internet", ["Kirim lewat internet"])


def test_words_of_progress(app: Any) -> None:
    sending = app.sending
    sending.state = states.RUNNING
    sending._started = time.monotonic() - 6
    sending._heard = time.monotonic()
    sending.step = Step("sending", 14, 23, 1_200_000, 1_900_000)
    card(app).show_now()
    assert card(app).line.text() == "14 dari 23 catatan · 1,2 MB dari 1,9 MB · kira-kira 10 detik lagi"
    assert card(app).bar.value() == 632
    assert card(app)._quarter == 50
    sending._heard = time.monotonic() - 12
    card(app).show_now()
    assert card(app).line.text().startswith("Menunggu sambungan… 1")
    sending.state = states.IDLE


def test_what_sending_costs_is_told_before_and_after(qtbot: QtBot, app: Any) -> None:
    qtbot.waitUntil(lambda: "Kurang dari 10 KB data." in card(app).line.text())  # greetings count too
    card(app)._waiting_bytes = 1_200_000
    card(app).show_now()
    assert "Kira-kira 1,2 MB data." in card(app).line.text()
    app.desk.change_settings(data_price=300)
    card(app).show_now()
    assert "Kira-kira 1,2 MB data, Rp 360." in card(app).line.text()
    start(qtbot, app)
    qtbot.waitUntil(lambda: ended(app, states.DONE))
    facts = [words for _icon, words, _tone in end_facts(app.sending.ended, 300)]
    assert any(words.endswith("data terpakai, kira-kira Rp 1") for words in facts)


def test_the_limit_of_a_day_stops_it_in_words(qtbot: QtBot, app: Any) -> None:
    app.desk.change_settings(data_limit=1)
    store = app.desk.store
    store.set_meta(DATA_USED, f"{datetime.now().astimezone().date().isoformat()}:999999".encode())
    start(qtbot, app)
    qtbot.waitUntil(lambda: ended(app, states.FAILED))
    assert "Batas data hari ini, 1,0 MB, sudah tercapai." in card(app).line.text()
    assert send_state(store).pending == 3
    app.desk.change_settings(data_limit=0)
    card(app).start.click()
    qtbot.waitUntil(lambda: ended(app, states.DONE))


def test_pause_goes_on_where_it_was(qtbot: QtBot, app: Any) -> None:
    app.sending.start()
    card(app).pause.click()
    assert card(app).line.text() == "Berhenti sesudah bagian ini sampai…"  # the key did something
    qtbot.waitUntil(lambda: ended(app, states.PAUSED))
    assert shown(app) == ["Lanjutkan", "Batalkan"]
    card(app).resume.click()
    qtbot.waitUntil(lambda: ended(app, states.DONE))
    assert send_state(app.desk.store).all_received


def test_cancel_loses_nothing(qtbot: QtBot, app: Any) -> None:
    app.sending.start()
    card(app).cancel.click()
    qtbot.waitUntil(lambda: ended(app, states.CANCELLED))
    qtbot.waitUntil(lambda: bool(shown(app)))
    assert shown(app) == ["Kirim lagi", "Selesai"]
    assert send_state(app.desk.store).pending == 3
    card(app).start.click()
    qtbot.waitUntil(lambda: ended(app, states.DONE))


def test_without_a_connection_it_says_so_and_tries_again(
    qtbot: QtBot, app: Any, served: ServedCentre
) -> None:
    store = app.desk.store
    store.set_meta("centre_address", b"http://127.0.0.1:9")
    card(app).start.click()
    qtbot.waitUntil(lambda: ended(app, states.FAILED))
    assert card(app).heading.text() == "Belum bisa mengirim"
    assert "Belum tersambung ke pusat" in card(app).line.text()
    assert "tetap aman di laptop ini" in card(app).line.text()
    assert shown(app) == ["Coba lagi", "Selesai"]
    store.set_meta("centre_address", served.address.encode())
    card(app).start.click()
    qtbot.waitUntil(lambda: ended(app, states.DONE))


def test_closing_the_window_does_not_wait_for_a_dead_connection(
    qtbot: QtBot, app: Any, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # takes calls and never answers
        app.desk.store.set_meta("centre_address", f"http://127.0.0.1:{deaf.getsockname()[1]}".encode())
        app.sending.start()
        deaf.settimeout(10)
        line, _peer = deaf.accept()
        began = time.monotonic()
        app.window.close()
        assert time.monotonic() - began < 8
        line.close()
    store = open_store(tmp_path, bytes(range(32)))
    assert store.count(Batch) >= 3
    store.close()


# ---------------------------------------------------------------- who may start
def supervisor_sheet(app: Any, qtbot: QtBot) -> SupervisorSheet:
    card(app).start.click()
    qtbot.waitUntil(lambda: app.window.findChild(SupervisorSheet) is not None)
    sheet = app.window.findChild(SupervisorSheet)
    assert sheet is not None
    qtbot.waitUntil(lambda: sheet.chosen() is not None)
    return sheet


def obey_supervisor_rule(app: Any, served: ServedCentre) -> None:
    served.set_rule("pengawas")
    served.exchange(app.desk.store)
    write_batches(app.desk.store, app.desk.staff.id, 1)


def test_a_supervisor_lets_it_start_with_code_and_new_pin_then_with_the_pin(
    qtbot: QtBot, app: Any, served: ServedCentre
) -> None:
    obey_supervisor_rule(app, served)
    sheet = supervisor_sheet(app, qtbot)
    assert app.sending.state == states.IDLE
    assert sheet.form is not None  # no PIN here yet
    assert sheet.focusWidget() is sheet.form._code  # typing may begin
    sheet.form.pin._pins[0].setText(SUPERVISOR_PIN)
    assert sheet.form.pin.value() is None
    assert "sekali lagi" in sheet.form.pin.second.message_text()  # asked for, not blamed
    assert sheet.focusWidget() is sheet.form.pin._pins[1]
    sheet.form._code.set_value(served.supervisor_code)
    for editor in sheet.form.pin._pins:
        editor.setText(SUPERVISOR_PIN)
    sheet.send.click()
    qtbot.waitUntil(lambda: ended(app, states.DONE))
    assert app.desk.staff.role == "pelatih"
    assert not page(app).supervisor_chip.isHidden()
    page(app).supervisor_out.click()
    assert page(app).supervisor_chip.isHidden()
    assert app.sending.supervisor is None

    write_batches(app.desk.store, app.desk.staff.id, 1)
    card(app).close_end.click()
    sheet = supervisor_sheet(app, qtbot)
    assert sheet.form is None
    sheet.pin.boxes.setText("918273")
    qtbot.waitUntil(lambda: "Sisa 4 kali" in sheet.pin.pin.message_text())
    assert app.sending.state == states.IDLE
    sheet.pin.boxes.setText(SUPERVISOR_PIN)
    qtbot.waitUntil(lambda: ended(app, states.DONE))
    assert app.sending.supervisor is not None
    app.lock()
    assert app.sending.supervisor is None


def test_a_wrong_personal_code_starts_nothing(qtbot: QtBot, app: Any, served: ServedCentre) -> None:
    obey_supervisor_rule(app, served)
    sheet = supervisor_sheet(app, qtbot)
    assert sheet.form is not None
    sheet.form._code.set_value("SALAH234")
    for editor in sheet.form.pin._pins:
        editor.setText(SUPERVISOR_PIN)
    sheet.send.click()
    qtbot.waitUntil(lambda: "belum cocok" in sheet.form.code.message_text())
    assert app.sending.state == states.IDLE
    sheet.close_with("")


def test_by_itself_when_the_centre_says_so(qtbot: QtBot, app: Any, served: ServedCentre) -> None:
    served.set_rule("otomatis")
    served.exchange(app.desk.store)
    write_batches(app.desk.store, app.desk.staff.id, 1)
    app.sending.follow_rule()
    qtbot.waitUntil(lambda: app.sending._automatic.isActive())
    app.sending._send_by_itself()
    qtbot.waitUntil(lambda: ended(app, states.DONE))
    app.desk.store.set_meta("centre_address", b"http://127.0.0.1:9")
    app.sending._send_by_itself()
    qtbot.waitUntil(lambda: app.sending.problem is not None)
    assert app.sending.state == states.IDLE  # no news when nobody asked for it


# ---------------------------------------------------------------- receipts
def test_a_receipt_is_compared_with_this_laptop(qtbot: QtBot, app: Any) -> None:
    card(app).start.click()
    qtbot.waitUntil(lambda: ended(app, states.DONE))
    kept = receipts(app.desk.store)[0]
    sheet = ReceiptSheet(app.desk, kept)
    sheet.open()
    assert kept.code in sheet.title.text()
    sheet.match.click()
    qtbot.waitUntil(lambda: sheet.verdict.words.text() == "3 = 3 · sama persis")
    sheet.close_with("ok")


def test_a_receipt_that_differs_is_told(qtbot: QtBot, app: Any) -> None:
    card(app).start.click()
    qtbot.waitUntil(lambda: ended(app, states.DONE))
    store, kept = app.desk.store, receipts(app.desk.store)[0]
    true = open_receipt(kept.body, None)
    key = make_private_key()
    store.set_meta("centre_key", public_key_of(key))
    from dataclasses import replace

    assert compare(store, seal_receipt(true, key)).same
    for wrong in (
        replace(true, hash=bytes(32)),
        replace(true, counts={Batch.kind: 2}),
        replace(true, hi=true.hi + 1),
    ):
        assert not compare(store, seal_receipt(wrong, key)).same


# ---------------------------------------------------------------- what needs a look
def test_what_the_centre_could_not_take_is_explained(qtbot: QtBot, app: Any) -> None:
    from trainer_app.desktop.pages.send_lists import rejection_lines
    from trainer_app.storage.tables import insert_into

    store, person = app.desk.store, new_id()
    store.save([Edit(Person, person, AREA, {"full_name": "CONTOH Ani"})], app.desk.staff.id)
    store.db.transact(
        lambda c: c.run(
            insert_into("quarantine"), *(AREA, 1, 4, Person.kind, person, "value", "phone", None, None)
        )
    )
    lines = rejection_lines(store)
    assert [line.title for line in lines] == ["CONTOH Ani"]
    assert "Nomor HP" in lines[0].text
    assert lines[0].person == person
    app.news.tell()
    qtbot.waitUntil(lambda: not page(app).rejected_card.isHidden())
    assert page(app).rejected_card.heading.text() == "1 perlu diperbaiki"
    qtbot.waitUntil(lambda: app.frame.rail.safe.accessibleName().endswith("1 perlu diperbaiki"))
    assert store.find(Staff)


def test_photos_are_a_second_line_and_keep_no_record_back(qtbot: QtBot, app: Any) -> None:
    store = app.desk.store
    for seed in range(2):
        body = picture(40_000, seed)
        digest = photo_name(body).hex()
        values = {"about": new_id(), "purpose": "usaha", "taken_at": 1, "digest": digest, "size": len(body)}
        save_photo(store, [Edit(Photo, new_id(), AREA, values)], new_id(), digest, body)
    qtbot.waitUntil(lambda: "80 KB" in card(app).line.text())
    heard: list[str] = []
    app.sending.changed.connect(lambda: heard.append(card(app).photo_line.text()))
    app.desk.change_settings(send_photos="near")
    start(qtbot, app)
    qtbot.waitUntil(lambda: ended(app, states.DONE))
    assert app.sending.ended.after.pending == 0
    assert ("image", "2 foto menunggu dikirim.", "warn") in end_facts(app.sending.ended)
    assert card(app).heading.text() == "Pengiriman selesai", "not all is there"
    app.sending.dismiss()
    app.desk.change_settings(send_photos="always")
    qtbot.waitUntil(lambda: page(app).facts is not None and page(app).facts.state.photos == 2)
    start(qtbot, app)
    qtbot.waitUntil(lambda: ended(app, states.DONE))
    assert ("image", "2 foto sampai", "ok") in end_facts(app.sending.ended)
    assert card(app).heading.text() == "Semua sudah diterima pusat"
    assert any(line.startswith("Foto: ") for line in heard)
