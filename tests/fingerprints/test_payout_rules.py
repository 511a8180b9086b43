"""What looks like F15, F23 and F24, and is not; and what their hits tell."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app import registry
from recon_app.fingerprints._books import Books
from recon_app.models.record import NO_INT, RecordType
from tests.fingerprints.planting import PLANTS, unbooked
from tests.fingerprints.shop import FIRST, Shop


@pytest.fixture
def shop() -> Shop:
    return Shop()


def payouts(shop: Shop, store: str) -> list[dict[str, Any]]:
    """The payouts of a store, the oldest first."""
    return [row for row in shop.rows()[RecordType.PAYOUT] if f'"{store}"' in row["extra"]]


def one_store(shop: Shop) -> None:
    """Make one store of the two: whatever is left is not of several."""
    for kind in (RecordType.PAYOUT, RecordType.PAYMENT_LINE):
        for row in shop.rows()[kind]:
            shop.note(row, entity="101")


def test_f15_tells_what_is_open(shop: Shop) -> None:
    PLANTS["f15_payout_not_booked"](shop)
    (case,) = shop.compare()
    payout = payouts(shop, "101")[1]
    assert case.says == ("missing", "f15_payout_not_booked", payout["amount"])
    assert "its lines leave -0.05 EUR open" in case.text


def test_f15_a_payout_that_does_not_net_and_is_booked_is_none(shop: Shop) -> None:
    payouts(shop, "101")[1]["amount"] -= 5
    assert shop.compare() == []


def test_f15_a_payout_that_nets_and_is_not_booked_is_none(shop: Shop) -> None:
    one_store(shop)
    unbooked(shop, payouts(shop, "101")[1]["ident"])
    assert shop.compare() == []


def test_f15_an_entry_without_the_number_counts_by_its_amount(shop: Shop) -> None:
    PLANTS["f15_payout_not_booked"](shop)
    payout = payouts(shop, "101")[1]
    shop.add(RecordType.JOURNAL_ITEM, amount=-payout["amount"], day=payout["day"] + 3, status="posted")
    assert shop.compare() == []


def test_f15_a_payout_in_transit_is_none(shop: Shop) -> None:
    PLANTS["f15_payout_not_booked"](shop)
    payouts(shop, "101")[1]["status"] = "in_transit"
    assert shop.compare() == []


def test_f15_books_that_end_before_the_payout_say_nothing(shop: Shop) -> None:
    last = payouts(shop, "101")[-1]
    last["amount"] -= 5
    unbooked(shop, last["ident"])
    items = shop.rows()[RecordType.JOURNAL_ITEM]
    shop.drop(RecordType.JOURNAL_ITEM, *(row for row in items if row["day"] > last["day"]))
    assert shop.compare() == []


def test_f15_lines_without_numbers_are_found_by_their_day(shop: Shop) -> None:
    for row in shop.rows()[RecordType.PAYMENT_LINE]:
        row["grp"] = ""
    PLANTS["f15_payout_not_booked"](shop)
    assert [case.facts.cause for case in shop.compare()] == ["f15_payout_not_booked"]


def test_f23_tells_how_late_it_is(shop: Shop) -> None:
    PLANTS["f23_no_payout_id"](shop)
    (case,) = shop.compare()
    assert case.says == ("amount", "f23_no_payout_id", shop.sales[2].charge["net"])
    assert "has no payout" in case.text


def test_f23_a_platform_without_payout_numbers_is_none(shop: Shop) -> None:
    for row in shop.rows()[RecordType.PAYMENT_LINE]:
        row["grp"] = ""
    assert shop.compare() == []


def test_f23_money_of_the_last_days_is_none(shop: Shop) -> None:
    shop.sales[39].charge |= {"grp": "", "due": NO_INT}
    assert "f23_no_payout_id" not in {case.facts.cause for case in shop.compare()}


def test_f23_money_that_is_due_later_is_none(shop: Shop) -> None:
    PLANTS["f23_no_payout_id"](shop)
    shop.sales[2].charge["due"] = FIRST + 40
    assert shop.compare() == []


@pytest.mark.parametrize("category", ["reserve_held", "chargeback", "authorization"])
def test_set_04_f23_money_that_is_held_back_is_none(shop: Shop, category: str) -> None:
    PLANTS["f23_no_payout_id"](shop)
    shop.sales[2].charge["category"] = category
    assert shop.compare() == []


def test_f23_money_that_never_moved_is_none(shop: Shop) -> None:
    PLANTS["f23_no_payout_id"](shop)
    shop.sales[2].charge["status"] = "failed"
    assert shop.compare() == []


def test_f24_one_store_has_no_gaps_of_this_kind(shop: Shop) -> None:
    PLANTS["f24_payout_gaps"](shop)
    one_store(shop)
    assert shop.compare() == []


@pytest.mark.parametrize("place", [0, -1])
def test_f24_the_first_and_the_last_payout_are_no_gap(shop: Shop, place: int) -> None:
    unbooked(shop, payouts(shop, "202")[place]["ident"])
    assert shop.compare() == []


def test_f24_every_payout_of_the_gap_is_told(shop: Shop) -> None:
    gap = payouts(shop, "202")[1:3]
    for row in gap:
        unbooked(shop, row["ident"])
    found = shop.compare()
    assert [case.facts.cause for case in found] == ["f24_payout_gaps"] * 2
    assert sorted(case.facts.delta or 0 for case in found) == sorted(row["amount"] for row in gap)


@given(st.lists(st.integers(-(10**6), 10**9), min_size=2, max_size=6, unique=True), st.integers(-3, 3))
def test_f15_to_the_cent(nets: list[int], off: int) -> None:
    shop = Shop(empty=True)
    for number, net in enumerate(nets):
        day, name = FIRST + number, f"payout-{number}"
        common = {"account": "stripe", "currency": "EUR", "day": day}
        shop.add(RecordType.PAYMENT_LINE, category="charge", grp=name, amount=net, fee=0, net=net, **common)
        shop.add(RecordType.PAYOUT, ident=name, status="paid", amount=net + (off if number else 0), **common)
    shop.add(RecordType.JOURNAL_ITEM, ref="Payout payout-0", amount=1, day=FIRST, status="posted")
    shop.add(RecordType.JOURNAL_ITEM, ref="Rent", amount=1, day=FIRST + 30, status="posted")
    found = registry.fingerprints()["f15_payout_not_booked"].hits(Books(shop.frames())).hits
    wanted = [abs(net + off) for net in nets[1:] if off and net + off]
    assert [hit.value for hit in found] == wanted
