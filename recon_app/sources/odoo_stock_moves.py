"""Stock moves exported from Odoo (``stock.move``): what is to be moved, and what was."""

from __future__ import annotations

from recon_app.models.record import RecordType
from recon_app.sources._base import Batch, Reading
from recon_app.sources._goods import Sums
from recon_app.sources._odoo import Part, cells, extras
from recon_app.sources._odoo_goods import OdooGoodsSource, done_and_reserved, products, references, transfers
from recon_app.sources._odoo_goods_fields import STOCK_MOVE, STOCK_MOVE_STATES


class OdooStockMoves(OdooGoodsSource):
    """One record per move, from one location to another."""

    id = "odoo_stock_moves"
    title = "Odoo stock moves"
    record_type = RecordType.STOCK_MOVE
    # Moves have no number; the external id is in some exports only and must not make a second record.
    key = ("grp", "sku", "ref2", "location", "location_to")
    progress = (
        "barcode",
        "ref",
        "status",
        "day",
        "at",
        "quantity",
        "reserved",
        "done",
        "unit",
        "text",
        "extra",
    )
    names = STOCK_MOVE
    needs = (("product",), ("demand",), ("location",), ("location_to",), ("state",))
    marks = cells("Demand | Date Scheduled | Intermediate Location | product_uom_qty")
    never = cells("Lot/Serial Number | lot_id | From | To | Order Reference | Debit | Unit Price")
    summed = ("demand", "quantity", "quantity_done")

    def convert(self, part: Part, reading: Reading, sums: Sums) -> Batch:
        """Turn some moves into normalised fields."""
        del reading  # there is nothing to prove within a move
        units, states = part.text("unit"), part.keys(STOCK_MOVE_STATES, "state")
        demand = part.quantities("demand")
        done, reserved = done_and_reserved(part, states)
        sums.add({"demand": demand, "done": done, "reserved": reserved}, units)
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
            "unit": units,
            "quantity": demand,
            "reserved": reserved,
            "done": done,
            "text": part.text("product"),
            "extra": extras(
                part,
                {
                    "reference": references(part),
                    "inventory": [flag or None for flag in part.flags("inventory")],
                    "scrapped": [flag or None for flag in part.flags("scrapped")],
                    "sale_line": part.text("sale_line"),
                    "purchase_line": part.text("purchase_line"),
                    "bom_line": part.text("bom_line"),
                    "return_of": part.text("return_of"),
                },
            ),
        }
