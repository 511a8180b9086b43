"""What Odoo's exports have in common: headers of three versions, stacked rows, raw keys, odd cells.

Measured on Odoo 16, 18 and 19. A header cell is the field's label ("I want to update data" off, and the
list's own Export All) or its technical name (on), where a link to another record ends in ``/id`` and the
first column is ``id``, the external id. Cells of a link hold the linked record's display name or external
id. A label may hold no-break spaces, a selection its label or its raw key, False is blank in CSV files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

import numpy as np

from recon_app.models.money import MoneyError, exponent
from recon_app.models.problem import AnswerNeeded, FileRejected, Problem
from recon_app.models.record import NO_INT
from recon_app.sources._base import (
    Chunk,
    InputFile,
    Ints,
    Mask,
    Reading,
    Source,
    chunks,
    clean_header,
    not_blank,
)
from recon_app.sources._extra import json_objects
from recon_app.sources._odoo_fields import STACKED, Names
from recon_app.sources._odoo_groups import Groups, may_be_grouped
from recon_app.sources._values import without_float_noise

_CURRENCY_CELL = re.compile(r"(?:base\.)?([A-Z]{3})")
_DISPLAY = re.compile(r"(?P<number>.*?)\s+\((?P<ref>.*)\)", re.DOTALL)
_DATABASE_ID = ".id"  # the same header with labels and without; lists read from a live Odoo have it
_PROTECTED = ("'=", "'-", "'+")


class OdooSource(Source):
    """A list exported from Odoo.

    Attributes:
        names: The fields of the model.
        needs: Groups of field names; a header has at least one field of each group.
        marks: Header cells only this model has beside the needed ones; one is enough.
        hints: Header cells that other lists may have too; two are needed.
        never: Header cells that only other models have.
        summed: The fields that the group rows of a grouped list add up.
    """

    aside = ("ident", "extra.odoo_id")
    names: ClassVar[Names]
    needs: ClassVar[tuple[tuple[str, ...], ...]]
    marks: ClassVar[frozenset[str]]
    hints: ClassVar[frozenset[str]] = frozenset()
    never: ClassVar[frozenset[str]]
    summed: ClassVar[tuple[str, ...]]

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows is a header of this model."""
        return self._header(file) is not None

    def _header(self, file: InputFile) -> list[str] | None:
        rows = ([clean_header(cell) for cell in row] for row in file.head_rows)
        return next((row for row in rows if self._is_header(row)), None)

    def _is_header(self, row: Sequence[str]) -> bool:
        cells = {cell.casefold() for cell in row}
        if self.never & cells or not (self.marks & cells or len(self.hints & cells) > 1):
            return False
        places = self._places(row)
        return all(any(name in places for name in group) for group in self.needs)

    def _places(self, header: Sequence[str]) -> dict[str, int]:
        """Column of each field that the header has."""
        folded = [cell.casefold() for cell in header]
        found = {
            field: next((place for name in names if (place := name.place(header, folded)) is not None), None)
            for field, names in self.names.items()
        }
        if _DATABASE_ID in header:
            found["odoo_id"] = header.index(_DATABASE_ID)
        return {field: place for field, place in found.items() if place is not None}

    def parts(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Part]:
        """Whole records of the file, some thousands at a time; afterwards the proof of its groups.

        Raises:
            FileRejected: the file has no header of this model.
        """
        header = self._header(file)
        if header is None:
            raise FileRejected(
                Problem(None, None, f"this is no export of {self.title}", "export the list again")
            )
        places = self._places(header)
        own = [place for name, place in places.items() if name not in STACKED]

        def starts(row: Sequence[str]) -> bool:
            return any(row[place] for place in own if place < len(row))

        groups = Groups(
            {header[places[name]]: places[name] for name in self.summed if name in places}, starts
        )
        titles = {name: header[place] for name, place in places.items()}
        count = 0
        records = groups.records if may_be_grouped(file, header) else not_blank
        for chunk in chunks(file, list(titles.values()), reading, records=records, starts=starts):
            part = Part(chunk, titles, options)
            count += len(part)
            if len(part):
                yield part
        if count != reading.rows:
            reading.notes.append(f"{reading.rows} rows hold {count} records and their lines")
        groups.prove(reading)


def cells(spellings: str) -> frozenset[str]:
    """Header cells between bars, as they are compared; each also in the spelling of a link."""
    return frozenset(f"{cell.casefold()}{end}" for cell in spellings.split(" | ") for end in ("", "/id"))


class Part:
    """Consecutive whole records of an export: one value per record, further rows gathered.

    Attributes:
        rows: int64 numbers of the row on which each record starts.
    """

    def __init__(self, chunk: Chunk, titles: Mapping[str, str], options: Mapping[str, str]) -> None:
        self._chunk = chunk
        self._titles = dict(titles)
        self._options = options
        starts = self._starting()
        self._at = np.flatnonzero(starts)
        self._owner = np.cumsum(starts) - 1
        self._stacked = len(self._at) != len(chunk)
        if not starts[0]:
            chunk.problem(0, None, "the row continues a record that is not there", "export the list again")
            self._owner = np.maximum(self._owner, 0)
        self.rows: Ints = chunk.rows[self._at]

    def _starting(self) -> Mask:
        filled = np.zeros(len(self._chunk), np.bool_)
        for name, title in self._titles.items():
            if name not in STACKED and not filled.all():
                filled |= self._chunk.filled(title)
        return filled

    def __len__(self) -> int:
        return len(self.rows)

    def has(self, *names: str) -> bool:
        """Whether the file has all these fields."""
        return all(name in self._titles for name in names)

    def title(self, name: str) -> str:
        """The header cell of a field, as in the file."""
        return self._titles[name]

    def text(self, *names: str) -> list[str]:
        """Cells of the first of the fields that the file has; blanks when it has none of them."""
        return self._picked(self._cells(*names))

    def _cells(self, *names: str) -> list[str]:
        name = next((name for name in names if name in self._titles), None)
        if name is None:
            return [""] * len(self._chunk)
        return _unprotected(self._chunk.text(self._titles[name]))

    def _picked(self, cells: list[str]) -> list[str]:
        return [cells[index] for index in self._at.tolist()] if self._stacked else cells

    def keys(self, known: Mapping[str, str], *names: str) -> list[str]:
        """Raw keys of a selection, whether the file has them or their labels."""
        cells = self.text(*names)
        keys = {cell: "_".join(cell.casefold().split()) for cell in set(cells)}
        keys = {cell: known.get(key, key) for cell, key in keys.items()}
        return [keys[cell] for cell in cells]

    def flags(self, name: str) -> list[bool | None]:
        """Truth of a boolean; None when the file does not have the field (a blank cell is false)."""
        if name not in self._titles:
            return [None] * len(self)
        cells = self.text(name)
        truths = {cell: cell.casefold() in ("true", "1") for cell in set(cells)}
        return [truths[cell] for cell in cells]

    def lists(self, name: str) -> list[tuple[str, ...]]:
        """All values of a link to many records: on continuation rows, or external ids between commas."""
        compact = name in self._titles and self._titles[name].endswith("/id")
        cells = self._cells(name)
        values = {cell: tuple(cell.split(",")) if compact else (cell,) for cell in set(cells)}
        values[""] = ()
        if not self._stacked:
            return [values[cell] for cell in cells]
        found: list[tuple[str, ...]] = [()] * len(self)
        for owner, cell in zip(self._owner.tolist(), cells, strict=True):
            found[owner] += values[cell]
        return found

    def days(self, name: str) -> Ints:
        """Days since 1970-01-01 of a date, :data:`NO_INT` where the file has none."""
        return self._written(name)[0]

    def moments(self, name: str) -> tuple[Ints, Ints]:
        """Days as written and seconds in UTC of a date and time.

        Odoo writes the time of the user who exported and does not say which zone that is; without the
        option ``timezone`` there are no moments.

        Raises:
            FileRejected: the option is not the name of a time zone.
        """
        days, written = self._written(name)
        zone = _zone(self._options)
        at = np.full(len(self), NO_INT, np.int64)
        if zone is not None:
            for index in np.flatnonzero(written != NO_INT).tolist():
                clock = datetime.fromtimestamp(int(written[index]), UTC)
                at[index] = int(clock.replace(tzinfo=zone).timestamp())
        return days, at

    def _written(self, name: str) -> tuple[Ints, Ints]:
        """Days, and seconds since 1970-01-01 on the clock that the file shows."""
        if name not in self._titles:
            none = np.full(len(self), NO_INT, np.int64)
            return none, none
        days, clock = self._chunk.moments(self._titles[name], "UTC")
        return days[self._at], clock[self._at]

    def currencies(self, *names: str, blank: Sequence[str] | None = None) -> list[str]:
        """ISO codes of the first of the fields that the file has, else the option ``currency``.

        Args:
            names: Fields.
            blank: Codes for blank cells; without them a blank cell is a code the file does not say.

        Raises:
            AnswerNeeded: the file does not say the currency and nobody did.
            FileRejected: the option is not a currency code.
        """
        cells = self.text(*names)
        codes = {cell: code[1] if (code := _CURRENCY_CELL.fullmatch(cell)) else "" for cell in set(cells)}
        if not all(code or (blank and not cell) for cell, code in codes.items()):
            given = self.option_currency()
            codes = {cell: code or (given if cell or not blank else "") for cell, code in codes.items()}
        if blank is None:
            return [codes[cell] for cell in cells]
        return [codes[cell] or own for cell, own in zip(cells, blank, strict=True)]

    def option_currency(self, choices: tuple[str, ...] = ()) -> str:
        """The option ``currency``.

        Raises:
            AnswerNeeded: there is none.
            FileRejected: it is not a currency code.
        """
        given = self._options.get("currency", "").strip().upper()
        if not given:
            raise AnswerNeeded(
                "currency", choices, "The file does not say in which currency its amounts are. Which is it?"
            )
        try:
            exponent(given)
        except MoneyError as error:
            raise FileRejected(
                Problem(None, None, f"option currency: {error}", "give a code such as EUR")
            ) from error
        return given

    def money(self, name: str, codes: Sequence[str], *, required: bool = False) -> Ints:
        """Minor units of an amount, one per record; :data:`NO_INT` where the file has none."""
        values = self._money(name, codes)[self._at]
        if required and (values == NO_INT).any():
            cells = self.text(name)
            for index in np.flatnonzero(values == NO_INT).tolist():
                if not cells[index]:
                    self.problem(index, name, "is empty", "every record needs an amount")
        return values

    def quantities(self, name: str) -> Ints:
        """Millionths of a quantity, one per record; :data:`NO_INT` where the file has none."""
        return self.line_quantities(name)[self._at]

    def line_sums(self, name: str, codes: Sequence[str]) -> Ints:
        """Sum of an amount over the lines of each record, 0 for a record without lines."""
        values = self._money(name, codes)
        known = values != NO_INT
        sums = np.zeros(len(self), np.int64)
        np.add.at(sums, self._owner[known], values[known])
        return sums

    def lines(self, name: str) -> tuple[Ints, Ints]:
        """Where the records' lines stand, of which ``name`` is a field that each has.

        Returns:
            Position among the rows of each line (see :meth:`line_cells`), and that of its record.
        """
        filled = np.array([bool(cell) for cell in self._cells(name)], np.bool_)
        return np.flatnonzero(filled), self._owner[filled]

    def line_cells(self, name: str) -> list[str]:
        """Cells of all rows: those of the records and those of their lines."""
        return self._cells(name)

    def line_numbers(self) -> Ints:
        """Number of every row."""
        return self._chunk.rows

    def line_quantities(self, name: str) -> Ints:
        """Millionths of a quantity in all rows."""
        if name not in self._titles:
            return np.full(len(self._chunk), NO_INT, np.int64)
        title = self._titles[name]
        return self._chunk.quantities(title, texts=without_float_noise(self._chunk.cells(title)))

    def line_money(self, name: str, codes: Sequence[str]) -> Ints:
        """Minor units of an amount in all rows; ``codes`` are the currencies of the records."""
        return self._money(name, codes)

    def _money(self, name: str, codes: Sequence[str]) -> Ints:
        if name not in self._titles:
            return np.full(len(self._chunk), NO_INT, np.int64)
        title = self._titles[name]
        texts = without_float_noise(self._chunk.cells(title))
        if self._stacked:
            codes = [codes[owner] for owner in self._owner.tolist()]
        return self._chunk.money(title, codes, texts=texts)

    def problem(self, index: int, name: str, problem: str, advice: str) -> None:
        """Record a fault of one record."""
        self._chunk.problem(int(self._at[index]), self._titles[name], problem, advice)


def _unprotected(cells: list[str]) -> list[str]:
    """Undo the quote Odoo puts before texts that a spreadsheet program would take for a formula.

    Only its CSV files have them, and the workbooks that spreadsheet programs make of those.
    """
    if "'" not in "".join(cells):
        return cells
    return [cell[1:] if cell.startswith(_PROTECTED) else cell for cell in cells]


def _zone(options: Mapping[str, str]) -> ZoneInfo | None:
    name = options.get("timezone", "")
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise FileRejected(
            Problem(None, None, f"{name!r} is not a time zone", "give a name such as Europe/Berlin")
        ) from error


def split_display(text: str) -> tuple[str, str]:
    """Number and reference of a displayed entry: ``INV/2026/00053 (#1057)``.

    An external id or a plain number has no reference; a draft has no number.
    """
    match = _DISPLAY.fullmatch(text) if text.endswith(")") else None
    number, ref = (match["number"], match["ref"]) if match else (text, "")
    return ("" if number.startswith("Draft ") or number == "Draft" else number), ref


def numbers_of(displays: Sequence[str]) -> list[str]:
    """The numbers of displayed entries; most have nothing else."""
    return [
        split_display(text)[0] if text.endswith(")") or text.startswith("Draft") else text
        for text in displays
    ]


def order_references(displays: Sequence[str]) -> list[str]:
    """The references of displayed invoices, each once; cut ones and those of reversals are left out."""
    refs = (split_display(text)[1] for text in displays)
    return list(
        dict.fromkeys(ref for ref in refs if ref and "[...]" not in ref and not ref.startswith("Reversal of"))
    )


def numbered(numbers: Sequence[str], references: Sequence[str]) -> list[str]:
    """Numbers of documents; drafts, which have none yet, by a reference that every kind of export has."""
    return [
        number if number not in ("", "/") else f"Draft ({ref})" if ref else ""
        for number, ref in zip(numbers, references, strict=True)
    ]


def extras(part: Part, columns: Mapping[str, Sequence[object] | Ints]) -> list[str]:
    """The field ``extra``: further values, and the database id where the file has it."""
    own = {"odoo_id": part.text("odoo_id")} if part.has("odoo_id") else {}
    return json_objects({**columns, **own})


def entry_numbers(part: Part) -> list[str]:
    """Numbers of journal entries, from their own column or from the displayed entry."""
    if part.has("number"):
        return part.text("number")
    shown = part.text("move")
    known = {text: split_display(text)[0] for text in set(shown)}
    return [known[text] for text in shown]


def entry_references(part: Part) -> list[str]:
    """References of journal entries; "Export All" leaves their column out and shows them with the entry.

    Odoo cuts those that are longer than 50 characters after a word there: ``Stripe payout [...]``. The
    ``(* 12)`` of a draft is its id.
    """
    if part.has("reference"):
        return part.text("reference")
    shown = part.text("move")
    known = {text: split_display(text)[1] for text in set(shown)}
    return ["" if known[text].startswith("* ") else known[text] for text in shown]


def prove_totals(part: Part, currencies: Sequence[str], total: Ints, reading: Reading) -> None:
    """Check that a document's net and tax give its total, and that its lines give its net."""
    if not part.has("untaxed"):
        return
    untaxed = part.money("untaxed", currencies)
    title = part.title("untaxed")
    if part.has("tax"):
        tax = part.money("tax", currencies)
        known = (untaxed != NO_INT) & (tax != NO_INT) & (total != NO_INT)
        name = f"{title} + {part.title('tax')} = {part.title('total')}"
        reading.identity(name, (untaxed + tax == total)[known], part.rows[known])
    if part.has("line_subtotal"):
        known = untaxed != NO_INT
        sums = part.line_sums("line_subtotal", currencies)
        name = f"sum of {part.title('line_subtotal')} = {title}"
        reading.identity(name, (sums == untaxed)[known], part.rows[known])
