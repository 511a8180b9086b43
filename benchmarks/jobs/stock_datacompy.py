"""A peer: datacompy (polars) on figures that were added up and mapped beforehand. It explains nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import datacompy
import polars as pl

from benchmarks.jobs._measure import Stages, Verdict, run
from benchmarks.stock_files import ODOO, PLACES, SHOPIFY

_frames: list[pl.DataFrame] = []
_compared: list[datacompy.PolarsCompare] = []


def prepare(folder: Path) -> None:
    """Read both files; add Odoo's places up to the locations of Shopify."""
    shop = pl.read_csv(folder / SHOPIFY, infer_schema=False).select(
        pl.col("SKU").alias("sku"),
        pl.col("Location").alias("place"),
        pl.col("Available").cast(pl.Int64).alias("free"),
    )
    roots = {root: shop for shop, root in PLACES.items()}
    odoo = (
        pl.read_csv(folder / ODOO, infer_schema=False)
        .select(
            pl.col("Product/Internal Reference").alias("sku"),
            pl.col("Location").str.split("/").list.first().replace_strict(roots).alias("place"),
            pl.col("Available Quantity").cast(pl.Float64).cast(pl.Int64).alias("free"),
        )
        .group_by("sku", "place")
        .agg(pl.col("free").sum())
    )
    _frames.extend((shop, odoo))


def job(folder: Path, scratch: Path, stages: Stages) -> None:
    """Compare."""
    del folder, scratch, stages
    compared = datacompy.PolarsCompare(*_frames, join_columns=["sku", "place"])
    compared.count_matching_rows()
    _compared.append(compared)


def found(scratch: Path) -> Iterable[Verdict]:
    """SKU, place and difference of each row that differs."""
    del scratch
    joined = _frames[0].join(_frames[1], on=["sku", "place"], suffix="_odoo")
    differing = joined.filter(pl.col("free") != pl.col("free_odoo"))
    for sku, place, free, odoo in differing.select("sku", "place", "free", "free_odoo").iter_rows():
        yield sku, place, free - odoo, "amount"


if __name__ == "__main__":
    run(prepare, job, found)
