"""The page that asks: one person or two, which of two values; with the keyboard, and taken back again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.desktop.desks import AREA, SUPERVISOR, SUPERVISOR_NAME, made_desk, made_store, member
from tests.desktop.questions import deliver, fill, other_laptop
from trainer_app.actions.review import same_person
from trainer_app.actions.review_reading import changes_for, read_pair
from trainer_app.desktop.pages.person import PersonPage
from trainer_app.desktop.pages.person_words import read_facts
from trainer_app.desktop.pages.review import ReviewPage
from trainer_app.desktop.pages.review_table import SideButton
from trainer_app.desktop.pages.send_lists import RejectionsSheet, rejection_lines
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.card import Banner
from trainer_app.desktop.session import Desk, SignedIn
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Enterprise, Person, derived_id
from trainer_app.storage.aliases import one_person
from trainer_app.storage.examining import examine
from trainer_app.storage.findings import findings
from trainer_app.storage.lookalikes import pairs
from trainer_app.storage.store import Store
from trainer_app.storage.tables import insert_into

People = tuple[RecordId, RecordId, RecordId]


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    here, there = made_store(tmp_path / "here"), other_laptop(tmp_path / "there")
    yield here, there
    here.close()
    there.close()


@pytest.fixture
def people(stores: tuple[Store, Store]) -> People:
    return fill(*stores)


@pytest.fixture
def desk(qtbot: QtBot, stores: tuple[Store, Store]) -> Iterator[Desk]:
    with made_desk(qtbot, stores[0], SignedIn(SUPERVISOR, SUPERVISOR_NAME, "pengawas")) as made:
        yield made


def opened(qtbot: QtBot, desk: Desk) -> ReviewPage:
    page = ReviewPage(desk)
    page.setParent(desk.host.widget())
    page.resize(1154, 700)
    window = desk.host.widget()
    window.show()
    page.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    page.shown()
    qtbot.waitUntil(lambda: page.facts is not None)
    return page


def test_a_person_registered_twice_is_merged_with_the_keyboard(
    qtbot: QtBot, desk: Desk, people: People, stores: tuple[Store, Store]
) -> None:
    first, second, _third = people
    page = opened(qtbot, desk)
    assert page.header.title.text() == "Apakah ini orang yang sama?"
    assert "1 dari 2" in page.header.subtitle.text()
    assert "NIK sama" in page.header.subtitle.text()
    labels = {row.label: row.kind for row in page.table.rows}
    assert labels["Nomor HP"] == labels["Nama usaha"] == "choice"
    assert labels["Nama lengkap"] == labels["Desa"] == "same"
    assert labels["Hadir pelatihan"] == "both"
    focus = page.focusWidget()
    assert isinstance(focus, SideButton), "the first choice has the focus, not the button that merges"
    assert not page.merge.isEnabled()
    qtbot.keyClick(focus, Qt.Key.Key_Right)
    while not page.merge.isEnabled():
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Down)
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Left)
    last = page.focusWidget()
    assert last is not None
    qtbot.keyClick(last, Qt.Key.Key_Tab)
    assert page.focusWidget() is page.merge, "Tab goes from the last choice to the button"
    qtbot.keyClick(page.merge, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(desk.host.toasts))
    assert one_person(stores[0], second) == (first, second)
    held = stores[0].get(Person, first)
    assert held is not None
    assert held.phone == "+6285743102298", "the chosen number of the other one"
    firm = stores[0].get(Enterprise, derived_id(Enterprise, first))
    assert firm is not None
    assert firm.name == "Keripik Singkong Bu Aminah"
    qtbot.waitUntil(lambda: "Mana yang benar" in page.header.title.text())

    desk.undo.run()
    qtbot.waitUntil(lambda: page.header.title.text() == "Apakah ini orang yang sama?")
    assert one_person(stores[0], second) == (second,)
    assert [pair.first[1] for pair in pairs(stores[0])] == [first]


def test_two_people_are_never_asked_about_again_anywhere(
    qtbot: QtBot, desk: Desk, people: People, stores: tuple[Store, Store]
) -> None:
    here, there = stores
    page = opened(qtbot, desk)
    page.differ.click()
    qtbot.waitUntil(lambda: bool(desk.host.toasts))
    deliver(here, there)
    for store in stores:
        examine(store)
        assert pairs(store) == []


def test_which_number_is_right_is_chosen_and_counts_everywhere(
    qtbot: QtBot, desk: Desk, people: People, stores: tuple[Store, Store]
) -> None:
    here, there = stores
    page = opened(qtbot, desk)
    qtbot.waitUntil(lambda: page.facts is not None and len(page.facts.questions) == 2)
    page.shortcuts()[0].deed()
    qtbot.waitUntil(lambda: page.choose.isVisible())
    assert "Nomor HP" in page.header.subtitle.text()
    assert [row.kind for row in page.table.rows] == ["same", "choice"]
    (left, right) = page.table.buttons[1]
    assert {left.text(), right.text()} == {"0813 5550 0099", "0813 5550 0077"}
    ours = next(button for button in (left, right) if button.text() == "0813 5550 0099")
    ours.click()
    page.choose.click()
    qtbot.waitUntil(lambda: findings(here) == [])
    deliver(here, there)
    deliver(there, here)
    for store in stores:
        held = store.get(Person, people[2])
        assert held is not None
        assert held.phone == "+6281355500099"
        assert findings(store) == []


def test_a_trainer_may_look_and_a_supervisor_beside_decides(
    qtbot: QtBot, people: People, stores: tuple[Store, Store]
) -> None:
    with made_desk(qtbot, stores[0]) as desk:
        page = opened(qtbot, desk)
        assert not page.differ.isEnabled()
        assert not page.merge.isEnabled()
        assert page.ask_supervisor.isVisible()
        desk.sending.supervisor_comes(member(SUPERVISOR, SUPERVISOR_NAME, "pengawas"))
        page.refresh(set())
        qtbot.waitUntil(lambda: page.differ.isEnabled())
        page.differ.click()
        qtbot.waitUntil(lambda: bool(desk.host.toasts))


def test_nothing_to_look_at_is_said(qtbot: QtBot, desk: Desk) -> None:
    page = opened(qtbot, desk)
    assert page.nothing.isVisible()
    assert not page.table.isVisible()


def test_the_page_of_somebody_merged_shows_both_histories_and_parts_them_again(
    qtbot: QtBot, desk: Desk, people: People, stores: tuple[Store, Store]
) -> None:
    here = stores[0]
    first, second, _third = people
    examine(here)
    two = read_pair(here, pairs(here)[0])
    assert two is not None
    same_person(here, two.pair, changes_for(two, set()), SUPERVISOR)
    page = PersonPage(desk)
    page.setParent(desk.host.widget())
    desk.host.widget().show()
    page.show()
    page.shown(id=second)
    qtbot.waitUntil(lambda: bool(page.findChildren(Banner)))
    banner = page.findChildren(Banner)[0]
    assert "Digabung dengan data CONTOH Siti Aminah" in banner.words.text()
    facts = read_facts(here, second, desk.now())
    assert facts is not None
    assert facts.person.id == first
    assert [firm.name for firm in facts.enterprises] == ["Keripik Singkong Bu Aminah"]
    assert len([event for event in facts.events if event.title == "Didaftarkan"]) == 2
    assert len([event for event in facts.events if event.title.startswith("Hadir")]) == 3
    (button,) = [b for b in banner.findChildren(Button) if b.text() == "Pisahkan lagi"]
    button.click()
    qtbot.waitUntil(lambda: one_person(here, second) == (second,))


def test_what_the_centre_could_not_read_opens_at_its_field(
    qtbot: QtBot, desk: Desk, people: People, stores: tuple[Store, Store]
) -> None:
    here, third = stores[0], people[2]
    here.db.transact(
        lambda c: c.run(
            insert_into("quarantine"), *(AREA, 1, 1, Person.kind, third, "value", "phone", None, None)
        )
    )
    assert [line.title for line in rejection_lines(here)] == ["CONTOH Dewi Lestari"]
    sheet = RejectionsSheet(desk)
    sheet.open()
    qtbot.waitUntil(lambda: any(b.text() == "Perbaiki" for b in sheet.findChildren(Button)))
    next(b for b in sheet.findChildren(Button) if b.text() == "Perbaiki").click()
    qtbot.waitUntil(lambda: bool(desk.host.went))
    key, args = desk.host.went[-1]
    assert (key, args) == ("person", {"id": third, "wrong": "person.phone"})
    page = PersonPage(desk)
    page.setParent(desk.host.widget())
    page.show()
    page.shown(**args)
    qtbot.waitUntil(lambda: page._editing is not None)
    field = page._editing.form.fields["person.phone"]
    assert "Pusat belum bisa membaca" in field._message
    field.editor.set_value("+6281355500011")
    page._editing.press_save()
    qtbot.waitUntil(lambda: rejection_lines(here) == [])
    held = here.get(Person, third)
    assert held is not None
    assert held.phone == "+6281355500011"
