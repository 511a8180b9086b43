"""Which lines of the platforms count when several reports tell of one account: each movement once.

A platform offers the same balance movements in several reports, each under the same id. The report that says
most counts, and what only another one says (the order, the payout) is put into its lines. A list of payments
is no list of movements: it speaks for itself only where no other report has the charge.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.models.record import NO_INT, Category

Mask = NDArray[np.bool_]

#: Sources whose ids are the platform's own and the same in all of them; per platform the one that says most
#: first.
_MOVEMENTS = (
    ("stripe_payout_reconciliation", "stripe_balance_history", "stripe_balance_change"),
    ("paypal_activity", "paypal_statement", "paypal_history", "paypal_stl", "paypal_trr"),
)
_RANKS = {source: rank for sources in _MOVEMENTS for rank, source in enumerate(sources)}
#: Lists of payments whose ids stand in the second reference of the movements.
_PAYMENTS = frozenset({"stripe_payments"})
_STILL = (str(Category.AUTHORIZATION), str(Category.VOID))


def counted_once(lines: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The payment lines that count, in their order, and what was left out, as sentences."""
    remarks = []
    still = lines["category"].isin(_STILL).to_numpy(bool)
    if still.any():
        lines = lines[~still].reset_index(drop=True)
        remarks.append(
            f"{int(still.sum())} payment lines move no money (authorised, void) and were left out."
        )
    if len(lines["source"].unique()) > 1:
        for find in (_told_again, _only_payments):
            lines, count, names = find(lines)
            if count:
                remarks.append(
                    f"{count} payment lines of {names} were left out: another report has them too."
                )
    return lines, remarks


def _told_again(lines: pd.DataFrame) -> tuple[pd.DataFrame, int, str]:
    """Movements that a report which says more has too; it takes over what it lacks."""
    rank = lines["source"].map(_RANKS)
    known = lines[rank.notna() & (lines["ident"] != "")]
    keys = ["account", "currency", "ident", "amount"]
    best = rank[known.index].groupby([known[key] for key in keys]).transform("min")
    again = known.index[(rank[known.index] > best).to_numpy(bool)]
    if not len(again):
        return lines, 0, ""
    told = lines.loc[again]
    together = known[_pairs(known, keys).isin(_pairs(told, keys))]
    kept = together.index.difference(again)
    return _without(_completed(lines, together, kept, keys), again)


def _pairs(frame: pd.DataFrame, keys: Sequence[str]) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[list(keys)])


def _completed(lines: pd.DataFrame, together: pd.DataFrame, kept: pd.Index, keys: list[str]) -> pd.DataFrame:
    """Fill references and payout of the kept lines from the other reports, the payout with its day."""
    ranked = together.assign(rank=together["source"].map(_RANKS)).sort_values("rank", kind="stable")
    paid = ranked["grp"] != ""
    of_kept = _pairs(lines.loc[kept], keys)
    columns = {}
    for name, blank in (("ref", ""), ("ref2", ""), ("grp", ""), ("due", NO_INT)):
        first = ranked[(ranked[name] != blank) & (paid if name == "due" else True)].drop_duplicates(keys)
        place = _pairs(first, keys).get_indexer(of_kept)
        own = lines[name].copy()
        take = (own[kept] == blank).to_numpy(bool) & (place >= 0)
        own.loc[kept[take]] = first[name].to_numpy()[place[take]]
        columns[name] = own
    return lines.assign(**columns)


def _only_payments(lines: pd.DataFrame) -> tuple[pd.DataFrame, int, str]:
    """Charges of a list of payments that a report of movements has; their order goes over to it."""
    listed = lines["source"].isin(_PAYMENTS)
    movements = lines[~listed & (lines["ref2"] != "")]
    payments = lines[listed & (lines["ident"] != "")]
    charge = _pairs(movements, ["account", "ref2"])
    payment = _pairs(payments, ["account", "ident"])
    again = payments.index[payment.isin(charge)]
    if not len(again):
        return lines, 0, ""
    orders = pd.Series(payments["ref"].to_numpy(object), index=payment)
    orders = orders[(orders != "") & ~orders.index.duplicated()]
    found = orders.reindex(charge)
    take = (movements["ref"] == "").to_numpy(bool) & found.notna().to_numpy(bool)
    ref = lines["ref"].copy()
    ref.loc[movements.index[take]] = found[take].to_numpy(object)
    return _without(lines.assign(ref=ref), again)


def _without(lines: pd.DataFrame, again: pd.Index) -> tuple[pd.DataFrame, int, str]:
    names = ", ".join(sorted(set(lines["source"][again])))
    return lines.drop(index=again).reset_index(drop=True), len(again), names
