"""Column mappings that a person gave once, kept for the next file with the same header."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from recon_app.sources._base import clean_header
from recon_app.store.settings import get_setting, set_setting
from recon_app.store.workspace import Workspace

_MAPPING = "mapping."
#: Answers about one file, which another file with the same header may not share.
_OF_ONE_FILE = frozenset({"mapping.account_id", "mapping.currency_code"})


def remembered(ws: Workspace, source: str, head_rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """The mapping kept for a file of ``source`` that has one of these rows as its header."""
    for row in head_rows:
        found = get_setting(ws, _key(source, row))
        if isinstance(found, dict):
            return found
    return {}


def remember(
    ws: Workspace, source: str, head_rows: Sequence[Sequence[str]], options: Mapping[str, str]
) -> None:
    """Keep the mapping among ``options`` with the header row that has its columns."""
    mapping = {
        name: value
        for name, value in options.items()
        if name.startswith(_MAPPING) and name not in _OF_ONE_FILE
    }
    columns = {name.strip().casefold() for value in mapping.values() for name in value.split("|")}
    header = max(head_rows, key=lambda row: len(columns.intersection(_folded(row))), default=())
    if not columns.intersection(_folded(header)):
        return
    key = _key(source, header)
    if get_setting(ws, key) != mapping:
        set_setting(ws, key, mapping, reason="columns of an imported file")


def _folded(row: Sequence[str]) -> list[str]:
    return [clean_header(cell).casefold() for cell in row]


def _key(source: str, header: Sequence[str]) -> str:
    digest = hashlib.sha256("\x1f".join(_folded(header)).encode()).hexdigest()
    return f"import.columns.{source}.{digest[:16]}"
