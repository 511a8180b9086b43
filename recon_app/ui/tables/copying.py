"""Rows as text: for the clipboard and for a CSV file, read page by page."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recon_app.jobs import Progress
from recon_app.ui.tables.page_model import Pane, RowSource

MOST_ROWS = 100_000  # a clipboard with more would not be pasted anywhere
_STEP = 2048


@dataclass(frozen=True, slots=True)
class Extract:
    """What is taken: columns by pane, and rows.

    Attributes:
        panes: The panes from left to right.
        columns: Column numbers per pane, from left to right.
        rows: Ranges of row numbers.
    """

    panes: Sequence[Pane[Any]]
    columns: Sequence[Sequence[int]]
    rows: Sequence[range]

    @property
    def count(self) -> int:
        """How many rows are taken."""
        return sum(len(part) for part in self.rows)

    def headers(self) -> list[str]:
        """The titles of the columns."""
        pairs = zip(self.panes, self.columns, strict=True)
        return [pane.columns[column].title for pane, chosen in pairs for column in chosen]

    def lines(self, source: RowSource[Any], progress: Progress, step: str) -> Iterator[list[str]]:
        """The texts of the rows, one list per row."""
        done = 0
        for part in self.rows:
            for start in range(part.start, part.stop, _STEP):
                progress(step, done, self.count)
                rows = source.rows(start, min(_STEP, part.stop - start))
                done += len(rows)
                for row in rows:
                    yield self._line(row)

    def _line(self, row: Any) -> list[str]:
        texts = [pane.plain(row) for pane in self.panes]
        return [text[column] for text, chosen in zip(texts, self.columns, strict=True) for column in chosen]


def tab_separated(extract: Extract, source: RowSource[Any], progress: Progress, *, headers: bool) -> str:
    """Text for the clipboard: tabs between cells, a line per row."""
    lines = [extract.headers()] if headers else []
    lines.extend(extract.lines(source, progress, "Copying"))
    return "\n".join("\t".join(line) for line in lines)


def write_csv(extract: Extract, source: RowSource[Any], path: Path, progress: Progress) -> int:
    """Write a CSV file that spreadsheets read as UTF-8; returns the number of rows.

    The file appears under its name only when it is whole.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(extract.headers())
            writer.writerows(extract.lines(source, progress, "Exporting"))
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return extract.count
