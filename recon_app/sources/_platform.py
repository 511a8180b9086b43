"""What the settlement files of payment platforms have in common, besides their balance lines (``_balance``).

A file is read chunk by chunk where each cell says for itself what it is. Where only the whole file shows the
decimal mark or the order of the date parts, :class:`Whole` holds all chunks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat

import numpy as np

from recon_app.models.money import MoneyError, format_minor, parse_minor
from recon_app.models.problem import FileRejected, Problem
from recon_app.models.proof import Proof
from recon_app.models.record import NO_INT
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Mask, Reading, chunks, clean_header
from recon_app.sources._chunk import AGAIN, LARGEST
from recon_app.sources._dates import moments_as
from recon_app.sources._detect import find_date_order, find_decimal_mark, plain_amounts
from recon_app.sources._reading import shown

_PLAIN = frozenset("0123456789.-")


def identifiers(chunk: Chunk, *names: str, blank: str = "") -> list[str]:
    """Cells byte for byte, ``blank`` ones empty; an id that a spreadsheet program has rounded is a fault."""
    cells = chunk.ids(*names)
    return ["" if cell == blank else cell for cell in cells] if blank and blank in cells else cells


def report(
    chunk: Chunk, name: str, cells: Sequence[str], bad: Mask, problem: str, advice: str, code: str = ""
) -> None:
    """Record the same fault of several cells."""
    for index in np.flatnonzero(bad).tolist():
        cell = cells[index]
        chunk.problem(index, name, f"{shown(cell)!r} {problem}" if cell else problem, advice, code)


def written_moments(
    chunk: Chunk,
    name: str,
    formats: Sequence[str],
    zone: str | Sequence[str] = "",
    *,
    texts: Sequence[str] | None = None,
    required: bool = False,
) -> tuple[Ints, Ints]:
    """Days as written and seconds in UTC of a column in one of several forms; see ``moments_as``."""
    cells = chunk.text(name) if texts is None else texts
    days, at, bad = moments_as(cells, formats, zone)
    report(chunk, name, cells, bad, "is not a time of this export", AGAIN, "E_DATE")
    if required:
        missing = (days == NO_INT) & ~bad
        report(chunk, name, cells, missing, "is empty", "every record needs a date", "E_DATE")
    return days, at


def first_of(*columns: Sequence[str]) -> list[str]:
    """Row by row the first cell that is not blank."""
    return [next(filter(None, cells), "") for cells in zip(*columns, strict=True)]


def same(text: str, chunk: Chunk) -> list[str]:
    """A column with one text in every row."""
    return list(repeat(text, len(chunk)))


def or_zero(minor: Ints) -> Ints:
    """Amounts with blanks as zero."""
    return np.where(minor == NO_INT, np.int64(0), minor)


class Sums:
    """Sums by group and currency, over all chunks of a file."""

    def __init__(self) -> None:
        self._minor: defaultdict[tuple[str, str], int] = defaultdict(int)

    def add(self, groups: Iterable[str], currencies: Iterable[str], minor: Ints) -> None:
        """Add a column; rows without a group count for none."""
        for group, currency, value in zip(groups, currencies, minor.tolist(), strict=True):
            if group and value != NO_INT:
                self._minor[group, currency] += value

    def get(self, key: tuple[str, str]) -> int:
        """The sum of a (group, currency), 0 for one that was never added to."""
        return self._minor.get(key, 0)

    def keys(self) -> list[tuple[str, str]]:
        """All (group, currency) in the order they came."""
        return list(self._minor)

    def with_keys_of(self, other: Sums) -> Sums:
        """Only the sums of groups that ``other`` has too."""
        found = Sums()
        found._minor.update((key, minor) for key, minor in self._minor.items() if key in other._minor)
        return found

    def closing_proof(self, name: str) -> Proof | None:
        """Prove that every group adds up to zero; None when there is none."""
        return self.proof(name, lambda _: 0)

    def proof(self, name: str, expected: Callable[[tuple[str, str]], int]) -> Proof | None:
        """Prove that every group has the sum that is expected of it; None when there is no group."""
        count = len(self._minor)
        broken = [key for key, minor in self._minor.items() if minor != expected(key)]
        found = f"{count - len(broken)} of {count}"
        if broken:
            group, currency = broken[0]
            sums = [format_minor(minor, currency) for minor in (self.get(broken[0]), expected(broken[0]))]
            found += f", first broken: {group}, {sums[0]} {currency} instead of {sums[1]}"
        return Proof(name, f"{count} of {count}", found, not broken) if count else None


class Whole:
    """All chunks of a file whose amounts and dates only the whole file explains.

    Attributes:
        chunks: The chunks.
    """

    def __init__(
        self,
        file: InputFile,
        required: Sequence[str],
        reading: Reading,
        *,
        blank: str = "",
        records: Callable[[Iterator[list[str]]], Iterator[list[str]]] | None = None,
    ) -> None:
        """Read the file.

        Args:
            file: The file.
            required: Header cells by which the header row is found.
            reading: Takes the faults.
            blank: What the platform writes into an empty cell.
            records: As in ``chunks``.
        """
        parts = chunks(file, required, reading)
        if records is not None:
            parts = chunks(file, required, reading, records=records)
        self.chunks = list(parts)
        self._blank = blank
        self._mark = "dot"
        self._order = "ymd"

    def text(self, chunk: Chunk, *names: str) -> list[str]:
        """Cells byte for byte, empty ones blank."""
        cells = chunk.text(*names)
        return ["" if cell == self._blank else cell for cell in cells] if self._blank in cells else cells

    def find_mark(self, names: Sequence[str], options: Mapping[str, str]) -> None:
        """Find the decimal mark of all amount columns together.

        Raises:
            AnswerNeeded: it can be either; option ``decimal_mark`` says it.
        """
        cells = set(chain.from_iterable(self.text(chunk, name) for chunk in self.chunks for name in names))
        self._mark = find_decimal_mark(sorted(cells), options.get("decimal_mark", "")).value

    def find_order(self, names: Sequence[str], options: Mapping[str, str]) -> str:
        """Find the order of day, month and year of dates in digits, ``ymd``, ``dmy`` or ``mdy``.

        Raises:
            AnswerNeeded: several fit; option ``date_order`` says it.
        """
        cells = chain.from_iterable(self.text(chunk, name) for chunk in self.chunks for name in names)
        self._order = find_date_order(cells, options.get("date_order", "")).value
        return self._order

    def money(
        self, chunk: Chunk, name: str, currencies: str | Sequence[str], *, required: bool = False
    ) -> Ints:
        """Exact minor units of a column."""
        cells = self.text(chunk, name)
        texts = self._plain(chunk, name, cells)
        minor = chunk.money(name, currencies, texts=texts)
        if required:
            empty = np.array([not cell.strip() for cell in cells], np.bool_)
            report(chunk, name, cells, empty, "is empty", "every record needs an amount", "E_NUMBER")
        return minor

    def _plain(self, chunk: Chunk, name: str, cells: Sequence[str]) -> Sequence[str]:
        """Amounts of a column as plain decimals, each distinct cell converted once."""
        if self._mark == "dot" and not set("".join(cells)) - _PLAIN:
            return cells
        distinct = list(dict.fromkeys(cells))
        plain = plain_amounts(distinct, self._mark)
        bad = dict(zip(distinct, plain.bad.tolist(), strict=True))
        problem = f"is not an amount (with a decimal {self._mark})"
        faulty = np.array([bad[cell] for cell in cells], np.bool_)
        report(chunk, name, cells, faulty, problem, AGAIN, "E_NUMBER")
        texts = dict(zip(distinct, plain.texts, strict=True))
        return [texts[cell] for cell in cells]


def rows_of(batch: Batch, chosen: Mask) -> Batch:
    """Some rows of a batch."""
    picked = np.flatnonzero(chosen).tolist()
    return {
        name: column[chosen] if isinstance(column, np.ndarray) else [column[index] for index in picked]
        for name, column in batch.items()
    }


def summary_of(file: InputFile, summary: Sequence[str], details: Sequence[str]) -> dict[str, str]:
    """The cells of the summary above the details of a file of two blocks, by lower-case header cell.

    Raises:
        FileRejected: there is not exactly one row of values between the two headers, or it has no cell for
            each column.
    """
    first, second = file.header_index(summary), file.header_index(details)
    between = [] if first is None else [row for row in file.head_rows[first + 1 : second] if any(row)]
    if first is None or second is None or len(between) != 1:
        problem = f"there are {len(between)} rows of totals above the details, one is needed"
        raise FileRejected(Problem(None, None, problem, "export one settlement at a time", "E_RULE"))
    header = _without_empty_end([clean_header(cell).casefold() for cell in file.head_rows[first]])
    values = _without_empty_end(between[0])
    needed = max(header.index(name.casefold()) for name in summary) + 1
    if not needed <= len(between[0]) or len(values) > len(header):
        problem = f"the row of totals has {len(between[0])} cells where its header has {len(header)}"
        raise FileRejected(Problem(None, None, problem, AGAIN, "E_FIELD_COUNT", first + 2))
    return {name: cell.strip() for name, cell in zip(header, values, strict=False) if name}


def _without_empty_end(cells: Sequence[str]) -> list[str]:
    """Cells up to the last that is filled."""
    filled = max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)
    return list(cells[:filled])


def summary_minor(name: str, cell: str, currency: str) -> int:
    """Minor units of a cell of the summary.

    Raises:
        FileRejected: it is not an exact amount of its currency.
    """
    try:
        minor = parse_minor(cell, currency)
    except MoneyError as error:
        raise FileRejected(Problem(None, name, f"{error}", AGAIN, "E_NUMBER")) from error
    if abs(minor) > LARGEST:
        raise FileRejected(Problem(None, name, f"{cell!r} is no amount of money", AGAIN, "E_RANGE"))
    return minor


def padded(width: int) -> Callable[[Iterator[list[str]]], Iterator[list[str]]]:
    """Rows that hold data, filled up where empty cells at their end are left out."""

    def pad(rows: Iterator[list[str]]) -> Iterator[list[str]]:
        return (row + [""] * (width - len(row)) for row in rows if any(row))

    return pad
