"""What is missing or doubtful in the data, and who should have been called by now."""

from __future__ import annotations

from trainer_app.records import places
from trainer_app.records.person import NIK_STATUS
from trainer_app.reports.laptops import is_unseen
from trainer_app.reports.overview import share, within
from trainer_app.reports.report import Column, Filters, Kind, Report, Row
from trainer_app.storage import fleet
from trainer_app.storage.quality_queries import quality_counts
from trainer_app.storage.store import Store
from trainer_app.storage.visit_queries import overdue_follow_ups
from trainer_app.words import N_, _


def _quality(store: Store, filters: Filters) -> list[Row]:
    wanted = within(filters.view, filters.areas)
    now_ms = round(filters.now.timestamp() * 1000)
    found = quality_counts(store, wanted, now_ms)
    rows: list[Row] = [
        (_("Tanpa NIK: {sebab}").format(sebab=_nik_words(status)), n, share(n, found.people))
        for status, n in sorted(found.without_nik.items())
    ]
    for word, n in (
        (_("Tanpa nomor HP"), found.no_phone),
        (_("Tanpa tahun lahir"), found.no_birth),
    ):
        rows.append((word, n, share(n, found.people)))
    rows.append((_("Kemungkinan terdaftar dua kali"), found.pairs, None))
    rows.append((_("Sesi lewat yang belum ditutup"), found.left_open, share(found.left_open, found.held)))
    rows.append((_("Laptop tanpa kabar lebih dari 3 hari"), *_silent(store, filters, now_ms)))
    return rows if found.people or found.held else []


def _silent(store: Store, filters: Filters, now_ms: int) -> tuple[int | None, float | None]:
    """Only a centre hears all laptops: elsewhere nothing is said."""
    if store.on_applied is None:
        return None, None
    with store.db.reading() as c:
        laptops = fleet.laptops(c, within(filters.view, filters.areas))
    active = [laptop for laptop in laptops if laptop.state == fleet.ACTIVE]
    silent = sum(is_unseen(laptop, now_ms) for laptop in active)
    return silent, share(silent, len(active))


def _nik_words(status: str) -> str:
    return _(NIK_STATUS[status]) if status in NIK_STATUS else _("belum diisi")


def _overdue(store: Store, filters: Filters) -> list[Row]:
    wanted = within(filters.view, filters.areas)
    return [
        (places.area_label(area), one.people, one.since, (filters.now.date() - one.since).days)
        for area, one in sorted(overdue_follow_ups(store, filters.now.date()).items())
        if wanted is None or area in wanted
    ]


QUALITY = Report(
    "quality",
    N_("Mutu data"),
    (
        Column("what", N_("Yang kurang")),
        Column("count", N_("Banyaknya"), Kind.COUNT),
        Column("share", N_("Bagian"), Kind.SHARE),
    ),
    _quality,
    inner=True,
)
OVERDUE = Report(
    "overdue",
    N_("Tindak lanjut terlambat"),
    (
        Column("area", N_("Wilayah")),
        Column("people", N_("Peserta"), Kind.COUNT),
        Column("since", N_("Terlambat sejak"), Kind.DAY),
        Column("days", N_("Hari"), Kind.COUNT),
    ),
    _overdue,
    inner=True,
)
