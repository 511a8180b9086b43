"""Payouts of Shopify Payments exported with Matrixify (sheet Payouts).

The payout's values stand on each row of its transactions, its Amount on the first one only; columns as on the
documentation page "Payouts" of matrixify.app.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources._base import Batch, InputFile, Reading, Source
from recon_app.sources._matrixify import (
    PAYOUT_COLUMNS,
    Group,
    grouped_rows,
    has_payouts,
    is_payout_row,
    sheet,
)


class MatrixifyPayouts(Source):
    """One record is one payout."""

    id = "matrixify_payouts"
    title = "Payouts of a Matrixify export"
    record_type = RecordType.PAYOUT
    beside = "matrixify_orders"
    key = ("ident",)
    progress = ("status", "day")

    def recognises(self, file: InputFile) -> bool:
        """Whether the file has payouts."""
        return has_payouts(file)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the payouts, with the proof that their transactions add up to them."""
        del options  # the format leaves nothing to ask
        for group in grouped_rows(sheet(file, "Payouts"), PAYOUT_COLUMNS, reading):
            yield _batch(group, reading)


def _batch(group: Group, reading: Reading) -> Batch:
    currency = group.first("Currency")
    amount = group.money("Amount", currency)
    numbers = group.rows.rows[group.starts]
    for index in np.flatnonzero(amount == NO_INT).tolist():
        group.rows.problem(group.starts[index], "Amount", "the payout has no amount", "export it again")
    if group.rows.has("Transaction: Net"):
        lines = ~is_payout_row(group.rows)
        net = group.rows.money("Transaction: Net", group.spread(currency))
        some = group.sums(np.ones(len(group.rows), np.int64), lines & (net != NO_INT)) > 0
        name = "Amount = sum of Transaction: Net without the payout itself"
        reading.identity(name, (group.sums(net, lines) == amount)[some], numbers[some])
    reading.total("Amount", currency, amount)
    days = group.rows.days("Date")[group.starts]
    return {
        "row": numbers,
        "category": [Category.PAYOUT.value] * len(numbers),
        "ident": group.first("ID"),
        "grp": group.first("ID"),
        "account": ["shopify_payments"] * len(numbers),
        "status": [word.casefold() for word in group.first("Status")],
        "day": days,
        "amount": amount,
        "currency": currency,
        "net": amount,
    }
