"""Lines of sale and purchase orders exported from Odoo, which differ in names and signs only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np

from recon_app.models.problem import FileRejected, Problem
from recon_app.models.record import NO_INT
from recon_app.sources._base import Batch, InputFile, Ints, Reading
from recon_app.sources._goods import Sums, known
from recon_app.sources._odoo import Part, extras, split_display
from recon_app.sources._odoo_goods import OdooGoodsSource, negated, plain_numbers, products, prove_subtotals


class OdooOrderLines(OdooGoodsSource):
    """One record per line.

    Attributes:
        states: Raw keys by label of the order's status.
        outward: Whether the money goes away from the merchant.
        done_word: What the quantity is called that has been moved.
    """

    key = ("grp", "sku", "ref2")
    progress = (
        "barcode",
        "ref",
        "status",
        "due",
        "amount",
        "quantity",
        "done",
        "invoiced",
        "unit",
        "text",
        "extra",
    )
    states: ClassVar[Mapping[str, str]]
    outward: ClassVar[bool]
    done_word: ClassVar[str]

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the lines and tell how many have more done than ordered."""
        above = 0
        for batch in super().read(file, options, reading):
            quantity, done = np.asarray(batch["quantity"]), np.asarray(batch["done"])
            above += int((known(quantity, done) & (done > quantity) & (quantity >= 0)).sum())
            yield batch
        if above:
            reading.notes.append(f"Lines with more {self.done_word} than ordered: {above}")

    def convert(self, part: Part, reading: Reading, sums: Sums) -> Batch:
        """Turn some lines into normalised fields.

        Raises:
            FileRejected: the list does not say what was ordered, as Export All of Odoo 18.
        """
        if not part.has("product") and not part.has("sku"):
            problem = "the list has no column Product, so its lines cannot be compared"
            advice = "export with the columns Product and Product/Internal Reference"
            raise FileRejected(Problem(None, None, problem, advice))
        currencies = part.currencies("currency")
        prove_subtotals(part, currencies, reading, with_tax=not self.outward)
        with_tax = not part.has("subtotal")
        amounts = self._amounts(part, currencies, with_tax=with_tax)
        reading.total("amount with tax" if with_tax else "amount", currencies, amounts)
        units = part.text("unit")
        quantity = part.quantities("quantity" if part.has("quantity") else "total_quantity")
        done, invoiced = part.quantities("done"), part.quantities("invoiced")
        sums.add({"ordered": quantity, self.done_word: done, "invoiced": invoiced}, units)
        orders = [split_display(text) for text in part.text("order")]
        return {
            "row": part.rows,
            "ident": part.text("external_id"),
            "ref": part.text("order_ref") if part.has("order_ref") else [ref for _, ref in orders],
            **products(part),
            "barcode": part.text("barcode"),
            "grp": [number for number, _ in orders],
            "status": part.keys(self.states, "state"),
            "due": part.moments("planned")[0],
            "amount": amounts,
            "currency": currencies,
            "unit": units,
            "quantity": quantity,
            "done": done,
            "invoiced": invoiced,
            "text": part.text("description", "product"),
            "extra": extras(
                part,
                {
                    "price": plain_numbers(part, "price"),
                    "discount": ["" if cell == "0" else cell for cell in plain_numbers(part, "discount")],
                    "with_tax": [with_tax or None] * len(part),
                    "total": self._gross(part, currencies, with_tax=with_tax),
                    "taxes": [", ".join(names) for names in part.lists("taxes")],
                    "delivery": [flag or None for flag in part.flags("delivery")],
                },
            ),
        }

    def _gross(self, part: Part, currencies: list[str], *, with_tax: bool) -> Ints:
        """Amounts with tax beside those without."""
        if with_tax:
            return np.full(len(part), NO_INT, np.int64)
        amounts = part.money("total", currencies)
        return negated(amounts) if self.outward else amounts

    def _amounts(self, part: Part, currencies: list[str], *, with_tax: bool) -> Ints:
        amounts = part.money("total" if with_tax else "subtotal", currencies)
        return negated(amounts) if self.outward else amounts
