"""One record of a Shopify store counts once, however many kinds of exports tell of it."""

from __future__ import annotations

import pandas as pd

from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations._settlement_shop import shop_once
from recon_app.reconciliations.settlements import Settlements
from tests.reconciliations.books import Books

_MORNING = 1_791_187_200  # 2026-10-05 08:00 UTC
_CSV, _ADMIN, _MATRIXIFY = (
    "shopify_payment_transactions",
    "shopify_bulk_payout_lines",
    "matrixify_payout_lines",
)
_PAYOUT = "gid://shopify/ShopifyPaymentsPayout/71"


def _once(books: Books) -> tuple[dict[RecordType, pd.DataFrame], list[str]]:
    """What counts, seen with the fields that a run really reads."""
    frames = books.inputs().frames
    return shop_once({kind: frames[kind][["id", "key", *reads]] for kind, reads in Settlements.reads.items()})


def _kept(books: Books, kind: RecordType) -> tuple[list[int], list[str]]:
    frames, remarks = _once(books)
    return frames[kind]["id"].tolist(), remarks


def test_an_order_counts_once_by_its_id_or_its_name() -> None:
    books = Books()
    own = books.order("#1001", "10.00", ident="5001", source="shopify_orders")
    books.order("1001", "10.00", ident="5001", source="matrixify_orders", account="")
    books.order("#1001", "10.00", ident="gid://shopify/Order/5001", source="shopify_bulk_orders")
    nameless = books.order("#1003", "7.00", source="shopify_orders")
    books.order("1003 ", "7.00", ident="5003", source="matrixify_orders")
    other_store = books.order("#1001", "12.00", ident="9001", source="matrixify_orders")
    later = books.order("#1002", "12.00", ident="gid://shopify/Order/5002", source="shopify_bulk_orders")
    kept, remarks = _kept(books, RecordType.ORDER)
    assert kept == [own, nameless, other_store, later]
    assert "1 orders of Admin data were left out: another export has them too." in remarks


def test_a_transaction_counts_once_by_its_id_or_by_order_day_amount_and_kind() -> None:
    books = Books()
    given = {"at": _MORNING, "day": "2026-10-05"}
    first = books.transaction(
        "#1001",
        "10.00",
        ident="gid://shopify/OrderTransaction/1",
        source="shopify_bulk_transactions",
        **given,
    )
    books.transaction("1001", "10.00", ident="1", source="matrixify_transactions", **given)
    books.transaction("#1001", "10.00", source="shopify_transactions", **given)
    refund = books.transaction("#1001", "-10.00", source="shopify_transactions", **given)
    second = books.transaction(
        "#1001", "10.00", source="shopify_transactions", at=_MORNING + 60, day="2026-10-05"
    )
    kept, remarks = _kept(books, RecordType.SHOP_TRANSACTION)
    assert kept == [first, refund, second]
    assert remarks[-1] == (
        "2 shop transactions of Shopify's own exports are not in the export of Admin data, although that has "
        "others of the same orders; all of them count. Keep one kind of export."
    )


def test_the_zone_of_an_export_does_not_make_another_transaction() -> None:
    books = Books()
    late = _MORNING - 8 * 3600 - 600  # still 4 October in UTC, already the 5th in the store
    kept = books.transaction(
        "#1", "5.00", ident="7", source="matrixify_transactions", at=late, day="2026-10-04"
    )
    books.transaction("#1", "5.00", source="shopify_transactions", at=late, day="2026-10-05")
    assert _kept(books, RecordType.SHOP_TRANSACTION)[0] == [kept]


def test_lines_with_ids_win_and_the_csv_fills_the_days_it_alone_has() -> None:
    books = Books()
    with_id = books.line(
        "#1001",
        "10.00",
        "0.40",
        ident="gid://shopify/X/1",
        source=_ADMIN,
        at=_MORNING,
        grp=_PAYOUT,
        due=NO_INT,
    )
    books.line(
        "#1001",
        "10.00",
        "0.40",
        source=_CSV,
        at=_MORNING,
        grp="",
        foreign_amount="11.00",
        foreign_currency="USD",
    )
    alone = books.line("#1000", "10.00", "0.40", source=_CSV, at=_MORNING - 90_000, day="2026-10-04", grp="")
    stripe = books.line("", "10.00", "0.40", source="stripe_balance_history", at=_MORNING, account="stripe")
    frames, remarks = _once(books)
    lines = frames[RecordType.PAYMENT_LINE].set_index("id")
    assert lines.index.tolist() == [with_id, alone, stripe]
    assert (lines.loc[with_id, "foreign_amount"], lines.loc[with_id, "foreign_currency"]) == (1100, "USD")
    assert lines.loc[with_id, "due"] != NO_INT
    assert remarks == [
        "1 Shopify Payments lines of Shopify's own exports were left out: another export has them too."
    ]


def test_twins_of_one_day_count_as_often_as_the_export_with_more_of_them_has_them() -> None:
    books = Books()
    for source, times in ((_MATRIXIFY, 2), (_CSV, 3)):
        for number in range(times):
            ident = f"T{number}" if source == _MATRIXIFY else ""
            books.line("#1", "5.00", ident=ident, source=source, at=_MORNING)
    kept, remarks = _kept(books, RecordType.PAYMENT_LINE)
    assert len(kept) == 3
    assert (
        "1 Shopify Payments lines of Shopify's own exports are not in the export of Matrixify" in remarks[-1]
    )


def test_three_kinds_of_exports_of_one_payout_are_one_payout_with_one_bank_line() -> None:
    books = Books()
    books.line("#1001", "10.00", "0.40", ident="gid://shopify/X/1", source=_ADMIN, at=_MORNING, grp=_PAYOUT)
    books.line("1001", "10.00", "0.40", ident="1", source=_MATRIXIFY, at=_MORNING, grp="71")
    books.line("#1001", "10.00", "0.40", source=_CSV, at=_MORNING, grp="")
    books.payout("9.60", ident=_PAYOUT, source="shopify_bulk_payouts")
    books.payout("9.60", ident="71", source="matrixify_payouts")
    books.payout("9.60", ident="", source="shopify_payouts", day="2026-10-07")
    assert _once(books)[0][RecordType.PAYOUT]["ident"].tolist() == ["71"]
    bank = books.bank("9.60", "SHOPIFY")
    books.payment("#1001", "10.00")
    settled = books.settle()
    assert settled.case(bank)["kind"] == "matched"
    assert [(proof.payout, proof.total, proof.bank) for proof in settled.result.payouts] == [("71", 960, 960)]


def test_payouts_of_equal_amounts_two_days_apart_are_two() -> None:
    books = Books()
    books.payout("9.60", ident="71", source="matrixify_payouts")
    books.payout("9.60", ident="", source="shopify_payouts", day="2026-10-10")
    assert len(_kept(books, RecordType.PAYOUT)[0]) == 2


def test_lines_of_one_kind_and_payouts_of_another_meet_by_the_number_of_the_payout() -> None:
    books = Books()
    books.line("#1001", "10.00", "0.40", ident="gid://shopify/X/1", source=_ADMIN, at=_MORNING, grp=_PAYOUT)
    books.payout("9.60", ident="71", source="matrixify_payouts")
    assert [proof.payout for proof in books.settle().result.payouts] == ["71"]


def test_a_payout_with_another_amount_in_another_export_counts_once_and_is_said() -> None:
    books = Books()
    kept = books.payout("9.60", ident=_PAYOUT, source="shopify_bulk_payouts")
    books.payout("9.50", ident="71", source="matrixify_payouts")
    ids, remarks = _kept(books, RecordType.PAYOUT)
    assert ids == [kept]
    assert remarks[-1] == (
        "1 Shopify Payments payouts have another amount in Matrixify than elsewhere; the amount elsewhere "
        "counts."
    )
