"""An open connection: who, which version, which company; and calls that are the same for every version."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from secrets import randbelow
from typing import Any, Protocol

from recon_app.odoo import versions
from recon_app.odoo.answers import FieldType, Row, records, result_of
from recon_app.odoo.errors import Fault, OdooError, no_database, plain, untrusted, wrong_key
from recon_app.odoo.json2 import Json2Caller
from recon_app.odoo.transport import Transport

_NAME = {"name": FieldType("char")}
_USER = {
    "login": FieldType("char"),
    "tz": FieldType("char"),
    "company_id": FieldType("many2one"),
    "company_ids": FieldType("many2many"),
}
_MAX_COMPANIES = 1_000
_FIELD = ("type", "selection", "relation", "store")


class Caller(Protocol):
    """Either protocol."""

    def call(self, model: str, method: str, ids: Sequence[int] | None, values: dict[str, Any]) -> Any:
        """Call a method and return its result."""


@dataclass(frozen=True)
class Company:
    """One company of the user.

    Attributes:
        id: Id in the database.
        name: Its name.
    """

    id: int
    name: str


class Client:
    """Reads from one database as one user, seeing one company, in English.

    Attributes:
        version: Version of Odoo, such as 18.
        version_text: What the server says.
        zone: Time zone of the user, "" when none is set; Odoo's own exports show times in it.
        company: The company that is read.
    """

    def __init__(self, caller: Caller, version_text: str, login: str, company: str = "") -> None:
        """Find out who the user is.

        Args:
            caller: The way to call.
            version_text: What the server says that its version is.
            login: Whose key it must be.
            company: Name of the company, "" for the only one.

        Raises:
            OdooError: the key belongs to somebody else, or the company is not clear.
        """
        self._caller = caller
        self.version_text = version_text
        self.version = versions.major(version_text)
        self._context: dict[str, Any] = {"lang": "en_US"}  # 16 hides its own message without a language
        user = self._user(login)
        self._uid: int = user["id"]
        self.zone = user["tz"] or ""
        self.company = self._company(company, user["company_ids"])
        self._context |= {"allowed_company_ids": [self.company.id], "tz": self.zone or "UTC"}

    def call(
        self,
        model: str,
        method: str,
        ids: Sequence[int] | None = None,
        *,
        context: Mapping[str, object] | None = None,
        **values: Any,
    ) -> Any:
        """Call a method that only reads.

        Args:
            model: Model in Odoo.
            method: Method of it.
            ids: The records it is called on, None for none.
            context: Added to the language, the company and the zone.
            values: Its further arguments by name.

        Raises:
            OdooError: there is no result to be trusted.
        """
        if method not in _READS:
            raise ValueError(f"{method} is not known to leave Odoo as it is")
        return self._caller.call(
            model, method, ids, {**values, "context": {**self._context, **(context or {})}}
        )

    def count(self, model: str, domain: Sequence[object], **settings: Any) -> int:
        """How many records fit."""
        found = self.call(model, "search_count", domain=list(domain), **settings)
        if type(found) is not int or found < 0:
            raise untrusted(f"it counts {plain(found)} records")
        return found

    def read(self, model: str, ids: Iterable[int], fields: Mapping[str, FieldType]) -> list[Row]:
        """Read records by id; each of them must be there."""
        wanted = list(ids)
        result = self.call(model, "read", wanted, fields=list(fields), load="")
        return records(result, fields, limit=len(wanted), asked=wanted)

    def fields(self, model: str) -> dict[str, FieldType]:
        """The fields of a model that this user may see.

        Raises:
            OdooError: the app of the model is not installed, or this user may not read it.
        """
        found = self.call(model, "fields_get", attributes=list(_FIELD))
        if not isinstance(found, dict):
            raise untrusted("it is no list of fields")
        return {name: _field_type(about) for name, about in found.items()}

    def may_read(self, model: str) -> bool:
        """Whether the user may read records of a model."""
        try:
            self.count(model, [["id", "=", 0]])
        except OdooError as error:
            if error.fault in (Fault.RIGHTS, Fault.MODULE):
                return False
            raise
        return True

    def is_in(self, groups: Iterable[str]) -> bool:
        """Whether the user is in one of the groups, given by their external ids."""
        who = [self._uid] if self.version >= 18 else None
        answers = (self.call("res.users", "has_group", who, group_ext_id=group) for group in groups)
        return any(answer is True for answer in answers)

    def _user(self, login: str) -> Row:
        found = self.call("res.users", "context_get")
        uid = found.get("uid") if isinstance(found, dict) else None
        if type(uid) is not int:
            raise untrusted("it does not say who the user is")
        user = self.read("res.users", [uid], _USER)[0]
        if user["login"] != login:
            raise OdooError(
                Fault.KEY,
                f"the key belongs to the user {plain(user['login'])!r}",
                "give that login or another key",
            )
        return user

    def _company(self, name: str, ids: Sequence[int]) -> Company:
        if len(ids) > _MAX_COMPANIES:
            raise untrusted("the user has too many companies")
        companies = [Company(row["id"], row["name"]) for row in self.read("res.company", ids, _NAME)]
        chosen = [one for one in companies if name in ("", one.name)]
        if len(chosen) == 1:
            return chosen[0]
        names = ", ".join(sorted(plain(one.name) for one in companies))
        if name:
            raise OdooError(Fault.COMPANY, f"this user has no company {name!r}", f"give one of: {names}")
        raise OdooError(Fault.COMPANY, "this user sees several companies", f"say which one is meant: {names}")


# Nothing else is sent: what is not here might change something.
_READS = frozenset({"search_read", "search_count", "read", "fields_get", "context_get", "has_group"})


def _field_type(about: object) -> FieldType:
    if not isinstance(about, dict) or not isinstance(about.get("type"), str):
        raise untrusted("it is no list of fields")
    keys = about.get("selection") or ()
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in keys):
        raise untrusted("the values of a field are no list")
    return FieldType(about["type"], frozenset(str(key) for key, _ in keys), str(about.get("relation", "")))


def server_version(transport: Transport) -> str:
    """What the server says that its version is; needs no login.

    Raises:
        OdooError: there is no Odoo.
    """
    number = randbelow(2**30)
    request = {"jsonrpc": "2.0", "method": "call", "params": {}, "id": number}
    answer = transport.post(
        "/web/webclient/version_info", json.dumps(request).encode(), {"Content-Type": "application/json"}
    )
    found = result_of(answer, number)
    version = found.get("server_version") if isinstance(found, dict) else None
    if not isinstance(version, str):
        raise untrusted("it does not say which version the server is")
    return version


def connect(
    transport: Transport, database: str, login: str, key: str, *, company: str = "", protocol: str = ""
) -> Client:
    """Log in with an API key.

    Args:
        transport: The way to the server.
        database: Name of the database.
        login: The user.
        key: The API key; kept in memory only.
        company: Name of the company, "" for the only one.
        protocol: ``json2`` or ``jsonrpc``; "" for the best one that the version has.

    Raises:
        OdooError: no connection, no such database, wrong key, or an unclear company.
    """
    if not _fits_a_header(key):
        raise wrong_key()
    if not _fits_a_header(database):
        raise no_database(database)
    version = server_version(transport)
    newest = versions.major(version) >= versions.JSON2_FROM
    caller: Caller
    try:
        if protocol == "json2" or (newest and not protocol):
            caller = Json2Caller(transport, database, key)
        else:
            from recon_app.odoo.rpc import RpcCaller

            caller = RpcCaller(transport, version, database, login, key)
        return Client(caller, version, login, company)
    except OdooError as error:
        if error.fault is Fault.DATABASE:
            raise no_database(database) from error
        raise


def _fits_a_header(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable()
