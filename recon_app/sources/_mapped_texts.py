"""Columns of identifiers and other text of any origin: kept as they are, with what looks wrong told.

Spreadsheet programs round long numbers, drop zeros and run text as formulas; people type letters of other
alphabets that look alike. What is certainly damaged is a fault, what may be is asked or told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter

from recon_app.sources._bank import CURRENCIES
from recon_app.sources._base import shown
from recon_app.sources._mapped_columns import PREFIX
from recon_app.sources._mapped_table import Table
from recon_app.sources._text import MAX_FIELD

_LONGEST_ID = 255
_SAFE = re.compile(r"[0-9A-Za-z_#./ :-]+")  # characters of which no identifier is doubtful
_ROUNDED = re.compile(r"[0-9]([.,][0-9]+)?E\+[0-9]{1,3}", re.IGNORECASE)
_WRAPPED = re.compile(r'="(.*)"', re.DOTALL)
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r")
_FORMULA_ID = ("=", "@", "'", "\uff1d", "\uff20")
_MOJIBAKE = re.compile(
    "[\u00c2\u00c3][\u0080-\u00bf\u2018-\u201d\u20ac\u2026\u2122]|\u00e2\u20ac|\u00ef\u00bb\u00bf|\ufffd"
)
# Cyrillic and Greek capitals and small letters that look like Latin ones
_ALIKE = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf",
    "ABEKMHOPCTXaeopcyxiABEZHIKMNOPTYXo",
)
_NO_TEXT = "\u00a0\u202f\u2007"
_ID_ANSWERS = ("as_is", "whole")
_NOT_SAVED = "export it again and import that file, not one saved by a spreadsheet program"


@dataclass(frozen=True)
class _Seen:
    """A distinct cell as it is kept, and the first row that has it."""

    value: str
    index: int


class Texts:
    """Reads the text columns of a table.

    Args:
        table: The table.
        options: Answers of a person.
    """

    def __init__(self, table: Table, options: Mapping[str, str]) -> None:
        self._table = table
        self._ids = options.get(PREFIX + "ids", "")

    def ids(self, key: str, *, filled: bool) -> list[str]:
        """Identifiers byte for byte, without blanks around them."""
        table = self._table
        cells = table.cells[key]
        values = cells
        if '="' in "".join(cells) or [*map(str.strip, cells)] != cells:
            values = [self._kept(cell) for cell in cells]
            for index, (cell, value) in enumerate(zip(cells, values, strict=True)):
                self._tell_kept(key, index, cell, value)
        first = _first_rows(values)
        if not _SAFE.fullmatch("".join(first)) or max(map(len, first)) > _LONGEST_ID:
            for value, index in first.items():
                self._check_id(key, index, value)
        if filled and not all(values):
            for index, value in enumerate(values):
                if not value:
                    table.fault(index, key, "is empty", "every record needs it", "E_ID_EMPTY")
        self._find_alike(key, first)
        return self._without_zeros(key, values, first)

    def texts(self, key: str) -> list[str]:
        """Any other text, without blanks around it."""
        cells = self._table.cells[key]
        values = [cell.strip().strip(_NO_TEXT) for cell in cells]
        for value, index in _first_rows(values).items():
            self._check_text(key, index, cells[index], value)
        return values

    def currencies(self, key: str) -> list[str]:
        """ISO codes."""
        cells = self._table.cells[key]
        known = {cell: cell.strip().upper() for cell in set(cells)}
        codes = [known[cell] for cell in cells]
        for index, code in enumerate(codes):
            if code not in CURRENCIES:
                problem = f"{shown(cells[index])!r} is not a currency code" if code else "is empty"
                self._table.fault(index, key, problem, "write the ISO code (EUR)", "E_CURRENCY")
        return [code if code in CURRENCIES else "" for code in codes]

    @staticmethod
    def _kept(cell: str) -> str:
        """The identifier in a cell, without blanks around it or ``="..."``."""
        bare = cell.strip().strip(_NO_TEXT).strip()
        match = _WRAPPED.fullmatch(bare)
        return match[1] if match else bare

    def _tell_kept(self, key: str, index: int, cell: str, value: str) -> None:
        if cell == value:
            return
        if _WRAPPED.fullmatch(cell.strip()):
            self._table.warn(index, key, f"{shown(cell)!r} is read as {value!r}", "W_FORMULA_TEXT")
        else:
            self._table.warn(index, key, f"blanks around {shown(value)!r} were left out", "W_WHITESPACE")

    def _check_id(self, key: str, index: int, value: str) -> None:
        table = self._table
        if len(value) > _LONGEST_ID:
            problem = f"{shown(value)!r} has {len(value)} characters; {_LONGEST_ID} are the most"
            table.fault(index, key, problem, "this is no identifier", "E_TOO_LARGE")
        elif _ROUNDED.fullmatch(value):
            table.fault(index, key, f"{value!r} has lost its digits", _NOT_SAVED, "E_ID_DAMAGED")
        elif "\n" in value or "\r" in value or "\t" in value:
            table.fault(index, key, f"{shown(value)!r} holds a line break or tab", "correct it", "E_CONTROL")
        elif value.startswith(_FORMULA_ID):
            table.warn(index, key, f"{shown(value)!r} would run in a spreadsheet program", "W_FORMULA_TEXT")
        elif not value.isascii():
            folded = unicodedata.normalize("NFC", value)
            if unicodedata.normalize("NFKC", value) != folded:
                table.warn(
                    index, key, f"{shown(value)!r} has characters that look like others", "W_LOOKALIKE"
                )
            elif _MOJIBAKE.search(value):
                table.warn(index, key, f"{shown(value)!r} was saved in a wrong encoding", "W_LOOKALIKE")

    def _check_text(self, key: str, index: int, cell: str, value: str) -> None:
        table = self._table
        if len(value) > MAX_FIELD:
            table.fault(index, key, f"{shown(value)!r} is too long", "shorten it", "E_TOO_LARGE")
        elif cell.startswith("\t") or "\r" in cell.replace("\r\n", ""):
            table.fault(index, key, f"{shown(cell)!r} holds a control character", "correct it", "E_CONTROL")
        elif "\n" in value:
            table.warn(index, key, f"{shown(value)!r} holds a line break", "W_CONTROL")
        elif value.startswith(_FORMULA):
            table.warn(index, key, f"{shown(value)!r} would run in a spreadsheet program", "W_FORMULA_TEXT")
        elif not value.isascii() and _MOJIBAKE.search(value):
            table.warn(index, key, f"{shown(value)!r} was saved in a wrong encoding", "W_LOOKALIKE")

    def _find_alike(self, key: str, first: Mapping[str, int]) -> None:
        """Tell of different identifiers that look the same."""
        if "".join(first).isascii() and len({*map(str.casefold, first)}) == len(first):
            return
        seen: dict[str, _Seen] = {}
        for value, index in first.items():
            looks = value
            if not value.isascii():
                looks = unicodedata.normalize("NFKC", value).translate(_ALIKE)
            looks = looks.casefold()
            other = seen.setdefault(looks, _Seen(value, index))
            if other.value != value:
                problem = f"{shown(value)!r} looks like {shown(other.value)!r} above"
                self._table.warn(index, key, problem, "W_LOOKALIKE")

    def _without_zeros(self, key: str, values: list[str], first: Mapping[str, int]) -> list[str]:
        """Ask what a column is in which every identifier ends in ``.0`` or is a number of a workbook."""
        floats = bool(first) and all(re.fullmatch(r"[0-9]+\.0", value) for value in first)
        if not floats:
            self._ask_numbers(key, values)
            return values
        if self._ids == "whole":
            return [value.removesuffix(".0") for value in values]
        if self._ids != "as_is":
            example, index = next(iter(first.items()))
            question = (
                f"Every value ends in .0 ({example!r}), as a spreadsheet program writes numbers. "
                "Is the .0 part of it (as_is), or not (whole)?"
            )
            self._table.ask(
                question, PREFIX + "ids", _ID_ANSWERS, index, key, f"{example!r} ends in .0", "E_ID_DAMAGED"
            )
        return values

    def _ask_numbers(self, key: str, values: list[str]) -> None:
        """Ask whether product codes that are numbers of a workbook have lost zeros; tell of other ids."""
        for index in sorted(self._table.numbers.get(key, ())):
            value = values[index]
            if key in ("sku", "barcode", "lot"):
                if self._ids != "as_is":
                    question = (
                        f"The code {value!r} is a number in the workbook, so zeros before it are lost. "
                        "Is it right as it is (as_is)? If not, export it as text."
                    )
                    problem = f"{value!r} is a number, not a text"
                    self._table.ask(question, PREFIX + "ids", ("as_is",), index, key, problem, "E_ID_DAMAGED")
                return
            self._table.warn(index, key, f"{value!r} is a number, not a text", "W_LOOKALIKE")


def _first_rows(values: list[str]) -> dict[str, int]:
    """The first row of each distinct value that is not blank."""
    count = len(values)
    first = dict(zip(reversed(values), range(count - 1, -1, -1), strict=True))
    first.pop("", None)
    return dict(sorted(first.items(), key=itemgetter(1)))
