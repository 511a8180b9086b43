"""Shopify Payments: the transactions of the payouts (Finance, Payouts, Transactions, Export).

Headers of 11 to 19 columns have been seen; columns are bound by name. Amount is signed, Fee is a positive
cost (negative when a won dispute gives it back), Net = Amount - Fee in every line. Presentment amounts are
always positive and for information only. There is no transaction id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import repeat

from recon_app.models.money import MoneyError, exponent
from recon_app.models.problem import AnswerNeeded
from recon_app.models.record import Category, RecordType
from recon_app.sources import _shopify
from recon_app.sources._balance import TypeTable, add_totals, is_payout, noting_unknown, prove_net
from recon_app.sources._base import Batch, Chunk, InputFile, Reading, TableSource
from recon_app.sources._extra import json_objects, nonzero

_RESERVE = (Category.RESERVE_HELD, Category.RESERVE_RELEASED)
_DISPUTE = (Category.CHARGEBACK, Category.CHARGEBACK_REVERSAL)

# The words seen in files and the values of the Admin API's ShopifyPaymentsTransactionType (2026-10),
# which the files write in lower case, some with blanks instead of underscores.
_TYPES = TypeTable(
    {
        "charge": Category.CHARGE,
        "shop_cash_credit": Category.CHARGE,  # the share of an order that the buyer paid with Shop Cash
        "refund": Category.REFUND,
        "shop_cash_credit_reversal": Category.REFUND,
        "shop_cash_refund_debit": Category.REFUND,
        "refund_failure": Category.REFUND_FAILURE,
        "shop_cash_refund_debit_reversal": Category.REFUND_FAILURE,
        "dispute": _DISPUTE,
        "dispute_withdrawal": Category.CHARGEBACK,
        "dispute_reversal": Category.CHARGEBACK_REVERSAL,
        "chargeback": _DISPUTE,
        "chargeback_lost": Category.CHARGEBACK,
        "chargeback_hold": Category.CHARGEBACK,
        "chargeback_won": Category.CHARGEBACK_REVERSAL,
        "chargeback_hold_release": Category.CHARGEBACK_REVERSAL,
        "chargeback_fee*": Category.FEE,
        "chargeback_protection*": Category.ADJUSTMENT,
        "chargeback*": _DISPUTE,
        "reserve": _RESERVE,
        "reserved_funds*": _RESERVE,
        "risk_withdrawal": _RESERVE,
        "risk_reversal": _RESERVE,
        "marketplace_sales_tax*": Category.TAX,
        "tax_adjustment*": Category.TAX,
        "import_tax*": Category.TAX,
        "customs_duty*": Category.TAX,
        "vat_refund_credit*": Category.TAX,
        "agentic_fee_tax*": Category.FEE,
        "ach_bank_failure_debit*": Category.FEE,
        "application_fee*": Category.FEE,
        "billing_debit*": Category.FEE,
        "marketplace_fee_credit*": Category.FEE,
        "markets_pro*": Category.FEE,
        "referral_fee*": Category.FEE,
        "shipping_label*": Category.FEE,
        "shipping_other_carrier_charge_adjustment": Category.FEE,
        "shipping_return_to_origin_adjustment": Category.FEE,
        "shop_cash_billing*": Category.FEE,
        "shop_cash_campaign_billing*": Category.FEE,
        "stripe_fee": Category.FEE,
        "adjustment*": Category.ADJUSTMENT,
        "ads_publisher_credit*": Category.ADJUSTMENT,
        "anomaly*": Category.ADJUSTMENT,
        "balance_transfer*": Category.ADJUSTMENT,
        "channel*": Category.ADJUSTMENT,
        "charge_adjustment": Category.ADJUSTMENT,
        "collections*": Category.ADJUSTMENT,
        "merchant_goodwill_credit*": Category.ADJUSTMENT,
        "merchant_to_merchant*": Category.ADJUSTMENT,
        "promotion_credit*": Category.ADJUSTMENT,
        "refund_adjustment": Category.ADJUSTMENT,
        "seller_protection*": Category.ADJUSTMENT,
        "shopify_collective*": Category.ADJUSTMENT,
        "shopify_source*": Category.ADJUSTMENT,
        "advance*": Category.ADVANCE,
        "lending*": Category.ADVANCE,
        "payout": Category.PAYOUT,
        "transfer": Category.PAYOUT,
        # a payout that did not arrive goes back to the balance and into a later payout
        "payout_failure": Category.CARRY_OVER,
        "payout_cancellation": Category.CARRY_OVER,
        "transfer_cancel": Category.CARRY_OVER,
        "transfer_failure": Category.CARRY_OVER,
        "transfer_refund": Category.CARRY_OVER,
    }
)


class ShopifyPaymentTransactions(TableSource):
    """One record is one line of the Shopify Payments balance."""

    id = "shopify_payment_transactions"
    title = "Shopify Payments transactions"
    record_type = RecordType.PAYMENT_LINE
    key = ("text", "ref", "at", "amount", "fee", "ref2", "currency")
    progress = ("status", "due", "grp")
    required = (
        "Transaction Date",
        "Type",
        "Order",
        "Payout Status",
        "Payout Date",
        "Amount",
        "Fee",
        "Net",
    )

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the table chunk by chunk and say which types are not known."""
        return noting_unknown(super().read(file, options, reading), reading)

    def convert(self, chunk: Chunk, options: Mapping[str, str], reading: Reading) -> Batch:
        """Turn a chunk of lines into normalised fields."""
        currency = _currencies(chunk, options)
        amount = chunk.money("Amount", currency, required=True)
        fee = chunk.money("Fee", currency, required=True)
        net = chunk.money("Net", currency, required=True)
        types = chunk.text("Type")
        categories = _TYPES.categories(types, amount)
        payout = is_payout(categories)
        prove_net(chunk, reading, ("Amount", "Fee", "Net"), (amount, fee, net), payout)
        add_totals(reading, currency, {"Amount": amount, "Fee": fee, "Net": net}, payout)
        day, at = _shopify.moments(chunk, "Transaction Date", required=True)
        batch: Batch = {
            "category": categories,
            "ref": _shopify.identifiers(chunk, "Order"),
            "ref2": _shopify.identifiers(chunk, "Checkout"),
            "grp": _shopify.identifiers(chunk, "Payout ID"),
            "account": list(repeat("shopify_payments", len(chunk))),
            "status": chunk.text("Payout Status"),
            "day": day,
            "at": at,
            "due": chunk.days("Payout Date"),
            "amount": amount,
            "currency": currency,
            "fee": fee,
            "net": net,
            "text": types,
        }
        if chunk.has("Presentment Amount"):
            presentment = chunk.text("Presentment Currency")
            batch["foreign_amount"] = chunk.money("Presentment Amount", presentment)
            batch["foreign_currency"] = presentment
        if chunk.has("VAT", "Business Entity ID"):
            vat = nonzero(chunk.money("VAT", currency))  # on the fee, and part of it: never taken off again
            entity = _shopify.identifiers(chunk, "Business Entity ID")
            batch["extra"] = json_objects({"vat": vat, "entity": entity})
        return batch


def _currencies(chunk: Chunk, options: Mapping[str, str]) -> list[str]:
    """The settlement currency of each line; the oldest files do not name it.

    Raises:
        AnswerNeeded: there is no such column and ``options["currency"]`` does not say it.
    """
    if chunk.has("Currency"):
        return chunk.text("Currency")
    currency = options.get("currency", "").strip().upper()
    try:
        exponent(currency)
    except MoneyError:
        raise AnswerNeeded(
            "currency",
            (),
            "The file does not say its currency. In which currency are the payouts (EUR, USD ...)?",
        ) from None
    return list(repeat(currency, len(chunk)))
