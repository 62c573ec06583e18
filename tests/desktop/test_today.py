"""The first page of the day: what it says is what the store holds, and every button leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytestqt.qtbot import QtBot

from tests.desktop.classroom import VILLAGE, planned, today_at
from tests.desktop.desks import AREA, BEGIN, SUPERVISOR, TRAINER, TRAINER_NAME, made_desk, made_store
from tests.desktop.followed import WHO, traders
from trainer_app.actions.sessions import create_batch, enrol_all, set_state
from trainer_app.desktop.pages.today import TodayPage, greeting, tasks
from trainer_app.desktop.parts.text import Text
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import (
    CENTRE_AREA,
    Attendance,
    Batch,
    Enrolment,
    Enterprise,
    Milestone,
    Person,
    Programme,
    Session,
    Target,
    derived_id,
)
from trainer_app.records.operation import Edit
from trainer_app.records.training import CLOSED
from trainer_app.reports.today import DueToday, today
from trainer_app.storage.drafts import save_draft
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store

ZONE = "Asia/Makassar"
#: Of the day the laptops believe in.
NOON = BEGIN.astimezone(ZoneInfo(ZONE)).replace(hour=12)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = made_store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def desk(qtbot: QtBot, store: Store) -> Iterator[Any]:
    with made_desk(qtbot, store) as made:
        yield made


def shown_page(qtbot: QtBot, desk: Any) -> TodayPage:
    page = TodayPage(desk)
    page.setParent(desk.host.widget())
    desk.host.widget().show()
    page.show()
    page.shown()
    qtbot.waitUntil(lambda: page.facts is not None)
    return page


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def add_batch(store: Store, people: int = 2) -> tuple[RecordId, list[RecordId]]:
    batch, persons = new_id(), [new_id() for _n in range(people)]
    edits = [Edit(Batch, batch, AREA, {"name": "Angkatan CONTOH"})]
    for number, person in enumerate(persons):
        edits.append(Edit(Person, person, AREA, {"full_name": f"CONTOH {number}"}))
        values = {"batch": batch, "person": person, "state": "aktif"}
        edits.append(Edit(Enrolment, derived_id(Enrolment, batch, person), AREA, values))
    store.save(edits, TRAINER)
    return batch, persons


def add_session(store: Store, batch: RecordId, starts: datetime, **more: Any) -> RecordId:
    session = new_id()
    values = {
        "batch": batch,
        "topic": "Foto produk CONTOH",
        "venue": "Balai CONTOH",
        "starts_at": ms(starts),
        "ends_at": ms(starts + timedelta(hours=2)),
        "zone": ZONE,
        "state": "terjadwal",
        **more,
    }
    store.save([Edit(Session, session, AREA, values)], TRAINER)
    return session


def mark(store: Store, session: RecordId, person: RecordId, status: str) -> None:
    values = {"session": session, "person": person, "status": status}
    store.save([Edit(Attendance, derived_id(Attendance, session, person), AREA, values)], TRAINER)


# ---------------------------------------------------------------- what is counted
def test_the_greeting_follows_the_hour() -> None:
    day = datetime(2026, 11, 24, tzinfo=UTC)
    said = [greeting(day.replace(hour=hour), "Siti") for hour in (6, 12, 16, 20)]
    words = ("pagi", "siang", "sore", "malam")
    assert said == [f"Selamat {word}, Siti" for word in words]


def test_three_numbers(store: Store) -> None:
    batch, people = add_batch(store, 3)
    now = NOON
    held = add_session(store, batch, now - timedelta(days=7), state="ditutup")
    called_off = add_session(store, batch, now - timedelta(days=6), state="batal")
    mark(store, held, people[0], "H")
    mark(store, held, people[1], "A")
    mark(store, called_off, people[2], "H")
    shops = [derived_id(Enterprise, person) for person in people]
    steps = [("T4", {}), ("T4", {"before_programme": 1}), ("T3", {"lapsed_on": "2026-11-01"})]
    store.save(
        [
            *(
                Edit(Enterprise, s, AREA, {"owner": p, "name": "CONTOH"})
                for s, p in zip(shops, people, strict=True)
            ),
            *(
                Edit(
                    Milestone,
                    new_id(),
                    AREA,
                    {"enterprise": shop, "step": step, "reached_on": "2026-11-02", **more},
                )
                for shop, (step, more) in zip(shops, steps, strict=True)
            ),
        ],
        TRAINER,
    )
    counts = today(store, TRAINER, now).counts
    assert (counts.registered, counts.attended, counts.digitised) == (3, 1, 1)
    store.save([Edit(Person, people[0], AREA, {"deleted_at": ms(now)})], TRAINER)
    assert today(store, TRAINER, now).counts.registered == 2


def test_the_running_session_comes_first_then_todays_then_the_next(store: Store) -> None:
    batch, _people = add_batch(store)
    now = NOON
    assert today(store, TRAINER, now).next_session is None
    later = add_session(store, batch, now + timedelta(days=3))
    assert_next(store, now, later)
    other = add_session(store, batch, now + timedelta(minutes=30), trainer=SUPERVISOR)
    assert_next(store, now, other)
    own = add_session(store, batch, now + timedelta(hours=2), trainer=TRAINER)
    assert_next(store, now, own)
    running = add_session(store, batch, now - timedelta(hours=1), state="berjalan", trainer=SUPERVISOR)
    assert_next(store, now, running)
    add_session(store, batch, now - timedelta(hours=2), state="ditutup", trainer=TRAINER)
    assert_next(store, now, running)


def assert_next(store: Store, now: datetime, wanted: RecordId) -> None:
    found = today(store, TRAINER, now).next_session
    assert found is not None
    assert found.session.id == wanted
    assert (found.batch, found.people) == ("Angkatan CONTOH", 2)


def test_the_week_and_sessions_left_open(store: Store) -> None:
    batch, _people = add_batch(store)
    now = NOON
    monday = now - timedelta(days=now.weekday())
    add_session(store, batch, monday, state="ditutup")
    saturday = add_session(store, batch, monday + timedelta(days=5))
    add_session(store, batch, monday + timedelta(days=6))
    facts = today(store, TRAINER, now)
    assert [day.sessions for day in facts.week] == [1, 0, 0, 0, 0, 1]
    assert facts.week[0].closed == 1
    assert facts.week[0].day == monday.date()
    open_one = add_session(store, batch, now - timedelta(days=9), state="berjalan")
    add_session(store, batch, now - timedelta(days=200))
    assert {session.id for session in today(store, TRAINER, now).left_open} == {open_one}
    sunday = monday + timedelta(days=6)
    assert {session.id for session in today(store, TRAINER, sunday).left_open} == {open_one, saturday}


def test_targets_of_the_areas_of_this_laptop(store: Store) -> None:
    programme, now = new_id(), NOON
    month = now.date().isoformat()[:7]
    target = {"programme": programme, "by_month": month, "digitised": 30}
    store.save(
        [
            Edit(Programme, programme, CENTRE_AREA, {"name": "CONTOH", "starts_on": "2026-01-01"}),
            Edit(Target, new_id(), CENTRE_AREA, {**target, "regency": "53.01"}),
            Edit(Target, new_id(), CENTRE_AREA, {**target, "regency": "94.01"}),
        ],
        TRAINER,
    )
    facts = today(store, TRAINER, now)
    assert [(bar.area, bar.done, bar.target) for bar in facts.targets] == [(AREA, 0, 30)]
    assert facts.target_month == month


# ---------------------------------------------------------------- what is shown
def test_an_empty_laptop_offers_a_session(qtbot: QtBot, desk: Any) -> None:
    page = shown_page(qtbot, desk)
    assert TRAINER_NAME in page.header.title.text()
    assert page.start is not None
    assert page.start.text() == "Buat sesi"
    page.start.click()
    assert desk.host.went == [("sessions", {"create": True})]
    assert page.registered.number.text() == "0"
    assert page.target_card.isHidden()


def test_a_day_whose_sessions_are_over_says_so(qtbot: QtBot, desk: Any) -> None:
    batch, _people = add_batch(desk.store)
    page = shown_page(qtbot, desk)
    add_session(desk.store, batch, BEGIN, state="ditutup")  # today wherever this machine is
    page.refresh(set())
    words = "Tidak ada sesi lagi hari ini."
    qtbot.waitUntil(lambda: any(text.text() == words for text in page.next_card.findChildren(Text)))


def test_the_session_of_today_is_one_press_away(qtbot: QtBot, desk: Any) -> None:
    batch, _people = add_batch(desk.store)
    session = add_session(desk.store, batch, desk.now() + timedelta(minutes=25))
    page = shown_page(qtbot, desk)
    assert page.start is not None
    assert page.start.text() == "Mulai absensi"
    page.start.click()
    assert desk.host.went == [("attendance", {"session": session})]


def test_what_waits_is_a_list_of_things_to_do(qtbot: QtBot, desk: Any) -> None:
    batch, people = add_batch(desk.store)
    now = NOON
    left = add_session(desk.store, batch, now - timedelta(days=4))
    save_draft(desk.store, "register", TRAINER, {"full_name": "CONTOH"})
    saved = datetime.fromtimestamp((send_state(desk.store).oldest_pending_ms or 0) / 1000, now.tzinfo)
    later = saved + timedelta(days=4)
    facts = today(desk.store, TRAINER, later)
    found = tasks(facts, DueToday(), desk, later)
    titles = [task.title for task in found]
    waiting = facts.state.pending
    assert titles == [
        "Pendaftaran belum selesai diisi",
        "1 sesi belum ditutup",
        f"{waiting} catatan menunggu dikirim",
        f"{len(people)} peserta perlu dilengkapi",
    ]
    assert "4 hari lalu" in found[2].line
    for task in found:
        task.go()
    assert desk.host.went == [
        ("register", {"draft": True}),
        ("attendance", {"session": left}),
        ("send", {}),
        ("participants", {"filter": "incomplete"}),
    ]
    young = tasks(today(desk.store, TRAINER, now), DueToday(), desk, now)
    assert not any("menunggu dikirim" in task.title for task in young)


def test_who_is_to_be_called_leads_to_the_visits(qtbot: QtBot, desk: Any) -> None:
    people = traders(desk.store)
    for days in (20, 7):
        batch = create_batch(desk.store, TRAINER, name=f"Angkatan {days}", village=VILLAGE, venue="Balai")
        enrol_all(desk.store, batch.id, [people[name] for name, _v, ago in WHO if ago == days], TRAINER)
        set_state(desk.store, planned(desk.store, batch.id, "Foto", today_at(9, -days)), CLOSED, TRAINER)
    page = shown_page(qtbot, desk)
    qtbot.waitUntil(lambda: page.due.people > 0)
    assert (page.due.people, page.due.overdue) == (4, 3)
    assert page.facts is not None
    found = [task for task in tasks(page.facts, page.due, desk, NOON) if "dihubungi" in task.title]
    assert [task.title for task in found] == ["4 orang perlu dihubungi atau dikunjungi"]
    assert found[0].line.startswith("3 terlambat · mulai dari ")
    found[0].go()
    assert desk.host.went == [("visits", {})]
    assert [task for task in tasks(page.facts, DueToday(), desk, NOON) if "dihubungi" in task.title] == []


def test_it_follows_what_is_saved(qtbot: QtBot, desk: Any) -> None:
    page = shown_page(qtbot, desk)
    desk.news.changed.connect(lambda kinds: page.refresh(set(kinds)))
    add_batch(desk.store, 4)
    qtbot.waitUntil(lambda: page.registered.number.text() == "4")


def test_the_keyboard_stays_at_the_session_when_the_card_is_made_anew(qtbot: QtBot, desk: Any) -> None:
    page = shown_page(qtbot, desk)
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    before = page.start
    assert before is not None
    before.setFocus()
    page.refresh(set())
    qtbot.waitUntil(lambda: page.start is not before)
    qtbot.waitUntil(lambda: page.window().focusWidget() is page.start)


def test_search_and_days_lead_on(qtbot: QtBot, desk: Any) -> None:
    page = shown_page(qtbot, desk)
    page.search_box.setText("siti")
    page.search_box.submitted.emit("siti")
    page.week.picked.emit(2)
    assert page.facts is not None
    assert desk.host.went == [
        ("participants", {"search": "siti"}),
        ("sessions", {"day": page.facts.week[2].day}),
    ]
