"""Which styles of a workbook make a day of a number.

A date is stored as the number of days since 1899-12-30; that it is one shows only its number format (ECMA-376
part 1, 18.8.30 and 18.8.31).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

#: What a number with a style is; formats that are rare or hard to tell apart are left to the library.
NUMBER, DAY, UNKNOWN = range(3)
Styles = NDArray[np.uint8]  # one of the above for each style, by its index
NO_STYLES: Styles = np.zeros(0, np.uint8)
Elements = Iterable[tuple[str, dict[str, str]]]

_FIRST_OWN = 164
_NUMBERS = frozenset((*range(14), *range(37, 45), 48, 49))
_DAYS = frozenset((*range(14, 23), 45, 47))
_AROUND_NUMBERS = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[(?:\$[^\]]*|Black|Blue|Cyan|Green|Magenta|Red|White|Yellow)\]'
)
_NUMBER_CODE = re.compile(r"General|@|[-#0?,.%()+/;E\s€£$¥@]+")
_AROUND_DAYS = re.compile(r"\[\$-[0-9A-F]{1,8}\]|\\[-/.,: ]|;@|AM/PM")
_DAY_CODE = re.compile(r"(?=.*[ymdhs])[ymdhs/.,: -]+", re.IGNORECASE)


def styles_of(elements: Elements) -> Styles:
    """The kinds of the styles that cells name by their index.

    Args:
        elements: Local names and attributes of the elements of the part of styles.
    """
    codes: dict[str, str] = {}
    kinds: list[int] = []
    inside = False
    for name, values in elements:
        if name == "numFmt":
            codes[values.get("numFmtId", "")] = values.get("formatCode", "")
        elif name == "xf" and inside:
            kinds.append(_kind(values.get("numFmtId", "0"), codes))
        elif name in ("cellXfs", "cellStyles", "dxfs"):
            inside = name == "cellXfs"
    return np.array(kinds, np.uint8)


def _kind(number: str, codes: dict[str, str]) -> int:
    if number in codes:
        return _code_kind(codes[number])
    if not number.isdecimal() or int(number) >= _FIRST_OWN:
        return UNKNOWN
    return NUMBER if int(number) in _NUMBERS else DAY if int(number) in _DAYS else UNKNOWN


def _code_kind(code: str) -> int:
    if _NUMBER_CODE.fullmatch(_AROUND_NUMBERS.sub("", code)):
        return NUMBER
    return DAY if _DAY_CODE.fullmatch(_AROUND_DAYS.sub("", code)) else UNKNOWN
