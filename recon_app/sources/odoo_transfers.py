"""Transfers exported from Odoo (``stock.picking``): receipts, deliveries, internal transfers, returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from recon_app.models.record import NO_INT, RecordType
from recon_app.sources._base import Batch, InputFile, Reading
from recon_app.sources._odoo import OdooSource, Part, cells, extras
from recon_app.sources._odoo_goods_fields import DIRECTIONS, STOCK_MOVE_STATES, TRANSFER, TRANSFER_STATES

_OVER = frozenset({"done", "cancel"})


class OdooTransfers(OdooSource):
    """One record per transfer, however many moves it has."""

    id = "odoo_transfers"
    title = "Odoo transfers"
    record_type = RecordType.TRANSFER
    key = ("grp",)
    progress = ("ref", "ref2", "account", "status", "day", "at", "due", "location", "location_to", "extra")
    names = TRANSFER
    needs = (("number",), ("state",))
    marks = cells(
        "Operation Type | Type of Operation | Back Order of | Date of Transfer | Stock Moves/Demand | "
        "Products Availability State | picking_type_id | picking_type_code | date_done | backorder_id | "
        "carrier_tracking_ref | move_ids/product_uom_qty"
    )
    hints = cells(
        "Scheduled Date | Source Location | Destination Location | scheduled_date | location_dest_id"
    )
    never = cells("Product | Demand | Order Reference | product_id | product_uom_qty | Debit | Quantity")
    summed = ()

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the transfers."""
        for part in self.parts(file, options, reading):
            yield _batch(part, reading)


def _batch(part: Part, reading: Reading) -> Batch:
    states = part.keys(TRANSFER_STATES, "state")
    _prove(part, states, reading)
    done, done_at = part.moments("date")
    planned, planned_at = part.moments("scheduled")
    numbers = part.text("number")
    return {
        "row": part.rows,
        "ident": part.text("external_id"),
        "ref": part.text("origin"),
        "ref2": part.text("tracking"),
        "grp": numbers,
        "account": part.text("operation"),
        "status": states,
        "day": np.where(done == NO_INT, planned, done),
        "at": np.where(done == NO_INT, planned_at, done_at),
        "due": planned,
        "location": part.text("location"),
        "location_to": part.text("location_to"),
        "extra": extras(
            part,
            {
                "direction": part.keys(DIRECTIONS, "direction"),
                "backorder_of": part.text("backorder_of"),
                "return_of": part.text("return_of"),
                "sale_order": part.text("sale_order"),
                "purchase_order": part.text("purchase_order"),
            },
        ),
    }


def _prove(part: Part, states: list[str], reading: Reading) -> None:
    """Check that a transfer is done when no move of it is open, and only then."""
    if not part.has("line_state"):
        return
    words = {word for words in part.lists("line_state") for word in words}
    keys = {word: "_".join(word.casefold().split()) for word in words}
    keys = {word: STOCK_MOVE_STATES.get(key, key) for word, key in keys.items()}
    lines = [[keys[word] for word in words] for words in part.lists("line_state")]
    some = np.array([bool(words) for words in lines], np.bool_)
    agrees = [(state in _OVER) == (set(words) <= _OVER) for state, words in zip(states, lines, strict=True)]
    name = "a transfer is over when all its moves are, and only then"
    reading.identity(name, np.array(agrees, np.bool_)[some], part.rows[some])
