"""The mapping assistant: what the columns of a table can be, and what they seem to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recon_app import registry
from recon_app.sources import _bank_mapping as bank
from recon_app.sources._base import Source
from recon_app.sources._mapped import MappedSource, to_options
from recon_app.sources._mapped_columns import header_score, propose

PREFIX = "mapping."
_HEADER_ROW = PREFIX + "header_row"
_SAMPLES = 3
#: One of these is enough instead of the amount.
_TWO_COLUMNS = ("debit", "credit")


@dataclass(frozen=True)
class Slot:
    """One thing that a column can be.

    Attributes:
        key: Its option is ``mapping.<key>``.
        required: Whether the table is of no use without it; an amount may stand in two columns instead.
    """

    key: str
    required: bool


@dataclass(frozen=True)
class Mappable:
    """A kind of table whose columns a person names.

    Attributes:
        source: Id of the source that reads it.
        title: What the user calls such a table.
        slots: What its columns can be, in the order of asking.
    """

    source: str
    title: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Heading:
    """The header of a table.

    Attributes:
        row: Its row among the first rows of the file, from 1; 0 when there is none.
        columns: Name of each column as a mapping calls it, with the first cells below it.
    """

    row: int
    columns: tuple[tuple[str, tuple[str, ...]], ...]


def mappables() -> list[Mappable]:
    """The kinds of tables, those of any origin after the bank's."""
    found = []
    for source in registry.sources().values():
        slots = _slots(source)
        if slots:
            found.append(Mappable(source.id, source.title, slots))
    return found


def _slots(source: Source) -> tuple[Slot, ...]:
    if isinstance(source, MappedSource):
        return tuple(Slot(target.key, target.required) for target in source.targets)
    if source.id == "bank_csv":
        return tuple(Slot(key, key in ("date", "amount")) for key in bank.COLUMN_KEYS)
    return ()


def lacking(kind: Mappable, mapping: Mapping[str, str]) -> list[str]:
    """Keys of the columns that still have to be named."""
    missing = [slot.key for slot in kind.slots if slot.required and not mapping.get(slot.key)]
    if any(mapping.get(key) for key in _TWO_COLUMNS):
        missing = [key for key in missing if key != "amount"]
    return missing


def heading(source: str, cells: Sequence[Sequence[str]], options: Mapping[str, str]) -> Heading:
    """Find the header among the first rows of a file.

    Args:
        source: Id of the source that is to read it.
        cells: The first rows.
        options: Answers so far; ``mapping.header_row`` decides.
    """
    told = options.get(_HEADER_ROW, "")
    row = int(told) if told.isascii() and told.isdigit() else _header_row(source, cells, options)
    if not 0 < row <= len(cells):
        return Heading(0, ())
    header = cells[row - 1]
    below = [cells[index] for index in range(row, min(row + _SAMPLES, len(cells)))]
    return Heading(
        row,
        tuple(
            (
                bank.column_name(header, place),
                tuple(cells_below[place] for cells_below in below if place < len(cells_below)),
            )
            for place in range(len(header))
        ),
    )


def _header_row(source: str, cells: Sequence[Sequence[str]], options: Mapping[str, str]) -> int:
    named = [name for key, name in options.items() if key.startswith(PREFIX) and key != _HEADER_ROW]
    found = registry.sources()[source]
    targets = found.targets if isinstance(found, MappedSource) else ()
    scores = [header_score(row, named) + len(propose(row, targets)) for row in cells]
    best = max(range(len(scores)), key=lambda index: scores[index], default=-1)
    if best >= 0 and scores[best]:
        return best + 1
    guess = bank.header_row(cells)
    if guess is not None:
        return guess + 1
    widths = [sum(bool(cell.strip()) for cell in row) for row in cells]
    return widths.index(max(widths)) + 1 if any(widths) else 0


def proposal(source: str, cells: Sequence[Sequence[str]], options: Mapping[str, str]) -> dict[str, str]:
    """The columns that the header words leave no doubt about, as options; given answers stay.

    Args:
        source: Id of the source that is to read the file.
        cells: The first rows of the file.
        options: Answers so far.
    """
    row = heading(source, cells, options).row
    if not row:
        return dict(options)
    found = registry.sources()[source]
    header, below = cells[row - 1], cells[row:]
    if isinstance(found, MappedSource):
        seen = to_options(propose(header, found.targets))
    else:
        seen = bank.options_from_mapping(bank.propose_mapping(header, below))
    return seen | dict(options)
