"""Mollie: settlement report as CSV.

One row per payment, refund and chargeback of a settlement, with its amount in the currency of the settlement;
Mollie's fees are one negative row for each invoice period (``Withheld fees``). The rows of a settlement
reference (``1234567.2610.01``) add up to the deposit, whose bank text has that reference; the file states
neither the sum nor the day of the deposit. Times are local and name no zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources._balance import TypeTable, noting_unknown
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Mask, Reading, TableSource
from recon_app.sources._platform import identifiers, report, same

_RESERVE = (Category.RESERVE_HELD, Category.RESERVE_RELEASED)
#: By the start of the id; then by payment method and description, for rows without an id.
_IDS = TypeTable(
    {
        "tr_*": Category.CHARGE,
        "cpt_*": Category.CHARGE,  # a capture of a payment that was authorised before
        "re_*": (Category.REFUND, Category.REFUND_FAILURE),
        "chb_*": (Category.CHARGEBACK, Category.CHARGEBACK_REVERSAL),
    }
)
_WORDS = TypeTable(
    {
        "refund*": (Category.REFUND, Category.REFUND_FAILURE),
        "returned_refund*": Category.REFUND_FAILURE,
        "chargeback*": (Category.CHARGEBACK, Category.CHARGEBACK_REVERSAL),
        "withheld_fees*": Category.FEE,
        "rolling_reserve*": _RESERVE,
        "route_reversal*": Category.ADJUSTMENT,
        "split_payment*": Category.ADJUSTMENT,
    }
)


class MollieSettlement(TableSource):
    """One record is one row of a settlement."""

    id = "mollie_settlement"
    title = "Mollie settlement"
    record_type = RecordType.PAYMENT_LINE
    key = ("grp", "ident", "text", "ref", "day", "amount", "currency")
    progress = ("status",)
    required = (
        "Date",
        "Payment method",
        "Currency",
        "Amount",
        "ID",
        "Description",
        "Settlement currency",
        "Settlement amount",
        "Settlement reference",
    )

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the table chunk by chunk and say which types are not known."""
        return noting_unknown(super().read(file, options, reading), reading)

    def convert(self, chunk: Chunk, options: Mapping[str, str], reading: Reading) -> Batch:
        """Turn a chunk of rows into normalised fields."""
        del options  # the format leaves nothing to ask
        currency = chunk.text("Settlement currency")
        amount = chunk.money("Settlement amount", currency, required=True)
        paid_in = chunk.text("Currency")
        paid = chunk.money("Amount", paid_in)
        home = np.array([one == other for one, other in zip(currency, paid_in, strict=True)], np.bool_)
        checked = home & (paid != NO_INT)
        reading.identity("Settlement amount = amount", (paid == amount)[checked], chunk.rows[checked])
        abroad = ~home & (paid != NO_INT)
        idents = identifiers(chunk, "ID")
        methods, descriptions = chunk.text("Payment method"), chunk.text("Description")
        told = zip(idents, methods, descriptions, strict=True)
        texts = [method if ident else description or method for ident, method, description in told]
        categories = _categories(idents, methods, descriptions, amount)
        reading.total("Net", currency, amount)
        grp = identifiers(chunk, "Settlement reference")
        advice = "export a settlement that is paid"
        report(chunk, "Settlement reference", grp, _blank(grp), "is empty", advice, "E_ID_EMPTY")
        day, at = chunk.moments("Date", required=True)
        return {
            "category": categories,
            "ident": idents,
            "ref": [text if ident else "" for text, ident in zip(descriptions, idents, strict=True)],
            "grp": grp,
            "account": same("mollie", chunk),
            "status": chunk.text("Status"),
            "day": day,
            "at": at,
            "amount": amount,
            "currency": currency,
            "fee": np.zeros(len(chunk), np.int64),
            "net": amount,
            "foreign_amount": np.where(abroad, paid, np.int64(NO_INT)),
            "foreign_currency": [code if other else "" for code, other in zip(paid_in, abroad, strict=True)],
            "text": texts,
        }


def _categories(
    idents: Sequence[str], methods: Sequence[str], descriptions: Sequence[str], amount: Ints
) -> list[str]:
    """The id tells the most, then the payment method, then the description."""
    told = [_IDS.categories(idents, amount), _WORDS.categories(methods, amount)]
    told.append(_WORDS.categories(descriptions, amount))
    other = Category.OTHER.value
    return [next((word for word in row if word != other), other) for row in zip(*told, strict=True)]


def _blank(cells: Sequence[str]) -> Mask:
    return np.array([not cell for cell in cells], np.bool_)
