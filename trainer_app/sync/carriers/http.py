"""The internet path: one POST per round, bare headers, a plain sentence for all that can go wrong."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from trainer_app.sync.carriers.http_faults import explained, is_page, read_body, understood
from trainer_app.sync.carriers.route import PATH, checked_address

if TYPE_CHECKING:
    import requests

CONNECT_SECONDS, READ_SECONDS = 15.0, 60.0
#: A connection that nobody used for so long may have been closed meanwhile, which is no fault.
STALE_SECONDS = 4.0
#: Nor is a request so small worth asking first what came of it.
_SMALL_BYTES = 1024


class HttpCarrier:
    """A kept-alive connection to the centre at `address`. `proxy` is the address of one that the settings
    name; else that of the environment or of the operating system counts, if there is one.
    """

    def __init__(self, address: str, *, read_seconds: float = READ_SECONDS, proxy: str = "") -> None:
        self._address = checked_address(address)
        self._timeout = (CONNECT_SECONDS, read_seconds)
        self._proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._used_at = 0.0
        self._session: requests.Session | None = None
        self._kept_alive = False

    def _opened(self) -> requests.Session:
        if self._session is None:
            import requests

            self._session = requests.Session()
            self._session.headers.clear()
        return self._session

    def send(self, data: bytes) -> bytes:
        """POST the request and read the answer. Raises `CarrierProblem` and `Refused`."""
        with understood():
            return self._sent_again(data) if self._kept_alive else self._sent(data)

    def _sent(self, data: bytes) -> bytes:
        self._kept_alive = False
        try:
            with self._opened().send(self._prepared(data), **self._how()) as response:
                body = self._body(response)
        except BaseException:
            self.close()
            raise
        self._kept_alive, self._used_at = True, time.monotonic()
        return body

    def _sent_again(self, data: bytes) -> bytes:
        """Over a connection that was kept: the other side may have closed it meanwhile, which is no fault.

        A request that did arrive is refused as seen before, and `exchange` then counts on. A large one over a
        connection that was in use just now broke off instead: who sends asks first what arrived of it.
        """
        import requests

        stale = time.monotonic() - self._used_at > STALE_SECONDS
        if len(data) > _SMALL_BYTES and not stale:
            return self._sent(data)
        try:
            return self._sent(data)
        except requests.exceptions.Timeout:
            raise
        except requests.exceptions.ConnectionError:
            self.close()
            return self._sent(data)

    def _prepared(self, data: bytes) -> requests.PreparedRequest:
        import requests
        from urllib3.util import SKIP_HEADER

        bare = {"User-Agent": SKIP_HEADER, "Accept-Encoding": SKIP_HEADER}
        prepared = requests.Request("POST", self._address + PATH, data=data, headers=bare)
        return self._opened().prepare_request(prepared)

    def _how(self) -> dict[str, Any]:
        merged = self._opened().merge_environment_settings(
            self._address, dict(self._proxies), True, None, None
        )
        return {**merged, "timeout": self._timeout, "allow_redirects": False}

    def _body(self, response: requests.Response) -> bytes:
        if response.status_code == 200 and not is_page(response):
            return read_body(response)
        raise explained(response)

    def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            self._session.close()
            self._session = None
        self._kept_alive = False
