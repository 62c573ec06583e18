"""A laptop and a stick: its own package goes onto it; replies to that and packages of others that it may open
come from it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from trainer_app.storage.examining import look_through
from trainer_app.storage.store import Store
from trainer_app.sync.answer import Authority
from trainer_app.sync.bundle.homecoming import CameHome, look_at_reply, replies, take_reply
from trainer_app.sync.bundle.packing import Exported, export_bundle
from trainer_app.sync.bundle.stick import Say
from trainer_app.sync.bundle.taking import Package, Taken, packages, take_bundle
from trainer_app.sync.bundle.tidying import tidy

#: Locked for somebody else: no fault of a package, and nothing for this laptop.
_FOR_OTHERS = "bundle.recipient"


def save(
    store: Store, folder: Path, *, hubs: bool = True, photos: bool = True, say: Say | None = None
) -> Exported:
    """Write this laptop's package, after what is done with was removed to make room. Raises
    `CarrierProblem`.
    """
    tidied = tidy(store, folder)
    return replace(export_bundle(store, folder, hubs=hubs, photos=photos, say=say), tidied=tidied)


def seen(store: Store, folder: Path) -> list[Package]:
    """Replies first, for they make known whose packages may be taken. Raises `CarrierProblem` when the stick
    is gone.
    """
    home = [look_at_reply(store, path) for path in replies(store, folder)]
    theirs = [
        package
        for package in packages(store, Authority.of_hub(store), folder)
        if package.sender != store.replica and not (package.problem and package.problem.code == _FOR_OTHERS)
    ]
    return home + theirs


def take(store: Store, package: Package, say: Say | None = None) -> CameHome | Taken:
    """Take one of them. Raises `CarrierProblem`; then nothing of it was taken."""
    try:
        if package.is_reply:
            return take_reply(store, package.path, say)
        return take_bundle(store, Authority.of_hub(store), package.path, say)
    finally:
        look_through(store)
