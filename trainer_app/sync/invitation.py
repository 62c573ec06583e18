"""What the QR on a supervisor's screen says: where its laptop is, and the code of six digits.

The code stands on the screen anyway and means the same as typed (`pairing`). The letters are those that a QR
packs most tightly and that scanners type alike on every keyboard.
"""

from __future__ import annotations

import re

from trainer_app.sync.pairing import CODE_DIGITS

_TEXT = re.compile(rf"HUB ([0-9A-Z.:-]{{1,80}}) (\d{{{CODE_DIGITS}}})$")


def invitation(address: str, code: str) -> str:
    """The text of the QR."""
    return f"HUB {address.upper()} {code}"


def read_invitation(text: str) -> tuple[str, str] | None:
    """Address and code of a text that was scanned, also behind what stood there; None for anything else."""
    found = _TEXT.search(text.strip().upper())
    return (found[1].lower(), found[2]) if found else None
