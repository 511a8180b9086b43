"""The run over reservations: what quants hold reserved against the open move lines (STK-07)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recon_app.engine.cases import Legs
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._goods_cases import figure
from recon_app.reconciliations._needed import needed
from recon_app.reconciliations._stock_policy import is_inside


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    progress("Reservations", 0, 1)
    result = Result(cases=goods.case_table([]), legs=Legs.none(), support=Legs.none())
    quants, lines = inputs.frames[RecordType.STOCK_QUANT], inputs.frames[RecordType.STOCK_MOVE_LINE]
    if not len(quants) or not len(lines):
        result.remarks += needed(
            inputs.frames, "reservations are", RecordType.STOCK_QUANT, RecordType.STOCK_MOVE_LINE
        )
        return result
    quants = quants[quants["reserved"] != NO_INT].reset_index(drop=True)
    inside = {name for name in set(lines["location"]) if is_inside(name)} | set(quants["location"])
    # what comes from a vendor or customer takes nothing from a quant
    lines = lines[lines["status"].isin(goods.OPEN) & lines["location"].isin(inside)].reset_index(drop=True)
    if (quants["lot"] != "").any() and len(lines) and not (lines["lot"] != "").any():
        quants = quants.assign(lot="")
        result.remarks.append("The open move lines name no lots, so lots were compared together.")
    _compare(result, quants, lines, goods.Pieces((quants, lines), inputs.answers))
    return result


def _compare(result: Result, quants: pd.DataFrame, lines: pd.DataFrame, pieces: goods.Pieces) -> None:
    every = pd.concat([quants, lines], ignore_index=True)
    code, names = goods.grouped(goods.products(every), every["location"], every["lot"])
    count, split = len(names), len(quants)
    held = goods.total(code[:split], pieces.of(quants, "reserved"), count)
    hand = goods.total(code[:split], pieces.of(quants, "quantity"), count)
    money = goods.total(code[:split], quants["amount"].to_numpy(np.int64), count)
    promised = goods.total(code[split:], pieces.of(lines, "reserved"), count)
    slack = figure(goods.total(code[split:], pieces.half_digit(lines), count))
    unknown = goods.any_of(code[:split], pieces.unknown(quants, "reserved"), count)
    unknown |= goods.any_of(code[split:], pieces.unknown(lines, "reserved"), count)
    delta = figure(held) - figure(promised)
    off = np.abs(delta) > slack
    kind, cause = goods.judged(
        count,
        ((delta != 0) & ~off, Kind.TOLERANCE, "unit_rounding"),
        ((figure(held) > figure(hand)) & (held > 0), Kind.AMOUNT, "reserved_above_stock"),
        (off & (delta < 0), Kind.AMOUNT, "line_without_reservation"),
        (off & (delta > 0), Kind.AMOUNT, "orphan_reserved"),
        (unknown, Kind.FIELD, "unknown_unit"),
    )
    listed, number = goods.together((figure(held) != 0) | (figure(promised) != 0) | unknown, unknown)
    names = np.where(unknown, goods.NO_SIZE, names).astype(object)
    currency = np.full(count, "", object)
    currency[code[:split]] = quants["currency"].to_numpy(object)
    delta = np.where(unknown, NO_INT, delta)
    value = np.where(currency != "", goods.worth(delta, money, hand), NO_INT)
    split_names = [
        ("", "", "") if name == goods.NO_SIZE else name.split(goods.SEPARATOR * 2, 2) for name in names
    ]
    result.cases = goods.case_table(
        names[listed],
        kind=kind[listed],
        cause=cause[listed],
        rule="sku_place_lot",
        grp=np.array([parts[1] for parts in split_names], object)[listed] if count else names,
        delta=delta[listed],
        unit=pieces.unit,
        value=value[listed],
        currency=np.where(value != NO_INT, currency, "").astype(object)[listed],
    )
    result.legs = Legs.concat(
        goods.legs(code[:split], quants["id"], number, Side.GOODS),
        goods.legs(code[split:], lines["id"], number),
    )
    for case, row in enumerate(np.flatnonzero(listed).tolist()):
        product, _, lot = split_names[row]
        figures = {"reserved": held[row], "lines": promised[row], "on_hand": hand[row]}
        result.notes[case] = {"sku": product, "lot": lot, **{k: int(v) for k, v in _known(figures).items()}}
        if unknown[row]:
            result.notes[case] = goods.sizeless(
                pieces, unknown, (quants, code[:split]), (lines, code[split:])
            )
    result.remarks += pieces.remarks


def _known(figures: dict[str, np.int64]) -> dict[str, np.int64 | int]:
    return {name: 0 if value == NO_INT else value for name, value in figures.items()}
