"""Is a ledger what this program wrote? Its tables, its audit trail, and the rows that the trail tells of.

The hash of each entry of the trail covers the entry before it, so a change shows; but whoever changes the
ledger can compute all hashes anew, or cut entries off at the end. Therefore the last entry is noted outside,
in ``anchors.jsonl``, whenever a workspace is opened or closed, and ``recon-app audit verify`` shows its hash:
one that a person wrote down, or that stands in a report, is an anchor that nobody can reach.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from recon_app.models.case import State
from recon_app.store import schema
from recon_app.store.chain import SCANS, START, hashed, now, rows_digest

ANCHORS = "anchors.jsonl"
#: Kind of the entry that says a backup was put back.
RESTORED = "restored"
_TRIGGER = (
    "CREATE TRIGGER event_no_{0} BEFORE {1} ON event "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END"
)
_TRIGGERS = {f"event_no_{verb.lower()}": _TRIGGER.format(verb.lower(), verb) for verb in ("UPDATE", "DELETE")}
_OF_SQLITE = "sqlite_"
_STATES = {*map(str, State), "withdrawn"}
_MOST_FAULTS = 20


@dataclass(frozen=True)
class Anchor:
    """An entry of the trail as noted outside of the ledger.

    Attributes:
        event: Its number.
        hash: Its hash.
        at: When it was noted, ISO 8601 in UTC.
        restored: Whether a backup was put back then: what was noted before is no longer in the ledger.
    """

    event: int
    hash: str
    at: str
    restored: bool = False


def read_anchors(folder: Path) -> list[Anchor]:
    """What was noted since the last backup was put back."""
    found: list[Anchor] = []
    try:
        lines = (folder / ANCHORS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    for line in lines:
        try:
            anchor = Anchor(**json.loads(line))
        except (ValueError, TypeError):  # cut off by a power failure
            continue
        found = [anchor] if anchor.restored else [*found, anchor]
    return found


def note_anchor(folder: Path, connection: Any, *, restored: bool = False) -> None:
    """Note the last entry of the ledger, unless it is noted already."""
    last = head(connection)
    known = read_anchors(folder)
    if last is None or (known and known[-1].hash == last[1] and not restored):
        return
    path = folder / ANCHORS
    with path.open("a+", encoding="utf-8") as stream:
        path.chmod(0o600)
        stream.seek(0)
        cut_off = stream.read()[-1:] not in ("", "\n")  # by a power failure; the note needs its own line
        note = schema.dump_json(asdict(Anchor(*last, now(), restored)))
        stream.write(f"\n{note}\n" if cut_off else f"{note}\n")
        stream.flush()
        os.fsync(stream.fileno())


def head(connection: Any) -> tuple[int, str] | None:
    """Number and hash of the last entry; None without entries."""
    row = connection.execute("SELECT id, hash FROM event ORDER BY id DESC LIMIT 1").fetchone()
    return None if row is None else (row[0], row[1])


def faults(connection: Any, anchors: Iterable[Anchor], *, current: bool = True) -> list[str]:
    """What shows that a ledger was changed by another program; empty when nothing does.

    Args:
        connection: A driver connection to the ledger.
        anchors: What was noted of it, read before.
        current: Whether it has the tables of this version.
    """
    connection.execute("BEGIN")  # one state, whatever others write meanwhile
    try:
        found = list(_schema_faults(connection)) if current else []
        found += _chain_faults(connection, anchors)
        if current and not found:
            found += _row_faults(connection)
    finally:
        connection.execute("COMMIT")
    return found[:_MOST_FAULTS]


def _schema_faults(connection: Any) -> Iterator[str]:
    """Objects that the schema does not have: a trigger can change what the program writes."""
    tables = schema.ledger.tables
    expected = {("table", name) for name in tables} | {("trigger", name) for name in _TRIGGERS}
    expected |= {("index", str(index.name)) for table in tables.values() for index in table.indexes}
    rows = connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
    there = {(kind, name): text for kind, name, text in rows if not name.startswith(_OF_SQLITE)}
    for kind, name in sorted(there.keys() ^ expected):
        yield f"it {'has' if (kind, name) in there else 'lacks'} the {kind} {name!r}"
    for name, text in _TRIGGERS.items():
        if there.get(("trigger", name), text) != text:
            yield f"its trigger {name!r} was changed"


def _chain_faults(connection: Any, anchors: Iterable[Anchor]) -> Iterator[str]:
    wanted = {anchor.event: anchor.hash for anchor in anchors}
    previous, number = START, 0
    query = "SELECT id, at, who, what, on_id, data, previous_hash, hash FROM event ORDER BY id"
    for number, at, who, what, on_id, data, before, digest in connection.execute(query):
        if before != previous or digest != hashed(previous, at, who, what, on_id, data):
            yield f"entry {number} of the audit trail or the one before it was changed or removed"
            return
        if wanted.pop(number, digest) != digest:
            yield f"entry {number} of the audit trail is another one than was noted"
            return
        previous = digest
    if wanted:
        yield f"the audit trail ends with entry {number}, and entry {max(wanted)} was there"


class _Told:
    """What the ledger must hold according to its trail."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {}
        self.payloads: dict[str, Any] = {}
        self.states: dict[str, str] = {}
        self.accepted: dict[str, list[tuple[str, Any]]] = {}
        self.undone: set[int] = set()
        self.files: dict[str, tuple[Any, Any]] = {}
        self.scans: dict[str, tuple[int, str]] = {}
        self.rules: dict[str, str] = {}

    def take(self, who: str, what: str, on_id: str, data: Any) -> None:
        """Take the next entry."""
        if what == "setting":
            self.settings[on_id] = data["after"]
        elif what == "propose":
            self.payloads[on_id] = data
            self.states[on_id] = "proposed"
        elif what == "accept":
            self.accepted.setdefault(on_id, []).append((who, data))
        elif what == "undo":
            self.undone.add(data["decision"])
        elif what == "imported":
            self.files[on_id] = (data["file"], data["sha256"])
        elif what == "import removed":
            self.files.pop(on_id, None)
        elif what == "rule":
            self.rules[on_id] = data["state"]
        elif what == "count closed":
            self.scans[on_id] = (data["last"], data["digest"])
        elif on_id in self.states and what in _STATES:
            self.states[on_id] = what


def _row_faults(connection: Any) -> Iterator[str]:
    """Rows that are not what the trail says."""
    told = _Told()
    for who, what, on_id, data in connection.execute("SELECT who, what, on_id, data FROM event ORDER BY id"):
        told.take(who, what, on_id, json.loads(data))
    for name, there, expected in (
        ("setting", _pairs(connection, "SELECT key, value FROM setting"), told.settings),
        ("proposal", _pairs(connection, "SELECT id, payload FROM correction"), told.payloads),
    ):
        yield from _differences(name, there, expected)
    states = dict(connection.execute("SELECT id, state FROM correction").fetchall())
    yield from _differences("state of the correction", states, told.states)
    rules = dict(connection.execute("SELECT 'rule:' || rule || '.' || version, state FROM learned_rule"))
    yield from _differences("state of the rule", rules, told.rules)
    files = connection.execute("SELECT id, file, sha256 FROM import_file WHERE status = 'imported'")
    yield from _differences("import", {str(row[0]): (row[1], row[2]) for row in files}, told.files)
    yield from _decision_faults(connection, told)
    for count, (last, wanted) in told.scans.items():
        if rows_digest(connection.execute(SCANS, (count, last)).fetchall()) != wanted:
            yield f"the scans of the count {count!r} are not what the audit trail says"


def _pairs(connection: Any, query: str) -> dict[str, Any]:
    return {key: json.loads(value) for key, value in connection.execute(query)}


def _differences(name: str, there: dict[str, Any], expected: dict[str, Any]) -> Iterator[str]:
    for key in sorted(there.keys() | expected.keys()):
        if key not in there or key not in expected or there[key] != expected[key]:
            yield f"the {name} {key!r} is not what the audit trail says"


def _decision_faults(connection: Any, told: _Told) -> Iterator[str]:
    query = "SELECT id, case_id, value, who, undone_by FROM decision WHERE verb = 'accept' ORDER BY id"
    for number, case_id, value, who, undone_by in connection.execute(query):
        entries = told.accepted.get(case_id, [])
        by, data = entries.pop(0) if entries else (None, {})
        held = json.loads(value)
        # entries of the first version hold the reason only
        same = by == who and all(held.get(key) == expected for key, expected in data.items())
        if not same or (undone_by is not None) != (number in told.undone):
            yield f"decision {number} is not what the audit trail says"
    for case_id, entries in told.accepted.items():
        if entries:
            yield f"a decision about {case_id} is missing"
