"""The run over the hand-offs of each order: ordered, invoiced, paid, on the clearing account."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine.cases import Legs, missing_bits
from recon_app.engine.normalise import Ints
from recon_app.models.case import Kind
from recon_app.models.counted import counted
from recon_app.models.record import NO_INT, Category, RecordType, Side
from recon_app.reconciliations import _covered as covered
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _money_cases as money
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._goods_cases import Mask, Texts
from recon_app.reconciliations._invoices_figures import Figures, figures
from recon_app.reconciliations._invoices_link import ORDERS, Books, books, group_of, names
from recon_app.reconciliations._invoices_words import NEXT
from recon_app.reconciliations._needed import needed

#: A document or a payment that is no later than this needs nobody's work.
_USUAL = 2
#: Credit notes may be drafts for so many days, unless ``draft_days.credit_notes`` says otherwise.
_DRAFT_DAYS = 7
_NAMED = 6  # documents that a sentence can name
_Step = tuple[Mask, Kind, str]


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    progress("Invoices", 0, 2)
    result = Result(cases=money.case_table([]), legs=Legs.none(), support=Legs.none())
    result.remarks += needed(inputs.frames, "what was invoiced and paid is", RecordType.INVOICE)
    if result.remarks:
        return result
    found = books(inputs)
    result.remarks += found.remarks
    items = _items(inputs.frames[RecordType.JOURNAL_ITEM])
    of_group = figures(found, items, inputs.answers, result.proposals)
    progress("Invoices", 1, 2)
    listed = _listed(found, of_group, result.remarks)
    now = goods.today(inputs.answers, *(_days(frame) for frame in (found.documents, found.payments)))
    kind, cause, every, delta = _judge(found, of_group, listed, now, _draft_days(inputs, result.remarks))
    _fill(result, found, of_group, (listed, kind, cause, delta), every, now)
    result.support = Legs.concat(result.support, _behind(found, items, goods.numbered(listed)))
    _remark(found, needed(inputs.frames, "what was paid is", RecordType.ODOO_PAYMENT), result.remarks)
    return result


def _items(items: pd.DataFrame) -> pd.DataFrame:
    """Posted journal items with what tells their accounts."""
    items = items[items["status"].isin(("posted", ""))].reset_index(drop=True)
    extra = money.parsed(items)
    told = {name: money.texts(extra, name) for name in ("account_name", "account_type")}
    return items.assign(**told)


def _days(frame: pd.DataFrame) -> Ints:
    return frame["day"].to_numpy(np.int64)


def _draft_days(inputs: Inputs, remarks: list[str]) -> int:
    given = inputs.answers.get("draft_days.credit_notes", str(_DRAFT_DAYS))
    if given.isascii() and given.isdigit():
        return int(given)
    remarks.append(f"The answer draft_days.credit_notes = {given} is no number of days; {_DRAFT_DAYS} count.")
    return _DRAFT_DAYS


def _listed(found: Books, of: Figures, remarks: list[str]) -> Mask:
    """Groups that become cases; what the files of the other side cannot know of is left out."""
    alone = of.in_shop & ~of.in_odoo
    if not (of.in_shop & of.in_odoo).any():
        remarks += covered.left_out(of.day[alone], *ORDERS, "no document of Odoo names any")
        return _of_loaded(found, of, ~alone, remarks)
    days = covered.span(*(_days(frame) for frame in (found.sales, found.documents)))
    outside = alone & covered.beyond(of.day, days)
    if days is not None:
        why = covered.only("Odoo's orders and invoices", days)
        remarks += covered.left_out(of.day[outside], *ORDERS, why)
    others = alone & ~outside & _of_other_stores(found, of)
    remarks += covered.left_out(
        of.day[others], *ORDERS, "they are named unlike all orders that Odoo knows, as those of another store"
    )
    return _of_loaded(found, of, ~outside & ~others, remarks)


def _of_other_stores(found: Books, of: Figures) -> Mask:
    """Groups with orders of a store that Odoo knows nothing of."""
    group = group_of(found.orders)
    strange = covered.other_stores(found.orders["ref"], found.orders["currency"], of.in_odoo[group])
    return goods.any_of(group, strange, found.count)


def _of_loaded(found: Books, of: Figures, listed: Mask, remarks: list[str]) -> Mask:
    """Leave out what is invoiced by an invoice, or paid on one, that is not among the loaded ones."""
    none = of.invoices + of.drafts + of.credits + of.draft_credits == 0
    billed = listed & none & of.billed
    remarks += covered.left_out(
        of.day[billed],
        "order that Odoo calls invoiced",
        "orders that Odoo calls invoiced",
        "their invoices are not among the loaded ones",
    )
    days = covered.span(_days(found.documents))
    beyond = listed & none & ~billed & ~of.in_shop & (of.target == NO_INT) & covered.beyond(of.day, days)
    if days is not None:
        why = covered.only("Odoo's invoices", days)
        remarks += covered.left_out(of.day[beyond], "payment", "payments", why)
    kept: Mask = listed & ~billed & ~beyond
    return kept


def _judge(
    found: Books, of: Figures, listed: Mask, now: int, draft_days: int
) -> tuple[Texts, Texts, list[list[str]], Ints]:
    """Kind, cause, all causes and difference of each group."""
    steps: list[tuple[_Step, Ints]] = [
        *_waiting(of),
        *_fields(of, now, draft_days),
        *(_payment_steps(of, now) if len(found.payments) else []),
        *_amounts(of),
        *_invoice_steps(of, now),
    ]
    nothing = np.full(found.count, NO_INT, np.int64)
    steps.append(((of.mixed, Kind.FIELD, "other_currency"), nothing))
    tied = np.isin(np.arange(found.count), list(found.tied))
    steps.append(((tied, Kind.AMBIGUOUS, "same_name"), nothing))
    chosen_only = (((mask & listed), what, why) for (mask, what, why), _ in steps)
    kind, cause, every = money.judged(found.count, *chosen_only)
    delta = np.zeros(found.count, np.int64)
    for (mask, _, why), values in steps:
        chosen = mask & (cause == why)
        delta[chosen] = values[chosen]
    return kind, cause, every, delta


def _target(of: Figures) -> Ints:
    return np.where(of.target == NO_INT, 0, of.target)


def _late(day: Ints, now: int) -> Mask:
    late: Mask = (day == NO_INT) | (now == NO_INT) | (now - day > _USUAL)
    return late


def _waiting(of: Figures) -> list[tuple[_Step, Ints]]:
    """What is open without being broken (PAY-01)."""
    target, none = _target(of), of.invoices == 0
    pays = of.in_shop & ~of.full & ~of.void & (target > 0)
    due = none & (target > 0) & (of.drafts == 0)
    to_pay = (of.invoices > 0) & (of.payments == 0) & (of.owed > 0) & ~of.in_shop
    alone = (of.invoices == 0) & (of.credits > 0)
    return [
        ((alone, Kind.TIMING, "invoice_not_loaded"), -of.credited),
        ((due & ~of.in_shop & (of.to_invoice == "to_invoice"), Kind.TIMING, "to_invoice"), -target),
        ((to_pay, Kind.TIMING, "invoice_open"), -of.owed),
        ((pays & (none | (of.owed > 0)), Kind.TIMING, "awaiting_payment"), -of.shop_open),
        (((of.credits > 0) & (of.owed_back > 0), Kind.TIMING, "credit_note_open"), of.owed_back),
        (((of.draft_credits > 0), Kind.TIMING, "draft_credit_note"), np.zeros(len(target), np.int64)),
    ]


def _fields(of: Figures, now: int, draft_days: int) -> list[tuple[_Step, Ints]]:
    """Where amounts may agree and something else does not."""
    zero = np.zeros(len(of.day), np.int64)
    old = (of.credit_on == NO_INT) | (now == NO_INT) | (now - of.credit_on > draft_days)
    return [
        ((of.unlinked, Kind.FIELD, "credit_note_not_linked"), zero),
        ((of.elsewhere != "", Kind.FIELD, "not_on_clearing"), zero),
        (((of.drafts > 0) & (of.invoices > 0), Kind.FIELD, "draft_invoice_left"), of.drafted),
        (((of.draft_credits > 0) & old, Kind.AMOUNT, "draft_credit_note_old"), zero),
    ]


def _amounts(of: Figures) -> list[tuple[_Step, Ints]]:
    """What was invoiced against what was ordered."""
    target, net = _target(of), of.invoiced - of.credited
    known = (of.invoices > 0) & (of.target != NO_INT) & ~of.mixed
    less = target - of.refunded
    agrees = np.zeros(len(target), np.bool_)
    for billed in (of.invoiced, net):
        agrees |= (billed == target) | (billed == less)
    differs = known & ~agrees
    part = differs & (of.invoiced < target) & np.isin(of.to_invoice, ("no", "to_invoice"))
    twice = known & (of.invoices > 1) & (net > target) & of.again
    return [
        ((differs, Kind.AMOUNT, "invoice_differs"), of.invoiced - target),
        ((part, Kind.TIMING, "not_fully_invoiced"), of.invoiced - target),
        ((twice, Kind.DUPLICATE, "invoiced_twice"), net - target),
        (((of.invoices > 0) & (of.credited > of.invoiced), Kind.AMOUNT, "over_credited"), net),
    ]


def _payment_steps(of: Figures, now: int) -> list[tuple[_Step, Ints]]:
    """What was paid against what was invoiced; payments in another currency cannot be added up."""
    net, got = of.invoiced - of.credited, of.paid - of.paid_back
    clear = ~of.foreign_payment & ~of.mixed
    billed = (of.invoices > 0) & clear
    unpaid = billed & (of.payments == 0) & (of.owed > 0) & of.full & ~of.unbooked
    paid = billed & (of.payments > 0)
    sent = clear & (of.paid_back > of.credited) & (of.draft_credits == 0)
    # what was paid back beyond the credit notes is another finding
    kept = of.paid - np.minimum(of.paid_back, of.credited)
    shown = paid & (of.owed == 0) & (kept < net) & (kept + of.fees != net)
    under = paid & (of.owed > 0) & (of.full | ~of.in_shop) & ~of.unbooked
    # a credit note may have been settled in ways that no payment shows
    over = paid & (got > net) & (of.paid > of.invoiced)
    alone = (of.payments > 0) & (of.invoices + of.drafts + of.credits == 0) & (of.target == NO_INT)
    alone &= ~of.in_shop
    late = _late(of.billed_on, now)
    return [
        ((unpaid & ~late, Kind.TIMING, "payment_awaited"), -of.owed),
        ((unpaid & late, Kind.MISSING, "invoice_not_paid"), -of.owed),
        ((of.unbooked, Kind.FIELD, "paid_not_booked"), -of.owed),
        ((under & late, Kind.AMOUNT, "paid_under"), -of.owed),
        ((under & ~late, Kind.TIMING, "payment_awaited"), -of.owed),
        ((over, Kind.AMOUNT, "paid_over"), got - net),
        ((shown, Kind.AMOUNT, "shown_paid_received_less"), kept - net),
        ((sent, Kind.AMOUNT, "refund_without_credit_note"), of.credited - of.paid_back),
        ((alone, Kind.MISSING, "payment_alone"), of.paid),
    ]


def _invoice_steps(of: Figures, now: int) -> list[tuple[_Step, Ints]]:
    """Orders that are paid and have no invoice."""
    target = _target(of)
    paid = (of.payments > 0) & ((of.paid >= target) | of.foreign_payment)
    has_money = np.where(of.in_shop, of.full, paid)
    gone = (of.refunded >= target) & of.in_shop
    due = (of.invoices == 0) & (of.drafts == 0) & (target > 0) & has_money & ~gone
    late = _late(of.day, now)
    waits = of.to_invoice == "no"
    drafted = (of.drafts > 0) & (of.invoices == 0)
    return [
        ((due & late, Kind.MISSING, "paid_not_invoiced"), -target),
        ((due & ~late, Kind.TIMING, "invoice_awaited"), -target),
        ((due & waits, Kind.TIMING, "nothing_to_invoice_yet"), -target),
        ((drafted, Kind.FIELD, "draft_invoice"), -of.drafted),
    ]


_ABSENT = ("paid_not_invoiced", "invoice_not_paid", "payment_alone")


def _fill(
    result: Result,
    found: Books,
    of: Figures,
    judged: tuple[Mask, Texts, Texts, Ints],
    every: list[list[str]],
    now: int,
) -> None:
    """Turn groups into cases with their records and notes."""
    listed, kind, cause, delta = judged
    called, keys = names(found)
    own = np.where(of.in_shop, "o", np.where(of.target != NO_INT, "s", "d")).astype(object)
    age = np.where((of.day == NO_INT) | (now == NO_INT), NO_INT, np.maximum(now - of.day, 0))
    work = kind != str(Kind.MATCHED)
    bucket = np.where(work, goods.age_words(age), "").astype(object)
    net = of.invoiced - of.credited
    result.cases = money.case_table(
        (own + goods.SEPARATOR + keys)[listed],
        kind=kind[listed],
        cause=cause[listed],
        rule="names_each_other",
        missing=np.where(np.isin(cause, _ABSENT), missing_bits(Side.ODOO), 0).astype(np.int64)[listed],
        grp=bucket[listed],
        day=of.day[listed],
        delta=np.where(of.mixed, NO_INT, delta)[listed],
        currency=of.currency[listed],
        sum_shop=np.where(of.in_shop & ~of.mixed, of.target, NO_INT)[listed],
        sum_odoo=np.where((of.invoices + of.credits > 0) & ~of.mixed, net, NO_INT)[listed],
    )
    number = goods.numbered(listed)
    result.legs = Legs.concat(
        money.legs(Side.SHOP, group_of(found.orders), found.orders["id"], number),
        money.legs(Side.ODOO, group_of(found.documents), found.documents["id"], number),
        money.legs(Side.ODOO, group_of(found.payments), found.payments["id"], number),
    )
    result.support = money.legs(Side.ODOO, group_of(found.sales), found.sales["id"], number)
    named = _named(found, listed & work)
    for row in np.flatnonzero(listed & work).tolist():
        result.notes[int(number[row])] = {
            "order": called[row],
            "figures": _figures_of(of, row),
            "also": [why for why in every[row] if why != cause[row]],
            "age": int(age[row]) if age[row] != NO_INT else None,
            "bucket": bucket[row],
            "next": list(dict.fromkeys(NEXT[why] for why in (cause[row], *every[row]) if why in NEXT)),
            **named.get(row, {}),
            **({"tied": sorted(found.tied[row])} if row in found.tied else {}),
            **({"account": of.elsewhere[row], "usual": of.usual[row]} if of.elsewhere[row] else {}),
        }


_KEPT = ("target", "sold", "shop_open", "refunded", "invoiced", "credited", "drafted", "draft_credited")
_KEPT_TOO = ("owed", "owed_back", "paid", "paid_back", "fees")


def _figures_of(of: Figures, row: int) -> dict[str, int]:
    values = {name: int(getattr(of, name)[row]) for name in (*_KEPT, *_KEPT_TOO)}
    return {name: value for name, value in values.items() if value not in (0, NO_INT)}


def _named(found: Books, wanted: Mask) -> dict[int, dict[str, Any]]:
    """Documents and payments of some groups, and the invoice status in Odoo."""
    kept: dict[int, dict[str, Any]] = {}
    credit = (found.documents["category"] == str(Category.CREDIT_NOTE)).to_numpy(bool)
    draft = (found.documents["state"] == money.DRAFT).to_numpy(bool)
    for frame, name in (
        (found.documents[~credit & ~draft], "documents"),
        (found.documents[credit & ~draft], "credit_notes"),
        (found.payments, "payments"),
        (found.sales, "sales"),
    ):
        mine = frame[wanted[group_of(frame)]].sort_values(["day", "grp", "amount", "key"])
        sums = zip(mine["amount"].tolist(), mine["currency"], strict=True)
        for group, number, (minor, currency) in zip(mine["group"].tolist(), mine["grp"], sums, strict=True):
            listed = kept.setdefault(group, {}).setdefault(name, [])
            if len(listed) < _NAMED and number:
                # a payment may be in another currency than all the rest
                amount = money.signed(minor, currency) if minor != NO_INT else "no amount"
                listed.append(f"{number} ({amount})" if name == "payments" else number)
    return kept


def _behind(found: Books, items: pd.DataFrame, number: Ints) -> Legs:
    """Journal items of the payments' entries."""
    entry = found.payments[found.payments["grp"] != ""].drop_duplicates(["grp", "group"])
    # of two payments with entries of one name nobody can tell whose the items are
    entry = entry[~entry.duplicated("grp", keep=False)]
    place = pd.Series(group_of(entry), index=entry["grp"]).reindex(items["grp"]).fillna(-1).to_numpy(np.int64)
    mine = items[place >= 0]
    return money.legs(Side.ODOO, place[place >= 0], mine["id"], number)


def _remark(found: Books, lacking: list[str], remarks: list[str]) -> None:
    remarks += lacking or [
        "Odoo's payments moved no money of customers, so what was paid is not compared."
    ] * (not len(found.payments))
    if count := int((found.orders["amount"] == NO_INT).sum()):
        many = counted(count, "order of the shop has", "orders of the shop have")
        remarks.append(f"{many} no amount in the files, so what was ordered is not compared.")
    credit = (found.documents["category"] == str(Category.CREDIT_NOTE)) & (found.documents["reverses"] == "")
    if count := int((credit & ~found.documents["unlinked"]).sum()):
        remarks.append(
            f"{counted(count, 'credit note does', 'credit notes do')} not show which invoice was reversed; "
            "export Odoo's invoices with the column Reversal of."
        )
