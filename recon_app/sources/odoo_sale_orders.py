"""Sale orders exported from Odoo (``sale.order``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recon_app.models.record import RecordType
from recon_app.sources._base import Batch, InputFile, Reading
from recon_app.sources._odoo import (
    OdooSource,
    Part,
    cells,
    extras,
    prove_totals,
    split_display,
)
from recon_app.sources._odoo_fields import (
    INVOICE_STATUSES,
    ORDER_STATES,
    SALE_ORDER,
)


class OdooSaleOrders(OdooSource):
    """One record per sale order or quotation, however many lines it has."""

    id = "odoo_sale_orders"
    title = "Odoo sale orders"
    record_type = RecordType.SALE_ORDER
    # The number is in every export, the external id only in some: it must not make a second record.
    key = ("grp",)
    # An order may be edited until it is locked, its references even then.
    progress = ("ref", "ref2", "status", "day", "at", "amount", "extra")
    names = SALE_ORDER
    needs = (("number",), ("total",))
    marks = cells(
        "Customer Reference | Order Date | Delivery Status | Order Lines/Delivery Quantity | "
        "client_order_ref | delivery_status | warehouse_id | partner_shipping_id | "
        "order_line/product_uom_qty | order_line/qty_delivered"
    )
    hints = cells("Customer | Invoice Status | Salesperson")
    never = cells(
        "Vendor | Vendor Reference | Order Deadline | Billing Status | Receipt Status | "
        "partner_ref | receipt_status | date_approve | order_line/qty_received | Product | "
        "Quantity | Unit Price | Order Status | product_id | order_id | price_unit"
    )
    summed = ("untaxed", "tax", "total")

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the orders."""
        for part in self.parts(file, options, reading):
            yield _batch(part, reading)


def _batch(part: Part, reading: Reading) -> Batch:
    currencies = part.currencies("currency", "company_currency")
    total = part.money("total", currencies, required=True)
    reading.total("amount", currencies, total)
    prove_totals(part, currencies, total, reading)
    numbers = part.text("number")
    days, at = part.moments("date")
    return {
        "row": part.rows,
        "ident": part.text("external_id"),
        "ref": part.text("customer_ref"),
        "ref2": part.text("origin"),
        "grp": numbers,
        "status": part.keys(ORDER_STATES, "state"),
        "day": days,
        "at": at,
        "amount": total,
        "currency": currencies,
        "extra": extras(
            part,
            {
                "invoices": [
                    tuple(filter(None, (split_display(name)[0] for name in names)))
                    for names in part.lists("invoices")
                ],
                "invoice_status": part.keys(INVOICE_STATUSES, "invoice_status"),
                "untaxed": part.money("untaxed", currencies),
                "tax": part.money("tax", currencies),
            },
        ),
    }
