"""What the page of a person knows of steps and channels, read with everything else off the screen thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from trainer_app.actions.channels import channels_on
from trainer_app.desktop.pages.channel_words import channel_names
from trainer_app.records.kinds import Channel, ChannelUse, Enterprise, Milestone, Person
from trainer_app.storage.ladder_queries import Rung, ladder_of
from trainer_app.storage.store import Store


@dataclass(frozen=True, slots=True)
class FollowFacts:
    """The ladder over all enterprises of somebody, where they sell, and what there is to choose from."""

    rungs: tuple[Rung, ...] = ()
    steps: tuple[Milestone, ...] = ()
    uses: tuple[ChannelUse, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    offered: tuple[Channel, ...] = ()


def read_follow(store: Store, person: Person, firms: Sequence[Enterprise], today: date) -> FollowFacts:
    """All of it for one person."""
    ids = tuple(firm.id for firm in firms)
    if not ids:
        return FollowFacts(tuple(ladder_of(store, person, ())))
    uses = store.find(ChannelUse, {"enterprise": ids})
    return FollowFacts(
        tuple(ladder_of(store, person, ids)),
        tuple(store.find(Milestone, {"enterprise": ids})),
        tuple(sorted(uses, key=lambda use: (use.until is not None, use.since or "9", use.id))),
        channel_names(store),
        tuple(channels_on(store, today)),
    )
