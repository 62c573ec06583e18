"""What a laptop remembers of itself outside its database: who it is, on which machine, and what it sealed
last.

A data file that was copied to another machine, or put back from an older copy, looks whole from inside.
Beside it lies the anchor, written each time before sealed words leave; when the two do not fit, the file must
not go on under its old name, for the same numbers could come to mean two things. Kept twice: in a small file
in the data folder, and, where the operating system has a key store, there too, so that putting back the whole
folder is noticed as well.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer_app.records.problem import StoreProblem
from trainer_app.settings import write_atomically
from trainer_app.storage import keystore, machine
from trainer_app.storage.replicas import OWN

if TYPE_CHECKING:
    from trainer_app.storage.store import Store

FILE_NAME = ".trainer.anchor"
#: In the table `meta`: an anchor of this database was written; when it is gone, something was moved.
ANCHORED = "anchored"
FORMER_SELVES = "former_selves"
SAME, COPIED, OLDER, LOST = "same", "copied", "older", "lost"

_log = logging.getLogger(__name__)
_ID_BYTES = 16
#: So much of a hash tells two branches apart, and Windows keeps no long texts.
_HASH_BYTES = 8
_MOST_AREAS = 20


@dataclass(frozen=True, slots=True)
class Mark:
    """What an anchor says. `heads`: by area the number and the beginning of the hash of the last sealed
    segment; `count` rises with every writing.
    """

    replica: str
    machine: str
    heads: Mapping[int, tuple[int, str]]
    count: int


class Anchor:
    """The anchor of the data in a folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._name = _place(folder)
        self._in_keystore = _has_keystore(folder)

    def verdict(self, store: Store) -> str:
        """Whether the database goes on where this laptop stopped: SAME; COPIED from another machine; OLDER
        than what was sealed here; or LOST, when what was written down is gone.
        """
        if not store.replica:
            return SAME
        marks = self._marks()
        if not marks:
            return LOST if store.meta(ANCHORED) == b"1" and _heads(store) else SAME
        mark = max(marks, key=lambda one: one.count)
        if mark.machine != machine.fingerprint(_salt(mark.replica)):
            return COPIED
        if mark.replica != store.replica.hex():
            return SAME if bytes.fromhex(mark.replica) in former_selves(store) else OLDER
        return SAME if _holds(store, mark) else OLDER

    def keep(self, store: Store) -> None:
        """Write down where the database is now; durable when this returns.

        What cannot be written is logged and stays as it was: an anchor that lags behind notices less, and
        accuses nobody.
        """
        if not store.replica:
            return
        replica = store.replica.hex()
        before = self._marks()
        count = 1 + max((mark.count for mark in before), default=0)
        mark = Mark(replica, machine.fingerprint(_salt(replica)), _heads(store), count)
        text = _written(mark)
        try:
            write_atomically(self._path, text.encode())
        except OSError as fault:
            _log.info("the anchor could not be written: %s", type(fault).__name__)
            return
        if self._in_keystore:
            keystore.remember(self._name, text)
        if store.meta(ANCHORED) != b"1":
            store.set_meta(ANCHORED, b"1")

    def forget(self) -> None:
        """A new database begins here."""
        self._path.unlink(missing_ok=True)
        if self._in_keystore:
            keystore.remember(self._name, "")

    def _marks(self) -> list[Mark]:
        """What is written down, wherever it is kept."""
        texts = []
        try:
            texts.append(self._path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError):
            _log.debug("no anchor beside the data")
        if self._in_keystore:
            texts.append(keystore.recall_text(self._name))
        return [mark for mark in map(_read, texts) if mark is not None]


def former_selves(store: Store) -> set[bytes]:
    """The ids under which this database spoke before it went on as another replica."""
    joined = store.meta(FORMER_SELVES, b"")
    return {joined[at : at + _ID_BYTES] for at in range(0, len(joined), _ID_BYTES)}


def _heads(store: Store) -> dict[int, tuple[int, str]]:
    """By area what of the own feed is sealed."""
    with store.db.reading() as c:
        rows = c.all(
            "SELECT area, head_seq, head_hash FROM feed WHERE replica = ? AND head_seq > 0 "
            f"ORDER BY head_hlc DESC LIMIT {_MOST_AREAS}",
            OWN,
        )
    return {int(area): (int(seq), bytes(name)[:_HASH_BYTES].hex()) for area, seq, name in rows}


def _holds(store: Store, mark: Mark) -> bool:
    """Whether everything that was sealed here is in the database."""
    with store.db.reading() as c:
        return all(
            (
                found := c.value(
                    "SELECT hash FROM segment WHERE area = ? AND replica = ? AND hi = ?", area, OWN, seq
                )
            )
            is not None
            and bytes(found).hex().startswith(name)
            for area, (seq, name) in mark.heads.items()
        )


def _salt(replica: str) -> bytes:
    return bytes.fromhex(replica)


def _has_keystore(folder: Path) -> bool:
    """Whether the secrets of this laptop lie in the key store already; else nobody is asked to open it."""
    from trainer_app.storage.keys import KeyRing

    ring = KeyRing(folder)
    try:
        return ring.exists and ring.protection() == "keystore"
    except StoreProblem:
        return False


def _place(folder: Path) -> str:
    """The name in the key store; the same for the same folder."""
    return f"anchor-{hashlib.blake2b(str(folder.absolute()).encode(), digest_size=8).hexdigest()}"


def _written(mark: Mark) -> str:
    heads = {str(area): [seq, name] for area, (seq, name) in sorted(mark.heads.items())}
    return json.dumps({"replica": mark.replica, "machine": mark.machine, "heads": heads, "count": mark.count})


def _read(text: str) -> Mark | None:
    """An anchor that was damaged counts as none."""
    try:
        said: dict[str, Any] = json.loads(text)
        heads = {
            int(area): (int(seq), bytes.fromhex(name).hex()) for area, (seq, name) in said["heads"].items()
        }
        if len(bytes.fromhex(said["replica"])) != _ID_BYTES:
            return None
        return Mark(said["replica"], str(said["machine"]), heads, int(said["count"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
