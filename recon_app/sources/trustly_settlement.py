"""Trustly: transactions of a funding report."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from recon_app.models.money import format_minor
from recon_app.models.proof import Proof
from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources import _trustly
from recon_app.sources._balance import TypeTable, noting_unknown
from recon_app.sources._bank import minor_or_none
from recon_app.sources._base import CHUNK_ROWS, Batch, Chunk, InputFile, Ints, Reading, Source
from recon_app.sources._extra import json_objects
from recon_app.sources._platform import first_of, identifiers, or_zero, same

_TYPES = TypeTable(
    {
        "sale": (Category.CHARGEBACK, Category.CHARGE),
        "capture": (Category.CHARGEBACK, Category.CHARGE),
        "refund": (Category.REFUND, Category.REFUND_FAILURE),
        # the customer's bank takes the payment back (ACH return codes R01 to R85)
        "return": (Category.CHARGEBACK, Category.CHARGEBACK_REVERSAL),
    }
)


class TrustlySettlement(Source):
    """One record is one transaction of a deposit; a returned sale is there twice, as sale and as return."""

    id = "trustly_settlement"
    title = "Trustly funding report"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident", "text", "grp", "amount", "currency")
    progress = ("status",)
    unproven = True

    def recognises(self, file: InputFile) -> bool:
        """Whether the first record is the header of one of Trustly's reports."""
        return _trustly.is_report(file)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the transactions, then compare them with deposits and trailer.

        Raises:
            FileRejected: the file is damaged, or the other report.
        """
        del options  # the format leaves nothing to ask
        report = _trustly.read_report(file)
        days = {deposit.trace: deposit.day for deposit in report.deposits}
        nets: defaultdict[tuple[str, str], int] = defaultdict(int)
        rest = iter(report.transactions)
        parts = (_converted(chunk, days, nets, reading) for chunk in _chunks(rest, reading))
        yield from noting_unknown(parts, reading)
        if not reading.problems:
            _prove(report, nets, reading)


def _chunks(rows: Iterator[list[str]], reading: Reading) -> Iterator[Chunk]:
    while part := list(islice(rows, CHUNK_ROWS)):
        first = reading.rows + 1
        reading.rows += len(part)
        yield Chunk(_trustly.COLUMNS, list(zip(*part, strict=True)), first, reading)


def _converted(
    chunk: Chunk, days: Mapping[str, int], nets: defaultdict[tuple[str, str], int], reading: Reading
) -> Batch:
    currency = chunk.text("currency")
    amount = chunk.money("amount", currency, required=True)
    fee = -or_zero(chunk.money("fee", currency))
    net = amount - fee
    # the type inside a deposit is left out of single transactions
    types = first_of(chunk.text("settlement_batch_transaction_type"), chunk.text("transaction_type"))
    traces = identifiers(chunk, "trace_id")
    reading.add_totals(currency, {"Gross": amount, "Fee": fee, "Net": net})
    for trace, code, minor in zip(traces, currency, net.tolist(), strict=True):
        nets[trace, code] += minor
    day, at = chunk.moments("processed_at", required=True)
    return {
        "row": chunk.rows,
        "category": _TYPES.categories(types, amount),
        "ident": identifiers(chunk, "transaction_id"),
        "ref": first_of(
            identifiers(chunk, "original_merchant_reference"), identifiers(chunk, "merchant_reference")
        ),
        "ref2": identifiers(chunk, "payment_provider_transaction_id"),
        "grp": traces,
        "account": same("trustly", chunk),
        "status": chunk.text("transaction_status"),
        "day": day,
        "at": at,
        "due": _due(traces, days),
        "amount": amount,
        "currency": currency,
        "fee": fee,
        "net": net,
        "text": types,
        "extra": json_objects(
            {
                "reason": chunk.text("reason"),
                "batch": chunk.text("batch_id"),
                "original": chunk.text("original_transaction_id"),
            }
        ),
    }


def _due(traces: Sequence[str], days: Mapping[str, int]) -> Ints:
    return np.fromiter((days.get(trace, NO_INT) for trace in traces), np.int64, len(traces))


def _prove(report: _trustly.Report, nets: Mapping[tuple[str, str], int], reading: Reading) -> None:
    """Transactions of a trace id = its deposit; number and sums = trailer."""
    told: Counter[tuple[str, str]] = Counter()
    for deposit in report.deposits:
        told[deposit.trace, deposit.currency] += deposit.minor
    for trace, currency in sorted({*told, *nets}):
        name = f"deposit {trace or 'without a trace id'} = its transactions"
        reading.sum_proof(name, currency, told[trace, currency], nets.get((trace, currency), 0))
    count, total, _, deposited = (*report.trailer, "", "", "", "")[:4]
    reading.proofs.append(
        Proof("number of transactions", count, str(reading.rows), count == str(reading.rows))
    )
    currencies = {currency for _, currency in (*nets, *told)}
    if len(currencies) == 1:
        currency = currencies.pop()
        _prove_sum("sum of transactions", total, currency, reading.totals["Gross", currency], reading)
        _prove_sum("sum of deposits", deposited, currency, sum(told.values()), reading)


def _prove_sum(name: str, told: str, currency: str, found: int, reading: Reading) -> None:
    expected = minor_or_none(told, currency)
    shown = f"{format_minor(found, currency)} {currency}"
    if told:
        reading.proofs.append(Proof(name, f"{told} {currency}", shown, expected == found))
