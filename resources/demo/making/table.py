"""A file of the month: its rows by column, and the two ways in which CSV is written."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Literal


@dataclass
class Table:
    """A file of the month: its rows as cells by column, and its bytes.

    Attributes:
        side: Side of the settlement that the file belongs to.
        rows: The data records in file order.
    """

    file: str
    side: str
    rows: list[dict[str, str]] = field(default_factory=list)
    content: bytes = b""

    def find(self, cells: dict[str, str]) -> list[int]:
        """Numbers (from 1) of the records whose cells are as given."""
        return [
            number
            for number, row in enumerate(self.rows, 1)
            if all(row.get(name) == value for name, value in cells.items())
        ]


def money(cents: int) -> str:
    """Write cents with two decimals."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def odoo(cents: int) -> str:
    """Write cents as Odoo's export writes its floats: 12.50 is 12.5, 12.00 is 12.0."""
    return money(cents).removesuffix("0")


def plain_csv(file: str, side: str, header: str, rows: list[dict[str, str]]) -> Table:
    """Make a CSV file as Shopify, Stripe and banks write it; ``header`` names the columns, by commas."""
    return Table(file, side, rows, _text(header, rows, csv.QUOTE_MINIMAL, "\n"))


def odoo_csv(file: str, header: str, rows: list[dict[str, str]]) -> Table:
    """Make a CSV file as Odoo writes it: every cell quoted, CRLF."""
    return Table(file, "odoo", rows, _text(header, rows, csv.QUOTE_ALL, "\r\n"))


def _text(header: str, rows: list[dict[str, str]], quoting: Literal[0, 1], end: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header.split(","), restval="", quoting=quoting, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
