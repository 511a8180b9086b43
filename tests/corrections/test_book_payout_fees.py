"""The entry that books a payout's fees, from what the books show to what is written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recon_app.corrections._base import Ground, account_code, answered, reversed_entry
from recon_app.corrections.book_payout_fees import BookPayoutFees
from recon_app.models.case import Case, Evidence, Kind, State
from recon_app.models.correction import AnswerType, JournalEntry, JournalLine, Question
from recon_app.models.money import Money
from recon_app.models.problem import UsageError

ACCOUNTS = ("100500 Bank", "101410 Shopify Clearing", "627100 Payment Fees")
GIVEN = {"fee_account": "627100 Payment Fees", "journal": "MISC"}


def case(minor: int | None = 2025, currency: str = "EUR", cause: str = "fee_not_booked") -> Case:
    return Case(
        id="settlements-00000000000000ff",
        reconciliation="settlements",
        kind=Kind.AMOUNT,
        state=State.OPEN,
        cause=cause,
        text="",
        delta=None if minor is None else Money(minor, currency),
        evidence=(Evidence("order_reference", "Linked."), Evidence("not_at_bank", "Also: missing.")),
    )


def ground(minor: int | None = 2025, currency: str = "EUR", company: str = "EUR") -> Ground:
    return Ground(
        case(minor, currency),
        "140762864432",
        "101410 Shopify Clearing",
        company,
        "2026-10-12",
        ACCOUNTS,
        ("Bank", "Miscellaneous Operations"),
        tag="0123456789abcdef" * 2,
    )


def test_it_fits_payouts_that_lack_their_fees_only() -> None:
    action = BookPayoutFees()
    assert action.fits(case())
    for cause in ("deductions_not_booked", "payout_not_booked", "bank_charge", ""):
        assert not action.fits(case(cause=cause))


def test_the_entry_takes_exactly_the_fees_off_the_clearing_account() -> None:
    made = BookPayoutFees().propose(ground(), GIVEN)
    assert [(line.account, line.debit, line.credit, line.currency) for line in made.entry.lines] == [
        ("627100", 2025, 0, "EUR"),
        ("101410", 0, 2025, "EUR"),
    ]
    assert made.entry.external_id == f"__recon__.c_{'0123456789abcdef' * 2}"
    assert (made.entry.ref, made.entry.date, made.entry.journal) == (
        "140762864432 fees RD-01234567",
        "2026-10-12",
        "MISC",
    )
    assert made.case_ids == ("settlements-00000000000000ff",)
    assert [(str(effect.before), str(effect.after)) for effect in made.effects] == [
        ("20.25 EUR", "0.00 EUR"),
        ("0.00 EUR", "20.25 EUR"),
    ]
    assert made.leaves_open == ("Also: missing.",)


def test_fees_that_came_back_are_booked_the_other_way() -> None:
    made = BookPayoutFees().propose(ground(-500), GIVEN)
    assert [(line.debit, line.credit) for line in made.entry.lines] == [(0, 500), (500, 0)]


@given(st.integers(1, 10**12), st.integers(1, 10**12), st.sampled_from([1, -1]))
def test_entry_and_reversal_balance_in_both_currencies(fees: int, own: int, sign: int) -> None:
    answers = {
        **GIVEN,
        "company_amount": f"{sign * own // 100}.{own % 100:02d}" if sign > 0 else f"-{own}.00",
    }
    made = BookPayoutFees().propose(ground(sign * fees, "USD"), answers)
    both = (*made.entry.lines, *made.reversal.lines)
    for entry in (made.entry, made.reversal):
        assert sum(line.debit - line.credit for line in entry.lines) == 0
        assert sum(line.foreign_amount for line in entry.lines) == 0
        assert {line.foreign_currency for line in entry.lines} == {"USD"}
    assert all((line.debit > 0) != (line.credit > 0) for line in both)
    assert all((line.foreign_amount > 0) == (line.debit > 0) for line in both)
    assert abs(both[0].foreign_amount) == fees
    assert len({line.external_id for line in both}) == 4
    first, undone = made.entry.lines, made.reversal.lines
    assert [(line.debit, line.credit) for line in first] == [(line.credit, line.debit) for line in undone]


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (ground(None), "the case has no amount"),
        (ground(company=""), "journal items are in several company currencies"),
    ],
)
def test_what_the_books_do_not_say_is_not_guessed(place: Ground, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        BookPayoutFees().propose(place, GIVEN)


def test_defaults_are_only_what_is_certain() -> None:
    asked = {question.name: question.default for question in BookPayoutFees().asks(ground())}
    assert asked == {
        "fee_account": "627100 Payment Fees",
        "clearing_account": "101410 Shopify Clearing",
        "journal": "Miscellaneous Operations",
        "date": "2026-10-12",
    }
    two = replace(ground(), accounts=(*ACCOUNTS, "627200 Bank charges"), clearing="", journals=())
    asked = {question.name: question.default for question in BookPayoutFees().asks(two)}
    assert (asked["fee_account"], asked["clearing_account"], asked["journal"]) == ("", "", "")
    kept = replace(two, kept={"fee_account": "627200 Bank charges", "journal": "Fees"})
    asked = {question.name: question.default for question in BookPayoutFees().asks(kept)}
    assert (asked["fee_account"], asked["journal"]) == ("627200 Bank charges", "Fees")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("627100 Payment Fees", "627100"),
        ("627100", "627100"),
        ("X1.00 Fees", "X1.00"),
        ("Payment Fees", "Payment Fees"),
        ("Fees", "Fees"),
        ("", ""),
    ],
)
def test_an_account_without_a_code_keeps_its_name(answer: str, code: str) -> None:
    assert account_code(answer) == code


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        (AnswerType.DATE, "2026-10-31", True),
        (AnswerType.DATE, "2026-02-30", False),
        (AnswerType.DATE, "31.10.2026", False),
        (AnswerType.MONEY, "12.50", True),
        (AnswerType.MONEY, "-0.01", True),
        (AnswerType.MONEY, "12,50", False),
        (AnswerType.MONEY, "12.505", False),
        (AnswerType.ACCOUNT, "627100", True),
        (AnswerType.ACCOUNT, "  ", False),
    ],
)
def test_every_answer_is_checked(kind: AnswerType, value: str, fits: bool) -> None:
    questions = (Question("one", "The question", kind, currency="EUR"),)
    if fits:
        assert answered(questions, {"one": f" {value} "}) == {"one": value}
    else:
        with pytest.raises(UsageError, match="The question"):
            answered(questions, {"one": value})


def test_an_entry_that_does_not_balance_cannot_be_made() -> None:
    lines = (JournalLine("a", "1", "", 5, 0, "EUR"), JournalLine("b", "2", "", 0, 4, "EUR"))
    with pytest.raises(ValueError, match="does not balance"):
        JournalEntry("key", "MISC", "2026-10-12", "ref", lines)


def test_the_reversal_of_a_reversal_has_keys_of_its_own() -> None:
    made = BookPayoutFees().propose(ground(), GIVEN)
    again = reversed_entry(made.reversal, "RD-x")
    keys = {entry.external_id for entry in (made.entry, made.reversal, again)}
    assert len(keys) == 3
    assert [(line.debit, line.credit) for line in again.lines] == [
        (line.debit, line.credit) for line in made.entry.lines
    ]
