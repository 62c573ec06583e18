"""What can happen in a world, as plain data: drawn from a seed, written to a file, left out when a history is
made shorter. A step that makes no sense where it stands does nothing.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from tests.simulation.disk import FULL, POWER, STOP
from tests.simulation.links import BAD, GOOD
from trainer_app.records.clock import DAY_MS, HOUR_MS

_YEAR_MS = 365 * DAY_MS
_MINUTES_MS = 60_000
_JUMPS = (
    *(0, 0, DAY_MS, -DAY_MS, 10 * _YEAR_MS, -10 * _YEAR_MS, HOUR_MS, -HOUR_MS),
    *(9 * _MINUTES_MS, 9 * _MINUTES_MS, 11 * _MINUTES_MS),  # just within and beyond what the centre lets pass
)
AREAS = (5301, 5302)
ROWS = 3


@dataclass(frozen=True, slots=True)
class Step:
    """`who` is a laptop by its place; what the others mean depends on `what` (see `deeds`)."""

    what: str
    who: int = 0
    area: int = 0
    row: int = 0
    number: int = 0
    text: str = ""
    links: tuple[tuple[str, int], ...] = ()
    disk: tuple[str, str, int] | None = None

    def plain(self) -> dict[str, Any]:
        """For a file: only what is not as usual."""
        told = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: value for name, value in told.items() if value or name == "what"}

    @classmethod
    def of(cls, told: dict[str, Any]) -> Step:
        """The opposite of `plain`."""
        links = tuple((str(kind), int(at)) for kind, at in told.get("links", ()))
        disk = told.get("disk")
        more = {"links": links, "disk": (disk[0], disk[1], disk[2]) if disk else None}
        return cls(**{**told, **more})


@dataclass(frozen=True, slots=True)
class History:
    """A seed, the shape of its world, and what happens in it. `areas` are those of each laptop at first."""

    seed: int
    areas: tuple[tuple[int, ...], ...]
    encrypted: bool
    small: bool
    steps: tuple[Step, ...]

    def with_steady_centre(self) -> History:
        """The same without anything that happens to the centre's disk."""
        calm = [step for step in self.steps if step.what not in ("keep centre", "restore centre")]
        return self.with_steps(
            [replace(step, disk=None) if step.disk and step.disk[0] == "centre" else step for step in calm]
        )

    def with_steps(self, steps: Sequence[Step]) -> History:
        """The same world with other steps."""
        return History(self.seed, self.areas, self.encrypted, self.small, tuple(steps))

    def text(self, why: str) -> str:
        """A file that people can read: a line a step."""
        head = {
            "why": why,
            "seed": self.seed,
            "areas": [list(areas) for areas in self.areas],
            "encrypted": self.encrypted,
            "small": self.small,
        }
        lines = [f" {json.dumps(name)}: {json.dumps(value)}," for name, value in head.items()]
        steps = ",\n".join(f"  {json.dumps(step.plain())}" for step in self.steps)
        return "\n".join(["{", *lines, ' "steps": [', steps, " ]", "}", ""])

    @classmethod
    def of(cls, text: str) -> History:
        """The opposite of `text`."""
        told = json.loads(text)
        areas = tuple(tuple(areas) for areas in told["areas"])
        steps = tuple(Step.of(step) for step in told["steps"])
        return cls(told["seed"], areas, told["encrypted"], told["small"], steps)


# --- drawing ------------------------------------------------------------------------------------------------


def draw(seed: int, theme: str = "") -> History:
    """The history of a seed, always the same; with a theme, or with one that the seed chooses."""
    rnd = random.Random(f"history {seed}")  # noqa: S311 - must repeat
    count = rnd.choice((2, 3, 3, 4))
    chosen = rnd.choice(list(_THEMES))
    factors = _THEMES[theme or chosen]
    weights = [weight * factors.get(what, 1) for what, (weight, _make) in _DRAWN.items()]
    areas = tuple(rnd.choice(((AREAS[0],), (AREAS[0],), (AREAS[1],), AREAS)) for _ in range(count))
    return History(
        seed,
        areas,
        encrypted=rnd.random() < 0.05,
        small=rnd.random() < 0.5,
        steps=tuple(_step(rnd, weights, count) for _ in range(rnd.randrange(8, 40))),
    )


def _step(rnd: random.Random, weights: Sequence[float], count: int) -> Step:
    what = rnd.choices(list(_DRAWN), weights)[0]
    return _DRAWN[what][1](rnd, what, rnd.randrange(count))


def _links(rnd: random.Random) -> tuple[tuple[str, int], ...]:
    if rnd.random() < 0.5:
        return ()
    return tuple(
        (rnd.choice(BAD), rnd.randrange(1000)) if rnd.random() < 0.5 else (GOOD, 0)
        for _ in range(rnd.randrange(1, 5))
    )


def _plain(rnd: random.Random, what: str, who: int) -> Step:
    return Step(what, who, rnd.randrange(2), rnd.randrange(ROWS), rnd.randrange(1, 100))


def _edit(rnd: random.Random, what: str, who: int) -> Step:
    field = rnd.choice(("full_name", "full_name", "landmark", "rt", "education"))
    return Step(what, who, rnd.randrange(2), rnd.randrange(ROWS), rnd.randrange(6), field)


def _mark(rnd: random.Random, what: str, who: int) -> Step:
    return Step(what, who, rnd.randrange(2), rnd.randrange(ROWS), rnd.randrange(2), rnd.choice("HTIA"))


def _burst(rnd: random.Random, what: str, who: int) -> Step:
    return Step(what, who, rnd.randrange(2), number=rnd.choice((5, 20, 60)))


def _send(rnd: random.Random, what: str, who: int) -> Step:
    stopped = rnd.randrange(1, 4) if rnd.random() < 0.1 else 0
    return Step(what, who, number=stopped, links=_links(rnd), disk=_disk(rnd, 0.25))


def _meet(rnd: random.Random, what: str, who: int) -> Step:
    step = _send(rnd, what, who)
    return Step(what, who, row=rnd.randrange(4), number=step.number, links=step.links, disk=step.disk)


def _disk(rnd: random.Random, share: float) -> tuple[str, str, int] | None:
    if rnd.random() >= share:
        return None
    kind = rnd.choice((STOP, STOP, POWER, FULL))
    return rnd.choice(("laptop", "centre")), kind, int(rnd.expovariate(1 / 12))


def _failing(rnd: random.Random, what: str, who: int) -> Step:
    step = _edit(rnd, what, who)
    kind = rnd.choice((STOP, POWER, FULL))
    return Step(
        what, who, step.area, step.row, step.number, step.text, disk=("laptop", kind, rnd.randrange(12))
    )


def _photo(rnd: random.Random, what: str, who: int) -> Step:
    failing = ("laptop", rnd.choice((STOP, POWER, FULL)), rnd.randrange(8)) if rnd.random() < 0.3 else None
    return Step(what, who, rnd.randrange(2), rnd.randrange(ROWS), rnd.randrange(1, 100), disk=failing)


def _clock(rnd: random.Random, what: str, who: int) -> Step:
    return Step(what, who, number=rnd.choice(_JUMPS), text=rnd.choice(("", "", "", "stuck")))


def _passes(rnd: random.Random, what: str, who: int) -> Step:
    return Step(what, number=rnd.choice((1000, 60_000, HOUR_MS, DAY_MS, 20 * DAY_MS)))


def _areas(rnd: random.Random, what: str, who: int) -> Step:
    return Step(what, who, text=rnd.choice(("5301", "5302", "5301,5302", "5302,5301")))


_Make = Callable[[random.Random, str, int], Step]
#: What is drawn, how often against the others, and how.
_DRAWN: dict[str, tuple[float, _Make]] = {
    "edit": (22, _edit),
    "mark": (8, _mark),
    "delete": (3, _plain),
    "burst": (3, _burst),
    "newer": (2, _plain),
    "poison": (1.5, _plain),
    "failing": (3, _failing),
    "photo": (2, _photo),
    "seal": (4, _plain),
    "send": (26, _send),
    "meet": (10, _meet),
    "pack": (4, _plain),
    "stick at laptop": (4, _plain),
    "stick at centre": (3, _plain),
    "stick": (1, _plain),
    "again": (2, _plain),
    "mail": (2, _plain),
    "replay": (2, _plain),
    "forge": (2, _plain),
    "restart": (1.5, _plain),
    "power": (1.5, _plain),
    "clock": (5, _clock),
    "pass": (5, _passes),
    "backup": (2, _plain),
    "restore": (1.2, _plain),
    "clone": (0.8, _plain),
    "revoke": (0.7, _plain),
    "areas": (2, _areas),
    "keep centre": (1.5, _plain),
    "restore centre": (1.0, _plain),
    "centre says": (2, _plain),
}
#: Rare things must meet: each history has a theme, whose steps are drawn so many times as often.
_THEMES: dict[str, dict[str, float]] = {
    "all": {},
    "clocks": {"clock": 6, "seal": 4, "pass": 2, "edit": 1.5},
    "copies": {"clone": 6, "restore": 6, "backup": 4, "meet": 1.5},
    "lives": {"keep centre": 4, "restore centre": 6},
    "sticks": {"pack": 4, "stick at laptop": 4, "stick at centre": 4, "stick": 3},
    "hubs": {"meet": 5, "power": 2, "clock": 2},
    "areas": {"areas": 6, "revoke": 4},
    "versions": {"newer": 6, "poison": 6},
    "photos": {"photo": 8, "meet": 2, "pack": 2, "stick at centre": 2, "areas": 2, "restore centre": 2},
    "disks": {"failing": 6, "power": 5, "restart": 3, "mail": 3},
}
