"""What the exports of Stripe have in common: types, amounts, order references, times.

Fees are positive costs and net = gross - fee in every line. A report can be run with decimal commas; none
has thousands marks. The order reference is taken from columns chosen by name only: metadata whose key speaks
of an order, then ``order_id``. A description is never searched for one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import repeat

import numpy as np

from recon_app.models.problem import FileRejected, Problem
from recon_app.models.record import NO_INT, Category
from recon_app.sources._balance import TypeTable, add_totals, is_payout, prove_net
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Mask, Reading, clean_header
from recon_app.sources._dates import written_moments
from recon_app.sources._extra import json_objects

_RESERVE = (Category.RESERVE_HELD, Category.RESERVE_RELEASED)
_DAY, _EVENING = 86_400, 14 * 3600
# Further values that a person or the bank may know a line by; payout_statement_descriptor is bank text.
_EXTRA = ("description", "trace_id", "payout_statement_descriptor")

# docs.stripe.com/reports/reporting-categories and the OpenAPI enum; neither list is closed.
REPORTING_CATEGORIES = TypeTable(
    {
        "charge": Category.CHARGE,
        # take back a charge, or the part of it that was authorised and not captured
        "charge_failure": Category.CHARGE,
        "partial_capture_reversal": Category.CHARGE,
        "refund": Category.REFUND,
        "refund_failure": Category.REFUND_FAILURE,
        "dispute": Category.CHARGEBACK,
        "dispute_reversal": Category.CHARGEBACK_REVERSAL,
        "fee": Category.FEE,
        "network_cost": Category.FEE,
        "tax*": Category.TAX,
        "advance*": Category.ADVANCE,
        "anticipation_repayment": Category.ADVANCE,
        "financing*": Category.ADVANCE,
        "risk_reserved_funds": _RESERVE,
        "reserved_funds": _RESERVE,
        "connect_reserved_funds": _RESERVE,
        "payment_network_reserve*": _RESERVE,
        "payout_minimum_balance*": _RESERVE,
        "payout": Category.PAYOUT,
        "payout_reversal": Category.CARRY_OVER,  # the money is back and goes into a later payout
        "climate_order*": Category.ADJUSTMENT,
        "connect_collection_transfer": Category.ADJUSTMENT,
        "contribution": Category.ADJUSTMENT,
        "currency_conversion": Category.ADJUSTMENT,
        "fee_credit_funding": Category.ADJUSTMENT,
        "issuing*": Category.ADJUSTMENT,
        "other_adjustment": Category.ADJUSTMENT,
        "platform*": Category.ADJUSTMENT,
        "revenue_share": Category.ADJUSTMENT,
        "reward": Category.ADJUSTMENT,
        "stripe_balance_payment_debit*": Category.ADJUSTMENT,
        "topup*": Category.ADJUSTMENT,
        "transfer*": Category.ADJUSTMENT,
        "unreconciled_customer_funds": Category.ADJUSTMENT,
    }
)

# The type of a balance transaction in the API: docs.stripe.com/api/balance_transactions/object. What a
# dispute takes and gives back is an adjustment there; only its source tells.
BALANCE_TYPES = TypeTable(
    {
        "charge": Category.CHARGE,
        "payment": Category.CHARGE,
        "payment_failure_refund": Category.CHARGE,  # takes back a payment that failed later
        "payment_reversal": Category.CHARGE,
        "refund": Category.REFUND,
        "payment_refund": Category.REFUND,
        "refund_failure": Category.REFUND_FAILURE,
        "dispute": (Category.CHARGEBACK, Category.CHARGEBACK_REVERSAL),
        "stripe_fee*": Category.FEE,
        "stripe_fx_fee": Category.FEE,
        "network_cost": Category.FEE,
        "tax*": Category.TAX,
        "advance*": Category.ADVANCE,
        "anticipation_repayment": Category.ADVANCE,
        "financing*": Category.ADVANCE,
        "reserve*": _RESERVE,
        "payment_network_reserve*": _RESERVE,
        "payout_minimum_balance*": _RESERVE,
        "payout": Category.PAYOUT,
        "payout_cancel": Category.CARRY_OVER,  # the money is back and goes into a later payout
        "payout_failure": Category.CARRY_OVER,
        "adjustment": Category.ADJUSTMENT,
        "application_fee*": Category.ADJUSTMENT,
        "climate_order*": Category.ADJUSTMENT,
        "connect_collection_transfer": Category.ADJUSTMENT,
        "contribution": Category.ADJUSTMENT,
        "fee_credit_funding": Category.ADJUSTMENT,
        "inbound_transfer*": Category.ADJUSTMENT,
        "issuing*": Category.ADJUSTMENT,
        "obligation*": Category.ADJUSTMENT,
        "payment_unreconciled": Category.ADJUSTMENT,
        "stripe_balance_payment_debit*": Category.ADJUSTMENT,
        "topup*": Category.ADJUSTMENT,
        "transfer*": Category.ADJUSTMENT,
    }
)
#: Columns of every itemised report; whether there is a payout column tells which one it is.
ITEMISED = ("balance_transaction_id", "currency", "gross", "fee", "net", "reporting_category")
_METADATA = re.compile(r"(?:payment_metadata\[(.*)\]|(.*) \(metadata\))")
_ORDER_WORD = re.compile(r"(^|[^a-z])order")
_LIKELY_KEYS = ("order_name", "order_id", "order_number", "order")
# As exported, and as a spreadsheet program of a European user saves it again.
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%d.%m.%y %H:%M")


class Amounts:
    """Reads the amounts of one file, in which the decimal mark is the same everywhere."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._marks: set[str] = set()

    def read(self, chunk: Chunk, name: str, currency: str | Sequence[str], *, required: bool = True) -> Ints:
        """Minor units of a column."""
        cells = chunk.text(name)
        self._marks.update({",", "."} & set("".join(cells)))
        if "," in self._marks:
            cells = [cell.replace(",", ".") for cell in cells]
        return chunk.money(name, currency, texts=cells, required=required)

    def finish(self) -> None:
        """Report mixed decimal marks: nobody knows which of them parts thousands."""
        if len(self._marks) > 1:
            self._reading.problem(
                None, None, "some amounts have a decimal comma and some a point", "export it again"
            )


def header_cells(file: InputFile, required: Sequence[str]) -> list[str]:
    """The header, folded; empty when the file has none of this kind."""
    index = file.header_index(required)
    return [] if index is None else [clean_header(cell).casefold() for cell in file.head_rows[index]]


def order_columns(header: Sequence[str]) -> list[str]:
    """The columns that hold an order reference, the likeliest first."""
    keys = {match[1] or match[2]: name for name in header if (match := _METADATA.fullmatch(name))}
    named = [keys[key] for key in _LIKELY_KEYS if key in keys]
    named += [name for key, name in keys.items() if _ORDER_WORD.search(key) and name not in named]
    return [*named, "order_id"]


def first_filled(chunk: Chunk, names: Sequence[str]) -> list[str]:
    """Row by row the first cell of the columns that is not blank."""
    columns = [chunk.text(name) for name in names if chunk.has(name)]
    if len(columns) < 2:
        return columns[0] if columns else [""] * len(chunk)
    return [next(filter(None, cells), "") for cells in zip(*columns, strict=True)]


def required_texts(chunk: Chunk, name: str) -> list[str]:
    """Cells of a column in which a blank is a fault."""
    cells = chunk.text(name)
    if "" in cells:
        for index in (index for index, cell in enumerate(cells) if not cell):
            chunk.problem(index, name, "is empty", "export it again")
    return cells


def utc_moments(chunk: Chunk, name: str, *, required: bool = False) -> tuple[Ints, Ints]:
    """Day and moment of a column of a dashboard export, which is in UTC."""
    return written_moments(chunk, name, _TIMES, "UTC", required=required)


def customer_facing(
    chunk: Chunk, amounts: Amounts, amount: str, currency: str
) -> dict[str, list[str] | Ints]:
    """What the customer paid in their own currency, where the file says it."""
    if not chunk.has(amount):
        return {}
    foreign = [code.upper() for code in chunk.text(currency)]
    return {
        "foreign_amount": amounts.read(chunk, amount, foreign, required=False),
        "foreign_currency": foreign,
    }


def itemised_orders(file: InputFile, required: Sequence[str]) -> list[str]:
    """Columns of an itemised report that hold an order reference.

    Raises:
        FileRejected: no column says when a line was created.
    """
    header = header_cells(file, required)
    if not {"created", "created_utc"} & set(header):
        raise FileRejected(
            Problem(None, "created", "the column is missing", "export again with created or created_utc")
        )
    return order_columns(header)


def itemised(chunk: Chunk, reading: Reading, amounts: Amounts, orders: Sequence[str]) -> tuple[Batch, Mask]:
    """The lines of an itemised report, and which of them are payouts."""
    currency = [code.upper() for code in chunk.text("currency")]
    names = ("gross", "fee", "net")
    gross, fee, net = (amounts.read(chunk, name, currency) for name in names)
    types = chunk.text("reporting_category")
    categories = REPORTING_CATEGORIES.categories(types, gross)
    payout = is_payout(categories)
    prove_net(chunk, reading, names, (gross, fee, net), payout)
    add_totals(reading, currency, {"Gross": gross, "Fee": fee, "Net": net}, payout)
    day, at = _created(chunk)
    batch: Batch = {
        "category": categories,
        "ident": required_texts(chunk, "balance_transaction_id"),
        "ref": first_filled(chunk, orders),
        "ref2": first_filled(chunk, ("charge_id", "source_id")),
        "grp": chunk.text("automatic_payout_id"),
        "account": list(repeat("stripe", len(chunk))),
        "day": day,
        "at": at,
        "due": utc_days(chunk, "automatic_payout_effective_at"),
        "amount": gross,
        "currency": currency,
        "fee": fee,
        "net": net,
        "text": types,
        "extra": json_objects({name: chunk.text(name) for name in _EXTRA}),
    }
    batch.update(customer_facing(chunk, amounts, "customer_facing_amount", "customer_facing_currency"))
    return batch, payout


def _created(chunk: Chunk) -> tuple[Ints, Ints]:
    """Day in the zone of the report, where that was chosen, and moment where the UTC column was."""
    if not chunk.has("created_utc"):
        return chunk.moments("created", required=True)
    day, at = chunk.moments("created_utc", "UTC", required=True)
    return (chunk.moments("created", required=True)[0] if chunk.has("created") else day), at


def utc_days(chunk: Chunk, name: str, *, required: bool = False) -> Ints:
    """UTC date of a payout.

    Without the ``_utc`` column it is midnight UTC written in the zone of the report: from 14:00 on that is
    the evening before in a zone west of Greenwich, as no zone with payouts is 14 hours ahead of UTC.
    """
    if chunk.has(f"{name}_utc"):
        return chunk.days(f"{name}_utc", required=required)
    day, at = chunk.moments(name, "UTC", required=required)
    evening = (at != NO_INT) & (at % _DAY >= _EVENING)
    return np.where(evening, day + 1, day)
