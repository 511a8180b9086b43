"""Types of the transactions of Shopify Payments, by whatever way they come out of Shopify."""

from __future__ import annotations

from recon_app.models.record import Category
from recon_app.sources._balance import TypeTable

_RESERVE = (Category.RESERVE_HELD, Category.RESERVE_RELEASED)
_DISPUTE = (Category.CHARGEBACK, Category.CHARGEBACK_REVERSAL)

# The words seen in files and the values of the Admin API's ShopifyPaymentsTransactionType (2026-10),
# which the files write in lower case, some with blanks instead of underscores.
TYPES = TypeTable(
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
