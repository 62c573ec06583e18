"""A week of the calendar above the list of sessions: one tile a day, arrows to the weeks before and after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.buttons import IconButton
from trainer_app.desktop.parts.days import DayStrip
from trainer_app.words import _, day_short, ngettext

DAYS = 7


class WeekBar(QWidget):
    """``picked`` carries a date; ``moved`` that another week is to be shown, by its Monday."""

    picked = Signal(object)
    moved = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.monday = date.min
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        self.before = IconButton("chevron-left", _("Minggu sebelumnya"))
        self.before.clicked.connect(lambda: self.step(-1))
        self.strip = DayStrip()
        self.strip.picked.connect(lambda place: self.picked.emit(self.monday + timedelta(days=place)))
        self.after = IconButton("chevron-right", _("Minggu berikutnya"))
        self.after.clicked.connect(lambda: self.step(1))
        row.addWidget(self.before)
        row.addWidget(self.strip, 1)
        row.addWidget(self.after)

    def step(self, weeks: int) -> None:
        """To another week."""
        self.moved.emit(self.monday + timedelta(days=DAYS * weeks))

    def show_week(
        self, monday: date, sessions: Mapping[date, tuple[int, int]], today: date, chosen: date | None
    ) -> None:
        """``sessions``: how many a day has, and how many of them are closed."""
        self.monday = monday
        days = (monday + timedelta(days=place) for place in range(DAYS))
        self.strip.set_days([_tile(day, sessions.get(day, (0, 0)), today, chosen) for day in days])
        self.strip.tab_between(self.before, self.after)


def monday_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def _tile(
    day: date, sessions: tuple[int, int], today: date, chosen: date | None
) -> tuple[str, str, str, str]:
    n, closed = sessions
    weekday, _number, month = day_short(day).split()
    if not n:
        line = _("kosong")
    elif closed == n:
        line = _("selesai")
    else:
        line = ngettext("{n} sesi", "{n} sesi", n).format(n=n)
    filled = day == (chosen or today)
    top = _("Hari ini") if day == today else weekday
    number = f"{day.day} {month}" if day.day == 1 or day.weekday() == 0 else str(day.day)
    return top, number, line, "today" if filled else "ok" if n and closed == n else ""
