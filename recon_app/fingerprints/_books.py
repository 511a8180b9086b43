"""The books of shop and Odoo as the rules look at them: records of one order brought together.

Orders are told apart by the hash of their reference (see :mod:`recon_app.engine.orders`), 0 for none.
Amounts are minor units, quantities millionths, days count from 1970-01-01.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine.orders import agreed, looked_up, number_in, order_hashes
from recon_app.fingerprints import _goods
from recon_app.fingerprints._levels import Shelves, figures
from recon_app.fingerprints._payouts import payouts
from recon_app.models.record import FIELDS, NO_INT, Category, RecordType, Side

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: What of a document, order or move is no longer there.
DEAD = ("cancel", "cancelled", "canceled", "void", "voided")
#: Days that a booking may take before its absence means something.
GRACE = 3
_DAY = 86_400  # seconds


class Books:
    """Everything the rules look at; tables are made when a rule first asks for them.

    Attributes:
        shelves: Which places of the shop are which of Odoo.
    """

    def __init__(self, frames: Mapping[RecordType, pd.DataFrame], shelves: Shelves | None = None) -> None:
        # the result does not depend on the order in which files were imported
        self._frames = {
            kind: frame.sort_values("key", kind="stable", ignore_index=True) for kind, frame in frames.items()
        }
        self.shelves = shelves or Shelves()

    def frame(self, kind: RecordType) -> pd.DataFrame:
        """The records of a type; an empty frame where there are none."""
        found = self._frames.get(kind)
        return _EMPTY if found is None or not len(found) else found

    def has(self, *kinds: RecordType) -> bool:
        """Whether there are records of each type."""
        return all(len(self.frame(kind)) for kind in kinds)

    def newest(self, *kinds: RecordType) -> int:
        """The newest day that records of some types tell of; NO_INT for none."""
        days = [_days(self.frame(kind)) for kind in kinds]
        return max((int(each.max()) for each in days if len(each)), default=NO_INT)

    @cached_property
    def odoo_day(self) -> int:
        """The newest day that Odoo's exports of orders, documents and payments tell of."""
        return self.newest(RecordType.SALE_ORDER, RecordType.INVOICE, RecordType.ODOO_PAYMENT)

    @cached_property
    def now(self) -> int:
        """Up to which day both sides are known: what is newer on one side only may still come."""
        shop = self.newest(RecordType.ORDER, RecordType.SHOP_TRANSACTION, RecordType.PAYMENT_LINE)
        known = [day for day in (shop, self.odoo_day) if day != NO_INT]
        return min(known, default=NO_INT)

    # -- the shop ----------------------------------------------------------------------------------

    @cached_property
    def shop_orders(self) -> Ints:
        """Hashes of all orders that the shop's files name."""
        kinds = (RecordType.ORDER, RecordType.ORDER_LINE, RecordType.SHOP_TRANSACTION, RecordType.REFUND)
        found = [np.unique(order_hashes(self.frame(kind)["ref"])) for kind in kinds]
        every: Ints = np.setdiff1d(np.concatenate(found), [0])
        return every

    @cached_property
    def orders(self) -> pd.DataFrame:
        """One row per order of the shop; of a name that two stores use, none: nobody knows which is meant.

        Columns id, order, ref, day, at, amount, currency, status (small letters), open, refunded (0 for
        none), taxes, shipping (NO_INT for none), inclusive (prices hold the taxes), cancelled.
        """
        frame = _with_amount(self.frame(RecordType.ORDER))
        extra = frame["extra"]
        table = pd.DataFrame(
            {
                "id": frame["id"],
                "order": order_hashes(frame["ref"]),
                "ref": frame["ref"],
                "day": frame["day"],
                "at": frame["at"],
                "amount": frame["amount"],
                "currency": frame["currency"],
                "status": frame["status"].str.casefold() if len(frame) else frame["status"],
                "open": zeroed(frame["open"]),
                "refunded": zeroed(frame["refunded"]),
                "taxes": number_in(extra, "taxes"),
                "shipping": number_in(extra, "shipping"),
                "inclusive": contains(extra, '"taxes_are":"included"'),
                "cancelled": contains(extra, '"cancelled_at":') | contains(extra, '"cancelled":'),
            }
        )
        named = table[table["order"] != 0]
        return named[~named["order"].duplicated(keep=False)].reset_index(drop=True)

    @cached_property
    def refunds(self) -> pd.DataFrame:
        """One row per refund, from refunds where an order has them, else from its transactions.

        Columns order, ident, day, at, amount (positive), lines (what its lines come to, with tax), currency,
        ids (of its records).
        """
        refunds = _grouped_refunds(self.frame(RecordType.REFUND), self.orders)
        paid = self.paid_back
        paid = paid[~paid["order"].isin(refunds["order"])]
        both = pd.concat([refunds, paid[refunds.columns]], ignore_index=True)
        return both[both["order"] != 0].reset_index(drop=True)

    def refund_ids(self, orders: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """Ids of the shop's records of refunds by order; of the order itself where there are none."""
        wanted = list(orders)
        refunds = self.refunds[self.refunds["order"].isin(wanted)].groupby("order")["ids"].sum().to_dict()
        own = ids_of(self.orders, wanted)
        return {order: refunds.get(order, own[order]) for order in wanted}

    @cached_property
    def paid_back(self) -> pd.DataFrame:
        """Refunds of which the shop sent the money: order, ident, day, at, amount, currency, ids, side."""
        frame = self.frame(RecordType.SHOP_TRANSACTION)
        done = frame["status"].str.casefold() == "success" if len(frame) else frame["status"] == "success"
        return _refunds(frame[done.to_numpy(bool)], Side.SHOP)

    @cached_property
    def platform_refunds(self) -> pd.DataFrame:
        """Refunds that payment platforms paid, with the columns of :attr:`paid_back`."""
        return _refunds(self.frame(RecordType.PAYMENT_LINE), Side.PLATFORM)

    @cached_property
    def names(self) -> dict[int, str]:
        """How each order is called; the smallest of several ways to write it."""
        kinds = (RecordType.SALE_ORDER, RecordType.REFUND, RecordType.SHOP_TRANSACTION, RecordType.ORDER)
        found: dict[int, str] = {}
        for kind in kinds:
            refs = pd.Series(sorted(set(self.frame(kind)["ref"]), reverse=True), dtype=object)
            found |= dict(zip(order_hashes(refs).tolist(), refs.tolist(), strict=True))
        return found

    @cached_property
    def order_lines(self) -> pd.DataFrame:
        """One row per line of an order: id, order, ref, sku, text, quantity, amount, currency, extra."""
        frame = self.frame(RecordType.ORDER_LINE)
        columns = ["id", "ref", "sku", "text", "quantity", "amount", "currency", "extra"]
        return frame[columns].assign(order=order_hashes(frame["ref"])).reset_index(drop=True)

    # -- Odoo --------------------------------------------------------------------------------------

    @cached_property
    def sales(self) -> pd.DataFrame:
        """One row per sale order: id, number, order, day, amount, currency, live, invoices, invoiced.

        Its order is the customer reference, or the last word of the source, if the shop has such an order.
        """
        frame = _with_amount(self.frame(RecordType.SALE_ORDER))
        own, source = order_hashes(frame["ref"]), order_hashes(last_word(frame["ref2"]))
        known = np.isin(own, self.shop_orders)
        source = np.where(np.isin(source, self.shop_orders), source, 0)
        return pd.DataFrame(
            {
                "id": frame["id"],
                "number": frame["grp"],
                "ref": frame["ref"],
                "order": np.where(known, own, source),
                "day": frame["day"],
                "amount": frame["amount"],
                "currency": frame["currency"],
                "live": ~frame["status"].isin(DEAD),
                "tax": number_in(frame["extra"], "tax"),
                "invoices": [tuple(found.get("invoices", ())) for found in objects(frame["extra"])],
                "invoiced": contains(frame["extra"], '"invoice_status":"invoiced"'),
            }
        )

    @cached_property
    def of_number(self) -> pd.Series:
        """Order by number of the sale order."""
        return agreed(self.sales["number"], self.sales["order"])

    @cached_property
    def invoiced_orders(self) -> Ints:
        """Orders whose sale order says that it was invoiced, wherever the invoice is."""
        told = self.sales["invoiced"].to_numpy(bool) | self.sales["invoices"].map(bool).to_numpy(bool)
        found: Ints = self.sales["order"].to_numpy(np.int64)[told]
        return found

    @cached_property
    def sale_lines(self) -> pd.DataFrame:
        """One row per line of a sale order that is not cancelled.

        Columns id, number, order, sku, name (product and description), quantity, amount, currency, extra.
        """
        frame = self.frame(RecordType.SALE_ORDER_LINE)
        dead = self.sales["number"][~self.sales["live"].to_numpy(bool)]
        gone = frame["status"].isin(DEAD) | frame["grp"].isin(dead)
        frame = frame[~gone.to_numpy(bool)].reset_index(drop=True)
        own = order_hashes(frame["ref"])
        own = np.where(np.isin(own, self.shop_orders), own, 0)
        by_number = looked_up(frame["grp"], self.of_number)
        return pd.DataFrame(
            {
                "id": frame["id"],
                "number": frame["grp"],
                "order": np.where(
                    by_number != 0, by_number, np.where(np.isin(own, self.shop_orders), own, 0)
                ),
                "sku": frame["sku"],
                "name": frame["sku"] + " " + frame["ref2"] + " " + frame["text"],
                "quantity": frame["quantity"],
                "amount": frame["amount"],
                "currency": frame["currency"],
                "extra": frame["extra"],
            }
        )

    @cached_property
    def documents(self) -> pd.DataFrame:
        """One row per customer invoice or credit note that is not cancelled.

        Columns id, number, order, credit, day, amount (signed), currency, open, draft, paid, tax (signed,
        NO_INT for none), ref, origin, alone (its export says that it reverses nothing), reversal_of, lines
        (product, amount and taxes of each line of a credit note where the export has them).
        """
        frame = _with_amount(self.frame(RecordType.INVOICE))
        state = frame["status"].str.partition("/")[0] if len(frame) else frame["status"]
        frame = frame[~state.isin(DEAD)].reset_index(drop=True)
        kept = objects(frame["extra"])
        table = pd.DataFrame(
            {
                "id": frame["id"],
                "number": frame["grp"],
                "credit": frame["category"] == Category.CREDIT_NOTE,
                "day": frame["day"],
                "amount": frame["amount"],
                "currency": frame["currency"],
                "open": frame["open"],
                "draft": frame["status"].str.startswith("draft"),
                "paid": frame["status"].str.endswith(("/paid", "/in_payment")),
                "tax": number_in(frame["extra"], "tax"),
                "ref": frame["ref"],
                "origin": frame["ref2"],
                "alone": contains(frame["extra"], '"no_reversal":true'),
                "reversal_of": pd.Series([str(found.get("reversal_of", "")) for found in kept], dtype=object),
                "lines": pd.Series([found.get("lines", ()) for found in kept], dtype=object),
            }
        )
        return table.assign(order=self._orders_of_documents(table))

    @cached_property
    def moves(self) -> pd.DataFrame:
        """One row per stock move; see :func:`recon_app.fingerprints._goods.moves`."""
        frames = self.frame(RecordType.STOCK_MOVE), self.frame(RecordType.TRANSFER)
        return _goods.moves(*frames, self.of_number, self.shop_orders)

    @cached_property
    def figures(self) -> pd.DataFrame:
        """Stock of both sides by SKU and place; see :func:`recon_app.fingerprints._levels.figures`."""
        kinds = RecordType.INVENTORY_LEVEL, RecordType.STOCK_QUANT
        return figures(self.frame(kinds[0]), self.frame(kinds[1]), self.shelves)

    @cached_property
    def payouts(self) -> pd.DataFrame:
        """One row per payout that was paid; see :func:`recon_app.fingerprints._payouts.payouts`."""
        kinds = RecordType.PAYOUT, RecordType.PAYMENT_LINE, RecordType.JOURNAL_ITEM
        return payouts(*(self.frame(kind) for kind in kinds))

    @cached_property
    def booked_days(self) -> tuple[int, int]:
        """First and last day of which a payout must be booked, if it is: what the journal items cover."""
        items = self.frame(RecordType.JOURNAL_ITEM)
        days = _days(items[items["status"].isin(["posted", ""]).to_numpy(bool)])
        return (int(days.min()), int(days.max()) - GRACE) if len(days) else (0, -1)

    def _orders_of_documents(self, table: pd.DataFrame) -> Ints:
        """By the sale order in the origin, the sale order that names the document, or the reference."""
        first = table["origin"].str.partition(",")[0].str.strip() if len(table) else table["origin"]
        found = looked_up(first, self.of_number)
        named = self.sales[["order", "invoices"]].explode("invoices")
        by_sale = agreed(named["invoices"], named["order"])
        found = np.where(found == 0, looked_up(table["number"], by_sale), found)
        for texts in (table["ref"], last_word(table["ref"])):
            direct = order_hashes(texts)
            found = np.where((found == 0) & np.isin(direct, self.shop_orders), direct, found)
        own = agreed(table["number"], np.where(table["number"] == "", 0, found))
        linked: Ints = np.where(found == 0, looked_up(table["reversal_of"], own), found)
        return linked


_EMPTY = pd.DataFrame(
    {
        "id": np.array([], np.int64),
        "key": np.array([], np.int64),
        "source": np.array([], object),
        **{spec.name: np.array([], np.int64 if spec.integer else object) for spec in FIELDS},
    }
)


def _with_amount(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[(frame["amount"] != NO_INT).to_numpy(bool)].reset_index(drop=True)


def _days(frame: pd.DataFrame) -> Ints:
    day = frame["day"].to_numpy(np.int64)
    known: Ints = day[day != NO_INT]
    return known


def zeroed(values: pd.Series) -> Ints:
    """Numbers with none as 0."""
    found = values.to_numpy(np.int64)
    return np.where(found == NO_INT, 0, found)


def contains(extra: pd.Series, piece: str) -> Mask:
    """Which texts hold a piece."""
    found: Mask = extra.str.contains(piece, regex=False).to_numpy(bool) if len(extra) else np.zeros(0, bool)
    return found


def objects(extra: pd.Series) -> list[dict[str, Any]]:
    """Further values of each record; each different text is read once."""
    read = {text: json.loads(text) if text else {} for text in set(extra)}
    return [read[text] for text in extra.tolist()]


def last_word(texts: pd.Series) -> pd.Series:
    """What stands behind the last blank."""
    return texts.str.rpartition(" ")[2] if len(texts) else texts


def ids_of(frame: pd.DataFrame, orders: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Ids of the records of some orders; an order without any has none."""
    wanted = list(orders)
    mine = frame[frame["order"].isin(wanted)]
    found = {order: tuple(part["id"].tolist()) for order, part in mine.groupby("order", sort=False)}
    return {order: found.get(order, ()) for order in wanted}


def sum_of(frame: pd.DataFrame, name: str, orders: Ints) -> Ints:
    """Sum of a column by order, 0 for orders that have no row."""
    sums = frame.groupby("order", sort=False)[name].sum()
    return looked_up(pd.Series(orders), sums)


def count_of(frame: pd.DataFrame, orders: Ints) -> Ints:
    """Number of rows by order."""
    return looked_up(pd.Series(orders), frame["order"].value_counts())


def grouped(frame: pd.DataFrame, orders: Iterable[int]) -> dict[int, pd.DataFrame]:
    """The rows of some orders, by order."""
    mine = frame[frame["order"].isin(list(orders))]
    return {int(str(order)): part for order, part in mine.groupby("order", sort=False)}


def _refunds(frame: pd.DataFrame, side: Side) -> pd.DataFrame:
    frame = _with_amount(frame)
    mine = frame[(frame["category"] == Category.REFUND).to_numpy(bool)]
    return pd.DataFrame(
        {
            "order": order_hashes(mine["ref"]),
            "ident": mine["ident"],
            "day": mine["day"],
            "at": mine["at"],
            "amount": np.abs(mine["amount"].to_numpy(np.int64)),
            "lines": np.abs(mine["amount"].to_numpy(np.int64)),
            "currency": mine["currency"],
            "ids": [(number,) for number in mine["id"].tolist()],
            "side": [side] * len(mine),
        }
    ).reset_index(drop=True)


def _grouped_refunds(frame: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Refunds with their total: what the file gives as such, else what their lines come to."""
    order = order_hashes(frame["ref"])
    inclusive = np.isin(order, orders["order"][orders["inclusive"]].to_numpy(np.int64))
    tax = number_in(frame["extra"], "tax")
    lines = np.abs(zeroed(frame["amount"])) + np.where(inclusive | (tax == NO_INT), 0, tax)
    table = pd.DataFrame(
        {
            "order": order,
            "ident": frame["ident"],
            "day": frame["day"],
            "at": frame["at"],
            "lines": lines,
            "total": number_in(frame["extra"], "refund_total"),
            "currency": frame["currency"],
            "ids": frame["id"],
        }
    )
    # one id may be that of refunds of two stores, whose amounts nobody can add
    grouped = table.groupby(["order", "ident", "currency"], sort=False).agg(
        day=("day", "max"),
        at=("at", "max"),
        lines=("lines", "sum"),
        total=("total", "max"),
        ids=("ids", tuple),
    )
    grouped = grouped.reset_index()
    total = grouped["total"].to_numpy(np.int64)
    grouped["amount"] = np.where(total == NO_INT, grouped["lines"].to_numpy(np.int64), total)
    return grouped[["order", "ident", "day", "at", "amount", "lines", "currency", "ids"]]
