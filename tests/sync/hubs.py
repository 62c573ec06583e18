"""A supervisor's laptop as a hub of the small world: it answers like the real one, without a network."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.sync.world import Laptop
from trainer_app.records.problem import CarrierProblem
from trainer_app.sync.answer import Authority, Refusal, answer
from trainer_app.sync.carrier import Refused
from trainer_app.sync.exchange import exchange
from trainer_app.sync.progress import ExchangeResult


@dataclass(slots=True)
class HubCarrier:
    """Gives requests straight to a hub; after `cut_after` of them the link is gone, with the next answer."""

    hub: Laptop
    cut_after: int | None = None
    requests: list[bytes] = field(default_factory=list)

    def send(self, data: bytes) -> bytes:
        self.requests.append(data)
        store = self.hub.store
        try:
            reply = answer(store, Authority.of_hub(store), data)
        except Refusal as refusal:
            raise Refused(refusal.status, refusal.text, refusal.code) from refusal
        if self.cut_after is not None and len(self.requests) > self.cut_after:
            raise CarrierProblem("cut", code="test.cut")
        return reply

    def close(self) -> None:
        """Nothing is open."""


def meet(laptop: Laptop, hub: Laptop, cut_after: int | None = None) -> ExchangeResult:
    """One exchange of a laptop with a hub."""
    return exchange(laptop.store, HubCarrier(hub, cut_after), hub=hub.store.replica)
