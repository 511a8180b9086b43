"""Journal items exported from Odoo (``account.move.line``)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from recon_app.models.proof import Proof
from recon_app.models.record import NO_INT, RecordType
from recon_app.sources._base import Batch, InputFile, Ints, Reading
from recon_app.sources._odoo import (
    OdooSource,
    Part,
    cells,
    entry_numbers,
    entry_references,
    extras,
    numbered,
)
from recon_app.sources._odoo_fields import (
    JOURNAL_ITEM,
    MOVE_STATES,
    MOVE_TYPES,
)

# "101403 Outstanding Receipts": a code holds a digit, a name does not start with one.
_ACCOUNT = re.compile(r"(?P<code>\S*[0-9]\S*) (?P<name>.+)", re.DOTALL)


class OdooJournalItems(OdooSource):
    """One record per journal item; amounts are debit - credit in the company's currency."""

    id = "odoo_journal_items"
    title = "Odoo journal items"
    record_type = RecordType.JOURNAL_ITEM
    # Neither the external id nor the spelling of the account is the same in every export, and the account
    # of a suspense line changes when it is matched. Items of one entry with one amount, which files of single
    # accounts hold one by one, differ in their labels only, so the label stays in the key.
    key = ("grp", "amount", "currency", "text")
    covers = "account"
    progress = ("ref", "account", "status", "due", "open", "extra")
    names = JOURNAL_ITEM
    needs = (("number", "move"), ("account", "account_code"), ("debit", "balance"), ("credit", "balance"))
    marks = cells(
        "Journal Entry | Journal | Matching # | Matching | Label | Partner | Reconciled | Company | "
        "Residual Amount | Originator Payment | move_id | move_name | matching_number | "
        "journal_id | parent_state | amount_residual | full_reconcile_id | reconciled"
    )
    never = cells("Payment Type | Order Reference | payment_type | Running Balance | running_balance")
    summed = ("debit", "credit", "balance", "residual")

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the items; afterwards say which entries balance."""
        company = _CompanyCurrency()
        entries: defaultdict[str, int] = defaultdict(int)
        for part in self.parts(file, options, reading):
            currencies = company.of(part)
            amounts = _amounts(part, currencies, reading)
            batch = _batch(part, amounts, currencies)
            _add_entries(entries, batch, amounts)
            yield batch
        _prove_entries(entries, reading)


class _CompanyCurrency:
    """The company's currency: in its own column, or shown by the items whose two amounts are equal."""

    def __init__(self) -> None:
        self._code = ""

    def of(self, part: Part) -> list[str]:
        """One code per item.

        Raises:
            AnswerNeeded: the file does not show it.
        """
        if part.has("company_currency"):
            return part.currencies("company_currency")
        if not self._code:
            shown = self._shown(part) if part.has("currency", "foreign") else set()
            self._code = shown.pop() if len(shown) == 1 else part.option_currency(tuple(sorted(shown)))
        return [self._code] * len(part)

    @staticmethod
    def _shown(part: Part) -> set[str]:
        """Currencies all of whose items have the same amount in them as in the company's currency."""
        codes = part.currencies("currency")
        differing: set[str] = set()
        alike: set[str] = set()
        book = _balances(part, codes)
        for code, own, foreign in zip(
            codes, book.tolist(), part.money("foreign", codes).tolist(), strict=True
        ):
            if own != foreign:
                differing.add(code)
            elif own:
                alike.add(code)
        return alike - differing


def _balances(part: Part, currencies: Sequence[str]) -> Ints:
    if part.has("balance"):
        return part.money("balance", currencies)
    debit, credit = (part.money(name, currencies) for name in ("debit", "credit"))
    return np.where(debit == NO_INT, 0, debit) - np.where(credit == NO_INT, 0, credit)


def _amounts(part: Part, currencies: Sequence[str], reading: Reading) -> Ints:
    """Debit - credit of each item, proven against its balance."""
    if not part.has("debit", "credit"):
        balance = part.money("balance", currencies, required=True)
        reading.total("balance", currencies, balance)
        return balance
    debit, credit = (part.money(name, currencies, required=True) for name in ("debit", "credit"))
    amounts = np.where((debit == NO_INT) | (credit == NO_INT), NO_INT, debit - credit)
    reading.total("debit", currencies, debit)
    reading.total("credit", currencies, credit)
    reading.total("balance", currencies, amounts)
    if part.has("balance"):
        balance = part.money("balance", currencies, required=True)
        name = f"{part.title('debit')} - {part.title('credit')} = {part.title('balance')}"
        reading.identity(name, amounts == balance, part.rows)
    return amounts


def _batch(part: Part, amounts: Ints, currencies: list[str]) -> Batch:
    accounts, names = _accounts(part)
    foreign, foreign_codes = _foreign(part, amounts, currencies)
    references = entry_references(part)
    return {
        "row": part.rows,
        "ident": part.text("external_id"),
        "ref": references,
        "grp": numbered(entry_numbers(part), references),
        "account": accounts,
        "status": part.keys(MOVE_STATES, "state"),
        "day": part.days("date"),
        "due": part.days("due"),
        "amount": amounts,
        "currency": currencies,
        "open": part.money("residual", currencies),
        "foreign_amount": foreign,
        "foreign_currency": foreign_codes,
        "text": part.text("label"),
        "extra": extras(
            part,
            {
                "journal": part.text("journal"),
                "account_name": names,
                "account_type": part.text("account_type"),
                "matching": part.text("matching"),
                "type": part.keys(MOVE_TYPES, "type"),
                "taxes": part.lists("taxes"),
                "tax_line": part.text("tax_line"),
            },
        ),
    }


def _accounts(part: Part) -> tuple[list[str], list[str]]:
    """Code and name of each account; an account without a code, or an external id, stays whole."""
    shown = part.text("account")
    split = {text: _split_account(text) for text in set(shown)}
    codes = part.text("account_code") if part.has("account_code") else [split[text][0] for text in shown]
    names = part.text("account_name") if part.has("account_name") else [split[text][1] for text in shown]
    return [code or text for code, text in zip(codes, shown, strict=True)], names


def _split_account(text: str) -> tuple[str, str]:
    match = _ACCOUNT.fullmatch(text)
    return (match["code"], match["name"]) if match else (text, "")


def _foreign(part: Part, amounts: Ints, currencies: Sequence[str]) -> tuple[Ints, list[str]]:
    """Amount and currency of the items that are in another currency than the company's."""
    if not part.has("currency", "foreign"):
        return np.full(len(part), NO_INT, np.int64), [""] * len(part)
    codes = part.currencies("currency")
    other = np.array([code != own for code, own in zip(codes, currencies, strict=True)], dtype=np.bool_)
    values = part.money("foreign", codes)
    differing = np.flatnonzero(~other & (values != amounts) & (values != NO_INT) & (amounts != NO_INT))
    for index in differing.tolist():
        part.problem(
            index,
            "foreign",
            f"is not the item's balance although both are in {codes[index]}",
            "say with the option currency which currency the company keeps its books in",
        )
    return np.where(other, values, NO_INT), [
        code if foreign else "" for code, foreign in zip(codes, other.tolist(), strict=True)
    ]


def _add_entries(entries: defaultdict[str, int], batch: Batch, amounts: Ints) -> None:
    columns = zip(batch["grp"], batch["status"], amounts.tolist(), strict=True)
    for entry, status, minor in columns:
        if status in ("posted", "") and minor != NO_INT:
            entries[str(entry)] += minor


def _prove_entries(entries: Mapping[str, int], reading: Reading) -> None:
    """A whole file of whole entries is proven; an export of chosen accounts cannot be."""
    open_ = [entry for entry, minor in entries.items() if minor]
    if not open_ and entries:
        count = f"{len(entries)} entries"
        reading.proofs.append(Proof("debits equal credits in every posted entry", count, count, ok=True))
    elif open_:
        reading.notes.append(
            f"{len(entries) - len(open_)} of {len(entries)} posted entries balance; of the others, "
            f"such as {open_[0]}, the file does not hold every line"
        )
