"""The ways to the other side, one file each; they move bytes and know nothing of records."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trainer_app.settings import Settings, load
from trainer_app.storage.store import Store
from trainer_app.sync.carrier import Carrier
from trainer_app.sync.carriers.http import HttpCarrier
from trainer_app.sync.carriers.route import not_joined
from trainer_app.sync.metering import MEGABYTE, MeteredCarrier

#: Every carrier by how the address of the centre begins.
CARRIERS: Mapping[str, Callable[..., Carrier]] = {"https": HttpCarrier, "http": HttpCarrier}


def carrier_for(store: Store) -> MeteredCarrier:
    """The way to the centre that this laptop joined, by the proxy and within the limit of the settings that
    lie beside its data. Raises `CarrierProblem` when it joined none.
    """
    address = str(store.meta("centre_address", b""), "utf-8")
    if not address:
        raise not_joined()
    settings = settings_of(store)
    carrier = CARRIERS[address.partition(":")[0]](address, proxy=settings.proxy)
    return MeteredCarrier(carrier, store, settings.data_limit * MEGABYTE)


def settings_of(store: Store) -> Settings:
    """The choices of the person at this laptop, which lie beside its data."""
    return load(store.db.path.parent) if store.db.path is not None else Settings()


def photos_go(store: Store, *, near: bool) -> bool:
    """Whether photos are to be sent: over the internet, or `near`, where data costs nothing."""
    chosen = settings_of(store).send_photos
    return chosen == "always" or (near and chosen == "near")
