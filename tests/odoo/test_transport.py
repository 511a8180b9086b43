"""The way to a server: only whole, trusted answers in time; plain words for all else."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from recon_app.odoo.errors import Fault, OdooError
from recon_app.odoo.transport import Address, Transport, strict_json

Serve = Callable[[socket.socket], None]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def listening(serve: Serve) -> Iterator[Address]:
    """A server that does with its one connection what ``serve`` says."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(60)

    def run() -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, suppress(OSError):  # the other side has gone
            serve(connection)

    thread = Thread(target=run)
    thread.start()
    try:
        yield Address(secure=False, host="127.0.0.1", port=listener.getsockname()[1])
    finally:
        thread.join()
        listener.close()


def answering(data: bytes, *, drip: float = 0) -> Serve:
    def serve(connection: socket.socket) -> None:
        seen = connection.recv(65536)
        while b"POST" in seen and not seen.endswith(b"{}"):  # what is left unread would reset the connection
            seen += connection.recv(65536) or b"{}"
        if not drip:
            connection.sendall(data)
        for byte in data if drip else b"":
            connection.sendall(bytes([byte]))
            time.sleep(drip)

    return serve


def fault(address: Address, **settings: float) -> OdooError:
    with pytest.raises(OdooError) as caught:
        Transport(address, **{"deadline": 60, **settings}).post("/x", b"{}", {})  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("shop.example.com", "https://shop.example.com"),
        (" https://Shop.Example.com/ ", "https://shop.example.com"),
        ("https://shop.example.com:8443/web/login", "https://shop.example.com:8443"),
        ("http://localhost:8069/odoo", "http://localhost:8069"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://[::1]:8069", "http://[::1]:8069"),
    ],
)
def test_addresses(text: str, shown: str) -> None:
    assert str(Address.parse(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ftp://shop.example.com",
        "https://",
        "https://shop example.com",
        "https://me:secret@shop.example.com",
        "https://shop.example.com/deep/path",
        "https://shop.example.com?db=x",
        "https://shop.example.com:99999",
        "http://shop.example.com",
        "http://127.0.0.1.example.com",
        "http://192.168.1.5:8069",
    ],
)
def test_addresses_that_are_refused(text: str) -> None:
    with pytest.raises(OdooError) as caught:
        Address.parse(text)
    assert caught.value.fault is Fault.ADDRESS
    assert "secret" not in str(caught.value)


def test_plain_http_must_be_allowed() -> None:
    assert str(Address.parse("http://192.168.1.5:8069", plain_http=True)) == "http://192.168.1.5:8069"


def test_an_answer_comes_whole() -> None:
    with listening(answering(HEAD + b"Content-Length: 4\r\n\r\nnull")) as address:
        answer = Transport(address).post("/x", b"{}", {})
    assert (answer.status, answer.is_json, answer.body) == (200, True, b"null")


def test_a_redirect_is_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    with listening(answering(moved)) as address:
        answer = Transport(address).post("/x", b"{}", {})
    assert (answer.status, answer.is_json) == (302, False)


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with listening(answering(HEAD + b"Content-Length: 2\r\n\r\n{}")) as address:
        assert Transport(address).post("/x", b"{}", {}).body == b"{}"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (HEAD + b"Content-Length: 9\r\n\r\nnull", Fault.ANSWER),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\nnull", Fault.ANSWER),
        (b"SSH-2.0-OpenSSH\r\n", Fault.ANSWER),
        (b"", Fault.OFFLINE),
    ],
    ids=["cut off", "chunk cut off", "no HTTP", "hung up"],
)
def test_broken_answers(data: bytes, kind: Fault) -> None:
    with listening(answering(data)) as address:
        assert fault(address).fault is kind


def test_an_answer_may_not_be_too_large() -> None:
    with listening(answering(HEAD + b"Content-Length: 3000000\r\n\r\n" + b" " * 3_000_000)) as address:
        found = fault(address, max_bytes=2 * 2**20)
    assert (found.fault, "larger than 2 MB" in found.problem) == (Fault.ANSWER, True)


@pytest.mark.parametrize("data", [b"", HEAD, HEAD + b"\r\n" + b" " * 100], ids=["start", "head", "body"])
def test_a_dripping_server_is_cut_off_in_time(data: bytes) -> None:
    start = time.monotonic()
    whole = data + b"x" * 100
    with listening(answering(whole, drip=0.2)) as address:
        assert fault(address, deadline=0.4).fault is Fault.TIMEOUT
    assert time.monotonic() - start < 15  # all of it takes 20 s and more


def test_a_silent_server_is_cut_off_in_time() -> None:
    over = Event()

    def say_nothing(_: socket.socket) -> None:
        over.wait(60)

    with listening(say_nothing) as address:
        found = fault(address, deadline=0.3)
        over.set()
    assert found.fault is Fault.TIMEOUT
    assert "within 0.3 seconds" in found.problem


def test_nobody_listens() -> None:
    with socket.socket() as deaf:  # keeps the port from others, who might listen
        deaf.bind(("127.0.0.1", 0))
        found = fault(Address(secure=False, host="127.0.0.1", port=deaf.getsockname()[1]))
    assert found.fault is Fault.OFFLINE
    assert "cannot be reached" in found.problem


def certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate with its key."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 1000)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


def encrypted(path: Path) -> Serve:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            answering(HEAD + b"Content-Length: 4\r\n\r\nnull")(secure)

    return serve


@pytest.mark.parametrize(
    ("name", "trusted", "words"),
    [("localhost", True, ""), ("localhost", False, "self-signed"), ("shop.example.com", True, "mismatch")],
)
def test_certificates(tmp_path: Path, name: str, trusted: bool, words: str) -> None:
    path = certificate(tmp_path, name)
    with listening(encrypted(path)) as plain:
        address = Address(secure=True, host="localhost", port=plain.port)
        transport = Transport(address, deadline=60, cafile=str(path) if trusted else None)
        if words:
            with pytest.raises(OdooError) as caught:
                transport.post("/x", b"{}", {})
            assert caught.value.fault is Fault.CERTIFICATE
            assert "cannot prove who it is" in caught.value.problem
            assert words in caught.value.problem
        else:
            assert transport.post("/x", b"{}", {}).body == b"null"


def test_a_server_without_encryption_is_named() -> None:
    with listening(answering(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as plain:
        found = fault(Address(secure=True, host="127.0.0.1", port=plain.port))
    assert found.fault is Fault.CERTIFICATE
    assert "no safe connection" in found.problem


def test_a_handshake_that_drips_is_cut_off_in_time() -> None:
    with listening(answering(b"\x16\x03\x03\x10\x00" + b"\x02" * 90, drip=0.2)) as plain:
        found = fault(Address(secure=True, host="127.0.0.1", port=plain.port), deadline=0.4)
    assert found.fault is Fault.TIMEOUT


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no JSON"),
        (b"<html>", "no JSON"),
        (b'{"a": 1', "no JSON"),
        (b'{"a": "\xff"}', "no JSON"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "out of range"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "key twice"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    ],
    ids=["empty", "markup", "cut", "not UTF-8", "nan", "infinity", "overflow", "twice", "deep"],
)
def test_json_that_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(OdooError, match=words) as caught:
        strict_json(body)
    assert caught.value.fault is Fault.ANSWER


def test_json_that_is_taken() -> None:
    assert strict_json(b'{"a": [1, 2.5, null, true, "\xc3\xbc [{"]}') == {"a": [1, 2.5, None, True, "ü [{"]}
