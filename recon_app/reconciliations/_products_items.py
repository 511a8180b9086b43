"""The products of both sides, one row per variant, whatever files tell of them.

Lists of products come first. Without one, stock figures and then order lines say which SKUs there are; a list
of Odoo is completed by its stock, because Odoo leaves archived products out of its lists.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.aliases import renamed
from recon_app.models.alias import Aliases
from recon_app.models.record import RecordType, Side

Frames = Mapping[RecordType, pd.DataFrame]
Texts = NDArray[np.object_]

#: Columns of a list of products; ``code`` is the SKU as Odoo has it.
_TEXTS = ("sku", "barcode", "text", "grp", "ref2", "status", "unit", "extra")


@dataclass(frozen=True)
class Catalogue:
    """The products of one side.

    Attributes:
        side: Whose they are.
        items: One row per variant: id, key and text fields of its record, code, and whether it is listed.
        listed: Whether a list of products is loaded, and not only stock or orders.
        remarks: What was left out.
    """

    side: Side
    items: pd.DataFrame
    listed: bool
    remarks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The side as sentences call it."""
        return "Shopify" if self.side is Side.SHOP else "Odoo"

    def of(self, row: int) -> dict[str, str]:
        """The texts of a variant."""
        return {name: column[row] for name, column in self.texts.items()}

    @cached_property
    def texts(self) -> dict[str, list[str]]:
        """The text columns as lists, of which single values are taken fast."""
        return {name: self.items[name].tolist() for name in (*_TEXTS, "code")}

    def values(self, name: str) -> Texts:
        """A value of ``extra`` for each row, as text, "" for none."""
        return np.array([str(extra.get(name, "")) for extra in self._extras], object)

    @cached_property
    def _extras(self) -> list[dict[str, object]]:
        return [json.loads(extra) if extra else {} for extra in self.items["extra"].tolist()]


def shop_items(frames: Frames, aliases: Aliases) -> Catalogue:
    """The variants of Shopify."""
    listed, remarks = _once(frames[RecordType.SHOP_PRODUCT])
    parts = [_part(listed, listed=True)]
    if not len(listed):
        for kind, same in (
            (RecordType.INVENTORY_LEVEL, ["grp", "ref2", "sku"]),
            (RecordType.ORDER_LINE, ["sku"]),
        ):
            frame = frames[kind]
            if len(frame):
                some = frame if kind is RecordType.INVENTORY_LEVEL else frame[frame["sku"] != ""]
                parts = [_part(_first(some, same).assign(status=""), listed=False)]
                break
    items = _sorted(_together(parts))
    items["code"] = renamed(items["sku"], aliases)
    return Catalogue(Side.SHOP, items, bool(len(listed)), tuple(remarks))


def odoo_items(frames: Frames) -> Catalogue:
    """The variants of Odoo."""
    listed = frames[RecordType.ODOO_PRODUCT]
    quants = _first(frames[RecordType.STOCK_QUANT], ["sku", "ref2"])
    # a product without a code is known by its name, which stock shows in another form
    more = quants[(quants["sku"] != "") & ~quants["sku"].isin(listed["sku"])] if len(listed) else quants
    items = _sorted(
        _together([_part(listed, listed=True), _part(more.assign(status="", grp=""), listed=False)])
    )
    items["code"] = items["sku"]
    return Catalogue(Side.ODOO, items, bool(len(listed)))


def _first(frame: pd.DataFrame, same: list[str]) -> pd.DataFrame:
    """One record for all that tell of one product; its text is blank where they do not agree on it."""
    found = frame.sort_values("key", kind="stable").drop_duplicates(same)
    groups = frame.groupby(same, sort=False)
    for name in ("text", "barcode", "unit"):
        if name in found:
            several = groups[name].transform("nunique").reindex(found.index) > 1
            found[name] = found[name].mask(several, "")
    return found


def _sorted(items: pd.DataFrame) -> pd.DataFrame:
    """The products in an order of their own, whatever order they were imported in."""
    return items.sort_values([*_TEXTS, "key"], kind="stable", ignore_index=True)


def _part(frame: pd.DataFrame, *, listed: bool) -> pd.DataFrame:
    columns = {name: frame.get(name, "") for name in _TEXTS}
    return frame[["id", "key"]].assign(**columns, listed=listed)


def _together(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All parts, those without rows left out so that no column loses its type."""
    some = [part for part in parts if len(part)] or [parts[0]]
    return pd.concat(some, ignore_index=True) if len(some) > 1 else some[0].reset_index(drop=True)


def _once(products: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The products of the source that has most of them, and those that only others have."""
    counts = products["source"].value_counts().to_dict()
    if len(counts) < 2:
        return products, []
    most = min(counts, key=lambda source: (-counts[source], source))
    best, other = products[products["source"] == most], products[products["source"] != most]
    again = other["grp"].isin(set(best["grp"])) | (other["sku"].isin(set(best["sku"])) & (other["sku"] != ""))
    remarks = [f"{int(again.sum())} variants were loaded from two kinds of files and count once."]
    return pd.concat([best, other[~again]]).sort_index(), remarks if again.any() else []
