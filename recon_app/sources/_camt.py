"""Messages of ISO 20022 camt.052, .053 and .054, any version: entries, balances and sums.

The structure is the one of the schemas of versions 02 to 13; where they differ (``Sts`` as text or as ``Cd``,
``Nm`` inside ``Pty``, ``Chrgs`` with or without ``Rcrd``) both are read. Namespaces are dropped, so a new
version needs no change here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, ClassVar

from recon_app.models.counted import counted
from recon_app.models.money import Money
from recon_app.models.problem import FileRejected, Problem
from recon_app.models.proof import Proof
from recon_app.models.record import NO_INT, RecordType
from recon_app.sources._bank import (
    Balances,
    Line,
    batches,
    joined,
    minor_or_none,
    note_gaps,
    once,
    prove,
)
from recon_app.sources._base import Batch, InputFile, Reading, Source
from recon_app.sources._camt_entry import BOOKED, Fault, day_of, line_of, signed, split, status_of, text_of
from recon_app.sources._camt_files import ROOTS, file_number, messages
from recon_app.sources._xml import elements

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ROOTS = frozenset(ROOTS.values())
_ADVICE = "ask the bank for a correct file"
_AGAIN = "download the file again"


class CamtSource(Source):
    """One record per entry, or per transaction where the transactions of an entry sum to it.

    Attributes:
        number: Which message: ``053``, ``052`` or ``054``.
        element: What holds the entries of one account: ``Stmt``, ``Rpt`` or ``Ntfctn``.
        word: What a person calls that.
    """

    record_type = RecordType.BANK_LINE
    key = ("account", "currency", "day", "amount", "ident", "ref", "text")
    # the same entry stands in a daily and in a monthly statement, alone and in an archive, pending and booked
    progress = ("grp", "status", "extra")
    number: ClassVar[str]
    element: ClassVar[str]
    word: ClassVar[str]

    def recognises(self, file: InputFile) -> bool:
        """Whether it is this message, or a ZIP archive of such messages."""
        return file_number(file) == self.number

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Read all messages of a file; balances and sums prove each statement."""
        del options  # the format leaves nothing to ask
        message = _Message(self, reading)
        parts: list[list[Line]] = []
        for member, stream in messages(file, self.number, reading):
            parts.append(message.read(stream, member))
        message.add_notes()
        yield from batches(once(parts, reading), reading)


@dataclass
class _Sums:
    """What the entries of one statement sum up to, by (currency, whether it is booked)."""

    entries: Counter[bool]
    credits: Counter[tuple[str, bool]]
    debits: Counter[tuple[str, bool]]

    @classmethod
    def none(cls) -> _Sums:
        return cls(Counter(), Counter(), Counter())

    def add(self, money: Money, *, booked: bool) -> None:
        """Add an entry."""
        self.entries[booked] += 1
        sums = self.debits if money.minor < 0 else self.credits
        sums[money.currency, booked] += abs(money.minor)

    def currency(self) -> str:
        """The only currency of the entries, else ""."""
        codes = {code for code, _ in (*self.credits, *self.debits)}
        return codes.pop() if len(codes) == 1 else ""


class _Message:
    """Messages of one kind while they are read, element by element."""

    def __init__(self, source: CamtSource, reading: Reading) -> None:
        self._source = source
        self._reading = reading
        self._lines: list[Line] = []  # of the message that is being read
        self._entries: list[Line] = []  # of the statement that is being read
        self._sums = _Sums.none()
        self._proven: list[tuple[str, Balances]] = []
        self._member = ""
        self._records = 0
        self._statements = 0
        self._not_booked: Counter[str] = Counter()
        self._unsplit = 0
        self._valued = 0

    def read(self, stream: IO[bytes], member: str) -> list[Line]:
        """Read a whole message.

        Raises:
            FileRejected: it is not well-formed, declares entities, or holds no statement.
        """
        self._member, self._lines = member, []
        before = self._statements
        for event, element in elements(stream, member):
            if event == "start":
                if element.tag in _ROOTS:
                    self._refuse_other(element.tag)
            elif element.tag == "Ntry":
                self._entry(element)
                element.clear()
            elif element.tag == self._source.element:
                self._statement(element)
                element.clear()
        if self._statements == before:
            problem = f"the message holds no {self._source.word}"
            raise self._rejected(self._source.element, problem, _AGAIN)
        return self._lines

    def _rejected(self, column: str | None, problem: str, advice: str) -> FileRejected:
        where = f"{self._member}: " if self._member else ""
        return FileRejected(Problem(None, column, where + problem, advice))

    def _refuse_other(self, tag: str) -> None:
        """Refuse a message of another kind: its head said it is this one."""
        if tag != ROOTS[self._source.number]:
            raise self._rejected(tag, f"this is no camt.{self._source.number} message", _ADVICE)

    def _statement(self, element: Element) -> None:
        """Complete the entries read so far with what the statement says of itself, and prove them."""
        self._statements += 1
        account = text_of(element, "Acct/Id/IBAN") or text_of(element, "Acct/Id/Othr/Id")
        group = text_of(element, "Id")
        lines = [line._replace(account=account, grp=group) for line in self._entries]
        name = joined((account, self._source.word, group or str(self._statements)))
        moved = [(line.amount, line.currency) for line in lines if not line.status]
        if self._source.number != "054":
            balances = self._balances(element, name)
            self._proven.append((account, balances))
            prove(balances, moved, self._reading)
        self._prove_sums(element, name)
        self._lines += lines
        self._entries = []
        self._sums = _Sums.none()

    def _balances(self, statement: Element, name: str) -> Balances:
        """Opening and closing balance; pages and intraday reports have interim ones (``ITBD``)."""
        interim = self._found(statement, "ITBD")
        opening = next(iter(self._found(statement, "OPBD") or self._found(statement, "PRCD")), None)
        closings = self._found(statement, "CLBD")
        if opening is None and interim and (closings or len(interim) > 1):
            opening = interim[0]
        closings = closings or [money for money in interim[-1:] if money is not opening]
        same = [money for money in closings if opening and money.currency == opening.currency]
        return Balances(name, opening, next(iter(same or closings), None))

    def _found(self, statement: Element, code: str) -> list[Money]:
        """The balances of a type."""
        found = (
            signed(balance, f"Bal {code}", self._fault(None))
            for balance in statement.iterfind("Bal")
            if text_of(balance, "Tp/CdOrPrtry/Cd") == code
        )
        return [money for money in found if money is not None]

    def _prove_sums(self, statement: Element, name: str) -> None:
        """Check number and sums of the entries where the message gives them (``TxsSummry``).

        Some banks count the entries that are not booked, some do not: either is right.
        """
        summary = statement.find("TxsSummry")
        told = text_of(summary, "TtlNtries/NbOfNtries")
        if told.isdecimal() and told.isascii():
            booked, everything = self._sums.entries[True], self._sums.entries.total()
            found = everything if int(told) == everything else booked
            self._reading.proofs.append(
                Proof(f"{name}: number of entries", told, str(found), int(told) == found)
            )
        currency = self._sums.currency()
        for what, sums in (("Cdt", self._sums.credits), ("Dbt", self._sums.debits)):
            expected = minor_or_none(text_of(summary, f"Ttl{what}Ntries/Sum"), currency) if currency else None
            if expected is not None:
                booked, rest = sums[currency, True], sums[currency, False]
                found = booked + rest if expected == booked + rest else booked
                words = "credits" if what == "Cdt" else "debits"
                self._reading.sum_proof(f"{name}: sum of {words}", currency, expected, found)

    def _entry(self, entry: Element) -> None:
        row = self._records + 1
        fault = self._fault(row)
        status = status_of(entry)
        booked = status in BOOKED
        amount = signed(entry, "Ntry", fault)
        value_day = day_of(entry, "ValDt", fault)
        day = day_of(entry, "BookgDt", fault)
        if not booked:
            self._not_booked[status] += 1
        if day == NO_INT and booked:
            self._valued += 1
        day = value_day if day == NO_INT else day
        if day == NO_INT and booked:
            self._reading.problem(row, "BookgDt", "is empty", "every entry needs a booking date")
        if amount is None:
            self._records += 1
            return
        self._sums.add(amount, booked=booked)
        self._add_lines(entry, amount, day, value_day)

    def _add_lines(self, entry: Element, amount: Money, day: int, value_day: int) -> None:
        parts = split(entry, amount)
        if parts is None:
            self._unsplit += 1
            parts = [(entry.findall("NtryDtls/TxDtls"), amount)]
        for details, money in parts:
            self._records += 1
            line = line_of(entry, details, money, self._member)
            self._entries.append(line._replace(row=self._records, day=day, due=value_day))

    def _fault(self, row: int | None) -> Fault:
        def fault(column: str, problem: str) -> None:
            self._reading.problem(row, column, problem, _ADVICE)

        return fault

    def add_notes(self) -> None:
        """Say what a person should know of all messages."""
        notes = self._reading.notes
        if self._source.number == "053":
            note_gaps(self._proven, self._reading)
        for status, count in sorted(self._not_booked.items()):
            notes.append(f"{_entries(count)} kept apart and not summed up: not booked (status {status})")
        if self._unsplit:
            notes.append(f"{_entries(self._unsplit)} not split: the transactions inside do not sum to it")
        if self._valued:
            notes.append(f"{_entries(self._valued)} without a booking date: the value date is used")


def _entries(count: int) -> str:
    return counted(count, "entry", "entries")
