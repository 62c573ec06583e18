"""What keeps people from selling online: the problems that calls and visits told of, by area, by people."""

from __future__ import annotations

from trainer_app.records import places
from trainer_app.records.visit import PROBLEM
from trainer_app.reports.overview import within
from trainer_app.reports.report import Column, Filters, Kind, Report, Row
from trainer_app.storage.problem_queries import problem_counts
from trainer_app.storage.store import Store
from trainer_app.words import N_, _


def _rows(store: Store, filters: Filters) -> list[Row]:
    wanted = within(filters.view, filters.areas)
    return [
        (places.area_label(one.area), _(PROBLEM[one.problem]), one.people, one.contacts)
        for one in problem_counts(store, PROBLEM, filters.since, filters.until)
        if wanted is None or one.area in wanted
    ]


PROBLEMS = Report(
    "problems",
    N_("Kendala di lapangan"),
    (
        Column("area", N_("Wilayah")),
        Column("problem", N_("Kendala")),
        Column("people", N_("Peserta"), Kind.COUNT),
        Column("contacts", N_("Kontak"), Kind.COUNT),
    ),
    _rows,
    inner=True,
    by_time=True,
)
