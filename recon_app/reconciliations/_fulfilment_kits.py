"""Products that are called otherwise in Odoo: kits that are their components there, and single products."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pandas as pd

from recon_app.engine.kits import buildable
from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations._stock_figures import kit_parts
from recon_app.reconciliations._stock_policy import Policy, ratios

_FIGURES = ("sold", "delivered", "kept", "open", "invoiced")
_OF_ODOO = (*_FIGURES, "back", "delivered_day")


def sent_as_components(
    table: pd.DataFrame, components: pd.DataFrame, answers: Mapping[str, str]
) -> dict[int, int]:
    """Reckon what of a kit was delivered from its components, where a sale order has those instead.

    Each figure of a kit is as many kits as its components make (rule STK-03). The rows of components that
    only the kit explains are marked by ``in_odoo`` = False.

    Returns:
        Row of the kit by row of each such component.
    """
    policy = Policy(ratios=ratios(set(components["unit"]), answers)[0])
    parts = kit_parts({RecordType.KIT_COMPONENT: components}, policy)
    alone = (table["in_shop"] & ~table["in_odoo"] & table["sku"].isin(set(parts.needs))).to_numpy(bool)
    rows = np.flatnonzero(alone)
    belongs: dict[int, int] = {}
    if not len(rows):
        return belongs
    some = np.flatnonzero(table["code"].isin(set(table["code"].iloc[rows])).to_numpy(bool))
    place = {
        (code, sku): row
        for row, code, sku in zip(
            some.tolist(), table["code"].iloc[some], table["sku"].iloc[some], strict=True
        )
    }
    columns = {name: table[name].to_numpy(np.int64, copy=True) for name in _FIGURES}
    in_odoo = table["in_odoo"].to_numpy(bool, copy=True)
    for row in rows.tolist():
        needs = parts.needs[table["sku"].iloc[row]]
        own = {sku: place.get((table["code"].iloc[row], sku), -1) for sku in needs}
        if any(at < 0 or table["in_shop"].iloc[at] for at in own.values()):
            continue
        in_odoo[row] = True
        in_odoo[list(own.values())] = False
        for at in own.values():
            belongs.setdefault(at, row)
        for values in columns.values():
            figures = {sku: _pieces(int(values[at])) for sku, at in own.items()}
            made = buildable(needs, figures)
            values[row] = NO_INT if made is None else made * 10**6
    table["in_odoo"] = in_odoo
    for name, values in columns.items():
        table[name] = values
    return belongs


def under_another_sku(table: pd.DataFrame) -> dict[int, int]:
    """Take a product of a sale order for the one of the shop's order that it can only be.

    Each is the only one of the order that the other side does not have, and their quantities agree.

    Returns:
        Row of the shop's product by row of Odoo's, whose figures it has now.
    """
    alone = table["in_shop"] != table["in_odoo"]
    own, other = (
        table[alone & table[side]].drop_duplicates("code", keep=False) for side in ("in_shop", "in_odoo")
    )
    both = (
        own[["code", "ordered", "fulfilled"]]
        .assign(row=own.index)
        .merge(other[["code", "sold"]].assign(at=other.index), on="code")
    )
    asked = both["ordered"].where(both["ordered"] != NO_INT, both["fulfilled"])
    both = both[asked == both["sold"]]
    rows, places = both["row"].to_numpy(np.int64), both["at"].to_numpy(np.int64)
    for name in _OF_ODOO:
        values = table[name].to_numpy(np.int64, copy=True)
        values[rows] = values[places]
        table[name] = values
    in_odoo = table["in_odoo"].to_numpy(bool, copy=True)
    in_odoo[rows], in_odoo[places] = True, False
    table["in_odoo"] = in_odoo
    return dict(zip(places.tolist(), rows.tolist(), strict=True))


def _pieces(millionths: int) -> Fraction | None:
    return None if millionths == NO_INT else Fraction(millionths, 10**6)
