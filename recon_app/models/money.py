"""Money as integer minor units with its currency. Nothing here rounds."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: ISO 4217 currencies whose minor unit is not 1/100, with their number of decimals.
ODD_EXPONENTS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
_CURRENCY = re.compile(r"[A-Z]{3}")
# 40 digits are far beyond any amount and far below where Python refuses to convert
_DECIMAL = re.compile(r"([+-]?)([0-9]{0,40})(?:\.([0-9]{0,40}))?")


class MoneyError(ValueError):
    """A text is not an exact amount of its currency."""


def exponent(currency: str) -> int:
    """Return how many decimals the currency has (EUR 2, JPY 0, KWD 3).

    Raises:
        MoneyError: the text is not a three-letter upper-case currency code.
    """
    if not _CURRENCY.fullmatch(currency):
        raise MoneyError(f"{currency!r} is not a three-letter currency code")
    return ODD_EXPONENTS.get(currency, 2)


def parse_minor(text: str, currency: str) -> int:
    """Read a plain decimal text (``-12.50``) as minor units of ``currency``.

    Zeros beyond the currency's decimals are exact and accepted (JPY ``1000.00``).

    Raises:
        MoneyError: not a plain decimal, or more decimals than the currency has (rule FX-03).
    """
    digits = exponent(currency)
    match = _DECIMAL.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        raise MoneyError(f"{text!r} is not an amount")
    decimals = (match[3] or "").rstrip("0")
    if len(decimals) > digits:
        raise MoneyError(f"{text!r} has more decimals than {currency} has ({digits})")
    minor = int((match[2] or "0") + decimals.ljust(digits, "0"))
    return -minor if match[1] == "-" else minor


def format_minor(minor: int, currency: str) -> str:
    """Write minor units as a plain decimal text: ``-1250`` EUR is ``-12.50``."""
    digits = exponent(currency)
    if digits == 0:
        return str(minor)
    whole, rest = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole}.{rest:0{digits}d}"


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount.

    Attributes:
        minor: Integer minor units (cents for EUR), signed.
        currency: ISO 4217 code, upper case.
    """

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read a plain decimal text; see :func:`parse_minor`."""
        return cls(parse_minor(text, currency), currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return f"{format_minor(self.minor, self.currency)} {self.currency}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise MoneyError(f"cannot add {other.currency} to {self.currency}")
        return other.minor
