"""The one list of reports: dashboard, laptop and command line show what stands here, and nothing else."""

from __future__ import annotations

from trainer_app.reports.areas import AREAS, MONTHS
from trainer_app.reports.assessment import ITEMS, TESTS
from trainer_app.reports.attendance import ATTENDANCE
from trainer_app.reports.ladder import FUNNEL, UNDERDEVELOPED
from trainer_app.reports.laptops import LAPTOPS
from trainer_app.reports.presence import BATCHES, PEOPLE, TRAINERS
from trainer_app.reports.problems import PROBLEMS
from trainer_app.reports.quality import OVERDUE, QUALITY
from trainer_app.reports.report import Report

REPORTS: tuple[Report, ...] = (
    FUNNEL,
    AREAS,
    MONTHS,
    UNDERDEVELOPED,
    ATTENDANCE,
    BATCHES,
    PEOPLE,
    TESTS,
    ITEMS,
    OVERDUE,
    PROBLEMS,
    TRAINERS,
    QUALITY,
    LAPTOPS,
)
BY_KEY = {report.key: report for report in REPORTS}
