"""The order flow: orders, fulfilment, hand-offs to the books, cut-off, and what the connector did."""

from __future__ import annotations

from recon_app.ui.screens.cases_screen import CasesScreen
from recon_app.ui.words import AGES, Wording


class OrdersScreen(CasesScreen):
    """Each order of the shop is in Odoo once, and says the same."""

    id = name = "orders"
    title = "Orders"
    group = "Orders"
    icon = "screen-orders"
    needed = "Import the orders of Shopify, and Odoo's sales orders with their lines."
    assumed_about = "orders"
    filtered_by = "order, customer reference, amount"
    wording = Wording.FLOW
    ages = AGES


class FulfilmentScreen(CasesScreen):
    """What was delivered in Odoo, fulfilled in the shop, and can be tracked."""

    id = name = "fulfilment"
    title = "Fulfilment"
    group = "Orders"
    icon = "screen-fulfilment"
    needed = "Import the orders or fulfilments of Shopify, and Odoo's transfers or stock moves."
    assumed_about = "deliveries"
    filtered_by = "order, transfer, SKU, tracking"
    ages = AGES
    wording = Wording.DELIVERIES


class ConnectorScreen(CasesScreen):
    """What a connector between shop and Odoo is known to do wrong, and did here."""

    id = name = "connector"
    title = "Connector"
    group = "Orders"
    icon = "screen-connector"
    needed = "Import the orders of Shopify and Odoo's sales orders, invoices and transfers."
    assumed_about = "the connector"
    filtered_by = "order, SKU, amount"
    wording = Wording.FINDINGS
    panels_title = "By rule"


class InvoicesScreen(CasesScreen):
    """Orders, their invoices and payments, and where the payments were booked."""

    id = name = "invoices"
    title = "Invoices"
    group = "Money"
    icon = "screen-invoices"
    needed = "Import Odoo's invoices, and its sales orders or payments."
    assumed_about = "invoices"
    filtered_by = "invoice, order, amount"
    wording = Wording.FLOW
    ages = AGES


class TaxScreen(CasesScreen):
    """Tax by rate and month, in the shop and in Odoo."""

    id = name = "tax"
    title = "Tax"
    group = "Money"
    icon = "screen-tax"
    needed = "Import the orders of Shopify, and Odoo's invoices with their journal items."
    assumed_about = "taxes"
    filtered_by = "order, invoice, rate"
    panels_title = "By rate and month"


class GiftCardsScreen(CasesScreen):
    """What is owed to the holders of gift cards, month by month."""

    id = name = "gift_cards"
    title = "Gift cards"
    group = "Money"
    icon = "screen-gift-cards"
    needed = "Import the orders of Shopify with their lines and transactions, and Odoo's journal items."
    assumed_about = "gift cards"
    filtered_by = "order, entry, month"
    panels_title = "Roll-forward"


class CogsScreen(CasesScreen):
    """Whether what was delivered has a cost, and an entry in the books."""

    id = name = "cogs"
    title = "Delivery costs"
    group = "Money"
    icon = "screen-cogs"
    needed = "Import Odoo's stock moves, its products with their cost, and its journal items."
    assumed_about = "the cost of goods"
    filtered_by = "SKU, delivery, entry"


class BillsScreen(CasesScreen):
    """What was ordered from vendors and arrived, and what they billed."""

    id = name = "bills"
    title = "Bills"
    group = "Money"
    icon = "screen-bills"
    needed = "Import Odoo's purchase orders with their lines, and its supplier bills."
    assumed_about = "bills"
    filtered_by = "order, bill, vendor's reference"
    wording = Wording.FLOW
    ages = AGES


class CutoffScreen(CasesScreen):
    """The same period in shop time, in UTC and by the bank's date, and what moves between periods."""

    id = name = "cutoff"
    title = "Cut-off"
    group = "Money"
    icon = "screen-cutoff"
    needed = "Import the orders or transactions of Shopify, and the payouts of the platform."
    assumed_about = "the cut-off"
    filtered_by = "order, payout, amount"
    wording = Wording.MONTHS
    panels_title = "Bridge"
