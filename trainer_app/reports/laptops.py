"""The laptops of the reader's areas: when each was last heard, and what of it was received."""

from __future__ import annotations

from datetime import datetime, tzinfo

from trainer_app.records import places
from trainer_app.records.clock import DAY_MS
from trainer_app.records.staff import DEVICE_STATE
from trainer_app.reports.overview import within
from trainer_app.reports.report import Column, Filters, Kind, Report, Row
from trainer_app.storage import fleet
from trainer_app.storage.fleet import ACTIVE, Laptop
from trainer_app.storage.store import Store
from trainer_app.words import N_, _, ago, duration, file_size, ngettext, number

AREAS_NAMED, RANGES_NAMED = 3, 3
#: Whoever was not heard for longer floats to the top of the boards.
UNSEEN_MS = 3 * DAY_MS
#: Clocks that differ less than this are right for every purpose here.
OFFSET_WORTH_SAYING_MS = 60_000


def longest_unheard_first(laptops: list[Laptop]) -> list[Laptop]:
    """Whom to call comes first; laptops that are not in use come last."""
    return sorted(laptops, key=lambda one: (one.state != ACTIVE, one.last_heard or 0, one.name))


def is_unseen(laptop: Laptop, now_ms: int) -> bool:
    """Whether a laptop in use was not heard for three days."""
    return laptop.state == ACTIVE and now_ms - (laptop.last_heard or 0) > UNSEEN_MS


def offset_words(offset_ms: int | None) -> str:
    """ "3 menit tertinggal": what the laptop's clock would need to be right."""
    if offset_ms is None:
        return "?"
    if abs(offset_ms) < OFFSET_WORTH_SAYING_MS:
        return _("tepat")
    sentence = _("{waktu} tertinggal") if offset_ms > 0 else _("{waktu} terlalu cepat")
    return sentence.format(waktu=duration(abs(offset_ms) / 1000))


def missing_words(laptop: Laptop) -> str:
    """ "Perubahan 12–40 belum lengkap": what is known to exist and is not here; "" when nothing is."""
    ranges = [f"{number(part.lo)}–{number(part.hi)}" for part in laptop.missing[:RANGES_NAMED]]
    more = len(laptop.missing) - len(ranges)
    words = [_("perubahan {nomor} belum sampai").format(nomor=", ".join(ranges))] if ranges else []
    if more > 0:
        words.append(f"+{number(more)}")
    if laptop.in_part:
        words.append(_("{besar} datang sebagian").format(besar=file_size(laptop.in_part)))
    return " · ".join(words)


def held_words(laptop: Laptop, now: datetime) -> str:
    """What waited on it when it last spoke: "58 catatan, tertua 4 hari lalu"."""
    if laptop.waiting is None:
        return "?"
    if not laptop.waiting:
        return "0"
    words = ngettext("{n} catatan", "{n} catatan", laptop.waiting).format(n=number(laptop.waiting))
    if laptop.oldest_at is None:
        return words
    since = ago(datetime.fromtimestamp(laptop.oldest_at / 1000, now.tzinfo), now)
    return f"{words}, " + _("tertua {lama}").format(lama=since)


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
        _moment(laptop.oldest_at, zone),
        missing_words(laptop) or None,
        None if laptop.offset_ms is None else offset_words(laptop.offset_ms),
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
        Column("oldest", N_("Menunggu sejak"), Kind.MOMENT),
        Column("missing", N_("Belum lengkap")),
        Column("offset", N_("Selisih jam")),
        Column("version", N_("Versi")),
    ),
    _laptops,
    centre_only=True,
    inner=True,
)
