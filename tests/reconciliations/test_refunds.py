"""Refunds with four legs: the sixteen states, and the rules of refunds one by one."""

from __future__ import annotations

from itertools import product

import pytest

from recon_app.models.record import Side
from tests.reconciliations.refund_books import Given, One

_OLD = "2026-10-05"

#: Kind and cause of each state: shop, platform, odoo, goods.
STATES = {
    "none": ("missing", "cancelled_not_refunded"),
    "goods": ("missing", "returned_not_refunded"),
    "odoo": ("missing", "booked_not_paid"),
    "odoo+goods": ("missing", "booked_not_paid"),
    "platform": ("missing", "refunded_outside_shop"),
    "platform+goods": ("missing", "refunded_outside_shop"),
    "platform+odoo": ("missing", "refunded_outside_shop"),
    "platform+odoo+goods": ("missing", "refunded_outside_shop"),
    "shop": ("missing", "refunded_not_paid"),
    "shop+goods": ("missing", "refunded_not_paid"),
    "shop+odoo": ("missing", "booked_not_paid"),
    "shop+odoo+goods": ("missing", "booked_not_paid"),
    "shop+platform": ("missing", "refunded_not_booked"),
    "shop+platform+goods": ("missing", "refunded_not_booked"),
    "shop+platform+odoo": ("missing", "goods_not_returned"),
    "shop+platform+odoo+goods": ("matched", ""),
}


def sixteen() -> tuple[Given, dict[str, int]]:
    """One refund in each state, all of goods that are to come back; and a record of each."""
    books, records = Given(), {}
    for number, (shop, platform, odoo, goods) in enumerate(product((False, True), repeat=4)):
        ref = f"#{1000 + number}"
        names = [
            name
            for name, is_there in zip(
                ("shop", "platform", "odoo", "goods"), (shop, platform, odoo, goods), strict=True
            )
            if is_there
        ]
        mine = []
        books.delivery(f"WH/OUT/{number}", ref)
        if not names:
            mine.append(books.sold(ref, "40.00", extra={"cancelled_at": 1_791_158_400}))
        else:
            books.sold(ref, "40.00")
        if shop:
            mine.append(books.refund(ref, "-40.00", sku="MUG", quantity="1", status="return", day=_OLD))
            books.back(ref, "-40.00", day=_OLD)
        if platform:
            mine.append(books.paid(ref, "-40.00", day=_OLD))
        if odoo:
            mine.append(books.note(ref, "-40.00", day=_OLD))
        if goods:
            mine.append(books.move("MUG", "1", ref=f"Return of WH/OUT/{number}", day=_OLD))
        records["+".join(names) or "none"] = mine[0]
    return books, records


def test_all_sixteen_states_are_told_apart_with_age_and_next_step() -> None:
    books, records = sixteen()
    found = books.compare()
    assert len(found) == 16 == len(STATES)
    for state, record in records.items():
        case = found.of(record)
        assert (state, case.state) == (state, state)
        assert (state, *case.says) == (state, *STATES[state])
        assert bool(case.next) is (case.says[0] != "matched"), state
        assert (case.note["age"] is None) is (case.says[0] == "matched"), state
        assert case.note["bucket"] == ("" if case.says[0] == "matched" else "over 30 days")
        assert case.row["grp"] == case.note["bucket"]
        assert [step["step"] for step in case.note["legs"]] == [
            *("ordered", "refunded", "paid", "credit_note", "goods"),
        ]
        assert case.text().startswith(f"{case.note['order']}: ")
        assert all(line.text for line in case.evidence())


def test_the_sides_that_lack_a_leg_are_named() -> None:
    books, records = sixteen()
    found = books.compare()
    for state, record in records.items():
        present = {Side(name) for name in state.split("+")} if state != "none" else set()
        case = found.of(record)
        lacking = {Side.SHOP, Side.PLATFORM, Side.ODOO, Side.GOODS} - present
        if state == "none":
            lacking = {Side.SHOP, Side.PLATFORM}  # nothing to book, nothing to come back before a refund
        if "goods" not in state and Side.SHOP not in present:
            lacking.discard(Side.GOODS)  # only a refund says what is to come back
        if state == "goods":
            lacking.discard(Side.ODOO)  # nothing to book before a refund
        assert (state, case.missing) == (state, lacking)


@pytest.mark.parametrize(
    ("last", "bucket"),
    [
        ("2026-11-04", "0-2 days"),
        ("2026-11-05", "3-7 days"),
        ("2026-11-09", "3-7 days"),
        ("2026-11-10", "8-30 days"),
        ("2026-12-02", "8-30 days"),
        ("2026-12-03", "over 30 days"),
    ],
)
def test_open_refunds_age_by_the_newest_day_of_the_files(last: str, bucket: str) -> None:
    books = Given(last)
    books.sold("#1", "40.00")
    refund = books.back("#1", "-40.00")
    assert books.compare().of(refund).note["bucket"] == bucket


def test_goods_that_come_back_alone_are_named_by_their_order() -> None:
    books = Given()
    books.sold("#1", "40.00")
    books.delivery("WH/OUT/1", "#1")
    move = books.move("MUG", "1", "done", "Return of WH/OUT/1")
    case = books.compare().of(move)
    assert case.says == ("missing", "returned_not_refunded")
    assert case.text().startswith("#1: goods came back, and nothing is refunded")


def test_ref_05_four_legs_each_may_lag() -> None:
    books = Given("2026-11-23")
    books.sold("#1", "40.00")
    refund = books.refund("#1", "-40.00", "5", sku="MUG", quantity="1", status="return", ref2="L1")
    books.back("#1", "-40.00")
    books.paid("#1", "-40.00")
    books.note("#1", "-40.00", "draft/not_paid", grp="Draft (RINV 1)")
    back = {"return_of": "WH/OUT/1"}
    books.move("MUG", "1", "assigned", "Return of WH/OUT/1", grp="WH/IN/0045", day="2026-11-05", extra=back)
    books.delivery("WH/OUT/1", "#1")
    case = books.compare().of(refund)
    assert case.state == "shop+platform"
    assert case.steps() == {
        "ordered": "done",
        "refunded": "done",
        "paid": "done",
        "credit_note": "late",
        "goods": "late",
    }
    assert case.says == ("field", "credit_note_draft")
    assert case.next == [
        "Validate the receipt WH/IN/0045, or record the goods as missing.",
        "Post the credit note Draft (RINV 1).",
    ]
    assert (case.note["age"], case.note["bucket"]) == (21, "8-30 days")
    assert case.missing == set()
    assert case.text() == "#1: 40.00 EUR refunded; the credit note Draft (RINV 1) is a draft, for 21 days."


def whole(books: Given, ref: str, amount: str, **values: object) -> int:
    """A refund of which shop, platform and Odoo tell the same."""
    record = books.back(ref, amount, **values)
    books.paid(ref, amount)
    books.note(ref, amount)
    return record


def test_several_refunds_of_an_order_stay_several_cases() -> None:
    books = Given()
    books.sold("#1", "100.00")
    records = [whole(books, "#1", amount) for amount in ("-10.00", "-20.00", "-30.00")]
    found = books.compare()
    assert len(found) == 3
    assert [found.of(record).says for record in records] == [("matched", "")] * 3


def test_equal_refunds_of_an_order_are_paired_in_the_order_of_their_days() -> None:
    books = Given()
    books.sold("#1", "100.00")
    first, second = (books.back("#1", "-10.00", day=day) for day in ("2026-11-02", "2026-11-09"))
    early, late = (books.paid("#1", "-10.00", day=day) for day in ("2026-11-04", "2026-11-11"))
    books.note("#1", "-20.00")
    found = books.compare()
    assert found.of(first).number == found.of(early).number
    assert found.of(second).number == found.of(late).number
    assert {found.of(record).says for record in (first, second)} == {("matched", "")}


def test_a_tie_is_never_decided() -> None:
    books = Given()
    books.sold("#1", "100.00")
    refunds = [books.back("#1", "-10.00", day=day) for day in ("2026-11-02", "2026-11-03")]
    paid = books.paid("#1", "-10.00", day="2026-11-06")
    found = books.compare()
    for record in (*refunds, paid):
        case = found.of(record)
        assert case.says == ("ambiguous", "")
        assert case.note["rivals"]
        assert case.text() == "#1: 10.00 EUR refunded; several records fit equally well."
    assert [side for side, _ in found.of(paid).note["rivals"]] == ["shop", "shop"]
    assert found.of(paid).told("shop")[0].startswith("Fits as well: #1: 10.00 EUR, 2026-11-0")


def test_one_credit_note_may_stand_for_two_refunds_where_they_add_up() -> None:
    books = Given()
    books.sold("#1", "100.00")
    first, second = books.back("#1", "-10.00"), books.back("#1", "-25.00", day="2026-11-04")
    for amount in ("-10.00", "-25.00"):
        books.paid("#1", amount)
    note = books.note("#1", "-35.00", grp="RINV/7")
    found = books.compare()
    for record, minor in ((first, -1000), (second, -2500)):
        case = found.of(record)
        assert case.says == ("matched", "")
        assert int(case.row["sum_odoo"]) == minor
        assert case.note["shared"] == ["RINV/7"]
        assert note in [each.id for each in case.facts.legs[Side.ODOO]]
    assert found.of(note).number == found.of(first).number


def test_two_credit_notes_may_stand_for_one_refund() -> None:
    books = Given()
    books.sold("#1", "100.00")
    refund = books.back("#1", "-35.00")
    books.paid("#1", "-35.00")
    notes = [books.note("#1", amount) for amount in ("-10.00", "-25.00")]
    found = books.compare()
    assert len(found) == 1
    assert found.of(refund).says == ("matched", "")
    assert {found.of(note).number for note in notes} == {found.of(refund).number}


def test_a_partial_credit_note_differs_by_what_is_missing() -> None:
    books = Given()
    books.sold("#1", "100.00")
    refund = books.back("#1", "-35.00")
    books.paid("#1", "-35.00")
    books.note("#1", "-30.00")
    case = books.compare().of(refund)
    assert (*case.says, case.delta) == ("amount", "amount_differs", "5.00")
    assert case.text() == "#1: 35.00 EUR refunded; 5.00 EUR less on the other side."


def test_the_platform_may_have_paid_less() -> None:
    books = Given()
    books.sold("#1", "100.00")
    refund = books.back("#1", "-35.00")
    books.paid("#1", "-34.00")
    books.note("#1", "-35.00")
    case = books.compare().of(refund)
    assert (*case.says, case.delta) == ("amount", "amount_differs", "1.00")


def test_an_amount_only_refund_needs_no_goods() -> None:
    books = Given()
    books.sold("#1", "100.00")
    refund = books.refund("#1", "-5.00")
    books.back("#1", "-5.00")
    books.paid("#1", "-5.00")
    books.note("#1", "-5.00")
    case = books.compare().of(refund)
    assert case.says == ("matched", "")
    assert case.steps()["goods"] == "not_needed"
    assert case.note["items_back"] == "not needed"


@pytest.mark.parametrize("kind", ["Refund Shipping", "Refund Duty", "Refund Adjustment"])
def test_shipping_and_duty_refunds_need_no_goods(kind: str) -> None:
    books = Given()
    books.sold("#1", "100.00")
    refund = books.refund("#1", "-5.00", "7", source="matrixify_refunds", extra={"type": kind})
    books.paid("#1", "-5.00")
    books.note("#1", "-5.00")
    case = books.compare().of(refund)
    assert (case.says, case.steps()["goods"]) == (("matched", ""), "not_needed")


def refund_with_goods(status: str, *, back: bool = False, place: str = "WH/Stock") -> One:
    books = Given()
    books.sold("#1", "40.00")
    books.delivery("WH/OUT/1", "#1")
    record = books.refund("#1", "-40.00", sku="MUG", quantity="2", status=status)
    books.paid("#1", "-40.00")
    books.note("#1", "-40.00")
    if back:
        books.move("MUG", "2", ref="Return of WH/OUT/1", location_to=place)
    return books.compare().of(record)


@pytest.mark.parametrize(
    ("status", "says", "on_hand", "available", "committed"),
    [
        ("cancel", ("matched", ""), 0, 2, -2),
        ("return", ("missing", "goods_not_returned"), 2, 2, 0),
        ("no_restock", ("matched", ""), 0, 0, 0),
        ("legacy_restock", ("missing", "goods_not_returned"), 2, 2, 0),
    ],
)
def test_ref_03_restock_type_decides_stock(
    status: str, says: tuple[str, str], on_hand: int, available: int, committed: int
) -> None:
    case = refund_with_goods(status)
    assert case.says == says
    (effect,) = case.note["stock"]
    millionths = {"on_hand": on_hand, "available": available, "committed": committed}
    assert effect == {"sku": "MUG"} | {name: each * 10**6 for name, each in millionths.items()}
    (text,) = case.told("stock")
    if status == "cancel":
        assert text == "In Shopify MUG: available +2, committed -2 Units."
    if status == "no_restock":
        assert text == "In Shopify MUG: no change."


@pytest.mark.parametrize(
    ("disposition", "says", "words"),
    [
        ("RESTOCKED", ("missing", "goods_not_returned"), "restocked"),
        ("PROCESSING_REQUIRED", ("missing", "goods_not_returned"), "waits to be looked at, not for sale"),
        ("NOT_RESTOCKED", ("matched", ""), "not restocked: write it off, or give it back to the vendor"),
        ("MISSING", ("missing", "goods_not_returned"), "missing: ask the customer or the carrier"),
    ],
)
def test_ref_04_disposition_decides_stock(disposition: str, says: tuple[str, str], words: str) -> None:
    books = Given()
    books.sold("#1", "40.00")
    extra = {"disposition": disposition}
    record = books.refund("#1", "-40.00", sku="MUG", quantity="1", status="return", extra=extra)
    books.paid("#1", "-40.00")
    books.note("#1", "-40.00")
    case = books.compare().of(record)
    assert case.says == says
    assert case.told("goods_of") == [f"MUG: refunded 1 Unit; {words}."]
    held = disposition == "PROCESSING_REQUIRED"
    effect = case.note["stock"][0]
    assert (effect["on_hand"] == 10**6) is (held or disposition == "RESTOCKED")
    assert (effect["available"] == 10**6) is (disposition == "RESTOCKED")
    if disposition == "MISSING":
        assert case.next == ["Ask the customer or the carrier for the goods, or record them as lost."]


def test_goods_in_quarantine_are_back_and_not_for_sale() -> None:
    case = refund_with_goods("return", back=True, place="WH/Quarantine")
    assert case.says == ("matched", "")
    assert case.step("goods")["text"].endswith("the goods are in WH/Quarantine (quarantine), not for sale")


def test_goods_that_came_back_in_part_are_late() -> None:
    books = Given()
    books.sold("#1", "40.00")
    books.delivery("WH/OUT/1", "#1")
    record = books.refund("#1", "-40.00", sku="MUG", quantity="3", status="return")
    books.paid("#1", "-40.00")
    books.note("#1", "-40.00")
    books.move("MUG", "1", ref="Return of WH/OUT/1", grp="WH/IN/9")
    case = books.compare().of(record)
    assert case.says == ("missing", "goods_not_returned")
    assert (case.state, case.note["items_back"]) == ("shop+platform+odoo", "partly")
    assert case.step("goods")["text"] == "WH/IN/9 is done, 2 of MUG still out"


def test_each_return_goes_to_the_refund_of_its_product() -> None:
    books = Given()
    books.sold("#1", "90.00")
    books.delivery("WH/OUT/1", "#1")
    records = [
        books.refund("#1", amount, sku=sku, quantity="1", status="return", day=day)
        for amount, sku, day in (("-40.00", "MUG", "2026-11-02"), ("-50.00", "JUG", "2026-11-03"))
    ]
    moves = [books.move(sku, "1", ref="Return of WH/OUT/1", grp="WH/IN/1") for sku in ("JUG", "MUG")]
    found = books.compare()
    assert found.of(records[0]).number == found.of(moves[1]).number
    assert found.of(records[1]).number == found.of(moves[0]).number


def test_a_credit_note_is_shown_in_its_own_currency() -> None:
    books = Given()
    books.sold("#1", "50.00")
    refund = books.back("#1", "-20.00", day="2026-11-10")
    books.note("#1", "-22.00", "posted/not_paid", currency="USD", day="2026-11-10")
    found = books.compare().of(refund)
    assert found.says == ("field", "other_currency")
    assert "22.00 USD, not paid" in found.step("credit_note")["text"]


def test_an_order_that_alone_tells_of_refunds_is_not_held_against_none() -> None:
    books = Given()
    books.sold("#1", "50.00")
    order = books.order("#2", "50.00", refunded="20.00", status="partially_refunded", day="2026-11-01")
    assert books.compare().of(order).told("parts") == []
