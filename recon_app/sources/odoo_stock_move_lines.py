"""Stock move lines exported from Odoo (``stock.move.line``): what was moved, by lot and package."""

from __future__ import annotations

from recon_app.models.record import RecordType
from recon_app.sources._base import Batch, Reading
from recon_app.sources._goods import Sums
from recon_app.sources._odoo import Part, cells, extras
from recon_app.sources._odoo_goods import OdooGoodsSource, done_and_reserved, products, references, transfers
from recon_app.sources._odoo_goods_fields import STOCK_MOVE_LINE, STOCK_MOVE_STATES


class OdooStockMoveLines(OdooGoodsSource):
    """One record per move line."""

    id = "odoo_stock_move_lines"
    title = "Odoo stock move lines"
    record_type = RecordType.STOCK_MOVE_LINE
    # Lines have no number; the external id is in some exports only and must not make a second record.
    key = ("grp", "sku", "ref2", "lot", "location", "location_to")
    progress = ("barcode", "ref", "status", "day", "at", "reserved", "done", "unit", "text", "extra")
    names = STOCK_MOVE_LINE
    needs = (("product",), ("quantity", "quantity_done"), ("location",), ("location_to",), ("state",))
    marks = cells("From | To | lot_id | lot_name | qty_done | location_dest_id")
    never = cells("Demand | product_uom_qty | Order Reference | Debit | Unit Price")
    summed = ("quantity", "quantity_done", "reserved")

    def convert(self, part: Part, reading: Reading, sums: Sums) -> Batch:
        """Turn some move lines into normalised fields."""
        del reading  # there is nothing to prove within a line
        units, states = part.text("unit"), part.keys(STOCK_MOVE_STATES, "state")
        done, reserved = done_and_reserved(part, states)
        sums.add({"done": done, "reserved": reserved}, units)
        days, at = part.moments("date")
        return {
            "row": part.rows,
            "ident": part.text("external_id"),
            "ref": part.text("origin"),
            **products(part),
            "barcode": part.text("barcode"),
            "grp": transfers(part),
            "status": states,
            "day": days,
            "at": at,
            "location": part.text("location"),
            "location_to": part.text("location_to"),
            "lot": part.text("lot"),
            "unit": units,
            "reserved": reserved,
            "done": done,
            "text": part.text("product"),
            "extra": extras(part, {"reference": references(part)}),
        }
