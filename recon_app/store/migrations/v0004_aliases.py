"""Aliases: which SKU of Shopify is which of Odoo, from when to when, and who said so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    """Create the table of aliases."""
    op.create_table(
        "sku_alias",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("shop", sa.Text, nullable=False, index=True),
        sa.Column("odoo", sa.Text, nullable=False),
        sa.Column(
            "state",
            sa.Text,
            sa.CheckConstraint("state IN ('proposed', 'approved', 'rejected')"),
            nullable=False,
        ),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("first", sa.Integer),
        sa.Column("last", sa.Integer),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("decided_at", sa.Text),
        sa.Column("decided_by", sa.Text),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
