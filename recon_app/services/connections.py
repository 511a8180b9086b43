"""Connections to a live Odoo: where it is and who reads it. The key is kept elsewhere (odoo_keys)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from recon_app.models.problem import UsageError
from recon_app.services import odoo_keys
from recon_app.store.settings import change_setting, get_setting
from recon_app.store.workspace import Workspace

if TYPE_CHECKING:
    from recon_app.odoo.client import Client

_CONNECTIONS, PULLED = "odoo.connections", "odoo.pulled"


@dataclass(frozen=True)
class Connection:
    """One database of Odoo, as one user.

    Attributes:
        name: What the user calls it.
        address: ``https://server.name``.
        database: Name of the database.
        login: Login of the user whose API key is used.
        company: Name of the company, "" when the user has only one.
        plain_http: Whether http to another computer is allowed.
    """

    name: str
    address: str
    database: str
    login: str
    company: str = ""
    plain_http: bool = False


@dataclass(frozen=True)
class Tested:
    """What a connection gives.

    Attributes:
        version: What the server says that its version is.
        company: The company that is read.
        zone: Time zone in which times are shown.
        counts: Records by list.
        problems: Why a list cannot be read, by list.
    """

    version: str
    company: str
    zone: str
    counts: dict[str, int]
    problems: dict[str, str]


def connections(ws: Workspace) -> list[Connection]:
    """All connections, by name."""
    saved = cast("dict[str, dict[str, Any]]", get_setting(ws, _CONNECTIONS, {}))
    return [Connection(name, **values) for name, values in sorted(saved.items())]


def connection_named(ws: Workspace, name: str) -> Connection:
    """The connection with this name.

    Raises:
        UsageError: there is none.
    """
    known = connections(ws)
    found = next((one for one in known if one.name == name), None)
    if found is None:
        names = ", ".join(one.name for one in known) or "none yet"
        raise UsageError(f"there is no connection {name!r}; there is: {names}")
    return found


def checked(connection: Connection) -> Connection:
    """The connection with its address as it will be used.

    Raises:
        UsageError: a value is missing.
        OdooError: the address cannot be used.
    """
    from recon_app.odoo.transport import Address

    for what in ("name", "address", "database", "login"):
        if not getattr(connection, what).strip():
            raise UsageError(f"the connection needs a {what}: --{what}")
    return replace(
        connection, address=str(Address.parse(connection.address, plain_http=connection.plain_http))
    )


def save(ws: Workspace, connection: Connection) -> None:
    """Add a connection, or change the one with its name; a changed one is read from the start again.

    Raises:
        UsageError: a value is missing.
        OdooError: the address cannot be used.
    """
    values = asdict(checked(connection))
    name = values.pop("name")
    before = cast("dict[str, Any]", get_setting(ws, _CONNECTIONS, {})).get(name)
    if before is not None and before != values:
        forget_progress(ws, name)
    change_setting(
        ws, _CONNECTIONS, lambda saved: {**cast("dict[str, Any]", saved), name: values}, default={}
    )


def remove(ws: Workspace, name: str) -> None:
    """Remove a connection with its key; what was read from it stays.

    Raises:
        UsageError: there is none.
    """
    odoo_keys.forget_key(connection_named(ws, name))
    forget_progress(ws, name)
    change_setting(ws, _CONNECTIONS, lambda saved: _without(saved, name), default={})


def forget_progress(ws: Workspace, name: str) -> None:
    """Let the next pull read everything again."""
    change_setting(ws, PULLED, lambda saved: _without(saved, name), default={})


def _without(saved: object, name: str) -> dict[str, Any]:
    return {key: value for key, value in cast("dict[str, Any]", saved).items() if key != name}


def open_client(connection: Connection, key: str) -> Client:
    """Log in.

    Raises:
        OdooError: it does not work; the text says why and what to do.
    """
    from recon_app.odoo.client import connect
    from recon_app.odoo.transport import Address, Transport

    address = Address.parse(connection.address, plain_http=connection.plain_http)
    return connect(Transport(address), connection.database, connection.login, key, company=connection.company)


def test(connection: Connection, key: str) -> Tested:
    """Log in and count what can be read.

    Raises:
        OdooError: the login does not work.
    """
    from recon_app.odoo.errors import Fault, OdooError
    from recon_app.odoo.pull import count, zone_of
    from recon_app.odoo.versions import LISTINGS

    client = open_client(connection, key)
    counts, problems = {}, {}
    for listing in LISTINGS:
        try:
            counts[listing.what] = count(client, listing)
        except OdooError as error:
            if error.fault not in (Fault.MODULE, Fault.RIGHTS, Fault.VERSION):
                raise
            problems[listing.what] = error.problem
    return Tested(client.version_text, client.company.name, zone_of(client).key, counts, problems)
