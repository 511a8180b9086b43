"""Rules learned from decisions: every version of each, who switched it on, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    """Create the table of rules."""
    op.create_table(
        "learned_rule",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("rule", sa.Integer, nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column(
            "state",
            sa.Text,
            sa.CheckConstraint("state IN ('proposed', 'on', 'off', 'rejected', 'replaced')"),
            nullable=False,
        ),
        sa.Column("learned", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("decided_at", sa.Text),
        sa.Column("decided_by", sa.Text),
        sa.Column("why", sa.Text),
        sa.UniqueConstraint("rule", "version"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
