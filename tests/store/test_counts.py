"""Counts in the ledger: scans that a kill does not lose, and the ledger of the version before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations

from recon_app.models.problem import UsageError
from recon_app.services import audit
from recon_app.store import counts, migrate, schema
from recon_app.store.database import connect, open_engine, writing
from recon_app.store.workspace import LEDGER, Workspace

NUMBER = "RC-261123-K7QM"
LINE = counts.Line(1, "", "LAMP", "", "40LAMP", "Lamp", "WH/Stock", "", "", "", "Units", 50_000_000)
SCANNING = """
import sys, time
from recon_app.store import counts
from recon_app.store.workspace import Workspace
ws = Workspace.open(sys.argv[1])
while True:
    entry = counts.add_entry(ws, sys.argv[2], 1, counts.ADD, 1_000_000, "LAMP", "Mia")
    print(entry.id, flush=True)
"""


def made(ws: Workspace) -> None:
    at = "2026-11-23T09:00:00Z"
    count = counts.Count(NUMBER, "Aisle 1", counts.OPEN, at, "Eva", at, 1_795_424_400, {"due": 0})
    counts.add_count(ws, count, [LINE])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_scan_that_was_told_survives_a_kill(tmp_path: Path) -> None:
    with closing(Workspace.open(tmp_path / "ws")) as ws:
        made(ws)
    arguments = [sys.executable, "-c", SCANNING, str(tmp_path / "ws"), NUMBER]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, cwd=root) as scanner:
        assert scanner.stdout is not None
        told = [int(scanner.stdout.readline()) for _ in range(5)]
        os.kill(scanner.pid, signal.SIGKILL)
    with closing(Workspace.open(tmp_path / "ws")) as ws:
        kept = [entry.id for entry in counts.entries_of(ws, NUMBER)]
    assert kept[: len(told)] == told
    assert not audit.verify(tmp_path / "ws").faults


def test_what_is_over_takes_no_more_scans(ws: Workspace) -> None:
    made(ws)
    assert counts.find_count(ws, NUMBER).title == "Aisle 1"
    assert counts.lines_of(ws, NUMBER) == [LINE]
    counts.add_entry(ws, NUMBER, 1, counts.ADD, 1_000_000, "LAMP", "Mia")
    counts.set_state(ws, NUMBER, counts.CLOSED, "Mia", {}, counts.OPEN)
    with pytest.raises(UsageError, match="is closed; it must be open or recount"):
        counts.add_entry(ws, NUMBER, 1, counts.ADD, 1_000_000, "LAMP", "Mia")
    with pytest.raises(UsageError, match="is closed"):
        counts.undo_entry(ws, NUMBER, "Mia")
    with pytest.raises(UsageError, match="there is no count"):
        counts.find_count(ws, "RC-1")


def test_a_scan_of_a_closed_count_is_not_taken_back_in_the_second_of_its_recount(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recon_app.store.events.now", lambda: "2026-11-23T10:00:00Z")
    made(ws)
    counts.add_entry(ws, NUMBER, 1, counts.ADD, 1_000_000, "LAMP", "Mia")
    counts.set_state(ws, NUMBER, counts.CLOSED, "Mia", {}, counts.OPEN)
    counts.set_state(ws, NUMBER, counts.RECOUNT, "Eva", {}, counts.CLOSED)
    assert counts.undo_entry(ws, NUMBER, "Mia") is None
    again = counts.add_entry(ws, NUMBER, 1, counts.ADD, 2_000_000, "LAMP", "Mia")
    undone = counts.undo_entry(ws, NUMBER, "Mia")
    assert undone is not None
    assert undone.id == again.id
    ws.close()
    assert not audit.verify(ws.folder).faults


def test_a_ledger_of_the_version_before_gets_the_tables(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    engine = open_engine(folder / LEDGER)
    with writing(engine) as ledger:
        for step in migrate.steps()[:2]:
            step.upgrade(Operations(MigrationContext.configure(ledger)))
        ledger.exec_driver_sql(f"PRAGMA application_id={schema.LEDGER_ID}")
        ledger.exec_driver_sql("PRAGMA user_version=2")
    engine.dispose()
    with closing(Workspace.open(folder)) as ws:
        made(ws)
        assert counts.lines_of(ws, NUMBER) == [LINE]
    assert not audit.verify(folder).faults


def test_a_quantity_that_another_program_changed_shows(tmp_path: Path) -> None:
    folder = tmp_path / "ws"
    with closing(Workspace.open(folder)) as ws:
        made(ws)
        counts.add_entry(ws, NUMBER, 1, counts.ADD, 1_000_000, "LAMP", "Mia")
        counts.set_state(ws, NUMBER, counts.CLOSED, "Mia", {}, counts.OPEN)
    assert not audit.verify(folder).faults
    with closing(connect(folder / LEDGER)) as connection:
        connection.execute("UPDATE count_entry SET quantity = 2000000")
    (fault,) = audit.verify(folder).faults
    assert f"the scans of the count {NUMBER!r} are not what the audit trail says" in fault


def test_a_recount_takes_back_nothing_of_the_count_before(ws: Workspace) -> None:
    made(ws)
    first = counts.add_entry(ws, NUMBER, 1, counts.ADD, 1_000_000, "LAMP", "Mia")
    with writing(ws.ledger) as ledger:
        ledger.exec_driver_sql("UPDATE count_entry SET at = '2026-11-22T09:00:00Z'")
    counts.set_state(ws, NUMBER, counts.CLOSED, "Mia", {}, counts.OPEN)
    counts.set_state(ws, NUMBER, counts.RECOUNT, "Eva", {}, counts.CLOSED)
    assert counts.undo_entry(ws, NUMBER, "Mia") is None
    second = counts.add_entry(ws, NUMBER, 1, counts.ADD, 1_000_000, "LAMP", "Mia")
    taken = counts.undo_entry(ws, NUMBER, "Mia")
    assert taken is not None
    assert (taken.id, first.id) == (second.id, 1)
