"""Orders exported from Shopify with Matrixify; its other records are read beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from recon_app.models.record import NO_INT, RecordType
from recon_app.sources import _shopify
from recon_app.sources._base import Batch, InputFile, Ints, Reading, Source
from recon_app.sources._extra import json_objects, nonzero
from recon_app.sources._matrixify import (
    ORDER_COLUMNS,
    TRANSACTION,
    Group,
    grouped_rows,
    has_orders,
    has_payouts,
    sheet,
    unknown_types,
    unsigned,
)

_REFUND_PROOF = "Price: Total Refund = successful refunds among the transactions"


class MatrixifyOrders(Source):
    """One record is one order; a file of payouts has none."""

    id = "matrixify_orders"
    title = "Matrixify export of a Shopify store"
    record_type = RecordType.ORDER
    key = ("ident", "ref")
    progress = ("status", "open", "refunded", "amount", "extra")

    def recognises(self, file: InputFile) -> bool:
        """Whether the file has orders or payouts as Matrixify writes them."""
        return has_orders(file) or has_payouts(file)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the orders, with the control totals and identities of the file."""
        del options  # the format leaves nothing to ask
        if not has_orders(file):
            return
        unknown: Counter[str] = Counter()
        for group in grouped_rows(sheet(file, "Orders"), ORDER_COLUMNS, reading):
            unknown.update(unknown_types(group))
            yield _batch(group, reading)
        if unknown:
            listed = ", ".join(f"{name} ({count})" for name, count in unknown.most_common())
            reading.notes.append(f"Rows of a Line: Type this version does not know, not read: {listed}")


def _batch(group: Group, reading: Reading) -> Batch:
    currency = group.first("Currency")
    total = group.money("Price: Total", currency)
    refunded = unsigned(group.money("Price: Total Refund", currency))
    numbers = group.rows.rows[group.starts]
    _refuse_without_total(group, total)
    _prove_refunds(group, refunded, numbers, reading)
    reading.total("Price: Total", currency, total)
    reading.total("Price: Total Refund", currency, refunded)
    created, created_at = _shopify.moments(group.rows, "Created At")
    return {
        "row": numbers,
        "ident": group.first("ID"),
        "ref": group.first("Name"),
        "status": [word.casefold() for word in group.first("Payment: Status")],
        "day": created[group.starts],
        "at": created_at[group.starts],
        "amount": total,
        "currency": currency,
        "open": group.money("Price: Total Outstanding", currency),
        "refunded": refunded,
        "extra": json_objects(
            {
                "subtotal": group.money("Price: Subtotal", currency),
                "shipping": nonzero(group.money("Price: Total Shipping", currency)),
                "taxes": nonzero(group.money("Tax: Total", currency)),
                "taxes_are": [_TAX_WORDS.get(word.casefold(), "") for word in group.first("Tax: Included")],
                "discount": nonzero(group.money("Price: Total Discount", currency)),
                "current_total": group.money("Price: Current Total", currency),
                "fulfillment": [word.casefold() for word in group.first("Order Fulfillment Status")],
                "cancelled": group.first("Cancelled At"),
            }
        ),
    }


_TAX_WORDS = {"true": "included", "false": "added"}


def _refuse_without_total(group: Group, total: Ints) -> None:
    for index in np.flatnonzero(total == NO_INT).tolist():
        group.rows.problem(
            group.starts[index],
            "Price: Total",
            "the order has no total",
            "export with the columns of the group Prices",
        )


def _prove_refunds(group: Group, refunded: Ints, numbers: Ints, reading: Reading) -> None:
    """Check an order's refunds against its transactions, where the file has both."""
    rows = group.rows
    kinds = rows.text("Transaction: Kind")
    states = rows.text("Transaction: Status")
    of_type = group.of_type(TRANSACTION)
    if not of_type.any():
        return
    money_back = np.array(
        [
            (kind.casefold(), state.casefold() or "success") == ("refund", "success")
            for kind, state in zip(kinds, states, strict=True)
        ],
        np.bool_,
    )
    own = group.spread(group.first("Currency"))
    same = np.array(
        [cell in ("", code) for cell, code in zip(rows.text("Transaction: Currency"), own, strict=True)]
    )
    amounts = unsigned(
        rows.money("Transaction: Amount", own, texts=_only(rows.text("Transaction: Amount"), same))
    )
    some = (refunded != NO_INT) & (group.sums(np.ones(len(rows), np.int64), of_type & same) > 0)
    paid_back = group.sums(amounts, of_type & money_back & same)
    reading.identity(_REFUND_PROOF, (paid_back == refunded)[some], numbers[some])


def _only(cells: list[str], some: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[str]:
    return [cell if keep else "" for cell, keep in zip(cells, some.tolist(), strict=True)]
