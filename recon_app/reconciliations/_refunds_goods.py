"""Goods that came back: moves from customers, by the order they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints, span_hashes, spans
from recon_app.engine.orders import agreed, looked_up, orders_of, orders_of_transfers
from recon_app.models.record import NO_INT, RecordType
from recon_app.models.rule import Transform
from recon_app.reconciliations._goods_cases import OPEN, Pieces
from recon_app.reconciliations._refunds_link import Mask
from recon_app.reconciliations._refunds_records import parsed, plain

_HELD = ("quarantine", "damaged", "inspection", "scrap", "quality")


@dataclass
class Back:
    """Goods that came back or are on their way.

    Attributes:
        table: One row per move: id, order (hash), name, sku, amount (pieces in millionths, received or else
            planned), done, day, grp (number of the receipt), location_to, held (why the goods cannot be sold,
            "" when they can), key.
        transfers: Receipts that stand behind the moves: id by number, where only one has it.
        unit: What the quantities count.
        span: First and last day of the moves, None without any.
        remarks: Units that nobody gave a size for.
    """

    table: pd.DataFrame
    transfers: pd.Series
    unit: str
    span: tuple[int, int] | None
    remarks: list[str]


def back(
    frames: Mapping[RecordType, pd.DataFrame],
    of_number: pd.Series,
    known: Ints,
    answers: Mapping[str, str],
) -> Back:
    """All moves and receipts from customers.

    Args:
        frames: Stock moves and transfers; a receipt without moves counts as one move of no product.
        of_number: Order of the shop by number of Odoo's sale order.
        known: Hashes of the orders that other files name.
        answers: ``excluded.<location>`` says why goods there cannot be sold.
    """
    transfers, moves = plain(frames[RecordType.TRANSFER]), frames[RecordType.STOCK_MOVE]
    mine = plain(moves[_from_customers(moves)])
    pieces = Pieces((mine,), answers)
    mine["amount"] = _pieces(mine, pieces)
    receipts = transfers[_from_customers(transfers) & ~transfers["grp"].isin(mine["grp"]).to_numpy(bool)]
    receipts = receipts.assign(sku="", amount=NO_INT)
    names = [*("id", "key", "ref", "grp", "status", "day", "location_to", "sku", "amount", "extra")]
    table = pd.concat([mine[names], receipts[names]], ignore_index=True)
    table = table[table["status"].isin(["done", *OPEN]).to_numpy(bool)]
    table = table[(table["status"] != "draft")].sort_values("key", ignore_index=True)
    returned = pd.Series([str(each.get("return_of", "")) for each in parsed(table)], dtype=object)
    of_transfer = orders_of_transfers(_named(transfers, table, returned), of_number, known)
    order = orders_of(table["ref"], of_number, known, of_transfer)
    by_transfer = looked_up(table["grp"], of_transfer)
    by_return = looked_up(returned, of_transfer) if len(table) else order
    order = np.where(order != 0, order, np.where(by_transfer != 0, by_transfer, by_return))
    table["order"], table["name"], table["currency"] = order, table["ref"], ""
    table["done"] = (table["status"] == "done").to_numpy(bool)
    table["held"] = _held(table["location_to"], answers)
    days = moves["day"].to_numpy(np.int64)[(moves["status"] == "done").to_numpy(bool)]
    days = days[days != NO_INT]
    return Back(
        table,
        agreed(transfers["grp"], transfers["id"]),
        pieces.unit,
        (int(days.min()), int(days.max())) if len(days) else None,
        pieces.remarks,
    )


def _named(transfers: pd.DataFrame, table: pd.DataFrame, returned: pd.Series) -> pd.DataFrame:
    """The receipts themselves, and the transfers that they return."""
    words = {text.removeprefix("Return of ") for text in table["ref"]}
    wanted = {*words, *table["grp"], *returned}
    first = transfers[transfers["grp"].isin(wanted)]
    again = {text.removeprefix("Return of ") for text in first["ref"]} - wanted
    return transfers[transfers["grp"].isin(wanted | again)].reset_index(drop=True)


def cells(order: Ints, sku: pd.Series) -> Ints:
    """One number per order and product, 0 where one of them is not known."""
    product = span_hashes(spans(sku.tolist(), Transform.EXACT)) if len(sku) else np.array([], np.int64)
    mixed = order ^ (product * np.int64(0x9E3779B97F4A7C1) if len(product) else product)
    return np.where((order != 0) & (product != 0), mixed, 0)


def _from_customers(frame: pd.DataFrame) -> Mask:
    """Records of goods that come from a customer, whatever Odoo's locations are called around it."""
    customers = [
        name for name in {*frame["location"].tolist(), *frame["location_to"].tolist()} if _is_customer(name)
    ]
    out, into = (frame[name].isin(customers).to_numpy(bool) for name in ("location", "location_to"))
    return out & ~into


def _is_customer(location: str) -> bool:
    return location.rpartition("/")[2].strip().casefold() in ("customers", "customer")


def _pieces(moves: pd.DataFrame, pieces: Pieces) -> Ints:
    """What was received, or is to be."""
    done, planned = pieces.of(moves, "done"), pieces.of(moves, "quantity")
    over = (moves["status"] == "done").to_numpy(bool)
    return np.where(over & (done != NO_INT), done, planned)


def _held(locations: pd.Series, answers: Mapping[str, str]) -> list[str]:
    """Why goods at a place cannot be sold: as a person said, else by the name of the place."""

    def why(name: str) -> str:
        for place in (name, *(name.rsplit("/", count)[0] for count in range(1, name.count("/") + 1))):
            if f"excluded.{place}" in answers:
                return answers[f"excluded.{place}"]
        leaf = name.rpartition("/")[2].casefold()
        return next((word for word in _HELD if word in leaf), "")

    known = {name: why(name) for name in set(locations)}
    return [known[name] for name in locations]
