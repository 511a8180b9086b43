"""Alembic's entry point: runs inside the write transaction that :mod:`recon_app.store.migrate` opened."""

from __future__ import annotations

from alembic import context

from recon_app.store import schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.ledger,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
