"""Trains the compression dictionary for small segments from made-up seasons. For developers; from the
checkout:

    python -m resources.sync.make_dictionary resources/sync/segment-N.dict N

Samples are the frames of what laptops send: one registration, a day's work, a class's marks, corrections, a
plan, the centre's lists. Regencies of province 53 are left out: the benchmarks measure there, on people the
dictionary has never seen. A dictionary that was ever released is never replaced; a better one gets the next
number (trainer_app/records/segment/dictionary.py).
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import zstandard

from tests.sync.centre_feed import centre_operations
from tests.sync.season import Deed, Season, make_season, operations
from trainer_app.records.ids import RecordId
from trainer_app.records.segment.writing import write_frame

SIZE = 16 * 1024
AREAS = (1101, 1304, 3271, 3403, 5203, 6102, 6308, 6409, 7106, 7311, 7409, 8104, 8202, 9103, 9401, 9501)
SEASONS = 3 * len(AREAS)


def main(path: Path, number: int) -> None:
    """Write the dictionary `number` to `path`."""
    samples = [sample for seed in range(SEASONS) for sample in _samples(seed)]
    trained = zstandard.train_dictionary(SIZE, samples, dict_id=number, k=500, d=8, level=19)
    path.write_bytes(trained.as_bytes())
    sys.stdout.write(f"{path}: {len(trained.as_bytes())} bytes from {len(samples)} samples\n")


def _samples(seed: int) -> Iterator[bytes]:
    rnd = random.Random(seed)  # noqa: S311 - made-up data must repeat
    season = make_season(seed + 1000, people=50, area=AREAS[seed % len(AREAS)], sessions=6)
    author, replica = season.author, rnd.randbytes(16)
    base: dict[RecordId, int] = {}
    deeds = sorted([*season.plan, *season.registrations, *season.marks], key=lambda deed: deed.at)
    operations(deeds, replica, author, base=base)

    def frame(some: Sequence[Deed]) -> bytes:
        return write_frame(
            operations(some, replica, author, base=dict(base) if some[0] in season.corrections else None)
        )

    for _ in range(12):
        yield frame(_run(rnd, season.registrations, 1))
        yield frame(_day(rnd, season))
        yield frame(_run(rnd, season.marks, rnd.randrange(1, 30)))
        yield frame(rnd.sample(season.corrections, rnd.randrange(1, len(season.corrections))))
    yield frame(season.plan)
    yield frame(_run(rnd, season.plan, 7))
    yield write_frame(centre_operations(seed))


def _run(rnd: random.Random, deeds: Sequence[Deed], length: int) -> Sequence[Deed]:
    start = rnd.randrange(max(1, len(deeds) - length))
    return deeds[start : start + length]


def _day(rnd: random.Random, season: Season) -> list[Deed]:
    return [
        *_run(rnd, season.registrations, rnd.randrange(2, 9)),
        *_run(rnd, season.marks, rnd.randrange(10, 40)),
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
