"""What depends on the kind of an export and not on the record.

One kind of Odoo's exports has external ids, another one database ids, a third none, and each has the columns
that its user chose. So an id is taken over where the file has one, and a value that no record of a file has
is taken as not exported. None of it is a change of the record.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from recon_app.store.schema import record

Ranges = Sequence[tuple[int, int]]
_DIFFERING = "stage.verdict v JOIN stage.record s ON s.id = v.staged JOIN main.record r ON r.id = v.record"


def take_over(connection: Any, fields: Iterable[str]) -> None:
    """Take over the fields that the known rows of the file (``stage.seen``) have."""
    for name in fields:
        column = record.c[name].name
        connection.execute(
            f'UPDATE main.record SET "{column}" = s."{column}" '  # noqa: S608
            "FROM stage.seen e JOIN stage.record s ON s.id = e.staged "
            f'WHERE e.record = main.record.id AND s."{column}" <> coalesce(main.record."{column}", \'\')'
        )


def settle_extra(connection: Any, keys: frozenset[str], ranges: Ranges) -> list[int]:
    """Bring ``extra`` of the differing rows (``stage.verdict``) to what is to be compared.

    Args:
        connection: To the cache, with the staging file as ``stage``.
        keys: Keys that are aside.
        ranges: First and last ids of the stored records of the source.

    Returns:
        Ids of the stored records that were filled in, whose digests must be renewed.
    """
    rows = connection.execute(
        f"SELECT s.id, r.id, s.extra, r.extra FROM {_DIFFERING} WHERE s.extra IS NOT r.extra"  # noqa: S608
    ).fetchall()
    merge = _Merge(connection, keys, ranges)
    staged, stored = [], []
    for new_id, old_id, new, old in rows:
        before, after = merge.of(old, new)
        if after != new:
            staged.append((after, new_id))
        if before != old:
            stored.append((before, old_id))
    connection.executemany("UPDATE stage.record SET extra = ? WHERE id = ?", staged)
    connection.executemany("UPDATE main.record SET extra = ? WHERE id = ?", stored)
    return [number for _, number in stored]


class _Merge:
    """Tells, key by key, what a file did not export and what no earlier file did."""

    def __init__(self, connection: Any, keys: frozenset[str], ranges: Ranges) -> None:
        self._connection = connection
        self._keys = keys
        self._ranges = ranges
        self._exported: dict[str, bool] = {}
        self._stored: dict[str, bool] = {}

    def of(self, old: str | None, new: str | None) -> tuple[str | None, str | None]:
        """The stored value with what is filled in, and the new one with what was not exported."""
        before, after = _object(old), _object(new)
        for key, value in after.items():
            if key in self._keys or (key not in before and not self._is_known(key)):
                before[key] = value
        for key, value in before.items():
            if key not in after and (key in self._keys or not self._is_exported(key)):
                after[key] = value
        if before == after:
            text = _text(before, old)
            return text, text
        return _text(before, old), _text(after, new)

    def _is_known(self, key: str) -> bool:
        """Whether any stored record of the source has the key."""
        if key not in self._stored:
            query = "SELECT 1 FROM main.record WHERE id BETWEEN ? AND ? AND instr(extra, ?) LIMIT 1"
            marked = _marked(key)
            self._stored[key] = any(
                self._connection.execute(query, (*each, marked)).fetchone() for each in self._ranges
            )
        return self._stored[key]

    def _is_exported(self, key: str) -> bool:
        """Whether any record of the file has the key."""
        if key not in self._exported:
            found = self._connection.execute(
                "SELECT 1 FROM stage.record WHERE instr(extra, ?) LIMIT 1", (_marked(key),)
            )
            self._exported[key] = found.fetchone() is not None
        return self._exported[key]


def _marked(key: str) -> str:
    return f"{json.dumps(key, ensure_ascii=False)}:"


def _object(text: str | None) -> dict[str, Any]:
    return dict(json.loads(text)) if text else {}


def _text(value: dict[str, Any], known: str | None) -> str | None:
    """The JSON of a value, in the very spelling that is known where it is the same."""
    if value == _object(known):
        return known
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
