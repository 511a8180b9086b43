"""An empty workspace, and made-up books in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recon_app.store.workspace import Workspace
from tests.reconciliations.books import Books
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
