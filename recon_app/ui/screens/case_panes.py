"""Rows of a reconciliation as cells: the pane of one side, and the spine between two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from recon_app.models.case import CALM, Kind
from recon_app.models.column import Column, ColumnType, Role
from recon_app.models.money import Money
from recon_app.models.quantity import unit_of
from recon_app.models.record import Record, Side
from recon_app.ui import formats, words
from recon_app.ui.tables.page_model import Cell, right_aligned
from recon_app.ui.tables.pane_view import CURRENCIES
from recon_app.ui.words import Family, Wording

if TYPE_CHECKING:
    from recon_app.services.listing import GroupRow, Row

_EMPTY = Cell()
_BAND = Cell(band=True)
_NOTE = "note."
_USUAL: Mapping[Side, str] = {}
KIND, DELTA, VALUE, STATE = "kind", "delta", "value", "state"
UNIT = "unit"
_OF_GOODS = frozenset({Wording.GOODS, Wording.DELIVERIES})
_CURRENCY, _UNIT = Column(CURRENCIES, "Cur.", width=6), Column(UNIT, "Unit", width=6)
#: Terms of a payout that the columns of a group row show.
_TERM_OF_FIELD = {"amount": "gross", "fee": "fees"}


def mirrored(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Put the compared amounts first: in the right pane they then stand next to the difference."""
    amounts = [column for column in columns if _is_compared_amount(column)]
    return (*amounts, *(column for column in columns if not _is_compared_amount(column)))


def slim(columns: Sequence[Column], *, first: bool) -> tuple[Column, ...]:
    """Narrow columns for panes that stand beside several others: keys at the left only, dates, amounts."""
    wanted = []
    for column in columns:
        needed = column.type is ColumnType.DATE or column.role is Role.COMPARED
        needed = needed or column.field == "status" or (first and column.role is Role.KEY)
        wanted.append(replace(column, shown=column.shown and needed))
    return tuple(wanted)


def _is_compared_amount(column: Column) -> bool:
    return column.type is ColumnType.MONEY and column.role is Role.COMPARED


class SidePane:
    """The columns of one side.

    Args:
        side: The side.
        columns: Its columns.
        absent: What is said where a record is missing, "" for the usual words.
        first: Whether it names cases that have no records at all.
    """

    def __init__(
        self, side: Side, columns: tuple[Column, ...], absent: str = "", *, first: bool = False
    ) -> None:
        self._first = first
        self.side = side
        self.columns = columns
        self._missing = absent or words.absent(side)

    def cells(self, row: Row) -> Sequence[Cell]:
        """One cell per column."""
        if row.group is not None:
            return self._group_cells(row, row.group)
        record = row.records.get(self.side)
        if record is None:
            if self._first and not row.records and row.grp:
                name = formats.one_line(row.grp)
                return [Cell(f"{name[:1].upper()}{name[1:]}", across=True)] * len(self.columns)
            return self._absent(missing=self.side in row.missing)
        settled = row.state not in words.OPEN_STATES
        muted = row.kind in CALM or settled
        family = words.FAMILY[row.kind]
        found = []
        for column in self.columns:
            text = self._text(row, record, column)
            differs = not settled and (
                column.field in row.differs or f"{self.side}.{column.field}" in row.differs
            )
            found.append(
                Cell(
                    text,
                    right=right_aligned(column),
                    family=family if differs else None,
                    tint=differs,
                    muted=muted,
                    spoken=_with_currency(record, column, text),
                )
            )
        return found

    def plain(self, row: Row) -> Sequence[str]:
        """One text per column, for a spreadsheet."""
        if row.group is not None:
            texts = [cell.text for cell in self._group_cells(row, row.group)]
            return [formats.harmless(text) for text in texts]
        record = row.records.get(self.side)
        if record is None:
            named = self._first and not row.records
            return [formats.harmless(row.grp) if named else "", *([""] * (len(self.columns) - 1))]
        return [self._plain(row, record, column) for column in self.columns]

    @staticmethod
    def _text(row: Row, record: Record, column: Column) -> str:
        if column.field == "payout":  # of the line, not of the record
            return formats.one_line(row.grp)
        return formats.value(_noted(row, record, column), column)

    @staticmethod
    def _plain(row: Row, record: Record, column: Column) -> str:
        if column.field == "payout":
            return formats.harmless(row.grp)
        return formats.plain(_noted(row, record, column), column)

    def _absent(self, *, missing: bool) -> Sequence[Cell]:
        """A record that should be here is hatched and named; one that need not be is just not there."""
        if not missing:
            return [_EMPTY] * len(self.columns)
        return [Cell(self._missing, hatch=True, across=True, muted=True)] * len(self.columns)

    def _group_cells(self, row: Row, group: GroupRow) -> Sequence[Cell]:
        if self.side is not Side.PLATFORM:
            return [_BAND] * len(self.columns)
        name = f"Payout {formats.one_line(row.grp)}" if row.grp else "Without a payout"
        lines = "1 line" if group.count == 1 else f"{formats.number(group.count)} lines"
        title = Cell(f"{name}   {lines}", bold=True, band=True, across=True, spoken=f"{name}, {lines}")
        terms = dict(group.proof.terms) if group.proof is not None else {}
        return [self._group_cell(group, column, terms) or title for column in self.columns]

    @staticmethod
    def _group_cell(group: GroupRow, column: Column, terms: Mapping[str, int]) -> Cell | None:
        """Sum of a money column, None for a column that the title may run across."""
        if column.type is not ColumnType.MONEY:
            return None
        proof = group.proof
        term = terms.get(_TERM_OF_FIELD.get(column.field, ""))
        minor = proof.net if proof is not None and column.field == "net" else term
        if minor is None or proof is None:
            return _BAND
        text = formats.money(-minor if column.field == "fee" else minor, proof.currency)
        return Cell(text, right=True, bold=True, band=True)


def _noted(row: Row, record: Record, column: Column) -> Record:
    """The record with a value of the case's note where the column shows one, as ``note.paid.fee``."""
    if not column.field.startswith(_NOTE):
        return record
    found: object = row.note
    for name in column.field.removeprefix(_NOTE).split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    values = {**record.values, column.field: found} if isinstance(found, int | str) else record.values
    return replace(record, values=values)


class SpinePane:
    """What differs, by how much, and how far the work is; for goods also what the difference is worth.

    Args:
        sides: The sides that stand beside each other.
        values: Whether it says what a difference of goods is worth.
        wording: What is compared.
        absent: What is said of a missing record where it is not the usual word.
    """

    def __init__(
        self,
        sides: Sequence[Side],
        *,
        values: bool = False,
        wording: Wording = Wording.MONEY,
        absent: Mapping[Side, str] = _USUAL,
    ) -> None:
        self._sides = tuple(sides)
        self._values = values
        self._wording = wording
        self._absent = absent
        self.columns = (
            Column(KIND, "Kind", width=2),
            *(
                []
                if wording is Wording.PRODUCTS
                else [Column(DELTA, "Δ", ColumnType.MONEY, width=11), self._of()]
            ),
            *([Column(VALUE, "Δ value", ColumnType.MONEY, width=11), _CURRENCY] if values else []),
            Column(STATE, "State", width=2),
        )

    def cells(self, row: Row) -> Sequence[Cell]:
        """Icon of the kind, the difference, icon of the state."""
        if row.group is not None:
            return _group_spine(row.group)
        word = self._word(row)
        settled = row.state not in words.OPEN_STATES
        family = Family.CALM if settled else words.FAMILY[row.kind]
        pair = self._sides if len(self._sides) == 2 else (None, None)  # halves are of two sides only
        icon = words.kind_icon(
            row.kind, left_missing=pair[0] in row.missing, right_missing=pair[1] in row.missing
        )
        if row.part:  # a further line of the case above
            same = Cell(icon=icon, muted=True, spoken=f"{word}, same case")
            return [
                same,
                *(self._measure(row) if one is self._of() else _EMPTY for one in self.columns[1:]),
            ]
        state = words.STATE[row.state]
        return (
            Cell(icon=icon, family=family, spoken=word),
            *([] if self._wording is Wording.PRODUCTS else [self._delta(row, family), self._measure(row)]),
            *(
                [_worth(row, family), Cell(row.currency if row.value else "", muted=True)]
                if self._values
                else []
            ),
            Cell(icon=words.state_icon(row.state), muted=True, spoken=state)
            if self._worth_showing(row)
            else _EMPTY,
        )

    def plain(self, row: Row) -> Sequence[str]:
        """Word of the kind, the difference, word of the state."""
        if row.group is not None:
            proof = row.group.proof
            status = "" if proof is None else proof.status
            delta = "" if proof is None else formats.plain_money(proof.residual, proof.currency)
            return status, delta, "" if proof is None else proof.currency, ""
        delta = "" if row.delta is None else formats.plain_difference(row.delta, row.currency, row.unit)
        value = "" if row.value is None else formats.plain_money(row.value, row.currency)
        return (
            self._word(row),
            *([] if self._wording is Wording.PRODUCTS else [delta, self._measured(row)]),
            *([value, row.currency if value else ""] if self._values else []),
            words.STATE[row.state],
        )

    def _of(self) -> Column:
        """The column that says what the figures of a row count."""
        return _UNIT if self._wording in {*_OF_GOODS, Wording.FINDINGS} else _CURRENCY

    def _measure(self, row: Row) -> Cell:
        return Cell(self._measured(row), muted=row.kind in CALM or row.state not in words.OPEN_STATES)

    def _measured(self, row: Row) -> str:
        """The unit of goods, else the currency of the amounts at both sides; two where they differ."""
        if row.unit or self._wording in _OF_GOODS:
            units = (record.values.get("unit") for record in row.records.values())
            unit = row.unit or next((str(unit) for unit in units if unit), "")
            return formats.one_line(unit)
        beside = [row.records[side] for side in self._sides if side in row.records]
        found = [str(record.values["currency"]) for record in beside if record.values.get("currency")]
        return "/".join(dict.fromkeys(found)) or row.currency

    def _word(self, row: Row) -> str:
        return words.case_word(row.kind, row.cause, row.missing, self._wording, self._absent)

    @staticmethod
    def _worth_showing(row: Row) -> bool:
        """An open matched line says nothing; every other state does."""
        return row.kind not in CALM or row.state not in words.OPEN_STATES

    @staticmethod
    def _delta(row: Row, family: Family) -> Cell:
        if row.kind is Kind.TIMING:
            due = _due(row)
            if due:
                return Cell(due, right=True, family=family, spoken=f"expected {due}")
        if not row.delta:
            return Cell(right=True)
        text = formats.difference(row.delta, row.currency, row.unit)
        unit = unit_of(row.delta, row.unit) or row.currency
        return Cell(text, right=True, family=family, spoken=f"{text} {unit}")


def _worth(row: Row, family: Family) -> Cell:
    if not row.value:
        return Cell(right=True)
    text = formats.money(row.value, row.currency, sign=True)
    return Cell(text, right=True, family=family, spoken=f"{text} {row.currency}")


def _due(row: Row) -> str:
    """When the platform says that it pays."""
    record = row.records.get(Side.PLATFORM)
    due = record.values.get("due") if record is not None else None
    return formats.day(due) if isinstance(due, int) else ""


def _group_spine(group: GroupRow) -> Sequence[Cell]:
    proof = group.proof
    if proof is None:
        return [_BAND] * 4
    word, icon, family = PROOF[proof.status]
    residual = formats.money(proof.residual, proof.currency, sign=True) if proof.residual else ""
    return (
        Cell(icon=icon, family=family, band=True, spoken=word),
        Cell(residual, right=True, family=family, bold=True, band=True, spoken=f"{word} {residual}".strip()),
        Cell(proof.currency, band=True),
        _BAND,
    )


#: Status of a payout's proof: word, icon, colour family.
PROOF = {
    "proven": ("Proven", "proven", Family.CALM),
    "unproven": ("Does not close", "unproven", Family.DIFFERS),
    "open": ("Nothing to prove against", "pending", Family.CALM),
}


def _with_currency(record: Record, column: Column, text: str) -> str:
    """Amounts are spoken with their currency, which on screen stands in the totals."""
    if not text or column.type is not ColumnType.MONEY:
        return ""
    name = "foreign_currency" if column.field == "foreign_amount" else "currency"
    return f"{text} {record.values.get(name, '')}".strip()


def amount_of(record: Record) -> Money | None:
    """The amount of a record, None when it has none."""
    minor, currency = record.values.get("amount"), record.values.get("currency")
    return Money(minor, currency) if isinstance(minor, int) and isinstance(currency, str) else None
