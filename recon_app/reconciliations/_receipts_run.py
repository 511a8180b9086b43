"""The run over receipts: what was ordered, what arrived and what was billed, per order and product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recon_app.engine.cases import Ints, Legs, missing_bits
from recon_app.models.case import Kind
from recon_app.models.counted import counted
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._goods_cases import Mask, Texts, figure
from recon_app.reconciliations._needed import needed

#: Statuses of purchase orders that nobody confirmed.
NOT_ORDERED_YET = ("draft", "sent", "to approve", "to_approve", "cancel")
_VENDORS = "Vendors"  # 19 leaves out Partners/ before it


@dataclass(frozen=True)
class _Chain:
    """Figures per order and product, millionths of the unit, NO_INT for none.

    Attributes:
        names: Order and product.
        ordered: By the lines that were confirmed.
        arrived: By the moves that are done, less what went back; by the lines where no moves are loaded.
        line: What the lines call received.
        billed: What the lines call billed.
        waiting: Planned by moves that are not done.
        due: When it is expected, the latest of the lines.
        cost: Minor units of what was ordered.
        slack: By how much the received quantity of the lines can be off by its rounding.
        moved: Whether moves tell what arrived.
        mixed: Whether as many arrived as were ordered, but not of the same unit.
        unknown: Whether a unit has no known size.
        confirmed: Whether a line is confirmed.
    """

    names: Texts
    ordered: Ints
    arrived: Ints
    line: Ints
    billed: Ints
    waiting: Ints
    due: Ints
    cost: Ints
    slack: Ints
    moved: Mask
    mixed: Mask
    unknown: Mask
    confirmed: Mask


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    progress("Receipts", 0, 1)
    lacking = needed(inputs.frames, "receipts are", RecordType.PURCHASE_ORDER_LINE)
    lines = goods.told_once(inputs.frames[RecordType.PURCHASE_ORDER_LINE])
    moves, remarks = _of_orders(goods.told_once(inputs.frames[RecordType.STOCK_MOVE]), lines)
    pieces = goods.Pieces((lines, moves), inputs.answers)
    code, names = goods.grouped(
        pd.concat([lines["grp"], moves["ref"]], ignore_index=True),
        pd.concat([goods.products(lines), goods.products(moves)], ignore_index=True),
    )
    split = len(lines)
    chain = _chain(lines, moves, pieces, code[:split], code[split:], names)
    now = goods.today(inputs.answers, moves["day"][moves["status"] == "done"].to_numpy(np.int64))
    wanted = chain.confirmed | (figure(chain.arrived) != 0)
    listed, number = goods.together(wanted, chain.unknown)
    result = Result(cases=pd.DataFrame(), legs=Legs.none(), support=Legs.none())
    result.cases = _cases(chain, listed, now, pieces.unit, _currency(lines, code[:split], len(names)))
    result.legs = Legs.concat(
        goods.legs(code[:split], lines["id"], number),
        goods.legs(code[split:], moves["id"], number, Side.GOODS),
    )
    result.notes = _notes(result.cases, chain, np.flatnonzero(listed), now)
    if (wanted & chain.unknown).any():
        parts = ((lines, code[:split]), (moves, code[split:]))
        case = int(number[np.flatnonzero(wanted & chain.unknown)[0]])
        result.notes[case] = goods.sizeless(pieces, wanted & chain.unknown, *parts)
    result.remarks = [*lacking, *remarks, *pieces.remarks, *_left_out(wanted, chain)]
    return result


def _of_orders(moves: pd.DataFrame, lines: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Moves from and to vendors that name an order as their source; steps within a warehouse move nothing."""
    orders = set(lines["grp"])
    ours = moves[moves["ref"].isin(orders) & (moves["status"] != "cancel")]
    found = ours[_at_vendors(ours["location"]) ^ _at_vendors(ours["location_to"])].reset_index(drop=True)
    remarks = []
    if len(ours) and not len(found):
        remarks.append(
            "No move of a purchase order comes from a location called Vendors, so what arrived is taken from "
            "the order lines."
        )
    elif len(lines) and not len(moves):
        remarks.append("No stock moves are loaded, so what arrived is taken from the order lines.")
    others = moves[~moves["ref"].isin(orders) & (moves["status"] == "done")]
    if count := int(_at_vendors(others["location"]).sum()):
        many = counted(
            count, "move from a vendor names no purchase order", "moves from vendors name no purchase order"
        )
        remarks.append(f"{many} that is loaded; left out.")
    return found, remarks


def _at_vendors(locations: pd.Series) -> Mask:
    return np.array([name.rpartition("/")[2] == _VENDORS for name in locations], np.bool_)


def _chain(
    lines: pd.DataFrame, moves: pd.DataFrame, pieces: goods.Pieces, line: Ints, move: Ints, names: Texts
) -> _Chain:
    count = len(names)
    confirmed = ~lines["status"].isin(NOT_ORDERED_YET).to_numpy(bool)
    back = _at_vendors(moves["location_to"])
    done = (moves["status"] == "done").to_numpy(bool)
    moved, planned = pieces.of(moves, "done"), pieces.of(moves, "quantity")
    signed = np.where(done & (moved != NO_INT), np.where(back, -moved, moved), NO_INT)
    # moves of an order tell of all its products: one without any has not arrived
    told = set(moves["ref"])
    by_moves = goods.any_of(line, lines["grp"].isin(told).to_numpy(bool), count)
    by_moves |= goods.any_of(move, np.ones(len(moves), np.bool_), count)
    own = goods.total(line, pieces.of(lines, "done"), count)
    ordered = goods.total(line[confirmed], pieces.of(lines, "quantity")[confirmed], count)
    came, waiting = (
        figure(goods.total(move, each, count)) for each in (signed, np.where(done | back, NO_INT, planned))
    )
    # the numbers as both files write them, whatever their units are
    number = goods.total(line[confirmed], lines["quantity"].to_numpy(np.int64)[confirmed], count)
    written = goods.total(move[done & ~back], moves["done"].to_numpy(np.int64)[done & ~back], count)
    returned = goods.any_of(move, done & back, count)
    money = lines["amount"].to_numpy(np.int64)
    return _Chain(
        names=names,
        ordered=ordered,
        arrived=np.where(by_moves, came, own),
        line=own,
        billed=goods.total(line, pieces.of(lines, "invoiced"), count),
        waiting=waiting,
        due=goods.latest(line, lines["due"].to_numpy(np.int64), count),
        cost=goods.total(line[confirmed], np.where(money == NO_INT, NO_INT, -money)[confirmed], count),
        slack=figure(goods.total(line, pieces.half_digit(lines), count)),
        moved=by_moves,
        mixed=(figure(written) > 0) & (written == number) & (came != ordered) & (waiting == 0) & ~returned,
        unknown=goods.any_of(line, pieces.unknown(lines, "quantity"), count)
        | goods.any_of(move, pieces.unknown(moves, "quantity"), count),
        confirmed=goods.any_of(line, confirmed, count),
    )


def _cases(chain: _Chain, listed: Mask, now: int, unit: str, currency: Texts) -> pd.DataFrame:
    ordered, arrived, billed = figure(chain.ordered), figure(chain.arrived), figure(chain.billed)
    # a product that nobody ordered can be billed no more than it has come
    short = arrived < ordered
    awaited = short & ((chain.waiting > 0) | ~chain.moved)
    late = awaited & (chain.due != NO_INT) & (now != NO_INT) & (chain.due < now)
    said = chain.line != NO_INT
    differs = chain.moved & said & (np.abs(figure(chain.line) - arrived) > chain.slack)
    # billed in a rounded unit, as in 10.08 dozens of 121 pieces
    has_bill = chain.billed != NO_INT
    kind, cause = goods.judged(
        len(ordered),
        (has_bill & (billed < arrived - chain.slack), Kind.TIMING, "received_not_billed"),
        (awaited, Kind.TIMING, "awaited"),
        (late, Kind.AMOUNT, "late"),
        (short & ~awaited, Kind.AMOUNT, "short"),
        (short & awaited & chain.moved & (arrived + chain.waiting < ordered), Kind.AMOUNT, "short"),
        (arrived > ordered, Kind.AMOUNT, "over"),
        (has_bill & (billed > arrived + chain.slack), Kind.AMOUNT, "billed_not_received"),
        (differs, Kind.FIELD, "received_differs"),
        (chain.mixed, Kind.FIELD, "unit_mismatch"),
        (~chain.confirmed, Kind.AMOUNT, "wrong_sku"),
        (chain.arrived == NO_INT, Kind.AMBIGUOUS, "arrival_not_known"),
        (chain.unknown, Kind.FIELD, "unknown_unit"),
    )
    delta = arrived - ordered
    for why, other in (
        ("received_not_billed", billed - arrived),
        ("billed_not_received", billed - arrived),
        ("received_differs", figure(chain.line) - arrived),
    ):
        delta = np.where(cause == why, other, delta)
    delta[(chain.arrived == NO_INT) | chain.unknown] = NO_INT
    value = goods.worth(delta, chain.cost, chain.ordered)
    nothing = (arrived == 0) & (chain.arrived != NO_INT) & ~chain.unknown
    return goods.case_table(
        np.where(chain.unknown, goods.NO_SIZE, chain.names).astype(object)[listed],
        missing=np.where(nothing, missing_bits(Side.GOODS), 0)[listed],
        kind=kind[listed],
        cause=cause[listed],
        rule="order_and_sku",
        grp=np.where(chain.unknown, "", _part(chain.names, 0)).astype(object)[listed],
        day=np.where(chain.unknown, NO_INT, chain.due)[listed],
        delta=delta[listed],
        unit=unit,
        value=value[listed],
        currency=np.where(value != NO_INT, currency, "").astype(object)[listed],
    )


def _part(names: Texts, place: int) -> Texts:
    split = goods.SEPARATOR * 2
    return np.array([name.partition(split)[2 * place] for name in names], object)


def _currency(lines: pd.DataFrame, code: Ints, count: int) -> Texts:
    found = np.full(count, "", object)
    found[code] = lines["currency"].to_numpy(object)
    return found


def _notes(cases: pd.DataFrame, chain: _Chain, rows: Ints, now: int) -> dict[int, dict[str, object]]:
    """Figures of the cases that are no match."""
    product = _part(chain.names, 1)
    notes = {}
    figures = ("ordered", "arrived", "line", "billed", "waiting", "due")
    for case in np.flatnonzero(cases["kind"].to_numpy(object) != str(Kind.MATCHED)).tolist():
        row = rows[case]
        known = {name: int(getattr(chain, name)[row]) for name in figures}
        notes[case] = {
            "sku": product[row],
            "by": "moves" if chain.moved[row] else "lines",
            "figures": {name: value for name, value in known.items() if value != NO_INT},
            "today": now if now != NO_INT else None,
        }
    return notes


def _left_out(listed: Mask, chain: _Chain) -> list[str]:
    count = int((~listed).sum())
    some = (chain.billed == NO_INT) & chain.confirmed
    remarks = []
    if count:
        was = counted(count, "product of an order that is", "products of orders that are")
        remarks.append(f"{was} not confirmed: left out.")
    if some.any():
        many = counted(int(some.sum()), "order line does", "order lines do")
        remarks.append(f"{many} not say what was billed; export the lines with Billed Qty.")
    return remarks
