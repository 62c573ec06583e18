"""The way to the target: what the coordinator entered, as one number and as a line by month."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from trainer_app.records.kinds import Programme, Target

Month = str  # 2026-11


@dataclass(frozen=True, slots=True)
class TargetLine:
    """`total` is the last target, to be reached by the end of `by_month`; `at` gives the way there, month
    by month.
    """

    total: int
    by_month: Month
    points: tuple[tuple[Month, int], ...]  # sums of all targets at each month that has one
    start: Month  # the month before the first: zero

    def at(self, month: Month) -> float:
        """How many there should be by the end of a month: straight between the points, level after the
        last.
        """
        before, value = self.start, 0
        for until, target in self.points:
            if month <= until:
                span = month_number(until) - month_number(before)
                gone = month_number(month) - month_number(before)
                return value + (target - value) * max(0, gone) / span if span > 0 else target
            before, value = until, target
        return float(value)


def month_number(month: Month) -> int:
    """Months since year 0, for counting with."""
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def month_of(number: int) -> Month:
    """The opposite of `month_number`."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def target_line(
    targets: Iterable[Target],
    programmes: Iterable[Programme],
    regencies: Collection[str] | None,
    measure: str,
) -> TargetLine | None:
    """The target for these regencies (codes; None: for the whole). None when nothing was entered.

    The whole has its own targets, entered without a regency; where there are none, those of all regencies are
    added up.
    """
    usable = [t for t in targets if _amount(t, measure) is not None and _is_month(t.by_month)]
    if regencies is None:
        chosen = [t for t in usable if not t.regency] or [t for t in usable if t.regency]
    else:
        chosen = [t for t in usable if t.regency in regencies]
    if not chosen:
        return None
    by_place: dict[tuple[bytes | None, str | None], dict[Month, int]] = {}
    for target in chosen:
        steps = by_place.setdefault((target.programme, target.regency), {})
        steps[target.by_month or ""] = _amount(target, measure) or 0
    months = sorted({month for steps in by_place.values() for month in steps})
    points = tuple((month, sum(_reached(steps, month) for steps in by_place.values())) for month in months)
    return TargetLine(points[-1][1], months[-1], points, _start(chosen, programmes, months[0]))


def _reached(steps: Mapping[Month, int], month: Month) -> int:
    """What one place is to have by a month: its newest target up to then."""
    past = [value for at, value in sorted(steps.items()) if at <= month]
    return past[-1] if past else 0


def _start(targets: Iterable[Target], programmes: Iterable[Programme], first: Month) -> Month:
    """The month before the programme began; where that is not known, a year before the first target."""
    starts = {p.id: p.starts_on[:7] for p in programmes if p.starts_on and _is_month(p.starts_on[:7])}
    known = [starts[t.programme] for t in targets if t.programme in starts]
    if known and min(known) <= first:
        return month_of(month_number(min(known)) - 1)
    return month_of(month_number(first) - 12)


def _amount(target: Target, measure: str) -> int | None:
    return target.trained if measure == "trained" else target.digitised


def _is_month(text: str | None) -> bool:
    return (
        text is not None
        and len(text) == 7
        and text[4] == "-"
        and text[:4].isdigit()
        and text[5:].isdigit()
        and 1 <= int(text[5:]) <= 12
    )
