"""A day without the centre: the laptop is killed again and again; in the evening everything is sent, and
laptop and centre are killed while it is. Whatever was acknowledged is at the centre, and there once.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.server.running import AREA
from tests.stories.places import PIN, Site, Trainer, command, join
from trainer_app.records.kinds import CENTRE_AREA, Attendance, Enterprise, Person, Session
from trainer_app.storage.digest import content_digest, counts
from trainer_app.storage.keys import KeyRing
from trainer_app.storage.opening import open_store
from trainer_app.storage.sending_state import send_state
from trainer_app.storage.store import Store

#: Kills while the program opens its file, and while it saves.
EARLY_KILLS, KILLS = 15, 60
#: Opening takes about so long, a save less: a kill falls anywhere in it.
OPENING_SECONDS, SAVE_SECONDS = 0.05, 0.012
#: Of the evening: kills of the laptop before and after a request, of the centre while it answers.
SENDER_KILLS, CENTRE_KILLS = 12, 3

Told = list[list[str]]


def test_nothing_that_was_acknowledged_is_lost(site: Site, tmp_path: Path) -> None:
    laptop = tmp_path / "laptop"
    with site.open() as centre:
        join(laptop, centre)
    with Trainer.at(laptop) as trainer:
        _a_day_of_kills(trainer)
        _an_evening_of_kills(site, trainer)
    with site.open() as centre:
        sent = command("sync", "--data", str(laptop))
        assert sent.returncode == 0, sent.stdout
        with centre.opened() as opened:
            _acknowledged_is_there_once(opened.store, trainer.told)
            _both_sides_hold_the_same(opened.store, laptop)
        for examined in (site.doctor(), command("doctor", "--deep", "--data", str(laptop))):
            assert examined.returncode == 0, examined.stdout


def _a_day_of_kills(trainer: Trainer) -> None:
    """The trainer registers and marks; there is no centre."""
    rng = random.Random(24)  # noqa: S311 (the same day at every run)
    for kill in range(EARLY_KILLS + KILLS):
        trainer.begin("work")
        if kill < EARLY_KILLS:
            assert trainer.until("unlocked")
            trainer.moment(rng.uniform(0, OPENING_SECONDS))
        else:
            assert trainer.until(rng.choice(["registered", "marked", "corrected"]), rng.randint(1, 3))
            trainer.moment(rng.choice([0.0, rng.uniform(0, SAVE_SECONDS)]))
        trainer.kill()
    trainer.to_its_end("finish")


def _an_evening_of_kills(site: Site, trainer: Trainer) -> None:
    """A thin line, so that a killed sending has always sent a part; the next one goes on from there."""
    rng = random.Random(8)  # noqa: S311 (the same evening at every run)
    with site.open():
        for kill in range(SENDER_KILLS):
            trainer.begin("send")
            assert trainer.until(("going", "answered")[kill % 2], 1 + kill // 4), "nothing was left to send"
            trainer.moment(rng.uniform(0, SAVE_SECONDS))
            trainer.kill()
    for kill in range(CENTRE_KILLS):
        with site.open():
            trainer.begin("send")
            assert trainer.until("going", 1 + kill), "nothing was left to send"
            trainer.moment(rng.uniform(0, SAVE_SECONDS))
        trainer.kill()


def _acknowledged_is_there_once(centre: Store, told: Told) -> None:
    people = centre.find(Person, {"area": AREA})
    assert len({(person.full_name, person.birth_date, person.phone) for person in people}) == len(people)
    registered = {words[1]: int(words[2]) for words in told if words[0] == "registered"}
    assert sorted(registered.values()) == list(range(len(people))), "each of them, and under one id"
    assert {bytes.fromhex(row) for row in registered} == {person.id for person in people}
    assert centre.count(Enterprise, {"owner": tuple(person.id for person in people)}) == len(people)
    landmarks = {person.id.hex(): person.landmark for person in people}
    for _word, row, *landmark in (words for words in told if words[0] == "corrected"):
        assert landmarks[row] == " ".join(landmark)
    marks = centre.find(Attendance, {"area": AREA})
    assert centre.count(Session, {"area": AREA}) == 1
    assert set(Counter(mark.person for mark in marks).values()) == {1}
    status = {mark.person.hex(): mark.status for mark in marks if mark.person}
    for row, last in _last_marks(told).items():
        # what was being saved at a kill may be there without having been told, and "I" comes after the others
        assert status[row] in (last, "I")


def _last_marks(told: Iterable[list[str]]) -> dict[str, str]:
    return {words[1]: words[2] for words in told if words[0] == "marked"}


def _both_sides_hold_the_same(centre: Store, folder: Path) -> None:
    ring = KeyRing(folder)
    laptop = open_store(folder, ring.unlock(ring.users()[0].staff_id, PIN))
    try:
        assert send_state(laptop).all_received
        assert counts(laptop) == counts(centre)
        areas = (CENTRE_AREA, AREA)
        assert content_digest(laptop, areas) == content_digest(centre, areas)
    finally:
        laptop.close()
