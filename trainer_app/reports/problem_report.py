"""A report of a problem for support: versions, counts, findings and the log in one zip, and nobody in it.

The log is masked when it is written. Here every word that is part of a name or a place of the store is taken
out of it once more, so that a name that slipped into an exception goes no further.
"""

from __future__ import annotations

import io
import platform
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from trainer_app import __version__
from trainer_app.log import FILE_NAME, FOLDER_NAME, mask
from trainer_app.records.kinds import Batch, Enterprise, Person, Session, Staff
from trainer_app.records.places import find_village
from trainer_app.storage.ballast import free_bytes
from trainer_app.storage.digest import counts
from trainer_app.storage.feeds import heads
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store
from trainer_app.storage.unfinished import unfinished

LEAST_LETTERS = 3  # of a word that is taken out
MOST_LOG_BYTES = 2_000_000
_WORD = re.compile(r"[^\W\d_]+")


def problem_report(store: Store, folder: Path) -> bytes:
    """The bytes of the zip: ``facts.txt`` and the log files of ``folder``."""
    names = _names(store)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("facts.txt", "\n".join(_facts(store, folder)) + "\n")
        for file in sorted((folder / FOLDER_NAME).glob(f"{FILE_NAME}*")):
            archive.writestr(file.name, scrubbed(_end_of(file), names))
    return made.getvalue()


def scrubbed(text: str, names: frozenset[str]) -> str:
    """``text`` without long numbers, addresses, and every word of ``names`` (lower case)."""
    return _WORD.sub(lambda found: "<…>" if found[0].casefold() in names else found[0], _masked(text))


def _masked(text: str) -> str:
    return "\n".join(mask(line) for line in text.splitlines())


def _end_of(file: Path) -> str:
    return file.read_bytes()[-MOST_LOG_BYTES:].decode("utf-8", "replace")


def _facts(store: Store, folder: Path) -> Iterator[str]:
    """Numbers only: no name of the laptop, no path."""
    yield f"Trainer App {__version__}, Python {platform.python_version()}, {platform.platform()}"
    yield f"free bytes: {free_bytes(folder)}"
    yield f"clock corrected by ms: {store.clock.offset_ms}; looks wrong: {store.clock.looks_wrong()}"
    for table, n in counts(store).items():
        yield f"rows {table}: {n}"
    for head in heads(store):
        own = "own" if head.replica == store.replica else "other"
        yield f"feed of area {head.area} ({own}): last {head.last_seq}, centre {head.centre_seq}"
    state = send_state(store)
    yield f"pending {state.pending} of {state.total}, rejected {state.rejected}"
    with store.db.reading() as c:
        found = unfinished(c)
    yield (
        f"quarantined {found.quarantined}, not understood {found.not_understood}, "
        f"open findings {found.open_findings}, not searchable {found.not_searchable}"
    )


def _names(store: Store) -> frozenset[str]:
    """Every word of a name or place that the store knows."""
    texts: list[str | None] = []
    for person in store.find(Person):
        texts += [person.full_name, person.landmark, _village(person.village)]
    for firm in store.find(Enterprise):
        texts += [firm.name, _village(firm.village)]
    texts += [member.full_name for member in store.find(Staff)]
    texts += [batch.name for batch in store.find(Batch)]
    texts += [session.venue for session in store.find(Session)]
    words = (word.casefold() for text in texts if text for word in _WORD.findall(text))
    return frozenset(word for word in words if len(word) >= LEAST_LETTERS)


def _village(code: str | None) -> str:
    found = find_village(code) if code else None
    return found.name if found is not None else ""
