"""The run of the stock comparison: figures first, then their bridges, then what each row is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
from recon_app.reconciliations import _stock_bridge as bridges
from recon_app.reconciliations._base import Inputs, Progress, Result
from recon_app.reconciliations._stock_counts import add_counts
from recon_app.reconciliations._stock_figures import SEPARATOR, Figures, case_keys, figures, odoo_names
from recon_app.reconciliations._stock_policy import Policy, policy

Mask = NDArray[np.bool_]
Texts = NDArray[np.object_]
Frames = Mapping[RecordType, pd.DataFrame]

_ARCHIVED = frozenset({"archived", "draft"})
#: So many records of one item are kept by name, and so many ways of making up a rest.
_MOST_RECORDS, _MOST_CHOICES = 5, 4
#: What the location of a store is called whose products name none.
_ONLY_PLACE = "Shopify"
#: Items whose records are lines of the shop's orders; those of all others are Odoo's.
_OF_ORDERS = (
    "orders_not_imported",
    "fulfilled_not_delivered",
    "picked_not_fulfilled",
    "committed_not_reserved",
    "returned_on_one_side",
)


def reconcile(inputs: Inputs, progress: Progress) -> Result:
    """Run the whole comparison; see :meth:`Reconciliation.reconcile`."""
    frames, remarks = _once(applied(inputs.frames, inputs.aliases))
    progress("Stock figures", 0, 4)
    decided = policy(frames, inputs.answers)
    found = figures(frames, decided)
    state = _State(frames, decided, found)
    progress("Orders and moves", 1, 4)
    table, unclear = bridges.collect(frames, decided, found)
    progress("Stock bridges", 2, 4)
    built = bridges.build(decided, found, table, state.compared)
    result = _cases(state, built)
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
    remarks = [f"{dropped} inventory levels were loaded from two kinds of files and count once."]
    return {**frames, **once, RecordType.INVENTORY_LEVEL: levels}, remarks * bool(dropped)


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


class _State:
    """What each row of the figures is, before its difference is looked at.

    Attributes:
        shop: Figure of the shop that is compared, NO_INT for none.
        odoo: Figure of Odoo that is compared.
        shared: Rows of Shopify locations that share a place in Odoo.
        doubled: Rows whose SKU several variants or products have.
        unknown: Rows of kits whose components are not loaded, and of units without a ratio.
        listed: Rows that become a case.
        compared: Rows with a figure on both sides.
    """

    def __init__(self, frames: Frames, decided: Policy, found: Figures) -> None:
        self.frames, self.policy, self.figures = frames, decided, found
        index = found.index
        self.by_hand = np.isin(index.group, list(decided.on_hand))
        self.shop = np.where(self.by_hand, found.shop_hand, found.available)
        self.odoo = np.where(self.by_hand, found.on_hand, found.free)
        several = np.array([len(names) > 1 for names in decided.groups] or [False])
        self.shared: Mask = several[index.group]
        self.doubled: Mask = ~self.shared & ((found.levels > 1) | found.twins)
        nameless = np.array([name.startswith(SEPARATOR) for name in index.skus.tolist()] or [False])
        self.nameless: Mask = nameless[index.sku]
        self.bare_kit = self._bare_kits()
        self.unknown = found.strange | self.bare_kit
        in_odoo = found.known & (found.on_hand != NO_INT) & (found.on_hand != 0)
        in_shop = self.shop != NO_INT
        self.listed = in_shop | in_odoo | (found.strange & (found.levels > 0)) | (self.shared & in_odoo)
        both = in_shop & found.known & (self.odoo != NO_INT)
        self.compared = both & ~self.shared & ~self.doubled & ~self.unknown

    def _bare_kits(self) -> Mask:
        """Rows of products that Odoo calls a kit while nobody loaded what they are made of."""
        products = self.frames[RecordType.ODOO_PRODUCT]
        index = self.figures.index
        kits = products[products["extra"].str.contains('"kit":true', regex=False).to_numpy(bool)]
        flagged = np.zeros(len(index.skus) + 1, np.bool_)
        flagged[index.codes(odoo_names(kits))] = True
        bare = flagged[index.sku] & ~self.figures.kit & (self.figures.quants == 0)
        unknown: Mask = bare | (self.figures.kit & (self.figures.free == NO_INT))
        return unknown

    def archived(self) -> dict[str, Mask]:
        """Rows of archived or inactive products by the side that archived them."""
        index = self.figures.index
        found = {}
        for side, kind in (("Shopify", RecordType.SHOP_PRODUCT), ("Odoo", RecordType.ODOO_PRODUCT)):
            frame = self.frames[kind]
            gone = frame[frame["status"].isin(_ARCHIVED).to_numpy(bool) & (frame["sku"] != "").to_numpy(bool)]
            flagged = np.zeros(len(index.skus) + 1, np.bool_)
            flagged[index.codes(gone["sku"])] = True
            flagged[-1] = False
            found[side] = flagged[index.sku]
        return found


def _cases(state: _State, built: bridges.Built) -> Result:
    """One case per listed row."""
    found, index = state.figures, state.figures.index
    delta = built.delta.copy()
    in_shop, in_odoo = state.shop != NO_INT, found.known & (state.odoo != NO_INT)
    alone = ~state.compared & ~state.shared & ~state.doubled & ~state.unknown
    delta[alone & in_shop] = state.shop[alone & in_shop]
    only_odoo = alone & ~in_shop & in_odoo
    delta[only_odoo] = -state.odoo[only_odoo]
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
    _Notes(state, built, number).write(result, alone)
    return result


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


def _legs(state: _State, number: Ints) -> Legs:
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
        worth, valued = int(found.worth[row]) * int(delta[row]), int(found.valued[row])
        value[place] = (2 * worth + valued) // (2 * valued)
    value[some[delta[rows[some]] == 0]] = 0
    return value, np.where(value != NO_INT, found.currency[rows], "").astype(object)


class _Notes:
    """Writes down what the sentences of the cases that are no match need."""

    def __init__(self, state: _State, built: bridges.Built, number: Ints) -> None:
        self._state = state
        self._built = built
        self._number = number
        self._archived = state.archived()
        self._places: dict[int, list[str]] = {}
        for place, group in sorted(state.policy.places.items()):
            self._places.setdefault(group, []).append(place)
        weak = built.table[built.table["sure"] == bridges.HINT]
        self._hints = bridge.candidates(
            built.bridge.other,
            bridge.Items(
                *(weak[name].to_numpy(np.int64) for name in ("row", "code", "quantity")),
            ),
        )

    def write(self, result: Result, alone: Mask) -> None:
        """Add notes and supporting records to the result."""
        kind = result.cases["kind"].to_numpy(object)
        wanted = np.flatnonzero(self._state.listed)[kind != str(Kind.MATCHED)]
        bridged = self._bridges(set(wanted.tolist()))
        similar = self._similar(np.flatnonzero(self._state.listed & alone & ~self._state.nameless))
        for row in wanted.tolist():
            note = self._facts(row)
            if row in bridged and not alone[row]:
                note["bridge"] = bridged[row]
            if alone[row] and (hint := similar.get(row)):
                note["similar"] = hint
            if self._state.compared[row]:
                note["other"] = int(self._built.bridge.other[row])
                note["causes"] = [[_codes(choice), _said(choice)] for choice in self._choices(row)]
            result.notes[int(self._number[row])] = note
        result.support = self._support(result)

    def _facts(self, row: int) -> dict[str, Any]:
        state, found = self._state, self._state.figures
        index = found.index
        name = str(index.skus[index.sku[row]])
        sku = "" if name.startswith(SEPARATOR) else name.partition(SEPARATOR)[0]
        called = sku or name.lstrip(SEPARATOR).replace(SEPARATOR, " ")
        figures = {
            "available": found.available,
            "shop_hand": found.shop_hand,
            "committed": found.committed,
            "unavailable": found.unavailable,
            "free": found.free,
            "on_hand": found.on_hand,
            "reserved": found.reserved,
            "quarantine": found.quarantine,
            "consigned": found.consigned,
        }
        group = int(index.group[row])
        note: dict[str, Any] = {
            "sku": sku,
            "called": called,
            "lot": str(index.lots[index.sku[row]]),
            "location": state.policy.name(group),
            "places": self._places[group],
            "pair": "on_hand" if state.by_hand[row] else "available",
            "figures": {key: int(column[row]) for key, column in figures.items() if column[row] != NO_INT},
            "variants": int(found.levels[row]),
            "twins": bool(found.twins[row]),
            "stocked": bool(state.shop[row] != NO_INT),
            "warnings": list(found.notes.get(row, [])),
        }
        if safety := state.policy.safety.get(group):
            note["figures"]["safety"] = safety
        note["archived"] = [side for side, mask in self._archived.items() if mask[row]]
        return note

    def _similar(self, rows: Ints) -> dict[int, str]:
        """The SKU that the other side has at the same place, where it is nearly the same."""
        index, shop = self._state.figures.index, self._state.shop != NO_INT
        sides: tuple[dict[tuple[int, str], list[int]], ...] = ({}, {})
        for row in rows.tolist():
            folded = str(index.skus[index.sku[row]]).strip().lstrip("'").casefold().lstrip("0")
            sides[int(shop[row])].setdefault((int(index.group[row]), folded), []).append(row)
        found = {}
        for cell, in_odoo in sides[0].items():
            in_shop = sides[1].get(cell, [])
            if len(in_odoo) == len(in_shop) == 1:
                one, other = in_odoo[0], in_shop[0]
                found[one] = str(index.skus[index.sku[other]])
                found[other] = str(index.skus[index.sku[one]])
        return found

    def _choices(self, row: int) -> list[tuple[tuple[str, int], ...]]:
        """Ways to make up what is open: ties first, then hints."""
        tied = self._built.bridge.ties.get(row, ())
        return [*tied, *self._hints.get(row, ())][:_MOST_CHOICES]

    def _bridges(self, wanted: set[int]) -> dict[int, list[dict[str, Any]]]:
        """The items of the bridges, each with the records it comes from."""
        items, table = self._built.bridge.items, self._built.table
        used = table[(table["quantity"] != 0) & (table["sure"] != bridges.HINT)]
        named: dict[tuple[int, int], list[tuple[str, int]]] = {}
        used = used[(used["what"] != "") & used["row"].isin(wanted)]
        for row, code, what, quantity in zip(
            used["row"], used["code"], used["what"], used["quantity"], strict=True
        ):
            named.setdefault((row, code), []).append((what, int(quantity)))
        found: dict[int, list[dict[str, Any]]] = {}
        for row, code, quantity in zip(
            items.row.tolist(), items.code.tolist(), items.quantity.tolist(), strict=True
        ):
            if row in wanted:
                records = named.get((row, code), [])
                found.setdefault(row, []).append(
                    {
                        "code": bridge.CODES[code],
                        "quantity": quantity,
                        "records": records[:_MOST_RECORDS],
                        "more": max(len(records) - _MOST_RECORDS, 0),
                    }
                )
        return found

    def _support(self, result: Result) -> Legs:
        """Records that the items come from."""
        table, items = self._built.table, self._built.bridge.items
        size = len(bridge.CODES)
        used = np.isin(
            table["row"].to_numpy(np.int64) * size + table["code"].to_numpy(np.int64),
            items.row * size + items.code,
        )
        mine = table[used & (table["record"] != NO_INT).to_numpy(bool)].drop_duplicates(["row", "record"])
        case = self._number[mine["row"].to_numpy(np.int64)]
        record = mine["record"].to_numpy(np.int64)
        of_shop = np.isin(mine["code"].to_numpy(np.int64), [bridge.code_number(code) for code in _OF_ORDERS])
        calm = result.cases["kind"].to_numpy(object) == str(Kind.MATCHED)
        there = (case >= 0) & ~np.where(case >= 0, calm[case], False) if len(calm) else case >= 0
        return Legs.concat(
            Legs.of_side(Side.SHOP, case[there & of_shop], record[there & of_shop]),
            Legs.of_side(Side.ODOO, case[there & ~of_shop], record[there & ~of_shop]),
        )


def _codes(choice: tuple[tuple[str, int], ...]) -> str:
    return " + ".join(code for code, _ in choice)


def _said(choice: tuple[tuple[str, int], ...]) -> str:
    from recon_app.reconciliations._stock_words import item_text

    return " and ".join(item_text(code, quantity) for code, quantity in choice)
