"""How tests are told: the words of an item, of its answers, of a score and of what somebody gained."""

from __future__ import annotations

from datetime import UTC, datetime

from trainer_app.records.assessment import PHASE, Assessment, Score, score_of, weakest_domain
from trainer_app.records.ids import RecordId
from trainer_app.records.item_set import TASK, Item, ItemSet, item_set
from trainer_app.storage.store import Store
from trainer_app.words import N_, _, number


def spoken(item: Item, form: str) -> str:
    """An item as a screen reader says it."""
    return f"{item.code}, {item.words(form)}"


def answer_words(item: Item, form: str, items: ItemSet) -> str:
    """What the digits of an item mean: "0 Belum pernah · 1 …"; for a task also what to look at."""
    options = items.scale if item.kind == TASK else item.forms[form].options
    meant = "   ".join(f"{digit} {words}" for digit, words in enumerate(options))
    return f"{meant}\n{item.watch}" if item.watch else meant


def score_words(score: Score | None, items: ItemSet) -> tuple[str, str]:
    """Index and level; while too little is answered, how many answers there are."""
    if score is None or not score.answered:
        return "", ""
    if score.index is None:
        return "", _("{n} dari {semua}").format(n=number(score.answered), semua=number(len(items.items)))
    return number(score.index), score.level


def advice_words(sitting: Assessment, items: ItemSet) -> str:
    """Which modules help most, once enough is answered: whoever manages alone goes straight to channels."""
    score, domain = score_of(sitting, items), weakest_domain(sitting, items)
    if score.index is None or domain is None:
        return ""
    if score.index >= items.levels[-1].least:
        return _("Saran: langsung ke modul saluran jualan (GoFood, lokapasar, promosi).")
    return _("Saran: modul inti. Paling perlu: {bidang}.").format(bidang=items.domains[domain])


def tests_told(store: Store, person: RecordId) -> list[tuple[int, str, RecordId | None]]:
    """The tests of somebody for the history: when (ms UTC), what it came to, and who assessed."""
    told = []
    for sitting in store.find(Assessment, {"person": person}):
        items = item_set(sitting.item_set)
        if sitting.taken_on is None or items is None:
            continue
        score = score_of(sitting, items)
        day = datetime.fromisoformat(sitting.taken_on).replace(hour=12, tzinfo=UTC)
        words = _(PHASE.get(sitting.phase or "", N_("Tes")))
        if score.index is not None:
            words += f" · {number(score.index)} · {score.level}"
        told.append((round(day.timestamp() * 1000), words, sitting.assessed_by))
    return told


def gain_words(share: float | None) -> str:
    """ "+40 %" of what was missing."""
    if share is None:
        return ""
    return f"{'+' if share > 0 else ''}{number(round(100 * share))} %"
