"""A made-up warehouse whose stock is counted, and a clock that is set by hand."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from recon_app.services import counts
from recon_app.services.counts import Desk, Heard, Verdict
from recon_app.services.import_files import import_paths
from recon_app.store.workspace import Workspace

ONE = 10**6
STOCK = "WH/Stock"
SHELF = "WH/Stock/Shelf A"
QUANTS: tuple[str, ...] = (
    "Product/Internal Reference",
    "Product",
    "Product/Barcode",
    "Location",
    "Lot/Serial Number",
    "Quantity",
    "Reserved Quantity",
    "Unit of Measure",
    "Value",
    "Currency",
)
MOVES: tuple[str, ...] = (
    "Reference",
    "Product/Internal Reference",
    "Product",
    "From",
    "To",
    "Lot/Serial Number",
    "Date",
    "Quantity",
    "Unit of Measure",
    "Status",
)
TRANSFERS: tuple[str, ...] = (
    *("Reference", "Source Document", "Operation Type", "Scheduled Date", "Date of Transfer"),
    *("Source Location", "Destination Location", "Status"),
    *("Stock Moves/Product", "Stock Moves/Demand", "Stock Moves/Quantity", "Stock Moves/Status"),
)


class Warehouse:
    """Its exports from Odoo are imported; its moves say when they happened."""

    def __init__(self, ws: Workspace, folder: Path) -> None:
        self._ws = ws
        self._folder = folder
        self._exports = 0

    def stock(self, *rows: tuple[str, str, str, str], ids: bool = False) -> None:
        """Export stock: (code, location, lot, quantity); a unit is worth 10.00."""
        lines: list[tuple[str, ...]] = [
            (
                *([f"__export__.stock_quant_{sku}{lot}"] if ids else []),
                sku,
                f"[{sku}] The {sku}",
                f"40{sku}",
                place,
                lot,
                quantity,
                "0.0",
                "Units",
                f"{Decimal(quantity) * 10:.2f}",
                "EUR",
            )
            for sku, place, lot, quantity in rows
        ]
        self._import("quants", (*(["External ID"] if ids else []), *QUANTS), lines)

    def export_twins(self) -> None:
        """Export stock of two products that have the same code."""
        rest = ("", STOCK, "", "5.0", "0.0", "Units", "50.00", "EUR")
        self._import("quants", QUANTS, [("LAMP", f"[LAMP] {name}", *rest) for name in ("Oak", "Pine")])

    def moves(self, *rows: tuple[str, str, str, datetime, str]) -> None:
        """Export done move lines: (code, from, to, when, quantity)."""
        lines: list[tuple[str, ...]] = [
            (
                f"WH/OUT/{n:05}",
                sku,
                f"[{sku}] The {sku}",
                source,
                target,
                "",
                at.strftime("%Y-%m-%d %H:%M:%S"),
                quantity,
                "Units",
                "Done",
            )
            for n, (sku, source, target, at, quantity) in enumerate(rows, 1)
        ]
        self._import("moves", MOVES, lines)

    def transfer(self, sku: str, source: str, target: str, at: datetime, quantity: str) -> None:
        """Export a done transfer with the move below it, which has no unit there."""
        when = at.strftime("%Y-%m-%d %H:%M:%S")
        head = ("WH/OUT/00001", "S1", "Delivery Orders", when, when, source, target, "Done")
        row = (*head, f"[{sku}] The {sku}", quantity, quantity, "Done")
        self._import("transfers", TRANSFERS, [row], sources=2)

    def _import(
        self, name: str, header: tuple[str, ...], rows: list[tuple[str, ...]], sources: int = 1
    ) -> None:
        self._exports += 1
        path = self._folder / f"{name}{self._exports}.csv"
        with path.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([header, *rows])
        reports = list(import_paths(self._ws, [path], options={"timezone": "UTC"}))
        assert [report.status for report in reports] == ["imported"] * sources, reports


class Clock:
    """The clock of the ledger, set by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def to(self, hour: int, minute: int = 0) -> datetime:
        """Go to a time of the day."""
        self.now = self.now.replace(hour=hour, minute=minute)
        return self.now

    @property
    def seconds(self) -> int:
        return int(self.now.timestamp())


def verdicts(made: counts.Proposal) -> dict[str, Verdict]:
    return {f"{one.line.sku}@{one.line.location}": one.verdict for one in made.lines}


def counted(ws: Workspace, number: str, who: str, *codes: str) -> None:
    desk = Desk(ws, number)
    for code in codes:
        assert desk.scan(code, who).heard is Heard.COUNTED
