"""Sale orders whose reference is not the name of their order: a prefix, a suffix, a typing error, a cut.

A name that is the same counts first. Only what has no order by it, or would be a second sale order of one
that has its own, is looked at here, by the rules of the engine: amounts have to be equal unless the number
is, days close, and nothing else may fit.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recon_app.engine import match
from recon_app.engine.normalise import Ints
from recon_app.models.case import Strength
from recon_app.models.record import NO_INT, Side
from recon_app.models.rule import Amounts, Key, Rule, Transform
from recon_app.reconciliations._goods_cases import Mask, Texts

#: Rules by which a sale order was found to be of an order.
REFERENCE, SOURCE, NUMBER, SIMILAR, CUT = (
    "order_reference",
    "source_document",
    "order_number",
    "similar_reference",
    "cut_reference",
)
#: Those after which the reference still is the order's name.
SAME_NAME = (REFERENCE, NUMBER)
_WIDE, _NEAR = 30, 5  # days


def _rule(name: str, transform: Transform, strength: Strength, days: int, amount: Amounts) -> Rule:
    return Rule(name, Side.SHOP, Side.ODOO, (Key("ref", "ref", transform),), days, strength, amount)


_RULES = (
    Rule(REFERENCE, Side.SHOP, Side.ODOO, (Key("ref", "ref", Transform.ORDER_REF),), None, Strength.STRONG),
    _rule(NUMBER, Transform.CORE, Strength.WEAK, _WIDE, Amounts.EQUAL),
    _rule(SIMILAR, Transform.SIMILAR, Strength.WEAK, _WIDE, Amounts.EQUAL),
    _rule(NUMBER, Transform.CORE, Strength.WEAK, _NEAR, Amounts.ANY),
    _rule(CUT, Transform.CUT, Strength.WEAK, _NEAR, Amounts.EQUAL),
)


def guessed(shop: pd.DataFrame, sales: pd.DataFrame, code: Ints, rule: Texts) -> tuple[Ints, Texts]:
    """The order of each sale order and by what it was found, where a name alone does not tell.

    Args:
        shop: Orders of the shop with ``code``.
        sales: Sale orders.
        code: Order that each names, -1 for none.
        rule: By what.
    """
    usable = (sales["amount"] != NO_INT).to_numpy(bool) & sales["alive"].to_numpy(bool)
    wanting = usable & ((code < 0) | _second(shop, sales, code, usable))
    if not wanting.any():
        return code, rule
    # what agrees in full takes part, so that it is not taken for another's
    rows = np.flatnonzero(usable)
    orders = shop[shop["amount"] != NO_INT]
    linking = match.link(_entries(orders), _entries(sales.iloc[rows]), _RULES)
    group = np.where(wanting[rows], linking.right, match.UNLINKED)
    own = orders["code"].to_numpy(np.int64)
    lowest = np.full(len(linking.rule) + 1, 2**62, np.int64)
    highest = np.full(len(linking.rule) + 1, -1, np.int64)
    np.minimum.at(lowest, linking.left, own)
    np.maximum.at(highest, linking.left, own)
    sure = np.append(linking.outcome != match.AMBIGUOUS, [False]) & (lowest == highest)
    sure[-1] = False
    found = np.flatnonzero(sure[group])
    names = np.array([*(each.name for each in _RULES)], object)[linking.rule]
    code, rule = code.copy(), rule.copy()
    code[rows[found]] = lowest[group[found]]
    rule[rows[found]] = names[group[found]]
    return code, rule


def _entries(frame: pd.DataFrame) -> match.Entries:
    return match.Entries(
        text={"ref": frame["ref"].tolist()},
        amount=frame["amount"].to_numpy(np.int64),
        currency=frame["currency"].to_numpy(object),
        day=frame["day"].to_numpy(np.int64),
        direction=np.ones(len(frame), np.int64),
    )


def _second(shop: pd.DataFrame, sales: pd.DataFrame, code: Ints, usable: Mask) -> Mask:
    """Sale orders of another amount than their order's, which has one of its own amount beside them."""
    totals = pd.MultiIndex.from_arrays([shop["code"].to_numpy(np.int64), shop["amount"].to_numpy(np.int64)])
    same = usable & pd.MultiIndex.from_arrays([code, sales["amount"].to_numpy(np.int64)]).isin(totals)
    result: Mask = usable & (code >= 0) & ~same & np.isin(code, code[same])
    return result
