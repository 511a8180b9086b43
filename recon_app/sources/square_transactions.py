"""Square: transactions report (Transactions, Export, Transactions CSV).

Headers of 44 (2018) to 55 columns (2026) have been seen. Amounts carry a dollar sign, fees are negative, and
a spreadsheet program leaves ``($33.62)`` behind. ``Card`` and ``Cash`` are amounts: what was paid in cash,
with a gift card or another tender never comes through Square, and only the rest is a line's amount. Net Total
= Total Collected + Fees. The deposit a line went into is named in it; its sum is not. The file names no
currency, and its zone in words (``Pacific Time (US & Canada)``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from recon_app.models.record import Category, RecordType
from recon_app.sources._balance import TypeTable, noting_unknown
from recon_app.sources._bank import told_currency
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Reading, Source
from recon_app.sources._chunk import AGAIN
from recon_app.sources._extra import json_objects, nonzero
from recon_app.sources._platform import Whole, identifiers, or_zero, report, same, written_moments

_TYPES = TypeTable(
    {
        "payment": Category.CHARGE,
        "refund": Category.REFUND,
        "chargeback": (Category.CHARGEBACK, Category.CHARGEBACK_REVERSAL),
        "dispute": (Category.CHARGEBACK, Category.CHARGEBACK_REVERSAL),
    }
)
#: Tenders whose money does not pass through Square.
_ELSEWHERE = ("Cash", "Square Gift Card", "Other Tender")
# The names Square writes are those of the Rails time zones.
_ZONES = {
    "pacific time (us & canada)": "America/Los_Angeles",
    "mountain time (us & canada)": "America/Denver",
    "central time (us & canada)": "America/Chicago",
    "eastern time (us & canada)": "America/New_York",
    "arizona": "America/Phoenix",
    "alaska": "America/Juneau",
    "hawaii": "Pacific/Honolulu",
    "atlantic time (canada)": "America/Halifax",
    "newfoundland": "America/St_Johns",
    "london": "Europe/London",
    "dublin": "Europe/Dublin",
    "paris": "Europe/Paris",
    "madrid": "Europe/Madrid",
    "tokyo": "Asia/Tokyo",
    "sydney": "Australia/Sydney",
    "melbourne": "Australia/Melbourne",
    "brisbane": "Australia/Brisbane",
    "adelaide": "Australia/Adelaide",
    "perth": "Australia/Perth",
}
_CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")


class SquareTransactions(Source):
    """One record is one payment or refund."""

    id = "square_transactions"
    title = "Square transactions"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident", "ref2", "text", "day", "at", "amount", "currency")
    progress = ("grp", "due", "status", "fee", "net")
    required = (
        "Date",
        "Time",
        "Time Zone",
        "Gross Sales",
        "Total Collected",
        "Card",
        "Cash",
        "Fees",
        "Net Total",
        "Transaction ID",
        "Payment ID",
        "Event Type",
        "Deposit ID",
    )

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns that all versions have."""
        return file.header_index(self.required) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the payments and refunds.

        Raises:
            AnswerNeeded: the currency, the order of the date parts or the decimal mark has to be told.
        """
        currency = told_currency(options.get("currency", ""), "The file")
        whole = Whole(file, self.required, reading)
        whole.find_mark(["Total Collected", "Fees", "Net Total", *_ELSEWHERE], options)
        order = whole.find_order(["Date", "Deposit Date"], options)
        parts = (_converted(whole, chunk, currency, order, reading) for chunk in whole.chunks)
        yield from noting_unknown(parts, reading)


def _converted(whole: Whole, chunk: Chunk, currency: str, order: str, reading: Reading) -> Batch:
    collected = whole.money(chunk, "Total Collected", currency, required=True)
    fees = or_zero(whole.money(chunk, "Fees", currency))
    total = whole.money(chunk, "Net Total", currency, required=True)
    reading.identity("Net Total = Total Collected + Fees", total == collected + fees, chunk.rows)
    elsewhere = sum(
        (or_zero(whole.money(chunk, name, currency)) for name in _ELSEWHERE), np.zeros(len(chunk), np.int64)
    )
    amount, net = or_zero(collected) - elsewhere, or_zero(total) - elsewhere
    types = chunk.text("Event Type")
    _no_positive_refunds(chunk, types, collected)
    categories = _TYPES.categories(types, amount)
    idle = (elsewhere != 0) & (amount == 0) & (net == 0)
    columns = {"Gross": amount, "Fee": amount - net, "Net": net}
    if elsewhere.any():
        columns["Cash, gift cards and other tenders"] = elsewhere
    for name, minor in columns.items():
        reading.total(name, currency, minor)
    day, at = _moments(chunk, order)
    return {
        "row": chunk.rows,
        "category": [Category.VOID.value if no else word for no, word in zip(idle, categories, strict=True)],
        "ident": identifiers(chunk, "Payment ID"),
        "ref": identifiers(chunk, "Order Reference ID"),
        "ref2": identifiers(chunk, "Transaction ID"),
        "grp": identifiers(chunk, "Deposit ID"),
        "account": same("square", chunk),
        "status": chunk.text("Transaction Status"),
        "day": day,
        "at": at,
        "due": written_moments(chunk, "Deposit Date", _dates(order))[0],
        "amount": amount,
        "currency": same(currency, chunk),
        "fee": amount - net,
        "net": net,
        "text": types,
        "extra": json_objects(
            {
                "elsewhere": nonzero(elsewhere),
                "description": chunk.text("Description"),
                "location": chunk.text("Location"),
            }
        ),
    }


def _dates(order: str) -> list[str]:
    """Forms of a date whose parts stand in an order, with a year of four digits or two."""
    parts = [f"%{part}" for part in order]
    long = [mark.join(parts).replace("%y", "%Y") for mark in "-/."]
    return long + [form.replace("%Y", "%y") for form in long]


def _moments(chunk: Chunk, order: str) -> tuple[Ints, Ints]:
    """Day and moment of each line; files re-saved without the time or its zone have the day only."""
    dates, clocks = chunk.text("Date"), chunk.text("Time")
    forms = _dates(order)
    forms += [f"{form} {clock}" for form in forms for clock in _CLOCKS]
    zones = [_ZONES.get(cell.strip().casefold(), "") for cell in chunk.text("Time Zone")]
    texts = [f"{one.strip()} {two.strip()}".strip() for one, two in zip(dates, clocks, strict=True)]
    return written_moments(chunk, "Date", forms, zones, texts=texts, required=True)


def _no_positive_refunds(chunk: Chunk, types: Sequence[str], collected: Ints) -> None:
    """A refund takes money away; one that brings some in was not written by Square."""
    wrong = np.array([word.casefold() == "refund" for word in types], np.bool_) & (collected > 0)
    cells = chunk.text("Total Collected")
    report(chunk, "Total Collected", cells, wrong, "is positive in a refund", AGAIN, "E_RULE")
