"""Laporan: the reports of this laptop, each as a picture and as a table, to be taken along as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.background import Job
from trainer_app.desktop.choosing import choose_new_file, documents_folder
from trainer_app.desktop.pages import report_files
from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.desktop.pages.paper_sheet import write_whole
from trainer_app.desktop.pages.report_charts import chart_of
from trainer_app.desktop.pages.report_files import Sheet
from trainer_app.desktop.parts.buttons import secondary
from trainer_app.desktop.parts.chart import Chart, Item
from trainer_app.desktop.parts.choices import PickEditor, Seg
from trainer_app.desktop.parts.empty import Empty
from trainer_app.desktop.parts.page import ScrollBody
from trainer_app.desktop.parts.picture import Picture
from trainer_app.desktop.parts.table import Column, ListModel, Table
from trainer_app.desktop.parts.text import Text
from trainer_app.records import places
from trainer_app.records.kinds import (
    Assessment,
    Attendance,
    Batch,
    Enterprise,
    Milestone,
    Person,
    Session,
    Visit,
)
from trainer_app.records.progress import RULE_VERSION
from trainer_app.reports.catalogue import REPORTS
from trainer_app.reports.overview import PROVINCE, REGENCY, View
from trainer_app.reports.report import Filters, Report, Row
from trainer_app.reports.writing import line
from trainer_app.words import N_, _, date_short, time_of_day

PICTURE, TABLE = "picture", "table"
MONTH, SEASON, YEAR = 31, 183, 366
PERIODS = {MONTH: N_("Sebulan"), SEASON: N_("Setengah tahun"), YEAR: N_("Setahun")}
LIST_WIDTH, LIST_WIDTH_NARROW = 264, 180


@dataclass(frozen=True)
class _Read:
    report: Report
    rows: list[Row]
    picture: Chart | None


class ReportsPage(DeskPage):
    """The list at the left; what is chosen there at the right."""

    title = N_("Laporan")
    subtitle = N_("Dari data laptop ini")
    watches = (Person, Enterprise, Attendance, Session, Batch, Milestone, Assessment, Visit)
    help_page = "laporan"
    with_footer = True
    with_scroll = False

    def build(self) -> None:
        self._reading: Job | None = None
        self._read: _Read | None = None
        self._reports = [report for report in REPORTS if not report.centre_only]
        whole = QHBoxLayout()
        whole.setSpacing(theme.px(16))
        self.list = Table(
            ListModel([Column(_("Laporan"), lambda one: _(one.title), stretch=1)], self._reports),
            _("Daftar laporan"),
        )
        self.list.setFixedWidth(theme.px(LIST_WIDTH))
        self.list.current_changed.connect(lambda _row: self._again())
        whole.addWidget(self.list)
        right = QVBoxLayout()
        right.setSpacing(theme.px(10))
        right.addLayout(self._shapes())
        right.addLayout(self._filters())
        self.says = Text("", "muted", wrap=True)
        right.addWidget(self.says)
        self.picture = Picture(_("Gambar laporan"))
        self.picture.pointed.connect(self._pointed)
        self.canvas = ScrollBody()
        self.canvas.body.addWidget(self.picture)
        self.canvas.body.addStretch(1)
        right.addWidget(self.canvas, 1)
        self._holder = QWidget()
        self._table_room = QVBoxLayout(self._holder)
        self._table_room.setContentsMargins(0, 0, 0, 0)
        self.table: Table | None = None
        right.addWidget(self._holder, 1)
        self.empty = Empty("chart-no-axes-column", _("Belum ada data untuk laporan ini."))
        right.addWidget(self.empty, 1)
        whole.addLayout(right, 1)
        self.body.addLayout(whole, 1)
        self._foot()
        self.first_focus = self.list

    def _shapes(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.shape = Seg([(PICTURE, _("Gambar")), (TABLE, _("Tabel"))])
        self.shape.setAccessibleName(_("Bentuk laporan"))
        self.shape.set_value(PICTURE)
        self.shape.changed.connect(self._show)
        row.addWidget(self.shape)
        row.addStretch(1)
        return row

    def _filters(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.px(10))
        self.area, self.batch, self.period = PickEditor(), PickEditor(), PickEditor()
        for editor, name in (
            (self.area, _("Wilayah")),
            (self.batch, _("Angkatan")),
            (self.period, _("Waktu")),
        ):
            editor.setAccessibleName(name)
            editor.changed.connect(self._again)
            row.addWidget(editor, 1)
        self.area.set_choices(self._views())
        self.area.set_value(View())
        self.period.set_choices([(days, _(word)) for days, word in PERIODS.items()])
        self.period.set_value(SEASON)
        return row

    def _views(self) -> list[tuple[View, str]]:
        areas = self.desk.store.areas
        provinces = sorted({places.regency_code(area)[:2] for area in areas})
        return [
            (View(), _("Semua wilayah")),
            *((View(PROVINCE, code), places.province(code).name) for code in provinces),
            *((View(REGENCY, places.regency_code(area)), places.area_label(area)) for area in areas),
        ]

    def _foot(self) -> None:
        self.pointed = Text("", "strong")
        self.footer.addWidget(self.pointed, 1)
        self.files: dict[str, Any] = {}
        for suffix, make in (
            ("png", report_files.png_of),
            ("pdf", report_files.pdf_of),
            ("xlsx", report_files.xlsx_of),
            ("csv", report_files.csv_of),
        ):
            button = secondary(suffix.upper(), "download", small=True)
            button.setAccessibleName(_("Simpan sebagai {jenis}").format(jenis=suffix.upper()))
            button.clicked.connect(partial(self._choose, suffix, make))
            self.files[suffix] = button
            self.footer.addWidget(button)

    def shortcuts(self) -> list[Shortcut]:
        return [Shortcut("Ctrl+T", _("Gambar / tabel"), self._other_shape)]

    def compact_changed(self, compact: bool) -> None:
        self.list.setFixedWidth(theme.px(LIST_WIDTH_NARROW if compact else LIST_WIDTH))

    # ---------------------------------------------------------------- reading
    def shown(self, *, report: str | None = None, **_args: Any) -> None:
        self._fill_batches()
        keys = [one.key for one in self._reports]
        if report in keys:
            self.list.select_row(keys.index(report))
        elif self.list.current_row() is None:
            self.list.select_row(0)
        else:
            self._again()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self) -> dict[str, Any]:
        chosen = self.list.current_row()
        return {"report": chosen.key if chosen is not None else None}

    def refresh(self, kinds: set[int]) -> None:
        self._fill_batches()
        self._again()

    def _fill_batches(self) -> None:
        chosen = self.batch.value()
        found = self.desk.store.find(Batch, order="-starts_on", limit=200)
        self.batch.set_choices([(None, _("Semua angkatan")), *((one.id, one.name or "") for one in found)])
        self.batch.set_value(chosen)

    def filters(self) -> Filters:
        """What is asked for."""
        now = self.desk.now()
        days, view, batch = self.period.value(), self.area.value(), self.batch.value()
        since: date = now.date() - timedelta(days if isinstance(days, int) else SEASON)
        return Filters(
            now,
            view=view if isinstance(view, View) else View(),
            since=since,
            until=now.date(),
            batch=batch if isinstance(batch, bytes) else None,
        )

    def _again(self) -> None:
        report = self.list.current_row()
        if report is None:
            return
        if self._reading is not None:
            self._reading.cancel()
        store, asked = self.desk.store, self.filters()

        def read() -> _Read:
            rows = report.rows(store, asked)
            return _Read(report, rows, chart_of(report, rows, asked.view))

        self._reading = self.run(read, self._came)

    def _came(self, found: _Read) -> None:
        self._read = found
        self.says.setText(" · ".join(self._notes()))
        self.batch.setEnabled(found.report.by_time)
        self.period.setEnabled(found.report.by_time)
        self.area.setEnabled(True)
        if found.picture is not None:
            self.picture.setAccessibleName(_(found.report.title))
            self.picture.show_chart(found.picture)
        self.pointed.setText("")
        self._show()

    def _notes(self) -> tuple[str, ...]:
        now = self.desk.now()
        when = f"{date_short(now.date())}, {time_of_day(now)}"
        laptop = self.desk.store.name
        return (
            _("Data {laptop} pada {kapan}").format(laptop=laptop, kapan=when),
            _("aturan {versi}").format(versi=RULE_VERSION),
        )

    # ---------------------------------------------------------------- showing
    def _show(self) -> None:
        found = self._read
        if found is None:
            return
        some = bool(found.rows)
        as_picture = self.shape.value() != TABLE
        self.empty.setVisible(not some)
        self.canvas.setVisible(some and as_picture)
        self._holder.setVisible(some and not as_picture)
        for suffix, button in self.files.items():
            button.setEnabled(some and (suffix != "png" or found.picture is not None))
        if some and not as_picture:
            self._fill_table(found)

    def _fill_table(self, found: _Read) -> None:
        if self.table is not None:
            self._table_room.removeWidget(self.table)
            self.table.deleteLater()
        columns = [
            Column(
                _(column.title),
                partial(_cell, place),
                "number" if column.kind.is_number else "text",
                92 if column.kind.is_number else 128,
                0 if column.kind.is_number else 1,
            )
            for place, column in enumerate(found.report.columns)
        ]
        lines = [line(found.report, row) for row in found.rows]
        self.table = Table(ListModel(columns, lines), _(found.report.title))
        self._table_room.addWidget(self.table)

    def _pointed(self, item: Item) -> None:
        self.pointed.setText(f"{item.label}: {item.value}")

    def _other_shape(self) -> None:
        self.shape.set_value(PICTURE if self.shape.value() == TABLE else TABLE)
        self._show()

    # ---------------------------------------------------------------- files
    def sheet(self) -> Sheet | None:
        """What is on screen, for a file."""
        found = self._read
        return None if found is None else Sheet(found.report, found.rows, found.picture, self._notes())

    def _choose(self, suffix: str, make: Callable[[Sheet], bytes]) -> None:
        sheet = self.sheet()
        if sheet is None:
            return
        name = f"laporan-{sheet.report.key}.{suffix}"
        dialog = choose_new_file(self, _("Simpan laporan"), documents_folder(), name, suffix)
        dialog.fileSelected.connect(lambda path: self.save_to(Path(path), make))
        dialog.open()

    def save_to(self, path: Path, make: Callable[[Sheet], bytes]) -> None:
        """Writes the file; a stick may be slow, so that the network's worker does it."""
        sheet = self.sheet()
        if sheet is None:
            return
        data = make(sheet)
        words = _("Tersimpan: {berkas}").format(berkas=path.name)
        self.run(lambda: write_whole(path, data), lambda _none: self.desk.toast(words), lane="network")


def _cell(place: int, cells: list[str]) -> str:
    return cells[place]
