"""Which record is which: keys over files, digests of the rest, twins, and what a new file adds.

A key is a 64-bit hash of the source's key fields; the twins of a file (equal key fields) get different keys
by their ordinal. A digest is a 64-bit hash of all other fields. Blank fields count as absent, so an empty
column and a missing one are the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from recon_app.models.record import NO_INT
from recon_app.store.columns import INTEGERS, NAMES

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Hashes = NDArray[np.uint64]
Batch = Mapping[str, "Sequence[str] | Ints"]

_SAMPLE = 64  # first texts that tell whether most are different
_JOINED = 5  # rows that repeat as many others in the same order do not do so by chance
_REPEATS = 4  # times that a text occurs on average, from where on looking up is faster than hashing
#: Steps of the splitmix64 generator (https://prng.di.unimi.it/splitmix64.c).
_GOLDEN, _MIX1, _MIX2 = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)


def row_hashes(batch: Batch, key: Sequence[str], source: str, aside: Sequence[str] = ()) -> tuple[Ints, Ints]:
    """Hash the rows of a batch.

    Args:
        batch: Columns of normalised fields, absent ones left out.
        key: The fields that identify a record.
        source: Id of the source, so that equal keys of two sources differ.
        aside: Fields that are no property of the record; a digest does not cover them.

    Returns:
        Keys without twin ordinals, and digests.
    """
    count = len(next(iter(batch.values())))
    keys = np.full(count, _salt(source))
    digests = np.zeros(count, np.uint64)
    for name in NAMES:
        if (
            name in batch and name != "row" and name not in aside
        ):  # the place in a file is no property of a record
            target = keys if name in key else digests
            target += _column_hashes(name, batch[name])
    return _mixed(keys).view(np.int64), digests.view(np.int64)


def _column_hashes(name: str, column: Sequence[str] | Ints) -> Hashes:
    """Hash a column; 0 where it is blank. Each field has a salt, so that swapped values differ."""
    from pandas.util import hash_array

    if name in INTEGERS:
        whole = np.asarray(column, dtype=np.int64)
        blank = whole == NO_INT
        hashes = hash_array(whole, categorize=False)
    else:
        hashes = _text_hashes(column)
        blank = hashes == _text_hash("")
    return np.where(blank, np.uint64(0), _mixed(hashes + _salt(name)))


def _text_hashes(column: Sequence[str] | Ints) -> Hashes:
    """Hash texts; where most of them repeat, as types and currencies do, each only once."""
    from pandas.util import hash_array

    repeats = 2 * len(set(column[:_SAMPLE])) <= _SAMPLE
    different = set(column) if repeats else set()
    if not repeats or _REPEATS * len(different) > len(column):
        return hash_array(np.asarray(column, dtype=object), categorize=False)
    hashes = hash_array(np.array(list(different), dtype=object), categorize=False)
    if len(different) == 1:
        return hashes.repeat(len(column))
    place = {text: number for number, text in enumerate(different)}
    return hashes[np.fromiter(map(place.__getitem__, column), np.intp, len(column))]


def _salt(text: str) -> np.uint64:
    return np.uint64(_text_hash(text))


@cache
def _text_hash(text: str) -> int:
    from pandas.util import hash_array

    return int(hash_array(np.array([text], dtype=object), categorize=False)[0])


def _mixed(values: Hashes) -> Hashes:
    values = (values ^ (values >> np.uint64(30))) * _MIX1
    values = (values ^ (values >> np.uint64(27))) * _MIX2
    return values ^ (values >> np.uint64(31))


def twin_keys(keys: Ints, ordinals: Ints) -> Ints:
    """Keys of the twins with the given ordinals; ordinal 0 keeps the key."""
    steps = _mixed(keys.view(np.uint64) + ordinals.astype(np.uint64) * _GOLDEN).view(np.int64)
    return np.where(ordinals == 0, keys, steps)


@dataclass(frozen=True)
class Stored:
    """The records of a source that are in the cache, sorted by key."""

    keys: Ints
    digests: Ints
    ids: Ints

    @classmethod
    def of(cls, keys: Ints, digests: Ints, ids: Ints) -> Stored:
        """Sort by key."""
        order = np.argsort(keys)
        return cls(keys[order], digests[order], ids[order])

    def find(self, keys: Ints) -> tuple[Ints, Mask]:
        """Positions of ``keys`` and whether they are there."""
        if not len(self.keys):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), np.bool_)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        there: Mask = self.keys[at] == keys
        return at, there


@dataclass(frozen=True)
class Identified:
    """What the rows of a file are.

    Attributes:
        keys: Final keys, with twin ordinals.
        ids: Id of the stored record that a row is, 0 when the row is new.
        differs: Rows that are a stored record with another digest.
    """

    keys: Ints
    ids: Ints
    differs: Mask

    @property
    def is_new(self) -> Mask:
        """Rows that no stored record is."""
        new: Mask = self.ids == 0
        return new


def identify(keys: Ints, digests: Ints, stored: Stored) -> Identified:
    """Tell new rows from known ones (rule ID-01: count per identity, the maximum over files).

    Rows with equal keys are paired with the stored ones by digest first, then in order; only what is left
    over is new.
    """
    at, known = stored.find(keys)
    ids = np.where(known, stored.ids[at], 0) if len(stored.ids) else np.zeros(len(keys), np.int64)
    differs = known & (stored.digests[at] != digests) if len(stored.ids) else known
    final = keys.copy()
    twins = _with_twins(keys, known, stored)
    if twins.any():
        rows = np.flatnonzero(twins)
        _pair_twins(rows, keys, digests, stored, Identified(final, ids, differs))
    return Identified(final, ids, differs)


@dataclass(frozen=True)
class Repeated:
    """Rows that say the same as earlier ones of their file, in the same order.

    Attributes:
        first: Index of the first of them.
        of: Index of the row that it repeats.
        count: How many there are.
    """

    first: int
    of: int
    count: int


def repeated(keys: Ints, digests: Ints) -> Repeated | None:
    """The longest run of rows that repeat earlier ones: two exports were joined, or one twice.

    Twins that happen to come in the same order are few, so a short run counts only where it is half the file.
    """
    if len(keys) < 2:
        return None
    hashes = _mixed(keys.view(np.uint64) + _mixed(digests.view(np.uint64)))
    order = np.argsort(hashes, kind="stable")
    same = hashes[order][1:] == hashes[order][:-1]
    back = np.zeros(len(keys), np.int64)  # rows between a row and the last one that is equal, 0 for none
    back[order[1:][same]] = order[1:][same] - order[:-1][same]
    starts = np.flatnonzero(np.concatenate(([True], back[1:] != back[:-1])))
    counts = np.diff(np.append(starts, len(back)))
    steps = back[starts]
    whole = (counts + steps == len(back)) & (steps > 1)
    joined = whole | ((counts >= _JOINED) & (steps >= _JOINED))
    if not joined.any():
        return None
    longest = int(np.argmax(np.where(joined, counts, 0)))
    first = int(starts[longest])
    return Repeated(first, first - int(steps[longest]), int(counts[longest]))


def _with_twins(keys: Ints, known: Mask, stored: Stored) -> Mask:
    """Rows whose key occurs again, in the file or in the store."""
    twins = np.zeros(len(keys), np.bool_)
    ordered = np.sort(keys)
    if (ordered[1:] == ordered[:-1]).any():  # most files have none, and to sort is faster than to find where
        order = np.argsort(keys, kind="stable")
        same = keys[order][1:] == keys[order][:-1]
        twins[order[1:][same]] = True
        twins[order[:-1][same]] = True
    if known.any():
        rows = np.flatnonzero(known & ~twins)
        twins[rows] = stored.find(twin_keys(keys[rows], np.ones(len(rows), np.int64)))[1]
    return twins


def _pair_twins(rows: Ints, keys: Ints, digests: Ints, stored: Stored, into: Identified) -> None:
    """Pair the given rows with stored twins; the results replace those of the rows in ``into``."""
    groups: dict[int, list[int]] = {}
    for row, key in zip(rows.tolist(), keys[rows].tolist(), strict=True):
        groups.setdefault(key, []).append(row)
    members = _stored_twins(np.fromiter(groups, np.int64, len(groups)), stored)
    surplus: list[int] = []
    ordinals: list[int] = []
    for key, incoming in groups.items():
        there = members.get(key, [])
        pairs, left = _paired(incoming, digests, there, stored)
        for row, position in pairs:
            into.keys[row] = stored.keys[position]
            into.ids[row] = stored.ids[position]
            into.differs[row] = stored.digests[position] != digests[row]
        surplus += left
        ordinals += range(len(there), len(there) + len(left))
    into.ids[surplus] = 0
    into.differs[surplus] = False
    into.keys[surplus] = twin_keys(keys[surplus], np.array(ordinals, dtype=np.int64))


def _stored_twins(keys: Ints, stored: Stored) -> dict[int, list[int]]:
    """Positions of the stored records per key, in the order of their ordinals."""
    members: dict[int, list[int]] = {}
    ordinal = 0
    while len(keys):
        at, there = stored.find(twin_keys(keys, np.full(len(keys), ordinal, np.int64)))
        keys = keys[there]
        for key, position in zip(keys.tolist(), at[there].tolist(), strict=True):
            members.setdefault(key, []).append(position)
        ordinal += 1
    return members


def _paired(
    incoming: list[int], digests: Ints, there: list[int], stored: Stored
) -> tuple[list[tuple[int, int]], list[int]]:
    """Pair rows of one key with stored positions: equal digests first, the rest in order."""
    by_digest: dict[int, list[int]] = {}
    for position in reversed(there):
        by_digest.setdefault(int(stored.digests[position]), []).append(position)
    pairs: list[tuple[int, int]] = []
    rest: list[int] = []
    for row in incoming:
        equal = by_digest.get(int(digests[row]))
        if equal:
            pairs.append((row, equal.pop()))
        else:
            rest.append(row)
    used = {position for _, position in pairs}
    free = [position for position in there if position not in used]
    pairs += zip(rest, free, strict=False)
    return pairs, rest[len(free) :]
