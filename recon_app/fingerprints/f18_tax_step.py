"""F18: from one day on, orders have their tax twice in Odoo, or not at all.

Tax of the shop's order against tax of its sale order, or of its invoices where the list of sale orders has no
tax. A step needs at least three orders in a row that are right and then five in a row that are wrong in the
same way; single orders are left to the comparison of orders. Which version was installed when is in no
export.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.orders import looked_up
from recon_app.fingerprints._base import Fingerprint, Found, Hit
from recon_app.fingerprints._books import Books
from recon_app.fingerprints._fields import DOCUMENTS, reading
from recon_app.fingerprints._words import MOST, money
from recon_app.models.record import NO_INT, RecordType, Side

_RIGHT, _WRONG = 3, 5  # orders in a row
_EQUAL, _TWICE, _NONE, _OTHER = range(4)
_ROUNDING = 2  # minor units that twice the tax may be off


class TaxStep(Fingerprint):
    """Runs of orders with twice the tax or none, after orders with the right one."""

    id = "f18_tax_step"
    title = "Tax doubled or missing from one day on"
    behaviour = (
        "After an update of a connector the tax of every order was counted twice, or left out: 14,000 "
        "dollars in six months in one report. Nothing fails; only the tax return is wrong."
    )
    advice = (
        "Compare the taxes of one order of that day in Shopify and Odoo, and the connector's tax mapping.",
        "Correct the invoices since then before the next tax return.",
    )
    reads: ClassVar = reading(*DOCUMENTS)
    needs: ClassVar = (RecordType.ORDER, RecordType.SALE_ORDER)

    def hits(self, books: Books) -> Found:
        """One hit per step; its value is the tax that is too much or missing."""
        table = _both(books)
        shop, odoo = table["taxes"].to_numpy(np.int64), table["odoo"].to_numpy(np.int64)
        kind = np.full(len(table), _OTHER)
        kind[np.abs(odoo - 2 * shop) <= _ROUNDING] = _TWICE
        kind[odoo == 0] = _NONE
        kind[np.abs(odoo - shop) <= _ROUNDING] = _EQUAL
        found = Found()
        starts = np.flatnonzero(np.diff(kind, prepend=-1) != 0)
        for number, start in enumerate(starts.tolist()):
            end = int(starts[number + 1]) if number + 1 < len(starts) else len(kind)
            before = int(starts[number - 1]) if number else 0
            right = number > 0 and kind[before] == _EQUAL and start - before >= _RIGHT
            if kind[start] in (_TWICE, _NONE) and end - start >= _WRONG and right:
                found.hits.append(_hit(table.iloc[start:end], twice=kind[start] == _TWICE))
        return found


def _both(books: Books) -> pd.DataFrame:
    """Orders with tax on which Odoo has one sale order, in the order of time."""
    sales = books.sales[books.sales["live"] & (books.sales["order"] != 0)]
    sales = sales[~sales["order"].duplicated(keep=False)].set_index("order")
    orders = books.orders[~books.orders["cancelled"] & (books.orders["taxes"] > _ROUNDING)]
    orders = orders[orders["order"].isin(sales.index)]
    documents = books.documents
    taxed = documents[~documents["credit"] & (documents["tax"] != NO_INT) & (documents["order"] != 0)]
    billed = taxed.groupby("order")["tax"].sum()
    own = _of(sales["tax"], orders["order"])
    odoo = np.where(own == NO_INT, _of(billed, orders["order"]), own)
    ids = looked_up(orders["order"], sales["id"])
    table = orders.assign(odoo=odoo, sale=ids)[odoo != NO_INT]
    found: pd.DataFrame = table.sort_values(["at", "day", "ref"]).reset_index(drop=True)
    return found


def _of(values: pd.Series, orders: pd.Series) -> NDArray[np.int64]:
    found: NDArray[np.int64] = values.reindex(orders, fill_value=NO_INT).to_numpy(np.int64)
    return found


def _hit(part: pd.DataFrame, *, twice: bool) -> Hit:
    first: dict[Any, Any] = part.iloc[0].to_dict()
    off = part["odoo"].to_numpy(np.int64) - part["taxes"].to_numpy(np.int64)
    amount, what = int(np.abs(off).sum()), "twice" if twice else "not at all"
    currency = first["currency"]
    return Hit(
        key=f"{first['ref']}|{what}",
        text=f"From order {first['ref']} on, {len(part)} orders in a row have their tax {what} in Odoo: "
        f"{money(amount, currency)} too {'much' if twice else 'little'}.",
        records={
            Side.SHOP: tuple(part["id"].tolist()[:MOST]),
            Side.ODOO: tuple(part["sale"].tolist()[:MOST]),
        },
        day=int(first["day"]),
        value=amount,
        currency=currency,
    )
