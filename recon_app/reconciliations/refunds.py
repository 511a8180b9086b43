"""Refunds: what was given back, followed through shop, payment platform, Odoo's books and the shelf.

One case is one refund; several refunds of an order stay several cases. Each has up to four legs, and each
leg may lag behind (the shop refunds, the platform pays days later, the credit note waits as a draft, the
parcel comes back last). Which legs are there is the refund's *state*, one of sixteen.

Causes, and what a screen may call them:

* refunded but not booked: ``refunded_not_booked``, ``credit_note_draft``
* booked but not paid: ``booked_not_paid``
* not paid: ``refunded_not_paid``, ``refund_pending``, ``refund_failed``
* amount differs: ``amount_differs``, ``exchange_counted_twice``, ``exchange_not_invoiced``, ``parts_differ``,
  ``rate_difference``, ``other_currency``
* tax differs: ``tax_differs``, ``untaxed_line`` (TAX-03), ``rounding_method`` (TAX-01, TAX-02)
* paid twice: ``paid_twice``, ``booked_twice``, ``charged_back_too``
* goods not returned: ``goods_not_returned``, ``goods_not_received``
* not refunded: ``returned_not_refunded``, ``return_on_its_way``, ``cancelled_not_refunded``
* not in the shop: ``refunded_outside_shop``, ``order_not_imported``
* chargeback: ``chargeback``, ``chargeback_won``

A case's note holds what a screen shows beside the records; every field is always there:

``state``
    The legs that are done, joined by ``+`` in the order ``shop+platform+odoo+goods``; ``none`` for none. A
    draft credit note or a receipt that waits is not done.
``legs``
    The timeline, always five steps in this order: ``ordered``, ``refunded``, ``paid``, ``credit_note``,
    ``goods``. Each is ``{"step", "state", "day", "record", "text"}``; state is ``done``, ``waiting`` (a
    record is there and not done, or it is too early), ``late`` (the same for longer than usual),
    ``not_needed``, ``missing``, ``failed`` or ``unknown`` (no file that could tell was imported); day counts
    from 1970-01-01 and record is an id in the cache, both None for none; text is short, for people.
``next``
    What to do, the most urgent first: short sentences; empty when nothing is open.
``age``, ``bucket``
    Days since the first leg, and their class: ``0-2 days``, ``3-7 days``, ``8-30 days``, ``over 30 days``;
    None and "" when nothing is open. The bucket is also the case's ``grp``.
``order``, ``refund``
    Name of the order and number of the refund in the shop, "" for none.
``reason``
    Note of the refund in the shop, "" for none.
``amount``, ``currency``
    What was refunded, positive minor units, and its currency.
``paid``
    What the platform paid: ``{"day", "amount", "currency", "fee"}``, or None; amount is positive.
``fee_kept``
    What the platform kept of the sale's fee, minor units of the platform's currency; None when not known.
``tax``
    ``{"shop", "odoo", "why"}``: refunded tax, positive minor units, None when the files do not tell; why is
    None, ``{"cause": "rounding_method", "per_line", "global", "shop", "odoo"}`` with both figures and who
    rounds how, or ``{"cause": "untaxed_line", "line", "lines", "amount", "tax"}``: the line without tax, how
    many there are, what they come to, and the tax they should have (None where several rates are there).
``credit_note``
    ``{"number", "status", "paid", "day"}`` of the first credit note, or None; paid is Odoo's word.
``items_back``
    ``yes``, ``no``, ``partly``, ``not needed`` or ``unknown``.
``goods``
    ``[{"sku", "refunded", "received", "waiting", "restock", "unit"}]`` in millionths; None for not told.
``stock``
    What the refund did to Shopify's figures: ``[{"sku", "on_hand", "available", "committed"}]``, signed
    millionths.
``rate``
    ``{"charged", "refunded", "difference", "currency"}`` where the refund was paid at another day's rate.
``exchange``
    Value of the new goods that the total refunded is net of, minor units; None for no exchange.
``parts``
    ``{"order", "refunds"}``: what the order says was refunded and what its refunds add up to, positive minor
    units, where the two differ; else None.
``shared``
    Numbers of credit notes or payments that stand for several refunds.
``gateway``, ``status``, ``credit``, ``cumulative``
    What gave the money back; how the shop's refund stands (``done``, ``pending``, ``failed``, ``untold``
    for one without an amount, ``due`` for a
    cancelled order that was not refunded, ``void``, "" for no refund of the shop); whether it was given back
    as a card or credit; whether only the order's total tells of it.
``origin``, ``booked``, ``unit``
    The side the case starts from; what Odoo booked, negative minor units; the unit of ``goods``.
``rivals``
    ``[[side, text], …]``: the records that fit equally well; only for ambiguous cases.
"""

from __future__ import annotations

from typing import ClassVar

from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.record import RecordType, Side
from recon_app.reconciliations import _asks, _refunds_words
from recon_app.reconciliations._base import Inputs, Progress, Reconciliation, Result

_MONEY = ("ref", "account", "status", "day", "amount", "currency")
_GOODS = ("sku", "ref", "ref2", "grp", "status", "day", "location", "location_to", "extra")


class Refunds(Reconciliation):
    """Refunds with their four legs.

    The difference is Odoo less what was refunded, or platform less shop where Odoo agrees; refunds are
    negative on every side, so too little booked is positive.
    """

    id = "refunds"
    title = "Refunds"
    reads: ClassVar = {
        RecordType.ORDER: (*_MONEY, "ident", "open", "refunded", "extra", "source"),
        RecordType.REFUND: (
            *("ref", "ref2", "grp", "status", "day", "at", "amount", "currency", "ident"),
            *("sku", "location", "quantity", "text", "extra", "source"),
        ),
        RecordType.SHOP_TRANSACTION: (
            *_MONEY,
            *("ident", "ref2", "grp", "at", "category", "text", "extra", "source"),
        ),
        RecordType.PAYMENT_LINE: (
            *_MONEY,
            *("category", "ident", "ref2", "grp", "at", "due", "fee", "net"),
            *("foreign_amount", "foreign_currency", "source"),
        ),
        RecordType.INVOICE: (*_MONEY, "category", "ref2", "grp", "open", "extra"),
        RecordType.ODOO_PAYMENT: (*_MONEY, "category", "ref2", "grp", "extra"),
        RecordType.SALE_ORDER: ("ref", "ref2", "grp", "status", "day"),
        RecordType.SALE_ORDER_LINE: ("ref", "grp", "status"),
        RecordType.STOCK_MOVE: (*_GOODS, "at", "unit", "quantity", "done", "source"),
        RecordType.TRANSFER: (
            *("ref", "ref2", "grp", "account", "status", "day", "location", "location_to", "extra"),
        ),
    }
    pairs: ClassVar = (
        (Side.SHOP, Side.PLATFORM),
        (Side.PLATFORM, Side.ODOO),
        (Side.SHOP, Side.ODOO),
        (Side.ODOO, Side.GOODS),
        (Side.SHOP, Side.PLATFORM, Side.ODOO, Side.GOODS),
    )
    asks: ClassVar = (_asks.GATEWAY, _asks.JOURNAL, _asks.EXCLUDED, _asks.UNIT, _asks.EXPORTED_AT)
    columns: ClassVar = {
        Side.SHOP: (
            Column("ref", "Order", role=Role.KEY, width=10),
            Column("note.refund", "Refund no", role=Role.KEY, width=14),
            Column("day", "Date asked", ColumnType.DATE, width=10),
            Column("note.reason", "Reason", width=16),
            Column("text", "Item", width=14, shown=False),
            Column("sku", "SKU", width=12, shown=False),
            Column("quantity", "Quantity", ColumnType.QUANTITY, width=8, shown=False),
            Column("note.items_back", "Items back?", width=11),
            Column("status", "Status", width=11, shown=False),
            Column("ident", "Id", width=16, shown=False),
            Column("account", "Gateway", width=14, shown=False),
            Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("currency", "Cur.", role=Role.COMPARED, width=5, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.PLATFORM: (
            Column("ref", "Order ref", role=Role.KEY, width=10),
            Column("day", "Date paid", ColumnType.DATE, width=10),
            Column("category", "Type", width=10),
            Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("note.fee_kept", "Fee kept", ColumnType.MONEY, width=9),
            Column("fee", "Fee", ColumnType.MONEY, width=8, shown=False),
            Column("currency", "Cur.", role=Role.COMPARED, width=5, shown=False),
            Column("grp", "Payout", width=14, shown=False),
            Column("foreign_amount", "Presented", ColumnType.MONEY, width=11, shown=False),
            Column("foreign_currency", "Pres. cur.", width=8, shown=False),
            Column("account", "Platform", width=16, shown=False),
            Column("ident", "Id", width=16, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.ODOO: (
            Column("grp", "Credit note", role=Role.KEY, width=16),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("amount", "Amount", ColumnType.MONEY, Role.COMPARED, width=11),
            Column("note.tax.odoo", "Tax", ColumnType.MONEY, width=9),
            Column("status", "Paid state", width=14),
            Column("currency", "Cur.", role=Role.COMPARED, width=5, shown=False),
            Column("ref", "Reference", role=Role.KEY, width=18, shown=False),
            Column("ref2", "Origin", width=12, shown=False),
            Column("account", "Journal", width=16, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
        Side.GOODS: (
            Column("grp", "Receipt", role=Role.KEY, width=14),
            Column("day", "Date", ColumnType.DATE, width=10),
            Column("sku", "SKU", role=Role.KEY, width=14),
            Column("quantity", "Planned", ColumnType.QUANTITY, Role.COMPARED, width=8),
            Column("done", "Received", ColumnType.QUANTITY, Role.COMPARED, width=8),
            Column("status", "Status", width=10),
            Column("location_to", "To", width=18),
            Column("ref", "Source", width=16, shown=False),
            Column("unit", "Unit", width=8, shown=False),
            Column("file", "File and row", width=24, shown=False),
        ),
    }
    words: ClassVar = _refunds_words

    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Link the legs of every refund and name what is missing or differs."""
        from recon_app.reconciliations._refunds_run import reconcile

        return reconcile(inputs, progress)
