"""One normalised line of one side, and the vocabulary of its fields.

Bulk work happens on pandas frames whose columns are :data:`FIELDS`; a :class:`Record` object exists
only for the few rows a person looks at.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# Stands for "no value" in an int64 column of a frame; stored as NULL.
NO_INT = -(2**63)


class Side(StrEnum):
    """Where a record comes from."""

    SHOP = "shop"
    PLATFORM = "platform"
    ODOO = "odoo"
    BANK = "bank"
    COUNT = "count"
    GOODS = "goods"  # what came back of a refund: stock moves, compared as a side of its own


#: The sides of which money is compared.
MONEY_SIDES = (Side.SHOP, Side.PLATFORM, Side.ODOO, Side.BANK)
#: Bit of each side where a set of sides is one integer, as in the ``missing`` column.
_BIT = {side: 1 << position for position, side in enumerate(Side)}


def missing_bits(*sides: Side) -> int:
    """Encode a set of sides as one integer."""
    return sum(_BIT[side] for side in sides)


def missing_sides(bits: int) -> tuple[Side, ...]:
    """Decode :func:`missing_bits`."""
    return tuple(side for side, bit in _BIT.items() if bits & bit)


class RecordType(StrEnum):
    """What one record of a source is. A source yields records of one type."""

    ORDER = "order"  # shop: one order, amount = total
    SHOP_TRANSACTION = "shop_transaction"  # shop: one transaction of an order's history
    PAYMENT_LINE = "payment_line"  # platform: one balance movement
    PAYOUT = "payout"  # platform: one payout, amount = what reaches the bank
    ODOO_PAYMENT = "odoo_payment"  # odoo: account.payment
    JOURNAL_ITEM = "journal_item"  # odoo: account.move.line, amount = debit - credit
    INVOICE = "invoice"  # odoo: customer invoice (+) or credit note (-)
    SALE_ORDER = "sale_order"  # odoo: sale.order
    SALE_ORDER_LINE = "sale_order_line"  # odoo: sale.order.line
    PURCHASE_ORDER = "purchase_order"  # odoo: purchase.order
    PURCHASE_ORDER_LINE = "purchase_order_line"  # odoo: purchase.order.line
    BILL = "bill"  # odoo: supplier bill (-) or its credit note (+)
    ODOO_PRODUCT = "odoo_product"  # odoo: one variant (product.product)
    KIT_COMPONENT = "kit_component"  # odoo: one line of a bill of materials (mrp.bom.line)
    STOCK_QUANT = "stock_quant"  # odoo: on hand of a product at a location and lot
    STOCK_MOVE = "stock_move"  # odoo: stock.move
    STOCK_MOVE_LINE = "stock_move_line"  # odoo: stock.move.line
    TRANSFER = "transfer"  # odoo: stock.picking
    ORDER_LINE = "order_line"  # shop: one line of an order
    REFUND = "refund"  # shop: one refunded line, or a refund without lines
    FULFILMENT = "fulfilment"  # shop: one fulfilled line
    SHOP_PRODUCT = "shop_product"  # shop: one variant
    INVENTORY_LEVEL = "inventory_level"  # shop: figures of a variant at a location
    STOCK_COUNT = "stock_count"  # count: what a person counted at a location
    BANK_LINE = "bank_line"  # bank: one statement line, whichever system it was exported from

    @property
    def side(self) -> Side:
        """The side that records of this type belong to."""
        return _SIDES.get(self, Side.ODOO)


_SIDES = {
    **dict.fromkeys(
        (
            RecordType.ORDER,
            RecordType.SHOP_TRANSACTION,
            RecordType.ORDER_LINE,
            RecordType.REFUND,
            RecordType.FULFILMENT,
            RecordType.SHOP_PRODUCT,
            RecordType.INVENTORY_LEVEL,
        ),
        Side.SHOP,
    ),
    **dict.fromkeys((RecordType.PAYMENT_LINE, RecordType.PAYOUT), Side.PLATFORM),
    RecordType.BANK_LINE: Side.BANK,
    RecordType.STOCK_COUNT: Side.COUNT,
}


class Category(StrEnum):
    """The kind of money movement, the same words for every platform."""

    CHARGE = "charge"
    REFUND = "refund"
    REFUND_FAILURE = "refund_failure"
    FEE = "fee"  # a fee that is a line of its own
    ADJUSTMENT = "adjustment"
    CHARGEBACK = "chargeback"
    CHARGEBACK_REVERSAL = "chargeback_reversal"
    RESERVE_HELD = "reserve_held"
    RESERVE_RELEASED = "reserve_released"
    TAX = "tax"  # tax the platform withholds and remits
    ADVANCE = "advance"  # loans and their repayment
    CARRY_OVER = "carry_over"
    PAYOUT = "payout"
    AUTHORIZATION = "authorization"  # moves no money
    VOID = "void"  # moves no money
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    OTHER = "other"  # a type this version does not know: kept, counted and shown


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a normalised frame.

    Attributes:
        name: Column name in frames and in the store.
        integer: True for int64 (:data:`NO_INT` = none), False for text ("" = none).
        meaning: What it holds, with its unit.
    """

    name: str
    integer: bool
    meaning: str


FIELDS = (
    Field("row", True, "number of the data record in its file, from 1, header not counted"),
    Field("category", False, "Category value"),
    Field("ident", False, "the source's own id of the record, byte for byte"),
    Field("ref", False, "order reference or memo, byte for byte"),
    Field("ref2", False, "second reference: payment id, checkout, bank reference"),
    Field("grp", False, "what the record is grouped by: payout id, journal entry, order name"),
    Field("account", False, "gateway, journal, account code or bank account"),
    Field("status", False, "status word as in the file"),
    Field("day", True, "booking date, days since 1970-01-01, as written in the file"),
    Field("at", True, "moment in UTC, seconds since 1970-01-01, where the file gives one"),
    Field("due", True, "expected payout or value date, days since 1970-01-01"),
    Field("amount", True, "signed minor units of currency; + is money towards the merchant"),
    Field("currency", False, "ISO 4217 code"),
    Field("fee", True, "minor units of currency; + is a cost"),
    Field("net", True, "minor units of currency; amount - fee"),
    Field("open", True, "minor units still owed: residual, outstanding balance"),
    Field("refunded", True, "minor units refunded so far, positive (orders)"),
    Field("foreign_amount", True, "amount in foreign_currency: presentment or transaction amount"),
    Field("foreign_currency", False, "ISO 4217 code of foreign_amount"),
    Field("sku", False, "product code, byte for byte"),
    Field("barcode", False, "barcode, byte for byte"),
    Field("location", False, "where the goods are, or where a move takes them from"),
    Field("location_to", False, "where a move takes the goods"),
    Field("lot", False, "lot or serial number"),
    Field("unit", False, "unit of measure of the quantities as in the file, empty when the file names none"),
    Field("quantity", True, "millionths of unit: on hand, ordered, refunded, planned to be moved"),
    Field("reserved", True, "millionths of unit: reserved (Odoo) or committed (Shopify)"),
    Field("available", True, "millionths of unit: available to sell as the file says"),
    Field("incoming", True, "millionths of unit: on the way in"),
    Field("done", True, "millionths of unit: moved, received, delivered, fulfilled"),
    Field("invoiced", True, "millionths of unit: billed or invoiced"),
    Field("counted", True, "millionths of unit: what a person counted"),
    Field("text", False, "description as in the file"),
    Field("extra", False, "JSON object of further values of this source, or empty"),
)
INT_FIELDS = tuple(field.name for field in FIELDS if field.integer)
TEXT_FIELDS = tuple(field.name for field in FIELDS if not field.integer)


@dataclass(frozen=True, slots=True)
class Origin:
    """The place a record was read from: the root of the audit trail.

    Attributes:
        sha256: Hash of the file's bytes.
        file: Base name of the file.
        source: Id of the source that read it.
        row: Number of the data record, from 1, header not counted.
    """

    sha256: str
    file: str
    source: str
    row: int


@dataclass(frozen=True, slots=True)
class Record:
    """One record as a person looks at it.

    Attributes:
        id: Row id in the cache; changes when the cache is rebuilt.
        type: What the record is.
        origin: File and row.
        values: The non-empty :data:`FIELDS` of the record.
    """

    id: int
    type: RecordType
    origin: Origin
    values: dict[str, int | str]
