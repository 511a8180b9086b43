"""Records whose figures can be reckoned with: a blank amount is none, and sums have to be exact."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from recon_app.models.counted import counted
from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.reconciliations._refunds_link import Mask

_MONEY = ("amount", "fee", "net", "open", "refunded", "foreign_amount")
#: What a movement of money is called that has no amount.
_WITHOUT = {
    RecordType.SHOP_TRANSACTION: "refund of the shop",
    RecordType.PAYMENT_LINE: "payment line",
    RecordType.INVOICE: "credit note of Odoo",
    RecordType.ODOO_PAYMENT: "payment of Odoo",
}
_WHAT = {RecordType.ORDER: "order of the shop", RecordType.REFUND: "refund of the shop", **_WITHOUT}
_BACK = (str(Category.REFUND), str(Category.CREDIT_NOTE))
#: A sum of sums, and twice of it, still fits into 64 bits.
_SAFE = 2**59


def countable(
    frames: Mapping[RecordType, pd.DataFrame],
) -> tuple[dict[RecordType, pd.DataFrame], list[str]]:
    """The records that can be added up, and what was left out, as sentences."""
    found, remarks = dict(frames), []
    for kind, what in _WHAT.items():
        frame = found[kind]
        large = _too_large(frame)
        if large.any():
            frame = frame[~large].reset_index(drop=True)
            was = counted(int(large.sum()), f"{what} was left out", f"{what}s were left out")
            remarks.append(f"{was}: the amount is too large to be added up exactly.")
        if kind in _WITHOUT:
            blank = (frame["amount"] == NO_INT).to_numpy(bool)
            if blank.any():
                told = int(frame["category"][blank].isin(_BACK).sum())
                frame = frame[~blank].reset_index(drop=True)
                was = counted(told, f"{what} without an amount was", f"{what}s without an amount were")
                remarks += [f"{was} left out."] if told else []
        found[kind] = frame
    return found, remarks


def _too_large(frame: pd.DataFrame) -> Mask:
    """Records that could make a sum overflow; none as long as all of them together do not."""
    columns = [frame[name].to_numpy(np.int64) for name in _MONEY if name in frame]
    sizes = [np.where(column == NO_INT, 0.0, np.abs(column.astype(np.float64))) for column in columns]
    none = np.zeros(len(frame), np.bool_)
    if not len(frame) or max(size.sum() for size in sizes) < _SAFE:
        return none
    most = _SAFE // len(frame)
    found: Mask = np.logical_or.reduce([size > most for size in sizes])
    return found
