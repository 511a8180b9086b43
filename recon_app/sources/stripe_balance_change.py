"""Stripe: itemised balance change from activity (``balance_change_from_activity.itemized``).

One row per balance transaction, without payouts, over a period. As in the payout reconciliation the user
chooses the columns; where the payout columns were chosen it has the same content and is read as that. Without
them no file says which payout a line went into. docs.stripe.com/reports/report-types/balance
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from recon_app.models.record import RecordType
from recon_app.sources import _stripe
from recon_app.sources._balance import noting_unknown
from recon_app.sources._base import Batch, InputFile, Reading, Source, chunks


class StripeBalanceChange(Source):
    """One record is one balance transaction of a Stripe account."""

    id = "stripe_balance_change"
    title = "Stripe balance change from activity, itemised"
    record_type = RecordType.PAYMENT_LINE
    key = ("ident",)
    required = _stripe.ITEMISED

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of the report and none names the payout."""
        header = _stripe.header_cells(file, self.required)
        others = {"automatic_payout_id", "payout_id"}
        return bool(header) and not others & set(header)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the lines.

        Raises:
            FileRejected: no column says when a line was created.
        """
        del options  # the format leaves nothing to ask
        orders = _stripe.itemised_orders(file, self.required)
        amounts = _stripe.Amounts(reading)

        def batches() -> Iterator[Batch]:
            for chunk in chunks(file, self.required, reading):
                yield {"row": chunk.rows, **_stripe.itemised(chunk, reading, amounts, orders)[0]}

        yield from noting_unknown(batches(), reading)
        amounts.finish()
