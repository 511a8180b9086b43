"""What all bank statement formats share: their lines as batches, their totals, the proof by balances."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np

from recon_app.models.counted import counted
from recon_app.models.money import Money, exponent, parse_minor
from recon_app.models.problem import AnswerNeeded
from recon_app.models.proof import Proof
from recon_app.models.record import INT_FIELDS, NO_INT
from recon_app.sources._base import CHUNK_ROWS, Batch, InputFile, Ints, Reading, checked

#: The control totals of every bank statement, and those of entries that are not booked.
BOOKED_TOTALS = ("money in", "money out")
PENDING_TOTALS = ("not booked, money in", "not booked, money out")
#: Currencies that words around the lines may name; a column or an answer may hold any other.
CURRENCIES = frozenset(
    re.findall(
        "[A-Z]{3}",
        """AED ARS AUD BGN BHD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KRW KWD
        MAD MXN MYR NOK NZD OMR PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH USD UYU VND
        ZAR""",
    )
)
_LARGEST = 2**62


class Line(NamedTuple):
    """One booked line of a statement; the fields are those of :data:`recon_app.models.record.FIELDS`."""

    row: int
    day: int
    due: int
    amount: int
    currency: str
    ref: str
    ref2: str
    ident: str
    account: str
    grp: str
    text: str
    foreign_amount: int = NO_INT
    foreign_currency: str = ""
    status: str = ""
    extra: str = ""


def batches(lines: Sequence[Line], reading: Reading) -> Iterator[Batch]:
    """Turn lines into batches and add them to the control totals, those that are not booked apart."""
    rest = iter(lines)
    while chunk := list(islice(rest, CHUNK_ROWS)):
        columns = dict(zip(Line._fields, zip(*chunk, strict=True), strict=True))
        batch: Batch = {
            name: np.array(column, np.int64) if name in INT_FIELDS else list(column)
            for name, column in columns.items()
        }
        reading.rows += len(chunk)
        for names, wanted in ((BOOKED_TOTALS, False), (PENDING_TOTALS, True)):
            part = [line for line in chunk if bool(line.status) is wanted]
            if part:
                minor = np.array([line.amount for line in part], np.int64)
                add_totals(reading, [line.currency for line in part], minor, names)
        yield checked(filled(batch), len(chunk))


def filled(batch: Batch) -> Batch:
    """Leave out the fields that no record has."""
    return {
        name: column
        for name, column in batch.items()
        if (any(column) if isinstance(column, list) else (column != NO_INT).any())
    }


def once(files: Sequence[Sequence[Line]], reading: Reading) -> list[Line]:
    """The lines of several files of one archive, those that more than one file has once (rule ID-01).

    Equal lines inside one file are several bookings. Of a line that two files have, what the later says of
    it counts (pending, then booked).
    """
    kept: dict[tuple[object, ...], Line] = {}
    again = 0
    for lines in files:
        seen: Counter[tuple[object, ...]] = Counter()
        for line in lines:
            same = (line.account, line.currency, line.day, line.amount, line.ident, line.ref, line.text)
            seen[same] += 1
            known = kept.get((*same, seen[same]))
            again += known is not None
            kept[*same, seen[same]] = line if known is None else line._replace(row=known.row)
    if again:
        reading.notes.append(f"{counted(again, 'line')} in more than one file of the archive: counted once")
    return list(kept.values())


def add_totals(
    reading: Reading,
    currencies: Sequence[str],
    minor: Ints,
    names: tuple[str, str] = BOOKED_TOTALS,
) -> None:
    """Add lines to the totals of money in and money out."""
    reading.total(names[0], currencies, np.maximum(minor, 0))
    reading.total(names[1], currencies, np.minimum(minor, 0))


def minor_or_none(text: str, currency: str) -> int | None:
    """Minor units of a plain decimal, None when it is not an exact amount of its currency (rule FX-03)."""
    try:
        minor = parse_minor(text, currency)
    except ValueError:  # MoneyError, or more digits than Python reads
        return None
    return minor if abs(minor) < _LARGEST else None


def is_currency(code: str) -> bool:
    """Whether the text has the form of an ISO 4217 code."""
    try:
        return exponent(code) >= 0
    except ValueError:
        return False


def told_currency(told: str, whose: str) -> str:
    """The currency that a person gave for a statement that names none.

    Args:
        told: The answer, "" before it was asked.
        whose: What names no currency, at the start of a sentence.

    Raises:
        AnswerNeeded: it is not a currency code (yet).
    """
    code = told.strip().upper()
    if not is_currency(code):
        question = f"{whose} names no currency. Which one is it (three letters such as EUR)?"
        raise AnswerNeeded("currency", (), question)
    return code


@dataclass(frozen=True, slots=True)
class Balances:
    """The balances of one statement; None where the file has none.

    Attributes:
        name: How the statement is called in the proof: its account and number.
        opening: Booked balance before the first line.
        closing: Booked balance after the last line.
    """

    name: str
    opening: Money | None
    closing: Money | None


def prove(balances: Balances, lines: Sequence[tuple[int, str]], reading: Reading) -> None:
    """Check opening balance + lines = closing balance, or say that it cannot be checked.

    Args:
        balances: The statement's balances.
        lines: Minor units and currency of each of its lines.
        reading: Takes the proof.
    """
    opening, closing = balances.opening, balances.closing
    if opening is None or closing is None:
        missing = "opening" if opening is None else "closing"
        if opening is None and closing is None:
            missing = "opening and no closing"
        reading.notes.append(
            f"{balances.name}: no {missing} balance in the file, so nothing proves that all lines are here"
        )
        return
    moved = sum(minor for minor, currency in lines if currency == opening.currency)
    found = Money(opening.minor + moved, opening.currency)
    foreign = any(currency != opening.currency for _, currency in lines)
    name = f"{balances.name}: opening balance + lines = closing balance"
    reading.proofs.append(Proof(name, str(closing), str(found), found == closing and not foreign))


def note_gaps(statements: Sequence[tuple[str, Balances]], reading: Reading) -> None:
    """Say where statements of one account do not follow one another: one may be missing between them.

    Whatever their order, and where a monthly statement repeats daily ones, all but the first begin with the
    closing balance of another.

    Args:
        statements: Account and balances of each statement of a file.
        reading: Takes the notes.
    """
    openings: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    closings: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for account, balances in statements:
        for money, found in ((balances.opening, openings), (balances.closing, closings)):
            if money is not None:
                found[account, money.currency].add(money.minor)
    for (account, currency), minors in openings.items():
        apart = sorted(minors - closings[account, currency])
        if len(apart) > 1:
            shown = " and ".join(str(Money(minor, currency)) for minor in apart)
            reading.notes.append(
                f"{account}: statements begin with {shown}, with which no other ends: "
                "one may be missing between them"
            )


def lenient_text(file: InputFile, reading: Reading) -> str:
    """The text of a file whose figures, dates and ids are ASCII, so that Windows-1252 risks none of them."""
    try:
        encoding = file.encoding
    except AnswerNeeded:
        encoding = "cp1252"
        reading.notes.append("the text is not UTF-8 and was read as Windows-1252; only names can be affected")
    data = file.path.read_bytes().decode(encoding, errors="replace")
    return data.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def joined(parts: Sequence[str | None]) -> str:
    """Join the parts of a description with blanks, each part once, line breaks and doubled blanks folded."""
    folded = (" ".join((part or "").split()) for part in parts)
    return " ".join(dict.fromkeys(part for part in folded if part))
