"""Look at the beginning of a file before it is imported."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recon_app.models.problem import AnswerNeeded, FileRejected, Problem
from recon_app.models.record import RecordType
from recon_app.services import answers
from recon_app.services.paths import unreadable
from recon_app.services.reader import Worker, worker_for
from recon_app.services.reading import Cells, first_records, opened
from recon_app.services.recognise import Question, kind_question, look, source_named
from recon_app.sources._base import InputFile
from recon_app.sources._privacy import keeps, masked_rows
from recon_app.store.workspace import Workspace

_PREVIEW_ROWS = 20


@dataclass(frozen=True)
class Preview:
    """What a file would bring, shown before it is imported.

    Attributes:
        path: The file.
        sources: Ids of the sources that claim it.
        cells: The first rows as they stand in the file, personal data masked; empty for files that are no
            tables.
        records: The first records as they would be stored, only their filled fields.
        options: Answers used, remembered ones included.
        question: What must be answered first.
        problems: Why it would be rejected, as far as its beginning shows.
    """

    path: Path
    sources: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()
    records: Cells = ()
    options: Mapping[str, str] = field(default_factory=dict)
    question: Question | None = None
    problems: tuple[Problem, ...] = ()


def preview(
    ws: Workspace,
    path: Path,
    *,
    source: str | None = None,
    options: Mapping[str, str] | None = None,
    rows: int = _PREVIEW_ROWS,
) -> Preview:
    """Look at the beginning of a file without storing anything.

    Args:
        ws: The workspace, for remembered answers.
        path: The file.
        source: Id of the source to read it with; None to recognise it.
        options: Answers to questions.
        rows: How many rows and records are shown.

    Raises:
        UsageError: there is no such source, or an option has no such value.
    """
    seen: dict[str, Any] = {}
    try:
        file = opened(path, options or {})
        with worker_for(file, sys.maxsize) as worker:
            _look_into(ws, file, source_named(source).id if source else "", options or {}, rows, worker, seen)
    except AnswerNeeded as asked:
        seen["question"] = Question(asked.option, asked.choices, str(asked))
    except FileRejected as rejected:
        seen["problems"] = rejected.problems
    except OSError as error:
        seen["problems"] = (unreadable(error),)
    return Preview(path, **seen)


def _look_into(
    ws: Workspace,
    file: InputFile,
    source_id: str,
    given: Mapping[str, str],
    rows: int,
    worker: Worker,
    seen: dict[str, Any],
) -> None:
    """Fill in what is seen, as far as one comes."""
    found = worker(look, file, source_id)
    kinds = {source_named(name).record_type for name in found.sources}
    # a statement without its counterparties says nothing
    plain = keeps(given) or kinds == {RecordType.BANK_LINE}
    shown = found.head[:rows] if plain else masked_rows(found.head[:rows])
    seen["cells"] = tuple(tuple(row) for row in shown)
    sources = found.sources if source_id else answers.readers(ws, found.sources, found.head)
    seen["sources"] = sources
    if len(sources) > 1:
        seen["question"] = kind_question(sources)
        return
    (chosen,) = sources
    seen["options"] = {**answers.remembered(ws, chosen, found.head), **given}
    while True:
        try:
            seen["records"], seen["problems"] = worker(first_records, file, chosen, seen["options"], rows)
        except AnswerNeeded as asked:
            saved = "" if asked.option in seen["options"] else answers.answer(ws, chosen, found.head, asked)
            if not saved:
                raise
            seen["options"][asked.option] = saved
        else:
            return
