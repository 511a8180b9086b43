"""Calls over JSON-RPC through odoorpc, whose transport is replaced by the safe one."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request

import odoorpc

from recon_app.odoo.answers import result_of
from recon_app.odoo.errors import wrong_key
from recon_app.odoo.transport import Transport

_JSON = {"Content-Type": "application/json"}

# odoorpc writes each request into this log, the key in it.
logging.getLogger("odoorpc.rpc.jsonrpclib").addFilter(lambda _: False)


class SafeOpener:
    """Stands in for urllib's opener in odoorpc: same call, safe transport, only answers that passed."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def open(self, request: Request, timeout: float | None = None) -> io.BytesIO:
        """Send a request of odoorpc; the deadline of the transport holds, not ``timeout``.

        Raises:
            OdooError: no answer to be trusted, or an error in it.
        """
        del timeout
        body = request.data
        if not isinstance(body, bytes):
            raise TypeError("odoorpc is expected to send JSON-RPC only")
        answer = self._transport.post(urlsplit(request.full_url).path, body, _JSON)
        result_of(answer, json.loads(body)["id"])
        return io.BytesIO(answer.body)


class RpcCaller:
    """Calls methods as the user with this login; an API key serves as the password.

    Args:
        transport: The way to the server.
        version: What the server says that its version is.
        database: Name of the database.
        login: The user.
        key: The API key.

    Raises:
        OdooError: no connection, or the login is refused.
    """

    def __init__(self, transport: Transport, version: str, database: str, login: str, key: str) -> None:
        address = transport.address
        self._odoo = odoorpc.ODOO(
            address.host,
            "jsonrpc+ssl" if address.secure else "jsonrpc",
            address.port,
            version=version,
            opener=SafeOpener(transport),
        )
        try:
            self._odoo.login(database, login, key)
        except odoorpc.error.RPCError:  # errors of the server do not get here: the user id is False
            raise wrong_key() from None

    def call(self, model: str, method: str, ids: Sequence[int] | None, values: dict[str, Any]) -> Any:
        """Call a method and return its result.

        Raises:
            OdooError: there is no result to be trusted.
        """
        return self._odoo.execute_kw(model, method, [] if ids is None else [list(ids)], values)
