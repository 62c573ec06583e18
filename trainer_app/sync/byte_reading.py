"""Reading a message: its head, and the bytes behind that, piece by piece. Nothing large is unpacked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgpack

#: A request, an answer: never more, whatever is in them.
MAX_MESSAGE_BYTES = 8 * 1024 * 1024
#: Heads have some hundred bytes. What MessagePack makes of this many takes 20 MB at worst.
_MAX_HEAD_BYTES = 256 * 1024


class MessageFault(ValueError):
    """Not a message of this protocol."""


class Rest:
    """The bytes behind a head, taken piece by piece. Of a message that was `cut` less is given than was
    asked.
    """

    def __init__(self, data: bytes, at: int, *, cut: bool) -> None:
        self._data, self._at, self._cut = data, at, cut

    @property
    def over(self) -> bool:
        """Whether the message was cut, and nothing more of it is here."""
        return self._cut and self._at >= len(self._data)

    def whole(self, lengths: Sequence[Any]) -> tuple[bytes, ...]:
        """Parts of these lengths; one that was cut is none."""
        parts = [(self.take(count(length)), length) for length in lengths]
        return tuple(part for part, length in parts if len(part) == length)

    def take_with(self, length: int, receipt: int) -> tuple[bytes, bytes]:
        """Bytes of a segment and the receipt behind them, without which they must not pass for the whole."""
        data, told = self.take(length), self.take(receipt)
        return (data, told) if len(told) == receipt else (data[:-1], b"")

    def take(self, length: int) -> bytes:
        """The next bytes. Raises `MessageFault` when they are not there, unless the message was cut."""
        end = self._at + length
        if end > len(self._data):
            if not self._cut:
                raise MessageFault("short")
            end = len(self._data)
        part = self._data[self._at : end]
        self._at = end
        return part

    def finish(self) -> None:
        """Raises `MessageFault` when something is left."""
        if self._at != len(self._data):
            raise MessageFault("long")


def split(data: bytes, *, cut: bool) -> tuple[list[Any], Rest]:
    """Head and what is behind it. Raises `MessageFault`."""
    if len(data) > MAX_MESSAGE_BYTES:
        raise MessageFault("large")
    return split_at(data, 0, _MAX_HEAD_BYTES, cut=cut)


def split_at(data: bytes, start: int, most: int, *, cut: bool = False) -> tuple[list[Any], Rest]:
    """The same for a head of at most so many bytes that begins at `start`."""
    unpacker = msgpack.Unpacker(max_buffer_size=most + 1, strict_map_key=False, max_ext_len=0)
    unpacker.feed(data[start : start + most])
    try:
        head = unpacker.unpack()
    except (ValueError, TypeError, msgpack.UnpackException) as fault:
        raise MessageFault("head") from fault
    if not isinstance(head, list):
        raise MessageFault("head")
    return head, Rest(data, start + unpacker.tell(), cut=cut)


def count(value: object) -> int:
    """A number from 0 to 2^63 - 1. Raises `MessageFault`."""
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise MessageFault("number")
    return value


def counts(told: Mapping[object, object]) -> dict[int, int]:
    """Numbers by number: of areas, of kinds. Raises `MessageFault`."""
    return {count(key): count(value) for key, value in told.items()}


def raw(value: object) -> bytes:
    """Bytes and nothing else. Raises `MessageFault`."""
    if type(value) is not bytes:
        raise MessageFault("bytes")
    return value
