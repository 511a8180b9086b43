"""Bring a ledger to the tables of this program, with Alembic's operations.

The steps are plain modules in a plain list, so that a frozen program has them without looking for files; the
version of a ledger is its ``PRAGMA user_version``, the number of steps it has behind it.
"""

from __future__ import annotations

from types import ModuleType

from sqlalchemy import Engine

from recon_app.store.database import writing
from recon_app.store.schema import LEDGER_ID


def upgrade(ledger: Engine) -> None:
    """Create or upgrade the ledger in one transaction: a kill leaves the old or the new version."""
    from alembic.migration import MigrationContext  # heavy, and only new and old ledgers need it
    from alembic.operations import Operations

    with writing(ledger) as connection:
        done = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        operations = Operations(MigrationContext.configure(connection))
        for step in steps()[done:]:
            step.upgrade(operations)
        connection.exec_driver_sql(f"PRAGMA application_id={LEDGER_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version={len(steps())}")


def steps() -> tuple[ModuleType, ...]:
    """The migrations in order; :data:`~.schema.LEDGER_VERSION` is their number."""
    from recon_app.store.migrations import (
        v0001_ledger,
        v0002_sources_per_file,
        v0003_counts,
        v0004_aliases,
        v0005_written,
        v0006_learned_rules,
    )

    return (
        v0001_ledger,
        v0002_sources_per_file,
        v0003_counts,
        v0004_aliases,
        v0005_written,
        v0006_learned_rules,
    )
