"""Books made up at random from few values, so that everything happens at once."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from recon_app.models.record import Category
from tests.reconciliations.books import Books

_REFS = st.sampled_from(["#1001", "1001", "#1002", "#01001", "#10 02", "1E5", "", "deposit 9000001"])
_AMOUNTS = st.sampled_from(["10.00", "-10.00", "20.00", "30.00", "12.34", "-0.01", "21.00"])
_CURRENCIES = st.sampled_from(["EUR", "EUR", "EUR", "USD"])
_DAYS = st.integers(20_000, 20_012)
_PLATFORMS = st.sampled_from(["shopify_payments", "shopify_payments", "stripe"])
_JOURNALS = st.sampled_from(["Shopify Payments", "Stripe", "Bank"])
_ACCOUNTS = st.sampled_from(["101410", "101420", "627100"])
_PAYOUTS = st.sampled_from(["9000001", "9000002", ""])
_STATUS = st.sampled_from(["paid", "paid", "pending", "in_transit", "failed"])
_OWN = [str(Category.CHARGE), str(Category.REFUND), str(Category.CHARGEBACK)]
_LINES = st.sampled_from([*_OWN, *_OWN, *(str(category) for category in Category)])
_FOREIGN = st.sampled_from([{}, {}, {"foreign_amount": "10.00", "foreign_currency": "CAD"}])
_ENTRIES = st.sampled_from(["PSHOP/1", "PSHOP/2", "BNK1/1", "Draft (x)", ""])

_Adder = Callable[[Books, st.DrawFn], object]


def _line(books: Books, draw: st.DrawFn) -> object:
    return books.line(
        draw(_REFS),
        draw(_AMOUNTS),
        draw(st.sampled_from(["0.00", "0.50"])),
        category=draw(_LINES),
        account=draw(_PLATFORMS),
        status=draw(_STATUS),
        currency=draw(_CURRENCIES),
        day=draw(_DAYS),
        due=draw(st.one_of(_DAYS, st.none())) or -(2**63),
        grp=draw(_PAYOUTS),
        **draw(_FOREIGN),
    )


def _payout(books: Books, draw: st.DrawFn) -> object:
    return books.payout(
        draw(st.sampled_from(["10.00", "20.00", "30.00", "9.50", "-10.00", "0.00"])),
        account=draw(_PLATFORMS),
        status=draw(_STATUS),
        currency=draw(_CURRENCIES),
        day=draw(_DAYS),
        ident=draw(_PAYOUTS),
        ref2=draw(st.sampled_from(["", "BANKREF1"])),
    )


def _payment(books: Books, draw: st.DrawFn) -> object:
    return books.payment(
        draw(_REFS),
        draw(_AMOUNTS),
        account=draw(_JOURNALS),
        status=draw(st.sampled_from(["posted", "in_process", "draft", ""])),
        currency=draw(st.sampled_from(["EUR", "EUR", "USD", "CAD"])),
        day=draw(_DAYS),
        ref2=draw(_REFS),
        grp=draw(_ENTRIES),
    )


def _item(books: Books, draw: st.DrawFn) -> object:
    return books.item(
        draw(_ACCOUNTS),
        draw(_AMOUNTS),
        status=draw(st.sampled_from(["posted", "posted", "draft"])),
        day=draw(_DAYS),
        ref=draw(_REFS),
        grp=draw(_ENTRIES),
        **draw(st.sampled_from([{}, {"foreign_amount": "-11.00", "foreign_currency": "USD"}])),
    )


def _bank(books: Books, draw: st.DrawFn) -> object:
    return books.bank(
        draw(_AMOUNTS),
        draw(st.sampled_from(["SHOPIFY", "Shopify 9000001", "STRIPE", "rent", "x BANKREF1"])),
        currency=draw(_CURRENCIES),
        day=draw(_DAYS),
        source=draw(st.sampled_from(["bank_camt", "bank_camt", "odoo_bank_statement_lines"])),
    )


def _transaction(books: Books, draw: st.DrawFn) -> object:
    return books.transaction(
        draw(_REFS),
        draw(_AMOUNTS),
        account=draw(st.sampled_from(["shopify_payments", "stripe", "manual"])),
        status=draw(st.sampled_from(["success", "success", "failure"])),
        currency=draw(_CURRENCIES),
        day=draw(_DAYS),
    )


def _order(books: Books, draw: st.DrawFn) -> object:
    return books.order(
        draw(_REFS),
        draw(st.sampled_from(["10.00", "20.00"])),
        status=draw(st.sampled_from(["paid", "partially_paid", "pending", "refunded"])),
        currency=draw(_CURRENCIES),
        day=draw(_DAYS),
        open=draw(st.sampled_from(["0.00", "10.00"])),
        extra=draw(st.sampled_from(["", '{"paid_at":"2026-10-05"}'])),
        account=draw(st.sampled_from(["Shopify Payments", "Gift Card + Shopify Payments"])),
    )


def _invoice(books: Books, draw: st.DrawFn) -> object:
    category = draw(st.sampled_from([Category.INVOICE, Category.CREDIT_NOTE, Category.OTHER]))
    return books.invoice(
        draw(_REFS),
        draw(_AMOUNTS),
        category=str(category),
        grp=draw(st.sampled_from(["INV/1", "INV/2"])),
        ref2=draw(st.sampled_from(["S1", "#1002", ""])),
        extra=draw(
            st.sampled_from(["", '{"reversal_of":"INV/1"}', '{"reversal_of":"INV/9","reversal_ref":"#1001"}'])
        ),
    )


def _sale(books: Books, draw: st.DrawFn) -> object:
    return books.sale("S1", draw(_REFS))


_MOST = {
    _line: 8,
    _payout: 4,
    _payment: 6,
    _item: 6,
    _bank: 5,
    _transaction: 5,
    _order: 3,
    _invoice: 3,
    _sale: 1,
}


@st.composite
def random_books(draw: st.DrawFn) -> Books:
    """Up to forty records of all types."""
    books = Books()
    for add, most in _MOST.items():
        for _ in range(draw(st.integers(0, most))):
            add(books, draw)
    return books
