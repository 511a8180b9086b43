"""Counts against Odoo: what was counted at a place, what Odoo says was there at that moment.

Counts and quants are compared at the place and lot they name, not at the Shopify location around it. A quant
that was counted therefore stands in two cases: that of the shop's figure and that of the count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.cases import Ints, Legs, missing_bits
from recon_app.engine.counts import misplaced, roll_forward
from recon_app.engine.normalise import span_hashes, spans
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.models.rule import Transform
from recon_app.reconciliations._base import Result
from recon_app.reconciliations._stock_figures import SEPARATOR, odoo_names, reduced
from recon_app.reconciliations._stock_policy import PIECE, Policy

Mask = NDArray[np.bool_]
Texts = NDArray[np.object_]
Frames = Mapping[RecordType, pd.DataFrame]

_KEY = "count" + SEPARATOR
RULE = "count"


@dataclass(frozen=True)
class _Places:
    """Products at the places that were counted, one element per product, place and lot.

    Attributes:
        names: Product, place and lot.
        count_row: Place of each count record.
        quant_row: Place of each quant, -1 for those where nobody counted anything.
    """

    names: pd.DataFrame
    count_row: Ints
    quant_row: Ints


def add_counts(result: Result, frames: Frames, policy: Policy) -> None:
    """Put the cases of the counts behind those of the shop."""
    counts = frames[RecordType.STOCK_COUNT]
    if not len(counts):
        return
    places = _places(counts, frames[RecordType.STOCK_QUANT])
    found = _Compared(frames, policy, places)
    rows = np.flatnonzero(found.listed)
    number = np.full(len(places.names), -1, np.int64)
    number[rows] = np.arange(len(rows)) + len(result.cases)
    cases = found.cases(rows)
    result.cases = cases if not len(result.cases) else pd.concat([result.cases, cases], ignore_index=True)
    for side, frame, row in (
        (Side.COUNT, counts, places.count_row),
        (Side.ODOO, frames[RecordType.STOCK_QUANT], places.quant_row),
    ):
        case = np.where(row >= 0, number[row], -1)
        there = case >= 0
        legs = Legs.of_side(side, case[there], frame["id"].to_numpy(np.int64)[there])
        result.legs = Legs.concat(result.legs, legs)
    for place in rows.tolist():
        result.notes[int(number[place])] = found.note(place)


def _places(counts: pd.DataFrame, quants: pd.DataFrame) -> _Places:
    parts = [
        pd.DataFrame({"name": odoo_names(frame), "location": frame["location"], "lot": frame["lot"]})
        for frame in (counts, quants)
    ]
    both = pd.concat(parts, ignore_index=True)
    counted_at = both["location"].isin(set(counts["location"])).to_numpy(bool)
    row = np.full(len(both), -1, np.int64)
    inside = both[counted_at]
    row[counted_at] = inside.groupby(["name", "location", "lot"], sort=True).ngroup().to_numpy(np.int64)
    names = inside.drop_duplicates().sort_values(["name", "location", "lot"], ignore_index=True)
    return _Places(names, row[: len(counts)], row[len(counts) :])


class _Compared:
    """Counted quantities beside what Odoo had when they were counted."""

    def __init__(self, frames: Frames, policy: Policy, places: _Places) -> None:
        self._frames, self._policy, self._places = frames, policy, places
        self._size = len(places.names)
        self._sum_counts()
        self._sum_quants()
        moved = self._moved_since()
        rolled = roll_forward(self.book - moved, self.counted, moved, self.book)
        self.moved, self.delta = moved, rolled.variance
        done = self.counted != NO_INT
        self.listed: Mask = done | (self.book != 0)
        self._pairs = self._wrong_places(done)

    def _sum_counts(self) -> None:
        """Add up the lines of one sheet and person; two of them that disagree are a conflict."""
        counts = self._frames[RecordType.STOCK_COUNT]
        table = pd.DataFrame(
            {
                "row": self._places.count_row,
                "sheet": counts["grp"],
                "who": counts["account"],
                "counted": reduced(counts, "counted", self._policy).numerators,
                "at": counts["at"].to_numpy(np.int64),
            }
        )
        told = table[table["counted"] != NO_INT]
        sheets = told.groupby(["row", "sheet", "who"], sort=False).agg({"counted": "sum", "at": "max"})
        sheets = sheets.reset_index().sort_values("at", kind="stable")
        newest = sheets.drop_duplicates("row", keep="last")
        self.counted = np.full(self._size, NO_INT, np.int64)
        self.at = np.full(self._size, NO_INT, np.int64)
        row = newest["row"].to_numpy(np.int64)
        self.counted[row] = newest["counted"].to_numpy(np.int64)
        self.at[row] = newest["at"].to_numpy(np.int64)
        self.who = np.full(self._size, "", object)
        self.who[row] = newest["who"].to_numpy(object)
        different = sheets.groupby("row")["counted"].nunique()
        self.conflict = np.zeros(self._size, np.bool_)
        self.conflict[different.index.to_numpy(np.int64)] = (different > 1).to_numpy(bool)

    def _sum_quants(self) -> None:
        quants = self._frames[RecordType.STOCK_QUANT]
        row = self._places.quant_row
        there = row >= 0
        quantity = reduced(quants, "quantity", self._policy).numerators
        worth = quants["amount"].to_numpy(np.int64)
        self.book, self.worth = (np.zeros(self._size, np.int64) for _ in range(2))
        self.quants = np.bincount(row[there], minlength=self._size)
        np.add.at(self.book, row[there], np.where(quantity == NO_INT, 0, quantity)[there])
        np.add.at(self.worth, row[there], np.where(worth == NO_INT, 0, worth)[there])
        self.currency = np.full(self._size, "", object)
        self.currency[row[there]] = quants["currency"].to_numpy(object)[there]

    def _moved_since(self) -> Ints:
        """What was moved in and out of each place after it was counted (rule CNT-01)."""
        lines = self._frames[RecordType.STOCK_MOVE_LINE]
        frame = lines if len(lines) else self._frames[RecordType.STOCK_MOVE]
        by_lot = len(lines) > 0
        done = frame[(frame["status"] == "done").to_numpy(bool) & (frame["at"] != NO_INT).to_numpy(bool)]
        quantity = reduced(done, "done", self._policy).numerators
        moved = np.zeros(self._size, np.int64)
        names = self._places.names
        # without lines of lots, moves of a product with several lots belong to none of them
        keys = ["name", "location", "lot"] if by_lot else ["name", "location"]
        alone = names if by_lot else names[~names.duplicated(keys, keep=False)]
        place = pd.Series(alone.index, index=pd.MultiIndex.from_frame(alone[keys]))
        for end, way in (("location", -1), ("location_to", 1)):
            wanted = {"name": odoo_names(done), "location": done[end]}
            if by_lot:
                wanted["lot"] = done["lot"]
            row = place.reindex(pd.MultiIndex.from_frame(pd.DataFrame(wanted))).fillna(-1)
            at_row = row.to_numpy().astype(np.int64)
            counted_at = np.where(at_row >= 0, self.at[at_row], NO_INT)
            later = (counted_at != NO_INT) & (done["at"].to_numpy(np.int64) > counted_at)
            later &= quantity != NO_INT
            np.add.at(moved, at_row[later], way * quantity[later])
        return moved

    def _wrong_places(self, done: Mask) -> dict[int, tuple[int, str]]:
        """Rows that are one move together: another place, or another lot at the same place."""
        names = self._places.names
        off = np.where(done & ~self.conflict, self.delta, NO_INT)
        found: dict[int, tuple[int, str]] = {}
        for keys, cause in ((["name", "location"], "wrong_lot"), (["name", "lot"], "wrong_location")):
            code = names.groupby(keys, sort=False).ngroup().to_numpy().astype(np.int64)
            for less, more in misplaced(code, off):
                found.setdefault(less, (more, cause))
                found.setdefault(more, (less, cause))
        return found

    def cases(self, rows: Ints) -> pd.DataFrame:
        """One case per row."""
        names = self._places.names
        done = self.counted != NO_INT
        delta = np.where(done, self.delta, NO_INT)
        kind = np.where(delta == 0, str(Kind.MATCHED), str(Kind.AMOUNT)).astype(object)
        cause = np.where(delta == 0, "", "counted_differently").astype(object)
        missing = np.zeros(self._size, np.int64)
        pair = np.zeros(self._size, np.bool_)
        for row, (_, why) in self._pairs.items():
            pair[row], cause[row] = True, why
        no_quant = done & (self.quants == 0) & (self.counted != 0) & ~pair
        for mask, what, why in (
            (no_quant, Kind.MISSING, "not_in_odoo"),
            (~done, Kind.MISSING, "not_counted"),
            (self.conflict, Kind.DUPLICATE, "counts_disagree"),
        ):
            kind[mask], cause[mask] = str(what), why
        missing[no_quant], missing[~done] = missing_bits(Side.ODOO), missing_bits(Side.COUNT)
        delta = np.where(self.conflict, NO_INT, delta)
        texts = (_KEY + names["name"] + SEPARATOR + names["location"] + SEPARATOR + names["lot"]).tolist()
        common = reduced_unit(self._policy)
        value = np.full(self._size, NO_INT, np.int64)
        for row in np.flatnonzero((self.worth > 0) & (self.book > 0) & (delta != NO_INT)).tolist():
            book = int(self.book[row])
            value[row] = (2 * int(self.worth[row]) * int(delta[row]) + book) // (2 * book)
        value = np.where(self.currency == "", NO_INT, value)
        return pd.DataFrame(
            {
                "key": span_hashes(spans(texts, Transform.EXACT)),
                "kind": kind,
                "cause": cause,
                "rule": np.array([RULE], object).repeat(self._size),
                "missing": missing,
                "grp": names["location"].to_numpy(object),
                "day": np.full(self._size, NO_INT, np.int64),
                "delta": delta,
                "currency": np.where(value != NO_INT, self.currency, "").astype(object),
                "unit": np.array([common], object).repeat(self._size),
                "value": value,
            }
        ).iloc[rows]

    def note(self, row: int) -> dict[str, Any]:
        """Facts for the sentence of a case."""
        name = self._places.names.iloc[row]
        note: dict[str, Any] = {
            "sku": str(name["name"]).lstrip(SEPARATOR),
            "location": str(name["location"]),
            "lot": str(name["lot"]),
            "book": int(self.book[row]),
            "moved": int(self.moved[row]),
            "timed": bool(self.at[row] != NO_INT),
        }
        if self.counted[row] != NO_INT:
            note |= {"counted": int(self.counted[row]), "who": str(self.who[row])}
        if row in self._pairs:
            other = self._places.names.iloc[self._pairs[row][0]]
            note["partner"] = str(other["lot"] if self._pairs[row][1] == "wrong_lot" else other["location"])
        return note


def reduced_unit(policy: Policy) -> str:
    """The unit that quantities are compared in."""
    from recon_app.engine.units import denominator

    common = denominator(policy.ratios)
    return PIECE if common == 1 else f"1/{common} {PIECE}"
