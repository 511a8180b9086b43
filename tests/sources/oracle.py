"""What is true of a damaged file that was accepted.

It is found in two ways that share nothing with the sources: a simple second reading of the bytes
(:mod:`tests.sources.units`), and what the undamaged sample shows of which cell becomes which field. Where the
damage did not reach, the records must be those of the sample.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path

from recon_app.models.record import INT_FIELDS
from tests.sources.outcomes import Fields, Outcome, read
from tests.sources.units import Content, Unit, Unreadable, content

_DATES = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%m-%d-%Y",
    "%d-%m-%Y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%Y%m%d",
    "%y%m%d",
)
_RATIOS = (1, 10, 100, 1000, 10**6)
#: Sources of files whose rows are of several kinds, or left without the blank cells at their end.
_MANY_WIDTHS = (
    "paypal_stl",
    "paypal_trr",
    "paypal_statement",
    "dlocal",
    "klarna",
    "sezzle",
    "trustly",
    "bank_csv",
)
#: Fields that a cell fills only together with another cell: a foreign amount needs its currency, a count its
#: mark that somebody counted, what is done its state, an amount of Amazon its type; Adyen's sum of fees
#: counts where its parts have no columns.
_DEPENDENT = (
    ("odoo_bank_statement_lines", "foreign_amount"),
    ("odoo_stock_quants", "counted"),
    ("odoo_stock_moves", "done"),
    ("odoo_stock_move_lines", "done"),
    ("amazon_settlement", "amount"),
    ("adyen_settlement", "fee"),
)
#: Fields that the records of a payout have from another record.
_FROM_OTHERS = ("grp", "due")
_MONEY = ("amount", "fee", "net")


def number(cell: str, mark: str) -> Decimal | None:
    """The number in a cell with this decimal mark, None when there is none."""
    text = re.sub(r"[\s\u00a0\u202f€$£]|[A-Z]{3}", "", cell.strip())
    negative = text.startswith(("-", "\u2212", "(")) or text.endswith("-")
    text = text.strip("-+()\u2212")
    other = "." if mark == "," else ","
    if not re.fullmatch(
        rf"(\d{{1,3}}(?:[{other}'\u2019]\d{{3}})+|\d*)(?:\{mark}\d*)?", text
    ) or not re.search(r"\d", text):
        return None
    exact = Decimal(re.sub(rf"[{other}'\u2019]", "", text).replace(",", "."))
    return -exact if negative else exact


def day(cell: str, form: str) -> int | None:
    """Days since 1970-01-01 of the date at the beginning of a cell."""
    for text in (
        cell,
        *(cell[:end] for end in (10, 8, 11, 6, 9, 12)),
        cell.split(" ", maxsplit=1)[0],
        cell.split(",", maxsplit=1)[0],
    ):
        try:
            return (
                datetime.strptime(text.strip(), form).replace(tzinfo=UTC) - datetime.fromtimestamp(0, UTC)
            ).days
        except ValueError:
            continue
    return None


@dataclass(frozen=True)
class Rule:
    """How a field follows from a cell, as the sample shows it in all its records.

    Attributes:
        cell: Name of the cell.
        kind: ``text``, ``day`` or ``number``.
        form: Form of the date, or decimal mark.
        ratio: What the number is multiplied by; 0 for a text.
        sign: Whether the sign of the cell is that of the field, too.
    """

    cell: str
    kind: str
    form: str = ""
    ratio: int = 0
    sign: bool = True

    def holds(self, value: str | int | None, unit: Unit) -> bool:
        """Whether the field has what the cell says."""
        cell = unit.get(self.cell, "")
        if self.kind == "text":
            return (value or "") == cell
        if not cell.strip():
            return value is None or value == 0
        if self.kind == "day":
            return day(cell, self.form) == value
        exact = number(cell, self.form)
        if exact is None:
            return False
        expected = exact * self.ratio
        return (value or 0) == expected if self.sign else abs(value or 0) == abs(expected)  # type: ignore[arg-type]


def _rules(name: str, cells: set[str]) -> Iterator[Rule]:
    """All rules that a field can follow."""
    for cell in cells:
        if name in ("day", "due"):
            yield from (Rule(cell, "day", form) for form in _DATES)
        elif name in INT_FIELDS and name != "at":
            yield from (
                Rule(cell, "number", mark, ratio * turn, sign)
                for sign in (True, False)
                for mark in ".,"
                for ratio in _RATIOS
                for turn in (1, -1)
            )
        elif name not in INT_FIELDS and name != "extra":
            yield Rule(cell, "text")


def best_shift(outcome: Outcome, found: Content, usual: int) -> int:
    """Row of the record of the first unit: where most texts of the records stand in their units."""

    def matched(shift: int) -> int:
        return sum(
            value in found.units[row - shift].values()
            for row, fields in outcome.records
            if 0 <= row - shift < len(found.units)
            for value in fields.values()
        )

    return max(range(-8, 4), key=lambda shift: (matched(shift), shift == usual))


@dataclass(frozen=True)
class Sample:
    """An undamaged file and what it shows.

    Attributes:
        path: Where it lies.
        outcome: What a source reads.
        content: What the second reading gives.
        options: Answers that it needed.
    """

    path: Path
    outcome: Outcome
    content: Content
    options: Mapping[str, str]

    @cached_property
    def shift(self) -> int:
        """Row of the record of the first unit."""
        return best_shift(self.outcome, self.content, 1)

    @cached_property
    def aligned(self) -> bool:
        """Whether every record is read from the unit of its row, or from that one and some behind it."""
        found = sum(any(value in unit.values() for value in fields.values()) for fields, unit in self.pairs)
        if self.path.suffix == ".json" and len(self.outcome.records) != len(self.content.units):
            return False
        return bool(self.outcome.records) and found >= 0.9 * len(self.outcome.records)

    @cached_property
    def rules(self) -> dict[str, list[Rule]]:
        """What each field follows from, where that is one cell of its unit."""
        if not self.aligned:
            return {}
        names = {name for fields, _ in self.pairs for name in fields}
        found = {
            name: [rule for rule in _rules(name, self.cells) if _fits(rule, name, self.pairs)]
            for name in sorted(names)
        }
        return {name: rules for name, rules in found.items() if rules}

    @cached_property
    def pairs(self) -> list[tuple[Fields, Unit]]:
        """Each record and its unit."""
        units = self.content.units
        return [
            (fields, units[row - self.shift])
            for row, fields in self.outcome.records
            if 0 <= row - self.shift < len(units)
        ]

    @cached_property
    def cells(self) -> set[str]:
        """Names of all cells."""
        return {cell for _, unit in self.pairs for cell in unit}

    def follows(self, name: str, value: str | int | None, unit: Unit) -> bool:
        """Whether a field has what its cell says, or another cell that it has followed in some records."""
        if any(rule.holds(value, unit) for rule in self.rules[name]):
            return True
        others = (rule for rule in _rules(name, self.cells) if value is not None and rule.holds(value, unit))
        return any(
            rule.holds(fields.get(name), other)
            for rule in others
            for fields, other in self.pairs
            if fields.get(name)
        )


def _fits(rule: Rule, name: str, pairs: list[tuple[Fields, Unit]]) -> bool:
    filled = [unit.get(rule.cell, "") for fields, unit in pairs if fields.get(name)]
    if not any(filled) or (rule.kind == "number" and not any(re.search("[1-9]", cell) for cell in filled)):
        return False
    return all(rule.holds(fields.get(name), unit) for fields, unit in pairs)


def load(path: Path) -> Sample | None:
    """A sample with the first answers that make it readable; None for a file that is not accepted."""
    options: dict[str, str] = {}
    source = ""
    for _ in range(6):
        outcome = read(path, options, source)
        if outcome.end != "asked" or not outcome.choices:
            break
        if outcome.option == "as":
            source = outcome.choices[0]
        else:
            options[outcome.option] = outcome.choices[0]
    if outcome.end != "accepted":
        return None
    try:
        return Sample(path, outcome, content(path.read_bytes(), options.get("encoding", "")), options)
    except Unreadable:
        return None


def judge(sample: Sample, damage: str, data: bytes, outcome: Outcome) -> str:
    """What is wrong with how a damaged file was read, "" when nothing is."""
    if outcome.end != "accepted":
        return outcome.why if outcome.end == "fault" else ""
    if is_marked(sample, outcome):
        return ""
    if outcome.source != sample.outcome.source and outcome.records:
        return f"silently read as {outcome.source}"
    try:
        now = content(data, sample.options.get("encoding", ""))
    except Unreadable as error:
        same = _plain(outcome) == _plain(sample.outcome)
        return "" if same else f"accepted what cannot be read: {error}"
    if now.ragged and not sample.content.ragged and not sample.outcome.source.startswith(_MANY_WIDTHS):
        return "accepted rows that are shorter or longer than the header"
    shift = best_shift(outcome, now, sample.shift)
    return (
        _untouched(sample, now, outcome, shift)
        or _followed(sample, now, outcome, shift)
        or (_cut_off(sample, now, data, outcome) if damage == "truncate" else "")
    )


def is_marked(sample: Sample, outcome: Outcome) -> bool:
    """Whether a proof fails that held: then the file is shown as one that a person must look at."""
    before, now = (
        Counter(proof.name for proof in each.reading.proofs if not proof.ok)
        for each in (sample.outcome, outcome)
    )
    return bool(now - before)


def _plain(outcome: Outcome) -> Counter[str]:
    return Counter(repr(sorted(fields.items())) for _, fields in outcome.records)


def _untouched(sample: Sample, now: Content, outcome: Outcome, shift: int) -> str:
    """Records of units that are as they were must be as they were."""
    before = sample.content
    if now == before:
        return "" if _plain(outcome) == _plain(sample.outcome) else "same content, other records"
    if not sample.aligned or now.around != before.around:
        return ""
    old, new = (
        _by_unit(sample.outcome, len(before.units), sample.shift),
        _by_unit(outcome, len(now.units), shift),
    )
    one, other = [repr(unit) for unit in before.units], [repr(unit) for unit in now.units]
    for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
        # what follows the last one is touched, and may belong to its record
        for step in range(block.size - 1):
            unit, found = now.units[block.b + step], new[block.b + step]
            if _differ(old[block.a + step], found, outcome) and not _shares(sample, now, unit):
                return f"unit {block.b + step + 1} was not touched, and is read as {found} now"
    return ""


def _differ(one: list[Fields], other: list[Fields], outcome: Outcome) -> bool:
    """Whether records differ by more than what follows from other records."""
    but: tuple[str, ...] = _FROM_OTHERS
    if _says(outcome, "are rounded") or _says(outcome, "left out"):
        but = (*but, *_MONEY, "currency")
    return [_without(but, each) for each in one] != [_without(but, each) for each in other]


def _without(names: tuple[str, ...], fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if name not in names}


def _shares(sample: Sample, now: Content, unit: Unit) -> bool:
    """Whether a unit makes a record together with a touched one: it continues one, or shares its id."""
    if not next(iter(unit.values()), "x"):  # the blank cells of stacked rows are those of the row above
        return True
    if len(sample.outcome.records) >= len(sample.content.units):
        return False
    touched = [
        each
        for each in (*now.units, *sample.content.units)
        if each not in sample.content.units or each not in now.units
    ]
    touched = touched or now.units
    return any(len(cell) > 3 and cell in each.values() for each in touched for cell in unit.values())


def _by_unit(outcome: Outcome, units: int, shift: int) -> list[list[Fields]]:
    found: list[list[Fields]] = [[] for _ in range(units)]
    for row, fields in outcome.records:
        if 0 <= row - shift < units:
            found[row - shift].append(fields)
    return found


def _followed(sample: Sample, now: Content, outcome: Outcome, shift: int) -> str:
    """What a touched cell says must be in its field."""
    rows = {row for row, _ in outcome.records}
    grouped = len(sample.outcome.records) < len(sample.content.units)
    for row, fields in outcome.records:
        if not 0 <= row - shift < len(now.units) or (grouped and row + 1 not in rows):
            continue
        unit = now.units[row - shift]
        for name, rules in sample.rules.items():
            cells = {rule.cell: unit.get(rule.cell) for rule in rules}
            value = fields.get(name)
            if sample.follows(name, value, unit) or None in cells.values():
                continue
            if (sample.outcome.source, name) in _DEPENDENT or _in_another_unit(sample, fields, now, rules):
                continue
            if value is None and (now.around != sample.content.around or _says(outcome, "left out")):
                continue
            if name == "currency" and not any(cells.values()):  # of the rows before
                continue
            return f"row {row}: {name} is {value!r} where the file says {cells}"
    return ""


def _in_another_unit(sample: Sample, fields: Fields, now: Content, rules: list[Rule]) -> bool:
    """Whether a record was read from another row than its number says: files with rows of several kinds."""
    if not sample.outcome.source.startswith(_MANY_WIDTHS):
        return False
    return any(
        all(sample.follows(name, fields.get(name), unit) for name in sample.rules)
        for unit in now.units
        if any(rule.cell in unit for rule in rules)
    )


def _says(outcome: Outcome, word: str) -> bool:
    return any(word in each for each in outcome.reading.notes)


def _cut_off(sample: Sample, now: Content, data: bytes, outcome: Outcome) -> str:
    """A file that was cut may lose whole records at its end; a part of a record must be told."""
    whole = sample.content.units
    if now.units == whole[: len(now.units)] or data.endswith((b"\n", b"\r")):
        return ""
    said = ("cut off", "no closing balance", "nothing shows whether all of it is there")
    return "" if any(_says(outcome, word) for word in said) else "cut within a record, and nothing said"


def unproven(sample: Sample, outcome: Outcome) -> bool:
    """Whether amounts of a file with proofs are not those of the sample, and all proofs hold."""
    if outcome.end != "accepted" or not sample.outcome.reading.proofs or not outcome.reading.proofs:
        return False
    if len(outcome.records) != len(sample.outcome.records):
        return False
    one, other = (Counter(_money(fields) for _, fields in each.records) for each in (sample.outcome, outcome))
    return one != other and all(proof.ok for proof in outcome.reading.proofs)


def _money(fields: Fields) -> tuple[str | int | None, ...]:
    return tuple(fields.get(name) for name in _MONEY)
