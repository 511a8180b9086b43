"""SumUp: transactions report.

A sale and its payout are two rows with the same transaction id; only the payout row has the payout's id and
date, which the sale of the same net gets from it. Sales in cash and failed ones are in the file and never
reach the bank: they are kept as lines that move no money. The header is written in the user's language;
German and English are known. The file names no currency, and its times name no zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources._balance import TypeTable, add_totals, is_payout, noting_unknown
from recon_app.sources._bank import told_currency
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Mask, Reading, Source
from recon_app.sources._chunk import AGAIN
from recon_app.sources._extra import json_objects
from recon_app.sources._platform import Sums, Whole, identifiers, or_zero, report, same

#: What a column is called, by language.
_COLUMNS = {
    "date": ("Datum", "Date"),
    "id": ("Transaktions-ID", "Transaction ID"),
    "type": ("Transaktionsart", "Transaction Type"),
    "status": ("Status",),
    "method": ("Zahlungsmethode", "Payment Method"),
    "description": ("Beschreibung", "Description"),
    "amount": ("Betrag inkl. MwSt.", "Total"),
    "fee": ("Gebühr", "Fee"),
    "net": ("Auszahlung", "Payout"),
    "payout_date": ("Auszahlungsdatum", "Payout Date"),
    "payout": ("Auszahlungs-ID", "Payout ID"),
    "reference": ("Referenz", "Reference"),
}
_NEEDED = ("date", "id", "type", "status", "amount", "fee", "net", "payout_date", "payout")
_TYPES = TypeTable(
    {
        "umsatz": Category.CHARGE,
        "sale": Category.CHARGE,
        "rückerstattung": Category.REFUND,
        "refund": Category.REFUND,
        "rückbuchung": Category.CHARGEBACK,
        "chargeback": Category.CHARGEBACK,
        "charge_back": Category.CHARGEBACK,
        "auszahlung": Category.PAYOUT,
        "payout": Category.PAYOUT,
    }
)
_CASH = frozenset({"cash", "bar", "barzahlung", "bargeld"})
_DONE = frozenset({"erfolgreich", "successful", "gezahlt", "paid", "paid_out", ""})


class SumupTransactions(Source):
    """One record is one row: a sale, a refund, or what a payout holds of it."""

    id = "sumup_transactions"
    title = "SumUp transactions"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident", "text", "at", "day", "amount", "currency")
    progress = ("grp", "due", "status")

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of the report in one language."""
        return _header(file) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the rows, each sale with its payout, then prove each payout.

        Raises:
            AnswerNeeded: the currency or the decimal mark has to be told.
        """
        currency = told_currency(options.get("currency", ""), "The file")
        whole = Whole(file, _header(file) or (), reading)
        whole.find_mark([name for key in ("amount", "fee", "net") for name in _COLUMNS[key]], options)
        payouts = _payouts(whole, currency)
        sums = Sums()
        parts = (_converted(whole, chunk, currency, payouts, sums, reading) for chunk in whole.chunks)
        yield from noting_unknown(parts, reading)
        proof = sums.closing_proof("Payouts whose sales, refunds and fees add up to their own rows")
        if proof is not None:
            reading.proofs.append(proof)


def _header(file: InputFile) -> tuple[str, ...] | None:
    """The needed columns as the file calls them, in one language for all."""
    for language in (0, 1):
        names = tuple(_COLUMNS[key][min(language, len(_COLUMNS[key]) - 1)] for key in _NEEDED)
        if file.header_index(names) is not None:
            return names
    return None


#: Payout id and day by transaction id and net: a sale and its refund have one id and two payouts.
_Payouts = dict[tuple[str, int], tuple[str, int]]


def _payouts(whole: Whole, currency: str) -> _Payouts:
    found: _Payouts = {}
    for chunk in whole.chunks:
        ids, payouts = chunk.text(*_COLUMNS["id"]), identifiers(chunk, *_COLUMNS["payout"])
        days = chunk.days(chunk.name(*_COLUMNS["payout_date"]) or "").tolist()
        net = _money(whole, chunk, "net", currency).tolist()
        for ident, minor, payout, day in zip(ids, net, payouts, days, strict=True):
            if payout:
                found[ident, minor] = (payout, day)
    return found


def _converted(
    whole: Whole, chunk: Chunk, currency: str, payouts: _Payouts, sums: Sums, reading: Reading
) -> Batch:
    amount, fee, net = (_money(whole, chunk, key, currency) for key in ("amount", "fee", "net"))
    types, status = chunk.text(*_COLUMNS["type"]), chunk.text(*_COLUMNS["status"])
    categories = _TYPES.categories(types, amount)
    payout = is_payout(categories)
    idle = _idle(chunk, status) & ~payout
    if idle.any():
        reading.total("Cash or not successful, not paid out", currency, amount[idle])
    _prove(chunk, reading, (amount, fee, net), idle | payout)
    ids = identifiers(chunk, *_COLUMNS["id"])
    paid = [payouts.get(pair, ("", NO_INT)) for pair in zip(ids, net.tolist(), strict=True)]
    # a payout row repeats amount and fee of its sale; what it does is to pay out the rest
    amount, fee = np.where(payout, -net, amount), np.where(payout, np.int64(0), fee)
    amount, fee = (np.where(idle, np.int64(0), minor) for minor in (amount, fee))
    currencies = same(currency, chunk)
    add_totals(reading, currencies, {"Gross": amount, "Fee": fee, "Net": amount - fee}, payout)
    grp = [payout_id for payout_id, _ in paid]
    sums.add(grp, currencies, amount - fee)
    day, at = chunk.moments(chunk.name(*_COLUMNS["date"]) or "", required=True)
    return {
        "row": chunk.rows,
        "category": [Category.VOID.value if no else word for no, word in zip(idle, categories, strict=True)],
        "ident": ids,
        "ref": chunk.text(*_COLUMNS["reference"]),
        "grp": grp,
        "account": same("sumup", chunk),
        "status": status,
        "day": day,
        "at": at,
        "due": np.array([paid_on for _, paid_on in paid], np.int64),
        "amount": amount,
        "currency": currencies,
        "fee": fee,
        "net": amount - fee,
        "text": types,
        "extra": json_objects(
            {
                "method": chunk.text(*_COLUMNS["method"]),
                "description": chunk.text(*_COLUMNS["description"]),
                "not_paid_out": [
                    cell if no else "" for no, cell in zip(idle, chunk.text(*_COLUMNS["amount"]), strict=True)
                ],
            }
        ),
    }


def _money(whole: Whole, chunk: Chunk, key: str, currency: str) -> Ints:
    return or_zero(whole.money(chunk, chunk.name(*_COLUMNS[key]) or "", currency, required=key == "amount"))


def _idle(chunk: Chunk, status: Sequence[str]) -> Mask:
    """Rows that move no money: paid in cash, or not successful."""
    methods = chunk.text(*_COLUMNS["method"])
    told = zip(methods, status, strict=True)
    return np.array(
        [
            method.casefold() in _CASH or "_".join(word.casefold().split()) not in _DONE
            for method, word in told
        ],
        np.bool_,
    )


def _prove(chunk: Chunk, reading: Reading, money: tuple[Ints, Ints, Ints], but: Mask) -> None:
    """Payout = total - fee in every sale; a sale where it is not so is a fault of the file."""
    amount, fee, net = money
    wrong: Mask = (amount - fee != net) & ~but
    reading.identity("Payout = total - fee", ~wrong[~but], chunk.rows[~but])
    name = chunk.name(*_COLUMNS["net"]) or ""
    problem = "is not the total minus the fee"
    report(chunk, name, chunk.text(name), wrong, problem, AGAIN, "E_RULE")
