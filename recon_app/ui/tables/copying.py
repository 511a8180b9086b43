"""Rows out of a table: for the clipboard, a CSV file or a workbook of Excel, read page by page."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from recon_app.jobs import Progress
from recon_app.models.column import Column, ColumnType
from recon_app.ui.tables.page_model import Pane, RowSource

_NUMBERS = frozenset({ColumnType.MONEY, ColumnType.QUANTITY, ColumnType.NUMBER})
#: A figure that Excel keeps to the last digit: it reckons with fifteen.
_EXACT = re.compile(r"-?(?=(?:[0-9]\.?){1,15}$)[0-9]+(\.[0-9]+)?")
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

    def specs(self) -> list[Column]:
        """The columns themselves."""
        pairs = zip(self.panes, self.columns, strict=True)
        return [pane.columns[column] for pane, chosen in pairs for column in chosen]

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


def write_file(extract: Extract, source: RowSource[Any], path: Path, progress: Progress) -> int:
    """Write a workbook or a CSV file, by the ending of its name; returns the number of rows.

    The file appears under its name only when it is whole.
    """
    write = write_workbook if path.suffix.lower() == ".xlsx" else write_csv
    return write(extract, source, path, progress)


def write_workbook(extract: Extract, source: RowSource[Any], path: Path, progress: Progress) -> int:
    """Write a workbook: amounts and quantities as numbers, all else as text, never a formula."""
    import xlsxwriter

    part = path.with_name(f"{path.name}.part")
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    try:
        with xlsxwriter.Workbook(part, options) as workbook:
            sheet = workbook.add_worksheet()
            sheet.freeze_panes(1, 0)
            bold = workbook.add_format({"bold": True})
            shapes: dict[int, Any] = {}  # by the decimals of a figure, which stay as they are
            for place, (title, column) in enumerate(zip(extract.headers(), extract.specs(), strict=True)):
                sheet.set_column(place, place, column.width + 2)
                sheet.write_string(0, place, title, bold)
            numbers = [column.type in _NUMBERS for column in extract.specs()]
            for row, line in enumerate(extract.lines(source, progress, "Exporting"), 1):
                for place, (text, figure) in enumerate(zip(line, numbers, strict=True)):
                    if figure and _EXACT.fullmatch(text):
                        decimals = len(text.partition(".")[2])
                        if decimals not in shapes:
                            shape = f"0.{'0' * decimals}" if decimals else "0"
                            shapes[decimals] = workbook.add_format({"num_format": shape})
                        sheet.write_number(row, place, Decimal(text), shapes[decimals])
                    elif text:
                        sheet.write_string(row, place, text)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return extract.count


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
