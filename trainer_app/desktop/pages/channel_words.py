"""How it is said where an enterprise sells: "GoFood · sejak 10 Mar 2026 · berhenti 12 Jun 2026"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from trainer_app.records.channel import SIGN_UP
from trainer_app.records.kinds import Channel, ChannelUse
from trainer_app.records.progress import checked_day
from trainer_app.storage.store import Store
from trainer_app.words import _, date_short

ACTIVE = "aktif"


def channel_names(store: Store) -> dict[str, str]:
    """The names that the centre gives, by code; also of channels that closed."""
    return {one.code or "": one.name or "" for one in store.find(Channel)}


def name_of(code: str | None, names: Mapping[str, str]) -> str:
    """What a channel is called; its code, readable, where this laptop has not heard of it."""
    return names.get(code or "") or (code or "").replace("_", " ").capitalize()


def use_words(use: ChannelUse, names: Mapping[str, str]) -> str:
    """One channel of an enterprise in a line."""
    parts = [name_of(use.channel, names)]
    if use.since:
        parts.append(_("sejak {hari}").format(hari=_day(use.since)))
    if use.until:
        parts.append(_("berhenti {hari}").format(hari=_day(use.until)))
    elif use.sign_up and use.sign_up != ACTIVE:
        parts.append(_(SIGN_UP.get(use.sign_up, use.sign_up)).lower())
    return " · ".join(part for part in parts if part)


def _day(text: str) -> str:
    day = checked_day(text)
    return date_short(date.fromisoformat(day)) if day else text
