"""SWIFT messages MT940 (statement) and MT942 (interim report), read with the mt-940 library.

The library splits the file into statements and the ``:61:`` lines into their fields. Signs, amounts and the
text of ``:86:`` are read here: the library's older sign rule takes a reversal of a credit (RC) for money in,
and its field names for ``:86:`` drop what German and Dutch banks write there.
"""

from __future__ import annotations

import io
import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from recon_app.models.counted import counted
from recon_app.models.money import Money
from recon_app.models.problem import FileRejected, Problem
from recon_app.models.proof import Proof
from recon_app.sources._bank import (
    Balances,
    Line,
    is_currency,
    joined,
    lenient_text,
    minor_or_none,
    note_gaps,
    prove,
    told_currency,
)
from recon_app.sources._base import InputFile, Reading

_TAGS = re.compile(
    rb"^:(?:61:[0-9]{6}|60[FM]?:[DC][0-9]{6}[A-Z]{3}|62[FM]?:[DC][0-9]{6}[A-Z]{3})", re.MULTILINE | re.ASCII
)
_INTERIM_TAGS = re.compile(rb"^:(?:34F:[A-Z]{3}[DC ]?[0-9]|13D?:[0-9]{10})", re.MULTILINE | re.ASCII)
_OPENING_TAGS = re.compile(rb"^:60[FM]?:", re.MULTILINE)
_LINE_START = re.compile(r"^:61:", re.MULTILINE)
# D debit, C credit, RD reversal of a debit, RC reversal of a credit (SWIFT Standards MT940, field 61)
_SIGNS = {"D": -1, "C": 1, "RD": 1, "RC": -1}
_OPENINGS = ("final_opening_balance", "intermediate_opening_balance", "opening_balance")
_CLOSINGS = ("final_closing_balance", "intermediate_closing_balance", "closing_balance")
_SUMS = {"sum_debit_entries": -1, "sum_credit_entries": 1}
_FLOORS = ("d_floor_limit", "c_floor_limit", "floor_limit")
_BALANCES = (*_OPENINGS, *_CLOSINGS, "available_balance", "forward_available_balance")
_NO_REFERENCE = frozenset(("", "NONREF", "EREF", "EREF+", "KREF", "KREF+", "NOTPROVIDED", "NOTPROVID"))
_LINE_TAG = 61
_LINE_WIDTHS = range(60, 66)  # :86: allows 65 characters a line; some banks write fewer
_EPOCH = date(1970, 1, 1)
_ADVICE = "download the statement again or ask the bank"

_GERMAN = re.compile(r"[0-9]{3}\?[0-9]{2}")
_SUBFIELD = re.compile(r"\?([0-9]{2})")
_PURPOSE = frozenset((*range(20, 30), *range(60, 64)))
_NAME = frozenset((32, 33))
_POSTING_TEXT = 0
# The words that part the purpose of a SEPA booking (DFÜ-Abkommen, Anlage 3, field 86) stand at the start of
# a subfield; "\n" marks such starts here. Some banks write EREF: for EREF+.
_PURPOSE_WORD = re.compile(r"(?:^|\n)([A-Z]{4})[+:]")
_DUTCH_WORD = re.compile(r"/([A-Z]{4})/")


def is_statement(file: InputFile) -> bool:
    """Whether a line starts like a balance (``:60F:C``) or a booking (``:61:YYMMDD``) of an MT940."""
    head = file.head.replace(b"\r", b"\n")
    return bool(_TAGS.search(head)) and not is_interim(file)


def is_interim(file: InputFile) -> bool:
    """Whether it names a floor limit or a time (``:34F:``, ``:13D:``) and no opening balance: an MT942."""
    head = file.head.replace(b"\r", b"\n")
    return bool(_INTERIM_TAGS.search(head)) and not _OPENING_TAGS.search(head)


def lines_of(file: InputFile, options: Mapping[str, str], reading: Reading, *, interim: bool) -> list[Line]:
    """Read all messages of a file and prove each: a statement by its balances, an interim report by its sums.

    Raises:
        FileRejected: a message is damaged or of the other kind.
        AnswerNeeded: a message names no currency.
    """
    parser = _Parser()
    text = lenient_text(file, reading)
    statements = parser.statements(text)
    if interim and not _ends(text, statements[-1]):
        reading.notes.append(
            "the last report has no end mark (-) and not the sums of all its lines: nothing shows whether "
            "all of it is there"
        )
    width = _line_width(statements)
    lines: list[Line] = []
    records = 0
    for statement in statements:
        if not interim and _is_interim(statement.data):
            problem = "an MT942 interim report stands among the statements"
            raise FileRejected(Problem(None, ":34F:", problem, "import the two kinds as files of their own"))
        lines += _statement(statement, records, width, options, reading)
        records += len(statement.transactions)
    note_gaps([(_account(each.data), _balances("", each.data)) for each in statements], reading)
    if parser.moved_days:
        reading.notes.append(
            f"{counted(parser.moved_days, 'date')} such as 30 February (some banks count 30-day months) "
            "taken as the last day of February"
        )
    return lines


def _ends(text: str, last: Any) -> bool:
    """Whether a report ends as SWIFT messages do, or with the sums of all its lines behind them."""
    if text.rstrip().endswith(("\n-", "\n-}")):
        return True
    signs = {_SIGNS[line.data["status"].upper()] for line in last.transactions}
    there = {sign for name, sign in _SUMS.items() if name in last.data}
    return bool(there) and signs <= there


def _is_interim(data: Mapping[str, Any]) -> bool:
    return any(name in data for name in (*_FLOORS, *_SUMS)) and not any(
        name in data for name in (*_OPENINGS, *_CLOSINGS)
    )


class _Parser:
    """The library with what it needs to lose nothing.

    Attributes:
        moved_days: How many dates like 30 February were moved.
    """

    def __init__(self) -> None:
        self.moved_days = 0
        self._started = 0

    def statements(self, text: str) -> list[Any]:
        """Split and parse the file.

        Raises:
            FileRejected: a field does not have the form that SWIFT gives it, or no statement starts.
        """
        import mt940

        _silence()
        processors: Any = {
            **{f"pre_{name}": [self._before_balance] for name in _BALANCES},
            "pre_statement": [self._before_line],
            "pre_transaction_details": [],
            "post_transaction_details": [_details],
        }
        long_references = mt940.tags.StatementGLS()
        try:
            found = mt940.parse_statements(
                io.StringIO(text),  # a str could be taken for the name of a file
                processors=processors,
                tags={long_references.id: long_references},
                options=mt940.Options.all(),
            )
        except (RuntimeError, ValueError, ArithmeticError, TypeError, KeyError) as error:
            raise FileRejected(self._problem(error)) from error
        if not found:
            raise FileRejected(
                Problem(
                    None,
                    ":20:",
                    "no statement starts in this file",
                    "it is only a part: download the whole statement",
                )
            )
        lost = len(_LINE_START.findall(text)) - sum(len(statement.transactions) for statement in found)
        if lost:
            raise FileRejected(
                Problem(None, ":61:", f"{counted(lost, 'line')} outside of a statement", _ADVICE),
            )
        return list(found)

    def _before_line(self, transactions: object, tag: object, fields: dict[str, Any]) -> dict[str, Any]:
        """Prepare the fields of a ``:61:`` line before the library makes dates and amounts of them."""
        del transactions, tag
        self._started += 1
        fields["raw_amount"] = fields["amount"]
        fields["id"] = fields["id"] or "NMSC"  # without a type the library would glue two lines together
        self._move_day(fields, "month", "day")
        self._move_day(fields, "entry_month", "entry_day")
        return fields

    def _before_balance(self, transactions: object, tag: object, fields: dict[str, Any]) -> dict[str, Any]:
        del transactions, tag
        self._move_day(fields, "month", "day")
        return fields

    def _move_day(self, fields: dict[str, Any], month: str, day: str) -> None:
        """Move 29 and 30 February to the last day that February has."""
        last = str(monthrange(2000 + int(fields["year"]), 2)[1])
        if fields[month] == "02" and last < (fields[day] or "") <= "30":
            fields[day] = last
            self.moved_days += 1

    def _problem(self, error: Exception) -> Problem:
        """Say where the library stopped: at the form of a field, or at a value inside a line."""
        if isinstance(error, RuntimeError) and len(error.args) > 2:
            tag, value = error.args[1:3]
            row = self._started + 1 if tag.id == _LINE_TAG else None
            first = str(value).partition("\n")[0]
            return Problem(row, f":{tag.id}:", f"{first!r} does not have the form of this field", _ADVICE)
        return Problem(self._started or None, None, "a date or an amount near here is not possible", _ADVICE)


def _silence() -> None:
    """Keep the library from logging faults: it would write whole statement lines to the console."""
    import logging

    logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)


def _details(
    transactions: Any, tag: object, fields: dict[str, Any], result: dict[str, Any]
) -> dict[str, Any]:
    """Keep ``:86:`` as it is, but not the one behind a closing balance or sum: it is of the statement."""
    del tag, fields
    return {} if any(name in transactions.data for name in (*_CLOSINGS, *_SUMS)) else result


def _line_width(statements: Sequence[Any]) -> int:
    """How wide this bank writes the lines of ``:86:``: a full one goes on in the next without a blank."""
    fields = (
        transaction.data.get("transaction_details")
        for each in statements
        for transaction in each.transactions
    )
    widths = {len(line) for field in fields for line in (field or "").split("\n")}
    return max((width for width in widths if width in _LINE_WIDTHS), default=_LINE_WIDTHS.stop)


def _statement(
    statement: Any, before: int, width: int, options: Mapping[str, str], reading: Reading
) -> list[Line]:
    """Turn one statement into lines and prove it.

    Raises:
        AnswerNeeded: it has no balance that would name its currency.
    """
    data = statement.data
    account = _account(data)
    number = "/".join(part for part in (data.get("statement_number"), data.get("sequence_number")) if part)
    name = joined((account, "report" if _is_interim(data) else "statement", number))
    balances = _balances(name, data)
    known = _named_currency(balances, data)
    told = options.get("currency", "")
    currency = known or told_currency(told, f"The statement of account {account}")
    group = joined((account, number or data.get("transaction_reference")))
    lines = []
    for index, transaction in enumerate(statement.transactions):
        row = before + index + 1
        line = _line(transaction.data, row, currency, width, reading)
        if line is not None:
            lines.append(line._replace(account=account, grp=group))
    if not _is_interim(data):
        prove(balances, [(line.amount, line.currency) for line in lines], reading)
    _prove_sums(data, name, lines, currency, reading)
    return lines


def _account(data: Mapping[str, Any]) -> str:
    return (data.get("account_identification") or "").strip()


def _balances(name: str, data: Mapping[str, Any]) -> Balances:
    return Balances(name, _balance(data, _OPENINGS, ":60:"), _balance(data, _CLOSINGS, ":62:"))


def _named_currency(balances: Balances, data: Mapping[str, Any]) -> str:
    """The currency of a balance, a floor limit or a sum, "" when the message has none of them."""
    balance = balances.opening or balances.closing
    if balance is not None:
        return balance.currency
    others = (data[name].currency for name in (*_FLOORS, *_SUMS) if name in data)
    return next((str(code) for code in others if is_currency(str(code))), "")


def _prove_sums(
    data: Mapping[str, Any], name: str, lines: Sequence[Line], currency: str, reading: Reading
) -> None:
    """Check number and sum of the debits and credits where the message gives them (``:90D:``, ``:90C:``)."""
    for field, sign in _SUMS.items():
        told = data.get(field)
        if told is None:
            continue
        word = "debits" if sign < 0 else "credits"
        mine = [line.amount for line in lines if line.amount * sign > 0]
        if told.number:
            ok = int(told.number) == len(mine)
            reading.proofs.append(Proof(f"{name}: number of {word}", told.number, str(len(mine)), ok))
        expected = minor_or_none(format(abs(told.amount), "f"), currency)
        if told.currency != currency or expected is None:
            problem = f"{told.amount} {told.currency} is not an exact amount in {currency}"
            raise FileRejected(Problem(None, ":90:", problem, _ADVICE))
        reading.sum_proof(f"{name}: sum of {word}", currency, expected, abs(sum(mine)))


def _balance(data: Mapping[str, Any], names: tuple[str, ...], tag: str) -> Money | None:
    balance = next((data[name] for name in names if name in data), None)
    if balance is None:
        return None
    amount = balance.amount
    minor = (
        minor_or_none(format(amount.amount, "f"), amount.currency) if is_currency(amount.currency) else None
    )
    if minor is None:
        raise FileRejected(Problem(None, tag, f"{amount} is not an exact balance", _ADVICE))
    return Money(minor, amount.currency)


def _line(data: Mapping[str, Any], row: int, currency: str, width: int, reading: Reading) -> Line | None:
    text = data.get("raw_amount", "")
    plain = text.replace(",", ".", 1)
    minor = minor_or_none(plain, currency)
    if minor is None:
        reading.problem(row, ":61:", f"{text!r} is not an exact amount in {currency}", _ADVICE)
        return None
    value_day = (data["date"] - _EPOCH).days
    entry = data.get("entry_date")
    details = _Details(data.get("transaction_details") or "", width)
    words = details.words
    customer, _, _ = (data.get("customer_reference") or "").partition("  ")
    ident = _first(data.get("bank_reference"))
    return Line(
        row=row,
        day=(entry - _EPOCH).days if isinstance(entry, date) else value_day,
        due=value_day,
        amount=_SIGNS[data["status"].upper()] * minor,
        currency=currency,
        ref=_first(words.get("EREF"), words.get("KREF"), customer, words.get("REMI"), words.get("SVWZ")),
        ref2=ident,
        ident=ident,
        account="",
        grp="",
        text=joined((details.text, data.get("extra_details"))),
    )


def _first(*texts: str | None) -> str:
    return next((text.strip() for text in texts if text and text.strip() not in _NO_REFERENCE), "")


class _Details:
    """The text of ``:86:``, in the German, the Dutch or a free form.

    Attributes:
        text: What a person reads: posting text, names, purpose.
        words: Values of the words ``EREF``, ``KREF``, ``REMI``... where the bank writes them.
    """

    def __init__(self, raw: str, width: int) -> None:
        whole = _unfolded(raw, width)
        self.words: dict[str, str] = {}
        self.text = whole
        if _GERMAN.match(whole):
            self._read_german(whole)
        elif _DUTCH_WORD.match(whole):
            parts = _DUTCH_WORD.split(whole)
            self.words = dict(zip(parts[1::2], parts[2::2], strict=True))

    def _read_german(self, whole: str) -> None:
        parts = _SUBFIELD.split(whole)
        fields = [(int(number), value) for number, value in zip(parts[1::2], parts[2::2], strict=True)]
        purpose = "\n".join(value for number, value in fields if number in _PURPOSE)
        words = _PURPOSE_WORD.split(purpose)
        values = [value.replace("\n", "") for value in words[2::2]]
        self.words = dict(zip(words[1::2], values, strict=True))
        posting = next((value for number, value in fields if number == _POSTING_TEXT), "")
        names = "".join(value for number, value in fields if number in _NAME)
        said = (value for value in values if value.strip() not in _NO_REFERENCE)
        self.text = joined((posting, names, words[0].replace("\n", ""), *said))


def _unfolded(raw: str, width: int) -> str:
    """Join the lines of a field: a full line was broken anywhere, a shorter one at a blank."""
    return "".join(line if len(line) >= width else f"{line} " for line in raw.split("\n")).strip()
