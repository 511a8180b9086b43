"""Files of a count: the sheet to be filled, and what Odoo imports when it is over.

A sheet holds no quantity of the books: who counts must not know the answer.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from recon_app.models.money import format_minor
from recon_app.models.problem import UsageError
from recon_app.models.quantity import format_quantity
from recon_app.services._counts_figures import IN_WINDOW, Found
from recon_app.services._counts_proposal import Judged, Proposal, Verdict
from recon_app.services.corrections import _write_whole as write_whole
from recon_app.store.counts import Line

SHEET = (
    "Sheet",
    "Line",
    "SKU",
    "Barcode",
    "Product",
    "Location",
    "Lot",
    "Package",
    "Owner",
    "Unit",
    "Counted",
    "Counted by",
    "Counted at",
    "Zone",
)
_FORMULAS = ("=", "+", "-", "@")
_BY_ID = ("id", "inventory_quantity")
_NEW = ("id", "product_id", "location_id", "lot_id", "package_id", "owner_id", "inventory_quantity")


def sheet_rows(count: str, lines: Sequence[Line]) -> list[tuple[str, ...]]:
    """The cells of a sheet to be filled, with its header."""
    zone = datetime.now().astimezone().strftime("%z")
    offset = f"{zone[:3]}:{zone[3:5]}"
    return [SHEET, *((*_goods(count, line), "", "", "", offset) for line in lines)]


def filled_rows(count: str, lines: Sequence[Line], found: dict[int, list[Found]]) -> list[tuple[str, ...]]:
    """What was scanned as a filled sheet, one row for each person that counted a line."""
    rows: list[tuple[str, ...]] = [(*SHEET, "Entered")]
    for line in lines:
        rows += [
            (*_goods(count, line), format_quantity(one.quantity), one.who, _iso(one.at), "", IN_WINDOW)
            for one in found.get(line.line, ())
        ]
    return rows


def _iso(at: int | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at).astimezone().isoformat(timespec="seconds")


def _goods(count: str, line: Line) -> tuple[str, ...]:
    texts = (line.sku, line.barcode, line.product, line.location, line.lot, line.package, line.owner)
    return (count, str(line.line), *map(_harmless, texts), line.unit)


def _harmless(text: str) -> str:
    """Keep a text from becoming a formula; the reader of sheets takes the mark off again."""
    return f"'{text}" if text.startswith(_FORMULAS) else text


def write_table(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write a table as CSV, or as a workbook of texts, in which leading zeros survive.

    Raises:
        UsageError: the file cannot be written, or its name ends otherwise.
    """
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise UsageError(f"{path.name} must end in .csv or .xlsx")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".xlsx":
            _write_workbook(path, rows)
        else:
            write_whole(path, csv_text(rows))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}; choose another folder") from None


def csv_text(rows: Sequence[Sequence[str]]) -> str:
    """CSV with a byte order mark where there is more than ASCII: otherwise Odoo and Excel guess wrong."""
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows(rows)
    text = stream.getvalue()
    return text if text.isascii() else f"\ufeff{text}"


def _write_workbook(path: Path, rows: Sequence[Sequence[str]]) -> None:
    import xlsxwriter

    part = path.with_suffix(".part")
    with xlsxwriter.Workbook(part, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        sheet = workbook.add_worksheet("Count")
        text = workbook.add_format({"num_format": "@"})
        head = workbook.add_format({"bold": True, "num_format": "@"})
        sheet.set_column(0, len(rows[0]) - 1, 16, text)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell, text if number else head)
        sheet.freeze_panes(1, 0)
    part.replace(path)


def adjustment_rows(lines: Sequence[Judged], idents: Mapping[int, str], figure: str) -> list[tuple[str, ...]]:
    """Counted quantities of stock that Odoo has, by external id, as its list Physical Inventory imports them.

    Nothing is applied by the import: Odoo shows the differences, and a person applies them there. The id is
    the only safe way to name a quant: since Odoo 17 an import by product and place makes a second one, and
    what was counted is then added to the stock instead of replacing it (seen on Odoo 18 and 19).

    Args:
        lines: Lines to be written.
        idents: External id of each line's quant, by line number.
        figure: "target", or "book_now" for the reversal.
    """
    return [_BY_ID, *((idents[one.line.line], format_quantity(_figure(one, figure))) for one in lines)]


def found_rows(lines: Sequence[Judged], idents: Mapping[int, str]) -> list[tuple[str, ...]]:
    """Stock that was found where Odoo has none, under external ids of our own.

    They let the reversal name it, and Odoo refuses to import the file a second time (seen on 16, 18 and 19).
    """
    return [
        _NEW,
        *(
            (
                idents[one.line.line],
                one.line.sku or one.line.name,
                *(one.line.location, one.line.lot, one.line.package, one.line.owner),
                format_quantity(_figure(one, "target")),
            )
            for one in lines
        ),
    ]


def own_id(count: str, line: int) -> str:
    """External id of stock that a count found where Odoo has none."""
    return f"__import__.recon_count_{count.replace('-', '_')}_{line}"


def _figure(one: Judged, name: str) -> int:
    value: int | None = getattr(one, name)
    if value is None:
        raise ValueError(f"line {one.line.line} has no {name}")
    return value


_READABLE = (
    "Line",
    "SKU",
    "Product",
    "Location",
    "Lot",
    "Unit",
    "Counted",
    "Counted by",
    "Book when counted",
    "Moved since",
    "Book now",
    "Must be",
    "Adjust",
    "Value",
    "Currency",
    "Class",
    "Limits passed",
    "Approved by",
    "Verdict",
    "Why",
)


def readable_rows(proposal: Proposal) -> list[tuple[str, ...]]:
    """Every line of a proposal for a person to read."""
    return [_READABLE, *(_readable(one, proposal.currency) for one in proposal.lines)]


def _readable(one: Judged, currency: str) -> tuple[str, ...]:
    def shown(figure: int | None) -> str:
        return "" if figure is None else format_quantity(figure)

    line, carried = one.line, one.adjust is not None
    value = "" if one.value is None or not currency else format_minor(one.value, currency)
    return (
        str(line.line),
        *map(_harmless, (line.sku, line.product, line.location, line.lot)),
        line.unit,
        shown(one.stands.quantity if one.stands else None),
        " and ".join(each.who for each in one.found),
        shown(one.book),
        shown(one.moved) if carried else "",
        shown(one.book_now),
        shown(one.target),
        shown(one.adjust),
        value,
        currency if value else "",
        one.abc,
        " ".join(one.passed),
        one.approved_by,
        one.verdict.value.replace("_", " "),
        one.why,
    )


def move_rows(proposal: Proposal) -> list[tuple[str, ...]]:
    """Pairs that are one move, as a list for a person to move in Odoo."""
    return [
        ("SKU", "Product", "Lot", "From", "To", "Quantity", "Unit"),
        *(
            (
                *map(_harmless, (less.line.sku, less.line.product, less.line.lot)),
                less.line.location,
                more.line.location,
                format_quantity(-(less.adjust or 0)),
                less.line.unit,
            )
            for less, more in proposal.moves
        ),
    ]


def ready(proposal: Proposal) -> list[Judged]:
    """The lines that may be written."""
    return proposal.of(Verdict.READY)
