"""A supervisor's laptop serves others over a real socket with TLS, and nobody between them gets anywhere."""

from __future__ import annotations

import hashlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sync.world import AREA, Laptop, World, connect
from trainer_app.records.ids import NO_ID, RecordId, new_id
from trainer_app.records.kinds import CENTRE_AREA, Device, Person
from trainer_app.records.operation import Edit
from trainer_app.records.problem import AccessProblem, CarrierProblem, InputProblem
from trainer_app.server.hub import Hub, _made_certificate, _server_context
from trainer_app.storage.care import in_care
from trainer_app.storage.integrity import verify_log
from trainer_app.storage.sending_state import send_state
from trainer_app.sync.carriers.lan import HubConnection, LanCarrier, host_and_port, meet
from trainer_app.sync.exchange import exchange
from trainer_app.sync.pairing import CODE_NEEDED, CODE_WRONG, IMPOSTOR, TRIES, forget, known_hubs
from trainer_app.sync.progress import ExchangeResult
from trainer_app.sync.visits import BROKEN, DONE

STAFF = new_id()


@pytest.fixture
def supervisor(world: World) -> Laptop:
    return world.laptop()


@pytest.fixture
def hub(supervisor: Laptop) -> Iterator[Hub]:
    hub = Hub(supervisor.store, host="127.0.0.1", port=0)
    hub.start()
    yield hub
    hub.stop()


def address(hub: Hub) -> str:
    return f"127.0.0.1:{hub.port}"


def register(laptop: Laptop, n: int = 1) -> list[RecordId]:
    rows = [new_id() for _ in range(n)]
    laptop.store.save(
        [Edit(Person, row, AREA, {"full_name": f"Peserta {i} CONTOH"}) for i, row in enumerate(rows)], STAFF
    )
    return rows


def send(laptop: Laptop, to: str, code: str = "") -> ExchangeResult:
    hub = meet(laptop.store, to, code)
    carrier = LanCarrier(hub)
    try:
        return exchange(laptop.store, carrier, hub=hub.replica)
    finally:
        carrier.close()


def test_two_trainers_a_hub_and_the_centre(world: World, supervisor: Laptop, hub: Hub) -> None:
    one, two = world.laptop(), world.laptop()
    connect(supervisor, one, two)
    people = register(one, 20) + register(two, 3)
    for laptop in (one, two):
        send(laptop, address(hub))
        assert send_state(laptop.store).at_supervisor == len(people) - (20 if laptop is two else 3)
    assert [(v.state, v.received, v.left) for v in hub.visits.all()] == [(DONE, 3, 0), (DONE, 20, 0)]
    connect(supervisor)
    assert all(world.centre.get(Person, person) for person in people)
    for laptop in (one, two):
        assert len(send(laptop, address(hub)).receipts) == 1
        assert send_state(laptop.store).all_received
    send(one, address(hub))
    assert world.equal(supervisor, one, two)


def test_ten_laptops_at_once_one_pulled_out_and_the_hub_restarted(world: World, supervisor: Laptop) -> None:
    laptops = [world.laptop() for _ in range(10)]
    connect(supervisor, *laptops)
    people = [person for laptop in laptops for person in register(laptop, 30)]
    hub = Hub(supervisor.store, host="127.0.0.1", port=0)
    hub.start()
    port = hub.port
    reached = threading.Event()

    class PulledOut(LanCarrier):
        def send(self, data: bytes) -> bytes:
            reply = super().send(data)
            if len(data) > 500:  # the answer to what was brought never arrives
                self.close()
                raise CarrierProblem("pulled out", code="test.cut")
            return reply

    def go(laptop: Laptop) -> bool:
        known = meet(laptop.store, f"127.0.0.1:{port}")
        carrier = PulledOut(known) if laptop is laptops[3] else LanCarrier(known)
        try:
            exchange(laptop.store, carrier, hub=known.replica)
        except CarrierProblem:
            return False
        finally:
            carrier.close()
            reached.set()
        return True

    with ThreadPoolExecutor(10) as pool:
        going = [pool.submit(go, laptop) for laptop in laptops]
        assert reached.wait(60)
        hub.stop()  # as if killed: what is under way is cut
        went = [one.result() for one in going]
    assert not went[3]
    states = {visit.replica: visit.state for visit in hub.visits.all()}
    for laptop, well in zip(laptops, went, strict=True):
        state = send_state(laptop.store)
        assert state.at_supervisor == (30 if well else 0), "a laptop says only what it knows"
        assert state.pending + state.at_supervisor == 30
        if well:
            assert states[laptop.store.replica] == DONE
    world.reopen(supervisor)  # the program ended and starts again
    assert not verify_log(supervisor.store).faults
    again = Hub(supervisor.store, host="127.0.0.1", port=0)
    again.start()
    try:
        with ThreadPoolExecutor(10) as pool:
            list(pool.map(lambda laptop: send(laptop, address(again)), laptops))
        assert all(send_state(laptop.store).at_supervisor == 30 for laptop in laptops)
        connect(supervisor)
        assert all(world.centre.get(Person, person) for person in people)
        assert world.centre.count(Person) == 300
        with ThreadPoolExecutor(10) as pool:
            list(pool.map(lambda laptop: send(laptop, address(again)), laptops))
    finally:
        again.stop()
    assert all(send_state(laptop.store).all_received for laptop in laptops)
    assert in_care(supervisor.store) == []
    assert world.equal(supervisor, *laptops)


def test_the_supervisor_goes_on_working_meanwhile(world: World, supervisor: Laptop, hub: Hub) -> None:
    laptops = [world.laptop() for _ in range(3)]
    connect(supervisor, *laptops)
    for laptop in laptops:
        register(laptop, 40)
    with ThreadPoolExecutor(4) as pool:
        going = [pool.submit(send, laptop, address(hub)) for laptop in laptops]
        mine = [register(supervisor)[0] for _ in range(30)]
        for one in going:
            one.result()
    connect(supervisor)
    assert send_state(supervisor.store).all_received
    assert all(world.centre.get(Person, person) for person in mine)
    assert world.centre.count(Person) == 150


# --- who is who ---------------------------------------------------------------------------------------------


def test_a_hub_on_the_centre_s_list_needs_no_code(world: World, supervisor: Laptop, hub: Hub) -> None:
    laptop = world.laptop()
    connect(supervisor, laptop)
    known = meet(laptop.store, address(hub))
    assert (known.replica, known.fingerprint) == (supervisor.store.replica, hub.fingerprint)
    assert known_hubs(laptop.store) == [known]


def test_a_new_hub_needs_the_code_once(world: World, supervisor: Laptop, hub: Hub) -> None:
    laptop = world.laptop()
    connect(supervisor)  # the laptop itself has heard nothing of the hub
    with pytest.raises(AccessProblem) as caught:
        meet(laptop.store, address(hub))
    assert caught.value.code == CODE_NEEDED
    with pytest.raises(AccessProblem) as caught:
        meet(laptop.store, address(hub), _another(hub.doorkeeper.code))
    assert caught.value.code == CODE_WRONG
    code = hub.doorkeeper.code
    send(laptop, address(hub), f"{code[:3]} {code[3:]}")
    assert send(laptop, address(hub)).rounds >= 1
    forget(laptop.store, supervisor.store.replica)
    assert known_hubs(laptop.store) == []


def _another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_guessing_the_code_is_stopped_after_a_few_tries(world: World, supervisor: Laptop, hub: Hub) -> None:
    laptop = world.laptop()
    connect(supervisor)
    first = hub.doorkeeper.code
    for _ in range(TRIES):
        with pytest.raises(AccessProblem) as caught:
            meet(laptop.store, address(hub), _another(first))
        assert caught.value.code == CODE_WRONG
    assert hub.doorkeeper.code != first
    with pytest.raises(AccessProblem, match="Terlalu banyak kode salah"):
        meet(laptop.store, address(hub), hub.doorkeeper.code)


def test_a_hub_that_was_taken_out_is_refused(world: World, supervisor: Laptop, hub: Hub) -> None:
    laptop = world.laptop()
    world.centre.save(
        [Edit(Device, supervisor.store.replica, CENTRE_AREA, {"state": "dicabut", "revoked_after": 0})], NO_ID
    )
    connect(laptop)
    with pytest.raises(AccessProblem, match="sudah dicabut"):
        meet(laptop.store, address(hub), hub.doorkeeper.code)


class ManInTheMiddle:
    """Takes connections with a certificate of its own and hands what it reads to the hub, and back."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._context = _server_context(*_made_certificate(new_id()))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.heard: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                raw, _address = self._listener.accept()
            except OSError:
                return
            with raw:
                try:
                    self._relay(raw)
                except OSError:
                    continue

    def _relay(self, raw: socket.socket) -> None:
        raw.settimeout(5)
        with self._context.wrap_socket(raw, server_side=True) as victim:
            upstream = HubConnection(f"127.0.0.1:{self._hub.port}")
            try:
                while head := _head(victim):
                    self.heard.append(head)
                    path = head.split(b" ")[1].decode()
                    length = _length(head)
                    body = _exactly(victim, length)
                    status, _wait, said = upstream.ask(path, body if head.startswith(b"POST") else None)
                    victim.sendall(
                        b"HTTP/1.1 %d x\r\nContent-Length: %d\r\n\r\n" % (status, len(said)) + said
                    )
            finally:
                upstream.close()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)


def _head(stream: ssl.SSLSocket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = stream.recv(1)
        if not byte:
            return b""
        head += byte
    return head


def _length(head: bytes) -> int:
    lines = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return int(lines[0].split(b":")[1]) if lines else 0


def _exactly(stream: ssl.SSLSocket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        data += stream.recv(length - len(data))
    return data


@pytest.fixture
def middle(hub: Hub) -> Iterator[ManInTheMiddle]:
    middle = ManInTheMiddle(hub)
    yield middle
    middle.close()


def _by_the_list(world: World, laptop: Laptop, _hub: Hub) -> str:
    connect(laptop)
    return ""


def _by_the_code(_world: World, _laptop: Laptop, hub: Hub) -> str:
    return hub.doorkeeper.code


@pytest.mark.parametrize("how", [_by_the_list, _by_the_code])
def test_a_man_in_the_middle_is_refused(
    world: World,
    supervisor: Laptop,
    hub: Hub,
    middle: ManInTheMiddle,
    how: Callable[[World, Laptop, Hub], str],
) -> None:
    laptop = world.laptop()
    connect(supervisor)
    register(laptop)
    code = how(world, laptop, hub)
    if how is _by_the_list:
        register(laptop)
    with pytest.raises(AccessProblem) as caught:
        meet(laptop.store, f"127.0.0.1:{middle.port}", code)
    assert caught.value.code in (IMPOSTOR, CODE_WRONG)
    assert "angan kirim lewat Wi-Fi ini" in caught.value.message
    assert known_hubs(laptop.store) == []
    assert not any(b"/sync/" in head for head in middle.heard)


def test_a_man_in_the_middle_of_a_known_pair_hears_nothing_at_all(
    world: World, supervisor: Laptop, hub: Hub, middle: ManInTheMiddle
) -> None:
    laptop = world.laptop()
    connect(supervisor)
    known = meet(laptop.store, address(hub), hub.doorkeeper.code)
    register(laptop)
    moved = type(known)(
        known.replica, known.name, known.fingerprint, f"127.0.0.1:{middle.port}", known.met_at
    )
    carrier = LanCarrier(moved)
    with pytest.raises(AccessProblem, match="flashdisk"):
        exchange(laptop.store, carrier, hub=known.replica)
    carrier.close()
    assert middle.heard == []
    assert send_state(laptop.store).pending == 1
    send(laptop, address(hub))
    assert send_state(laptop.store).at_supervisor == 1


def test_older_tls_is_refused(hub: Hub) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection(("127.0.0.1", hub.port), 5) as raw, pytest.raises(ssl.SSLError):
        context.wrap_socket(raw)


def test_the_certificate_stays_over_restarts(world: World, supervisor: Laptop) -> None:
    first = Hub(supervisor.store, host="127.0.0.1", port=0)
    world.reopen(supervisor)
    second = Hub(supervisor.store, host="127.0.0.1", port=0)
    assert first.fingerprint == second.fingerprint != hashlib.sha256(b"").digest()


# --- rude guests --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/", None, 404),
        ("/enrol/v1", b"{}", 404),
        ("/pair/v1", b"[]", 400),
        ("/pair/v1", b'{"session": "zz"}', 400),
        ("/pair/v1", b"x" * 5000, 413),
        ("/pair/v1", b'{"session": "' + b"0" * 32 + b'", "proof": "00"}', 410),
        ("/sync/v1", b"", 400),
        ("/sync/v1", b"x" * 100, 400),
    ],
)
def test_what_is_not_understood_is_refused_in_words(
    hub: Hub, path: str, body: bytes | None, status: int
) -> None:
    connection = HubConnection(address(hub))
    found, _wait, said = connection.ask(path, body)
    connection.close()
    assert found == status
    assert said.startswith(b'{"code"')


def test_guests_who_say_nothing_keep_nobody_waiting(world: World, supervisor: Laptop, hub: Hub) -> None:
    laptop = world.laptop()
    connect(supervisor, laptop)
    silent = [socket.create_connection(("127.0.0.1", hub.port), 5) for _ in range(20)]
    try:
        register(laptop)
        send(laptop, address(hub))
    finally:
        for one in silent:
            one.close()
    assert send_state(laptop.store).at_supervisor == 1


def test_a_laptop_that_leaves_in_the_middle_is_shown_so(world: World, supervisor: Laptop, hub: Hub) -> None:
    laptop = world.laptop()
    connect(supervisor, laptop)
    register(laptop, 5)
    known = meet(laptop.store, address(hub))
    told = threading.Event()
    hub.visits._changed = lambda: told.set() if hub.visits.all()[0].state == BROKEN else None

    class Leaves(LanCarrier):
        def send(self, data: bytes) -> bytes:
            super().send(data)
            self.close()
            raise CarrierProblem("gone", code="test.cut")

    with pytest.raises(CarrierProblem):
        exchange(laptop.store, Leaves(known), hub=known.replica)
    assert told.wait(10)
    (visit,) = hub.visits.all()
    assert (visit.state, visit.received, visit.left) == (BROKEN, 0, 5)
    send(laptop, address(hub))
    (visit,) = hub.visits.all()
    assert (visit.state, visit.received, visit.left) == (DONE, 5, 0)


def test_nobody_there_is_said_in_words(world: World) -> None:
    laptop = world.laptop()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(CarrierProblem, match="Wi-Fi yang sama"):
        meet(laptop.store, f"127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("192.168.1.5", ("192.168.1.5", 47530)),
        (" https://192.168.1.5:4000/ ", ("192.168.1.5", 4000)),
        ("pengawas.local", ("pengawas.local", 47530)),
        ("[fe80::1]:5", ("fe80::1", 5)),
        ("fe80::1", ("fe80::1", 47530)),
    ],
)
def test_addresses_as_people_type_them(typed: str, meant: tuple[str, int]) -> None:
    assert host_and_port(typed) == meant


@pytest.mark.parametrize("typed", ["", "a b", "x:0", "x:70000", "x:y", "http://x/y?z"])
def test_addresses_that_are_none(typed: str) -> None:
    with pytest.raises(InputProblem):
        host_and_port(typed)
