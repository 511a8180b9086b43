"""Product codes and barcodes: which differ only in their writing, and which a spreadsheet program damaged.

Codes are texts: ``00123`` and ``123`` are two (rule ID-02). What looks alike is proposed to a person and
never taken as equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import combinations

_DASHES = re.compile(r"[-_\u2010-\u2015\u2212]")
_ROUNDED = re.compile(r"([0-9]([.,][0-9]+)?)E\+([0-9]+)", re.IGNORECASE)
_POWER = re.compile(r"[0-9]+(\.[0-9]+)?[eE][-+]?[0-9]+")
_WHOLE = re.compile(r"[0-9]+[.,]0+")
_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATE = re.compile(rf"[0-9]{{1,2}}-({_MONTH})|({_MONTH})-[0-9]{{2}}", re.IGNORECASE)
_MOST_DIGITS = 15  # of which a spreadsheet program keeps account
_PLACES = 5  # decimals that it shows of a number that is too long for its cell
_GTIN_LENGTHS = (8, 12, 13, 14)  # GTIN-8, UPC-A, EAN-13, GTIN-14 (GS1 General Specifications)
WRONG_CHECK_DIGIT = "has a wrong check digit"
_SHORTEST_CUT = 9  # a shorter number is a code of the merchant's own


def _plain(code: str) -> str:
    return code.lstrip("0") or code[:1]


_WRITINGS: Mapping[str, Callable[[str], str]] = {
    "case": str.casefold,
    "blanks": lambda code: "".join(code.split()),
    "leading zeros": _plain,
    "dashes": lambda code: _DASHES.sub("", code),
}


def folded(code: str) -> str:
    """A code without case, blanks, dashes and leading zeros; "" for one that has nothing else."""
    return _plain(_DASHES.sub("", "".join(code.split()))).casefold()


def difference(one: str, other: str) -> tuple[str, ...]:
    """In which ways two codes are written differently that are equal when folded.

    Returns:
        The fewest of "case", "blanks", "leading zeros" and "dashes" that explain it; none for equal codes and
        for codes that are different.
    """
    if one == other or folded(one) != folded(other):
        return ()
    for count in range(1, len(_WRITINGS)):
        for names in combinations(_WRITINGS, count):
            if _without(one, names) == _without(other, names):
                return names
    return tuple(_WRITINGS)


def _without(code: str, names: tuple[str, ...]) -> str:
    # zeros lead only once blanks and dashes before them are gone
    for name in ("blanks", "dashes", "leading zeros", "case"):
        if name in names:
            code = _WRITINGS[name](code)
    return code


def damage(code: str) -> str:
    """What a spreadsheet program did to a code, "" for nothing: it follows the code in a sentence."""
    text = code.strip()
    if _ROUNDED.fullmatch(text):
        return "has lost digits"
    if text.isascii() and text.isdigit() and len(text) > _MOST_DIGITS and not text[_MOST_DIGITS:].strip("0"):
        return "may have lost its last digits"
    if _WHOLE.fullmatch(text):
        return "was turned into a number"
    if _DATE.fullmatch(text):
        return "was turned into a date"
    return ""


def looks_numeric(code: str) -> bool:
    """Whether a spreadsheet program would take a code that is no number for one (``73928e05``)."""
    return bool(_POWER.fullmatch(code.strip())) and not damage(code)


def may_have_been(damaged: str, code: str) -> bool:
    """Whether a spreadsheet program shows ``code`` as the damaged text."""
    text = damaged.strip().upper().replace(",", ".")
    match = _ROUNDED.fullmatch(text)
    if match is None:
        return bool(_WHOLE.fullmatch(text)) and code == text.partition(".")[0]
    if not (code.isascii() and code.isdigit()):
        return False
    decimals = len((match[2] or ".")[1:])
    exponent = int(match[3])
    if len(code.lstrip("0")) != exponent + 1:
        return False
    return any(_shown(code, places) == _shown_parts(text) for places in {decimals, _PLACES})


def _shown(code: str, places: int) -> tuple[str, int]:
    return _shown_parts(f"{int(code):.{places}E}")


def _shown_parts(text: str) -> tuple[str, int]:
    mantissa, _, exponent = text.partition("E")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa), int(exponent)


def gtin(barcode: str) -> str:
    """A barcode as all systems write it: UPC-A and EAN-13 of one article are one, other codes as they are."""
    text = barcode.strip()
    return text.zfill(14) if text.isascii() and text.isdigit() and len(text) in _GTIN_LENGTHS else text


def barcode_fault(barcode: str) -> str:
    """What is wrong with a barcode, "" for nothing; it follows the barcode in a sentence.

    Only numbers of the length of a GTIN have a check digit; other lengths and letters are the merchant's own
    codes, unless they are a GTIN without its leading zeros.
    """
    text = barcode.strip()
    if damaged := damage(text):
        return damaged
    if not (text.isascii() and text.isdigit()):
        return ""
    if len(text) in _GTIN_LENGTHS:
        return "" if _checks(text) else WRONG_CHECK_DIGIT
    cut = _SHORTEST_CUT <= len(text) < max(_GTIN_LENGTHS) and _checks(text)
    return "has lost its leading zeros" if cut else ""


def _checks(digits: str) -> bool:
    """Whether the last digit of a GTIN is its check digit; leading zeros make no difference."""
    places = map(int, reversed(digits))
    return sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(places)) % 10 == 0
