"""Lists of people and of what they did, as files: one column a field, made from what the records say of their
fields. What a list of people says can come in elsewhere without loss.

NIK and phone numbers are masked unless whoever asks may see them and says why; each person whose numbers go
out is noted (UU 27/2022 article 31). Who withdrew the consent, or did not agree that the receiver gets it, is
left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

from trainer_app.records import places
from trainer_app.records.cells import Cell, cell_of
from trainer_app.records.checks.nik import group_nik, mask_nik
from trainer_app.records.checks.phone import show_phone
from trainer_app.records.fields import Field, FieldType, Record, Value, fields_by_name, listed_fields
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import (
    Attendance,
    Batch,
    Consent,
    Enrolment,
    Enterprise,
    Person,
    Session,
    Visit,
    derived_id,
)
from trainer_app.records.problem import AccessProblem, InputProblem
from trainer_app.records.staff import ADMIN, SUPERVISOR
from trainer_app.sheets.writing import SheetColumn, sheet_writer
from trainer_app.storage.access_log import note_accesses
from trainer_app.storage.lists import RecordNames, people_pages, record_pages
from trainer_app.storage.people_queries import ALL, Order, take_order
from trainer_app.storage.store import Store
from trainer_app.words import N_, _

PEOPLE = "people"
#: Lists besides that of people, by name.
KINDS_OF_LIST: dict[str, type[Record]] = {
    "batches": Batch,
    "sessions": Session,
    "attendance": Attendance,
    "visits": Visit,
}
LISTS = {
    PEOPLE: N_("Peserta"),
    "batches": N_("Angkatan"),
    "sessions": N_("Sesi"),
    "attendance": N_("Presensi"),
    "visits": N_("Kunjungan"),
}
#: Who may let whole numbers go out.
FULL_ROLES = (SUPERVISOR, ADMIN)
#: Why whole numbers go out; the code is what is kept.
FULL_REASONS = {
    "kementerian": N_("Laporan ke kementerian"),
    "pindah": N_("Pindah ke laptop atau program lain"),
    "bantuan": N_("Pendaftaran bantuan atas permintaan peserta"),
}
#: For whom a list is; each is a purpose of the consent.
FOR = {"program": N_("Tim pelatihan"), "kementerian": N_("Kementerian"), "gojek": N_("Gojek")}
_PARTS: tuple[type[Record], ...] = (Person, Enterprise, Consent)
_NUMBERS = ("nik", "phone")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which list, of whom (an order of people, or a filter), for whom; `full_reason` is why numbers are
    whole, `role` that of whoever asks.
    """

    list: str = PEOPLE
    which: str = ALL
    order: Order | None = None
    purpose: str = "program"
    full_reason: str = ""
    role: str = ""


@dataclass(slots=True)
class Written:
    """What came of it: rows in the file, and people left out because of their consent."""

    rows: int = 0
    left_out: int = 0
    stopped: bool = False
    notes: list[str] = field(default_factory=list)


def check_wanted(wanted: Wanted) -> None:
    """Raises `InputProblem` for a list, a receiver or a reason that there is not, and `AccessProblem` for
    whole numbers that this role may not have.
    """
    if wanted.list not in LISTS:
        names = ", ".join(LISTS)
        message = _("Daftar {nama} tidak dikenal. Yang ada: {semua}.").format(nama=wanted.list, semua=names)
        raise InputProblem(message, field="list", code="list.unknown")
    if wanted.purpose not in FOR:
        message = _("Penerima {nama} tidak dikenal. Yang ada: {semua}.")
        raise InputProblem(
            message.format(nama=wanted.purpose, semua=", ".join(FOR)), field="purpose", code="list.purpose"
        )
    if wanted.full_reason and wanted.full_reason not in FULL_REASONS:
        message = _("Pilih alasan mengapa NIK dan nomor HP ditulis lengkap: {semua}.")
        raise InputProblem(message.format(semua=", ".join(FULL_REASONS)), field="reason", code="list.reason")
    if wanted.full_reason and wanted.role not in FULL_ROLES:
        raise AccessProblem(
            _("Hanya pengawas dan admin yang boleh menyimpan NIK dan nomor HP lengkap."), code="list.full"
        )


def list_fields(cls: type[Record]) -> tuple[Field, ...]:
    """The columns of a kind in a list of people: who somebody is stands in the row, so no references."""
    return tuple(one for one in listed_fields(cls) if one.type is not FieldType.REFERENCE)


def write_list(
    store: Store,
    wanted: Wanted,
    by: RecordId,
    file: IO[bytes],
    kind: str,
    *,
    going_on: Callable[[int, int], bool] = lambda _done, _total: True,
) -> Written:
    """Write a list into an opened file, "xlsx" or "csv". `going_on(done, total)` is asked now and then; False
    stops. Raises what `check_wanted` does.
    """
    check_wanted(wanted)
    if wanted.list == PEOPLE:
        return _People(store, wanted, by, going_on).write(file, kind)
    return _write_records(store, KINDS_OF_LIST[wanted.list], wanted, file, kind, going_on)


class _People:
    def __init__(
        self, store: Store, wanted: Wanted, by: RecordId, going_on: Callable[[int, int], bool]
    ) -> None:
        self._store, self._wanted, self._by, self._going_on = store, wanted, by, going_on
        self._fields = [(cls, one) for cls in _PARTS for one in list_fields(cls)]
        self._full = bool(wanted.full_reason)

    def write(self, file: IO[bytes], kind: str) -> Written:
        wanted, written = self._wanted, Written()
        order = wanted.order if wanted.order is not None else take_order(self._store, wanted.which)
        columns = [SheetColumn(_(one.label), 20) for _cls, one in self._fields]
        columns.append(SheetColumn(_(fields_by_name(Enrolment)["batch"].label), 24))
        with sheet_writer(file, kind, columns, name=_(LISTS[PEOPLE]), notes=self._notes()) as writer:
            for done, page in people_pages(self._store, order):
                if not self._going_on(done, len(order)):
                    written.stopped = True
                    break
                agreed = [one for one in page if _agreed(one.consent, wanted.purpose)]
                written.left_out += len(page) - len(agreed)
                if self._full:
                    people = [one.person.id for one in agreed]
                    note_accesses(
                        self._store,
                        people,
                        self._by,
                        "export",
                        wanted.full_reason,
                        self._store.clock.now_ms(),
                    )
                for one in agreed:
                    for cells in self._rows(one.person, one.enterprises, one.consent, one.batches):
                        writer.row(cells)
                        written.rows += 1
        return written

    def _rows(
        self,
        person: Person,
        enterprises: Sequence[Enterprise],
        consent: Consent | None,
        batches: Sequence[str],
    ) -> Iterator[list[Cell]]:
        """One row an enterprise, the first one first; somebody without any has a row too."""
        first = derived_id(Enterprise, person.id)
        own = sorted(enterprises, key=lambda one: (one.id != first, one.id))
        hours = places.utc_hours(person.village)
        firms: list[Enterprise | None] = [*own] if own else [None]
        for firm in firms:
            held: dict[type[Record], Record | None] = {Person: person, Enterprise: firm, Consent: consent}
            cells = [self._cell(held[cls], one, hours) for cls, one in self._fields]
            yield [*cells, "; ".join(batches) or None]

    def _cell(self, record: Record | None, one: Field, hours: float) -> Cell:
        if record is None:
            return None
        value: Value = getattr(record, one.name)
        if isinstance(record, Consent) and one.name == "purposes":
            value = _standing(record)
        if one.name in _NUMBERS and isinstance(value, str):
            return self._number(record, one.name, value)
        return cell_of(one, value, hours)

    def _number(self, record: Record, name: str, value: str) -> str:
        if not self._full:
            return mask_nik(value) if name == "nik" else _masked_phone(value)
        if isinstance(record, Person) and name == "phone":
            return record.phone_typed or value
        return group_nik(value)

    def _notes(self) -> list[str]:
        now = self._store.clock.now_ms()
        made = cell_of(fields_by_name(Consent)["given_at"], now, 7)
        lines = [
            _("Dibuat {waktu} WIB dari data laptop “{nama}”.").format(
                waktu=str(made)[:16], nama=self._store.name
            ),
            _("Untuk: {penerima}. Yang tidak menyetujui dibagikan ke sana tidak ada di daftar ini.").format(
                penerima=_(FOR[self._wanted.purpose])
            ),
        ]
        if self._full:
            lines.append(
                _("Berisi NIK dan nomor HP lengkap. Simpan di tempat terkunci, hapus setelah dipakai.")
            )
        return lines


def _masked_phone(phone: str) -> str:
    """Whose number it is can be told by who knows it; the rest is hidden, as on screen."""
    shown = show_phone(phone)
    return "".join("•" if letter.isdigit() else letter for letter in shown[:-4]) + shown[-4:]


def _standing(consent: Consent) -> str | None:
    """What is agreed to still."""
    gone = set((consent.withdrawn_purposes or "").split(",")) if consent.withdrawn_at is not None else set()
    return ",".join(one for one in (consent.purposes or "").split(",") if one and one not in gone) or None


def _agreed(consent: Consent | None, purpose: str) -> bool:
    return consent is not None and purpose in (_standing(consent) or "").split(",")


# ---------------------------------------------------------------- other lists
def _write_records(
    store: Store,
    cls: type[Record],
    wanted: Wanted,
    file: IO[bytes],
    kind: str,
    going_on: Callable[[int, int], bool],
) -> Written:
    """Sessions, marks and the like: references by the names of what they are about. Rows of people who
    withdrew, or did not agree to this receiver, are left out.
    """
    written = Written()
    fields = listed_fields(cls)
    columns = [SheetColumn(_(one.label), 22) for one in fields]
    with sheet_writer(file, kind, columns, name=_(cls.title)) as writer:
        names = RecordNames(store, wanted.purpose)
        for done, total, page in record_pages(store, cls):
            if not going_on(done, total):
                written.stopped = True
                break
            names.learn(fields, page)
            for record in page:
                if names.is_hidden(fields, record):
                    written.left_out += 1
                    continue
                hours = places.utc_hours(record.area)
                writer.row([_shown(names, one, getattr(record, one.name), hours) for one in fields])
                written.rows += 1
    return written


def _shown(names: RecordNames, one: Field, value: Value, hours: float) -> Cell:
    if isinstance(value, bytes):
        return names.name(value)
    return cell_of(one, value, hours)
