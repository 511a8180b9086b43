"""What a person once said about a table, kept for the next file with the same header.

The columns that were named are used as they are. An answer about how cells are written (the order of the
date parts, the decimal mark, the encoding) is used only where the next file raises the same question and the
answer is among those that fit the whole file; a file that decides by itself is never read against its cells.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from recon_app import registry
from recon_app.models.problem import AnswerNeeded, ReconError
from recon_app.sources._base import InputFile, clean_header
from recon_app.store.settings import get_setting, set_setting
from recon_app.store.workspace import Workspace

_MAPPING = "mapping."
#: Answers about one file, which another file with the same header may not share.
_OF_ONE_FILE = frozenset({"mapping.account_id", "mapping.currency_code", "mapping.changes"})
#: Answers about how cells are written.
_WRITTEN = frozenset(
    (
        "date_order",
        "decimal_mark",
        "thousands_mark",
        "debit_sign",
        "zone",
        "timezone",
        "fees",
        "payout_sign",
        "amount_unit",
        "ending",
        "documents",
    )
)
_COLUMNS, _ANSWERS, _KINDS = "import.columns.", "import.answers.", "import.kind"


def remembered(ws: Workspace, source: str, head_rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """The columns kept for a file of ``source`` that has one of these rows as its header."""
    found = _found(ws, _COLUMNS + source, head_rows)
    return {name: value for name, value in found.items() if name.startswith(_MAPPING)}


def answer(ws: Workspace, source: str, head_rows: Sequence[Sequence[str]], asked: AnswerNeeded) -> str:
    """The answer once given to a question, "" when there is none that fits the file at hand."""
    kept = _found(ws, _ANSWERS + source, head_rows) | _found(ws, _COLUMNS + source, head_rows)
    found = kept.get(asked.option, "")
    return found if found in asked.choices else ""


def readers(ws: Workspace, sources: tuple[str, ...], head_rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The sources that claim a file; of general ones that by which such a table was read before.

    Where none was, but a profile of somebody else names the columns for one of them, it is that one.
    """
    known = registry.sources()
    if any(known[source].fallback for source in sources):
        before = _found(ws, _KINDS, head_rows).get("source", "")
        if before in known:
            return (before,)
        named = tuple(source for source in sources if _found(ws, _COLUMNS + source, head_rows))
        if len(named) == 1:
            return named
    return sources


def encoding(ws: Workspace, path: Path, asked: AnswerNeeded) -> str:
    """The encoding in which a table with the header of this file was read, "" when none was."""
    for choice in asked.choices if asked.option == "encoding" else ():
        try:
            head_rows = InputFile(path, choice).head_rows
        except (ReconError, UnicodeError):
            continue
        if _found(ws, _KINDS, head_rows).get("encoding") == choice:
            return choice
    return ""


def remember(
    ws: Workspace, source: str, head_rows: Sequence[Sequence[str]], options: Mapping[str, str]
) -> None:
    """Keep what was said of a file, with its header row: the one that has the columns, else the widest."""
    mapping = {
        name: value
        for name, value in options.items()
        if name.startswith(_MAPPING) and name not in _OF_ONE_FILE
    }
    written = {name: value for name, value in options.items() if name in _WRITTEN}
    general = registry.sources()[source].fallback if source in registry.sources() else False
    columns = {name.strip().casefold() for value in mapping.values() for name in value.split("|")}
    header = max(head_rows, key=lambda row: len(columns.intersection(_folded(row))), default=())
    if columns.intersection(_folded(header)):
        whole = written if general and registry.sources()[source].mapped else {}
        _keep(ws, _key(_COLUMNS + source, header), mapping | whole)
    else:
        header = max(head_rows, key=lambda row: sum(map(bool, row)), default=())
    if written:
        _keep(ws, _key(_ANSWERS + source, header), written)
    if header and (general or "encoding" in options):
        read = {"source": source} if general else {}
        told = {"encoding": options["encoding"]} if "encoding" in options else {}
        _keep(ws, _key(_KINDS, header), read | told)


def _keep(ws: Workspace, key: str, value: dict[str, str]) -> None:
    if get_setting(ws, key) != value:
        set_setting(ws, key, value, reason="columns of an imported file")


def _found(ws: Workspace, under: str, head_rows: Sequence[Sequence[str]]) -> dict[str, str]:
    for row in head_rows:
        found = get_setting(ws, _key(under, row))
        if isinstance(found, dict):
            return found
    return {}


def _folded(row: Sequence[str]) -> list[str]:
    return [clean_header(cell).casefold() for cell in row]


def _key(under: str, header: Sequence[str]) -> str:
    digest = hashlib.sha256("\x1f".join(_folded(header)).encode()).hexdigest()
    return f"{under}.{digest[:16]}"
