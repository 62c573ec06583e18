"""Where an enterprise sells: since when, until when, and how far the sign-up with a platform is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from trainer_app.actions.registration import ALIVE, marked
from trainer_app.actions.sessions import change_back
from trainer_app.records.fields import Value, fields_by_name, join_choices
from trainer_app.records.ids import RecordId, new_id
from trainer_app.records.kinds import Channel, ChannelUse, Enterprise
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.storage.store import Store
from trainer_app.words import _


@dataclass(frozen=True, slots=True)
class Used:
    """A channel of an enterprise as it was (None: not known) and as it is."""

    before: ChannelUse | None
    after: ChannelUse


def channels_on(store: Store, day: date) -> list[Channel]:
    """The channels that the centre names and that one can use on a day, by name."""
    found = store.find(Channel, order="name")
    return [channel for channel in found if channel.was_there(day.isoformat())]


def start_channel(
    store: Store,
    enterprise: RecordId,
    channel: str,
    since: date | None,
    by: RecordId,
    *,
    name_there: str = "",
    sign_up: str | None = None,
    ready: Sequence[str] = (),
) -> Used:
    """An enterprise sells by a channel since a day, or is on the way there (`since` None, with `sign_up`).

    Raises `InputProblem` when the enterprise is not here.
    """
    values: dict[str, Value] = {
        "channel": channel,
        "since": since.isoformat() if since else None,
        "name_there": name_there.strip() or None,
        "sign_up": sign_up,
        "ready": join_choices(ready, fields_by_name(ChannelUse)["ready"]),
    }
    return add_channel(store, enterprise, values, by)


def add_channel(store: Store, enterprise: RecordId, values: dict[str, Value], by: RecordId) -> Used:
    """A channel with all that is known of it, by field. Raises `InputProblem` when the enterprise is not
    here, or for a value that cannot be.
    """
    firm = store.get(Enterprise, enterprise)
    if firm is None:
        raise InputProblem(
            _("Usaha itu tidak ada di laptop ini."), field="enterprise", code="enterprise.unknown"
        )
    known = {**values, "enterprise": enterprise, "seen_by": by, **ALIVE}
    return _write(store, None, new_id(store.clock.now_ms()), firm.area, known, by)


def change_channel(store: Store, use: ChannelUse, values: dict[str, Value], by: RecordId) -> Used:
    """Another state, name or day of a channel. Raises `InputProblem` when it would end before it began."""
    since, until = values.get("since", use.since), values.get("until", use.until)
    if since and until and str(until) < str(since):
        message = _("Tanggal berhenti tidak bisa sebelum tanggal mulai.")
        raise InputProblem(message, field="until", code="channel.until")
    return _write(store, use, use.id, use.area, {**values, "seen_by": by}, by)


def stop_channel(store: Store, use: ChannelUse, until: date, by: RecordId) -> Used:
    """An enterprise stopped selling by a channel; raises as `change_channel` does."""
    return change_channel(store, use, {"until": until.isoformat()}, by)


def undo_channel(store: Store, done: Used, by: RecordId) -> None:
    """Put a channel back to what it was."""
    store.save([change_back(store, done.before, done.after)], by)


def _write(
    store: Store, before: ChannelUse | None, row: RecordId, area: int, values: dict[str, Value], by: RecordId
) -> Used:
    store.save(marked(store, [Edit(ChannelUse, row, area, values)]), by)
    after = store.get(ChannelUse, row)
    assert after is not None  # noqa: S101 (it was written a line above)
    return Used(before, after)
