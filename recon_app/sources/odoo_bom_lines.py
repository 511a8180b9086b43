"""Lines of bills of materials exported from Odoo (``mrp.bom.line``)."""

from __future__ import annotations

from recon_app.sources._odoo import cells
from recon_app.sources._odoo_bom import OdooComponents
from recon_app.sources._odoo_goods_fields import BOM_LINE


class OdooBomLines(OdooComponents):
    """One record per component."""

    id = "odoo_bom_lines"
    title = "Odoo lines of bills of materials"
    names = BOM_LINE
    marks = cells("Component | Parent BoM | Parent BoM/Product | bom_id | bom_id/product_tmpl_id")
    never = cells("BoM Lines/Component | Order Reference | Debit | Lot/Serial Number | Demand")
