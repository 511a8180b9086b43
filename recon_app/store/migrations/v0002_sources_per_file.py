"""Several sources may read one file: it is known by its hash and the source together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    """Make the table of imports anew, as SQLite cannot change what is unique; ids go on where they were."""
    op.create_table(
        "import_file_2",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("record_type", sa.Text, nullable=False),
        sa.Column("imported_at", sa.Text, nullable=False),
        sa.Column("status", sa.Text, sa.CheckConstraint("status IN ('pending', 'imported')"), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("known", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("period_from", sa.Integer),
        sa.Column("period_to", sa.Integer),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("proofs", sa.Text, nullable=False),
        sa.Column("totals", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.UniqueConstraint("sha256", "source"),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.execute("INSERT INTO import_file_2 SELECT * FROM import_file")
    # the id of a removed import is never used again, so the counter moves too
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'import_file_2'")
    op.execute("UPDATE sqlite_sequence SET name = 'import_file_2' WHERE name = 'import_file'")
    op.drop_table("import_file")
    op.rename_table("import_file_2", "import_file")
