"""The overview: how many registered, trained and digitised, where, since when, and against which target.

One function for every level: all that a reader may see, one province, one regency. Small cells are hidden
here and nowhere later, so that a page, a download and the command line agree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from trainer_app.records import places
from trainer_app.records.kinds import Programme, Target
from trainer_app.records.progress import MEASURES
from trainer_app.reports.coverage import Coverage, coverage
from trainer_app.reports.suppression import Hidden, group_is_safe, protect, small
from trainer_app.reports.targets import TargetLine, month_number, month_of, target_line
from trainer_app.storage import counts, fleet
from trainer_app.storage.counting import bring_counts_up
from trainer_app.storage.counts import Counts
from trainer_app.storage.store import Store
from trainer_app.words import N_

FUNNEL = ("registered", "attended", "trained", "qris", "first_sale")
#: The whole way, as the report of it tells: on board (`digitised`) and active stand beside each other.
LADDER = ("registered", "attended", "trained", "qris", "shop", "digitised", "first_sale", "active")
WHOLE, PROVINCE, REGENCY = "whole", "province", "regency"
#: Months on the line to the target.
MONTHS_AT_LEAST, MONTHS_AT_MOST = 6, 12
#: What people call each measure.
MEASURE_NAMES = {
    "registered": N_("Terdaftar"),
    "attended": N_("Hadir ≥ 1 sesi"),
    "trained": N_("Lulus pelatihan"),
    "qris": N_("QRIS aktif"),
    "digitised": N_("Usaha sudah digital"),
    "first_sale": N_("Jualan daring pertama"),
    "shop": N_("Punya toko daring"),
    "active": N_("Aktif berjualan daring"),
}
NOTHING: Counts = dict.fromkeys(MEASURES, 0)
OUTSIDE = ""

Key = str  # a province, regency or district code; "" for people who live outside the regency


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: everything the reader may see, a province, or a regency."""

    level: str = WHOLE
    code: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One area of the map and the table. A count that is hidden is None; `tiny`: the measures below five
    themselves.
    """

    code: Key
    shown: Mapping[str, int | None]
    tiny: frozenset[str]

    @property
    def rate(self) -> float | None:
        """Digitised of registered; None when there is nobody or it may not be shown."""
        return share(self.shown["digitised"], self.shown["registered"])

    @property
    def empty(self) -> bool:
        """Nobody is registered here."""
        return self.shown["registered"] == 0

    @property
    def small(self) -> bool:
        """The rate is hidden because few people stand behind it, not to cover another cell."""
        return self.few("registered") or self.few("digitised")

    def few(self, measure: str) -> bool:
        """This count is hidden because it is below five."""
        return measure in self.tiny

    def count(self, measure: str) -> int | Hidden:
        """A count, or what stands for it."""
        value = self.shown[measure]
        if value is not None:
            return value
        return Hidden.FEW if self.few(measure) else Hidden.COVERED

    @property
    def shown_rate(self) -> float | Hidden | None:
        """The rate, or what stands for it; None when there is nobody."""
        if self.empty or self.rate is not None:
            return self.rate
        return Hidden.FEW if self.small else Hidden.COVERED


@dataclass(frozen=True, slots=True)
class MonthPoint:
    """Sums up to the end of a month."""

    month: str
    trained: int | None
    digitised: int | None
    target: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """Underdeveloped regencies together."""

    regencies: int
    with_data: int
    shown: Mapping[str, int | None]
    list_title: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the page; a hidden count is None."""

    view: View
    today: date
    shown: Mapping[str, int | None]
    this_month: int | None
    cells: tuple[Cell, ...]
    months: tuple[MonthPoint, ...]
    targets: Mapping[str, TargetLine | None]  # of the measures that can have one
    underdeveloped: Group | None
    coverage: Coverage
    programmes: tuple[str, ...] = field(default=())

    @property
    def funnel(self) -> list[tuple[str, int | None]]:
        """Measure and count, from registered to the first online sale."""
        return [(measure, self.shown[measure]) for measure in FUNNEL]


def share(part: int | None, whole: int | None) -> float | None:
    """A share between 0 and 1; None when it cannot be said."""
    if part is None or not whole:
        return None
    return min(1.0, part / whole)


def first_view(areas: Collection[int] | None) -> View:
    """What a reader of these areas sees first: their only regency, their only province, or everything."""
    if areas is None:
        return View()
    codes = [places.regency_code(area) for area in areas]
    if len(codes) == 1:
        return View(REGENCY, codes[0])
    provinces = {code[:2] for code in codes}
    return View(PROVINCE, provinces.pop()) if len(provinces) == 1 else View()


def may_see(view: View, areas: Collection[int] | None) -> bool:
    """Whether the view exists and holds anything of the reader's areas."""
    if view.level == WHOLE:
        return True
    known = {places.regency_code(area) for area in areas} if areas is not None else None
    if view.level == REGENCY:
        return places.find_regency(view.code) is not None and (known is None or view.code in known)
    if view.code not in {province.code for province in places.provinces()}:
        return False
    return known is None or any(code.startswith(view.code + ".") for code in known)


def overview(store: Store, view: View, areas: frozenset[int] | None, now: datetime) -> Overview:
    """The overview of `view` for a reader of `areas` (None: all). `now` is zone-aware, in the reader's
    zone.
    """
    inside = within(view, areas)
    bring_counts_up(store)
    with store.db.reading() as c:
        by_area = counts.by_area(c, areas)
        by_district = counts.by_district(c, next(iter(inside))) if view.level == REGENCY and inside else {}
        by_month = counts.by_month(c, inside)
        laptops = fleet.laptops(c, inside)
    tree = _Tree({places.regency_code(area): sums for area, sums in by_area.items()}, by_district, view)
    programmes = store.find(Programme, order="name")
    targets = store.find(Target)
    regencies = None if inside is None else {places.regency_code(area) for area in inside}
    lines = {m: target_line(targets, programmes, regencies, m) for m in ("digitised", "trained")}
    shown = tree.total()
    month = f"{now.year:04d}-{now.month:02d}"
    this_month = by_month.get(month, NOTHING)["registered"]
    return Overview(
        view=view,
        today=now.date(),
        shown=shown,
        this_month=None if small(this_month) or shown["registered"] is None else this_month,
        cells=tree.cells(_keys(view, inside)),
        months=_months(by_month, shown, lines["digitised"], month),
        targets=lines,
        underdeveloped=tree.underdeveloped(now.date()),
        coverage=coverage(laptops, round(now.timestamp() * 1000)),
        programmes=tuple(programme.name or "" for programme in programmes),
    )


def within(view: View, areas: frozenset[int] | None) -> frozenset[int] | None:
    """The reader's areas that the view covers; None only for everything of a reader of everything."""
    if view.level == WHOLE:
        return areas
    if view.level == REGENCY:
        wanted = {places.area_of(view.code)}
    else:
        wanted = {regency.area for regency in places.regencies(view.code)}
    return frozenset(wanted if areas is None else wanted & areas)


def _keys(view: View, inside: frozenset[int] | None) -> list[Key]:
    """The areas on the map: those the reader may see, whether they have data or not."""
    if view.level == REGENCY:
        return [district.code for district in places.districts(view.code)]
    if view.level == PROVINCE:
        return sorted(places.regency_code(area) for area in inside or ())
    if inside is None:
        return [province.code for province in places.provinces()]
    return sorted({places.regency_code(area)[:2] for area in inside})


class _Tree:
    """Counts of the whole, its provinces, regencies and (of one) districts, with what must be hidden at
    each level.
    """

    def __init__(
        self, by_regency: Mapping[Key, Counts], by_district: Mapping[Key, Counts], view: View
    ) -> None:
        self._regencies = by_regency
        self._districts = by_district
        self._view = view
        self._hidden = {measure: self._protect(measure) for measure in MEASURES}

    def _protect(self, measure: str) -> frozenset[Key]:
        """Every code whose count of `measure` is hidden; "*" stands for the whole."""
        regencies = {code: sums[measure] for code, sums in self._regencies.items()}
        provinces: dict[Key, int] = {}
        for code, count in regencies.items():
            provinces[code[:2]] = provinces.get(code[:2], 0) + count
        whole_hidden = small(sum(provinces.values()))
        hidden: set[Key] = {"*"} if whole_hidden else set()
        hidden |= protect(provinces, total_hidden=whole_hidden)
        for province in provinces:
            members = {code: count for code, count in regencies.items() if code.startswith(province + ".")}
            hidden |= protect(members, total_hidden=province in hidden)
        if self._view.level == REGENCY:
            districts = {code: sums[measure] for code, sums in self._districts.items()}
            hidden |= protect(districts, total_hidden=self._view.code in hidden)
        return frozenset(hidden)

    def _sums(self, key: Key) -> Counts:
        if self._view.level == REGENCY:
            return self._districts.get(key, NOTHING)
        if self._view.level == PROVINCE:
            return self._regencies.get(key, NOTHING)
        return _added(sums for code, sums in self._regencies.items() if code.startswith(key + "."))

    def total(self) -> dict[str, int | None]:
        """The view's own counts."""
        key = self._view.code or "*"
        sums = _added(self._members())
        return {m: None if key in self._hidden[m] else sums[m] for m in MEASURES}

    def _members(self) -> list[Counts]:
        code = self._view.code
        return [
            sums
            for key, sums in self._regencies.items()
            if not code or key == code or key.startswith(code + ".")
        ]

    def cells(self, keys: Sequence[Key]) -> tuple[Cell, ...]:
        """One cell for each key, and one for people from outside where there are any."""
        wanted = list(keys)
        if self._view.level == REGENCY and OUTSIDE in self._districts:
            wanted.append(OUTSIDE)
        return tuple(self._cell(key) for key in wanted)

    def _cell(self, key: Key) -> Cell:
        sums = self._sums(key)
        shown = {m: None if key in self._hidden[m] else sums[m] for m in MEASURES}
        return Cell(key, shown, frozenset(m for m in MEASURES if small(sums[m])))

    def underdeveloped(self, on: date) -> Group | None:
        """Underdeveloped regencies of the view together; None when it has none or is one regency itself."""
        if self._view.level == REGENCY:
            return None
        listed = places.tertinggal_list(on)
        inside = [code for code in self._regencies if not self._view.code or code[:2] == self._view.code]
        members = [code for code in inside if code in listed.codes]
        everywhere = [c for c in listed.codes if not self._view.code or c[:2] == self._view.code]
        if not members:
            return None
        others = [code for code in inside if code not in listed.codes]
        sums = _added(self._regencies[code] for code in members)
        shown = {
            m: sums[m] if group_is_safe(members, others, self._hidden[m]) and not small(sums[m]) else None
            for m in MEASURES
        }
        return Group(len(everywhere), len(members), shown, listed.title, listed.in_force)


def _added(many: Iterable[Counts]) -> dict[str, int]:
    total = dict.fromkeys(MEASURES, 0)
    for sums in many:
        for measure in MEASURES:
            total[measure] += sums[measure]
    return total


def _months(
    by_month: Mapping[str, Counts], shown: Mapping[str, int | None], line: TargetLine | None, month: str
) -> tuple[MonthPoint, ...]:
    """Sums at the end of each of the last months, up to the current one."""
    now = month_number(month)
    known = [month_number(m) for m in by_month if month_number(m) <= now]
    begin = min([*known, now - MONTHS_AT_LEAST + 1])
    if line is not None:
        begin = min(begin, month_number(line.start) + 1)
    begin = max(begin, now - MONTHS_AT_MOST + 1)
    points = []
    for number in range(begin, now + 1):
        name = month_of(number)
        sums = {
            measure: sum(c[measure] for m, c in by_month.items() if m <= name)
            for measure in ("trained", "digitised")
        }
        points.append(
            MonthPoint(
                month=name,
                trained=_unless_hidden(sums["trained"], shown["trained"]),
                digitised=_unless_hidden(sums["digitised"], shown["digitised"]),
                target=None if line is None else line.at(name),
            )
        )
    return tuple(points)


def _unless_hidden(count: int, total: int | None) -> int | None:
    return None if total is None or small(count) else count
