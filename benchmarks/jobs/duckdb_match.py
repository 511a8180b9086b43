"""A peer: DuckDB's normalising, plain join and classification alone, the exports already in memory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from benchmarks.jobs._measure import Stages, Verdict, run
from benchmarks.jobs.duckdb_file import MATCH, TABLES, csv_source, normalise, verdicts

_connection = duckdb.connect()


def prepare(folder: Path) -> None:
    """Read both files as they are."""
    for table, names in TABLES.items():
        _connection.execute(f"CREATE TABLE raw_{table} AS FROM {csv_source(folder / names[0])}")


def job(folder: Path, scratch: Path, stages: Stages) -> None:
    """Normalise, join and classify."""
    del folder, scratch, stages
    normalise(_connection, {table: f"raw_{table}" for table in TABLES}, 'minor, booked, "Currency"')
    _connection.execute(MATCH)


def found(scratch: Path) -> Iterable[Verdict]:
    """Case and kind of each record."""
    del scratch
    return verdicts(_connection)


if __name__ == "__main__":
    run(prepare, job, found)
