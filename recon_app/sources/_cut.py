"""Cut the blocks of a text file into chunks that end where a record ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from recon_app.sources._cells import Table, joined
from recon_app.sources._text import Block, rows_of

TABLE_ROWS = 8_000  # rows of which not every cell becomes a text, so that more of them stay in the cache

#: Whether a row is the first one of a record; None when every row is.
Starts = Callable[[Sequence[str]], bool] | None


class Cutter:
    """Takes blocks and gives chunks.

    Args:
        starts: Which rows are the first ones of a record.
        fewest: Rows of a chunk, but for those of a table; a record may make them more.

    Attributes:
        numbers: Index in the file of each row of the last chunk.
    """

    def __init__(self, starts: Starts, fewest: int) -> None:
        self.numbers: Sequence[int] = ()
        self._fewest = fewest
        self._starts = starts
        self._done = 0  # rows taken
        self._tables: list[Table] = []  # the rows before the next block
        self._rows: list[list[str]] = []  # or these, with their indexes
        self._indexes: list[int] = []

    def chunks(self, blocks: Iterable[Block], first: int) -> Iterator[Block]:
        """The rows that are not blank, some thousands at a time.

        Args:
            blocks: The blocks.
            first: Index of their first row in the file.
        """
        self._done = first
        for block in blocks:
            if isinstance(block, Table) and self._may_begin(block):
                yield from self._cut_rows(0)
                self._tables.append(block)
                self._done += len(block)
                yield from self._cut_table(TABLE_ROWS)
            else:
                yield from self._cut_table(0)
                self._take_rows(rows_of(block))
                yield from self._cut_rows(self._fewest)
        yield from self._cut_table(0)
        yield from self._cut_rows(0)

    def _may_begin(self, table: Table) -> bool:
        """Whether the rows before a table end there."""
        return not self._rows or self._starts is None or self._starts(table.row(0))

    def _take_rows(self, rows: Sequence[list[str]]) -> None:
        for index, row in enumerate(rows, self._done):
            if any(row):
                self._rows.append(row)
                self._indexes.append(index)
        self._done += len(rows)

    def _cut_rows(self, fewest: int) -> Iterator[Block]:
        """Chunks of the rows that wait; all of them when ``fewest`` is 0."""
        while len(self._rows) > fewest:
            end = self._end()
            if end == len(self._rows) and fewest and self._starts is not None:
                return  # the record may go on
            cut, self.numbers = self._rows[:end], self._indexes[:end]
            del self._rows[:end], self._indexes[:end]
            yield cut

    def _end(self) -> int:
        """How many of the rows that wait are the next chunk."""
        end = min(self._fewest, len(self._rows))
        while self._starts is not None and end < len(self._rows) and not self._starts(self._rows[end]):
            end += 1
        return end

    def _cut_table(self, fewest: int) -> Iterator[Block]:
        """A chunk of the tables that wait, without a record that may go on; it waits as rows at the end."""
        if sum(map(len, self._tables)) <= fewest:
            return
        table = joined(self._tables)
        end = len(table)
        if self._starts is not None:
            end = next((row for row in range(end - 1, 0, -1) if self._starts(table.row(row))), 0)
        first = self._done - len(table)
        self._tables = []
        if end:
            self.numbers = range(first, first + end)
            yield table if end == len(table) else table.part(0, end)
        if end == len(table):
            return
        rest = table.part(end, len(table))
        if fewest:
            self._tables = [rest]
        else:
            self._rows = rest.rows()
            self._indexes = list(range(first + end, first + len(table)))


def after(blocks: Iterator[Block], index: int) -> tuple[list[str], Iterator[Block]]:
    """The row with an index, and the blocks of those behind it."""
    rows: list[list[str]] = []
    for block in blocks:
        rows += rows_of(block)
        if len(rows) > index:
            break
    return rows[index], chain([rows[index + 1 :]], blocks)
