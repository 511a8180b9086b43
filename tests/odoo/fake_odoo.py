"""A server that answers like Odoo 16, 18 and 19 did when they were asked the same, from made-up records.

It knows the calls that are made and no others: the version, the login, and reading with the conditions that
are sent. Times are UTC and have whole seconds, links are bare ids with ``load=''``, blanks are false.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

KEY = "0123456789abcdef0123456789abcdef01234567"
LOGIN = "clerk"
DATABASE = "tea"
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<=": operator.le,
    "in": lambda value, values: value in values,
    "not in": lambda value, values: value not in values,
}
Row = dict[str, Any]


class Refused(Exception):
    """An error of Odoo: its class, its text, and the HTTP status that JSON-2 gives."""

    def __init__(self, name: str, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.name, self.message, self.status = name, message, status


@dataclass
class FakeOdoo:
    """The database and how the server behaves.

    Attributes:
        version: What the server says that its version is.
        fields: ``fields_get`` by model.
        rows: Records by model, in the order of their ids.
        denied: Models that the user may not read.
        groups: Groups that the user is in.
        calls: (model, method) of each call, in order.
        context: The context of the last call.
        before: Called before each answer with the model and the method.
        spoil: Changes the body of an answer.
        status: HTTP status of each answer, None for the right one.
        headers: Sent with each answer.
        address: Where it listens.
    """

    version: str = "18.0"
    fields: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    calls: list[tuple[str, str]] = field(default_factory=list)
    context: dict[str, Any] = field(default_factory=dict)
    before: Callable[[str, str], None] = lambda _model, _method: None
    spoil: Callable[[bytes], bytes] = lambda body: body
    status: int | None = None
    headers: dict[str, str] = field(
        default_factory=lambda: {"Content-Type": "application/json; charset=utf-8"}
    )
    address: str = ""

    def add(self, model: str, kinds: dict[str, Any], *rows: Row) -> None:
        """Add a model: its fields by type (a tuple for a link or a selection) and its records."""
        kinds = {"id": "integer", "display_name": "char", "write_date": "datetime", **kinds}
        self.fields[model] = {name: _about(kind) for name, kind in kinds.items()}
        blank: Row = {
            name: [] if kind[0] in ("many2many", "one2many") else False for name, kind in kinds.items()
        }
        self.rows[model] = [{**blank, "write_date": "2026-11-01 08:00:00", **row} for row in rows]

    def call(self, model: str, method: str, ids: list[int] | None, values: dict[str, Any]) -> Any:
        """What a method returns."""
        self.calls.append((model, method))
        self.context = values.pop("context", {})
        self.before(model, method)
        if model == "res.users" and method == "context_get":
            return {"lang": "en_US", "tz": "Europe/Berlin", "uid": 2}
        if method == "has_group":
            assert ids == (None if self.version.startswith("16") else [2])  # otherwise it is an error
            return values["group_ext_id"] in self.groups
        if model not in self.fields:
            raise self._missing(model)
        if method == "fields_get":
            return self.fields[model]
        if model in self.denied:
            text = (
                f"You are not allowed to access 'Thing' ({model}) records.\n\n"
                "This operation is allowed for the following groups:\n\t- Invoicing/Invoicing"
            )
            raise Refused("odoo.exceptions.AccessError", text, 403)
        if method == "read":
            return self._read(model, ids, **values)
        if method == "search_count":
            return self._count(model, ids, **values)
        assert method == "search_read"
        return self._search_read(model, ids, **values)

    def _missing(self, model: str) -> Refused:
        if self.version.startswith("19"):
            return Refused("werkzeug.exceptions.NotFound", f"the model '{model}' does not exist", 404)
        return Refused("odoo.exceptions.UserError", f"Object {model} doesn't exist")

    def _read(self, model: str, ids: list[int] | None, fields: list[str], load: str) -> list[Row]:
        assert load == ""
        return [_chosen(row, fields) for row in self.rows[model] if row["id"] in (ids or ())]

    def _search_read(
        self,
        model: str,
        ids: list[int] | None,
        domain: list[Any],
        fields: list[str],
        order: str,
        limit: int,
        load: str | None = None,
    ) -> list[Row]:
        assert ids is None
        if load is not None and self.version.startswith("16") and model == "account.move.line":
            text = "AccountMoveLine.search_read() got an unexpected keyword argument 'load'"
            raise Refused("builtins.TypeError", text)
        found = self._found(model, domain)
        if order.startswith("write_date desc"):
            found = sorted(found, key=lambda row: (row["write_date"] or "~", row["id"]), reverse=True)
        rows = [_chosen(row, fields) for row in found[:limit]]
        return rows if load == "" else [self._named(model, row) for row in rows]

    def _named(self, model: str, row: Row) -> Row:
        """A record whose links have names."""
        links = [name for name in row if self.fields[model][name]["type"] == "many2one" and row[name]]
        return {**row, **{name: [row[name], "Somebody"] for name in links}}

    def _count(self, model: str, ids: list[int] | None, domain: list[Any]) -> int:
        assert ids is None
        return len(self._found(model, domain))

    def _found(self, model: str, domain: list[Any]) -> list[Row]:
        archived = self.context.get("active_test") is False
        return [
            row
            for row in self.rows[model]
            if self._fits(model, row, list(domain)) and (archived or row.get("active", True) is True)
        ]

    def _fits(self, model: str, row: Row, domain: list[Any]) -> bool:
        """Whether a record fits conditions; ``|`` joins the two that follow it."""
        while domain:
            leaf = domain.pop(0)
            if leaf == "|":
                one, other = domain.pop(0), domain.pop(0)
                if not (self._holds(model, row, one) or self._holds(model, row, other)):
                    return False
            elif not self._holds(model, row, leaf):
                return False
        return True

    def _holds(self, model: str, row: Row, leaf: list[Any]) -> bool:
        name, compare, wanted = leaf
        name, _, behind = name.partition(".")
        value = row[name]
        if behind:
            relation = self.fields[model][name]["relation"]
            linked = next((one for one in self.rows[relation] if one["id"] == value), None)
            value = False if linked is None else linked[behind]
        if value is False and compare in (">", ">=", "<="):
            return False
        return _COMPARE[compare](value, wanted)


def _about(kind: Any) -> dict[str, Any]:
    if isinstance(kind, str):
        return {"type": kind, "store": True}
    name, more = kind
    if name == "selection":
        return {"type": name, "selection": [[key, key.title()] for key in more], "store": True}
    return {"type": name, "relation": more, "store": True}


def _chosen(row: Row, fields: list[str]) -> Row:
    return {"id": row["id"], **{name: row[name] for name in fields}}


class _Handler(BaseHTTPRequestHandler):
    odoo: FakeOdoo

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, answer = self._json2(body) if self.path.startswith("/json/2/") else (200, self._rpc(body))
        data = self.odoo.spoil(json.dumps(answer).encode())
        self.send_response(self.odoo.status or status)
        for name, value in {"Content-Length": str(len(data)), **self.odoo.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _rpc(self, body: dict[str, Any]) -> dict[str, Any]:
        frame = {"jsonrpc": "2.0", "id": body["id"]}
        try:
            return {**frame, "result": self._result(body["params"])}
        except Refused as refused:
            data = {
                "name": refused.name,
                "message": refused.message,
                "arguments": [],
                "context": {},
                "debug": "",
            }
            return {**frame, "error": {"code": 200, "message": "Odoo Server Error", "data": data}}

    def _result(self, params: dict[str, Any]) -> Any:
        if self.path == "/web/webclient/version_info":
            return {"server_version": self.odoo.version, "protocol_version": 1}
        args = params["args"]
        if args[0] != DATABASE:
            text = f'connection to server failed: FATAL:  database "{args[0]}" does not exist\n'
            raise Refused("psycopg2.OperationalError", text)
        if params["service"] == "common":
            return 2 if args[1:] == [LOGIN, KEY] else False
        if args[2] != KEY:
            raise Refused("odoo.exceptions.AccessDenied", "Access Denied")
        if args[4] == "context_get" and len(args) == 5:  # odoorpc's own
            return self.odoo.call(args[3], args[4], None, {})
        ids = args[5][0] if args[5] else None
        return self.odoo.call(args[3], args[4], ids, dict(args[6]))

    def _json2(self, body: dict[str, Any]) -> tuple[int, Any]:
        _, _, _, model, method = self.path.split("/")
        if self.headers["Authorization"] != f"bearer {KEY}":
            return 401, {"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey"}
        try:
            return 200, self.odoo.call(model, method, body.pop("ids", None), body)
        except Refused as refused:
            return refused.status, {"name": refused.name, "message": refused.message, "arguments": []}

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(odoo: FakeOdoo) -> Iterator[FakeOdoo]:
    """Let a server listen as long as the context lasts."""
    handler = type("Handler", (_Handler,), {"odoo": odoo})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    odoo.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield odoo
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def tea_house(version: str = "18.0") -> FakeOdoo:
    """A small company: entries, products and stock."""
    odoo = FakeOdoo(version)
    odoo.add(
        "res.users",
        {
            "login": "char",
            "tz": "char",
            "company_id": ("many2one", "res.company"),
            "company_ids": ("many2many", "res.company"),
        },
        {"id": 2, "login": LOGIN, "tz": "Europe/Berlin", "company_id": 1, "company_ids": [1]},
    )
    odoo.add("res.company", {"name": "char"}, {"id": 1, "name": "Tea House"}, {"id": 2, "name": "Cup House"})
    odoo.add("res.currency", {}, {"id": 3, "display_name": "EUR"})
    odoo.add("account.journal", {}, {"id": 5, "display_name": "Bank"})
    accounts = ({"id": 7, "code": "1010", "name": "Bank"}, {"id": 8, "code": "4000", "name": "Sales"})
    odoo.add("account.account", {"code": "char", "name": "char"}, *accounts)
    _add_items(odoo)
    _add_stock(odoo)
    return odoo


def _add_items(odoo: FakeOdoo) -> None:
    base = {
        "journal_id": 5,
        "currency_id": 3,
        "company_currency_id": 3,
        "company_id": 1,
        "date": "2026-10-04",
        "parent_state": "posted",
        "move_type": "entry",
        "amount_residual": 0.0,
        "display_type": "product",
    }
    texts = ("=1+1", "-20% off", "Line one\nline two", 'A "quoted" name, ü')
    rows = []
    for number in range(1, 9):
        minor = 100.1 * ((number + 1) // 2)
        debit, credit = (minor, 0.0) if number % 2 else (0.0, minor)
        row = {"id": number * 10, "move_name": f"MISC/{(number + 1) // 2:04}", "ref": f"#{1000 + number}"}
        row |= {"name": texts[number % 4], "account_id": 7 if number % 2 else 8}
        rows.append(
            {
                **base,
                **row,
                "debit": debit,
                "credit": credit,
                "balance": debit - credit,
                "amount_currency": debit - credit,
            }
        )
    odoo.add(
        "account.move.line",
        {
            "move_name": "char",
            "date": "date",
            "date_maturity": "date",
            "journal_id": ("many2one", "account.journal"),
            "account_id": ("many2one", "account.account"),
            "ref": "char",
            "name": "char",
            "debit": "monetary",
            "credit": "monetary",
            "balance": "monetary",
            "currency_id": ("many2one", "res.currency"),
            "company_currency_id": ("many2one", "res.currency"),
            "amount_currency": "monetary",
            "amount_residual": "monetary",
            "matching_number": "char",
            "move_type": ("selection", ("entry", "out_invoice")),
            "parent_state": ("selection", ("draft", "posted", "cancel")),
            "company_id": ("many2one", "res.company"),
            "display_type": ("selection", ("product", "line_note")),
        },
        *rows,
        {**rows[0], "id": 900, "company_id": 2},
        {**rows[0], "id": 901, "display_type": "line_note"},
    )


def _add_stock(odoo: FakeOdoo) -> None:
    products = (
        {"id": 1, "display_name": "[TEA-01] Green Tea", "default_code": "TEA-01", "barcode": "4000000000013"},
        {"id": 2, "display_name": "Mug", "default_code": False, "barcode": False},
    )
    odoo.add("product.product", {"default_code": "char", "barcode": "char"}, *products)
    places = (
        {"id": 4, "display_name": "MAIN/Stock", "usage": "internal"},
        {"id": 6, "display_name": "Customers", "usage": "customer"},
    )
    odoo.add("stock.location", {"usage": ("selection", ("internal", "customer"))}, *places)
    odoo.add("uom.uom", {}, {"id": 1, "display_name": "Units"})
    base = {
        "location_id": 4,
        "product_uom_id": 1,
        "company_id": 1,
        "in_date": "2026-10-25 00:30:00",
        "inventory_quantity": 0.0,
    }
    odoo.add(
        "stock.quant",
        {
            "location_id": ("many2one", "stock.location"),
            "product_id": ("many2one", "product.product"),
            "quantity": "float",
            "reserved_quantity": "float",
            "available_quantity": "float",
            "product_uom_id": ("many2one", "uom.uom"),
            "inventory_quantity": "float",
            "inventory_quantity_set": "boolean",
            "inventory_date": "date",
            "in_date": "datetime",
            "company_id": ("many2one", "res.company"),
        },
        {
            **base,
            "id": 1,
            "product_id": 1,
            "quantity": 12.0,
            "reserved_quantity": 3.0,
            "available_quantity": 9.0,
            "inventory_quantity_set": True,
        },
        {
            **base,
            "id": 2,
            "product_id": 2,
            "quantity": 1e-05,
            "reserved_quantity": 0.0,
            "available_quantity": 1e-05,
        },
        {
            **base,
            "id": 3,
            "product_id": 2,
            "location_id": 6,
            "quantity": -5.0,
            "reserved_quantity": 0.0,
            "available_quantity": -5.0,
        },
    )
