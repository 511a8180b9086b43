"""Logging in, over both protocols."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

import pytest

from recon_app.odoo.client import Client
from recon_app.odoo.errors import Fault, OdooError
from recon_app.odoo.versions import major
from tests.odoo.fake_odoo import KEY, FakeOdoo

LogIn = Callable[..., Client]


def refusal(call: Callable[[], object]) -> OdooError:
    with pytest.raises(OdooError) as caught:
        call()
    return caught.value


def test_who_and_where(odoo: FakeOdoo, log_in: LogIn) -> None:
    client = log_in()
    assert (client.version_text, client.zone, client.company.name) == (
        odoo.version,
        "Europe/Berlin",
        "Tea House",
    )
    assert client.count("account.move.line", []) == 10
    assert odoo.context == {"lang": "en_US", "allowed_company_ids": [1], "tz": "Europe/Berlin"}


@pytest.mark.parametrize("key", ["f" * 40, "", "with space", "ключ", "two\nlines"])
def test_a_wrong_key(log_in: LogIn, key: str) -> None:
    assert refusal(lambda: log_in(key=key)).fault is Fault.KEY


def test_the_key_of_somebody_else(odoo: FakeOdoo, log_in: LogIn) -> None:
    found = refusal(lambda: log_in(login="boss"))
    assert found.fault is Fault.KEY
    if odoo.version == "19.0":  # the key alone tells who it is
        assert "'clerk'" in found.problem


def test_a_database_that_is_not_there(odoo: FakeOdoo, log_in: LogIn) -> None:
    def page(_model: str, _method: str) -> None:  # 19 answers that there is no Odoo here
        odoo.headers["Content-Type"], odoo.status = "text/html; charset=utf-8", 404

    if odoo.version == "19.0":
        odoo.before = page
    found = refusal(lambda: log_in(database="other"))
    assert (found.fault, "'other'" in found.problem) == (Fault.DATABASE, True)


@pytest.mark.parametrize("name", ["", "чай", "tea\r\nX-Other: 1"])
def test_a_database_that_cannot_be(odoo: FakeOdoo, log_in: LogIn, name: str) -> None:
    assert refusal(lambda: log_in(database=name)).fault is Fault.DATABASE
    assert odoo.calls == []


def test_the_company_must_be_clear(odoo: FakeOdoo, log_in: LogIn) -> None:
    odoo.rows["res.users"][0]["company_ids"] = [1, 2]
    found = refusal(log_in)
    assert (found.fault, "Cup House, Tea House" in found.advice) == (Fault.COMPANY, True)
    assert refusal(lambda: log_in(company="Mug House")).fault is Fault.COMPANY
    assert log_in(company="Cup House").company.id == 2


@pytest.mark.parametrize("method", ["write", "create", "unlink", "action_post", "name_create", "load"])
def test_only_calls_that_read_are_sent(odoo: FakeOdoo, log_in: LogIn, method: str) -> None:
    client = log_in()
    before = list(odoo.calls)
    with pytest.raises(ValueError, match="not known to leave Odoo as it is"):
        client.call("account.move", method, [1])
    assert odoo.calls == before


def test_a_model_that_is_not_there(log_in: LogIn) -> None:
    assert refusal(lambda: log_in().fields("sale.order")).fault is Fault.MODULE


def test_a_model_that_may_not_be_read(odoo: FakeOdoo, log_in: LogIn) -> None:
    odoo.denied.add("stock.quant")
    found = refusal(lambda: log_in().count("stock.quant", []))
    assert found.fault is Fault.RIGHTS
    assert "Invoicing/Invoicing" not in found.problem


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"<html>502</html>", Fault.ANSWER), (b"", Fault.ANSWER), (b"{", Fault.ANSWER), (b"true", Fault.ANSWER)],
)
def test_answers_that_are_no_use(odoo: FakeOdoo, log_in: LogIn, body: bytes, kind: Fault) -> None:
    client = log_in()
    odoo.spoil = lambda _: body
    assert refusal(lambda: client.count("stock.quant", [])).fault is kind


@pytest.mark.parametrize(("status", "kind"), [(502, Fault.OFFLINE), (301, Fault.ADDRESS)])
def test_servers_in_between(odoo: FakeOdoo, log_in: LogIn, status: int, kind: Fault) -> None:
    odoo.status = status
    odoo.headers = {"Content-Type": "text/html", "Location": "http://127.0.0.1:9/"}
    assert refusal(log_in).fault is kind


@pytest.mark.parametrize("count", [-1, True, "7", None, 2.5])
def test_a_count_is_a_number(
    odoo: FakeOdoo, log_in: LogIn, count: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = log_in()
    monkeypatch.setattr(odoo, "_count", lambda *_, **__: count)
    assert refusal(lambda: client.count("stock.quant", [])).fault is Fault.ANSWER


def test_the_key_is_nowhere_to_be_seen(
    odoo: FakeOdoo, log_in: LogIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("odoorpc.rpc.jsonrpclib").setLevel(logging.DEBUG)
    client = log_in()
    odoo.denied.add("stock.quant")
    error = refusal(lambda: client.count("stock.quant", []))
    shown = "".join(traceback.format_exception(error)) + caplog.text + repr(vars(client)) + repr(client)
    assert KEY not in shown


@pytest.mark.parametrize(
    ("text", "number"),
    [("18.0", 18), ("18.0+e-20241005", 18), ("saas~18.2", 18), ("saas-17.4+e", 17), ("20.0", 20)],
)
def test_versions(text: str, number: int) -> None:
    assert major(text) == number


@pytest.mark.parametrize("text", ["15.0", "8.0", "", "master", "9999.1"])
def test_versions_that_are_not_read(text: str) -> None:
    assert refusal(lambda: major(text)).fault is Fault.VERSION
