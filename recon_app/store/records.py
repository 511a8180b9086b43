"""Read records: whole columns for the engine, single records for a person."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from recon_app.models.lines import Lines, as_lines
from recon_app.models.record import FIELDS, Origin, Record, RecordType
from recon_app.store.columns import INTEGERS, blank
from recon_app.store.schema import gone, import_file, loaded, record
from recon_app.store.workspace import Workspace

_CHUNK = 5_000
_AT_ONCE = 2  # threads
_AHEAD = 4  # parts
_SAMPLE = 200
_MOST_IDS = 500  # per query
_READABLE = frozenset(column.name for column in record.columns)


def read_columns(ws: Workspace, imports: Iterable[int], fields: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Read columns of the records that the given imports added, in the order of their ids.

    Records that are no longer there (see :mod:`recon_app.store.absent`) are left out.

    Args:
        ws: The workspace.
        imports: Ids of imports.
        fields: Record fields; also ``id``, ``key`` and ``digest``.

    Returns:
        Per field an int64 array (NO_INT for none) or an object array of texts ("" for none).

    Raises:
        ValueError: there is no such field.
    """
    columns = read_packed(ws, imports, fields)
    return {
        name: _as_objects(column) if isinstance(column, Lines) else column for name, column in columns.items()
    }


def read_packed(
    ws: Workspace, imports: Iterable[int], fields: Sequence[str]
) -> dict[str, NDArray[np.int64] | Lines]:
    """The same as :func:`read_columns`, with the texts of a column one a line.

    Raises:
        ValueError: there is no such field.
    """
    unknown = set(fields) - _READABLE
    if unknown:
        raise ValueError(f"{min(unknown)!r} is not a column of the records")
    names = tuple(dict.fromkeys(fields))
    wanted = set(imports)
    with ws.cache.connect() as connection:
        ranges = [
            (row.first_id, row.last_id)
            for row in connection.execute(select(loaded).order_by(loaded.c.first_id))
            if row.import_id in wanted and row.last_id >= row.first_id
        ]
        lost = connection.execute(select(gone.c.record_id)).scalars().all()
    parts = [
        (start, min(start + _CHUNK, last + 1))
        for first, last in ranges
        for start in range(first, last + 1, _CHUNK)
    ]
    count = sum(stop - start for start, stop in parts)
    columns: dict[str, _Column] = {
        name: np.empty(count, np.int64) if name in INTEGERS else Lines(bytearray(), count) for name in names
    }
    at = 0
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # SQLite gathers while other parts are turned into columns
        waiting: deque[Future[list[Any]]] = deque()
        for number, (start, stop) in enumerate(parts):
            # not all at once: what nobody has taken yet lies in memory
            for part in parts[number + len(waiting) : number + _AHEAD]:
                waiting.append(pool.submit(_gather, ws, names, *part))
            _add(columns, at, start, stop, waiting.popleft().result())
            at += stop - start
    if not lost or not ranges:
        return columns
    ids = np.concatenate([np.arange(first, last + 1) for first, last in ranges])
    return {name: _chosen(column, ~np.isin(ids, lost)) for name, column in columns.items()}


_Column = NDArray[np.int64] | Lines


def _gather(ws: Workspace, names: Sequence[str], start: int, stop: int) -> list[Any]:
    """Columns of a range of ids, all of which are there, each as one text with its values apart."""
    with ws.cache.connect() as connection:
        gathered = list(_packed(connection, map(_gathered, names), start, stop))
        for place, name in enumerate(names):
            if name not in INTEGERS and gathered[place].count(b"\n") != stop - start - 1:
                gathered[place] = _broken(connection, name, start, stop)
    return gathered


def _add(columns: Mapping[str, _Column], at: int, start: int, stop: int, gathered: Sequence[Any]) -> None:
    """Add the records of a range of ids to columns that have ``at`` already."""
    for (name, column), cells in zip(columns.items(), gathered, strict=True):
        if isinstance(column, Lines):
            column.data.extend(cells)
            column.data.extend(b"\n")
        elif name == "id":
            column[at : at + stop - start] = np.arange(start, stop)
        else:
            column[at : at + stop - start] = np.fromstring(cells, dtype=np.int64, sep=" ")


def _broken(connection: Connection, name: str, start: int, stop: int) -> bytes | bytearray:
    """Texts of a range of records of which some have line breaks."""
    texts = f"json_group_array(coalesce(\"{name}\", ''))"
    return as_lines(json.loads(_packed(connection, [texts], start, stop)[0])).data[:-1]


def _packed(connection: Connection, columns: Iterable[str], start: int, stop: int) -> Sequence[Any]:
    """Columns of a range of records."""
    query = f"SELECT {', '.join(columns)} FROM record WHERE id BETWEEN ? AND ?"  # noqa: S608
    return connection.exec_driver_sql(query, (start, stop - 1)).one()


def _gathered(name: str) -> str:
    """SQL that gathers a column of many rows into one value: less than half the time of fetching rows."""
    if name == "id":
        return "count(*)"  # the ids are known
    if name in INTEGERS:
        return f"group_concat(coalesce(\"{name}\", {blank(name)}), ' ')"
    return f"CAST(group_concat(coalesce(\"{name}\", ''), char(10)) AS BLOB)"


def _chosen(column: _Column, mask: NDArray[np.bool_]) -> _Column:
    if isinstance(column, Lines):
        return as_lines(list(compress(column.texts(), mask.tolist())))
    return column[mask]


def _as_objects(lines: Lines) -> NDArray[np.object_]:
    texts = lines.texts()
    found = np.empty(len(texts), object)
    if len(set(texts[:_SAMPLE])) <= _SAMPLE // 2:
        # one object per distinct text keeps columns such as the currency small
        shared: dict[str, str] = {}
        texts = list(map(shared.setdefault, texts, texts))
    found[:] = texts
    return found


def count_records(ws: Workspace, source: str) -> int:
    """How many records of a source are there, without those that are gone."""
    with ws.cache.connect() as connection:
        rows = connection.execute(select(loaded).where(loaded.c.source == source)).all()
        lost = np.array(connection.execute(select(gone.c.record_id)).scalars().all(), np.int64)
    return sum(
        row.last_id - row.first_id + 1 - int(((lost >= row.first_id) & (lost <= row.last_id)).sum())
        for row in rows
    )


def fetch_records(ws: Workspace, ids: Iterable[int]) -> dict[int, Record]:
    """Read single records with their origin; ids that do not exist are left out."""
    wanted = sorted(set(ids))
    with ws.cache.connect() as connection:
        starts = connection.execute(
            select(loaded.c.first_id, loaded.c.import_id)
            .where(loaded.c.last_id >= loaded.c.first_id)
            .order_by(loaded.c.first_id)
        ).all()
        rows = [
            row
            for first in range(0, len(wanted), _MOST_IDS)
            for row in connection.execute(
                select(record).where(record.c.id.in_(wanted[first : first + _MOST_IDS]))
            ).mappings()
        ]
    with ws.ledger.connect() as connection:
        files = {row.id: row for row in connection.execute(select(import_file))}
    firsts = [start.first_id for start in starts]
    found: dict[int, Record] = {}
    for row in rows:
        file = files[starts[int(np.searchsorted(firsts, row["id"], "right")) - 1].import_id]
        found[row["id"]] = Record(
            row["id"],
            RecordType(file.record_type),
            Origin(file.sha256, file.file, file.source, row["row"]),
            {spec.name: row[spec.name] for spec in FIELDS if row[spec.name] is not None},
        )
    return found


def ids_of_sku(ws: Workspace, imports: Iterable[int], sku: str) -> list[int]:
    """Ids of the records with a SKU that the given imports added."""
    wanted = set(imports)
    with ws.cache.connect() as connection:
        ranges = [
            (row.first_id, row.last_id)
            for row in connection.execute(select(loaded))
            if row.import_id in wanted and row.last_id >= row.first_id
        ]
        return [
            row[0]
            for first, last in ranges
            for row in connection.exec_driver_sql(
                "SELECT id FROM record WHERE id BETWEEN ? AND ? AND sku = ?", (first, last, sku)
            )
        ]


def values_of(ws: Workspace, imports: Iterable[int], name: str) -> list[str]:
    """The different texts of a field among the records that the given imports added, sorted.

    Raises:
        ValueError: there is no such text field.
    """
    if name not in _READABLE - INTEGERS:
        raise ValueError(f"{name!r} is not a text column of the records")
    wanted = set(imports)
    with ws.cache.connect() as connection:
        found = {
            row[0]
            for part in connection.execute(select(loaded)).all()
            if part.import_id in wanted and part.last_id >= part.first_id
            for row in connection.exec_driver_sql(
                f"SELECT DISTINCT {name} FROM record WHERE id BETWEEN ? AND ?",  # noqa: S608 - a fixed list
                (part.first_id, part.last_id),
            )
        }
    return sorted(found - {None})
