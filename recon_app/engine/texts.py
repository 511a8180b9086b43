"""Columns of a million texts in a frame: references in one buffer, words of which there are few as codes.

A frame of plain Python texts needs 60 bytes and an object for each of them. Here only the few rows that a
person looks at become texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray, ExtensionDtype

from recon_app.engine.normalise import Ints, Spans, joined, lined, ranked, span_codes
from recon_app.models.lines import Lines, as_lines

Mask = NDArray[np.bool_]


class TextType(ExtensionDtype):
    """The type of a :class:`TextArray`; "" stands for no text."""

    name = "texts"
    type: ClassVar[Any] = str
    kind = "O"
    na_value = ""

    @classmethod
    def construct_array_type(cls) -> type[TextArray]:
        """The class of the columns."""
        return TextArray


class TextArray(ExtensionArray):  # noqa: PLW1641 - as all columns that can be compared, it has no hash
    """A column of texts that are pieces of one buffer; what pandas asks of a column.

    Attributes:
        pieces: The texts.
    """

    def __init__(self, pieces: Spans) -> None:
        self.pieces = pieces

    @property
    def dtype(self) -> TextType:
        """The type of the column."""
        return TextType()

    @property
    def nbytes(self) -> int:
        """Bytes in memory, the buffer included."""
        return sum(part.nbytes for part in (self.pieces.data, self.pieces.starts, self.pieces.lengths))

    @classmethod
    def _from_sequence(cls, scalars: Iterable[Any], *, dtype: Any = None, copy: bool = False) -> Self:
        del dtype, copy
        return cls(lined(as_lines(list(scalars))))

    @classmethod
    def _from_factorized(cls, values: Iterable[Any], original: TextArray) -> Self:
        del original
        return cls._from_sequence(values)

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[TextArray]) -> Self:
        pieces = to_concat[0].pieces
        for other in to_concat[1:]:
            pieces = joined(pieces, other.pieces)
        return cls(pieces)

    def __len__(self) -> int:
        return len(self.pieces)

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, (int, np.integer)):
            return self.pieces.take(np.array([item])).texts()[0]
        return type(self)(self.pieces.take(pd.api.indexers.check_array_indexer(self, item)))

    def __iter__(self) -> Iterator[str]:
        return iter(self.pieces.texts())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        del copy
        found = np.empty(len(self), object)
        found[:] = self.pieces.texts()
        return found if dtype is None else found.astype(dtype, copy=False)

    def __eq__(self, other: object) -> Any:
        if isinstance(other, str) and not other:
            return self.pieces.lengths == 0
        if isinstance(other, (pd.Series, pd.Index, pd.DataFrame)):
            return NotImplemented
        return np.asarray(self) == (np.asarray(other) if isinstance(other, ExtensionArray) else other)

    def __ne__(self, other: object) -> Any:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else ~equal

    def isna(self) -> Mask:
        """Nothing is missing: "" is a text."""
        return np.zeros(len(self), np.bool_)

    def take(self, indices: Any, *, allow_fill: bool = False, fill_value: Any = None) -> Self:
        """Texts at places; with ``allow_fill``, "" at -1."""
        del fill_value
        places = np.asarray(indices, np.intp)
        if not allow_fill:
            return type(self)(self.pieces.take(places))
        if not len(self):
            return self._from_sequence([""] * len(places))
        found = self.pieces.take(places)
        return type(self)(Spans(found.data, found.starts, np.where(places < 0, 0, found.lengths)))

    def copy(self) -> Self:
        """The same column: nothing of it is ever changed."""
        return type(self)(self.pieces)

    def factorize(self, use_na_sentinel: bool = True) -> tuple[NDArray[np.intp], Self]:
        """Codes in order of appearance, and the different texts."""
        del use_na_sentinel
        code, count = ranked(span_codes(self.pieces))
        first = np.full(count, len(code), np.int64)
        np.minimum.at(first, code, np.arange(len(code)))
        order = np.argsort(first)
        place = np.empty(count, np.intp)
        place[order] = np.arange(count)
        return place[code], self.take(first[order])


Column = Sequence[str] | NDArray[np.object_] | TextArray | pd.Categorical


#: Fields of which a million records have a few different texts.
_FEW = frozenset({"category", "account", "status", "currency", "foreign_currency", "source"})


def packed_frame(columns: dict[str, Any]) -> pd.DataFrame:
    """A frame that holds its texts packed: a :class:`TextArray`, or a categorical where there are few.

    Args:
        columns: int64 arrays and :class:`Lines`; they are taken out one by one.
    """
    found: dict[str, Any] = {}
    for name in list(columns):
        column = columns.pop(name)  # its memory is needed for the next
        if isinstance(column, Lines):
            packed = _coded(column) if name in _FEW else TextArray(lined(column))
            found[name] = pd.Series(packed, copy=False)
        else:
            found[name] = column
    return pd.DataFrame(found, copy=False)  # a million rows are held once


def _coded(lines: Lines) -> pd.Categorical:
    first = lines.data[: lines.data.find(b"\n") + 1]
    if lines.data == first * lines.count:  # often there is one only
        found = Lines(first, min(lines.count, 1)).texts()
        return pd.Categorical.from_codes(np.zeros(lines.count, np.int8), pd.Index(found, dtype=object))
    codes, texts = TextArray(lined(lines)).factorize()
    return pd.Categorical.from_codes(codes, pd.Index(texts.pieces.texts(), dtype=object))


def pieces(column: Column) -> Spans:
    """The texts of a column as pieces."""
    if isinstance(column, TextArray):
        return column.pieces
    if isinstance(column, pd.Categorical):
        return lined(as_lines(list(column.categories))).take(column.codes)
    return lined(as_lines(list(column)))


def distinct(column: Column | pd.Series) -> tuple[Ints, list[str]]:
    """A place in a list of different texts for each text, and that list, which may hold more than these."""
    values = column.array if isinstance(column, pd.Series) else column
    if isinstance(values, pd.Categorical):
        return values.codes.astype(np.int64), list(values.categories)
    found: Any
    if isinstance(values, TextArray):
        codes, found = values.factorize()
    else:
        codes, found = pd.factorize(np.asarray(values, object))
    return codes.astype(np.int64, copy=False), list(found)


def different(column: pd.Series) -> list[str]:
    """The different texts of a column, sorted."""
    codes, found = distinct(column)
    return sorted({found[code] for code in np.flatnonzero(np.bincount(codes, minlength=len(found))).tolist()})


def common_codes(one: Column | pd.Series, other: Column | pd.Series) -> tuple[Ints, Ints]:
    """Codes of the texts of two columns, equal where the texts are."""
    numbers: dict[str, int] = {}
    left, right = (
        np.array([numbers.setdefault(text, len(numbers)) for text in found], np.int64)[codes]
        for codes, found in (distinct(one), distinct(other))
    )
    return left, right


def told(column: pd.Series, test: Callable[[str], bool]) -> Mask:
    """Which texts pass a test, which every different text is put to once."""
    codes, found = distinct(column)
    return np.array([test(text) for text in found], np.bool_)[codes]


def named(column: pd.Series, names: Mapping[str, str]) -> NDArray[np.object_]:
    """What each text is called, "" for those without a name."""
    codes, found = distinct(column)
    return np.array([names.get(text, "") for text in found], object)[codes]


def starting(column: pd.Series, start: str) -> Mask:
    """Which texts start with a text of ASCII."""
    if not isinstance(column.array, TextArray):
        return np.fromiter((text.startswith(start) for text in column.tolist()), np.bool_, len(column))
    pieces = column.array.pieces
    found = np.flatnonzero(pieces.lengths >= len(start))
    for place, letter in enumerate(start.encode("ascii")):
        found = found[pieces.data[pieces.starts[found] + place] == letter]
    mask = np.zeros(len(column), np.bool_)
    mask[found] = True
    return mask


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with every text as a Python object, which pandas can change one by one."""
    packed = [str(name) for name in frame if isinstance(frame[name].array, (TextArray, pd.Categorical))]
    return frame.assign(
        **{
            name: pd.Series(np.asarray(frame[name].array, object), frame.index, dtype=object)
            for name in packed
        }
    )
