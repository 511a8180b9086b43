"""Stripe: itemised payout reconciliation report (``payout_reconciliation.itemized``).

One row per balance transaction. The user chooses columns and their order, so all are bound by name. Times
are in the zone of the report, which the file does not name; the ``_utc`` columns are used where they were
chosen. Net = gross - fee. A payout may be a row of its own: it is kept and not summed.

The order reference is taken from columns chosen by name only: ``payment_metadata[...]`` whose key speaks of
an order, then ``order_id``. A description is never searched for one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat

import numpy as np

from recon_app.models.money import format_minor
from recon_app.models.problem import FileRejected, Problem
from recon_app.models.proof import Proof
from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources._balance import TypeTable, add_totals, is_payout, noting_unknown, prove_net
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Reading, Source, chunks, clean_header
from recon_app.sources._extra import json_objects

_RESERVE = (Category.RESERVE_HELD, Category.RESERVE_RELEASED)
_DAY, _EVENING = 86_400, 14 * 3600
# Further values that a person or the bank may know a line by; payout_statement_descriptor is bank text.
_EXTRA = ("description", "trace_id", "payout_statement_descriptor")

# docs.stripe.com/reports/reporting-categories and the OpenAPI enum; neither list is closed.
_CATEGORIES = TypeTable(
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
_METADATA = re.compile(r"payment_metadata\[(.*)\]")
_ORDER_WORD = re.compile(r"(^|[^a-z])order")
_LIKELY_KEYS = ("order_name", "order_id", "order_number", "order")


class StripePayoutReconciliation(Source):
    """One record is one balance transaction of a Stripe account."""

    id = "stripe_payout_reconciliation"
    title = "Stripe payout reconciliation, itemised"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident",)
    progress = ("grp", "due")
    required = (
        "automatic_payout_id",
        "balance_transaction_id",
        "currency",
        "gross",
        "fee",
        "net",
        "reporting_category",
    )

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of the report."""
        return file.header_index(self.required) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the lines, then prove each payout that is a row of its own.

        Raises:
            FileRejected: no column says when a line was created.
        """
        del options  # the format leaves nothing to ask
        lines = _Lines(file, self.required, reading)
        yield from noting_unknown(lines.batches(), reading)
        lines.finish()


class _Lines:
    """What is carried from chunk to chunk: the columns chosen, the decimal marks and the payouts seen."""

    def __init__(self, file: InputFile, required: Sequence[str], reading: Reading) -> None:
        self._parts = chunks(file, required, reading)
        self._reading = reading
        self._marks: set[str] = set()
        self._lines: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._paid: defaultdict[tuple[str, str], int] = defaultdict(int)
        header = _header(file, required)
        self._order_columns = _order_columns(header)
        if not {"created", "created_utc"} & set(header):
            raise FileRejected(
                Problem(None, "created", "the column is missing", "export again with created or created_utc")
            )

    def batches(self) -> Iterator[Batch]:
        for chunk in self._parts:
            yield {"row": chunk.rows, **self._batch(chunk)}

    def _batch(self, chunk: Chunk) -> Batch:
        currency = [code.upper() for code in chunk.text("currency")]
        names = ("gross", "fee", "net")
        gross, fee, net = (self._money(chunk, name, currency) for name in names)
        types = chunk.text("reporting_category")
        categories = _CATEGORIES.categories(types, gross)
        payout = is_payout(categories)
        prove_net(chunk, self._reading, names, (gross, fee, net), payout)
        add_totals(self._reading, currency, {"Gross": gross, "Fee": fee, "Net": net}, payout)
        grp = chunk.text("automatic_payout_id")
        self._sum_up(zip(grp, currency, payout.tolist(), net.tolist(), strict=True))
        day, at = _created(chunk)
        batch: Batch = {
            "category": categories,
            "ident": _idents(chunk),
            "ref": _first(chunk, self._order_columns),
            "ref2": _first(chunk, ("charge_id", "source_id")),
            "grp": grp,
            "account": list(repeat("stripe", len(chunk))),
            "day": day,
            "at": at,
            "due": _payout_days(chunk),
            "amount": gross,
            "currency": currency,
            "fee": fee,
            "net": net,
            "text": types,
            "extra": json_objects({name: chunk.text(name) for name in _EXTRA}),
        }
        if chunk.has("customer_facing_amount"):
            foreign = [code.upper() for code in chunk.text("customer_facing_currency")]
            batch["foreign_amount"] = self._money(chunk, "customer_facing_amount", foreign, required=False)
            batch["foreign_currency"] = foreign
        return batch

    def _money(self, chunk: Chunk, name: str, currency: list[str], *, required: bool = True) -> Ints:
        """Minor units; the report can be run with decimal commas, and never has thousands marks."""
        cells = chunk.text(name)
        self._marks.update({",", "."} & set("".join(cells)))
        if "," in self._marks:
            cells = [cell.replace(",", ".") for cell in cells]
        return chunk.money(name, currency, texts=cells, required=required)

    def _sum_up(self, lines: Iterable[tuple[str, str, bool, int]]) -> None:
        for grp, currency, is_paid, net in lines:
            (self._paid if is_paid else self._lines)[grp, currency] += net

    def finish(self) -> None:
        """Report mixed decimal marks and whether the lines of each payout add up to it."""
        if len(self._marks) > 1:
            self._reading.problem(
                None, None, "some amounts have a decimal comma and some a point", "export it again"
            )
        if self._paid and not self._reading.problems:
            self._reading.proofs.append(self._proof())

    def _proof(self) -> Proof:
        # a payout leaves the balance, so its own row has the other sign; not every tool keeps it
        broken = [key for key, net in self._paid.items() if abs(net) != abs(self._lines.get(key, 0))]
        count = len(self._paid)
        found = f"{count - len(broken)} of {count}"
        if broken:
            grp, currency = broken[0]
            lines = format_minor(self._lines.get(broken[0], 0), currency)
            paid = format_minor(self._paid[broken[0]], currency)
            found += f", first broken: {grp}, lines {lines} {currency}, payout {paid} {currency}"
        name = "Payouts whose lines add up to their own row"
        return Proof(name, f"{count} of {count}", found, not broken)


def _header(file: InputFile, required: Sequence[str]) -> list[str]:
    index = file.header_index(required)
    return [] if index is None else [clean_header(cell).casefold() for cell in file.head_rows[index]]


def _order_columns(header: Sequence[str]) -> list[str]:
    """The columns that hold an order reference, the likeliest first."""
    keys = {match[1]: name for name in header if (match := _METADATA.fullmatch(name))}
    named = [keys[key] for key in _LIKELY_KEYS if key in keys]
    named += [name for key, name in keys.items() if _ORDER_WORD.search(key) and name not in named]
    return [*named, "order_id"]


def _first(chunk: Chunk, names: Sequence[str]) -> list[str]:
    """Row by row the first cell of the columns that is not blank."""
    columns = [chunk.text(name) for name in names if chunk.has(name)]
    if len(columns) < 2:
        return columns[0] if columns else [""] * len(chunk)
    return [next(filter(None, cells), "") for cells in zip(*columns, strict=True)]


def _idents(chunk: Chunk) -> list[str]:
    cells = chunk.text("balance_transaction_id")
    if "" in cells:
        for index in (index for index, cell in enumerate(cells) if not cell):
            chunk.problem(index, "balance_transaction_id", "is empty", "export it again")
    return cells


def _created(chunk: Chunk) -> tuple[Ints, Ints]:
    """Day in the zone of the report, where that was chosen, and moment where the UTC column was."""
    if not chunk.has("created_utc"):
        return chunk.moments("created", required=True)
    day, at = chunk.moments("created_utc", "UTC", required=True)
    return (chunk.moments("created", required=True)[0] if chunk.has("created") else day), at


def _payout_days(chunk: Chunk) -> Ints:
    """UTC date of the payout.

    Without the UTC column it is midnight UTC written in the zone of the report: from 14:00 on that is the
    evening before in a zone west of Greenwich, as no zone with payouts is 14 hours ahead of UTC.
    """
    if chunk.has("automatic_payout_effective_at_utc"):
        return chunk.days("automatic_payout_effective_at_utc")
    day, at = chunk.moments("automatic_payout_effective_at", "UTC")
    evening = (at != NO_INT) & (at % _DAY >= _EVENING)
    return np.where(evening, day + 1, day)
