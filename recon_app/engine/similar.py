"""References that nearly agree, found by hashed variants: never by comparing all with all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from recon_app.engine.normalise import Ints, Spans, factorise
from recon_app.models.rule import Transform

#: Shorter references say too little, longer ones are not typed by hand.
SHORTEST, LONGEST = 4, 40
LONGEST_CUT = 3

Hashes = NDArray[np.uint64]
_BASE = 0x9E3779B97F4A7C15  # odd, so that it can be divided by modulo 2**64
_INVERSE = np.uint64(pow(_BASE, -1, 2**64))
_POWERS = np.array([pow(_BASE, n, 2**64) for n in range(LONGEST + 1)], dtype=np.uint64)
_SCATTER = np.random.default_rng(20240229).integers(1, 2**63, size=256, dtype=np.uint64)


def nearly(left: str, right: str, transform: Transform) -> bool:
    """Whether two normalised references agree as the transform (``similar`` or ``cut``) demands."""
    if left == right or not _comparable(left) or not _comparable(right):
        return False
    if transform is Transform.CUT:
        short, long = sorted((left, right), key=len)
        return len(long) - len(short) <= LONGEST_CUT and long.startswith(short)
    return OSA.distance(left, right, score_cutoff=1) <= 1 or _swapped(left, right)


def all_nearly(left: Sequence[str], right: Sequence[str], transform: Transform) -> NDArray[np.bool_]:
    """:func:`nearly` of the pairs that :func:`candidates` found."""
    known = np.zeros(len(left), np.bool_)
    if transform is Transform.SIMILAR and len(left):
        # most of them are one error apart; only the others have to be looked at one by one
        known = cpdist(left, right, scorer=OSA.distance, score_cutoff=1) == 1
    pairs = zip(left, right, known.tolist(), strict=True)
    return np.fromiter(
        (sure or nearly(one, other, transform) for one, other, sure in pairs), np.bool_, len(left)
    )


def _comparable(text: str) -> bool:
    return SHORTEST <= len(text.encode(errors="surrogatepass")) <= LONGEST


def _swapped(left: str, right: str) -> bool:
    differing = [(a, b) for a, b in zip(left, right, strict=False) if a != b]
    return len(left) == len(right) and len(differing) == 2 and differing[0] == differing[1][::-1]


def candidates(
    left: Spans, left_salt: Ints, right: Spans, right_salt: Ints, transform: Transform
) -> tuple[Ints, Ints]:
    """Pairs of rows that may nearly agree: all that do (of ASCII references), and some more.

    Args:
        left: References of the left rows.
        left_salt: Only rows with equal salt are paired (amount, currency and direction as one number).
        right: References of the right rows.
        right_salt: As ``left_salt``.
        transform: ``similar`` or ``cut``.
    """
    a, b = _Variants(left, left_salt), _Variants(right, right_salt)
    if transform is Transform.CUT:
        pairs = [_meet(*a.cuts(), *b.whole()), _meet(*a.whole(), *b.cuts())]
    else:
        pairs = [_meet(*a.slips(), *b.slips()), _meet(*a.anagrams(), *b.anagrams())]
    width = np.int64(max(len(right_salt), 1))
    unique = np.unique(np.concatenate([i * width + j for i, j in pairs]))
    return unique // width, unique % width


class _Variants:
    """Hashes of the forms in which two similar references meet."""

    def __init__(self, pieces: Spans, salt: Ints) -> None:
        fits = (pieces.lengths >= SHORTEST) & (pieces.lengths <= LONGEST)
        self.rows = np.flatnonzero(fits)
        pieces = pieces.take(self.rows)
        self.lengths = pieces.lengths
        width = int(self.lengths.max(initial=0))
        columns = np.arange(width, dtype=np.int64)
        self.inside = columns < self.lengths[:, None]
        chars = pieces.data[np.where(self.inside, pieces.starts[:, None] + columns, 0)]
        self.salt = salt[self.rows].astype(np.uint64) * _POWERS[2]
        self._scattered = np.where(self.inside, _SCATTER[chars], np.uint64(0))
        terms = self._scattered * _POWERS[:width]
        # sums[:, n] is the hash of the first n characters
        self.sums = np.zeros((len(self.rows), width + 1), np.uint64)
        np.cumsum(terms, axis=1, out=self.sums[:, 1:])

    def whole(self) -> tuple[Ints, Hashes]:
        """The references themselves."""
        return self.rows, self.sums[:, -1] + self.salt

    def slips(self) -> tuple[Ints, Hashes]:
        """The references, and each with one character left out."""
        total = self.sums[:, -1:]
        without = self.sums[:, :-1] + (total - self.sums[:, 1:]) * _INVERSE + self.salt[:, None]
        row, column = np.nonzero(self.inside)
        rows, whole = self.whole()
        return np.concatenate([rows, rows[row]]), np.concatenate([whole, without[row, column]])

    def cuts(self) -> tuple[Ints, Hashes]:
        """The references without their last characters."""
        rows, hashes = [], []
        for cut in range(1, LONGEST_CUT + 1):
            long = np.flatnonzero(self.lengths - cut >= SHORTEST)
            rows.append(self.rows[long])
            hashes.append(self.sums[long, self.lengths[long] - cut] + self.salt[long])
        return np.concatenate(rows), np.concatenate(hashes)

    def anagrams(self) -> tuple[Ints, Hashes]:
        """A hash that does not depend on the order of the characters."""
        return self.rows, self._scattered.sum(axis=1, dtype=np.uint64) + self.salt


def _meet(left: Ints, left_hash: Hashes, right: Ints, right_hash: Hashes) -> tuple[Ints, Ints]:
    """All pairs of rows with equal hashes."""
    code, count = factorise(np.concatenate([left_hash, right_hash]).view(np.int64))
    one, other = code[: len(left)], code[len(left) :]
    both = (np.bincount(one, minlength=count) > 0) & (np.bincount(other, minlength=count) > 0)
    left, one = left[both[one]], one[both[one]]
    right, other = right[both[other]], other[both[other]]
    order = np.argsort(other, kind="stable")
    low = np.searchsorted(other[order], one, side="left")
    counts = np.searchsorted(other[order], one, side="right") - low
    offset = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(left, counts), right[order[np.repeat(low, counts) + offset]]
