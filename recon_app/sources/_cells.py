"""Tables of plain text cut on their bytes: a cell becomes a text only when somebody asks for it.

Most exports have the same number of cells in every line and quote none or all of them. Of such lines it is
enough to know where the delimiters stand; numbers and dates are read from the bytes, and a column of few
different words is decoded once per word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Ints = NDArray[np.int64]

_QUOTE, _LINE_FEED, _RETURN = (ord(mark) for mark in '"\n\r')
_NO_DELIMITERS = '"\r\n'
_WIDEST = 64  # bytes of a cell of which a column is laid out as one block
_WORD = 24  # bytes of a cell that may be one of few words
_WORDS = 12  # different words of a column that are looked for
_LOOKED_AT = 32  # first cells that tell whether a column has few words
_MARGIN = bytes(_WIDEST)  # so that a window around any cell lies within the bytes


class Cells(Sequence[str]):
    """A column of a :class:`Table`.

    Args:
        data: The bytes of the table, UTF-8, with a margin on both sides.
        starts: Where each cell begins.
        ends: Where it ends.
    """

    def __init__(self, data: Bytes, starts: Ints, ends: Ints) -> None:
        self._data = data
        self._starts = starts
        self._ends = ends
        self.lengths: Ints = ends - starts
        self._longest = int(self.lengths.max(initial=0))
        self._texts: list[str] | None = None

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return self.texts()[index]
        return self._data[self._starts[index] : self._ends[index]].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts())

    def texts(self) -> list[str]:
        """All cells as texts, always the same list."""
        if self._texts is None:
            if self._longest > _WIDEST or not len(self):
                self._texts = [self[index] for index in range(len(self))]
            else:
                self._texts = self._few_words() or self._decoded()
        return self._texts

    def _few_words(self) -> list[str]:
        """The cells where they are few different words, which then are the same objects; else none."""
        if self._longest > _WORD:
            return []
        words = self._from_start(-(-max(self._longest, 1) // 8) * 8).view(np.uint64)
        if len({*map(tuple, words[:_LOOKED_AT].tolist())}) > _WORDS:
            return []
        found: list[str] = []
        which = np.full(len(self), -1, np.intp)
        while len(found) < _WORDS:
            first = int((which < 0).argmax())
            if which[first] >= 0:
                break
            same = words[:, 0] == words[first, 0]
            for column in range(1, words.shape[1]):
                same &= words[:, column] == words[first, column]
            which[same] = len(found)
            found.append(self[first])
        if len(found) == 1:
            return found * len(self)
        return [] if (which < 0).any() else np.array(found, object)[which].tolist()

    def _decoded(self) -> list[str]:
        """The cells one by one, cut from a text with one cell in each line."""
        table = self._window(self._starts, self._longest + 1)
        table[np.arange(len(self)), self.lengths] = _LINE_FEED
        if int(self.lengths.min(initial=self._longest)) < self._longest:
            table = table[np.arange(self._longest + 1) <= self.lengths[:, None]]
        return table.tobytes()[:-1].decode().split("\n")

    def _window(self, places: Ints, width: int) -> Bytes:
        """The bytes from each of the places on, one row each."""
        items = np.ndarray((len(self._data) - width + 1,), f"V{width}", self._data, 0, (1,))
        return items[places].view(np.uint8).reshape(len(places), width)

    def _from_start(self, width: int) -> Bytes:
        """One row of bytes per cell, filled up with 0 on the right; no cell is longer than ``width``."""
        table = self._window(self._starts, width)
        if int(self.lengths.min(initial=width)) == self._longest:
            table[:, self._longest :] = 0
        else:
            table[np.arange(width) >= self.lengths[:, None]] = 0
        return table

    def left_aligned(self, narrowest: int) -> Bytes | None:
        """One row of ASCII codes per cell, at least so wide and filled up with 0 on the right.

        None where a cell is not ASCII or very long.
        """
        width = max(self._longest, narrowest)
        if width > _WIDEST:
            return None
        table = self._from_start(width)
        return table if table.max(initial=0) < 128 else None

    def right_aligned(self, widths: Sequence[int]) -> Bytes | None:
        """One row of ASCII codes per cell, as wide as the first of the widths that is enough.

        It is filled up with blanks on the left; None where a cell has blanks itself, is not ASCII or longer.
        """
        width = next((width for width in widths if width >= self._longest), None)
        if width is None:
            return None
        table = self._window(self._ends - width, width)
        table[np.arange(width) < (width - self.lengths)[:, None]] = 0
        if table.max(initial=0) > 127 or (table == ord(" ")).any():
            return None
        return np.where(table == 0, np.uint8(ord(" ")), table)


@dataclass(frozen=True)
class Table:
    """Rows that all have the same number of cells, none of them blank throughout.

    Attributes:
        data: Bytes, UTF-8, with a margin on both sides.
        starts: Where the cells begin, by row and column.
        ends: Where they end.
    """

    data: Bytes
    starts: Ints
    ends: Ints

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def width(self) -> int:
        """How many cells each row has."""
        return int(self.starts.shape[1])

    def columns(self) -> list[Cells]:
        """The cells column by column."""
        bounds = (np.ascontiguousarray(places.T) for places in (self.starts, self.ends))
        return [Cells(self.data, starts, ends) for starts, ends in zip(*bounds, strict=True)]

    def row(self, index: int) -> list[str]:
        """The cells of one row."""
        bounds = zip(self.starts[index].tolist(), self.ends[index].tolist(), strict=True)
        return [self.data[start:end].tobytes().decode() for start, end in bounds]

    def rows(self) -> list[list[str]]:
        """All rows as texts."""
        return [list(row) for row in zip(*self.columns(), strict=True)]

    def part(self, first: int, end: int) -> Table:
        """Some consecutive rows, at least one."""
        low = self.starts[first, 0] - len(_MARGIN)
        high = self.ends[end - 1, -1] + len(_MARGIN)
        return Table(self.data[low:high], self.starts[first:end] - low, self.ends[first:end] - low)


def joined(tables: Sequence[Table]) -> Table:
    """Tables of equally many columns below each other."""
    if len(tables) == 1:
        return tables[0]
    shifts = np.cumsum([0, *(len(table.data) for table in tables[:-1])])
    moved = list(zip(tables, shifts, strict=True))
    return Table(
        np.concatenate([table.data for table in tables]),
        np.concatenate([table.starts + shift for table, shift in moved]),
        np.concatenate([table.ends + shift for table, shift in moved]),
    )


def end_to_end(data: bytes, lengths: Ints) -> Table:
    """A table of cells that stand one behind the other, with nothing between them.

    Args:
        data: The cells, UTF-8, row by row; without line breaks.
        lengths: Bytes of each cell by row and column; none of the rows is blank throughout.
    """
    ends = np.cumsum(lengths).reshape(lengths.shape) + len(_MARGIN)
    return Table(np.frombuffer(b"".join((_MARGIN, data, _MARGIN)), np.uint8), ends - lengths, ends)


def plain_table(block: str, delimiter: str, width: int, longest: int) -> Table | None:
    """Cut whole lines of which no cell is quoted, or every one.

    Args:
        block: The lines; without characters that no cell should hold, see ``_text.SUSPECT``.
        delimiter: What parts the cells.
        width: Cells of each row.
        longest: Bytes that a row may have.

    Returns:
        What a strict csv reader reads, or None when the lines are not so plain: another number of cells, a
        blank row, a quote or line break within a cell.
    """
    if not delimiter.isascii() or delimiter in _NO_DELIMITERS:
        return None
    open_end = "" if block.endswith("\n") else "\n"
    data = np.frombuffer(b"".join((_MARGIN, block.encode(), open_end.encode(), _MARGIN)), np.uint8)
    cut, between = (_quoted, 3) if '"' in block else (_unquoted, 1)
    bounds = cut(data, ord(delimiter), width)
    if bounds is None:
        return None
    starts, ends = bounds
    lengths = ends[:, -1] - starts[:, 0]
    if (lengths == between * (width - 1)).any() or int(lengths.max()) > longest:
        return None
    return Table(data, starts, ends)


def _unquoted(data: Bytes, delimiter: int, width: int) -> tuple[Ints, Ints] | None:
    """Where the cells of plain lines begin and end."""
    marks = np.flatnonzero((data == delimiter) | (data == _LINE_FEED))
    if not len(marks) or len(marks) % width:
        return None
    starts = np.concatenate(([len(_MARGIN)], marks[:-1] + 1)).reshape(-1, width)
    ends = marks.reshape(-1, width)
    breaks = data[ends] == _LINE_FEED
    if not breaks[:, -1].all() or breaks[:, :-1].any():
        return None
    returns = int(np.count_nonzero(data == _RETURN))
    if returns:
        if returns != len(ends) or not (data[ends[:, -1] - 1] == _RETURN).all():
            return None
        ends[:, -1] -= 1
    return starts, ends


def _quoted(data: Bytes, delimiter: int, width: int) -> tuple[Ints, Ints] | None:
    """Where the cells of lines begin and end in which every cell is quoted."""
    quotes = np.flatnonzero(data == _QUOTE)
    if not len(quotes) or len(quotes) % (2 * width) or quotes[0] != len(_MARGIN):
        return None
    opened, closed = quotes[0::2].reshape(-1, width), quotes[1::2].reshape(-1, width)
    returns = int(np.count_nonzero(data == _RETURN))
    line_end = 1 + bool(returns)
    behind = closed + 1
    behind[:, -1] += line_end - 1
    following = np.concatenate((opened.ravel()[1:], [len(data) - len(_MARGIN)])).reshape(-1, width)
    whole = (
        (following == behind + 1).all()
        and (data[behind[:, :-1]] == delimiter).all()
        and (data[behind[:, -1]] == _LINE_FEED).all()
        and np.count_nonzero(data == _LINE_FEED) == len(opened)
        and (not returns or (returns == len(opened) and (data[closed[:, -1] + 1] == _RETURN).all()))
    )
    return (opened + 1, closed) if whole else None
