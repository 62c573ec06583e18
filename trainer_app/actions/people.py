"""What is done with people who are registered: enrol, leave, take away and bring back, withdraw consent, look
at a NIK.
"""

from __future__ import annotations

from trainer_app.actions.photos import photos_of
from trainer_app.actions.registration import ALIVE, enrolment_edit, marked
from trainer_app.records.consent import PURPOSES
from trainer_app.records.fields import Record, fields_by_name, join_choices
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import ChannelUse, Consent, Enrolment, Enterprise, Person, Visit, derived_id
from trainer_app.records.operation import Edit, Operation
from trainer_app.records.problem import InputProblem
from trainer_app.storage.access_log import note_access
from trainer_app.storage.aliases import one_person
from trainer_app.storage.store import Store
from trainer_app.words import N_, _

#: Why somebody looks at a whole NIK; the code is what is kept.
NIK_REASONS = {
    "cocokkan": N_("Mencocokkan dengan KTP"),
    "sertifikat": N_("Mengisi formulir atau sertifikat"),
    "ganda": N_("Memeriksa data ganda"),
}
#: Why a person's data is taken away.
DELETE_REASONS = {
    "salah_catat": N_("Salah catat"),
    "ganda": N_("Tercatat dua kali"),
    "diminta": N_("Peserta meminta"),
}


def enrol(
    store: Store, batch: RecordId, person: RecordId, by: RecordId, *, joined: str = "daftar"
) -> RecordId:
    """Put a person into a batch, or back into it, and give the enrolment's id.

    Raises `InputProblem` when the batch is not on this laptop.
    """
    edit = enrolment_edit(store, batch, person, joined)
    store.save(marked(store, [edit]), by)
    return edit.id


def leave_batch(store: Store, batch: RecordId, person: RecordId, by: RecordId) -> list[Operation]:
    """Take a person out of a batch; the enrolment stays, with its history. Nothing if there is none."""
    held = store.get(Enrolment, derived_id(Enrolment, batch, person))
    if held is None:
        return []
    return store.save([Edit(Enrolment, held.id, held.area, {"state": "keluar"})], by)


def delete_person(
    store: Store, person: RecordId, by: RecordId, reason: str, *, now: int | None = None
) -> list[Operation]:
    """Take a person away with every enterprise, the consent and the enrolments; `restore_person` brings all
    back.

    Marks in sessions stay: they say who came. Raises `InputProblem` without a reason.
    """
    if not reason.strip():
        message = _("Pilih alasan menghapus data ini.")
        raise InputProblem(message, field="person.deleted_reason", code="person.delete_reason")
    moment = store.clock.now_ms() if now is None else now
    edits = [
        Edit(type(held), held.id, held.area, {"deleted_at": moment, "deleted_reason": reason.strip()})
        for held in _everything(store, person)
        if held.deleted_at is None
    ]
    return store.save(edits, by)


def restore_person(store: Store, operations: list[Operation], by: RecordId) -> list[Operation]:
    """Bring back what `delete_person` took away; `operations` is what it returned."""
    from trainer_app.records.kinds import KINDS

    return store.save([Edit(KINDS[o.kind], o.row, o.area, ALIVE) for o in operations], by)


def _everything(store: Store, person: RecordId) -> list[Record]:
    """All records of a person; of all registrations that were found to be this one person."""
    ids = one_person(store, person)
    found: list[Record] = [
        held
        for one in ids
        for cls, row in ((Person, one), (Consent, derived_id(Consent, one)))
        if (held := store.get(cls, row)) is not None
    ]
    found += store.find(Enterprise, {"owner": ids})
    found += store.find(Enrolment, {"person": ids})
    found += store.find(Visit, {"person": ids})
    firms = tuple(held.id for held in found if isinstance(held, Enterprise))
    found += store.find(ChannelUse, {"enterprise": firms})
    found += photos_of(store, *ids, *firms)
    return found


def withdraw_consent(
    store: Store,
    person: RecordId,
    by: RecordId,
    *,
    purposes: tuple[str, ...] | None = None,
    now: int | None = None,
) -> list[Operation]:
    """Record that a person withdraws the consent, at once (UU 27/2022 articles 9 and 40).

    Without `purposes`, or when they hold that of the programme, all is withdrawn and the person is no longer
    listed on this laptop, on others from the next sending on. Raises `InputProblem` when no consent is
    recorded.
    """
    held = store.get(Consent, derived_id(Consent, person))
    if held is None:
        raise InputProblem(
            _("Persetujuan peserta ini belum tercatat, jadi tidak ada yang ditarik."), code="consent.missing"
        )
    moment = store.clock.now_ms() if now is None else now
    all_of_it = purposes is None or "program" in purposes
    given = (held.purposes or ",".join(PURPOSES)).split(",")
    chosen = given if all_of_it or purposes is None else purposes
    text = join_choices(chosen, fields_by_name(Consent)["withdrawn_purposes"])
    return store.save(
        [Edit(Consent, held.id, held.area, {"withdrawn_at": moment, "withdrawn_purposes": text})], by
    )


def renew_consent(store: Store, person: RecordId, by: RecordId) -> list[Operation]:
    """Take a withdrawal back: a slip of the hand, or the person thought again. Both stay in the history."""
    held = store.get(Consent, derived_id(Consent, person))
    if held is None:
        return []
    return store.save(
        [Edit(Consent, held.id, held.area, {"withdrawn_at": None, "withdrawn_purposes": None})], by
    )


def is_withdrawn(consent: Consent | None) -> bool:
    """Whether all of a consent was withdrawn, so that the person is not to be listed."""
    if consent is None or consent.withdrawn_at is None:
        return False
    withdrawn = (consent.withdrawn_purposes or "program").split(",")
    return "program" in withdrawn


def see_nik(store: Store, person: RecordId, by: RecordId, reason: str, *, now: int | None = None) -> str:
    """The whole NIK of a person; who looked, when and why is noted first. Raises `InputProblem` without a
    reason.
    """
    if reason not in NIK_REASONS:
        raise InputProblem(_("Pilih alasan melihat NIK."), field="reason", code="nik.reason")
    held = store.get(Person, person)
    note_access(store, person, by, "nik", reason, store.clock.now_ms() if now is None else now)
    return held.nik or "" if held is not None else ""
