"""A laptop that was taken out: what it said up to a number of each feed counts, whatever way it comes; what
comes later is kept apart and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from trainer_app.records.kinds import Device

REVOKED_STATE = "dicabut"


def revoked_after(device: Device, area: int) -> int | None:
    """The number of its feed in an area up to which its words count; None when it may still speak."""
    if device.state != REVOKED_STATE:
        return None
    if device.revoked_heads is None:
        return device.revoked_after or 0
    return read_heads(device.revoked_heads).get(area, 0)


def written_heads(heads: Mapping[int, int]) -> str:
    """Numbers by area, as they are published."""
    return ",".join(f"{area}:{seq}" for area, seq in sorted(heads.items()))


def read_heads(text: str) -> dict[int, int]:
    """Numbers by area; what is no number counts as nothing."""
    pairs = (part.split(":") for part in text.split(",") if part.count(":") == 1)
    return {int(area): int(seq) for area, seq in pairs if area.isdecimal() and seq.isdecimal()}
