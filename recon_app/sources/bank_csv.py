"""Bank statements as CSV or workbook of any bank, with a column mapping that is proposed or saved.

It is asked last, when no other source claims a file. The file is read when its header words leave no doubt;
otherwise a person says which column is what (options ``mapping.date``, ``mapping.amount``...), once per bank.
Date order, decimal mark and signs come from the whole file; balances in the file prove the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from recon_app.models.counted import counted
from recon_app.models.money import Money
from recon_app.models.problem import UsageError
from recon_app.models.record import NO_INT, RecordType
from recon_app.sources._bank import (
    Balances,
    add_totals,
    filled,
    is_currency,
    joined,
    prove,
    told_currency,
)
from recon_app.sources._bank_mapping import (
    header_row,
    is_bank_table,
    mapping_from_options,
    names_a_statement,
    options_from_mapping,
    propose_mapping,
)
from recon_app.sources._bank_table import BankTable, read_table
from recon_app.sources._base import CHUNK_ROWS, Batch, InputFile, Ints, Mask, Reading, Source, checked
from recon_app.sources._detect import (
    ORDER_WORDS,
    Amounts,
    choose_reading,
    debit_credit_readings,
    directions,
    find_date_orders,
    find_decimal_mark,
    plain_amounts,
    read_days,
)
from recon_app.sources._values import minor_units

__all__ = ["BankCsv", "header_row", "mapping_from_options", "options_from_mapping", "propose_mapping"]

_AMOUNTS = ("amount", "debit", "credit", "balance")
_SHOWN = ("date", "value_date", *_AMOUNTS, "direction", "currency")


class BankCsv(Source):
    """One record per line of the table."""

    id = "bank_csv"
    title = "Bank statement (CSV or Excel)"
    record_type = RecordType.BANK_LINE
    key = ("account", "currency", "day", "amount", "ident", "ref", "text")
    fallback = True

    def recognises(self, file: InputFile) -> bool:
        """Whether it has a table that looks like a bank's and not like one of another known system."""
        return is_bank_table(file.head_rows)

    def is_sure(self, file: InputFile) -> bool:
        """Whether words of the header, and not the shape alone, say that it is a bank's."""
        index = header_row(file.head_rows)
        return index is not None and names_a_statement(file.head_rows[index])

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Read the table as a whole, then hand it over in batches."""
        table = read_table(file, mapping_from_options(options), reading)
        if not table.rows:
            reading.notes.append("the table has no lines")
            return
        statement = _Statement(table, reading)
        statement.convert()
        if reading.problems:
            return
        statement.prove()
        _add_mapping_note(table, reading)
        yield from statement.batches()


class _Statement:
    """The columns of a bank's table as exact values."""

    def __init__(self, table: BankTable, reading: Reading) -> None:
        self._table = table
        self._reading = reading
        self._rows = np.array(table.rows, np.int64)
        none = np.full(len(self._rows), NO_INT, np.int64)
        self._days = none
        self._due = none
        self._minor = none
        self._balance = none
        self._currencies: list[str] = []
        self._accounts = table.cells.get("account") or [
            table.mapping.get("account_id") or table.account
        ] * len(none)
        self._mark = ""

    def convert(self) -> None:
        """Read dates, currencies and amounts; faults go to the reading.

        Raises:
            AnswerNeeded: the file fits several readings, or names no currency.
        """
        self._read_days()
        self._read_amounts()

    def _read_days(self) -> None:
        keys = [key for key in ("date", "value_date") if key in self._table.cells]
        columns = [self._table.cells[key] for key in keys]
        found = find_date_orders(columns, self._table.mapping.get("date_order", ""))
        for key, cells, order in zip(keys, columns, found, strict=True):
            days, bad = read_days(cells, order.value)
            self._report(
                key,
                cells,
                bad,
                f"is not a date (in the order {ORDER_WORDS[order.value]})",
                "correct the date",
            )
            self._days, self._due = (days, self._due) if key == "date" else (self._days, days)
        orders = sorted({ORDER_WORDS[order.value] for order in found if not order.sure})
        if orders:
            self._note(f"dates are read as {', '.join(orders)}: no other order fits all of them")

    def _read_amounts(self) -> None:
        table = self._table
        keys: list[str] = [key for key in _AMOUNTS if key in table.cells]
        around = [text for text in (table.opening, table.closing) if text]
        mark = find_decimal_mark(
            chain(around, *(table.cells[key] for key in keys)), table.mapping.get("decimal_mark", "")
        )
        self._mark = mark.value
        if mark.value == "comma":
            self._note("amounts are read with a decimal comma")
        plain = {key: plain_amounts(table.cells[key], mark.value) for key in keys}
        self._currencies = self._find_currencies([plain[key] for key in keys])
        minor = {key: self._exact(key, plain[key]) for key in keys}
        if self._reading.problems:
            return
        self._balance = minor.pop("balance", self._balance)
        self._minor = self._signed(minor)

    def _exact(self, key: str, amounts: Amounts) -> Ints:
        cells = self._table.cells[key]
        self._report(
            key, cells, amounts.bad, f"is not an amount (with a decimal {self._mark})", "correct the amount"
        )
        other = [
            bool(code) and code != currency
            for code, currency in zip(amounts.codes, self._currencies, strict=True)
        ]
        self._report(
            key, cells, np.array(other, np.bool_), "is not in the currency of its row", "correct the currency"
        )
        values, bad = minor_units(amounts.texts, self._currencies)
        advice = "correct the amount or its currency"
        self._report(key, cells, bad, "is not an exact amount of its currency", advice)
        return values

    def _find_currencies(self, columns: Sequence[Amounts]) -> list[str]:
        """The currency of each row: its column, a person's answer, or the only one the file names.

        Raises:
            AnswerNeeded: nothing names a currency.
        """
        told = self._table.mapping.get("currency_code", "").strip().upper()
        cells = self._table.cells.get("currency")
        if cells:
            codes = [cell.upper() or told for cell in cells]
            bad = np.array([not is_currency(code) for code in codes], np.bool_)
            self._report("currency", cells, bad, "is not a currency code", "correct the currency")
            return codes
        written = {code for column in columns for code in column.codes} - {""}
        code = told or (written.pop() if len(written) == 1 else "") or self._table.currency
        return [told_currency(code, "The file")] * len(self._rows)

    def _signed(self, minor: Mapping[str, Ints]) -> Ints:
        """Amounts with credit positive, whatever way the bank writes them."""
        if "amount" not in minor:
            return self._from_two_columns(_or_zero(minor["debit"]), _or_zero(minor["credit"]))
        amount = minor["amount"]
        if "direction" in self._table.cells:
            return self._from_marks(amount)
        sign = self._table.mapping.get("sign", "as_is")
        if sign not in ("as_is", "inverted"):
            raise UsageError(f"sign is {sign!r}; it must be as_is or inverted")
        return -amount if sign == "inverted" else amount

    def _from_two_columns(self, debit: Ints, credit: Ints) -> Ints:
        both = (debit != 0) & (credit != 0)
        cells = self._table.cells["debit"]
        advice = "a line is either one: correct the row"
        self._report("debit", cells, both, "stands beside a credit", advice)
        readings = debit_credit_readings(debit, credit, self._table.mapping.get("debit_sign", ""))
        found = choose_reading(readings, lambda minor: self._checks().closes(minor))
        if not found.sure:
            proven = self._checks().closes(readings[found.value])
            why = "the balances prove this reading" if proven else "no reading agrees with the balances"
            meaning = {
                "columns": "the column decides, not the sign",
                "signed": "the sign decides, not the column",
                "reversal": "they give money back",
                "books": "as in the books, a debit is money in",
            }[found.value]
            self._note(f"signs of debits and credits: {meaning} ({why})")
        return readings[found.value]

    def _from_marks(self, amount: Ints) -> Ints:
        """The debit/credit mark decides; an amount whose own sign says otherwise is counted."""
        cells = self._table.cells["direction"]
        signs = directions(cells)
        self._report(
            "direction", cells, signs == 0, "is neither a debit nor a credit mark", "correct the mark"
        )
        against = int(((amount < 0) & (signs > 0)).sum())
        if against:
            self._note(f"{counted(against, 'credit')} with a minus: the debit/credit mark is followed")
        return np.abs(amount) * signs

    def _checks(self) -> _Checks:
        codes = set(self._currencies)
        code = next(iter(codes))
        plain = plain_amounts([self._table.opening, self._table.closing], self._mark)
        values, _ = minor_units(plain.texts, code)
        known = len(codes) == 1 and len(set(self._accounts)) == 1
        opening, closing = (int(value) if known else NO_INT for value in values)
        return _Checks(self._balance, _groups(self._accounts, self._currencies), opening, closing)

    def prove(self) -> None:
        """Record what the balances of the file prove."""
        checks = self._checks()
        followed = checks.running(self._minor)
        if followed is not None:
            held, checked_rows = followed
            name = "each balance = the balance before + the amount"
            self._reading.identity(name, held[checked_rows], self._rows[checked_rows])
        code = self._currencies[0]
        if followed is None or NO_INT not in (checks.opening, checks.closing):
            account = self._accounts[0] or "statement"
            moved = list(zip(self._minor.tolist(), self._currencies, strict=True))
            balances = Balances(account, _money(checks.opening, code), _money(checks.closing, code))
            prove(balances, moved, self._reading)
        turned = "amount" in self._table.cells and checks.closes(-self._minor)
        if turned and not checks.closes(self._minor):
            self._note(
                "the balances close with all signs turned; for a credit card set mapping.sign=inverted"
            )

    def batches(self) -> Iterator[Batch]:
        """Hand over the lines and add them to the control totals."""
        table = self._table
        count = len(self._rows)
        first_labels = [labels[0] if labels else "" for labels in table.labels]
        given = table.cells.get("reference", first_labels)
        references = [reference or label for reference, label in zip(given, first_labels, strict=True)]
        idents = table.cells.get("bank_reference") or [""] * count
        texts = [joined(labels) for labels in table.labels]
        for start in range(0, count, CHUNK_ROWS):
            part = slice(start, start + CHUNK_ROWS)
            batch: Batch = {
                "row": self._rows[part],
                "day": self._days[part],
                "due": self._due[part],
                "amount": self._minor[part],
                "currency": self._currencies[part],
                "ref": references[part],
                "ref2": idents[part],
                "ident": idents[part],
                "account": self._accounts[part],
                "text": texts[part],
            }
            length = len(batch["row"])
            self._reading.rows += length
            add_totals(self._reading, self._currencies[part], self._minor[part])
            yield checked(filled(batch), length)

    def _report(self, key: str, cells: Sequence[str], bad: Mask, problem: str, advice: str) -> None:
        for index in np.flatnonzero(bad).tolist():
            said = f"{cells[index]!r} {problem}" if cells[index] else "is empty"
            self._reading.problem(int(self._rows[index]), self._table.name(key), said, advice)

    def _note(self, text: str) -> None:
        self._reading.notes.append(text)


@dataclass(frozen=True)
class _Checks:
    """The balances of a table, to try amounts against.

    Attributes:
        balance: Running balance per row, :data:`NO_INT` where there is none.
        groups: Row indexes per account and currency, in file order.
        opening: Opening balance of the only account, or :data:`NO_INT`.
        closing: Closing balance of the only account, or :data:`NO_INT`.
    """

    balance: Ints
    groups: Sequence[Ints]
    opening: int
    closing: int

    def closes(self, minor: Ints) -> bool | None:
        """Whether all balances follow from these amounts; None when there is nothing to check."""
        answers = []
        followed = self.running(minor)
        if followed is not None:
            held, rows = followed
            answers.append(bool(held[rows].all()))
        if NO_INT not in (self.opening, self.closing):
            answers.append(self.opening + int(minor.sum()) == self.closing)
        return all(answers) if answers else None

    def running(self, minor: Ints) -> tuple[Mask, Mask] | None:
        """Check each balance against the one before it, oldest or newest line first.

        Returns:
            For each row whether its balance follows, and whether it could be checked; None when no row could.
        """
        held = np.zeros(len(minor), np.bool_)
        checked_rows = np.zeros(len(minor), np.bool_)
        for group in self.groups:
            known = group[self.balance[group] != NO_INT]
            if len(known) < 2:
                continue
            after = np.cumsum(minor[group])[np.searchsorted(group, known)]
            before = after - minor[known]
            balance = self.balance[known]
            oldest_first = np.diff(balance) == np.diff(after)
            newest_first = -np.diff(balance) == np.diff(before)
            if oldest_first.sum() >= newest_first.sum():
                held[known[1:]], checked_rows[known[1:]] = oldest_first, True
            else:
                held[known[:-1]], checked_rows[known[:-1]] = newest_first, True
        return (held, checked_rows) if checked_rows.any() else None


def _groups(accounts: Sequence[str], currencies: Sequence[str]) -> list[Ints]:
    indexes: dict[tuple[str, str], list[int]] = {}
    for index, key in enumerate(zip(accounts, currencies, strict=True)):
        indexes.setdefault(key, []).append(index)
    return [np.array(group, np.int64) for group in indexes.values()]


def _or_zero(minor: Ints) -> Ints:
    return np.where(minor == NO_INT, 0, minor)


def _money(minor: int, currency: str) -> Money | None:
    return None if minor == NO_INT else Money(minor, currency)


def _add_mapping_note(table: BankTable, reading: Reading) -> None:
    bound = [f"{key.replace('_', ' ')} from {table.name(key)}" for key in _SHOWN if key in table.columns]
    reading.notes.append("columns: " + ", ".join(bound))
