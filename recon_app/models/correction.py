"""A guided correction: what is asked, what it would do, how it is reversed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from recon_app.models.money import Money


class AnswerType(StrEnum):
    """What a question wants."""

    ACCOUNT = "account"
    JOURNAL = "journal"
    DATE = "date"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing a person must decide before a correction can be proposed.

    Attributes:
        name: Key of the answer (``--set NAME=VALUE``).
        label: The question, short and plain.
        type: What the answer is.
        default: Proposed answer, or "" when the person must choose.
        choices: Known values to choose from, may be empty.
        keep: Whether the answer is kept as the default for the next time.
        currency: Currency of a MONEY answer.
    """

    name: str
    label: str
    type: AnswerType
    default: str = ""
    choices: tuple[str, ...] = ()
    keep: bool = False
    currency: str = ""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of a journal entry; exactly one of debit and credit is not zero.

    Attributes:
        external_id: Key of the line; it makes importing a file twice harmless.
        account: Account code.
        label: Text of the line.
        debit: Minor units of the company's currency, never negative.
        credit: Likewise.
        currency: The company's currency.
        foreign_amount: Debit minus credit in ``foreign_currency``, minor units; 0 when there is none.
        foreign_currency: Currency of the platform when it is not the company's, else "".
    """

    external_id: str
    account: str
    label: str
    debit: int
    credit: int
    currency: str
    foreign_amount: int = 0
    foreign_currency: str = ""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A balanced entry to be written to Odoo.

    Attributes:
        external_id: Exactly-once key; Odoo creates at most one entry for it.
        journal: Journal code or name in Odoo.
        date: ISO date of the entry.
        ref: Reference text, carries the platform's payout id.
        lines: At least two lines whose debits equal their credits.
    """

    external_id: str
    journal: str
    date: str
    ref: str
    lines: tuple[JournalLine, ...]

    def __post_init__(self) -> None:
        if sum(line.debit for line in self.lines) != sum(line.credit for line in self.lines):
            raise ValueError(f"entry {self.ref!r} does not balance")


@dataclass(frozen=True, slots=True)
class Effect:
    """One figure before and after a correction."""

    target: str
    before: Money
    after: Money


@dataclass(frozen=True, slots=True)
class Correction:
    """A proposal; it never acts by itself.

    Attributes:
        id: Stable id, from the action, the cases and the answers.
        action: Id of the correction plug-in.
        case_ids: What it corrects.
        answers: What the person answered.
        entry: The journal entry to write.
        reversal: The entry that undoes it, prepared beforehand.
        effects: Figures before and after.
        leaves_open: What stays open afterwards, as sentences.
    """

    id: str
    action: str
    case_ids: tuple[str, ...]
    answers: dict[str, str]
    entry: JournalEntry
    reversal: JournalEntry
    effects: tuple[Effect, ...] = ()
    leaves_open: tuple[str, ...] = field(default=())
