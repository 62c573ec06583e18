"""One function says where every record is; rail, page, bar and the person's page all say what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.desktop.desks import AREA, DEK, PIN, made_window, sign_in
from tests.desktop.joined import ServedCentre
from trainer_app.actions.registration import Registration, correct_person, register
from trainer_app.records.kinds import CENTRE_AREA, Device, Person
from trainer_app.records.operation import Edit
from trainer_app.storage.opening import open_store
from trainer_app.storage.sending_state import row_state, send_state
from trainer_app.storage.store import Store
from trainer_app.storage.tables import insert_into
from trainer_app.sync.bundle.at_laptop import seen, take
from trainer_app.sync.bundle.homecoming import replies, take_reply
from trainer_app.sync.bundle.packing import export_bundle
from trainer_app.sync.recipients import own_recipient

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
ANSWERS = Registration(
    person={"full_name": "Siti Aminah CONTOH", "nik": "5301085508909001", "village": "53.01.08.2006"},
    enterprise={"name": "Keripik Singkong", "business_group": "olahan_pangan"},
    consent={"purposes": "program,gojek", "manner": "tanda_tangan"},
)
#: State: the chip of the person, the rail, its badge.
SHOWN = {
    "pending": ("Menunggu dikirim", "1 menunggu dikirim", "1"),
    "changed": ("Diubah sejak terakhir dikirim", "1 menunggu dikirim", "1"),
    "at_supervisor": ("Di laptop pengawas", "1 di laptop pengawas", ""),
    "received": ("Diterima pusat", "Sudah diterima pusat", ""),
    "rejected": ("Perlu diperbaiki", "1 perlu diperbaiki", "1"),
}


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path, served: ServedCentre) -> Iterator[Any]:
    """A laptop that has joined, the trainer signed in, nothing written."""
    served.set_rule("pelatih")
    folder = tmp_path / "laptop"
    folder.mkdir(mode=0o700)
    trainer = served.laptop(folder)
    with made_window(qtbot, folder, signed_in=False) as made:
        sign_in(qtbot, made, trainer, PIN)
        yield made


def check(qtbot: QtBot, app: Any, person: bytes, state: str) -> None:
    """Everything on screen says that the one record is in this state, and in no other."""
    store = app.desk.store
    assert row_state(store, person) == state
    counted = send_state(store)
    for name in SHOWN:
        waits = name == "pending" and state == "changed"
        assert getattr(counted, name) == int(name == state or waits), (state, counted)
    assert counted.total == 1
    chip, rail, badge = SHOWN[state]
    app.news.tell()
    app.go("send")
    page = app.frame.page
    qtbot.waitUntil(lambda: page.facts is not None and page.facts.state == counted)
    cards = {
        "pending": page.cards.pending,
        "at_supervisor": page.cards.supervisor,
        "received": page.cards.received,
    }
    place = "pending" if state == "changed" else state
    assert {name: card.number.text() for name, card in cards.items()} == {
        name: str(int(name == place)) for name in cards
    }
    assert ("1 diubah sejak terakhir dikirim" in page.cards.pending._note.text()) == (state == "changed")
    assert page.cards.here.number.text() == "1"
    assert [part[0] for part in page.flow._parts] == [1]
    assert page.rejected_card.isHidden() == (state != "rejected")
    assert ("Semua sudah diterima pusat" in page.header.subtitle.text()) == (state == "received")
    qtbot.waitUntil(lambda: app.frame.rail.safe.accessibleName().endswith(rail))
    assert app.frame.rail.items["send"]._badge == badge
    app.go("person", id=person)
    qtbot.waitUntil(lambda: app.frame.page.state.text() == chip)
    app.go("participants", filter="unsent")
    listed = app.frame.page
    qtbot.waitUntil(lambda: listed._everybody == 1 and said(listed) == chip_of(state))


def chip_of(state: str) -> list[str]:
    """What the list of those who were not received yet says of the one person."""
    return [] if state == "received" else [SHOWN[state][0]]


def said(listed: Any) -> list[str]:
    """The last column of the list, as it is read to people who do not see it."""
    model = listed.table.model()
    last = model.columnCount() - 1
    return [model.index(row, last).data() for row in range(model.rowCount())]


def test_everybody_says_the_same(qtbot: QtBot, app: Any, served: ServedCentre, tmp_path: Path) -> None:
    store, author = app.desk.store, app.desk.staff.id
    hub = supervisor(served, tmp_path / "pengawas")
    served.exchange(store)
    person = register(store, ANSWERS, author).person
    check(qtbot, app, person, "pending")

    stick = tmp_path / "FLASHDISK"
    stick.mkdir()
    export_bundle(store, stick)
    check(qtbot, app, person, "pending")  # a stick can be lost
    app.go("send")
    qtbot.waitUntil(lambda: "disalin ke flashdisk" in app.frame.page.cards.pending._note.text())

    hand_over(store, hub, stick)
    hub.close()
    check(qtbot, app, person, "at_supervisor")

    served.exchange(store)
    check(qtbot, app, person, "received")

    correct_person(store, person, {"full_name": "Siti Aminah Baru CONTOH"}, author)
    check(qtbot, app, person, "changed")  # a new version waits, whatever became of the old one
    served.exchange(store)
    check(qtbot, app, person, "received")

    store.db.transact(
        lambda c: c.run(
            insert_into("quarantine"), *(AREA, 1, 1, Person.kind, person, "value", "phone", None, None)
        )
    )
    check(qtbot, app, person, "rejected")


def supervisor(served: ServedCentre, folder: Path) -> Store:
    """A supervisor's laptop, to which sticks may be sealed."""
    folder.mkdir(mode=0o700)
    served.laptop(folder)
    hub = open_store(folder, DEK)
    with served.running.opened() as centre:
        values = {"recipient": own_recipient(hub)}
        centre.save([Edit(Device, hub.replica, CENTRE_AREA, values)])
    served.exchange(hub)
    return hub


def hand_over(store: Store, hub: Store, stick: Path) -> None:
    """The supervisor's laptop takes the package from the stick, and its answer comes home."""
    for package in list(seen(hub, stick)):
        take(hub, package)
    for reply in list(replies(store, stick)):
        take_reply(store, reply)
