"""Calls over JSON-2, the interface of Odoo 19 and later: one address per method, values by name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from recon_app.odoo.answers import http_fault
from recon_app.odoo.errors import plain, server_error, untrusted, wrong_key
from recon_app.odoo.transport import Transport, strict_json


class Json2Caller:
    """Calls methods as the user of an API key.

    Args:
        transport: The way to the server.
        database: Name of the database.
        key: The API key.
    """

    def __init__(self, transport: Transport, database: str, key: str) -> None:
        self._transport = transport
        self._headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Authorization": f"bearer {key}",
            "X-Odoo-Database": database,
        }

    def call(self, model: str, method: str, ids: Sequence[int] | None, values: dict[str, Any]) -> Any:
        """Call a method and return its result.

        Raises:
            OdooError: there is no result to be trusted.
        """
        body = values if ids is None else {"ids": list(ids), **values}
        answer = self._transport.post(f"/json/2/{model}/{method}", json.dumps(body).encode(), self._headers)
        fault = http_fault(answer)
        if fault is not None:
            raise fault
        result = strict_json(answer.body)
        if answer.status == 200:
            return result
        if answer.status == 401:
            raise wrong_key()
        if not isinstance(result, dict) or "name" not in result:
            raise untrusted(f"its status is {answer.status} ({plain(result)[:60]})")
        raise server_error(str(result["name"]), str(result.get("message", "")))
