"""An empty workspace, and made-up books in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from recon_app.store.workspace import Workspace
from tests.reconciliations.books import Books
from tests.services.counting import Clock, Warehouse
from tests.services.filled import fill

Put = Callable[..., None]


@pytest.fixture(scope="session")
def empty_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed, empty workspace to be copied: migrating anew takes a tenth of a second."""
    folder = tmp_path_factory.mktemp("empty") / "workspace"
    Workspace.open(folder).close()
    return folder


@pytest.fixture
def shelf(empty_workspace: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace of its own for each test."""
    workspace = Workspace.open(shutil.copytree(empty_workspace, tmp_path / "shelf"))
    yield workspace
    workspace.close()


@pytest.fixture
def put(shelf: Workspace, tmp_path: Path) -> Put:
    """``put(books)`` imports the records of some books; a name tells a later export from an earlier one."""

    def put_books(books: Books, name: str = "made_up") -> None:
        fill(shelf, books, tmp_path, name)

    return put_books


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the ledger."""
    made = Clock()

    class Moved(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # noqa: ARG003
            return made.now

    for module in ("recon_app.store.chain", "recon_app.services.counts"):
        monkeypatch.setattr(f"{module}.datetime", Moved)
    return made


@pytest.fixture
def warehouse(shelf: Workspace, tmp_path: Path, clock: Clock) -> Warehouse:
    """Its exports go into the workspace."""
    return Warehouse(shelf, tmp_path)
