"""Results of runs: written whole, read page by page.

Only the newest run of a reconciliation is kept. The rows of a listing are found once, as an array of line
ids; a page is then fetched by id, so that scrolling costs the same at the end of a million rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Integer, delete, func, insert, literal_column, select

from recon_app.models.case import CALM
from recon_app.models.money import ODD_EXPONENTS
from recon_app.models.problem import UsageError
from recon_app.models.record import FIELDS, NO_INT, Side
from recon_app.store.database import writing
from recon_app.store.events import now
from recon_app.store.schema import case_note, line, run, support
from recon_app.store.scopes import Scope
from recon_app.store.scopes import tests as tests_of_scope
from recon_app.store.workspace import Workspace

Ints = NDArray[np.int64]
_CHUNK = 20_000
_OF_NOTE = re.compile(r"note(\.[a-z_]+)+")
_MOST_IDS = 500
_RECORD_FIELDS = frozenset(spec.name for spec in FIELDS)
#: The record ids of a line; a side may have the name of a function.
_LEG = {side: f'line."{side}"' for side in Side}
_LINE_FIELDS = frozenset(column.name for column in line.columns)
_LINE_INTEGERS = frozenset(column.name for column in line.columns if isinstance(column.type, Integer))
_NULLABLE = frozenset(column.name for column in line.columns if column.nullable)
#: SQLite's lower() folds these letters only.
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
#: Text fields that the filter looks into.
_SEARCHED = ("ref", "ref2", "grp", "ident", "text", "account", "sku", "barcode", "location", "lot")


@dataclass(frozen=True)
class RunRow:
    """One finished run.

    Attributes:
        id: Number of the run.
        reconciliation: Its reconciliation.
        period: ``YYYY-MM`` or None for everything.
        finished: ISO moment in UTC.
        summary: What the service kept of it.
    """

    id: int
    reconciliation: str
    period: str | None
    finished: str
    summary: dict[str, Any]


def save_run(
    ws: Workspace,
    reconciliation: str,
    period: str | None,
    started: str,
    lines: Mapping[str, NDArray[Any]],
    notes: Mapping[int, object],
    supports: Sequence[tuple[int, str, int]],
    summary: Mapping[str, object],
) -> int:
    """Replace the result of a reconciliation in one transaction.

    Args:
        ws: The workspace.
        reconciliation: Id of the reconciliation.
        period: Period of the run.
        started: ISO moment.
        lines: Columns of the table ``line`` without id and run, in display order; NO_INT and "" are
            stored as NULL.
        notes: Case notes by case key.
        supports: (case key, side, record id).
        summary: JSON summary.

    Returns:
        The number of the run.
    """
    with writing(ws.cache) as connection:
        newest = connection.execute(select(func.max(run.c.id))).scalar() or 0
        _drop_runs(connection, reconciliation)
        row = {
            "id": newest + 1,  # never the number of a result that a screen still shows
            "reconciliation": reconciliation,
            "period": period,
            "started": started,
            "finished": now(),
            "summary": summary,
        }
        number = int(connection.execute(insert(run).values(row).returning(run.c.id)).scalar_one())
        cursor: Any = connection.connection.cursor()
        _insert_lines(cursor, number, lines)
        if notes:
            connection.execute(
                insert(case_note),
                [{"run": number, "case_key": key, "data": data} for key, data in notes.items()],
            )
        cursor.executemany(
            "INSERT INTO support (run, case_key, side, record) VALUES (?, ?, ?, ?)",
            ((number, *values) for values in supports),
        )
    return number


def _drop_runs(connection: Connection, reconciliation: str) -> None:
    old = connection.execute(select(run.c.id).where(run.c.reconciliation == reconciliation)).scalars()
    for number in old.all():
        for table in (line, case_note, support):
            connection.execute(delete(table).where(table.c.run == number))
        connection.execute(delete(run).where(run.c.id == number))


def _insert_lines(cursor: Any, number: int, lines: Mapping[str, NDArray[Any]]) -> None:
    """Insert the lines of a run; columns that are blank throughout are left out.

    Raises:
        ValueError: the table has no such column.
    """
    if not set(lines) <= _LINE_FIELDS:
        raise ValueError(f"unknown line columns: {sorted(set(lines) - _LINE_FIELDS)}")
    filled = {name: column for name, column in lines.items() if _says_something(name, column)}
    # binding None costs the driver ten times what a number costs
    marks = ", ".join(f"NULLIF(?, {_blank(name)!r})" if name in _NULLABLE else "?" for name in filled)
    columns = ", ".join(f'"{name}"' for name in filled)
    for start in range(0, max(map(len, filled.values()), default=0), _CHUNK):
        part = [column[start : start + _CHUNK].tolist() for column in filled.values()]
        cursor.executemany(
            f"INSERT INTO line (run, {columns}) VALUES ({number}, {marks})",  # noqa: S608
            zip(*part, strict=True),
        )


def _says_something(name: str, column: NDArray[Any]) -> bool:
    """Whether a column of lines is not blank throughout."""
    # any() stops at the first text
    return bool((column != NO_INT).any()) if name in _LINE_INTEGERS else any(column)


def _blank(name: str) -> int | str:
    """What stands for NULL in a column of lines."""
    return NO_INT if name in _LINE_INTEGERS else ""


def latest_run(ws: Workspace, reconciliation: str) -> RunRow | None:
    """The newest run of a reconciliation, None when it never ran."""
    with ws.cache.connect() as connection:
        row = connection.execute(
            select(run).where(run.c.reconciliation == reconciliation).order_by(run.c.id.desc()).limit(1)
        ).first()
    if row is None:
        return None
    return RunRow(row.id, row.reconciliation, row.period, row.finished, row.summary)


def set_states(ws: Workspace, number: int, states: Mapping[int, str]) -> None:
    """Write the state of cases into the lines of a run."""
    with writing(ws.cache) as connection:
        cursor: Any = connection.connection.cursor()
        cursor.executemany(
            "UPDATE line SET state = ? WHERE run = ? AND case_key = ?",
            [(state, number, key) for key, state in states.items()],
        )


@dataclass(frozen=True)
class Query:
    """Which lines of a run are wanted, in which order.

    Attributes:
        run: Number of the run.
        kinds: Kinds to show; empty for all.
        states: States to show; empty for all.
        causes: Causes to show; empty for all.
        sides: Only lines with a record on one of these sides, and those without any; empty for all.
        payouts_only: Only cases of payouts: what the bank is compared with.
        scope: Which cases are meant.
        text: Only lines with a record that contains it, or an amount equal to it.
        minors: The text as minor units by the number of decimals of a currency; empty when it is no amount.
        sort: (side, record field) or (None, line field), or a value of the case's note as ``note.paid.day``;
            None for the display order.
        descending: Sort backwards.
    """

    run: int
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    sides: tuple[Side, ...] = ()
    payouts_only: bool = False
    scope: Scope = field(default_factory=Scope)
    text: str = ""
    minors: Mapping[int, int] = field(default_factory=dict)
    sort: tuple[Side | None, str] | None = None
    descending: bool = False


def find_lines(ws: Workspace, query: Query) -> Ints:
    """Ids of the wanted lines in the wanted order."""
    where, values = _where(query)
    join, order = _order(query)
    # names come from fixed lists, values are bound
    sql = f"{_hits(query)}SELECT line.id FROM line {join}WHERE {where} ORDER BY {order}"  # noqa: S608
    with ws.cache.connect() as connection:
        cursor: Any = connection.connection.cursor()
        cursor.execute(sql, values)
        parts: list[Ints] = []
        while rows := cursor.fetchmany(_CHUNK):
            parts.append(np.fromiter((row[0] for row in rows), np.int64, len(rows)))
    return np.concatenate(parts) if parts else np.array([], np.int64)


def _hits(query: Query) -> str:
    """Records that contain the searched text, found once."""
    if not query.text:
        return ""
    tests = [f"instr(lower(coalesce({name}, '')), :text) > 0" for name in _SEARCHED]
    if query.minors:
        tests.append(_equals("record.amount", query.minors))
    found = " OR ".join(tests)
    return f"WITH hits AS MATERIALIZED (SELECT id FROM record WHERE {found}) "  # noqa: S608


def _where(query: Query) -> tuple[str, dict[str, object]]:
    values: dict[str, object] = {"run": query.run}
    tests = ["line.run = :run"]
    for name, wanted in (("kind", query.kinds), ("state", query.states), ("cause", query.causes)):
        if wanted:
            keys = [f"{name}{number}" for number in range(len(wanted))]
            values.update(zip(keys, wanted, strict=True))
            tests.append(f"line.{name} IN ({', '.join(':' + key for key in keys)})")
    if query.sides:
        none = f"coalesce({', '.join(_LEG.values())}) IS NULL"
        there = [f"{_LEG[Side(side)]} IS NOT NULL" for side in query.sides]
        tests.append(f"({' OR '.join([*there, none])})")
    if query.payouts_only:
        tests.append(
            "(line.bank IS NOT NULL OR line.case_key IN (SELECT case_key FROM case_note "
            "WHERE run = :run AND json_type(data, '$.payout') = 'array'))"
        )
    more, bound = tests_of_scope(query.scope)
    tests += more
    values |= bound
    if query.text:
        values["text"] = query.text.translate(_LOWER)
        found = [f"{leg} IN (SELECT id FROM hits)" for leg in _LEG.values()]  # noqa: S608
        found.append("instr(lower(coalesce(line.grp, '')), :text) > 0")
        values.update({f"minor{digits}": abs(minor) for digits, minor in query.minors.items()})
        if query.minors:
            found.append(_equals("line.delta", query.minors))
        tests.append(f"({' OR '.join(found)})")
    return " AND ".join(tests), values


def _equals(column: str, minors: Mapping[int, int]) -> str:
    """Whether an amount is the searched one, in the decimals of its currency."""
    currency = f"{column.split('.', maxsplit=1)[0]}.currency"
    tests = []
    for digits in minors:
        codes = ", ".join(f"'{code}'" for code, found in ODD_EXPONENTS.items() if digits in (2, found))
        among = f"{currency} {'NOT IN' if digits == 2 else 'IN'} ({codes})"
        tests.append(f"(abs({column}) = :minor{digits} AND {among})")
    return f"({' OR '.join(tests)})"


def _order(query: Query) -> tuple[str, str]:
    if query.sort is None:
        return "", "line.id"
    side, name = query.sort
    way = "DESC" if query.descending else "ASC"
    if _OF_NOTE.fullmatch(name):
        value = f"json_extract(noted.data, '$.{name.partition('.')[2]}')"
        return (
            "LEFT JOIN case_note AS noted ON noted.run = line.run AND noted.case_key = line.case_key ",
            f"{value} IS NULL, {value} {way}, line.id",
        )
    if side is None:
        if name not in _LINE_FIELDS:
            raise ValueError(f"{name!r} is not a column of the result")
        return "", f"line.{name} IS NULL, line.{name} {way}, line.id"
    if name not in _RECORD_FIELDS:
        raise ValueError(f"{name!r} is not a record field")
    return (
        f"LEFT JOIN record AS sorted ON sorted.id = {_LEG[Side(side)]} ",
        f"sorted.{name} IS NULL, sorted.{name} {way}, line.id",
    )


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a result; see the table ``line``."""

    id: int
    case_key: int
    part: int
    kind: str
    cause: str | None
    rule: str | None
    missing: int
    grp: str | None
    day: int | None
    delta: int | None
    currency: str | None
    unit: str | None
    value: int | None
    state: str
    records: dict[Side, int]


_LINE_COLUMNS = (
    "id, case_key, part, kind, cause, rule, missing, grp, day, delta, currency, unit, value, state, "
    + ", ".join(_LEG.values())
)


def _line(row: Sequence[Any]) -> LineRow:
    names = [spec.name for spec in fields(LineRow)][:-1]
    ids = zip(Side, row[len(names) :], strict=True)
    records = {side: number for side, number in ids if number is not None}
    return LineRow(**dict(zip(names, row[: len(names)], strict=True)), records=records)


def fetch_lines(ws: Workspace, number: int, ids: Sequence[int]) -> list[LineRow]:
    """Lines of a run by id, in the order of ``ids``.

    Raises:
        UsageError: another run has replaced this one.
    """
    found: dict[int, LineRow] = {}
    with ws.cache.connect() as connection:
        cursor: Any = connection.connection.cursor()
        for first in range(0, len(ids), _MOST_IDS):
            part = [int(one) for one in ids[first : first + _MOST_IDS]]
            marks = ", ".join("?" * len(part))
            cursor.execute(
                f"SELECT {_LINE_COLUMNS} FROM line WHERE id IN ({marks}) AND run = ?",  # noqa: S608
                [*part, number],
            )
            found.update((row[0], _line(row)) for row in cursor.fetchall())
    if len(found) < len(set(ids)):
        raise UsageError("a newer run has replaced this result; open the list again")
    return [found[int(one)] for one in ids]


def case_lines(ws: Workspace, number: int, case_key: int) -> list[LineRow]:
    """All lines of a case, empty when the run has no such case."""
    with ws.cache.connect() as connection:
        cursor: Any = connection.connection.cursor()
        cursor.execute(
            f"SELECT {_LINE_COLUMNS} FROM line WHERE run = ? AND case_key = ? ORDER BY id",  # noqa: S608
            (number, case_key),
        )
        return [_line(row) for row in cursor.fetchall()]


def case_support(ws: Workspace, number: int, case_keys: Sequence[int]) -> list[tuple[int, Side, int]]:
    """(case key, side, record id) of the supporting records of cases, in the order they were kept in."""
    found: list[tuple[int, Side, int]] = []
    with ws.cache.connect() as connection:
        for first in range(0, len(case_keys), _MOST_IDS):
            keys = [int(key) for key in case_keys[first : first + _MOST_IDS]]
            rows = connection.execute(
                select(support)
                .where(support.c.run == number, support.c.case_key.in_(keys))
                .order_by(literal_column("rowid"))
            )
            found += [(row.case_key, Side(row.side), row.record) for row in rows]
    return found


def cases_of(ws: Workspace, number: int, *records: int) -> set[int]:
    """Keys of the cases that some records stand in; a single record stands in one at most."""
    wanted = ", ".join(str(int(record)) for record in records)
    legs = " OR ".join(f"{leg} IN ({wanted})" for leg in _LEG.values())
    with ws.cache.connect() as connection:
        cursor: Any = connection.connection.cursor()
        cursor.execute(
            f"SELECT case_key FROM line WHERE run = :run AND ({legs}) "  # noqa: S608
            f"UNION SELECT case_key FROM support WHERE run = :run AND record IN ({wanted})",
            {"run": number},
        )
        return {row[0] for row in cursor.fetchall()}


def case_notes(ws: Workspace, number: int, case_keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Notes of cases by case key."""
    found: dict[int, dict[str, Any]] = {}
    with ws.cache.connect() as connection:
        for first in range(0, len(case_keys), _MOST_IDS):
            keys = [int(key) for key in case_keys[first : first + _MOST_IDS]]
            rows = connection.execute(
                select(case_note.c.case_key, case_note.c.data).where(
                    case_note.c.run == number, case_note.c.case_key.in_(keys)
                )
            )
            found.update((row.case_key, row.data) for row in rows)
    return found


def count_cases(ws: Workspace, number: int) -> dict[tuple[str, str], int]:
    """Cases of a run by (kind, state)."""
    with ws.cache.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT kind, state, count(*) FROM line WHERE run = ? AND part = 0 GROUP BY kind, state",
            (number,),
        )
        return {(row[0], row[1]): row[2] for row in rows}


def sum_deltas(ws: Workspace, number: int) -> list[tuple[str, str, str, int]]:
    """Sum of the cases' differences as (currency, kind, state, minor units)."""
    with ws.cache.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT currency, kind, state, sum(delta) FROM line WHERE run = ? AND part = 0 "
            "AND delta IS NOT NULL AND unit IS NULL GROUP BY currency, kind, state",
            (number,),
        )
        return [(row[0], row[1], row[2], row[3]) for row in rows]


def sum_quantities(ws: Workspace, number: int) -> list[tuple[str, str, str, int, int]]:
    """Sums of the differences of goods as (unit, kind, state, plus, minus), both positive millionths."""
    with ws.cache.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT unit, kind, state, sum(max(delta, 0)), sum(max(-delta, 0)) FROM line WHERE run = ? "
            "AND part = 0 AND delta IS NOT NULL AND unit IS NOT NULL GROUP BY unit, kind, state",
            (number,),
        )
        return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def kinds_of(ws: Workspace, ids: Ints) -> list[tuple[str, str]]:
    """Kind and state of every line of a listing, in its order."""
    if not len(ids):
        return []
    low, high = int(ids.min()), int(ids.max())
    with ws.cache.connect() as connection:
        cursor: Any = connection.connection.cursor()
        cursor.execute("SELECT id, kind, state FROM line WHERE id BETWEEN ? AND ?", (low, high))
        found = {row[0]: (row[1], row[2]) for row in cursor}
    return [found[number] for number in ids.tolist()]


def groups_of(ws: Workspace, ids: Ints) -> NDArray[np.object_]:
    """Payout of every line of a listing ("" for none), in its order."""
    low, high = int(ids.min(initial=0)), int(ids.max(initial=0))
    with ws.cache.connect() as connection:
        cursor: Any = connection.connection.cursor()
        cursor.execute("SELECT id, coalesce(grp, '') FROM line WHERE id BETWEEN ? AND ?", (low, high))
        found = dict(cursor)
    return np.array([found[number] for number in ids.tolist()], dtype=object)


def open_lines(ws: Workspace, number: int) -> Ints:
    """Ids of the first lines of cases that still need a person."""
    calm = ", ".join(f"'{kind}'" for kind in CALM)
    with ws.cache.connect() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT id FROM line WHERE run = ? AND part = 0 AND kind NOT IN ({calm}) "  # noqa: S608
            "AND state IN ('open', 'reopened') ORDER BY id",
            (number,),
        ).fetchall()
    return np.fromiter((row[0] for row in rows), np.int64, len(rows))
