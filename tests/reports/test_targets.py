"""The line to the target: what was entered, straight between the points."""

from __future__ import annotations

from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Programme, Target
from trainer_app.reports.targets import month_number, month_of, target_line

PROGRAMME = Programme(id=new_id(), area=0, name="Digital 2026", starts_on="2026-06-01")


def target(
    month: str, digitised: int | None, regency: str | None = "53.01", trained: int | None = None
) -> Target:
    return Target(
        id=new_id(),
        area=0,
        programme=PROGRAMME.id,
        regency=regency,
        by_month=month,
        trained=trained,
        digitised=digitised,
    )


def test_months_count() -> None:
    assert month_of(month_number("2026-12") + 1) == "2027-01"


def test_nothing_entered_is_no_line() -> None:
    assert target_line([], [PROGRAMME], None, "digitised") is None
    assert target_line([target("2026-12", None, trained=5)], [PROGRAMME], None, "digitised") is None
    assert target_line([target("bukan", 50)], [PROGRAMME], None, "digitised") is None


def test_straight_from_the_month_before_the_programme() -> None:
    line = target_line([target("2026-12", 700)], [PROGRAMME], {"53.01"}, "digitised")
    assert line is not None
    assert (line.total, line.by_month, line.start) == (700, "2026-12", "2026-05")
    assert [line.at(m) for m in ("2026-05", "2026-06", "2026-11", "2026-12", "2027-03")] == [
        0,
        100,
        600,
        700,
        700,
    ]


def test_steps_of_one_regency_follow_each_other() -> None:
    line = target_line([target("2026-12", 500), target("2026-08", 60)], [PROGRAMME], {"53.01"}, "digitised")
    assert line is not None
    assert line.total == 500
    assert [round(line.at(m)) for m in ("2026-08", "2026-10")] == [60, 280]


def test_regencies_add_up_and_strangers_do_not_count() -> None:
    targets = [target("2026-12", 500), target("2026-12", 300, "53.02"), target("2026-12", 999, "94.01")]
    line = target_line(targets, [PROGRAMME], {"53.01", "53.02"}, "digitised")
    assert line is not None
    assert line.total == 800


def test_the_whole_has_its_own_target_where_one_was_entered() -> None:
    regencies = [target("2026-12", 500), target("2026-12", 300, "53.02")]
    both = target_line([*regencies, target("2026-12", 5000, None)], [PROGRAMME], None, "digitised")
    added = target_line(regencies, [PROGRAMME], None, "digitised")
    assert both is not None
    assert added is not None
    assert (both.total, added.total) == (5000, 800)
