"""Trustly funding report (``P11KFUN``), North America: records without a header line.

The first cell says what a record is: ``H`` the header, ``I`` a transaction, ``F`` a deposit, ``L`` the
trailer. A fee is negative and added: what is deposited under a trace id is the sum of amount + fee of its
transactions. The columns are those of Trustly's reporting reference; the transaction report (``P11KREC``,
``T`` records) tells of the same transactions without fees and deposits and is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from recon_app.models.problem import FileRejected, Problem
from recon_app.sources._bank import is_currency, minor_or_none
from recon_app.sources._base import InputFile
from recon_app.sources._values import moments

COLUMNS = (
    "record_type",
    "transaction_id",
    "created_at",
    "original_transaction_id",
    "merchant_id",
    "payment_type",
    "payment_provider_type",
    "payment_provider_id",
    "account_number",
    "merchant_reference",
    "transaction_type",
    "transaction_status",
    "updated_at",
    "processed_at",
    "currency",
    "amount",
    "trace_id",
    "reason",
    "batch_id",
    "settlement_batch_transaction_type",
    "original_merchant_reference",
    "payment_provider_transaction_id",
    "fee",
)
_REPORTS = ("P11KFUN", "P11KREC")
_ADVICE = "download the report again"


@dataclass(frozen=True)
class Deposit:
    """One ``F`` record.

    Attributes:
        row: Its number among the deposits, from 1.
        trace: Trace id, under which the bank shows it and transactions name it.
        currency: ISO 4217 code.
        minor: Minor units.
        day: Days since 1970-01-01 as written.
        at: Moment in UTC, seconds since 1970-01-01.
    """

    row: int
    trace: str
    currency: str
    minor: int
    day: int
    at: int


@dataclass
class Report:
    """A whole funding report.

    Attributes:
        transactions: Cells of the ``I`` records.
        deposits: The ``F`` records.
        trailer: Cells of the ``L`` record: number and sum of the transactions, number and sum of deposits.
    """

    transactions: list[list[str]] = field(default_factory=list)
    deposits: list[Deposit] = field(default_factory=list)
    trailer: list[str] = field(default_factory=list)


def is_report(file: InputFile) -> bool:
    """Whether the first record is the header of one of Trustly's reports."""
    return any(row[:1] == ["H"] and row[1:2] and row[1] in _REPORTS for row in islice(file.head_rows, 1))


def read_report(file: InputFile) -> Report:
    """Read all records.

    Raises:
        FileRejected: it is the other report, a record is unknown or damaged, or the trailer is missing.
    """
    report = Report()
    for number, row in _records(file):
        match row[0]:
            case "H" if number == 1:
                _refuse_transactions(row)
            case "I" if len(row) == len(COLUMNS):
                report.transactions.append(row)
            case "F" if len(row) >= 7:
                report.deposits.append(_deposit(row, len(report.deposits) + 1, number))
            case "L" if not report.trailer:
                report.trailer = [cell.strip() for cell in row[1:]]
            case _:
                problem = f"a record {row[0]!r} with {len(row)} cells does not belong here"
                raise FileRejected(Problem(None, None, problem, _ADVICE, line=number))
    if not report.trailer:
        problem = "the file ends before its trailer (L)"
        raise FileRejected(Problem(None, None, problem, "the download broke off: repeat it"))
    return report


def _records(file: InputFile) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(file.rows(), 1):
        if any(row):
            yield number, row


def _refuse_transactions(row: Sequence[str]) -> None:
    if row[1] != _REPORTS[0]:
        problem = f"this is the transaction report {row[1]}: it has no fees and no deposits"
        raise FileRejected(Problem(None, None, problem, f"import the funding report {_REPORTS[0]}"))


def _deposit(row: Sequence[str], count: int, line: int) -> Deposit:
    trace, currency, written, day = row[3], row[4], row[5], row[-1]
    minor = minor_or_none(written, currency) if is_currency(currency) else None
    days, at, bad = moments([day])
    if minor is None or bad[0] or not trace:
        problem = "the deposit (F) has no trace id, no exact amount or no time"
        raise FileRejected(Problem(None, "F", problem, _ADVICE, line=line))
    return Deposit(count, trace, currency, minor, int(days[0]), int(at[0]))
