"""The one way to a server: verified, without redirects, bounded in time and size, strict about JSON.

Odoo's clients on their own follow redirects from https to http, wait as long as a server drips, take any
size, NaN, doubled keys and the answer to another request.
"""

from __future__ import annotations

import ipaddress
import json
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from threading import Timer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from recon_app.odoo.errors import Fault, OdooError, plain, untrusted

DEADLINE = 120.0  # seconds for a whole call: what Odoo allows itself by default
MAX_BYTES = 64 * 2**20
_CONNECT = 15.0  # seconds
_BLOCK = 1 << 16
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Address:
    """Where a server listens.

    Attributes:
        secure: Whether it is reached by https.
        host: Name or IP address.
        port: Port.
    """

    secure: bool
    host: str
    port: int

    @classmethod
    def parse(cls, text: str, *, plain_http: bool = False) -> Address:
        """Read ``shop.example.com`` or ``https://shop.example.com:8443``; https when nothing is said.

        Args:
            text: The address.
            plain_http: Whether http to another computer is allowed. It carries the key in plain view.

        Raises:
            OdooError: it is no such address, or http is not allowed.
        """
        given = text.strip()
        try:
            parts = urlsplit(given if "://" in given else f"https://{given}")
            host, port = parts.hostname or "", parts.port
        except ValueError:
            host, port, parts = "", None, urlsplit("")
        if not re.fullmatch(r"[a-z0-9._:-]+", host) or parts.scheme not in _PORTS:
            raise _bad_address("it is no address of a server")
        if parts.username is not None or parts.password is not None:
            raise _bad_address("it must not hold a user or a password")
        if parts.path.rstrip("/") not in ("", "/web", "/odoo", "/web/login") or parts.query:
            raise _bad_address("it must end with the name of the server")
        if parts.scheme == "http" and not plain_http and not _is_this_computer(host):
            raise OdooError(
                Fault.ADDRESS,
                f"http to {host} would send the key in plain view",
                "give an https address, or allow plain http for a server in your own network",
            )
        return cls(parts.scheme == "https", host, port or _PORTS[parts.scheme])

    def __str__(self) -> str:
        scheme = "https" if self.secure else "http"
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[scheme] else f":{self.port}"
        return f"{scheme}://{host}{port}"


def _bad_address(problem: str) -> OdooError:
    return OdooError(Fault.ADDRESS, f"the address cannot be used: {problem}", "give https://server.name")


def _is_this_computer(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Answer:
    """What a server sent.

    Attributes:
        status: HTTP status.
        is_json: Whether it says that it is JSON.
        body: The bytes.
    """

    status: int
    is_json: bool
    body: bytes


class Transport:
    """Sends one request at a time to one server.

    Args:
        address: The server.
        deadline: Seconds for a whole call.
        max_bytes: Bytes an answer may have.
        cafile: Certificates to trust instead of the system's.
    """

    def __init__(
        self,
        address: Address,
        *,
        deadline: float = DEADLINE,
        max_bytes: int = MAX_BYTES,
        cafile: str | None = None,
    ) -> None:
        self.address = address
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._context = ssl.create_default_context(cafile=cafile)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a request and read the whole answer. No proxy, no redirect, no second try.

        Raises:
            OdooError: no connection, no trust, no whole answer in time, or one that is too big.
        """
        host, port = self.address.host, self.address.port
        with self._faults_named():
            wire = socket.create_connection((host, port), timeout=min(_CONNECT, self._deadline))
            with _Bounded(wire, self._deadline) as bounded, closing(HTTPConnection(host, port)) as connection:
                if self.address.secure:
                    bounded.encrypt(self._context, host)
                connection.sock = bounded.socket
                connection.request("POST", path, body, {**headers, "Accept": "application/json"})
                response = connection.getresponse()
                return Answer(response.status, _is_json(response), self._body(response))

    def _body(self, response: HTTPResponse) -> bytes:
        body = bytearray()
        promised = response.length
        while block := response.read(_BLOCK):
            body += block
            if len(body) > self._max_bytes:
                raise untrusted(f"it is larger than {self._max_bytes >> 20} MB")
        if promised is not None and len(body) != promised:
            raise untrusted("it is cut off")
        return bytes(body)

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            raise OdooError(
                Fault.TIMEOUT,
                f"{self.address} did not answer within {self._deadline:g} seconds",
                "try again when the server is less busy",
            ) from error
        except ssl.SSLCertVerificationError as error:
            raise OdooError(
                Fault.CERTIFICATE,
                f"{self.address} cannot prove who it is: {plain(error.verify_message)}",
                "check the address; do not go on until the server has a valid certificate",
            ) from error
        except ssl.SSLError as error:
            raise OdooError(
                Fault.CERTIFICATE,
                f"no safe connection to {self.address} ({plain(error.reason or error)})",
                "check whether the server speaks https at this port",
            ) from error
        except IncompleteRead as error:
            raise untrusted("it is cut off") from error
        except ConnectionError as error:
            raise self._offline(error) from error
        except HTTPException as error:
            raise untrusted(f"it is no HTTP ({type(error).__name__})") from error
        except OSError as error:
            raise self._offline(error) from error

    def _offline(self, error: OSError) -> OdooError:
        return OdooError(
            Fault.OFFLINE,
            f"{self.address} cannot be reached ({plain(error.strerror or error)})",
            "check the address and the network, and whether the server runs",
        )


class _Bounded:
    """A connection that ends when its time is up, however slowly the other side drips.

    Attributes:
        socket: The connection, encrypted or not.
    """

    def __init__(self, wire: socket.socket, seconds: float) -> None:
        self.socket = wire
        wire.settimeout(seconds)
        self._over = False
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True

    def _end(self) -> None:
        self._over = True
        with suppress(OSError):  # it has ended by itself
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)  # below TLS: that may be reading

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Go on in TLS with the server of this name."""
        encrypted = context.wrap_socket(self.socket, server_hostname=host, do_handshake_on_connect=False)
        self.socket = encrypted
        encrypted.do_handshake()

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self.socket.close()
        if self._over:  # whatever it looked like: the end of the file, a broken answer
            raise TimeoutError from error


def _is_json(response: HTTPResponse) -> bool:
    kind = response.headers.get_content_type()
    return kind in ("application/json", "application/json-rpc")


def strict_json(body: bytes) -> Any:
    """Parse JSON and refuse what only lenient readers take.

    Raises:
        OdooError: it is no JSON, holds NaN, infinity or a key twice, or is nested too deeply.
    """
    try:
        return json.loads(
            body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_number, parse_float=_number
        )
    except ValueError as error:
        raise untrusted("it is no JSON") from error
    except RecursionError as error:
        raise untrusted("it is nested too deeply") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise untrusted("it holds a key twice")
    return made


def _no_number(text: str) -> float:
    raise untrusted(f"it holds {text}")


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise untrusted("it holds a number out of range")
    return value
