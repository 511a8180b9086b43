"""dLocal settlement report: one row of totals, then the rows of the transfer.

The first line names the totals, the second (``HEADER``) gives them, the third names the columns. Amounts are
signed and have up to six decimals, fees are negative and added: net = gross + fee.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recon_app.models.money import exponent
from recon_app.models.problem import FileRejected, Problem
from recon_app.models.quantity import DECIMALS
from recon_app.models.record import NO_INT
from recon_app.sources._bank import is_currency
from recon_app.sources._base import InputFile, Ints
from recon_app.sources._platform import summary_of
from recon_app.sources._values import iso_days, quantities

SUMMARY = ("ROW_TYPE", "SETTLEMENT_CURRENCY", "NET_TOTAL_AMOUNT", "TRANSFER_DATE", "TRANSFER_ID")
DETAILS = (
    "ROW_TYPE",
    "DLOCAL_TRANSACTION_ID",
    "LOCAL_AMOUNT",
    "LOCAL_CURRENCY",
    "GROSS_AMOUNT",
    "FEE_AMOUNT",
    "NET_AMOUNT",
)
_TOTALS = {
    "gross": "gross_total_amount",
    "fee": "fee_total_amount",
    "net": "net_total_amount",
}
_ADVICE = "export the report again"


@dataclass(frozen=True)
class Summary:
    """The row of totals.

    Attributes:
        ident: Id of the transfer.
        day: Its day, days since 1970-01-01.
        currency: Settlement currency.
        items: How many rows it has, -1 when the file does not say.
        totals: Millionths by ``gross``, ``fee`` and ``net``, as far as they are given.
    """

    ident: str
    day: int
    currency: str
    items: int
    totals: dict[str, int]


def is_settlement(file: InputFile) -> bool:
    """Whether the first rows have both blocks."""
    return file.header_index(SUMMARY) is not None and file.header_index(DETAILS) is not None


def summary(file: InputFile) -> Summary:
    """Read the row of totals.

    Raises:
        FileRejected: it is missing or damaged.
    """
    cells = summary_of(file, SUMMARY, DETAILS)
    currency = cells["settlement_currency"]
    days, _ = iso_days([cells["transfer_date"]])
    written = {name: cells.get(column, "") for name, column in _TOTALS.items()}
    found, bad = quantities(list(written.values()))
    count = cells.get("number_of_items", "")
    if bad.any() or not is_currency(currency) or NO_INT in (days[0], found[-1]):
        problem = "the totals in the second line cannot be read"
        raise FileRejected(Problem(None, None, problem, _ADVICE))
    totals = {name: int(value) for name, value in zip(written, found, strict=True) if value != NO_INT}
    return Summary(
        cells["transfer_id"],
        int(days[0]),
        currency,
        int(count) if count.isdecimal() and count.isascii() else -1,
        totals,
    )


def rounded(millionths: Ints, currency: str) -> Ints:
    """Millionths of a currency as minor units, half rounded to even."""
    unit = unit_of(currency)
    whole, rest = np.divmod(millionths, unit)
    up = (2 * rest > unit) | ((2 * rest == unit) & (whole % 2 == 1))
    minor: Ints = whole + up
    return minor


def unit_of(currency: str) -> int:
    """Millionths in one minor unit."""
    unit: int = 10 ** (DECIMALS - exponent(currency))
    return unit
