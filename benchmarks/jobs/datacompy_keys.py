"""A peer: datacompy (polars) on keys normalised beforehand. It compares; it stores nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import datacompy
import polars as pl

from benchmarks.generate import ODOO, SHOPIFY
from benchmarks.jobs._measure import Stages, Verdict, run

_frames: list[pl.DataFrame] = []
_compared: list[datacompy.PolarsCompare] = []


def prepare(folder: Path) -> None:
    """Read both files and make the keys: the number in the reference, the direction, and an ordinal."""
    for file, ref, amount, day in (
        (SHOPIFY, "Order", "Amount", "Transaction Date"),
        (ODOO, "Memo", "Amount Signed", "Date"),
    ):
        frame = pl.read_csv(folder / file, infer_schema=False).with_row_index("row", offset=1)
        minor = (pl.col(amount).cast(pl.Float64) * 100).round().cast(pl.Int64)
        number = pl.col(ref).str.replace_all(r"\s", "").str.extract("([0-9]{3,})")
        frame = frame.select(
            pl.col("row"),
            minor.alias("minor"),
            pl.col("Currency").alias("currency"),
            pl.col(day).str.slice(0, 10).str.to_date().alias("booked"),
            pl.concat_str(number, minor.sign().cast(pl.String)).alias("number"),
        ).drop_nulls("number")
        _frames.append(frame.with_columns(pl.int_range(pl.len()).over("number").alias("ordinal")))


def job(folder: Path, scratch: Path, stages: Stages) -> None:
    """Compare amounts and currencies."""
    del folder, scratch, stages
    one, other = (frame.drop("row", "booked") for frame in _frames)
    compared = datacompy.PolarsCompare(one, other, join_columns=["number", "ordinal"])
    compared.count_matching_rows()
    _compared.append(compared)


def found(scratch: Path) -> Iterable[Verdict]:
    """Case and kind of each record."""
    del scratch
    joined = _frames[0].join(_frames[1], on=["number", "ordinal"], suffix="_o")
    for row, other, number, ordinal, same in joined.select(
        "row",
        "row_o",
        "number",
        "ordinal",
        (pl.col("minor") == pl.col("minor_o")) & (pl.col("currency") == pl.col("currency_o")),
    ).iter_rows():
        kind = "matched" if same else "amount"
        yield "platform", row, f"{number} {ordinal}", kind
        yield "odoo", other, f"{number} {ordinal}", kind


if __name__ == "__main__":
    run(prepare, job, found)
