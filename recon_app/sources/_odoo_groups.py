"""Group rows of a grouped Odoo list: no records, but control figures for the records below them.

Odoo writes them to workbooks only: the label with the number of records in the first column, four blanks
per level (``    September 2026 (48)``), sums in the number columns, the first date in date columns and
nothing elsewhere. The first row of such a sheet is always a group row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import chain

from recon_app.models.proof import Proof
from recon_app.sources._base import InputFile, Reading, clean_header
from recon_app.sources._values import without_float_noise

_LABEL = re.compile(r"(?P<indent> *)(?P<name>.*) \((?P<count>[0-9]{1,9})\)", re.DOTALL)
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9:]+)?")


@dataclass
class _Group:
    """A group that is being read: what it says and what its records give."""

    name: str
    level: int
    count: int
    sums: dict[str, Decimal]
    found_count: int = 0
    found_sums: dict[str, Decimal] = field(default_factory=dict)


class Groups:
    """Tells group rows from records while a sheet is read, and adds the records up.

    Args:
        summed: Position of each column that a group row adds up, by its header cell.
        starts: Whether a row is the first one of a record.
    """

    def __init__(self, summed: Mapping[str, int], starts: Callable[[Sequence[str]], bool]) -> None:
        self._summed = dict(summed)
        self._starts = starts
        self._open: list[_Group] = []
        self._groups = self._figures = 0
        self._wrong: list[str] = []

    def records(self, rows: Iterator[list[str]]) -> Iterator[list[str]]:
        """Leave out blank rows and group rows."""
        rows = filter(any, rows)
        first = next(rows, None)
        if first is None:
            return iter(())
        rows = chain([first], rows)
        return filter(self._is_record, rows) if _is_group(first) else rows

    def _is_record(self, row: Sequence[str]) -> bool:
        if _is_group(row):
            self._enter(row)
            return False
        if self._starts(row):
            self._add(row)
        return True

    def _enter(self, row: Sequence[str]) -> None:
        match = _LABEL.fullmatch(row[0])
        if match is None:
            raise ValueError(f"{row[0]!r} is no group label")
        level = len(match["indent"]) // 4
        self._leave(level)
        sums = {
            title: value
            for title, place in self._summed.items()
            if (value := _number(row[place])) is not None
        }
        self._open.append(_Group(match["name"].strip(), level, int(match["count"]), sums))

    def _add(self, row: Sequence[str]) -> None:
        for title, place in self._summed.items():
            value = _number(row[place])
            if value is not None:
                for group in self._open:
                    group.found_sums[title] = group.found_sums.get(title, Decimal(0)) + value
        for group in self._open:
            group.found_count += 1

    def _leave(self, level: int) -> None:
        while self._open and self._open[-1].level >= level:
            group = self._open.pop()
            self._groups += 1
            self._figures += 1 + len(group.sums)
            if group.count != group.found_count:
                self._wrong.append(f"{group.name}: {group.count} records said, {group.found_count} found")
            for title, said in group.sums.items():
                found = group.found_sums.get(title, Decimal(0))
                if said != found:
                    self._wrong.append(f"{group.name}: {title} {said:f} said, the records give {found:f}")

    def prove(self, reading: Reading) -> None:
        """Report whether the records of each group add up to what the group says."""
        self._leave(0)
        if self._groups:
            right = f"{self._figures - len(self._wrong)} figures"
            found = f"{right}, first wrong: {self._wrong[0]}" if self._wrong else right
            reading.proofs.append(
                Proof(
                    "the records of each group give the group's own count and sums",
                    f"{self._figures} figures",
                    found,
                    not self._wrong,
                )
            )


def may_be_grouped(file: InputFile, header: Sequence[str]) -> bool:
    """Whether group rows may follow the header; false only when the first row below it is a record."""
    rows = iter(file.head_rows)
    for row in rows:
        if [clean_header(cell) for cell in row] == header:
            break
    first = next(filter(any, rows), None)
    return first is None or _is_group(first)


def _is_group(row: Sequence[str]) -> bool:
    return _LABEL.fullmatch(row[0]) is not None and all(
        not cell or _PLAIN.fullmatch(cell) is not None for cell in row[1:]
    )


def _number(cell: str) -> Decimal | None:
    """The figure of a cell without the noise of binary floats, None where there is none."""
    if not cell:
        return None
    try:
        return Decimal(without_float_noise([cell])[0])
    except InvalidOperation:
        return None
