"""How Odoo 16, 18 and 19 spell the fields that are read: header cells, and the keys of selections.

From the field lists of live servers of the three versions, in English. A header is found by label or by
technical name, so a spelling of another version does no harm; the versions are noted where they differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """One field as export headers spell it.

    Attributes:
        technical: Path of technical names.
        label: Path of English labels.
        versions: The versions that spell it so.
    """

    technical: str
    label: str
    versions: str = "16 18 19"

    def place(self, header: Sequence[str], folded: Sequence[str]) -> int | None:
        """Column of the field, None when the header does not have it.

        Args:
            header: Cells as in the file; technical names are always in lower case.
            folded: The same in lower case; a label may be written in any case.
        """
        if self.label.casefold() in folded:
            return folded.index(self.label.casefold())
        technical = next((cell for cell in (self.technical, f"{self.technical}/id") if cell in header), None)
        return None if technical is None else header.index(technical)


#: What the sources call a field -> its spellings, the best one first.
Names = Mapping[str, tuple[Name, ...]]

_EXTERNAL_ID = (Name("id", "External ID"),)
_COMPANY_CURRENCY = (Name("company_currency_id", "Company Currency"),)
_JOURNAL = (
    Name("journal_id", "Journal"),
    Name("journal_id/name", "Journal/Journal Name"),
    Name("journal_id/code", "Journal/Short Code", "16 18"),
    Name("journal_id/code", "Journal/Sequence Prefix", "19"),
)
_CURRENCY = (Name("currency_id", "Currency"), Name("currency_id/name", "Currency/Currency"))

PAYMENT: Names = {  # account.payment
    "external_id": _EXTERNAL_ID,
    "number": (Name("name", "Number"),),
    "date": (Name("date", "Date"),),
    "journal": _JOURNAL,
    "method": (Name("payment_method_line_id", "Payment Method"),),
    "type": (Name("payment_type", "Payment Type"),),
    "partner_type": (Name("partner_type", "Partner Type"),),
    "amount": (Name("amount", "Amount"),),
    "amount_signed": (Name("amount_signed", "Amount Signed"),),
    "company_amount": (Name("amount_company_currency_signed", "Amount Company Currency Signed"),),
    "currency": _CURRENCY,
    "company_currency": _COMPANY_CURRENCY,
    "memo": (Name("memo", "Memo", "18 19"), Name("ref", "Reference", "16")),
    "payment_reference": (Name("payment_reference", "Payment Reference"),),
    "state": (Name("state", "State", "18 19"), Name("state", "Status", "16")),
    "matched": (Name("is_matched", "Is Matched With a Bank Statement"),),
    "move": (Name("move_id/name", "Journal Entry/Number"), Name("move_id", "Journal Entry")),
    "invoices": (Name("reconciled_invoice_ids", "Reconciled Invoices"),),
    "outstanding": (Name("outstanding_account_id", "Outstanding Account"),),
}

JOURNAL_ITEM: Names = {  # account.move.line
    "external_id": _EXTERNAL_ID,
    "number": (Name("move_name", "Number"), Name("move_id/name", "Journal Entry/Number")),
    "move": (Name("move_id", "Journal Entry"),),
    "date": (Name("date", "Date"),),
    "due": (Name("date_maturity", "Due Date"),),
    "journal": _JOURNAL,
    "account_code": (Name("account_id/code", "Account/Code"),),
    "account": (Name("account_id", "Account"),),
    "account_name": (Name("account_id/name", "Account/Account Name"),),
    "account_type": (Name("account_type", "Internal Type"),),
    "reference": (Name("ref", "Reference"),),
    "label": (Name("name", "Label"),),
    "debit": (Name("debit", "Debit"),),
    "credit": (Name("credit", "Credit"),),
    "balance": (Name("balance", "Balance"),),
    "currency": _CURRENCY,
    "company_currency": _COMPANY_CURRENCY,
    "foreign": (Name("amount_currency", "Amount in Currency"),),
    "residual": (Name("amount_residual", "Residual Amount"),),
    "matching": (Name("matching_number", "Matching #"), Name("full_reconcile_id", "Matching")),
    "taxes": (Name("tax_ids", "Taxes"),),
    "tax_line": (Name("tax_line_id", "Originator Tax"),),
    "type": (Name("move_type", "Type"),),
    "state": (Name("parent_state", "Status"),),
}

MOVE: Names = {  # account.move: invoices, credit notes, vendor bills
    "external_id": _EXTERNAL_ID,
    "number": (Name("name", "Number"),),
    "type": (Name("move_type", "Type"),),
    "date": (Name("invoice_date", "Invoice/Bill Date"), Name("date", "Date")),
    "due": (Name("invoice_date_due", "Due Date"),),
    "origin": (Name("invoice_origin", "Origin"),),
    "reference": (Name("ref", "Reference"),),
    "journal": _JOURNAL,
    "currency": _CURRENCY,
    "company_currency": _COMPANY_CURRENCY,
    "untaxed": (Name("amount_untaxed", "Untaxed Amount"),),
    "tax": (Name("amount_tax", "Tax"),),
    "total": (Name("amount_total", "Total"),),
    "total_signed": (Name("amount_total_in_currency_signed", "Total in Currency Signed"),),
    "company_total": (Name("amount_total_signed", "Total Signed"),),
    "residual": (Name("amount_residual", "Amount Due"),),
    "company_residual": (Name("amount_residual_signed", "Amount Due Signed"),),
    "state": (Name("state", "Status"),),
    "payment_state": (
        Name("payment_state", "Payment Status"),
        Name("status_in_payment", "Status In Payment", "18 19"),
    ),
    "reversal_of": (Name("reversed_entry_id", "Reversal of"),),
    "line_product": (Name("invoice_line_ids/product_id", "Invoice lines/Product"),),
    "line_description": (Name("invoice_line_ids/name", "Invoice lines/Label"),),
    "line_taxes": (Name("invoice_line_ids/tax_ids", "Invoice lines/Taxes"),),
    "line_subtotal": (Name("invoice_line_ids/price_subtotal", "Invoice lines/Subtotal"),),
}

STATEMENT_LINE: Names = {  # account.bank.statement.line
    "external_id": _EXTERNAL_ID,
    "number": (Name("name", "Number"), Name("move_id/name", "Journal Entry/Number")),
    "move": (Name("move_id", "Journal Entry"),),
    "statement": (Name("statement_id", "Statement"),),
    "date": (Name("date", "Date"),),
    "journal": _JOURNAL,
    "label": (Name("payment_ref", "Label"),),
    "reference": (Name("ref", "Reference"),),
    "amount": (Name("amount", "Amount"),),
    "currency": (Name("currency_id", "Journal Currency"), *_CURRENCY),
    "foreign_currency": (Name("foreign_currency_id", "Foreign Currency"),),
    "foreign": (Name("amount_currency", "Amount in Currency"),),
    "reconciled": (Name("is_reconciled", "Is Reconciled"),),
    "state": (Name("state", "Status"),),
    "balance": (Name("running_balance", "Running Balance"),),
}

SALE_ORDER: Names = {  # sale.order
    "external_id": _EXTERNAL_ID,
    "number": (Name("name", "Order Reference"),),
    "customer_ref": (Name("client_order_ref", "Customer Reference"),),
    "origin": (Name("origin", "Source Document"),),
    "date": (Name("date_order", "Order Date"),),
    "state": (Name("state", "Status"),),
    "invoice_status": (Name("invoice_status", "Invoice Status"),),
    "currency": _CURRENCY,
    "company_currency": _COMPANY_CURRENCY,
    "untaxed": (Name("amount_untaxed", "Untaxed Amount"),),
    "tax": (Name("amount_tax", "Taxes"),),
    "total": (Name("amount_total", "Total"),),
    "invoices": (Name("invoice_ids/name", "Invoices/Number"), Name("invoice_ids", "Invoices")),
    "line_subtotal": (Name("order_line/price_subtotal", "Order Lines/Subtotal"),),
}

# Links to many records: each makes its own continuation rows, whose other cells are blank.
STACKED = (
    "invoices",
    "variant_values",
    "line_product",
    "line_sku",
    "line_barcode",
    "line_description",
    "line_quantity",
    "line_done",
    "line_invoiced",
    "line_unit",
    "line_price",
    "line_subtotal",
    "line_discount",
    "line_total",
    "line_taxes",
    "line_delivery",
    "line_state",
    "taxes",
)

# What the lower snake case of a label becomes, per selection; 16 spells some otherwise than 18 and 19.
PAYMENT_STATES = {"cancel": "canceled", "cancelled": "canceled"}
PAYMENT_TYPES = {"send": "outbound", "receive": "inbound"}
PARTNER_TYPES = {"vendor": "supplier"}
MOVE_STATES = {"cancelled": "cancel", "canceled": "cancel"}
MOVE_TYPES = {
    "journal_entry": "entry",
    "customer_invoice": "out_invoice",
    "customer_credit_note": "out_refund",
    "vendor_bill": "in_invoice",
    "vendor_credit_note": "in_refund",
    "sales_receipt": "out_receipt",
    "purchase_receipt": "in_receipt",
}
PAYMENT_STATUSES = {"partially_paid": "partial", "invoicing_app_legacy": "invoicing_legacy", **MOVE_STATES}
ORDER_STATES = {
    "quotation": "draft",
    "quotation_sent": "sent",
    "sales_order": "sale",
    "locked": "done",
    **MOVE_STATES,
}
INVOICE_STATUSES = {
    "fully_invoiced": "invoiced",
    "nothing_to_invoice": "no",
    "upselling_opportunity": "upselling",
}
