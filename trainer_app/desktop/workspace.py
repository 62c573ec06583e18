"""A data folder and, once somebody has signed in, its open store. Every method but ``users`` belongs on the
store's worker: keys are slow on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trainer_app.storage.keys import KeyRing, UserEntry

if TYPE_CHECKING:
    from trainer_app.actions.staff import Member
    from trainer_app.storage.store import Store

SAMPLE = "sample"  # meta key of a store that holds data for trying out


@dataclass(frozen=True, slots=True)
class Opened:
    """A store that somebody opened, and who."""

    store: Store
    member: Member


class Workspace:
    """The laptop's data. The store stays open while the screen is locked, so that sending can go on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ring = KeyRing(folder)
        self.store: Store | None = None
        self.dek: bytes | None = None

    def users(self) -> list[UserEntry]:
        """Who can open it. Raises `StoreProblem` when the file of keys is damaged."""
        return self.ring.users()

    def open(self, staff_id: bytes, pin: str) -> Opened:
        """Tries a PIN; opens the store unless it is open. Raises `PinProblem`, `StoreProblem`,
        `AccessProblem` for somebody whom the centre no longer lets in (then what was opened is closed
        again).
        """
        from trainer_app.actions.staff import member
        from trainer_app.storage.opening import open_store

        dek = self.ring.unlock(staff_id, pin)
        fresh = self.store is None
        store = self.store or open_store(self.folder, dek)
        try:
            person = member(store, staff_id)
        except BaseException:
            if fresh:
                store.close()
            raise
        self.adopt(store, dek)
        self.ring.describe_user(person.id, person.name, person.role)
        return Opened(store, person)

    def adopt(self, store: Store, dek: bytes) -> None:
        """From now on this is the open store. Its key is sealed to the centre, once that is known."""
        from trainer_app.sync.recipients import entrust

        self.store, self.dek = store, dek
        entrust(store, self.ring, dek)

    @property
    def key(self) -> bytes:
        """The open store's key, with which somebody else can be given a PIN."""
        assert self.dek is not None, "nobody has signed in"  # noqa: S101 (a fault of the caller)
        return self.dek

    def close(self) -> None:
        """Gives the data file back; what was saved is on disk already."""
        if self.store is not None:
            self.store.close()
        self.store = self.dek = None


def is_sample(store: Store) -> bool:
    """Whether this store holds data for trying out."""
    return bool(store.meta(SAMPLE, b"") == b"1")
