"""Which source reads a file, and what a file looks like that none reads."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from recon_app import registry
from recon_app.models.problem import AnswerNeeded, FileRejected, Problem, ReconError, UsageError
from recon_app.sources._base import InputFile, Source, clean_header
from recon_app.sources._refused import RefusedSource

_log = logging.getLogger(__name__)
_MOST_CELLS = 6
_MOST_CHARACTERS = 40
#: What helps with files that hold a table which cannot be read.
_ADVICE = {
    "a ZIP archive": "unpack it, and import the files in it",
    "a compressed file": "unpack it, and import the file in it",
    "a PDF document": "export it as CSV or as a workbook (.xlsx)",
    "an Excel 97 workbook (.xls) or another old Office file": "save it as .xlsx, or export it as CSV",
}


@dataclass(frozen=True)
class Question:
    """What a person must answer before a file can be read.

    Attributes:
        option: Name of the option that takes the answer; ``as`` for the kind of the file.
        choices: Possible answers.
        text: The question.
    """

    option: str
    choices: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Seen:
    """What a look at a file shows.

    Attributes:
        sources: Ids of the sources that claim it: one, or several of which a person must choose.
        beside: Ids of the sources that read it as well.
        head: Its first rows; none for a file that is no table.
    """

    sources: tuple[str, ...]
    beside: tuple[str, ...]
    head: list[list[str]]


def look(file: InputFile, source_id: str, tell: Callable[[int, int], None]) -> Seen:
    """Find out who reads a file.

    Args:
        file: The file.
        source_id: The source that is to read it, "" to find it.
        tell: Told nothing: a look takes a moment.

    Raises:
        FileRejected: nobody recognises it; the reason says what it looks like.
        AnswerNeeded: the encoding must be told first.
    """
    del tell
    found = (source_id,) if source_id else tuple(source.id for source in claims(file))
    return Seen(found, _beside(file, found[0]) if len(found) == 1 else (), head_rows(file))


def _beside(file: InputFile, main: str) -> tuple[str, ...]:
    """The sources that find records of their own in a file of another source."""
    return tuple(
        source.id
        for source in registry.sources().values()
        if source.beside == main and _recognises(source, file, [], [])
    )


def source_named(name: str) -> Source:
    """The source with this id.

    Raises:
        UsageError: there is none.
    """
    known = registry.sources()
    if name not in known:
        raise UsageError(f"there is no source {name!r}; choose one of {', '.join(known)}")
    return known[name]


def kinds_of_files() -> dict[str, str]:
    """What a person can say a file is: titles by source, of those that read files by themselves."""
    return {
        source.id: source.title
        for source in registry.sources().values()
        if not (source.beside or isinstance(source, RefusedSource))
    }


def claims(file: InputFile) -> list[Source]:
    """The sources that recognise the file; the general ones are asked when no special one does.

    A table that nobody recognises can be read by those for which a person names the columns.

    Raises:
        FileRejected: nobody recognises it; the reason says what it looks like.
        AnswerNeeded: the encoding must be told first.
    """
    known = registry.sources().values()
    failed: list[Problem] = []
    asked: list[AnswerNeeded] = []
    for fallback in (False, True):
        found = [
            source
            for source in known
            if source.fallback is fallback
            and not (source.beside or source.mapped)
            and _recognises(source, file, failed, asked)
        ]
        if found and fallback:
            found += [
                source for source in known if source.mapped and _recognises(source, file, failed, asked)
            ]
        if found and (len(found) > 1 or found[0].is_sure(file)):
            return found
    if failed:
        raise FileRejected(failed[0])
    looks = _binary(file)
    if asked and not looks:
        raise asked[0]
    general = [source for source in known if source.fallback]
    if general and (not looks or file.is_xlsx) and _is_table(file):
        return sorted(general, key=lambda source: not (source.mapped and _recognises(source, file, [], [])))
    advice = _ADVICE.get(looks, "choose its kind, or leave the file out")
    code = "E_NOT_TEXT" if looks and not file.is_xlsx else ""
    raise FileRejected(Problem(None, None, f"not recognised: {looks or _text(file)}", advice, code))


def kind_question(sources: Sequence[str]) -> Question:
    """The question which of several sources, given by their ids, is meant."""
    known = registry.sources()
    titles = " or ".join(known[source].title for source in sources)
    return Question("as", tuple(sources), f"Which kind of file is it: {titles}?")


def head_rows(file: InputFile) -> list[list[str]]:
    """The first rows of a file, none when its encoding is not known (and not needed, as for XML)."""
    try:
        return file.head_rows
    except ReconError:
        return []


def _recognises(source: Source, file: InputFile, failed: list[Problem], asked: list[AnswerNeeded]) -> bool:
    """Whether a source claims a file; what hinders it goes to the lists, for others may claim it."""
    try:
        return source.recognises(file)
    except AnswerNeeded as question:
        asked.append(question)
    except FileRejected as rejected:
        failed.extend(rejected.problems)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 (a plug-in's fault must not end the import)
        failed.append(reader_failed(source, file, error))
    return False


def reader_failed(source: Source, file: InputFile, error: Exception) -> Problem:
    """Log a fault of a source and say it in one line."""
    _log.error("the reader %s failed on %s", source.id, file.name, exc_info=error)
    return Problem(
        None,
        None,
        f"the reader `{source.id}` failed: {type(error).__name__}: {error}",
        "report this with the file",
    )


def _is_table(file: InputFile) -> bool:
    """Whether two rows, one below the other, have the same number of cells, several of them filled."""
    rows = [row for row in file.head_rows if row and (row[0] or row[-1])]  # others are of a Markdown text
    widths = [len(row) if sum(map(bool, row)) > 1 else 0 for row in rows]
    return any(above == below > 1 for above, below in pairwise(widths))


def _binary(file: InputFile) -> str:
    """What a file is that is no table of text, "" for a text."""
    if file.is_xlsx:
        return f"a workbook {_cells(file)}"
    if file.head.lstrip().startswith((b"{", b"[")):
        return "a JSON file"
    return file.not_text


def _text(file: InputFile) -> str:
    if any(len(row) > 1 for row in file.head_rows):
        return f"a table {_cells(file)}"
    lines = file.head.decode(file.encoding, "replace").strip().splitlines()
    return f"a text that begins with {lines[0][:_MOST_CHARACTERS]!r}" if lines else "blank lines only"


def _cells(file: InputFile) -> str:
    """The first cells of the widest of the first rows: mostly the header."""
    rows = [[clean_header(cell) for cell in row if cell.strip()] for row in file.head_rows]
    header = max(rows, key=len, default=[])
    if not header:
        return "without cells"
    names = ", ".join(cell[:_MOST_CHARACTERS] for cell in header[:_MOST_CELLS])
    return f"with the columns {names}" + (", …" if len(header) > _MOST_CELLS else "")
