"""References that nearly agree, found by hashed variants: never by comparing all with all.

Two references that are one slip apart meet in a common variant: left-out characters meet the reference that
lacks them, swapped ones have the same characters in another order. Hashes have 64 bits; what meets is
compared byte by byte before it counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from recon_app.engine.normalise import Ints, Spans, ranked
from recon_app.models.rule import Transform

#: Shorter references say too little, longer ones are not typed by hand.
SHORTEST, LONGEST = 4, 40
LONGEST_CUT = 3

Mask = NDArray[np.bool_]
Hashes = NDArray[np.uint64]
_Keyed = tuple[Ints, Hashes]  # rows with the hash of one of their variants

_BASE = 0x9E3779B97F4A7C15  # odd, so that it can be divided by modulo 2**64
_INVERSE = np.uint64(pow(_BASE, -1, 2**64))
_POWERS = np.array([pow(_BASE, n, 2**64) for n in range(LONGEST + 1)], dtype=np.uint64)
_SCATTER = np.random.default_rng(20240229).integers(1, 2**63, size=256, dtype=np.uint64)
_AT_ONCE = 1_000_000  # pairs that are looked at together, so that memory stays bounded


def nearly(left: str, right: str, transform: Transform) -> bool:
    """Whether two normalised references agree as the transform (``similar`` or ``cut``) demands."""
    if left == right or not _comparable(left) or not _comparable(right):
        return False
    if transform is Transform.CUT:
        short, long = sorted((left, right), key=len)
        return len(long) - len(short) <= LONGEST_CUT and long.startswith(short)
    return OSA.distance(left, right, score_cutoff=1) <= 1 or _swapped(left, right)


def _comparable(text: str) -> bool:
    return text.isascii() and SHORTEST <= len(text) <= LONGEST


def _swapped(left: str, right: str) -> bool:
    differing = [(a, b) for a, b in zip(left, right, strict=False) if a != b]
    return len(left) == len(right) and len(differing) == 2 and differing[0] == differing[1][::-1]


def nearly_pairs(
    left: Spans, left_salt: NDArray[Any], right: Spans, right_salt: NDArray[Any], transform: Transform
) -> Iterator[tuple[Ints, Ints]]:
    """All pairs of rows for which :func:`nearly` holds, in portions; a pair may come twice.

    Args:
        left: References of the left rows.
        left_salt: Only rows with equal salt are paired (amount, currency and direction as one number).
        right: References of the right rows.
        right_salt: As ``left_salt``.
        transform: ``similar`` or ``cut``.
    """
    a, b = _Variants(left, left_salt), _Variants(right, right_salt)
    if transform is Transform.CUT:
        joins = [(a.cuts(), b.whole()), (a.whole(), b.cuts())]
    else:
        joins = [(a.slips(), b.slips()), (a.anagrams(), b.anagrams())]
    for one, other in joins:
        for i, j in _meeting(one, other):
            good = (a.salt[i] == b.salt[j]) & _test(a, i, b, j, transform)
            yield a.rows[i[good]], b.rows[j[good]]


def _test(a: _Variants, i: Ints, b: _Variants, j: Ints, transform: Transform) -> Mask:
    """Compare pairs byte by byte."""
    width = min(a.chars.shape[1], b.chars.shape[1])
    differing = a.chars[i, :width] != b.chars[j, :width]
    longer = a.lengths[i] - b.lengths[j]
    if transform is Transform.CUT:
        common = np.arange(width) < np.minimum(a.lengths[i], b.lengths[j])[:, None]
        cut: Mask = (longer != 0) & ~(differing & common).any(axis=1)
        return cut
    count = differing.sum(axis=1)
    # of one that is a character longer, the hashes have shown that the other lacks just that one
    good: Mask = (np.abs(longer) == 1) | ((longer == 0) & (count == 1))
    two = np.flatnonzero((longer == 0) & (count == 2))
    first = differing[two].argmax(axis=1)
    last = width - 1 - differing[two, ::-1].argmax(axis=1)
    ours, theirs = a.chars[i[two]], b.chars[j[two]]
    row = np.arange(len(two))
    crossed = (ours[row, first] == theirs[row, last]) & (ours[row, last] == theirs[row, first])
    good[two] = crossed
    return good


class _Variants:
    """Comparable references, and hashes of the forms in which two that nearly agree meet.

    Attributes:
        rows: Rows with a comparable reference; all else is one item for each of them.
        salt: Their salt.
        lengths: Number of characters.
        chars: One line of bytes each, filled up with zeros.
    """

    def __init__(self, pieces: Spans, salt: NDArray[Any]) -> None:
        fits = np.flatnonzero((pieces.lengths >= SHORTEST) & (pieces.lengths <= LONGEST))
        chars = _chars(pieces.take(fits))
        ascii_only = (chars < 0x80).all(axis=1)
        self.rows, self.chars = fits[ascii_only], chars[ascii_only]
        self.salt, self.lengths = salt[self.rows], pieces.lengths[self.rows]
        width = self.chars.shape[1]
        self._inside = np.arange(width) < self.lengths[:, None]
        self._salting = self.salt.astype(np.uint64) * _POWERS[2]
        scattered = np.where(self._inside, _SCATTER[self.chars], np.uint64(0))
        self._bag = scattered.sum(axis=1, dtype=np.uint64) + self._salting
        # sums[:, n] is the hash of the first n characters
        self._sums = np.zeros((len(self.rows), width + 1), np.uint64)
        np.cumsum(scattered * _POWERS[:width], axis=1, out=self._sums[:, 1:])

    def whole(self) -> _Keyed:
        """The references themselves."""
        return np.arange(len(self.rows)), self._sums[:, -1] + self._salting

    def slips(self) -> _Keyed:
        """The references, and each with one character left out."""
        total = self._sums[:, -1:]
        without = self._sums[:, :-1] + (total - self._sums[:, 1:]) * _INVERSE + self._salting[:, None]
        row, column = np.nonzero(self._inside)
        rows, whole = self.whole()
        return np.concatenate([rows, row]), np.concatenate([whole, without[row, column]])

    def cuts(self) -> _Keyed:
        """The references without their last characters."""
        rows, hashes = [], []
        for cut in range(1, LONGEST_CUT + 1):
            long = np.flatnonzero(self.lengths - cut >= SHORTEST)
            rows.append(long)
            hashes.append(self._sums[long, self.lengths[long] - cut] + self._salting[long])
        return np.concatenate(rows), np.concatenate(hashes)

    def anagrams(self) -> _Keyed:
        """A hash that does not depend on the order of the characters."""
        return np.arange(len(self.rows)), self._bag


def _chars(pieces: Spans) -> NDArray[np.uint8]:
    columns = np.arange(int(pieces.lengths.max(initial=0)))
    inside = columns < pieces.lengths[:, None]
    return np.where(inside, pieces.data[np.where(inside, pieces.starts[:, None] + columns, 0)], np.uint8(0))


def _meeting(one: _Keyed, other: _Keyed) -> Iterator[tuple[Ints, Ints]]:
    """All pairs of rows with equal hashes, in portions."""
    code, count = ranked(np.concatenate([one[1], other[1]]).view(np.int64))
    left, right = code[: len(one[1])], code[len(one[1]) :]
    both = (np.bincount(left, minlength=count) > 0) & (np.bincount(right, minlength=count) > 0)
    rows, left = one[0][both[left]], left[both[left]]
    partners, right = other[0][both[right]], right[both[right]]
    order = np.argsort(right, kind="stable")
    low = np.searchsorted(right[order], left, side="left")
    counts = np.searchsorted(right[order], left, side="right") - low
    before = np.cumsum(counts) - counts
    for part in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(before // _AT_ONCE)) + 1):
        if not len(part):
            return
        repeat = counts[part]
        offset = np.arange(int(repeat.sum())) - np.repeat(np.cumsum(repeat) - repeat, repeat)
        yield np.repeat(rows[part], repeat), partners[order[np.repeat(low[part], repeat) + offset]]
