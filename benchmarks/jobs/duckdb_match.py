"""A peer: DuckDB's plain join and classification alone, tables already in memory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from benchmarks.jobs._measure import Stages, Verdict, run
from benchmarks.jobs.duckdb_file import MATCH, read, verdicts

_connection = duckdb.connect()


def job(folder: Path, scratch: Path, stages: Stages) -> None:
    """Join and classify; the keys were normalised when the tables were read."""
    del folder, scratch, stages
    _connection.execute(MATCH)


def found(scratch: Path) -> Iterable[Verdict]:
    """Case and kind of each record."""
    del scratch
    return verdicts(_connection)


if __name__ == "__main__":
    run(lambda folder: read(_connection, folder), job, found)
