"""Tables of any origin with the columns that a person named: what all sources of this kind share.

Such a source never claims a file. It is offered when nobody else does, and its answers are kept for the next
file with the same header. Options are ``mapping.<key>`` for the columns (see the targets of each source) and
for what is not written in the table:

* ``mapping.header_row`` (from 1), ``mapping.block`` (the title above one of several tables),
  ``mapping.delimiter``;
* ``mapping.sign`` (``inverted``), ``mapping.amount_unit`` (``minor``), ``mapping.dash``,
  ``mapping.credit_marks``, ``mapping.ids``, ``mapping.duplicates``, ``mapping.quantity_decimals``,
  ``mapping.max_quantity``, ``mapping.dst_overlap``, ``mapping.overlap``, ``mapping.changes``;
* ``date_order``, ``decimal_mark``, ``thousands_mark``, ``debit_sign``, ``currency``, ``zone``,
  ``encoding``, as for other sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np

from recon_app.models.problem import AnswerNeeded, UsageError
from recon_app.models.record import NO_INT
from recon_app.sources._bank import CURRENCIES
from recon_app.sources._base import CHUNK_ROWS, Batch, InputFile, Ints, Reading, Source, checked
from recon_app.sources._detect import debit_credit_readings, directions, split_amount
from recon_app.sources._goods import Sums
from recon_app.sources._mapped_columns import PREFIX, Kind, Target, propose
from recon_app.sources._mapped_dates import Dates
from recon_app.sources._mapped_numbers import Numbers
from recon_app.sources._mapped_table import Table, read_table
from recon_app.sources._mapped_texts import Texts

#: Answers, without their prefix, that say how a table is written; with the columns they are its mapping.
ANSWERS = (
    "header_row",
    "block",
    "delimiter",
    "sign",
    "amount_unit",
    "dash",
    "credit_marks",
    "ids",
    "duplicates",
    "quantity_decimals",
    "max_quantity",
    "dst_overlap",
    "fee_sign",
    "overlap",
)
#: Answers whose options have no prefix.
PLAIN_ANSWERS = ("date_order", "decimal_mark", "thousands_mark", "debit_sign", "currency", "zone", "encoding")


def to_options(mapping: Mapping[str, str]) -> dict[str, str]:
    """A mapping as options of an import: answers that other sources ask, too, have no prefix."""
    return {
        name if name in PLAIN_ANSWERS else PREFIX + name: value for name, value in mapping.items() if value
    }


class MappedSource(Source):
    """A table of any origin.

    Attributes:
        targets: What its columns can be.
        unique: Keys of the columns that name a record; equal ones are asked or refused.
    """

    fallback = True
    mapped = True
    targets: ClassVar[tuple[Target, ...]]
    unique: ClassVar[tuple[str, ...]] = ()

    @property
    def answers(self) -> frozenset[str]:
        """Keys that a mapping of this source may have."""
        return frozenset((*(target.key for target in self.targets), *ANSWERS, *PLAIN_ANSWERS))

    def recognises(self, file: InputFile) -> bool:
        """Whether the header words name all columns that are needed; a person decides all the same."""
        needed = {target.key for target in self.targets if target.required}
        return any(needed <= propose(row, self.targets).keys() for row in file.head_rows)

    def propose(self, file: InputFile) -> dict[str, str]:
        """The columns that the header words leave no doubt about, of the row that has the most."""
        found = [propose(row, self.targets) for row in file.head_rows]
        return max(found, key=len, default={})

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Read the table as a whole, then hand it over in batches."""
        table = read_table(file, self.targets, options, reading)
        batch = _Columns(table, options).batch()
        self.complete(table, batch, options)
        kept = _unique(table, self.unique, options)
        table.settle()
        _tell(table, batch)
        for start in range(0, len(kept), CHUNK_ROWS):
            part = kept[start : start + CHUNK_ROWS]
            picked: Batch = {
                name: [column[index] for index in part] if isinstance(column, list) else column[part]
                for name, column in batch.items()
            }
            yield checked(picked, len(part))

    def complete(self, table: Table, batch: Batch, options: Mapping[str, str]) -> None:
        """Add or change fields of all records; faults and questions go to the table."""


class _Columns:
    """The columns of a table as fields of records."""

    def __init__(self, table: Table, options: Mapping[str, str]) -> None:
        self._table = table
        self._options = options
        self._texts = Texts(table, options)
        self._numbers = Numbers(table, options)
        self._dates = Dates(table, options)

    def batch(self) -> Batch:
        """All fields."""
        table = self._table
        batch: Batch = {"row": np.array(table.rows, np.int64)}
        money = [key for key in table.places if table.targets[key].kind is Kind.MONEY]
        for key in table.places:
            self._read_simple(key, batch)
        if money:
            currencies = self._currencies(money)
            batch["currency"] = currencies
            minor = {
                key: self._numbers.money(key, currencies, filled=table.targets[key].filled) for key in money
            }
            self._place_money(minor, batch)
        return batch

    def _read_simple(self, key: str, batch: Batch) -> None:
        target = self._table.targets[key]
        if target.kind is Kind.ID:
            batch[target.field] = self._texts.ids(key, filled=target.filled)
        elif target.kind in (Kind.TEXT, Kind.CATEGORY):
            batch[target.field] = self._texts.texts(key)
        elif target.kind is Kind.QUANTITY:
            batch[target.field] = self._numbers.quantity(key, filled=target.filled)
        elif target.kind is Kind.DATE:
            days, at = self._dates.read(key, filled=target.filled)
            batch[target.field] = days
            if target.field == "day":
                batch["at"] = at

    def _currencies(self, money: list[str]) -> list[str]:
        """The currency of each record: its column, an answer, or the only one in the cells."""
        table = self._table
        if "currency" in table.places:
            return self._texts.currencies("currency")
        told = (
            (self._options.get("currency") or self._options.get(PREFIX + "currency_code", "")).strip().upper()
        )
        if told and told not in CURRENCIES:
            raise UsageError(f"{told!r} is not a currency code")
        if not told:
            found = {
                parts.code
                for key in money
                for cell in set(table.cells[key])
                if not cell.isdigit() and (parts := split_amount(cell)) is not None and parts.code
            }
            told = found.pop() if len(found) == 1 else ""
        if not told:
            question = "The table names no currency. In which currency are the amounts (EUR, USD ...)?"
            table.questions.append(AnswerNeeded("currency", (), question))
        return [told] * len(table)

    def _place_money(self, minor: dict[str, Ints], batch: Batch) -> None:
        debit, credit = minor.pop("debit", None), minor.pop("credit", None)
        if "amount" not in minor and debit is not None and credit is not None:
            batch["amount"] = self._two_columns(debit, credit)
        for key, values in minor.items():
            batch[self._table.targets[key].field] = values
        if "amount" in minor:
            batch["amount"] = self._signed(minor["amount"])

    def _signed(self, amount: Ints) -> Ints:
        sign = self._options.get(PREFIX + "sign", "as_is")
        if sign not in ("as_is", "inverted"):
            raise UsageError(f"sign is {sign!r}; it must be as_is or inverted")
        known = amount != NO_INT
        table = self._table
        if "direction" in table.places:
            signs = directions(table.cells["direction"])
            table.faults(
                "direction", known & (signs == 0), "is no debit or credit mark", "correct it", "E_NUMBER"
            )
            amount = np.where(known, np.abs(np.where(known, amount, 0)) * signs, amount)
        return np.where(known, -amount, amount) if sign == "inverted" else amount

    def _two_columns(self, debit: Ints, credit: Ints) -> Ints:
        table = self._table
        neither = (debit == NO_INT) & (credit == NO_INT)
        debit, credit = (np.where(values == NO_INT, 0, values) for values in (debit, credit))
        both = (debit != 0) & (credit != 0)
        table.faults("debit", both, "stands beside a credit", "a line is either one", "E_NUMBER")
        table.faults("debit", neither, "has no amount beside it", "every record needs one", "E_NUMBER")
        told = self._options.get("debit_sign") or self._options.get(PREFIX + "debit_sign", "")
        readings = debit_credit_readings(debit, credit, told)
        if not told and len(set(readings) - {"books"}) > 1:
            question = (
                "Some debits or credits are negative. columns: the column decides, the sign says nothing; "
                "signed: the sign decides; reversal: a negative debit gives money back. Which is it?"
            )
            table.questions.append(AnswerNeeded("debit_sign", tuple(readings), question))
        return next(iter(readings.values()))


def _unique(table: Table, keys: tuple[str, ...], options: Mapping[str, str]) -> Ints:
    """Indexes of the records to keep: all, or the first of equal ones where a person said so."""
    told = options.get(PREFIX + "duplicates", "")
    if told not in ("", "once", "keep"):
        raise UsageError(f"duplicates is {told!r}; it must be once or keep")
    every = np.arange(len(table))
    keys = tuple(key for key in keys if key in table.cells)
    if not keys:
        return every
    named = list(zip(*([cell.strip() for cell in table.cells[key]] for key in keys), strict=True))
    if len(set(named)) == len(named):
        return every
    first: dict[tuple[str, ...], int] = {}
    doubled = []
    for index, name in enumerate(named):
        before = first.setdefault(name, index)
        if before != index and any(name):
            other = next(
                (key for key, cells in table.cells.items() if cells[index].strip() != cells[before].strip()),
                None,
            )
            if other is None:
                doubled.append(index)
            else:
                problem = f"{' '.join(name)!r} stands in line {table.lines[before]} with other values"
                table.fault(index, other, problem, "one record each: correct the table", "E_CONFLICT")
    return _without_doubled(table, keys[0], doubled, told) if doubled else every


def _without_doubled(table: Table, key: str, doubled: list[int], told: str) -> Ints:
    every = np.arange(len(table))
    if told == "once":
        table.reading.notes.append(f"records that stand in the table twice, read once: {len(doubled)}")
        return np.setdiff1d(every, doubled)
    if told != "keep":
        cell = table.cells[key][doubled[0]].strip()
        question = (
            f"{len(doubled)} records stand in the table twice, the first is {cell!r}. "
            "once: it is the same record; keep: both are real. Which is it?"
        )
        problem = f"{cell!r} stands in the table twice, with the same values"
        table.ask(question, PREFIX + "duplicates", ("once", "keep"), doubled[0], key, problem, "E_DUP_ROW")
    return every


def _tell(table: Table, batch: Batch) -> None:
    """Say which column was read as what, and the control totals."""
    reading = table.reading
    bound = ", ".join(f"{key.replace('_', ' ')} from {name}" for key, name in table.names.items())
    reading.notes.append(f"columns: {bound}")
    reading.columns = {table.targets[key].field: name for key, name in table.names.items()}
    offsets = {line - row for row, line in zip(table.rows, table.lines, strict=True)}
    reading.offset = offsets.pop() if len(offsets) == 1 else None
    currencies = batch.get("currency")
    sums = Sums()
    for key in table.places:
        target, values = table.targets[key], batch.get(table.targets[key].field)
        if isinstance(values, np.ndarray) and target.kind is Kind.MONEY and isinstance(currencies, list):
            reading.total(table.names[key], currencies, values)
        elif isinstance(values, np.ndarray) and target.kind is Kind.QUANTITY:
            sums.add({table.names[key]: values})
    signed = batch.get("amount")
    if "debit" in table.places and isinstance(signed, np.ndarray) and isinstance(currencies, list):
        reading.total("Amount", currencies, signed)
    sums.note(reading)
