"""When the content of a file held: stock figures are compared as of then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    """Add the time; of files that were imported before it is not known."""
    op.add_column("import_file", sa.Column("written", sa.Integer))
