"""One entry of a CAMT message: its amount and days, its transactions, its references and its text."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from recon_app.models.money import Money
from recon_app.models.record import NO_INT
from recon_app.sources._bank import Line, is_currency, joined, minor_or_none
from recon_app.sources._extra import json_objects
from recon_app.sources._values import iso_days

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: Takes a fault: column and what is wrong.
Fault = Callable[[str, str], None]

BOOKED = ("", "BOOK")
_NO_REFERENCE = frozenset(("", "NOTPROVIDED", "NONREF", "NOT PROVIDED"))
_SIGNS = {"CRDT": 1, "DBIT": -1}
_AMOUNT_PATHS = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt")


def text_of(element: Element | None, path: str) -> str:
    """Text at a path, "" when there is none."""
    return "" if element is None else (element.findtext(path) or "").strip()


def status_of(entry: Element) -> str:
    """``BOOK``, ``PDNG``, ``INFO``...: text up to version 04, inside ``Cd`` from 08 on."""
    return text_of(entry, "Sts/Cd") or text_of(entry, "Sts/Prtry") or text_of(entry, "Sts")


def signed(element: Element, what: str, fault: Fault) -> Money | None:
    """Amount with its sign: ``CdtDbtInd`` alone gives it, ``RvslInd`` does not turn it again."""
    amount = element.find("Amt")
    text = "" if amount is None else (amount.text or "").strip()
    currency = "" if amount is None else amount.get("Ccy", "")
    sign = _SIGNS.get(text_of(element, "CdtDbtInd"))
    minor = minor_or_none(text, currency) if is_currency(currency) else None
    if minor is None:
        fault(f"{what}/Amt", f"{text!r} {currency or 'without a currency'} is not an exact amount")
    elif sign is None:
        fault(f"{what}/CdtDbtInd", "is neither CRDT nor DBIT")
    else:
        return Money(sign * minor, currency)
    return None


def day_of(entry: Element, tag: str, fault: Fault) -> int:
    """The day as written: of a moment with an offset the local date counts."""
    text = text_of(entry, f"{tag}/Dt") or text_of(entry, f"{tag}/DtTm")
    day = _iso_day(text[:10])
    if text and day == NO_INT:
        fault(tag, f"{text!r} is not a date")
    return day


@lru_cache(maxsize=1024)  # a statement has few days
def _iso_day(text: str) -> int:
    return int(iso_days([text])[0][0])


def split(entry: Element, amount: Money) -> list[tuple[list[Element], Money]] | None:
    """Split an entry by its transactions, when their amounts, or these less their charges, sum to it.

    Returns:
        The ``TxDtls`` of each line with its amount; None when there are several and they do not sum to it.
    """
    details = entry.findall("NtryDtls/TxDtls")
    if len(details) < 2:
        return [(details, amount)]
    for path in _AMOUNT_PATHS:
        gross = [_part(detail, path, amount) for detail in details]
        amounts = [minor for minor in gross if minor is not None]
        if len(amounts) < len(details):
            continue
        less = [minor + _charges(detail, amount) for minor, detail in zip(amounts, details, strict=True)]
        for candidate in (amounts, less):
            if sum(candidate) == amount.minor:
                return [
                    ([detail], Money(minor, amount.currency))
                    for detail, minor in zip(details, candidate, strict=True)
                ]
    return None


def _part(details: Element, path: str, whole: Money) -> int | None:
    """Signed minor units of one transaction of an entry, None when it has none in the entry's currency."""
    amount = details.find(path)
    if amount is None or amount.get("Ccy") != whole.currency:
        return None
    minor = minor_or_none((amount.text or "").strip(), whole.currency)
    sign = _SIGNS.get(text_of(details, "CdtDbtInd"), -1 if whole.minor < 0 else 1)
    return None if minor is None else sign * minor


def _charges(element: Element, whole: Money) -> int:
    """Charges of an entry or a transaction in its currency, a cost negative (versions 02 and 04 on)."""
    total = 0
    if element.find("Chrgs") is None:
        return total
    for record in (*element.iterfind("Chrgs"), *element.iterfind("Chrgs/Rcrd")):
        amount = record.find("Amt")
        if amount is not None and amount.get("Ccy") == whole.currency:
            minor = minor_or_none((amount.text or "").strip(), whole.currency)
            total += (minor or 0) * _SIGNS.get(text_of(record, "CdtDbtInd"), -1)
    return total


def line_of(entry: Element, details: list[Element], money: Money, member: str) -> Line:
    """Gather the references and the description of an entry, or of one of its transactions.

    Args:
        entry: The entry.
        details: Its transactions that make this line.
        money: Amount of the line.
        member: Name of the file inside an archive, "" outside.

    Returns:
        The line without its number, days, account and statement.
    """
    one = details[0] if len(details) == 1 else None
    remittance = [text for detail in details for text in _texts(detail, "RmtInf/Ustrd")]
    structured = [text for detail in details for text in _texts(detail, "RmtInf/Strd/CdtrRefInf/Ref")]
    extra = [text for detail in details for text in _texts(detail, "RmtInf/Strd/AddtlRmtInf", "AddtlTxInf")]
    names = [name for detail in details for name in _counterparties(detail, money)]
    inside = [] if one is not None else [text_of(detail, "Refs/EndToEndId") for detail in details]
    description = [*names, *remittance, *structured, *extra, *inside, *_texts(entry, "AddtlNtryInf")]
    foreign = _foreign(one, money)
    return Line(
        row=0,
        day=NO_INT,
        due=NO_INT,
        amount=money.minor,
        currency=money.currency,
        ref=_first(text_of(one, "Refs/EndToEndId"), *structured, *remittance),
        ref2=_first(
            text_of(one, "Refs/TxId"),
            text_of(one, "Refs/InstrId"),
            text_of(one, "Refs/PmtInfId"),
            text_of(entry, "NtryDtls/Btch/PmtInfId"),
        ),
        ident=_first(text_of(one, "Refs/AcctSvcrRef"), text_of(entry, "AcctSvcrRef")),
        account="",
        grp="",
        text=joined(description),
        foreign_amount=foreign.minor if foreign else NO_INT,
        foreign_currency=foreign.currency if foreign else "",
        status="" if status_of(entry) in BOOKED else status_of(entry),
        extra=_extra(entry, details, money, member),
    )


def _extra(entry: Element, details: list[Element], money: Money, member: str) -> str:
    """Charges inside the amount, whether the entry takes another back, and the file it is in."""
    charges = sum(_charges(element, money) for element in details) or _charges(entry, money)
    reversal = text_of(entry, "RvslInd") in ("true", "1")
    if not (charges or reversal or member):
        return ""
    return json_objects(
        {
            "charges": [str(Money(charges, money.currency)) if charges else ""],
            "reversal": ["yes" if reversal else ""],
            "member": [member],
        }
    )[0]


def _texts(element: Element, *paths: str) -> list[str]:
    return [found.text or "" for path in paths for found in element.iterfind(path)]


def _first(*texts: str) -> str:
    return next((text.strip() for text in texts if text.strip() not in _NO_REFERENCE), "")


def _counterparties(details: Element, money: Money) -> list[str]:
    """Names on the other side: who paid a credit, who received a debit."""
    roles = ("Dbtr", "UltmtDbtr") if money.minor >= 0 else ("Cdtr", "UltmtCdtr")
    return _texts(details, *(f"RltdPties/{role}/{path}" for role in roles for path in ("Nm", "Pty/Nm")))


def _foreign(details: Element | None, money: Money) -> Money | None:
    """The instructed amount where its currency is not the account's."""
    amount = None if details is None else details.find("AmtDtls/InstdAmt/Amt")
    currency = "" if amount is None else amount.get("Ccy", "")
    if amount is None or currency == money.currency or not is_currency(currency):
        return None
    minor = minor_or_none((amount.text or "").strip(), currency)
    return None if minor is None else Money(-minor if money.minor < 0 else minor, currency)
