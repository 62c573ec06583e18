"""The ladder T0 to T6 (resources/curriculum/milestones.csv): what a step is called, what has to be seen, and
which steps are looked at again.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from trainer_app.words import language

REGISTERED, TRAINED, READY, ON_BOARD, PAYMENT, FIRST_SALE, ACTIVE = (f"T{n}" for n in range(7))
#: These follow from registration, attendance and tests; nobody ticks them.
COMPUTED = (REGISTERED, TRAINED)


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `rechecked`: whether it still stands is looked at again."""

    code: str
    label: str
    rule: str
    evidence: str
    counts: bool
    rechecked: bool


def steps() -> tuple[Step, ...]:
    """All steps in their order, in the language of the screen where it is known."""
    return _steps(language())


def step_label(code: str) -> str:
    """What a step is called; the code itself for one that this program does not know."""
    return next((step.label for step in steps() if step.code == code), code)


@cache
def _steps(tongue: str) -> tuple[Step, ...]:
    text = files("trainer_app.resources").joinpath("curriculum", "milestones.csv").read_text("utf-8")
    rows = sorted(csv.DictReader(text.splitlines()), key=lambda row: int(row["order"]))
    return tuple(
        Step(
            code=row["code"],
            label=row.get(f"label_{tongue}") or row["label_id"],
            rule=row.get(f"rule_{tongue}") or row["rule"],
            evidence=row.get(f"evidence_{tongue}") or row["evidence"],
            counts=row["counts_as_digitised"] == "1",
            rechecked=bool(row["recheck_days"]),
        )
        for row in rows
    )


def rechecked_steps() -> tuple[str, ...]:
    """The codes of the steps that are looked at again."""
    return tuple(step.code for step in _steps("id") if step.rechecked)
