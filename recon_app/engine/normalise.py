"""Whole columns of references made comparable: equal normalised texts get equal int64 codes.

All texts of a column are joined into one buffer, so that folding runs at the speed of ``str`` methods
and the codes come from 8-byte words of the buffer: no Python object per row is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recon_app.models.lines import LINE_BREAK, Lines, as_lines
from recon_app.models.rule import Transform

Ints = NDArray[np.int64]
Places = NDArray[np.signedinteger[Any]]
#: Code of a text whose normalised form is empty: it equals nothing.
BLANK = -1
#: A shorter digit run says too little to be the core of a reference.
CORE_DIGITS = 3

_BLANKS = " \t\r\u00a0\u202f\u2009"
_NEWLINE, _HASH = ord("\n"), ord("#")
_LAST_ASCII = 0x7F
_WORD = 8
_SPARE = b"\0" * _WORD
_SAMPLE, _FEW = 1000, 16
_WIDEST = 2**62
_AT_ONCE = 250_000  # rows that are looked at together where that saves memory
_LOWER = np.frombuffer(bytes(range(256)).lower(), np.uint8)  # changes the letters of ASCII only
_IS_BLANK = np.isin(np.arange(256), list(map(ord, _BLANKS)))


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

    def __len__(self) -> int:
        return len(self.starts)

    def take(self, rows: NDArray[Any] | slice) -> Spans:
        """The pieces of some rows, in the same buffer."""
        return Spans(self.data, self.starts[rows], self.lengths[rows])

    def alone(self) -> Spans:
        """The same pieces one a line, in a buffer that holds nothing else."""
        ends = np.cumsum(self.lengths + 1, dtype=np.int64)
        starts = ends - self.lengths - 1
        places = np.repeat(self.starts - starts, self.lengths + 1)
        places += np.arange(len(places))
        data = np.append(self.data[places], np.frombuffer(_SPARE, np.uint8))
        data[ends - 1] = _NEWLINE
        return Spans(data, _narrow(starts, len(data)), self.lengths)

    def texts(self) -> list[str]:
        """The pieces as text."""
        ends = self.starts + self.lengths
        raw = self.data.tobytes()
        if len(ends) and not self.starts[0] and (self.starts[1:] == ends[:-1] + 1).all():
            pieces = raw[: int(ends[-1])].decode(errors="surrogatepass").split("\n")
        else:
            bounds = zip(self.starts.tolist(), ends.tolist(), strict=True)
            pieces = [raw[a:b].decode(errors="surrogatepass") for a, b in bounds]
        broken = LINE_BREAK.encode(errors="surrogatepass") in raw
        return [piece.replace(LINE_BREAK, "\n") for piece in pieces] if broken else pieces


def normalised(text: str, transform: Transform) -> str:
    """One text as a rule sees it; the meaning of :func:`spans` for a single row."""
    return spans([text], transform).texts()[0]


def spans(values: Sequence[str] | Spans, transform: Transform) -> Spans:
    """Normalise a column of texts, or of pieces that stand one a line; see :class:`Transform`."""
    pieces = values if isinstance(values, Spans) else lined(as_lines(values))
    if transform is Transform.EXACT:
        return pieces
    folded = _folded(pieces)
    return longest_digit_runs(folded) if transform is Transform.CORE else folded


def lined(lines: Lines) -> Spans:
    """Texts as pieces, one a line."""
    data = np.frombuffer(lines.data + _SPARE, np.uint8)
    ends = np.flatnonzero(data == _NEWLINE)
    starts = np.zeros_like(ends)
    starts[1:] = ends[:-1] + 1
    return Spans(data, _narrow(starts, len(data)), _narrow(ends - starts, len(data)))


def joined(one: Spans, other: Spans) -> Spans:
    """Two columns of pieces, one behind the other."""
    offset, size = len(one.data), len(one.data) + len(other.data)
    starts = np.concatenate([one.starts, other.starts.astype(np.int64) + offset])
    return Spans(
        np.concatenate([one.data, other.data]),
        _narrow(starts, size),
        np.concatenate([one.lengths, other.lengths]),
    )


def _narrow(places: NDArray[Any], size: int) -> Places:
    """Places in a buffer of some bytes, in half the memory where that is possible."""
    return places.astype(np.int32) if size < 2**31 else places


def _folded(pieces: Spans) -> Spans:
    """References without blanks, case and one leading ``#``."""
    data, starts, lengths = _LOWER[pieces.data], pieces.starts, pieces.lengths
    if data.max() > _LAST_ASCII:  # str knows the letters and blanks of all languages
        return lined(_folded_lines(pieces.texts()))
    blanks = np.flatnonzero(_IS_BLANK[data])
    if len(blanks):
        before = np.searchsorted(blanks, starts)
        lengths = lengths - _narrow(np.searchsorted(blanks, starts + lengths) - before, len(data))
        starts = starts - _narrow(before, len(data))
        data = np.delete(data, blanks)
    marked = (data[starts] == _HASH) & (lengths > 0)
    return Spans(data, starts + marked, lengths - marked)


def _folded_lines(values: Sequence[str]) -> Lines:
    text = as_lines(values).data.decode(errors="surrogatepass").replace(LINE_BREAK, "")
    for blank in _BLANKS:
        text = text.replace(blank, "")
    # one '#' is taken off each line, the first line included
    text = f"\n{text.casefold()}".replace("\n#", "\n")[1:]
    return Lines(bytearray(text, "utf-8", "surrogatepass"), len(values))


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


def span_codes(pieces: Spans, hashes: Ints | None = None) -> Ints:
    """Equal pieces get equal codes, different ones different codes, blank ones :data:`BLANK`.

    Args:
        pieces: The pieces.
        hashes: Their :func:`span_hashes`, where they are known.
    """
    codes = np.full(len(pieces), BLANK, np.int64)
    rows = np.flatnonzero(pieces.lengths > 0)
    found, count = ranked((span_hashes(pieces) if hashes is None else hashes)[rows])
    one_of = np.empty(count, np.int64)
    one_of[found] = rows
    if not _equal(pieces, rows, one_of[found]):
        found = _codes_by_word(pieces, rows)  # two different pieces have one hash
    codes[rows] = found
    return codes


def _equal(pieces: Spans, one: Ints, other: Ints) -> bool:
    """Whether pairs of rows with equal hashes are equal, byte by byte."""
    if pieces.lengths.max(initial=0) <= _WORD:
        return True  # they have one word, of which the hash is a permutation
    others = one != other
    one, other = one[others], other[others]
    if not np.array_equal(pieces.lengths[one], pieces.lengths[other]):
        return False
    for done in range(0, int(pieces.lengths[one].max(initial=0)), _WORD):
        long = pieces.lengths[one] > done
        one, other = one[long], other[long]
        if not np.array_equal(_words(pieces, one, done), _words(pieces, other, done)):
            return False
    return True


def _codes_by_word(pieces: Spans, rows: Ints) -> Ints:
    """Codes of rows that are not blank, without hashes."""
    codes = pieces.lengths[rows].astype(np.int64)
    for done in range(0, int(codes.max(initial=0)), _WORD):
        long = np.flatnonzero(pieces.lengths[rows] > done)
        words, count = ranked(_words(pieces, rows[long], done).view(np.int64))
        codes, _ = ranked(codes)
        codes *= count + 1
        codes[long] += words + 1
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

    Sorting takes half the time and memory of a hash table.
    """
    if not len(values):
        return np.zeros(0, np.int64), 0
    few = np.unique(values[:: 1 + len(values) // _SAMPLE])
    if len(few) <= _FEW:  # perhaps there are no others
        codes = np.minimum(np.searchsorted(few, values), len(few) - 1)
        if np.array_equal(few[codes], values):
            return codes, len(few)
    order = np.argsort(values)
    values = values[order]
    rank = np.zeros(len(values), np.int32)
    np.cumsum(values[1:] != values[:-1], out=rank[1:])
    codes = np.empty(len(values), np.int64)
    codes[order] = rank
    return codes, int(rank[-1]) + 1


def combined(*columns: NDArray[Any]) -> Ints:
    """One code a row, equal exactly where all columns are; ordered by the first column, then the next."""
    code, size = _based(columns[0])
    for column in columns[1:]:
        other, span = _based(column)
        if size * span > _WIDEST:
            code, size = ranked(code)
            other, span = ranked(column)
        code *= span
        code += other
        size *= span
    return code


def _based(column: NDArray[Any]) -> tuple[Ints, int]:
    """A copy counted from its smallest value, and how many values fit; rankedd when too wide."""
    if not len(column):
        return np.zeros(0, np.int64), 1
    low, high = int(column.min()), int(column.max())
    if high - low >= _WIDEST:
        return ranked(column)
    return np.subtract(column, low, dtype=np.int64), high - low + 1
