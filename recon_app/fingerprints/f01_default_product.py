"""F1: a line of the shop whose SKU the connector did not know stands on its default product.

Seen in the lines of sale orders. Which SKU of Shopify it was is told where exactly one line of the order
fits; without lines of the shop's orders only the count and the value are known.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

import pandas as pd

from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books, grouped, ids_of
from recon_app.fingerprints._fields import SALES, reading
from recon_app.fingerprints._words import goods, money, naming
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, RecordType, Side

_DEFAULT = re.compile(r"(?<!\S)e-?commerce[-_]sales?(?!\S)", re.IGNORECASE)


class DefaultProduct(Fingerprint):
    """Lines of sale orders on the product 'Ecommerce-Sale'."""

    id = "f01_default_product"
    title = "Unknown SKU booked to the default product"
    behaviour = (
        "Odoo's own connector books a line whose SKU it does not know to its archived product "
        "'Ecommerce-Sale': the sale counts, but no stock is reserved and the revenue is on the wrong product."
    )
    advice = (
        "Give the product in Odoo the SKU that Shopify has, or approve an alias for it.",
        "Replace the product on the sale order, so that its stock is reserved.",
    )
    reads: ClassVar = reading(*SALES, RecordType.ORDER_LINE, RecordType.SALE_ORDER_LINE)
    needs: ClassVar = (RecordType.SALE_ORDER_LINE,)
    kind: ClassVar = Kind.FIELD

    def hits(self, books: Books) -> Found:
        """One hit per line of a sale order."""
        lines = books.sale_lines
        shown = lines[naming(lines["name"], _DEFAULT)]
        if not len(shown):
            return Found()
        sold = grouped(books.order_lines, shown["order"])
        known = lines[lines["order"].isin(shown["order"])].groupby("order")["sku"].agg(set).to_dict()
        twins = shown.groupby(["number", "name", "quantity"]).cumcount()
        sales = dict(zip(books.sales["number"], books.sales["id"], strict=True))
        orders = ids_of(books.orders, shown["order"])
        found = Found()
        for line, twin in zip(shown.to_dict("records"), twins.tolist(), strict=True):
            meant = _meant(line, sold.get(line["order"]), known[line["order"]])
            own = () if meant is None else (meant["id"],)
            sale = (sales[line["number"]],) if line["number"] in sales else ()
            records = {Side.SHOP: own + orders[line["order"]], Side.ODOO: (line["id"], *sale)}
            found.hits.append(_hit(line, twin, meant, records))
        return found


def _meant(line: dict[Any, Any], sold: pd.DataFrame | None, known: set[str]) -> dict[Any, Any] | None:
    """The only line of the shop's order that can be meant."""
    if sold is None or not line["order"]:
        return None
    rest = sold[~sold["sku"].isin(known) & ~sold["extra"].str.contains('"tip":', regex=False)]
    same = rest[rest["quantity"] == line["quantity"]]
    rest = same if len(rest) > 1 else rest
    return rest.to_dict("records")[0] if len(rest) == 1 else None


def _hit(
    line: dict[Any, Any],
    twin: int,
    meant: dict[Any, Any] | None,
    records: dict[Side, tuple[int, ...]],
) -> Hit:
    about = "" if meant is None else meant["sku"] or meant["text"]
    what = f"'{about}' of order {meant['ref']}" if meant is not None else "a line"
    known = line["amount"] != NO_INT
    figures = [goods(line["quantity"], "")] if line["quantity"] != NO_INT else []
    figures += [money(line["amount"], line["currency"])] if known else []
    return Hit(
        key=f"{line['number']}|{line['name']}|{line['quantity']}|{twin}",
        text=f"{line['number']}: {what} stands on the default product: {', '.join(figures) or 'no figures'}.",
        records=records,
        value=line["amount"] if known else None,
        currency=line["currency"],
        about=about or "SKU not known",
    )
