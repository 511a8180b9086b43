"""What the payment platforms gave back: refunds, refunds that failed, and chargebacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recon_app.engine.normalise import Ints
from recon_app.engine.orders import agreed, among, looked_up, order_hashes
from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.reconciliations._refunds_link import Items, Linker
from recon_app.reconciliations._refunds_records import hashes, plain, tails

REFUND, CHARGEBACK = "refund", "chargeback"
_OUT = frozenset(
    {Category.REFUND, Category.REFUND_FAILURE, Category.CHARGEBACK, Category.CHARGEBACK_REVERSAL}
)


@dataclass
class Paid:
    """Refunds and chargebacks of the platforms.

    Attributes:
        table: One row per movement with what took it back: order (hash), name, amount (negative), net (what
            is left of it: 0 when it failed or the dispute was won), currency, day, fee, account,
            foreign_amount (with the sign of the amount), foreign_currency, kind, failed, key.
        legs: Columns unit and record.
        numbers: Columns unit and number: hashes of ids that the shop may know.
        orders: Hashes of the orders that the platforms' sales name.
        sellers: Columns order and account: which platform sold which order.
        charges: Sales of refunded orders: order, account, amount, currency, fee, foreign_amount,
            foreign_currency.
        spans: First and last day of each platform's lines.
    """

    table: pd.DataFrame
    legs: pd.DataFrame
    numbers: pd.DataFrame
    orders: Ints
    sellers: pd.DataFrame
    charges: pd.DataFrame
    spans: Mapping[str, tuple[int, int]]


def paid(frames: Mapping[RecordType, pd.DataFrame], refunded: Ints) -> Paid:
    """All refunds and chargebacks of the platforms.

    Args:
        frames: Payment lines, each once.
        refunded: Hashes of the orders that the shop refunded.
    """
    lines = frames[RecordType.PAYMENT_LINE]
    back = lines["category"].isin([str(each) for each in _OUT]).to_numpy(bool)
    sold = (lines["category"] == str(Category.CHARGE)).to_numpy(bool)
    moves = plain(lines[back])
    order = order_hashes(lines["ref"][sold])
    moves = moves[(moves["amount"] != NO_INT) & (moves["amount"] != 0)].sort_values("key", ignore_index=True)
    moves["order"] = order_hashes(moves["ref"])
    if (moves["order"] == 0).any():
        moves["order"] = _orders(moves, plain(lines[sold]).assign(order=order))
    wanted = among(order, np.concatenate([refunded, moves["order"]]))
    sales = plain(lines.iloc[np.flatnonzero(sold)[wanted]])
    sales["order"] = order[wanted]
    currency, _ = pd.factorize(moves["currency"])
    moves["unit"] = currency.astype(np.int64)
    failure = (moves["category"] == str(Category.REFUND_FAILURE)) | (
        (moves["category"] == str(Category.REFUND)) & (moves["amount"] > 0)
    )
    refunds = _taken_back(
        moves[((moves["category"] == str(Category.REFUND)) & ~failure)], moves[failure], REFUND
    )
    disputes = _taken_back(
        moves[moves["category"] == str(Category.CHARGEBACK)],
        moves[moves["category"] == str(Category.CHARGEBACK_REVERSAL)],
        CHARGEBACK,
    )
    rows, legs = _joined(refunds, disputes)
    sellers = pd.DataFrame({"order": order, "account": lines["account"].to_numpy(object)[sold]})
    sellers = sellers[sellers["order"] != 0]
    return Paid(
        *(rows, legs, _numbers(moves, legs), sellers["order"].unique(), sellers),
        *(_charges(sales), _spans(lines)),
    )


def _orders(moves: pd.DataFrame, sales: pd.DataFrame) -> Ints:
    """Order of each movement; one that names none has that of the sale it takes back."""
    own = moves["order"].to_numpy(np.int64)
    named = sales[sales["order"] != 0]
    ids = agreed(pd.concat([named["ident"], named["ref2"]]), pd.concat([named["order"]] * 2))
    ids = ids[ids.index != ""]
    for name in ("ref2", "ident"):
        own = np.where(own == 0, looked_up(moves[name], ids), own)
    return own


def _taken_back(out: pd.DataFrame, back: pd.DataFrame, kind: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Movements with those that took them back; what takes back nothing known is a row of its own.

    Returns:
        Rows with net and failed, and their legs as unit and record.
    """
    out, back = out.reset_index(drop=True), back.reset_index(drop=True)
    turned = back.assign(amount=-back["amount"])
    # what has the same payment number belongs together before what has the same order only
    by_number = _linker(*(frame.assign(order=hashes(frame["ref2"].tolist())) for frame in (out, turned)))
    by_number.equal()
    linker = _linker(out, turned)
    for name in ("left_free", "right_free"):
        getattr(linker, name)[by_number.links()[name.partition("_")[0]]] = False
    linker.equal()
    linker.sums()
    links = pd.concat([by_number.links(), linker.links()], ignore_index=True)
    taken = np.zeros(len(out), np.int64)
    np.add.at(taken, links["left"].to_numpy(np.int64), links["amount"].to_numpy(np.int64))
    rest = np.setdiff1d(np.arange(len(back)), links["right"])
    out = out.assign(net=out["amount"] - taken, failed=taken != 0)
    alone = back.iloc[rest].assign(net=back["amount"].iloc[rest], failed=True)
    rows = pd.concat([out, alone], ignore_index=True).assign(kind=kind)
    links = links[~links["right"].duplicated()]
    legs = pd.DataFrame(
        {
            "unit": np.concatenate([np.arange(len(rows)), links["left"].to_numpy(np.int64)]),
            "record": np.concatenate([rows["id"], back["id"].to_numpy(np.int64)[links["right"]]]),
        }
    )
    return rows, legs.astype(np.int64)


def _linker(left: pd.DataFrame, right: pd.DataFrame) -> Linker:
    return Linker(*(Items.of(frame, frame["unit"].to_numpy(np.int64)) for frame in (left, right)))


_KEPT = ("order", "amount", "net", "currency", "day", "fee", "account", "foreign_currency", "kind", "failed")


def _joined(*parts: tuple[pd.DataFrame, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    (first, legs), (second, more) = parts
    rows = pd.concat([first, second], ignore_index=True)
    table = rows[[*_KEPT, "key"]].assign(name=rows["ref"])
    foreign, amount = rows["foreign_amount"].to_numpy(np.int64), rows["amount"].to_numpy(np.int64)
    table["foreign_amount"] = np.where(foreign == NO_INT, NO_INT, np.sign(amount) * np.abs(foreign))
    return table, pd.concat([legs, more.assign(unit=more["unit"] + len(first))], ignore_index=True)


def _numbers(moves: pd.DataFrame, legs: pd.DataFrame) -> pd.DataFrame:
    """Ids of the movements themselves, not of the sale, which several refunds have in common."""
    place = pd.Index(moves["id"]).get_indexer(legs["record"])
    mine = moves.iloc[place]
    ids = [*tails(mine["ident"].tolist()), *tails(mine["ref2"].tolist())]
    unit = np.tile(legs["unit"].to_numpy(np.int64), 2)
    found = pd.DataFrame({"unit": unit, "number": hashes(ids)})
    return found[found["number"] != 0].reset_index(drop=True)


def _charges(sales: pd.DataFrame) -> pd.DataFrame:
    """What was sold per order, where one platform sold all of it in one currency."""
    sales = sales[(sales["order"] != 0) & (sales["amount"] != NO_INT)]
    for name in ("fee", "foreign_amount"):
        sales = sales.assign(**{name: sales[name].where(sales[name] != NO_INT, 0)})
    keys = ["order", "account", "currency"]
    abroad = sales[[*keys, "foreign_currency"]].drop_duplicates()
    mixed = abroad["order"][abroad[keys].duplicated(keep=False)]
    found = (
        sales.groupby(keys, sort=True)
        .agg(
            amount=("amount", "sum"),
            fee=("fee", "sum"),
            foreign_amount=("foreign_amount", "sum"),
            foreign_currency=("foreign_currency", "first"),
        )
        .reset_index()
        .drop_duplicates("order", keep=False)
    )
    blank = found["order"].isin(mixed)  # presented in several currencies: the sum says nothing
    return found.assign(
        foreign_currency=found["foreign_currency"].mask(blank, ""),
        foreign_amount=found["foreign_amount"].mask(blank, 0),
    )


def _spans(lines: pd.DataFrame) -> dict[str, tuple[int, int]]:
    dated = lines[(lines["day"] != NO_INT).to_numpy(bool)]
    days = pd.DataFrame(
        {"account": dated["account"].to_numpy(object), "day": dated["day"].to_numpy(np.int64)}
    )
    ends = days.groupby("account")["day"].agg(["min", "max"])
    return {str(name): (int(low), int(high)) for name, low, high in ends.itertuples()}
