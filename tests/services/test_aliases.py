"""Aliases of SKUs: proposed by the program, approved by a person, for some time, with their history."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from recon_app.models.alias import Alias
from recon_app.models.problem import UsageError
from recon_app.models.record import NO_INT
from recon_app.services import aliases
from recon_app.services.cases import iterate
from recon_app.services.import_files import import_paths
from recon_app.services.run import inputs_digest, keep_answer, run
from recon_app.store.events import list_events
from recon_app.store.workspace import Workspace

_SHOP = (
    "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Barcode,Status\n"
    "grinder,Grinder,Title,Default Title,cf-001,10.00,,active\n"
    "jar,Jar,Title,Default Title,JAR,5.00,'4006381333931,active\n"
    "cup,Cup,Title,Default Title,CUP1,5.00,,active\n"
)
_ODOO = (
    '"Internal Reference","Barcode","Name","Variant Values","Sales Price","Quantity On Hand",'
    '"Unit of Measure","Product Template","Active"\n'
    '"CF-001","","Grinder","","10.0","3.0","Units","Grinder","True"\n'
    '"CF-002","4006381333931","Jar","","5.0","3.0","Units","Jar","True"\n'
    '"CUP-1","","Cup","","5.0","3.0","Units","Cup","True"\n'
)


@pytest.fixture
def stocked(shelf: Workspace, tmp_path: Path) -> Workspace:
    """A workspace with three products whose SKUs are not equal."""
    paths = [tmp_path / "products_export_1.csv", tmp_path / "Product Variant (product.product).csv"]
    for path, text in zip(paths, (_SHOP, _ODOO), strict=True):
        path.write_text(text, encoding="utf-8")
    assert [report.status for report in import_paths(shelf, paths)] == ["imported"] * 2
    return shelf


def _said(ws: Workspace) -> list[str]:
    run(ws, "products")
    return sorted(case.text for case in iterate(ws, "products") if "barcode" not in case.text)


def test_only_unique_and_strong_proposals_are_made_and_only_once(stocked: Workspace) -> None:
    made, changes = aliases.propose(stocked)
    assert [(row.shop, row.odoo, row.why) for row in made] == [
        ("cf-001", "CF-001", "differs only by case"),
        ("JAR", "CF-002", "same barcode"),
    ]
    assert changes.settings
    assert {row.state for row in made} == {"proposed"}
    aliases.reject(stocked, made[1].id, "Ann")
    assert aliases.propose(stocked)[0] == []
    assert not aliases.in_use(stocked)


def test_an_approved_alias_makes_two_skus_one_in_the_next_run(stocked: Workspace) -> None:
    before = inputs_digest(stocked)
    made, _ = aliases.propose(stocked)
    assert inputs_digest(stocked) == before  # a proposal changes no result
    aliases.approve(stocked, made[0].id, "Ann")
    assert inputs_digest(stocked) != before
    assert aliases.in_use(stocked).entries == (Alias("cf-001", "CF-001", NO_INT, NO_INT),)
    assert "'cf-001' in Shopify is 'CF-001' in Odoo: an alias was approved." in _said(stocked)


def test_an_alias_that_ended_counts_no_more_today(stocked: Workspace) -> None:
    number, _ = aliases.approve_pair(stocked, "cf-001", "CF-001", "Ann", first=date(2020, 1, 1))
    aliases.end(stocked, number, "Ann", date(2020, 12, 31))
    assert "'cf-001' in Shopify and 'CF-001' in Odoo: the SKU differs only by case." in _said(stocked)
    (row,) = aliases.listed(stocked)
    assert (row.first, row.last) == (
        aliases.day_number(date(2020, 1, 1)),
        aliases.day_number(date(2020, 12, 31)),
    )


def test_one_sku_has_one_alias_on_a_day(shelf: Workspace) -> None:
    first, _ = aliases.approve_pair(shelf, "a", "A", "Ann", last=date(2026, 6, 30))
    with pytest.raises(UsageError, match=r"'a' is 'A' on some of these days \(alias 1\); end that first"):
        aliases.approve_pair(shelf, "a", "B", "Ann", first=date(2026, 6, 30))
    assert len(aliases.listed(shelf)) == 1  # nothing is left of what was refused
    aliases.approve_pair(shelf, "a", "B", "Ann", first=date(2026, 7, 1))
    with pytest.raises(UsageError, match="does not count on that day"):
        aliases.end(shelf, first, "Ann", date(2026, 7, 1))


@pytest.mark.parametrize(
    ("shop", "odoo", "who", "last", "said"),
    [
        ("a", "A", " ", None, "say who decides it"),
        ("a", "a", "Ann", None, "two different SKUs"),
        ("", "A", "Ann", None, "two different SKUs"),
        ("a", "A", "Ann", date(2025, 1, 1), "is before the first"),
    ],
)
def test_what_cannot_be_approved(
    shelf: Workspace, shop: str, odoo: str, who: str, last: date | None, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        aliases.approve_pair(shelf, shop, odoo, who, first=date(2026, 1, 1), last=last)


def test_decisions_in_the_wrong_order_are_refused(shelf: Workspace) -> None:
    number, _ = aliases.approve_pair(shelf, "a", "A", "Ann")
    with pytest.raises(UsageError, match="approved already"):
        aliases.approve(shelf, number, "Ann")
    with pytest.raises(UsageError, match="only a proposal can be rejected"):
        aliases.reject(shelf, number, "Ann")
    with pytest.raises(UsageError, match="there is no alias 9"):
        aliases.end(shelf, 9, "Ann", date(2026, 1, 1))


def test_every_step_is_in_the_audit_trail(shelf: Workspace) -> None:
    number, _ = aliases.approve_pair(shelf, "a", "A", "Ann", "same photo")
    aliases.end(shelf, number, "Bob", date(2026, 1, 31))
    told = [(event.what, event.who) for event in list_events(shelf, f"alias:{number}")]
    assert told == [("alias proposed", "Ann"), ("alias approved", "Ann"), ("alias ended", "Bob")]


def test_stock_is_compared_under_the_alias(shelf: Workspace, tmp_path: Path) -> None:
    levels, quants = tmp_path / "inventory_export_1.csv", tmp_path / "Quants (stock.quant).csv"
    levels.write_text(
        "Handle,Title,Option1 Name,Option1 Value,SKU,Location,Unavailable,Committed,Available,On hand\n"
        "grinder,Grinder,Title,Default Title,SHOP-1,Berlin,0,0,3,3\n",
        encoding="utf-8",
    )
    quants.write_text(
        '"Product/Internal Reference","Product","Location","Quantity","Reserved Quantity",'
        '"Available Quantity","Unit of Measure"\n'
        '"CF-001","[CF-001] Grinder","WH/Stock","3.0","0.0","3.0","Units"\n',
        encoding="utf-8",
    )
    assert [report.status for report in import_paths(shelf, [levels, quants])] == ["imported"] * 2
    keep_answer(shelf, "stock_location.Berlin", "WH")
    assert run(shelf, "stock").counts == {"missing": 2}
    aliases.approve_pair(shelf, "SHOP-1", "CF-001", "Ann")
    assert run(shelf, "stock").counts == {"matched": 1}
