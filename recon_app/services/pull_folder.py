"""A folder of the workspace for files on their way from Odoo; a killed program leaves it to the next one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import mkdtemp

from recon_app.store.database import connect, writing
from recon_app.store.staging import is_alive
from recon_app.store.workspace import Workspace

_PREFIX, _LOCK = "pull-", "lock.sqlite"


@contextmanager
def pull_folder(ws: Workspace) -> Iterator[Path]:
    """A folder that only this pull uses, removed at its end."""
    with writing(ws.ledger):  # nobody else clears up before the new folder is locked
        _clear(ws)
        folder = Path(mkdtemp(prefix=_PREFIX, dir=ws.folder))
        lock = connect(folder / _LOCK)
        lock.execute("BEGIN EXCLUSIVE")
    try:
        with closing(lock):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_dead_pulls(ws: Workspace) -> None:
    """Remove what killed programs left."""
    if any(ws.folder.glob(f"{_PREFIX}*")):
        with writing(ws.ledger):
            _clear(ws)


def _clear(ws: Workspace) -> None:
    for folder in ws.folder.glob(f"{_PREFIX}*"):
        if not is_alive(folder / _LOCK):
            shutil.rmtree(folder, ignore_errors=True)
