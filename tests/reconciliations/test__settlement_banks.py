"""Each booking of a bank account counts once, however many files tell of it."""

from __future__ import annotations

from typing import Any

import pytest

from recon_app.models.record import RecordType
from recon_app.reconciliations._settlement_banks import counted_once, same_account
from tests.reconciliations.books import Books


def counted(books: Books) -> tuple[list[int], list[str]]:
    lines, remarks = counted_once(books.inputs().frames[RecordType.BANK_LINE])
    return lines["id"].tolist(), remarks


def test_a_notification_of_a_day_that_a_statement_has_is_named_and_not_added() -> None:
    books = Books()
    books.line("#1", "60.00", grp="90001234")
    books.line("#2", "40.00", grp="90001234")
    payout = books.payout("100.00", ident="90001234")
    line = books.bank("100.00", "SHOPIFY 90001234")
    parts = [books.bank(part, "SHOPIFY", source="bank_camt054") for part in ("60.00", "40.00")]
    settled = books.settle()
    assert settled.kind(payout) == ("matched", "")
    assert settled.together(payout, line)
    assert not set(parts) & set(settled.result.legs.record)
    remark = "2 EUR lines of account DE00 from CAMT.054 were left out: a statement has these days."
    assert remark in settled.result.remarks


@pytest.mark.parametrize("source", ["bank_camt054", "bank_camt052", "bank_mt942"])
@pytest.mark.parametrize("statement", ["bank_camt", "bank_mt940", "bank_csv", "mapped_bank_lines"])
def test_early_news_count_only_where_no_statement_speaks(source: str, statement: str) -> None:
    books = Books()
    kept = [
        books.bank("1.00", "", source=statement),
        books.bank("2.00", "", source=source, day="2026-10-10"),
        books.bank("2.00", "", source=source, account="DE99"),
        books.bank("2.00", "", source=source, currency="USD"),
    ]
    books.bank("3.00", "", source=source)
    found, remarks = counted(books)
    assert found == kept
    assert len(remarks) == 1


def test_what_is_not_booked_does_not_count_but_the_word_of_odoo_says_nothing() -> None:
    books = Books()
    books.bank("1.00", "", source="bank_camt052", status="PDNG")
    kept = books.bank("1.00", "", source="odoo_bank_statement_lines", status="reconciled")
    assert counted(books) == ([kept], ["1 bank lines that the bank has not booked yet were left out."])


def test_two_statements_of_one_account_count_as_often_as_the_one_with_more() -> None:
    books = Books()
    books.bank("5.00", "", source="bank_csv")
    kept = [books.bank("5.00", "", source="bank_csv"), books.bank("5.00", "", source="bank_camt")]
    found, remarks = counted(books)
    assert len(found) == 2
    assert kept[1] in found
    left_out, doubtful = remarks
    assert left_out == (
        "1 EUR lines of account DE00 from CSV were left out: another file has the same bookings."
    )
    assert doubtful == (
        "Account DE00: CAMT.053 and CSV have lines of the same days that differ (2 in EUR); all of them "
        "count. Keep one kind of file for this account."
    )


def test_lines_of_one_source_are_never_repeats() -> None:
    books = Books()
    kept = [books.bank("5.00", "") for _ in range(3)]
    assert counted(books) == (kept, [])


def test_a_file_without_an_account_is_told_and_counted() -> None:
    books = Books()
    kept = [
        books.bank("5.00", "", source="bank_ofx"),
        books.bank("5.00", "", source="bank_qif", account=""),
        books.bank("6.00", "", source="bank_qif", account=""),
    ]
    found, (remark,) = counted(books)
    assert found == kept
    assert remark.startswith("1 lines from QIF name no account and have day and amount of lines of another")


def test_nothing_changes_without_bank_lines() -> None:
    assert counted(Books()) == ([], [])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NL71 RABO 0123 4567 89", "NL71RABO0123456789EUR"),
        ("DE02120300000000202051", "12030000/202051"),
        ("de02120300000000202051EUR", "12030000/0000202051"),
        ("7788990011", "7788990011 "),
    ],
)
def test_one_account_in_two_forms(one: str, other: str) -> None:
    assert same_account(one) == same_account(other)


def test_other_accounts_stay_apart() -> None:
    names: list[Any] = ["", "1", "01", "NL71RABO0123456789", "NL72RABO0123456789", "12030000/1", "12030000"]
    assert len({same_account(name) for name in names}) == len(names)
