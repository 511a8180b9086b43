"""Platforms that do not pay out like Shopify: PayPal's withdrawals, several reports of one Stripe account."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from recon_app.models.record import INT_FIELDS, NO_INT, TEXT_FIELDS, Category, RecordType
from recon_app.reconciliations import _settlement_scope as scope
from recon_app.reconciliations.settlements import Settlements
from recon_app.sources._base import InputFile, Reading
from recon_app.sources.paypal_activity import PaypalActivity
from tests.reconciliations.books import Books, Settled, day

ACTIVITY = Path(__file__).parents[1] / "sources" / "data" / "paypal_activity" / "en_newest_first.csv"
ANSWERS = {"clearing.101430": "paypal"}


def from_activity(books: Books) -> dict[str, int]:
    """Put the lines of a PayPal download into the books; their record ids by transaction id."""
    reading, ids = Reading(), {}
    for batch in PaypalActivity().read(InputFile(ACTIVITY), {}, reading):
        for index in range(len(batch["row"])):
            values: dict[str, Any] = {name: str(batch[name][index]) for name in TEXT_FIELDS if name in batch}
            values |= {name: int(batch[name][index]) for name in INT_FIELDS if name in batch}
            values.pop("row")
            ids[values["ident"]] = books.add(RecordType.PAYMENT_LINE, source="paypal_activity", **values)
    reading.finish()
    return ids


def booked(books: Books, ref: str, amount: str, when: str, **values: str) -> int:
    """A payment in Odoo's PayPal journal with its item on the clearing account."""
    entry = f"PPAY/{ref}/{amount}"
    books.item("101430", amount, grp=entry, day=when, **values)
    return books.payment(ref, amount, grp=entry, account="PayPal", day=when, **values)


def month() -> tuple[Settled, dict[str, int], dict[str, int]]:
    """A withdrawal that empties the account, its sales, refund and chargeback, and how Odoo has them."""
    books = Books()
    lines = from_activity(books)
    odoo = {
        "sale": booked(books, "1001", "1150.00", "2026-10-08"),
        "by id": booked(books, "PAY0000000000002A", "30.00", "2026-10-08"),
        "held": booked(books, "1003", "200.00", "2026-10-10"),
        "refund": booked(books, "1001", "-100.00", "2026-10-12"),
        "dispute": booked(books, "1002", "-30.00", "2026-10-13"),
        "dollars": booked(books, "1004", "20.00", "2026-10-09", currency="USD"),
    }
    odoo["bank"] = books.bank("1209.79", "ABBUCHUNG VOM PAYPAL-KONTO 1047428557493", day="2026-10-15")
    books.item("101430", "-1209.79", ref="WD00000000000001A", grp="BNK1/7", day="2026-10-15")
    books.item("101430", "-40.21", ref="WD00000000000001A fees", grp="MISC/7", day="2026-10-15")
    return books.settle(ANSWERS), lines, odoo


def test_a_withdrawal_that_empties_the_account_is_proven() -> None:
    settled, lines, odoo = month()
    (proof,) = (one for one in settled.result.payouts if one.payout == "WD00000000000001A")
    assert dict(proof.terms) == {
        "gross": 138000,
        "refunds": -10000,
        "fees": -5664,
        "adjustments": 1643,
        "chargebacks": -3000,
        "reserve held": -19380,
        "reserve released": 19380,
    }
    assert (proof.total, proof.bank, proof.residual, proof.status) == (120979, 120979, 0, "proven")
    assert settled.together(lines["WD00000000000001A"], odoo["bank"])
    assert settled.kind(lines["WD00000000000001A"]) == ("matched", "")


def test_its_lines_match_what_odoo_booked() -> None:
    settled, lines, odoo = month()
    pairs = {
        "PAY0000000000001A": "sale",
        "PAY0000000000002A": "by id",
        "PAY0000000000003A": "held",
        "REF0000000000001A": "refund",
        "CHB0000000000001A": "dispute",
        "PAY0000000000004A": "dollars",
    }
    for line, payment in pairs.items():
        assert settled.together(lines[line], odoo[payment]), line
        assert settled.kind(lines[line]) == ("matched", ""), line


def test_authorisations_take_no_part() -> None:
    settled, lines, _ = month()
    assert lines["AUT0000000000001A"] not in settled.result.legs.record
    assert "1 payment lines move no money (authorised, void) and were left out." in settled.result.remarks


def test_the_clearing_account_is_proven() -> None:
    settled, _, _ = month()
    proofs = {
        proof.currency: proof
        for proof in Settlements().clearing(settled.inputs, settled.result, day("2026-10-31"))
    }
    # booked gross 1,250.00 - fees 40.21 - withdrawn 1,209.79; conversions are no sales
    assert (proofs["EUR"].owed, proofs["EUR"].balance, proofs["EUR"].unexplained) == (0, 0, 0)
    assert (proofs["USD"].owed, proofs["USD"].balance) == (2000, 2000)


def sale(books: Books, ref: str, amount: str, fee: str, ident: str) -> int:
    return books.line(ref, amount, fee, account="paypal", grp="", due=NO_INT, status="", ident=ident)


def withdrawal(books: Books, amount: str, ident: str, when: str, **values: str) -> int:
    return books.line(
        "",
        f"-{amount}",
        account="paypal",
        grp=ident,
        ident=ident,
        due=when,
        day=when,
        status="",
        category=str(Category.PAYOUT),
        **values,
    )


def leaves_some() -> tuple[Books, int, int]:
    """A withdrawal that leaves money in the account: nothing tells which sales it was."""
    books = Books()
    for number in range(1, 6):
        sale(books, f"#{number}", "100.00", "3.00", f"ID{number}")
        booked(books, f"#{number}", "100.00", "2026-10-05")
    taken_out = withdrawal(books, "300.00", "WD3", "2026-10-08")
    arrived = books.bank("300.00", "PAYPAL EUROPE", day="2026-10-09")
    books.item("101430", "-300.00", ref="WD3", grp="BNK1/8", day="2026-10-09")
    return books, taken_out, arrived


def test_a_withdrawal_that_names_no_sales_is_compared_with_the_bank() -> None:
    books, taken_out, arrived = leaves_some()
    settled = books.settle(ANSWERS)
    assert settled.together(taken_out, arrived)
    assert settled.kind(taken_out) == ("matched", "no_lines")


def test_a_withdrawal_that_names_no_sales_lowers_what_is_owed() -> None:
    books, _, _ = leaves_some()
    settled = books.settle(ANSWERS)
    before, after = (
        Settlements().clearing(settled.inputs, settled.result, day(last))[0]
        for last in ("2026-10-07", "2026-10-31")
    )
    assert (before.owed, before.balance) == (50000, 50000)
    assert (after.owed, after.balance, after.differences) == (20000, 20000, ())
    assert after.items == (
        ("no payout yet", 50000),
        ("payout WD3, of sales that no file names", -30000),
    )


def test_a_withdrawal_that_is_not_booked_is_listed() -> None:
    books = Books()
    sale(books, "#1", "100.00", "3.00", "ID1")
    booked(books, "#1", "100.00", "2026-10-05")
    withdrawal(books, "60.00", "WD4", "2026-10-08")
    books.bank("60.00", "PAYPAL EUROPE", day="2026-10-09")
    settled = books.settle(ANSWERS)
    (proof,) = Settlements().clearing(settled.inputs, settled.result, day("2026-10-31"))
    assert (proof.owed, proof.balance, proof.unexplained) == (4000, 10000, 0)


def test_a_bank_reference_in_the_lines_tells_two_equal_withdrawals_apart() -> None:
    books = Books()
    sale(books, "#1", "100.00", "3.00", "ID1")
    first = withdrawal(books, "40.00", "WD5", "2026-10-08", ref2="1047428557493")
    second = withdrawal(books, "40.00", "WD6", "2026-10-08", ref2="1047428557494")
    later = books.bank("40.00", "PAYPAL 1047428557494", day="2026-10-09")
    earlier = books.bank("40.00", "PAYPAL 1047428557493", day="2026-10-12")
    settled = books.settle()
    assert settled.together(first, earlier)
    assert settled.together(second, later)


def stripe(books: Books, source: str, ident: str, **values: str) -> int:
    given: dict[str, Any] = {
        "account": "stripe",
        "ref2": f"ch_{ident}",
        "grp": "",
        "due": NO_INT,
        "status": "",
    } | values
    return books.line(given.pop("ref", ""), "10.00", "0.50", source=source, ident=ident, **given)


def test_a_movement_in_two_reports_counts_once_and_with_all_that_is_known() -> None:
    books = Books()
    history = stripe(books, "stripe_balance_history", "txn_1", grp="po_1", due="2026-10-08")
    stripe(books, "stripe_balance_change", "txn_1", ref="#1")
    only = stripe(books, "stripe_balance_change", "txn_2", ref="#2")
    frames, remarks = scope.prepared(books.inputs().frames)
    lines = frames[RecordType.PAYMENT_LINE]
    assert lines["id"].tolist() == [history, only]
    assert lines["ref"].tolist() == ["#1", "#2"]
    assert lines["grp"].tolist() == ["po_1", ""]
    assert remarks == ["1 payment lines of stripe_balance_change were left out: another report has them too."]


def test_the_payout_comes_with_its_day_from_another_report() -> None:
    books = Books()
    stripe(books, "paypal_stl", "ID1", account="paypal", grp="WD1", due="2026-10-08")
    stripe(books, "paypal_activity", "ID1", account="paypal")
    lines = scope.prepared(books.inputs().frames)[0][RecordType.PAYMENT_LINE]
    assert lines[["source", "grp", "due"]].to_numpy().tolist() == [
        ["paypal_activity", "WD1", day("2026-10-08")]
    ]


def test_equal_ids_of_two_accounts_or_in_one_report_are_two_movements() -> None:
    books = Books()
    stripe(books, "stripe_balance_history", "1")
    stripe(books, "stripe_balance_history", "1")
    stripe(books, "paypal_activity", "1", account="paypal")
    stripe(books, "other_platform", "1", account="stripe")
    frames, remarks = scope.prepared(books.inputs().frames)
    assert len(frames[RecordType.PAYMENT_LINE]) == 4
    assert remarks == []


def test_a_list_of_payments_speaks_only_where_no_report_of_movements_does() -> None:
    books = Books()
    line = stripe(books, "stripe_balance_history", "txn_1")
    stripe(books, "stripe_payments", "ch_txn_1", ref="#1", ref2="pi_1")
    alone = stripe(books, "stripe_payments", "ch_9", ref="#9", ref2="pi_9")
    frames, remarks = scope.prepared(books.inputs().frames)
    lines = frames[RecordType.PAYMENT_LINE]
    assert lines["id"].tolist() == [line, alone]
    assert lines["ref"].tolist() == ["#1", "#9"]
    assert remarks == ["1 payment lines of stripe_payments were left out: another report has them too."]


def test_different_movements_never_count_as_one() -> None:
    books = Books()
    stripe(books, "paypal_activity", "ID1", account="paypal")
    books.line("", "11.00", account="paypal", source="paypal_statement", ident="ID1", grp="", due=NO_INT)
    assert len(scope.prepared(books.inputs().frames)[0][RecordType.PAYMENT_LINE]) == 2


def test_lines_of_an_account_that_names_no_payout_are_not_called_unpaid() -> None:
    books, _, _ = leaves_some()
    fee = books.line("", "-5.00", account="paypal", grp="", due=NO_INT, category=str(Category.FEE))
    assert books.settle(ANSWERS).kind(fee) == ("timing", "payout_not_named")


def test_a_payout_outside_the_days_of_the_lines_does_not_lower_what_is_owed() -> None:
    books, _, _ = leaves_some()
    books.payout("70.00", account="paypal", ident="WD9", day="2026-09-20")
    books.bank("70.00", "PAYPAL WD9", day="2026-09-21")
    settled = books.settle(ANSWERS)
    (proof,) = Settlements().clearing(settled.inputs, settled.result, day("2026-10-31"))
    assert proof.owed == 20000
