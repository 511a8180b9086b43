"""Kits: what can be built from their components, each with its own figure (rules STK-03 and STK-04)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True)
class Component:
    """One line of a bill of materials.

    Attributes:
        kit: Code of the kit.
        code: Code of the component; it may be a kit itself.
        need: How many of the component one kit takes, in the component's reference unit; above 0.
    """

    kit: str
    code: str
    need: Fraction


@dataclass(frozen=True)
class Kits:
    """Kits taken apart to what lies on a shelf.

    Attributes:
        needs: By kit, how many of each component that is no kit one of it takes.
        circular: Kits that contain themselves; they cannot be taken apart and have no needs.
        shared: By component, the kits that take it, where there are several: their figures cannot be summed.
    """

    needs: Mapping[str, Mapping[str, Fraction]]
    circular: frozenset[str] = frozenset()
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def take_apart(lines: Iterable[Component]) -> Kits:
    """Replace components that are kits by their own components, however deep.

    Raises:
        ValueError: a line takes nothing of its component.
    """
    direct: dict[str, dict[str, Fraction]] = {}
    for line in lines:
        if line.need <= 0:
            raise ValueError(f"{line.kit} takes {line.need} of {line.code}")
        parts = direct.setdefault(line.kit, {})
        parts[line.code] = parts.get(line.code, Fraction(0)) + line.need
    order, circular = _from_the_parts_up(direct)
    needs: dict[str, dict[str, Fraction]] = {}
    for kit in order:
        total: dict[str, Fraction] = {}
        for code, need in direct[kit].items():
            for part, each in needs.get(code, {code: Fraction(1)}).items():
                total[part] = total.get(part, Fraction(0)) + need * each
        needs[kit] = total
    users: dict[str, list[str]] = {}
    for kit, parts in needs.items():
        for part in parts:
            users.setdefault(part, []).append(kit)
    shared = {part: tuple(sorted(kits)) for part, kits in users.items() if len(kits) > 1}
    return Kits(needs, circular, shared)


def _from_the_parts_up(direct: Mapping[str, Mapping[str, Fraction]]) -> tuple[list[str], frozenset[str]]:
    """Kits in an order in which their parts come first, and those for which there is none."""
    waiting = {kit: sum(code in direct for code in parts) for kit, parts in direct.items()}
    users: dict[str, list[str]] = {}
    for kit, parts in direct.items():
        for code in parts:
            if code in direct:
                users.setdefault(code, []).append(kit)
    ready = sorted(kit for kit, count in waiting.items() if not count)
    order = []
    while ready:
        kit = ready.pop()
        order.append(kit)
        for user in users.get(kit, ()):
            waiting[user] -= 1
            if not waiting[user]:
                ready.append(user)
    return order, frozenset(direct) - frozenset(order)


def buildable(needs: Mapping[str, Fraction], figures: Mapping[str, Fraction | None]) -> int | None:
    """How many kits the components make: the smallest whole number of any of them.

    Whatever is to be subtracted (reserved, quarantined, promised) must be subtracted from each component's
    figure before: the smallest of the differences is not the difference of the smallest.

    Args:
        needs: How many of each component one kit takes.
        figures: Quantity of each component in the same unit; a component without an entry has none (0),
            None says that its figure is not known.

    Returns:
        The number of kits, below 0 when a component is short; None when a figure is not known.
    """
    numbers = []
    for code, need in needs.items():
        figure = figures.get(code, Fraction(0))
        if figure is None:
            return None
        numbers.append(figure / need)
    return min((number.numerator // number.denominator for number in numbers), default=None)
