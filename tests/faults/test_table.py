"""What the long run promises: how much it does, and that it fails when it must."""

from __future__ import annotations

import pytest

from tests.faults.__main__ import ROWS, SUMS, Row, passed, table
from tests.faults.sweeps import FAULTS, Figures

ROW = Row("power-laptop", "power cut of the laptop", "SQLite", 3)


def told_of(figures: Figures) -> str:
    """The line of the table, without what it is about."""
    line = table([ROW], {"power-laptop": figures}).splitlines()[2]
    return " ".join(line.split()[-8:])


def test_it_does_all_faults_and_enough_of_them() -> None:
    assert {row.fault for row in ROWS} == set(FAULTS)
    wanted = {
        kind: sum(row.wanted for row in ROWS if row.fault.startswith(beginnings))
        for kind, beginnings in SUMS.items()
    }
    assert wanted["kills"] >= 1000
    assert wanted["power cuts"] >= 200


def test_it_passes_with_every_count_reached_and_nothing_found() -> None:
    figures = Figures("power-laptop", lives=4, happened=4, with_loss=3, saved=12, acknowledged=30)
    assert passed(ROW, figures)
    assert told_of(figures) == "3 3 12 30 0 0 0 ok"


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        (Figures("power-laptop", happened=9, with_loss=2), "2 3 0 0 0 0 0 FAILED"),
        (Figures("power-laptop", with_loss=3, findings=["world 1: lost 12 H"]), "3 3 0 0 1 0 0 FAILED"),
        (Figures("power-laptop", with_loss=3, findings=["world 1: doubled 1"]), "3 3 0 0 0 1 0 FAILED"),
        (Figures("power-laptop", with_loss=3, findings=["world 1: wrong x"]), "3 3 0 0 0 0 1 FAILED"),
    ],
    ids=["too few", "lost", "doubled", "other"],
)
def test_it_fails_else(figures: Figures, told: str) -> None:
    assert not passed(ROW, figures)
    assert told_of(figures) == told
