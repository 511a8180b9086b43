"""What is read from Odoo, and how its versions spell it: the one place to change for a new version.

A field is written as its path in exports "to update data": ``account_id/code`` is the code of the linked
account, a link without a path shows the name of the linked record. Where versions differ, the newest
spelling comes first; the server's own list of fields decides. From the field lists of live servers of 16, 18
and 19.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from recon_app.odoo.errors import Fault, OdooError, plain

OLDEST = 16
JSON2_FROM = 19  # the older interfaces are to go with 22

Leaf = str | int | bool | tuple[str | bool, ...]
# A draft that was never posted has no number yet ("/" up to 18, none in 19) and gets another identity later.
_NO_NUMBER = ("/", False)


@dataclass(frozen=True)
class Field:
    """One column of a list.

    Attributes:
        paths: Its spellings, the newest first.
        optional: Left out where the server or the user's rights do not have it.
        through: Model that the user must be able to read for an optional column, "" for none.
    """

    paths: tuple[str, ...]
    optional: bool = False
    through: str = ""


@dataclass(frozen=True)
class Narrowing:
    """Users who are shown a part of a list and no word about the rest (rules of 16, 18 and 19).

    Attributes:
        groups: External ids of the groups that see a part.
        unless: Those that see all; one is enough.
        right: What the right is called in Odoo.
    """

    groups: tuple[str, ...]
    unless: tuple[str, ...]
    right: str


_BOOKS = Narrowing(
    ("sales_team.group_sale_salesman", "purchase.group_purchase_user"),
    ("account.group_account_invoice", "account.group_account_readonly"),
    "Invoicing",
)
_SALES = Narrowing(
    ("sales_team.group_sale_salesman",),
    ("sales_team.group_sale_salesman_all_leads",),
    "Sales: All Documents",
)


@dataclass(frozen=True)
class Listing:
    """One list of records that can be read.

    Attributes:
        what: Name on the command line.
        title: What the user calls it; part of the file name.
        source: Id of the source that reads the file.
        model: Model in Odoo.
        app: The app of Odoo that brings it.
        fields: Its columns.
        domain: Which records, as Odoo writes conditions.
        whole: Whether it is always read whole: records end or their figures move and no change tells it.
        behind: A link whose records hold some of the columns: their changes count too.
        archived: Whether archived records are read too.
        narrowing: Who sees only a part of it, None when everybody sees all or nothing.
    """

    what: str
    title: str
    source: str
    model: str
    app: str
    fields: tuple[Field, ...]
    domain: tuple[tuple[str, str, Leaf], ...] = ()
    whole: bool = False
    behind: str = ""
    archived: bool = False
    narrowing: Narrowing | None = None


def _fields(text: str) -> tuple[Field, ...]:
    """Columns between blanks; ``a|b`` are spellings, ``?`` marks an optional one, ``?m`` one through m."""
    parts = (word.partition("?") for word in text.split())
    return tuple(Field(tuple(paths.split("|")), bool(mark), through) for paths, mark, through in parts)


_PRODUCT = "product_id product_id/default_code product_id/barcode"

LISTINGS = (
    Listing(
        "journal-items",
        "journal items",
        "odoo_journal_items",
        "account.move.line",
        "Invoicing",
        _fields(
            "move_name date date_maturity journal_id account_id/code account_id/name account_type? ref name "
            "debit credit balance currency_id company_currency_id amount_currency amount_residual "
            "matching_number move_type parent_state tax_ids?account.tax tax_line_id?account.tax"
        ),
        (
            ("move_name", "not in", _NO_NUMBER),
            # section and note lines of invoices hold no amounts
            ("display_type", "not in", ("line_section", "line_subsection", "line_note")),
        ),
        narrowing=_BOOKS,
    ),
    Listing(
        "payments",
        "payments",
        "odoo_payments",
        "account.payment",
        "Invoicing",
        _fields(  # the memo was the reference of the entry up to 17
            "name date journal_id payment_method_line_id payment_type partner_type amount amount_signed? "
            "currency_id memo|ref payment_reference state is_matched move_id/name outstanding_account_id "
            "reconciled_invoice_ids"
        ),
        (("name", "not in", _NO_NUMBER),),
        behind="move_id",
    ),
    Listing(
        "invoices",
        "invoices and bills",
        "odoo_invoices",
        "account.move",
        "Invoicing",
        _fields(
            "name move_type date invoice_date invoice_date_due invoice_origin ref journal_id currency_id "
            "company_currency_id amount_untaxed amount_tax amount_total amount_total_signed amount_residual "
            "amount_residual_signed state payment_state reversed_entry_id"
        ),
        (("move_type", "!=", "entry"), ("name", "not in", _NO_NUMBER)),
        narrowing=_BOOKS,
    ),
    Listing(
        "bank-lines",
        "bank statement lines",
        "odoo_bank_statement_lines",
        "account.bank.statement.line",
        "Invoicing",
        _fields(
            "move_id/name statement_id date journal_id payment_ref ref amount currency_id "
            "foreign_currency_id amount_currency is_reconciled state"
        ),
        behind="move_id",
    ),
    Listing(
        "sale-orders",
        "sale orders",
        "odoo_sale_orders",
        "sale.order",
        "Sales",
        _fields(
            "name client_order_ref origin date_order state invoice_status delivery_status? currency_id "
            "amount_untaxed amount_tax amount_total warehouse_id? "
            "invoice_ids?account.move.line"
        ),
        narrowing=_SALES,
    ),
    Listing(
        "sale-lines",
        "sale order lines",
        "odoo_sale_order_lines",
        "sale.order.line",
        "Sales",
        _fields(
            f"order_id/name order_id/client_order_ref {_PRODUCT} name product_uom_qty qty_delivered "
            "qty_invoiced product_uom_id|product_uom price_unit discount price_subtotal price_total "
            "currency_id is_delivery? tax_ids|tax_id?account.tax state"
        ),
        (("display_type", "=", False),),
        behind="order_id",
        narrowing=_SALES,
    ),
    Listing(
        "products",
        "products",
        "odoo_products",
        "product.product",
        "Inventory",
        _fields(
            "default_code barcode name product_template_variant_value_ids active detailed_type|type "
            "is_storable? tracking? lst_price standard_price? uom_id uom_po_id? qty_available? free_qty? "
            "virtual_available? incoming_qty? outgoing_qty? is_kits?"
        ),
        whole=True,
        archived=True,
    ),
    Listing(
        "quants",
        "stock on hand",
        "odoo_stock_quants",
        "stock.quant",
        "Inventory",
        _fields(
            f"location_id {_PRODUCT} lot_id? package_id? owner_id? quantity reserved_quantity "
            "available_quantity product_uom_id inventory_quantity inventory_quantity_set inventory_date "
            "in_date value? currency_id? company_id"
        ),
        (("location_id.usage", "in", ("internal", "transit")),),
        whole=True,
    ),
    Listing(
        "moves",
        "stock moves",
        "odoo_stock_moves",
        "stock.move",
        "Inventory",
        _fields(  # what was done has another name up to 16
            f"date reference origin {_PRODUCT} product_uom_qty quantity|quantity_done product_uom "
            "location_id location_dest_id picking_id state is_inventory scrapped? sale_line_id? "
            "purchase_line_id? bom_line_id? origin_returned_move_id"
        ),
    ),
    Listing(
        "move-lines",
        "stock move lines",
        "odoo_stock_move_lines",
        "stock.move.line",
        "Inventory",
        _fields(
            f"date reference origin? {_PRODUCT} lot_id lot_name location_id location_dest_id "
            "quantity|qty_done reserved_uom_qty? product_uom_id picking_id state"
        ),
    ),
    Listing(
        "transfers",
        "transfers",
        "odoo_transfers",
        "stock.picking",
        "Inventory",
        _fields(
            "name origin picking_type_id picking_type_code scheduled_date date_done location_id "
            "location_dest_id state backorder_id return_id? carrier_tracking_ref? sale_id? purchase_id?"
        ),
    ),
    Listing(
        "purchase-orders",
        "purchase orders",
        "odoo_purchase_orders",
        "purchase.order",
        "Purchase",
        _fields(
            "name partner_ref origin date_order date_approve date_planned state receipt_status? "
            "invoice_status currency_id amount_untaxed amount_tax amount_total"
        ),
    ),
    Listing(
        "purchase-lines",
        "purchase order lines",
        "odoo_purchase_order_lines",
        "purchase.order.line",
        "Purchase",
        _fields(
            f"order_id/name order_id/partner_ref {_PRODUCT} name product_qty qty_received qty_invoiced "
            "product_uom_id|product_uom price_unit discount? price_subtotal price_total currency_id "
            "date_planned state"
        ),
        (("display_type", "=", False),),
        behind="order_id",
    ),
)


def major(version: str) -> int:
    """The version of a server: 18 for ``18.0+e-20241005`` and ``saas~18.2``.

    Raises:
        OdooError: it is none, or older than what is known here.
    """
    match = re.match(r"(?:saas[~-])?([0-9]{1,3})\b", version)
    if match is None:
        raise OdooError(
            Fault.VERSION, f"the server says that it is version {plain(version)!r}", "check the address"
        )
    if int(match[1]) < OLDEST:
        raise OdooError(
            Fault.VERSION,
            f"this is Odoo {match[1]}; it can be read from {OLDEST} on",
            "export files from it and import those",
        )
    return int(match[1])
