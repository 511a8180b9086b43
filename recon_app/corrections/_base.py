"""What a correction is: when it fits, what it asks, what it proposes. It never acts by itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar

from recon_app.models.case import Case
from recon_app.models.correction import AnswerType, Correction, JournalEntry, JournalLine, Question
from recon_app.models.money import MoneyError, parse_minor
from recon_app.models.problem import UsageError


@dataclass(frozen=True)
class Ground:
    """What a correction may look at.

    Attributes:
        case: The case to be corrected.
        payout: Id of its payout, or of several, "" when it has none.
        clearing: The clearing account as in ``accounts``, "" when it is not known.
        currency: The company's currency, "" when the journal items are in several.
        day: ISO date of the payout.
        accounts: Known accounts as "code name".
        journals: Known journals.
        kept: Answers kept from earlier corrections.
        tag: Short unique mark that goes into the entry's reference.
    """

    case: Case
    payout: str
    clearing: str
    currency: str
    day: str
    accounts: tuple[str, ...] = ()
    journals: tuple[str, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    tag: str = ""


class Action(ABC):
    """One guided action.

    Attributes:
        id: Name of the plug-in: its file name.
        title: The verb the user reads on the button.
    """

    id: ClassVar[str]
    title: ClassVar[str]

    @abstractmethod
    def fits(self, case: Case) -> bool:
        """Whether the action can correct the case."""

    @abstractmethod
    def asks(self, ground: Ground) -> tuple[Question, ...]:
        """What a person must decide first."""

    @abstractmethod
    def propose(self, ground: Ground, answers: Mapping[str, str]) -> Correction:
        """What would be done with these answers.

        Raises:
            UsageError: an answer is missing or cannot be used.
        """


def answered(questions: tuple[Question, ...], answers: Mapping[str, str]) -> dict[str, str]:
    """Take the defaults for what was not answered and check every answer.

    Raises:
        UsageError: names the question that is not answered well.
    """
    unknown = set(answers) - {question.name for question in questions}
    if unknown:
        names = ", ".join(question.name for question in questions)
        raise UsageError(f"nobody asks for {min(unknown)!r}; the questions are {names}")
    given = {question.name: answers.get(question.name, question.default).strip() for question in questions}
    for question in questions:
        _check(question, given[question.name])
    return given


def _check(question: Question, value: str) -> None:
    if not value:
        raise UsageError(f"{question.label} is not answered; give {question.name}")
    if question.type is AnswerType.DATE:
        try:
            date.fromisoformat(value)
        except ValueError:
            raise UsageError(f"{question.label}: {value!r} is not a date; write it as 2026-10-31") from None
    if question.type is AnswerType.MONEY:
        try:
            parse_minor(value, question.currency)
        except MoneyError as error:
            raise UsageError(f"{question.label}: {error}; write it as 12.50") from None


def account_code(answer: str) -> str:
    """The code of an account given as "code name". A code holds a digit; a name without one stays whole."""
    code = answer.split(" ", 1)[0]
    return code if any(char.isdigit() for char in code) else answer


def reversed_entry(entry: JournalEntry, tag: str) -> JournalEntry:
    """The entry that undoes another one: debit and credit change places, with keys of its own.

    Its reference begins with the tag, because Odoo shows only the beginning of a long one.
    """
    lines = tuple(
        replace(
            line,
            external_id=f"{line.external_id}_r",
            debit=line.credit,
            credit=line.debit,
            foreign_amount=-line.foreign_amount,
        )
        for line in entry.lines
    )
    return JournalEntry(
        external_id=f"{entry.external_id}_r",
        journal=entry.journal,
        date=entry.date,
        ref=f"{tag}R reversal of {entry.ref}",
        lines=lines,
    )


def journal_line(
    key: str, account: str, label: str, minor: int, currency: str, foreign: tuple[int, str] = (0, "")
) -> JournalLine:
    """A line from a signed amount: positive is debit."""
    return JournalLine(key, account, label, max(minor, 0), max(-minor, 0), currency, *foreign)
