"""eBay: transaction report (Payments, Reports), English and German.

Ten or so lines of preamble stand above the header; an empty cell is ``--``. Net is in the currency of the
payout and signed; gross and fees are in the currency of the transaction, fees negative (positive when given
back). An order of several items is one row with the net and one row per item without: only the first moves
money, the others say what its fees were. The payout is a row of its own with the other sign. Dates are local
and name no zone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources._balance import TypeTable, add_totals, is_payout, noting_unknown
from recon_app.sources._bank import told_currency
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Mask, Reading, Source, clean_header
from recon_app.sources._extra import json_objects
from recon_app.sources._platform import (
    Sums,
    Whole,
    first_of,
    identifiers,
    or_zero,
    rows_of,
    same,
    written_moments,
)

#: What a column is called in English and German; fees are read by their place.
_COLUMNS = {
    "date": ("Transaction creation date", "Datum der Transaktionserstellung"),
    "type": ("Type", "Typ"),
    "order": ("Order number", "Bestellnummer"),
    "net": ("Net amount", "Betrag abzügl. Kosten"),
    "gross": ("Gross transaction amount", "Transaktionsbetrag (inkl. Kosten)"),
    "payout": ("Payout ID", "Auszahlung Nr."),
    "payout_date": ("Payout date", "Auszahlungsdatum"),
    "currency": ("Payout currency", "Auszahlungswährung"),
    "paid_in": ("Transaction currency", "Transaktionswährung"),
    "status": ("Payout status", "Auszahlungsstatus"),
    "transaction": ("Transaction ID", "Transaktions-ID", "Transaktionsnummer"),
    "reference": ("Reference ID", "Referenznummer", "Referenz-ID"),
    "sku": ("Custom label", "Bestandseinheit"),
    "description": ("Description", "Beschreibung"),
}
_NEEDED = ("date", "type", "order", "net", "gross", "payout", "payout_date")
# Fees stand between these two columns and are named differently by year and country.
_FIRST_FEE = ("final value fee - fixed", "fixer anteil der verkaufsprovision")
_DISPUTE = (Category.CHARGEBACK, Category.CHARGEBACK_REVERSAL)
_TYPES = TypeTable(
    {
        "order": Category.CHARGE,
        "bestellung": Category.CHARGE,
        "refund": Category.REFUND,
        "rückerstattung": Category.REFUND,
        "other_fee": Category.FEE,
        "andere_gebühr": Category.FEE,
        "shipping_label": Category.FEE,
        "versandetikett": Category.FEE,
        "payout": Category.PAYOUT,
        "auszahlung": Category.PAYOUT,
        "hold": (Category.RESERVE_HELD, Category.RESERVE_RELEASED),
        "claim": _DISPUTE,
        "payment_dispute": _DISPUTE,
        "transfer": Category.ADJUSTMENT,
        "adjustment": Category.ADJUSTMENT,
        "charge": Category.CARRY_OVER,  # eBay takes from a card what the balance lacks
    }
)
_DATES = ("%b %d, %Y", "%d %b %Y", "%d. %b %Y", "%d-%b-%y", "%d.%m.%Y", "%Y-%m-%d")
_EMPTY = "--"


class EbayTransactions(Source):
    """One record is one row that moves money."""

    id = "ebay_transactions"
    title = "eBay transaction report"
    record_type = RecordType.PAYMENT_LINE
    key = ("text", "ref", "ident", "ref2", "day", "net", "currency")
    progress = ("grp", "due", "status")

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of the report in one language."""
        return _header(file) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the rows that move money, then prove the payouts.

        Raises:
            AnswerNeeded: the decimal mark is not certain.
        """
        header = _header(file) or ()
        fees = _fee_columns(file, header)
        whole = Whole(file, header, reading, blank=_EMPTY)
        whole.find_mark([*_COLUMNS["net"], *_COLUMNS["gross"], *fees], options)
        report = _Report(whole, fees, options, reading)
        yield from noting_unknown(report.batches(), reading)
        report.finish()


def _header(file: InputFile) -> tuple[str, ...] | None:
    """The needed columns as the file calls them, in one language for all."""
    for language in (0, 1):
        names = tuple(_COLUMNS[key][language] for key in _NEEDED)
        if file.header_index(names) is not None:
            return names
    return None


def _fee_columns(file: InputFile, needed: Sequence[str]) -> list[str]:
    """All columns from the first fee to the gross amount."""
    header = [clean_header(cell).casefold() for cell in file.head_rows[file.header_index(needed) or 0]]
    start = next((header.index(name) for name in _FIRST_FEE if name in header), len(header))
    end = next(header.index(name.casefold()) for name in _COLUMNS["gross"] if name.casefold() in header)
    return header[start:end]


class _Report:
    """What is carried from chunk to chunk: fees by order, sums by payout."""

    def __init__(
        self, whole: Whole, fees: Sequence[str], options: Mapping[str, str], reading: Reading
    ) -> None:
        self._whole = whole
        self._fee_columns = fees
        self._options = options
        self._reading = reading
        self._lines, self._paid = Sums(), Sums()
        self._items = 0
        self._of_order = self._fees_of_items()

    def _text(self, chunk: Chunk, key: str) -> list[str]:
        return self._whole.text(chunk, *_COLUMNS[key])

    def _money(self, chunk: Chunk, key: str, currencies: Sequence[str]) -> Ints:
        return self._whole.money(chunk, chunk.name(*_COLUMNS[key]) or "", currencies)

    def _fees(self, chunk: Chunk, currencies: Sequence[str]) -> Ints:
        """The fee columns of each row together, as written: negative for a cost."""
        fees = (or_zero(self._whole.money(chunk, name, currencies)) for name in self._fee_columns)
        return sum(fees, np.zeros(len(chunk), np.int64))

    def _currencies(self, chunk: Chunk, moves: Mask) -> list[str]:
        """Currency of the payout; blank in rows of items, which move nothing."""
        if chunk.has(*_COLUMNS["currency"]):
            return self._text(chunk, "currency")
        code = told_currency(self._options.get("currency", ""), "The file")
        return [code if moving else "" for moving in moves.tolist()]

    def _moves(self, chunk: Chunk) -> Mask:
        return np.array([bool(cell) for cell in self._text(chunk, "net")], np.bool_)

    def _fees_of_items(self) -> Mapping[tuple[str, str], int]:
        """Fees of orders of several items, whose own row has none; their currency stands in that row."""
        abroad: dict[str, str] = {}
        for chunk in self._whole.chunks:
            told = zip(self._text(chunk, "order"), self._paid_in(chunk), strict=True)
            abroad.update((order, code) for order, code in told if order and code)
        found: defaultdict[tuple[str, str], int] = defaultdict(int)
        for chunk in self._whole.chunks:
            orders, items = self._text(chunk, "order"), ~self._moves(chunk)
            codes = [abroad.get(order, "XXX") for order in orders]
            fees = self._fees(chunk, codes)
            for index in np.flatnonzero(items).tolist():
                found[orders[index], codes[index]] += int(fees[index])
            self._items += int(items.sum())
        return found

    def _paid_in(self, chunk: Chunk) -> list[str]:
        """Currency of gross and fees; that of the payout, where the row does not say it."""
        return first_of(self._text(chunk, "paid_in"), self._currencies(chunk, self._moves(chunk)))

    def _ids(self, chunk: Chunk, key: str) -> list[str]:
        return identifiers(chunk, *_COLUMNS[key], blank=_EMPTY)

    def _days(self, chunk: Chunk, key: str, *, required: bool = False) -> Ints:
        """Days of a column of dates without a time."""
        name = chunk.name(*_COLUMNS[key]) or ""
        return written_moments(chunk, name, _DATES, texts=self._text(chunk, key), required=required)[0]

    def batches(self) -> Iterator[Batch]:
        for chunk in self._whole.chunks:
            moves = self._moves(chunk)
            if moves.any():
                yield rows_of(self._batch(chunk, moves), moves)

    def _batch(self, chunk: Chunk, moves: Mask) -> Batch:
        currency, paid_in = self._currencies(chunk, moves), self._paid_in(chunk)
        net, told = or_zero(self._money(chunk, "net", currency)), self._money(chunk, "gross", paid_in)
        same_code = np.array([one == other for one, other in zip(currency, paid_in, strict=True)], np.bool_)
        abroad = ~same_code & (told != NO_INT)
        types = chunk.text(*_COLUMNS["type"])
        categories = _TYPES.categories(types, net)
        payout = is_payout(categories)
        # fees in another currency cannot be told exactly in that of the payout: amount is what is left
        amount = np.where(abroad | (told == NO_INT), net, told)
        fee = amount - net
        self._prove(chunk, fee, moves & ~abroad & ~payout)
        codes = [code for code, moving in zip(currency, moves, strict=True) if moving]
        columns = {"Gross": amount[moves], "Fee": fee[moves], "Net": net[moves]}
        add_totals(self._reading, codes, columns, payout[moves])
        payouts = self._ids(chunk, "payout")
        for sums, chosen in ((self._lines, moves & ~payout), (self._paid, payout)):
            sums.add(payouts, currency, np.where(chosen, net, np.int64(NO_INT)))
        day, due = self._days(chunk, "date", required=True), self._days(chunk, "payout_date")
        transactions, references = self._ids(chunk, "transaction"), self._ids(chunk, "reference")
        return {
            "row": chunk.rows,
            "category": categories,
            "ident": first_of(transactions, references),
            "ref": self._ids(chunk, "order"),
            "ref2": [two if one else "" for one, two in zip(transactions, references, strict=True)],
            "grp": payouts,
            "account": same("ebay", chunk),
            "status": self._text(chunk, "status"),
            "day": day,
            "due": np.where(payout & (due == NO_INT), day, due),
            "amount": amount,
            "currency": currency,
            "fee": fee,
            "net": net,
            "foreign_amount": np.where(abroad, told, np.int64(NO_INT)),
            "foreign_currency": [code if other else "" for code, other in zip(paid_in, abroad, strict=True)],
            "text": types,
            "extra": json_objects(
                {"sku": self._text(chunk, "sku"), "description": self._text(chunk, "description")}
            ),
        }

    def _prove(self, chunk: Chunk, fee: Ints, checked: Mask) -> None:
        """Net = gross + fee columns, those of an order's items included."""
        if not self._fee_columns:
            return
        codes = self._paid_in(chunk)
        keys = zip(self._text(chunk, "order"), codes, strict=True)
        written = self._fees(chunk, [code or "XXX" for code in codes])
        of_items = np.array([self._of_order.get(key, 0) for key in keys], np.int64)
        # only the row of the order itself has the fees of its items
        categories = _TYPES.categories(chunk.text(*_COLUMNS["type"]), fee)
        items = np.array([category == Category.CHARGE for category in categories], np.bool_)
        known = written + np.where(items & (written == 0), of_items, np.int64(0))
        self._reading.identity("Net = gross + fees", (fee == -known)[checked], chunk.rows[checked])

    def finish(self) -> None:
        """Prove the payouts that the report has lines of, and say what else there is."""
        closed = self._paid.with_keys_of(self._lines)
        proof = closed.proof("Payouts whose lines add up to their own row", lambda key: -self._lines.get(key))
        if proof is not None:
            self._reading.proofs.append(proof)
        alone = len(self._paid.keys()) - len(closed.keys())
        if alone:
            self._reading.notes.append(f"Payouts without a line in the report: {alone}")
        if self._items:
            self._reading.notes.append(
                f"Rows of items of orders with several items: {self._items}. They move no money and are part "
                "of the row of their order."
            )
