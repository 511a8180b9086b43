"""The run of the stock comparison: figures first, then their bridges, then what each row is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine import bridge
from recon_app.engine.aliases import applied
from recon_app.engine.cases import Ints, Legs, missing_bits
from recon_app.engine.normalise import span_hashes, spans
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.models.rule import Transform
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _stock_bridge as bridges
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._needed import needed
from recon_app.reconciliations._stock_counts import add_counts
from recon_app.reconciliations._stock_figures import SEPARATOR, Figures, case_keys, figures
from recon_app.reconciliations._stock_notes import Notes
from recon_app.reconciliations._stock_policy import Policy, policy
from recon_app.reconciliations._stock_rows import Rows

Mask = NDArray[np.bool_]
Texts = NDArray[np.object_]
Frames = Mapping[RecordType, pd.DataFrame]

#: What the location of a store is called whose products name none.
_ONLY_PLACE = "Shopify"


@dataclass(frozen=True)
class Compared:
    """The figures of both sides and the bridges between them.

    Attributes:
        frames: The records that count.
        rows: What each row of the figures is.
        built: The bridges.
        remarks: What was left out, and what orders do not say.
    """

    frames: Frames
    rows: Rows
    built: bridges.Built
    remarks: tuple[list[str], list[str]]


def compare(inputs: Inputs, progress: Progress) -> Compared:
    """Compare the figures and say what orders, moves and places add to their differences."""
    frames, remarks = _once(applied(inputs.frames, inputs.aliases))
    progress("Stock figures", 0, 4)
    decided = policy(frames, inputs.answers, inputs.written)
    found = figures(frames, decided)
    state = Rows(frames, decided, found)
    progress("Orders and moves", 1, 4)
    table, unclear = bridges.collect(frames, decided, found)
    progress("Stock bridges", 2, 4)
    built = bridges.build(decided, found, table, state.compared)
    return Compared(frames, state, built, (remarks, unclear))


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    done = compare(inputs, progress)
    frames, decided, (remarks, unclear) = done.frames, done.rows.policy, done.remarks
    result = _cases(done.rows, done.built)
    _ask(result, frames[RecordType.INVENTORY_LEVEL], decided)
    progress("Counts", 3, 4)
    add_counts(result, frames, decided)
    result.proposals = decided.proposals
    result.remarks += [*remarks, *decided.remarks, *(unclear if len(result.cases) else [])]
    return result


def _once(frames: Frames) -> tuple[dict[RecordType, pd.DataFrame], list[str]]:
    """Records of one source only where two tell of the same things."""
    levels, dropped = _fullest(frames[RecordType.INVENTORY_LEVEL])
    if not len(levels):
        levels = _of_products(frames[RecordType.SHOP_PRODUCT], levels)
    once = {kind: _told_once(frames[kind]) for kind in (RecordType.STOCK_MOVE, RecordType.SALE_ORDER_LINE)}
    remarks = []
    if dropped:
        remarks.append(f"{dropped} inventory levels were loaded from two kinds of files and count once.")
    there = {**frames, RecordType.INVENTORY_LEVEL: levels}
    remarks += needed(there, "stock is", RecordType.INVENTORY_LEVEL, RecordType.STOCK_QUANT)
    if not len(frames[RecordType.STOCK_QUANT]):
        levels = levels[:0]
    return {**frames, **once, RecordType.INVENTORY_LEVEL: levels}, remarks


def _of_products(products: pd.DataFrame, none: pd.DataFrame) -> pd.DataFrame:
    """The figures in the products of a store with one location, which needs no export of its inventory."""
    stocked = products[products["available"] != NO_INT].reset_index(drop=True)
    if not len(stocked):
        return none
    rows = range(len(stocked))
    return pd.DataFrame(
        {
            name: stocked[name]
            if name in stocked
            else pd.Series("" if none[name].dtype == object else NO_INT, index=rows, dtype=none[name].dtype)
            for name in none
        }
    ).assign(location=pd.Series(_ONLY_PLACE, index=rows, dtype=object))


def _fullest(levels: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Of levels of one product and place, those of the source with the most figures."""
    if levels["source"].nunique() < 2:
        return levels, 0
    counted = (levels[["available", "quantity", "reserved"]] != NO_INT).sum(axis=1)
    rank = levels["source"].map(counted.groupby(levels["source"]).sum()).rank(method="dense")
    best = rank.groupby([levels["sku"], levels["location"], levels["lot"]]).transform("max")
    kept = (levels["sku"] == "") | (rank == best)
    return levels[kept].reset_index(drop=True), int((~kept).sum())


def _told_once(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines of a document from their own export, else from that of the documents, never from both."""
    if lines["source"].nunique() < 2:
        return lines
    stacked = lines["source"].str.contains("stacked")
    alone = stacked.groupby(lines["grp"]).transform("all")
    return lines[~stacked | alone].reset_index(drop=True)


def _cases(state: Rows, built: bridges.Built) -> Result:
    """One case per listed row."""
    found, index = state.figures, state.figures.index
    delta = built.delta.copy()
    in_shop, in_odoo = state.shop != NO_INT, found.known & (state.odoo != NO_INT)
    alone = ~state.compared & ~state.shared & ~state.doubled & ~state.unknown
    delta[alone & in_shop] = state.shop[alone & in_shop]
    only_odoo = alone & ~in_shop & in_odoo
    delta[only_odoo] = -state.odoo[only_odoo]
    kind, cause = _kinds(state, built, delta, alone)
    missing = np.zeros(len(delta), np.int64)
    missing[alone & in_shop] = missing_bits(Side.ODOO)
    missing[alone & ~in_shop] = missing_bits(Side.SHOP)
    rows = np.flatnonzero(state.listed)
    value, currency = _worth(found, delta, rows)
    names = np.array([state.policy.name(group) for group in range(len(state.policy.groups))] or [""], object)
    cases = pd.DataFrame(
        {
            "key": case_keys(index, state.policy)[rows],
            "kind": kind[rows],
            "cause": cause[rows],
            "rule": np.where(alone, "", np.where(found.kit, "kit", "sku"))[rows].astype(object),
            "missing": missing[rows],
            "grp": names[index.group[rows]],
            "day": np.full(len(rows), NO_INT, np.int64),
            "delta": delta[rows],
            "currency": currency,
            "unit": np.array([found.unit], object).repeat(len(rows)),
            "value": value,
        }
    )
    number = np.full(len(delta), -1, np.int64)
    number[rows] = np.arange(len(rows))
    result = Result(cases=cases, legs=_legs(state, number), support=Legs.none())
    Notes(state, built, number).write(result, alone)
    return result


def _kinds(state: Rows, built: bridges.Built, delta: Ints, alone: Mask) -> tuple[Texts, Texts]:
    """Kind and cause of every row; what keeps figures from being compared comes before their difference."""
    found = state.figures
    judged = bridge.judge(np.where(delta == NO_INT, 0, delta), built.bridge)
    kind, cause = judged.kind, judged.cause
    held = np.zeros(len(delta), np.bool_)
    for mask in state.archived().values():
        held |= mask & ((found.on_hand > 0) | (found.shop_hand > 0) | (found.available > 0))
    held &= kind == str(Kind.MATCHED)
    kind[held], cause[held] = str(Kind.FIELD), "archived_with_stock"
    for mask, what, why in (
        (alone, Kind.MISSING, "on_one_side_only"),
        (alone & state.nameless, Kind.MISSING, "no_sku"),
        (state.bare_kit, Kind.FIELD, "kit_without_components"),
        (found.strange, Kind.FIELD, "unknown_unit"),
        (state.doubled, Kind.DUPLICATE, "duplicate_sku"),
        (state.shared, Kind.AMBIGUOUS, "shared_location"),
    ):
        kind[mask], cause[mask] = str(what), why
    return kind, cause


def _ask(result: Result, levels: pd.DataFrame, decided: Policy) -> None:
    """One case for each Shopify location that is not compared because its place in Odoo is not known."""
    names = list(decided.unanswered)
    if not names:
        return
    none = np.full(len(names), NO_INT, np.int64)
    blank = np.full(len(names), "", object)
    questions = pd.DataFrame(
        {
            "key": span_hashes(spans([f"place{SEPARATOR}{name}" for name in names], Transform.EXACT)),
            "kind": np.full(len(names), str(Kind.AMBIGUOUS), object),
            "cause": np.full(len(names), "place_not_known", object),
            "rule": blank,
            "missing": np.zeros(len(names), np.int64),
            "grp": np.array(names, object),
            "day": none,
            "delta": none,
            "currency": blank,
            "unit": blank,
            "value": none,
        }
    )
    number = levels["location"].value_counts()
    for place, name in enumerate(names, len(result.cases)):
        result.notes[place] = {"location": name, "products": int(number[name])}
    result.cases = pd.concat([result.cases, questions], ignore_index=True) if len(result.cases) else questions


def _legs(state: Rows, number: Ints) -> Legs:
    """Levels and quants of the cases."""
    parts = []
    for side, kind, rows in (
        (Side.SHOP, RecordType.INVENTORY_LEVEL, state.figures.level_row),
        (Side.ODOO, RecordType.STOCK_QUANT, state.figures.quant_row),
    ):
        case = np.where(rows >= 0, number[rows], -1) if len(number) else np.full(len(rows), -1, np.int64)
        there = case >= 0
        parts.append(Legs.of_side(side, case[there], state.frames[kind]["id"].to_numpy(np.int64)[there]))
    return Legs.concat(*parts)


def _worth(found: Figures, delta: Ints, rows: Ints) -> tuple[Ints, Texts]:
    """What the differences are worth at Odoo's own value of the stock, to the nearest minor unit."""
    value = np.full(len(rows), NO_INT, np.int64)
    priced = (found.worth != NO_INT) & (found.valued > 0) & (found.currency != "")
    some = np.flatnonzero(priced[rows] & (delta[rows] != NO_INT))
    for place in some[delta[rows[some]] != 0].tolist():
        row = rows[place]
        value[place] = goods.nearest(int(found.worth[row]) * int(delta[row]), int(found.valued[row]))
    value[some[delta[rows[some]] == 0]] = 0
    return value, np.where(value != NO_INT, found.currency[rows], "").astype(object)
