"""Bring a ledger to the tables of this program, with Alembic."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from recon_app.store.database import writing
from recon_app.store.schema import LEDGER_ID, LEDGER_VERSION

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(ledger: Engine) -> None:
    """Create or upgrade the ledger in one transaction: a kill leaves the old or the new version."""
    from alembic import command  # heavy, and only new and old ledgers need it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with writing(ledger) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.exec_driver_sql(f"PRAGMA application_id={LEDGER_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version={LEDGER_VERSION}")
