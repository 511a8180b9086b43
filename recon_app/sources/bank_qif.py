"""Bank, cash and card accounts in QIF (Quicken Interchange Format).

One letter at the start of a line says what it holds; ``^`` ends a record. The format names no currency and
no order of the date parts, has no ids and no closing balance: what the file leaves open is asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from recon_app.models.counted import counted
from recon_app.models.problem import FileRejected, Problem
from recon_app.models.record import NO_INT, RecordType
from recon_app.sources._bank import Line, batches, joined, lenient_text, told_currency
from recon_app.sources._base import Batch, InputFile, Ints, Mask, Reading, Source
from recon_app.sources._detect import (
    ORDER_WORDS,
    find_date_order,
    find_decimal_mark,
    plain_amounts,
    read_days,
)
from recon_app.sources._extra import json_objects
from recon_app.sources._values import minor_units

_START = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?:[ \t]*(?:#[^\n]*)?\n)*!(?:Type:|Account|Option:|Clear:)", re.IGNORECASE
)
_ACCOUNTS = frozenset(("bank", "cash", "ccard", "oth a", "oth l"))
_SPLIT = "SE$%"
_KNOWN = frozenset("DTUMCNPALF" + _SPLIT)
_APOSTROPHE = re.compile(r"([0-9]{1,2})([/.\-])([0-9]{1,2})'([0-9]{1,4})")
_OPENING = "opening balance"
_ADVICE = "export it again"
_AMOUNT_NAMES = {"T": "T (amount)", "$": "$ (amount of a split)"}


class BankQif(Source):
    """One record per transaction of all accounts of the file."""

    id = "bank_qif"
    title = "Bank statement QIF"
    record_type = RecordType.BANK_LINE
    key = ("account", "currency", "day", "amount", "ref2", "ref", "text")

    def recognises(self, file: InputFile) -> bool:
        """Whether the first line that is no remark starts a section (``!Type:Bank``)."""
        return bool(_START.match(file.head.replace(b"\r", b"\n")))

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Read all accounts; splits must sum to their transaction."""
        found = _records(lenient_text(file, reading), reading)
        if not found:
            reading.notes.append("the file has no transactions")
            return
        converted = _Converted(found, options, reading)
        reading.notes.append(
            "QIF gives no closing balance, so nothing proves that all lines are here: compare with the bank"
        )
        if not reading.problems:
            yield from batches(converted.lines(), reading)


@dataclass
class _Record:
    """One transaction.

    Attributes:
        row: Its number in the file, from 1.
        line: Line of the file in which it starts, from 1.
        account: Name of its account, "" when the file names none.
        values: Text by letter.
        splits: Its parts as category, memo and amount.
    """

    row: int
    line: int
    account: str
    values: dict[str, str] = field(default_factory=dict)
    splits: list[dict[str, str]] = field(default_factory=list)

    def add(self, letter: str, text: str, reading: Reading) -> None:
        """Take a line."""
        if letter == "S":
            self.splits.append({})
        if self.splits:
            self.splits[-1][letter] = text
        elif letter in "DT" and letter in self.values:
            self.fault(reading, letter, "stands twice in one record: the ^ between two records is missing")
        elif letter in "AM" and letter in self.values:
            self.values[letter] += f" {text}"
        else:
            self.values[letter] = text

    def fault(self, reading: Reading, column: str, problem: str) -> None:
        """Report a fault of this record."""
        reading.problem(self.row, column, problem, _ADVICE)


def _records(text: str, reading: Reading) -> list[_Record]:
    """The transactions of all bank, cash and card accounts.

    Raises:
        FileRejected: the last record has no end.
    """
    sections = _Sections(reading)
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if line.startswith("!"):
            sections.begin(line, number)
        elif line == "^":
            sections.end()
        elif line:
            sections.add(line, number)
    sections.finish()
    return sections.found


class _Sections:
    """Sorts the lines of a file into transactions, accounts and what is no business of a bank.

    Attributes:
        found: The transactions.
    """

    def __init__(self, reading: Reading) -> None:
        self.found: list[_Record] = []
        self._reading = reading
        self._section = ""
        self._account = ""
        self._open: _Record | None = None
        self._left_out: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()

    def begin(self, line: str, number: int) -> None:
        """Start a section (``!Type:Bank``, ``!Account``); options start none."""
        self._must_be_closed(number)
        name = line[1:].strip().casefold()
        if not name.startswith(("option:", "clear:")):
            self._section = name.removeprefix("type:").strip()

    def add(self, line: str, number: int) -> None:
        """Take a line of a record, or a remark above the first section."""
        if self._section == "account":
            if line.startswith("N"):
                self._account = line[1:].strip()
        elif self._section in _ACCOUNTS:
            if self._open is None:
                self._open = _Record(len(self.found) + 1, number, self._account)
            letter = line[0]
            if letter in _KNOWN:
                self._open.add(letter, line[1:].strip(), self._reading)
            else:
                self._unknown[letter] += 1
        elif not self._section and not line.startswith("#"):
            problem = f"{line[:40]!r} stands before any section"
            raise FileRejected(Problem(None, None, problem, _ADVICE, line=number))

    def end(self) -> None:
        """Close a record."""
        if self._open is not None:
            self.found.append(self._open)
            self._open = None
        elif self._section and self._section not in (*_ACCOUNTS, "account"):
            self._left_out[self._section] += 1

    def _must_be_closed(self, number: int | None) -> None:
        if self._open is not None:
            problem = "the record has no end (^): the file is cut off or damaged"
            raise FileRejected(Problem(self._open.row, None, problem, _ADVICE, line=number))

    def finish(self) -> None:
        """Say what was left out."""
        self._must_be_closed(None)
        notes = self._reading.notes
        for section, count in self._left_out.items():
            notes.append(f"{counted(count, 'record')} of the section {section!r} left out: no bank account")
        for letter, count in self._unknown.items():
            notes.append(
                f"{counted(count, 'line')} starting with {letter!r}, unknown to this version, left out"
            )


class _Converted:
    """The transactions as exact values.

    Raises:
        AnswerNeeded: the currency, the date order or the decimal mark must be told.
    """

    def __init__(self, records: Sequence[_Record], options: Mapping[str, str], reading: Reading) -> None:
        self._records = records
        self._reading = reading
        self._currency = told_currency(options.get("currency", ""), "The file")
        self._days = self._read_days(options.get("date_order", ""))
        self._minor, self._splits = self._read_amounts(options.get("decimal_mark", ""))
        self._check_splits()

    def _read_days(self, told: str) -> Ints:
        written = [record.values.get("D", "") for record in self._records]
        cells = [_plain_date(text) for text in written]
        order = find_date_order(cells, told)
        days, bad = read_days(cells, order.value)
        self._report("D (date)", written, bad, f"is not a date (in the order {ORDER_WORDS[order.value]})")
        self._report("D (date)", written, (days == NO_INT) & ~bad, "is empty")
        if not order.sure:
            self._reading.notes.append(
                f"dates are read as {ORDER_WORDS[order.value]}: no other order fits all of them"
            )
        return days

    def _read_amounts(self, told: str) -> tuple[Ints, list[list[int]]]:
        """Minor units of the transactions, and of the splits of each."""
        whole = [record.values.get("T") or record.values.get("U", "") for record in self._records]
        parts = [split.get("$", "") for record in self._records for split in record.splits]
        mark = find_decimal_mark([*whole, *parts], told)
        if not mark.sure:
            self._reading.notes.append(f"amounts are read with a decimal {mark.value}")
        minor = self._exact("T", whole, mark.value, list(range(len(whole))))
        owners = [index for index, record in enumerate(self._records) for _ in record.splits]
        found = self._exact("$", parts, mark.value, owners)
        self._report("T (amount)", whole, np.array([not text for text in whole], np.bool_), "is empty")
        splits: list[list[int]] = [[] for _ in self._records]
        for owner, amount in zip(owners, found.tolist(), strict=True):
            splits[owner].append(0 if amount == NO_INT else amount)
        return minor, splits

    def _exact(self, letter: str, cells: Sequence[str], mark: str, owners: Sequence[int]) -> Ints:
        plain = plain_amounts(cells, mark)
        values, bad = minor_units(plain.texts, self._currency)
        for index in np.flatnonzero(bad | plain.bad).tolist():
            problem = f"{cells[index]!r} is not an exact amount in {self._currency} (with a decimal {mark})"
            self._records[owners[index]].fault(self._reading, _AMOUNT_NAMES[letter], problem)
        return values

    def _report(self, column: str, cells: Sequence[str], bad: Mask, problem: str) -> None:
        for index in np.flatnonzero(bad).tolist():
            said = f"{cells[index]!r} {problem}" if cells[index] else problem
            self._records[index].fault(self._reading, column, said)

    def _check_splits(self) -> None:
        split = [index for index, parts in enumerate(self._splits) if parts]
        ok = np.array([sum(self._splits[index]) == self._minor[index] for index in split], np.bool_)
        rows = np.array([self._records[index].row for index in split], np.int64)
        self._reading.identity("amounts of the splits = amount of the transaction", ok, rows)

    def lines(self) -> list[Line]:
        """The lines, without the records that only say with how much an account starts."""
        kept = []
        days, amounts = self._days.tolist(), self._minor.tolist()
        for record, day, minor in zip(self._records, days, amounts, strict=True):
            if record.values.get("P", "").casefold() == _OPENING:
                name = f"opening balance of {record.account or 'the account'}"
                self._reading.total(name, self._currency, np.array([minor], np.int64))
            else:
                kept.append(_line(record, day, minor, self._currency))
        return kept


def _plain_date(text: str) -> str:
    """``2/14'20`` and ``1/ 3' 5`` as ``2/14/2020`` and ``1/3/2005``: Quicken marks years from 2000 on so."""
    folded = text.replace(" ", "")
    match = _APOSTROPHE.fullmatch(folded)
    if match is None:
        return folded
    first, mark, second, year = match.groups()
    return f"{first}{mark}{second}{mark}{year if len(year) == 4 else 2000 + int(year)}"


def _line(record: _Record, day: int, minor: int, currency: str) -> Line:
    values = record.values
    payee, memo = values.get("P", ""), values.get("M", "")
    splits = tuple(
        joined((split.get("S"), split.get("E"), split.get("$"))) for split in record.splits if split
    )
    return Line(
        row=record.row,
        day=day,
        due=NO_INT,
        amount=minor,
        currency=currency,
        ref=payee or memo,
        ref2=values.get("N", ""),
        ident="",
        account=record.account,
        grp="",
        text=joined((payee, memo, values.get("A"))),
        extra=json_objects({"category": [values.get("L", "")], "splits": [splits]})[0],
    )
