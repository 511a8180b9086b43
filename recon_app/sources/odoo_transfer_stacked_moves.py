"""Stock moves that stand below their transfers in an export of the transfers (``stock.picking``)."""

from __future__ import annotations

import numpy as np

from recon_app.models.record import NO_INT, RecordType
from recon_app.sources._base import Batch, Reading
from recon_app.sources._goods import Sums
from recon_app.sources._odoo import cells
from recon_app.sources._odoo_goods_fields import STOCK_MOVE_STATES, TRANSFER_STACKED
from recon_app.sources._odoo_stacked import Lines, OdooStacked


class OdooTransferStackedMoves(OdooStacked):
    """One record per move; its locations are those of the transfer."""

    id = "odoo_transfer_stacked_moves"
    title = "Moves in Odoo transfers"
    record_type = RecordType.STOCK_MOVE
    beside = "odoo_transfers"
    key = ("grp", "sku", "ref2", "location", "location_to")
    progress = ("barcode", "ref", "status", "day", "at", "quantity", "reserved", "done", "unit", "text")
    names = TRANSFER_STACKED
    needs = (*OdooStacked.needs, ("line_state",))
    marks = cells("Stock Moves/Product | Stock Moves/Product/Internal Reference | move_ids/product_id")

    def convert(self, lines: Lines, reading: Reading, sums: Sums) -> Batch:
        """Turn some moves into normalised fields."""
        del reading  # there is nothing to prove within a move
        part = lines.part
        words = lines.text("line_state")
        keys = {word: "_".join(word.casefold().split()) for word in set(words)}
        states = [STOCK_MOVE_STATES.get(keys[word], keys[word]) for word in words]
        moved = np.array([state == "done" for state in states], np.bool_)
        demand, quantity = lines.quantities("line_quantity"), lines.quantities("line_done")
        units = lines.text("line_unit")
        done, reserved = np.where(moved, quantity, NO_INT), np.where(moved, NO_INT, quantity)
        sums.add({"demand": demand, "done": done, "reserved": reserved}, units)
        over, planned = part.moments("date"), part.moments("scheduled")
        day, at = (
            np.where(over[0] == NO_INT, second, first) for first, second in zip(over, planned, strict=True)
        )
        return {
            "row": lines.rows,
            "ref": lines.carried(part.text("origin")),
            **lines.products(),
            "barcode": lines.text("line_barcode"),
            "grp": lines.carried(part.text("number")),
            "status": states,
            "day": lines.carried_ints(day),
            "at": lines.carried_ints(at),
            "location": lines.carried(part.text("location")),
            "location_to": lines.carried(part.text("location_to")),
            "unit": units,
            "quantity": demand,
            "reserved": reserved,
            "done": done,
            "text": lines.text("line_product"),
        }
