"""Payouts with their lines, and whether Odoo has an entry for them."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.models.record import NO_INT, Category

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: What a payout is called that has been paid; an export without a status lists paid ones.
_PAID = ("", "paid", "completed", "complete", "success", "succeeded", "payout_paid")
#: How many days before and after a payout its entry may be booked.
_BEFORE, _AFTER = 2, 10
_SHORT = 6  # characters; a shorter id may stand in any text by chance


def payouts(frame: pd.DataFrame, lines: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """One row per payout that was paid.

    Columns id, name, account, entity (the store), day, amount, currency, net (sum of its lines, NO_INT where
    they are not known or could be another payout's), lines (ids), booked.
    """
    status = [word.casefold() in _PAID for word in frame["status"]]
    known = (frame["amount"] != NO_INT) & (frame["day"] != NO_INT)
    mine = frame[np.array(status, np.bool_) & known.to_numpy(bool)].reset_index(drop=True)
    entity = entities(mine["extra"])
    table = pd.DataFrame(
        {
            "id": mine["id"],
            "ident": mine["ident"],
            "name": mine["ident"].where(mine["ident"] != "", mine["ref2"]),
            "account": mine["account"],
            "entity": entity,
            "day": mine["day"],
            "amount": mine["amount"],
            "currency": mine["currency"],
        }
    )
    net, ids = _lines_of(table, lines[(lines["category"] != Category.PAYOUT).to_numpy(bool)])
    named = pd.concat([mine["ident"], mine["ref2"]], axis=1).to_numpy(object)
    return table.assign(
        net=net, lines=pd.Series(ids, table.index, object), booked=_booked(table, named, items)
    )


def entities(extra: pd.Series) -> list[str]:
    """The business entity that each record belongs to, "" for none: Shopify's word for a store's company."""
    read = {text: str(json.loads(text).get("entity", "")) if text else "" for text in set(extra)}
    return [read[text] for text in extra]


def _lines_of(table: pd.DataFrame, lines: pd.DataFrame) -> tuple[Ints, list[tuple[int, ...]]]:
    """Net and lines of each payout: by its id, else by account, store, currency and day."""
    keyed = lines.assign(entity=entities(lines["extra"]), unknown=lines["net"] == NO_INT)
    by_id = keyed[(keyed["grp"] != "").to_numpy(bool)].groupby(["account", "grp"], sort=False)
    dated = keyed[(keyed["due"] != NO_INT).to_numpy(bool)]
    keys = ["account", "entity", "currency", "due"]
    by_day = dated.groupby(keys, sort=False)
    sums = [
        group.agg(net=("net", "sum"), unknown=("unknown", "any"), ids=("id", tuple))
        for group in (by_id, by_day)
    ]
    found = [dict(zip(each.index, each.to_dict("records"), strict=True)) for each in sums]
    columns = ["account", "entity", "currency", "day"]
    alone = ~table.duplicated(columns, keep=False)
    net, ids = np.full(len(table), NO_INT, np.int64), []
    for place, row in enumerate(table.to_dict("records")):
        hit = found[0].get((row["account"], row["ident"])) if row["ident"] else None
        if hit is None and alone.iloc[place]:
            hit = found[1].get(tuple(row[name] for name in columns))
        if hit is not None and not hit["unknown"]:
            net[place] = hit["net"]
        ids.append(() if hit is None else hit["ids"])
    return net, ids


def _booked(table: pd.DataFrame, named: NDArray[np.object_], items: pd.DataFrame) -> Mask:
    """Whether a posted entry names the payout, or has its amount within some days."""
    posted = items[items["status"].isin(["posted", ""]).to_numpy(bool)]
    days: dict[tuple[int, str], list[int]] = {}
    for amount, code in (("amount", "currency"), ("foreign_amount", "foreign_currency")):
        for minor, currency, day in zip(
            posted[amount].tolist(), posted[code].tolist(), posted["day"].tolist(), strict=True
        ):
            if minor not in (0, NO_INT):
                days.setdefault((abs(minor), currency), []).append(day)
    words = {word for text in pd.concat([posted["ref"], posted["text"]]).unique() for word in text.split()}
    found = np.zeros(len(table), np.bool_)
    for place, row in enumerate(table.to_dict("records")):
        near = days.get((abs(row["amount"]), row["currency"]), ())
        found[place] = any(-_BEFORE <= day - row["day"] <= _AFTER for day in near) or any(
            len(name) >= _SHORT and name.rpartition("/")[2] in words for name in named[place]
        )
    return found
