"""Connections to Odoo: what is saved, and where the key is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError
from sqlalchemy import select

from recon_app.models.problem import UsageError
from recon_app.odoo.errors import Fault, OdooError
from recon_app.services import connections as service
from recon_app.services import odoo_keys
from recon_app.services.connections import Connection
from recon_app.store.schema import event, setting
from recon_app.store.workspace import Workspace
from tests.odoo.fake_odoo import DATABASE, KEY, LOGIN, FakeOdoo, serving, tea_house


@pytest.fixture
def odoo() -> Iterator[FakeOdoo]:
    with serving(tea_house()) as server:
        yield server


@pytest.fixture
def shop(odoo: FakeOdoo) -> Connection:
    return Connection("shop", odoo.address, DATABASE, LOGIN)


class Store(KeyringBackend):
    """A store of passwords in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringLocked
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise PasswordDeleteError
        del self.kept[service, username]


class SafeStore(Store):
    """One that looks like the system's own."""


SafeStore.__module__ = "keyring.backends.SecretService"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> SafeStore:
    monkeypatch.delenv(odoo_keys.VARIABLE, raising=False)
    made = SafeStore()
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    return made


def test_connections_are_saved_changed_and_removed(shelf: Workspace, shop: Connection) -> None:
    service.save(shelf, shop)
    service.save(shelf, replace(shop, name="books", company="Tea House"))
    assert [one.name for one in service.connections(shelf)] == ["books", "shop"]
    assert service.connection_named(shelf, "shop") == shop
    service.save(shelf, replace(shop, database="copy"))
    assert service.connection_named(shelf, "shop").database == "copy"
    service.remove(shelf, "shop")
    assert [one.name for one in service.connections(shelf)] == ["books"]
    with pytest.raises(UsageError, match="there is: books"):
        service.connection_named(shelf, "shop")


@pytest.mark.parametrize("missing", ["name", "address", "database", "login"])
def test_a_connection_needs_its_parts(shelf: Workspace, shop: Connection, missing: str) -> None:
    with pytest.raises(UsageError, match=missing):
        service.save(shelf, Connection(**{**vars(shop), missing: " "}))
    assert service.connections(shelf) == []


def test_a_bad_address_is_not_saved(shelf: Workspace, shop: Connection) -> None:
    with pytest.raises(OdooError, match="in plain view"):
        service.save(shelf, replace(shop, address="http://odoo.example.com"))
    assert service.connections(shelf) == []


def test_what_a_connection_gives(odoo: FakeOdoo, shop: Connection) -> None:
    odoo.denied.add("stock.quant")
    tested = service.test(shop, KEY)
    assert (tested.version, tested.company, tested.zone) == ("18.0", "Tea House", "Europe/Berlin")
    assert tested.counts == {"journal-items": 8}
    assert tested.problems["payments"] == "this Odoo has no app Invoicing"
    assert tested.problems["quants"].startswith("Odoo says: You are not allowed")


def test_a_wrong_key_is_said(shop: Connection) -> None:
    with pytest.raises(OdooError) as caught:
        service.test(shop, "f" * 40)
    assert caught.value.fault is Fault.KEY


def test_the_key_is_kept_by_the_system(store: SafeStore, shop: Connection) -> None:
    assert odoo_keys.find_key(shop) is None
    assert odoo_keys.keep_key(shop, KEY)
    assert odoo_keys.find_key(shop) == KEY
    assert odoo_keys.find_key(replace(shop, database="copy")) is None
    odoo_keys.forget_key(shop)
    odoo_keys.forget_key(shop)
    assert store.kept == {}


def test_the_key_of_the_session_goes_first(
    store: SafeStore, shop: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    odoo_keys.keep_key(shop, KEY)
    monkeypatch.setenv(odoo_keys.VARIABLE, "other")
    assert odoo_keys.find_key(shop) == "other"


def test_a_store_that_writes_plain_files_is_not_used(
    shop: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(odoo_keys.VARIABLE, raising=False)
    plain = Store()
    monkeypatch.setattr(keyring, "get_keyring", lambda: plain)
    assert not odoo_keys.keep_key(shop, KEY)
    assert (odoo_keys.find_key(shop), plain.kept) == (None, {})


def test_a_locked_store_is_like_none(store: SafeStore, shop: Connection) -> None:
    store.locked = True
    assert odoo_keys.find_key(shop) is None
    assert not odoo_keys.keep_key(shop, KEY)


def test_removing_a_connection_removes_its_key(shelf: Workspace, store: SafeStore, shop: Connection) -> None:
    service.save(shelf, shop)
    odoo_keys.keep_key(shop, KEY)
    service.remove(shelf, "shop")
    assert store.kept == {}


def test_the_key_is_not_in_the_workspace(shelf: Workspace, store: SafeStore, shop: Connection) -> None:
    service.save(shelf, shop)
    odoo_keys.keep_key(shop, KEY)
    service.test(shop, KEY)
    with shelf.ledger.connect() as connection:
        rows = [*connection.execute(select(setting)), *connection.execute(select(event))]
    assert rows
    assert KEY not in repr(rows)
    assert all(KEY.encode() not in path.read_bytes() for path in shelf.folder.rglob("*.sqlite*"))
    assert store.kept
