"""A made-up company on a server of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from recon_app.odoo.client import Client, connect
from recon_app.odoo.transport import Address, Transport
from tests.odoo.fake_odoo import DATABASE, KEY, LOGIN, FakeOdoo, serving, tea_house


@pytest.fixture(params=["16.0", "18.0", "19.0"])
def odoo(request: pytest.FixtureRequest) -> Iterator[FakeOdoo]:
    """Servers of 16 and 18, which are called over JSON-RPC, and one of 19, which is called over JSON-2."""
    with serving(tea_house(request.param)) as server:
        yield server


@pytest.fixture
def log_in(odoo: FakeOdoo) -> Callable[..., Client]:
    """``log_in(database=…, login=…, key=…, company=…)``: an open connection."""

    def open_it(database: str = DATABASE, login: str = LOGIN, key: str = KEY, company: str = "") -> Client:
        transport = Transport(Address.parse(odoo.address), deadline=60)
        return connect(transport, database, login, key, company=company)

    return open_it
