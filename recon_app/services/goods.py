"""Look at a result of goods place by place: where there is something, and the figures of one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from recon_app.models.case import CALM, Kind, State
from recon_app.models.record import Side
from recon_app.services.listing import scope_of
from recon_app.services.summary import UnitTotal
from recon_app.store import results, scopes
from recon_app.store.workspace import Workspace

_SETTLED = frozenset({State.ACCEPTED, State.VERIFIED})
_OPEN = frozenset({State.OPEN, State.REOPENED})


@dataclass(frozen=True)
class PlaceFigures:
    """Figures of one pair of sides at one place, or everywhere.

    Attributes:
        counts: Cases per kind.
        open_count: Cases that still need a person.
        quantities: Differences per unit, millionths; too much and too little apart.
        values: What they are worth per currency, minor units, in the same form: ``unit`` is the currency.
    """

    counts: dict[Kind, int]
    open_count: int
    quantities: list[UnitTotal]
    values: list[UnitTotal]


def places(ws: Workspace, name: str, sides: tuple[Side, ...]) -> list[str]:
    """The places of the newest run that a pair of sides has cases at."""
    last = results.latest_run(ws, name)
    return [] if last is None else scopes.groups(ws, last.id, scope_of(name, sides))


def figures(ws: Workspace, name: str, sides: tuple[Side, ...], place: str | None) -> PlaceFigures:
    """Figures of the newest run for a pair of sides, at one place or everywhere."""
    last = results.latest_run(ws, name)
    rows = [] if last is None else scopes.figures(ws, last.id, scope_of(name, sides, place))
    counts: dict[Kind, int] = {}
    for row in rows:
        counts[Kind(row.kind)] = counts.get(Kind(row.kind), 0) + row.count
    waiting = sum(row.count for row in rows if Kind(row.kind) not in CALM and State(row.state) in _OPEN)
    quantities = ((row.unit, _is_open(row), row.plus, row.minus) for row in rows if row.unit)
    values = ((row.currency, _is_open(row), row.value_plus, row.value_minus) for row in rows if row.currency)
    return PlaceFigures(counts, waiting, _totals(quantities), _totals(values))


def _is_open(row: scopes.FigureRow) -> bool:
    return Kind(row.kind) not in CALM and State(row.state) not in _SETTLED


def _totals(parts: Iterable[tuple[str, bool, int, int]]) -> list[UnitTotal]:
    """Add up (unit, open, plus, minus) by unit."""
    sums: dict[str, list[int]] = {}
    for unit, is_open, plus, minus in parts:
        total = sums.setdefault(unit, [0, 0, 0, 0])
        for place, more in enumerate((plus, minus, plus * is_open, minus * is_open)):
            total[place] += more
    return [UnitTotal(unit, *total) for unit, total in sorted(sums.items())]
