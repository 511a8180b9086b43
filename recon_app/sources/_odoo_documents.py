"""Documents exported from Odoo (``account.move``): invoices and bills, told apart row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from typing import ClassVar

import numpy as np

from recon_app.models.problem import AnswerNeeded, FileRejected, Problem
from recon_app.models.record import NO_INT, Category
from recon_app.sources._base import Batch, InputFile, Ints, Mask, Reading
from recon_app.sources._goods import selected
from recon_app.sources._odoo import (
    OdooSource,
    Part,
    cells,
    extras,
    numbered,
    prove_totals,
    split_display,
)
from recon_app.sources._odoo_fields import (
    MOVE,
    MOVE_STATES,
    MOVE_TYPES,
    PAYMENT_STATUSES,
)

# What each type is, and its sign seen from the merchant.
_MEANINGS = {
    "out_invoice": (Category.INVOICE, 1),
    "out_receipt": (Category.INVOICE, 1),
    "out_refund": (Category.CREDIT_NOTE, -1),
    "in_invoice": (Category.INVOICE, -1),
    "in_receipt": (Category.INVOICE, -1),
    "in_refund": (Category.CREDIT_NOTE, 1),
    "entry": (Category.OTHER, 1),
}
# The totals by preference, and the fields that hold their currency.
_CURRENCIES = {
    "total": ("currency", "company_currency"),
    "total_signed": ("currency", "company_currency"),
    "company_total": ("company_currency", "currency"),
}
_DOCUMENTS = ("customer", "vendor")


class OdooDocuments(OdooSource):
    """One record per document of one side: customers' or vendors'.

    Attributes:
        side: Whose documents are read, ``customer`` or ``vendor``; the others are left to the other source.
    """

    # References can be edited after posting. The number is in every export, the external id only in some: it
    # must not make a second record.
    key = ("grp",)
    options: ClassVar = {"documents": _DOCUMENTS}
    covers = "account"
    progress = ("ref", "ref2", "due", "account", "status", "open", "extra")
    names = MOVE
    needs = (("number", "external_id"),)
    marks = cells(
        "Invoice/Bill Date | Amount Due Signed | Total in Currency Signed | "
        "Untaxed Amount Signed Currency | Reversal of | Status In Payment | "
        "Invoice Partner Display Name | Invoice lines/Subtotal | invoice_date | invoice_date_due | "
        "payment_state | amount_residual_signed | reversed_entry_id | invoice_origin | "
        "invoice_line_ids/price_subtotal"
    )
    hints = cells("Payment Status | Untaxed Amount | Origin | Total Signed | Journal | Amount Due")
    never = cells(
        "Debit | Credit | Balance | Account | account_id | "
        "Payment Type | Amount | Order Reference | payment_type"
    )
    summed = ("untaxed", "tax", "total", "total_signed", "company_total", "residual")
    side: ClassVar[str]

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the documents of this side."""
        others = 0
        for part in self.parts(file, options, reading):
            batch = _batch(part, options, reading, self.side)
            others += len(part) - len(batch["row"])
            yield batch
        if others and self.side == "customer":
            reading.notes.append(f"Vendor documents, which are read as bills: {others}")


def _batch(part: Part, options: Mapping[str, str], reading: Reading, side: str) -> Batch:
    name = _best_total(part)
    currencies = part.currencies(*_CURRENCIES[name])
    total = part.money(name, currencies, required=True)
    types = _types(part, options, total)
    signs = np.array([_MEANINGS[kind][1] for kind in types], dtype=np.int64)
    if name == "total":
        prove_totals(part, currencies, total, reading)
        amounts = _signed(total, signs)
    else:
        amounts = total
    residual = _residual(part, name, currencies, signs)
    own = np.array([kind.startswith("in_") == (side == "vendor") for kind in types], np.bool_)
    own_currencies = list(compress(currencies, own))
    reading.total("amount", own_currencies, amounts[own])
    if part.has("company_residual" if name == "company_total" else "residual"):
        reading.total("open", own_currencies, residual[own])
    numbers = part.text("number")
    reversals = [split_display(text) for text in part.text("reversal_of")]
    untaxed, tax = _parts_of_total(part, name, currencies, signs)
    batch: Batch = {
        "row": part.rows,
        "category": [_MEANINGS[kind][0].value for kind in types],
        "ident": part.text("external_id"),
        "ref": part.text("reference"),
        "ref2": part.text("origin"),
        "grp": numbered(numbers, part.text("reference")),
        "account": part.text("journal"),
        "status": _statuses(part),
        "day": part.days("date"),
        "due": part.days("due"),
        "amount": amounts,
        "currency": currencies,
        "open": residual,
        "extra": extras(
            part,
            {
                "reversal_of": [number for number, _ in reversals],
                "reversal_ref": [ref for _, ref in reversals],
                "no_reversal": _reverse_nothing(part, types),
                "lines": _credited(part, types, currencies),
                "untaxed": untaxed,
                "tax": tax,
            },
        ),
    }
    return batch if own.all() else selected(batch, own)


def _best_total(part: Part) -> str:
    """The document's own total before the company's."""
    for name in _CURRENCIES:
        if part.has(name):
            return name
    raise FileRejected(
        Problem(None, None, "the documents have no total", "export with the columns Total, Currency and Type")
    )


def _residual(part: Part, total: str, currencies: Sequence[str], signs: Ints) -> Ints:
    """What is still owed, in the currency and with the sign of the total."""
    if total == "company_total":
        return part.money("company_residual", currencies)
    return _signed(part.money("residual", currencies), signs)


def _parts_of_total(part: Part, total: str, currencies: Sequence[str], signs: Ints) -> tuple[Ints, Ints]:
    """Net and tax with the sign of the document; they are in its own currency, not the company's."""
    if total == "company_total":
        none = np.full(len(part), NO_INT, np.int64)
        return none, none
    untaxed, tax = part.money("untaxed", currencies), part.money("tax", currencies)
    return _signed(untaxed, signs), _signed(tax, signs)


def _types(part: Part, options: Mapping[str, str], total: Ints) -> list[str]:
    """Raw type of each document, from its own column or else from the sign of a total."""
    if part.has("type"):
        types = part.keys(MOVE_TYPES, "type")
        for index, kind in enumerate(types):
            if kind not in _MEANINGS:
                part.problem(index, "type", f"{kind!r} is not a type of document", "export in English")
        return [kind if kind in _MEANINGS else "entry" for kind in types]
    negative = _negative(part, total)
    documents = options.get("documents", "")
    if documents not in _DOCUMENTS:
        raise AnswerNeeded(
            "documents", _DOCUMENTS, "The file has no column Type. Are these customer or vendor documents?"
        )
    plain, reversed_ = (
        ("out_invoice", "out_refund") if documents == "customer" else ("in_refund", "in_invoice")
    )
    return [reversed_ if below else plain for below in negative.tolist()]


def _negative(part: Part, total: Ints) -> Mask:
    """Which documents take money from the merchant, told by the sign of a total."""
    signed = total if not part.has("total") else _signed_total(part)
    below: Mask = (signed != NO_INT) & (signed < 0)
    return below


def _signed_total(part: Part) -> Ints:
    for name in ("total_signed", "company_total"):
        if part.has(name):
            return part.money(name, part.currencies(*_CURRENCIES[name]))
    raise FileRejected(
        Problem(None, None, "nothing tells invoices from credit notes", "export with the column Type")
    )


def _signed(values: Ints, signs: Ints) -> Ints:
    return np.where(values == NO_INT, NO_INT, values * signs)


def _reverse_nothing(part: Part, types: Sequence[str]) -> list[bool | None]:
    """Credit notes of which Odoo knows no invoice; None where the file does not say."""
    if not part.has("reversal_of"):
        return [None] * len(part)
    cells = zip(part.text("reversal_of"), types, strict=True)
    return [True if kind.endswith("_refund") and not cell else None for cell, kind in cells]


def _credited(
    part: Part, types: Sequence[str], currencies: Sequence[str]
) -> list[tuple[tuple[str, int, str], ...]]:
    """Product or label, amount and taxes of each line of customers' credit notes."""
    found: list[tuple[tuple[str, int, str], ...]] = [()] * len(part)
    if not part.has("line_subtotal") or "out_refund" not in types:
        return found
    minor = part.line_money("line_subtotal", currencies).tolist()
    product, label, taxes = (
        part.line_cells(name) for name in ("line_product", "line_description", "line_taxes")
    )
    for place, owner in zip(*(each.tolist() for each in part.lines("line_subtotal")), strict=True):
        if types[owner] == "out_refund":
            name = " ".join(dict.fromkeys(filter(None, (product[place], label[place]))))
            found[owner] += ((name, minor[place], taxes[place]),)
    return found


def _statuses(part: Part) -> list[str]:
    states = part.keys(MOVE_STATES, "state")
    paid = part.keys(PAYMENT_STATUSES, "payment_state")
    return ["/".join(filter(None, pair)) for pair in zip(states, paid, strict=True)]
