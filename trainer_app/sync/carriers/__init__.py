"""The ways to the other side, one file each; they move bytes and know nothing of records."""

from __future__ import annotations

from trainer_app.sync.carriers.http import HttpCarrier

#: Every carrier by the word of its setting. Tests that all must pass run over this list.
CARRIERS = {"http": HttpCarrier}

__all__ = ["CARRIERS", "HttpCarrier"]
