"""A workspace and a short way to import rows into it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recon_app.models.record import INT_FIELDS, NO_INT, RecordType
from recon_app.store.columns import NAMES
from recon_app.store.format import Format
from recon_app.store.imports import Findings, importing
from recon_app.store.publish import Counts
from recon_app.store.records import read_columns
from recon_app.store.workspace import Workspace

FORM = Format(
    "tiny", RecordType.PAYMENT_LINE, key=("ident", "currency", "amount"), progress=("status", "grp")
)


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed, empty workspace to be copied: migrating anew takes a tenth of a second."""
    folder = tmp_path_factory.mktemp("empty") / "workspace"
    Workspace.open(folder).close()
    return folder


@pytest.fixture
def new_workspace(empty_folder: Path, tmp_path: Path) -> Callable[[], Workspace]:
    made: list[Path] = []

    def new() -> Workspace:
        folder = tmp_path / f"workspace{len(made)}"
        made.append(folder)
        return Workspace.open(shutil.copytree(empty_folder, folder))

    return new


@pytest.fixture
def ws(new_workspace: Callable[[], Workspace]) -> Iterator[Workspace]:
    workspace = new_workspace()
    yield workspace
    workspace.close()


def batch_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Columns of rows; a field that no row has is left out, as sources do."""
    columns: dict[str, Any] = {"row": np.arange(1, len(rows) + 1)}
    for name in NAMES:
        if any(name in row for row in rows):
            cells = [row.get(name, NO_INT if name in INT_FIELDS else "") for row in rows]
            columns[name] = np.array(cells, np.int64) if name in INT_FIELDS else cells
    return columns


@pytest.fixture
def batch() -> Callable[[Sequence[Mapping[str, Any]]], dict[str, Any]]:
    return batch_of


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Counts]:
    """``put(ws, name, rows, form=FORM)``: import a made-up file that holds the rows."""

    def put_rows(ws: Workspace, name: str, rows: Sequence[Mapping[str, Any]], form: Format = FORM) -> Counts:
        path = tmp_path / name
        path.write_text(repr((name, rows)), encoding="utf-8")
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        with importing(ws, path, sha256, form, {}) as current:
            if rows:
                current.staging.add(batch_of(rows))
            return current.publish(Findings())

    return put_rows


@pytest.fixture
def all_rows() -> Callable[..., list[dict[str, Any]]]:
    """``all_rows(ws)``: the filled fields of all records in the order of their ids, without ``row``."""

    def read(ws: Workspace) -> list[dict[str, Any]]:
        with ws.cache.connect() as connection:
            imports = connection.exec_driver_sql("SELECT import_id FROM loaded").scalars().all()
        names = [name for name in NAMES if name != "row"]
        table = read_columns(ws, imports, names)
        count = len(table["ident"])
        return [
            {name: table[name][index] for name in names if table[name][index] not in ("", NO_INT)}
            for index in range(count)
        ]

    return read


@pytest.fixture
def form() -> Format:
    return FORM
