"""Movements of the Shopify Payments balance from Shopify's Admin interface.

The list holds the payout itself as a transfer with the sign turned, so that the lines of a payout and its
transfer add up to 0. A won dispute has a negative fee: the fee comes back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from recon_app.models.proof import Proof
from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources._balance import add_totals, is_payout, noting_unknown
from recon_app.sources._base import Batch, InputFile, Reading
from recon_app.sources._shopify_bulk import BulkSource, Object, Row, Values, bag, kind_of, text, word
from recon_app.sources._shopify_types import TYPES


class ShopifyBulkPayoutLines(BulkSource):
    """One record is one movement of the balance."""

    id = "shopify_bulk_payout_lines"
    title = "Balance transactions from Shopify Admin data"
    record_type = RecordType.PAYMENT_LINE
    kinds = ("ShopifyPaymentsBalanceTransaction",)
    key = ("ident",)
    progress = ("grp",)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the movements, prove each payout, and say which types are not known."""
        payouts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        for batch in noting_unknown(super().read(file, options, reading), reading):
            for payout, category, net in zip(batch["grp"], batch["category"], batch["net"], strict=True):
                if payout and net != NO_INT:
                    payouts[str(payout)][category == Category.PAYOUT] += int(net)
            yield batch
        whole = [sums for sums in payouts.values() if sums[1]]
        if whole:
            closing = sum(lines + transfer == 0 for lines, transfer in whole)
            name = "the lines of each payout add up to its transfer"
            found = f"{closing} payouts"
            reading.proofs.append(Proof(name, f"{len(whole)} payouts", found, closing == len(whole)))

    def rows(self, item: Object, parent: Object, values: Values) -> Iterator[Row]:
        """The movement, when the object is one."""
        del parent
        if kind_of(item) != "ShopifyPaymentsBalanceTransaction":
            return
        currency = values.currency(text(bag(item, "amount"), "currencyCode"))
        amount, fee, net = (values.minor(item, name, currency) for name in ("amount", "fee", "net"))
        if NO_INT in (amount, fee, net):
            values.problem("amount", "amount, fee or net is missing")
        elif net != amount - fee:
            values.problem("net", f"{text(item, 'net', 'amount')} is not amount minus fee")
        kind = word(item, "type")
        yield {
            "category": TYPES.categories([kind], np.array([amount]))[0],
            "ident": text(item, "id"),
            "ref": text(item, "associatedOrder", "name"),
            "ref2": text(item, "sourceOrderTransactionId"),
            "grp": text(item, "associatedPayout", "id"),
            "account": "shopify_payments",
            "status": word(item, "associatedPayout", "status"),
            "when": text(item, "transactionDate"),
            "amount": amount,
            "currency": currency,
            "fee": fee,
            "net": net,
            "text": kind,
        }

    def prove(self, batch: Batch, reading: Reading) -> None:
        """Add the movements without the payouts themselves to the control totals."""
        currencies = list(map(str, batch["currency"]))
        columns = {name: np.asarray(batch[name]) for name in ("amount", "fee", "net")}
        add_totals(reading, currencies, columns, is_payout(list(map(str, batch["category"]))))
