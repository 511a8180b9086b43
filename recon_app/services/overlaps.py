"""Files that hold records twice or those of earlier imports, or lack some: a person says what that means.

The exports of known systems may overlap, their ids are trusted. Of another table nobody knows whether equal
order numbers are the same order, or which of two values is right. A list of stock that has less than half of
what there was may be a part of the list, and then nothing is gone. Equal records in a file are twins and both
count; many of them in the same order are two exports in one file.
"""

from __future__ import annotations

from collections.abc import Mapping

from recon_app.models.problem import AnswerNeeded, Problem, UsageError
from recon_app.sources._base import Reading, Source
from recon_app.store.identity import Repeated
from recon_app.store.publish import Judge, Overlap

KNOWN_ROWS = "mapping.overlap"
#: An answer about one file: the next one has changes of its own.
CHANGED_ROWS = "mapping.changes"
#: Whether a list holds all of its places; asked when most of what was there would be gone.
SNAPSHOT = "snapshot"
#: Whether records that are in the file twice all count; an answer about one file.
REPEATED = "repeated"
_KEEP = "keep"
_TWINS = "mapping.duplicates"  # the same question about single records of a table of any origin
_WHOLE, _PART = "whole", "part"
_FEW = 10  # records that go without a question
_CHOICES = {KNOWN_ROWS: "add_new", CHANGED_ROWS: "keep_old"}


def judge(source: Source, options: Mapping[str, str], reading: Reading) -> Judge:
    """Who looks at an overlap before a file is stored.

    Raises:
        UsageError: an option has no such value.
    """
    for option, choice in _CHOICES.items():
        if options.get(option, choice) != choice:
            raise UsageError(f"{options[option]!r} is not an answer to {option}; it must be {choice}")
    if options.get(SNAPSHOT, _WHOLE) not in (_WHOLE, _PART):
        raise UsageError(f"{options[SNAPSHOT]!r} is not an answer to {SNAPSHOT}; it must be whole or part")
    own = source.mapped and source.asks_overlap
    asks_whole = bool(own or source.snapshot) and SNAPSHOT not in options

    def look(overlap: Overlap) -> None:
        if overlap.repeated is not None and _KEEP not in (options.get(REPEATED), options.get(_TWINS)):
            raise _repeated(overlap.repeated, reading)
        if asks_whole and overlap.gone >= _FEW and overlap.gone > overlap.known:
            raise _most_gone(overlap)
        if not own:
            return
        if overlap.conflicts and CHANGED_ROWS not in options:
            raise _changed(overlap, reading)
        if overlap.known > overlap.conflicts and KNOWN_ROWS not in options:
            raise _known(overlap, source, reading)

    return look


def is_part(options: Mapping[str, str]) -> bool:
    """Whether the file is known to leave records out."""
    return options.get(SNAPSHOT) == _PART


def _most_gone(overlap: Overlap) -> AnswerNeeded:
    question = (
        f"Of the records that earlier files had for the places in this file, {overlap.known} are in it and "
        f"{overlap.gone} are not. whole: the file lists all that is there, and the others are gone. part: "
        "the list was filtered, and the others stay."
    )
    return AnswerNeeded(SNAPSHOT, (_WHOLE, _PART), question)


def _repeated(found: Repeated, reading: Reading) -> AnswerNeeded:
    last = found.count - 1
    words = f"records {found.first} to {found.first + last} repeat {found.of} to {found.of + last}"
    place = Problem(
        found.first,
        None,
        words,
        "look whether two exports were joined",
        "E_DUP_ROW",
        _line(found.first, reading),
    )
    question = (
        f"The {words} in the same order, as where two exports were joined in one file. keep: they are other "
        "records that look alike, and all count. If not, leave the file out and import each export by itself."
    )
    return AnswerNeeded(REPEATED, (_KEEP,), question, place)


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
