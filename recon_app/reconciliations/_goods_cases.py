"""What the comparisons of Odoo's own goods records have in common: units, groups, cases, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.engine import units
from recon_app.engine.cases import Ints, Legs
from recon_app.engine.normalise import span_hashes, spans
from recon_app.models.case import Evidence, Kind
from recon_app.models.counted import counted
from recon_app.models.problem import UsageError
from recon_app.models.quantity import amount_of
from recon_app.models.record import NO_INT, Side
from recon_app.models.rule import Transform
from recon_app.reconciliations._base import Facts
from recon_app.reconciliations._stock_policy import PIECE, ratios

Mask = NDArray[np.bool_]
Texts = NDArray[np.object_]

SEPARATOR = "\x1f"
_EPOCH = date(1970, 1, 1)
_DAY = 86_400
_NAMED = 6  # products that a sentence can name
_MOST = 2**62  # sums and differences of less fit 64 bits
#: Statuses of what is planned and not done.
OPEN = ("draft", "waiting", "confirmed", "partially_available", "assigned")
#: Last day of each age, and what it is called.
AGES = ((2, "0-2 days"), (7, "3-7 days"), (30, "8-30 days"))
OLDEST, UNKNOWN = "over 30 days", "age not known"


class Pieces:
    """Turns quantities of several frames into whole numbers of one unit (UOM-01, UOM-02).

    Attributes:
        unit: That unit: the piece, or a fraction of it that makes every known unit whole.
        remarks: Answers on units that cannot be read.
    """

    def __init__(self, frames: Sequence[pd.DataFrame], answers: Mapping[str, str]) -> None:
        named = {unit for frame in frames for unit in set(frame["unit"])}
        self._ratios, self.remarks = ratios(named, answers)
        self._common = units.denominator(self._ratios)
        self.unit = PIECE if self._common == 1 else f"1/{self._common} {PIECE}"

    def of(self, frame: pd.DataFrame, name: str) -> Ints:
        """A column in millionths of :attr:`unit`; NO_INT where the file or the unit says nothing."""
        return self._reduced(frame, name).numerators

    def knows(self, unit: str) -> bool:
        """Whether the size of a unit is known."""
        return unit in self._ratios

    def unknown(self, frame: pd.DataFrame, name: str) -> Mask:
        """Rows whose unit nobody gave a size for, or whose quantity is too large."""
        reduced = self._reduced(frame, name)
        return reduced.unknown | reduced.too_large

    def half_digit(self, frame: pd.DataFrame) -> Ints:
        """By how much Odoo's rounding to two decimals of each row's unit can be off; 0 for pieces."""
        half = {
            unit: 0 if ratio == 1 else int(ratio * self._common * 10**6 / 200)
            for unit, ratio in self._ratios.items()
        }
        return np.array([half.get(unit, 0) for unit in frame["unit"]], np.int64)

    def _reduced(self, frame: pd.DataFrame, name: str) -> units.Reduced:
        return units.reduce(
            frame[name].to_numpy(np.int64), frame["unit"].tolist(), self._ratios, self._common
        )


def told_once(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines of a document from their own export, else from that of the documents, never from both."""
    if lines["source"].nunique() < 2:
        return lines.reset_index(drop=True)
    stacked = lines["source"].str.contains("stacked")
    alone = stacked.groupby(lines["grp"]).transform("all")
    return lines[~stacked | alone].reset_index(drop=True)


def products(frame: pd.DataFrame) -> pd.Series:
    """The code of each product, or how it is called where it has none."""
    return frame["sku"].where(frame["sku"] != "", SEPARATOR + frame["ref2"])


def grouped(*columns: pd.Series) -> tuple[Ints, Texts]:
    """Number rows that agree in all columns; the joined texts of each number."""
    joined = columns[0].astype(object)
    for column in columns[1:]:
        joined = joined + SEPARATOR + SEPARATOR + column
    code, names = pd.factorize(joined)
    return code.astype(np.int64), np.asarray(names, object)


def total(code: Ints, values: Ints, count: int) -> Ints:
    """Sum per number; NO_INT where no row of it has a figure, for blank is not 0.

    Raises:
        UsageError: the sums may not be exact.
    """
    there = values != NO_INT
    found = added(code[there], values[there], count)
    known = np.zeros(count, np.bool_)
    known[code[there]] = True
    return np.where(known, found, NO_INT)


def added(code: Ints, values: Ints, count: int) -> Ints:
    """Sum per number.

    Raises:
        UsageError: the sums may not be exact: together they need more than 64 bits.
    """
    if np.abs(values.astype(np.float64)).sum() > _MOST:
        raise UsageError(
            "the figures of the files come to more than can be added up exactly; import them in parts, or "
            "correct figures that are far too large"
        )
    found = np.zeros(count, np.int64)
    np.add.at(found, code, values)
    return found


def latest(code: Ints, values: Ints, count: int) -> Ints:
    """The largest value per number, NO_INT where there is none."""
    found = np.full(count, NO_INT, np.int64)
    np.maximum.at(found, code, values)
    return found


def any_of(code: Ints, mask: Mask, count: int) -> Mask:
    """Numbers of which at least one row is marked."""
    found = np.zeros(count, np.bool_)
    found[code[mask]] = True
    return found


def figure(values: Ints) -> Ints:
    """Figures to reckon with: none counts as 0."""
    return np.where(values == NO_INT, 0, values)


def today(answers: Mapping[str, str], *days: Ints) -> int:
    """The day of the exports: as answered, else the newest day that something was done; NO_INT for none."""
    try:
        moment = datetime.fromisoformat(answers.get("exported_at.Odoo", ""))
        return int(moment.astimezone(UTC).timestamp()) // _DAY
    except ValueError:
        return max((int(each.max()) for each in days if len(each)), default=NO_INT)


def age_words(age: Ints) -> Texts:
    """What each age in days is called; NO_INT for one that nobody knows."""
    found = np.full(len(age), OLDEST, object)
    for last, name in reversed(AGES):
        found[age <= last] = name
    found[age == NO_INT] = UNKNOWN
    return found


def judged(count: int, *steps: tuple[Mask, Kind, str]) -> tuple[Texts, Texts]:
    """Kind and cause of each number; a later step overrules an earlier one, none is a match."""
    kind, cause = np.full(count, str(Kind.MATCHED), object), np.full(count, "", object)
    for mask, what, why in steps:
        kind[mask], cause[mask] = str(what), why
    return kind, cause


def worth(delta: Ints, amount: Ints, quantity: Ints) -> Ints:
    """What each difference is worth at amount / quantity, to the nearest minor unit.

    NO_INT where that is not known, or more than any amount can be.
    """
    found = np.full(len(delta), NO_INT, np.int64)
    known = (delta != NO_INT) & (amount != NO_INT) & (quantity != NO_INT) & (quantity > 0)
    found[known & (delta == 0)] = 0
    for row in np.flatnonzero(known & (delta != 0)).tolist():
        found[row] = nearest(int(amount[row]) * int(delta[row]), int(quantity[row]))
    return found


def nearest(product: int, many: int) -> int:
    """A product of whole numbers, divided and rounded; halves go away from zero, as Odoo rounds.

    NO_INT for more than any amount can be.
    """
    minor = (2 * abs(product) + many) // (2 * many)
    if minor > _MOST:
        return NO_INT
    return minor if product >= 0 else -minor


def case_table(names: Sequence[str] | Texts, **columns: Ints | Texts | str | int) -> pd.DataFrame:
    """One case per name, from which its key is made; columns that are left out are empty."""
    count = len(names)
    keys = span_hashes(spans(list(names), Transform.EXACT)) if count else np.array([], np.int64)
    table: dict[str, Ints | Texts] = {"key": keys}
    empty: dict[str, str | int] = {
        **dict.fromkeys(("kind", "cause", "rule"), ""),
        "missing": 0,
        **dict.fromkeys(("grp", "currency", "unit"), ""),
        **dict.fromkeys(("day", "delta", "value"), NO_INT),
    }
    for name, default in empty.items():
        given = columns.get(name, default)
        if isinstance(given, np.ndarray):
            table[name] = given
        else:
            table[name] = np.full(count, given, object if isinstance(given, str) else np.int64)
    return pd.DataFrame(table)


def legs(code: Ints, ids: pd.Series, number: Ints, side: Side = Side.ODOO) -> Legs:
    """Odoo's records of the cases.

    Args:
        code: Group of each record.
        ids: The records.
        number: Case of each group, -1 for none.
        side: Documents stand on Odoo's side, what moved or lies there on that of goods.
    """
    case = number[code] if len(number) else np.full(len(code), -1, np.int64)
    return Legs.of_side(side, case[case >= 0], ids.to_numpy(np.int64)[case >= 0])


def numbered(listed: Mask) -> Ints:
    """Case of each group, -1 for those that are not listed."""
    number = np.full(len(listed), -1, np.int64)
    number[listed] = np.arange(int(listed.sum()))
    return number


def together(listed: Mask, chosen: Mask) -> tuple[Mask, Ints]:
    """Let all chosen groups be one case, for they have one reason and need one answer.

    Returns:
        Groups that become cases, of the chosen ones only the first; the case of each group, -1 for none.
    """
    chosen = listed & chosen
    shown = listed & ~chosen
    if not chosen.any():
        return shown, numbered(shown)
    first = int(np.flatnonzero(chosen)[0])
    shown[first] = True
    number = numbered(shown)
    number[chosen] = number[first]
    return shown, number


#: Name of the case of everything whose unit has no known size.
NO_SIZE = f"{SEPARATOR}units"


def sizeless(pieces: Pieces, unknown: Mask, *frames: tuple[pd.DataFrame, Ints]) -> dict[str, object]:
    """The note of that case.

    Args:
        pieces: Knows the sizes.
        unknown: Groups of which a unit has no known size.
        frames: Records, and the group of each.
    """
    named = {
        unit for frame, code in frames for unit in set(frame["unit"][unknown[code]]) if not pieces.knows(unit)
    }
    skus = {sku for frame, code in frames for sku in set(products(frame)[unknown[code]])}
    shown = sorted(map(said, skus))
    return {"units": sorted(named), "products": len(skus), "named": shown[:_NAMED]}


def sizeless_said(note: Mapping[str, Any]) -> str:
    """The sentence of that case."""
    many = counted(note["products"], "product is", "products are")
    if not note["units"]:
        return f"{many} not compared: a quantity is too large to be exact ({', '.join(note['named'])})."
    names = ", ".join(note["units"])
    size = f"the size of the unit {names} is" if len(note["units"]) == 1 else f"the sizes of {names} are"
    asked = " and ".join(f"unit.{name}" for name in note["units"])
    return f"{many} not compared: {size} not known; answer {asked}, as in '12 Units'."


def sizeless_evidence(facts: Facts) -> tuple[Evidence, ...]:
    """Which products the case is about, and what to do."""
    note = facts.note
    more = (
        f" and {note['products'] - len(note['named'])} more" if note["products"] > len(note["named"]) else ""
    )
    found = [Evidence("products", f"Of these products: {', '.join(note['named'])}{more}.")]
    found += [
        Evidence("next", f"Answer unit.{name}: how many of another unit it is, as in '12 Units'.")
        for name in note["units"]
    ]
    return tuple(found)


def said(name: str) -> str:
    """How a product is called in a sentence; blanks at the ends of a code can be seen."""
    code = name.lstrip(SEPARATOR)
    return code if code == code.strip() else f"'{code}'"


def amount(millionths: int, unit: str) -> str:
    """A quantity with its unit."""
    return amount_of(millionths, unit)


def iso(day: int) -> str:
    """A day as 2026-11-23."""
    return (_EPOCH + timedelta(days=day)).isoformat()
