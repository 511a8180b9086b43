"""The figures of each product at each place, on both sides, in one unit.

``Not stocked`` and blank are no figures and never 0. Odoo keeps no row for a product that has nothing at a
place, so a product that Odoo knows has 0 there; one that Odoo does not know has no figure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine import kits, units
from recon_app.engine.normalise import span_hashes, spans
from recon_app.models.record import NO_INT, RecordType
from recon_app.models.rule import Transform
from recon_app.reconciliations._stock_policy import PIECE, Policy

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Texts = NDArray[np.object_]
Frames = Mapping[RecordType, pd.DataFrame]

NOT_STOCKED = "not stocked"
#: Stands between the parts of a key; no file has it in its cells.
SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Index:
    """Which row a product at a place has.

    Attributes:
        skus: SKU by code; products without one have the way they are called, behind a separator.
        lots: Lot by code, "" for all lots together.
        sku: Code of each row.
        group: Group of each row.
        groups: Number of groups.
    """

    skus: Texts
    lots: Texts
    sku: Ints
    group: Ints
    groups: int

    def __len__(self) -> int:
        return len(self.sku)

    def rows(self, sku: Ints, group: Ints) -> Ints:
        """Row of each product and group, -1 where there is none."""
        cells = self.sku * self.groups + self.group
        wanted = sku * self.groups + group
        place = np.minimum(np.searchsorted(cells, wanted), max(len(cells) - 1, 0))
        if not len(cells):
            return np.full(len(sku), -1, np.int64)
        return np.where((sku >= 0) & (group >= 0) & (cells[place] == wanted), place, -1)

    def codes(self, texts: pd.Series) -> Ints:
        """Code of each SKU, -1 for those that have no row. Products that are kept by lot have none."""
        return pd.Index(self.skus).get_indexer(pd.Index(texts)).astype(np.int64)


@dataclass
class Figures:
    """What both sides say of each row of the index, NO_INT for nothing.

    All quantities are millionths of ``unit``.

    Attributes:
        index: The rows.
        unit: Unit of all quantities.
        level_row: Row of each inventory level, -1 for those that are not compared.
        quant_row: Row of each quant, -1 likewise.
        levels: How many variants the shop has for the row.
        stocked: Whether the shop keeps it there and gives a figure.
        available: Shop: what can be sold.
        shop_hand: Shop: on hand.
        committed: Shop: promised to orders.
        unavailable: Shop: on hand but not for sale.
        known: Whether Odoo knows the product.
        quants: How many quants Odoo has.
        on_hand: Odoo: all of it.
        reserved: Odoo: reserved of what is for sale.
        quarantine: Odoo: not for sale.
        consigned: Odoo: belongs to somebody else and is not for sale.
        free: Odoo: what is left to sell, safety stock taken off.
        strange: Rows with a unit that nobody gave a ratio for.
        packed: Rows where a unit is not a piece, with its ratio in pieces times the denominator.
        own: Odoo: on hand in its own unit, for a figure that nobody converted.
        worth: Minor units of what Odoo values, NO_INT where it does not say.
        valued: Quantity that ``worth`` is for.
        currency: Currency of ``worth``.
        twins: Rows whose SKU several products of Odoo have.
        kit: Rows of kits: Odoo's figures are what their components make.
        notes: Facts for single rows.
    """

    index: Index
    unit: str
    level_row: Ints
    quant_row: Ints
    levels: Ints
    stocked: Mask
    available: Ints
    shop_hand: Ints
    committed: Ints
    unavailable: Ints
    known: Mask
    quants: Ints
    on_hand: Ints
    reserved: Ints
    quarantine: Ints
    consigned: Ints
    free: Ints
    strange: Mask
    packed: Ints
    own: Ints
    worth: Ints
    valued: Ints
    currency: Texts
    twins: Mask
    kit: Mask
    notes: dict[int, list[str]]


def names_of(frame: pd.DataFrame, called: pd.Series, lots: frozenset[str] = frozenset()) -> pd.Series:
    """What each record's product is called: its SKU (and lot), else how its file calls it."""
    sku = frame["sku"]
    nameless = (sku == "").to_numpy(bool)
    if nameless.any():
        sku = sku.mask(nameless, SEPARATOR + called)
    if lots:
        sku = sku.mask(sku.isin(lots).to_numpy(bool), sku + SEPARATOR + frame["lot"])
    return sku.astype(object)


def odoo_names(frame: pd.DataFrame, lots: frozenset[str] = frozenset()) -> pd.Series:
    """What Odoo's records call their products."""
    return names_of(frame, frame["ref2"], lots)


def figures(frames: Frames, policy: Policy) -> Figures:
    """Find the rows and fill in what both sides say of them."""
    levels, quants = frames[RecordType.INVENTORY_LEVEL], frames[RecordType.STOCK_QUANT]
    lots = frozenset(levels["sku"][levels["lot"] != ""]) - {""}
    variants = levels["grp"] + SEPARATOR + levels["ref2"]
    names = [names_of(levels, variants, lots), odoo_names(quants, lots)]
    places = policy.inside(quants["location"])
    level_group = levels["location"].map(policy.group_of_shop()).fillna(-1).to_numpy(np.int64)
    quant_group = quants["location"].map(places).to_numpy(np.int64)
    sku, uniques = pd.factorize(pd.concat(names, ignore_index=True), sort=True)
    group = np.concatenate([level_group, quant_group])
    count = max(len(policy.groups), 1)
    inside = group >= 0
    cells, place = np.unique(sku[inside] * count + group[inside], return_inverse=True)
    row = np.full(len(group), -1, np.int64)
    row[inside] = place
    texts = np.asarray(uniques, object)
    parts = [name.split(SEPARATOR, 1) if not name.startswith(SEPARATOR) else [name] for name in texts]
    index = Index(
        texts,
        np.array([part[1] if len(part) > 1 else "" for part in parts], object),
        cells // count,
        cells % count,
        count,
    )
    level_row, quant_row = row[: len(levels)], row[len(levels) :]
    found = _Filling(frames, policy, index).fill(level_row, quant_row)
    _fill_kits(found, frames, policy)
    return found


class _Filling:
    """Adds records up row by row of the index, in one unit."""

    def __init__(self, frames: Frames, policy: Policy, index: Index) -> None:
        self._frames = frames
        self._policy = policy
        self._index = index
        self._common = units.denominator(policy.ratios)

    def fill(self, level_row: Ints, quant_row: Ints) -> Figures:
        """The figures of all rows."""
        index, count = self._index, len(self._index)
        shop = self._shop(level_row)
        odoo = self._odoo(quant_row)
        known, twins, product_unit = self._products()
        has_quant = odoo["quants"] > 0
        known |= has_quant
        for name in ("on_hand", "reserved", "quarantine", "consigned"):
            odoo[name] = np.where(known, odoo[name], NO_INT)
        safety = np.zeros(index.groups, np.int64)
        for group, quantity in self._policy.safety.items():
            safety[group] = quantity * self._common
        free = odoo["on_hand"] - odoo["reserved"] - odoo["quarantine"] - odoo["consigned"]
        ratio = np.where(odoo["ratio"] > 0, odoo["ratio"], product_unit)
        return Figures(
            index=index,
            unit=PIECE if self._common == 1 else f"1/{self._common} {PIECE}",
            level_row=level_row,
            quant_row=quant_row,
            levels=np.bincount(level_row[level_row >= 0], minlength=count).astype(np.int64),
            stocked=shop["stocked"].astype(np.bool_),
            available=shop["available"],
            shop_hand=shop["quantity"],
            committed=shop["reserved"],
            unavailable=shop["unavailable"],
            known=known,
            quants=odoo["quants"],
            on_hand=odoo["on_hand"],
            reserved=odoo["reserved"],
            quarantine=odoo["quarantine"],
            consigned=odoo["consigned"],
            free=np.where(known, free - safety[index.group] if count else free, NO_INT),
            strange=shop["strange"].astype(np.bool_) | odoo["strange"].astype(np.bool_),
            packed=np.where(ratio == self._common, 0, ratio),
            own=odoo["own"],
            worth=odoo["worth"],
            valued=odoo["valued"],
            currency=self._currency(quant_row),
            twins=twins,
            kit=np.zeros(count, np.bool_),
            notes={},
        )

    def _reduced(self, frame: pd.DataFrame, name: str) -> units.Reduced:
        return reduced(frame, name, self._policy)

    def _ratios(self, unit: pd.Series) -> Ints:
        """How many pieces times the denominator one of each unit is, 0 where nobody said."""
        known = {name: int(ratio * self._common) for name, ratio in self._policy.ratios.items()}
        return unit.map(known).fillna(0).to_numpy().astype(np.int64)

    def _shop(self, row: Ints) -> dict[str, Ints]:
        frame = self._frames[RecordType.INVENTORY_LEVEL]
        here = np.flatnonzero(row >= 0)
        mine = frame.iloc[here]
        rows = row[here]
        columns = {}
        strange = np.zeros(len(self._index), np.int64)
        for name in ("available", "quantity", "reserved"):
            each = self._reduced(mine, name)
            columns[name] = _filled(each.numerators, rows, len(self._index))
            strange[rows[each.unknown]] = 1
        parts = [columns[name] for name in ("quantity", "available", "reserved")]
        complete = np.logical_and.reduce([part != NO_INT for part in parts])
        columns["unavailable"] = np.where(complete, parts[0] - parts[1] - parts[2], NO_INT)
        columns["stocked"] = ((parts[0] != NO_INT) | (parts[1] != NO_INT)).astype(np.int64)
        columns["strange"] = strange
        return columns

    def _odoo(self, row: Ints) -> dict[str, Ints]:
        frame = self._frames[RecordType.STOCK_QUANT]
        here = np.flatnonzero(row >= 0)
        mine, rows, count = frame.iloc[here], row[here], len(self._index)
        quantity, reserved = self._reduced(mine, "quantity"), self._reduced(mine, "reserved")
        on_hand = np.where(quantity.numerators == NO_INT, 0, quantity.numerators)
        promised = np.where(reserved.numerators == NO_INT, 0, reserved.numerators)
        owners = owners_of(mine)
        reason = self._reasons(mine, owners)
        held, theirs = (reason != "") & (reason != "consigned"), reason == "consigned"
        worth = mine["amount"].to_numpy(np.int64)
        # goods of somebody else are sold but not valued (rule STK-05)
        valued = (owners == "") & (worth != NO_INT)
        ratio = np.zeros(count, np.int64)
        ratio[rows] = self._ratios(mine["unit"])
        strange = np.zeros(count, np.int64)
        strange[rows[quantity.unknown]] = 1
        own = mine["quantity"].to_numpy(np.int64)
        total_worth = _added(np.where(valued, worth, 0), rows, count)
        return {
            "quants": np.bincount(rows, minlength=count).astype(np.int64),
            "on_hand": _added(on_hand, rows, count),
            "reserved": _added(np.where(held | theirs, 0, promised), rows, count),
            "quarantine": _added(np.where(held, on_hand, 0), rows, count),
            "consigned": _added(np.where(theirs, on_hand, 0), rows, count),
            "own": _added(np.where(own == NO_INT, 0, own), rows, count),
            "ratio": ratio,
            "strange": strange,
            "worth": np.where(_added(valued.astype(np.int64), rows, count) > 0, total_worth, NO_INT),
            "valued": _added(np.where(valued, on_hand, 0), rows, count),
        }

    def _reasons(self, quants: pd.DataFrame, owners: Texts) -> Texts:
        """Why each quant is not for sale, "" where it is."""
        why = self._policy.why_excluded(quants["location"])
        of_owner = {owner: self._policy.excluded.get(owner, "") if owner else "" for owner in set(owners)}
        by_owner = pd.Series(owners, dtype=object).map(of_owner).to_numpy(object)
        by_place = quants["location"].map(why).to_numpy(object)
        return np.where(by_owner != "", by_owner, by_place).astype(object)

    def _currency(self, row: Ints) -> Texts:
        frame = self._frames[RecordType.STOCK_QUANT]
        found = np.full(len(self._index), "", object)
        here = (row >= 0) & (frame["currency"] != "").to_numpy(bool)
        found[row[here]] = frame["currency"].to_numpy(object)[here]
        return found

    def _products(self) -> tuple[Mask, Mask, Ints]:
        """Rows whose product Odoo knows, those whose SKU several products have, and the unit's ratio."""
        products = self._frames[RecordType.ODOO_PRODUCT]
        index = self._index
        code = index.codes(odoo_names(products))
        there = code >= 0
        number = np.bincount(code[there], minlength=len(index.skus))
        elsewhere = index.codes(odoo_names(self._frames[RecordType.STOCK_QUANT]))
        seen = number > 0
        seen[elsewhere[elsewhere >= 0]] = True
        ratio = np.zeros(len(index.skus), np.int64)
        ratio[code[there]] = self._ratios(products["unit"][there])
        return seen[index.sku], (number > 1)[index.sku], ratio[index.sku]


def reduced(frame: pd.DataFrame, name: str, policy: Policy) -> units.Reduced:
    """A column of quantities in pieces over the common denominator of all units."""
    common = units.denominator(policy.ratios)
    return units.reduce(frame[name].to_numpy(np.int64), frame["unit"].tolist(), policy.ratios, common)


def owners_of(quants: pd.DataFrame) -> Texts:
    """Whom each quant belongs to, "" for the company itself."""
    found = np.full(len(quants), "", object)
    some = np.flatnonzero((quants["grp"] != "").to_numpy(bool))
    for place in some.tolist():
        found[place] = str(json.loads(quants["extra"].iloc[place] or "{}").get("owner", ""))
    return found


def _added(values: Ints, rows: Ints, count: int) -> Ints:
    total = np.zeros(count, np.int64)
    np.add.at(total, rows, values)
    return total


def _filled(values: Ints, rows: Ints, count: int) -> Ints:
    """Sums of what is there; rows without any value have none."""
    there = values != NO_INT
    total = _added(np.where(there, values, 0), rows, count)
    total[_added(there.astype(np.int64), rows, count) == 0] = NO_INT
    return total


def _fill_kits(found: Figures, frames: Frames, policy: Policy) -> None:
    """Give kits the figures that their components make, each from its own (STK-03, STK-04)."""
    parts = kit_parts(frames, policy)
    index = found.index
    code_of = {name: code for code, name in enumerate(index.skus.tolist()) if name in parts.needs}
    row_of = {name: np.flatnonzero(index.sku == code).tolist() for name, code in code_of.items()}
    for name, rows in row_of.items():
        needs = parts.needs[name]
        codes = index.codes(pd.Series(list(needs), dtype=object))
        for row in rows:
            at = index.rows(codes, np.full(len(codes), index.group[row]))
            for column in (found.free, found.on_hand):
                column[row] = _buildable(needs, column, at, found)
            found.kit[row], found.known[row] = True, True
            found.quarantine[row] = found.consigned[row] = 0
            found.reserved[row] = NO_INT  # the parts are reserved, and taken off each of them
            shared = [part for part in needs if part in parts.shared]
            found.notes[row] = [
                f"{part} is also a part of {', '.join(kit for kit in parts.shared[part] if kit != name)}: "
                "their figures cannot be added up"
                for part in shared
            ]
    for name in parts.circular & set(code_of):
        found.notes.setdefault(row_of[name][0], []).append(f"{name} is a part of itself")


def _buildable(needs: Mapping[str, Fraction], column: Ints, at: Ints, found: Figures) -> int:
    one = 1 if found.unit == PIECE else int(found.unit.partition(" ")[0].partition("/")[2])
    own = {
        part: None
        if row >= 0 and found.strange[row]
        else Fraction(max(int(column[row]), -(2**62)), one)
        if row >= 0 and column[row] != NO_INT
        else Fraction(0)
        for part, row in zip(needs, at.tolist(), strict=True)
    }
    made = kits.buildable({part: need * 10**6 for part, need in needs.items()}, own)
    return NO_INT if made is None else made * 10**6 * one


def kit_parts(frames: Frames, policy: Policy) -> kits.Kits:
    """Kits taken apart; needs are in pieces of the component for one kit."""
    lines = frames[RecordType.KIT_COMPONENT]
    mine = lines[(lines["status"] == "phantom") & (lines["grp"] != "") & (lines["quantity"] > 0)]
    found = []
    for kit, sku, quantity, unit, extra in zip(
        mine["grp"], mine["sku"], mine["quantity"], mine["unit"], mine["extra"], strict=True
    ):
        per = int(json.loads(extra or "{}").get("per", 10**6)) or 10**6
        need = Fraction(int(quantity), per) * policy.ratios.get(unit, Fraction(1))
        if sku:
            found.append(kits.Component(kit, sku, need))
    return kits.take_apart(found)


def case_keys(index: Index, policy: Policy, word: str = "") -> Ints:
    """Keys of the cases, stable over runs: made from SKU, lot and place."""
    names = [policy.name(group) for group in range(len(policy.groups))] or [""]
    texts = [
        f"{word}{sku}{SEPARATOR}{names[group]}"
        for sku, group in zip(index.skus[index.sku].tolist(), index.group.tolist(), strict=True)
    ]
    return span_hashes(spans(texts, Transform.EXACT))
