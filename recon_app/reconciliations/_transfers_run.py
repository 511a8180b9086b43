"""The run over transfers between warehouses: what was sent into transit, what came out of it (STK-06)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from recon_app.engine.cases import Ints, Legs, missing_bits
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._goods_cases import Mask, figure
from recon_app.reconciliations._needed import needed

#: Goods that are on their way no longer than this need nobody's work.
_USUAL = 7


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    progress("Transfers", 0, 1)
    moves = goods.told_once(inputs.frames[RecordType.STOCK_MOVE])
    moves, coming = _legs(moves[moves["status"] != "cancel"], inputs.answers)
    pieces = goods.Pieces((moves,), inputs.answers)
    place = moves["location_to"].where(~coming, moves["location"])
    code, names = goods.grouped(place, _reference(moves, coming), goods.products(moves))
    count = len(names)
    done, asked = (moves["status"] == "done").to_numpy(bool), pieces.of(moves, "quantity")
    moved, day = pieces.of(moves, "done"), moves["day"].to_numpy(np.int64)
    sent = figure(goods.total(code, np.where(done & ~coming, moved, NO_INT), count))
    received = figure(goods.total(code, np.where(done & coming, moved, NO_INT), count))
    waiting = figure(goods.total(code, np.where(~done & coming, asked, NO_INT), count))
    since = goods.latest(code, np.where(done & ~coming, day, NO_INT), count)
    second = goods.any_of(code, coming, count)
    unknown = goods.any_of(code, pieces.unknown(moves, "quantity") | pieces.unknown(moves, "done"), count)
    now = goods.today(inputs.answers, day[done])
    age = np.where((since != NO_INT) & (now != NO_INT), np.maximum(now - since, 0), NO_INT)
    under_way = sent > received
    # a part came, and nobody waits for all of the rest
    short = under_way & second & (received > 0) & (received + waiting < sent)
    old = under_way & ((age > _USUAL) | (age == NO_INT))
    kind, cause = goods.judged(
        count,
        (under_way, Kind.TIMING, "in_transit"),
        (old, Kind.AMOUNT, "in_transit"),
        (short & ~old, Kind.TIMING, "received_short"),
        (short & old, Kind.AMOUNT, "received_short"),
        (under_way & ~second, Kind.AMOUNT, "second_leg_missing"),
        (received > sent, Kind.AMOUNT, "received_over"),
        ((received > 0) & (sent == 0), Kind.AMOUNT, "first_leg_missing"),
        (unknown, Kind.FIELD, "unknown_unit"),
    )
    listed, number = goods.together((sent != 0) | (received != 0) | unknown, unknown)
    names = np.where(unknown, goods.NO_SIZE, names).astype(object)
    bucket = np.where(under_way & ~unknown, goods.age_words(age), "").astype(object)
    result = Result(cases=pd.DataFrame(), legs=Legs.none(), support=Legs.none())
    result.cases = goods.case_table(
        names[listed],
        kind=kind[listed],
        cause=cause[listed],
        rule="reference_and_sku",
        grp=bucket[listed],
        day=np.where(unknown, NO_INT, since)[listed],
        delta=np.where(unknown, NO_INT, received - sent)[listed],
        unit=pieces.unit,
        missing=np.where(unknown, 0, _absent(code, coming, count))[listed],
    )
    result.legs = Legs.concat(
        goods.legs(code[~coming], moves["id"][~coming], number),
        goods.legs(code[coming], moves["id"][coming], number, Side.GOODS),
    )
    for case, row in enumerate(np.flatnonzero(listed).tolist()):
        if unknown[row]:
            result.notes[case] = goods.sizeless(pieces, unknown, (moves, code))
            continue
        where, reference, product = names[row].split(goods.SEPARATOR * 2, 2)
        result.notes[case] = {
            "transit": where,
            "reference": reference,
            "sku": product,
            "sent": int(sent[row]),
            "received": int(received[row]),
            "waiting": int(waiting[row]),
            "age": int(age[row]) if age[row] != NO_INT else None,
        }
    result.remarks = [*pieces.remarks]
    result.remarks += needed(inputs.frames, "transfers are", RecordType.STOCK_MOVE)
    if not len(moves) and not result.remarks:
        result.remarks.append(
            "No stock move goes through a transit location; answer transit.LOCATION=yes for one that is not "
            "called so."
        )
    return result


def _absent(code: Ints, coming: Mask, count: int) -> Ints:
    """The sides on which a transfer has no leg at all."""
    sent, received = goods.any_of(code, ~coming, count), goods.any_of(code, coming, count)
    bits = (missing_bits(Side.ODOO), missing_bits(Side.GOODS))
    return np.where(sent, 0, bits[0]) + np.where(received, 0, bits[1])


def _legs(moves: pd.DataFrame, answers: Mapping[str, str]) -> tuple[pd.DataFrame, Mask]:
    """Moves into or out of a transit location, and which of them come out of it."""
    names = set(moves["location"]) | set(moves["location_to"])
    transit = {name for name in names if answers.get(f"transit.{name}", _guess(name)).casefold() == "yes"}
    into, out = moves["location_to"].isin(transit), moves["location"].isin(transit)
    kept = (into ^ out).to_numpy(bool)
    return moves[kept].reset_index(drop=True), out.to_numpy(bool)[kept]


def _guess(location: str) -> str:
    return "yes" if "transit" in location.rpartition("/")[2].casefold() else "no"


def _reference(moves: pd.DataFrame, coming: Mask) -> pd.Series:
    """What the two legs have in common: the transfer that the second names, else the source of both."""
    first = set(moves["grp"][~coming]) & set(moves["ref"][coming]) - {""}
    own = moves["ref"].where(moves["ref"] != "", moves["grp"])
    return own.where(coming | ~moves["grp"].isin(first).to_numpy(bool), moves["grp"])
