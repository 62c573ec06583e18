"""The channels that ship with the program, taken over by a centre as its own, as the modules are."""

from __future__ import annotations

import csv
import re
from importlib.resources import files

from trainer_app.records.channel import Channel
from trainer_app.records.ids import NO_ID, RecordId, named_id
from trainer_app.records.kinds import CENTRE_AREA
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.server.administration import Done
from trainer_app.server.centre import Centre
from trainer_app.server.typed import check_day
from trainer_app.words import _

_CODE = re.compile(r"[a-z0-9_]{1,24}")


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


def set_channel(
    centre: Centre,
    code: str,
    *,
    name: str = "",
    kind: str = "",
    since: str = "",
    until: str = "",
    note: str = "",
) -> Done:
    """A channel by its code: a new one, or other words and days of a known one. A platform that closed gets
    its last day; what was sold there stays. Raises `InputProblem` for a code or a day that is none, for a new
    one without a name, and where it would end before it began.
    """
    for text in (since, until):
        check_day(text)
    if not _CODE.fullmatch(code):
        raise InputProblem(
            _("Kode saluran: huruf kecil, angka, dan garis bawah, paling banyak 24."), code="channel.code"
        )
    row = channel_id(code)
    held = centre.store.get(Channel, row)
    if held is None and not name:
        raise InputProblem(_("Saluran baru perlu nama. Sebutkan --name."), code="channel.name")
    first = since or (held.active_from if held else None)
    last = until or (held.active_to if held else None)
    if first and last and last < first:
        raise InputProblem(_("Tanggal berhenti tidak bisa sebelum tanggal mulai."), code="channel.until")
    given = {"name": name.strip(), "kind_of": kind, "active_from": since, "active_to": until, "note": note}
    values = {"code": code, **{key: value for key, value in given.items() if value}}
    centre.save([Edit(Channel, row, CENTRE_AREA, values)])
    shown = name.strip() or (held.name if held else None) or code
    return Done([_("Saluran {nama} tersimpan.").format(nama=shown)], values)
