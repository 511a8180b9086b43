"""What is learnt about a file while it is read: faults, warnings, control totals, proofs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recon_app.models.money import format_minor
from recon_app.models.problem import FileRejected, Problem
from recon_app.models.proof import Proof
from recon_app.models.record import NO_INT

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_MAX_PROBLEMS = 100
_MAX_ALIKE = 20  # warnings of one kind about one column that are kept
_SHOWN = 60  # characters of a faulty cell in a message


def shown(cell: str) -> str:
    """A cell as a message quotes it: long ones are cut."""
    return cell if len(cell) <= _SHOWN else f"{cell[:_SHOWN]}…"


@dataclass
class Reading:
    """What is learnt about a file while it is read: faults, control totals, proofs.

    Attributes:
        problems: Faults; any of them rejects the whole file.
        proofs: Control identities.
        totals: Control totals by (name, currency), minor units.
        notes: Things the user should know that are no faults.
        rows: Data records read so far.
        before: Data records of the file before them, where a part of it is read.
        records: Records that the source has made of them.
        warnings: Cells that were read and that a person should look at, some of each kind.
        columns: Header cells by the field they fill, where a person named them.
        offset: Line of a record less its number, where all lines have the same.
        locate: Finds the line of a record by its number, None where it is not known; set by :func:`chunks`.
    """

    problems: list[Problem] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    totals: dict[tuple[str, str], int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    rows: int = 0
    warnings: list[Problem] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    offset: int | None = None
    records: int = 0
    before: int = 0
    locate: Callable[[int], int | None] | None = None
    _warned: dict[tuple[str, str | None], int] = field(default_factory=dict)
    _identities: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def problem(
        self,
        row: int | None,
        column: str | None,
        problem: str,
        advice: str,
        code: str = "",
        line: int | None = None,
    ) -> None:
        """Record a fault; see :class:`~recon_app.models.problem.Problem`.

        Raises:
            FileRejected: there are too many to be worth reading on.
        """
        self.problems.append(Problem(row, column, problem, advice, code, line or self._line(row)))
        if len(self.problems) >= _MAX_PROBLEMS:
            raise FileRejected(*self.problems)

    def warn(
        self,
        code: str,
        row: int | None,
        column: str | None,
        problem: str,
        advice: str = "look at it",
        line: int | None = None,
    ) -> None:
        """Record what is read and should be looked at; of many of a kind in a column only the first."""
        kind = (code, column)
        self._warned[kind] = self._warned.get(kind, 0) + 1
        if self._warned[kind] <= _MAX_ALIKE:
            self.warnings.append(Problem(row, column, problem, advice, code, line or self._line(row)))

    def __getstate__(self) -> dict[str, object]:
        """Travel between processes, without the file."""
        return {**vars(self), "locate": None}

    def _line(self, row: int | None) -> int | None:
        return None if row is None or self.locate is None else self.locate(row)

    def total(self, name: str, currencies: Sequence[str] | str, minor: Ints) -> None:
        """Add a column to a control total, currency by currency."""
        self.add_totals(currencies, {name: minor})

    def add_totals(self, currencies: Sequence[str] | str, columns: Mapping[str, Ints]) -> None:
        """Add columns to the control totals of their names, currency by currency."""
        codes = [currencies] if isinstance(currencies, str) else list(dict.fromkeys(currencies))
        cells = np.asarray(currencies, dtype=object)
        rows = {code: cells == code if len(codes) > 1 else True for code in codes}
        for name, minor in columns.items():
            known = minor != NO_INT
            for code, here in rows.items():
                self._add_total(name, code, int(minor[known & here].sum()))

    def _add_total(self, name: str, currency: str, minor: int) -> None:
        key = (name, currency)
        self.totals[key] = self.totals.get(key, 0) + minor

    def identity(self, name: str, ok: Mask, rows: Ints) -> None:
        """Check an identity that must hold in every row; summed up over all chunks."""
        checked, held, first = self._identities.get(name, (0, 0, 0))
        broken = rows[~ok]
        if not first and len(broken):
            first = int(broken[0])
        self._identities[name] = (checked + len(ok), held + int(ok.sum()), first)

    def sum_proof(self, name: str, currency: str, expected: int, found: int) -> None:
        """Record that two sums must be equal."""
        self.proofs.append(
            Proof(
                name,
                f"{format_minor(expected, currency)} {currency}",
                f"{format_minor(found, currency)} {currency}",
                expected == found,
            )
        )

    def continues(self, rest: Reading) -> bool:
        """Add what the second part of a file showed to what the first did.

        Returns:
            False, with nothing added, where reading both at once may show something else: there are faults,
            warnings, notes or proofs, or a record that did not end where the part did.
        """
        if self._has_told or rest._has_told or rest.before != self.rows:
            return False
        for (name, currency), minor in rest.totals.items():
            self._add_total(name, currency, minor)
        for name, (checked, held, first) in rest._identities.items():
            before = self._identities.get(name, (0, 0, 0))
            self._identities[name] = (before[0] + checked, before[1] + held, before[2] or first)
        self.rows += rest.rows
        self.records += rest.records
        return True

    @property
    def _has_told(self) -> bool:
        return bool(self.problems or self.warnings or self.proofs or self.notes)

    def finish(self) -> None:
        """Turn the row identities into proofs and the warnings into notes; refuse a file with faults.

        Raises:
            FileRejected: with every fault found.
        """
        for name, (checked, held, first) in self._identities.items():
            if not checked:  # a proof over no rows proves nothing
                continue
            found = f"{held} rows" + (f", first broken: row {first}" if first else "")
            self.proofs.append(Proof(name, f"{checked} rows", found, held == checked))
        self._identities.clear()
        self._note_warnings()
        if self.problems:
            raise FileRejected(*self.problems)

    def _note_warnings(self) -> None:
        """One note for each kind of warning: its first cell, and how many there are.

        Columns of which the same is said on the same line share a note.
        """
        columns: dict[tuple[int | None, str, int], list[str]] = {}
        for kind, cells in self._warned.items():
            first = next(each for each in self.warnings if (each.code, each.column) == kind)
            columns.setdefault((first.line, first.problem, cells), []).append(first.column or "")
        for (line, problem, cells), names in columns.items():
            place = ", ".join(filter(None, ("" if line is None else f"line {line}", *names)))
            more = f" (and {cells - 1} more)" if cells > 1 else ""
            self.notes.append(f"{place}: {problem}{more}" if place else f"{problem}{more}")
        self._warned.clear()
