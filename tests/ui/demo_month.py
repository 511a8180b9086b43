"""The demo month in a workspace, compared once for all tests of a module."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from recon_app.services.demo import FOLDER
from recon_app.services.import_files import import_paths
from recon_app.services.run import keep_answer, run
from recon_app.store.workspace import Workspace


def demo_month(folder: Path, names: Sequence[str]) -> Workspace:
    """Import the demo month, give its answers, and run some comparisons."""
    workspace = Workspace.open(folder)
    given = json.loads((FOLDER / "planted.json").read_text(encoding="utf-8"))["given"]
    list(import_paths(workspace, [FOLDER / "2026-10"], options=given["options"]))
    for name, value in given["answers"].items():
        keep_answer(workspace, name, value)
    for name in names:
        run(workspace, name)
    return workspace
