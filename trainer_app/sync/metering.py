"""What sending costs: bytes counted day by day, and a limit for a day. Trainers pay for their own data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from trainer_app.records.problem import CarrierProblem
from trainer_app.storage.store import Store
from trainer_app.sync.carrier import Carrier, CutAnswer
from trainer_app.words import _, file_size

#: In the table `meta`: a day and the bytes of that day.
DATA_USED = "data_used"
#: The code of the problem that the limit of the day is reached.
LIMIT_REACHED = "data.limit"
MEGABYTE = 1_000_000
#: Heads of HTTP, TLS and TCP of a round; a model, for nobody tells a program what is billed.
_ROUND_BYTES, _SHARE = 400, 1.05


def used_bytes(store: Store, day: date) -> int:
    """About how many bytes went over the internet on this day."""
    said, _colon, size = str(store.meta(DATA_USED, b""), "ascii").partition(":")
    return int(size) if said == day.isoformat() and size.isdigit() else 0


def rupiah(size: int, price_per_mb: int) -> int:
    """What bytes cost, rounded up; 0 when the price is not known."""
    return -(-size * price_per_mb // MEGABYTE)


class MeteredCarrier:
    """Counts what goes over a carrier, and stops at `limit_bytes` a day (0: no limit)."""

    def __init__(
        self, carrier: Carrier, store: Store, limit_bytes: int, today: Callable[[], date] = date.today
    ) -> None:
        self.carrier = carrier
        self._store, self._limit, self._today = store, limit_bytes, today

    def send(self, data: bytes) -> bytes:
        """As the carrier does. Raises `CarrierProblem` LIMIT_REACHED instead of going over the limit."""
        day = self._today()
        if self._limit and used_bytes(self._store, day) + len(data) > self._limit:
            raise CarrierProblem(
                _(
                    "Batas data hari ini, {n}, sudah tercapai. Catatan tetap aman di laptop ini. "
                    "Kirim lagi besok, atau naikkan batasnya di Pengaturan."
                ).format(n=file_size(self._limit)),
                code=LIMIT_REACHED,
            )
        came = 0
        try:
            reply = self.carrier.send(data)
            came = len(reply)
        except CutAnswer as cut:
            came = len(cut.part)
            raise
        finally:
            used = used_bytes(self._store, day) + int((len(data) + came) * _SHARE) + _ROUND_BYTES
            self._store.set_meta(DATA_USED, f"{day.isoformat()}:{used}".encode())
        return reply

    def close(self) -> None:
        """Close the connection."""
        self.carrier.close()
