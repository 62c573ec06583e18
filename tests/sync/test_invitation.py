"""The text of the QR on a supervisor's screen."""

from __future__ import annotations

import pytest

from trainer_app.sync.invitation import invitation, read_invitation


@pytest.mark.parametrize("address", ["192.168.1.5", "10.0.0.7:47531", "laptop-hendra.local", "fe80::1"])
def test_what_is_shown_is_read(address: str) -> None:
    text = invitation(address, "048271")
    assert read_invitation(text) == (address, "048271")
    assert read_invitation(f"  {text.lower()}\n") == (address, "048271")
    assert read_invitation(f"192.168.1.9{text}") == (address, "048271"), "scanned behind the last address"
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), "what a QR packs tightly"


@pytest.mark.parametrize(
    "text", ["", "192.168.1.5", "HUB 192.168.1.5", "HUB 192.168.1.5 12345", "HUB a b 123456", "A7K-2391"]
)
def test_anything_else_is_what_somebody_typed(text: str) -> None:
    assert read_invitation(text) is None
