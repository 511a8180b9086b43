"""A peer: DuckDB with a file database. Read both files, normalise by regex, join, classify, store."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from benchmarks.generate import ODOO, SHOPIFY
from benchmarks.jobs._measure import Stages, Verdict, run

_READ = """
CREATE TABLE {table} AS
SELECT row_number() OVER () AS row,
       nullif(regexp_extract(regexp_replace({ref}, '\\s', '', 'g'), '[0-9]{{3,}}'), '') || sign(minor) AS key,
       {columns}
FROM (
    SELECT *, CAST(CAST({amount} AS DECIMAL(18, 2)) * 100 AS BIGINT) AS minor,
           CAST(left({day}, 10) AS DATE) AS booked
    FROM {source}
)
"""

#: What a careful person would write: one case per key, classified by counts, sums, currencies and days.
MATCH = """
CREATE TABLE cases AS
SELECT key,
    CASE WHEN p.n IS NULL OR o.n IS NULL THEN 'missing'
         WHEN p.currency <> o.currency THEN 'field'
         WHEN p.total = o.total AND abs(p.day - o.day) > 10 THEN 'timing'
         WHEN p.total = o.total THEN 'matched'
         WHEN p.n <> o.n AND p.most = o.most THEN 'duplicate'
         ELSE 'amount' END AS kind
FROM (SELECT key, count(*) n, sum(minor) total, max(minor) most, min(booked) AS day, min("Currency") currency
      FROM platform WHERE key IS NOT NULL GROUP BY key) p
FULL JOIN
     (SELECT key, count(*) n, sum(minor) total, max(minor) most, min(booked) AS day, min("Currency") currency
      FROM odoo WHERE key IS NOT NULL GROUP BY key) o USING (key);
CREATE TABLE lines AS
SELECT 'platform' AS side, row, key, coalesce(kind, 'missing') AS kind
FROM platform LEFT JOIN cases USING (key)
UNION ALL
SELECT 'odoo', row, key, coalesce(kind, 'missing') FROM odoo LEFT JOIN cases USING (key);
"""


TABLES = {
    "platform": (SHOPIFY, '"Order"', '"Amount"', '"Transaction Date"'),
    "odoo": (ODOO, '"Memo"', '"Amount Signed"', '"Date"'),
}


def csv_source(path: Path) -> str:
    """The file as DuckDB reads it: text, like the exports are."""
    return f"read_csv('{path}', header = true, all_varchar = true)"


def normalise(connection: duckdb.DuckDBPyConnection, sources: dict[str, str], columns: str) -> None:
    """Make the two tables with keys from what holds the exports' columns."""
    for table, (_, ref, amount, day) in TABLES.items():
        names = {"table": table, "ref": ref, "amount": amount, "day": day}
        connection.execute(_READ.format(**names, source=sources[table], columns=columns))


def verdicts(connection: duckdb.DuckDBPyConnection) -> Iterable[Verdict]:
    """Case and kind of each record."""
    cursor = connection.execute("SELECT side, row, coalesce(key, side || row), kind FROM lines")
    while rows := cursor.fetchmany(10_000):
        yield from rows


def job(folder: Path, scratch: Path, stages: Stages) -> None:
    """Read, match and store in a file."""
    connection = duckdb.connect(str(scratch / "bench.duckdb"))
    stages.begin("read and store")
    normalise(connection, {table: csv_source(folder / names[0]) for table, names in TABLES.items()}, "*")
    stages.begin("match and store")
    connection.execute(MATCH)
    connection.close()


def found(scratch: Path) -> Iterable[Verdict]:
    """Case and kind of each record, from the stored lines."""
    return verdicts(duckdb.connect(str(scratch / "bench.duckdb")))


if __name__ == "__main__":
    run(lambda _folder: None, job, found)
