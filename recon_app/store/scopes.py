"""Parts of a result: the cases of one pair of sides, at one place; their figures, and where a code stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recon_app.models.record import Side, missing_bits
from recon_app.store.workspace import Workspace

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Scope:
    """Which cases of a run are meant.

    Attributes:
        having: Only cases with a record on this side, or that miss one there; None for all.
        lacking: No cases with a record on one of these sides, or that miss one there.
        grp: Only cases of this place or payout; None for all.
        ages: Only cases of these ages, in the words of the run; empty for all.
    """

    having: Side | None = None
    lacking: tuple[Side, ...] = ()
    grp: str | None = None
    ages: tuple[str, ...] = ()


#: The age of a case: by its note, or what the cases are grouped by.
_AGE = "json_extract(data, '$.bucket')"


def tests(scope: Scope) -> tuple[list[str], dict[str, object]]:
    """Conditions on the table ``line`` with their values; they also use ``:run``."""
    found = []
    if scope.having is not None:
        found.append(f"line.case_key IN ({_speaking_of(scope.having)})")
    found += [f"line.case_key NOT IN ({_speaking_of(side)})" for side in scope.lacking]
    values: dict[str, object] = {}
    if scope.grp is not None:
        found.append("line.grp = :grp")
        values["grp"] = scope.grp
    if scope.ages:
        values |= {f"age{place}": age for place, age in enumerate(scope.ages)}
        wanted = ", ".join(f":age{place}" for place in range(len(scope.ages)))
        noted = f"SELECT case_key FROM case_note WHERE run = :run AND {_AGE} IN ({wanted})"  # noqa: S608
        found.append(f"(line.grp IN ({wanted}) OR line.case_key IN ({noted}))")
    return found, values


def _speaking_of(side: Side) -> str:
    """Keys of the cases that have or miss a record on a side."""
    leg = f'"{side.value}"'  # a side may have the name of a function
    absent = f"missing & {missing_bits(side)}"
    return f"SELECT case_key FROM line WHERE run = :run AND ({leg} IS NOT NULL OR {absent})"  # noqa: S608


def _where(scope: Scope, run: int) -> tuple[str, dict[str, object]]:
    found, values = tests(scope)
    return " AND ".join(["line.run = :run", *found]), {"run": run, **values}


def groups(ws: Workspace, run: int, scope: Scope) -> list[str]:
    """The places or payouts of the cases, sorted."""
    where, values = _where(scope, run)
    return [
        row[0]
        for row in _rows(
            ws,
            f"SELECT DISTINCT grp FROM line WHERE {where} AND grp IS NOT NULL ORDER BY grp",  # noqa: S608
            values,
        )
    ]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """Cases that have kind, state, unit and currency in common; sums are positive, too much and too little.

    Attributes:
        kind: Kind value.
        state: State value.
        unit: Unit of plus and minus, "" without a difference.
        currency: Currency of the values, "" where no cost is known.
        count: How many cases.
        plus: Sum of the differences above 0, millionths.
        minus: Sum of those below 0, millionths.
        value_plus: What the first are worth, minor units.
        value_minus: What the second are worth.
    """

    kind: str
    state: str
    unit: str
    currency: str
    count: int
    plus: int
    minus: int
    value_plus: int
    value_minus: int


def figures(ws: Workspace, run: int, scope: Scope) -> list[FigureRow]:
    """Count the cases and add their differences up; plus and minus never cancel out."""
    where, values = _where(scope, run)
    signed = [f"{sign}coalesce({name}, 0)" for name in ("delta", "value") for sign in "+-"]
    sums = ", ".join(f"sum(max({figure}, 0))" for figure in signed)
    rows = _rows(
        ws,
        f"SELECT kind, state, coalesce(unit, ''), coalesce(currency, ''), count(*), {sums} "  # noqa: S608
        f"FROM line WHERE {where} AND part = 0 GROUP BY 1, 2, 3, 4",
        values,
    )
    return [FigureRow(*row) for row in rows]


def ages(ws: Workspace, run: int, scope: Scope) -> dict[tuple[str, str], int]:
    """How many cases there are of each kind and age; "" for cases without an age."""
    where, values = _where(scope, run)
    rows = _rows(
        ws,
        f"SELECT kind, coalesce({_AGE}, line.grp, ''), count(*) FROM line LEFT JOIN case_note "  # noqa: S608
        f"ON case_note.run = line.run AND case_note.case_key = line.case_key WHERE {where} AND part = 0 "
        "GROUP BY 1, 2",
        values,
    )
    return {(kind, age): count for kind, age, count in rows}


def lines_of_code(ws: Workspace, run: int, code: str) -> Ints:
    """Ids of the lines of products with a SKU or barcode, or whose barcode differs by zeros in front only."""
    legs = " OR ".join(f'"{side.value}" IN (SELECT id FROM goods)' for side in Side)  # noqa: S608
    rows = _rows(
        ws,
        "WITH codes AS (SELECT :code AS sku UNION SELECT sku FROM record WHERE sku IS NOT NULL "  # noqa: S608
        "AND barcode IS NOT NULL AND (barcode = :code OR ltrim(barcode, '0') = :bare)), "
        "goods AS MATERIALIZED (SELECT id FROM record WHERE sku IN (SELECT sku FROM codes) "
        "OR barcode = :code) "
        f"SELECT id FROM line WHERE run = :run AND ({legs}) ORDER BY id",
        {"run": run, "code": code, "bare": code.lstrip("0") or code},
    )
    return np.fromiter((row[0] for row in rows), np.int64, len(rows))


def _rows(ws: Workspace, sql: str, values: dict[str, object]) -> list[Any]:
    """Rows of a query whose names come from fixed lists and whose values are bound."""
    with ws.cache.connect() as connection:
        cursor: Any = connection.connection.cursor()
        cursor.execute(sql, values)
        return list(cursor.fetchall())
