"""Book the platform fees of a payout: fee account against clearing account.

The transfer of the payout is booked and the fees are not, so the clearing account keeps exactly the fees as
a balance nobody owes. The entry takes them off it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from recon_app.corrections._base import (
    Action,
    Ground,
    account_code,
    answered,
    journal_line,
    reversed_entry,
)
from recon_app.models.case import Case
from recon_app.models.correction import AnswerType, Correction, Effect, JournalEntry, Question
from recon_app.models.money import Money, parse_minor
from recon_app.models.problem import UsageError

_FEE_WORDS = ("fee", "gebühr", "commission", "kosten", "charge")


class BookPayoutFees(Action):
    """Book what the platform kept."""

    id: ClassVar = "book_payout_fees"
    title: ClassVar = "Book the payout's fees"

    def fits(self, case: Case) -> bool:
        """Fits a payout whose fees are the only thing Odoo lacks."""
        return case.cause == "fee_not_booked"

    def asks(self, ground: Ground) -> tuple[Question, ...]:
        """Ask for accounts, journal and date; for the amount only when it needs a rate."""
        fee_accounts = tuple(name for name in ground.accounts if _names_fees(name))
        default = ground.kept.get("fee_account") or (fee_accounts[0] if len(fee_accounts) == 1 else "")
        journal = ground.kept.get("journal") or _first(ground.journals, "misc")
        questions = [
            Question("fee_account", "Fee account", AnswerType.ACCOUNT, default, ground.accounts, keep=True),
            Question(
                "clearing_account", "Clearing account", AnswerType.ACCOUNT, ground.clearing, ground.accounts
            ),
            Question("journal", "Journal", AnswerType.JOURNAL, journal, ground.journals, keep=True),
            Question("date", "Date of the entry", AnswerType.DATE, ground.day),
        ]
        delta = ground.case.delta
        if isinstance(delta, Money) and delta.currency != ground.currency:
            questions.append(
                Question(
                    "company_amount",
                    f"Fees in {ground.currency}",
                    AnswerType.MONEY,
                    currency=ground.currency,
                )
            )
        return tuple(questions)

    def propose(self, ground: Ground, answers: Mapping[str, str]) -> Correction:
        """Debit the fee account, credit the clearing account, by exactly the fees of the payout."""
        fees = _fees(ground)
        given = answered(self.asks(ground), answers)
        fee_account, clearing = account_code(given["fee_account"]), account_code(given["clearing_account"])
        if fee_account == clearing:
            raise UsageError("fee account and clearing account are the same; choose two accounts")
        booked, foreign = fees.minor, (0, "")
        if fees.currency != ground.currency:
            booked = parse_minor(given["company_amount"], ground.currency)
            foreign = (fees.minor, fees.currency)
        if booked * fees.minor <= 0:
            raise UsageError(f"the fees in {ground.currency} must have the sign of {fees}")
        label = f"Platform fees of payout {ground.payout}"
        key = f"__recon__.c_{ground.tag}"
        entry = JournalEntry(
            external_id=key,
            journal=given["journal"],
            date=given["date"],
            ref=f"{ground.payout} fees RD-{ground.tag[:8]}",
            lines=(
                journal_line(f"{key}_1", fee_account, label, booked, ground.currency, foreign),
                journal_line(
                    f"{key}_2", clearing, label, -booked, ground.currency, (-foreign[0], foreign[1])
                ),
            ),
        )
        return Correction(
            id=ground.tag,
            action=self.id,
            case_ids=(ground.case.id,),
            answers=given,
            entry=entry,
            reversal=reversed_entry(entry, f"RD-{ground.tag[:8]}"),
            effects=(
                Effect(f"Open on clearing account {clearing} for this payout", fees, fees - fees),
                Effect(f"Fees of this payout on account {fee_account}", fees - fees, fees),
            ),
            leaves_open=tuple(found.text for found in ground.case.evidence if found.text.startswith("Also:")),
        )


def _fees(ground: Ground) -> Money:
    """What the clearing account still holds of the payout: exactly the fees, else the case had another cause.

    Raises:
        UsageError: it is not known, or the company's currency is not.
    """
    if not isinstance(ground.case.delta, Money):
        raise UsageError("the case has no amount; run the reconciliation again")
    if not ground.currency:
        raise UsageError("the journal items are in several company currencies; export one company's items")
    return ground.case.delta


def _names_fees(account: str) -> bool:
    return any(word in account.casefold() for word in _FEE_WORDS)


def _first(names: tuple[str, ...], word: str) -> str:
    return next((name for name in names if word in name.casefold()), "")
