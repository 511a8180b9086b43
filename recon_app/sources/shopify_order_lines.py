"""Shopify: the lines of the orders, from the same export as the orders themselves.

Each row is a line; its order's Id and Currency stand in the order's first row only. Lineitem price is for
one piece and before discounts, Lineitem discount for the whole line. A discount by code is spread over no
line: it is in the order's Discount Amount. What was refunded does not change a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from recon_app.models.record import RecordType
from recon_app.sources import _shopify
from recon_app.sources._base import Batch, Chunk, InputFile, Reading, Source
from recon_app.sources._extra import json_objects, nonzero
from recon_app.sources._goods import ONE, Sums
from recon_app.sources._shopify_orders import (
    is_orders_export,
    line_currencies,
    order_rows,
    order_starts,
    tips,
    whole_quantities,
    zeroed,
)


class ShopifyOrderLines(Source):
    """One record is one line of an order."""

    id = "shopify_order_lines"
    title = "Lines of Shopify orders"
    record_type = RecordType.ORDER_LINE
    beside = "shopify_orders"
    key = ("grp", "ref", "sku", "text")
    progress = ("status", "quantity", "amount", "extra")

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of an orders export."""
        return is_orders_export(file)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the lines with their control totals."""
        del options  # the format leaves nothing to ask
        sums = Sums()
        for rows in order_rows(file, reading):
            yield _batch(rows, reading, sums)
        sums.note(reading)


def _batch(rows: Chunk, reading: Reading, sums: Sums) -> Batch:
    starts = order_starts(rows)
    ids, codes = rows.text("Id"), rows.text("Currency")
    currency = line_currencies(rows, starts, [codes[start] for start in starts])
    price = zeroed(rows.money("Lineitem price", currency))
    discount = zeroed(rows.money("Lineitem discount", currency))
    pieces = whole_quantities(rows)
    amount = price * pieces - discount
    tip = tips(rows)
    reading.total("Lines", currency, amount)
    sums.add({"Lineitem quantity": np.where(tip, 0, pieces) * ONE})
    day, at = _shopify.moments(rows, "Created at", required=True)
    return {
        "row": rows.rows,
        "ref": rows.text("Name"),
        "grp": _carried(ids, starts),
        "status": rows.text("Lineitem fulfillment status"),
        "day": day,
        "at": at,
        "amount": amount,
        "currency": currency,
        "sku": _shopify.codes(rows, "Lineitem sku"),
        "quantity": pieces * ONE,
        "text": rows.text("Lineitem name"),
        "extra": json_objects(
            {
                "price": price,
                "discount": nonzero(discount),
                "tip": [flag or None for flag in tip.tolist()],
                "taxable": [
                    "no" if word.casefold() == "false" else "" for word in rows.text("Lineitem taxable")
                ],
                "requires_shipping": [word.casefold() for word in rows.text("Lineitem requires shipping")],
            }
        ),
    }


def _carried(cells: Sequence[str], starts: Sequence[int]) -> list[str]:
    """The cell of each row's first row of the order."""
    spans = pairwise([*starts, len(cells)])
    return [cells[start] for start, end in spans for _ in range(start, end)]
