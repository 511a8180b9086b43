"""Klarna's settlement report: its block of totals, for the two sources that read it.

The names and the formula are those of Klarna's documentation (Settlement reports, Calculation of settlement
amount).
"""

from __future__ import annotations

from dataclasses import dataclass

from recon_app.models.problem import FileRejected, Problem
from recon_app.models.record import NO_INT
from recon_app.sources._base import InputFile, Reading
from recon_app.sources._chunk import AGAIN
from recon_app.sources._dates import moments_as
from recon_app.sources._platform import summary_minor, summary_of

SUMMARY = ("total_settlement_amount", "payment_reference", "settlement_currency", "payout_date")
DETAILS = ("type", "capture_date", "order_id", "merchant_reference1", "amount", "posting_currency")
TIMES = (
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%dT%H:%M:%S.%f%z",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d",
)
#: Sign of each total in the settlement amount.
FORMULA = {
    "total_sale_amount": 1,
    "total_return_amount": -1,
    "total_reversal_amount": -1,
    "total_fee_amount": -1,
    "total_fee_correction_amount": 1,
    "total_commission_amount": 1,
    "total_tax_amount": -1,
    "total_charge_amount": -1,
    "total_credit_amount": 1,
    "total_repay_amount": -1,
    "total_holdback_amount": -1,
    "total_release_amount": 1,
    "total_fee_refund_amount": 1,
}
_DEBT = ("opening_debt_balance", "closing_debt_balance", "total_deposit_amount")


@dataclass(frozen=True, slots=True)
class Summary:
    """The totals of a settlement, minor units without sign.

    Attributes:
        ident: Payment reference, which the bank text shows.
        currency: Settlement currency.
        paid: What is paid out.
        day: Payout date, days since 1970-01-01.
        at: Its moment, UTC seconds.
        kind: ``NET``, or ``GROSS`` when fees are invoiced apart.
        totals: Minor units by name of :data:`FORMULA` and of the debt; those the file lacks are 0.
    """

    ident: str
    currency: str
    paid: int
    day: int
    at: int
    kind: str
    totals: dict[str, int]

    def by_formula(self) -> int:
        """The settlement amount that follows from the totals; a shortfall becomes a debt and pays nothing.

        Fees that are invoiced apart reduce nothing.
        """
        apart = ("total_fee_amount", "total_tax_amount") if self.kind == "GROSS" else ()
        signed = (sign * self.totals[name] for name, sign in FORMULA.items() if name not in apart)
        return sum(signed) + self.totals["total_deposit_amount"]


def summary(file: InputFile) -> Summary:
    """Read the block of totals.

    Raises:
        FileRejected: it is damaged, or the file is an invoice of fees and no settlement.
    """
    cells = summary_of(file, SUMMARY, DETAILS)
    kind = cells.get("merchant_settlement_type", "").upper()
    if kind == "GROSS_FEE":
        problem = "this is Klarna's invoice of fees, which pays nothing out"
        raise FileRejected(Problem(None, None, problem, "import the settlement report itself", "E_RULE"))
    currency = cells["settlement_currency"]
    names = (*FORMULA, *_DEBT)
    totals = {name: abs(summary_minor(name, cells.get(name, "") or "0", currency)) for name in names}
    paid = summary_minor("total_settlement_amount", cells["total_settlement_amount"], currency)
    days, at, bad = moments_as([cells["payout_date"]], TIMES, "UTC")
    if bad[0] or days[0] == NO_INT:
        problem = f"{cells['payout_date']!r} is not a payout date"
        raise FileRejected(Problem(None, "payout_date", problem, AGAIN, "E_DATE"))
    return Summary(cells["payment_reference"], currency, paid, int(days[0]), int(at[0]), kind, totals)


def prove(totals: Summary, reading: Reading) -> None:
    """The totals give the settlement amount, and the debt moves by what was repaid and added."""
    reading.sum_proof("Settlement amount by its totals", totals.currency, totals.paid, totals.by_formula())
    debt = totals.totals
    if debt["opening_debt_balance"] or debt["closing_debt_balance"]:
        left = debt["opening_debt_balance"] - debt["total_repay_amount"] + debt["total_deposit_amount"]
        reading.sum_proof("Closing debt balance", totals.currency, debt["closing_debt_balance"], left)
