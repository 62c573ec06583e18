"""A laptop whose centre does not know it any more joins again from the page that sends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.desktop.desks import PIN, made_window, sign_in
from tests.desktop.joined import ServedCentre, write_batches
from trainer_app.desktop import sending as states
from trainer_app.desktop.pages.join_again import JoinAgainSheet
from trainer_app.server import administration
from trainer_app.storage.branching import go_on_alone
from trainer_app.storage.sending_state import send_state


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path, served: ServedCentre) -> Iterator[Any]:
    served.set_rule("pelatih")
    trainer = served.laptop(tmp_path)
    with made_window(qtbot, tmp_path, signed_in=False) as made:
        sign_in(qtbot, made, trainer, PIN)
        write_batches(made.desk.store, trainer, 3)
        made.go("send")
        qtbot.waitUntil(lambda: made.frame.page.facts is not None)
        yield made


def shown(app: Any) -> list[str]:
    return [button.accessibleName() for button in app.frame.page.card._all if not button.isHidden()]


def sheet(app: Any) -> JoinAgainSheet:
    (found,) = [one for one in app.window.findChildren(JoinAgainSheet) if one.isVisible()]
    return found


def test_a_restored_laptop_of_a_centre_that_took_the_old_one_out(
    qtbot: QtBot, app: Any, served: ServedCentre
) -> None:
    with served.running.opened() as centre:
        administration.revoke(centre, app.desk.store.replica.hex())
    go_on_alone(app.desk.store)
    app.sending.start()
    qtbot.waitUntil(lambda: app.sending.state == states.FAILED)
    assert shown(app) == ["Daftarkan ulang laptop", "Selesai"]
    app.frame.page.card.join.click()
    qtbot.waitUntil(lambda: bool(sheet(app)._address.value()))
    assert sheet(app)._address.value() == served.address

    sheet(app)._code.set_value("ABC")
    sheet(app).save()
    assert "Sekarang 3" in sheet(app).fields["code"].message_text()
    sheet(app)._code.set_value("AAAABBBB")
    sheet(app).save()
    qtbot.waitUntil(lambda: "tidak dikenal" in sheet(app).fields["code"].message_text())
    assert app.desk.store.replica

    before = app.desk.store.replica
    sheet(app)._code.set_value(served.code())
    sheet(app).save()
    qtbot.waitUntil(lambda: app.sending.state == states.DONE)
    assert app.desk.store.replica != before
    assert send_state(app.desk.store).all_received
    assert send_state(app.desk.store).received == 3


def test_a_laptop_that_was_taken_out_can_join_again(qtbot: QtBot, app: Any, served: ServedCentre) -> None:
    with served.running.opened() as centre:
        administration.revoke(centre, app.desk.store.replica.hex())
    app.sending.start()
    qtbot.waitUntil(lambda: app.sending.state == states.DONE)
    assert shown(app) == ["Daftarkan ulang laptop", "Selesai"]
    app.frame.page.card.join.click()
    qtbot.waitUntil(lambda: bool(sheet(app)._address.value()))
    sheet(app)._address.set_value("")
    sheet(app).save()
    assert sheet(app).fields["address"].message_text()
    sheet(app)._address.set_value(served.address)
    sheet(app)._code.set_value(served.code())
    sheet(app).save()
    qtbot.waitUntil(lambda: send_state(app.desk.store).received == 3)


def test_an_ordinary_failure_asks_for_no_code(qtbot: QtBot, app: Any) -> None:
    app.desk.store.set_meta("centre_address", b"http://127.0.0.1:9")
    app.sending.start()
    qtbot.waitUntil(lambda: app.sending.state == states.FAILED)
    assert shown(app) == ["Coba lagi", "Selesai"]
