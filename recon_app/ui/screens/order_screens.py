"""The order flow: orders, fulfilment, hand-offs to the books, cut-off, and what the connector did."""

from __future__ import annotations

from recon_app.ui.screens.cases_screen import CasesScreen
from recon_app.ui.words import Wording


class OrdersScreen(CasesScreen):
    """Each order of the shop is in Odoo once, and says the same."""

    id = name = "orders"
    title = "Orders"
    group = "Orders"
    icon = "screen-orders"
    needed = "Import the orders of Shopify, and Odoo's sales orders with their lines."
    assumed_about = "answers about orders"
    filtered_by = "order, customer reference, amount"


class FulfilmentScreen(CasesScreen):
    """What was delivered in Odoo, fulfilled in the shop, and can be tracked."""

    id = name = "fulfilment"
    title = "Fulfilment"
    group = "Orders"
    icon = "screen-fulfilment"
    needed = "Import the orders or fulfilments of Shopify, and Odoo's transfers or stock moves."
    assumed_about = "answers about deliveries"
    filtered_by = "order, transfer, SKU, tracking"
    wording = Wording.GOODS


class ConnectorScreen(CasesScreen):
    """What a connector between shop and Odoo is known to do wrong, and did here."""

    id = name = "connector"
    title = "Connector"
    group = "Orders"
    icon = "screen-connector"
    needed = "Import the orders of Shopify and Odoo's sales orders, invoices and transfers."
    assumed_about = "answers about the connector"
    filtered_by = "order, SKU, amount"
    wording = Wording.FINDINGS


class InvoicesScreen(CasesScreen):
    """Orders, their invoices and payments; bills and receipts; tax, gift cards, cost of goods."""

    id = name = "invoices"
    title = "Invoices"
    group = "Money"
    icon = "screen-invoices"
    needed = "Import Odoo's invoices, and its sales orders or payments."
    assumed_about = "answers about invoices"
    filtered_by = "invoice, order, amount"
    panels_title = "Taxes and accounts"


class CutoffScreen(CasesScreen):
    """The same period in shop time, in UTC and by the bank's date, and what moves between periods."""

    id = name = "cutoff"
    title = "Cut-off"
    group = "Money"
    icon = "screen-cutoff"
    needed = "Import the orders or transactions of Shopify, and the payouts of the platform."
    assumed_about = "answers about the cut-off"
    filtered_by = "order, payout, amount"
    panels_title = "Bridge"
