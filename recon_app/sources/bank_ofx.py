"""Bank and card statements in OFX 1 (SGML, unclosed tags) and OFX 2 (XML); ``.qfx`` is the same.

One tolerant reader serves both: a known aggregate opens a level, any other tag is a value up to the next
tag. What the OFX 1.0.2 and 2.1.1 specifications leave to the bank is taken as it comes: order of elements,
missing balances, repeated FITIDs, decimal comma.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from recon_app.models.problem import FileRejected, Problem
from recon_app.models.record import NO_INT, RecordType
from recon_app.sources._bank import Line, batches, is_currency, joined, minor_or_none, told_currency
from recon_app.sources._base import Batch, InputFile, Reading, Source
from recon_app.sources._detect import read_days

_START = re.compile(rb"OFXHEADER|<\?OFX\b|<OFX>", re.IGNORECASE)
_CHARSET = re.compile(rb"CHARSET:\s*([\w-]+)|<\?xml[^>]*encoding=[\"']([\w-]+)", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._-]*)\s*/?>([^<]*)")
_AMOUNT = re.compile(r"[+-]?[0-9]*[.,]?[0-9]*")  # no thousands marks (OFX specification 3.2.8.1)
_LEVELS = frozenset(
    re.findall(
        r"\w+",
        """OFX SONRS STATUS STMTTRNRS CCSTMTTRNRS STMTRS CCSTMTRS BANKACCTFROM CCACCTFROM BANKTRANLIST STMTTRN
        LEDGERBAL AVAILBAL PAYEE CURRENCY ORIGCURRENCY BANKACCTTO CCACCTTO""",
    )
)
_STATEMENTS = ("STMTRS", "CCSTMTRS")
_ADVICE = "download the statement again or ask the bank"


class BankOfx(Source):
    """One record per ``STMTTRN`` of all accounts of the file."""

    id = "bank_ofx"
    title = "Bank statement OFX or QFX"
    record_type = RecordType.BANK_LINE
    key = ("account", "currency", "day", "amount", "ident")

    def recognises(self, file: InputFile) -> bool:
        """Whether an OFX header or the root element stands at the start."""
        return bool(_START.search(file.head[:4096]))

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Read all accounts."""
        root = _tree(_text(file, reading))
        statements = [level for name in _STATEMENTS for level in root.all(name)]
        if not statements:
            raise FileRejected(_no_account(root))
        if lost := len(root.all("STMTTRN")) - sum(len(each.all("STMTTRN")) for each in statements):
            problem = f"transactions that stand outside of any statement: {lost}"
            raise FileRejected(Problem(None, "STMTTRN", problem, _ADVICE, "E_RULE"))
        lines: list[Line] = []
        records = 0
        for statement in statements:
            entries = statement.all("STMTTRN")
            lines += _statement(statement, entries, records, options, reading)
            records += len(entries)
        reading.notes.append(
            "OFX gives no opening balance, so nothing proves that all lines are here: "
            "compare the ledger balance with the bank"
        )
        yield from batches(lines, reading)


@dataclass(slots=True)
class _Level:
    """An aggregate with its values and the aggregates inside it."""

    name: str
    values: dict[str, str] = field(default_factory=dict)
    inside: list[_Level] = field(default_factory=list)

    def get(self, name: str) -> str:
        return self.values.get(name, "")

    def first(self, name: str) -> _Level:
        """The first aggregate of this name directly inside, an empty one when there is none."""
        return next((level for level in self.inside if level.name == name), _Level(name))

    def all(self, name: str) -> list[_Level]:
        """All aggregates of this name at any depth, in file order."""
        found = []
        for level in self.inside:
            found += [level] if level.name == name else level.all(name)
        return found


def _text(file: InputFile, reading: Reading) -> str:
    """Decode the file: UTF-8 where it is valid, otherwise as its header says, else Windows-1252."""
    data = file.path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        encoding = _declared(file.head)
    reading.notes.append(f"the text was read as {encoding}")
    return data.decode(encoding, errors="replace")


def _declared(head: bytes) -> str:
    """The encoding that the header names: a code page number (``CHARSET:1252``) or a name."""
    match = _CHARSET.search(head)
    name = "" if match is None else (match[1] or match[2]).decode("ascii", errors="replace").lower()
    for candidate in (f"cp{name}", f"iso-{name}", name):
        try:
            found = codecs.lookup(candidate).name
        except (LookupError, ValueError):
            continue
        if found.startswith(("cp", "iso8859")):
            return found
    return "cp1252"


def _tree(text: str) -> _Level:
    """Read the tags into levels.

    Raises:
        FileRejected: the end of the file is missing, or a transaction stands before its beginning.
    """
    start = text.upper().find("<OFX>")
    if "<STMTTRN" in text[: max(start, 0)].upper():
        problem = "a transaction stands before <OFX>: the lines are not in their order"
        raise FileRejected(Problem(None, "OFX", problem, "download the file again", "E_RULE"))
    if start < 0 or "</OFX>" not in text[start:].upper():
        raise FileRejected(
            Problem(None, "OFX", "the file ends before </OFX>", "the download broke off: repeat it")
        )
    body = _COMMENT.sub("", _CDATA.sub(lambda match: html.escape(match[1]), text[start:]))
    stack = [_Level("")]
    for closing, raw_name, raw_value in _TAG.findall(body):
        name = raw_name.upper()
        if closing:
            _close(stack, name)
        elif name in _LEVELS:
            if name == "STMTTRN":
                _close(stack, name)  # the one before was left open
            level = _Level(name)
            stack[-1].inside.append(level)
            stack.append(level)
        elif value := html.unescape(raw_value).strip():
            stack[-1].values.setdefault(name, value)
    return stack[0]


def _close(stack: list[_Level], name: str) -> None:
    """Go up behind the innermost open level of this name; a value's closing tag changes nothing."""
    depth = next((index for index in range(len(stack) - 1, 0, -1) if stack[index].name == name), 0)
    if depth:
        del stack[depth:]


def _no_account(root: _Level) -> Problem:
    """Say what the bank said: a server without data answers with a status."""
    for status in root.all("STATUS"):
        if status.get("SEVERITY").upper() == "ERROR":
            said = joined((status.get("CODE"), status.get("MESSAGE")))
            return Problem(
                None, "STATUS", f"the bank answered with an error: {said}", "download the statement again"
            )
    return Problem(None, "STMTRS", "the file holds no bank or card account", "download the statement again")


def _statement(
    statement: _Level, entries: list[_Level], before: int, options: Mapping[str, str], reading: Reading
) -> list[Line]:
    """Read the lines of one account and show its ledger balance.

    Raises:
        AnswerNeeded: the statement names no currency.
    """
    account = statement.first("BANKACCTFROM").get("ACCTID") or statement.first("CCACCTFROM").get("ACCTID")
    currency = statement.get("CURDEF").upper()
    if not is_currency(currency):
        currency = told_currency(options.get("currency", ""), f"The statement of account {account}")
    lines = []
    for row, entry in enumerate(entries, before + 1):
        line = _line(entry, row, account, currency, reading)
        if line is not None:
            lines.append(line)
    balance = statement.first("LEDGERBAL").get("BALAMT")
    if balance:
        minor = _minor(balance, currency)
        if minor is None:
            reading.problem(None, "BALAMT", f"{balance!r} is not an exact amount in {currency}", _ADVICE)
        else:
            reading.total(f"ledger balance of {account}", currency, np.array([minor], np.int64))
    return lines


def _minor(text: str, currency: str) -> int | None:
    """Minor units of an amount with a decimal point or comma."""
    return minor_or_none(text.replace(",", "."), currency) if _AMOUNT.fullmatch(text) else None


def _line(entry: _Level, row: int, account: str, default: str, reading: Reading) -> Line | None:
    currency = entry.first("CURRENCY").get("CURSYM").upper() or default
    amount = entry.get("TRNAMT")
    minor = _minor(amount, currency)
    if minor is None:
        what = f"{amount!r} is not an exact amount in {currency}" if amount else "is empty"
        reading.problem(row, "TRNAMT", what, _ADVICE)
    day = _day(entry, "DTPOSTED", row, reading)
    if day == NO_INT and not entry.get("DTPOSTED"):
        reading.problem(row, "DTPOSTED", "is empty", "every entry needs a booking date: " + _ADVICE)
    if minor is None or day == NO_INT:
        return None
    name = entry.get("NAME") or entry.first("PAYEE").get("NAME")
    memo = entry.get("MEMO")
    number = entry.get("CHECKNUM").lstrip("0")
    return Line(
        row=row,
        day=day,
        due=_day(entry, "DTAVAIL", row, reading),
        amount=minor,
        currency=currency,
        ref=name or memo,
        ref2=entry.get("REFNUM") or number,
        ident=entry.get("FITID"),
        account=account,
        grp="",
        text=joined((memo,) if memo.startswith(name) else (name, memo)),
    )


def _day(entry: _Level, name: str, row: int, reading: Reading) -> int:
    """The day as the bank wrote it: a moment with an offset is local, UTC would move it to another day."""
    text = entry.get(name)
    days, bad = read_days([text[:8]], "ymd")
    if bad[0]:
        reading.problem(row, name, f"{text!r} is not a date", _ADVICE)
    return int(days[0])
