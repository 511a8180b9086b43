"""The tables a PayPal user downloads: activity, its form of 2014 to 2017, the monthly statement.

The header is in the user's language, dates and amounts follow the account's country, and the two need not
agree: both are found from the whole file or asked. Fees are negative and net = gross + fee. Each cell of a
time zone column counts for its row, as files mix them. The balance runs per currency, newest or oldest row
first.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat

import numpy as np

from recon_app.models.problem import AnswerNeeded, FileRejected, Problem
from recon_app.models.proof import Proof
from recon_app.models.record import NO_INT, Category
from recon_app.sources import _detect, _paypal
from recon_app.sources._balance import add_totals, noting_unknown
from recon_app.sources._base import Batch, Chunk, InputFile, Ints, Mask, Reading, chunks, clean_header
from recon_app.sources._dates import written_moments
from recon_app.sources._extra import json_objects
from recon_app.sources._paypal_balance import Book

# Names of the columns in English, French, Italian, German and Spanish, as seen in downloads of 2014 to 2026.
_NAMES = {
    "date": "Date | Data | Datum | Fecha",
    "time": "Time | Heure | Orario | Ora | Uhrzeit | Hora",
    "zone": "TimeZone | Time Zone | Fuseau horaire | Fuso orario | Zeitzone | Zona horaria",
    "type": "Type | Tipo | Typ",
    "description": "Description | Descrizione | Beschreibung | Descripción",
    "status": "Status | État | Stato | Estado",
    "currency": "Currency | Devise | Valuta | Währung | Divisa",
    "gross": "Gross | Avant commission | Brut | Lordo | Brutto | Bruto",
    "fee": "Fee | Commission | Frais | Tariffa | Gebühr | Entgelt | Comisión",
    "net": "Net | Netto | Neto",
    "balance": "Balance | Solde | Saldo | Guthaben",
    "ident": "Transaction ID | Numéro de transaction | N° de transaction | Codice transazione | "
    "Transaktionscode | Id. de transacción",
    "reference": "Reference Txn ID | Numéro de la transaction de référence | "
    "Codice transazione di riferimento | Zugehöriger Transaktionscode | Txn-Referenzkennung | "
    "Id. de referencia de trans.",
    "invoice": "Invoice Number | Invoice ID | Numéro de facture | N° ordine commerciante | "
    "N. fattura pro-forma | Rechnungsnummer | Id. de factura",
    "custom": "Custom Number | Numero personalizzato",
    "impact": "Balance Impact | Impact sur le solde | Impatto sul saldo | Auswirkung auf Guthaben",
    "code": "Transaction Event Code | Codice evento transazione | Transaktionsereigniscode",
    "bank": "Bank Reference ID | Codice di riferimento bancario",
}
_FOLDED = {
    meaning: [clean_header(name).casefold() for name in names.split("|")] for meaning, names in _NAMES.items()
}
#: What each of the tables has.
COMMON = ("date", "time", "zone", "currency", "gross", "fee", "net", "ident")
_MEMO = frozenset({"memo", "kein einfluss"})
_DEAD = frozenset({"canceled", "cancelled", "denied", "expired", "failed", "voided"})
_AMOUNTS = ("gross", "fee", "net", "balance")
_ORDERS = {"ymd": "%Y{0}%m{0}%d", "dmy": "%d{0}%m{0}%Y", "mdy": "%m{0}%d{0}%Y"}
_CLOCKS = ("%H:%M", "%H:%M", "%H:%M:%S")  # by the number of colons
_LONG_YEAR = re.compile("[0-9]{4}")
# cells without thousands marks; the others take the longer way
_PLAIN = {"dot": re.compile(r"-?[0-9]+(?:\.[0-9]+)?"), "comma": re.compile("-?[0-9]+(?:,[0-9]+)?")}


def columns_of(file: InputFile) -> tuple[list[str], dict[str, str]]:
    """The header row of a download and, by meaning, its header cells; empty without one.

    Returns:
        All header cells as written; the cleaned header cell of each meaning that the file has.
    """
    for row in file.head_rows:
        cells = {clean_header(cell).casefold(): clean_header(cell) for cell in reversed(row)}
        found = {
            meaning: cells[name]
            for meaning, names in _FOLDED.items()
            for name in reversed(names)
            if name in cells
        }
        if all(meaning in found for meaning in COMMON):
            return row, found
    return [], {}


def kind_of(file: InputFile) -> str:
    """Which of the tables a file is: activity, history, statement, or "" for none of them."""
    header, names = columns_of(file)
    if not names:
        return ""
    if not {"type", "status"} <= names.keys():
        return "statement" if {"description", "balance"} <= names.keys() else ""
    folded = {clean_header(cell).casefold() for cell in header}
    # until 2017 the header cells had leading blanks
    old = any(cell[:1] == " " for cell in header) or "payment type" in folded
    return "history" if old else "activity"


def read(file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
    """Yield the lines of a download; prove net and running balance.

    Raises:
        AnswerNeeded: order of the dates (``date_order``) or decimal mark (``decimal_mark``) fit several ways.
        FileRejected: there is no such header.
    """
    header, names = columns_of(file)
    if not names:
        raise FileRejected(Problem(None, None, "no header row of a PayPal download", "export it again"))
    parts = list(_slim(file, header, names, reading))
    form = _form(parts, names, options, reading)
    lines = [_Lines.of(chunk, names, form) for chunk in parts]
    _finish(lines, names, reading)

    def batches() -> Iterator[Batch]:
        for part in lines:
            yield {"row": part.chunk.rows, **part.batch(names, form, reading)}

    yield from noting_unknown(batches(), reading)


def _slim(
    file: InputFile, header: Sequence[str], names: Mapping[str, str], reading: Reading
) -> Iterator[Chunk]:
    """The rows with the columns that are used: only all rows show how dates and amounts are written."""
    required = [names[meaning] for meaning in COMMON]
    kept = list(names.values())
    for chunk in chunks(file, required, reading, records=_filled(header)):
        cells = [list(map(sys.intern, chunk.text(name))) for name in kept]
        yield Chunk(kept, cells, int(chunk.rows[0]), reading)


def _filled(header: Sequence[str]) -> Callable[[Iterator[list[str]]], Iterator[list[str]]]:
    """Leave blank rows out, and fill up rows that lack the cells of a header that ends in empty ones."""
    named = max(index for index, cell in enumerate(header, 1) if cell.strip())

    def rows(found: Iterator[list[str]]) -> Iterator[list[str]]:
        for row in found:
            if any(row):
                short = named <= len(row) < len(header)
                yield row + [""] * (len(header) - len(row)) if short else row

    return rows


@dataclass(frozen=True)
class _Form:
    """How a file writes: order of the date parts, and the decimal mark."""

    order: str
    mark: str


def _form(
    parts: Sequence[Chunk], names: Mapping[str, str], options: Mapping[str, str], reading: Reading
) -> _Form:
    dates = [cell for chunk in parts for cell in chunk.text(names["date"])]
    currencies = [cell for chunk in parts for cell in chunk.text(names["currency"])]
    order = _order(dates, currencies, options.get("date_order", ""), reading)
    amounts = {
        cell
        for chunk in parts
        for meaning in _AMOUNTS
        if meaning in names
        for cell in map(_known, chunk.text(names[meaning]))
    }
    return _Form(order, _detect.find_decimal_mark(amounts, options.get("decimal_mark", "")).value)


def _order(dates: Sequence[str], currencies: Sequence[str], told: str, reading: Reading) -> str:
    """The order of the date parts; where the dates allow several, the one in which the rows are sorted."""
    try:
        return _detect.find_date_order(dates, told).value
    except AnswerNeeded as asked:
        codes = np.array(currencies, dtype=object)
        sorted_orders = [order for order in asked.choices if _runs(dates, order, codes)]
        if len(sorted_orders) != 1:
            raise
    words = _detect.ORDER_WORDS[sorted_orders[0]]
    reading.notes.append(f"The dates are read as {words}: only so are the rows in the order of time.")
    return sorted_orders[0]


def _runs(dates: Sequence[str], order: str, currencies: np.ndarray) -> bool:
    """Whether the days of each currency run in one direction."""
    days, _ = _detect.read_days(dates, order)
    steps = [np.diff(days[currencies == code]) for code in set(currencies.tolist())]
    return all((step >= 0).all() for step in steps) or all((step <= 0).all() for step in steps)


@dataclass
class _Lines:
    """Some rows with their money in minor units.

    Attributes:
        fee: A cost is positive.
        grp: Withdrawal that took the line out, "" where the balance does not show it.
    """

    chunk: Chunk
    currency: list[str]
    gross: Ints
    fee: Ints
    net: Ints
    balance: Ints
    category: list[str]
    grp: list[str] = field(default_factory=list)
    due: list[int] = field(default_factory=list)
    day: Ints = field(default_factory=lambda: np.array([], np.int64))
    at: Ints = field(default_factory=lambda: np.array([], np.int64))

    @classmethod
    def of(cls, chunk: Chunk, names: Mapping[str, str], form: _Form) -> _Lines:
        def text(meaning: str) -> list[str]:
            return chunk.text(names[meaning]) if meaning in names else [""] * len(chunk)

        currency = [code.strip().upper() for code in text("currency")]
        gross, net = (_money(chunk, names[name], currency, form.mark) for name in ("gross", "net"))
        fee = _money(chunk, names["fee"], currency, form.mark, required=False)
        balance = np.full(len(chunk), NO_INT, np.int64)
        if "balance" in names:
            balance = _money(chunk, names["balance"], currency, form.mark, required=False)
        types = text("type" if "type" in names else "description")
        category = _paypal.by_word(types, text("code"), gross)
        still = _still(text("impact"), text("status"), has_impact="impact" in names)
        category = [
            Category.VOID.value if moves_not and name not in _paypal.STILL else name
            for name, moves_not in zip(category, still, strict=True)
        ]
        fee = np.where(fee == NO_INT, np.int64(0), -fee)
        lines = cls(chunk, currency, gross, fee, net, balance, category)
        lines.day, lines.at = _moments(chunk, names, form.order)
        lines.grp, lines.due = [""] * len(chunk), [NO_INT] * len(chunk)
        return lines

    @property
    def moved(self) -> Mask:
        """Lines that move money."""
        return np.array([name not in _paypal.STILL for name in self.category], np.bool_)

    def batch(self, names: Mapping[str, str], form: _Form, reading: Reading) -> Batch:
        """Normalised fields."""

        def text(meaning: str) -> list[str]:
            return self.chunk.text(names[meaning]) if meaning in names else [""] * len(self.chunk)

        withdrawal = np.array([name == Category.PAYOUT for name in self.category], np.bool_)
        self._prove_net(names, reading)
        columns = {"Gross": self.gross, "Fee": self.fee, "Net": self.net}
        add_totals(reading, self.currency, columns, withdrawal | ~self.moved)
        bank, states = text("bank"), text("status")
        return {
            "category": self.category,
            "ident": text("ident"),
            "ref": _references(text("invoice"), text("custom")),
            "ref2": [
                (number if out else "") or reference
                for out, number, reference in zip(withdrawal, bank, text("reference"), strict=True)
            ],
            "grp": self.grp,
            "account": list(repeat(_paypal.ACCOUNT, len(self.chunk))),
            # a withdrawal stays pending in the list although it has left the balance
            "status": ["" if out else state for out, state in zip(withdrawal, states, strict=True)],
            "day": self.day,
            "at": self.at,
            "due": np.array(self.due, np.int64),
            "amount": self.gross,
            "currency": self.currency,
            "fee": self.fee,
            "net": self.net,
            "text": text("type" if "type" in names else "description"),
            "extra": json_objects(
                {
                    "code": text("code"),
                    "custom": text("custom"),
                    "bank": bank,
                    "balance": self.balance,
                    "state": [word if out else "" for out, word in zip(withdrawal, states, strict=True)],
                }
            ),
        }

    def _prove_net(self, names: Mapping[str, str], reading: Reading) -> None:
        unread = (self.gross == NO_INT) | (self.net == NO_INT)
        ok = (self.net == self.gross - self.fee) | unread
        titles = [names[name] for name in ("gross", "fee", "net")]
        reading.identity(f"{titles[2]} = {titles[0]} + {titles[1]}", ok, self.chunk.rows)
        for index in np.flatnonzero(~ok).tolist():
            gross, fee, net = (self.chunk.text(title)[index] for title in titles)
            self.chunk.problem(
                index,
                titles[2],
                f"{net} is not {titles[0]} {gross} plus {titles[1]} {fee}",
                "export it again; a line that does not add up is not used",
            )


def _money(chunk: Chunk, name: str, currency: Sequence[str], mark: str, *, required: bool = True) -> Ints:
    cells = [_known(cell) for cell in chunk.text(name)]
    plain = _PLAIN[mark]
    texts = [cell.replace(",", ".") if plain.fullmatch(cell) else "" for cell in cells]
    others = [index for index, text in enumerate(texts) if not text and cells[index].strip()]
    found = _detect.plain_amounts([cells[index] for index in others], mark)
    for index, text, bad in zip(others, found.texts, found.bad.tolist(), strict=True):
        # what is no amount goes on as it is and becomes a fault
        texts[index] = cells[index] if bad else text
    return chunk.money(name, currency, texts=texts, required=required)


def _known(cell: str) -> str:
    """A cell of an amount; dots stand in old lists where a fee or a balance is not known yet."""
    return "" if cell.strip(". ") == "" else cell


def _still(impacts: Sequence[str], states: Sequence[str], *, has_impact: bool) -> list[bool]:
    """Rows for information only: what the file says of the balance, without it a state that stops a payment.

    A pending withdrawal has left the balance already: its state says nothing.
    """
    if has_impact:
        return [impact.strip().strip("()").casefold() in _MEMO for impact in impacts]
    return [state.strip().casefold() in _DEAD for state in states]


def _moments(chunk: Chunk, names: Mapping[str, str], order: str) -> tuple[Ints, Ints]:
    dates, times = chunk.text(names["date"]), chunk.text(names["time"])
    texts = [f"{date} {time}".strip() for date, time in zip(dates, times, strict=True)]
    return written_moments(
        chunk,
        names["date"],
        _formats(set(dates), set(times), order),
        chunk.text(names["zone"]),
        texts=texts,
        required=True,
    )


def _formats(dates: set[str], times: set[str], order: str) -> list[str]:
    """The shapes that the cells have: mostly one, and each further one costs time in every row."""
    marks = [mark for mark in "/.-" if any(mark in date for date in dates)]
    years = {"%Y" if _LONG_YEAR.search(date) else "%y" for date in dates}
    clocks = {
        ("%I:%M:%S %p" if time[-1:] in "mM." else _CLOCKS[min(time.count(":"), 2)]) for time in times if time
    }
    return [
        f"{_ORDERS[order].format(mark)} {clock}".replace("%Y", year)
        for mark in marks
        for clock in sorted(clocks)
        for year in sorted(years)
    ]


def _references(invoices: Sequence[str], customs: Sequence[str]) -> list[str]:
    """What the shop gave with the payment; a custom field may hold a whole object instead."""
    return [
        invoice or ("" if custom.startswith(("{", "[")) else custom)
        for invoice, custom in zip(invoices, customs, strict=True)
    ]


def _finish(lines: Sequence[_Lines], names: Mapping[str, str], reading: Reading) -> None:
    """Check the running balance of each currency and give the lines of each withdrawal its id."""
    idents = [ident for part in lines for ident in part.chunk.text(names["ident"])]
    books = _books(lines)
    forward, backward = (
        sum(int(book.breaks(newest_first=order).sum()) for book in books.values()) for order in (False, True)
    )
    newest_first = backward < forward or (backward == forward and _newest_first(lines))
    owner = [""] * len(idents)
    due = [NO_INT] * len(idents)
    for code, book in books.items():
        book.withdrawals(idents, owner, due, newest_first=newest_first)
        if len(book.net) > 1 and book.has_balance:
            broken = int(book.breaks(newest_first=newest_first).sum())
            steps = len(book.net) - 1
            title = f"Balance follows from the one before and {names['net']}, {code}"
            reading.proofs.append(
                Proof(title, f"{steps} of {steps}", f"{steps - broken} of {steps}", broken == 0)
            )
    start = 0
    for part in lines:
        stop = start + len(part.chunk)
        part.grp, part.due = owner[start:stop], due[start:stop]
        start = stop


def _newest_first(lines: Sequence[_Lines]) -> bool:
    """The order of the rows where no balance shows it."""
    return bool(lines and lines[0].day[0] > lines[-1].day[-1])


def _books(lines: Sequence[_Lines]) -> dict[str, Book]:
    if not lines:
        return {}
    currency = np.array([code for part in lines for code in part.currency], dtype=object)
    moved = np.concatenate([part.moved for part in lines])
    paid = np.array([name == Category.PAYOUT for part in lines for name in part.category], np.bool_)
    day, net, balance = (
        np.concatenate([getattr(part, name) for part in lines]) for name in ("day", "net", "balance")
    )
    books = {}
    for code in sorted(set(currency.tolist())):
        row = np.flatnonzero((currency == code) & moved)
        books[code] = Book(row, day[row], net[row], balance[row], paid[row])
    return books
