"""Columns of amounts and quantities of any origin, as exact whole numbers.

The marks of a column come from all its cells: exactly one reading fits and is used, several fit and a person
is asked, none fits and the cells that do not fit are faults. What a person told counts for every column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recon_app.models.money import exponent
from recon_app.models.problem import UsageError
from recon_app.models.quantity import DECIMALS
from recon_app.models.record import NO_INT
from recon_app.sources._base import Ints, shown
from recon_app.sources._detect import AmountParts, split_amount
from recon_app.sources._mapped_columns import PREFIX
from recon_app.sources._mapped_table import Table
from recon_app.sources._values import minor_units, quantities

DECIMALS_TOLD = ("dot", "comma")
THOUSANDS_TOLD = ("comma", "dot", "space", "apostrophe", "indian", "none")
_MARKS = {"comma": ",", "dot": ".", "space": " ", "apostrophe": "'"}
_GROUP = 3  # digits between marks of thousands
_WIDEST = 18  # digits that an int64 holds for certain
_MOST_DIGITS = 13  # before the decimal mark; more is a misreading
_MOST_QUANTITY = 10_000_000  # unless option mapping.max_quantity says more
_CREDIT_MARK = re.compile(r"(.*[0-9)]) ?(CR|DR)\.?", re.IGNORECASE)
_SURELY_DOT = re.compile(r"-?[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})")
_DASHES = {"zero": "0", "empty": ""}
_CORRECT = "correct the cell"


@dataclass(frozen=True)
class Format:
    """How numbers are written.

    Attributes:
        decimal: "dot" or "comma".
        thousands: What parts groups of three, "" for any.
    """

    decimal: str
    thousands: str = ""

    @property
    def pattern(self) -> re.Pattern[str]:
        """What the digits and marks of a number look like."""
        decimal = re.escape(_MARKS[self.decimal])
        if self.thousands == "indian":
            groups = "[1-9][0-9]?(?:,[0-9]{2})*,[0-9]{3}|[1-9][0-9]{2},[0-9]{3}"
        elif self.thousands == "none":
            groups = "[0-9]+"
        else:
            others = [mark for name, mark in _MARKS.items() if name != self.decimal]
            marks = re.escape(_MARKS[self.thousands]) if self.thousands else "".join(others)
            groups = f"[1-9][0-9]{{0,2}}([{marks}])[0-9]{{3}}(?:\\1[0-9]{{3}})*"
        return re.compile(f"(?:[0-9]+|{groups})(?:{decimal}[0-9]+)?|{decimal}[0-9]+")

    def plain(self, body: str) -> str:
        """A fitting number with a dot and without groups."""
        kept = body.translate(str.maketrans("", "", "".join(set(_MARKS.values()) - {_MARKS[self.decimal]})))
        return kept.replace(",", ".")


def told_format(options: Mapping[str, str]) -> Format | None:
    """The format that a person told, None when it is open.

    Raises:
        UsageError: there is no such mark.
    """
    decimal = options.get("decimal_mark") or options.get(PREFIX + "decimal_mark", "")
    thousands = options.get("thousands_mark") or options.get(PREFIX + "thousands_mark", "")
    for value, choices, name in (
        (decimal, DECIMALS_TOLD, "decimal_mark"),
        (thousands, THOUSANDS_TOLD, "thousands_mark"),
    ):
        if value and value not in choices:
            raise UsageError(f"{value!r} is not an answer to {name}; choose one of {', '.join(choices)}")
    if decimal and decimal == thousands:
        raise UsageError("decimal_mark and thousands_mark must differ")
    return Format(decimal, thousands) if decimal else None


class Numbers:
    """Reads the number columns of a table.

    Args:
        table: The table.
        options: Answers of a person.
    """

    def __init__(self, table: Table, options: Mapping[str, str]) -> None:
        self._table = table
        self._told = told_format(options)
        self._dash = options.get(PREFIX + "dash", "")
        self._marks = options.get(PREFIX + "credit_marks", "")
        self._minor = options.get(PREFIX + "amount_unit", "major") == "minor"
        self._quantity_decimals = _number(options, "quantity_decimals", DECIMALS)
        self._most = _number(options, "max_quantity", _MOST_QUANTITY)

    def money(self, key: str, currencies: Sequence[str], *, filled: bool) -> Ints:
        """Minor units of a column; :data:`NO_INT` for blanks and faults."""
        known = {code: exponent(code) for code in set(currencies) if code}
        scales = [0 if self._minor else known.get(code, DECIMALS) for code in currencies]
        return self._read(key, scales, currencies, filled=filled)

    def quantity(self, key: str, *, filled: bool) -> Ints:
        """Millionths of a column."""
        scales = [self._quantity_decimals] * len(self._table)
        values = self._read(key, scales, None, filled=filled)
        known = values != NO_INT
        factor = 10 ** (DECIMALS - self._quantity_decimals)
        large = known & (np.abs(np.where(known, values, 0)) > self._most * 10**self._quantity_decimals)
        most = f"is more than {self._most:,}, the most that is read (mapping.max_quantity)"
        self._table.faults(key, large, most, _CORRECT, "E_RANGE")
        for index in np.flatnonzero(known & (values < 0)).tolist():
            cell = self._table.cells[key][index].strip()
            self._table.warn(index, key, f"{shown(cell)!r} is negative: a return, or an error", "W_LOOKALIKE")
        return np.where(known & ~large, values * factor, np.int64(NO_INT))

    def _read(
        self, key: str, scales: Sequence[int], currencies: Sequence[str] | None, *, filled: bool
    ) -> Ints:
        form = self._format(key)
        values = self._table.none()
        if form is None:
            return values
        cells = self._table.cells[key]
        rest: Sequence[int] = range(len(cells))
        if form.decimal == "dot":
            values, rest = self._fast(cells, scales, currencies)
        for index in rest:
            values[index] = self._cell(key, index, form, scales[index], currencies, filled=filled)
        return values

    def _fast(
        self, cells: Sequence[str], scales: Sequence[int], currencies: Sequence[str] | None
    ) -> tuple[Ints, Sequence[int]]:
        """Read the plain cells together; returns the values and the cells that are left."""
        if currencies is None or self._minor:
            values, bad = quantities(cells)
            factor = 10 ** (DECIMALS - scales[0]) if scales else 1
            exact = values % factor == 0
            values = np.where(exact, values // factor, NO_INT)
            bad |= ~exact
        else:
            values, bad = minor_units(cells, currencies)
        limit = 10 ** (_MOST_DIGITS + min(scales, default=0))
        left = bad | (values == NO_INT) | (np.abs(values) >= limit)
        return values, np.flatnonzero(left).tolist()

    def _cell(
        self,
        key: str,
        index: int,
        form: Format,
        scale: int,
        currencies: Sequence[str] | None,
        *,
        filled: bool,
    ) -> int:
        table = self._table
        cell = table.cells[key][index].strip()
        if cell == "-":
            cell = self._dash_means(key, index)
            if not cell:
                return NO_INT
        if not cell:
            if filled:
                table.fault(index, key, "is empty, which is not zero", "every record needs it", "E_NUMBER")
            return NO_INT
        turned = 1
        marked = _CREDIT_MARK.fullmatch(cell)
        if marked:
            turned = self._mark_means(key, index, marked[2].upper())
            cell = marked[1]
        parts = split_amount(cell)
        if parts is not None and currencies is not None and _is_machine_written(parts.body, scale):
            form = Format("dot")
        if parts is None or not form.pattern.fullmatch(parts.body):
            self._refuse(key, index, cell, parts, form)
            return NO_INT
        if currencies is not None and parts.code and parts.code != currencies[index]:
            problem = (
                f"{shown(cell)!r} is in {parts.code} and the record in {currencies[index] or 'no currency'}"
            )
            table.fault(index, key, problem, "correct the currency", "E_CURRENCY")
            return NO_INT
        whole, _, behind = form.plain(parts.body).partition(".")
        return self._exact(key, index, cell, whole.lstrip("0"), behind.rstrip("0"), scale) * (
            -turned if parts.negative else turned
        )

    def _exact(self, key: str, index: int, cell: str, whole: str, behind: str, scale: int) -> int:
        if len(whole) > min(_MOST_DIGITS, _WIDEST - scale):
            problem = f"{shown(cell)!r} is too large to be right"
            self._table.fault(index, key, problem, _CORRECT, "E_RANGE")
        elif len(behind) > scale:
            problem = f"{shown(cell)!r} has more than {scale} decimals"
            self._table.fault(index, key, problem, "nothing is rounded: correct the cell", "E_SCALE")
        else:
            return int((whole or "0") + behind.ljust(scale, "0"))
        return 0

    def _dash_means(self, key: str, index: int) -> str:
        """What stands for a cell that is a dash."""
        if self._dash in _DASHES:
            return _DASHES[self._dash]
        question = "Some cells are a dash. Does it mean zero, or nothing?"
        self._table.ask(
            question,
            PREFIX + "dash",
            tuple(_DASHES),
            index,
            key,
            "'-' can be zero or nothing",
            "E_NUMBER_AMBIGUOUS",
        )
        return ""

    def _mark_means(self, key: str, index: int, mark: str) -> int:
        """1 or -1 for CR or DR behind an amount."""
        signs = {"cr_is_plus": 1, "cr_is_minus": -1}
        if self._marks not in signs:
            cell = shown(self._table.cells[key][index].strip())
            question = f"{cell!r}: is CR money towards the merchant (cr_is_plus) or away (cr_is_minus)?"
            problem = f"{cell!r} can be plus or minus"
            self._table.ask(
                question, PREFIX + "credit_marks", tuple(signs), index, key, problem, "E_NUMBER_AMBIGUOUS"
            )
        return signs.get(self._marks, 1) * (1 if mark == "CR" else -1)

    def _refuse(self, key: str, index: int, cell: str, parts: AmountParts | None, form: Format) -> None:
        other = Format("comma" if form.decimal == "dot" else "dot")
        mixed = self._told is None and parts is not None and other.pattern.fullmatch(parts.body)
        if mixed:
            problem = f"{shown(cell)!r} has a decimal {other.decimal}, other cells a decimal {form.decimal}"
            self._table.fault(index, key, problem, "write all in one way", "E_NUMBER_AMBIGUOUS")
        else:
            problem = f"{shown(cell)!r} is not a number with a decimal {form.decimal}"
            self._table.fault(index, key, problem, _CORRECT, "E_NUMBER")

    def _format(self, key: str) -> Format | None:
        """The format of a column; None when a person is asked."""
        if self._told is not None:
            return self._told
        cells = self._table.cells[key]
        numbers = self._table.numbers.get(key, set())
        if not any("," in cell or "." in cell for cell in cells) or _surely_dot(cells):
            return Format("dot")
        texts = {
            cell.strip(): index for index, cell in reversed(list(enumerate(cells))) if index not in numbers
        }
        bodies = {parts.body: texts[text] for text in texts if (parts := split_amount(text)) is not None}
        forms = [Format("dot"), Format("comma")]
        fit = {form.decimal: [bool(form.pattern.fullmatch(body)) for body in bodies] for form in forms}
        if not all(fit["dot"]) or not all(fit["comma"]):
            return max(forms, key=lambda form: sum(fit[form.decimal]))
        doubtful = [index for body, index in bodies.items() if forms[0].plain(body) != forms[1].plain(body)]
        if numbers and not doubtful:
            return Format("dot")
        if doubtful:
            self._ask_format(key, min(doubtful), forms)
            return None
        return Format("dot")

    def _ask_format(self, key: str, index: int, forms: Sequence[Format]) -> None:
        cell = self._table.cells[key][index].strip()
        parts = split_amount(cell)
        body = "" if parts is None else parts.body
        ways = " or ".join(f"{form.plain(body)} (decimal {form.decimal})" for form in forms)
        question = f"{cell!r} can be {ways}, and no other cell of the column decides. Which mark is it?"
        self._table.ask(
            question,
            "decimal_mark",
            DECIMALS_TOLD,
            index,
            key,
            f"{cell!r} can be {ways}",
            "E_NUMBER_AMBIGUOUS",
        )


def _is_machine_written(body: str, scale: int) -> bool:
    """Whether an amount has a dot and just the decimals of its currency, which no group of three is."""
    whole, dot, behind = body.partition(".")
    return bool(dot) and len(behind) == scale != _GROUP and (whole + behind).isdigit()


def _surely_dot(cells: Sequence[str]) -> bool:
    """Whether no cell has a comma and one has a dot that can only be the decimal mark."""
    return any(map(_SURELY_DOT.fullmatch, cells)) and not any("," in cell for cell in cells)


def _number(options: Mapping[str, str], name: str, usual: int) -> int:
    told = options.get(PREFIX + name, "")
    if not told:
        return usual
    if not (told.isascii() and told.isdigit() and len(told) < 16):
        raise UsageError(f"{name} is {told!r}; it must be a whole number")
    return min(int(told), DECIMALS) if name == "quantity_decimals" else int(told)
