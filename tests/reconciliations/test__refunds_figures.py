"""Figures that can be reckoned with: blank amounts and very large ones."""

from __future__ import annotations

import pytest

from recon_app.models.money import format_minor
from recon_app.models.record import NO_INT, RecordType
from tests.reconciliations.refund_books import Given

_LARGE = 10**16 + 1


def said(minor: int) -> str:
    """An amount as the books take it."""
    return format_minor(minor, "EUR")


def test_a_transaction_without_an_amount_is_left_out_in_words() -> None:
    books = Given()
    books.sold("#1", "100.00")
    books.add(RecordType.SHOP_TRANSACTION, ref="#1", category="refund", status="success", day="2026-11-02")
    found = books.compare()
    assert len(found) == 0
    assert "1 refund of the shop without an amount was left out." in found.result.remarks


def test_a_refund_without_an_amount_is_not_called_none() -> None:
    books = Given()
    books.sold("#1", "100.00")
    refund = books.add(RecordType.REFUND, ref="#1", ident="7", category="refund", day="2026-11-02")
    case = books.compare().of(refund)
    assert case.text() == "#1: refunded; no file tells how much."
    assert case.steps()["paid"] == case.steps()["credit_note"] == "unknown"
    assert (case.says, int(case.row["sum_shop"]), case.delta) == (("matched", ""), NO_INT, "0.00")


@pytest.mark.parametrize("minor", [_LARGE, 9 * 10**16 + 7])
def test_sums_beyond_what_floats_hold_are_exact(minor: int) -> None:
    books = Given()
    books.order("#1", "1.00", day="2026-10-01")
    refund = books.back("#1", said(-3 * minor))
    for _ in range(3):
        books.paid("#1", said(-minor))
        books.note("#1", said(-minor))
    row = books.compare().of(refund).row
    assert int(row["sum_shop"]) == int(row["sum_platform"]) == int(row["sum_odoo"]) == -3 * minor


def test_what_cannot_be_added_up_is_refused_in_words() -> None:
    books = Given()
    books.order("#1", "1.00", day="2026-10-01")
    books.back("#1", said(-4 * 10**18))
    small = books.back("#1", "-2.00")
    found = books.compare()
    assert len(found) == 1
    assert int(found.of(small).row["sum_shop"]) == -200
    assert (
        "1 refund of the shop was left out: the amount is too large to be added up exactly."
        in found.result.remarks
    )
