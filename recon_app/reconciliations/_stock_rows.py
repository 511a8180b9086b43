"""What each row of the figures is, before its difference is looked at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations._stock_figures import SEPARATOR, Figures, odoo_names
from recon_app.reconciliations._stock_policy import Policy

Mask = NDArray[np.bool_]
Frames = Mapping[RecordType, pd.DataFrame]

_ARCHIVED = frozenset({"archived", "draft"})


class Rows:
    """What each row of the figures is, before its difference is looked at.

    Attributes:
        shop: Figure of the shop that is compared, NO_INT for none.
        odoo: Figure of Odoo that is compared.
        shared: Rows of Shopify locations that share a place in Odoo.
        doubled: Rows whose SKU several variants or products have.
        unknown: Rows of kits whose components are not loaded, and of units without a ratio.
        listed: Rows that become a case.
        compared: Rows with a figure on both sides.
    """

    def __init__(self, frames: Frames, decided: Policy, found: Figures) -> None:
        self.frames, self.policy, self.figures = frames, decided, found
        index = found.index
        self.by_hand = np.isin(index.group, list(decided.on_hand))
        self.shop = np.where(self.by_hand, found.shop_hand, found.available)
        self.odoo = np.where(self.by_hand, found.on_hand, found.free)
        several = np.array([len(names) > 1 for names in decided.groups] or [False])
        self.shared: Mask = several[index.group]
        self.doubled: Mask = ~self.shared & ((found.levels > 1) | found.twins)
        nameless = np.array([name.startswith(SEPARATOR) for name in index.skus.tolist()] or [False])
        self.nameless: Mask = nameless[index.sku]
        self.bare_kit = self._bare_kits()
        self.unknown = found.strange | self.bare_kit
        in_odoo = found.known & (found.on_hand != NO_INT) & (found.on_hand != 0)
        in_shop = self.shop != NO_INT
        self.listed = in_shop | in_odoo | (found.strange & (found.levels > 0)) | (self.shared & in_odoo)
        both = in_shop & found.known & (self.odoo != NO_INT)
        self.compared = both & ~self.shared & ~self.doubled & ~self.unknown

    def _bare_kits(self) -> Mask:
        """Rows of products that Odoo calls a kit while nobody loaded what they are made of."""
        products = self.frames[RecordType.ODOO_PRODUCT]
        index = self.figures.index
        kits = products[products["extra"].str.contains('"kit":true', regex=False).to_numpy(bool)]
        flagged = np.zeros(len(index.skus) + 1, np.bool_)
        flagged[index.codes(odoo_names(kits))] = True
        bare = flagged[index.sku] & ~self.figures.kit & (self.figures.quants == 0)
        unknown: Mask = bare | (self.figures.kit & (self.figures.free == NO_INT))
        return unknown

    def archived(self) -> dict[str, Mask]:
        """Rows of archived or inactive products by the side that archived them."""
        index = self.figures.index
        found = {}
        for side, kind in (("Shopify", RecordType.SHOP_PRODUCT), ("Odoo", RecordType.ODOO_PRODUCT)):
            frame = self.frames[kind]
            gone = frame[frame["status"].isin(_ARCHIVED).to_numpy(bool) & (frame["sku"] != "").to_numpy(bool)]
            flagged = np.zeros(len(index.skus) + 1, np.bool_)
            flagged[index.codes(gone["sku"])] = True
            flagged[-1] = False
            found[side] = flagged[index.sku]
        return found
