"""How far a count may be off, who must then approve, how often a class is counted: decisions that are kept.

Limits have two sides, because goods that appear from nowhere and goods that vanish are different risks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction

from recon_app.engine.counts import Limits, abc_classes
from recon_app.models.changes import Changes
from recon_app.models.money import exponent
from recon_app.models.problem import UsageError
from recon_app.services._counts_book import Book
from recon_app.store.settings import get_setting, set_setting
from recon_app.store.workspace import Workspace

CLASSES = ("A", "B", "C")
_KEY = "count.policy"
_SHARES = (Fraction(80, 100), Fraction(95, 100))  # of the value, that A and that A and B make up


@dataclass(frozen=True)
class ClassPolicy:
    """What holds for the products of a class.

    Attributes:
        tolerance: Per cent of the book by which a line may differ and still count as right.
        above: Per cent of the book that may be found too much without approval, "" for no limit.
        below: Per cent of the book that may be missing without approval, "" for no limit.
        value_above: Amount that may be found too much without approval, "" for no limit.
        value_below: Amount that may be missing without approval, "" for no limit.
        approver: Who must approve, names with commas between; "" for anybody who did not count.
        recount: Whether a line beyond a limit is counted again by somebody else first.
        days: How many days after a count the next one is due.
    """

    tolerance: str
    above: str = "5"
    below: str = "10"
    value_above: str = "200"
    value_below: str = "250"
    approver: str = ""
    recount: bool = True
    days: int = 90

    def limits(self, currency: str) -> Limits:
        """The limits; those of value need the currency of the costs."""
        return Limits(
            share(self.above),
            share(self.below),
            _minor(self.value_above, currency),
            _minor(self.value_below, currency),
        )

    @property
    def approvers(self) -> frozenset[str]:
        """The names of those who may approve, folded; empty for anybody."""
        return frozenset(name.strip().casefold() for name in self.approver.split(",") if name.strip())


@dataclass(frozen=True)
class Policy:
    """The decisions about counts.

    Attributes:
        classes: By class.
        hours: After how many hours a count that was not applied is too old.
    """

    classes: Mapping[str, ClassPolicy]
    hours: int = 72


_USUAL = Policy(
    {
        "A": ClassPolicy("0", days=30),
        "B": ClassPolicy("1", days=90),
        "C": ClassPolicy("2", days=180),
    }
)


def share(per_cent: str) -> Fraction | None:
    """A percentage as a fraction of one, None for ""."""
    return Fraction(per_cent) / 100 if per_cent else None


def _minor(amount: str, currency: str) -> int | None:
    return int(Fraction(amount) * 10 ** exponent(currency)) if amount and currency else None


def policy(ws: Workspace) -> Policy:
    """The decisions in force; the usual ones until somebody decides."""
    kept = get_setting(ws, _KEY, {})
    if not isinstance(kept, dict):
        return _USUAL
    classes = {
        name: ClassPolicy(**{**asdict(_USUAL.classes[name]), **kept.get(name, {})}) for name in CLASSES
    }
    return Policy(classes, int(kept.get("hours", _USUAL.hours)))


def set_policy(
    ws: Workspace, values: Mapping[str, str], *, who: str = "", reason: str | None = None
) -> Changes:
    """Decide: ``A.above=5``, ``C.recount=no``, ``B.approver=Mia``, ``hours=48``; "" is no limit.

    Raises:
        UsageError: there is no such decision, or the value makes no sense.
    """
    decided = policy(ws)
    classes = dict(decided.classes)
    hours = decided.hours
    for name, value in values.items():
        part, _, what = name.partition(".")
        if name == "hours":
            hours = _whole(name, value)
        elif part in classes and what in asdict(classes[part]):
            classes[part] = ClassPolicy(**{**asdict(classes[part]), what: _checked(name, what, value)})
        else:
            raise UsageError(f"{name!r} is no decision about counts; an example is A.above=5 or hours=48")
    kept: dict[str, object] = {name: asdict(one) for name, one in classes.items()}
    set_setting(ws, _KEY, {**kept, "hours": hours}, who=who, reason=reason)
    return Changes(settings=True)


def _checked(name: str, what: str, value: str) -> str | bool | int:
    if what == "recount":
        if value not in ("yes", "no"):
            raise UsageError(f"{name} is yes or no, not {value!r}")
        return value == "yes"
    if what == "days":
        return _whole(name, value)
    if what == "approver" or (not value and what != "tolerance"):
        return value
    try:
        good = Fraction(value) >= 0 and "/" not in value
    except (ValueError, ZeroDivisionError):
        good = False
    if not good:
        raise UsageError(f"{name} is a number such as 5 or 2.5, not {value!r}")
    return value


def _whole(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 10_000):
        raise UsageError(f"{name} is a whole number, not {value!r}")
    return int(value)


def classes(book: Book) -> dict[tuple[str, str], str]:
    """Class of each product: by the value that was sold, else by the value on hand; C without costs."""
    on_hand: dict[tuple[str, str], int] = {}
    for quant in book.quants.values():
        key = (quant.line.sku, quant.line.name)
        on_hand[key] = on_hand.get(key, 0) + max(quant.line.book or 0, 0)
    quantities = book.sold or on_hand
    products = list(on_hand | book.sold)
    worth = [quantities.get(key, 0) * book.costs.get(key, Fraction(0)) for key in products]
    return dict(zip(products, abc_classes(worth, _SHARES), strict=True))
