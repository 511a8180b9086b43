"""Which product of Shopify may be which of Odoo where their SKUs are not equal.

Nothing is decided here: what fits in one way only is proposed, what fits in several stays open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recon_app.engine import codes
from recon_app.reconciliations._products_items import Catalogue

#: Differences in writing that make a proposal; dashes can tell two codes apart.
STRONG = frozenset({"case", "blanks", "leading zeros"})


@dataclass(frozen=True)
class Guess:
    """Products that may be the same.

    Attributes:
        cause: "sku_differs", "other_sku", "sku_ambiguous" or "sku_damaged".
        shop: Rows of the shop's products.
        odoo: Rows of Odoo's products.
        why: What speaks for it.
        strong: Whether an alias can be proposed: one product on each side, and no doubt about the code.
    """

    cause: str
    shop: tuple[int, ...]
    odoo: tuple[int, ...]
    why: str
    strong: bool = False


def guesses(shop: Catalogue, odoo: Catalogue) -> list[Guess]:
    """Ways in which products whose codes are not equal may belong together; each row stands in one."""
    free = {
        "shop": _unmatched(shop, odoo),
        "odoo": _unmatched(odoo, shop),
    }
    found: list[Guess] = []
    for look in (_damaged, _written, _barcodes):
        for guess in look(shop, odoo, free["shop"], free["odoo"]):
            found.append(guess)
            free["shop"] -= set(guess.shop)
            free["odoo"] -= set(guess.odoo)
    return found


def _unmatched(mine: Catalogue, other: Catalogue) -> set[int]:
    code = mine.items["code"]
    return set(np.flatnonzero((code != "") & ~code.isin(set(other.items["code"]))).tolist())


def _damaged(shop: Catalogue, odoo: Catalogue, left: set[int], right: set[int]) -> list[Guess]:
    """Codes that lost digits, and what they may have been."""
    found = []
    for mine, other, rows, others in ((shop, odoo, left, right), (odoo, shop, right, left)):
        hurt = [row for row in sorted(rows) if codes.damage(str(mine.items["code"].iloc[row]))]
        known = [(row, str(other.items["code"].iloc[row])) for row in sorted(others)] if hurt else []
        for row in hurt:
            code = str(mine.items["code"].iloc[row])
            fits = tuple(place for place, text in known if codes.may_have_been(code, text))
            in_shop, in_odoo = ((row,), fits) if mine is shop else (fits, (row,))
            found.append(Guess("sku_damaged", in_shop, in_odoo, f"'{code}' {codes.damage(code)}"))
            known = [item for item in known if item[0] not in fits]
    return found


def _written(shop: Catalogue, odoo: Catalogue, left: set[int], right: set[int]) -> list[Guess]:
    """Codes that differ only by case, blanks, leading zeros or dashes."""
    found = []
    for _, one, other in _meeting(shop, odoo, left, right, "code", codes.folded):
        first, second = (str(side.items["code"].iloc[rows[0]]) for side, rows in ((shop, one), (odoo, other)))
        ways = codes.difference(first, second)
        if len(one) == len(other) == 1:
            why = f"differs only by {' and '.join(ways)}"
            found.append(Guess("sku_differs", one, other, why, strong=set(ways) <= STRONG))
        else:
            found.append(Guess("sku_ambiguous", one, other, "differ only in the way they are written"))
    return found


def _barcodes(shop: Catalogue, odoo: Catalogue, left: set[int], right: set[int]) -> list[Guess]:
    """Other codes with the same barcode."""
    found = []
    counts = [side.items["barcode"].map(codes.gtin).value_counts() for side in (shop, odoo)]
    for barcode, one, other in _meeting(shop, odoo, left, right, "barcode", codes.gtin):
        alone = all(count[barcode] == 1 for count in counts)
        cause = "other_sku" if len(one) == len(other) == 1 else "sku_ambiguous"
        sure = alone and not codes.barcode_fault(str(shop.items["barcode"].iloc[one[0]]))
        found.append(Guess(cause, one, other, "same barcode", strong=cause == "other_sku" and sure))
    return found


def _meeting(
    shop: Catalogue, odoo: Catalogue, left: set[int], right: set[int], field: str, fold: Callable[[str], str]
) -> Iterable[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    """Rows of both sides whose folded texts are equal; a blank equals nothing."""
    groups = []
    for side, rows in ((shop, left), (odoo, right)):
        column = side.items[field].iloc[sorted(rows)].map(fold)
        keyed = pd.Series(sorted(rows), index=column.to_numpy(object), dtype=np.int64)
        groups.append(keyed[keyed.index != ""])
    both = sorted(set(groups[0].index) & set(groups[1].index))
    for text in both:
        one, other = (tuple(np.atleast_1d(group.loc[text]).tolist()) for group in groups)
        yield text, one, other
