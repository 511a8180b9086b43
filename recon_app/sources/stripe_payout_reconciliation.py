"""Stripe: itemised payout reconciliation report (``payout_reconciliation.itemized``).

One row per balance transaction. The user chooses columns and their order, so all are bound by name. Times
are in the zone of the report, which the file does not name; the ``_utc`` columns are used where they were
chosen. A payout may be a row of its own: it is kept and not summed. The balance change report looks the same
once the payout columns are chosen for it, and is read here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from recon_app.models.money import format_minor
from recon_app.models.proof import Proof
from recon_app.models.record import RecordType
from recon_app.sources import _stripe
from recon_app.sources._balance import noting_unknown
from recon_app.sources._base import Batch, InputFile, Mask, Reading, Source, chunks


class StripePayoutReconciliation(Source):
    """One record is one balance transaction of a Stripe account."""

    id = "stripe_payout_reconciliation"
    title = "Stripe payout reconciliation, itemised"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident",)
    progress = ("grp", "due")
    required = ("automatic_payout_id", *_stripe.ITEMISED)

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of the report."""
        return file.header_index(self.required) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the lines, then prove each payout that is a row of its own.

        Raises:
            FileRejected: no column says when a line was created.
        """
        del options  # the format leaves nothing to ask
        orders = _stripe.itemised_orders(file, self.required)
        amounts, payouts = _stripe.Amounts(reading), _Payouts()

        def batches() -> Iterator[Batch]:
            for chunk in chunks(file, self.required, reading):
                batch, payout = _stripe.itemised(chunk, reading, amounts, orders)
                payouts.add(batch, payout)
                yield {"row": chunk.rows, **batch}

        yield from noting_unknown(batches(), reading)
        amounts.finish()
        if payouts.paid and not reading.problems:
            reading.proofs.append(payouts.proof())


class _Payouts:
    """Net sums of the lines of each payout, and of its own row."""

    def __init__(self) -> None:
        self.paid: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._lines: defaultdict[tuple[str, str], int] = defaultdict(int)

    def add(self, batch: Batch, payout: Mask) -> None:
        net = np.asarray(batch["net"]).tolist()
        for grp, currency, is_paid, minor in zip(
            batch["grp"], batch["currency"], payout.tolist(), net, strict=True
        ):
            (self.paid if is_paid else self._lines)[str(grp), str(currency)] += minor

    def proof(self) -> Proof:
        # a payout leaves the balance, so its own row has the other sign; not every tool keeps it
        broken = [key for key, net in self.paid.items() if abs(net) != abs(self._lines.get(key, 0))]
        count = len(self.paid)
        found = f"{count - len(broken)} of {count}"
        if broken:
            grp, currency = broken[0]
            lines = format_minor(self._lines.get(broken[0], 0), currency)
            paid = format_minor(self.paid[broken[0]], currency)
            found += f", first broken: {grp}, lines {lines} {currency}, payout {paid} {currency}"
        name = "Payouts whose lines add up to their own row"
        return Proof(name, f"{count} of {count}", found, not broken)
