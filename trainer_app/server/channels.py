"""The channels that ship with the program, taken over by a centre as its own, as the modules are."""

from __future__ import annotations

import csv
from importlib.resources import files

from trainer_app.records.channel import Channel
from trainer_app.records.ids import NO_ID, RecordId, named_id
from trainer_app.records.kinds import CENTRE_AREA
from trainer_app.records.operation import Edit
from trainer_app.server.administration import Done
from trainer_app.server.centre import Centre
from trainer_app.words import _


def channel_id(code: str) -> RecordId:
    """The id of a shipped channel, the same at every centre."""
    return named_id(NO_ID, f"channel.{code}")


def load_channels(centre: Centre) -> Done:
    """Make the shipped list records of the centre; a channel that is there already stays as it is."""
    text = files("trainer_app.resources").joinpath("curriculum", "channels.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    edits = [
        Edit(
            Channel,
            channel_id(row["code"]),
            CENTRE_AREA,
            {name: value or None for name, value in row.items()},
        )
        for row in rows
        if centre.store.get(Channel, channel_id(row["code"])) is None
    ]
    centre.save(edits)
    words = _("{n} saluran tersedia, {baru} di antaranya baru.").format(n=len(rows), baru=len(edits))
    return Done([words], {"channels": len(rows), "new": len(edits)})
