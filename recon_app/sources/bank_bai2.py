"""Bank statements in BAI2, as banks in North America and treasury systems give them.

Amounts are whole minor units of their currency without a sign: the type code says which way the money went.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from recon_app.models.counted import counted
from recon_app.models.money import Money
from recon_app.models.problem import FileRejected, Problem
from recon_app.models.proof import Proof
from recon_app.models.record import NO_INT, RecordType
from recon_app.sources._bai2 import ADVICE, Account, Fields, Group, Trailer, parse, with_line_breaks
from recon_app.sources._bank import Balances, Line, batches, is_currency, joined, lenient_text, prove
from recon_app.sources._base import Batch, InputFile, Reading, Source
from recon_app.sources._detect import read_days
from recon_app.sources._extra import json_objects

_START = re.compile(rb"\s*01,[^,\r\n]*,[^,\r\n]*,[0-9]{6},[0-9:]{0,8},", re.ASCII)
_AMOUNT = re.compile(r"[+-]?[0-9]{1,18}")
_DEFAULT_CURRENCY = "USD"  # what the specification says when neither account nor group names one
_NO_REFERENCE = re.compile(r"0*")
_OPENING, _CLOSING = "010", "015"  # ledger balances
_SUMS = {"100": ("credits", 1), "400": ("debits", -1)}
_NO_MONEY = "890"
_UPDATE = "1"
_INTERIM = frozenset(("1", "3"))
_STATUS_WORDS = {"2": "a deletion", "3": "a correction", "4": "a test"}


class BankBai2(Source):
    """One record per ``16`` record."""

    id = "bank_bai2"
    title = "Bank statement BAI2"
    record_type = RecordType.BANK_LINE
    key = ("account", "currency", "day", "amount", "ident", "ref", "text")
    progress = ("grp", "status")  # an interim report comes again as a final one

    def recognises(self, file: InputFile) -> bool:
        """Whether it starts with the file header: sender, receiver, date, time."""
        return bool(_START.match(file.head.removeprefix(b"\xef\xbb\xbf")))

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Read all groups; balances, sums and the control totals of the trailers prove them."""
        del options  # the format leaves nothing to ask
        found = parse(with_line_breaks(lenient_text(file, reading), reading))
        statement = _File(reading)
        totals = [statement.read_group(group) for group in found.groups]
        statement.prove_trailer(
            "file", found.trailer, sum(totals), (len(found.groups), "groups"), found.records
        )
        statement.add_notes()
        yield from batches(statement.lines, reading)


@dataclass
class _Day:
    """What a group says of its accounts."""

    day: int
    currency: str
    interim: bool
    grp: str


@dataclass
class _Told:
    """What an account says of itself.

    Attributes:
        total: Sum of all its amounts as written.
        balances: Ledger balances by type code, minor units.
        sums: Sum and number of credits and debits by type code; -1 for no number.
    """

    total: int = 0
    balances: dict[str, int] = field(default_factory=dict)
    sums: dict[str, tuple[int, int]] = field(default_factory=dict)


class _File:
    """The lines of a file while it is read.

    Attributes:
        lines: The lines of all accounts.
    """

    def __init__(self, reading: Reading) -> None:
        self.lines: list[Line] = []
        self._reading = reading
        self._row = 0
        self._no_money = 0
        self._default = 0
        self._interim = 0

    def read_group(self, group: Group) -> int:
        """Read the accounts of a group; the sum of their control totals as computed.

        Raises:
            FileRejected: it is no report of bookings, or has no date.
        """
        header = group.header
        header.take()
        originator, status, written = header.take(), header.take(), header.take()
        header.take()  # time
        currency, modifier = header.take().upper(), header.take()
        if status != _UPDATE:
            what = _STATUS_WORDS.get(status, f"of the unknown status {status!r}")
            problem = f"the group is {what} and no report of bookings"
            raise FileRejected(Problem(None, "02", problem, ADVICE, line=header.line))
        day = _Day(self._day(written, "02", header.line), currency, modifier in _INTERIM, written)
        total = sum(self._read_account(account, day) for account in group.accounts)
        name = joined(("group", originator, written))
        self.prove_trailer(name, group.trailer, total, (len(group.accounts), "accounts"), group.records)
        return total

    def _day(self, text: str, column: str, line: int) -> int:
        """Days since 1970-01-01 of YYMMDD."""
        days, bad = read_days([f"20{text}"], "ymd")
        if bad[0] or len(text) != 6:
            problem = f"{text!r} is not a date YYMMDD"
            raise FileRejected(Problem(None, column, problem, ADVICE, line=line))
        return int(days[0])

    def _read_account(self, account: Account, day: _Day) -> int:
        header = account.header
        number = header.take()
        currency = header.take().upper() or day.currency
        self._default += not currency
        currency = currency or _DEFAULT_CURRENCY
        if not is_currency(currency):
            raise FileRejected(
                Problem(None, "03", f"{currency!r} is not a currency", ADVICE, line=header.line)
            )
        told = self._told(header, currency)
        before = len(self.lines)
        for detail in account.details:
            told.total += self._detail(detail, number, currency, day)
        moved = [line.amount for line in self.lines[before:]]
        name = joined((number, "statement", day.grp))
        self._prove(name, currency, told, moved)
        self.prove_trailer(name, account.trailer, told.total, None, account.records)
        return told.total

    def _told(self, header: Fields, currency: str) -> _Told:
        """The balances and sums behind the number of an account: type, amount, count, funds type."""
        told = _Told()
        while header.left():
            code = header.take()
            if not code:  # some banks end a line with one comma too many
                continue
            code, written, count = code.zfill(3), header.take(), header.take()
            header.funds()
            if not written:
                continue
            minor = self._minor(written, currency, None, header.line)
            told.total += minor
            if code in (_OPENING, _CLOSING):
                told.balances[code] = minor
            elif code in _SUMS:
                told.sums[code] = (minor, int(count) if count.isdecimal() and count.isascii() else -1)
        return told

    def _minor(self, written: str, currency: str, row: int | None, line: int) -> int:
        """Whole minor units; a fault of the file when it is none."""
        if _AMOUNT.fullmatch(written):
            return int(written)
        problem = f"{written!r} is not a whole number of the smallest unit of {currency}"
        raise FileRejected(Problem(row, "16" if row else "03", problem, ADVICE, line=line))

    def _detail(self, detail: Fields, account: str, currency: str, day: _Day) -> int:
        """Add a line; its amount as written, for the control total."""
        self._row += 1
        code, written = detail.take().zfill(3), detail.take()
        value_date = detail.funds()
        bank, customer = _reference(detail.take()), _reference(detail.take())
        minor = self._minor(written, currency, self._row, detail.line) if written else 0
        if code == _NO_MONEY:
            self._no_money += 1
            return minor
        sign = _sign(code)
        if not sign or not written:
            problem = f"type code {code} is neither a credit nor a debit" if written else "is empty"
            self._reading.problem(self._row, "16", problem, ADVICE)
            return minor
        self._interim += day.interim
        self.lines.append(
            Line(
                row=self._row,
                day=day.day,
                due=self._day(value_date, "16", detail.line) if value_date else NO_INT,
                amount=sign * minor,
                currency=currency,
                ref=customer,
                ref2=bank,
                ident=bank,
                account=account,
                grp=joined((account, day.grp)),
                text=joined((detail.text(),)),
                status="interim" if day.interim else "",
                extra=json_objects({"type": [code]})[0],
            )
        )
        return minor

    def _prove(self, name: str, currency: str, told: _Told, moved: list[int]) -> None:
        """Check ledger balances and the sums that the account gives."""
        for code, (minor, count) in told.sums.items():
            word, sign = _SUMS[code]
            mine = [amount for amount in moved if amount * sign > 0]
            self._reading.sum_proof(f"{name}: sum of {word}", currency, abs(minor), abs(sum(mine)))
            if count >= 0:
                self._count_proof(f"{name}: number of {word}", count, len(mine))
        opening, closing = (
            Money(told.balances[code], currency) if code in told.balances else None
            for code in (_OPENING, _CLOSING)
        )
        if told.sums and opening is None and closing is None:
            return
        prove(Balances(name, opening, closing), [(minor, currency) for minor in moved], self._reading)

    def prove_trailer(
        self, name: str, trailer: Trailer, total: int, parts: tuple[int, str] | None, records: int
    ) -> None:
        """Check what a trailer says: the sum of all amounts as written, parts and records.

        Sums are over all currencies, so they are plain numbers here.
        """
        if _AMOUNT.fullmatch(trailer.total):
            self._count_proof(f"{name}: control total", int(trailer.total), total)
        if parts is not None and trailer.parts.isdecimal():
            self._count_proof(f"{name}: number of {parts[1]}", int(trailer.parts), parts[0])
        if trailer.records.isdecimal():
            self._count_proof(f"{name}: number of records", int(trailer.records), records)

    def _count_proof(self, name: str, expected: int, found: int) -> None:
        self._reading.proofs.append(Proof(name, str(expected), str(found), expected == found))

    def add_notes(self) -> None:
        """Say what a person should know of the whole file."""
        notes = self._reading.notes
        if self._default:
            notes.append(f"{counted(self._default, 'account')} without a currency: taken as US dollars")
        if self._no_money:
            notes.append(f"{counted(self._no_money, 'record')} that moved no money (type 890) left out")
        if self._interim:
            notes.append(f"{counted(self._interim, 'line')} of an interim report kept apart: not final")


def _sign(code: str) -> int:
    """Which way the money went: 1 in, -1 out, 0 for codes that are no bookings.

    100 to 399 are credits, 400 to 699 debits; loans are paid by 720 to 759 and taken by 760 to 799; banks'
    own credits are 920 to 959 and their own debits 960 to 999.
    """
    number = int(code) if code.isdecimal() and code.isascii() and len(code) == 3 else 0
    if 100 <= number <= 399 or 720 <= number <= 759 or 920 <= number <= 959:
        return 1
    return -1 if 400 <= number <= 699 or 760 <= number <= 799 or 960 <= number <= 999 else 0


def _reference(text: str) -> str:
    return "" if _NO_REFERENCE.fullmatch(text) else text
