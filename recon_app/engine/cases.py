"""From linked entries to cases: sums per side, and the lines that a screen shows side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.normalise import combined
from recon_app.engine.texts import distinct
from recon_app.models.record import NO_INT, Side, missing_bits, missing_sides

__all__ = [
    "SIDES",
    "Ints",
    "Legs",
    "by_time",
    "earliest",
    "lay_out",
    "missing_bits",
    "missing_sides",
    "pick",
    "summarise",
]

Ints = NDArray[np.int64]

SIDES = tuple(Side)


@dataclass(frozen=True)
class Legs:
    """Records of cases, one element per record; a record stands in one case only.

    Attributes:
        case: Case number.
        side: Index into :data:`SIDES`.
        record: Record id in the cache.
        block: Which records of a case stand beside each other, in this order; None where nobody can say.
    """

    case: Ints
    side: Ints
    record: Ints
    block: Ints | None = None

    @classmethod
    def none(cls) -> Legs:
        """No legs."""
        return cls(*(np.array([], np.int64) for _ in range(3)))

    @classmethod
    def concat(cls, *parts: Legs) -> Legs:
        """Put several sets of legs behind each other."""
        return cls(
            np.concatenate([part.case for part in parts]),
            np.concatenate([part.side for part in parts]),
            np.concatenate([part.record for part in parts]),
            None if all(part.block is None for part in parts) else np.concatenate(list(map(_blocks, parts))),
        )

    @classmethod
    def of_side(cls, side: Side, case: Ints, record: Ints) -> Legs:
        """Legs that all stand on one side."""
        return cls(case, np.full(len(case), SIDES.index(side), np.int64), record)


def summarise(entries: Mapping[Side, pd.DataFrame], case: Mapping[Side, Ints], count: int) -> pd.DataFrame:
    """Sum the entries of each case.

    Args:
        entries: Primary entries per side with amount, currency, day and key.
        case: Case number of each entry.
        count: Number of cases.

    Returns:
        One row per case; per side ``n_<side>`` entries, ``sum_<side>`` minor units (:data:`NO_INT` where
        the entries are in several currencies) and ``first_<side>`` row of the earliest entry (-1 for none).
    """
    columns: dict[str, Ints] = {}
    for side, frame in entries.items():
        numbers = case[side]
        total = np.zeros(count, np.int64)
        np.add.at(total, numbers, frame["amount"].to_numpy(np.int64))
        first = earliest(frame, numbers, count)
        currency, _ = distinct(frame["currency"])
        total[numbers[currency != currency[first[numbers]]]] = NO_INT
        columns[f"n_{side}"] = np.bincount(numbers, minlength=count).astype(np.int64)
        columns[f"sum_{side}"] = total
        columns[f"first_{side}"] = first
    return pd.DataFrame(columns, copy=False)


def earliest(frame: pd.DataFrame, case: Ints, count: int) -> Ints:
    """The earliest row of each case, -1 for none; ``case`` has the case of each row."""
    first = np.full(count, -1, np.int64)
    first[case] = np.arange(len(case))
    several = np.flatnonzero(np.bincount(case, minlength=count)[case] > 1)  # few rows have to be sorted
    latest = several[by_time(frame[["key", "day"]].iloc[several])[::-1]]
    first[case[latest]] = latest  # the earliest is written last
    return first


def by_time(frame: pd.DataFrame) -> Ints:
    """Rows by their day, those of one day by their key: whatever order the files were loaded in."""
    return np.lexsort((frame["key"].to_numpy(np.int64), frame["day"].to_numpy(np.int64)))


def pick(frame: pd.DataFrame, field: str, rows: Ints) -> NDArray[np.generic]:
    """Values of a field at ``rows``; none where the row is -1."""
    column = frame[field].array
    if isinstance(column, pd.Categorical):
        names = np.array([*column.categories, ""], object)
        code = column.codes[rows] if len(column) else np.full(len(rows), -1)
        return names[np.where(rows >= 0, code, -1)]
    values = frame[field].to_numpy()
    empty = NO_INT if values.dtype.kind == "i" else ""
    if not len(values):
        return np.full(len(rows), empty, values.dtype if values.dtype.kind == "i" else object)
    return np.where(rows >= 0, values[np.maximum(rows, 0)], empty)


def _blocks(legs: Legs) -> Ints:
    return np.zeros(len(legs.case), np.int64) if legs.block is None else legs.block


def _in_blocks(legs: Legs, rank: Ints) -> dict[str, Ints]:
    """Lay each block of a case out as if it were a case, then give its lines back to the case."""
    alone = np.setdiff1d(np.arange(len(rank)), legs.case)
    case, block = np.append(legs.case, alone), np.append(_blocks(legs), np.zeros(len(alone), np.int64))
    every, number = np.unique(np.stack([rank[case], block], axis=1), axis=0, return_inverse=True)
    number = number.reshape(-1)
    mine = Legs(number[: len(legs.case)], legs.side, legs.record)
    lines = lay_out(mine, np.arange(len(every), dtype=np.int64))
    owner = np.zeros(len(every), np.int64)
    owner[number] = case
    lines["case"] = owner[lines["case"]]
    first = np.ones(len(lines["case"]), np.bool_)
    first[1:] = lines["case"][1:] != lines["case"][:-1]
    starts = np.flatnonzero(first)
    heights = np.diff(np.append(starts, len(first)))
    lines["part"] = np.arange(len(first)) - np.repeat(starts, heights)
    return lines


def lay_out(legs: Legs, rank: Ints) -> dict[str, Ints]:
    """Lay legs side by side: the n-th leg of each side of a case, or of a block, stands on its n-th line.

    A case without legs (a payout that only its lines tell of) keeps one line, without records.

    Args:
        legs: All legs.
        rank: Display position of each case.

    Returns:
        Equally long columns case, part and one column of record ids per side, in display order.
    """
    if legs.block is not None:
        return _in_blocks(legs, rank)
    order = np.argsort(combined(rank[legs.case], legs.side, legs.record))
    case, side, record = legs.case[order], legs.side[order], legs.record[order]
    new = np.ones(len(case), np.bool_)
    new[1:] = (case[1:] != case[:-1]) | (side[1:] != side[:-1])
    starts = np.flatnonzero(new)
    part = np.arange(len(case)) - np.repeat(starts, np.diff(np.append(starts, len(case))))
    height = np.ones(len(rank), np.int64)
    np.maximum.at(height, case, part + 1)
    by_rank = np.argsort(rank, kind="stable")
    offset = np.empty(len(rank), np.int64)
    offset[by_rank] = np.cumsum(height[by_rank]) - height[by_rank]
    row = offset[case] + part
    size = int(height.sum())
    lines = {str(name): np.full(size, NO_INT, np.int64) for name in SIDES}
    for position, name in enumerate(SIDES):
        mine = side == position
        lines[str(name)][row[mine]] = record[mine]
    numbers = np.repeat(by_rank, height[by_rank])
    lines["case"] = numbers
    lines["part"] = np.arange(size) - offset[numbers]
    return lines
