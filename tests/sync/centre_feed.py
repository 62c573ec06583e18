"""What a made-up centre says: partners, a programme, modules, targets, staff and laptops, all in area 0."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.sync.season import DEFAULT_START, Deed, operations
from trainer_app.records.fields import Value
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import (
    CENTRE_AREA,
    Device,
    Module,
    Partner,
    Policy,
    Programme,
    Record,
    Staff,
    Target,
)
from trainer_app.records.operation import Edit, Operation

_TITLES = (
    "Kenal HP dan internet untuk usaha",
    "Aman di dunia digital",
    "Foto produk",
    "WhatsApp Business",
    "GoFood dan GoBiz",
    "Lokapasar dan media sosial",
    "Pembayaran QRIS",
    "Pembukuan dan harga pokok",
    "Pesanan dan pengiriman",
    "Promosi",
    "Izin usaha",
    "Rencana 30 hari",
)
_NAMES = (
    "Siti Rahmawati",
    "Agus Salim",
    "Dewi Lestari",
    "Rahmat Hidayat",
    "Nurul Huda",
    "Budi Santoso",
    "Yuliana Murib",
)


def centre_operations(seed: int, staff: int = 12) -> list[Operation]:
    """A centre's feed from its founding."""
    rnd = random.Random(seed)  # noqa: S311 - made-up data must repeat
    author = _id(rnd)
    deeds = [Deed(_MS + 1000 * i, (edit,)) for i, edit in enumerate(_edits(rnd, staff))]
    return operations(deeds, rnd.randbytes(16), author)


_MS = int(DEFAULT_START.timestamp() * 1000) - 30 * 86_400_000


def _id(rnd: random.Random) -> RecordId:
    raw = bytearray((_MS + rnd.randrange(10**9)).to_bytes(6, "big") + rnd.randbytes(10))
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return bytes(raw)


def _edits(rnd: random.Random, staff: int) -> Iterator[Edit]:
    def edit(cls: type[Record], row: RecordId, **values: Value) -> Edit:
        return Edit(cls, row, CENTRE_AREA, values)

    partner, programme = _id(rnd), _id(rnd)
    yield edit(Partner, partner, name="Kementerian UMKM", kind_of="kementerian")
    yield edit(Partner, _id(rnd), name="Gojek", kind_of="platform")
    yield edit(
        Programme,
        programme,
        name="UMKM Go Digital 2026",
        starts_on="2026-10-01",
        ends_on="2027-09-30",
        partner=partner,
    )
    for i, title in enumerate(_TITLES):
        yield edit(
            Module, _id(rnd), code=f"M{i + 1:02d}", title_id=title, hours=2, needs_internet=i % 2, core=1
        )
    for regency in ("53.01", "53.02", "71.06", "95.01"):
        yield edit(
            Target,
            _id(rnd),
            programme=programme,
            regency=regency,
            by_month="2027-03",
            trained=rnd.randrange(100, 900),
            digitised=rnd.randrange(50, 500),
        )
    yield edit(Policy, _id(rnd), area_of=0, send_by="pengawas", enrol_kinds="kode,berkas")
    for i in range(staff):
        areas = str(rnd.choice((5301, 5302, 7106, 9501)))
        salt, digest = rnd.randbytes(16).hex()[:22], rnd.randbytes(32).hex()[:43]
        yield edit(
            Staff,
            _id(rnd),
            full_name=rnd.choice(_NAMES),
            role="pengawas" if i % 5 == 0 else "pelatih",
            areas=areas,
            state="aktif",
            code_hash=f"$argon2id$v=19$m=65536,t=3,p=4${salt}${digest}",
        )
        yield edit(
            Device,
            _id(rnd),
            name=f"Laptop {areas}-{i + 1}",
            public_key=rnd.randbytes(32).hex(),
            areas=areas,
            state="aktif",
            enrolled_at=_MS + i * 60_000,
        )
