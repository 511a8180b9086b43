"""What a scanned code means on a sheet. A code that can mean several things is asked about, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from recon_app.models.problem import UsageError
from recon_app.models.quantity import DECIMALS, parse_quantity
from recon_app.services._counts_book import Book, Product
from recon_app.store.counts import ADD, SET, Line

_TYPED = re.compile(r"(=?)\s*([0-9]{1,9}(?:[.,][0-9]{1,6})?)\s*\*\s*(.+)")
_MOST_CHOICES = 9
_ONE = 10**DECIMALS


class Heard(StrEnum):
    """What became of a scan."""

    COUNTED = "counted"
    PLACE = "place"  # the code is a location of the sheet: what follows lies there
    ASKED = "asked"  # several lines fit, a person must choose
    UNKNOWN = "unknown"  # no product has this code
    REFUSED = "refused"  # it is known and cannot be counted here


@dataclass(frozen=True)
class Choice:
    """One of several lines that a code can mean.

    Attributes:
        label: How it differs from the others.
        line: The line; its number is 0 when it would be added to the sheet.
    """

    label: str
    line: Line


@dataclass(frozen=True)
class Typed:
    """What stands in the scan field.

    Attributes:
        verb: "add", or "set" for ``=12*CODE``.
        quantity: Millionths, one unit without a number.
        code: The code.
    """

    verb: str
    quantity: int
    code: str


@dataclass(frozen=True)
class Scan:
    """What a scan means.

    Attributes:
        heard: What became of it.
        text: One sentence for the person who scans.
        typed: What was in the field.
        line: Number of the line that was counted, 0 for none.
        choices: What it can mean.
        place: The location that what follows lies at.
        total: What the person has counted there so far, millionths.
    """

    heard: Heard
    text: str
    typed: Typed
    line: int = 0
    choices: tuple[Choice, ...] = ()
    place: str = ""
    total: int = 0


class Codes:
    """What can be scanned on one sheet."""

    def __init__(self, lines: Iterable[Line], products: Iterable[Product], book: Book) -> None:
        self._book = book
        self._products: dict[str, dict[tuple[str, str], Product]] = {}
        for product in products:
            for code in {product.sku, product.barcode, product.name} - {""}:
                self._products.setdefault(code, {})[product.key] = product
        self._lines: list[Line] = []
        self._by_code: dict[str, dict[int, Line]] = {}
        self._by_product: dict[tuple[str, str], dict[int, Line]] = {}
        for line in lines:
            self.add(line)

    def add(self, line: Line) -> None:
        """Know a line."""
        self._lines.append(line)
        for code in {line.sku, line.barcode, line.lot, line.name} - {""}:
            self._by_code.setdefault(code, {})[line.line] = line
        self._by_product.setdefault((line.sku, line.name), {})[line.line] = line

    @property
    def places(self) -> list[str]:
        """The locations of the sheet."""
        return list(dict.fromkeys(line.location for line in self._lines))

    def typed(self, text: str) -> Typed:
        """Read a code, or a quantity with a code (``12*CODE``); a code that looks so is a code.

        Raises:
            UsageError: there is no code.
        """
        code = text.strip()
        if not code:
            raise UsageError("Scan a code, or type one.")
        match = _TYPED.fullmatch(code)
        if match is None or code in self._by_code or code in self._products:
            return Typed(ADD, _ONE, code)
        quantity = parse_quantity(match[2].replace(",", "."))
        return Typed(SET if match[1] else ADD, quantity, match[3].strip())

    def meaning(self, typed: Typed, place: str = "") -> Scan:
        """Say what a code means.

        Args:
            typed: What was scanned.
            place: The location where it lies, "" when nobody said.
        """
        code = typed.code
        if code in self.places:
            return Scan(Heard.PLACE, f"Now at {code}", typed, place=code)
        fits = list(self._fitting(code).values())
        here = [line for line in fits if not place or line.location == place]
        if len(here) == 1:
            return Scan(Heard.COUNTED, "", typed, here[0].line, place=place)
        if here:
            return self._ask(typed, place, [Choice(_label(line, here), line) for line in here])
        products = list(self._products.get(code, {}).values())
        if not products and not fits:
            return Scan(
                Heard.UNKNOWN, f"No product has the code {code}{self._alike(code)}", typed, place=place
            )
        return self._found(typed, place, products, fits)

    def _fitting(self, code: str) -> dict[int, Line]:
        """Lines that a code can mean: of the code itself, and of every product that has it."""
        found = dict(self._by_code.get(code, {}))
        for key in self._products.get(code, {}):
            found |= self._by_product.get(key, {})
        return found

    def _alike(self, code: str) -> str:
        folded = code.casefold()
        near = next((known for known in self._by_code if known.casefold() == folded), "")
        return f"; {near} has" if near else ""

    def _ask(self, typed: Typed, place: str, choices: Sequence[Choice]) -> Scan:
        if len(choices) > _MOST_CHOICES:
            return Scan(
                Heard.REFUSED,
                f"{typed.code} is on {len(choices)} lines; scan the location or the lot first",
                typed,
                place=place,
            )
        return Scan(Heard.ASKED, f"Which {typed.code} is it?", typed, choices=tuple(choices), place=place)

    def _found(self, typed: Typed, place: str, products: Sequence[Product], fits: Sequence[Line]) -> Scan:
        """Something that the sheet does not have at this place."""
        where = place or (self.places[0] if len(self.places) == 1 else "")
        if not where:
            text = f"{typed.code} is not on this sheet; scan the location where it lies, then the code again"
            return Scan(Heard.REFUSED, text, typed)
        added = [self._line(product, where) for product in products]
        choices = [
            Choice(f"Add to the sheet: {line.product or line.sku} at {where}{_lot(line)}", line)
            for lines in added
            for line in lines
        ]
        choices += [Choice(f"It lies at {line.location}{_lot(line)}", line) for line in fits]
        if not choices:
            text = f"{typed.code} is kept by lot, and Odoo has no lot of it at {where}; add the lot in Odoo"
            return Scan(Heard.REFUSED, text, typed, place=place)
        scan = self._ask(typed, place, choices)
        return replace(scan, text=f"{typed.code} is not on the sheet at {where}") if scan.choices else scan

    def _line(self, product: Product, where: str) -> list[Line]:
        """Lines to be added for a product: those that Odoo has there, else an empty one."""
        there = [
            quant.line
            for quant in self._book.quants.values()
            if (quant.line.sku, quant.line.name) == product.key and quant.line.location == where
        ]
        if there or product.by_lot:
            return there
        return [
            Line(
                line=0,
                ident="",
                sku=product.sku,
                name=product.name,
                barcode=product.barcode,
                product=product.product,
                location=where,
                lot="",
                package="",
                owner="",
                unit=product.unit,
                book=None,
            )
        ]


def _label(line: Line, others: Sequence[Line]) -> str:
    """What tells a line from the others that the code can mean."""
    parts = []
    for word, name in (("", "location"), ("lot ", "lot"), ("package ", "package"), ("owner ", "owner")):
        if len({getattr(one, name) for one in others}) > 1:
            parts.append(f"{word}{getattr(line, name) or 'none'}")
    if len({(one.sku, one.name) for one in others}) > 1:
        parts.insert(0, line.sku or line.name)
    return ", ".join(parts) or f"line {line.line}"


def _lot(line: Line) -> str:
    return f", lot {line.lot}" if line.lot else ""
