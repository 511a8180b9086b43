"""Bills of materials with their lines exported from Odoo (``mrp.bom``)."""

from __future__ import annotations

from recon_app.sources._odoo import cells
from recon_app.sources._odoo_bom import OdooComponents
from recon_app.sources._odoo_goods_fields import BOM


class OdooBoms(OdooComponents):
    """One record per component; the lines of a bill stand in the rows below it."""

    id = "odoo_boms"
    title = "Odoo bills of materials"
    snapshot = "grp"  # an export has all components of a bill
    names = BOM
    marks = cells("BoM Lines/Component | bom_line_ids/product_id")
    never = cells("Component | Order Reference | Debit")
