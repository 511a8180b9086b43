"""Tax by rate and month, and of orders against their invoices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.engine.cases import lay_out
from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations._tax_records import rate_name
from recon_app.reconciliations._tax_words import percentage
from recon_app.reconciliations.tax import Tax
from tests.reconciliations.ledger import Found, Ledger, same_backwards, stands_once


class Shop(Ledger):
    """Orders of 100.00 EUR net with 19 % tax, invoiced as they are."""

    def __init__(self) -> None:
        super().__init__(Tax())
        self._number = 1000

    def sold(self, month: str, *taxes: tuple[str, int], net: int = 100_00, **values: Any) -> str:
        """An order with its taxes; returns its reference."""
        self._number += 1
        tax = sum(minor for _, minor in taxes)
        extra = {"subtotal": net, "taxes": tax, "tax_lines": [list(each) for each in taxes]}
        given = {"day": f"{month}-05", "amount": net + tax, "extra": extra} | values
        ref = f"#{self._number}"
        self.add(RecordType.ORDER, ref=ref, **given)
        return ref

    def billed(self, ref: str, month: str, *taxes: tuple[str, int], net: int = 100_00, **values: Any) -> None:
        """Its invoice with the items of its entry."""
        tax = sum(minor for _, minor in taxes)
        given = {
            "day": f"{month}-05",
            "extra": {"untaxed": net, "tax": tax},
            "status": "posted/paid",
        } | values
        name = given.setdefault("grp", f"INV/{ref}")
        category = "credit_note" if net < 0 else "invoice"
        self.add(RecordType.INVOICE, category=category, ref=ref, amount=net + tax, **given)
        labels = [label for label, _ in taxes]
        self.item("400000", f"{-net / 100:.2f}", grp=name, day=given["day"], extra={"taxes": labels})
        for label, minor in taxes:
            self.item("251000", f"{-minor / 100:.2f}", grp=name, day=given["day"], extra={"tax_line": label})

    def month(self, month: str, many: int = 6, rate: str = "DE VAT 19%", tax: int = 19_00) -> None:
        """Some orders of a month, invoiced as they are."""
        for _ in range(many):
            self.billed(self.sold(month, (rate, tax)), month, (rate.partition(" VAT ")[2], tax))

    def by_rate(self) -> dict[tuple[str, str, str], Found]:
        """Cases by side, month and rate."""
        notes = ((each.facts.note, each) for each in self.compare())
        return {(note["side"], note["month"], note["rate"]): each for note, each in notes if "rate" in note}


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_two_clean_months(shop: Shop) -> None:
    shop.month("2026-09")
    shop.month("2026-10")
    assert shop.differences() == []
    rows = shop.by_rate()
    assert len(rows) == 8
    assert rows["Shop", "2026-10", "19%"].text == (
        "Shop, 2026-10, 19%: tax of 114.00 EUR on 600.00 EUR, 6 records."
    )
    assert rows["Odoo", "2026-10", "19%"].facts.note["expected"] == 114_00
    (whole,) = (each for each in shop.compare() if each.facts.note.get("orders") and "2026-10" in each.text)
    assert whole.text == "2026-10: 6 orders with invoices have 114.00 EUR of tax in the shop and in Odoo."


def test_f18_tax_counted_twice_since_a_month(shop: Shop) -> None:
    shop.month("2026-09")
    for _ in range(6):
        shop.billed(shop.sold("2026-10", ("DE VAT 19%", 19_00)), "2026-10", ("19%", 38_00))
    found = {(each.facts.note.get("side"), each.facts.note["month"]): each for each in shop.differences()}
    above = shop.by_rate()["Odoo", "2026-10", "19%"]
    assert above.says == ("amount", "tax_above_rate", 114_00)
    assert above.text == (
        "Odoo, 2026-10, 19%: tax of 228.00 EUR on 600.00 EUR, the rate gives 114.00 EUR: 114.00 EUR more."
    )
    whole = shop.by_rate()["Odoo", "2026-10", "all rates"]
    assert whole.says == ("amount", "ratio_changed", 114_00)
    assert "tax is 38.00 % of 600.00 EUR, the month before it was 19.00 %: 114.00 EUR more." in whole.text
    orders = found[None, "2026-10"]
    assert orders.says == ("amount", "tax_differs", 114_00)
    assert len(orders.records) == 12
    assert stands_once(shop)


def test_f18_tax_missing_since_a_month(shop: Shop) -> None:
    shop.month("2026-09")
    for _ in range(6):
        shop.billed(shop.sold("2026-10", ("DE VAT 19%", 19_00)), "2026-10")
    rows = shop.by_rate()
    assert rows["Odoo", "2026-10", "19%"].says == ("field", "rate_gone", 0)
    assert rows["Odoo", "2026-10", "19%"].text == (
        "Odoo, 2026-10, 19%: no tax any more; the month before had 114.00 EUR."
    )
    assert rows["Odoo", "2026-10", "all rates"].says == ("amount", "ratio_changed", -114_00)


def test_a_rate_that_replaces_another_one(shop: Shop) -> None:
    shop.month("2026-09")
    shop.month("2026-10", rate="DE VAT 16%", tax=16_00)
    rows = shop.by_rate()
    for side in ("Shop", "Odoo"):
        assert rows[side, "2026-10", "16%"].facts.cause == "rate_appeared"
        assert rows[side, "2026-10", "19%"].facts.cause == "rate_gone"
    assert rows["Shop", "2026-10", "all rates"].facts.kind == "matched"


def test_a_rate_of_one_customer_is_no_change(shop: Shop) -> None:
    shop.month("2026-09", 20)
    shop.month("2026-10", 20)
    shop.month("2026-10", 1, "AT VAT 20%", 20_00)
    assert shop.differences() == []


def test_a_month_with_few_taxed_orders_is_no_step(shop: Shop) -> None:
    for month, taxed in (("2026-09", 2), ("2026-10", 0)):
        for number in range(20):
            shop.sold(month, *([("VAT 19%", 19_00)] if number < taxed else []))
    assert shop.differences() == []


def test_an_invoice_of_years_ago_is_of_another_order(shop: Shop) -> None:
    shop.sold("2026-10", ("19%", 19_00))
    shop.billed("#1001", "2021-10", ("19%", 18_00))
    assert not [each for each in shop.compare() if "orders" in each.facts.note]


def test_part_of_a_tax_missing_in_the_books(shop: Shop) -> None:
    shop.month("2026-10")
    shop.billed("#x", "2026-10", ("19%", 2_00))
    case = shop.by_rate()["Odoo", "2026-10", "19%"]
    assert case.says == ("amount", "tax_below_rate", -17_00)


def test_roundings_of_documents_are_no_finding(shop: Shop) -> None:
    for _ in range(6):
        shop.billed(shop.sold("2026-10", ("19%", 1_91), net=10_02), "2026-10", ("19%", 1_91), net=10_02)
    assert shop.differences() == []


def test_several_rates_of_one_order(shop: Shop) -> None:
    for month in ("2026-09", "2026-10"):
        for _ in range(6):
            taxes = (("State Tax 4%", 4_00), ("County Tax 4%", 4_00), ("City Tax 1%", 1_00))
            shop.sold(month, *taxes)
    rows = shop.by_rate()
    assert shop.differences() == []
    assert rows["Shop", "2026-10", "4%"].facts.note["tax"] == 48_00
    assert rows["Shop", "2026-10", "4%"].facts.note["counted"] == 0


def test_without_tax_items_odoo_has_all_rates_together(shop: Shop) -> None:
    shop.add(
        RecordType.INVOICE,
        category="invoice",
        ref="#1",
        grp="INV/1",
        day="2026-10-05",
        status="posted/paid",
        amount=119_00,
        extra={"untaxed": 100_00, "tax": 19_00},
    )
    assert set(shop.by_rate()) == {("Odoo", "2026-10", "all rates")}
    assert any("No journal item shows a tax" in remark for remark in shop.remarks)


def test_tax_items_alone_take_the_base_of_the_document(shop: Shop) -> None:
    shop.add(
        RecordType.INVOICE,
        category="invoice",
        ref="#1",
        grp="INV/1",
        day="2026-10-05",
        status="posted/paid",
        amount=119_00,
        extra={"untaxed": 100_00, "tax": 19_00},
    )
    shop.item("251000", "-19.00", grp="INV/1", day="2026-10-05", extra={"tax_line": "19%"})
    assert shop.by_rate()["Odoo", "2026-10", "19%"].facts.note["base"] == 100_00


def test_bills_and_drafts_do_not_count(shop: Shop) -> None:
    shop.month("2026-10")
    shop.item("157600", "19.00", grp="BILL/1", day="2026-10-05", extra={"tax_line": "19%"})
    shop.billed("#y", "2026-10", ("19%", 38_00), status="draft/not_paid", grp="Draft (#y)")
    assert shop.by_rate()["Odoo", "2026-10", "19%"].facts.note["tax"] == 114_00


def test_credit_notes_lower_the_tax(shop: Shop) -> None:
    shop.month("2026-10")
    shop.billed("#1001", "2026-10", ("19%", -19_00), net=-100_00, grp="RINV/1")
    assert shop.by_rate()["Odoo", "2026-10", "19%"].facts.note["tax"] == 95_00
    assert shop.differences() == []


def test_the_table_by_rate_and_month(shop: Shop) -> None:
    shop.month("2026-09")
    shop.month("2026-10", rate="DE VAT 16%", tax=16_00)
    shop.compare()
    assert shop.result is not None
    panel = shop.result.panels[0]
    assert panel.title == "Tax by rate and month, Shop, EUR"
    shown = [(row["month"], row["rate"], row["tax"], row["ratio"], row["finding"]) for row in panel.rows]
    assert shown == [
        ("2026-09", "all rates", 114_00, "19.00 %", ""),
        ("2026-09", "19%", 114_00, "19.00 %", ""),
        ("2026-10", "all rates", 96_00, "16.00 %", ""),
        ("2026-10", "16%", 96_00, "16.00 %", "the rate appeared"),
        ("2026-10", "19%", 0, "", "the rate is gone"),
    ]
    assert panel.strong == (0, 2)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("GB VAT 20%", "20%"),
        ("New Jersey State Tax 6.625%", "6.625%"),
        ("MwSt 8,1 %", "8.1%"),
        ("Shipping fee tax 0%", "Shipping fee tax 0%"),
        ("account.1_sale_tax", "account.1_sale_tax"),
    ],
)
def test_a_rate_has_one_name_in_both_systems(label: str, name: str) -> None:
    assert rate_name(label) == name


@given(st.fractions(-5, 5))
def test_percentages_are_exact_to_the_hundredth(ratio: Any) -> None:
    text = percentage(ratio)
    whole, _, rest = text.removesuffix(" %").partition(".")
    shown = int(whole.removeprefix("-") + rest) * (-1 if text.startswith("-") else 1)
    assert abs(shown - ratio * 10_000) * 2 <= 1


_MONTHS = st.sampled_from(("2026-08", "2026-09", "2026-10"))


@given(st.lists(st.tuples(_MONTHS, st.integers(1, 10**6), st.integers(-2, 2)), max_size=10))
def test_tax_of_orders_and_invoices_adds_up(rows: list[tuple[str, int, int]]) -> None:
    shop = Shop()
    expected: dict[str, int] = {}
    for month, net, off in rows:
        tax = net * 19 // 100
        ref = shop.sold(month, ("VAT 19%", tax), net=net)
        shop.billed(ref, month, ("19%", tax + off), net=net)
        expected[month] = expected.get(month, 0) + off
    found = {each.facts.note["month"]: each for each in shop.compare() if "orders" in each.facts.note}
    assert {month: each.facts.delta for month, each in found.items()} == expected
    assert sum(len(each.records) for each in found.values()) == 2 * sum(1 for _, _, off in rows if off)
    assert stands_once(shop)
    assert same_backwards(shop)


def test_orders_of_one_name_are_left_out_and_said(shop: Shop) -> None:
    ref = shop.sold("2026-10", ("19%", 19_00))
    shop.sold("2026-10", ("19%", 19_00))
    shop.add(RecordType.ORDER, ref=ref, day="2026-10-07", amount=10_00, extra={"subtotal": 10_00, "taxes": 0})
    shop.billed(ref, "2026-10", ("19%", 20_00))
    assert [each for each in shop.compare() if each.facts.cause == "tax_differs"] == []
    (said,) = shop.remarks
    assert said == (
        "2 orders of the shop of 2026-10-05 to 2026-10-07 were left out: others have the same name, and "
        "nothing tells which of them an invoice is of."
    )


def test_an_order_stands_beside_its_invoices(shop: Shop) -> None:
    refs = [shop.sold("2026-10", ("DE VAT 19%", 19_00)) for _ in range(3)]
    for ref in reversed(refs):
        shop.billed(ref, "2026-10", ("19%", 20_00))
    shop.billed(refs[0], "2026-10", ("19%", 1_00), grp="INV/more")
    shop.compare()
    assert shop.result is not None
    lines = lay_out(shop.result.legs, np.arange(len(shop.result.cases)))
    shown = [
        tuple("" if record == NO_INT else shop.records[record].values["ref"] for record in pair)
        for pair in zip(lines["shop"].tolist(), lines["odoo"].tolist(), strict=True)
        if pair != (NO_INT, NO_INT)
    ]
    assert shown == [(refs[0], refs[0]), ("", refs[0]), (refs[1], refs[1]), (refs[2], refs[2])]


def test_invoices_alone_have_their_taxes(shop: Shop) -> None:
    shop.billed("#1", "2026-10", ("19%", 19_00))
    assert {each.facts.note["side"] for each in shop.compare()} == {"Odoo"}


def test_what_is_missing_is_said(shop: Shop) -> None:
    assert shop.compare() == []
    (said,) = shop.remarks
    assert "orders of the shop (Shopify, Orders, Export) and invoices of Odoo (Accounting" in said


def test_why_not(shop: Shop) -> None:
    one, two = shop.order("#1", "1.00"), shop.invoice("#2", "1.00")
    assert Tax().why_not(shop.records[one], shop.records[two])[0].text == "The order differs: '#1' and '#2'."
    assert Tax().why_not(shop.records[one], shop.records[one])[0].text == "Both name #1."
