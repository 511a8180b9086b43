"""Which order of the shop a refund is of, also where several orders have one name.

Two stores may both have an order ``#1001``. Shopify's own number of the order tells them apart, which its
refunds and transactions carry, then the currency. What is left is a tie that nobody decides here: of such
orders only that counts which all of them say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.normalise import Ints
from recon_app.engine.orders import order_hashes

Texts = NDArray[np.object_]


@dataclass(frozen=True)
class Orders:
    """Orders of the shop, in an order that does not depend on their files.

    Attributes:
        table: One row per record: id, order (hash of its name), number (hash of Shopify's own number, 0 for
            none), currency, and what else its frame has.
    """

    table: pd.DataFrame

    @classmethod
    def of(cls, orders: pd.DataFrame, numbers: Ints) -> Orders:
        """The orders that have a name.

        Args:
            orders: Their records, with key and ref.
            numbers: Hash of Shopify's own number of each.
        """
        named = orders.assign(order=order_hashes(orders["ref"]), number=numbers)
        return cls(named[named["order"] != 0].sort_values("key", ignore_index=True))

    def fits(self, order: Ints, number: Ints, currency: Texts) -> Fits:
        """The orders that each of some refunds may be of.

        Args:
            order: Hash of the order's name, 0 for none.
            number: Hash of Shopify's own number of the order, 0 for not known.
            currency: Currency of each refund.
        """
        asked = pd.DataFrame(
            {"asked": np.arange(len(order)), "order": order, "number": number, "currency": currency}
        )
        own = self.table[["order", "number", "currency"]].assign(row=np.arange(len(self.table)))
        pairs = asked[asked["order"] != 0].merge(own, on="order", suffixes=("", "_of"))
        known = (pairs["number"] != 0) & (pairs["number_of"] != 0)
        pairs = pairs[~known | (pairs["number"] == pairs["number_of"])]
        for name in ("number", "currency"):
            several = pairs["asked"].duplicated(keep=False)
            if several.any():
                same = (pairs[name] == pairs[f"{name}_of"]) & (pairs[name] != (0 if name == "number" else ""))
                pairs = pairs[same | ~same.groupby(pairs["asked"]).transform("any")]
        return Fits(
            pairs["asked"].to_numpy(np.int64),
            pairs["row"].to_numpy(np.int64),
            ~pairs["asked"].duplicated(keep=False).to_numpy(bool),
            len(order),
        )


@dataclass(frozen=True)
class Fits:
    """Pairs of a refund and an order that it may be of.

    Attributes:
        asked: Place of the refund.
        row: Row of the order.
        alone: No other order fits.
        size: Number of refunds.
    """

    asked: Ints
    row: Ints
    alone: NDArray[np.bool_]
    size: int

    def only(self) -> Ints:
        """Row of the order of each refund, -1 where none or several fit."""
        found = np.full(self.size, -1, np.int64)
        found[self.asked[self.alone]] = self.row[self.alone]
        return found

    def agreed(self, values: Texts) -> Texts:
        """The text that all orders that fit have, "" for none.

        Args:
            values: A text per order.
        """
        pairs = pd.DataFrame({"asked": self.asked, "text": values[self.row]}).drop_duplicates()
        pairs = pairs[~pairs["asked"].duplicated(keep=False)]
        found = np.full(self.size, "", object)
        found[pairs["asked"].to_numpy(np.int64)] = pairs["text"].to_numpy(object)
        return found
