"""Transactions of the payouts of Shopify Payments exported with Matrixify (sheet Payouts)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from recon_app.models.record import RecordType
from recon_app.sources import _shopify
from recon_app.sources._balance import add_totals, is_payout, noting_unknown, prove_net
from recon_app.sources._base import Batch, InputFile, Reading, Source
from recon_app.sources._goods import selected
from recon_app.sources._matrixify import PAYOUT_COLUMNS, Group, grouped_rows, has_payouts, sheet
from recon_app.sources._shopify_types import TYPES

_NAMES = ("Transaction: Amount", "Transaction: Fee", "Transaction: Net")


class MatrixifyPayoutLines(Source):
    """One record is one movement of the Shopify Payments balance."""

    id = "matrixify_payout_lines"
    title = "Payout transactions of a Matrixify export"
    record_type = RecordType.PAYMENT_LINE
    beside = "matrixify_orders"
    key = ("ident", "text", "at", "amount")
    progress = ("status", "due", "grp")

    def recognises(self, file: InputFile) -> bool:
        """Whether the file has payouts with their transactions."""
        found = sheet(file, "Payouts")
        return (
            has_payouts(file)
            and found.header_index((*PAYOUT_COLUMNS, "Transaction: Type", *_NAMES)) is not None
        )

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the transactions and say which types are not known."""
        del options  # the format leaves nothing to ask
        groups = grouped_rows(sheet(file, "Payouts"), PAYOUT_COLUMNS, reading)
        return noting_unknown((_batch(group, reading) for group in groups), reading)


def _batch(group: Group, reading: Reading) -> Batch:
    rows = group.rows
    types = rows.text("Transaction: Type")
    own = np.array([bool(cell) for cell in types], np.bool_)
    of_payout = group.spread(group.first("Currency"))
    currency = [
        cell or code for cell, code in zip(rows.text("Transaction: Currency"), of_payout, strict=True)
    ]
    amount, fee, net = (rows.money(name, currency) for name in _NAMES)
    categories = TYPES.categories(types, amount)
    payout = is_payout(categories) | ~own
    prove_net(rows, reading, _NAMES, (amount, fee, net), payout)
    add_totals(reading, currency, {"Amount": amount, "Fee": fee, "Net": net}, payout)
    day, at = _shopify.moments(rows, "Transaction: Processed At")
    lines: Batch = {
        "row": rows.rows,
        "category": categories,
        "ident": _shopify.identifiers(rows, "Transaction: ID"),
        "ref": _shopify.identifiers(rows, "Order: Name"),
        "ref2": _shopify.identifiers(rows, "Transaction: Source Order Transaction ID"),
        "grp": group.spread(group.first("ID")),
        "account": ["shopify_payments"] * len(rows),
        "status": [word.casefold() for word in group.spread(group.first("Status"))],
        "day": day,
        "at": at,
        "due": rows.days("Date"),
        "amount": amount,
        "currency": currency,
        "fee": fee,
        "net": net,
        "text": types,
    }
    return selected(lines, own)
