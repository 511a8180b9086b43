"""Aliases that the loaded products propose."""

from __future__ import annotations

from recon_app.reconciliations._base import Inputs
from recon_app.reconciliations._products_items import odoo_items, shop_items
from recon_app.reconciliations._products_pairs import guesses


def proposals(inputs: Inputs) -> list[tuple[str, str, str]]:
    """SKU of Shopify, SKU of Odoo and why, where one product on each side fits and nothing speaks against.

    SKUs that stand more than once on a side are left out, as are those with an alias.
    """
    shop, odoo = shop_items(inputs.frames, inputs.aliases), odoo_items(inputs.frames)
    return [
        (shop.texts["sku"][guess.shop[0]], odoo.texts["sku"][guess.odoo[0]], guess.why)
        for guess in guesses(shop, odoo)
        if guess.strong and shop.texts["sku"][guess.shop[0]] == shop.texts["code"][guess.shop[0]]
    ]
