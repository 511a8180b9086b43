"""What the books say of stock: the newest exports of Odoo, the moves around them, costs and codes.

A quant that Odoo no longer has is in no later export, so the exports themselves are read again, not their
merged records: for each place the newest file that knows the place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from recon_app import registry
from recon_app.models.money import MoneyError, exponent
from recon_app.models.quantity import QuantityError, parse_quantity
from recon_app.models.record import NO_INT, RecordType
from recon_app.store import originals, settings
from recon_app.store.counts import Line
from recon_app.store.imports import ImportedFile, last_held, list_imports
from recon_app.store.records import read_columns
from recon_app.store.workspace import Workspace

Place = tuple[str, ...]
#: Odoo keeps these outside of any warehouse; 19 leaves out the first part of their names.
_OUTSIDE = re.compile(
    r"(Partners|Virtual Locations|Physical Locations)(/|$)|(Customers|Vendors|Inventory adjustment|"
    r"Production|Scrap|Subcontracting Location|Inter-company transit)$"
)
_CUSTOMERS = re.compile(r"(.*/)?Customers$")
_FIELDS = ("ident", "sku", "ref2", "barcode", "text", "location", "lot", "unit", "extra", "currency")
_MOVED = ("sku", "ref2", "location", "location_to", "lot", "unit", "status", "day", "at", "done")
_UNITS = "mapping.unit."
_DAY = 86_400


@dataclass(frozen=True)
class Quant:
    """Stock of one product at one place.

    Attributes:
        line: The product and its place; the book of the line is what Odoo has there.
        value: What it is worth, minor units of ``currency``; None where the export does not say.
        currency: ISO code, "" without a value.
        twin: Whether several products of the same code are added up here, which a file cannot tell apart.
    """

    line: Line
    value: int | None
    currency: str
    twin: bool = False


@dataclass(frozen=True)
class Product:
    """A product as it can be scanned."""

    sku: str
    name: str
    barcode: str
    product: str
    unit: str
    by_lot: bool

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from other products."""
        return self.sku, self.name


@dataclass(frozen=True)
class Moved:
    """One done move into or out of a place.

    Attributes:
        at: Seconds in UTC; None where the export does not say its time zone.
        day: Days since 1970-01-01.
        quantity: Signed millionths of ``unit``, + is into the place.
        unit: Unit of measure.
    """

    at: int | None
    day: int
    quantity: int
    unit: str


@dataclass
class Book:
    """The books.

    Attributes:
        quants: Stock by place.
        taken: When each location was exported, seconds in UTC.
        moves: Done moves by product (code, name), location and lot.
        lots: Whether the moves say their lots.
        moved_until: Up to when moves are known, seconds in UTC; 0 without moves.
        costs: Minor units of ``currency`` that one unit of a product costs.
        currency: Currency of the costs, "" when none is known.
        sold: What left to customers by product, millionths.
        shared_lots: Names of lots that several products have, which a file cannot tell apart.
        ratios: How many of which unit one of a unit is, as a person answered.
    """

    quants: dict[Place, Quant] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    moves: dict[Place, list[Moved]] = field(default_factory=dict)
    lots: bool = True
    moved_until: int = 0
    costs: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    currency: str = ""
    sold: dict[tuple[str, str], int] = field(default_factory=dict)
    shared_lots: frozenset[str] = frozenset()
    ratios: dict[str, tuple[Fraction, str]] = field(default_factory=dict)

    def quantity(self, line: Line) -> int:
        """What Odoo has at the place of a line; Odoo keeps no row for nothing."""
        quant = self.quants.get(line.place)
        return 0 if quant is None or quant.line.book is None else quant.line.book

    def moves_of(self, line: Line) -> list[Moved]:
        """The done moves at the place of a line."""
        lot = line.lot if self.lots else ""
        return self.moves.get((line.sku, line.name, line.location, lot), [])

    def in_unit(self, moved: Moved, unit: str) -> int | None:
        """A move in the unit of a line, None where nobody said what its unit is."""
        if moved.unit == unit:
            return moved.quantity
        many, of = self.ratios.get(moved.unit, (Fraction(0), ""))
        exact = moved.quantity * many
        return exact.numerator if of == unit and exact.denominator == 1 else None


def is_inside(location: str) -> bool:
    """Whether a location is in a warehouse: not with partners, and none of Odoo's virtual ones."""
    return bool(location) and _OUTSIDE.match(location) is None


def seconds(moment: str) -> int:
    """UTC epoch seconds of a moment as stored."""
    return int(datetime.fromisoformat(moment).timestamp())


def read_book(ws: Workspace, *, moves: bool = True) -> Book:
    """Read the newest exports.

    Args:
        ws: The workspace.
        moves: Whether moves are needed.
    """
    book = Book()
    for file in _newest_first(ws, RecordType.STOCK_QUANT):
        _add_quants(ws, file, book)
    book.shared_lots = _shared_lots(book)
    _add_costs(ws, book)
    if moves:
        _add_moves(ws, book)
    for key, value in settings.settings_under(ws, _UNITS).items():
        many, _, of = str(value).partition(" ")
        try:
            book.ratios[key.removeprefix(_UNITS)] = Fraction(many), of.strip()
        except (ValueError, ZeroDivisionError):
            continue  # the comparison of stock says what is wrong with it
    return book


def _shared_lots(book: Book) -> frozenset[str]:
    of: dict[str, set[tuple[str, str]]] = {}
    for quant in book.quants.values():
        of.setdefault(quant.line.lot, set()).add((quant.line.sku, quant.line.name))
    return frozenset(lot for lot, named in of.items() if lot and len(named) > 1)


def products(ws: Workspace, book: Book) -> list[Product]:
    """All products that a code can mean: those of the book and the list of products."""
    found: dict[tuple[str, str, str], Product] = {}
    for quant in book.quants.values():
        line = quant.line
        made = Product(line.sku, line.name, line.barcode, line.product, line.unit, bool(line.lot))
        found.setdefault((line.sku, line.name, line.barcode), made)
    files = [file.id for file in list_imports(ws, record_type=RecordType.ODOO_PRODUCT)]
    columns = read_columns(ws, files, ("sku", "ref2", "barcode", "text", "unit", "extra"))
    for sku, name, barcode, text, unit, extra in zip(*columns.values(), strict=True):
        by_lot = _object(extra).get("tracking") in ("lot", "serial")
        found.setdefault((sku, name, barcode), Product(sku, name, barcode, text, unit, by_lot))
    return list(found.values())


def _newest_first(ws: Workspace, record_type: RecordType) -> list[ImportedFile]:
    files = [(last_held(ws, file).id, file) for file in list_imports(ws, record_type=record_type)]
    return [file for _, file in sorted(files, key=lambda one: one[0], reverse=True)]


def _add_quants(ws: Workspace, file: ImportedFile, book: Book) -> None:
    """Take the places of a file that no newer one has."""
    newer = set(book.taken)
    at = seconds(last_held(ws, file).at)
    for row in _rows(ws, file):
        location = row["location"]
        if location in newer or not is_inside(location):
            continue
        book.taken[location] = at
        extra = _object(row["extra"])
        value = None if row["amount"] == NO_INT or not row["currency"] else row["amount"]
        line = Line(
            line=0,
            ident=row["ident"],
            sku=row["sku"],
            name=row["ref2"],
            barcode=row["barcode"],
            product=row["text"].removeprefix(f"[{row['sku']}] "),  # as Odoo shows it, code first
            location=location,
            lot=row["lot"],
            package=extra.get("package", ""),
            owner=extra.get("owner", ""),
            unit=row["unit"],
            book=row["quantity"] if row["quantity"] != NO_INT else 0,
        )
        quant = Quant(line, value, row["currency"] if value is not None else "")
        there = book.quants.get(line.place)
        book.quants[line.place] = quant if there is None else _together(there, quant)


def _together(one: Quant, other: Quant) -> Quant:
    """Two quants of the same place: their sum, which no file can be written for by its own id."""
    line = replace(one.line, ident="", book=(one.line.book or 0) + (other.line.book or 0))
    both = one.value is not None and other.value is not None and one.currency == other.currency
    value = (one.value or 0) + (other.value or 0) if both else None
    twin = one.twin or one.line.product != other.line.product
    return Quant(line, value, one.currency if both else "", twin)


def _rows(ws: Workspace, file: ImportedFile) -> Iterator[dict[str, Any]]:
    """The records of a file, read again from its original."""
    from recon_app.sources._base import InputFile, Reading

    source = registry.sources()[file.source]
    options = file.options
    with originals.unpacked(ws, file.sha256, file.file) as path:
        opened = InputFile(path, options.get("encoding", ""), options.get("sheet", ""))
        for batch in source.read(opened, options, Reading()):
            count = len(batch["row"])
            texts = {name: batch.get(name, [""] * count) for name in _FIELDS}
            figures = {name: batch.get(name, [NO_INT] * count) for name in ("quantity", "amount")}
            for index in range(count):
                row: dict[str, Any] = {name: str(column[index]) for name, column in texts.items()}
                yield row | {name: int(column[index]) for name, column in figures.items()}


def _add_costs(ws: Workspace, book: Book) -> None:
    """Cost of a unit: what Odoo values, else the cost of the product in the one currency of the books."""
    worth: dict[tuple[str, str], tuple[int, int]] = {}
    currencies = {quant.currency for quant in book.quants.values()} - {""}
    for quant in book.quants.values():
        line = quant.line
        if quant.value is not None and line.book and line.book > 0:
            value, quantity = worth.get((line.sku, line.name), (0, 0))
            worth[line.sku, line.name] = (value + quant.value, quantity + line.book)
    if not currencies:
        items = list_imports(ws, record_type=RecordType.JOURNAL_ITEM)
        currencies = {currency for file in items for _, currency in file.findings.totals} - {""}
    if len(currencies) != 1:
        return
    book.currency = currencies.pop()
    files = [file.id for file in list_imports(ws, record_type=RecordType.ODOO_PRODUCT)]
    columns = read_columns(ws, files, ("sku", "ref2", "extra"))
    for sku, name, extra in zip(columns["sku"], columns["ref2"], columns["extra"], strict=True):
        cost = _minor(_object(extra).get("cost", ""), book.currency)
        if cost:
            book.costs[sku, name] = cost
    book.costs |= {
        key: Fraction(value * 10**6, quantity) for key, (value, quantity) in worth.items() if value
    }


def _minor(cost: object, currency: str) -> Fraction | None:
    """Minor units of a plain decimal; a cost may have more decimals than its currency."""
    try:
        return Fraction(parse_quantity(str(cost)) * int(10 ** exponent(currency)), 10**6)
    except (QuantityError, MoneyError):
        return None


def _add_moves(ws: Workspace, book: Book) -> None:
    """Take the move lines, or the moves where their export is the newer one."""
    kinds = (RecordType.STOCK_MOVE_LINE, RecordType.STOCK_MOVE)
    found = {kind: _newest_first(ws, kind) for kind in kinds}
    # the moves below transfers are told again by their own export, which has their units too
    own = {kind: [file for file in files if "stacked" not in file.source] for kind, files in found.items()}
    newest = {kind: files for kind, files in (own if any(own.values()) else found).items() if files}
    if not newest:
        return
    chosen = max(newest, key=lambda kind: last_held(ws, newest[kind][0]).id)
    book.lots = chosen is RecordType.STOCK_MOVE_LINE
    book.moved_until = seconds(last_held(ws, newest[chosen][0]).at)
    columns = read_columns(ws, [file.id for file in newest[chosen]], _MOVED)
    rows: Iterable[Any] = zip(*(columns[name].tolist() for name in _MOVED), strict=True)
    for sku, name, source, target, lot, unit, status, day, at, done in rows:
        if status != "done" or done in (NO_INT, 0):
            continue
        moment = None if at == NO_INT else at
        for location, quantity in ((source, -done), (target, done)):
            if is_inside(location):
                place = (sku, name, location, lot)
                book.moves.setdefault(place, []).append(Moved(moment, day, quantity, unit))
        if _CUSTOMERS.fullmatch(target) and is_inside(source):
            book.sold[sku, name] = book.sold.get((sku, name), 0) + done


@dataclass(frozen=True)
class Since:
    """What happened at a place from one moment to another.

    Attributes:
        quantity: Sum of the moves, millionths of the line's unit.
        problem: Why it cannot be trusted, "" when it can.
        many: How many moves there were.
    """

    quantity: int
    problem: str
    many: int = 0


def moved_between(book: Book, line: Line, after: int, until: int | None = None) -> Since:
    """Sum the known moves of a line's place after a moment, up to another one or without end."""
    total = many = 0
    problem = ""
    for moved in book.moves_of(line):
        if moved.at is None:
            if moved.day == NO_INT or (moved.day + 2) * _DAY >= after:
                problem = "moves have no time in a known zone; import them with the option timezone"
            continue
        if moved.at <= after or (until is not None and moved.at > until):
            continue
        quantity = book.in_unit(moved, line.unit)
        if quantity is None:
            problem = f"moves in {moved.unit} cannot be counted in {line.unit}; answer unit.{moved.unit}"
            continue
        many += 1
        total += quantity
    if many and line.lot and not book.lots:
        problem = "the moves do not say their lots; import stock move lines"
    return Since(total, problem, many)


def worth(book: Book, line: Line, quantity: int) -> int | None:
    """What a quantity of a line is worth, whole minor units; None where no cost is known."""
    cost = book.costs.get((line.sku, line.name))
    return None if cost is None else round(quantity * cost / 10**6)


def _object(text: str) -> Mapping[str, Any]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}
