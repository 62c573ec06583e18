"""A photo is added to somebody's data, or taken away again."""

from __future__ import annotations

from dataclasses import dataclass

from trainer_app.actions.registration import ALIVE, marked
from trainer_app.records.checks.jpeg import JpegFault, jpeg_size
from trainer_app.records.fields import Record, Value
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Consent, Person, Photo, derived_id
from trainer_app.records.operation import Edit, Operation
from trainer_app.records.photo import MAX_BYTES, MAX_SIDE, MOST_OF_ONE, photo_name
from trainer_app.records.problem import InputProblem
from trainer_app.storage.aliases import one_person
from trainer_app.storage.blobs import save_photo
from trainer_app.storage.store import Store
from trainer_app.words import _

#: The purpose in a consent that photos need.
CONSENT_PURPOSE = "foto"
#: A picture of a shop's page on a screen shows nobody.
WITHOUT_CONSENT = frozenset({"toko_daring"})


@dataclass(frozen=True, slots=True)
class Added:
    """A photo that was added. `operations` are what `take_back` undoes; none when it was there already."""

    photo: RecordId
    operations: tuple[Operation, ...]


def photos_of(store: Store, *about: RecordId) -> list[Photo]:
    """The photos of a record, the oldest first; of all registrations of one person."""
    return store.find(Photo, {"about": about}, order="taken_at")


def agreed_to_photos(consent: Consent | None) -> bool:
    """Whether somebody agreed to be photographed, and did not take it back."""
    if consent is None or CONSENT_PURPOSE not in (consent.purposes or "").split(","):
        return False
    taken_back = (consent.withdrawn_purposes or "program").split(",")
    return consent.withdrawn_at is None or not {CONSENT_PURPOSE, "program"} & set(taken_back)


def add_photo(
    store: Store,
    about: Record,
    purpose: str,
    picture: bytes,
    by: RecordId,
    *,
    note: str | None = None,
    now: int | None = None,
) -> Added:
    """Keep a plain JPEG of at most `MAX_SIDE` points about a record; the same picture about the same record
    only once.

    Raises `InputProblem`: the picture is no plain JPEG or too large, there are enough of this record, or the
    person in it did not agree.
    """
    width, height = _size(picture)
    ids = one_person(store, about.id) if isinstance(about, Person) else (about.id,)
    if isinstance(about, Person) and purpose not in WITHOUT_CONSENT:
        _require_consent(store, ids)
    digest = photo_name(picture).hex()
    there = photos_of(store, *ids)
    same = next((photo for photo in there if photo.digest == digest), None)
    if same is not None:
        return Added(same.id, ())
    if len(there) >= MOST_OF_ONE:
        words = _("Sudah ada {n} foto. Hapus yang tidak perlu, lalu tambah lagi.").format(n=MOST_OF_ONE)
        raise InputProblem(words, code="photo.enough")
    row = new_id()
    values: dict[str, Value] = {
        "about": about.id,
        "purpose": purpose,
        "taken_at": store.clock.now_ms() if now is None else now,
        "digest": digest,
        "size": len(picture),
        "width": width,
        "height": height,
        "note": note,
    }
    edits = marked(store, [Edit(Photo, row, about.area, values)])
    return Added(row, tuple(save_photo(store, edits, by, digest, picture)))


def remove_photo(store: Store, photo: RecordId, by: RecordId) -> list[Operation]:
    """Take a photo away. Its bytes go a day later, at the centre as well; until then `bring_back` undoes
    it.
    """
    held = store.get(Photo, photo)
    if held is None or held.deleted_at is not None:
        return []
    return store.save([Edit(Photo, held.id, held.area, {"deleted_at": store.clock.now_ms()})], by)


def bring_back(store: Store, photo: RecordId, by: RecordId) -> list[Operation]:
    """Undo `remove_photo`."""
    held = store.get(Photo, photo)
    return [] if held is None else store.save([Edit(Photo, held.id, held.area, ALIVE)], by)


def _size(picture: bytes) -> tuple[int, int]:
    try:
        width, height = jpeg_size(picture)
    except JpegFault as fault:
        raise InputProblem(_("Berkas ini bukan foto. Pilih foto lain."), code="photo.kind") from fault
    if max(width, height) > MAX_SIDE or len(picture) > MAX_BYTES:
        raise InputProblem(_("Foto ini terlalu besar. Pilih foto lain."), code="photo.size")
    return width, height


def _require_consent(store: Store, ids: tuple[RecordId, ...]) -> None:
    given = (store.get(Consent, derived_id(Consent, one)) for one in ids)
    if not any(agreed_to_photos(consent) for consent in given):
        raise InputProblem(
            _("Peserta belum setuju difoto. Tanyakan dulu, lalu catat persetujuannya."), code="photo.consent"
        )
