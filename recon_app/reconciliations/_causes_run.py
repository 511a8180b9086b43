"""The run over causes: the differences of stock, counts and chargebacks, each with what explains it.

The stock comparison finds the differences; what single orders add to them, open receipts, transfers and held
goods are the facts; :mod:`recon_app.engine.root_cause` ranks them, and the money of the orders is told
beside.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from recon_app.engine import bridge
from recon_app.engine.cases import Legs
from recon_app.engine.root_cause import CERTAIN, LIKELY, POSSIBLE, Choice, Fact, explain
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, RecordType, Side
from recon_app.reconciliations import _goods_cases as goods
from recon_app.reconciliations import _stock_bridge as bridges
from recon_app.reconciliations import _stock_run as stock
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._causes_counts import counted
from recon_app.reconciliations._causes_money import Money, Story
from recon_app.reconciliations._causes_orders import Parts, parts
from recon_app.reconciliations._causes_subject import Subject, in_order
from recon_app.reconciliations._causes_words import TIMING, next_actions

#: Items of the bridge that the orders themselves tell better.
_OF_ORDERS = frozenset(
    {
        "orders_not_imported",
        "cancelled_in_odoo",
        "reserved_beyond_order",
        "fulfilled_not_delivered",
        "picked_not_fulfilled",
        "sent_beyond_order",
        "returned_on_one_side",
        "committed_not_reserved",
    }
)
_SURE = {bridges.CERTAIN: CERTAIN, bridges.POSSIBLE: LIKELY, bridges.HINT: POSSIBLE}
_MOST_CHOICES = 4


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    compared = stock.compare(inputs, progress)
    state, frames = compared.rows, compared.frames
    progress("Orders and their money", 3, 4)
    told = parts(frames, state.policy, state.figures)
    money = Money(frames)
    subjects = [
        *_of_stock(compared, told),
        *counted(frames, state.policy, told.moves, told.names),
        *_chargebacks(told, money),
    ]
    unit = state.figures.unit
    result = _result(subjects, told, money, unit)
    result.proposals = state.policy.proposals
    missing = [kind for kind in (RecordType.INVENTORY_LEVEL, RecordType.STOCK_QUANT) if not len(frames[kind])]
    if missing:
        result.remarks.append(
            "Stock of Shopify and of Odoo are needed to see which orders and receipts made them differ."
        )
    if not len(frames[RecordType.PAYMENT_LINE]) and not len(frames[RecordType.SHOP_TRANSACTION]):
        result.remarks.append("No payments are imported, so nothing is said of the money behind goods.")
    return result


def _of_stock(compared: stock.Compared, told: Parts) -> Iterator[Subject]:
    """The rows of the stock comparison whose figures differ."""
    state, delta = compared.rows, compared.built.delta
    rows = np.flatnonzero(state.compared & (delta != NO_INT) & (delta != 0))
    facts = _facts(compared, told, set(rows.tolist()))
    index, policy = state.figures.index, state.policy
    level = _first_ids(compared, RecordType.INVENTORY_LEVEL, state.figures.level_row)
    quant = _first_ids(compared, RecordType.STOCK_QUANT, state.figures.quant_row)
    for row in rows.tolist():
        ranking = explain(int(delta[row]), in_order(facts.get(row, ())))
        if not ranking.choices:
            continue
        sku, place = str(index.skus[index.sku[row]]), policy.name(int(index.group[row]))
        legs = [(Side.SHOP, one) for one in level.get(row, ())]
        legs += [(Side.ODOO, one) for one in quant.get(row, ())]
        short = "Odoo" if delta[row] > 0 else "Shopify"
        key = f"stock{goods.SEPARATOR}{sku}{goods.SEPARATOR}{place}"
        yield Subject(key, sku, place, int(delta[row]), short, ranking, legs)


def _first_ids(compared: stock.Compared, kind: RecordType, row: np.ndarray[Any, Any]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    ids = compared.frames[kind]["id"].to_numpy(np.int64)
    for place in np.flatnonzero(row >= 0).tolist():
        found.setdefault(int(row[place]), []).append(int(ids[place]))
    return found


def _facts(compared: stock.Compared, told: Parts, wanted: set[int]) -> dict[int, list[Fact]]:
    """What the records show of each row."""
    by_hand, names = compared.rows.by_hand, told.names.to_dict()
    found: dict[int, list[Fact]] = {}
    mine = told.table[told.table["row"].isin(wanted)]
    effect = np.where(by_hand[mine["row"].to_numpy(np.int64)], mine["hand"], mine["sell"])
    for order, row, code, sure, quantity in zip(
        mine["order"], mine["row"], mine["code"], mine["sure"], effect.tolist(), strict=True
    ):
        if quantity:
            fact = Fact(code, names.get(order, ""), int(quantity), int(sure))
            found.setdefault(int(row), []).append(fact)
    for row, fact in _other_facts(compared, told, wanted):
        found.setdefault(row, []).append(fact)
    return found


def _other_facts(compared: stock.Compared, told: Parts, wanted: set[int]) -> Iterator[tuple[int, Fact]]:
    """What is not about an order of the shop: held goods, transfers, receipts, units."""
    table = compared.built.table
    mine = table[table["row"].isin(wanted) & (table["quantity"] != 0)]
    of_order = set(told.moves["id"][told.moves["order"] != 0])
    billed = _billed(compared.frames)
    summed: dict[tuple[int, str, str, int], int] = {}
    for row, number, quantity, sure, record, what in zip(
        *(mine[name] for name in ("row", "code", "quantity", "sure", "record", "what")), strict=True
    ):
        code, level = bridge.CODES[number], _SURE[sure]
        if code in _OF_ORDERS or (code == "receipt_not_validated" and record in of_order):
            continue
        if code == "receipt_not_validated" and record in billed:
            code, level = "receipt_billed", LIKELY
        # parts of kits are held for many orders at once
        about = "" if code in ("kit_component", "quarantine", "consignment") else str(what)
        key = int(row), code, about, level
        summed[key] = summed.get(key, 0) + int(quantity)
    for (row, code, about, level), quantity in summed.items():
        yield row, Fact(code, about, quantity, level)


def _billed(frames: stock.Frames) -> set[int]:
    """Open moves of purchase orders whose vendor billed more of the product than arrived."""
    lines, moves = frames[RecordType.PURCHASE_ORDER_LINE], frames[RecordType.STOCK_MOVE]
    ahead = (lines["invoiced"] != NO_INT) & (
        lines["invoiced"] > lines["done"].where(lines["done"] != NO_INT, 0)
    )
    wanted = pd.MultiIndex.from_frame(lines[ahead.to_numpy(bool)][["grp", "sku"]])
    there = pd.MultiIndex.from_frame(moves[["ref", "sku"]]).isin(wanted)
    named = set(frames[RecordType.BILL]["ref2"])
    there = there | (moves["ref"].isin(named - {""})).to_numpy(bool)
    return set(moves["id"][there])


def _chargebacks(told: Parts, money: Money) -> Iterator[Subject]:
    """Money that card holders took back while the goods are gone."""
    lost = money.charged_back()
    moves = told.moves
    gone = set(moves["order"][(moves["done"] > 0) & (moves["to"] < 0)])
    back = set(moves["order"][(moves["done"] > 0) & (moves["from"] < 0) & (moves["to"] >= 0)])
    twins: Counter[str] = Counter()
    for line in lost.sort_values(["day", "key"]).to_dict("records"):
        order = int(line["order"])
        if order not in gone or order in back:
            continue
        name, amount = str(told.names.get(order, line["ref"])), int(line["amount"])
        ranking = explain(amount, [Fact("chargeback_goods_gone", name, amount, CERTAIN)])
        key = f"chargeback{goods.SEPARATOR}{name}{goods.SEPARATOR}{line['ident'] or line['day']}"
        twins[key] += 1
        key += f"{goods.SEPARATOR}{twins[key]}" if twins[key] > 1 else ""
        legs = [(Side.PLATFORM, int(line["id"]))]
        yield Subject(key, "", "", amount, "", ranking, legs, str(line["currency"]))


def _result(subjects: Sequence[Subject], told: Parts, money: Money, unit: str) -> Result:
    kinds = [_kind(subject) for subject in subjects]
    decided = [subject.ranking.decided for subject in subjects]
    of_goods = [not subject.currency for subject in subjects]
    blank = np.array([], object)
    result = Result(cases=goods.case_table(blank), legs=Legs.none(), support=Legs.none())
    if not subjects:
        return result
    result.cases = goods.case_table(
        [subject.key for subject in subjects],
        kind=np.array(kinds, object),
        cause=np.array([_cause(choice) for choice in decided], object),
        rule=np.array(["certain_part" if c and c.rest else "exact_sum" for c in decided], object),
        grp=np.array([subject.place for subject in subjects], object),
        delta=np.array([subject.delta for subject in subjects], np.int64),
        unit=np.array([unit if flag else "" for flag in of_goods], object),
        currency=np.array([subject.currency for subject in subjects], object),
    )
    number_of = dict(zip(told.names.tolist(), told.names.index.tolist(), strict=True))
    orders = {order for subject in subjects for order in _orders(subject, number_of)}
    stories = money.stories(orders)
    documents = _documents(told.moves, orders)
    for case, subject in enumerate(subjects):
        result.notes[case] = _note(subject, number_of, stories, documents, kinds[case])
    result.legs = _legs([(case, *leg) for case, subject in enumerate(subjects) for leg in subject.legs])
    result.support = _support(subjects, number_of, told, stories)
    return result


def _cause(choice: Choice | None) -> str:
    """The largest cause; none of what is only possible."""
    return "" if choice is None or choice.perhaps else choice.facts[0].code


def _kind(subject: Subject) -> str:
    choice = subject.ranking.decided
    if choice is None:
        return str(Kind.AMBIGUOUS)
    calm = not choice.rest and not choice.perhaps and set(choice.codes) <= TIMING
    return str(Kind.TIMING if calm else Kind.AMOUNT)


def _orders(subject: Subject, number_of: dict[str, int]) -> Iterator[int]:
    for choice in subject.ranking.choices[: max(subject.ranking.tied, 1)]:
        for fact in choice.facts:
            if fact.about in number_of:
                yield number_of[fact.about]


def _documents(moves: pd.DataFrame, orders: set[int]) -> dict[int, dict[str, list[str]]]:
    """Transfers of some orders by what they are: delivery or receipt, done or open."""
    found: dict[int, dict[str, list[str]]] = {}
    mine = moves[moves["order"].isin(orders)]
    for order, what, done, to, source in zip(
        mine["order"], mine["what"], mine["done"], mine["to"], mine["from"], strict=True
    ):
        kind = "receipt" if source < 0 <= to else "delivery"
        state = "done" if done > 0 else "open"
        named = found.setdefault(order, {}).setdefault(f"{state}_{kind}", [])
        if what and what not in named:
            insort(named, what)
    return found


def _note(
    subject: Subject,
    number_of: dict[str, int],
    stories: dict[int, Story],
    documents: dict[int, dict[str, list[str]]],
    kind: str,
) -> dict[str, Any]:
    ranking = subject.ranking
    kept = ranking.choices[: max(ranking.tied, _MOST_CHOICES)]
    named = dict.fromkeys(fact.about for choice in kept for fact in choice.facts)
    orders = {name: number_of[name] for name in named if name in number_of}
    note: dict[str, Any] = {
        "sku": subject.sku,
        "place": subject.place,
        "short": subject.short,
        "choices": [_choice(choice) for choice in kept],
        "tied": ranking.tied,
        "money": {name: stories[order].said for name, order in orders.items() if order in stories},
        "documents": {name: documents.get(order, {}) for name, order in orders.items()},
    }
    note["next"] = next_actions(note) if kind != str(Kind.TIMING) else []
    return note


def _choice(choice: Choice) -> dict[str, Any]:
    facts = [{"code": fact.code, "about": fact.about, "quantity": fact.quantity} for fact in choice.facts]
    return {"facts": facts, "rest": choice.rest, "perhaps": choice.perhaps}


def _legs(rows: Sequence[tuple[int, Side, int]]) -> Legs:
    made = []
    for side in dict.fromkeys(side for _, side, _ in rows):
        mine = [(case, record) for case, own, record in rows if own is side]
        cases, records = (np.array(column, np.int64) for column in zip(*mine, strict=True))
        made.append(Legs.of_side(side, cases, records))
    return Legs.concat(*made) if made else Legs.none()


def _support(
    subjects: Sequence[Subject], number_of: dict[str, int], told: Parts, stories: dict[int, Story]
) -> Legs:
    """Orders, refunds, payments, documents and moves behind the explanations."""
    orders = {order for subject in subjects for order in _orders(subject, number_of)}
    records = (
        told.records[told.records["order"].isin(orders)]
        .groupby("order", sort=False)["id"]
        .agg(list)
        .to_dict()
    )
    moves = (
        told.moves[told.moves["order"].isin(orders)].groupby("order", sort=False)["id"].agg(list).to_dict()
    )
    rows: list[tuple[int, Side, int]] = []
    for case, subject in enumerate(subjects):
        own = {record for _, record in subject.legs}
        for order in dict.fromkeys(_orders(subject, number_of)):
            story = stories[order]
            for side, ids in (
                (Side.SHOP, [*records.get(order, ()), *story.shop]),
                (Side.PLATFORM, story.platform),
                (Side.ODOO, [*moves.get(order, ()), *story.odoo]),
            ):
                rows += [(case, side, record) for record in ids if record not in own]
    return _legs(list(dict.fromkeys(rows)))
