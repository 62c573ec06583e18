"""Clock times as people write them, days as people name them, marks as tiles tell them."""

from __future__ import annotations

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_app.desktop.pages.attendance_words import TILE, counted, name_of, tile_mark
from trainer_app.desktop.pages.session_sheets import moment, next_number
from trainer_app.desktop.pages.session_words import day_words, hours_line, state_chip
from trainer_app.desktop.pages.week_bar import monday_of
from trainer_app.desktop.parts.tiles import STATES, Mark
from trainer_app.records.kinds import Batch, Session
from trainer_app.records.problem import InputProblem
from trainer_app.records.training import ATTENDANCE
from trainer_app.storage.attendance_queries import SheetRow
from trainer_app.words import use_language

DAY = date(2026, 11, 24)
ZONE = ZoneInfo("Asia/Jayapura")
SESSION = Session(id=bytes(16), area=5301, zone="Asia/Jayapura", starts_at=1_795_482_000_000)


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("9", 9, 0),
        ("09", 9, 0),
        ("930", 9, 30),
        ("0930", 9, 30),
        ("9.30", 9, 30),
        ("09:30", 9, 30),
        (" 13 . 05 ", 13, 5),
    ],
)
def test_a_clock_time_is_read_as_people_write_it(text: str, hour: int, minute: int) -> None:
    read = moment(DAY, text, ZONE, "starts_at")
    assert (read.date(), read.hour, read.minute, read.tzinfo) == (DAY, hour, minute, ZONE)


@given(st.times())
def test_every_minute_of_the_day_is_read_in_every_writing(at: time) -> None:
    for writing in ("%H.%M", "%H:%M", "%H%M"):
        read = moment(DAY, at.strftime(writing), ZONE, "starts_at")
        assert (read.hour, read.minute) == (at.hour, at.minute)


@given(st.text(max_size=8))
def test_whatever_else_is_typed_is_a_time_or_a_problem_of_its_field(text: str) -> None:
    refused = None
    try:
        assert moment(DAY, text, ZONE, "ends_at").date() == DAY
    except InputProblem as problem:
        refused = problem
    assert refused is None or (refused.field == "ends_at" and "09.00" in refused.message)


@pytest.mark.parametrize("text", ["", "24", "9.60", "9.3", "sembilan", "12345", "1.2.3", "²", "-9"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InputProblem):
        moment(DAY, text, ZONE, "starts_at")


def test_days_are_named() -> None:
    assert [day_words(DAY + timedelta(days=n), DAY) for n in (-1, 0, 1, 2)] == [
        "Sen 23 Nov",
        "Hari ini",
        "Besok",
        "Kam 26 Nov",
    ]
    assert day_words(date(2027, 11, 24), DAY) == "Rab 24 Nov 2027"
    use_language("en")
    assert day_words(DAY) == "Tue 24 Nov"


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_week_begins_on_its_monday(day: date) -> None:
    monday = monday_of(day)
    assert monday.weekday() == 0
    assert timedelta(0) <= day - monday < timedelta(days=7)


def row(**more: object) -> SheetRow:
    return SheetRow(person=bytes(16), name="Siti", village=None, **{"enrolled": True, **more})  # type: ignore[arg-type]  # kept short


def test_every_status_has_a_tile() -> None:
    assert set(TILE) == set(ATTENDANCE)
    assert set(TILE.values()) < set(STATES)
    assert tile_mark(row(), SESSION, "") == Mark()


def test_a_tile_tells_the_time_at_the_venue_who_marked_and_why() -> None:
    came = 1_795_482_000_000 + 20 * 60_000
    assert tile_mark(row(status="H", arrived_at=came, marked_at=came), SESSION, "") == Mark(
        "present", "10.20"
    )
    late = tile_mark(
        row(status="T", arrived_at=came, marked_at=came, reason="Kertas", enrolled=False), SESSION, "Bu Ina"
    )
    assert (late.state, late.note) == ("late", "")
    assert late.more == (
        "Datang 10.20. Dicatat Bu Ina, Sel 24 Nov, 10.20. Alasan: Kertas. Tamu dari luar angkatan ini"
    )
    assert tile_mark(row(status="S"), SESSION, "").note == "sakit"
    assert tile_mark(row(status="H"), SESSION, "") == Mark("present", "")


def test_people_are_counted_by_status() -> None:
    rows = {bytes([n]): row(status=status) for n, status in enumerate((None, "H", "H", "S"))}
    assert counted(rows) == {"": 1, "H": 2, "T": 0, "I": 0, "S": 1, "A": 0}


def test_somebody_without_a_name_here_is_called_something() -> None:
    assert name_of(SheetRow(bytes(16), "", None, enrolled=True)) == "Peserta dari daerah lain"


@pytest.mark.parametrize(
    ("names", "number"),
    [((), 1), (("Angkatan 1", "Angkatan 4"), 5), (("Melati", None), 1), (("Angkatan 2 tahun 2026",), 3)],
)
def test_the_next_batch_is_numbered_after_the_highest(names: tuple[str | None, ...], number: int) -> None:
    assert next_number([Batch(id=bytes(16), area=5301, name=name) for name in names]) == number


@pytest.mark.parametrize(
    "zone", ["=HYPERLINK(1)", "Asia", "../../etc/passwd", "Asia/Atlantis", "\x00", "' OR 1=1--"]
)
def test_a_zone_that_is_none_stops_no_list_of_sessions(zone: str) -> None:
    """Whatever one laptop wrote, the others still see their sessions, at the hour of western Indonesia."""
    odd = Session(id=bytes(16), area=5301, starts_at=1_795_482_000_000, zone=zone)
    assert hours_line(odd) == hours_line(Session(id=bytes(16), area=5301, starts_at=1_795_482_000_000))


def test_a_state_of_a_newer_laptop_is_shown_as_it_is() -> None:
    assert state_chip(Session(id=bytes(16), area=5301, state="ditunda"))[0] == "ditunda"
    assert state_chip(Session(id=bytes(16), area=5301))[0] == "Terjadwal"
