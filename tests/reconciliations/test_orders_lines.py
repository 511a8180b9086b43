"""Lines and amounts of orders: products, quantities, prices, discounts, shipping, tips, duties, tax."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.engine.tax import Base, globally, per_line
from recon_app.models.problem import UsageError
from recon_app.models.record import RecordType
from recon_app.reconciliations.orders import Orders
from tests.reconciliations.desk import DAY, Desk, Found, case_of, minor, money

_A, _B = ("A", "2", "20.00"), ("B", "1", "12.50")


@pytest.fixture
def desk() -> Desk:
    """Orders at the ends of the period, so that those between are not cut off."""
    desk = Desk(Orders())
    for ref, day in (("#1", DAY - 60), ("#9", DAY + 60)):
        desk.order(ref, _A, day=day, at=day * 86_400)
        desk.sale(f"S{ref[1:]}", ref, _A, day=day, at=day * 86_400)
    return desk


def _only(desk: Desk) -> Found:
    (found,) = desk.odd()
    return found


def test_a_line_is_missing(desk: Desk) -> None:
    desk.order("#2", _A, _B)
    desk.sale("S2", "#2", _A)
    case = _only(desk)
    assert case.says == ("amount", "line_missing", "-12.50")
    assert case.text.startswith("Order #2: B, 1 Unit, is not on the sale order. Odoo has 12.50 EUR less")
    assert (
        "Odoo has 12.50 EUR less goods after discounts; nothing else of the totals differs." in case.evidence
    )


def test_a_line_is_too_many(desk: Desk) -> None:
    desk.order("#2", _A)
    desk.sale("S2", "#2", _A, _B)
    assert _only(desk).says == ("amount", "line_extra", "12.50")


def test_another_product_of_the_same_quantity_and_value(desk: Desk) -> None:
    desk.order("#2", _A, _B)
    desk.sale("S2", "#2", _A, ("ECOM", "1", "12.50"))
    case = _only(desk)
    assert case.says == ("field", "sku_differs", "0.00")
    assert case.text == "Order #2: B in the shop is ECOM in Odoo. The totals agree."


def test_what_fits_two_products_is_not_decided(desk: Desk) -> None:
    desk.order("#2", ("B", "1", "12.50"), ("C", "1", "12.50"))
    desk.sale("S2", "#2", ("X", "1", "12.50"), ("Y", "1", "12.50"))
    assert _only(desk).says == ("field", "line_missing", "0.00")


def test_skus_differ_in_case(desk: Desk) -> None:
    desk.order("#2", ("ab-1", "1", "12.50"))
    desk.sale("S2", "#2", ("AB-1", "1", "12.50"))
    assert _only(desk).says == ("field", "sku_differs", "0.00")


def test_a_line_without_sku_is_known_by_its_name(desk: Desk) -> None:
    desk.order("#2", _A)
    desk.line("#2", "", "1", "0", text="Gift Wrap")
    desk.sale("S2", "#2", _A)
    desk.sale_line("S2", "#2", "WRAP", "1", 0, text="[WRAP] Gift wrap")
    assert desk.odd() == []


def test_a_quantity_differs(desk: Desk) -> None:
    desk.order("#2", _A)
    desk.sale("S2", "#2", ("A", "3", "20.00"))
    case = _only(desk)
    assert case.says == ("amount", "quantity_differs", "20.00")
    assert "A: ordered 2 Units, in Odoo 3 Units" in case.text


def test_dozens_are_twelve_pieces(desk: Desk) -> None:
    desk.order("#2", ("A", "24", "1.00"))
    desk.sale("S2", "#2", amount="24.00", extra={"untaxed": 2400})
    desk.sale_line("S2", "#2", "A", "2", 2400, unit="Dozens")
    assert desk.odd() == []


def test_a_price_differs(desk: Desk) -> None:
    desk.order("#2", _A, _B)
    desk.sale("S2", "#2", ("A", "2", "19.00"), _B)
    case = _only(desk)
    assert case.says == ("amount", "price_differs", "-2.00")
    assert "A: 40.00 EUR in the shop, 38.00 EUR in Odoo" in case.text


def test_what_was_refunded_before_shipping_may_be_gone_in_odoo(desk: Desk) -> None:
    desk.order("#2", _A, _B, refunded="20.00", status="partially_refunded")
    desk.add(RecordType.REFUND, ref="#2", sku="A", status="CANCEL", quantity="1")
    desk.sale("S2", "#2", ("A", "1", "20.00"), _B)
    case = case_of(desk.compare(), "#2")
    assert (case.facts.kind, case.facts.cause) == ("matched", "refund_taken_off")


@pytest.mark.parametrize("spread", [False, True])
def test_tax_04_a_discount_is_one_line_or_spread_by_largest_remainder(desk: Desk, *, spread: bool) -> None:
    items = [(sku, "1", "50.00") for sku in "ABC"]
    desk.order("#2", *items, discount="10.00")
    if spread:
        desk.sale("S2", "#2", ("A", "1", "46.66"), ("B", "1", "46.67"), ("C", "1", "46.67"))
    else:
        desk.sale("S2", "#2", *items, ("DISC", "1", "-10.00"))
    assert desk.odd() == []
    assert desk.result is not None
    assert desk.result.proposals.get("order_line.DISC", "discount") == "discount"


def test_another_spread_of_the_same_discount_is_no_difference(desk: Desk) -> None:
    desk.order("#2", ("A", "1", "50.00"), ("B", "1", "50.00"), discount="10.00")
    desk.sale("S2", "#2", ("A", "1", "40.00"), ("B", "1", "50.00"))
    assert desk.odd() == []


def test_a_discount_did_not_arrive(desk: Desk) -> None:
    desk.order("#2", _A, discount="5.00")
    desk.sale("S2", "#2", _A)
    case = _only(desk)
    assert case.says == ("amount", "discount_differs", "5.00")
    assert case.text.startswith("Order #2: Odoo has 5.00 EUR more goods after discounts.")


def test_a_discount_of_a_line_may_be_a_percentage(desk: Desk) -> None:
    desk.order("#2", discount="4.00", amount="36.00", extra={"subtotal": 3600})
    desk.line("#2", "A", "2", "20.00", amount="36.00", extra={"discount": 400})
    desk.sale("S2", "#2", amount="36.00", extra={"untaxed": 3600})
    desk.sale_line("S2", "#2", "A", "2", 3600, extra={"price": "20", "discount": "10"})
    assert desk.odd() == []


def test_set_14_shipping_duty_and_tip_are_no_products(desk: Desk) -> None:
    desk.order("#2", ("A", "1", "50.00"), shipping="5.00", duties="3.00", tip="2.00")
    extras = [("SHIP", "1", "5.00"), ("DUTY", "1", "3.00"), ("TIP", "1", "2.00")]
    desk.sale("S2", "#2", ("A", "1", "50.00"), *extras)
    assert desk.odd() == []
    assert desk.result is not None
    proposed = {name: word for name, word in desk.result.proposals.items() if name.startswith("order_line")}
    assert proposed == {"order_line.SHIP": "shipping", "order_line.DUTY": "duty", "order_line.TIP": "tip"}


@pytest.mark.parametrize(
    ("lacking", "cause", "delta"),
    [
        ("SHIP", "shipping_differs", "-5.00"),
        ("DUTY", "duty_differs", "-3.00"),
        ("TIP", "tip_differs", "-2.00"),
    ],
)
def test_set_14_the_part_that_is_missing_is_named(desk: Desk, lacking: str, cause: str, delta: str) -> None:
    desk.order("#2", ("A", "1", "50.00"), shipping="5.00", duties="3.00", tip="2.00")
    extras = [("SHIP", "1", "5.00"), ("DUTY", "1", "3.00"), ("TIP", "1", "2.00")]
    desk.sale("S2", "#2", ("A", "1", "50.00"), *(item for item in extras if item[0] != lacking))
    assert _only(desk).says == ("amount", cause, delta)


def test_set_14_a_compare_of_goods_only_would_show_a_false_difference(desk: Desk) -> None:
    desk.order("#2", ("A", "1", "50.00"), shipping="5.00", duties="3.00", tip="2.00")
    desk.sale("S2", "#2", ("A", "1", "50.00"))
    case = _only(desk)
    assert case.says == ("amount", "shipping_differs", "-10.00")
    assert case.facts.note["parts"] == {"shipping": -500, "tip": -200, "duty": -300}


def test_what_a_line_stands_for_is_an_answer(desk: Desk) -> None:
    desk.order("#2", _A, shipping="5.00")
    desk.sale("S2", "#2", _A, ("X-99", "1", "5.00"))
    assert _only(desk).says == ("field", "line_extra", "0.00")
    desk.answers["order_line.X-99"] = "shipping"
    assert desk.odd() == []
    desk.answers["order_line.X-99"] = "parcels"
    desk.odd()
    assert any("order_line.X-99 is 'parcels'" in text for text in desk.result.remarks)  # type: ignore[union-attr]


def test_odoo_s_own_flag_tells_shipping(desk: Desk) -> None:
    desk.order("#2", _A, shipping="5.00")
    desk.sale("S2", "#2", _A, amount="45.00", extra={"untaxed": 4500})
    desk.sale_line("S2", "#2", "X-99", "1", 500, extra={"delivery": True})
    assert desk.odd() == []


def test_an_adjustment_that_makes_the_totals_agree_is_told(desk: Desk) -> None:
    desk.order("#2", _A)
    desk.sale("S2", "#2", ("A", "2", "19.99"), ("ADJ", "1", "0.02"))
    assert _only(desk).says == ("field", "adjustment_line", "0.00")


def test_a_kit_of_the_shop_is_its_components_in_odoo(desk: Desk) -> None:
    for sku, many in (("CUP", "2"), ("POT", "1")):
        desk.add(RecordType.KIT_COMPONENT, grp="SET", sku=sku, quantity=many, status="phantom", unit="Units")
    desk.order("#2", ("SET", "2", "30.00"))
    desk.sale("S2", "#2", ("CUP", "4", "10.00"), ("POT", "2", "10.00"))
    assert desk.odd() == []
    desk.order("#3", ("SET", "2", "30.00"))
    desk.sale("S3", "#3", ("CUP", "3", "10.00"), ("POT", "3", "10.00"))
    assert _only(desk).says == ("field", "line_missing", "0.00")


@pytest.mark.parametrize("turned", [False, True])
def test_components_that_do_not_suffice_for_two_kits_are_neither_s(desk: Desk, turned: bool) -> None:
    kits = [("SET", "1", "30.00"), ("BOX", "1", "30.00")]
    for kit in ("SET", "BOX"):
        desk.add(RecordType.KIT_COMPONENT, grp=kit, sku="CUP", quantity="2", status="phantom", unit="Units")
    desk.order("#2", *(kits[::-1] if turned else kits))
    desk.sale("S2", "#2", ("CUP", "3", "20.00"))
    found = [item["sku"] for item in _only(desk).facts.note["differences"] if item["what"] == "missing"]
    assert found == ["BOX", "SET"]


def test_half_a_piece_has_half_its_price(desk: Desk) -> None:
    desk.order("#2", _B)
    line = desk.rows[RecordType.ORDER_LINE][-1]
    line["quantity"], line["amount"] = 500_000, 625
    desk.rows[RecordType.ORDER][-1] |= {"amount": 625}
    desk.sale("S2", "#2", ("B", "0.5", "12.50"))
    assert "price_differs" not in [case.facts.cause for case in desk.odd()]


def test_sums_that_are_not_exact_are_refused_in_words(desk: Desk) -> None:
    desk.order("#2", _A)
    desk.order("#3", _A)
    for row in desk.rows[RecordType.ORDER][-2:]:
        row["amount"] = 5 * 10**18
    with pytest.raises(UsageError, match="can be added up exactly"):
        desk.compare()


# seven lines of 8.49 at 21 %: 12.46 rounded per line, 12.48 rounded once
_SEVEN = [(f"P{number}", "1", "8.49") for number in range(7)]


@pytest.mark.parametrize(("shop", "odoo", "delta"), [("12.46", "12.48", "0.02"), ("12.48", "12.46", "-0.02")])
def test_tax_01_a_rounding_method_explains_exactly_both_numbers(
    desk: Desk, shop: str, odoo: str, delta: str
) -> None:
    taxes = {"tax_lines": [["VAT 21%", minor(shop)]]}
    desk.order("#2", *_SEVEN, taxes=shop, taxes_are="added", extra=taxes)
    desk.sale("S2", "#2", *_SEVEN, tax=odoo)
    case = _only(desk)
    assert case.says == ("amount", "rounding_method", delta)
    assert "Tax rounded per line is 12.46 EUR, rounded once for each rate 12.48 EUR." in case.evidence


def test_tax_02_with_tax_in_the_prices(desk: Desk) -> None:
    items = [(sku, "1", "19.99") for sku in "ABC"]
    desk.order("#2", *items, taxes="9.99", taxes_are="included", extra={"tax_lines": [["VAT 20%", 999]]})
    desk.sale("S2", "#2", amount="59.97", extra={"untaxed": 4997, "tax": 1000})
    for sku, _, _ in items:
        desk.sale_line("S2", "#2", sku, "1", 1666, extra={"total": 1999, "taxes": "20%"})
    case = _only(desk)
    assert case.says == ("field", "rounding_method", "0.00")
    assert case.text == (
        "Order #2: the shop rounds its tax per line and has 9.99 EUR, Odoo rounds global and has 10.00 EUR. "
        "Both were recomputed exactly."
    )


def test_rounding_is_no_name_for_a_cent_that_is_not_computed(desk: Desk) -> None:
    taxes = {"tax_lines": [["VAT 21%", 1246]]}
    desk.order("#2", *_SEVEN, taxes="12.46", taxes_are="added", extra=taxes)
    desk.sale("S2", "#2", *_SEVEN, tax="12.47")
    assert _only(desk).says == ("amount", "tax_differs", "0.01")


def test_rates_of_several_taxes_come_from_odoo_s_lines(desk: Desk) -> None:
    low = [(f"L{number}", "1", "3.33") for number in range(3)]
    bases = [Base(Fraction(849), (Fraction(21, 100),))] * 7 + [Base(Fraction(333), (Fraction(7, 100),))] * 3
    one, other = (money(reckon(bases, included=False)) for reckon in (per_line, globally))
    assert one != other
    desk.order("#2", *_SEVEN, *low, taxes=one, taxes_are="added")
    desk.sale("S2", "#2", amount=money(7 * 849 + 3 * 333 + minor(other)), extra={"tax": minor(other)})
    for items, rate in ((_SEVEN, "21%"), (low, "7%")):
        for sku, many, price in items:
            desk.sale_line("S2", "#2", sku, many, minor(price), extra={"taxes": rate})
    assert _only(desk).says[1] == "rounding_method"


@pytest.mark.parametrize(
    ("odoo", "cause", "delta"), [("0", "tax_missing", "-8.40"), ("16.80", "tax_twice", "8.40")]
)
def test_f18_tax_that_is_missing_or_counted_twice(desk: Desk, odoo: str, cause: str, delta: str) -> None:
    desk.order("#2", _A, taxes="8.40", taxes_are="added")
    desk.sale("S2", "#2", _A, tax=odoo)
    assert _only(desk).says == ("amount", cause, delta)


@pytest.mark.parametrize("taxes_are", ["", "added", "included"])
def test_tax_on_an_order_that_is_exempt_is_no_tax_on_top(desk: Desk, taxes_are: str) -> None:
    desk.order("#2", _A, taxes="0", taxes_are=taxes_are)
    desk.sale("S2", "#2", _A, tax="8.00", rate="20%")
    case = _only(desk)
    assert case.says == ("amount", "tax_differs", "8.00")
    assert "holds the tax" not in case.text


def test_tax_on_top_of_prices_that_hold_it(desk: Desk) -> None:
    desk.order("#2", _A, taxes="6.67", taxes_are="included")
    desk.sale("S2", "#2", _A, tax="8.00")
    assert _only(desk).says == ("amount", "tax_on_top", "8.00")


def test_prices_with_tax_are_compared_with_odoo_s_prices_where_those_hold_it(desk: Desk) -> None:
    desk.order("#2", _A, taxes="6.67", taxes_are="included")
    desk.sale("S2", "#2", amount="40.00", extra={"untaxed": 3333, "tax": 667})
    desk.sale_line("S2", "#2", "A", "2", 3333, extra={"price": "20.0"})
    assert desk.odd() == []


def test_lines_of_which_only_totals_are_known_stay_unknown(desk: Desk) -> None:
    desk.order("#2", _A, _B, taxes="10.00", taxes_are="included", tip="1.00")
    desk.sale("S2", "#2", amount="52.50", extra={"untaxed": 4250, "tax": 1000})
    for sku, many, untaxed in (("A", "2", 3200), ("B", "1", 1050)):
        desk.sale_line("S2", "#2", sku, many, untaxed)
    case = _only(desk)
    assert case.facts.note["parts"] == {}
    assert case.says == ("amount", "tip_differs", "-1.00")


def test_a_discount_that_is_exactly_the_difference_of_totals_is_named(desk: Desk) -> None:
    desk.order("#2", _A, discount="5.00")
    desk.sale("S2", "#2", amount="40.00", extra={"untaxed": ""})
    assert _only(desk).says == ("amount", "discount_differs", "5.00")


def test_totals_that_differ_for_no_known_reason_have_no_cause(desk: Desk) -> None:
    desk.order("#2", _A)
    desk.sale("S2", "#2", amount="41.23", extra={"untaxed": ""})
    case = _only(desk)
    assert case.says == ("amount", "", "1.23")
    assert (
        case.text == "Order #2: S2 has 41.23 EUR, the shop 40.00 EUR. Odoo has 1.23 EUR more than the shop."
    )


def test_sale_orders_without_skus_are_compared_by_their_totals(desk: Desk) -> None:
    for row in desk.rows[RecordType.SALE_ORDER_LINE]:
        row["sku"] = ""
    desk.order("#2", _A)
    desk.sale("S2", "#2", ("", "1", "40.00"))
    assert desk.odd() == []
    assert "name no SKU" in " ".join(desk.result.remarks)  # type: ignore[union-attr]


def test_lines_of_two_exports_count_once(desk: Desk) -> None:
    desk.both("#2", _A, _B)
    for sku, many, price in (_A, _B):
        desk.sale_line(
            "S2", "#2", sku, many, int(many) * minor(price), source="odoo_sale_order_stacked_lines"
        )
        desk.line("#2", sku, many, price, source="shopify_bulk_order_lines")
    for row in desk.rows[RecordType.ORDER_LINE]:
        row["source"] = row["source"].replace("test", "shopify_order_lines")
    assert desk.odd() == []


_ITEMS = st.lists(
    st.tuples(st.sampled_from("ABCDEF"), st.integers(1, 9).map(str), st.integers(1, 10**6).map(money)),
    min_size=1,
    max_size=5,
    unique_by=lambda item: item[0],
)
_ORDERS = st.lists(
    st.tuples(_ITEMS, _ITEMS, st.integers(0, 500), st.integers(0, 300), st.booleans()), min_size=1, max_size=6
)


def _made(
    orders: list[tuple[list[tuple[str, str, str]], list[tuple[str, str, str]], int, int, bool]],
) -> Desk:
    desk = Desk(Orders())
    for number, (own, other, shipping, tip, same) in enumerate(orders):
        desk.order(f"#{number}", *own, shipping=money(shipping), tip=money(tip))
        extras = [("SHIP", "1", money(shipping)), ("TIP", "1", money(tip))]
        desk.sale(f"S{number}", f"#{number}", *(own if same else other), *extras)
    return desk


@settings(max_examples=60, deadline=None)
@given(_ORDERS)
def test_the_parts_of_a_difference_sum_up_to_it(orders: list) -> None:  # type: ignore[type-arg]
    for case in _made(orders).compare():
        if case.facts.note:
            assert sum(case.facts.note["parts"].values()) == case.facts.delta


@settings(max_examples=60, deadline=None)
@given(_ORDERS)
def test_equal_orders_are_matched_and_each_record_has_one_case(orders: list) -> None:  # type: ignore[type-arg]
    desk = _made(orders)
    result = desk.run()
    kinds = result.cases["kind"].tolist()
    for number, (own, other, *_, same) in enumerate(orders):
        if same or sorted(own) == sorted(other):
            assert kinds[number] == "matched"
    legs = result.legs.record.tolist()
    both = [*legs, *result.support.record.tolist()]
    assert len(legs) == 2 * len(orders)
    assert len(set(both)) == len(both)


@settings(max_examples=40, deadline=None)
@given(_ORDERS, st.integers(0, 10**6))
def test_the_order_of_the_records_does_not_matter(orders: list, seed: int) -> None:  # type: ignore[type-arg]
    desk = _made(orders)
    expected, found = (
        {case.key: (case.says, case.text, case.evidence) for case in each.compare()}
        for each in (desk, desk.shuffled(seed))
    )
    assert found == expected
