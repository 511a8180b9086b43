"""Tables of any origin that hold records of earlier imports: a person says what that means.

The exports of known systems may overlap, their ids are trusted. Of another table nobody knows whether equal
order numbers are the same order, or which of two values is right.
"""

from __future__ import annotations

from collections.abc import Mapping

from recon_app.models.problem import AnswerNeeded, Problem, UsageError
from recon_app.sources._base import Reading, Source
from recon_app.store.publish import Judge, Overlap

KNOWN_ROWS = "mapping.overlap"
#: An answer about one file: the next one has changes of its own.
CHANGED_ROWS = "mapping.changes"
_CHOICES = {KNOWN_ROWS: "add_new", CHANGED_ROWS: "keep_old"}


def judge(source: Source, options: Mapping[str, str], reading: Reading) -> Judge | None:
    """Who looks at an overlap before a file is stored; None for sources whose exports may overlap.

    Raises:
        UsageError: an option has no such value.
    """
    for option, choice in _CHOICES.items():
        if options.get(option, choice) != choice:
            raise UsageError(f"{options[option]!r} is not an answer to {option}; it must be {choice}")
    if not source.mapped or not source.asks_overlap:
        return None

    def look(overlap: Overlap) -> None:
        if overlap.conflicts and CHANGED_ROWS not in options:
            raise _changed(overlap, reading)
        if overlap.known > overlap.conflicts and KNOWN_ROWS not in options:
            raise _known(overlap, source, reading)

    return look


def _changed(overlap: Overlap, reading: Reading) -> AnswerNeeded:
    column = next((reading.columns[name] for name in overlap.fields if name in reading.columns), None)
    problem = "the record is in the workspace with another value"
    place = Problem(
        overlap.conflict_row,
        column,
        problem,
        "look which is right",
        "E_CONFLICT",
        _line(overlap.conflict_row, reading),
    )
    question = (
        f"Records that are in the workspace with other values: {overlap.conflicts}, the first is record "
        f"{overlap.conflict_row} ({column}). keep_old: what is there stays, and the new values are shown as "
        "changes. To use the new values, remove the earlier file first."
    )
    return AnswerNeeded(CHANGED_ROWS, (_CHOICES[CHANGED_ROWS],), question, place)


def _known(overlap: Overlap, source: Source, reading: Reading) -> AnswerNeeded:
    column = next((reading.columns[name] for name in source.key if name in reading.columns), None)
    place = Problem(
        overlap.row,
        column,
        "the record is in the workspace already",
        "say whether it is the same",
        "E_DUP_ROW",
        _line(overlap.row, reading),
    )
    question = (
        f"Records that are in the workspace already: {overlap.known}. add_new: they are the same, and only "
        "the others are added. If not, leave the file out."
    )
    return AnswerNeeded(KNOWN_ROWS, (_CHOICES[KNOWN_ROWS],), question, place)


def _line(row: int, reading: Reading) -> int | None:
    return None if reading.offset is None else row + reading.offset
