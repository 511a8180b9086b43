"""The debt to holders of gift cards against its account."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.models.record import RecordType
from recon_app.reconciliations.gift_cards import GiftCards
from tests.reconciliations.ledger import Found, Ledger, same_backwards, stands_once

_ACCOUNT = {"account_name": "Gift Card Liability"}


def _text(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"


class Cards(Ledger):
    """Sales and uses of gift cards, in minor units."""

    def __init__(self) -> None:
        super().__init__(GiftCards())
        self.answers = {"gift_card_account.EUR": "217000"}

    def sold(self, ref: str, minor: int, on: str = "2026-10-09", **values: Any) -> None:
        """A paid order of a card."""
        self.order(ref, _text(minor), day=on, ident=ref, source="shopify_orders", **values)
        self.add(
            RecordType.ORDER_LINE,
            ref=ref,
            sku="GIFT",
            text="Gift card",
            day=on,
            amount=minor,
            extra={"requires_shipping": "false"},
            source="shopify_order_lines",
        )

    def spent(self, ref: str, minor: int, total: int = 0, on: str = "2026-10-20") -> None:
        """An order that is paid with a card, the rest by credit card; a refund onto a card when negative."""
        if total:
            self.order(ref, _text(total), day=on, ident=ref, source="shopify_orders")
            if total != minor:
                self.transaction(ref, _text(total - minor), day=on)
        self.transaction(
            ref, _text(minor), account="gift_card", day=on, category="charge" if minor > 0 else "refund"
        )

    def booked(self, minor: int, label: str, on: str = "2026-10-20") -> None:
        """An item of the account that adds to the debt."""
        self.item("217000", _text(-minor), text=label, day=on, extra=_ACCOUNT)

    def month(self, month: str) -> Found:
        """The case of a month."""
        (found,) = (each for each in self.compare() if each.facts.note["month"] == month)
        return found


@pytest.fixture
def cards() -> Cards:
    return Cards()


def test_set_13_the_sale_is_a_debt_and_using_it_is_no_payout(cards: Cards) -> None:
    cards.sold("#1", 100_00)
    cards.spent("#2", 60_00, total=80_00)
    cards.booked(100_00, "Gift card sold #1", "2026-10-09")
    cards.booked(-60_00, "Gift card spent #2")
    case = cards.month("2026-10")
    assert case.says == ("matched", "", 0)
    assert case.facts.note["closing"] == 40_00
    assert case.facts.note["used"] == [1, 80_00, 60_00]
    assert case.text == (
        "2026-10: 0.00 EUR owed at the start, 100.00 EUR sold, 60.00 EUR spent: 40.00 EUR owed, the account "
        "says 40.00 EUR."
    )
    assert (
        "1 order of 80.00 EUR: 60.00 EUR paid with cards, 20.00 EUR not; payouts never hold the part of the "
        "cards." in case.evidence
    )
    assert len(case.records) == 4


def test_the_debt_is_carried_from_month_to_month(cards: Cards) -> None:
    cards.booked(315_00, "Cards of earlier months", "2026-09-01")
    cards.sold("#1", 100_00, "2026-09-09")
    cards.booked(100_00, "#1", "2026-09-09")
    cards.spent("#2", 60_00, 60_00, "2026-11-20")
    cards.booked(-60_00, "#2", "2026-11-20")
    found = {each.facts.note["month"]: each.facts.note for each in cards.compare()}
    assert [(month, note["terms"]["opening"], note["closing"]) for month, note in sorted(found.items())] == [
        ("2026-09", 315_00, 415_00),
        ("2026-10", 415_00, 415_00),
        ("2026-11", 415_00, 355_00),
    ]
    assert cards.differences() == []
    assert cards.result is not None
    assert cards.result.proposals["gift_card_opening.EUR"] == "315.00"


def test_a_sale_that_is_not_booked(cards: Cards) -> None:
    cards.sold("#1", 100_00)
    cards.spent("#2", 60_00, 60_00, "2026-11-20")
    cards.booked(-60_00, "#2", "2026-11-20")
    october, november = cards.month("2026-10"), cards.month("2026-11")
    assert october.says == ("amount", "sale_not_booked", -100_00)
    assert "Booked less what the shop did, by order: #1" not in october.text
    assert any("1 (-100.00 EUR)" in text for text in october.evidence)
    assert november.says == ("matched", "", 0)
    assert november.text.endswith("100.00 EUR of it differ since an earlier month.")


def test_a_use_that_is_not_booked(cards: Cards) -> None:
    cards.sold("#1", 100_00)
    cards.booked(100_00, "#1", "2026-10-09")
    cards.spent("#2", 60_00, 60_00)
    assert cards.only().says == ("amount", "payment_not_booked", 60_00)


def test_a_difference_that_no_order_explains_has_no_cause(cards: Cards) -> None:
    cards.sold("#1", 100_00)
    cards.booked(100_00, "#1", "2026-10-09")
    cards.booked(7_00, "Correction")
    case = cards.only()
    assert case.says == ("amount", "", 7_00)
    assert case.evidence[-1] == "Look for items of the account that no sale and no payment explains."


def test_cards_that_lapsed(cards: Cards) -> None:
    cards.sold("#1", 100_00)
    cards.booked(100_00, "#1", "2026-10-09")
    cards.booked(-20_00, "Breakage 2026-10")
    assert cards.month("2026-10").facts.note["terms"]["expired"] == -20_00
    assert cards.differences() == []
    cards.answers["gift_card_expired.EUR 2026-10"] = "25.00"
    assert cards.only().says == ("amount", "", 5_00)


def test_a_refund_onto_a_card_adds_to_the_debt(cards: Cards) -> None:
    cards.spent("#2", -15_00)
    cards.booked(15_00, "#2")
    assert cards.month("2026-10").facts.note["terms"]["given_back"] == 15_00
    assert cards.differences() == []


def test_only_paid_cards_count_and_only_cards(cards: Cards) -> None:
    cards.sold("#1", 100_00, status="pending")
    cards.order("#2", "50.00", ident="#2", source="shopify_orders")
    line = {"ref": "#2", "source": "shopify_order_lines", "day": "2026-10-09", "amount": 50_00}
    cards.add(RecordType.ORDER_LINE, **line, text="Gift card box", extra={"requires_shipping": "true"})
    assert cards.compare() == []
    assert "The shop sold no gift card" in cards.remarks[0]


def test_the_product_tells_what_a_card_is(cards: Cards) -> None:
    cards.add(RecordType.SHOP_PRODUCT, sku="VOUCHER", extra={"gift_card": "true"})
    cards.order("#2", "50.00", ident="#2", source="shopify_orders")
    cards.add(
        RecordType.ORDER_LINE,
        ref="#2",
        sku="VOUCHER",
        text="For you",
        source="shopify_order_lines",
        day="2026-10-09",
        amount=50_00,
    )
    assert cards.month("2026-10").facts.note["closing"] == 50_00
    cards.answers["gift_card_product.GIFT"] = "no"
    cards.sold("#1", 100_00)
    assert cards.month("2026-10").facts.note["closing"] == 50_00


def test_without_an_account_nothing_is_compared(cards: Cards) -> None:
    cards.answers = {}
    cards.sold("#1", 100_00)
    case = cards.month("2026-10")
    assert case.says == ("matched", "", 0)
    assert case.text.endswith("100.00 EUR owed; no account is known to compare it with.")
    assert any("No account of gift cards is known in EUR" in remark for remark in cards.remarks)


def test_the_account_is_found_by_its_name(cards: Cards) -> None:
    cards.answers = {}
    cards.sold("#1", 100_00)
    cards.booked(100_00, "#1", "2026-10-09")
    cards.item("400000", "-5.00", day="2026-10-09", extra={"account_name": "Product Sales"})
    assert cards.differences() == []
    assert cards.result is not None
    assert cards.result.proposals["gift_card_account.EUR"] == "217000"


def test_orders_paid_with_a_card_only_without_transactions(cards: Cards) -> None:
    cards.order("#2", "60.00", account="Gift Card", ident="#2", day="2026-10-20")
    cards.order("#3", "60.00", account="Gift Card + Shopify Payments", ident="#3", day="2026-10-20")
    assert cards.month("2026-10").facts.note["terms"]["spent"] == -60_00
    assert any("paid with a gift card and something else" in remark for remark in cards.remarks)


def test_answers_that_are_no_amounts_are_told(cards: Cards) -> None:
    cards.answers["gift_card_opening.EUR"] = "many"
    cards.sold("#1", 100_00)
    assert cards.month("2026-10").facts.note["closing"] == 100_00
    assert any("gift_card_opening.EUR" in remark for remark in cards.remarks)


def test_the_roll_forward_is_a_table(cards: Cards) -> None:
    cards.sold("#1", 100_00)
    cards.booked(90_00, "#1", "2026-10-09")
    cards.compare()
    assert cards.result is not None
    (panel,) = cards.result.panels
    assert panel.title == "Gift cards 2026-10, EUR"
    assert [row["amount"] for row in panel.rows] == [0, 100_00, 0, 0, 0, 100_00, 90_00, -10_00]


def test_why_not(cards: Cards) -> None:
    one, two = cards.transaction("#1", "1.00"), cards.transaction("#1", "1.00", currency="USD")
    assert GiftCards().why_not(cards.records[one], cards.records[two])[0].rule == "currency"
    assert GiftCards().why_not(cards.records[one], cards.records[one])[0].rule == "month"


_MOVE = st.tuples(
    st.sampled_from(("sold", "spent", "back")),
    st.integers(1, 10**6),
    st.sampled_from(("2026-08-15", "2026-09-15", "2026-11-15")),
    st.integers(-3, 3),
)


@given(st.lists(_MOVE, min_size=1, max_size=10))
def test_every_month_rolls_forward_exactly(rows: list[tuple[str, int, str, int]]) -> None:
    cards = Cards()
    debt = booked = 0
    for number, (what, minor, on, off) in enumerate(rows):
        ref = f"#{number}"
        if what == "sold":
            cards.sold(ref, minor, on)
        else:
            cards.spent(ref, minor if what == "spent" else -minor, on=on)
        change = -minor if what == "spent" else minor
        cards.booked(change + off, ref, on)
        debt, booked = debt + change, booked + change + off
    found = sorted(cards.compare(), key=lambda each: each.facts.note["month"])
    last = found[-1].facts.note
    assert (last["closing"], last["balance"]) == (debt, booked)
    assert sum(each.facts.delta or 0 for each in found) == booked - debt
    closing = 0
    for each in found:
        assert each.facts.note["terms"]["opening"] == closing
        closing = each.facts.note["closing"]
        assert closing == sum(each.facts.note["terms"].values())
    assert stands_once(cards)
    assert same_backwards(cards)
