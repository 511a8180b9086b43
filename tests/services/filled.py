"""Workspaces that hold made-up books, without files of real formats."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from recon_app.models.record import FIELDS, NO_INT, RecordType
from recon_app.store.format import Format
from recon_app.store.imports import Findings, importing
from recon_app.store.workspace import Workspace
from tests.reconciliations.books import Books


def fill(ws: Workspace, books: Books, folder: Path, name: str = "made_up") -> None:
    """Import the records of some books, one file for each type."""
    for kind, rows in books.rows().items():
        by_source: dict[str, list[dict[str, object]]] = {}
        for row in rows:
            by_source.setdefault(str(row["source"]) or f"made_up_{kind}", []).append(row)
        for source, mine in by_source.items():
            _import(ws, source, kind, mine, folder / f"{name}_{source}.txt")


def _import(ws: Workspace, source: str, kind: RecordType, rows: list[dict[str, object]], path: Path) -> None:
    path.write_text(repr(rows), encoding="utf-8")
    form = Format(source, kind, key=tuple(spec.name for spec in FIELDS if spec.name != "row"), progress=())
    batch = {
        spec.name: np.array([row[spec.name] for row in rows], np.int64)
        if spec.integer
        else [str(row[spec.name]) for row in rows]
        for spec in FIELDS
        if spec.name != "row" and any(row[spec.name] not in ("", NO_INT) for row in rows)
    }
    batch["row"] = np.arange(1, len(rows) + 1)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    with importing(ws, path, sha256, form, {}) as current:
        current.staging.add(batch)
        current.publish(Findings())
