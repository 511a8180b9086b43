"""What each order comes to at each hand-off: ordered, invoiced, credited, paid, on the clearing account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.models.record import NO_INT, Category
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._goods_cases import Mask, Texts
from recon_app.reconciliations._invoices_link import Books, group_of

_PAID = frozenset({"paid", "refunded", "partially_refunded"})
_VOID = frozenset({"voided", "expired"})
_SHOWN_PAID = ("paid", "in_payment")
_RECEIVABLE = "asset_receivable", "receivable"
#: From this many payments on a journal's own account can be told.
_ENOUGH = 3


@dataclass(frozen=True)
class Figures:
    """One value per group; amounts in minor units of its currency, NO_INT for none.

    Attributes:
        currency: That of the documents, else that of the order.
        mixed: Whether the order is in another currency than its documents.
        foreign_payment: Whether a payment is in another one, so that payments cannot be added up.
        in_shop: Whether the shop has an order.
        in_odoo: Whether Odoo has an order, a document or a payment.
        target: What should be invoiced: the order of the shop, else the order in Odoo.
        sold: Amount of the order in Odoo.
        shop_open: What the shop still waits for.
        refunded: What the shop refunded.
        full: Whether the shop has all its money.
        void: Whether the shop expects none any more.
        to_invoice: Invoice status of the order in Odoo. billed: whether Odoo calls all its orders invoiced.
        invoices: Number of posted invoices; drafts, credits, draft_credits: of draft ones, of credit notes.
        invoiced: Sum of the posted invoices; credited: of the posted credit notes, positive.
        drafted: Sum of the draft invoices; draft_credited: of the draft credit notes, positive.
        owed: What is open of posted invoices; owed_back: of posted credit notes, positive.
        payments: Number of payments; paid: sum of those in its currency; paid_back: of what was sent.
        fees: What entries of the payments book on accounts of their own, and other entries take off what the
            customer owes, a cost positive.
        unbooked: Whether an invoice is shown as paid and is open: Odoo 18 posts no entry for payments without
            an outstanding account.
        again: Whether one of several invoices is just what is too much.
        unlinked: Whether a credit note does not say which invoice it reverses.
        elsewhere: Account of a payment that is not on its journal's usual account, "" for none.
        usual: That usual account.
        day: Earliest day of the records.
        billed_on: Latest day of the documents; credit_on: earliest of the draft credit notes.
    """

    currency: Texts
    mixed: Mask
    foreign_payment: Mask
    in_shop: Mask
    in_odoo: Mask
    target: Ints
    sold: Ints
    shop_open: Ints
    refunded: Ints
    full: Mask
    void: Mask
    to_invoice: Texts
    billed: Mask
    invoices: Ints
    drafts: Ints
    credits: Ints
    draft_credits: Ints
    invoiced: Ints
    credited: Ints
    drafted: Ints
    draft_credited: Ints
    owed: Ints
    owed_back: Ints
    payments: Ints
    paid: Ints
    paid_back: Ints
    fees: Ints
    unbooked: Mask
    again: Mask
    unlinked: Mask
    elsewhere: Texts
    usual: Texts
    day: Ints
    billed_on: Ints
    credit_on: Ints


def figures(
    found: Books, items: pd.DataFrame, answers: Mapping[str, str], proposals: dict[str, str]
) -> Figures:
    """Add up the records of each group.

    Args:
        found: The records.
        items: Posted journal items with account_name and account_type.
        answers: Answers of persons; ``clearing_account.<journal>`` names the account of its payments.
        proposals: Takes the accounts that were assumed.
    """
    count = found.count
    order, sale, document, payment = map(
        group_of, (found.orders, found.sales, found.documents, found.payments)
    )
    currency, mixed, foreign = _currencies(found)
    shop = _shop(found.orders, order, count)
    amount = found.documents["amount"].to_numpy(np.int64)
    owed = found.documents["open"].to_numpy(np.int64)
    draft = (found.documents["state"] == money.DRAFT).to_numpy(bool)
    credit = (found.documents["category"] == str(Category.CREDIT_NOTE)).to_numpy(bool)
    invoiced = money.total(document, amount, ~draft & ~credit, count)
    credited = -money.total(document, amount, ~draft & credit, count)
    sold = money.total(sale, found.sales["amount"].to_numpy(np.int64), np.ones(len(sale), np.bool_), count)
    in_sales, in_shop = _there(sale, count), _there(order, count)
    target = np.where(in_shop, shop["ordered"], np.where(in_sales, sold, NO_INT))
    paid = found.payments["amount"].to_numpy(np.int64)
    same = (found.payments["currency"].to_numpy(object) == currency[payment]).astype(bool)
    elsewhere, usual, fees = _accounts(found.payments, items, answers, proposals)
    too_much = invoiced - credited - np.where(target == NO_INT, 0, target)
    day = _earliest(found, count)
    dated = found.documents["day"].to_numpy(np.int64)
    status = found.sales["to_invoice"].to_numpy(object)
    return Figures(
        currency=currency,
        mixed=mixed,
        foreign_payment=foreign,
        in_shop=in_shop,
        in_odoo=in_sales | _there(document, count) | _there(payment, count),
        target=target,
        sold=np.where(in_sales, sold, NO_INT),
        shop_open=shop["open"],
        refunded=shop["refunded"],
        full=in_shop & (shop["full"] > 0),
        void=in_shop & (shop["void"] > 0),
        to_invoice=money.first_text(sale, status, status != "invoiced", count),
        billed=in_sales & ~goods.any_of(sale, ~found.sales["billed"].to_numpy(bool), count),
        invoices=money.tally(document, ~draft & ~credit, count),
        drafts=money.tally(document, draft & ~credit, count),
        credits=money.tally(document, ~draft & credit, count),
        draft_credits=money.tally(document, draft & credit, count),
        invoiced=invoiced,
        credited=credited,
        drafted=money.total(document, amount, draft & ~credit, count),
        draft_credited=-money.total(document, amount, draft & credit, count),
        owed=money.total(document, owed, ~draft & ~credit, count),
        owed_back=-money.total(document, owed, ~draft & credit, count),
        payments=money.tally(payment, paid > 0, count),
        paid=money.total(payment, paid, same & (paid > 0), count),
        paid_back=-money.total(payment, paid, same & (paid < 0), count),
        fees=money.total(payment, fees, same, count) + _by_entries(found, items, currency),
        unbooked=goods.any_of(document, _shown_paid(found.documents) & ~draft & ~credit & (owed > 0), count),
        again=goods.any_of(document, ~draft & ~credit & (amount == too_much[document]), count),
        unlinked=goods.any_of(document, found.documents["unlinked"].to_numpy(bool) & credit, count),
        elsewhere=money.first_text(payment, elsewhere, elsewhere != "", count),
        usual=money.first_text(payment, usual, elsewhere != "", count),
        day=day,
        billed_on=goods.latest(document, dated, count),
        credit_on=_first_day(document[draft & credit], dated[draft & credit], count),
    )


def _shown_paid(documents: pd.DataFrame) -> Mask:
    words = {status: status.partition("/")[2] in _SHOWN_PAID for status in set(documents["status"])}
    return np.array([words[status] for status in documents["status"]], np.bool_)


def _there(code: Ints, count: int) -> Mask:
    found = np.zeros(count, np.bool_)
    found[code] = True
    return found


def _shop(orders: pd.DataFrame, code: Ints, count: int) -> dict[str, Ints]:
    every = np.ones(len(orders), np.bool_)
    status = orders["status"].str.casefold()
    amount, owed = (orders[name].to_numpy(np.int64) for name in ("amount", "open"))
    extra = money.parsed(orders)
    cancelled = (money.texts(extra, "cancelled_at") != "") | (money.texts(extra, "cancelled") != "")
    full = (status.isin(_PAID) | ((status == "") & (owed == 0))).to_numpy(bool)
    # a cancelled order that is not paid waits for nothing
    void = status.isin(_VOID).to_numpy(bool) | (cancelled & ~full)
    waiting = np.where(full | void, 0, np.where(owed == NO_INT, amount, owed))
    return {
        # blank is not 0
        "ordered": np.where(
            goods.any_of(code, amount == NO_INT, count), NO_INT, money.total(code, amount, every, count)
        ),
        "open": money.total(code, waiting, every, count),
        "refunded": money.total(code, orders["refunded"].to_numpy(np.int64), every, count),
        "full": (money.tally(code, full, count) == np.bincount(code, minlength=count)).astype(np.int64),
        "void": (money.tally(code, void, count) == np.bincount(code, minlength=count)).astype(np.int64),
    }


def _currencies(found: Books) -> tuple[Texts, Mask, Mask]:
    """The currency of each group, groups whose order has another, groups with a payment in another."""
    parts = (found.documents, found.sales, found.orders, found.payments)
    chosen, several = np.full(found.count, "", object), np.zeros(found.count, np.bool_)
    for frame in parts:
        own, mixed = money.one_currency(group_of(frame), frame["currency"].to_numpy(object), found.count)
        several |= mixed & (chosen == "")
        chosen = np.where(chosen == "", own, chosen)
    for frame in parts[:3]:
        several[group_of(frame)[frame["currency"].to_numpy(object) != chosen[group_of(frame)]]] = True
    foreign = np.zeros(found.count, np.bool_)
    paid = group_of(found.payments)
    foreign[paid[found.payments["currency"].to_numpy(object) != chosen[paid]]] = True
    return chosen, several, foreign


def _accounts(
    payments: pd.DataFrame, items: pd.DataFrame, answers: Mapping[str, str], proposals: dict[str, str]
) -> tuple[Texts, Texts, Ints]:
    """Where payments were booked.

    Returns:
        Account of each payment that is not on the usual account of its journal ("" for the others), that
        usual account, and what its entry books on further accounts.
    """
    account, others = _booked(payments, items)
    journal = payments["account"].to_numpy(object)
    seen = pd.DataFrame({"journal": journal, "account": account})[(account != "") & (journal != "")]
    usual: dict[str, str] = {}
    for name, mine in sorted(seen.groupby("journal")["account"]):
        counts = mine.value_counts().sort_index().sort_values(ascending=False, kind="stable")
        asked = f"clearing_account.{name}"
        if asked in answers:
            usual[str(name)] = "" if answers[asked] == "-" else answers[asked]
        elif len(mine) >= _ENOUGH and 2 * counts.iloc[0] > len(mine):
            usual[str(name)] = proposals[asked] = str(counts.index[0])
    expected = np.array([usual.get(name, "") for name in journal], object)
    wrong = (expected != "") & (account != "") & (account != expected)
    return np.where(wrong, account, ""), expected, others


def _booked(payments: pd.DataFrame, items: pd.DataFrame) -> tuple[Texts, Ints]:
    """The account that took each payment, and what its entry books on others than that and the customer's."""
    entry = payments["grp"].to_numpy(object)
    amount = payments["amount"].to_numpy(np.int64)
    told = money.texts(money.parsed(payments), "outstanding_account")
    account = np.array([_code(text) for text in told], object)
    others = np.zeros(len(payments), np.int64)
    place = pd.Series(np.arange(len(payments)), index=entry)
    place = place[(place.index != "") & ~place.index.duplicated(keep=False)]
    row = place.reindex(items["grp"]).fillna(-1).to_numpy(np.int64)
    mine = items[row >= 0].assign(row=row[row >= 0])
    if not len(mine):
        return account, others
    customers = _customers(mine)
    booked = mine["amount"].to_numpy(np.int64)
    number = mine["row"].to_numpy(np.int64)
    # the largest item with the payment's own sign is the money itself
    same = ~customers & (np.sign(booked) == np.sign(amount[number]))
    order = np.lexsort((mine["account"].to_numpy(str), np.abs(booked)))
    taken = order[same[order]]
    main = np.full(len(payments), -1, np.int64)
    main[number[taken]] = taken
    has = main >= 0
    account[has] = mine["account"].to_numpy(object)[main[has]]
    rest = ~customers
    rest[main[has]] = False
    np.add.at(others, number[rest], booked[rest])
    return account, others


def _by_entries(found: Books, items: pd.DataFrame, currency: Texts) -> Ints:
    """What entries that are no payment take off what customers owe, where they name the order or the invoice.

    So a gift card or a fee is often booked.
    """
    own = {*found.payments["grp"], *found.documents["grp"]}
    minor = items["amount"].to_numpy(np.int64)
    apart = _customers(items) & (minor < 0) & (minor != NO_INT) & ~items["grp"].isin(own).to_numpy(bool)
    mine = items[apart & (items["ref"] != "").to_numpy(bool)]
    group = pd.Series(
        np.concatenate([group_of(found.orders), group_of(found.documents)]),
        index=money.references([*found.orders["ref"], *found.documents["grp"]]),
    )
    groups = group[group.index != ""].groupby(level=0).agg(["first", "nunique"])
    known = groups["first"][groups["nunique"] == 1]
    place = known.index.get_indexer(pd.Index(money.references(mine["ref"].tolist()), dtype=object))
    mine, code = mine[place >= 0], known.to_numpy(np.int64)[place[place >= 0]]
    same = (mine["currency"].to_numpy(object) == currency[code]).astype(bool)
    return money.total(code, -mine["amount"].to_numpy(np.int64), same, found.count)


def _code(account: str) -> str:
    """Code of an account that is shown as "101410 Clearing"; one without a code stays whole."""
    first = account.partition(" ")[0]
    return first if any(sign.isdigit() for sign in first) else account


def _customers(items: pd.DataFrame) -> Mask:
    """Items of accounts of customers, told by their type or their name."""
    kind = items["account_type"].str.casefold()
    named = items["account_name"].str.contains("receivable|forderung|debitor", case=False, regex=True)
    return (kind.isin(_RECEIVABLE) | ((kind == "") & named)).to_numpy(bool)


def _earliest(found: Books, count: int) -> Ints:
    frames = (found.orders, found.sales, found.documents, found.payments)
    code = np.concatenate([group_of(frame) for frame in frames])
    return _first_day(code, np.concatenate([frame["day"].to_numpy(np.int64) for frame in frames]), count)


def _first_day(code: Ints, day: Ints, count: int) -> Ints:
    found = np.full(count, np.iinfo(np.int64).max, np.int64)
    known = day != NO_INT
    np.minimum.at(found, code[known], day[known])
    return np.where(found == np.iinfo(np.int64).max, NO_INT, found)
