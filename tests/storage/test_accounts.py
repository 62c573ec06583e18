"""Passwords, second factor, sessions, growing delays and one-time codes of the centre."""

from __future__ import annotations

import pyotp
import pytest

from tests.storage.conftest import MakeStore
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import CENTRE_AREA, Staff
from trainer_app.records.operation import Edit
from trainer_app.records.problem import InputProblem
from trainer_app.storage import accounts, enrolment_codes, throttle
from trainer_app.storage.accounts import ABSOLUTE_MS, IDLE_MS
from trainer_app.storage.database import Database
from trainer_app.storage.enrolment_codes import EXPIRED, LIFE_MS, USED, WRONG, CodeProblem
from trainer_app.storage.server_tables import create_server_tables

NOW = 1_795_000_000_000
GOOD = "kuda laut membaca koran"


@pytest.fixture
def db(make_store: MakeStore) -> Database:
    """A centre's database."""
    store = make_store(areas=())
    create_server_tables(store.db)
    return store.db


@pytest.mark.parametrize(
    "password",
    [
        "pendek123",
        "aaaaaaaaaaaaaa",
        "password1234",
        "Indonesia2026!",
        "123456789012345",
        "qwertyuiop!!",
        "sayangkamu123",
        "hendraCONTOH99",
        "x" * 300,
    ],
)
def test_passwords_that_are_refused(password: str) -> None:
    with pytest.raises(InputProblem) as refused:
        accounts.check_password(password, "hendra", "Hendra CONTOH")
    assert refused.value.code in ("password.short", "password.common", "password.long")


@pytest.mark.parametrize(
    "password", [GOOD, "rM3!kLq0zT7#w", "tujuh belas layang-layang biru", "Bandung pisang 47 kertas"]
)
def test_passwords_that_are_taken(password: str) -> None:
    accounts.check_password(password, "hendra", "Hendra CONTOH")


def test_sign_in_needs_the_right_password(db: Database) -> None:
    staff = new_id()
    db.transact(lambda c: accounts.create_account(c, staff, " Hendra ", GOOD, NOW))
    with db.reading() as c:
        login = accounts.find_login(c, "HENDRA")
        nobody = accounts.find_login(c, "siapa\0")
    assert login is not None
    assert login.staff == staff
    assert GOOD not in login.password
    assert accounts.password_fits(login, GOOD)
    assert not accounts.password_fits(login, GOOD + " ")
    assert not accounts.password_fits(nobody, GOOD)


def test_a_login_belongs_to_one_person(db: Database) -> None:
    db.transact(lambda c: accounts.create_account(c, new_id(), "hendra", GOOD, NOW))
    with pytest.raises(InputProblem, match="sudah dipakai"):
        db.transact(lambda c: accounts.create_account(c, new_id(), "hendra", GOOD, NOW))


def test_the_second_factor_works_once(db: Database) -> None:
    staff = new_id()
    secret, address = accounts.new_totp("hendra", "Trainer App")
    assert address.startswith("otpauth://totp/Trainer%20App:hendra")
    db.transact(lambda c: accounts.create_account(c, staff, "hendra", GOOD, NOW))
    db.transact(lambda c: accounts.set_totp(c, staff, secret))
    code = pyotp.TOTP(secret).at(NOW // 1000)

    def use(text: str, now: int = NOW) -> bool:
        def work(c: object) -> bool:
            login = accounts.find_login(c, "hendra")  # type: ignore[arg-type]  # the transaction's connection
            assert login is not None
            return accounts.use_second_factor(c, login, text, now)  # type: ignore[arg-type]  # the same

        return db.transact(work)

    assert not use("")
    assert not use("000000" if code != "000000" else "111111")
    assert not use(code, NOW + 10 * 60_000)
    assert use(f"{code[:3]} {code[3:]}", NOW + 25_000)
    assert not use(code, NOW + 26_000)


def test_a_session_ends_idle_or_at_the_end_of_the_day(db: Database) -> None:
    staff = new_id()
    token = db.transact(lambda c: accounts.begin_session(c, staff, NOW))
    with db.reading() as c:
        assert accounts.find_session(c, token, NOW + IDLE_MS) == (staff, NOW)
        assert accounts.find_session(c, token, NOW + IDLE_MS + 1) is None
        assert accounts.find_session(c, token[:-1] + "x", NOW) is None
        assert token.encode() not in b"".join(bytes(row[0]) for row in c.all("SELECT token FROM web_session"))
    for hour in range(1, 30):
        db.transact(lambda c, at=NOW + hour * 25 * 60_000: accounts.seen(c, token, at))  # type: ignore[misc]  # bound at once
    with db.reading() as c:
        assert accounts.find_session(c, token, NOW + ABSOLUTE_MS + 1) is None


def test_a_new_password_ends_every_session(db: Database) -> None:
    staff = new_id()
    db.transact(lambda c: accounts.create_account(c, staff, "hendra", GOOD, NOW))
    token = db.transact(lambda c: accounts.begin_session(c, staff, NOW))
    db.transact(lambda c: accounts.create_account(c, staff, "hendra", GOOD + " baru", NOW))
    with db.reading() as c:
        assert accounts.find_session(c, token, NOW) is None


def test_role_and_areas_are_those_of_the_staff_record(make_store: MakeStore) -> None:
    store = make_store(areas=())
    create_server_tables(store.db)
    staff = new_id()

    def who() -> accounts.Visitor | None:
        with store.db.reading() as c:
            return accounts.signed_in(c, staff)

    assert who() is None
    values = {"full_name": "Hendra CONTOH", "role": "pengawas", "areas": "5301,5302", "state": "aktif"}
    store.save([Edit(Staff, staff, CENTRE_AREA, values)], staff)
    assert who() == accounts.Visitor(staff, "Hendra CONTOH", "pengawas", frozenset({5301, 5302}))
    store.save([Edit(Staff, staff, CENTRE_AREA, {"areas": None})], staff)
    everywhere = who()
    assert everywhere is not None
    assert everywhere.areas is None
    store.save([Edit(Staff, staff, CENTRE_AREA, {"state": "berhenti"})], staff)
    assert who() is None


def guess(db: Database, now: int = NOW, *subjects: str) -> int:
    return db.transact(lambda c: throttle.begin(c, now, *(subjects or ("login:hendra",))))


def wait(db: Database, subject: str = "login:hendra", now: int = NOW) -> int:
    with db.reading() as c:
        return throttle.wait_ms(c, subject, now)


def guess_on(db: Database, now: int, times: int) -> int:
    """Wrong guesses, each as soon as it may be made; the moment after the last."""
    for _guess in range(times):
        now += wait(db, now=now)
        assert guess(db, now) == 0
    return now


def test_wrong_guesses_cost_more_and_more_time(db: Database) -> None:
    now, waits = NOW, []
    for _guess in range(9):
        now = guess_on(db, now, 1)
        waits.append(wait(db, now=now))
    assert waits == [0, 0, 0, 0, 2_000, 4_000, 8_000, 16_000, 32_000]
    assert guess(db, now) == 32_000, "too early, and not counted"
    assert wait(db, now=now + 1_000) == 31_000
    assert wait(db, "login:siti", now) == 0
    now = guess_on(db, now, 10)
    assert wait(db, now=now) == throttle.LONGEST_DELAY_MS
    assert guess(db, now, "login:siti", "login:hendra") == throttle.LONGEST_DELAY_MS
    db.transact(lambda c: throttle.succeeded(c, "login:hendra"))
    assert wait(db, now=now) == 0


def test_a_right_guess_does_not_excuse_the_wrong_ones_of_others(db: Database) -> None:
    for _guess in range(throttle.FREE_FAILURES):
        guess(db)
    for _right in range(3):
        assert guess(db) == 0
        db.transact(lambda c: throttle.was_right(c, "login:hendra"))
    assert guess(db) == 0
    assert wait(db) == throttle.FIRST_DELAY_MS


def test_wrong_guesses_are_forgotten_after_a_day(db: Database) -> None:
    later = guess_on(db, NOW, 8) + throttle.FORGOTTEN_AFTER_MS + 1
    assert guess(db, later) == 0
    assert wait(db, now=later) == 0
    db.transact(lambda c: throttle.sweep(c, later + throttle.FORGOTTEN_AFTER_MS + 1))
    with db.reading() as c:
        assert c.value("SELECT COUNT(*) FROM throttle") == 0


def test_a_clock_that_was_ten_years_ahead_locks_nobody_out(db: Database) -> None:
    ahead = guess_on(db, NOW + 10 * 365 * 86_400_000, 20)
    assert wait(db, now=ahead)
    assert wait(db) == 0
    assert guess(db) == 0
    token = db.transact(lambda c: accounts.begin_session(c, new_id(), ahead))
    code = db.transact(lambda c: enrolment_codes.issue(c, SALT, (5301,), None, new_id(), ahead))
    with db.reading() as c:
        assert accounts.find_session(c, token, ahead) is not None
        assert accounts.find_session(c, token, NOW) is None
        assert len(enrolment_codes.open_codes(c, ahead)) == 1
        assert enrolment_codes.open_codes(c, NOW) == []
    with pytest.raises(CodeProblem) as refused:
        redeem(db, code)
    assert refused.value.code == EXPIRED


SALT = bytes(range(16))
KEY, OTHER_KEY = "aa" * 32, "bb" * 32


def redeem(db: Database, code: str, key: str = KEY, now: int = NOW) -> bytes:
    code_hash = enrolment_codes.hashed(code, SALT)
    return db.transact(lambda c: enrolment_codes.redeem(c, code_hash, new_id(), key, now))[1]


def test_a_code_works_once_for_one_laptop(db: Database) -> None:
    staff = new_id()
    code = db.transact(lambda c: enrolment_codes.issue(c, SALT, (5301, 5302), staff, new_id(), NOW))
    assert len(code) == 8
    assert set(code) <= set(enrolment_codes.ALPHABET)
    with db.reading() as c:
        (kept,) = enrolment_codes.open_codes(c, NOW)
        assert (kept.areas, kept.for_staff) == ((5301, 5302), staff)
    replica = redeem(db, f"{code[:4].lower()} - {code[4:]}")
    assert redeem(db, code) == replica, "the answer was lost: the same laptop asks again"
    with pytest.raises(CodeProblem) as used:
        redeem(db, code, OTHER_KEY)
    assert used.value.code == USED
    with db.reading() as c:
        assert enrolment_codes.open_codes(c, NOW) == []


def test_a_code_that_is_wrong_or_late(db: Database) -> None:
    code = db.transact(lambda c: enrolment_codes.issue(c, SALT, (5301,), None, new_id(), NOW))
    with pytest.raises(CodeProblem) as wrong:
        redeem(db, "ABCDEFGH")
    assert wrong.value.code == WRONG
    with pytest.raises(CodeProblem) as late:
        redeem(db, code, now=NOW + LIFE_MS + 1)
    assert late.value.code == EXPIRED
    assert redeem(db, code, now=NOW + LIFE_MS)
