"""BAI2 files taken apart: logical records, their fields, groups and accounts.

After "Cash Management Balance Reporting Specifications Version 2" (BAI): a record goes on in ``88`` records,
``/`` ends a line whose text is blank, and the funds type says how many fields follow it. Seen in files of
banks: no ``/`` at all, ``/`` behind a text, lines filled up with blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from recon_app.models.problem import FileRejected, Problem
from recon_app.sources._base import Reading

ADVICE = "download the file again or ask the bank"
_CODES = frozenset(("01", "02", "03", "16", "49", "88", "98", "99"))
_LOST_BREAK = re.compile(r"/[ \t]+(?=(?:02|03|16|49|88|98|99),)")
#: Fields behind each funds type; "D" says itself how many pairs follow.
_FUNDS_FIELDS = {"": 0, "Z": 0, "0": 0, "1": 0, "2": 0, "S": 3, "V": 2}


class Fields:
    """The fields of a logical record, taken one after the other.

    Attributes:
        line: Number of its first line, from 1.
        lines: How many lines it has.
    """

    def __init__(self, line: int, lines: Sequence[str]) -> None:
        self.line = line
        self.lines = len(lines)
        self._rest = [text.removesuffix("/").split(",") for text in lines]

    def take(self) -> str:
        """The next field, "" behind the last one."""
        while self._rest and not self._rest[0]:
            del self._rest[0]
        return self._rest[0].pop(0).strip() if self._rest else ""

    def left(self) -> bool:
        """Whether a field is left that is not blank."""
        return any(cell.strip() for cells in self._rest for cell in cells)

    def text(self) -> str:
        """All that is left, as text: its commas are no separators."""
        pieces = [",".join(cells).strip() for cells in self._rest]
        self._rest = []
        return " ".join(piece for piece in pieces if piece)

    def funds(self) -> str:
        """Skip what says when the money can be used.

        Returns:
            The value date YYMMDD where there is one, else "".

        Raises:
            FileRejected: there is no such funds type, so that nobody knows which fields follow it.
        """
        kind = self.take().upper()
        if kind == "D":
            pairs = self.take()
            more = 2 * int(pairs) if pairs.isdecimal() and len(pairs) < 3 else None
        else:
            more = _FUNDS_FIELDS.get(kind)
        if more is None:
            problem = f"{kind!r} is no funds type, or does not say how many fields follow it"
            raise FileRejected(Problem(None, None, problem, ADVICE, "E_RULE", self.line))
        taken = [self.take() for _ in range(more)]
        return taken[0] if kind == "V" else ""


@dataclass
class Trailer:
    """What an account, a group or the file says of itself at its end; "" where it says nothing."""

    total: str = ""
    parts: str = ""
    records: str = ""


@dataclass
class Account:
    """One account of one day.

    Attributes:
        header: Its ``03`` record.
        details: Its ``16`` records.
        trailer: Its ``49`` record: sum of all amounts, number of records.
        records: Lines from ``03`` to ``49``.
    """

    header: Fields
    details: list[Fields] = field(default_factory=list)
    trailer: Trailer = field(default_factory=Trailer)
    records: int = 0


@dataclass
class Group:
    """The accounts of one bank and day; ``parts`` of its trailer is the number of accounts."""

    header: Fields
    accounts: list[Account] = field(default_factory=list)
    trailer: Trailer = field(default_factory=Trailer)
    records: int = 0


@dataclass
class Bai2:
    """A whole file; ``parts`` of its trailer is the number of groups."""

    groups: list[Group] = field(default_factory=list)
    trailer: Trailer = field(default_factory=Trailer)
    records: int = 0


def parse(text: str) -> Bai2:
    """Take a file apart.

    Raises:
        FileRejected: a record is unknown or in the wrong place, or the end is missing.
    """
    nest = _Nest()
    for code, fields in _records(text):
        nest.add(code, fields)
    if not nest.ended:
        raise _rejected(None, "99", "the file ends before its trailer", "the download broke off: repeat it")
    return nest.file


def with_line_breaks(text: str, reading: Reading) -> str:
    """Put back the line breaks between records that copying a file has turned into blanks.

    Only where the first two records stand in one line: elsewhere a text may look like that.
    """
    first = text.lstrip().partition("\n")[0]
    if not _LOST_BREAK.search(first):
        return text
    reading.notes.append("several records stand in one line: they were parted where a / is followed by one")
    return _LOST_BREAK.sub("/\n", text)


def _records(text: str) -> Iterator[tuple[str, Fields]]:
    """Logical records as code and fields."""
    code, start, lines = "", 0, list[str]()
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line == "\x1a":  # what old systems write behind the end of a file
            continue
        found, _, rest = line.partition(",")
        if found not in _CODES:
            raise _rejected(number, None, f"{line[:40]!r} does not start with a record code", ADVICE)
        if found == "88":
            lines.append(rest)
            continue
        if code:
            yield code, Fields(start, lines)
        code, start, lines = found, number, [rest]
    if code:
        yield code, Fields(start, lines)


class _Nest:
    """Puts records into accounts, accounts into groups, groups into the file.

    Attributes:
        file: What was read.
        ended: Whether the trailer of the file was read.
    """

    def __init__(self) -> None:
        self.file = Bai2()
        self.ended = False
        self._group: Group | None = None
        self._account: Account | None = None

    def add(self, code: str, fields: Fields) -> None:
        """Put a record where it belongs."""
        group, account = self._group, self._account
        self._count(fields.lines)
        match code:
            case "01" if not self.file.groups and group is None:
                pass
            case "02" if group is None and not self.ended:
                self._group = Group(fields, records=fields.lines)
            case "03" if group is not None and account is None:
                self._account = Account(fields, records=fields.lines)
            case "16" if account is not None:
                account.details.append(fields)
            case "49" if group is not None and account is not None:
                account.trailer = Trailer(fields.take(), "", fields.take())
                group.accounts.append(account)
                self._account = None
            case "98" if group is not None and account is None:
                group.trailer = Trailer(fields.take(), fields.take(), fields.take())
                self.file.groups.append(group)
                self._group = None
            case "99" if group is None and not self.ended:
                self.file.trailer = Trailer(fields.take(), fields.take(), fields.take())
                self.ended = True
            case _:
                raise _rejected(fields.line, code, "this record does not belong here", ADVICE)

    def _count(self, lines: int) -> None:
        for level in (self.file, self._group, self._account):
            if level is not None:
                level.records += lines


def _rejected(line: int | None, column: str | None, problem: str, advice: str) -> FileRejected:
    return FileRejected(Problem(None, column, problem, advice, line=line))
