"""Whole columns of references made comparable: equal normalised texts get equal int64 codes.

All texts of a column are joined into one buffer, so that folding runs at the speed of ``str`` methods
and the codes come from 8-byte words of the buffer: no Python object per row is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from recon_app.models.rule import Transform

Ints = NDArray[np.int64]
Places = NDArray[np.signedinteger[Any]]
#: Code of a text whose normalised form is empty: it equals nothing.
BLANK = -1
#: A shorter digit run says too little to be the core of a reference.
CORE_DIGITS = 3

_BLANKS = " \t\r\u00a0\u202f\u2009"
_NEWLINE = ord("\n")
_BREAK = "\udc0a"  # stands for a line break within a value; no decoded file contains it
_WORD = 8
_AT_ONCE = 250_000  # rows that are looked at together where that saves memory
_ROOMY = 8  # codes are numbered anew when there could be this many times as many as rows


@dataclass(frozen=True, slots=True)
class Spans:
    """Pieces of a byte buffer, one per row.

    Attributes:
        data: UTF-8 bytes, followed by at least 8 spare bytes.
        starts: First byte of each piece.
        lengths: Number of bytes of each piece; 0 = blank.
    """

    data: NDArray[np.uint8]
    starts: Places
    lengths: Places

    def take(self, rows: Ints) -> Spans:
        """The pieces of some rows."""
        return Spans(self.data, self.starts[rows], self.lengths[rows])

    def texts(self) -> list[str]:
        """The pieces as text."""
        raw = self.data.tobytes()
        ends = (self.starts + self.lengths).tolist()
        pieces = [
            raw[a:b].decode(errors="surrogatepass") for a, b in zip(self.starts.tolist(), ends, strict=True)
        ]
        broken = _BREAK.encode(errors="surrogatepass") in raw
        return [piece.replace(_BREAK, "\n") for piece in pieces] if broken else pieces


def normalised(text: str, transform: Transform) -> str:
    """One text as a rule sees it; the meaning of :func:`spans` for a single row."""
    return spans([text], transform).texts()[0]


def spans(values: Sequence[str], transform: Transform) -> Spans:
    """Normalise a column; see :class:`Transform`."""
    if transform is Transform.EXACT:
        return _lines(_joined(values), len(values))
    folded = _lines(_folded(values), len(values))
    return longest_digit_runs(folded) if transform is Transform.CORE else folded


def _joined(values: Sequence[str]) -> str:
    """All values, one a line."""
    text = "\n".join(values)
    if text.count("\n") == max(len(values) - 1, 0):
        return text
    return "\n".join(value.replace("\n", _BREAK) for value in values)


def _folded(values: Sequence[str]) -> str:
    text = _joined(values).replace(_BREAK, "")
    for blank in _BLANKS:
        text = text.replace(blank, "")
    # one '#' is taken off each line, the first line included
    return f"\n{text.casefold()}".replace("\n#", "\n")[1:]


def _lines(text: str, count: int) -> Spans:
    """One piece a line; ``count`` tells no rows from one blank row."""
    spare = "\0" * _WORD
    data = np.frombuffer(f"{text}\n{spare}".encode(errors="surrogatepass"), dtype=np.uint8)
    ends: Places = np.flatnonzero(data == _NEWLINE)[:count]
    if len(data) < 2**31:
        ends = ends.astype(np.int32)  # half the memory
    starts = np.zeros_like(ends)
    starts[1:] = ends[:-1] + 1
    return Spans(data, starts, ends - starts)


def longest_digit_runs(lines: Spans) -> Spans:
    """The only longest digit run of each folded line; blank where two are equally long or it is too short."""
    digit = lines.data - np.uint8(ord("0")) < 10
    edges = np.flatnonzero(digit[1:] != digit[:-1]) + 1
    if digit[:1].any():
        edges = np.concatenate([np.zeros(1, np.int64), edges])
    # the data end with no digit, so that every run has its end
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    long = lengths >= CORE_DIGITS
    starts, lengths = starts[long], lengths[long]
    rows = np.searchsorted(lines.starts, starts, side="right") - 1
    # runs stand in the order of their lines: those of one line are neighbours
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    best = np.maximum.reduceat(lengths, first) if len(first) else lengths
    longest = lengths == np.repeat(best, np.diff(first, append=len(rows)))
    once = np.add.reduceat(longest.astype(np.int64), first) == 1 if len(first) else longest
    keep = longest & np.repeat(once, np.diff(first, append=len(rows)))
    core_starts, core_lengths = np.zeros_like(lines.starts), np.zeros_like(lines.lengths)
    core_starts[rows[keep]] = starts[keep]
    core_lengths[rows[keep]] = lengths[keep]
    return Spans(lines.data, core_starts, core_lengths)


def span_codes(pieces: Spans) -> Ints:
    """Equal pieces get equal codes, different ones different codes, blank ones :data:`BLANK`."""
    codes = np.full(len(pieces.starts), BLANK, np.int64)
    rows = np.flatnonzero(pieces.lengths > 0)
    used, done = 0, 0
    while len(rows):
        found, count = factorise(_words(pieces, rows, done).view(np.int64))
        if done:
            found, count = codes[rows] * count + found, used * count
            if count > _ROOMY * len(codes):
                found, count = factorise(found)
        codes[rows] = found + used
        used, done = used + count, done + _WORD
        rows = rows[pieces.lengths[rows] > done]
    return codes


def span_hashes(pieces: Spans) -> Ints:
    """Equal pieces have equal hashes of 64 bits, in every column; blank ones have 0."""
    hashes = np.zeros(len(pieces.starts), np.uint64)
    rows, done = np.flatnonzero(pieces.lengths > 0), 0
    while len(rows):
        mixed = (hashes[rows] ^ _words(pieces, rows, done)) * _MIXER
        hashes[rows] = mixed ^ (mixed >> np.uint64(32))
        done += _WORD
        rows = rows[pieces.lengths[rows] > done]
    return hashes.view(np.int64)


def _words(pieces: Spans, rows: Ints, done: int) -> NDArray[np.uint64]:
    """The next 8 bytes of some pieces; bytes beyond the end are 0xFF, which UTF-8 does not have."""
    # an unaligned view: item i is the 8 bytes from byte i on
    every = np.ndarray((len(pieces.data) - _WORD + 1,), "<u8", pieces.data, strides=(1,))
    words = np.empty(len(rows), np.uint64)
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        left = np.minimum(pieces.lengths[part] - done, _WORD)
        words[start : start + _AT_ONCE] = every[pieces.starts[part] + done] | _BEYOND[left]
    return words


_MIXER = np.uint64(0x9E3779B97F4A7C15)
_BEYOND = np.array([(2**64 - 1) ^ (2 ** (8 * n) - 1) for n in range(_WORD + 1)], dtype=np.uint64)


def ranked(values: Ints) -> tuple[Ints, int]:
    """Dense codes from 0 in the order of the values, and how many there are.

    Sorting takes half the memory of the hash table of :func:`factorise`, and a little longer.
    """
    if not len(values):
        return np.zeros(0, np.int64), 0
    order = np.argsort(values)
    values = values[order]
    rank = np.zeros(len(values), np.int32)
    np.cumsum(values[1:] != values[:-1], out=rank[1:])
    codes = np.empty(len(values), np.int64)
    codes[order] = rank
    return codes, int(rank[-1]) + 1


def factorise(values: Ints) -> tuple[Ints, int]:
    """Dense codes from 0 in order of appearance, and how many there are."""
    found, uniques = pd.factorize(values)
    return found.astype(np.int64, copy=False), len(uniques)
