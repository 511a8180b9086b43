"""The table of a bank's CSV or workbook: which rows are lines, and what the others say.

Banks put text around the table (account, period, balances, disclaimers) and between its lines (the parts of a
batch, second lines of a description, card payments that are not booked). Nothing is skipped in silence: a row
is a line, a balance, or counted in a note; a row that is none of these is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from recon_app.models.counted import counted
from recon_app.models.problem import FileRejected, Problem, UsageError
from recon_app.sources._bank import CURRENCIES
from recon_app.sources._bank_mapping import bare, complete, fold, header_row
from recon_app.sources._base import InputFile, Reading, clean_header
from recon_app.sources._detect import looks_like_amount, looks_like_date

_AMOUNTS = ("amount", "debit", "credit")
_SINGLE = (
    *_AMOUNTS,
    "value_date",
    "direction",
    "balance",
    "currency",
    "reference",
    "bank_reference",
    "account",
)
_OPENING = re.compile(
    r"opening balance|balance at start|start(ing)? balance|beginning balance|brought forward|anfangssaldo"
    r"|alter (kontostand|saldo)|eroffnungssaldo|solde (initial|d'ouverture|au debut)|beginsaldo"
    r"|saldo (inicial|anterior|iniziale)"
)
_CLOSING = re.compile(
    r"closing balance|balance at end|end(ing)? balance|carried forward|endsaldo|neuer (kontostand|saldo)"
    r"|schlusssaldo|solde (final|de cloture|a la fin)|eindsaldo|saldo final"
)
_SUM = re.compile(r"\b(total|totaal|totale|summe|somme|suma|somma|balance|saldo|solde|kontostand)\b")
_OWN_ACCOUNT = re.compile(
    r"(iban|account( number| no| id)?|konto(nummer)?|compte|rekening(nummer)?|cuenta|conto)"
)
_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_DELIMITERS = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


@dataclass
class BankTable:
    """The lines of a table and what stands around them.

    Attributes:
        header: Header cells.
        mapping: What each column is; see :mod:`recon_app.sources._bank_mapping`.
        columns: Column indexes by mapping key.
        rows: Numbers of the lines among the records below the header, from 1.
        cells: Their cells by mapping key; a key without a column is missing.
        labels: The filled description cells of each line.
        opening: Opening balance as written, or "".
        closing: Closing balance as written, or "".
        account: The statement's own account as written above the table, or "".
        currency: The only currency named around the table, or "".
        filled_dates: How many lines got their date from the second date column.
    """

    header: list[str]
    mapping: dict[str, str]
    columns: dict[str, list[int]]
    rows: list[int] = field(default_factory=list)
    cells: dict[str, list[str]] = field(default_factory=dict)
    labels: list[list[str]] = field(default_factory=list)
    opening: str = ""
    closing: str = ""
    account: str = ""
    currency: str = ""
    filled_dates: int = 0

    def name(self, key: str) -> str:
        """The header of the (first) column of a key, as the messages call it."""
        return clean_header(self.header[self.columns[key][0]]) or f"column {self.columns[key][0] + 1}"


def read_table(file: InputFile, given: Mapping[str, str], reading: Reading) -> BankTable:
    """Find the header, bind the columns and sort the rows.

    Args:
        file: The file.
        given: What a person said of its columns.
        reading: Takes faults and notes.

    Raises:
        FileRejected: there is no header row.
        AnswerNeeded: the columns of date or amount are not certain.
        UsageError: the given header row or delimiter is not possible.
    """
    file = _with_delimiter(file, given.get("delimiter", ""))
    index = _header_index(file.head_rows, given.get("header_row", ""))
    header = file.head_rows[index]
    mapping, columns = complete(header, file.head_rows[index + 1 :], given)
    table = BankTable(header, mapping, columns)
    table.cells = {key: [] for key in ("date", *_SINGLE) if key in columns}
    rows = file.rows()
    around = [next(rows) for _ in range(index)]
    next(rows)
    sorter = _Sorter(table, reading)
    for row in rows:
        sorter.add(row)
    sorter.finish()
    _read_around(table, around, sorter.around)
    return table


def _with_delimiter(file: InputFile, told: str) -> InputFile:
    if not told or file.is_xlsx:
        return file
    mark = _DELIMITERS.get(told, told)
    if len(mark) != 1:
        raise UsageError(f"{told!r} is not one character; use comma, semicolon, tab or pipe")
    other = InputFile(file.path, file.encoding)
    other.delimiter = mark
    return other


def _header_index(rows: Sequence[Sequence[str]], told: str) -> int:
    if told:
        if not told.isascii() or not told.isdigit() or not 1 <= int(told) <= len(rows):
            raise UsageError(f"header_row is {told!r}; it must be 1 to {len(rows)}")
        return int(told) - 1
    index = header_row(rows)
    if index is None:
        problem = "no row names a date and an amount"
        raise FileRejected(Problem(None, None, problem, "say which row is the header (mapping.header_row)"))
    return index


class _Sorter:
    """Sorts the rows below the header into lines, balances and the rest.

    Attributes:
        around: Rows that are no lines but may name balances.
    """

    def __init__(self, table: BankTable, reading: Reading) -> None:
        self.around: list[list[str]] = []
        self._table = table
        self._reading = reading
        self._number = 0
        self._left_out: dict[str, int] = {}
        self._names = [clean_header(cell) for cell in table.header]
        self._dates = table.columns["date"]
        self._amounts = [index for key in _AMOUNTS for index in table.columns.get(key, [])]
        self._balance = table.columns.get("balance", [])
        self._labels = table.columns.get("label", [])

    def add(self, raw: Sequence[str]) -> None:
        """Look at one row."""
        cells = [bare(cell) for cell in raw]
        if not any(cells):
            return
        self._number += 1
        width = len(self._table.header)
        even = len(cells) >= width and not any(cells[width:])
        cells = cells[:width] + [""] * (width - len(cells))
        date = next((cells[index] for index in self._dates if cells[index]), "")
        amount = any(cells[index] for index in self._amounts)
        if [clean_header(cell) for cell in cells] == self._names:
            self._fault(None, "the header stands here again", "import the files one by one")
        elif self._is_balance(cells):
            self.around.append(cells)
        elif looks_like_date(date) and (amount or not _says_balance(cells)):
            self._line(cells, date, len(raw), even=even, amount=amount)
        elif amount and not _says_balance(cells):
            self._undated(cells, date)
        else:
            self._other(cells, date)

    def _is_balance(self, cells: Sequence[str]) -> bool:
        """Whether the description calls the row an opening or closing balance, whatever else it holds."""
        words = [fold(cells[index])[0] for index in self._labels]
        return any(_OPENING.match(word) or _CLOSING.match(word) for word in words)

    def _line(self, cells: list[str], date: str, found: int, *, even: bool, amount: bool) -> None:
        width = len(self._table.header)
        if not even:
            self._fault(None, f"the record has {found} cells where the header has {width}", "export it again")
        elif not amount:
            self._fault(self._amounts[0], "is empty", "every record needs an amount")
        else:
            self._keep(cells, date)

    def _keep(self, cells: list[str], date: str) -> None:
        table = self._table
        table.rows.append(self._number)
        table.filled_dates += not cells[self._dates[0]]
        table.cells["date"].append(date)
        for key in _SINGLE:
            if key in table.columns:
                table.cells[key].append(cells[table.columns[key][0]])
        table.labels.append([cells[index] for index in self._labels if cells[index]])

    def _undated(self, cells: list[str], date: str) -> None:
        """A row with an amount but without a date: not booked, or a fault."""
        if not date and self._balance and not cells[self._balance[0]]:
            self._leave_out("without a date and a balance (not booked)")
        elif date:
            self._fault(self._dates[0], f"{date!r} is not a date", "correct the date")
        else:
            self._fault(self._dates[0], "is empty", "every record needs a date")

    def _other(self, cells: list[str], date: str) -> None:
        """A row that is no line: the next piece of a description, part of a batch, a balance, a remark."""
        filled = [index for index, cell in enumerate(cells) if cell]
        if self._table.labels and not date and set(filled) <= set(self._labels):
            self._table.labels[-1] += [cells[index] for index in filled]
        elif date or _says_balance(cells):
            self.around.append(cells)
        else:
            self._leave_out("without a date and an amount (part of a batch)")

    def _leave_out(self, what: str) -> None:
        self._left_out[what] = self._left_out.get(what, 0) + 1

    def _fault(self, column: int | None, problem: str, advice: str) -> None:
        name = None if column is None else self._names[column]
        self._reading.problem(self._number, name, problem, advice)

    def finish(self) -> None:
        """Say what was left out."""
        notes = self._reading.notes
        for what, count in self._left_out.items():
            notes.append(f"{counted(count, 'row')} {what} left out")
        if self.around:
            notes.append(
                f"{counted(len(self.around), 'row')} with a balance, a total or a remark, not a line"
            )
        if self._table.filled_dates:
            second = self._names[self._dates[1]]
            lines = counted(self._table.filled_dates, "line")
            notes.append(f"{lines} without {self._table.name('date')}: {second} is used")


def _says_balance(cells: Iterable[str]) -> bool:
    folded = " ".join(fold(cell)[0] for cell in cells if cell)
    return any(pattern.search(folded) for pattern in (_SUM, _OPENING, _CLOSING))


def _read_around(table: BankTable, before: Sequence[Sequence[str]], after: Sequence[Sequence[str]]) -> None:
    """Take account, currency and balances from the rows above, between and below the lines."""
    above = [[bare(cell) for cell in row] for row in before]
    everything = [*above, *after]
    table.opening = next(_amounts_of(everything, _OPENING), "")
    table.closing = next(_amounts_of(everything, _CLOSING), "")
    codes = {cell.strip(" :") for row in above for cell in row} & CURRENCIES
    table.currency = codes.pop() if len(codes) == 1 else ""
    table.account = _account(above)


def _amounts_of(rows: Iterable[Sequence[str]], pattern: re.Pattern[str]) -> Iterator[str]:
    """The amounts beside the words of a balance: in the same cell, behind it, else before it."""
    for row in rows:
        for index, cell in enumerate(row):
            if pattern.search(fold(cell)[0]):
                candidates = [cell.rpartition(":")[2], *row[index + 1 :], *row[:index]]
                yield from (
                    text for text in candidates if looks_like_amount(text) and not looks_like_date(text)
                )


def _account(rows: Iterable[Sequence[str]]) -> str:
    """The IBAN above the table, or what stands behind the word account there."""
    named = []
    for row in rows:
        for index, cell in enumerate(row):
            found = _IBAN.search(cell)
            if found:
                return found[0].replace(" ", "")
            word, _, value = cell.partition(":")
            if _OWN_ACCOUNT.fullmatch(fold(word)[0]):
                named.append(value.strip() or next((text for text in row[index + 1 :] if text), ""))
    return next((value for value in named if any(char.isdigit() for char in value)), "")
