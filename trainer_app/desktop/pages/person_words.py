"""What is known of one person, in words: values as people read them, and what happened in the order in which
it did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from trainer_app.actions.people import DELETE_REASONS, NIK_REASONS
from trainer_app.actions.photos import photos_of
from trainer_app.desktop.pages.assessment_words import tests_told
from trainer_app.desktop.pages.channel_words import use_words
from trainer_app.desktop.pages.follow_facts import FollowFacts, read_follow
from trainer_app.desktop.pages.person_merged import Merge, merges
from trainer_app.desktop.pages.visit_words import channel_told, milestone_told, visits_told
from trainer_app.desktop.parts.record_form import village_words
from trainer_app.records.business import find_class
from trainer_app.records.checks.nik import mask_nik
from trainer_app.records.checks.phone import show_phone
from trainer_app.records.clock import milliseconds
from trainer_app.records.completeness import missing_questions
from trainer_app.records.fields import (
    CHOICE,
    CHOICES,
    DATE,
    FLAG,
    INSTANT,
    PLACE,
    REFERENCE,
    Field,
    Record,
    Value,
    fields_by_name,
)
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import (
    Assessment,
    Attendance,
    Batch,
    Channel,
    ChannelUse,
    Consent,
    Decision,
    Enrolment,
    Enterprise,
    Milestone,
    Person,
    Photo,
    Session,
    Staff,
    Visit,
    derived_id,
)
from trainer_app.records.places import area_label
from trainer_app.records.training import ATTENDANCE
from trainer_app.storage.access_log import accesses
from trainer_app.storage.aliases import one_person
from trainer_app.storage.blobs import body_of, states
from trainer_app.storage.history import HistoryEntry, histories
from trainer_app.storage.moved_rows import MOVING, other_areas
from trainer_app.storage.sending_state import PENDING, REJECTED, row_state
from trainer_app.storage.store import Store
from trainer_app.words import N_, _, date_short, day_and_time

NIK_WARNINGS = {
    "same_nik": N_("NIK sama dengan peserta lain"),
    "area_unknown": N_("kode wilayah NIK tidak dikenal"),
    "serial_zero": N_("empat angka terakhir NIK 0000"),
    "century": N_("tahun lahir di NIK bisa dua"),
    "under_17": N_("di bawah 17 tahun"),
    "over_100": N_("di atas 100 tahun"),
    "birth_differs": N_("tanggal lahir lain dari NIK"),
    "sex_differs": N_("jenis kelamin lain dari NIK"),
}
#: What the page of a person shows something of.
WATCHED = (
    *(Person, Enterprise, Consent, Enrolment, Batch, Attendance, Session, Assessment, Decision, Photo),
    *(Milestone, Visit, ChannelUse, Channel),
)
#: Fields that are not answers of a person.
INNER = frozenset(
    {
        "owner",
        "person",
        "batch",
        "taken_by",
        "kbli_version",
        "phone_typed",
        "sample",
        "deleted_at",
        "nik_status",
        "moved_to",
        "moved_from",
    }
)
#: Answers that follow from another one in the same edit.
DERIVED = frozenset({"phone_status", "nik_warning", "unnamed"})


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history: when (ms UTC), what, by whom; `lost` says which values no longer count."""

    at: int
    icon: str
    title: str
    line: str
    lost: str = ""
    tone: str = "primary"


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """A photo as the page shows it; `body` is None where its bytes are elsewhere."""

    photo: Photo
    state: str | None
    body: bytes | None
    when: str


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Everything the page of a person shows, read in one go off the screen thread."""

    person: Person
    enterprises: tuple[Enterprise, ...]
    consent: Consent | None
    batches: tuple[Batch, ...]
    state: str | None
    missing: tuple[int, ...]
    events: tuple[Event, ...] = field(default=())
    merged: tuple[Merge, ...] = field(default=())
    photos: tuple[PhotoFacts, ...] = field(default=())
    follow: FollowFacts = field(default_factory=FollowFacts)


def read_facts(store: Store, person_id: RecordId, now: datetime) -> PersonFacts | None:
    """What is known of a person, deleted or not; None when nothing is. Registrations that were merged are
    read as one, under the one that stands for them.
    """
    ids = one_person(store, person_id)
    person = store.get(Person, ids[0])
    if person is None or (person.deleted_at is not None and ids[0] != person_id):
        ids = (person_id, *(one for one in ids if one != person_id))
        person = store.get(Person, person_id)
    if person is None:
        return None
    first = derived_id(Enterprise, person.id)
    firms = store.find(Enterprise, {"owner": ids})
    enterprises = tuple(sorted(_distinct(firms, ids), key=lambda firm: (firm.id != first, firm.id)))
    consents = [given for one in ids if (given := store.get(Consent, derived_id(Consent, one))) is not None]
    consent = next(iter(consents), None)
    enrolments = store.find(Enrolment, {"person": ids})
    inside = dict.fromkeys(e.batch for e in enrolments if e.batch and e.state != "keluar")
    held = [store.get(Batch, batch) for batch in inside]
    people = [person, *(one for other in ids[1:] if (one := store.get(Person, other)) is not None)]
    main = next(iter(enterprises), None)
    photos = photos_of(store, *ids)
    follow = read_follow(store, person, enterprises, now.date())
    told = [*people, *firms, *enrolments, *consents, *photos, *follow.steps, *follow.uses]
    return PersonFacts(
        person=person,
        enterprises=enterprises,
        consent=consent,
        batches=tuple(batch for batch in held if batch is not None),
        state=row_state(store, person.id),
        missing=missing_questions(person, main, consent),
        events=tuple(_events(store, people, told, now)),
        merged=merges(store, ids, store.clock.now_ms()),
        photos=_photos(store, photos, now),
        follow=follow,
    )


def _photos(store: Store, photos: Sequence[Photo], now: datetime) -> tuple[PhotoFacts, ...]:
    """Photos with their bytes. One is where its bytes are, unless its record is not even there."""
    where = states(store, [photo.digest or "" for photo in photos])
    found = []
    for photo in photos:
        state = where.get(photo.digest or "")
        record = row_state(store, photo.id)
        if state is not None and state != REJECTED and record in (PENDING, REJECTED):
            state = record
        when = moment_words(photo.taken_at, now) if photo.taken_at else ""
        found.append(PhotoFacts(photo, state, body_of(store, photo.digest or ""), when))
    return tuple(found)


def _distinct(firms: list[Enterprise], ids: tuple[RecordId, ...]) -> list[Enterprise]:
    """The enterprises of somebody; the first ones of registrations that were merged are one."""
    known = {firm.id for firm in firms}
    firsts = [first for one in ids if (first := derived_id(Enterprise, one)) in known]
    return [firm for firm in firms if firm.id not in firsts[1:]]


# ---------------------------------------------------------------- values
def value_words(declared: Field, value: Value, record: Record | None = None) -> str:
    """A stored value as it is read: choices by their words, numbers that lead to a person masked."""
    if value is None:
        return ""
    special = _special(declared, value, record)
    if special is not None:
        return special
    if declared.type is FLAG:
        return _("Ya") if value else _("Tidak")
    if declared.type in (CHOICE, CHOICES):
        return ", ".join(_(declared.choices.get(code, code)) for code in str(value).split(","))
    if declared.type is DATE:
        return birth_words(str(value))
    return str(value)


def _special(declared: Field, value: Value, record: Record | None) -> str | None:
    if declared.name == "nik":
        return mask_nik(str(value))
    if declared.name == "phone":
        return show_phone(str(value))
    if declared.name == "nik_warning":
        return ", ".join(_(NIK_WARNINGS.get(code, code)) for code in str(value).split(","))
    if declared.name == "deleted_reason":
        return _(DELETE_REASONS.get(str(value), str(value)))
    if declared.name == "kbli":
        entry = find_class(str(value), getattr(record, "kbli_version", None))
        return f"{entry.label} ({entry.code})" if entry else str(value)
    if declared.type is PLACE:
        return ", ".join(part for part in village_words(str(value)) if part)
    return None


def birth_words(text: str) -> str:
    """ "14 Mar 1984", or the year alone."""
    try:
        return date_short(datetime.fromisoformat(text).date()) if len(text) > 4 else text
    except ValueError:
        return text


def moment_words(ms: int, now: datetime) -> str:
    """ "Sab 21 Nov, 16.05" in the zone of `now`, with the year when it is not this one's."""
    moment = datetime.fromtimestamp(ms / 1000, now.tzinfo)
    words = day_and_time(moment)
    return words if moment.year == now.year else f"{date_short(moment)}, {words[-5:]}"


# ---------------------------------------------------------------- what happened
class _Names:
    """Names of staff by id, each read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[RecordId, str] = {}

    def of(self, staff: RecordId | None) -> str:
        if not staff:
            return _("Petugas")
        if staff not in self._known:
            held = self._store.get(Staff, staff)
            self._known[staff] = (held.full_name if held else None) or _("Petugas")
        return self._known[staff]


def _events(store: Store, people: list[Person], records: Sequence[Record], now: datetime) -> list[Event]:
    names = _Names(store)
    events: list[Event] = []
    moved = {r.id: other_areas(store, type(r), r.id, r.area) for r in records if type(r) in MOVING}
    for area in {record.area for record in records}.union(*moved.values()):
        here = [(type(record), record.id) for record in records if record.area == area]
        here += [(type(record), record.id) for record in records if area in moved.get(record.id, ())]
        for (cls, row), entries in histories(store, here, area).items():
            record = next(r for r in records if r.id == row and type(r) is cls)
            events += [
                _edit_event(store, record, entry, names, now, first=place == 0)
                for place, entry in enumerate(entries)
                if not _told_by_the_other_row(record, entry, area)
            ]
    for person in people:
        events += _marks(store, person, names, now)
        events += _tests(store, person, names, now)
        events += _visits(store, person, names, now)
        events += _looks(store, person, names, now)
    return sorted(_without_twins(events), key=lambda event: event.at, reverse=True)


def _told_by_the_other_row(record: Record, entry: HistoryEntry, area: int) -> bool:
    """A move is told once, by the row that stands now; that the consent went along goes without saying."""
    leaves, comes = entry.values.get("moved_to"), entry.values.get("moved_from")
    return bool(leaves and area != record.area) or bool((leaves or comes) and type(record) is Consent)


def _without_twins(events: list[Event]) -> list[Event]:
    """A registration writes several records at once; one line tells it."""
    registered = [event.at for event in events if event.icon == "user-plus"]
    return [
        event
        for event in events
        if not (
            event.icon in ("store", "shield-check") and any(abs(event.at - at) < 2_000 for at in registered)
        )
    ]


_FIRST = {
    Person: (N_("Didaftarkan"), "user-plus"),
    Enterprise: (N_("Usaha dicatat"), "store"),
    Consent: (N_("Persetujuan dicatat"), "shield-check"),
    Enrolment: (N_("Masuk angkatan"), "users"),
    Photo: (N_("Foto ditambahkan"), "image"),
}


def _edit_event(
    store: Store, record: Record, entry: HistoryEntry, names: _Names, now: datetime, *, first: bool
) -> Event:
    at = milliseconds(entry.at_hlc)
    line = f"{names.of(entry.author)} · {entry.device} · {moment_words(at, now)}"
    lost = _lost(type(record), entry) if not first or len(entry.won) < len(entry.values) else ""
    title, icon = _title(store, record, entry, first=first)
    gone = entry.values.get("deleted_at") and not entry.values.get("moved_to")
    tone = "bad" if gone or entry.values.get("withdrawn_at") else "primary"
    return Event(at, icon, title, line, lost, tone)


def _title(store: Store, record: Record, entry: HistoryEntry, *, first: bool) -> tuple[str, str]:
    cls = type(record)
    values: Mapping[str, Value] = entry.values
    if isinstance(record, Milestone):
        return milestone_told(record.step, values)
    if isinstance(record, ChannelUse):
        return channel_told(use_words(record, {}), values, first=first)
    if values.get("moved_from") or values.get("moved_to"):
        return _move_title(record, values), "map-pin"
    if values.get("deleted_at"):
        return _("Dihapus"), "trash-2"
    if "deleted_at" in values and not first:
        return _("Dikembalikan"), "undo-2"
    if cls is Consent and "withdrawn_at" in values and not first:
        taken = values["withdrawn_at"] is not None
        return (_("Persetujuan ditarik") if taken else _("Persetujuan diberikan lagi")), "ban"
    if isinstance(record, Enrolment):
        batch = store.get(Batch, record.batch) if record.batch else None
        words = _("Keluar dari {angkatan}") if values.get("state") == "keluar" else _("Masuk {angkatan}")
        return words.format(angkatan=(batch.name if batch else "") or _("angkatan")), "users"
    if first:
        word, icon = _FIRST[cls]
        return _(word), icon
    known = fields_by_name(cls)
    shown = [name for name in values if name in known and name not in INNER and name not in DERIVED]
    labels = [_(known[name].label) for name in shown or [name for name in values if name in known]]
    return _("Diubah: {isian}").format(isian=", ".join(labels)), "pencil"


def _move_title(record: Record, values: Mapping[str, Value]) -> str:
    came = values.get("moved_from")
    old, new = (came, record.area) if came else (record.area, values.get("moved_to"))
    words = _("Usaha pindah dari {lama} ke {baru}") if type(record) is Enterprise else None
    words = words or _("Pindah dari {lama} ke {baru}")
    return words.format(lama=area_label(int(old or 0)), baru=area_label(int(new or 0)))


def _lost(cls: type[Record], entry: HistoryEntry) -> str:
    """The values of an edit that another edit has replaced since."""
    known = fields_by_name(cls)
    parts = [
        f"{_(known[name].label)}: {value_words(known[name], value) or _('kosong')}"
        for name, value in entry.values.items()
        if name not in entry.won
        and name in known
        and name not in INNER
        and known[name].type not in (INSTANT, REFERENCE)
    ]
    return _("Sudah diganti · {isian}").format(isian="; ".join(parts)) if parts else ""


def _marks(store: Store, person: Person, names: _Names, now: datetime) -> list[Event]:
    events = []
    for mark in store.find(Attendance, {"person": person.id}):
        session = store.get(Session, mark.session) if mark.session else None
        at = mark.arrived_at or (session.starts_at if session else None)
        if at is None or mark.status is None:
            continue
        topic = (session.topic if session else None) or _("sesi")
        came = mark.status in ("H", "T")
        title = f"{_(ATTENDANCE.get(mark.status, mark.status))} · {topic}"
        line = f"{names.of(mark.marked_by)} · {moment_words(at, now)}"
        events.append(Event(at, "user-check" if came else "calendar-days", title, line))
    return events


def _tests(store: Store, person: Person, names: _Names, now: datetime) -> list[Event]:
    return [
        Event(at, "clipboard-list", title, f"{names.of(by)} · {moment_words(at, now)}")
        for at, title, by in tests_told(store, person.id)
    ]


def _visits(store: Store, person: Person, names: _Names, now: datetime) -> list[Event]:
    return [
        Event(at, icon, title, f"{names.of(by)} · {moment_words(at, now)}")
        for at, icon, title, by in visits_told(store, person.id)
    ]


def _looks(store: Store, person: Person, names: _Names, now: datetime) -> list[Event]:
    return [
        Event(
            look.at,
            "eye",
            _("NIK dilihat"),
            f"{names.of(look.staff)} · {_(NIK_REASONS.get(look.reason, look.reason))} · "
            f"{moment_words(look.at, now)}",
        )
        for look in accesses(store, person.id)
    ]
