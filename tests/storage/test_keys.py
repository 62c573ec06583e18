"""The key ring: what opens, what does not, what guessing costs; and nothing shuts the data up for ever."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import keyring
import keyring.backend
import pyrage
import pytest

from trainer_app.records.ids import new_id
from trainer_app.records.problem import AccessProblem, InputProblem, StoreProblem
from trainer_app.storage import keys as keys_module
from trainer_app.storage import keystore
from trainer_app.storage.keys import KeyRing, PinProblem, check_new_pin
from trainer_app.storage.pins import check_personal_code, hash_personal_code, new_personal_code
from trainer_app.storage.ringfile import COPY_NAME, FILE_NAME, Cost

QUICK = Cost(memory_kib=64, rounds=1)  # the rules do not depend on how slow a guess is
SITI, BUDI, TUTI = new_id(), new_id(), new_id()
PIN, OTHER_PIN, WRONG = "735194", "862073", "904817"


class Steady:
    """A steady clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Steady:
    return Steady()


@pytest.fixture
def ring(tmp_path: Path, clock: Steady) -> KeyRing:
    return KeyRing(tmp_path, monotonic=clock, cost=QUICK)


@pytest.fixture
def dek(ring: KeyRing) -> bytes:
    return ring.create(SITI, "Siti Rahma CONTOH", "pelatih", PIN)


class MemoryKeystore(keyring.backend.KeyringBackend):
    """Stands in for what the operating system keeps."""

    priority = 5  # type: ignore[assignment]  # keyring declares a property

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def os_keystore() -> Iterator[MemoryKeystore]:
    before = keyring.get_keyring()
    backend = MemoryKeystore()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def wrong(ring: KeyRing, staff: bytes, pin: str = WRONG) -> PinProblem:
    with pytest.raises(PinProblem) as caught:
        ring.unlock(staff, pin)
    return caught.value


# ---------------------------------------------------------------- opening
def test_the_first_user_opens_with_the_pin_and_nothing_else(ring, dek):
    assert len(dek) == 32
    assert ring.unlock(SITI, PIN) == dek
    assert wrong(ring, SITI).message == "PIN belum cocok. Sisa 4 kali."
    assert wrong(ring, BUDI).code == "pin.unknown_user"


def test_no_ring_before_set_up(ring):
    assert not ring.exists
    assert ring.users() == []
    with pytest.raises(StoreProblem, match="belum didaftarkan"):
        ring.unlock(SITI, PIN)


def test_a_second_ring_is_refused_since_it_would_close_the_data(ring, dek):
    with pytest.raises(StoreProblem) as caught:
        ring.create(BUDI, "Budi", "pelatih", PIN)
    assert caught.value.code == "keys.exists"
    assert ring.unlock(SITI, PIN) == dek


def test_blanks_and_full_width_digits_are_the_same_pin(ring, dek):
    assert ring.unlock(SITI, " 735194 ") == dek
    assert ring.unlock(SITI, "７３５１９４") == dek


def test_several_users_share_one_key_and_removing_one_closes_only_theirs(ring, dek):
    ring.add_user(dek, BUDI, "Budi Prasetyo CONTOH", "pelatih", OTHER_PIN)
    assert ring.unlock(BUDI, OTHER_PIN) == ring.unlock(SITI, PIN) == dek
    ring.remove_user(SITI)
    assert wrong(ring, SITI, PIN).code == "pin.unknown_user"
    assert ring.unlock(BUDI, OTHER_PIN) == dek
    assert SITI.hex() not in (ring.folder / FILE_NAME).read_text() + (ring.folder / COPY_NAME).read_text()
    with pytest.raises(AccessProblem) as caught:
        ring.remove_user(BUDI)
    assert caught.value.code == "keys.last_user"


def test_an_envelope_cannot_be_moved_to_another_user(ring, dek):
    ring.add_user(dek, BUDI, "Budi", "pengawas", OTHER_PIN)
    path = ring.folder / FILE_NAME
    content = json.loads(path.read_text())
    siti, budi = content["users"]
    budi.update({part: siti[part] for part in ("salt", "nonce", "sealed")})
    path.write_text(json.dumps(content))
    assert wrong(ring, BUDI, PIN).code == "pin.wrong"


def test_a_foreign_key_is_never_enveloped(ring, dek):
    with pytest.raises(AccessProblem) as caught:
        ring.add_user(os.urandom(32), BUDI, "Budi", "pelatih", OTHER_PIN)
    assert caught.value.code == "keys.other_key"
    assert [user.staff_id for user in ring.users()] == [SITI]


def test_users_are_listed_with_the_last_sign_in_first(ring, dek):
    ring.add_user(dek, BUDI, "Budi", "pelatih", OTHER_PIN)
    ring.add_user(dek, TUTI, "Tuti", "pengawas", OTHER_PIN)
    ring.unlock(TUTI, OTHER_PIN)
    assert [(u.name, u.last_at is None) for u in ring.users()] == [
        ("Tuti", False),
        ("Siti Rahma CONTOH", False),  # who made the ring works here from then on
        ("Budi", True),
    ]
    ring.unlock(BUDI, OTHER_PIN, stays=False)  # a supervisor who lets it send is not the one at work
    assert [user.name for user in ring.users()] == ["Tuti", "Siti Rahma CONTOH", "Budi"]
    ring.describe_user(BUDI, "Budi Prasetyo", "pengawas")
    assert ("Budi Prasetyo", "pengawas") in {(u.name, u.role) for u in ring.users()}
    assert ring.unlock(BUDI, OTHER_PIN) == dek


def test_change_pin(ring, dek):
    with pytest.raises(PinProblem):
        ring.change_pin(SITI, WRONG, OTHER_PIN)
    with pytest.raises(InputProblem, match="sama dengan PIN lama"):
        ring.change_pin(SITI, PIN, PIN)
    ring.change_pin(SITI, PIN, OTHER_PIN)
    assert wrong(ring, SITI, PIN).code == "pin.wrong"
    assert ring.unlock(SITI, OTHER_PIN) == dek


def test_a_new_envelope_costs_what_it_should(tmp_path):
    ring = KeyRing(tmp_path)
    ring.create(SITI, "Siti", "pelatih", PIN)
    user = json.loads((tmp_path / FILE_NAME).read_text())["users"][0]
    assert (user["memory_kib"], user["rounds"]) == (65536, 3)
    assert ring.unlock(SITI, PIN)


# ---------------------------------------------------------------- guessing
def test_after_five_wrong_pins_every_further_one_waits_longer(ring, dek, clock):
    left = [wrong(ring, SITI).tries_left for _n in range(4)]
    assert left == [4, 3, 2, 1]
    waits = []
    for _n in range(6):
        problem = wrong(ring, SITI)
        assert problem.code == "pin.wrong"
        waits.append(problem.wait_seconds)
        clock.seconds += problem.wait_seconds - 1
        early = wrong(ring, SITI, PIN)  # even the right one is not looked at
        assert (early.code, early.wait_seconds) == ("pin.wait", 1)
        clock.seconds += 1
    assert waits == [30, 60, 120, 300, 600, 600]
    assert ring.unlock(SITI, PIN) == dek
    assert (ring.tries_left(SITI), ring.wait_seconds(SITI)) == (5, 0.0)


def test_the_sentence_names_the_wait(ring, dek, clock):
    for _n in range(4):
        wrong(ring, SITI)
    assert wrong(ring, SITI).message == "PIN belum cocok. Tunggu 30 detik, lalu coba lagi."
    clock.seconds += 10
    assert wrong(ring, SITI).message == "Terlalu banyak PIN salah. Tunggu 20 detik, lalu coba lagi."


def test_a_restart_begins_the_wait_anew_and_a_changed_date_is_nothing_to_it(ring, dek, clock, monkeypatch):
    for _n in range(5):
        wrong(ring, SITI)
    clock.seconds += 30
    assert wrong(ring, SITI).wait_seconds == ring.wait_seconds(SITI) == 60
    clock.seconds += 59
    monkeypatch.setattr(keys_module, "wall_ms", lambda: 4_000_000_000_000)
    restarted = KeyRing(ring.folder, monotonic=clock, cost=QUICK)
    assert restarted.wait_seconds(SITI) == 60
    assert wrong(restarted, SITI, PIN).code == "pin.wait"


def test_one_user_waiting_keeps_nobody_else_out(ring, dek):
    ring.add_user(dek, BUDI, "Budi", "pelatih", OTHER_PIN)
    for _n in range(5):
        wrong(ring, SITI)
    assert ring.wait_seconds(SITI) > 0
    assert ring.unlock(BUDI, OTHER_PIN) == dek


def test_many_processes_guessing_at_once_share_one_count(ring, dek, clock):
    """Each waits in full for the tries of the others: no gain from starting the program often."""
    rings = [KeyRing(ring.folder, monotonic=clock, cost=QUICK) for _n in range(3)]
    for _n in range(5):
        wrong(ring, SITI)
    for other in rings:
        assert wrong(other, SITI, PIN).code == "pin.wait"
    clock.seconds += 30
    assert wrong(rings[0], SITI).code == "pin.wrong"
    assert wrong(rings[1], SITI, PIN).wait_seconds == 60


GUESS_AND_DIE = """
import os, sys
from pathlib import Path
from types import SimpleNamespace
from trainer_app.storage import keys
keys._opened = lambda *a: os._exit(9)  # the plug is pulled while the PIN is being tried
keys.KeyRing(Path(sys.argv[1])).unlock(bytes.fromhex(sys.argv[2]), sys.argv[3])
"""


def test_a_try_counts_even_if_the_plug_is_pulled(ring, dek):
    done = subprocess.run(
        [sys.executable, "-c", GUESS_AND_DIE, str(ring.folder), SITI.hex(), WRONG], check=False
    )
    assert done.returncode == 9
    assert ring.tries_left(SITI) == 4


# ---------------------------------------------------------------- good PINs
@pytest.mark.parametrize(
    "pin",
    [
        "123456",
        "654321",
        "012345",
        "890123",
        "111111",
        "121212",
        "123123",
        "112233",
        "445566",
        "990099",
        "797979",
        "246802",
        "1234567890",
    ],
)
def test_pins_that_are_tried_first_are_refused(pin):
    with pytest.raises(InputProblem, match="mudah ditebak") as caught:
        check_new_pin(pin)
    assert (caught.value.field, caught.value.code) == ("pin", "pin.weak")


@pytest.mark.parametrize("pin", ["140384", "840314", "031984", "14031984", "19840314", "290296"])
def test_birth_dates_are_refused(pin):
    with pytest.raises(InputProblem, match="tanggal lahir"):
        check_new_pin(pin)


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        ("", "short"),
        ("73519", "short"),
        ("7351947351947", "short"),
        ("rahasia", "letters"),
        ("aaaaaaaaaaaa", "weak"),
    ],
)
def test_too_short_or_too_simple(pin, code):
    with pytest.raises(InputProblem) as caught:
        check_new_pin(pin)
    assert caught.value.code == f"pin.{code}"


@pytest.mark.parametrize(
    "pin", [PIN, OTHER_PIN, "390571", "73519482", "kucing hujan sawah biru", "Jembatan7Merah"]
)
def test_good_ones_pass(pin):
    check_new_pin(pin)


def test_create_and_add_refuse_a_weak_pin_before_they_write(ring):
    with pytest.raises(InputProblem):
        ring.create(SITI, "Siti", "pelatih", "123456")
    assert not ring.exists


# ---------------------------------------------------------------- the secret of the laptop
def test_with_a_keystore_the_files_alone_open_nothing(tmp_path, os_keystore):
    ring = KeyRing(tmp_path, cost=QUICK)
    dek = ring.create(SITI, "Siti", "pelatih", PIN)
    assert ring.protection() == "keystore"
    assert not (tmp_path / keystore.SECRET_FILE).exists()
    assert ring.unlock(SITI, PIN) == dek
    os_keystore.kept.clear()  # the folder on another machine
    with pytest.raises(StoreProblem) as caught:
        ring.unlock(SITI, PIN)
    assert caught.value.code == "keys.device_secret"
    assert ring.tries_left(SITI) == 5  # nobody guessed


def test_without_one_the_secret_is_a_file_of_its_owner_and_that_is_said(ring, dek):
    assert ring.protection() == "file"
    assert "PIN saja kurang kuat" in keystore.PROTECTION_WORDS[ring.protection()]
    if os.name != "nt":
        for name in (keystore.SECRET_FILE, FILE_NAME, COPY_NAME):
            assert stat.S_IMODE((ring.folder / name).stat().st_mode) == 0o600


def test_data_for_trying_out_leaves_nothing_in_the_keystore(tmp_path, os_keystore):
    KeyRing(tmp_path, cost=QUICK).create(SITI, "Siti", "pelatih", PIN, keystore=False)
    assert os_keystore.kept == {}


def test_a_keystore_that_forgets_at_once_is_none(tmp_path, os_keystore):
    os_keystore.set_password = lambda *_words: None  # type: ignore[method-assign]  # a broken store
    ring = KeyRing(tmp_path, cost=QUICK)
    dek = ring.create(SITI, "Siti", "pelatih", PIN)
    assert ring.protection() == "file"
    assert ring.unlock(SITI, PIN) == dek


@pytest.mark.parametrize(
    ("locked", "protection"),
    [(False, "keystore"), (True, "file"), (None, "file")],
    ids=["open", "locked", "none"],
)
def test_a_desktop_keyring_that_would_ask_for_a_password_is_not_used(
    tmp_path, os_keystore, monkeypatch, locked, protection
):
    secretstorage = pytest.importorskip("secretstorage")

    def collection(_bus: object) -> object:
        if locked is None:
            raise secretstorage.ItemNotFoundException
        return SimpleNamespace(is_locked=lambda: locked)

    monkeypatch.setattr(type(os_keystore), "__module__", keystore.SECRET_SERVICE)
    monkeypatch.setattr(secretstorage, "dbus_init", lambda: SimpleNamespace(close=lambda: None))
    monkeypatch.setattr(secretstorage, "Collection", collection)
    ring = KeyRing(tmp_path, cost=QUICK)
    dek = ring.create(SITI, "Siti", "pelatih", PIN)
    assert ring.protection() == protection
    assert ring.unlock(SITI, PIN) == dek


def test_no_secret_is_readable_in_the_folder(ring, dek):
    everything = b"".join(path.read_bytes() for path in ring.folder.iterdir())
    for secret in (dek, dek.hex().encode(), PIN.encode()):
        assert secret not in everything


def test_the_key_of_a_centre(tmp_path):
    with pytest.raises(StoreProblem, match="Kunci data pusat"):
        keystore.centre_key(tmp_path)
    key = keystore.centre_key(tmp_path, create=True)
    assert keystore.centre_key(tmp_path) == keystore.centre_key(tmp_path, create=True) == key
    (tmp_path / keystore.CENTRE_FILE).write_text("broken")
    with pytest.raises(StoreProblem):  # never replaced by a new one: the data would be lost
        keystore.centre_key(tmp_path, create=True)


# ---------------------------------------------------------------- recovery
def test_the_centre_recovers_a_laptop_whose_pin_was_forgotten(ring, dek):
    identity = pyrage.x25519.Identity.generate()
    with pytest.raises(AccessProblem) as caught:
        ring.recover(str(identity))
    assert caught.value.code == "keys.no_recovery"
    ring.set_recovery_recipient(dek, str(identity.to_public()))
    assert ring.recovery_recipient == str(identity.to_public())
    assert ring.recover(str(identity)) == dek
    with pytest.raises(AccessProblem):
        ring.recover(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(AccessProblem):
        ring.recover("bukan kunci")
    ring.add_user(ring.recover(str(identity)), SITI, "Siti", "pelatih", OTHER_PIN)
    assert wrong(ring, SITI, PIN).code == "pin.wrong"  # the old PIN is dead
    assert ring.unlock(SITI, OTHER_PIN) == dek


def test_recovery_also_helps_when_the_laptops_secret_is_gone(ring, dek):
    identity = pyrage.x25519.Identity.generate()
    ring.set_recovery_recipient(dek, str(identity.to_public()))
    (ring.folder / keystore.SECRET_FILE).unlink()
    found = ring.recover(str(identity))
    ring.repair_device_secret(found)
    assert ring.users() == []
    ring.add_user(found, SITI, "Siti", "pelatih", OTHER_PIN)
    assert ring.unlock(SITI, OTHER_PIN) == dek


def test_a_text_that_is_no_recipient_is_refused(ring, dek):
    with pytest.raises(InputProblem):
        ring.set_recovery_recipient(dek, "age1tidak")
    assert ring.recovery_recipient is None


# ---------------------------------------------------------------- the file
def test_a_damaged_ring_is_read_from_its_copy(ring, dek):
    (ring.folder / FILE_NAME).write_bytes(b'{"format": 1, "us')
    assert ring.unlock(SITI, PIN) == dek
    assert json.loads((ring.folder / FILE_NAME).read_text())["format"] == 1


def test_damaged_twice_is_told_and_not_overwritten(ring, dek):
    for name in (FILE_NAME, COPY_NAME):
        (ring.folder / name).write_bytes(b"\0\xff")
    again = KeyRing(ring.folder)
    assert again.exists
    with pytest.raises(StoreProblem) as caught:
        again.unlock(SITI, PIN)
    assert caught.value.code == "keys.damaged"
    with pytest.raises(StoreProblem):
        again.create(SITI, "Siti", "pelatih", PIN)
    assert (ring.folder / FILE_NAME).read_bytes() == b"\0\xff"


@pytest.mark.parametrize(
    ("part", "value"),
    [("salt", "AAAA"), ("nonce", "AAAA"), ("memory_kib", 0), ("memory_kib", 4 << 30), ("rounds", 0)],
)
def test_an_envelope_that_cannot_be_one_is_damage(ring, dek, part, value):
    """Also what would ask for terabytes of memory to try a PIN."""
    content = json.loads((ring.folder / FILE_NAME).read_text())
    content["users"][0][part] = value
    (ring.folder / FILE_NAME).write_text(json.dumps(content))
    assert KeyRing(ring.folder).unlock(SITI, PIN) == dek, "from the copy"
    for name in (FILE_NAME, COPY_NAME):
        (ring.folder / name).write_text(json.dumps(content))
    with pytest.raises(StoreProblem) as caught:
        KeyRing(ring.folder).unlock(SITI, PIN)
    assert caught.value.code == "keys.damaged"


@pytest.mark.parametrize("content", ["[" * 100_000, '{"format": 1, "ring": "zz"}', "[]"])
def test_text_that_is_no_ring_is_damage(ring, dek, content):
    for name in (FILE_NAME, COPY_NAME):
        (ring.folder / name).write_text(content)
    with pytest.raises(StoreProblem) as caught:
        KeyRing(ring.folder).unlock(SITI, PIN)
    assert caught.value.code == "keys.damaged"


def test_a_ring_of_a_newer_program_is_left_alone(ring, dek):
    content = json.loads((ring.folder / FILE_NAME).read_text())
    (ring.folder / FILE_NAME).write_text(json.dumps({**content, "format": 2}))
    with pytest.raises(StoreProblem, match="lebih baru"):
        ring.unlock(SITI, PIN)


# ---------------------------------------------------------------- personal codes
def test_personal_codes_forgive_how_they_are_typed():
    code = new_personal_code()
    assert len(code) == 8
    assert not set(code) & set("01OI")
    kept = hash_personal_code(code)
    assert code not in kept
    assert check_personal_code(kept, f" {code[:4].lower()}-{code[4:]} ")
    assert not check_personal_code(kept, code[::-1] + "X")
    assert not check_personal_code("", code)
