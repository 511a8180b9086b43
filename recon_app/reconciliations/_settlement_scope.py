"""Which records take part in settlements, and how gateways, journals and accounts belong together.

The belonging is a decision of the business: a person answers it once. Until then the run proposes what the
loaded data shows and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.normalise import BLANK, span_codes, spans
from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.models.rule import Transform

Mask = NDArray[np.bool_]

#: Payment lines with a counterpart of their own in shop and Odoo; the others belong to the payout.
OWN_LINES = frozenset(
    {
        Category.CHARGE,
        Category.REFUND,
        Category.REFUND_FAILURE,
        Category.CHARGEBACK,
        Category.CHARGEBACK_REVERSAL,
    }
)
_VOTERS = 20_000
_MONEY_MOVED = frozenset({Category.CHARGE, Category.REFUND})
_DEAD = frozenset({"draft", "cancel", "canceled", "cancelled", "rejected", "reject"})
_PAID_ORDERS = frozenset({"paid", "partially_paid", "refunded", "partially_refunded"})


@dataclass
class Accounts:
    """How the names of the systems belong together, per platform account.

    Attributes:
        platform_of_gateway: Shop gateway to platform account; "" for gateways without a platform file.
        platform_of_journal: Odoo journal to platform account.
        clearing: Clearing account code to platform account.
        proposals: Answers that were assumed.
    """

    platform_of_gateway: dict[str, str] = field(default_factory=dict)
    platform_of_journal: dict[str, str] = field(default_factory=dict)
    clearing: dict[str, str] = field(default_factory=dict)
    proposals: dict[str, str] = field(default_factory=dict)


def accounts(frames: Mapping[RecordType, pd.DataFrame], answers: Mapping[str, str]) -> Accounts:
    """Take the answers a person gave and propose the missing ones from the data.

    Answers are kept as ``gateway.<shop gateway>``, ``journal.<odoo journal>`` and ``clearing.<account>``,
    each with the platform account as the value, or "-" for "not a platform we reconcile".
    """
    lines, payments = frames[RecordType.PAYMENT_LINE], frames[RecordType.ODOO_PAYMENT]
    platforms = sorted(set(lines["account"]) | set(frames[RecordType.PAYOUT]["account"]))
    found = Accounts()
    for gateway in sorted(set(frames[RecordType.SHOP_TRANSACTION]["account"])):
        found.platform_of_gateway[gateway] = _answer(
            found, answers, f"gateway.{gateway}", _by_name(gateway, platforms)
        )
    seen = _journals_seen(lines, payments)
    for journal in sorted(set(payments["account"])):
        proposal = seen.get(journal) or _by_name(journal, platforms)
        found.platform_of_journal[journal] = _answer(found, answers, f"journal.{journal}", proposal)
    for account, proposal in _clearing_seen(frames, found).items():
        platform = _answer(found, answers, f"clearing.{account}", proposal)
        if platform:
            found.clearing[account] = platform
    for name, value in answers.items():
        if name.startswith("clearing.") and value != "-":
            found.clearing[name.removeprefix("clearing.")] = value
    return found


def _answer(found: Accounts, answers: Mapping[str, str], name: str, proposal: str) -> str:
    if name not in answers:
        if proposal:
            found.proposals[name] = proposal
        return proposal
    return "" if answers[name] == "-" else answers[name]


def _by_name(name: str, platforms: list[str]) -> str:
    """The platform whose first word opens the name (``Shopify Payments`` is ``shopify_payments``)."""
    words = name.casefold().replace("_", " ").split()
    fits = [platform for platform in platforms if words and platform.split("_")[0] == words[0]]
    return fits[0] if len(fits) == 1 else ""


def _journals_seen(lines: pd.DataFrame, payments: pd.DataFrame) -> dict[str, str]:
    """Platform whose references and amounts most of a journal's payments carry, if it is most by far.

    The last lines and the payments of their days are enough to tell.
    """
    own = lines.tail(_VOTERS)
    own = own[own["category"].isin(OWN_LINES)]
    days = payments["day"]
    payments = payments[(days >= own["day"].min() - 1) & (days <= own["day"].max() + 1)]
    votes = []
    for left, right in (("ref", "ref"), ("ident", "ref"), ("ref2", "ref"), ("ref", "ref2")):
        both = [*own[left].tolist(), *payments[right].tolist()]
        code = span_codes(spans(both, Transform.ORDER_REF)) if both else np.array([], np.int64)
        known = pd.DataFrame({"code": code[: len(own)], "amount": own["amount"], "platform": own["account"]})
        booked = pd.DataFrame(
            {"code": code[len(own) :], "amount": payments["amount"], "journal": payments["account"]}
        )
        once = known[known["code"] != BLANK].drop_duplicates(["code", "amount"])
        votes.append(booked.merge(once, on=["code", "amount"])[["journal", "platform"]])
    counts = pd.concat(votes).value_counts().reset_index(name="votes")
    counts["total"] = counts.groupby("journal")["votes"].transform("sum")
    clear = counts[counts["votes"] * 2 > counts["total"]]
    return dict(zip(clear["journal"], clear["platform"], strict=True))


def _clearing_seen(frames: Mapping[RecordType, pd.DataFrame], found: Accounts) -> dict[str, str]:
    """Accounts whose items carry a mapped journal's payments with the payments' own sign."""
    payments, items = frames[RecordType.ODOO_PAYMENT], frames[RecordType.JOURNAL_ITEM]
    if not len(payments) or not len(items):
        return {}
    platform = payments["account"].map(found.platform_of_journal)
    of_entry = pd.DataFrame({"grp": payments["grp"], "platform": platform, "paid": payments["amount"]})
    of_entry = of_entry[(of_entry["grp"] != "") & (of_entry["platform"] != "")].drop_duplicates("grp")
    joined = items[["grp", "account", "amount"]].merge(of_entry, on="grp")
    joined = joined[np.sign(joined["amount"]) == np.sign(joined["paid"])]
    counts = joined.groupby(["account", "platform"]).size().sort_values(ascending=False)
    best: dict[str, str] = {}
    for account, platform_name in counts.index:
        best.setdefault(str(account), str(platform_name))
    return best


def order_refs(texts: list[str]) -> list[str]:
    """Order references as the rules compare them."""
    return spans(texts, Transform.ORDER_REF).texts() if texts else []


def alive(payments: pd.DataFrame) -> Mask:
    """Odoo payments that moved money."""
    status = payments["status"].str.lower()
    return (~status.isin(_DEAD) & (payments["amount"] != 0)).to_numpy(bool)


def money_moved(transactions: pd.DataFrame) -> Mask:
    """Shop transactions that moved money: authorisations, voids and failures did not (SET-11, REF-06)."""
    success = transactions["status"].str.lower() == "success"
    moved = transactions["category"].isin(_MONEY_MOVED) & (transactions["amount"] != 0)
    return (success & moved).to_numpy(bool)


def paid_orders(orders: pd.DataFrame) -> Mask:
    """Orders for which money should have come, paid with one tender only."""
    paid = orders["status"].str.lower().isin(_PAID_ORDERS) & (orders["amount"] > 0)
    single = ~orders["account"].str.contains(" + ", regex=False)
    return (paid & single).to_numpy(bool)


def posted(items: pd.DataFrame) -> Mask:
    """Journal items that count."""
    return (~items["status"].str.lower().isin(_DEAD)).to_numpy(bool)


def span(*frames: pd.DataFrame) -> tuple[int, int] | None:
    """First and last day that the frames cover, None when they hold nothing."""
    days = np.concatenate([frame["day"].to_numpy(np.int64) for frame in frames])
    days = days[days != NO_INT]
    return (int(days.min()), int(days.max())) if len(days) else None
