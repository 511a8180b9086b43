"""A small store of goods for the tests of services: two places, one count, some moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from recon_app.models.record import RecordType
from recon_app.services.run import keep_answer, run
from recon_app.store.workspace import Workspace
from tests.reconciliations.goods import Shelf
from tests.services.filled import fill

MOVED = (
    ("WH/IN/1", "5", "Partners/Vendors", "WH/Stock", "2026-11-20T08:00+00:00"),
    ("WH/OUT/1", "2", "WH/Stock", "Partners/Customers", "2026-11-21T10:00+00:00"),
    ("WH/OUT/2", "3", "WH/Stock", "Partners/Customers", "2026-11-23T09:40+00:00"),
)


def goods() -> Shelf:
    """Berlin sells three products, one of them with too much in Shopify; Rome sells one."""
    shelf = Shelf()
    for sku, available, hand in (("CUP", "12", "10"), ("MUG", "4", "4"), ("JUG", "1", "3")):
        shelf.level(sku, available, available, text=f"{sku.title()}, blue")
        shelf.quant(sku, hand, amount=1000 * int(hand), currency="EUR", text=f"{sku.title()}, blue")
    shelf.level("CUP", "7", "7", location="Rome")
    shelf.quant("CUP", "7", location="RO/Stock", amount=7000, currency="EUR")
    shelf.product("CUP", barcode="0012345678905")
    for name, done, source, target, at in MOVED:
        shelf.add(
            RecordType.STOCK_MOVE,
            sku="CUP",
            grp=name,
            status="done",
            unit="Units",
            done=done,
            at=at,
            location=source,
            location_to=target,
        )
    shelf.count("CUP", "11")
    return shelf


class _Rows:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def rows(self) -> dict[RecordType, list[dict[str, Any]]]:
        """Records by type, of no source in particular."""
        frames = {kind: frame for kind, frame in self._shelf.frames().items() if len(frame)}
        return {
            kind: [
                {**{str(name): cell for name, cell in row.items()}, "source": ""}
                for row in frame.to_dict("records")
            ]
            for kind, frame in frames.items()
        }


def put_records(ws: Workspace, shelf: Shelf, folder: Path) -> None:
    """Import the records of a shelf."""
    fill(ws, _Rows(shelf), folder)  # type: ignore[arg-type]


def put_goods(ws: Workspace, folder: Path) -> None:
    """Import the goods, say which place is where, and compare."""
    put_records(ws, goods(), folder)
    keep_answer(ws, "stock_location.Berlin", "WH")
    keep_answer(ws, "stock_location.Rome", "RO")
    run(ws, "stock")
