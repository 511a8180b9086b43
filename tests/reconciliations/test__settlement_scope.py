"""Which records take part, and which names of the systems belong together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recon_app.engine.texts import named
from recon_app.models.problem import UsageError
from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations import _settlement_scope as scope
from recon_app.reconciliations.settlements import Settlements
from tests.reconciliations.books import Books


def found(books: Books, **answers: str) -> scope.Accounts:
    given = {name.replace("__", "."): value for name, value in answers.items()}
    return scope.accounts(books.inputs().frames, given)


def sold(books: Books, count: int, platform: str, journal: str, start: int = 0) -> None:
    for number in range(start, start + count):
        books.line(f"#{number}", "10.00", account=platform)
        books.payment(f"#{number}", "10.00", account=journal)


def test_a_journal_belongs_to_the_platform_of_most_of_its_payments() -> None:
    books = Books()
    sold(books, 3, "stripe", "Cards")
    books.payment("#99", "10.00", account="Cards")
    accounts = found(books)
    assert accounts.platform_of_journal == {"Cards": "stripe"}
    assert accounts.proposals == {"journal.Cards": "stripe"}


def test_one_payment_in_the_wrong_journal_does_not_make_it_the_platforms() -> None:
    books = Books()
    sold(books, 3, "stripe", "Stripe")
    sold(books, 1, "stripe", "Bank", 10)
    for number in range(20, 25):
        books.payment(f"invoice {number}", "99.00", account="Bank")
    accounts = found(books)
    assert accounts.platform_of_journal == {"Bank": "", "Stripe": "stripe"}
    settled = books.settle()
    assert set(settled.result.cases["cause"]) == {"", "wrong_account"}
    assert "5 Odoo payments on journals of no loaded platform were left out." in settled.result.remarks


def test_a_journal_with_nothing_but_a_payment_in_the_wrong_place_is_not_the_platforms() -> None:
    books = Books()
    sold(books, 6, "stripe", "Stripe")
    sold(books, 1, "stripe", "Bank", 10)
    for row in books.rows()[RecordType.ODOO_PAYMENT]:
        account = "101401" if row["account"] == "Bank" else "101420"
        books.item(account, "10.00", grp=row["grp"], day="2026-10-05")
    accounts = found(books)
    assert accounts.platform_of_journal == {"Bank": "", "Stripe": "stripe"}
    assert accounts.clearing == {"101420": "stripe"}
    assert sorted(books.settle().result.cases["cause"]) == [*[""] * 6, "wrong_account"]


def test_a_platform_has_a_journal_for_each_currency() -> None:
    books = Books()
    sold(books, 6, "stripe", "Cards")
    books.line("#yen", "1000", account="stripe", currency="JPY")
    books.payment("#yen", "1000", account="Tokyo", currency="JPY")
    assert found(books).platform_of_journal == {"Cards": "stripe", "Tokyo": "stripe"}


def test_a_journal_of_two_platforms_is_nobodys_and_nothing_in_it_is_wrong() -> None:
    books = Books()
    sold(books, 2, "stripe", "Online")
    sold(books, 2, "paypal", "Online", 10)
    assert found(books).platform_of_journal == {"Online": ""}
    assert set(books.settle().result.cases["kind"]) == {"matched"}


def test_payments_of_days_without_lines_do_not_vote() -> None:
    books = Books()
    sold(books, 2, "stripe", "Cards")
    for number in range(50, 60):
        books.payment(f"#{number}", "10.00", account="Cards", day="2026-08-01")
    assert found(books).platform_of_journal == {"Cards": "stripe"}


@pytest.mark.parametrize(
    ("journal", "platform"),
    [("Shopify Payments", "shopify_payments"), ("STRIPE", "stripe"), ("Cash", ""), ("", "")],
)
def test_names_propose_where_no_payment_shows_it(journal: str, platform: str) -> None:
    books = Books()
    books.line("#1", "10.00")
    books.line("#2", "10.00", account="stripe")
    books.payment("#9", "77.00", account=journal)
    assert found(books).platform_of_journal == {journal: platform}


def test_gateways_come_from_orders_when_there_are_no_transactions() -> None:
    books = Books()
    books.line("#1", "10.00")
    books.order("#1", "10.00")
    books.order("#2", "10.00", account="Cash on Delivery (COD)")
    assert found(books).platform_of_gateway == {"Shopify Payments": "shopify_payments"} | {
        "Cash on Delivery (COD)": ""
    }


@pytest.mark.parametrize("gateway", ["shopify_store_credit", "Shopify Gift Card", "stripe_gift_card"])
def test_credit_of_the_shop_is_paid_by_no_platform(gateway: str) -> None:
    books = Books()
    books.line("#1", "10.00")
    books.line("#2", "10.00", account="stripe")
    books.transaction("#2", "10.00", account=gateway)
    accounts = found(books)
    assert accounts.platform_of_gateway == {gateway: ""}
    assert accounts.proposals == {}


def test_answers_count_before_what_the_data_shows() -> None:
    books = Books()
    sold(books, 2, "stripe", "Cards")
    accounts = found(books, journal__Cards="-", clearing__101420="stripe")
    assert accounts.platform_of_journal == {"Cards": ""}
    assert accounts.clearing == {"101420": "stripe"}
    assert accounts.proposals == {}


def test_an_answer_that_names_no_platform_is_told() -> None:
    books = Books()
    sold(books, 1, "stripe", "Cards")
    remarks = books.settle({"journal.Cards": "Stripe", "journal.Cash": "-"}).result.remarks
    assert "The answer journal.Cards = Stripe names no loaded platform (stripe)." in remarks
    assert not any("Cash" in remark for remark in remarks)


def test_a_clearing_account_carries_most_of_one_platforms_payments() -> None:
    books = Books()
    for number in range(4):
        platform, journal = ("stripe", "Stripe") if number < 3 else ("paypal", "Paypal")
        books.line(f"#{number}", "10.00", account=platform)
        books.payment(f"#{number}", "10.00", account=journal, grp=f"P/{number}")
        books.item("101402", "10.00", grp=f"P/{number}")
        books.item("121000", "-10.00", grp=f"P/{number}")
    assert found(books).clearing == {"101402": "stripe"}


def test_a_fee_kept_from_a_payment_is_not_the_clearing_account() -> None:
    books = Books()
    books.line("#1", "100.00", "3.00", account="stripe")
    books.payment("#1", "100.00", account="Stripe", grp="P/1")
    for account, amount in (("101420", "97.00"), ("627100", "3.00"), ("121000", "-100.00")):
        books.item(account, amount, grp="P/1")
    assert found(books).clearing == {"101420": "stripe"}


def test_an_account_shared_evenly_is_proven_for_nobody() -> None:
    books = Books()
    for number, platform in enumerate(("stripe", "paypal")):
        books.line(f"#{number}", "10.00", account=platform)
        books.payment(f"#{number}", "10.00", account=platform.title(), grp=f"P/{number}")
        books.item("101402", "10.00", grp=f"P/{number}")
    assert found(books).clearing == {}
    settled = books.settle()
    assert Settlements().clearing(settled.inputs, settled.result, 20_800) == []


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ({"status": "posted"}, True),
        ({"status": "Paid"}, True),
        ({"status": ""}, True),
        ({"status": "draft"}, False),
        ({"status": "Canceled"}, False),
        ({"status": "rejected"}, False),
        ({"status": "", "grp": "Draft (#1)"}, False),
        ({"amount": "0.00"}, False),
    ],
)
def test_only_payments_that_moved_money_count(values: dict[str, str], counts: bool) -> None:
    books = Books()
    books.line("#1", "10.00")
    payment = books.payment("#1", values.pop("amount", "10.00"), **values)
    settled = books.settle()
    assert (payment in settled.result.legs.record) is counts
    told = "1 Odoo payments are drafts or cancelled and were left out." in settled.result.remarks
    assert told is not counts


def test_items_of_drafts_are_on_no_account() -> None:
    books = Books()
    books.line("#1", "10.00")
    drafts = [
        books.item("101410", "-10.00", ref="#1", status="draft"),
        books.item("101410", "-10.00", ref="#1", status="", grp="Draft (#1)"),
    ]
    settled = books.settle({"clearing.101410": "shopify_payments"})
    assert not set(drafts) & set(settled.result.legs.record)
    (proof,) = Settlements().clearing(settled.inputs, settled.result, 20_800)
    assert proof.balance == 0


def test_an_exchange_difference_without_an_amount_is_no_booking() -> None:
    books = Books()
    books.line("#1", "10.00", currency="USD", account="stripe")
    item = books.item("101420", "0.35", ref="EXCH/1", foreign_amount="0.00", foreign_currency="USD")
    settled = books.settle({"clearing.101420": "stripe"})
    assert item not in settled.result.legs.record


def test_lines_without_a_net_have_amount_less_fee() -> None:
    books = Books()
    books.line("#1", "10.00", "0.30")
    books.line("#2", "10.00", "0.30")
    frames = books.inputs().frames
    lines = frames[RecordType.PAYMENT_LINE]
    broken = {**frames, RecordType.PAYMENT_LINE: lines.assign(net=[NO_INT, 970], fee=[NO_INT, 30])}
    prepared, remarks = scope.prepared(broken)
    assert prepared[RecordType.PAYMENT_LINE]["net"].tolist() == [1000, 970]
    assert remarks == []


def test_of_nothing_at_all_only_what_to_import_is_said() -> None:
    settled = Books().settle()
    assert len(settled.result.cases) == 0
    assert [remark.partition(" (")[0] for remark in settled.result.remarks] == [
        "Import transactions of a payment platform"
    ]
    assert (settled.result.proposals, settled.result.payouts) == ({}, [])
    assert Settlements().clearing(settled.inputs, settled.result, 20_800) == []


@pytest.mark.parametrize(
    "kind", ["line", "payout", "payment", "item", "bank", "transaction", "order", "invoice"]
)
def test_any_one_export_alone_is_settled(kind: str) -> None:
    books = Books()
    first = "#1" if kind not in ("payout", "bank") else "10.00"
    rest = ("10.00",) if kind not in ("payout", "bank") else ("SHOPIFY",) if kind == "bank" else ()
    if kind == "item":
        first = "101410"
    getattr(books, kind)(first, *rest)
    settled = books.settle()
    assert set(settled.result.cases["kind"]) <= {"matched", "timing"}
    assert Settlements().clearing(settled.inputs, settled.result, 20_800) == []


def test_names_of_columns() -> None:
    column = pd.Series(["a", "b", "a"], dtype=object)
    assert named(column, {"a": "x"}).tolist() == ["x", "", "x"]
    assert named(column[:0], {"a": "x"}).tolist() == []
    assert named(column, {}).tolist() == ["", "", ""]


@pytest.mark.parametrize(("count", "refused"), [(4611, False), (4612, True)])
def test_amounts_that_64_bits_cannot_add_up_are_refused(count: int, refused: bool) -> None:
    frame = pd.DataFrame({"amount": np.append(np.full(count, -(10**15)), NO_INT)})
    if not refused:
        scope.refuse_endless({RecordType.PAYMENT_LINE: frame})
        return
    with pytest.raises(UsageError, match="amounts of the payment lines are too large"):
        scope.refuse_endless({RecordType.PAYMENT_LINE: frame})
