"""Decisions that a comparison of stock stands on: which places belong together, which figures must agree.

They are asked once and kept as answers. Until then the run proposes what the loaded data leaves no doubt
about, and says so; whatever is in doubt stays a question, and those places are not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.models.quantity import QuantityError, parse_quantity
from recon_app.models.record import NO_INT, RecordType
from recon_app.reconciliations._asks import FIGURES, NOBODY, REASONS

Ints = NDArray[np.int64]
Frames = Mapping[RecordType, pd.DataFrame]

#: The unit of everything that names none: Shopify sells pieces.
PIECE = "Units"
_SEPARATOR = " | "
# Odoo keeps these outside of any warehouse; 19 leaves out the first part of their names.
_NOT_INSIDE = re.compile(
    r"(Partners|Virtual Locations|Physical Locations)(/|$)|(Customers|Vendors|Inventory adjustment|"
    r"Production|Scrap|Subcontracting Location|Inter-company transit)$"
)
_EXCLUDED_WORDS = {
    "quarantine": "quarantine",
    "quality control": "inspection",
    "inspection": "inspection",
    "damaged": "damaged",
    "scrap": "damaged",
    "consignment": "consigned",
}
# What one of these is needs no asking.
_KNOWN_UNITS = {"Dozens": "12 Units", "Dozen": "12 Units", "uom.product_uom_dozen": "12 Units"}
# An export that can be imported again names Odoo's own units by their external ids.
_PIECES = frozenset(
    {"", "units", "unit(s)", "unit", "pcs", "pieces", "piece", "stk", "each", "uom.product_uom_unit"}
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Policy:
    """The decisions of one run.

    Attributes:
        groups: Shopify locations that are compared as one: alone, or together where they share a place in
            Odoo, which then cannot be told apart (F12).
        places: Odoo location to group; children count to it unless they have an entry of their own.
        on_hand: Groups whose on hand is compared, instead of what is free to sell.
        safety: By group, millionths of a piece that are held back in Odoo.
        excluded: Odoo locations and owners whose stock is not for sale, with the reason.
        ratios: How many pieces one of each unit is.
        exported: Seconds UTC of the exports, by ``Shopify`` and ``Odoo``.
        unanswered: Shopify locations of which nobody said where they are in Odoo.
        proposals: Answers that were assumed.
        remarks: Open questions and what follows from them.
    """

    groups: tuple[tuple[str, ...], ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)
    on_hand: frozenset[int] = frozenset()
    safety: Mapping[int, int] = field(default_factory=dict)
    excluded: Mapping[str, str] = field(default_factory=dict)
    ratios: Mapping[str, Fraction] = field(default_factory=dict)
    exported: Mapping[str, int] = field(default_factory=dict)
    unanswered: tuple[str, ...] = ()
    proposals: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def name(self, group: int) -> str:
        """A group as it is called in sentences."""
        return " + ".join(self.groups[group])

    def group_of_shop(self) -> dict[str, int]:
        """Group of each Shopify location."""
        return {name: number for number, names in enumerate(self.groups) for name in names}

    def inside(self, locations: Iterable[str]) -> dict[str, int]:
        """Group of each Odoo location by its nearest mapped parent, -1 for those of none."""
        return {name: _nearest(name, self.places, -1) for name in set(locations)}

    def why_excluded(self, locations: Iterable[str]) -> dict[str, str]:
        """Why the stock of each Odoo location is not for sale, "" where it is."""
        return {name: _nearest(name, self.excluded, "") for name in set(locations)}


_T = TypeVar("_T")
_NEVER: Mapping[RecordType, tuple[int, int]] = {}
#: The records whose files tell when a side's stock was exported.
_FILES = {"Shopify": RecordType.INVENTORY_LEVEL, "Odoo": RecordType.STOCK_QUANT}


def _nearest(name: str, known: Mapping[str, _T], default: _T) -> _T:
    """What is known of a place or of the nearest one around it."""
    while name not in known and "/" in name:
        name = name.rpartition("/")[0]
    return known.get(name, default)


def policy(
    frames: Frames, answers: Mapping[str, str], written: Mapping[RecordType, tuple[int, int]] = _NEVER
) -> Policy:
    """Take the answers that a person gave, and propose what the data leaves no doubt about.

    Args:
        frames: Records by type.
        answers: Answers by name.
        written: When the records of a type held, by their files; see ``Inputs.written``.
    """
    asked = _Asked(answers)
    levels, quants = frames[RecordType.INVENTORY_LEVEL], frames[RecordType.STOCK_QUANT]
    shops = sorted(set(levels["location"]))
    inside = sorted(name for name in set(quants["location"]) if not _NOT_INSIDE.match(name))
    chosen = asked.places(shops, inside)
    groups = _groups(chosen)
    number = {shop: place for place, names in enumerate(groups) for shop in names}
    places = {name: number[shop] for shop, names in chosen.items() for name in names}
    has_available = set(levels["location"][levels["available"] != NO_INT])
    on_hand = {number[shop] for shop in chosen if asked.figure(shop) or shop not in has_available}
    safety = {number[shop]: asked.safety(shop) for shop in chosen}
    found = Policy(
        groups=groups,
        places=places,
        on_hand=frozenset(on_hand),
        safety={group: quantity for group, quantity in safety.items() if quantity},
        excluded=asked.excluded(inside, places),
        ratios=asked.ratios(_units(frames)),
        exported=asked.exported(levels, written),
        unanswered=tuple(asked.unanswered),
        proposals=asked.proposals,
        remarks=asked.remarks,
    )
    _remark(found, inside, shops)
    return found


def ratios(units: Iterable[str], answers: Mapping[str, str]) -> tuple[dict[str, Fraction], list[str]]:
    """How many pieces one of each unit is, as far as it is known, and remarks on answers nobody can read."""
    asked = _Asked(answers)
    return asked.ratios(sorted(set(units))), asked.remarks


def is_inside(location: str) -> bool:
    """Whether a location of Odoo is one of a warehouse."""
    return not _NOT_INSIDE.match(location)


def not_for_sale(location: str) -> str:
    """Why the stock of a location is not for sale, as its name tells; "" where it does not tell."""
    last = location.rpartition("/")[2].casefold()
    return next((why for word, why in _EXCLUDED_WORDS.items() if word in last), "")


def _groups(chosen: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Put Shopify locations together that have an Odoo location in common."""
    groups: list[tuple[set[str], list[str]]] = []
    for shop, places in chosen.items():
        own, names = set(places), [shop]
        apart = []
        for other, others in groups:
            if other & own:
                own, names = own | other, others + names
            else:
                apart.append((other, others))
        groups = [*apart, (own, names)]
    return tuple(sorted(tuple(sorted(names)) for _, names in groups))


def _units(frames: Frames) -> list[str]:
    kinds = (RecordType.STOCK_QUANT, RecordType.ODOO_PRODUCT, RecordType.INVENTORY_LEVEL)
    return sorted({unit for kind in (*kinds, RecordType.STOCK_MOVE) for unit in set(frames[kind]["unit"])})


class _Asked:
    """Looks answers up, and keeps what was assumed in their place."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers
        self.proposals: dict[str, str] = {}
        self.remarks: list[str] = []
        self.unanswered: list[str] = []

    def _answer(self, name: str, proposal: str = "") -> str:
        given = self._answers.get(name, "")
        if given:
            return "" if given == NOBODY else given
        if proposal:
            self.proposals[name] = proposal
        return proposal

    def places(self, shops: list[str], inside: list[str]) -> dict[str, tuple[str, ...]]:
        """The Odoo locations of each Shopify location that has any."""
        roots = sorted({name.partition("/")[0] for name in inside})
        chosen = {}
        for shop in shops:
            answer = self._answer(f"stock_location.{shop}", _proposed(shop, shops, roots, inside))
            names = tuple(name.strip() for name in answer.split(_SEPARATOR) if name.strip())
            if names:
                chosen[shop] = names
            elif inside and f"stock_location.{shop}" not in self._answers:
                self.unanswered.append(shop)
                self.remarks.append(
                    f"Nobody said where the stock of the Shopify location '{shop}' is in Odoo, so it is not "
                    f"compared; answer stock_location.{shop} with one or more of: {', '.join(inside[:12])}, "
                    'or "-" for none'
                )
        return chosen

    def figure(self, shop: str) -> bool:
        """Whether on hand is compared."""
        answer = self._answer(f"stock_figure.{shop}")
        if answer and answer not in FIGURES:
            self.remarks.append(
                f"stock_figure.{shop} is '{answer}'; write {' or '.join(FIGURES)}. {FIGURES[0]} was taken"
            )
        return answer == FIGURES[1]

    def safety(self, shop: str) -> int:
        """Millionths of a piece that are held back."""
        answer = self._answer(f"safety_stock.{shop}")
        try:
            return parse_quantity(answer) if answer else 0
        except QuantityError:
            self.remarks.append(f"safety_stock.{shop} is '{answer}', which is no quantity; 0 was taken")
            return 0

    def excluded(self, inside: list[str], places: Mapping[str, int]) -> dict[str, str]:
        """Locations and owners whose stock is not for sale."""
        found = {}
        for name in inside:
            if _nearest(name, places, -1) < 0:
                continue
            if answer := self._answer(f"excluded.{name}", not_for_sale(name)):
                found[name] = answer
        for name, value in self._answers.items():
            word, _, about = name.partition(".")
            if word == "excluded" and value != NOBODY:
                found[about] = value
        wrong = sorted(set(found.values()) - set(REASONS))
        if wrong:
            self.remarks.append(
                f"A reason for not selling stock is one of {', '.join(REASONS)}; '{wrong[0]}' is taken as "
                "quarantine"
            )
        return found

    def ratios(self, units: list[str]) -> dict[str, Fraction]:
        """How many pieces one of each unit is, as far as the answers tell."""
        ratios = {unit: Fraction(1) for unit in units if unit.casefold() in _PIECES}
        ratios.setdefault("", Fraction(1))
        ratios.setdefault(PIECE, Fraction(1))
        told = {name.partition(".")[2] for name in self._answers if name.startswith("unit.")}
        equal = []
        for unit in sorted({*units, *told}):
            answer = self._answer(f"unit.{unit}", _KNOWN_UNITS.get(unit, "")) if unit else ""
            if answer:
                equal.append((unit, *self._amount(unit, answer)))
        # an answer may speak of one that no file has
        others = sorted(set(_KNOWN_UNITS) - {*units, *told})
        equal += [(unit, *self._amount(unit, _KNOWN_UNITS[unit])) for unit in others]
        for _ in equal:  # each round can settle units that the one before made known
            for unit, many, other in equal:
                if many and other in ratios:
                    ratios.setdefault(unit, many * ratios[other])
                elif many and unit in ratios:
                    ratios.setdefault(other, ratios[unit] / many)
        return ratios

    def _amount(self, unit: str, answer: str) -> tuple[Fraction, str]:
        """``12 Units`` as a number and a unit; 0 for what cannot be read."""
        number, _, other = answer.strip().partition(" ")
        try:
            many = Fraction(number)
        except (ValueError, ZeroDivisionError):
            many = Fraction(0)
        if many <= 0 or not other.strip():
            self.remarks.append(
                f"unit.{unit} is '{answer}'; write how many of another unit, as in '12 Units'"
            )
            return Fraction(0), ""
        return many, other.strip()

    def exported(self, levels: pd.DataFrame, written: Mapping[RecordType, tuple[int, int]]) -> dict[str, int]:
        """When each side was exported, seconds UTC, as far as it is known.

        The records know best, then a person, then the time of the file.
        """
        found = {}
        at = levels["at"].to_numpy(np.int64)
        if len(at) and (at != NO_INT).all():
            found["Shopify"] = int(at.max())
        for side in ("Shopify", "Odoo"):
            answer = self._answer(f"exported_at.{side}")
            try:
                moment = datetime.fromisoformat(answer) if answer else None
            except ValueError:
                moment = None
            if side in found:
                continue  # the file knows better than an answer for an earlier one
            if moment is not None and moment.tzinfo is not None:
                found[side] = int((moment - _EPOCH).total_seconds())
            elif answer:
                self.remarks.append(
                    f"exported_at.{side} is '{answer}'; write a time with its zone: 2026-11-23T09:30+01:00"
                )
            elif _FILES[side] in written:
                found[side] = written[_FILES[side]][1]
        return found


def _proposed(shop: str, shops: list[str], roots: list[str], inside: list[str]) -> str:
    """The place in Odoo that a Shopify location must mean, "" where it could be another one."""
    named = {name for name in (*roots, *inside) if name.casefold() == shop.casefold()}
    if len(named) == 1:
        return named.pop()
    return roots[0] if len(shops) == len(roots) == 1 else ""


def _remark(found: Policy, inside: list[str], shops: list[str]) -> None:
    for group, names in enumerate(found.groups):
        if len(names) > 1:
            common = sorted(name for name, number in found.places.items() if number == group)
            found.remarks.append(
                f"The Shopify locations {' and '.join(map(repr, names))} have the same place in Odoo "
                f"({', '.join(common)}), so their stock cannot be told apart; give each its own"
            )
    for place, group in found.places.items():
        if not any(name == place or name.startswith(f"{place}/") for name in inside):
            found.remarks.append(
                f"The Odoo location '{place}' of '{found.name(group)}' has no stock in the exports of Odoo; "
                f"known are {', '.join(inside[:12]) or 'none'}"
            )
    outside = [name for name in inside if _nearest(name, found.places, -1) < 0]
    if outside and shops:
        found.remarks.append(
            f"The stock of these Odoo locations belongs to no Shopify location: {', '.join(outside[:12])}"
            + (f" and {len(outside) - 12} more" if len(outside) > 12 else "")
        )
