"""Adyen: settlement details report, CSV or XLSX.

One row per movement of a settlement batch; 30, 32 and 49 columns in several orders have been seen, so all
are bound by name. Debit and credit are separate columns without signs: the column gives the direction, never
the type, since a sale whose fees exceed it is a net debit. Net = gross - fees; the fees are in up to four
columns (``Payment Fees (NC)`` is their sum). Gross is in the shopper's currency, everything else in that of
the settlement. The payout is a row of its own and takes the rest out: credits - debits of a batch are 0.
Batch numbers count per merchant account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources import _adyen
from recon_app.sources._balance import TypeTable, add_totals, is_payout, noting_unknown
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Reading, Source, chunks
from recon_app.sources._chunk import AGAIN
from recon_app.sources._extra import json_objects
from recon_app.sources._platform import Sums, identifiers, or_zero, report, same

# The types of Adyen's documentation and of files seen; the list is not closed.
_TYPES = TypeTable(
    {
        "settled*": Category.CHARGE,
        "refunded*": Category.REFUND,
        "refundedreversed*": Category.REFUND_FAILURE,
        "chargeback*": Category.CHARGEBACK,
        "secondchargeback*": Category.CHARGEBACK,
        "chargebackreversed*": Category.CHARGEBACK_REVERSAL,
        # another acquirer moved the money: only Adyen's fee is left
        "settledexternally*": Category.FEE,
        "refundedexternally*": Category.FEE,
        "chargebackexternally*": Category.FEE,
        "fee": Category.FEE,
        "misccosts": Category.FEE,
        "invoicededuction": Category.FEE,
        "paymentcost": Category.FEE,
        "settlecost": Category.FEE,
        "authorisationschemefee": Category.FEE,
        "depositcorrection": Category.ADJUSTMENT,
        "manualcorrected": Category.ADJUSTMENT,
        "matchedstatement": Category.ADJUSTMENT,
        "internalcompanypayout": Category.ADJUSTMENT,
        "paidout*": Category.ADJUSTMENT,
        "reserveadjustment": (Category.RESERVE_HELD, Category.RESERVE_RELEASED),
        "balancetransfer": Category.CARRY_OVER,  # from the batch before, or to the next one
        "bankinstructionreturned": Category.CARRY_OVER,  # a payout that came back
        "merchantpayout": Category.PAYOUT,
    }
)
_FEES = ("Commission (NC)", "Markup (NC)", "Scheme Fees (NC)", "Interchange (NC)")


class AdyenSettlement(Source):
    """One record is one movement of a settlement batch."""

    id = "adyen_settlement"
    title = "Adyen settlement details report"
    record_type = RecordType.PAYMENT_LINE
    key = ("grp", "text", "ident", "ref2", "at", "day", "net", "currency")
    required = _adyen.SETTLEMENT

    def recognises(self, file: InputFile) -> bool:
        """Whether one of the first rows has the columns of the report."""
        return file.header_index(self.required) is not None

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Yield the movements, then prove that each batch closes."""
        del options  # the format leaves nothing to ask
        batches, ids = Sums(), _adyen.RoundedIds(file)
        parts = chunks(file, self.required, reading)
        yield from noting_unknown((_converted(part, reading, batches, ids) for part in parts), reading)
        proof = batches.closing_proof("Batches whose credits and debits are equal, the payout included")
        if proof is not None:
            reading.proofs.append(proof)
        ids.note(reading)


def _converted(chunk: Chunk, reading: Reading, batches: Sums, ids: _adyen.RoundedIds) -> Batch:
    currency = chunk.text("Net Currency")
    net = _adyen.net(chunk, currency)
    fee = _fees(chunk, currency)
    amount = net + fee
    types = chunk.text("Type")
    categories = _TYPES.categories(types, net)
    gross, abroad = _gross(chunk)
    _prove_gross(chunk, reading, amount, gross, currency, abroad)
    columns = {"Gross": amount, "Fee": fee, "Net": net}
    payout = is_payout(categories)
    add_totals(reading, currency, columns, payout)
    grp = _adyen.batches(chunk)
    batches.add(grp, currency, net)
    payment = identifiers(chunk, "Psp Reference")
    ids.look(payment)
    named = [bool(reference) for reference in payment]
    # of a movement without a payment it is a description or the bank's reference, and no id
    modification = identifiers(chunk, "Modification Reference")
    day, at = _adyen.created(chunk)
    elsewhere = np.array([code != home for code, home in zip(abroad, currency, strict=True)], np.bool_) & (
        gross != NO_INT
    )
    return {
        "row": chunk.rows,
        "category": categories,
        "ident": [cell if known else "" for cell, known in zip(modification, named, strict=True)],
        "ref": identifiers(chunk, "Merchant Reference"),
        "ref2": payment,
        "grp": grp,
        "account": same("adyen", chunk),
        "day": day,
        "at": at,
        "due": np.where(payout, day, np.int64(NO_INT)),
        "amount": amount,
        "currency": currency,
        "fee": fee,
        "net": net,
        "foreign_amount": np.where(elsewhere, gross, np.int64(NO_INT)),
        "foreign_currency": [code if other else "" for code, other in zip(abroad, elsewhere, strict=True)],
        "text": types,
        "extra": json_objects(
            {
                "method": chunk.text("Payment Method"),
                "description": [
                    "" if known else cell for cell, known in zip(modification, named, strict=True)
                ],
            }
        ),
    }


def _fees(chunk: Chunk, currency: list[str]) -> Ints:
    """What Adyen keeps of each movement, positive for a cost."""
    named = [name for name in _FEES if chunk.has(name)] or ["Payment Fees (NC)"]
    return sum((or_zero(chunk.money(name, currency)) for name in named), np.zeros(len(chunk), np.int64))


def _gross(chunk: Chunk) -> tuple[Ints, list[str]]:
    """Signed amount in the shopper's currency, :data:`NO_INT` for movements that have none."""
    abroad = chunk.text("Gross Currency")
    debit, credit = chunk.text("Gross Debit (GC)"), chunk.text("Gross Credit (GC)")
    stands = np.array([bool(one or other) for one, other in zip(debit, credit, strict=True)], np.bool_)
    report(
        chunk,
        "Gross Currency",
        abroad,
        stands & np.array([not code for code in abroad], np.bool_),
        "is empty beside a gross amount",
        AGAIN,
        "E_CURRENCY",
    )
    codes = [code or "XXX" for code in abroad]
    signed = or_zero(chunk.money("Gross Credit (GC)", codes)) - or_zero(
        chunk.money("Gross Debit (GC)", codes)
    )
    return np.where(stands, signed, np.int64(NO_INT)), abroad


def _prove_gross(
    chunk: Chunk, reading: Reading, amount: Ints, gross: Ints, currency: Sequence[str], abroad: Sequence[str]
) -> None:
    """Gross - fees = net, wherever gross and net are in one currency."""
    home = np.array([code == other for code, other in zip(currency, abroad, strict=True)], np.bool_)
    checked = home & (gross != NO_INT)
    reading.identity("Net = gross - fees", (gross == amount)[checked], chunk.rows[checked])
