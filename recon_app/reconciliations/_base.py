"""What a reconciliation is: which records it reads, how it links them, what it calls the differences."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import pandas as pd

from recon_app.engine.cases import Legs
from recon_app.models.alias import Aliases
from recon_app.models.ask import Ask
from recon_app.models.case import BridgeLine, Evidence
from recon_app.models.column import Column
from recon_app.models.panel import Panel
from recon_app.models.proof import ClearingProof, PayoutProof
from recon_app.models.record import Record, RecordType, Side

#: Step text, done, total (0 = unknown). Raises :class:`recon_app.models.problem.Cancelled` on cancel.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Inputs:
    """What a run works on.

    Attributes:
        frames: Normalised records per type, with the fields of ``Reconciliation.reads`` and id and key.
        answers: Answers that a person gave once and that are kept (mapping of gateways to accounts).
        aliases: Which SKU of Shopify is which of Odoo, as persons approved it; where goods are compared,
            :func:`recon_app.engine.aliases.applied` puts them into the frames.
        written: When the records of a type held, by their files: the earliest and the latest moment, seconds
            in UTC; a type is left out where that is not known.
    """

    frames: Mapping[RecordType, pd.DataFrame]
    answers: Mapping[str, str]
    aliases: Aliases = field(default_factory=Aliases)
    written: Mapping[RecordType, tuple[int, int]] = field(default_factory=dict)


@dataclass
class Result:
    """What a run found.

    Attributes:
        cases: One row per case: key (int64, stable), kind, cause ("" = none), rule ("" = none), missing
            (bits), grp (payout shown), day, delta (minor units or NO_INT), currency, amount per side
            (``sum_<side>``, minor units, NO_INT = none; only sides of money). Where goods are compared: unit,
            of which delta is millionths, and value (minor units of currency, NO_INT = no cost is known).
        legs: The records of the cases.
        support: Records that belong to a case without being compared themselves (the order behind a
            transaction, the journal item behind a payment).
        notes: Facts for the sentences of single cases, by case number: JSON values. The window shows some
            by itself: ``legs`` as a timeline (see :class:`recon_app.models.case.Step`), ``next`` as a list of
            next actions (short sentences, the first is the one to do), ``bucket`` as the age that rows can
            be filtered by.
        payouts: Proof of every payout.
        proposals: Answers the run assumed because nobody gave them, to be confirmed by a person.
        remarks: Plain sentences on what was left out and why.
        panels: Small tables about the result as a whole, such as tax by rate.
    """

    cases: pd.DataFrame
    legs: Legs
    support: Legs
    notes: dict[int, dict[str, Any]] = field(default_factory=dict)
    payouts: list[PayoutProof] = field(default_factory=list)
    proposals: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)


@dataclass(frozen=True)
class Facts:
    """What is known of one case when a person looks at it.

    Attributes:
        kind: Kind value.
        cause: Cause code or "".
        rule: Rule code or "".
        missing: Sides an expected record is missing on.
        delta: Difference in minor units, or millionths of unit; None without figures.
        currency: Currency of delta, or of value.
        grp: Payout the case belongs to, "" for none.
        legs: Records per side, supporting ones behind the compared ones.
        note: The case's note.
        unit: Unit of delta where goods are compared, else "".
        value: What a difference of goods is worth, minor units; None where no cost is known.
    """

    kind: str
    cause: str
    rule: str
    missing: tuple[Side, ...]
    delta: int | None
    currency: str
    grp: str
    legs: Mapping[Side, tuple[Record, ...]]
    note: Mapping[str, Any]
    unit: str = ""
    value: int | None = None


class Words(Protocol):
    """What a comparison says: mostly a module of its own."""

    def sentence(self, facts: Facts) -> str:
        """Say in one plain sentence what the case is."""

    def evidence(self, facts: Facts) -> tuple[Evidence, ...]:
        """Say why the records belong together and what was compared."""

    def why_not(self, left: Record, right: Record) -> tuple[Evidence, ...]:
        """Say, rule by rule, why two records were not linked."""


class Reconciliation(ABC):
    """One comparison. It has words, or says itself what its cases are.

    Attributes:
        id: Name of the plug-in: its file name.
        title: What the user calls it.
        reads: Fields needed per record type; "source" stands for the id of the source that read a record.
        columns: Columns of each side's pane; a field ``note.paid.fee`` is taken from the case's note.
        pairs: Pairs of panes the user can choose, the first is the default; right minus left is the sign.
            More than two sides are shown as slim panes: keys, dates and what is compared.
        titles: What sides are called here where it is not their usual word: both may be of Odoo, as what was
            ordered and what arrived. Then the legs of one stand on another side than its records' own.
        sums: Whether a case compares so many records that its note holds what its panes show: ``sums``, by
            side the values of the fields.
        absent: What is said where a record of a side is missing, as in "Not arrived".
        apart: Whether each case belongs to one pair only: to the one whose right side it has or misses.
        packed: Types of which there may be a million records, with few Python texts in their frames; see
            :mod:`recon_app.engine.texts`.
        asks: The answers that a person can give, as ``journal.Stripe=stripe``.
        words: What it says of its cases.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    reads: ClassVar[Mapping[RecordType, tuple[str, ...]]]
    columns: ClassVar[Mapping[Side, tuple[Column, ...]]]
    pairs: ClassVar[tuple[tuple[Side, ...], ...]]
    titles: ClassVar[Mapping[Side, str]] = {}
    absent: ClassVar[Mapping[Side, str]] = {}
    sums: ClassVar[bool] = False
    apart: ClassVar[bool] = False
    packed: ClassVar[frozenset[RecordType]] = frozenset()
    asks: ClassVar[tuple[Ask, ...]] = ()
    words: ClassVar[Words]

    @abstractmethod
    def reconcile(self, inputs: Inputs, progress: Progress) -> Result:
        """Link the records and name what differs. Pure: nothing is read or written."""

    def sentence(self, facts: Facts) -> str:
        """Say in one plain sentence what the case is."""
        return self.words.sentence(facts)

    def evidence(self, facts: Facts) -> tuple[Evidence, ...]:
        """Say why the records belong together and what was compared."""
        return self.words.evidence(facts)

    def bridge(self, facts: Facts) -> tuple[BridgeLine, ...]:
        """Lead from one compared figure to the other; empty where there is no such way."""
        del facts
        return ()

    def why_not(self, left: Record, right: Record) -> tuple[Evidence, ...]:
        """Say, rule by rule, why two records were not linked."""
        return self.words.why_not(left, right)

    def clearing(self, inputs: Inputs, result: Result, cut_off: int) -> list[ClearingProof]:
        """Prove the clearing accounts at the end of a day (days since 1970-01-01); most have none."""
        del inputs, result, cut_off
        return []
