"""The ways to the other side, one file each; they move bytes and know nothing of records."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.store import Store
from trainer_app.sync.carrier import Carrier
from trainer_app.sync.carriers.http import HttpCarrier
from trainer_app.words import _

#: Every carrier by how the address of the centre begins.
CARRIERS: Mapping[str, Callable[[str], Carrier]] = {"https": HttpCarrier, "http": HttpCarrier}


def carrier_for(store: Store) -> Carrier:
    """The way to the centre that this laptop joined. Raises `CarrierProblem` when it joined none."""
    address = str(store.meta("centre_address", b""), "utf-8")
    if not address:
        raise CarrierProblem(
            _("Laptop ini belum didaftarkan ke pusat. Daftarkan dulu, lalu kirim."), code="enrol.missing"
        )
    return CARRIERS[address.partition(":")[0]](address)
