"""Which records take part in refunds, and what the files can tell at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recon_app.engine.aliases import applied
from recon_app.engine.normalise import Ints
from recon_app.engine.orders import order_hashes
from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations import _covered as covered
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations._base import Inputs
from recon_app.reconciliations._refunds_figures import countable
from recon_app.reconciliations._refunds_goods import Back, back
from recon_app.reconciliations._refunds_odoo import Booked, booked
from recon_app.reconciliations._refunds_orders import Orders
from recon_app.reconciliations._refunds_platform import Paid, paid
from recon_app.reconciliations._refunds_records import DONE, own_numbers, plain
from recon_app.reconciliations._refunds_shop import Refunded, refunded
from recon_app.reconciliations._settlement_platforms import counted_once
from recon_app.reconciliations._settlement_scope import accounts, is_credit
from recon_app.reconciliations._settlement_shop import shop_once
from recon_app.reconciliations._stock_orders import sales

#: Gateways that hand out money or credit by themselves: no platform has a line for it.
_BY_HAND = ("manual", "cash", "bank deposit", "money order", "bank transfer")
_TOLD_AGAIN = (RecordType.ORDER, RecordType.SHOP_TRANSACTION, RecordType.PAYMENT_LINE)
_DAY = 86_400
_UNREAD = "?"  # a platform of which no file is there
_BLANK = (RecordType.PAYOUT, RecordType.JOURNAL_ITEM, RecordType.ODOO_PAYMENT)


@dataclass
class World:
    """All legs, and what is known around them.

    Attributes:
        shop: Refunds of the shop; its table also has platform (that pays it, "" for none), paid (what the
            platform should pay, negative, 0 for nothing), unread (no file of that platform is there) and
            credit (given back as a card or credit).
        shop_span: First and last day of the shop's files, None without any.
        paid: Refunds and chargebacks of the platforms.
        booked: Credit notes and payments of Odoo.
        back: Goods that came back.
        orders: Orders of the shop that a refund may be of.
        written: When the orders were exported, seconds, NO_INT for not known.
        today: Newest day of all files, NO_INT for none.
        has: Which sides any file tells of.
        proposals: Answers that were assumed.
        remarks: What was left out.
    """

    shop: Refunded
    shop_span: covered.Span | None
    paid: Paid
    booked: Booked
    back: Back
    orders: Orders
    written: int
    today: int
    has: Mapping[str, bool]
    proposals: dict[str, str]
    remarks: list[str]


def world(inputs: Inputs) -> World:
    """Collect the legs of all refunds."""
    frames, refused = countable(applied(inputs.frames, inputs.aliases))
    blank = _blank()
    frames, remarks = shop_once({**_steady(frames), RecordType.PAYOUT: blank})
    frames[RecordType.PAYMENT_LINE], more = counted_once(frames[RecordType.PAYMENT_LINE])
    shop = refunded(frames)
    pays = paid(frames, shop.table["order"].to_numpy(np.int64))
    found = accounts({**frames, **dict.fromkeys(_BLANK, blank)}, inputs.answers)
    known = pd.unique(np.concatenate([shop.orders, pays.table["order"].to_numpy(np.int64), pays.orders]))
    known = known[known != 0]
    sold = sales(frames, known)
    books = booked(frames, sold.of_number, known)
    books.orders = np.concatenate([books.orders, sold.imported])
    returned = back(frames, sold.of_number, known, inputs.answers)
    tables = (shop.table, pays.table, books.notes, books.payments, returned.table)
    orders = _orders(frames[RecordType.ORDER], np.concatenate([table["order"] for table in tables]))
    by_hand = {
        name.removeprefix("gateway.")
        for name, value in inputs.answers.items()
        if name.startswith("gateway.") and value == "-"
    }
    _expect(shop, found.platform_of_gateway, by_hand, pays, orders)
    days = [
        shop.table["day"],
        pays.table["day"],
        books.notes["day"],
        returned.table["day"][returned.table["done"]],
    ]
    ends = [end for _, end in pays.spans.values()]
    ends += [span[1] for span in (books.span, returned.span) if span is not None]
    today = goods.today(inputs.answers, np.array(ends, np.int64), *(day.to_numpy(np.int64) for day in days))
    has = _has(inputs.frames, shop)
    return World(
        *(shop, _span(inputs), pays, books, returned, orders),
        inputs.written.get(RecordType.ORDER, (NO_INT, NO_INT))[1],
        *(today, has),
        {name: value for name, value in found.proposals.items() if name.startswith("gateway.")},
        [*refused, *remarks, *more, *returned.remarks, *_said(has)],
    )


def _blank() -> pd.DataFrame:
    texts = (*("source", "ref", "ref2", "grp", "account", "status", "ident", "currency", "category"),)
    columns = {name: pd.Series([], dtype=object) for name in (*texts, "foreign_currency", "text")}
    numbers = {
        name: np.array([], np.int64) for name in ("day", "amount", "at", "id", "key", "foreign_amount")
    }
    return pd.DataFrame({**columns, **numbers})


def _span(inputs: Inputs) -> covered.Span | None:
    """First and last day of the shop's files: of their records, or when they were written."""
    kinds = (RecordType.ORDER, RecordType.SHOP_TRANSACTION, RecordType.REFUND)
    days = [inputs.frames[kind]["day"].to_numpy(np.int64) for kind in kinds]
    moments = [inputs.written[kind][1] // _DAY for kind in kinds if kind in inputs.written]
    found = covered.span(*days)
    return None if found is None else (found[0], max([found[1], *moments]))


def _steady(frames: Mapping[RecordType, pd.DataFrame]) -> dict[RecordType, pd.DataFrame]:
    """What several exports tell of in an order of its own: which twin counts is not left to theirs."""
    return {
        kind: frame.sort_values("key", ignore_index=True)
        if kind in _TOLD_AGAIN and len(frame["source"].unique()) > 1
        else frame
        for kind, frame in frames.items()
    }


def _orders(orders: pd.DataFrame, wanted: Ints) -> Orders:
    """The orders that have a leg of a refund."""
    mine = plain(orders[pd.Series(order_hashes(orders["ref"])).isin(wanted).to_numpy(bool)])
    return Orders.of(mine[["id", "key", "ref", "currency", "day", "account"]], own_numbers(mine["ident"]))


def _expect(
    shop: Refunded, gateways: Mapping[str, str], by_hand: Collection[str], pays: Paid, orders: Orders
) -> None:
    """Say for every refund which platform should pay how much of it."""
    table = shop.table
    sold_by = pd.Series(pays.charges["account"].to_numpy(object), index=pays.charges["order"])
    order = table["order"].to_numpy(np.int64)
    on = np.append(sold_by.to_numpy(object), "")[pd.Index(sold_by.index).get_indexer(pd.Index(order))]
    own = table["account"].to_numpy(object)
    of = table["of"].to_numpy(np.int64)
    fits = orders.fits(order, of, table["currency"].to_numpy(object))
    behind = fits.agreed(orders.table["account"].to_numpy(object))
    tender = np.where(own == "", behind, own)
    legs = shop.legs[shop.legs["account"] != ""]
    legs = legs[legs["amount"] != NO_INT]
    units = legs["unit"].to_numpy(np.int64)
    named = np.array(_named(legs["account"].tolist(), on[units].tolist(), gateways, by_hand), object)
    part = np.zeros(len(table), np.int64)
    mine = named != ""
    np.add.at(part, units[mine], legs["amount"].to_numpy(np.int64)[mine])
    platform = np.array(_named(tender.tolist(), on.tolist(), gateways, by_hand), object)
    for some in (mine & (named == _UNREAD), mine & (named != _UNREAD)):
        platform[units[some]] = named[some]
    told = np.zeros(len(table), np.bool_)
    told[units] = True
    done = (table["status"] == DONE).to_numpy(bool)
    amount = table["amount"].to_numpy(np.int64)
    table["paid"] = np.where(done, np.where(told, part, np.where(platform != "", amount, 0)), 0)
    table["unread"] = (table["paid"] != 0) & (platform == _UNREAD)
    table["platform"] = np.where((table["paid"] != 0) & ~table["unread"], platform, "")
    table["account"] = tender
    credit = {name: bool(name) and is_credit(name) for name in set(tender.tolist())}
    table["credit"] = [credit[name] for name in tender.tolist()]


def _named(
    accounts_: list[str], sold_by: list[str], gateways: Mapping[str, str], by_hand: Collection[str]
) -> list[str]:
    """The platform that pays what a gateway gives back, "" for none."""
    known: dict[tuple[str, str], str] = {}
    found = []
    for pair in zip(accounts_, sold_by, strict=True):
        if pair not in known:
            known[pair] = _platform(*pair, gateways, by_hand)
        found.append(known[pair])
    return found


def _platform(account: str, sold_by: str, gateways: Mapping[str, str], by_hand: Collection[str]) -> str:
    tenders = [tender for tender in account.split(" + ") if tender and not is_credit(tender)]
    for tender in tenders:
        if gateways.get(tender):
            return gateways[tender]
    if account and all(tender in by_hand or tender.casefold().startswith(_BY_HAND) for tender in tenders):
        return ""
    return sold_by or _UNREAD


def _has(frames: Mapping[RecordType, pd.DataFrame], shop: Refunded) -> dict[str, bool]:
    some = {kind: bool(len(frame)) for kind, frame in frames.items()}
    return {
        "shop": some[RecordType.REFUND] or some[RecordType.SHOP_TRANSACTION] or bool(len(shop.table)),
        "platform": some[RecordType.PAYMENT_LINE],
        "notes": some[RecordType.INVOICE],
        "odoo": some[RecordType.INVOICE] or some[RecordType.ODOO_PAYMENT],
        "goods": some[RecordType.STOCK_MOVE] or some[RecordType.TRANSFER],
        "lines": some[RecordType.REFUND],
    }


def _said(has: Mapping[str, bool]) -> list[str]:
    """Which files are missing, as sentences."""
    lacks = {
        "shop": "No refunds of Shopify were imported: import transaction histories, Matrixify's orders or "
        "Admin data to see what the shop refunded.",
        "platform": "No lines of a payment platform were imported: import them to see what was paid out.",
        "odoo": "No documents of Odoo were imported: import its invoices and credit notes to see what was "
        "booked.",
        "goods": "No stock moves of Odoo were imported: import them to see which goods came back.",
    }
    found = [text for name, text in lacks.items() if not has[name]]
    if has["odoo"] and not has["notes"]:
        found.append(
            "No invoices of Odoo were imported: a payment to the customer counts as booked, although the "
            "credit note may be missing."
        )
    if has["shop"] and not has["lines"]:
        found.append(
            "No refunded lines were imported (Matrixify or Admin data): which goods should come back is not "
            "known."
        )
    return found
