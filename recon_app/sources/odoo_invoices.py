"""Invoices and credit notes exported from Odoo (``account.move``)."""

from __future__ import annotations

from recon_app.models.record import RecordType
from recon_app.sources._odoo_documents import OdooDocuments


class OdooInvoices(OdooDocuments):
    """One record per document of a customer: invoice positive, credit note negative."""

    id = "odoo_invoices"
    title = "Odoo invoices and credit notes"
    record_type = RecordType.INVOICE
    side = "customer"
