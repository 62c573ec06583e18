"""What the answering side says of each photo that it was asked about or sent bytes of."""

from __future__ import annotations

from dataclasses import dataclass

#: All of it is there; so many bytes are; no record here speaks of it; not like this; no more today.
HELD, PART, NOT_WANTED, NO, LATER = 0, 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class PhotoWord:
    """`held` is bytes for PART; `seal` the centre's signed word that it holds the photo, where there is
    one.
    """

    status: int
    held: int = 0
    seal: bytes = b""
