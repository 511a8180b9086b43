"""Bank statement lines exported from Odoo (``account.bank.statement.line``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from recon_app.models.record import NO_INT, RecordType
from recon_app.sources._base import Batch, InputFile, Ints, Reading
from recon_app.sources._odoo import (
    OdooSource,
    Part,
    cells,
    entry_numbers,
    extras,
)
from recon_app.sources._odoo_fields import (
    MOVE_STATES,
    STATEMENT_LINE,
)


class OdooBankStatementLines(OdooSource):
    """One record per statement line, as the bank booked it."""

    id = "odoo_bank_statement_lines"
    title = "Odoo bank statement lines"
    record_type = RecordType.BANK_LINE
    # The number is not in every export, and the reference can be edited at any time. So can the label, until
    # the line is matched; but without it two lines of a day with one amount could not be told apart.
    key = ("day", "amount", "currency", "text")
    covers = "account"
    progress = ("ref2", "grp", "account", "status", "extra")
    names = STATEMENT_LINE
    needs = (("label",), ("amount",))
    marks = cells(
        "Journal | Journal Currency | Journal Entry | Is Reconciled | Foreign Currency | "
        "payment_ref | journal_id | is_reconciled | running_balance | foreign_currency_id | "
        "statement_id"
    )
    never = cells("Debit | Credit | Payment Type | Amount Signed | payment_type")
    summed = ("amount",)

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the lines; afterwards say whether the running balances hold."""
        balances = _Balances()
        for part in self.parts(file, options, reading):
            currencies = part.currencies("currency")
            amounts = part.money("amount", currencies, required=True)
            reading.total("amount", currencies, amounts)
            if part.has("balance"):
                balances.add(part, amounts, part.money("balance", currencies))
            yield _batch(part, amounts, currencies)
        balances.prove(reading)


def _batch(part: Part, amounts: Ints, currencies: list[str]) -> Batch:
    labels, numbers = part.text("label"), entry_numbers(part)
    states = part.keys(MOVE_STATES, "state")
    foreign, foreign_codes = _foreign(part, currencies)
    words = {True: "reconciled", False: "open", None: ""}
    return {
        "row": part.rows,
        "ident": part.text("external_id"),
        "ref": labels,
        "ref2": part.text("reference"),
        "grp": numbers,
        "account": part.text("journal"),
        "status": [words[flag] for flag in part.flags("reconciled")],
        "day": part.days("date"),
        "amount": amounts,
        "currency": currencies,
        "foreign_amount": foreign,
        "foreign_currency": foreign_codes,
        "text": labels,
        "extra": extras(
            part,
            {
                "statement": part.text("statement"),
                "state": ["" if state == "posted" else state for state in states],
            },
        ),
    }


def _foreign(part: Part, currencies: list[str]) -> tuple[Ints, list[str]]:
    """Amount and currency of the lines that were in another currency at the bank."""
    codes = part.currencies("foreign_currency", blank=currencies)
    other = np.array([code != own for code, own in zip(codes, currencies, strict=True)], dtype=np.bool_)
    return np.where(other, part.money("foreign", codes), NO_INT), [
        code if foreign else "" for code, foreign in zip(codes, other.tolist(), strict=True)
    ]


class _Balances:
    """Whether each running balance is the one before plus the line's amount, journal by journal."""

    def __init__(self) -> None:
        self._parts: defaultdict[str, list[Ints]] = defaultdict(list)

    def add(self, part: Part, amounts: Ints, balances: Ints) -> None:
        """Keep what the check needs of the posted lines; others do not move the balance."""
        states = part.keys(MOVE_STATES, "state")
        posted = np.array([state in ("posted", "") for state in states], dtype=np.bool_)
        known = posted & (amounts != NO_INT) & (balances != NO_INT)
        columns = np.stack([part.rows, part.days("date"), amounts, balances])
        journals = np.array(part.text("journal"), dtype=object)
        for journal in set(journals.tolist()):
            self._parts[journal].append(columns[:, known & (journals == journal)])

    def prove(self, reading: Reading) -> None:
        """Report the check; lines that are not in the order of their dates cannot be checked."""
        for journal, parts in self._parts.items():
            rows, days, amounts, balances = np.concatenate(parts, axis=1)
            steps = np.diff(days)
            checks = []
            if (steps >= 0).all():
                checks.append(np.diff(balances) == amounts[1:])
            if (steps <= 0).all():  # the newest line first
                checks.append(-np.diff(balances) == amounts[:-1])
            if checks:
                best = max(checks, key=np.count_nonzero)
                reading.identity("running balance = the one before + amount", best, rows[1:])
            else:
                reading.notes.append(
                    f"{journal or 'the file'}: running balances not checked, the lines are not in date order"
                )
