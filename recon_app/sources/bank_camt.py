"""Bank statements in ISO 20022 camt.053, any version of the message.

The structure is the one of the camt.053.001.02 to .13 schemas; where versions differ (``Sts`` as text or as
``Cd``, ``Nm`` inside ``Pty``) both are read. Namespaces are dropped, so a new version needs no change here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from recon_app.models.money import Money
from recon_app.models.problem import FileRejected, Problem
from recon_app.models.record import NO_INT, RecordType
from recon_app.sources._bank import (
    Balances,
    Line,
    batches,
    counted,
    is_currency,
    joined,
    minor_or_none,
    prove,
)
from recon_app.sources._base import Batch, InputFile, Reading, Source
from recon_app.sources._values import iso_days

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MESSAGE = re.compile(
    rb"camt\.05[234]\.001|<(?:\w+:)?(?:BkToCstmrStmt|BkToCstmrAcctRpt|BkToCstmrDbtCdtNtfctn)\b"
)
_REFUSED = {
    "BkToCstmrAcctRpt": (
        "this is a camt.052 intraday report: its entries are not final",
        "import the camt.053 statement of the day",
    ),
    "BkToCstmrDbtCdtNtfctn": (
        "this is a camt.054 notification: it repeats what the statement books",
        "import the camt.053 statement instead",
    ),
}
_NO_REFERENCE = frozenset(("", "NOTPROVIDED", "NONREF", "NOT PROVIDED"))
_SIGNS = {"CRDT": 1, "DBIT": -1}


class BankCamt(Source):
    """One record per booked entry, or per transaction where the transactions of an entry sum to it."""

    id = "bank_camt"
    title = "Bank statement CAMT.053 (XML)"
    record_type = RecordType.BANK_LINE
    key = ("account", "currency", "day", "amount", "ident", "ref", "text")
    progress = ("grp",)  # the same entry stands in a daily and in a monthly statement

    def recognises(self, file: InputFile) -> bool:
        """Whether it is XML that names a camt.052, .053 or .054 message."""
        head = file.head
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            head = head.decode("utf-16", errors="ignore").encode()
        return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and bool(_MESSAGE.search(head))

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Read all statements; balances prove each of them."""
        del options  # the format leaves nothing to ask
        message = _Message(reading)
        message.read(file)
        yield from batches(message.lines, reading)


class _Message:
    """A camt.053 file while it is read, element by element.

    Attributes:
        lines: The booked lines of all statements.
    """

    def __init__(self, reading: Reading) -> None:
        self.lines: list[Line] = []
        self._reading = reading
        self._entries: list[Line] = []  # of the statement that is being read
        self._records = 0
        self._statements = 0
        self._left_out: dict[str, int] = {}
        self._unsplit = 0
        self._valued = 0

    def read(self, file: InputFile) -> None:
        """Read the whole file.

        Raises:
            FileRejected: it is not well-formed, has a document type, or holds no statement.
        """
        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import iterparse

        try:
            with file.path.open("rb") as stream:
                for event, element in iterparse(stream, ("start", "end"), forbid_dtd=True):
                    element.tag = element.tag.rpartition("}")[2]
                    if event == "start":
                        _refuse(element.tag)
                    else:
                        self._end(element)
        except ParseError as error:
            place = "line {}, column {}".format(*error.position)
            raise FileRejected(
                Problem(None, None, f"the XML is damaged at {place}", "download the statement again")
            ) from error
        except DefusedXmlException as error:
            raise FileRejected(
                Problem(
                    None, None, "the XML declares entities or a document type", "get the file from the bank"
                )
            ) from error
        except (LookupError, ValueError) as error:
            problem = f"the XML has an encoding that cannot be read ({error})"
            raise FileRejected(Problem(None, None, problem, "get the file in UTF-8")) from error
        if not self._statements:
            raise FileRejected(
                Problem(None, "Stmt", "the message holds no statement", "download the statement again")
            )
        self._add_notes()

    def _end(self, element: Element) -> None:
        if element.tag == "Ntry":
            self._entry(element)
            element.clear()
        elif element.tag == "Stmt":
            self._statement(element)
            element.clear()

    def _statement(self, element: Element) -> None:
        """Complete the entries read so far with what the statement says of itself, and prove them."""
        self._statements += 1
        account = _text(element, "Acct/Id/IBAN") or _text(element, "Acct/Id/Othr/Id")
        group = _text(element, "Id")
        lines = [line._replace(account=account, grp=group) for line in self._entries]
        opening = self._balance(element, "OPBD", "") or self._balance(element, "PRCD", "")
        closing = self._balance(element, "CLBD", opening.currency if opening else "")
        name = joined((account, "statement", group or str(self._statements)))
        moved = [(line.amount, line.currency) for line in lines]
        prove(Balances(name, opening, closing), moved, self._reading)
        self.lines += lines
        self._entries = []

    def _balance(self, statement: Element, code: str, currency: str) -> Money | None:
        """The balance of this type, in the given currency if the statement has it in several."""
        found = []
        for balance in statement.iterfind("Bal"):
            if _text(balance, "Tp/CdOrPrtry/Cd") == code:
                amount = self._signed(balance, None, f"Bal {code}")
                if amount is not None:
                    found.append(amount)
        return next((money for money in found if money.currency == currency), found[0] if found else None)

    def _entry(self, entry: Element) -> None:
        status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
        if status not in ("", "BOOK"):
            self._left_out[status] = self._left_out.get(status, 0) + 1
            return
        row = self._records + 1
        amount = self._signed(entry, row, "Ntry")
        value_day = self._day(entry, "ValDt", row)
        day = self._day(entry, "BookgDt", row)
        if day == NO_INT:
            self._valued += 1
            day = value_day
        if day == NO_INT:
            self._reading.problem(row, "BookgDt", "is empty", "every entry needs a booking date")
        if amount is None:
            self._records += 1
            return
        parts = self._parts(entry, amount)
        for details, money in parts:
            self._records += 1
            line = _line(entry, details, money, self._records)
            self._entries.append(line._replace(day=day, due=value_day))

    def _parts(self, entry: Element, amount: Money) -> list[tuple[list[Element], Money]]:
        """Split an entry by its transactions if their amounts sum to it; else it stays one line."""
        details = entry.findall("NtryDtls/TxDtls")
        if len(details) < 2:
            return [(details, amount)]
        for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt"):
            amounts = [_part(detail, path, amount) for detail in details]
            if None not in amounts and sum(minor or 0 for minor in amounts) == amount.minor:
                return [
                    ([detail], Money(minor or 0, amount.currency))
                    for detail, minor in zip(details, amounts, strict=True)
                ]
        self._unsplit += 1
        return [(details, amount)]

    def _signed(self, element: Element, row: int | None, what: str) -> Money | None:
        """Amount with its sign: ``CdtDbtInd`` alone gives it, ``RvslInd`` does not turn it again."""
        amount = element.find("Amt")
        text = "" if amount is None else (amount.text or "").strip()
        currency = "" if amount is None else amount.get("Ccy", "")
        sign = _SIGNS.get(_text(element, "CdtDbtInd"))
        minor = minor_or_none(text, currency) if is_currency(currency) else None
        if minor is None:
            self._reading.problem(
                row,
                f"{what}/Amt",
                f"{text!r} {currency or 'without a currency'} is not an exact amount",
                "ask the bank for a correct file",
            )
        elif sign is None:
            self._reading.problem(
                row, f"{what}/CdtDbtInd", "is neither CRDT nor DBIT", "ask the bank for a correct file"
            )
        else:
            return Money(sign * minor, currency)
        return None

    def _day(self, entry: Element, tag: str, row: int) -> int:
        """The day as written: of a moment with an offset the local date counts."""
        text = _text(entry, f"{tag}/Dt") or _text(entry, f"{tag}/DtTm")
        day = _iso_day(text[:10])
        if text and day == NO_INT:
            self._reading.problem(row, tag, f"{text!r} is not a date", "ask the bank for a correct file")
        return day

    def _add_notes(self) -> None:
        notes = self._reading.notes
        for status, count in sorted(self._left_out.items()):
            notes.append(f"{_entries(count)} left out: not booked (status {status})")
        if self._unsplit:
            notes.append(f"{_entries(self._unsplit)} not split: the transactions inside do not sum to it")
        if self._valued:
            notes.append(f"{_entries(self._valued)} without a booking date: the value date is used")


@lru_cache(maxsize=1024)  # a statement has few days
def _iso_day(text: str) -> int:
    return int(iso_days([text])[0][0])


def _entries(count: int) -> str:
    return counted(count, "entry", "entries")


def _refuse(tag: str) -> None:
    if tag in _REFUSED:
        problem, advice = _REFUSED[tag]
        raise FileRejected(Problem(None, tag, problem, advice))


def _text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _part(details: Element, path: str, whole: Money) -> int | None:
    """Signed minor units of one transaction of an entry, None when it has none in the entry's currency."""
    amount = details.find(path)
    if amount is None or amount.get("Ccy") != whole.currency:
        return None
    minor = minor_or_none((amount.text or "").strip(), whole.currency)
    sign = _SIGNS.get(_text(details, "CdtDbtInd"), -1 if whole.minor < 0 else 1)
    return None if minor is None else sign * minor


def _line(entry: Element, details: list[Element], money: Money, row: int) -> Line:
    """Gather the references and the description of an entry, or of one of its transactions."""
    one = details[0] if len(details) == 1 else None
    remittance = [text for detail in details for text in _texts(detail, "RmtInf/Ustrd")]
    structured = [text for detail in details for text in _texts(detail, "RmtInf/Strd/CdtrRefInf/Ref")]
    extra = [text for detail in details for text in _texts(detail, "RmtInf/Strd/AddtlRmtInf", "AddtlTxInf")]
    names = [name for detail in details for name in _counterparties(detail, money)]
    inside = [] if one is not None else [_text(detail, "Refs/EndToEndId") for detail in details]
    description = [*names, *remittance, *structured, *extra, *inside, *_texts(entry, "AddtlNtryInf")]
    foreign = _foreign(one, money)
    return Line(
        row=row,
        day=NO_INT,
        due=NO_INT,
        amount=money.minor,
        currency=money.currency,
        ref=_first(_of(one, "Refs/EndToEndId"), *structured, *remittance),
        ref2=_first(
            _of(one, "Refs/TxId"),
            _of(one, "Refs/InstrId"),
            _of(one, "Refs/PmtInfId"),
            _text(entry, "NtryDtls/Btch/PmtInfId"),
        ),
        ident=_first(_of(one, "Refs/AcctSvcrRef"), _text(entry, "AcctSvcrRef")),
        account="",
        grp="",
        text=joined(description),
        foreign_amount=foreign.minor if foreign else NO_INT,
        foreign_currency=foreign.currency if foreign else "",
    )


def _texts(element: Element, *paths: str) -> list[str]:
    return [found.text or "" for path in paths for found in element.iterfind(path)]


def _of(element: Element | None, path: str) -> str:
    return "" if element is None else _text(element, path)


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
