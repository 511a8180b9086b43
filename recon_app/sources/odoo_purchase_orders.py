"""Purchase orders exported from Odoo (``purchase.order``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from recon_app.models.record import NO_INT, RecordType
from recon_app.sources._base import Batch, InputFile, Reading
from recon_app.sources._odoo import OdooSource, Part, cells, extras, prove_totals
from recon_app.sources._odoo_goods import negated
from recon_app.sources._odoo_goods_fields import (
    BILLING_STATUSES,
    PURCHASE_ORDER,
    PURCHASE_STATES,
    RECEIPT_STATUSES,
)


class OdooPurchaseOrders(OdooSource):
    """One record per purchase order; its amount is negative, for the money goes to the vendor."""

    id = "odoo_purchase_orders"
    title = "Odoo purchase orders"
    record_type = RecordType.PURCHASE_ORDER
    key = ("grp",)
    progress = ("ref", "ref2", "status", "day", "at", "due", "amount", "extra")
    names = PURCHASE_ORDER
    needs = (("number",), ("total",))
    marks = cells(
        "Vendor Reference | Order Deadline | Billing Status | Receipt Status | Arrival | "
        "Order Lines/Received Qty | partner_ref | date_approve | receipt_status | order_line/qty_received"
    )
    hints = cells("Vendor | Confirmation Date | Expected Arrival | Buyer")
    never = cells(
        "Customer Reference | client_order_ref | Product | product_id | order_id | Unit Price | "
        "Quantity | Total Quantity | Debit"
    )
    summed = ("untaxed", "tax", "total")

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the orders."""
        for part in self.parts(file, options, reading):
            yield _batch(part, reading)


def _batch(part: Part, reading: Reading) -> Batch:
    currencies = part.currencies("currency", "company_currency")
    total = part.money("total", currencies, required=True)
    prove_totals(part, currencies, total, reading)
    amounts = negated(total)
    reading.total("amount", currencies, amounts)
    confirmed, confirmed_at = part.moments("date")
    ordered, ordered_at = part.moments("deadline")
    numbers = part.text("number")
    return {
        "row": part.rows,
        "ident": part.text("external_id"),
        "ref": part.text("vendor_ref"),
        "ref2": part.text("origin"),
        "grp": numbers,
        "status": part.keys(PURCHASE_STATES, "state"),
        "day": np.where(confirmed == NO_INT, ordered, confirmed),
        "at": np.where(confirmed == NO_INT, ordered_at, confirmed_at),
        "due": part.moments("planned")[0],
        "amount": amounts,
        "currency": currencies,
        "extra": extras(
            part,
            {
                "receipt_status": part.keys(RECEIPT_STATUSES, "receipt_status"),
                "invoice_status": part.keys(BILLING_STATUSES, "invoice_status"),
            },
        ),
    }
