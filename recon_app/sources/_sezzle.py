"""What the two sources that read Sezzle's settlement details have in common: the block of totals."""

from __future__ import annotations

from dataclasses import dataclass

from recon_app.models.problem import FileRejected, Problem
from recon_app.models.record import NO_INT
from recon_app.sources._base import InputFile
from recon_app.sources._chunk import AGAIN
from recon_app.sources._dates import moments_as
from recon_app.sources._platform import summary_minor, summary_of

SUMMARY = ("net_settlement_amount", "payment_uuid", "settlement_currency", "payout_date")
DETAILS = ("type", "event_date", "order_uuid", "customer_order_id", "amount", "posting_currency", "type_code")
_TIMES = ("%Y-%m-%d %H:%M:%S %z UTC", "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%z")


@dataclass(frozen=True, slots=True)
class Summary:
    """The totals of a settlement.

    Attributes:
        ident: Payment UUID.
        currency: Settlement currency.
        net: What is paid out, minor units.
        day: Payout date, days since 1970-01-01.
        at: Its moment, UTC seconds.
        status: Payout status.
        totals: Minor units by column, without ``net_settlement_amount``.
    """

    ident: str
    currency: str
    net: int
    day: int
    at: int
    status: str
    totals: dict[str, int]


def summary(file: InputFile) -> Summary:
    """Read the block of totals.

    Raises:
        FileRejected: it is damaged.
    """
    cells = summary_of(file, SUMMARY, DETAILS)
    currency = cells["settlement_currency"]
    totals = {
        name: summary_minor(name, cell, currency)
        for name, cell in cells.items()
        if cell and (name.startswith("total_") or name in ("forex_fees", "net_settlement_amount"))
    }
    days, at, bad = moments_as([cells["payout_date"]], _TIMES)
    if bad[0] or days[0] == NO_INT or "net_settlement_amount" not in totals:
        problem = "the totals have no payout date or no net settlement amount that can be read"
        raise FileRejected(Problem(None, "payout_date", problem, AGAIN, "E_DATE"))
    net = totals.pop("net_settlement_amount")
    status = cells.get("payout_status", "")
    return Summary(cells["payment_uuid"], currency, net, int(days[0]), int(at[0]), status, totals)
