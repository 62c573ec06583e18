"""The laptops of the reader's areas: when each was last heard, and what of it was received."""

from __future__ import annotations

from datetime import datetime, tzinfo

from trainer_app.records import places
from trainer_app.records.staff import DEVICE_STATE
from trainer_app.reports.overview import within
from trainer_app.reports.report import Column, Filters, Kind, Report, Row
from trainer_app.storage import fleet
from trainer_app.storage.fleet import ACTIVE, Laptop
from trainer_app.storage.store import Store
from trainer_app.words import N_, _, number

AREAS_NAMED = 3


def longest_unheard_first(laptops: list[Laptop]) -> list[Laptop]:
    """Whom to call comes first; laptops that are not in use come last."""
    return sorted(laptops, key=lambda one: (one.state != ACTIVE, one.last_heard or 0, one.name))


def area_names(laptop: Laptop, areas: frozenset[int] | None) -> str:
    """Names of its areas; those that are not the reader's are only counted."""
    own = sorted(laptop.areas if areas is None else laptop.areas & areas)
    names = [places.area_label(area) for area in own[:AREAS_NAMED]]
    more = len(laptop.areas) - len(names)
    return ", ".join(names) + (f" +{number(more)}" if more else "")


def _laptops(store: Store, filters: Filters) -> list[Row]:
    with store.db.reading() as c:
        found = fleet.laptops(c, within(filters.view, filters.areas))
    return [_row(laptop, filters) for laptop in longest_unheard_first(found)]


def _row(laptop: Laptop, filters: Filters) -> Row:
    zone = filters.now.tzinfo
    return (
        laptop.name,
        _(DEVICE_STATE.get(laptop.state, laptop.state)),
        area_names(laptop, filters.areas),
        _moment(laptop.seen_at, zone),
        _moment(laptop.received_at, zone),
        laptop.waiting,
        laptop.version or None,
    )


def _moment(ms: int | None, zone: tzinfo | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, zone)


LAPTOPS = Report(
    "laptops",
    N_("Laptop"),
    (
        Column("laptop", N_("Laptop")),
        Column("state", N_("Keadaan")),
        Column("areas", N_("Wilayah")),
        Column("heard", N_("Kabar terakhir"), Kind.MOMENT),
        Column("received", N_("Diterima terakhir"), Kind.MOMENT),
        Column("waiting", N_("Menunggu di laptop"), Kind.COUNT),
        Column("version", N_("Versi")),
    ),
    _laptops,
    centre_only=True,
    inner=True,
)
