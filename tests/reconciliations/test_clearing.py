"""What the platform still owes at a cut-off is what its clearing account holds (rules SET-07 and SET-08)."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recon_app.models.proof import ClearingProof
from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations import _settlement_scope as scope
from recon_app.reconciliations.settlements import Settlements
from tests.reconciliations.books import Books, Settled, day
from tests.reconciliations.random_books import random_books

ANSWERS = {"clearing.101410": "shopify_payments", "clearing.101420": "stripe"}


def prove(settled: Settled, cut_off: str | int) -> list[ClearingProof]:
    last = day(cut_off) if isinstance(cut_off, str) else cut_off
    return Settlements().clearing(settled.inputs, settled.result, last)


def month() -> Books:
    """Two payouts with all their bookings; the second one arrives in November."""
    books = Books()
    for ref, taken, payout, due in (("#1", "2026-10-05", "P1", "08"), ("#2", "2026-10-29", "P2", "30")):
        books.line(ref, "100.00", "3.00", day=taken, due=f"2026-10-{due}", grp=f"90000{payout}")
        books.payout("97.00", ident=f"90000{payout}", day=f"2026-10-{due}")
        books.payment(ref, "100.00", grp=f"PSHOP/{payout}", day=taken)
        books.item("101410", "100.00", grp=f"PSHOP/{payout}", day=taken)
    books.bank("97.00", "SHOPIFY 90000P1", day="2026-10-09")
    books.item("101410", "-97.00", ref="90000P1", grp="BNK1/1", day="2026-10-09")
    books.item("101410", "-3.00", ref="90000P1 fees", grp="MISC/1", day="2026-10-09")
    books.bank("97.00", "SHOPIFY 90000P2", day="2026-11-02")
    return books


def test_a_month_end_is_proven_to_the_cent() -> None:
    settled = month().settle()
    october, november = (prove(settled, last)[0] for last in ("2026-10-31", "2026-11-30"))
    assert (october.owed, october.balance, october.differences) == (10000, 10000, ())
    assert october.items == (("payout 90000P2", 10000),)
    assert (november.owed, november.balance) == (0, 10000), "it arrived, and nothing of it is booked"
    assert november.differences == (
        ("Payout 90000P2: Its counterpart can lie outside the days that the other file covers.", 10000),
    )


@pytest.mark.parametrize("cut_off", ["2026-10-04", "2026-10-07"])
def test_before_and_between_everything_agrees(cut_off: str) -> None:
    (proof,) = prove(month().settle(), cut_off)
    assert (proof.difference, proof.unexplained) == (0, 0)
    assert proof.cut_off == cut_off


def test_every_break_is_listed_and_none_is_netted_away() -> None:
    books = month()
    books.line("#3", "50.00", day="2026-10-20", grp="90000P2", due="2026-10-30")
    books.payment("#4", "50.00", grp="PSHOP/4", day="2026-10-20")
    books.item("101410", "50.00", ref="#4", grp="PSHOP/4", day="2026-10-20")
    (proof,) = prove(books.settle(), "2026-10-31")
    assert (proof.difference, proof.unexplained) == (0, 0)
    assert sorted(proof.differences) == [
        ("#3: The payment is not booked in Odoo.", -5000),
        ("#4: The platform's file has no payment for it.", 5000),
    ]


def test_without_journal_items_there_is_nothing_to_prove() -> None:
    books = Books()
    books.line("#1", "10.00")
    assert prove(books.settle(ANSWERS), "2026-10-31") == []


def test_an_account_is_proven_in_each_currency_it_holds() -> None:
    books = Books()
    books.line("#1", "100.00", currency="USD", account="stripe", due="2026-11-03")
    abroad = {"foreign_amount": "100.00", "foreign_currency": "USD"}
    books.item("101420", "90.00", ref="#1", day="2026-10-05", **abroad)
    books.item("101420", "7.00", ref="a mistake", day="2026-10-05")
    books.item("101420", "74.00", ref="#9", foreign_amount="100.00", foreign_currency="CAD")
    proofs = {proof.currency: proof for proof in prove(books.settle(ANSWERS), "2026-10-31")}
    assert (proofs["USD"].owed, proofs["USD"].balance, proofs["USD"].difference) == (10000, 10000, 0)
    assert (proofs["EUR"].owed, proofs["EUR"].balance) == (0, 8100), "Stripe settles no Canadian dollars"
    assert [proof.unexplained for proof in proofs.values()] == [0, 0]


def test_set_07_sales_of_a_local_day_may_be_paid_on_two_days() -> None:
    """Payout days are days of UTC: after 20:00 in New York the next one has begun. A bridge, not a break."""
    books = Books()
    sales = [
        books.line(f"#{number}", "100.00", day="2026-10-05", due=f"2026-10-0{due}", grp=f"90000P{due}")
        for number, due in ((1, 6), (2, 6), (3, 6), (4, 7), (5, 7))
    ]
    for number, sale in enumerate(sales, 1):
        assert sale
        books.payment(f"#{number}", "100.00", grp=f"PSHOP/{number}", day="2026-10-05")
        books.item("101410", "100.00", grp=f"PSHOP/{number}", day="2026-10-05")
    payouts = [books.payout("300.00", ident="90000P6", day="2026-10-06")]
    payouts.append(books.payout("200.00", ident="90000P7", day="2026-10-07"))
    books.bank("300.00", "SHOPIFY 90000P6", day="2026-10-07")
    for first_or_last in ("2026-10-01", "2026-10-31"):
        books.bank("1.00", "rent", day=first_or_last)
    settled = books.settle()
    assert [proof.net for proof in settled.result.payouts] == [20000, 30000]  # the newest first
    assert {settled.kind(sale) for sale in sales} == {("matched", "")}
    assert settled.kind(payouts[1]) == ("missing", "not_at_bank")
    (today,) = prove(settled, "2026-10-05")
    assert (today.owed, today.balance, today.difference) == (50000, 50000, 0)
    assert today.items == (("payout 90000P6", 30000), ("payout 90000P7", 20000))
    (tomorrow,) = prove(settled, "2026-10-07")
    assert tomorrow.owed == 20000
    assert [minor for _, minor in tomorrow.differences] == [30000], "the first payout is not booked"


def test_a_platform_may_have_an_account_for_refunds() -> None:
    """Odoo's outstanding receipts and payments: together they are what the platform owes."""
    books = Books()
    for ref, amount, account in (("#1", "100.00", "101403"), ("#2", "-40.00", "101404")):
        books.line(ref, amount, due="2026-11-03")
        books.payment(ref, amount, grp=f"PSHOP/{ref}")
        books.item(account, amount, grp=f"PSHOP/{ref}", day="2026-10-05")
    (proof,) = prove(books.settle(), "2026-10-31")
    assert (proof.account, proof.owed, proof.balance) == ("101403 + 101404", 6000, 6000)


@settings(max_examples=60)
@given(random_books(), st.integers(19_999, 20_015))
def test_every_item_and_line_is_counted_once(books: Books, cut_off: int) -> None:
    settled = books.settle(ANSWERS)
    frames = settled.inputs.frames
    proofs = prove(settled, cut_off)
    balances: dict[tuple[str, str], int] = defaultdict(int)
    moved, _ = scope.prepared(frames)  # an authorisation alone settles nothing, and tells of no account
    clearing = scope.accounts(moved, ANSWERS).clearing
    settled_in = {
        (row["account"], row["currency"])
        for kind in (RecordType.PAYMENT_LINE, RecordType.PAYOUT)
        for row in moved[kind].to_dict("records")
    }
    for item in frames[RecordType.JOURNAL_ITEM].to_dict("records"):
        if item["status"] == "posted" and not item["grp"].startswith("Draft") and item["day"] <= cut_off:
            platform = clearing.get(item["account"], "")
            abroad = (platform, item["foreign_currency"]) in settled_in and item["foreign_amount"] != NO_INT
            amount, currency = (
                (item["foreign_amount"], item["foreign_currency"])
                if abroad
                else (item["amount"], item["currency"])
            )
            balances[platform, currency] += amount
    for proof in proofs:
        assert proof.unexplained == 0
        assert proof.owed == sum(minor for _, minor in proof.items)
        platform = clearing[proof.account.split(" + ")[0]]
        assert proof.balance == balances.pop((platform, proof.currency), 0)
        assert all(text.endswith(".") for text, _ in proof.differences)
    assert {platform for platform, _ in balances} <= {""}, "an account with items is never left out"
