"""What is asked before and after a training: the items of the packaged assessment, version by version.

The stored answer of a task is how much help somebody needed (0 to 3); that of a question is the place of the
option that was said (0 to 3), so that what was answered is kept and not only whether it was right. Rule of
scoring: `records.scoring`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from trainer_app.words import language

TASK, QUESTION = "performance", "quiz"
#: Points of a task done alone, and of a right answer.
MOST_POINTS = 3


@dataclass(frozen=True, slots=True)
class Question:
    """One wording of a question; forms are used in turn, so that nobody is asked the same twice."""

    text: str
    options: tuple[str, ...]
    correct: int


@dataclass(frozen=True, slots=True)
class Item:
    """One task that is watched, or one question. `slot` is the number of its answer in the record."""

    code: str
    slot: int
    domain: str
    kind: str
    task: str
    watch: str
    forms: Mapping[str, Question] = field(hash=False)

    def points(self, answer: int, form: str) -> int:
        """0 to `MOST_POINTS` for a stored answer."""
        if self.kind == TASK:
            return max(0, min(MOST_POINTS, answer))
        return MOST_POINTS if answer == self.forms[form].correct else 0

    def answers(self, form: str) -> int:
        """How many different answers there are; each is one digit key."""
        return MOST_POINTS + 1 if self.kind == TASK else len(self.forms[form].options)

    def words(self, form: str) -> str:
        """What to ask or to have done, in the language in force where there is a translation."""
        return self.task if self.kind == TASK else self.forms[form].text


@dataclass(frozen=True, slots=True)
class Level:
    """A name for an index of at least `least`."""

    least: int
    name: str


@dataclass(frozen=True, slots=True)
class ItemSet:
    """One version of the assessment."""

    version: str
    items: tuple[Item, ...]
    scale: tuple[str, ...]
    domains: Mapping[str, str]
    levels: tuple[Level, ...]
    least_answered: int

    def item(self, code: str) -> Item | None:
        """The item of a code."""
        return next((item for item in self.items if item.code == code), None)


#: Earlier versions stay beside the newest: what was answered then is scored by what was asked then.
_VERSIONS = {"1": "assessment_items.json"}
NEWEST = "1"


def item_set(version: str | None = None) -> ItemSet | None:
    """A version, or the newest; None for one that this program does not know."""
    wanted = version or NEWEST
    return _item_set(wanted, language()) if wanted in _VERSIONS else None


@cache
def _item_set(version: str, tongue: str) -> ItemSet:
    text = files("trainer_app.resources").joinpath("curriculum", _VERSIONS[version]).read_text("utf-8")
    data = json.loads(text)
    return ItemSet(
        version=version,
        items=tuple(_item(entry, slot, tongue) for slot, entry in enumerate(data["items"], 1)),
        scale=tuple(entry[tongue] for entry in data["scale"]),
        domains={entry["id"]: entry.get(f"{tongue}_label", entry["id_label"]) for entry in data["domains"]},
        levels=tuple(Level(entry["min"], entry[tongue]) for entry in data["levels"]),
        least_answered=data["scoring"]["min_answered"],
    )


def _item(entry: dict[str, Any], slot: int, tongue: str) -> Item:
    forms = {
        name: Question(
            form[f"q_{tongue}"],
            tuple(form.get(f"options_{tongue}", form["options_id"])),
            form["correct"],
        )
        for name, form in entry.get("forms", {}).items()
    }
    return Item(
        code=entry["id"],
        slot=slot,
        domain=entry["domain"],
        kind=entry["type"],
        task=entry.get(f"task_{tongue}", ""),
        watch=entry.get("observe_id", ""),
        forms=forms,
    )
