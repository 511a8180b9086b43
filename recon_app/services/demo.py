"""Fill a workspace with the demo shop: import its month, answer what its files cannot tell, compare."""

from __future__ import annotations

import json
from pathlib import Path

from recon_app import registry
from recon_app.services.import_files import Progress, import_paths, quiet
from recon_app.services.run import keep_answer, run
from recon_app.store.workspace import Workspace

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "demo"


def fill(ws: Workspace, progress: Progress = quiet) -> None:
    """Import and compare the demo month.

    Args:
        ws: An empty workspace.
        progress: Told of each step; raises Cancelled to stop.
    """
    given = json.loads((FOLDER / "planted.json").read_text(encoding="utf-8"))["given"]
    months = sorted(folder for folder in FOLDER.iterdir() if folder.name[:2] == "20")
    for _ in import_paths(ws, months, options=given["options"], progress=progress):
        pass  # each file is stored when its report comes
    for name, value in given["answers"].items():
        keep_answer(ws, name, value)
    for name in sorted(registry.reconciliations()):
        run(ws, name, progress=progress)
