"""What a fingerprint is: a known behaviour of a connector, and what it leaves behind in the records."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from recon_app.fingerprints._books import Books
from recon_app.models.case import Kind
from recon_app.models.record import NO_INT, RecordType, Side


@dataclass(frozen=True)
class Hit:
    """One place where a behaviour shows.

    Attributes:
        key: What makes it the same hit in every run: source keys, never ids of the store.
        text: One plain sentence: which records, how much.
        records: Ids of the records that show it, per side.
        day: The day it is about, days since 1970-01-01.
        value: What is concerned, minor units of ``currency``; None where goods are, or nothing is known.
        currency: ISO code of ``value``.
        quantity: Goods that are concerned, millionths of ``unit``; None where money is.
        unit: Unit of measure of ``quantity``.
        about: What hits of one kind have in common, such as a SKU; they are counted by it.
    """

    key: str
    text: str
    records: Mapping[Side, tuple[int, ...]]
    day: int = NO_INT
    value: int | None = None
    currency: str = ""
    quantity: int | None = None
    unit: str = ""
    about: str = ""


@dataclass
class Found:
    """What a rule found.

    Attributes:
        hits: The places.
        remarks: Plain sentences on what it could not look at.
    """

    hits: list[Hit] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class Fingerprint(ABC):
    """One rule. It looks at whole columns, and says something only where the records show it.

    Attributes:
        id: Name of the rule: its file name, and the cause of its cases.
        title: The behaviour in a few words.
        behaviour: What the connector does, as its maker documents it or its users report it.
        advice: What to do, one short sentence each; the first is the next step.
        reads: Fields needed per record type.
        needs: Record types without which the rule has nothing to look at.
        kind: What its cases differ in.
        missing: Sides that lack a record.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    behaviour: ClassVar[str]
    advice: ClassVar[tuple[str, ...]]
    reads: ClassVar[Mapping[RecordType, tuple[str, ...]]]
    needs: ClassVar[tuple[RecordType, ...]]
    kind: ClassVar[Kind] = Kind.AMOUNT
    missing: ClassVar[tuple[Side, ...]] = ()

    @property
    def code(self) -> str:
        """The number of the rule, ``F01``."""
        return self.id.partition("_")[0].upper()

    @abstractmethod
    def hits(self, books: Books) -> Found:
        """Look for the behaviour. Pure: nothing is read or written."""
