"""The reports PayPal puts on its SFTP server: settlement (STL) and transaction detail (TRR, TDR).

Each line begins with its kind: RH, FH, SH and CH are headers of report, file, section and columns; SB is a
transaction; SF and SC, RF and RC are totals per currency and counts of section and report; FF ends the file.
Amounts are unsigned minor units with DR or CR beside them; so are the fees, and a DR fee is a cost.
developer.paypal.com/docs/reports/sftp-reports

Whether a currency without decimals is written in hundredths is not settled by the documentation ("100,00 yen
and $100.00 USD are both represented as 10000"): it is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat

import numpy as np

from recon_app.models.money import MoneyError, exponent, format_minor
from recon_app.models.problem import AnswerNeeded, FileRejected, Problem
from recon_app.models.proof import Proof
from recon_app.models.record import NO_INT, Category
from recon_app.sources import _paypal
from recon_app.sources._balance import add_totals, noting_unknown
from recon_app.sources._base import CHUNK_ROWS, Batch, Chunk, InputFile, Ints, Reading, clean_header
from recon_app.sources._dates import written_moments
from recon_app.sources._extra import json_objects

NEEDED = (
    "Transaction ID",
    "Transaction Event Code",
    "Transaction Debit or Credit",
    "Gross Transaction Amount",
    "Gross Transaction Currency",
    "Fee Debit or Credit",
    "Fee Amount",
)
#: The column that only a transaction detail report has.
STATE = "Transactional Status"
_LONGEST = 16  # digits
_KINDS = frozenset(("RH", "FH", "SH", "CH", "SB", "SF", "SC", "RF", "RC", "FF"))
_SIGNS = {"CR": 1, "DR": -1}
_TIMES = ("%Y/%m/%d %H:%M:%S %z",)
SCALES = ("hundredths", "whole")
# states of a transaction detail report: pending, denied, voided; S is a success
_NOT_DONE = frozenset("PDV")


def header_of(file: InputFile) -> list[str]:
    """The column names of a report, empty for other files."""
    for row in file.head_rows:
        cells = [clean_header(cell) for cell in row]
        if cells[:1] == ["CH"] and set(NEEDED) <= set(cells):
            return cells[1:]
    return []


def read(file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
    """Yield the transactions; prove the totals of the report and its running balance.

    Raises:
        AnswerNeeded: amounts of a currency without two decimals; option ``amount_unit``.
        FileRejected: the file is no such report, or is damaged.
    """
    report = _Report(file, reading)
    scale = _scale(report.parts, options)

    def batches() -> Iterator[Batch]:
        for chunk in report.parts:
            batch = _batch(chunk, scale, reading)
            report.add(batch)
            yield {"row": chunk.rows, **batch}

    yield from noting_unknown(batches(), reading)
    if not reading.problems:
        report.prove(scale)


class _Report:
    """The lines of a report by their kind.

    Attributes:
        parts: Transactions, a thousand at a time.
    """

    def __init__(self, file: InputFile, reading: Reading) -> None:
        self._reading = reading
        self._header = header_of(file)
        self.parts: list[Chunk] = []
        self._footers: dict[str, list[list[str]]] = {"SF": [], "RF": []}
        self._counts: dict[str, list[str]] = {"SC": [], "RC": []}
        self._sums: defaultdict[str, _Sums] = defaultdict(_Sums)
        body: list[list[str]] = []
        for row in file.rows():
            kind = row[0].strip() if row else ""
            if any(row) and kind not in _KINDS:
                reading.problem(None, None, f"a line begins with {kind[:20]!r}", "export the report again")
            if kind == "CH" and [clean_header(cell) for cell in row[1:]] != self._header:
                raise FileRejected(
                    Problem(None, None, "the sections have different columns", "export one report at a time")
                )
            if kind == "SB":
                body.append(row[1:])
            elif kind in self._footers:
                self._footers[kind].append(self._footer(row[1:]))
            elif kind in self._counts:
                self._counts[kind].append(row[1] if len(row) > 1 else "")
        for start in range(0, len(body), CHUNK_ROWS):
            self.parts.append(self._chunk(body[start : start + CHUNK_ROWS]))

    def _footer(self, cells: list[str]) -> list[str]:
        """The totals of one currency; a single cell is the count of an empty report."""
        faults = [cell for cell in cells[1:] if cell.strip() not in ("", "CR", "DR") and not _is_number(cell)]
        if len(cells) > 1 and not _is_currency(cells[0]):
            faults.append(cells[0])
        for fault in faults:
            problem = f"the totals of {cells[0][:20]!r} hold {fault[:20]!r}"
            self._reading.problem(None, None, problem, "export the report again")
        return cells

    def _chunk(self, rows: list[list[str]]) -> Chunk:
        first, width = self._reading.rows + 1, len(self._header)
        self._reading.rows += len(rows)
        for number, row in enumerate(rows, first):
            if any(row[width:]):
                self._reading.problem(
                    number,
                    None,
                    f"the record has {len(row)} cells where the header has {width}",
                    "export it again",
                )
        fitted = [row[:width] + [""] * (width - len(row)) for row in rows]
        return Chunk(self._header, list(zip(*fitted, strict=True)), first, self._reading)

    def add(self, batch: Batch) -> None:
        """Sum up what the footers say."""
        columns = (np.asarray(batch[name]).tolist() for name in ("amount", "fee"))
        for code, category, amount, fee in zip(batch["currency"], batch["category"], *columns, strict=True):
            if category not in _paypal.STILL:
                self._sums[str(code)].add(amount, -fee, paid=category == Category.PAYOUT)

    def prove(self, scale: str) -> None:
        """Compare with the footers of the report, or of its sections where it has none."""
        footers = self._footers["RF"] or self._footers["SF"]
        told: defaultdict[str, list[int]] = defaultdict(lambda: [0] * 4)
        for footer in footers:
            figures = _figures(footer, scale)
            if len(figures) >= 4:
                told[footer[0]] = [a + b for a, b in zip(told[footer[0]], figures, strict=False)]
        for code in sorted(told):
            self._prove_sums(code, told[code])
        for footer in self._footers["RF"]:
            self._prove_balance(footer, scale)
        counted = self._counts["RC"] or self._counts["SC"]
        if counted and all(map(_is_number, counted)):
            expected, found = sum(map(int, counted)), self._reading.rows
            self._reading.proofs.append(
                Proof("Number of transactions", str(expected), str(found), expected == found)
            )

    def _prove_sums(self, code: str, told: list[int]) -> None:
        sums = self._sums[code]
        # the documentation does not say whether withdrawals are among the debits
        gross_debit = sums.debit if told[1] == sums.debit else sums.debit - sums.paid
        found = [sums.credit, gross_debit, sums.fee_credit, sums.fee_debit]
        names = ("gross credits", "gross debits", "fee credits", "fee debits")
        self._reading.proofs += [
            Proof(
                f"Total {name} {code}",
                f"{format_minor(expected, code)} {code}",
                f"{format_minor(minor, code)} {code}",
                expected == minor,
            )
            for name, expected, minor in zip(names, told, found, strict=True)
        ]

    def _prove_balance(self, footer: Sequence[str], scale: str) -> None:
        """Beginning available balance + all movements = ending available balance."""
        if len(footer) < 9 or footer[5] not in _SIGNS or footer[7] not in _SIGNS:
            return
        code = footer[0]
        if not (_is_number(footer[6]) and _is_number(footer[8])):
            return
        begin, end = (_SIGNS[footer[at]] * _figures([code, footer[at + 1]], scale)[0] for at in (5, 7))
        moved = self._sums[code]
        self._reading.sum_proof(f"Balance before and all transactions {code}", code, end, begin + moved.net)


class _Sums:
    """Minor units of one currency; debits are positive."""

    def __init__(self) -> None:
        self.credit = self.debit = self.fee_credit = self.fee_debit = self.paid = 0

    def add(self, amount: int, fee: int, *, paid: bool) -> None:
        self.credit += max(amount, 0)
        self.debit += max(-amount, 0)
        self.fee_credit += max(fee, 0)
        self.fee_debit += max(-fee, 0)
        self.paid += max(-amount, 0) if paid else 0

    @property
    def net(self) -> int:
        return self.credit - self.debit + self.fee_credit - self.fee_debit


def _figures(footer: Sequence[str], scale: str) -> list[int]:
    """The unsigned amounts behind the currency of a footer, as far as they go on."""
    figures = []
    for cell in footer[1:]:
        if not _is_number(cell):
            break
        figures.append(int(cell) // _divisor(footer[0], scale))
    return figures


def _divisor(currency: str, scale: str) -> int:
    """What amounts of the report are divided by to be minor units."""
    try:
        digits = exponent(currency)
    except MoneyError:
        return 1
    return 10 ** (2 - digits) if scale == "hundredths" and digits < 2 else 1


def _scale(parts: Sequence[Chunk], options: Mapping[str, str]) -> str:
    """How amounts of currencies without decimals are written; one that is no whole hundred decides.

    Raises:
        AnswerNeeded: all of them are whole hundreds.
    """
    pairs = {
        (code, cell)
        for chunk in parts
        for code_column, column in _MONEY
        for code, cell in zip(chunk.text(code_column), chunk.text(column), strict=True)
        if _is_number(cell) and int(cell)
    }
    odd = sorted(pair for pair in pairs if _divisor(pair[0], "hundredths") > 1)
    told = options.get("amount_unit", "")
    if not odd or told in SCALES:
        return told or "hundredths"
    if any(int(cell) % _divisor(code, "hundredths") for code, cell in odd):
        return "whole"
    code, cell = odd[0]
    raise AnswerNeeded(
        "amount_unit",
        SCALES,
        f"The amount {cell} {code} can be {int(cell) // 100} {code} (hundredths) or {cell} {code} (whole). "
        "Compare one order: which is it?",
    )


_MONEY = (
    ("Gross Transaction Currency", "Gross Transaction Amount"),
    ("Fee Currency", "Fee Amount"),
)


def _batch(chunk: Chunk, scale: str, reading: Reading) -> Batch:
    currency = chunk.text("Gross Transaction Currency")
    gross = _signed(chunk, "Gross Transaction Amount", "Transaction Debit or Credit", currency, scale)
    fee = -_signed(chunk, "Fee Amount", "Fee Debit or Credit", currency, scale, required=False)
    for index, code in enumerate(chunk.text("Fee Currency")):
        if code and code != currency[index]:
            chunk.problem(index, "Fee Currency", f"{code!r} is not the currency of the line", "report it")
    codes, states = chunk.text("Transaction Event Code"), chunk.text(STATE)
    categories = [
        Category.VOID.value if state in _NOT_DONE and category not in _paypal.STILL else category
        for category, state in zip(_paypal.by_code(codes, gross), states, strict=True)
    ]
    paid = [category == Category.PAYOUT for category in categories]
    apart = np.array([name in _paypal.STILL for name in categories], np.bool_) | np.array(paid, np.bool_)
    net = gross - fee
    add_totals(reading, currency, {"Gross": gross, "Fee": fee, "Net": net}, apart)
    day, at = written_moments(chunk, "Transaction Completion Date", _TIMES)
    begun, begun_at = written_moments(chunk, "Transaction Initiation Date", _TIMES, required=True)
    day, at = np.where(day == NO_INT, begun, day), np.where(at == NO_INT, begun_at, at)
    idents, bank = chunk.text("Transaction ID"), chunk.text("Bank Reference ID")
    return {
        "category": categories,
        "ident": idents,
        "ref": [
            invoice or custom
            for invoice, custom in zip(chunk.text("Invoice ID"), chunk.text("Custom Field"), strict=True)
        ],
        "ref2": [
            number or reference
            for number, reference in zip(bank, chunk.text("PayPal Reference ID"), strict=True)
        ],
        "grp": [ident if is_paid else "" for ident, is_paid in zip(idents, paid, strict=True)],
        "account": list(repeat(_paypal.ACCOUNT, len(chunk))),
        "status": states,
        "day": day,
        "at": at,
        "due": np.where(paid, day, np.int64(NO_INT)),
        "amount": gross,
        "currency": currency,
        "fee": fee,
        "net": net,
        "text": codes,
        "extra": json_objects(
            {
                "custom": chunk.text("Custom Field"),
                "reference": chunk.text("PayPal Reference ID"),
                "store": chunk.text("Store ID"),
            }
        ),
    }


def _signed(
    chunk: Chunk, name: str, side: str, currency: Sequence[str], scale: str, *, required: bool = True
) -> Ints:
    """Minor units with the sign of DR or CR; 0 where blank is allowed."""
    cells, sides = chunk.text(name), chunk.text(side)
    values = np.zeros(len(chunk), np.int64)
    for index, (cell, word) in enumerate(zip(cells, sides, strict=True)):
        text = cell.strip()
        if not text and not required:
            continue
        if not _is_number(text):
            chunk.problem(index, name, f"{cell!r} is not an amount in minor units", "export it again")
        elif word not in _SIGNS:
            if required or int(text):
                chunk.problem(index, side, f"{word!r} is neither DR nor CR", "export it again")
        elif int(text) % _divisor(currency[index], scale):
            chunk.problem(index, name, f"{cell!r} is no whole {currency[index]}", "answer amount_unit anew")
        else:
            values[index] = _SIGNS[word] * (int(text) // _divisor(currency[index], scale))
    bad = [index for index, code in enumerate(currency) if not _is_currency(code)]
    for index in bad:
        chunk.problem(
            index, "Gross Transaction Currency", f"{currency[index]!r} is not a currency", "report it"
        )
    return values


def _is_number(cell: str) -> bool:
    """Whether a cell is an unsigned number that fits an amount."""
    text = cell.strip()
    return text.isascii() and text.isdigit() and len(text) < _LONGEST


def _is_currency(code: str) -> bool:
    try:
        exponent(code)
    except MoneyError:
        return False
    return True
