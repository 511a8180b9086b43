"""A rule says what it links, and one that could link by chance is no rule."""

from __future__ import annotations

import pytest

from recon_app.models.case import Strength
from recon_app.models.record import Side
from recon_app.models.rule import Amounts, Key, Rule, Transform


@pytest.mark.parametrize(
    ("transforms", "strength", "amount", "window"),
    [
        ((), Strength.EXACT, Amounts.EQUAL, 5),
        ((Transform.CORE,), Strength.STRONG, Amounts.EQUAL, 5),
        ((Transform.SIMILAR,), Strength.WEAK, Amounts.ANY, 5),
        ((Transform.CUT,), Strength.WEAK, Amounts.EQUAL, None),
        ((Transform.SIMILAR, Transform.EXACT), Strength.WEAK, Amounts.EQUAL, 5),
        ((Transform.ABSENT,), Strength.WEAK, Amounts.EQUAL, None),
        ((), Strength.WEAK, Amounts.ANY, 5),
    ],
)
def test_a_rule_that_could_link_by_chance_is_refused(
    transforms: tuple[Transform, ...], strength: Strength, amount: Amounts, window: int | None
) -> None:
    on = tuple(Key("ref", "ref", transform) for transform in transforms)
    with pytest.raises(ValueError, match="rule loose:"):
        Rule("loose", Side.PLATFORM, Side.ODOO, on, window, strength, amount)


@pytest.mark.parametrize(
    ("transforms", "strength", "amount", "window", "said"),
    [
        ((Transform.EXACT,), Strength.EXACT, Amounts.ANY, None, "strong reads"),
        ((Transform.ORDER_REF,), Strength.STRONG, Amounts.EQUAL, None, "strong reads"),
        ((Transform.EXACT, Transform.ORDER_REF), Strength.STRONG, Amounts.EQUAL, None, "strong reads"),
        ((Transform.CORE,), Strength.WEAK, Amounts.ANY, None, "reads"),
        ((Transform.SIMILAR,), Strength.WEAK, Amounts.EQUAL, 5, "guesses"),
        ((Transform.CUT,), Strength.WEAK, Amounts.EQUAL, 5, "guesses"),
        ((Transform.ABSENT,), Strength.WEAK, Amounts.EQUAL, 5, ""),
        ((Transform.CORE, Transform.ABSENT), Strength.WEAK, Amounts.EQUAL, 5, ""),
        ((), Strength.WEAK, Amounts.EQUAL, 5, ""),
    ],
)
def test_a_rule_trusts_reads_or_guesses_its_references(
    transforms: tuple[Transform, ...], strength: Strength, amount: Amounts, window: int | None, said: str
) -> None:
    on = tuple(Key("ref", "ref", transform) for transform in transforms)
    rule = Rule("sound", Side.PLATFORM, Side.ODOO, on, window, strength, amount)
    assert " ".join(name for name in ("strong", "reads", "guesses") if getattr(rule, name)) == said
    unequal = {Transform.SIMILAR, Transform.CUT, Transform.ABSENT}
    assert rule.equal_keys == tuple(key for key in on if key.transform not in unequal)
