"""A peer: what is often written first. ``read_csv``, ``to_sql`` into sqlite3, ``merge``, ``to_sql``."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.generate import ODOO, SHOPIFY
from benchmarks.jobs._measure import Stages, Verdict, run

_DATABASE = "bench.sqlite"


def job(folder: Path, scratch: Path, stages: Stages) -> None:
    """Read, store, merge on the number in the reference, classify, store."""
    with closing(sqlite3.connect(scratch / _DATABASE)) as connection:
        stages.begin("read and store")
        platform = _read(folder / SHOPIFY, "Order", "Amount", "Transaction Date")
        platform.to_sql("platform", connection, index=False, chunksize=10_000)
        odoo = _read(folder / ODOO, "Memo", "Amount Signed", "Date")
        odoo.to_sql("odoo", connection, index=False, chunksize=10_000)
        stages.begin("match and store")
        columns = ["row", "key", "minor", "booked", "Currency"]
        merged = platform[columns].merge(
            odoo[columns], on="key", how="outer", suffixes=("_p", "_o"), indicator=True
        )
        merged["kind"] = np.select(
            [
                merged["_merge"] != "both",
                merged["Currency_p"] != merged["Currency_o"],
                merged["minor_p"] != merged["minor_o"],
                (merged["booked_p"] - merged["booked_o"]).abs() > pd.Timedelta(days=10),
            ],
            ["missing", "field", "amount", "timing"],
            "matched",
        )
        merged.drop(columns="_merge").to_sql("lines", connection, index=False, chunksize=10_000)
        connection.commit()


def _read(path: Path, ref: str, amount: str, day: str) -> pd.DataFrame:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    minor = (frame[amount].astype(float) * 100).round().astype("int64")
    number = frame[ref].str.replace(r"\s", "", regex=True).str.extract(r"([0-9]{3,})", expand=False)
    row = pd.Series(range(1, len(frame) + 1))
    key = (number + np.sign(minor).astype(str)).fillna(path.name + row.astype(str))
    return frame.assign(row=row, minor=minor, booked=pd.to_datetime(frame[day].str[:10]), key=key)


def found(scratch: Path) -> Iterable[Verdict]:
    """Case and kind of each record: the first of its lines speaks."""
    with closing(sqlite3.connect(scratch / _DATABASE)) as connection:
        for side, letter in (("platform", "p"), ("odoo", "o")):
            yield from connection.execute(
                f"SELECT '{side}', CAST(row_{letter} AS INTEGER), key, min(kind) FROM lines "
                f"WHERE row_{letter} IS NOT NULL GROUP BY row_{letter}"
            )


if __name__ == "__main__":
    run(lambda _folder: None, job, found)
