"""Shopify: the orders export (``orders_export_1.csv``, 71 to 79 columns).

One row per line item. The first row of an order carries its values, the rows below it only Name and line
values, so an order is one record made of rows that stand together. Only columns that a comparison needs are
read: no names, no addresses, no e-mail.

Identities (checked on 4,890 real orders, refunded and cancelled ones included):

* Subtotal = sum of price x quantity of the lines without tips, less Discount Amount;
* Total = Subtotal + Shipping + tips + Duties, plus Taxes where prices are without tax;
* a free-shipping discount is in Discount Amount while Shipping shows the full price and Total is lower;
* an order is ``refunded`` when Refunded Amount is Total.

They describe how Shopify counts, not what was paid, so an order that breaks one is shown and not refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recon_app.models.record import RecordType
from recon_app.sources import _shopify
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Mask, Reading, Source
from recon_app.sources._extra import json_objects, nonzero
from recon_app.sources._shopify_orders import (
    is_orders_export,
    line_currencies,
    order_rows,
    order_starts,
    tips,
    whole_quantities,
    zeroed,
)

# The columns of the order that are read, from its first row; whatever else is there is left alone.
_ORDER_COLUMNS = (
    "Name",
    "Financial Status",
    "Paid at",
    "Fulfillment Status",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Discount Amount",
    "Created at",
    "Cancelled at",
    "Payment Method",
    "Payment Reference",
    "Refunded Amount",
    "Outstanding Balance",
    "Id",
    "Duties",
    "Payment References",
    *(f"Tax {number} {part}" for number in range(1, 6) for part in ("Name", "Value")),
)


class ShopifyOrders(Source):
    """One record is one order."""

    id = "shopify_orders"
    title = "Shopify orders"
    record_type = RecordType.ORDER
    key = ("ident", "ref")
    progress = ("status", "open", "refunded", "account", "ref2", "extra")

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of an orders export."""
        return is_orders_export(file)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the orders, with the control totals and identities of the file."""
        del options  # the format leaves nothing to ask
        seen: set[str] = set()
        free_shipping = 0
        for rows in order_rows(file, reading):
            orders = _Orders.of(rows, reading)
            free_shipping += orders.prove(reading)
            yield {"row": orders.first.rows, **orders.batch(seen)}
        if free_shipping:
            reading.notes.append(
                f"Orders with a discount that makes shipping free: {free_shipping}; Discount Amount includes "
                "it, and Shipping shows the price before it"
            )


@dataclass
class _Orders:
    """Some whole orders; money in minor units, one value per order, blanks as zero.

    Attributes:
        first: Their first rows.
        refunded: Refunded Amount, none where the file does not say.
        goods: Price times quantity of the lines that are no tips.
        tips: The same of the tips, which are in Total and not in Subtotal.
    """

    first: Chunk
    currency: list[str]
    subtotal: Ints
    shipping: Ints
    taxes: Ints
    total: Ints
    discount: Ints
    duties: Ints
    refunded: Ints
    goods: Ints
    tips: Ints

    @classmethod
    def of(cls, rows: Chunk, reading: Reading) -> _Orders:
        starts = order_starts(rows)
        first = _picked(rows, starts, reading)
        currency = first.text("Currency")
        goods, tips = _line_sums(rows, starts, currency)
        return cls(
            first=first,
            currency=currency,
            subtotal=zeroed(first.money("Subtotal", currency, required=True)),
            shipping=zeroed(first.money("Shipping", currency)),
            taxes=zeroed(first.money("Taxes", currency)),
            total=zeroed(first.money("Total", currency, required=True)),
            discount=zeroed(first.money("Discount Amount", currency)),
            duties=zeroed(first.money("Duties", currency)),
            refunded=first.money("Refunded Amount", currency),
            goods=goods,
            tips=tips,
        )

    @property
    def off_shipping(self) -> Ints:
        """The discount that made shipping free: Shipping where Subtotal and Total both show it as such."""
        part = self.subtotal - (self.goods - self.discount)
        on_top, inside = self._closes(part)
        return np.where((part == self.shipping) & (on_top | inside), part, 0)

    def _closes(self, off_shipping: Ints) -> tuple[Mask, Mask]:
        """Whether Total closes with taxes on top, and whether it does with taxes inside the prices."""
        before_tax = self.subtotal + self.shipping - off_shipping + self.tips + self.duties
        return self.total == before_tax + self.taxes, self.total == before_tax

    def prove(self, reading: Reading) -> int:
        """Add to totals and identities; return how many orders have a discount that made shipping free."""
        off_shipping = self.off_shipping
        on_top, inside = self._closes(off_shipping)
        lines_close = self.subtotal + self.discount == self.goods + off_shipping
        numbers = self.first.rows
        reading.identity("Subtotal = lines - discount", lines_close, numbers)
        reading.identity("Total = Subtotal + Shipping + Taxes + tips + duties", on_top | inside, numbers)
        reading.total("Total", self.currency, self.total)
        if self.first.has("Refunded Amount"):
            reading.total("Refunded Amount", self.currency, self.refunded)
            stated = np.array([word == "refunded" for word in self.first.text("Financial Status")], np.bool_)
            some = self.total != 0
            agrees = stated == (self.refunded == self.total)
            reading.identity("Status refunded = refunded in full", agrees[some], numbers[some])
        return int((off_shipping > 0).sum())

    def batch(self, seen: set[str]) -> Batch:
        """The records; an Id in ``seen`` is a fault, new ones are added."""
        first = self.first
        day, at = _shopify.moments(first, "Created at", required=True)
        return {
            "ident": _new_idents(first, seen),
            "ref": _shopify.identifiers(first, "Name", required=True),
            "ref2": _shopify.identifiers(first, "Payment Reference"),
            "account": first.text("Payment Method"),
            "status": first.text("Financial Status"),
            "day": day,
            "at": at,
            "amount": self.total,
            "currency": self.currency,
            "open": first.money("Outstanding Balance", self.currency),
            "refunded": self.refunded,
            "extra": json_objects(self._extra()),
        }

    def _extra(self) -> dict[str, Sequence[object] | Ints]:
        """Amounts in minor units (zero ones left out), times in seconds UTC."""
        on_top, inside = self._closes(self.off_shipping)
        one, all_of_them = self.first.text("Payment Reference"), self.first.text("Payment References")
        return {
            "subtotal": self.subtotal,
            "shipping": nonzero(self.shipping),
            "taxes": nonzero(self.taxes),
            "taxes_are": _tax_words(on_top, inside),
            "tax_lines": _tax_lines(self.first, self.currency),
            "discount": nonzero(self.discount),
            "tip": nonzero(self.tips),
            "duties": nonzero(self.duties),
            "paid_at": _shopify.moments(self.first, "Paid at")[1],
            "cancelled_at": _shopify.moments(self.first, "Cancelled at")[1],
            "fulfillment": self.first.text("Fulfillment Status"),
            "references": [
                "" if every == last else every for every, last in zip(all_of_them, one, strict=True)
            ],
        }


def _picked(rows: Chunk, starts: list[int], reading: Reading) -> Chunk:
    """The first rows of the orders, with the columns that are needed."""
    header = [name for name in _ORDER_COLUMNS if rows.has(name)]
    columns = [rows.text(name) for name in header]
    first = Chunk(header, [[column[index] for index in starts] for column in columns], 1, reading)
    first.rows = rows.rows[starts]
    return first


def _line_sums(rows: Chunk, starts: list[int], currency: list[str]) -> tuple[Ints, Ints]:
    """Price times quantity of each order: of its goods, and of its tips."""
    price = zeroed(rows.money("Lineitem price", line_currencies(rows, starts, currency)))
    line = price * whole_quantities(rows)
    tip = tips(rows)
    goods: Ints = np.add.reduceat(np.where(tip, 0, line), starts)
    tipped: Ints = np.add.reduceat(np.where(tip, line, 0), starts)
    return goods, tipped


def _new_idents(first: Chunk, seen: set[str]) -> list[str]:
    idents = _shopify.identifiers(first, "Id", required=True)
    for index, ident in enumerate(idents):
        if ident in seen:
            first.problem(
                index,
                "Id",
                f"order {ident} stands in the file twice",
                "import exports that overlap as files of their own",
            )
        if ident:
            seen.add(ident)
    return idents


def _tax_words(on_top: Mask, inside: Mask) -> list[str]:
    """How the prices hold their taxes, "" where the order does not show it."""
    words = np.where(on_top == inside, "", np.where(on_top, "added", "included"))
    return [str(word) for word in words.tolist()]


def _tax_lines(first: Chunk, currency: list[str]) -> list[tuple[tuple[str, int], ...]]:
    """Name and amount of each tax of the orders; Shopify shows five at most."""
    found: list[tuple[tuple[str, int], ...]] = [()] * len(currency)
    for number in range(1, 6):
        names = first.text(f"Tax {number} Name")
        if not any(names):
            continue
        values = zeroed(first.money(f"Tax {number} Value", currency)).tolist()
        for place, (name, value) in enumerate(zip(names, values, strict=True)):
            if name:
                found[place] += ((name, value),)
    return found
