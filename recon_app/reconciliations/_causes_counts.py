"""What explains that a count differs from Odoo: transfers, deliveries and receipts of those days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from recon_app.engine.cases import SIDES, Legs
from recon_app.engine.root_cause import LIKELY, POSSIBLE, Fact, explain
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations._base import Result
from recon_app.reconciliations._causes_subject import Subject, in_order
from recon_app.reconciliations._stock_counts import add_counts
from recon_app.reconciliations._stock_policy import Policy

Frames = Mapping[RecordType, pd.DataFrame]

#: A movement can explain a count for so many days.
_DAYS = 30
_COUNT = SIDES.index(Side.COUNT)
_OUTSIDE = ("Customers", "Vendors")


def counted(frames: Frames, policy: Policy, moves: pd.DataFrame, names: pd.Series) -> Iterator[Subject]:
    """The counted places that differ from Odoo, where movements explain it exactly."""
    result = Result(cases=goods.case_table([]), legs=Legs.none(), support=Legs.none())
    add_counts(result, frames, policy)
    cases = result.cases
    off = np.flatnonzero((cases["delta"] != NO_INT) & (cases["delta"] != 0)) if len(cases) else ()
    told = _told(frames, moves, names)
    of_sku = told.groupby("sku_name").indices
    for case in off:
        note, delta = result.notes[int(case)], int(cases["delta"].iloc[case])
        ranking = explain(delta, in_order(_facts(told.iloc[of_sku.get(note["sku"], [])], note["location"])))
        if not ranking.choices or ranking.choices[0].rest:
            continue
        mine = (result.legs.case == case) & (result.legs.side == _COUNT)
        legs = [(Side.COUNT, int(record)) for record in result.legs.record[mine]]
        key = goods.SEPARATOR.join(("count", note["sku"], note["location"], note["lot"]))
        short = "the count" if delta < 0 else "Odoo"
        yield Subject(key, note["sku"], note["location"], delta, short, ranking, legs)


def _told(frames: Frames, moves: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Moves with their products, places and orders, of the days before the last count."""
    columns = frames[RecordType.STOCK_MOVE][["id", "sku", "location", "location_to"]]
    table = moves.merge(columns.rename(columns={"sku": "sku_name"}), on="id", how="left")
    counts = frames[RecordType.STOCK_COUNT]
    latest = int(counts["at"].max()) if len(counts) else NO_INT
    since = max(latest - _DAYS * 86_400, NO_INT)
    recent = (table["at"] == NO_INT) | ((table["at"] <= latest) & (table["at"] > since))
    table = table[recent.to_numpy(bool) | (table["open"] > 0).to_numpy(bool)]
    both = table["order"], table["what"]
    about = [names.get(order, what) if order else what for order, what in zip(*both, strict=True)]
    return table.assign(about=about)


def _facts(mine: pd.DataFrame, place: str) -> Iterator[Fact]:
    """What each move of a product would mean for a count: booked and not there, or there and not booked."""
    for move in mine[mine["location_to"] == place].to_dict("records"):
        outside = str(move["location"]).rpartition("/")[2] in _OUTSIDE
        if move["done"]:
            code, sure = ("receipt_too_much", POSSIBLE) if outside else ("transfer_lost", LIKELY)
            yield Fact(code, str(move["about"]), -int(move["done"]), sure)
        elif move["open"]:
            code = "return_not_validated" if move["order"] else "receipt_not_validated"
            yield Fact(code, str(move["about"]), int(move["open"]), LIKELY)
    for move in mine[mine["location"] == place].to_dict("records"):
        if move["done"]:
            yield Fact("delivered_not_sent", str(move["about"]), int(move["done"]), POSSIBLE)
        elif move["open"]:
            yield Fact("taken_not_delivered", str(move["about"]), -int(move["open"]), LIKELY)
