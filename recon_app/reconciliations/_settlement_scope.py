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

from recon_app.engine.cases import by_time
from recon_app.engine.normalise import BLANK, span_codes, spans
from recon_app.engine.texts import TextArray, different, named, plain, starting, told
from recon_app.models.problem import UsageError
from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.models.rule import Transform
from recon_app.reconciliations._money_notes import with_orders
from recon_app.reconciliations._settlement_banks import BANK_IN_ODOO, counted_once
from recon_app.reconciliations._settlement_platforms import counted_once as movements_once
from recon_app.reconciliations._settlement_shop import shop_once

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
#: Lines of which the shop's history tells nothing: the platform and the card holder's bank decide on them.
NOT_OF_SHOP = frozenset({Category.REFUND_FAILURE, Category.CHARGEBACK, Category.CHARGEBACK_REVERSAL})
_VOTERS = 20_000  # lines
_FEW = 5  # journals with less than a fifth of what a platform's main one holds
_MOST = 2**62  # minor units: differences of two sums fit in 64 bits too
_MONEY_MOVED = frozenset({Category.CHARGE, Category.REFUND})
_DEAD = frozenset({"draft", "cancel", "canceled", "cancelled", "rejected", "reject"})
_PAID_ORDERS = frozenset({"paid", "partially_paid", "refunded", "partially_refunded"})
_CREDIT = ("gift card", "gift_card", "store credit", "store_credit")


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
    platforms = _platforms(frames)
    found = Accounts()
    for gateway in different(paid(frames)["account"]):
        found.platform_of_gateway[gateway] = _answer(
            found, answers, f"gateway.{gateway}", _by_name(gateway, platforms)
        )
    seen = _journals_seen(lines, payments)
    for journal in different(payments["account"]):
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


#: What the settlements ask; other answers belong to other comparisons.
_OF_PLATFORMS = ("gateway.", "journal.", "clearing.")


def unknown_platforms(frames: Mapping[RecordType, pd.DataFrame], answers: Mapping[str, str]) -> list[str]:
    """Answers that name no loaded platform, as sentences."""
    known = _platforms(frames)
    return [
        f"The answer {name} = {value} names no loaded platform ({', '.join(known) or 'none is loaded'})."
        for name, value in sorted(answers.items())
        if name.startswith(_OF_PLATFORMS) and value not in {"-", *known}
    ]


def _platforms(frames: Mapping[RecordType, pd.DataFrame]) -> list[str]:
    lines, records = (frames[kind]["account"] for kind in (RecordType.PAYMENT_LINE, RecordType.PAYOUT))
    return sorted({*different(lines), *different(records)})


def prepared(frames: Mapping[RecordType, pd.DataFrame]) -> tuple[dict[RecordType, pd.DataFrame], list[str]]:
    """The records that count, and what was left out, as sentences.

    Bank lines exported from Odoo stand in for a bank file: on the days that one of their currency covers,
    they are the same lines once more.
    """
    frames, once = shop_once({kind: _in_order(_changeable(frame)) for kind, frame in frames.items()})
    lines, told = movements_once(frames[RecordType.PAYMENT_LINE])
    bank, remarks = counted_once(frames[RecordType.BANK_LINE])
    remarks = once + told + remarks
    no_net = (lines["net"] == NO_INT) & (lines["amount"] != NO_INT)
    if no_net.any():
        fee = np.where(lines["fee"] == NO_INT, 0, lines["fee"])
        lines = lines.assign(net=np.where(no_net, lines["amount"] - fee, lines["net"]).astype(np.int64))
    in_odoo = bank["source"] == BANK_IN_ODOO
    days = bank[~in_odoo].groupby("currency")["day"]
    first, last = (column.reindex(bank["currency"]).to_numpy() for column in (days.min(), days.max()))
    again = in_odoo & (bank["day"] >= first) & (bank["day"] <= last)
    if again.any():
        remarks.append(
            f"{int(again.sum())} bank lines exported from Odoo were left out: a file of the bank has them."
        )
        bank = bank[~again].reset_index(drop=True)
    payments = with_orders(frames[RecordType.ODOO_PAYMENT], frames[RecordType.INVOICE])
    counted = {RecordType.PAYMENT_LINE: lines, RecordType.BANK_LINE: bank, RecordType.ODOO_PAYMENT: payments}
    return {**frames, **counted}, remarks


def refuse_endless(frames: Mapping[RecordType, pd.DataFrame]) -> None:
    """Refuse amounts that 64 bits cannot add up: their sums would be wrong without a word.

    Raises:
        UsageError: naming the type of records.
    """
    for kind, frame in frames.items():
        for name in (name for name in ("amount", "net", "foreign_amount") if name in frame):
            minor = frame[name].to_numpy(np.int64)
            if np.abs(minor, where=minor != NO_INT, out=np.zeros(len(minor))).sum() > _MOST:
                what = str(kind).replace("_", " ")
                raise UsageError(
                    f"the amounts of the {what}s are too large to be added up; one of them must be wrong"
                )


def _changeable(frame: pd.DataFrame) -> pd.DataFrame:
    """Records of several sources with plain texts: some take over texts of others."""
    return plain(frame) if "source" in frame and len(frame["source"].unique()) > 1 else frame


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Plain records by day and key, whatever order their files were loaded in.

    A million packed ones stay as they are: they are compared in ways that no order changes.
    """
    if any(isinstance(frame[name].array, (TextArray, pd.Categorical)) for name in frame):
        return frame
    order = by_time(frame) if "day" in frame else np.argsort(frame["key"].to_numpy(np.int64))
    return frame.iloc[order].reset_index(drop=True)


def paid(frames: Mapping[RecordType, pd.DataFrame]) -> pd.DataFrame:
    """What was paid in the shop: its transactions, or what its orders say when there are none."""
    transactions = frames[RecordType.SHOP_TRANSACTION]
    if len(transactions):
        return transactions[money_moved(transactions)].reset_index(drop=True)
    orders = frames[RecordType.ORDER]
    open_amount = np.where(orders["open"] == NO_INT, 0, orders["open"])
    orders = orders.assign(amount=(orders["amount"] - open_amount).astype(np.int64))
    return orders[paid_orders(orders)].reset_index(drop=True)


def is_credit(gateway: str) -> bool:
    """Whether all that a gateway stands for is credit of the shop itself: gift cards and store credit."""
    return all(any(word in tender for word in _CREDIT) for tender in gateway.casefold().split(" + "))


def _answer(found: Accounts, answers: Mapping[str, str], name: str, proposal: str) -> str:
    if name not in answers:
        if proposal:
            found.proposals[name] = proposal
        return proposal
    return "" if answers[name] == "-" else answers[name]


def _by_name(name: str, platforms: list[str]) -> str:
    """The platform whose first word opens the name (``Shopify Payments`` is ``shopify_payments``).

    Credit of the shop, such as ``shopify_store_credit``, is paid by no platform.
    """
    if is_credit(name):
        return ""
    words = name.casefold().replace("_", " ").split()
    fits = [platform for platform in platforms if words and platform.casefold().split("_")[0] == words[0]]
    return fits[0] if len(fits) == 1 else ""


def _journals_seen(lines: pd.DataFrame, payments: pd.DataFrame) -> dict[str, str]:
    """Platform whose references and amounts most of a journal's payments carry.

    Only payments of the days that the platform's lines cover count: a few in the wrong journal do not make it
    the platform's own, also where it holds nothing else. The last days are enough to tell.
    """
    seen: dict[str, str] = {}
    day, booked_on = (frame["day"].to_numpy(np.int64) for frame in (lines, payments))
    own = lines["category"].isin(OWN_LINES).to_numpy(bool) & (day != NO_INT)
    for platform in different(lines["account"][own]):
        mine = np.flatnonzero(own & (lines["account"] == platform).to_numpy(bool))
        days = day[mine]
        first = days.min() if len(days) <= _VOTERS else np.partition(days, -_VOTERS)[-_VOTERS]
        booked = payments.iloc[np.flatnonzero((booked_on >= first) & (booked_on <= days.max()))]
        voters = _carried(lines.iloc[mine[days >= first]], booked)
        journals = booked["account"].to_numpy(object)
        share = pd.Series(voters).groupby(journals).mean()
        many = _holding_many(journals[voters], booked["currency"].to_numpy(object)[voters])
        seen.update({str(journal): platform for journal in share.index[share > 0.5] if journal in many})
    return seen


def _holding_many(journals: NDArray[np.object_], currency: NDArray[np.object_]) -> set[str]:
    """Journals with more than a small part of a platform's payments in one of their currencies."""
    counts = pd.Series(1, range(len(journals))).groupby([currency, journals]).sum()
    main = counts.groupby(level=0).transform("max")
    return {str(journal) for _, journal in counts.index[counts * _FEW >= main]}


def _carried(lines: pd.DataFrame, payments: pd.DataFrame) -> Mask:
    """Payments with the reference and the amount of a line."""
    found = np.zeros(len(payments), np.bool_)
    for left, right in (("ref", "ref"), ("ident", "ref"), ("ref2", "ref"), ("ref", "ref2")):
        both = [*lines[left].tolist(), *payments[right].tolist()]
        code = span_codes(spans(both, Transform.ORDER_REF)) if both else np.array([], np.int64)
        known, booked = (
            pd.MultiIndex.from_arrays([codes, frame["amount"].to_numpy(np.int64)])
            for codes, frame in ((code[: len(lines)], lines), (code[len(lines) :], payments))
        )
        found |= booked.isin(known) & (code[len(lines) :] != BLANK)
    return found


def _clearing_seen(frames: Mapping[RecordType, pd.DataFrame], found: Accounts) -> dict[str, str]:
    """Accounts most of whose payments are of one platform, with the payments' own sign."""
    payments, items = frames[RecordType.ODOO_PAYMENT], frames[RecordType.JOURNAL_ITEM]
    if not len(payments) or not len(items):
        return {}
    of_entry = pd.DataFrame(
        {
            "grp": payments["grp"].to_numpy(object),
            "platform": named(payments["account"], found.platform_of_journal),
            "sign": np.sign(payments["amount"].to_numpy(np.int64)),
        }
    )
    of_entry = of_entry[of_entry["grp"] != ""].drop_duplicates()
    size = items["amount"].abs()
    booked = items[["grp", "account"]].assign(sign=np.sign(items["amount"]), size=size)
    joined = booked.merge(of_entry, on=["grp", "sign"])
    # what was kept as a fee is the smaller part
    joined = joined[joined["size"] == joined.groupby(["grp", "sign"])["size"].transform("max")]
    share = joined.groupby("account")["platform"].value_counts(normalize=True)
    clear = share[share > 0.5].reset_index()
    found_on = zip(clear["account"], clear["platform"], strict=True)
    return {str(account): str(platform) for account, platform in found_on if platform}


def order_refs(texts: list[str]) -> list[str]:
    """Order references as the rules compare them."""
    return spans(texts, Transform.ORDER_REF).texts() if texts else []


def where(records: pd.DataFrame, mask: Mask) -> pd.DataFrame:
    """The records that a mask chooses; mostly all, which are not copied."""
    return records if mask.all() else records[mask]


def alive(payments: pd.DataFrame) -> Mask:
    """Odoo payments that moved money; an export without the state shows a draft by its lack of a number."""
    return posted(payments) & (payments["amount"] != 0).to_numpy(bool)


def money_moved(transactions: pd.DataFrame) -> Mask:
    """Shop transactions that moved money: authorisations, voids and failures did not (SET-11, REF-06)."""
    success = told(transactions["status"], lambda status: status.lower() == "success")
    moved = transactions["category"].isin(_MONEY_MOVED) & (transactions["amount"] != 0)
    return success & moved.to_numpy(bool)


def paid_orders(orders: pd.DataFrame) -> Mask:
    """Orders for which money should have come, paid with one tender only."""
    paid = orders["status"].str.lower().isin(_PAID_ORDERS) & (orders["amount"] > 0)
    single = ~orders["account"].str.contains(" + ", regex=False)
    return (paid & single).to_numpy(bool)


def posted(items: pd.DataFrame) -> Mask:
    """Records of Odoo that are no draft and not cancelled."""
    dead = told(items["status"], lambda status: status.lower() in _DEAD)
    return ~dead & ~starting(items["grp"], "Draft (")


def in_platform_currency(
    items: pd.DataFrame, clearing: Mapping[str, str], frames: Mapping[RecordType, pd.DataFrame]
) -> pd.DataFrame:
    """Items of clearing accounts; what the platform settles in counts in it, anything else in the books'."""
    settled = {
        pair
        for kind in (RecordType.PAYMENT_LINE, RecordType.PAYOUT)
        for pair in frames[kind][["account", "currency"]].drop_duplicates().itertuples(index=False, name=None)
    }
    pairs = zip(named(items["account"], clearing), items["foreign_currency"], strict=True)
    abroad = np.fromiter((pair in settled for pair in pairs), np.bool_, len(items))
    abroad &= (items["foreign_amount"] != NO_INT).to_numpy(bool)
    return items.assign(
        amount=np.where(abroad, items["foreign_amount"], items["amount"]).astype(np.int64),
        currency=np.where(abroad, items["foreign_currency"], items["currency"]),
    )


def span(*frames: pd.DataFrame) -> tuple[int, int] | None:
    """First and last day that the frames cover, None when they hold nothing."""
    days = np.concatenate([frame["day"].to_numpy(np.int64) for frame in frames])
    days = days[days != NO_INT]
    return (int(days.min()), int(days.max())) if len(days) else None
