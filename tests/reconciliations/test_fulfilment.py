"""What was sent in the shop, what was delivered in Odoo, and the tracking of both."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.alias import Alias, Aliases
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations.fulfilment import Fulfilment
from tests.reconciliations.desk import DAY, Desk, Found

_STOCK, _CUSTOMERS = "WH/Stock", "Partners/Customers"


class Dock(Desk):
    """Orders with what became of them."""

    def __init__(self, **answers: str) -> None:
        super().__init__(Fulfilment(), exported_at__Odoo="2026-11-23T12:00+00:00", **answers)

    def sold(self, ref: str, sku: str, many: str, status: str = "pending", **values: Any) -> None:
        """An order of one product in the shop, 20.00 EUR a piece."""
        self.order(ref, (sku, many, "20.00"), line={"status": status}, **values)

    def sale_of(self, ref: str, sku: str, many: str, done: str = "0", **values: Any) -> None:
        """Its sale order."""
        self.sale(f"S{ref[1:]}", ref, (sku, many, "20.00"), line={"done": done, "invoiced": done} | values)

    def sent(self, ref: str, sku: str, many: str, tracking: str = "", days: int = 0, **values: Any) -> None:
        """A fulfilment."""
        given = {"status": "success", "day": _TODAY - days, "ident": f"F{len(self.records)}"} | values
        self.add(RecordType.FULFILMENT, ref=ref, grp=ref[1:], sku=sku, quantity=many, ref2=tracking, **given)

    def moved(self, ref: str, sku: str, many: str, done: str = "", tracking: str = "", days: int = 0) -> None:
        """A delivery with its move; done where a quantity says so."""
        name = f"WH/OUT/{len(self.records)}"
        status, day = "done" if done else "assigned", _TODAY - days
        places = {"location": _STOCK, "location_to": _CUSTOMERS, "status": status, "day": day}
        self.add(RecordType.TRANSFER, grp=name, ref=f"S{ref[1:]}", ref2=tracking, **places)
        self.add(
            RecordType.STOCK_MOVE, grp=name, ref=f"S{ref[1:]}", sku=sku, quantity=many, done=done, **places
        )

    def returned(self, ref: str, sku: str, many: str) -> None:
        """Goods that came back."""
        places = {"location": _CUSTOMERS, "location_to": _STOCK, "status": "done", "day": _TODAY}
        self.add(
            RecordType.STOCK_MOVE,
            grp="WH/IN/1",
            ref=f"S{ref[1:]}",
            sku=sku,
            quantity=many,
            done=many,
            **places,
        )


#: 2026-11-23.
_TODAY = DAY + 21


@pytest.fixture
def dock() -> Dock:
    """A dock without answers of its own."""
    return Dock()


def _only(dock: Dock) -> Found:
    (found,) = dock.odd()
    return found


def test_all_that_was_sent_was_delivered(dock: Dock) -> None:
    dock.sold("#2", "A", "3", "fulfilled")
    dock.sale_of("#2", "A", "3", "3")
    case = dock.only()
    assert case.says == ("matched", "", "0")
    assert case.text == "Order #2, A: 3 Units sent in the shop and delivered in Odoo."
    assert case.evidence == ["Both sides name the order and the SKU."]


@pytest.mark.parametrize(("days", "kind"), [(0, "timing"), (2, "timing"), (3, "amount"), (40, "amount")])
def test_sent_and_not_delivered(dock: Dock, days: int, kind: str) -> None:
    dock.sold("#2", "A", "3", "fulfilled")
    dock.sent("#2", "A", "3", days=days)
    dock.sale_of("#2", "A", "3")
    dock.moved("#2", "A", "3")
    case = _only(dock)
    assert case.says == (kind, "fulfilled_not_delivered", "-3")
    assert case.facts.value == -6000
    assert "Worth -60.00 EUR at the price of the order." in case.evidence
    assert any("Validate the delivery (WH/OUT/" in text for text in case.evidence)
    lines = Fulfilment().bridge(case.facts)
    assert sum(line.millionths for line in lines[:-1]) == lines[-1].millionths


@pytest.mark.parametrize(("days", "kind"), [(1, "timing"), (5, "amount")])
def test_delivered_and_not_sent(dock: Dock, days: int, kind: str) -> None:
    dock.sold("#2", "A", "3")
    dock.sale_of("#2", "A", "3", "3")
    dock.moved("#2", "A", "3", "3", days=days)
    case = _only(dock)
    assert case.says == (kind, "delivered_not_fulfilled", "3")
    assert case.text.startswith(f"Order #2, A: 3 Units delivered in Odoo {days} day")


@pytest.mark.parametrize(
    ("day", "kind", "age"),
    [
        (_TODAY, "timing", "0-2 days"),
        (_TODAY - 30, "timing", "8-30 days"),
        (_TODAY - 31, "field", "over 30 days"),
    ],
)
def test_what_nobody_sent_yet_is_timing_for_a_month(dock: Dock, day: int, kind: str, age: str) -> None:
    dock.sold("#2", "A", "3", day=day)
    dock.sale_of("#2", "A", "3")
    case = _only(dock)
    assert (case.facts.kind, case.facts.cause, case.facts.grp) == (kind, "not_shipped_yet", age)


def test_a_back_order(dock: Dock) -> None:
    dock.sold("#2", "A", "3", "partial")
    dock.sent("#2", "A", "2")
    dock.sale_of("#2", "A", "3", "2")
    dock.moved("#2", "A", "2", "2")
    dock.moved("#2", "A", "1")
    case = _only(dock)
    assert case.says == ("timing", "back_order", "0")
    assert case.text == (
        "Order #2, A: 2 Units sent and delivered, 1 Unit still to be sent; both sides agree."
    )


def test_fulfilments_without_the_lines_of_their_order(dock: Dock) -> None:
    for ref, many in (("#2", "3"), ("#3", "2")):
        dock.order(ref)
        dock.sent(ref, "A", many)
        dock.sale_of(ref, "A", "3", "3")
    found = {case.facts.legs[Side.SHOP][0].values["ref"]: case for case in dock.compare()}
    assert found["#2"].says == ("matched", "", "0")
    assert found["#3"].says == ("amount", "delivered_not_fulfilled", "1")
    (leg,) = found["#3"].facts.legs[Side.SHOP]
    assert leg.type is RecordType.FULFILMENT
    dock.order("#4")
    dock.sale_of("#4", "B", "3", "3")
    case = next(case for case in dock.odd() if case.facts.note["order"] == "#4")
    assert case.says == ("amount", "delivered_not_fulfilled", "3")


def test_split_shipments_are_one_match(dock: Dock) -> None:
    dock.sold("#2", "A", "3", "fulfilled")
    dock.sale_of("#2", "A", "3", "3")
    for many, tracking in (("1", "T1"), ("2", "T2")):
        dock.sent("#2", "A", many, tracking)
        dock.moved("#2", "A", many, many, tracking)
    case = dock.only()
    assert case.says == ("matched", "", "0")
    assert case.text == "Order #2, A: 3 Units sent and delivered in 2 parcels."
    assert "Tracking number: T1, T2 in the shop, T1, T2 in Odoo." in case.evidence


def test_a_failed_fulfilment_does_not_count(dock: Dock) -> None:
    dock.sold("#2", "A", "3")
    dock.sent("#2", "A", "3", status="cancelled")
    dock.sale_of("#2", "A", "3")
    assert _only(dock).says == ("timing", "not_shipped_yet", "0")


def test_cancelled_but_picked(dock: Dock) -> None:
    dock.sold("#2", "A", "3", extra={"cancelled_at": 1_790_000_000})
    dock.sale_of("#2", "A", "3", "3")
    case = _only(dock)
    assert case.says == ("amount", "cancelled_after_pick", "3")


def test_cancelled_and_not_delivered_is_a_match(dock: Dock) -> None:
    dock.sold("#2", "A", "3", extra={"cancelled_at": 1_790_000_000})
    dock.sale_of("#2", "A", "3")
    assert dock.odd() == []


def test_f9_refunded_before_shipping_with_an_open_delivery(dock: Dock) -> None:
    dock.sold("#2", "A", "3", refunded="60.00")
    dock.sale_of("#2", "A", "3")
    dock.moved("#2", "A", "3")
    case = _only(dock)
    assert case.says == ("field", "refunded_open_delivery", "0")
    assert "3 Units refunded or cancelled before sending, and Odoo waits to deliver 3 Units" in case.text
    assert any(text.startswith("Cancel the delivery (WH/OUT/") for text in case.evidence)


def test_f9_a_part_that_was_refunded_before_shipping(dock: Dock) -> None:
    dock.sold("#2", "A", "3", "partial")
    dock.sent("#2", "A", "2")
    dock.add(RecordType.REFUND, ref="#2", grp="2", sku="A", status="cancel", quantity="1")
    dock.sale_of("#2", "A", "3", "2")
    dock.moved("#2", "A", "2", "2")
    assert dock.odd() == []
    dock.moved("#2", "A", "1")
    assert _only(dock).says == ("field", "refunded_open_delivery", "0")


def test_what_came_back_was_delivered_before(dock: Dock) -> None:
    dock.sold("#2", "A", "3", "fulfilled")
    dock.sale_of("#2", "A", "3", "2")
    dock.moved("#2", "A", "3", "3")
    dock.returned("#2", "A", "1")
    assert dock.odd() == []


def test_qty_01_the_chain_is_told_with_its_break(dock: Dock) -> None:
    # ordered 5, cancelled 1, delivered 4, returned 1, invoiced 4, credited 1: Odoo's figures are net
    dock.sold("#2", "A", "5", "fulfilled")
    dock.add(RecordType.REFUND, ref="#2", grp="2", sku="A", status="cancel", quantity="1")
    dock.add(RecordType.REFUND, ref="#2", grp="2", sku="A", status="return", quantity="1")
    dock.sent("#2", "A", "4", "T1")
    dock.sale_of("#2", "A", "5", "3", invoiced="3")
    dock.moved("#2", "A", "4", "4", "T2")
    dock.returned("#2", "A", "1")
    case = _only(dock)
    assert case.facts.cause == "tracking_differs"
    assert case.facts.note["broken_at"] == ""
    dock.rows[RecordType.SALE_ORDER_LINE][0]["invoiced"] = 5_000_000
    assert _only(dock).facts.note["broken_at"] == "invoiced"
    assert "From ordered to billed: what was invoiced is not what was delivered." in _only(dock).evidence


def test_a_tracking_number_is_missing_on_one_side(dock: Dock) -> None:
    for ref in ("#2", "#3", "#4"):
        dock.sold(ref, "A", "1", "fulfilled")
        dock.line(ref, "B", "1", "5.00", status="fulfilled")
        dock.sent(ref, "A", "1", "" if ref == "#3" else f"T{ref}")
        dock.sent(ref, "B", "1", "" if ref == "#3" else f"T{ref}")
        dock.sale(f"S{ref[1:]}", ref, ("A", "1", "20.00"), ("B", "1", "5.00"), line={"done": "1"})
        dock.moved(ref, "A", "1", "1", f"T{ref}")
    case = _only(dock)
    assert case.says == ("field", "tracking_missing", "0")
    assert case.text == "Order #3, A: 1 Unit sent; tracking number: T#3 in Odoo, none in the shop."


def test_whether_parcels_have_tracking_numbers_is_an_answer(dock: Dock) -> None:
    dock.sold("#2", "A", "1", "fulfilled")
    dock.sent("#2", "A", "1")
    dock.sale_of("#2", "A", "1", "1")
    assert dock.odd() == []
    assert dock.result is not None
    assert dock.result.proposals == {"tracking.Shopify": "no"}
    dock.answers["tracking.Shopify"] = "yes"
    assert _only(dock).facts.cause == "tracking_missing"
    dock.answers["tracking.Shopify"] = "sometimes"
    assert dock.odd() == []
    assert "tracking.Shopify is 'sometimes'; it must be yes or no." in dock.result.remarks


def test_other_tracking_numbers(dock: Dock) -> None:
    dock.sold("#2", "A", "1", "fulfilled")
    dock.sent("#2", "A", "1", "T1")
    dock.sale_of("#2", "A", "1", "1")
    dock.moved("#2", "A", "1", "1", "T2")
    case = _only(dock)
    assert case.says == ("field", "tracking_differs", "0")
    assert case.text.endswith("the tracking numbers differ: T1 in the shop, T2 in Odoo.")


def test_a_line_that_says_it_was_sent_in_part_does_not_say_how_much(dock: Dock) -> None:
    dock.sold("#2", "A", "3", "partial")
    dock.sale_of("#2", "A", "3", "2")
    assert _only(dock).says == ("timing", "partly_fulfilled", "")
    dock.rows[RecordType.SALE_ORDER_LINE][0]["done"] = 0
    assert _only(dock).says == ("amount", "fulfilled_not_delivered", "")
    dock.rows[RecordType.SALE_ORDER_LINE][0]["done"] = 3_000_000
    assert _only(dock).says == ("amount", "delivered_not_fulfilled", "")


def test_what_is_left_of_a_line_may_be_told(dock: Dock) -> None:
    dock.order("#2", ("A", "3", "20.00"), line={"status": "", "extra": {"unfulfilled": 1_000_000}})
    dock.sale_of("#2", "A", "3", "2")
    assert _only(dock).says == ("timing", "back_order", "0")


def test_more_was_sent_than_ordered(dock: Dock) -> None:
    dock.sold("#2", "A", "1", "fulfilled")
    dock.sent("#2", "A", "2")
    dock.sale_of("#2", "A", "1", "2")
    assert _only(dock).says == ("field", "more_than_ordered", "0")


def test_sent_without_a_sale_order(dock: Dock) -> None:
    dock.sold("#1", "A", "1", "fulfilled", day=DAY - 9, at=(DAY - 9) * 86_400)
    dock.sale("S1", "#1", ("A", "1", "20.00"), line={"done": "1"}, day=DAY - 9, at=(DAY - 9) * 86_400)
    dock.both("#9", ("B", "1", "1.00"))
    dock.sold("#2", "A", "1", "fulfilled", day=DAY - 3, at=(DAY - 3) * 86_400)
    dock.sold("#3", "A", "1", day=DAY - 3, at=(DAY - 3) * 86_400)
    case = next(found for found in dock.odd() if found.facts.kind == "missing")
    assert case.says == ("missing", "order_not_imported", "-1")
    assert case.facts.missing == (Side.ODOO,)


def test_a_product_on_one_side_only(dock: Dock) -> None:
    dock.order("#2", ("A", "1", "20.00"), ("B", "2", "5.00"), line={"status": "fulfilled"})
    dock.sale("S2", "#2", ("A", "1", "20.00"), ("C", "1", "5.00"), line={"done": "1"})
    found = {case.facts.note["sku"]: case for case in dock.odd()}
    assert found["B"].says == ("missing", "line_missing", "-2")
    assert found["C"].says == ("missing", "line_extra", "1")
    assert found["C"].facts.missing == (Side.SHOP,)


def test_a_product_under_another_sku_is_one_case(dock: Dock) -> None:
    dock.order("#2", ("A", "1", "20.00"), ("B", "2", "5.00"), line={"status": "fulfilled"})
    dock.sale("S2", "#2", ("A", "1", "20.00"), ("ECOM", "2", "5.00"))
    for row, done in zip(dock.rows[RecordType.SALE_ORDER_LINE], (1, 2), strict=True):
        row["done"] = done * 10**6
    assert [case.says for case in dock.compare()] == [("matched", "", "0")] * 2


def test_an_alias_makes_two_skus_one(dock: Dock) -> None:
    dock.order("#2", ("A-OLD", "1", "20.00"), ("B-OLD", "1", "5.00"), line={"status": "fulfilled"})
    dock.sale("S2", "#2", ("A", "1", "20.00"), ("B", "1", "5.00"), line={"done": "1"})
    assert {case.facts.kind for case in dock.compare()} == {"missing"}
    dock.aliases = Aliases((Alias("A-OLD", "A"), Alias("B-OLD", "B")), today=DAY)
    assert dock.odd() == []


def test_a_kit_is_delivered_as_its_components(dock: Dock) -> None:
    for sku, many in (("CUP", "2"), ("POT", "1")):
        dock.add(RecordType.KIT_COMPONENT, grp="SET", sku=sku, quantity=many, status="phantom", unit="Units")
    dock.sold("#2", "SET", "3", "fulfilled")
    dock.sale("S2", "#2", ("CUP", "6", "10.00"), ("POT", "3", "10.00"), line={"done": "4"})
    case = _only(dock)
    # 4 cups are 2 sets, though there are 4 pots
    assert case.says == ("amount", "fulfilled_not_delivered", "-1")
    assert len(case.facts.legs[Side.ODOO]) == 2


def test_what_needs_no_shipping_is_left_out(dock: Dock) -> None:
    dock.sold("#2", "A", "1", "fulfilled")
    dock.line("#2", "GIFT", "1", "50.00", status="fulfilled", extra={"requires_shipping": "false"})
    dock.sale("S2", "#2", ("A", "1", "20.00"), ("GIFT", "1", "50.00"), line={"done": "1"})
    assert [case.says for case in dock.compare()] == [("matched", "", "0")]
    assert "1 line needs no shipping: left out." in dock.result.remarks  # type: ignore[union-attr]


def test_shipping_and_discounts_of_a_sale_order_are_not_delivered(dock: Dock) -> None:
    dock.sold("#2", "A", "1", "fulfilled")
    extras = [("SHIP", "1", "5.00"), ("DISC", "1", "-1.00")]
    dock.sale("S2", "#2", ("A", "1", "20.00"), *extras, line={"done": "1"})
    assert [case.says for case in dock.compare()] == [("matched", "", "0")]


def test_a_unit_of_unknown_size(dock: Dock) -> None:
    dock.sold("#2", "A", "1", "fulfilled")
    dock.sale_of("#2", "A", "1", "1", unit="Sacks")
    assert _only(dock).says[:2] == ("field", "unknown_unit")
    dock.answers["unit.Sacks"] = "1 Units"
    assert dock.odd() == []


def test_without_deliveries_in_the_export_nothing_is_known(dock: Dock) -> None:
    dock.sold("#2", "A", "1", "fulfilled")
    dock.sale_of("#2", "A", "1", "")
    assert _only(dock).says == ("field", "delivered_unknown", "")


def test_without_orders_or_lines_it_says_what_to_import(dock: Dock) -> None:
    assert dock.compare() == []
    assert len(dock.result.remarks) == 2  # type: ignore[union-attr]


def test_why_two_lines_were_not_linked(dock: Dock) -> None:
    one, other = dock.line("#2", "A", "1", "1.00"), dock.sale_line("S3", "#3", "B", "1", 100)
    why = Fulfilment().why_not(dock.records[one], dock.records[other])
    assert [each.rule for each in why] == ["order", "sku"]


_LINES = st.lists(
    st.tuples(st.sampled_from("ABC"), st.integers(1, 9), st.integers(0, 9), st.integers(0, 9)),
    min_size=1,
    max_size=3,
    unique_by=lambda line: line[0],
)


def _made(orders: list[list[tuple[str, int, int, int]]]) -> Dock:
    dock = Dock()
    for number, lines in enumerate(orders):
        ref = f"#{number}"
        dock.order(ref, *((sku, str(many), "1.00") for sku, many, _, _ in lines))
        dock.sale(f"S{number}", ref, *((sku, str(many), "1.00") for sku, many, _, _ in lines))
        mine = [row for row in dock.rows[RecordType.SALE_ORDER_LINE] if row["ref"] == ref]
        for row, (sku, _, sent, done) in zip(mine, lines, strict=True):
            row["done"] = done * 10**6
            dock.sent(ref, sku, str(sent), days=number)
    return dock


@settings(max_examples=60, deadline=None)
@given(st.lists(_LINES, min_size=1, max_size=5))
def test_the_difference_is_delivered_less_sent(orders: list) -> None:  # type: ignore[type-arg]
    dock = _made(orders)
    found = dock.compare()
    expected = sum(done - sent for lines in orders for _, _, sent, done in lines)
    assert sum(case.facts.delta or 0 for case in found) == expected * 10**6
    legs = dock.result.legs.record.tolist()  # type: ignore[union-attr]
    assert len(legs) == len(set(legs)) == 2 * sum(map(len, orders))
    support = dock.result.support.record.tolist()  # type: ignore[union-attr]
    assert len(set(support)) == len(support)


@settings(max_examples=40, deadline=None)
@given(st.lists(_LINES, min_size=1, max_size=5), st.integers(0, 10**6))
def test_the_order_of_the_records_does_not_matter(orders: list, seed: int) -> None:  # type: ignore[type-arg]
    dock = _made(orders)
    expected, found = (
        {case.key: (case.says, case.text, case.evidence) for case in each.compare()}
        for each in (dock, dock.shuffled(seed))
    )
    assert found == expected


def test_what_the_sale_orders_do_not_reach_is_said_once_with_its_days(dock: Dock) -> None:
    dock.sold("#1", "A", "1")
    dock.sale_of("#1", "A", "1")
    day = DAY + 40
    dock.sold("#5", "A", "1", "fulfilled", day=day, at=day * 86_400)
    dock.sold("#6", "A", "1", "fulfilled", day=day + 1, at=(day + 1) * 86_400)
    assert [case for case in dock.compare() if case.facts.kind == "missing"] == []
    (said,) = [text for text in dock.result.remarks if "older or newer" in text]  # type: ignore[union-attr]
    assert said.startswith("2 orders of 2026-12-12 to 2026-12-13 were left out")


@pytest.mark.parametrize("turned", [False, True])
def test_transfers_of_sale_orders_of_one_number_belong_to_neither(dock: Dock, turned: bool) -> None:
    for ref, sku in (("#5", "A"), ("#6", "B")):
        dock.sold(ref, sku, "1")
        dock.sale("S5", ref, (sku, "1", "20.00"), line={"done": "0", "invoiced": "0"})
    dock.add(
        RecordType.TRANSFER,
        grp="WH/OUT/5",
        ref="S5",
        status="assigned",
        day=DAY,
        location=_STOCK,
        location_to=_CUSTOMERS,
    )
    if turned:
        for rows in dock.rows.values():
            rows.reverse()
    cases = [case for case in dock.compare() if case.facts.note.get("order") in ("#5", "#6")]
    assert [case.facts.note["transfers"] for case in cases] == [[], []]
