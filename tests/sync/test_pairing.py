"""The code on a hub's screen: how long it is right, what wrong tries cost, what a proof is worth."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import pytest

from trainer_app.records.problem import AccessProblem, CarrierProblem
from trainer_app.sync.cpace import Pace, proof
from trainer_app.sync.pairing import (
    CODE_SECONDS,
    FIRST_PAUSE_SECONDS,
    IMPOSTOR,
    LONGEST_PAUSE_SECONDS,
    MOST_SESSIONS,
    SESSION_BYTES,
    SESSION_SECONDS,
    TRIES,
    Doorkeeper,
    Met,
    PairingRefused,
    channel,
    pair,
)

CERTIFICATE, REPLICA = bytes(range(32)), bytes(range(16))
MET = Met(REPLICA, "Laptop CONTOH", CERTIFICATE, b"")


class Seconds:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def door(clock: Seconds) -> Doorkeeper:
    return Doorkeeper(CERTIFICATE, REPLICA, clock)


def asked_of(door: Doorkeeper, said: Mapping[str, str]) -> dict[str, object]:
    session = bytes.fromhex(said["session"])
    if "share" in said:
        return {"share": door.begin(session, bytes.fromhex(said["share"])).hex()}
    return {"proof": door.confirm(session, bytes.fromhex(said["proof"])).hex()}


def knock(door: Doorkeeper, code: str, met: Met = MET) -> None:
    pair(met, code, lambda said: asked_of(door, said))


def wrong(door: Doorkeeper) -> str:
    return f"{(int(door.code) + 1) % 10**6:06}"


def refused(door: Doorkeeper, code: str) -> PairingRefused:
    with pytest.raises(PairingRefused) as caught:
        knock(door, code)
    return caught.value


def test_who_knows_the_code_is_let_in_as_typed_or_spoken(door: Doorkeeper) -> None:
    code = door.code
    assert (len(code), code.isdecimal()) == (6, True)
    for typed in (code, f" {code[:2]} {code[2:4]}-{code[4:]} "):
        knock(door, typed)
    assert refused(door, wrong(door)).code == "wrong"


def test_a_code_is_right_for_five_minutes(door: Doorkeeper, clock: Seconds) -> None:
    code = door.code
    clock.now += CODE_SECONDS - 1
    assert (door.code, door.seconds_left) == (code, 1.0)
    knock(door, code)
    clock.now += 1
    assert door.code != code or door.seconds_left == CODE_SECONDS
    assert door.seconds_left == CODE_SECONDS


def test_wrong_tries_cost_the_code_and_ever_more_time(door: Doorkeeper, clock: Seconds) -> None:
    pause = FIRST_PAUSE_SECONDS
    for _lot in range(9):
        code = door.code
        for _try in range(TRIES):
            assert refused(door, wrong(door)).code == "wrong"
        waits = refused(door, code)
        assert (waits.code, waits.seconds) == ("busy", pause)
        clock.now += pause
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
    assert pause == LONGEST_PAUSE_SECONDS
    knock(door, door.code)


def test_many_tries_begun_at_once_are_not_more_tries(door: Doorkeeper) -> None:
    began = []
    for _ in range(MOST_SESSIONS):
        session = secrets.token_bytes(SESSION_BYTES)
        pace = Pace(wrong(door).encode(), channel(CERTIFICATE, REPLICA), session)
        began.append((session, pace.key(door.begin(session, pace.share), first=True)))
    with pytest.raises(PairingRefused, match="busy"):
        door.begin(secrets.token_bytes(SESSION_BYTES), began[0][1][:32])
    answers = []
    for session, key in began:
        with pytest.raises(PairingRefused) as caught:
            door.confirm(session, proof(key, b"laptop"))
        answers.append(caught.value.code)
    assert answers == ["wrong"] * TRIES + ["busy"] * (MOST_SESSIONS - TRIES)


def test_a_proof_counts_once_and_not_for_long(door: Doorkeeper, clock: Seconds) -> None:
    session = secrets.token_bytes(SESSION_BYTES)
    pace = Pace(door.code.encode(), channel(CERTIFICATE, REPLICA), session)
    key = pace.key(door.begin(session, pace.share), first=True)
    with pytest.raises(PairingRefused, match="gone"):
        door.begin(session, pace.share)
    door.confirm(session, proof(key, b"laptop"))
    with pytest.raises(PairingRefused, match="gone"):
        door.confirm(session, proof(key, b"laptop"))
    session = secrets.token_bytes(SESSION_BYTES)
    pace = Pace(door.code.encode(), channel(CERTIFICATE, REPLICA), session)
    key = pace.key(door.begin(session, pace.share), first=True)
    clock.now += SESSION_SECONDS + 1
    with pytest.raises(PairingRefused, match="gone"):
        door.confirm(session, proof(key, b"laptop"))


def test_another_certificate_between_is_as_good_as_a_wrong_code(door: Doorkeeper) -> None:
    seen = Met(REPLICA, "Laptop CONTOH", bytes(32), b"")
    with pytest.raises(PairingRefused, match="wrong"):
        knock(door, door.code, seen)


def test_who_does_not_know_the_code_cannot_play_the_hub() -> None:
    def impostor(said: Mapping[str, str]) -> dict[str, object]:
        if "share" in said:
            session = bytes.fromhex(said["session"])
            return {"share": Pace(b"000000", channel(CERTIFICATE, REPLICA), session).share.hex()}
        return {"proof": said["proof"]}  # its own words back to it

    with pytest.raises(AccessProblem) as caught:
        pair(MET, "123456", impostor)
    assert caught.value.code == IMPOSTOR
    with pytest.raises(AccessProblem, match="tanda pengenalnya lain"):
        pair(MET, "123456", lambda _said: {"share": bytes(32).hex()})
    with pytest.raises(CarrierProblem):
        pair(MET, "123456", lambda _said: {"share": "zz"})


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef"])
def test_what_is_no_code_is_not_sent(door: Doorkeeper, typed: str) -> None:
    with pytest.raises(AccessProblem, match="6 angka"):
        knock(door, typed)
