"""A small table about a result as a whole: tax by rate, a roll-forward, a bridge between periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from recon_app.models.column import Column, ColumnType, Role


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows to be read, not to be worked through.

    Attributes:
        title: What it shows, short.
        columns: Its columns; their fields need not be those of records.
        rows: A value per field: money in minor units with the row's own ``currency``, dates in days since
            1970-01-01, quantities in millionths, texts. A field that is left out stays blank.
        strong: Numbers of the rows that are sums or ends of a bridge, from 0.
        about: One plain sentence on what to look for, or "".
        month: The only month it is about, as 2026-11; "" for one whose rows are of several.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, int | str], ...]
    strong: tuple[int, ...] = ()
    about: str = ""
    month: str = ""

    def of_month(self, month: str) -> Panel | None:
        """What it shows of a month; None for nothing. Rows without a month are of all."""
        if self.month:
            return self if self.month == month else None
        kept = [place for place, row in enumerate(self.rows) if row.get("month", month) == month]
        strong = tuple(new for new, old in enumerate(kept) if old in self.strong)
        rows = tuple(self.rows[place] for place in kept)
        return replace(self, rows=rows, strong=strong) if rows else None

    def to_json(self) -> dict[str, Any]:
        """As JSON values, to be kept with a run."""
        return {
            "title": self.title,
            "columns": [asdict(column) for column in self.columns],
            "rows": [dict(row) for row in self.rows],
            "strong": list(self.strong),
            "about": self.about,
            "month": self.month,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Panel:
        """What :meth:`to_json` made."""
        return cls(
            kept["title"],
            tuple(
                Column(**{**column, "type": ColumnType(column["type"]), "role": Role(column["role"])})
                for column in kept["columns"]
            ),
            tuple(kept["rows"]),
            tuple(kept["strong"]),
            kept["about"],
            kept.get("month", ""),
        )
