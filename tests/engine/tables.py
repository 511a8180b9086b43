"""Readable tables for the tests of the engine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recon_app.engine.match import OUTCOMES, Entries, Linking, link
from recon_app.models.case import Strength
from recon_app.models.record import Side
from recon_app.models.rule import Amounts, Key, Rule, Transform

#: Reference, minor units, day and, where it is not EUR, the currency.
Row = tuple[str, int, int] | tuple[str, int, int, str]


def rule(
    name: str,
    transform: Transform | None,
    window: int | None = 5,
    amount: Amounts = Amounts.EQUAL,
    *,
    late: int | None = 10,
    same_currency: bool = True,
) -> Rule:
    """A rule from platform to Odoo on the field ``ref``; exact and order_ref make it strong."""
    strong = transform in (Transform.EXACT, Transform.ORDER_REF)
    strength = Strength.STRONG if strong else Strength.WEAK
    on = (Key("ref", "ref", transform),) if transform else ()
    sides = (Side.PLATFORM, Side.ODOO)
    return Rule(name, *sides, on, None if strong else window, strength, amount, late, same_currency)


REFERENCE = rule("reference", Transform.ORDER_REF)
REFERENCE_ONLY = rule("reference only", Transform.ORDER_REF, amount=Amounts.ANY)
NUMBER = rule("number", Transform.CORE, 30)
NUMBER_ONLY = rule("number only", Transform.CORE, amount=Amounts.ANY)
SIMILAR = rule("similar", Transform.SIMILAR)
CUT = rule("cut", Transform.CUT)
NO_REFERENCE = rule("no reference", Transform.ABSENT)
ALL = (REFERENCE, NUMBER, SIMILAR, REFERENCE_ONLY, NUMBER_ONLY, CUT, NO_REFERENCE)


def entries(rows: Sequence[Row]) -> Entries:
    return Entries(
        text={"ref": [row[0] for row in rows]},
        amount=np.array([row[1] for row in rows], dtype=np.int64),
        currency=[row[3] if len(row) == 4 else "EUR" for row in rows],
        day=np.array([row[2] for row in rows], dtype=np.int64),
    )


def linked(left: Sequence[Row], right: Sequence[Row], *rules: Rule) -> list[str]:
    """Each group in words: ``left rows - right rows: rule outcome``, rows counted from 0."""
    return described(link(entries(left), entries(right), rules), rules)


def described(linking: Linking, rules: Sequence[Rule]) -> list[str]:
    words = []
    for group, (number, outcome) in enumerate(zip(linking.rule, linking.outcome, strict=True)):
        sides = [np.flatnonzero(part == group).tolist() for part in (linking.left, linking.right)]
        left, right = (" ".join(map(str, rows)) for rows in sides)
        words.append(f"{left} - {right}: {rules[number].name} {OUTCOMES[outcome]}")
    return sorted(words)
