"""Say in plain words why two records are linked, or why they are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recon_app.engine.normalise import normalised
from recon_app.engine.similar import nearly
from recon_app.models.case import Evidence
from recon_app.models.money import Money
from recon_app.models.record import NO_INT, Record, Side
from recon_app.models.rule import GUESSES, Amounts, Key, Rule, Transform

_FIELD_WORDS = {"ref": "order reference", "ref2": "second reference", "ident": "id", "grp": "group"}
_SIDE_WORDS = {**{side: str(side) for side in Side}, Side.ODOO: "Odoo"}


def why_not(left: Record, right: Record, rules: Sequence[Rule], rival: str = "") -> tuple[Evidence, ...]:
    """Say rule by rule which comparison keeps two records apart.

    Args:
        left: One record.
        right: The other, of another side.
        rules: The rules of the reconciliation, in order.
        rival: What one of them is linked to instead, in words, when that is known.

    Returns:
        One sentence for each rule that compares these two sides.
    """
    sides = (left.type.side, right.type.side)
    if not any(sides in _both_ways(rule) for rule in rules):
        return (
            Evidence(
                "none", f"No rule compares {_SIDE_WORDS[sides[0]]} with {_SIDE_WORDS[sides[1]]} records."
            ),
        )
    found = []
    for rule in rules:
        if sides in _both_ways(rule):
            one, other = (left, right) if (rule.left, rule.right) == sides else (right, left)
            apart = [text for text, agrees in _comparisons(one, other, rule) if not agrees]
            found.append(Evidence(rule.name, _sentence(apart or [_rivals(rule, rival)])))
    return tuple(found)


def why(left: Record, right: Record, rule: Rule) -> Evidence:
    """Say what a rule compared of two records that it linked, whatever agrees and whatever does not."""
    return Evidence(rule.name, _sentence([text for text, _ in _comparisons(left, right, rule)]))


def _both_ways(rule: Rule) -> tuple[tuple[Side, Side], tuple[Side, Side]]:
    return (rule.left, rule.right), (rule.right, rule.left)


def _sentence(parts: Sequence[str]) -> str:
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _rivals(rule: Rule, rival: str) -> str:
    if rival:
        return f"all agrees, but {rival} was linked first"
    if rule.strong:
        return "all agrees, but a record with the same values was linked first"
    return "all agrees, but another record fits as well or was linked first"


def _comparisons(left: Record, right: Record, rule: Rule) -> Iterator[tuple[str, bool]]:
    """Each comparison of a rule as words with both values, and whether it agrees."""
    for key in rule.on:
        yield _texts(left, right, key)
    yield from _money(left, right, rule)
    if rule.window_days is not None:
        yield _days(left, right, rule.window_days)


def _texts(left: Record, right: Record, key: Key) -> tuple[str, bool]:
    one, other = _text(left, key.left_field), _text(right, key.right_field)
    what, what_other = _word(key.left_field, key), _word(key.right_field, key)
    if key.transform is Transform.ABSENT:
        present = normalised(one, key.transform) and normalised(other, key.transform)
        return (
            f"{what} {one} and {other}: this rule is for empty ones" if present else f"no {what}",
            not present,
        )
    a, b = normalised(one, key.transform), normalised(other, key.transform)
    for record, value, word in ((left, a, what), (right, b, what_other)):
        if not value:
            return f"the {_SIDE_WORDS[record.type.side]} record has no {word}", False
    told = other if what == what_other else f"{what_other} {other}"
    if key.transform not in GUESSES:
        return f"{what} {one} {'=' if a == b else '≠'} {told}", a == b
    if a == b:
        return f"{what} {one} = {told}: this rule is for slips", False
    agrees = nearly(a, b, key.transform)
    return f"{what} {one} {'≈' if agrees else '≠'} {told}", agrees


def _word(field: str, key: Key) -> str:
    word = _FIELD_WORDS.get(field, field)
    return f"number in the {word}" if key.transform is Transform.CORE else word


def _money(left: Record, right: Record, rule: Rule) -> Iterator[tuple[str, bool]]:
    one, other = _amount(left), _amount(right)
    if one is None or other is None:
        record = left if one is None else right
        yield f"the {_SIDE_WORDS[record.type.side]} record has no amount", False
        return
    if (one.minor > 0) - (one.minor < 0) != (other.minor > 0) - (other.minor < 0):
        yield f"{one} and {other} move money in opposite directions", False
    if one.currency != other.currency:
        loose = not rule.same_currency or (rule.strong and rule.amount is Amounts.ANY)
        agrees = loose and (one.minor == other.minor or rule.amount is Amounts.ANY)
        yield f"{one} and {other} are different currencies", agrees
    elif one != other:
        gap = Money(abs(other.minor - one.minor), one.currency)
        yield f"amounts differ by {gap}", rule.amount is Amounts.ANY
    else:
        yield f"{one} = {other}", True


def _days(left: Record, right: Record, window: int) -> tuple[str, bool]:
    one, other = left.values.get("day", NO_INT), right.values.get("day", NO_INT)
    for record, day in ((left, one), (right, other)):
        if not isinstance(day, int) or day == NO_INT:
            return f"the {_SIDE_WORDS[record.type.side]} record has no date", False
    apart = abs(int(one) - int(other))
    days = "1 day" if apart == 1 else f"{apart} days"
    if apart > window:
        return f"{days} apart, the window is {window}", False
    return f"{days} apart" if apart else "same day", True


def _text(record: Record, field: str) -> str:
    return str(record.values.get(field, ""))


def _amount(record: Record) -> Money | None:
    minor = record.values.get("amount", NO_INT)
    if not isinstance(minor, int) or minor == NO_INT:
        return None
    return Money(minor, str(record.values.get("currency", "")))
