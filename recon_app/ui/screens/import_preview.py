"""The first records of a file, as they would be stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recon_app.models.column import Column, ColumnType
from recon_app.models.record import FIELDS, Origin, Record, RecordType
from recon_app.ui.formats import value
from recon_app.ui.tables.page_model import Cell, right_aligned

_TITLE = {
    "row": "Row",
    "category": "Type",
    "ident": "Id",
    "ref": "Reference",
    "ref2": "2nd reference",
    "grp": "Belongs to",
    "account": "Account",
    "status": "Status",
    "day": "Date",
    "at": "Time",
    "due": "Due",
    "amount": "Amount",
    "currency": "Cur.",
    "fee": "Fee",
    "net": "Net",
    "open": "Open",
    "refunded": "Refunded",
    "foreign_amount": "Presented",
    "foreign_currency": "Pres. cur.",
    "sku": "SKU",
    "barcode": "Barcode",
    "location": "Location",
    "location_to": "To",
    "lot": "Lot",
    "unit": "Unit",
    "quantity": "Quantity",
    "reserved": "Reserved",
    "available": "Available",
    "incoming": "Incoming",
    "done": "Done",
    "invoiced": "Invoiced",
    "counted": "Counted",
    "text": "Text",
    "extra": "More",
}
_MONEY = frozenset({"amount", "fee", "net", "open", "refunded", "foreign_amount"})
_QUANTITIES = frozenset({"quantity", "reserved", "available", "incoming", "done", "invoiced", "counted"})
_DATES = frozenset({"day", "at", "due"})


def understood_columns(records: Sequence[Mapping[str, object]]) -> list[Column]:
    """The fields that any of the records has, in the order of the vocabulary."""
    used = {name for record in records for name in record}
    found = []
    for spec in FIELDS:
        if spec.name in used:
            kind = ColumnType.MONEY if spec.name in _MONEY else ColumnType.TEXT
            kind = ColumnType.QUANTITY if spec.name in _QUANTITIES else kind
            kind = ColumnType.DATE if spec.name in _DATES else kind
            kind = ColumnType.NUMBER if spec.name == "row" else kind
            found.append(Column(spec.name, _TITLE[spec.name], kind))
    return found


def understood_cells(values: Mapping[str, int | str], columns: Sequence[Column]) -> Sequence[Cell]:
    """The cells of a record as it would be stored."""
    number = int(values.get("row", 0))
    record = Record(0, RecordType.ORDER, Origin("", "", "", number), dict(values))
    return [
        Cell(value(record, column), right=right_aligned(column), muted=column.field == "row")
        for column in columns
    ]
