"""A test before or after a training, of one person in one batch, and what its answers come to.

The rule (resources/curriculum/assessment_items.json, version 1): index = 100 x points / (3 x answered items),
once ten are answered; what is not answered is left out, never a zero. Passed: an index of 50, and half of the
points of safety. Gain = (after - before) / (100 - before); nobody gains on 100.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from trainer_app.records.fields import (
    CHOICE,
    DATE,
    NUMBER,
    REFERENCE,
    TEXT,
    Record,
    asks,
    record,
)
from trainer_app.records.ids import NO_ID, RecordId, named_id, pair_id
from trainer_app.records.item_set import MOST_POINTS, Item, ItemSet
from trainer_app.words import N_

BEFORE, AFTER = "awal", "akhir"
PHASE = {BEFORE: N_("Tes awal"), AFTER: N_("Tes akhir")}
FORM = {"A": N_("Bentuk A"), "B": N_("Bentuk B")}
PASS_INDEX, PASS_SHARE, SAFETY = 50, 0.5, "aman"
SLOTS = 16


@record(22, "assessment", N_("Tes"))
class Assessment(Record):
    """One sitting. Each answer is a field of its own, so that two trainers may fill one sheet on two laptops;
    which item a number belongs to says the version of the item set.
    """

    batch: bytes | None = asks(1, REFERENCE, N_("Angkatan"), required=True)
    person: bytes | None = asks(2, REFERENCE, N_("Peserta"), required=True)
    phase: str | None = asks(3, CHOICE, N_("Tes awal atau akhir"), choices=PHASE, required=True)
    item_set: str | None = asks(4, TEXT, N_("Versi soal"), required=True, max_length=8)
    form: str | None = asks(5, CHOICE, N_("Bentuk soal"), choices=FORM)
    taken_on: str | None = asks(6, DATE, N_("Tanggal tes"))
    assessed_by: bytes | None = asks(7, REFERENCE, N_("Dinilai oleh"))
    a1: int | None = asks(11, NUMBER, N_("Jawaban 1"))
    a2: int | None = asks(12, NUMBER, N_("Jawaban 2"))
    a3: int | None = asks(13, NUMBER, N_("Jawaban 3"))
    a4: int | None = asks(14, NUMBER, N_("Jawaban 4"))
    a5: int | None = asks(15, NUMBER, N_("Jawaban 5"))
    a6: int | None = asks(16, NUMBER, N_("Jawaban 6"))
    a7: int | None = asks(17, NUMBER, N_("Jawaban 7"))
    a8: int | None = asks(18, NUMBER, N_("Jawaban 8"))
    a9: int | None = asks(19, NUMBER, N_("Jawaban 9"))
    a10: int | None = asks(20, NUMBER, N_("Jawaban 10"))
    a11: int | None = asks(21, NUMBER, N_("Jawaban 11"))
    a12: int | None = asks(22, NUMBER, N_("Jawaban 12"))
    a13: int | None = asks(23, NUMBER, N_("Jawaban 13"))
    a14: int | None = asks(24, NUMBER, N_("Jawaban 14"))
    a15: int | None = asks(25, NUMBER, N_("Jawaban 15"))
    a16: int | None = asks(26, NUMBER, N_("Jawaban 16"))

    def answer(self, item: Item) -> int | None:
        """The stored answer of an item."""
        value: int | None = getattr(self, answer_field(item))
        return value

    def answers(self) -> list[int | None]:
        """All answers in the order of their numbers."""
        return [getattr(self, f"a{slot}") for slot in range(1, SLOTS + 1)]


def answer_field(item: Item) -> str:
    """The name of the field that holds the answer of an item."""
    return f"a{item.slot}"


def with_answer(sitting: Assessment, item: Item, answer: int | None) -> Assessment:
    """The same test with another answer."""
    changed: dict[str, Any] = {answer_field(item): answer}
    return replace(sitting, **changed)


def not_begun(area: int, phase: str, form: str, items: ItemSet) -> Assessment:
    """A test without any answer, as it is shown before the first one is saved."""
    known: dict[str, Any] = {"phase": phase, "form": form, "item_set": items.version}
    return Assessment(id=NO_ID, area=area, **known)


def assessment_id(batch: RecordId, person: RecordId, phase: str) -> RecordId:
    """The same on every laptop: one test before and one after, for each person of a batch."""
    return named_id(pair_id(batch, person), phase)


@dataclass(frozen=True, slots=True)
class Score:
    """What a sitting comes to. `index` is 0 to 100, None while too little is answered."""

    answered: int
    points: int
    index: int | None
    level: str
    passed: bool


def score_of(sitting: Assessment, items: ItemSet) -> Score:
    """By the rule of this module."""
    form = sitting.form or "A"
    points = {
        item: item.points(answer, form)
        for item in items.items
        if (answer := sitting.answer(item)) is not None
    }
    total = sum(points.values())
    if len(points) < items.least_answered:
        return Score(len(points), total, None, "", passed=False)
    index = round(100 * total / (MOST_POINTS * len(points)))
    safety = [got for item, got in points.items() if item.domain == SAFETY]
    safe = bool(safety) and sum(safety) >= PASS_SHARE * MOST_POINTS * len(safety)
    level = max((level for level in items.levels if index >= level.least), key=lambda one: one.least)
    return Score(len(points), total, index, level.name, passed=index >= PASS_INDEX and safe)


def gain(before: Score | None, after: Score | None) -> float | None:
    """How much of what was missing came, -inf to 1; None without both, or when nothing was missing."""
    if before is None or after is None or before.index is None or after.index is None or before.index >= 100:
        return None
    return (after.index - before.index) / (100 - before.index)


def weakest_domain(sitting: Assessment, items: ItemSet) -> str | None:
    """The domain with the smallest share of its points among what was answered; None when nothing was."""
    form = sitting.form or "A"
    shares: Mapping[str, list[int]] = {domain: [] for domain in items.domains}
    for item in items.items:
        answer = sitting.answer(item)
        if answer is not None:
            shares[item.domain].append(item.points(answer, form))
    known = {domain: sum(got) / len(got) for domain, got in shares.items() if got}
    return min(known, key=lambda domain: known[domain]) if known else None
