"""What Odoo's exports of goods have in common: product codes, transfers, and the value of a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

import numpy as np

from recon_app.models.money import exponent
from recon_app.models.record import NO_INT
from recon_app.sources._base import Batch, InputFile, Ints, Reading
from recon_app.sources._goods import Sums, known
from recon_app.sources._odoo import OdooSource, Part
from recon_app.sources._values import without_float_noise

# The user in brackets behind a text such as Product Quantity Updated.
_USER = re.compile(r"\s+\([^()]*\)$")
# A displayed product: its code in brackets before the name. A code may hold blanks at its ends.
_DISPLAY = re.compile(r"\[(?P<code>[^\[\]]+)\] .*", re.DOTALL)


# Links by which records are known again; with external ids they are other ones than with names.
_LINKS = ("product", "order", "transfer")


class OdooGoodsSource(OdooSource):
    """A list of goods exported from Odoo: its quantities are added up in the notes."""

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the records and tell the sums of their quantities."""
        sums, from_names, unnamed = Sums(), 0, 0
        compatible = False
        for part in self.parts(file, options, reading):
            batch = self.convert(part, reading, sums)
            compatible |= any(part.has(name) and part.title(name).endswith("/id") for name in _LINKS)
            if not part.has("sku"):
                found = sum(map(bool, batch.get("sku", ())))
                from_names, unnamed = from_names + found, unnamed + len(part) - found
            yield batch
        sums.note(reading)
        if compatible:
            reading.notes.append(
                "The file names products and orders by external ids: beside an export with names it would "
                "count the same records twice; keep to one kind of export"
            )
        if from_names:
            reading.notes.append(
                f"Product codes read from displayed names: {from_names}; export the product's Internal "
                "Reference to be sure of them"
            )
        if unnamed:
            reading.notes.append(
                f"Records without a product code: {unnamed}; export with the product's Internal Reference"
            )

    def convert(self, part: Part, reading: Reading, sums: Sums) -> Batch:
        """Turn some records into normalised fields and add their quantities to the sums."""
        raise NotImplementedError


def products(part: Part, name: str = "product") -> dict[str, list[str]]:
    """Fields sku and ref2 of each record: the code, else how the product is called in the file.

    The code is taken from its own column where there is one, for a displayed name does not always show
    where a code ends.
    """
    shown = part.text(name)
    codes = part.text("sku") if part.has("sku") else [code_of_display(cell) for cell in shown]
    return {"sku": codes, "ref2": ["" if code else cell for code, cell in zip(codes, shown, strict=True)]}


def code_of_display(shown: str) -> str:
    """The code that a displayed product begins with, "" for one without."""
    match = _DISPLAY.fullmatch(shown)
    return "" if match is None else match["code"]


def transfers(part: Part) -> list[str]:
    """The transfer of each record, or its time: what corrects a stock belongs to no transfer.

    Such a record has no number but a text as its reference (``Product Quantity Updated``).
    """
    names = part.text("transfer", "reference")
    dates = part.text("date")
    return [name if name and " " not in name else date for name, date in zip(names, dates, strict=True)]


def references(part: Part) -> list[str]:
    """References without the name of the user, whom Odoo writes behind that of a stock correction."""
    cells = part.text("reference")
    shown = {cell: _USER.sub("", cell) if " " in cell else cell for cell in set(cells)}
    return [shown[cell] for cell in cells]


def done_and_reserved(part: Part, states: Sequence[str]) -> tuple[Ints, Ints]:
    """What has been moved and what is reserved.

    Since 17 one quantity is both: moved in a record that is done, else reserved. 16 has a column for each.
    """
    if part.has("quantity_done"):
        return part.quantities("quantity_done"), part.quantities("reserved")
    quantity = part.quantities("quantity")
    moved = np.array([state == "done" for state in states], np.bool_)
    return np.where(moved, quantity, NO_INT), np.where(moved, NO_INT, quantity)


def plain_numbers(part: Part, name: str) -> list[str]:
    """Numbers as text without float noise: prices, which have no currency here.

    A CSV file has ``29.0`` where a workbook has 29, which must not look like a change.
    """
    return [text.removesuffix(".0") for text in without_float_noise(part.text(name))]


def prove_subtotals(part: Part, currencies: Sequence[str], reading: Reading, *, with_tax: bool) -> None:
    """Check Subtotal = quantity x unit price less discount, to half a minor unit.

    Args:
        part: The lines; not checked without all columns that it needs.
        currencies: Their currencies.
        reading: Takes the proof.
        with_tax: Whether prices may include tax; then it is the Total that is so.
    """
    if not part.has("quantity", "price", "subtotal") or (with_tax and not part.has("total")):
        return
    subtotals, totals = part.money("subtotal", currencies), part.money("total", currencies)
    expected = [
        _worth(*cells)
        for cells in zip(*(plain_numbers(part, name) for name in _TERMS), currencies, strict=True)
    ]
    some = known(subtotals) & np.array([value is not None for value in expected], np.bool_)
    half = Decimal("0.5")
    holds = [
        value is not None and any(abs(value - minor) <= half for minor in (net, gross) if minor != NO_INT)
        for value, net, gross in zip(expected, subtotals.tolist(), totals.tolist(), strict=True)
    ]
    name = f"{part.title('subtotal')} = {part.title('quantity')} x {part.title('price')} - discount"
    reading.identity(name, np.array(holds, np.bool_)[some], part.rows[some])


_TERMS = ("quantity", "price", "discount")


def _worth(quantity: str, price: str, discount: str, currency: str) -> Decimal | None:
    """Quantity x price less discount in minor units, None where a number is missing."""
    try:
        share = 1 - Decimal(discount or "0") / 100
        return (Decimal(quantity) * Decimal(price) * share).scaleb(exponent(currency))
    except InvalidOperation:
        return None


def negated(minor: Ints) -> Ints:
    """The other sign, none stays none."""
    return np.where(minor == NO_INT, minor, -minor)
