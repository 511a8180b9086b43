"""Payments exported from Odoo (``account.payment``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from recon_app.models.problem import FileRejected, Problem
from recon_app.models.record import NO_INT, Category, RecordType
from recon_app.sources._base import Batch, InputFile, Ints, Reading
from recon_app.sources._odoo import (
    OdooSource,
    Part,
    cells,
    extras,
    numbered,
    numbers_of,
    order_references,
)
from recon_app.sources._odoo_fields import (
    PARTNER_TYPES,
    PAYMENT,
    PAYMENT_STATES,
    PAYMENT_TYPES,
)


class OdooPayments(OdooSource):
    """One record per payment; money received is positive, money sent negative."""

    id = "odoo_payments"
    title = "Odoo payments"
    record_type = RecordType.ODOO_PAYMENT
    # The memo can be edited at any time. The number is in every export, the external id only in some: it must
    # not make a second record.
    key = ("grp",)
    covers = "account"
    progress = ("ref", "ref2", "account", "status", "extra")
    divides = True
    names = PAYMENT
    needs = (("number", "external_id"), ("amount", "amount_signed", "company_amount"))
    marks = cells(
        "Amount Signed | Amount Company Currency Signed | Reconciled Invoices | "
        "Outstanding Account | Is Matched With a Bank Statement | amount_signed | "
        "amount_company_currency_signed | payment_method_line_id | reconciled_invoice_ids | "
        "is_matched | outstanding_account_id"
    )
    hints = cells(
        "Payment Type | Partner Type | Customer/Vendor | Payment Method | Journal | payment_type | "
        "partner_type | journal_id"
    )
    never = cells("Debit | Credit | Label | payment_ref | Total | amount_total")
    summed = ("amount", "amount_signed", "company_amount")

    def read(self, file: InputFile, options: Mapping[str, str], reading: Reading) -> Iterator[Batch]:
        """Convert the payments."""
        for part in self.parts(file, options, reading):
            yield _batch(part, reading)


def _batch(part: Part, reading: Reading) -> Batch:
    amounts, currencies = _amounts(part, reading)
    reading.total("amount", currencies, amounts)
    numbers = part.text("number")
    invoices = part.lists("invoices")
    different = set(invoices)
    orders = {names: ", ".join(order_references(names)) for names in different}
    shown = {names: tuple(filter(None, numbers_of(names))) for names in different}
    references = part.text("payment_reference")
    return {
        "row": part.rows,
        "category": _categories(part, amounts),
        "ident": part.text("external_id"),
        "ref": part.text("memo"),
        "ref2": [orders[names] or reference for names, reference in zip(invoices, references, strict=True)],
        "grp": numbered(numbers, part.text("memo")),
        "account": part.text("journal"),
        "status": part.keys(PAYMENT_STATES, "state"),
        "day": part.days("date"),
        "amount": amounts,
        "currency": currencies,
        "extra": extras(
            part,
            {
                "move": numbers_of(part.text("move")),
                "method": part.text("method"),
                "outstanding_account": part.text("outstanding"),
                "matched": part.flags("matched"),
                "invoices": [shown[names] for names in invoices],
            },
        ),
    }


def _amounts(part: Part, reading: Reading) -> tuple[Ints, list[str]]:
    """Signed amounts and their currencies; the payment's own currency before the company's."""
    if not part.has("amount") and not part.has("amount_signed"):
        currencies = part.currencies("company_currency")
        return part.money("company_amount", currencies, required=True), currencies
    currencies = part.currencies("currency", "company_currency")
    signed = part.money("amount_signed", currencies, required=part.has("amount_signed"))
    if not part.has("amount"):
        return signed, currencies
    plain = part.money("amount", currencies, required=True)
    if part.has("type"):
        by_type = np.where(plain == NO_INT, NO_INT, plain * _signs(part))
        if part.has("amount_signed"):
            title = f"{part.title('amount_signed')} = {part.title('amount')} with the sign of its type"
            reading.identity(title, by_type == signed, part.rows)
        return by_type, currencies
    if part.has("amount_signed"):
        return signed, currencies
    company = part.money("company_amount", currencies)
    if not part.has("company_amount"):
        raise FileRejected(
            Problem(
                None,
                None,
                "nothing says whether a payment was received or sent",
                "export with the column Payment Type or Amount Signed",
            )
        )
    return np.where(plain == NO_INT, NO_INT, plain * np.where(company < 0, -1, 1)), currencies


def _signs(part: Part) -> Ints:
    types = part.keys(PAYMENT_TYPES, "type")
    signs = {"inbound": 1, "outbound": -1}
    if not signs.keys() >= set(types):
        for index, kind in enumerate(types):
            if kind not in signs:
                part.problem(index, "type", f"{kind!r} is neither Receive nor Send", "export in English")
    return np.array([signs.get(kind, 1) for kind in types], dtype=np.int64)


def _categories(part: Part, amounts: Ints) -> list[str]:
    """Money from and to customers; "" where the file does not say with whom the payment was."""
    meanings = {
        "customer": (Category.REFUND.value, Category.CHARGE.value),
        "supplier": (Category.OTHER.value, Category.OTHER.value),
    }
    partners = part.keys(PARTNER_TYPES, "partner_type")
    pairs = {partner: meanings.get(partner, ("", "")) for partner in set(partners)}
    received = (amounts >= 0).tolist()
    return [pairs[partner][above] for partner, above in zip(partners, received, strict=True)]
