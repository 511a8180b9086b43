"""The tables of a workspace: the ledger (precious) and the cache (can be rebuilt from the originals).

All tables are STRICT: SQLite refuses text or fractions in an INTEGER column (goal P9), so money stays whole
minor units. Times are ISO 8601 texts in UTC, days count from 1970-01-01. A change to a ledger table needs
a migration in ``migrations`` and a new :data:`LEDGER_VERSION`; a change to a cache table only a new
:data:`CACHE_VERSION`, which makes every workspace read its originals again.
"""

from __future__ import annotations

import json

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect

from recon_app.models.record import FIELDS

LEDGER_VERSION = 6
CACHE_VERSION = 5
#: ``PRAGMA application_id`` of the two files: "RDL1" and "RDC1".
LEDGER_ID = 0x52444C31
CACHE_ID = 0x52444331


def dump_json(value: object) -> str:
    """Write JSON in one canonical form: sorted keys, no blanks, no NaN."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class Json(TypeDecorator[object]):
    """A JSON value in a TEXT column (STRICT tables have no JSON type)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write the value; None stays NULL."""
        return None if value is None else dump_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> object:  # noqa: ARG002
        """Read the value; NULL stays None."""
        return None if value is None else json.loads(value)


ledger = MetaData()
cache = MetaData()

#: One row per file in the workspace and source that reads it. ``pending`` rows are imports under way and are
#: never shown.
import_file = Table(
    "import_file",
    ledger,
    Column("id", Integer, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("file", Text, nullable=False),  # base name
    Column("source", Text, nullable=False),
    Column("record_type", Text, nullable=False),
    Column("imported_at", Text, nullable=False),
    Column("status", Text, CheckConstraint("status IN ('pending', 'imported')"), nullable=False),
    Column("rows", Integer, nullable=False, default=0),  # data records in the file
    Column("added", Integer, nullable=False, default=0),
    Column("known", Integer, nullable=False, default=0),
    Column("changed", Integer, nullable=False, default=0),  # progress and conflicts
    Column("period_from", Integer),
    Column("period_to", Integer),
    Column("options", Json, nullable=False, default={}),
    Column("proofs", Json, nullable=False, default=[]),  # [{name, expected, found, ok}]
    Column("totals", Json, nullable=False, default=[]),  # [{name, currency, minor}]
    Column("notes", Json, nullable=False, default=[]),
    Column("written", Integer),  # when its content held, seconds in UTC; NULL where nobody knows
    UniqueConstraint("sha256", "source"),
    sqlite_strict=True,
    sqlite_autoincrement=True,  # the id of a removed import is never used again
)

setting = Table(
    "setting",
    ledger,
    Column("key", Text, primary_key=True, nullable=False),
    Column("value", Json, nullable=False),
    Column("changed_at", Text, nullable=False),
    Column("reason", Text),
    sqlite_strict=True,
)

#: What a person decided about a case. Undoing adds a row and points to it; nothing is deleted.
decision = Table(
    "decision",
    ledger,
    Column("id", Integer, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("verb", Text, nullable=False),
    Column("value", Json),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("undone_by", Integer, ForeignKey("decision.id")),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)

correction = Table(
    "correction",
    ledger,
    Column("id", Text, primary_key=True, nullable=False),
    Column("action", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("case_ids", Json, nullable=False),
    Column("payload", Json, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    sqlite_strict=True,
)

#: The audit trail: each row's hash covers the row and the hash before it. Triggers refuse changes.
event = Table(
    "event",
    ledger,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("on_id", Text, nullable=False),
    Column("data", Json, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)

#: A count of the stock at some places. What its sheet holds are its lines.
stock_count = Table(
    "stock_count",
    ledger,
    Column("id", Text, primary_key=True, nullable=False),  # printed on the sheet
    Column("title", Text, nullable=False),
    Column(
        "state", Text, CheckConstraint("state IN ('open', 'recount', 'closed', 'cancelled')"), nullable=False
    ),
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    Column("book_at", Integer, nullable=False),  # when the book of the lines was exported, seconds in UTC
    Column("scope", Json, nullable=False),
    sqlite_strict=True,
)

#: One product at one place; the book is what Odoo said when the count was made, and is never on a sheet.
count_line = Table(
    "count_line",
    ledger,
    Column("count", Text, ForeignKey("stock_count.id"), primary_key=True, nullable=False),
    Column("line", Integer, primary_key=True, nullable=False),
    Column("ident", Text, nullable=False),  # external id of the quant, where the export has it
    Column("sku", Text, nullable=False),
    Column("name", Text, nullable=False),  # what a product without a code is called
    Column("barcode", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("lot", Text, nullable=False),
    Column("package", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("book", Integer),  # millionths; NULL for what was found where the book has nothing
    sqlite_strict=True,
)

#: One scan or typed quantity. Undoing marks it; nothing is deleted.
count_entry = Table(
    "count_entry",
    ledger,
    Column("id", Integer, primary_key=True),
    Column("count", Text, ForeignKey("stock_count.id"), nullable=False, index=True),
    Column("line", Integer, nullable=False),
    Column("verb", Text, CheckConstraint("verb IN ('add', 'set')"), nullable=False),
    Column("quantity", Integer, nullable=False),  # millionths
    Column("code", Text, nullable=False),  # what was scanned
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("undone_at", Text),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)

#: What a person decided about a line of a count: recount it, which figure stands, the adjustment approved.
count_decision = Table(
    "count_decision",
    ledger,
    Column("id", Integer, primary_key=True),
    Column("count", Text, ForeignKey("stock_count.id"), nullable=False, index=True),
    Column("line", Integer, nullable=False),
    Column("verb", Text, nullable=False),
    Column("value", Json, nullable=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)

#: Which SKU of Shopify is which of Odoo. Nothing is ever deleted: an alias that ends has a last day.
sku_alias = Table(
    "sku_alias",
    ledger,
    Column("id", Integer, primary_key=True),
    Column("shop", Text, nullable=False, index=True),
    Column("odoo", Text, nullable=False),
    Column("state", Text, CheckConstraint("state IN ('proposed', 'approved', 'rejected')"), nullable=False),
    Column("why", Text, nullable=False),
    Column("first", Integer),  # first and last day on which it counts; NULL for no limit
    Column("last", Integer),
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("decided_at", Text),
    Column("decided_by", Text),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)

#: Rules learned from decisions, every version of each; only state, decided_* and why of a row ever change.
learned_rule = Table(
    "learned_rule",
    ledger,
    Column("id", Integer, primary_key=True),
    Column("rule", Integer, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column(
        "state",
        Text,
        CheckConstraint("state IN ('proposed', 'on', 'off', 'rejected', 'replaced')"),
        nullable=False,
    ),
    Column("learned", Json, nullable=False),  # what it takes, its reason, its back-test
    Column("made_at", Text, nullable=False),
    Column("decided_at", Text),
    Column("decided_by", Text),
    Column("why", Text),
    UniqueConstraint("rule", "version"),
    sqlite_strict=True,
    sqlite_autoincrement=True,
)

#: Imported records. ``key`` identifies a record over files, ``digest`` covers its other fields.
record = Table(
    "record",
    cache,
    Column("id", Integer, primary_key=True),
    *(Column(field.name, Integer if field.integer else Text) for field in FIELDS),
    Column("key", Integer, nullable=False),
    Column("digest", Integer, nullable=False),
    sqlite_strict=True,
)

#: The records of an import have ids from ``first_id`` to ``last_id``; last < first when it added none.
loaded = Table(
    "loaded",
    cache,
    Column("import_id", Integer, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("first_id", Integer, nullable=False),
    Column("last_id", Integer, nullable=False),
    Column("summary", Json, nullable=False),  # values of the import_file row to be finished
    sqlite_strict=True,
)

#: Records that are no longer in the list of their place; see :mod:`recon_app.store.absent`.
gone = Table(
    "gone",
    cache,
    Column("record_id", Integer, primary_key=True),
    Column("import_id", Integer, nullable=False),  # of the file that does not have it any more
    sqlite_strict=True,
)

#: The last file that held the state of a place.
held = Table(
    "held",
    cache,
    Column("source", Text, primary_key=True, nullable=False),
    Column("place", Text, primary_key=True, nullable=False),
    Column("import_id", Integer, nullable=False),
    sqlite_strict=True,
)

#: A row of a later file that has a known key and other values.
change = Table(
    "change",
    cache,
    Column("id", Integer, primary_key=True),
    Column("record_id", Integer, nullable=False),
    Column("import_id", Integer, nullable=False),  # of the later file
    Column("row", Integer),
    Column("kind", Text, CheckConstraint("kind IN ('progress', 'conflict')"), nullable=False),
    Column("before", Json, nullable=False),  # {field: value}, only the fields that differ
    Column("after", Json, nullable=False),
    sqlite_strict=True,
)

run = Table(
    "run",
    cache,
    Column("id", Integer, primary_key=True),
    Column("reconciliation", Text, nullable=False),
    Column("period", Text),
    Column("started", Text, nullable=False),
    Column("finished", Text),
    Column("summary", Json),
    sqlite_strict=True,
)

#: One displayed row of a result: up to one record per side. A case of several records has several parts.
line = Table(
    "line",
    cache,
    Column("id", Integer, primary_key=True),  # display order
    Column("run", Integer, nullable=False),
    Column("case_key", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("cause", Text),
    Column("rule", Text),
    Column("missing", Integer, nullable=False),  # sides an expected record is absent on, see engine.cases
    Column("grp", Text),
    Column("day", Integer),
    Column("delta", Integer),  # minor units of currency, or millionths of unit
    Column("currency", Text),
    Column("unit", Text),  # set where goods are compared: then delta is millionths of it
    Column("value", Integer),  # minor units of currency that a difference of goods is worth
    Column("shop", Integer),  # record ids
    Column("platform", Integer),
    Column("odoo", Integer),
    Column("bank", Integer),
    Column("count", Integer),
    Column("goods", Integer),
    Column("state", Text, nullable=False),
    sqlite_strict=True,
)

#: Records that belong to a case without being compared: the order behind a transaction.
support = Table(
    "support",
    cache,
    Column("run", Integer, nullable=False),
    Column("case_key", Integer, nullable=False, index=True),
    Column("side", Text, nullable=False),
    Column("record", Integer, nullable=False),
    sqlite_strict=True,
)

case_note = Table(
    "case_note",
    cache,
    Column("run", Integer, primary_key=True),
    Column("case_key", Integer, primary_key=True),
    Column("data", Json, nullable=False),
    sqlite_strict=True,
)
