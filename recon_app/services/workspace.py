"""Open a workspace so that all its files are readable, wherever an earlier session stopped."""

from __future__ import annotations

from pathlib import Path

from recon_app.models.changes import Changes
from recon_app.services.import_files import Progress, quiet, restore
from recon_app.services.pull_folder import clear_dead_pulls
from recon_app.store import imports
from recon_app.store.settle import settle
from recon_app.store.workspace import Workspace


def default_folder() -> Path:
    """Where the workspace lies when nobody says otherwise."""
    import platformdirs

    return platformdirs.user_data_path("recon-desk", appauthor=False)


def open_workspace(
    address: str | Path | None = None, *, create: bool = True, progress: Progress = quiet
) -> Workspace:
    """Open a workspace, settle what a crash left, and read files again that the cache has lost.

    Args:
        address: A folder; None for the default one.
        create: Whether an empty or absent folder becomes a new workspace.
        progress: Told of the files that are read again.

    Raises:
        WorkspaceError: it cannot be used.
    """
    ws = Workspace.open(default_folder() if address is None else address, create=create)
    try:
        settle(ws)
        clear_dead_pulls(ws)
        restore(ws, progress)
    except BaseException:
        ws.close()
        raise
    return ws


def remove_file(ws: Workspace, import_id: int, *, who: str = "", progress: Progress = quiet) -> Changes:
    """Take an imported file out again, with all that sources read from it, and read their other files anew.

    Raises:
        UsageError: there is no such import.
    """
    sha256 = next((file.sha256 for file in imports.list_imports(ws) if file.id == import_id), "")
    same = [file.id for file in imports.find_imports(ws, sha256)]
    imports.remove_imports(ws, same or [import_id], who=who)
    restore(ws, progress)
    return Changes(files=True, runs=True)
