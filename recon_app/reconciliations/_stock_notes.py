"""What the sentences of single cases need: both sides' figures, the bridge, the records behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recon_app.engine import bridge
from recon_app.engine.cases import Ints, Legs
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, Side
from recon_app.reconciliations import _stock_bridge as bridges
from recon_app.reconciliations._base import Result
from recon_app.reconciliations._stock_figures import SEPARATOR
from recon_app.reconciliations._stock_rows import Rows

Mask = NDArray[np.bool_]

#: Figures that are kept, by their names in :class:`Figures`.
_FIGURES = (
    *("available", "shop_hand", "committed", "unavailable"),
    *("free", "on_hand", "reserved", "quarantine", "consigned"),
)
#: So many records of one item are kept by name, and so many ways of making up a rest.
_MOST_RECORDS, _MOST_CHOICES = 5, 4
#: Items whose records are lines of the shop's orders; those of all others are Odoo's.
_OF_ORDERS = (
    "orders_not_imported",
    "cancelled_in_odoo",
    "fulfilled_not_delivered",
    "picked_not_fulfilled",
    "committed_not_reserved",
    "returned_on_one_side",
)


class Notes:
    """Writes down what the sentences of the cases that are no match need."""

    def __init__(self, state: Rows, built: bridges.Built, number: Ints) -> None:
        self._state = state
        self._built = built
        self._number = number
        self._archived = {side: set(np.flatnonzero(mask).tolist()) for side, mask in state.archived().items()}
        # Python numbers: a few hundred thousand rows may be written down
        self._columns = {name: getattr(state.figures, name).tolist() for name in _FIGURES}
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
        group = int(index.group[row])
        note: dict[str, Any] = {
            "sku": sku,
            "called": called,
            "lot": str(index.lots[index.sku[row]]),
            "location": state.policy.name(group),
            "places": self._places[group],
            "pair": "on_hand" if state.by_hand[row] else "available",
            "figures": {key: column[row] for key, column in self._columns.items() if column[row] != NO_INT},
            "variants": int(found.levels[row]),
            "twins": bool(found.twins[row]),
            "stocked": bool(state.shop[row] != NO_INT),
            "warnings": list(found.notes.get(row, [])),
        }
        if safety := state.policy.safety.get(group):
            note["figures"]["safety"] = safety
        note["archived"] = [side for side, rows in self._archived.items() if row in rows]
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
