"""What looks like F1, F2, F10, F16, F17, F18 and F20, and is not; and what their hits tell."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app import registry
from recon_app.fingerprints._books import Books
from recon_app.models.record import NO_INT, RecordType
from tests.fingerprints.planting import PLANTS, not_invoiced
from tests.fingerprints.shop import FIRST, Shop


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_f01_names_the_sku_of_the_shop_and_its_value(shop: Shop) -> None:
    sale = shop.sales[2]
    PLANTS["f01_default_product"](shop)
    (case,) = shop.compare()
    line, sold = sale.so_lines[0], sale.lines[0]
    assert case.facts.note["about"] == sold["sku"]
    assert case.facts.delta == line["amount"]
    assert set(case.records) == {line["id"], sold["id"], sale.order["id"], sale.so["id"]}
    assert case.text.startswith(f"{line['grp']}: '{sold['sku']}' of order {sale.name} stands on the default")


def test_f01_does_not_guess_which_of_two_skus_it_was(shop: Shop) -> None:
    sale = shop.sell(FIRST + 3, [("QF-01", 1, 500), ("QF-02", 1, 700)])
    for line in sale.so_lines[:2]:
        line |= {"sku": "ODOO", "ref2": "", "text": "[ODOO] Ecommerce-Sale"}
    found = shop.compare()
    assert [case.facts.note["about"] for case in found] == ["SKU not known"] * 2
    assert len({case.key for case in found}) == 2


@pytest.mark.parametrize("name", ["Ecommerce sale banner", "Sale of e-commerce books", "Commerce-Sale"])
def test_f01_other_products_are_not_the_default_one(shop: Shop, name: str) -> None:
    shop.sales[2].so_lines[0] |= {"sku": "", "ref2": name, "text": name}
    assert shop.compare() == []


def test_f01_a_cancelled_sale_order_is_none(shop: Shop) -> None:
    PLANTS["f01_default_product"](shop)
    shop.sales[2].so["status"] = "cancel"
    assert shop.compare() == []


def test_f02_an_adjustment_with_an_invoice_is_none(shop: Shop) -> None:
    sale = shop.sales[2]
    shop.so_line(sale.so["grp"], sale.name, "ADJ", "[ADJ] Total adjustment", 1, -1, 0)
    assert shop.compare() == []


@pytest.mark.parametrize("price", [100, 250])
def test_f02_more_than_cents_is_no_adjustment_of_cents(shop: Shop, price: int) -> None:
    sale = shop.sales[2]
    shop.so_line(sale.so["grp"], sale.name, "ADJ", "[ADJ] Total adjustment", 1, price, 0)
    not_invoiced(shop, sale)
    assert shop.compare() == []


def test_f02_a_cheap_product_is_no_adjustment(shop: Shop) -> None:
    sale = shop.sales[2]
    shop.so_line(sale.so["grp"], sale.name, "CLIP", "[CLIP] Adjustable clip", 1, 45, 0)
    not_invoiced(shop, sale)
    assert shop.compare() == []


def test_f02_an_invoice_that_is_not_in_the_export_counts(shop: Shop) -> None:
    PLANTS["f02_cents_no_invoice"](shop)
    shop.note(shop.sales[2].so, invoice_status="invoiced")
    assert shop.compare() == []


def test_pay_01_f10_a_part_paid_order_is_open_and_not_broken(shop: Shop) -> None:
    PLANTS["f10_part_paid"](shop)
    (case,) = shop.compare()
    assert case.says == ("timing", "f10_part_paid", shop.sales[2].total - 400)
    assert "paid, and no invoice in Odoo" in case.text


def test_f10_without_what_is_open_nobody_knows_what_was_paid(shop: Shop) -> None:
    PLANTS["f10_part_paid"](shop)
    shop.sales[2].order["open"] = NO_INT
    (case,) = shop.compare()
    assert case.facts.delta is None
    assert ": a part of " in case.text


def test_f10_an_order_that_odoo_does_not_have_is_none(shop: Shop) -> None:
    PLANTS["f10_part_paid"](shop)
    shop.sales[2].so["status"] = "cancel"
    assert shop.compare() == []


@pytest.mark.parametrize(("percent", "hits"), [(0, 0), (1, 1), (3, 1), (4, 0), (50, 0)])
def test_f16_three_percent_are_the_limit(shop: Shop, percent: int, hits: int) -> None:
    sale = shop.sales[2]
    sale.payment["amount"] -= sale.total * percent // 100
    assert len(shop.compare()) == hits


def test_f16_a_rest_that_is_booked_is_none(shop: Shop) -> None:
    PLANTS["f16_tolerance_paid"](shop)
    sale = shop.sales[2]
    rest = sale.total - sale.payment["amount"]
    shop.add(
        RecordType.JOURNAL_ITEM,
        grp="MISC/2",
        text=f"Fee of {sale.name}",
        status="posted",
        day=sale.day,
        amount=rest,
    )
    assert shop.compare() == []


def test_f16_the_rest_of_another_order_explains_nothing(shop: Shop) -> None:
    PLANTS["f16_tolerance_paid"](shop)
    rest = shop.sales[2].total - shop.sales[2].payment["amount"]
    shop.add(RecordType.JOURNAL_ITEM, grp="MISC/2", text="Fee of #9999", status="posted", day=1, amount=rest)
    assert len(shop.compare()) == 1


def test_f16_a_credit_note_over_the_rest_is_none(shop: Shop) -> None:
    PLANTS["f16_tolerance_paid"](shop)
    sale = shop.sales[2]
    rest = sale.total - sale.payment["amount"]
    shop.credit_note(sale, sale.day + 1, rest, 0, [])
    shop.note(sale.so, invoices=[sale.invoice["grp"], sale.credits[-1]["grp"]])
    assert shop.compare() == []


def test_f16_a_payment_of_two_invoices_is_not_split(shop: Shop) -> None:
    sale, other = shop.sales[2], shop.sales[4]
    shop.note(sale.payment, invoices=[sale.invoice["grp"], other.invoice["grp"]])
    assert shop.compare() == []


def test_f17_goods_in_common_make_a_duplicate_whatever_it_costs(shop: Shop) -> None:
    PLANTS["f17_duplicate_orders"](shop)
    (twin,) = [row for row in shop.rows()[RecordType.SALE_ORDER] if row["grp"] == "S90010"]
    twin["amount"] += 100
    (case,) = shop.compare()
    assert case.says == ("duplicate", "f17_duplicate_orders", twin["amount"])


def test_f17_a_replacement_that_costs_nothing_is_none(shop: Shop) -> None:
    PLANTS["f17_duplicate_orders"](shop)
    (twin,) = [row for row in shop.rows()[RecordType.SALE_ORDER] if row["grp"] == "S90010"]
    twin["amount"] = 0
    assert shop.compare() == []


def test_f17_a_cancelled_twin_is_none(shop: Shop) -> None:
    PLANTS["f17_duplicate_orders"](shop)
    (twin,) = [row for row in shop.rows()[RecordType.SALE_ORDER] if row["grp"] == "S90010"]
    twin["status"] = "cancel"
    assert shop.compare() == []


@pytest.mark.parametrize(("wrong", "hits"), [(4, 0), (5, 1)])
def test_f18_five_orders_in_a_row_are_a_step(shop: Shop, wrong: int, hits: int) -> None:
    for sale in shop.sales[-wrong:]:
        shop.note(sale.so, tax=0)
    found = shop.compare()
    assert len(found) == hits
    for case in found:
        assert case.facts.delta == sum(sale.tax for sale in shop.sales[-wrong:])
        assert f"{wrong} orders in a row have their tax not at all in Odoo" in case.text


def test_f18_single_orders_are_no_step(shop: Shop) -> None:
    for sale in shop.sales[20:36:2]:
        shop.note(sale.so, tax=2 * sale.tax)
    assert shop.compare() == []


def test_f18_an_export_without_taxes_is_no_step(shop: Shop) -> None:
    for sale in shop.sales:
        shop.note(sale.so, tax=0)
    assert shop.compare() == []


def test_f18_invoices_tell_where_sale_orders_do_not(shop: Shop) -> None:
    for sale in shop.sales:
        shop.note(sale.so, tax=None)
    assert shop.compare() == []
    for sale in shop.sales[31:]:
        shop.note(sale.invoice, tax=2 * sale.tax)
    assert [case.facts.cause for case in shop.compare()] == ["f18_tax_step"]


def test_tax_01_f20_both_figures_come_out_exactly(shop: Shop) -> None:
    PLANTS["f20_rounding_method"](shop)
    (case,) = shop.compare()
    assert case.facts.delta == 2
    assert "(rounded per line)" in case.text
    assert "(rounded global)" in case.text


def test_tax_02_f20_prices_that_hold_their_tax_need_no_total_of_the_line(shop: Shop) -> None:
    """Three lines of 19.99 with 20 %: 9.99 rounded per line, 10.00 globally."""
    shop.put(
        RecordType.ORDER,
        ident="77",
        ref="#77",
        day=FIRST,
        at=FIRST * 86_400,
        amount=5997,
        currency="EUR",
        status="paid",
        extra={"taxes": 1000, "taxes_are": "included"},
    )
    shop.put(
        RecordType.SALE_ORDER,
        grp="S77",
        ref="#77",
        day=FIRST,
        at=FIRST * 86_400,
        amount=5997,
        currency="EUR",
        status="sale",
        extra={"tax": 999, "invoice_status": "invoiced"},
    )
    for place in range(3):
        shop.put(
            RecordType.SALE_ORDER_LINE,
            grp="S77",
            ref="#77",
            sku=f"P{place}",
            quantity=10**6,
            amount=1666,
            currency="EUR",
            status="sale",
            extra={"price": "19.99", "taxes": "20%"},
        )
    (case,) = shop.compare()
    assert case.says == ("amount", "f20_rounding_method", 1)
    assert "10.00 EUR in Shopify (rounded global) and 9.99 EUR" in case.text


@pytest.mark.parametrize("off", [-1, 1, 5])
def test_f20_cents_that_do_not_come_out_are_none(shop: Shop, off: int) -> None:
    PLANTS["f20_rounding_method"](shop)
    row = shop.rows()[RecordType.SALE_ORDER][-1]
    tax = int(row["extra"].partition('"tax":')[2].partition("}")[0].partition(",")[0])
    shop.note(row, tax=tax + off)
    assert shop.compare() == []


def test_f20_a_tax_without_a_rate_in_its_name_is_not_recomputed(shop: Shop) -> None:
    PLANTS["f20_rounding_method"](shop)
    for line in shop.rows()[RecordType.SALE_ORDER_LINE][-8:]:
        shop.note(line, taxes="Standard rate")
    assert shop.compare() == []


prices = st.lists(st.integers(1, 20_000), min_size=1, max_size=8)


@given(prices, st.sampled_from([7, 19, 20, 21]))
def test_f20_says_exactly_what_both_methods_give(nets: list[int], rate: int) -> None:
    shop = Shop(empty=True)
    per_line = sum((2 * net * rate + 100) // 200 for net in nets)
    whole = (2 * sum(nets) * rate + 100) // 200
    total = sum(nets) + per_line
    extra = {"taxes": per_line, "taxes_are": "added"}
    shop.put(RecordType.ORDER, ident="1", ref="#1", status="paid", day=FIRST, amount=total, extra=extra)
    shop.put(RecordType.SALE_ORDER, grp="S1", ref="#1", status="sale", amount=total, extra={"tax": whole})
    for number, net in enumerate(nets):
        shop.so_line("S1", "#1", f"X{number}", "", 1, net, rate)
    found = registry.fingerprints()["f20_rounding_method"].hits(Books(shop.frames())).hits
    assert [hit.value for hit in found] == ([] if per_line == whole else [abs(per_line - whole)])


def test_orders_of_two_stores_with_one_name_are_left_alone(shop: Shop) -> None:
    PLANTS["f10_part_paid"](shop)
    shop.put(RecordType.ORDER, **{**shop.sales[2].order, "ident": "another", "currency": "EUR"})
    assert shop.compare() == []


def test_without_records_every_rule_says_what_it_lacks() -> None:
    shop = Shop(empty=True)
    assert shop.compare() == []
    named = {code for text in shop.remarks for code in re.findall(r"F[0-9]{2}", text)}
    assert named == {rule.code for rule in registry.fingerprints().values()}
    assert "Import lines of sale orders to look for F01 too." in shop.remarks
    assert shop.result is not None
    assert [row.get("hits") for row in shop.result.panels[0].rows] == [None] * 24


@given(st.integers(1, 10**7), st.integers(0, 10**6))
def test_f16_three_percent_are_exact(total: int, rest: int) -> None:
    shop = Shop(empty=True)
    sale = shop.sell(FIRST, [("QF-01", 1, total)])
    sale.payment["amount"] -= rest
    found = registry.fingerprints()["f16_tolerance_paid"].hits(Books(shop.frames())).hits
    assert [hit.value for hit in found] == ([rest] if 0 < rest * 100 <= 3 * sale.total else [])
