"""The one list of reports: dashboard, laptop and command line show what stands here, and nothing else."""

from __future__ import annotations

from trainer_app.reports.areas import AREAS, MONTHS
from trainer_app.reports.assessment import ITEMS, TESTS
from trainer_app.reports.attendance import ATTENDANCE
from trainer_app.reports.laptops import LAPTOPS
from trainer_app.reports.problems import PROBLEMS
from trainer_app.reports.report import Report

REPORTS: tuple[Report, ...] = (AREAS, MONTHS, ATTENDANCE, TESTS, ITEMS, PROBLEMS, LAPTOPS)
BY_KEY = {report.key: report for report in REPORTS}
