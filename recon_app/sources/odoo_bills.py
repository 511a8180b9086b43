"""Bills of vendors exported from Odoo (``account.move``), from the files that hold invoices too."""

from __future__ import annotations

from recon_app.models.record import RecordType
from recon_app.sources._odoo_documents import OdooDocuments


class OdooBills(OdooDocuments):
    """One record per document of a vendor: bill negative, its credit note positive."""

    id = "odoo_bills"
    title = "Odoo bills"
    record_type = RecordType.BILL
    beside = "odoo_invoices"
    side = "vendor"
