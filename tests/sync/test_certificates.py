"""A centre whose certificate does not hold, over real TLS: a wrong clock is no false centre."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.sync.rude_site import RudeSite
from trainer_app.records.problem import CarrierProblem
from trainer_app.sync.carriers.http import HttpCarrier

DAY = timedelta(days=1)
NOW = datetime.now(UTC)


def certificate(folder: Path, begins: datetime, ends: datetime, name: str = "localhost") -> Path:
    """A certificate for localhost and its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Pusat CONTOH")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "pusat.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


@contextmanager
def site(path: Path) -> Iterator[int]:
    """A TLS server that answers `OK` to whatever comes; gives its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    listener = create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                line, _address = listener.accept()
                line.settimeout(10)
                with suppress(OSError), context.wrap_socket(line, server_side=True) as secure:
                    heard = b""
                    while b"question" not in heard and (part := secure.recv(65536)):
                        heard += part
                    secure.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK")

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):
            listener.shutdown(2)
        listener.close()


@pytest.mark.parametrize(
    ("begins", "ends", "name", "trusted", "code", "words"),
    [
        (NOW + DAY, NOW + 9 * DAY, "localhost", True, "http.clock", "Jam laptop ini menunjukkan"),
        (NOW - 9 * DAY, NOW - DAY, "localhost", True, "http.clock", "Jam laptop ini menunjukkan"),
        (NOW - DAY, NOW + DAY, "lain.contoh.id", True, "http.certificate", "keasliannya"),
        (NOW - DAY, NOW + DAY, "localhost", False, "http.certificate", "keasliannya"),
        (NOW - DAY, NOW + DAY, "localhost", True, "", ""),
    ],
)
def test_certificates(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    begins: datetime,
    ends: datetime,
    name: str,
    trusted: bool,
    code: str,
    words: str,
) -> None:
    path = certificate(tmp_path, begins, ends, name)
    if trusted:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    with site(path) as port:
        carrier = HttpCarrier(f"https://localhost:{port}", read_seconds=10)
        if not code:
            assert carrier.send(b"question") == b"OK"
        else:
            with pytest.raises(CarrierProblem) as caught:
                carrier.send(b"question")
            assert caught.value.code == code
            assert words in caught.value.message
            assert "Catatan tetap aman" in caught.value.message
        carrier.close()


def test_somebody_who_speaks_no_tls() -> None:
    with RudeSite([b"HTTP/1.1 302 Found\r\nlocation: http://wifi.contoh/masuk\r\n\r\n"]) as portal:
        portal.raw = True
        with pytest.raises(CarrierProblem) as caught:
            HttpCarrier(f"https://127.0.0.1:{portal.port}", read_seconds=5).send(b"question")
    assert caught.value.code == "http.tls"
    assert "masuk dulu lewat peramban" in caught.value.message
