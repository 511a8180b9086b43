"""Stock counts: their lines, every scan, and what persons decided about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    """Create the tables of counts."""
    op.create_table(
        "stock_count",
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column(
            "state",
            sa.Text,
            sa.CheckConstraint("state IN ('open', 'recount', 'closed', 'cancelled')"),
            nullable=False,
        ),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("changed_at", sa.Text, nullable=False),
        sa.Column("book_at", sa.Integer, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    texts = ("ident", "sku", "name", "barcode", "product", "location", "lot", "package", "owner", "unit")
    op.create_table(
        "count_line",
        sa.Column("count", sa.Text, sa.ForeignKey("stock_count.id"), primary_key=True, nullable=False),
        sa.Column("line", sa.Integer, primary_key=True, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("book", sa.Integer),
        sqlite_strict=True,
    )
    op.create_table(
        "count_entry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("count", sa.Text, sa.ForeignKey("stock_count.id"), nullable=False, index=True),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("verb", sa.Text, sa.CheckConstraint("verb IN ('add', 'set')"), nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("undone_at", sa.Text),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_table(
        "count_decision",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("count", sa.Text, sa.ForeignKey("stock_count.id"), nullable=False, index=True),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("verb", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
