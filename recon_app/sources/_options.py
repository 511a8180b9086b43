"""The options of an import: their names, and what each can be.

A source that asks something of its own names it itself, in ``Source.options``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from recon_app.models.ask import is_moment, is_zone
from recon_app.models.problem import UsageError
from recon_app.sources import _bank_mapping, _dates, _detect, _privacy
from recon_app.sources._base import Source
from recon_app.sources._encoding import ENCODINGS, is_encoding
from recon_app.sources._mapped import ANSWERS, PLAIN_ANSWERS, MappedSource
from recon_app.sources._mapped_columns import PREFIX
from recon_app.sources._mapped_dates import NO_ZONE, OVERLAPS, SERIALS
from recon_app.sources._mapped_numbers import THOUSANDS_TOLD
from recon_app.sources._mapped_table import DELIMITERS

#: Codes of ISO 4217, with those of old files; what a person types is checked, what a file says is not.
CURRENCIES = frozenset(
    re.findall(
        "[A-Z]{3}",
        """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BYR
        BZD CAD CDF CHF CLF CLP CNY COP CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL
        GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW
        KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRO MRU MUR MVR MWK MXN MYR MZN
        NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
        SHP SLE SLL SOS SRD SSP STD STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VEF
        VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG ZWL""",
    )
)


@dataclass(frozen=True)
class _Values:
    """What an option can be.

    Attributes:
        words: The same for a person, as behind "it must be".
        fits: Whether a value is one.
    """

    words: str
    fits: Callable[[str], bool]


def _one_of(*values: str) -> _Values:
    return _Values(
        " or ".join([", ".join(values[:-1]), values[-1]] if values[1:] else values), set(values).__contains__
    )


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit()


def _is_zone(value: str) -> bool:
    return value == NO_ZONE or is_zone(value) or _dates.is_zone(value)


def _is_currency(value: str) -> bool:
    return value.strip().upper() in CURRENCIES


_TEXT = _Values("a text", bool)
_ZONE = _Values("a time zone such as Europe/Berlin", _is_zone)
_NUMBER = _Values("a whole number", _is_number)
_CURRENCY = _Values("a currency code such as EUR", _is_currency)
_DELIMITER = _Values(
    "one character, or comma, semicolon, tab or pipe", lambda value: len(DELIMITERS.get(value, value)) == 1
)
_PLAIN: Mapping[str, _Values] = {
    "currency": _CURRENCY,
    "date_order": _one_of(*_detect.DATE_ORDERS, *SERIALS),
    "debit_sign": _one_of(*_detect.DEBIT_SIGNS),
    "decimal_mark": _one_of(*_detect.DECIMAL_MARKS),
    "delimiter": _DELIMITER,
    "encoding": _Values(f"an encoding: utf-8, {', '.join(ENCODINGS)}", is_encoding),
    "ending": _one_of("csv"),
    "exported_at": _Values("a time with its zone, as in 2026-11-23T09:30+01:00", is_moment),
    _privacy.OPTION: _one_of(_privacy.KEEP),
    "repeated": _one_of("keep"),
    "sheet": _TEXT,
    "snapshot": _one_of("whole", "part"),
    "thousands_mark": _one_of(*THOUSANDS_TOLD),
    "timezone": _ZONE,
    "zone": _ZONE,
}
#: What a mapping can say besides the names of columns.
_OF_MAPPING: Mapping[str, _Values] = {
    "amount_unit": _one_of("major", "minor"),
    "changes": _one_of("keep_old"),
    "credit_marks": _one_of("cr_is_plus", "cr_is_minus"),
    "currency_code": _CURRENCY,
    "dash": _one_of("zero", "empty"),
    "dst_overlap": _one_of(*OVERLAPS),
    "duplicates": _one_of("once", "keep"),
    "fee_sign": _one_of("cost", "negative"),
    "header_row": _NUMBER,
    "ids": _one_of("as_is", "whole"),
    "max_quantity": _NUMBER,
    "overlap": _one_of("add_new"),
    "quantity_decimals": _NUMBER,
    "sign": _one_of("as_is", "inverted"),
}


def check(options: Mapping[str, str], sources: Iterable[Source]) -> None:
    """Refuse options that no source knows, and values that they cannot have.

    Args:
        options: Values by name.
        sources: All sources.

    Raises:
        UsageError: there is no such option, or it cannot be that.
    """
    if not options:
        return
    there = known(sources)
    for name, value in options.items():
        if name not in there:
            of_columns = name.startswith(PREFIX)
            shown = ", ".join(sorted(each for each in there if each.startswith(PREFIX) is of_columns))
            others = "" if of_columns else f", and {PREFIX}NAME for columns"
            raise UsageError(f"there is no option {name!r}; there are {shown}{others}")
        if not any(values.fits(value) for values in there[name]):
            words = ", or ".join(dict.fromkeys(values.words for values in there[name]))
            raise UsageError(f"the option {name} cannot be {value!r}; it must be {words}")


def known(sources: Iterable[Source]) -> dict[str, list[_Values]]:
    """What each option can be; sources may mean different things by one of their own."""
    found = {name: [values] for name, values in _PLAIN.items()}
    columns = {*_bank_mapping.KEYS, *ANSWERS, *PLAIN_ANSWERS, *_OF_MAPPING}
    for source in sources:
        for name, choices in source.options.items():
            found.setdefault(name, []).append(_one_of(*choices))
        if isinstance(source, MappedSource):
            columns |= {target.key for target in source.targets}
    return found | {PREFIX + key: [_of_mapping(key)] for key in columns}


def _of_mapping(key: str) -> _Values:
    if key in _OF_MAPPING:
        return _OF_MAPPING[key]
    column = key in _bank_mapping.COLUMN_KEYS  # of banks, the currency is a column
    return _TEXT if column else _PLAIN.get(key, _TEXT)
