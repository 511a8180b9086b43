"""Files of Matrixify (formerly Excelify), an export app of Shopify stores: CSV, or XLSX, a sheet per kind.

The sheet Orders has many rows per order, told apart by ``Line: Type``; columns as on the documentation page
"Orders" of matrixify.app. Values of the order may stand on each of its rows or on one of them only (the sums,
as seen in exports of 2026), so the first one that is not blank counts. Times are ``2026-07-20 12:30:00
+0000``. The signs of refund lines are not documented: quantity and amount are read without sign here, and a
refund always takes money from the merchant.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import compress
from pathlib import Path
from typing import ClassVar

import numpy as np

from recon_app.models.record import NO_INT
from recon_app.sources import _shopify
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Mask, Reading, Source, chunks, clean_header
from recon_app.sources._goods import Sums, selected
from recon_app.sources._workbook_zip import opened

ORDER_COLUMNS = ("ID", "Name", "Currency", "Line: Type")
PAYOUT_COLUMNS = ("ID", "Status", "Date", "Currency", "Amount")
_PAYOUT_MARKS = frozenset({"month", "transaction: type", "transaction: id"})
#: What Line: Type starts with, by record type.
LINE_ITEM, REFUND, TRANSACTION, FULFILMENT = "line item", "refund", "transaction", "fulfillment"
_KNOWN = (LINE_ITEM, REFUND, TRANSACTION, FULFILMENT, "shipping", "discount", "risk", "customer", "tip")


def sheet(file: InputFile, name: str) -> InputFile:
    """The file, or its sheet of this name where it is a workbook of several sheets."""
    if not file.is_xlsx:
        return file
    state = file.path.stat()
    return _sheet(file.path, state.st_size, state.st_mtime_ns, name) or file


@lru_cache(maxsize=4)  # every source of this app asks for the same two sheets
def _sheet(path: Path, size: int, changed: int, name: str) -> InputFile | None:
    """One of several sheets; ``size`` and ``changed`` tell a file from the one that stood there before."""
    del size, changed
    with opened(path) as container:
        names = [each.name for each in container.sheets]
    return InputFile(path, sheet=name) if len(names) > 1 and name in names else None


def has_orders(file: InputFile) -> bool:
    """Whether the file has rows of orders."""
    return sheet(file, "Orders").header_index(ORDER_COLUMNS) is not None


def has_payouts(file: InputFile) -> bool:
    """Whether the file has payouts."""
    found = sheet(file, "Payouts")
    index = found.header_index(PAYOUT_COLUMNS)
    if index is None:
        return False
    cells = {clean_header(cell).casefold() for cell in found.head_rows[index]}
    return bool(cells & _PAYOUT_MARKS) and "line: type" not in cells


def grouped_rows(file: InputFile, required: Sequence[str], reading: Reading) -> Iterator[Group]:
    """Rows of whole orders or payouts, which have one ID each, some hundreds at a time."""
    index = file.header_index(required)
    header = [] if index is None else [clean_header(cell).casefold() for cell in file.head_rows[index]]
    place = header.index("id") if "id" in header else 0
    before, new = "", True

    def records(rows: Iterator[list[str]]) -> Iterator[list[str]]:
        nonlocal before, new
        for row in filter(any, rows):
            own = row[place] if len(row) > place else ""
            new = bool(own) and own != before
            before = own or before
            yield row

    for chunk in chunks(file, required, reading, records=records, starts=lambda _: new):
        yield Group(chunk)


class Group:
    """Rows of some whole orders or payouts.

    Attributes:
        rows: The rows.
        starts: Positions of the first row of each.
        owner: For each row, which of the groups it belongs to.
    """

    def __init__(self, rows: Chunk) -> None:
        self.rows = rows
        ids = _shopify.identifiers(rows, "ID")
        starts, before = [], ""
        for index, own in enumerate(ids):
            if index == 0 or (own and own != before):
                starts.append(index)
            before = own or before
        self.starts = starts
        self.owner: Ints = np.cumsum(np.isin(np.arange(len(rows)), starts)) - 1

    def first(self, name: str) -> list[str]:
        """The first value of a column that is not blank, per group."""
        found = [""] * len(self.starts)
        for owner, cell in zip(self.owner.tolist(), self.rows.text(name), strict=True):
            if cell and not found[owner]:
                found[owner] = cell
        return found

    def spread(self, values: Sequence[str]) -> list[str]:
        """The value of each row's group."""
        return [values[owner] for owner in self.owner.tolist()]

    def money(self, name: str, currencies: Sequence[str]) -> Ints:
        """Minor units of the first amount of a column, per group."""
        values = self.rows.money(name, self.spread(currencies))
        found = np.full(len(self.starts), NO_INT, np.int64)
        for owner, value in zip(self.owner.tolist(), values.tolist(), strict=True):
            if value != NO_INT and found[owner] == NO_INT:
                found[owner] = value
        return found

    def sums(self, values: Ints, some: Mask) -> Ints:
        """Sum of some rows' values, per group."""
        found = np.zeros(len(self.starts), np.int64)
        counted = some & (values != NO_INT)
        np.add.at(found, self.owner[counted], values[counted])
        return found

    def of_type(self, start: str) -> Mask:
        """Rows whose Line: Type starts with these words."""
        types = self.rows.text("Line: Type")
        return np.array([cell.strip().casefold().startswith(start) for cell in types], np.bool_)


class MatrixifyRows(Source):
    """Records of one kind from the rows of the orders; read beside the orders.

    Attributes:
        line_type: What ``Line: Type`` of the rows starts with.
        amount_word: Name of the control total of the amounts, "" for none.
        quantity_word: The same of the quantities.
    """

    beside = "matrixify_orders"
    line_type: ClassVar[str]
    amount_word: ClassVar[str] = ""
    quantity_word: ClassVar[str] = ""

    def recognises(self, file: InputFile) -> bool:
        """Whether the file has rows of orders."""
        return has_orders(file)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the rows of this kind."""
        del options  # the format leaves nothing to ask
        sums = Sums()
        for group in grouped_rows(sheet(file, "Orders"), ORDER_COLUMNS, reading):
            own = group.of_type(self.line_type)
            if own.any():
                currency = group.spread(group.first("Currency"))
                batch = selected(self.convert(group.rows, currency), own)
                self.count(batch, reading, sums)
                yield {
                    "row": group.rows.rows[own],
                    "ref": list(compress(group.spread(group.first("Name")), own)),
                    "grp": list(compress(group.spread(group.first("ID")), own)),
                    **batch,
                }
        sums.note(reading)

    @abstractmethod
    def convert(self, rows: Chunk, currency: list[str]) -> Batch:
        """Turn rows into normalised fields; those of other kinds are left out afterwards.

        Args:
            rows: Rows of whole orders.
            currency: The currency of each row's order.
        """

    def count(self, batch: Batch, reading: Reading, sums: Sums) -> None:
        """Add records to the control totals."""
        if self.amount_word:
            reading.total(self.amount_word, texts(batch["currency"]), np.asarray(batch["amount"]))
        if self.quantity_word:
            sums.add({self.quantity_word: np.asarray(batch["quantity"])})


def is_payout_row(rows: Chunk) -> Mask:
    """Which transactions are the payout itself, with the sign turned."""
    types = rows.text("Transaction: Type")
    return np.array([cell.strip().casefold() in ("payout", "transfer") for cell in types], np.bool_)


def texts(column: list[str] | Ints) -> list[str]:
    """A text column of a batch."""
    return list(map(str, column))


def unsigned(values: Ints) -> Ints:
    """Values without their sign, none stays none."""
    return np.where(values == NO_INT, values, np.abs(values))


def outward(values: Ints) -> Ints:
    """Amounts that leave the merchant, however the file signs them."""
    return np.where(values == NO_INT, values, -np.abs(values))


def unknown_types(group: Group) -> list[str]:
    """Line: Type of the rows whose type this version does not know."""
    types = group.rows.text("Line: Type")
    return [cell for cell in types if cell and not cell.strip().casefold().startswith(_KNOWN)]


def times(chunk: Chunk, *names: str) -> tuple[Ints, Ints]:
    """Days and moments of the first of the columns that the file has."""
    return _shopify.moments(chunk, chunk.name(*names) or names[0])
