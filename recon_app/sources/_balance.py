"""What the balance lines of every payment platform have in common: types, net amounts, unknown types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from recon_app.models.record import NO_INT, Category
from recon_app.sources._base import Batch, Chunk, Ints, Mask, Reading

#: What a type means, or what it means for amounts (up to zero, above zero).
Meaning = Category | tuple[Category, Category]


class TypeTable:
    """The types a platform writes, and the category of each.

    A key that ends in ``*`` stands for all types that start so; the longest key that fits decides.
    """

    def __init__(self, meanings: Mapping[str, Meaning]) -> None:
        self._exact: dict[str, Meaning] = {}
        self._families: list[tuple[str, Meaning]] = []
        for key, meaning in sorted(meanings.items(), key=lambda item: -len(item[0])):
            if key.endswith("*"):
                self._families.append((key[:-1], meaning))
            else:
                self._exact[key] = meaning

    def categories(self, types: Sequence[str], amounts: Ints) -> list[str]:
        """The category of each line by its type, and by its sign where the type alone does not say it."""
        known = {text: self._pair(text) for text in set(types)}
        if all(below == above for below, above in known.values()):
            alone = {text: below for text, (below, _) in known.items()}
            return [alone[text] for text in types]
        positive = (amounts > 0).tolist()
        return [known[text][above] for text, above in zip(types, positive, strict=True)]

    def _pair(self, text: str) -> tuple[str, str]:
        meaning = self._meaning(folded(text))
        pair = meaning if isinstance(meaning, tuple) else (meaning, meaning)
        return pair[0].value, pair[1].value

    def _meaning(self, name: str) -> Meaning:
        if name in self._exact:
            return self._exact[name]
        return next((meaning for start, meaning in self._families if name.startswith(start)), Category.OTHER)


def folded(text: str) -> str:
    """A type word as lower snake case: ``Marketplace sales tax`` is ``marketplace_sales_tax``."""
    return "_".join(text.replace("-", " ").replace("_", " ").casefold().split())


def noting_unknown(batches: Iterator[Batch], reading: Reading) -> Iterator[Batch]:
    """Pass batches on whose ``text`` is the type as in the file; say at the end which were not known."""
    unknown: Counter[str] = Counter()
    for batch in batches:
        if Category.OTHER.value in batch["category"]:
            pairs = zip(batch["category"], batch["text"], strict=True)
            unknown.update(str(text) for category, text in pairs if category == Category.OTHER)
        yield batch
    if unknown:
        listed = ", ".join(f"{text or 'blank'} ({count})" for text, count in unknown.most_common())
        reading.notes.append(f"Lines of a type this version does not know, kept as other: {listed}")


def prove_net(
    chunk: Chunk, reading: Reading, names: tuple[str, str, str], values: tuple[Ints, Ints, Ints], but: Mask
) -> None:
    """Net = amount - fee in every line; a line where it is not so is a fault of the file.

    A payout where it is not so only fails the proof: what was paid out is checked in other ways, too.

    Args:
        chunk: The lines.
        reading: Takes the proof.
        names: Header cells of amount, fee and net.
        values: Their minor units.
        but: Lines that are the payout itself.
    """
    amount, fee, net = values
    # a missing or unreadable cell is a fault of its own
    unread = (amount == NO_INT) | (fee == NO_INT) | (net == NO_INT)
    ok = (net == amount - fee) | unread
    reading.identity(f"{names[2]} = {names[0]} - {names[1]}", ok, chunk.rows)
    cells = [chunk.cells(name) for name in names]
    for index in np.flatnonzero(~ok & ~but).tolist():
        shown = [column[index] for column in cells]
        chunk.problem(
            index,
            names[2],
            f"{shown[2]} is not {names[0]} {shown[0]} minus {names[1]} {shown[1]}",
            "export it again; a line that does not add up is not used",
        )


def is_payout(categories: Sequence[str]) -> Mask:
    """Which lines are the payout itself, and so no part of what it pays out."""
    if Category.PAYOUT.value not in categories:
        return np.zeros(len(categories), np.bool_)
    return np.array([category == Category.PAYOUT for category in categories], dtype=np.bool_)


def add_totals(reading: Reading, currencies: Sequence[str], columns: Mapping[str, Ints], but: Mask) -> None:
    """Add columns to the control totals of their names, without the lines of ``but``."""
    reading.add_totals(
        currencies, {name: np.where(but, np.int64(NO_INT), minor) for name, minor in columns.items()}
    )
