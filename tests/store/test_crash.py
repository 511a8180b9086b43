"""Kills and file handling, in processes of their own."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from recon_app.store.backup import damage
from recon_app.store.imports import list_imports
from recon_app.store.originals import original
from recon_app.store.records import read_columns
from recon_app.store.settings import get_setting
from recon_app.store.settle import settle
from recon_app.store.workspace import CACHE, LEDGER, Workspace

KILLS = 20
ROWS = 20_000
#: Forks one importing process per workspace and kills each at another moment of its work. The last one kills
#: itself in the middle: which moments the others meet depends on how busy the computer is.
KILLER = """
import os, signal, sys, time
from pathlib import Path
import numpy as np
from recon_app.models.record import RecordType
from recon_app.store.identity import row_hashes
from recon_app.store.imports import Findings, Format, importing
from recon_app.store.originals import original
from recon_app.store.settings import set_setting
from recon_app.store.workspace import Workspace

folder, sha256, rows = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
batch = {"row": np.arange(rows), "ident": [str(number) for number in range(rows)]}
row_hashes(batch, ("ident",), "tiny")  # loads pandas before the clock starts
form = Format("tiny", RecordType.PAYMENT_LINE, ("ident",))

def work(workspace, last):
    ws = Workspace.open(workspace)
    set_setting(ws, "decided", True)
    with importing(ws, folder / "some.csv", sha256, form, {}) as current:
        for first in range(0, rows, 2000):
            current.staging.add({name: column[first : first + 2000] for name, column in batch.items()})
            if first > rows // 2 and workspace == last:
                os.kill(os.getpid(), signal.SIGKILL)
        current.publish(Findings())
    ws.close()

def run(workspace, seconds):
    child = os.fork()
    if child == 0:
        work(workspace, last)
        os._exit(0)
    started = time.monotonic()
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return time.monotonic() - started

first, *others, last = sorted(folder.glob("workspace*"))
whole = run(first, None)
for number, workspace in enumerate(others):
    run(workspace, whole * (number + 0.5) / len(others))
run(last, None)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_a_kill_leaves_all_or_nothing(tmp_path: Path, empty_folder: Path) -> None:
    """Goal P3: whatever the moment, the workspace opens and an import is whole or not there."""
    (tmp_path / "some.csv").write_text("some")
    sha256 = hashlib.sha256(b"some").hexdigest()
    for number in range(KILLS + 2):
        shutil.copytree(empty_folder, tmp_path / f"workspace{number:02}")
    subprocess.run([sys.executable, "-c", KILLER, str(tmp_path), sha256, str(ROWS)], check=True)
    seen = set()
    for folder in sorted(tmp_path.glob("workspace*")):
        with closing(Workspace.open(folder)) as ws:
            settle(ws)
            imports = [entry.id for entry in list_imports(ws)]
            found = read_columns(ws, imports, ["ident"])["ident"].tolist()
            assert found == ([str(number) for number in range(ROWS)] if imports else [])
            with ws.cache.connect() as connection:
                assert connection.exec_driver_sql("SELECT count(*) FROM record").scalar() == len(found)
            assert original(ws, sha256).exists() == bool(imports)
            assert list(folder.glob("staging-*")) == []
            seen.add((get_setting(ws, "decided"), bool(imports)))
        assert damage(folder / LEDGER) == damage(folder / CACHE) == ""
    assert {(True, True), (True, False)} <= seen  # the first, which was not killed, and the last


#: Works with a workspace and prints every database file that Python itself opened.
WATCHED = """
import sys
opened = []
sys.addaudithook(lambda event, given: opened.append(given[0]) if event == "open" else None)
from contextlib import closing
from pathlib import Path
import numpy as np
from recon_app.models.record import RecordType
from recon_app.store.backup import back_up
from recon_app.store.imports import Findings, Format, importing, list_imports, remove_imports
from recon_app.store.records import fetch_records, read_columns
from recon_app.store.settings import set_setting
from recon_app.store.settle import settle
from recon_app.store.workspace import LEDGER, Workspace

folder, file, sha256 = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
for _ in range(2):
    with closing(Workspace.open(folder)) as ws, closing(Workspace.open(folder)) as second:
        settle(second)
        set_setting(ws, "a", 1)
        with importing(ws, file, sha256, Format("tiny", RecordType.ORDER, ("ident",)), {}) as current:
            settle(second)
            current.staging.add({"row": np.arange(3), "ident": ["1", "2", "3"]})
            current.publish(Findings())
        (entry,) = list_imports(second)
        read_columns(ws, [entry.id], ["ident"])
        fetch_records(ws, [1])
        back_up(folder / LEDGER, ws.backups)
        remove_imports(ws, [entry.id])
assert any(str(path) == str(file) for path in opened)  # the hook works
print([path for path in map(str, opened) if ".sqlite" in path])
"""


def test_databases_are_opened_through_sqlite_only(tmp_path: Path) -> None:
    """Goal P12: opening and closing a database file any other way drops SQLite's locks."""
    file = tmp_path / "some.csv"
    file.write_bytes(b"some")
    sha256 = hashlib.sha256(b"some").hexdigest()
    command = [sys.executable, "-c", WATCHED, str(tmp_path / "ws"), str(file), sha256]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
