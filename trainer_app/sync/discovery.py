"""Finding a supervisor's laptop on the local network by itself (multicast DNS). What is found is only a
place to ask at: who answers there is checked by `pairing`, and a typed address does as well.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trainer_app.records.ids import RecordId

if TYPE_CHECKING:
    from zeroconf import Zeroconf

_log = logging.getLogger(__name__)
SERVICE = "_trainer-app._tcp.local."
_NAME_LETTERS = 40
_ASK_MS = 2000


@dataclass(frozen=True, slots=True)
class Nearby:
    """A hub that says it is there. `address` is host and port, ready to be asked."""

    replica: RecordId
    name: str
    address: str


def local_addresses() -> list[str]:
    """The IPv4 addresses under which this machine can be reached on networks it is part of."""
    import ifaddr

    found = [
        str(ip.ip)
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if ip.is_IPv4 and not str(ip.ip).startswith(("127.", "169.254."))
    ]
    return list(dict.fromkeys(found))


def _opened(interfaces: list[str] | None) -> Zeroconf | None:
    from zeroconf import InterfaceChoice, IPVersion, Zeroconf

    try:
        chosen: Any = interfaces or InterfaceChoice.All
        return Zeroconf(interfaces=chosen, ip_version=IPVersion.V4Only)
    except OSError as fault:  # no network, or one that allows no multicast: a typed address still works
        _log.info("cannot look around on the local network: %s", type(fault).__name__)
        return None


class Announcement:
    """Lets others find this hub, until closed. `interfaces` are addresses to speak from (all unless
    given).
    """

    def __init__(self, replica: RecordId, name: str, port: int, interfaces: list[str] | None = None) -> None:
        self._open = _opened(interfaces)
        self._thread = threading.Thread(
            target=self._register, args=(replica, name, port, interfaces), name="announce", daemon=True
        )
        self._thread.start()

    def _register(self, replica: RecordId, name: str, port: int, interfaces: list[str] | None) -> None:
        """Takes a second or two, in which names on the network are compared."""
        from zeroconf import Error, ServiceInfo

        if self._open is None:
            return
        label = replica.hex()
        info = ServiceInfo(
            SERVICE,
            f"{label}.{SERVICE}",
            port,
            parsed_addresses=interfaces or local_addresses(),
            properties={"id": label, "name": name[:_NAME_LETTERS], "v": "1"},
            server=f"trainer-{label[-12:]}.local.",
        )
        try:
            self._open.register_service(info, allow_name_change=True)
        except (Error, OSError, RuntimeError) as fault:
            _log.info("cannot be found by itself on the local network: %s", type(fault).__name__)

    def close(self) -> None:
        """Say good-bye."""
        self._thread.join()
        if self._open is not None:
            self._open.close()


class Browser:
    """Looks for hubs until closed; `changed` is called from another thread when `found` is another."""

    def __init__(
        self, changed: Callable[[], None] = lambda: None, interfaces: list[str] | None = None
    ) -> None:
        self._changed = changed
        self._lock = threading.Lock()
        self._found: dict[str, Nearby] = {}
        self._open = _opened(interfaces)
        if self._open is not None:
            from zeroconf import ServiceBrowser

            ServiceBrowser(self._open, SERVICE, handlers=[self._heard])

    @property
    def found(self) -> list[Nearby]:
        """The hubs that are there now, by name."""
        with self._lock:
            return sorted(self._found.values(), key=lambda hub: (hub.name, hub.replica))

    def _heard(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: Any) -> None:
        from zeroconf import Error, ServiceStateChange

        hub = None
        if state_change is not ServiceStateChange.Removed:
            try:
                info = zeroconf.get_service_info(service_type, name, _ASK_MS)
            except (Error, OSError, RuntimeError, AssertionError) as fault:  # closed while it was being asked
                _log.info("a hub nearby could not be asked: %s", type(fault).__name__)
                return
            hub = _nearby(info) if info is not None else None
        with self._lock:
            if hub is not None:
                self._found[name] = hub
            else:
                self._found.pop(name, None)
        self._changed()

    def close(self) -> None:
        """Stop looking."""
        if self._open is not None:
            self._open.close()


def _nearby(info: Any) -> Nearby | None:
    """What an announcement says; None when it makes no sense."""
    told = {key: value or b"" for key, value in info.properties.items()}
    addresses = [socket.inet_ntoa(raw) for raw in info.addresses if len(raw) == 4]
    try:
        replica = bytes.fromhex(told.get(b"id", b"").decode())
        name = told.get(b"name", b"").decode()[:_NAME_LETTERS]
    except ValueError:
        return None
    if len(replica) != 16 or not addresses or not info.port:
        return None
    return Nearby(replica, name, f"{addresses[0]}:{info.port}")


def look_around(
    seconds: float, interfaces: list[str] | None = None, enough: Callable[[list[Nearby]], bool] = bool
) -> list[Nearby]:
    """The hubs that are heard of within so many seconds; ends early once there are `enough`."""
    heard = threading.Event()
    browser = Browser(lambda: heard.set() if enough(browser.found) else None, interfaces)
    try:
        heard.wait(seconds)
        return browser.found
    finally:
        browser.close()
