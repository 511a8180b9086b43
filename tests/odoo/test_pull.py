"""Lists become files like Odoo's own exports."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from recon_app.models.problem import Cancelled
from recon_app.odoo import pull as pulling
from recon_app.odoo.client import Client
from recon_app.odoo.errors import Fault, OdooError
from recon_app.odoo.pull import Pulled, count, pull
from recon_app.odoo.versions import LISTINGS, Field, Listing
from tests.odoo.fake_odoo import FakeOdoo, Row

LogIn = Callable[..., Client]
BY_NAME = {listing.what: listing for listing in LISTINGS}
ITEMS, QUANTS = BY_NAME["journal-items"], BY_NAME["quants"]
SOON = datetime(2026, 11, 2, tzinfo=UTC)


def some(what: str, *names: str) -> tuple[Field, ...]:
    """Columns of a list, by their first spelling."""
    return tuple(field for field in BY_NAME[what].fields if field.paths[0] in names)


def quiet(*_: object) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def read(log_in: LogIn, tmp_path: Path) -> Callable[..., tuple[Pulled, list[dict[str, str]]]]:
    """``read(listing, since=None)``: what was pulled, and the rows of the file by header cell."""

    def run(listing: Listing, since: datetime | None = None) -> tuple[Pulled, list[dict[str, str]]]:
        path = tmp_path / "list.csv"
        pulled = pull(log_in(), listing, path, since=since, progress=quiet)
        with path.open(encoding="utf-8", newline="") as stream:
            return pulled, list(csv.DictReader(stream, strict=True))

    return run


Read = Callable[..., tuple[Pulled, list[dict[str, str]]]]


def test_journal_items(read: Read) -> None:
    pulled, rows = read(ITEMS)
    assert (pulled.rows, pulled.unsettled, pulled.zone) == (8, 0, "Europe/Berlin")
    assert pulled.until == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert rows[0] == {
        ".id": "10",
        "move_name": "MISC/0001",
        "date": "2026-10-04",
        "date_maturity": "",
        "journal_id": "Bank",
        "account_id/code": "1010",
        "account_id/name": "Bank",
        "ref": "#1001",
        "name": "'-20% off",
        "debit": "100.1",
        "credit": "0.0",
        "balance": "100.1",
        "currency_id": "EUR",
        "company_currency_id": "EUR",
        "amount_currency": "100.1",
        "amount_residual": "0.0",
        "matching_number": "",
        "move_type": "entry",
        "parent_state": "posted",
    }
    assert [row["name"] for row in rows[1:4]] == ["Line one\nline two", 'A "quoted" name, ü', "'=1+1"]
    assert rows[1]["balance"] == "-100.1"  # a number is no formula


def test_times_are_the_users_and_numbers_are_plain(read: Read) -> None:
    _, rows = read(QUANTS)
    assert [row["product_id/default_code"] for row in rows] == ["TEA-01", ""]
    assert rows[0]["in_date"] == "2026-10-25 02:30:00"  # summer time ends half an hour later
    assert rows[1]["quantity"] == "0.00001"
    assert [row["inventory_quantity_set"] for row in rows] == ["True", ""]


def test_a_user_without_a_zone_has_utc(odoo: FakeOdoo, read: Read) -> None:
    odoo.rows["res.users"][0]["tz"] = False
    pulled, rows = read(QUANTS)
    assert (pulled.zone, rows[0]["in_date"]) == ("UTC", "2026-10-25 00:30:00")


@pytest.mark.parametrize("size", [1, 3, 4, 8])
def test_pages_make_no_difference(read: Read, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    whole = read(ITEMS)
    monkeypatch.setattr(pulling, "PAGE", size)
    assert read(ITEMS) == whole


def test_a_part_is_not_pulled(odoo: FakeOdoo, read: Read) -> None:
    odoo.groups = {"purchase.group_purchase_user"}
    with pytest.raises(OdooError, match="only some"):
        read(ITEMS)
    assert read(QUANTS)[0].rows == 2


def test_links_are_named_once(odoo: FakeOdoo, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "PAGE", 2)
    read(ITEMS)
    asked = [model for model, method in odoo.calls if method == "read" and not model.startswith("res.users")]
    assert sorted(asked) == ["account.account", "account.journal", "res.company", "res.currency"]


def test_only_what_changed(odoo: FakeOdoo, read: Read) -> None:
    odoo.rows["account.move.line"][3]["write_date"] = "2026-11-02 09:00:00"
    pulled, rows = read(ITEMS, SOON)
    assert [row[".id"] for row in rows] == ["40"]
    assert pulled.until == datetime(2026, 11, 2, 9, tzinfo=UTC)


def test_a_change_behind_a_record_counts(odoo: FakeOdoo, read: Read) -> None:
    listing = Listing("x", "x", "x", "line", "X", some("bank-lines", "move_id/name"), behind="move_id")
    odoo.add(
        "entry",
        {"name": "char"},
        {"id": 1, "name": "A"},
        {"id": 2, "name": "B", "write_date": "2026-11-03 00:00:00"},
    )
    kinds = {"move_id": ("many2one", "entry"), "company_id": ("many2one", "res.company")}
    odoo.add("line", kinds, *({"id": one, "move_id": one, "company_id": 1} for one in (1, 2)))
    assert [row["move_id/name"] for row in read(listing, SOON)[1]] == ["B"]


def orders(odoo: FakeOdoo) -> Listing:
    """Two orders, one with two invoices."""
    odoo.add("inv", {}, *({"id": one, "display_name": f"INV/{one}"} for one in (1, 2)))
    odoo.add(
        "order",
        {"name": "char", "invoice_ids": ("many2many", "inv"), "company_id": ("many2one", "res.company")},
        {"id": 1, "name": "S1", "invoice_ids": [1, 2], "company_id": 1},
        {"id": 2, "name": "S2", "company_id": 1},
    )
    return Listing("x", "x", "x", "order", "X", some("sale-orders", "name", "invoice_ids"))


def test_a_column_through_what_may_not_be_read_is_left_out(odoo: FakeOdoo, read: Read) -> None:
    odoo.denied.add("account.move.line")
    assert [list(row) for row in read(orders(odoo))[1]] == [[".id", "name"]] * 2


def test_further_links_stand_on_rows_of_their_own(odoo: FakeOdoo, read: Read) -> None:
    pulled, rows = read(orders(odoo))
    assert [tuple(row.values()) for row in rows] == [
        ("1", "S1", "INV/1"),
        ("", "", "INV/2"),
        ("2", "S2", ""),
    ]
    assert pulled.rows == 2


def test_archived_records_are_read_where_they_matter(odoo: FakeOdoo, read: Read) -> None:
    kinds = {"default_code": "char", "active": "boolean", "company_id": ("many2one", "res.company")}
    odoo.add(
        "product.product", kinds, {"id": 1, "active": True}, {"id": 2, "active": False, "default_code": "OLD"}
    )
    fields = tuple(
        field for field in BY_NAME["products"].fields if field.paths[0] in ("default_code", "active")
    )
    listing = Listing("x", "x", "x", "product.product", "X", fields, archived=True)
    assert [row["active"] for row in read(listing)[1]] == ["True", ""]


def test_a_field_of_another_version(odoo: FakeOdoo, read: Read) -> None:
    listing = Listing("x", "x", "x", "stock.quant", "X", some("moves", "quantity"))
    odoo.fields["stock.quant"]["quantity_done"] = odoo.fields["stock.quant"].pop("quantity")
    for row in odoo.rows["stock.quant"]:
        row["quantity_done"] = row.pop("quantity")
    assert list(read(listing)[1][0]) == [".id", "quantity_done"]


def test_a_field_that_nobody_shows(odoo: FakeOdoo, read: Read) -> None:
    del odoo.fields["account.move.line"]["debit"]
    with pytest.raises(OdooError, match="no field debit") as caught:
        read(ITEMS)
    assert caught.value.fault is Fault.VERSION


def test_an_app_that_is_not_installed(read: Read) -> None:
    with pytest.raises(OdooError, match="no app Purchase") as caught:
        read(BY_NAME["purchase-orders"])
    assert caught.value.fault is Fault.MODULE


@pytest.mark.parametrize(
    ("groups", "shown"),
    [
        ([], True),
        (["sales_team.group_sale_salesman"], False),
        (["purchase.group_purchase_user"], False),
        (["sales_team.group_sale_salesman_all_leads", "sales_team.group_sale_salesman"], False),
        (["sales_team.group_sale_salesman", "account.group_account_invoice"], True),
        (["purchase.group_purchase_user", "account.group_account_readonly"], True),
    ],
    ids=str,
)
def test_a_part_is_not_taken_for_the_whole(
    odoo: FakeOdoo, log_in: LogIn, groups: list[str], shown: bool
) -> None:
    odoo.groups = set(groups)
    if shown:
        assert count(log_in(), ITEMS) == 8
    else:
        with pytest.raises(OdooError, match="only some of the journal items") as caught:
            count(log_in(), ITEMS)
        assert caught.value.fault is Fault.RIGHTS


def test_how_many_there_are(log_in: LogIn) -> None:
    assert count(log_in(), ITEMS) == 8


def test_a_record_that_does_not_say_when_it_changed(odoo: FakeOdoo, read: Read) -> None:
    odoo.rows["account.move.line"][0]["write_date"] = False
    pulled, _ = read(ITEMS)
    assert (pulled.rows, pulled.until) == (8, datetime(2026, 11, 1, 8, tzinfo=UTC))


def test_an_empty_list(odoo: FakeOdoo, read: Read) -> None:
    odoo.rows["stock.quant"].clear()
    assert read(QUANTS) == (Pulled(0, None, 0, "Europe/Berlin"), [])


def _during(odoo: FakeOdoo, change: Callable[[list[Row]], Any]) -> None:
    """Change the items once, after a page of them was read."""
    seen: list[int] = []

    def before(model: str, method: str) -> None:
        if (model, method) == ("account.account", "read") and not seen:
            seen.append(1)
            change(odoo.rows["account.move.line"])

    odoo.before = before


@pytest.mark.parametrize(
    ("change", "rows", "unsettled"),
    [
        (lambda rows: rows.pop(0), 8, 1),
        (lambda rows: rows[0].update(write_date="2026-11-01 08:00:01"), 8, 1),
        (lambda rows: rows.append({**rows[0], "id": 999, "write_date": "2026-11-01 09:00:00"}), 9, 1),
        (lambda rows: rows.pop(4), 7, 0),
    ],
    ids=["gone", "changed", "new", "gone before it was read"],
)
def test_what_moves_while_it_is_read(
    odoo: FakeOdoo,
    read: Read,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[list[Row]], Any],
    rows: int,
    unsettled: int,
) -> None:
    monkeypatch.setattr(pulling, "PAGE", 2)
    _during(odoo, change)
    pulled, found = read(ITEMS)
    assert (pulled.rows, pulled.unsettled) == (rows, unsettled)
    assert len({row[".id"] for row in found}) == rows


def test_records_that_come_again_are_refused(
    odoo: FakeOdoo, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "PAGE", 2)
    monkeypatch.setattr(odoo, "_holds", lambda *_: True)  # a server that ignores conditions
    with pytest.raises(OdooError, match=r"another company|in their order"):
        read(ITEMS)


def test_it_can_be_stopped(log_in: LogIn, tmp_path: Path) -> None:
    def stop(_step: str, done: int, _total: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        pull(log_in(), ITEMS, tmp_path / "x.csv", since=None, progress=stop)


def test_progress_is_told(log_in: LogIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "PAGE", 3)
    told: list[tuple[int, int]] = []
    pull(
        log_in(),
        ITEMS,
        tmp_path / "x.csv",
        since=None,
        progress=lambda _, done, total: told.append((done, total)),
    )
    assert told == [(0, 8), (3, 8), (6, 8), (8, 8)]


def test_the_lists_are_spelled_once() -> None:
    assert len(BY_NAME) == len(LISTINGS)
    for listing in LISTINGS:
        paths = [path for field in listing.fields for path in field.paths]
        assert len(set(paths)) == len(paths), listing.what
