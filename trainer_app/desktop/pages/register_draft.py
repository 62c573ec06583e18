"""What the registration remembers between two people, two sessions and two power cuts. No widgets here.

Two entries in the drafts of the store: the form that is being filled in, and the person before (for F2, the
village that stays, the batch, and how long a person takes on average).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trainer_app.records.ids import RecordId
from trainer_app.storage.drafts import clear_draft, load_draft, save_draft
from trainer_app.storage.store import Store

FORM, PREVIOUS = "register", "register_previous"
#: A form that lay open over lunch says nothing about how quickly somebody works.
LONGEST_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A form as it was left. `answers` is what each editor holds, letter by letter, by its key."""

    person: RecordId
    answers: Mapping[str, Any] = field(default_factory=dict)
    consent: Mapping[str, Any] = field(default_factory=dict)
    focus: str = ""
    batch: RecordId | None = None
    nik_status: str | None = None
    phone_status: str | None = None
    unnamed: bool = False
    from_nik: tuple[str, ...] = ()
    kept: tuple[RecordId, ...] = ()  # saved all the same, though the NIK is here already
    not_same: tuple[RecordId, ...] = ()
    more: bool = False
    seconds: int = 0


def keep_form(store: Store, staff: RecordId, form: Unfinished) -> int:
    """Keep a form in place of the one before; the moment (ms UTC) it was kept."""
    body = {
        "person": form.person.hex(),
        "answers": dict(form.answers),
        "consent": dict(form.consent),
        "focus": form.focus,
        "batch": form.batch.hex() if form.batch else None,
        "nik_status": form.nik_status,
        "phone_status": form.phone_status,
        "unnamed": form.unnamed,
        "from_nik": list(form.from_nik),
        "kept": [row.hex() for row in form.kept],
        "not_same": [row.hex() for row in form.not_same],
        "more": form.more,
        "seconds": form.seconds,
    }
    save_draft(store, FORM, staff, body)
    kept = load_draft(store, FORM, staff)
    return kept.at if kept is not None else 0


def kept_form(store: Store, staff: RecordId) -> tuple[Unfinished, int] | None:
    """The form that was not saved yet, and when it was kept. One of another version of the program may lack
    parts.
    """
    draft = load_draft(store, FORM, staff)
    if draft is None or not draft.body.get("person"):
        return None
    body = draft.body
    batch = body.get("batch")
    form = Unfinished(
        person=bytes.fromhex(body["person"]),
        answers=body.get("answers") or {},
        consent=body.get("consent") or {},
        focus=body.get("focus") or "",
        batch=bytes.fromhex(batch) if batch else None,
        nik_status=body.get("nik_status"),
        phone_status=body.get("phone_status"),
        unnamed=bool(body.get("unnamed")),
        from_nik=tuple(body.get("from_nik") or ()),
        kept=tuple(bytes.fromhex(row) for row in body.get("kept") or ()),
        not_same=tuple(bytes.fromhex(row) for row in body.get("not_same") or ()),
        more=bool(body.get("more")),
        seconds=int(body.get("seconds") or 0),
    )
    return form, draft.at


def forget_form(store: Store, staff: RecordId) -> None:
    """The form was saved, or everything in it was taken out again."""
    clear_draft(store, FORM, staff)


@dataclass(frozen=True, slots=True)
class Previous:
    """The person before. `people` and `seconds` count this day's own registrations."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    witness: str = ""
    batch: RecordId | None = None
    day: str = ""
    people: int = 0
    seconds: int = 0

    def average(self, day: str) -> int | None:
        """Seconds a person, today; None before the first."""
        return self.seconds // self.people if self.day == day and self.people else None

    def after(
        self, day: str, seconds: int, answers: Mapping[str, Any], witness: str, batch: RecordId | None
    ) -> Previous:
        """With one more person registered."""
        same = self.day == day
        counts = 0 < seconds <= LONGEST_SECONDS
        return Previous(
            answers=answers,
            witness=witness or self.witness,
            batch=batch,
            day=day,
            people=(self.people if same else 0) + (1 if counts else 0),
            seconds=(self.seconds if same else 0) + (seconds if counts else 0),
        )


def keep_previous(store: Store, staff: RecordId, previous: Previous) -> None:
    """Remember the person before."""
    body = {
        "answers": dict(previous.answers),
        "witness": previous.witness,
        "batch": previous.batch.hex() if previous.batch else None,
        "day": previous.day,
        "people": previous.people,
        "seconds": previous.seconds,
    }
    save_draft(store, PREVIOUS, staff, body)


def kept_previous(store: Store, staff: RecordId) -> Previous:
    """The person before, or nobody."""
    draft = load_draft(store, PREVIOUS, staff)
    if draft is None:
        return Previous()
    body = draft.body
    batch = body.get("batch")
    return Previous(
        answers=body.get("answers") or {},
        witness=body.get("witness") or "",
        batch=bytes.fromhex(batch) if batch else None,
        day=body.get("day") or "",
        people=int(body.get("people") or 0),
        seconds=int(body.get("seconds") or 0),
    )


class Stopwatch:
    """How long a form has been worked on, over power cuts; starts with the first key."""

    def __init__(self) -> None:
        self._begun: float | None = None
        self._before = 0

    def start(self) -> None:
        """Runs from now on, unless it does already."""
        if self._begun is None:
            self._begun = time.monotonic()

    def reset(self, seconds: int = 0) -> None:
        """Stands still, at so many seconds."""
        self._begun, self._before = None, seconds

    @property
    def seconds(self) -> int:
        """Whole seconds until now, at least one."""
        running = time.monotonic() - self._begun if self._begun is not None else 0.0
        return self._before + max(1, round(running))
