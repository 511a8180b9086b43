"""Stripe: balance history (Balances, All activity, Export), seen in exports of 2023 to 2026.

One row per balance transaction, payouts among them, all times in UTC. ``Type`` is the type of the API, not
the reporting category of the itemised reports. ``Transfer`` is the payout a line went into. A European
user's file has decimal commas. Metadata columns are called ``<key> (metadata)``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat

import numpy as np

from recon_app.models.record import Category, RecordType
from recon_app.sources import _stripe
from recon_app.sources._balance import add_totals, is_payout, noting_unknown, prove_net
from recon_app.sources._base import Batch, Chunk, InputFile, Reading, Source, chunks
from recon_app.sources._extra import json_objects

_DISPUTES = ("du_", "dp_")
_PAYOUTS = "po_"


class StripeBalanceHistory(Source):
    """One record is one balance transaction of a Stripe account."""

    id = "stripe_balance_history"
    title = "Stripe balance history"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident",)
    progress = ("grp", "due")
    required = ("id", "Type", "Source", "Amount", "Fee", "Net", "Currency", "Created (UTC)")

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of the export."""
        return file.header_index((*self.required, "Available On (UTC)")) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the lines and say how many payouts have all their lines in the file."""
        del options  # the format leaves nothing to ask
        orders = _stripe.order_columns(_stripe.header_cells(file, self.required))
        amounts, sums = _stripe.Amounts(reading), _Sums()

        def batches() -> Iterator[Batch]:
            for chunk in chunks(file, self.required, reading):
                batch = _batch(chunk, reading, amounts, orders)
                sums.add(batch)
                yield {"row": chunk.rows, **batch}

        yield from noting_unknown(batches(), reading)
        amounts.finish()
        sums.note(reading)


def _batch(chunk: Chunk, reading: Reading, amounts: _stripe.Amounts, orders: Sequence[str]) -> Batch:
    currency = [code.upper() for code in chunk.text("Currency")]
    names = ("Amount", "Fee", "Net")
    amount, fee, net = (amounts.read(chunk, name, currency) for name in names)
    types, origins = chunk.text("Type"), chunk.text("Source")
    categories = [
        _category(category, origin, above)
        for category, origin, above in zip(
            _stripe.BALANCE_TYPES.categories(types, amount), origins, (amount > 0).tolist(), strict=True
        )
    ]
    payout = is_payout(categories)
    prove_net(chunk, reading, names, (amount, fee, net), payout)
    add_totals(reading, currency, {"Amount": amount, "Fee": fee, "Net": net}, payout)
    day, at = _stripe.utc_moments(chunk, "Created (UTC)", required=True)
    batch: Batch = {
        "category": categories,
        "ident": _stripe.required_texts(chunk, "id"),
        "ref": _stripe.first_filled(chunk, orders),
        "ref2": origins,
        "grp": _payouts(chunk.text("Transfer"), origins, categories),
        "account": list(repeat("stripe", len(chunk))),
        "day": day,
        "at": at,
        "due": _stripe.utc_moments(chunk, "Transfer Date (UTC)")[0],
        "amount": amount,
        "currency": currency,
        "fee": fee,
        "net": net,
        "text": types,
        "extra": json_objects({"description": chunk.text("Description")}),
    }
    batch.update(
        _stripe.customer_facing(chunk, amounts, "Customer Facing Amount", "Customer Facing Currency")
    )
    return batch


def _category(category: str, origin: str, above: bool) -> str:
    """Disputes are adjustments to the API, and before 2017 payouts were transfers: the source tells."""
    if category == Category.ADJUSTMENT and origin.startswith(_DISPUTES):
        return (Category.CHARGEBACK_REVERSAL if above else Category.CHARGEBACK).value
    if category == Category.ADJUSTMENT and origin.startswith(_PAYOUTS):
        return (Category.CARRY_OVER if above else Category.PAYOUT).value
    return category


def _payouts(transfers: Sequence[str], origins: Sequence[str], categories: Sequence[str]) -> list[str]:
    """The payout of each line; a payout's own row comes from it, one that failed goes into a later payout."""
    return [
        transfer or (origin if category == Category.PAYOUT else "")
        for transfer, origin, category in zip(transfers, origins, categories, strict=True)
    ]


class _Sums:
    """Net per payout of its lines and of its own row.

    The history covers days, not payouts: those of its first days have lines before it, so that a sum that
    does not close proves nothing.
    """

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], int] = {}
        self._paid: set[tuple[str, str]] = set()

    def add(self, batch: Batch) -> None:
        net = np.asarray(batch["net"]).tolist()
        rows = zip(batch["grp"], batch["currency"], batch["category"], net, strict=True)
        for grp, currency, category, minor in rows:
            key = str(grp), str(currency)
            self._open[key] = self._open.get(key, 0) + minor
            if category == Category.PAYOUT:
                self._paid.add(key)

    def note(self, reading: Reading) -> None:
        if self._paid:
            closed = sum(self._open[key] == 0 for key in self._paid)
            reading.notes.append(
                f"Payouts that all lines in the file add up to: {closed} of {len(self._paid)}"
            )
