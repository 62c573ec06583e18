"""Tests before and after, batch by batch, and which items were hardest: medians and shares, never means, and
gain only of people who took both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from statistics import median

from trainer_app.records import places
from trainer_app.records.assessment import AFTER, BEFORE, Assessment, Score, gain, score_of
from trainer_app.records.item_set import MOST_POINTS, Item, item_set
from trainer_app.records.kinds import Batch
from trainer_app.reports.overview import share, within
from trainer_app.reports.report import Column, Filters, Kind, Report, Row
from trainer_app.storage.assessment_queries import TestedRow, tested_people
from trainer_app.storage.store import Store
from trainer_app.words import N_

Scores = tuple[Score | None, Score | None]


def _batches(store: Store, filters: Filters) -> Iterator[tuple[Batch, list[TestedRow]]]:
    wanted = within(filters.view, filters.areas)
    batches = [one for one in store.find(Batch) if wanted is None or one.area in wanted]
    for batch in sorted(batches, key=lambda one: (one.starts_on or "", one.id), reverse=True):
        rows = tested_people(store, batch)
        if any(row.before or row.after for row in rows):
            yield batch, rows


def _score(sitting: Assessment | None) -> Score | None:
    items = item_set(sitting.item_set) if sitting is not None else None
    if sitting is None or items is None:
        return None
    score = score_of(sitting, items)
    return None if score.index is None else score


def _by_batch(store: Store, filters: Filters) -> list[Row]:
    return [_row(batch, rows) for batch, rows in _batches(store, filters)]


def _row(batch: Batch, rows: list[TestedRow]) -> Row:
    scores: list[Scores] = [(_score(row.before), _score(row.after)) for row in rows]
    before = [one for one, _after in scores if one is not None]
    after = [one for _before, one in scores if one is not None]
    both = [(one, other) for one, other in scores if one is not None and other is not None]
    gains = [got for pair in both if (got := gain(*pair)) is not None]
    return (
        places.area_label(batch.area),
        batch.name,
        len(rows),
        len(before),
        len(after),
        len(both),
        _middle([one.index for one, _after in both]),
        _middle([other.index for _before, other in both]),
        median(gains) if gains else None,
        share(sum(one.passed for one in after), len(after)),
    )


def _middle(indexes: list[int | None]) -> int | None:
    known = [index for index in indexes if index is not None]
    return round(median(known)) if known else None


def _by_item(store: Store, filters: Filters) -> list[Row]:
    """The items of the newest set, the hardest first by what was missing after the training, else before."""
    items = item_set()
    if items is None:
        return []
    got: dict[tuple[Item, str], list[int]] = defaultdict(list)
    for _batch, rows in _batches(store, filters):
        for row in rows:
            for sitting in (row.before, row.after):
                if sitting is None or sitting.item_set != items.version:
                    continue
                for item in items.items:
                    answer = sitting.answer(item)
                    if answer is not None:
                        points = item.points(answer, sitting.form or "A")
                        got[item, sitting.phase or ""].append(points)
    rows_of_items = []
    for item in items.items:
        before, after = got[item, BEFORE], got[item, AFTER]
        shares = (share(sum(before), MOST_POINTS * len(before)), share(sum(after), MOST_POINTS * len(after)))
        words = item.words("A")
        rows_of_items.append(
            (item.code, words, items.domains[item.domain], len(before), shares[0], len(after), shares[1])
        )
    if not got:
        return []
    return sorted(rows_of_items, key=_hardness)


def _hardness(row: Row) -> float:
    for place in (6, 4):
        value = row[place]
        if isinstance(value, int | float):
            return float(value)
    return 2.0


TESTS = Report(
    "tests",
    N_("Tes awal dan akhir per angkatan"),
    (
        Column("area", N_("Wilayah")),
        Column("batch", N_("Angkatan")),
        Column("people", N_("Peserta"), Kind.COUNT),
        Column("before", N_("Tes awal"), Kind.COUNT),
        Column("after", N_("Tes akhir"), Kind.COUNT),
        Column("both", N_("Ikut keduanya"), Kind.COUNT),
        Column("median_before", N_("Nilai tengah awal"), Kind.COUNT),
        Column("median_after", N_("Nilai tengah akhir"), Kind.COUNT),
        Column("gain", N_("Naik dari yang kurang"), Kind.SHARE),
        Column("passed", N_("Bagian yang lulus"), Kind.SHARE),
    ),
    _by_batch,
    inner=True,
)
ITEMS = Report(
    "items",
    N_("Soal tersulit"),
    (
        Column("code", N_("Soal")),
        Column("words", N_("Yang diminta")),
        Column("domain", N_("Bidang")),
        Column("before", N_("Tes awal"), Kind.COUNT),
        Column("share_before", N_("Bisa di awal"), Kind.SHARE),
        Column("after", N_("Tes akhir"), Kind.COUNT),
        Column("share_after", N_("Bisa di akhir"), Kind.SHARE),
    ),
    _by_item,
    inner=True,
)
