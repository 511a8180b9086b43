"""The files of the import screen: what is known of each, in words and cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from recon_app.models.problem import Problem
from recon_app.models.proof import Proof
from recon_app.ui.formats import day, money, number, one_line, stamp
from recon_app.ui.tables.page_model import Cell
from recon_app.ui.words import Family

if TYPE_CHECKING:
    from recon_app.services.import_files import FileReport
    from recon_app.services.preview import Preview
    from recon_app.services.recognise import Question
    from recon_app.store.imports import ImportedFile


class FileState(Enum):
    """Where a file is on its way in: word, icon, colour family."""

    LOOKING = ("Looking…", "pending", Family.CALM)
    READY = ("Ready", "tick", Family.CALM)
    QUESTION = ("Needs an answer", "question", Family.DECIDE)
    REFUSED = ("Refused", "unproven", Family.DIFFERS)
    WAITING = ("Waiting", "pending", Family.CALM)
    IMPORTED = ("Imported", "proven", Family.CALM)
    FAILED_PROOF = ("Imported, a check failed", "warning", Family.DIFFERS)
    KNOWN = ("Already imported", "info", Family.CALM)

    @property
    def word(self) -> str:
        """What the user reads."""
        return self.value[0]

    @property
    def icon(self) -> str:
        """Name of the drawing."""
        return self.value[1]

    @property
    def family(self) -> Family:
        """Colour family."""
        return self.value[2]


IN_WORKSPACE = (FileState.IMPORTED, FileState.FAILED_PROOF, FileState.KNOWN)
#: Sources that read tables whose columns a person names.
_BANK_TABLE, _MAPPED = "bank_csv", "mapped_"
TITLES = ("State", "File", "Recognised as", "Period", "Rows", "Total")
FILE = 1


@dataclass
class Item:
    """One file.

    Attributes:
        name: Base name.
        path: Where it lies; None for files that only the workspace has.
        state: Where it is on its way in.
        source: Id of the source to read it with, None to recognise it.
        options: Answers that were given.
        preview: What its beginning shows.
        report: What became of it in this session.
        stored: What the workspace knows of it.
    """

    name: str
    path: Path | None
    state: FileState = FileState.LOOKING
    source: str | None = None
    options: dict[str, str] = field(default_factory=dict)
    preview: Preview | None = None
    report: FileReport | None = None
    stored: ImportedFile | None = None

    @property
    def question(self) -> Question | None:
        """What must be answered first."""
        if self.report is not None:
            return self.report.question
        return self.preview.question if self.preview is not None else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why it is refused."""
        if self.report is not None:
            return self.report.problems
        return self.preview.problems if self.preview is not None else ()

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """Its control identities, once it was read."""
        if self.report is not None:
            return self.report.proofs
        return self.stored.findings.proofs if self.stored is not None else ()

    @property
    def totals(self) -> Mapping[tuple[str, str], int]:
        """Its control totals, once it was read."""
        if self.report is not None:
            return self.report.totals
        return self.stored.findings.totals if self.stored is not None else {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know."""
        if self.report is not None:
            return self.report.notes
        return self.stored.findings.notes if self.stored is not None else ()

    @property
    def rows(self) -> int:
        """Data records, 0 while they were not counted."""
        if self.report is not None:
            return self.report.rows
        return self.stored.counts.rows if self.stored is not None else 0

    @property
    def period(self) -> tuple[int, int] | None:
        """First and last booking day."""
        if self.report is not None and self.report.period is not None:
            return self.report.period
        return self.stored.period if self.stored is not None else None

    def recognised(self) -> str:
        """Id of the source that reads it, "" while it is not known."""
        if self.report is not None and self.report.source:
            return self.report.source
        if self.stored is not None:
            return self.stored.source
        sources = self.preview.sources if self.preview is not None else ()
        return self.source or (sources[0] if len(sources) == 1 else "")

    def can_be_mapped(self) -> bool:
        """Whether it is a table whose columns a person may name."""
        if self.preview is None or not self.preview.cells or self.state in (*IN_WORKSPACE, FileState.WAITING):
            return False
        source = self.recognised()
        return source in ("", _BANK_TABLE) or source.startswith(_MAPPED)

    def looked_at(self, preview: Preview, stored: ImportedFile | None) -> None:
        """Take what a look at the file's beginning showed."""
        self.preview, self.stored, self.report = preview, stored, None
        if stored is not None:
            self.state = FileState.KNOWN
        elif preview.question is not None:
            self.state = FileState.QUESTION
        else:
            self.state = FileState.REFUSED if preview.problems else FileState.READY

    def imported(self, report: FileReport) -> None:
        """Take what became of it."""
        self.report = report
        status = report.status.value
        if status == "imported":
            proven = all(proof.ok for proof in report.proofs)
            self.state = FileState.IMPORTED if proven else FileState.FAILED_PROOF
        else:
            states = {"known": FileState.KNOWN, "ambiguous": FileState.QUESTION}
            self.state = states.get(status, FileState.REFUSED)

    def sentence(self) -> str:
        """What became of the file, in one sentence."""
        if self.state is FileState.KNOWN:
            when = self.report.first_imported_at if self.report is not None else ""
            if not when and self.stored is not None:
                when = self.stored.imported_at
            return f"The same file was imported on {stamp(when)}. Importing it again would add nothing."
        if self.state in (FileState.IMPORTED, FileState.FAILED_PROOF):
            return self._counts()
        if self.state is FileState.REFUSED and self.problems:
            more = f" and {number(len(self.problems) - 1)} more" if len(self.problems) > 1 else ""
            return f"Nothing of this file was stored: {one_line(self.problems[0].problem)}{more}."
        return {
            FileState.LOOKING: "Looking at the file.",
            FileState.READY: "Ready to be imported.",
            FileState.QUESTION: "The file can be read in more than one way. Nothing was stored yet.",
            FileState.REFUSED: "Nothing of this file was stored.",
            FileState.WAITING: "Waiting to be imported.",
        }[self.state]

    def _counts(self) -> str:
        counts = self.report or (self.stored.counts if self.stored is not None else None)
        if counts is None:
            return ""
        parts = [f"{number(counts.added)} new records"]
        if counts.known:
            parts.append(f"{number(counts.known)} were there already")
        if counts.changed:
            parts.append(f"{number(counts.changed)} are there with other values and were left as they are")
        when = f"Imported on {stamp(self.stored.imported_at)}: " if self.stored is not None else "Imported: "
        return f"{when}{', '.join(parts)}."

    def cells(self, titles: Mapping[str, str]) -> Sequence[Cell]:
        """The row of the file list."""
        state, family = self.state, self.state.family
        loud = family if family is not Family.CALM else None
        source = self.recognised()
        total, more = self._total()
        return (
            Cell(state.word, icon=state.icon, family=loud),
            Cell(one_line(self.name), spoken=str(self.path or self.name)),
            Cell(titles.get(source, source), muted=not source),
            Cell(_period(self.period)),
            Cell(number(self.rows) if self.rows else "", right=True),
            Cell(total, right=True, spoken=more),
        )

    def _total(self) -> tuple[str, str]:
        """The first control total, and all of them for the tooltip."""
        texts = [f"{money(minor, currency)} {currency}" for (_, currency), minor in self.totals.items()]
        names = [name for name, _ in self.totals]
        every = "; ".join(f"{name}: {text}" for name, text in zip(names, texts, strict=True))
        return (texts[0] if texts else ""), every


def stored_item(stored: ImportedFile) -> Item:
    """A file that the workspace has."""
    proven = all(proof.ok for proof in stored.findings.proofs)
    state = FileState.IMPORTED if proven else FileState.FAILED_PROOF
    return Item(stored.file, None, state, stored=stored)


def _period(days: tuple[int, int] | None) -> str:
    if days is None:
        return ""
    first, last = day(days[0]), day(days[1])
    if first == last:
        return first
    # The year is said once where one is enough.
    return f"{first} to {last[5:] if first[:4] == last[:4] else last}"
