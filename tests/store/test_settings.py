"""Settings and the audit trail behind them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from sqlalchemy.exc import DBAPIError, StatementError

from recon_app.store import events
from recon_app.store.database import writing
from recon_app.store.settings import change_setting, get_setting, set_setting, settings_under
from recon_app.store.workspace import Workspace


def test_a_setting_is_kept(ws: Workspace) -> None:
    assert get_setting(ws, "a") is None
    assert get_setting(ws, "a", 5) == 5
    set_setting(ws, "a", {"x": [1, "é", None]}, who="Ann", reason="asked")
    set_setting(ws, "a.b", 7)
    assert get_setting(ws, "a") == {"x": [1, "é", None]}
    assert settings_under(ws, "a.") == {"a.b": 7}
    assert settings_under(ws, "") == {"a": {"x": [1, "é", None]}, "a.b": 7}


def test_each_change_is_in_the_audit_trail(ws: Workspace) -> None:
    set_setting(ws, "a", 1, who="Ann", reason="first")
    set_setting(ws, "a", 2, who="Bob")
    first, second = events.list_events(ws, "a")
    assert (first.who, first.what) == ("Ann", "setting")
    assert first.data == {"before": None, "after": 1, "reason": "first"}
    assert second.data == {"before": 1, "after": 2, "reason": None}
    assert events.verify(ws) is None


def test_a_change_that_fails_leaves_nothing(ws: Workspace) -> None:
    with pytest.raises(StatementError, match="not JSON compliant"):
        change_setting(ws, "a", lambda _: float("nan"))
    assert get_setting(ws, "a") is None
    assert events.list_events(ws) == []


ADD_ONE = """
import sys
from recon_app.store.settings import change_setting
from recon_app.store.workspace import Workspace
ws = Workspace.open(sys.argv[1])
print("ready", flush=True)
sys.stdin.read()
for number in range(25):  # whoever waits for all of the other's gives up on no disk
    change_setting(ws, "counter", lambda value: value + 1, default=0)
ws.close()
"""


def test_two_processes_lose_no_change(ws: Workspace) -> None:
    """Goal P5: read, change and write is one transaction, and a writer waits for the other."""
    command = [sys.executable, "-c", ADD_ONE, str(ws.folder)]
    begin, hold = os.pipe()
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(command, stdin=begin, stdout=pipe, text=True) as one,
        subprocess.Popen(command, stdin=begin, stdout=pipe, text=True) as other,
    ):
        os.close(begin)
        assert [each.stdout.readline() for each in (one, other) if each.stdout] == ["ready\n"] * 2
        os.close(hold)
    assert [one.returncode, other.returncode] == [0, 0]
    assert get_setting(ws, "counter") == 50
    assert len(events.list_events(ws, "counter")) == 50
    assert events.verify(ws) is None


@pytest.mark.parametrize("statement", ["UPDATE event SET who = 'Eve'", "DELETE FROM event"])
def test_the_audit_trail_refuses_changes(ws: Workspace, statement: str) -> None:
    set_setting(ws, "a", 1)
    with pytest.raises(DBAPIError, match="only grows"), writing(ws.ledger) as connection:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET who = 'Eve' WHERE id = 2",
        "UPDATE event SET at = '2020-01-01T00:00:00Z' WHERE id = 2",
        "UPDATE event SET what = 'other' WHERE id = 2",
        "UPDATE event SET on_id = 'b' WHERE id = 2",
        "UPDATE event SET data = '{}' WHERE id = 2",
        "UPDATE event SET hash = previous_hash WHERE id = 2",
        "UPDATE event SET previous_hash = 'x' WHERE id = 2",
    ],
)
def test_a_changed_entry_is_found(ws: Workspace, statement: str) -> None:
    for value in range(3):
        set_setting(ws, "a", value)
    with writing(ws.ledger) as connection:
        connection.exec_driver_sql("DROP TRIGGER event_no_update")
        connection.exec_driver_sql(statement)
    assert events.verify(ws) == 2


def test_a_removed_entry_is_found(ws: Workspace) -> None:
    for value in range(3):
        set_setting(ws, "a", value)
    with writing(ws.ledger) as connection:
        connection.exec_driver_sql("DROP TRIGGER event_no_delete")
        connection.exec_driver_sql("DELETE FROM event WHERE id = 2")
    assert events.verify(ws) == 3
