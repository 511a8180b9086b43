"""Every change that another program makes to a ledger is found when it is opened, also with new hashes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from recon_app.models.problem import WorkspaceError
from recon_app.store import audit, events, schema
from recon_app.store.backup import back_up, back_up_daily, backups, check_backup, put_back, superfluous
from recon_app.store.chain import START, hashed
from recon_app.store.database import connect, writing
from recon_app.store.settings import get_setting, set_setting
from recon_app.store.workspace import BACKUPS, CACHE, LEDGER, Workspace

PAGE = 4096


@pytest.fixture
def used(ws: Workspace) -> Workspace:
    """A closed workspace with settings, a decision, a correction and 12 entries in its trail."""
    for number in range(8):
        set_setting(ws, f"limit.{number}", f"{number}00.00", who="Ann")
    with writing(ws.ledger) as connection:
        value = {"reason": "small", "kind": "amount", "cause": "", "delta": -5, "corrections": 0}
        row = {"case_id": "settlements-1", "verb": "accept", "value": value, "at": events.now(), "who": "Ann"}
        connection.execute(insert(schema.decision).values(row))
        events.append(connection, who="Ann", what="accept", on_id="settlements-1", data=value)
        made: dict[str, Any] = {
            "id": "c1",
            "action": "book",
            "case_ids": ["settlements-2"],
            "created_at": events.now(),
        }
        made |= {"state": "posted", "payload": {"amount": 12}, "changed_at": events.now()}
        connection.execute(insert(schema.correction).values(made))
        events.append(connection, who="Ann", what="propose", on_id="c1", data=made["payload"])
        events.append(connection, who="Ann", what="posted", on_id="c1", data={})
    set_setting(ws, "limit.0", "1.00", who="Ann")
    ws.close()
    return ws


def refusal(ws: Workspace) -> tuple[str, str]:
    """Code and text of the error that opening gives; the ledger stays as it is."""
    before = (ws.folder / LEDGER).read_bytes()
    with pytest.raises(WorkspaceError) as caught:
        Workspace.open(ws.folder)
    assert (ws.folder / LEDGER).read_bytes() == before
    return caught.value.code, str(caught.value)


def change(ws: Workspace, *statements: str, compute: bool = False) -> None:
    """Change the ledger as somebody with an SQLite shell would."""
    with closing(sqlite3.connect(ws.folder / LEDGER)) as connection, connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        if compute:
            compute_anew(connection)
        for _, sql in triggers:
            connection.execute(sql)
    with closing(sqlite3.connect(ws.folder / LEDGER)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def compute_anew(connection: sqlite3.Connection) -> None:
    previous = START
    rows = connection.execute("SELECT id, at, who, what, on_id, data FROM event ORDER BY id").fetchall()
    for number, *values in rows:
        digest = hashed(previous, *values)
        both = (previous, digest, number)
        connection.execute("UPDATE event SET previous_hash = ?, hash = ? WHERE id = ?", both)
        previous = digest


def test_an_unchanged_ledger_opens(used: Workspace) -> None:
    with closing(Workspace.open(used.folder)) as again:
        assert get_setting(again, "limit.0") == "1.00"


EDIT = "UPDATE event SET data = replace(data, '300.00', '999.00') WHERE id = 4"


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        ([EDIT], "entry 4 of the audit trail"),
        (["UPDATE event SET who = 'Eve' WHERE id = 12"], "entry 12"),
        (["DELETE FROM event WHERE id = 5"], "entry 6"),
        (["DELETE FROM event WHERE id > 9", "DELETE FROM decision"], "ends with entry 9, and entry 12 was"),
        (["DELETE FROM event"], "ends with entry 0"),
        (["UPDATE decision SET value = replace(value, '-5', '-500')"], "decision 1 is not"),
        (["UPDATE decision SET who = 'Eve'"], "decision 1 is not"),
        (["UPDATE decision SET undone_by = 1"], "decision 1 is not"),
        (["DELETE FROM decision"], "a decision about settlements-1 is missing"),
        (["UPDATE setting SET value = '\"9\"' WHERE key = 'limit.1'"], "setting 'limit.1' is not"),
        (["DELETE FROM setting WHERE key = 'limit.1'"], "setting 'limit.1' is not"),
        (["INSERT INTO setting VALUES ('new', '1', 'x', NULL)"], "setting 'new' is not"),
        (["UPDATE correction SET state = 'verified'"], "state of the correction 'c1' is not"),
        (["UPDATE correction SET payload = '{\"amount\":13}'"], "proposal 'c1' is not"),
        (["DELETE FROM correction"], "'c1' is not"),
        (["CREATE TRIGGER t AFTER INSERT ON decision BEGIN DELETE FROM setting; END"], "has the trigger 't'"),
        (["CREATE VIEW v AS SELECT 1"], "has the view 'v'"),
        (["CREATE TABLE t (x)"], "has the table 't'"),
        (["DROP INDEX ix_decision_case_id"], "lacks the index"),
    ],
)
def test_a_change_is_found(used: Workspace, statements: list[str], words: str) -> None:
    change(used, *statements)
    code, text = refusal(used)
    assert code == "E_DB_TAMPERED"
    assert words in text
    assert "recon-app backup --restore" in text


def test_a_chain_computed_anew_is_found_by_what_was_noted_outside(used: Workspace) -> None:
    fits = "UPDATE setting SET value = replace(value, '300.00', '999.00')"
    change(used, EDIT, fits, compute=True)
    assert refusal(used)[0] == "E_DB_TAMPERED"
    assert "entry 12 of the audit trail is another one than was noted" in refusal(used)[1]


def test_triggers_taken_away_or_changed_are_found(used: Workspace) -> None:
    with closing(connect(used.folder / LEDGER)) as connection:
        connection.execute("DROP TRIGGER event_no_delete")
        connection.execute("PRAGMA journal_mode=DELETE")
    assert "lacks the trigger 'event_no_delete'" in refusal(used)[1]
    with closing(connect(used.folder / LEDGER)) as connection:
        connection.execute("CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT 1; END")
        connection.execute("PRAGMA journal_mode=DELETE")
    assert "trigger 'event_no_delete' was changed" in refusal(used)[1]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda content: content[: PAGE * 3 // 2], "E_DB_CORRUPT"),
        (lambda content: content[:0], "E_DB_FOREIGN"),
        (lambda content: b"hello\n" * (len(content) // 6), "E_DB_FOREIGN"),
    ],
)
def test_a_damaged_ledger_is_refused(used: Workspace, spoil: Callable[[bytes], bytes], code: str) -> None:
    path = used.folder / LEDGER
    path.write_bytes(spoil(path.read_bytes()))
    assert refusal(used)[0] == code


@pytest.mark.parametrize("table", [*schema.ledger.tables, "ix_decision_case_id"])
def test_a_page_of_zeros_is_found(used: Workspace, table: str) -> None:
    path = used.folder / LEDGER
    with closing(connect(path, read_only=True)) as connection:
        place = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        page = connection.execute(place, (table,)).fetchone()[0]
    content = path.read_bytes()
    path.write_bytes(content[: (page - 1) * PAGE] + bytes(PAGE) + content[page * PAGE :])
    assert refusal(used)[0] == "E_DB_CORRUPT"


@pytest.mark.parametrize(
    ("pragma", "code"),
    [("application_id=305419896", "E_DB_FOREIGN"), ("user_version=999", "E_DB_NEWER")],
)
def test_another_ledger_is_refused(used: Workspace, pragma: str, code: str) -> None:
    change(used, f"PRAGMA {pragma}")
    assert refusal(used)[0] == code


def test_a_lost_ledger_is_not_made_anew(used: Workspace) -> None:
    (used.folder / LEDGER).unlink()
    with pytest.raises(WorkspaceError, match="has lost its ledger"):
        Workspace.open(used.folder)
    assert not (used.folder / LEDGER).exists()


def test_a_half_written_note_is_left_out(used: Workspace) -> None:
    with (used.folder / audit.ANCHORS).open("a") as stream:
        stream.write('{"event": 99, "ha')
    Workspace.open(used.folder).close()
    assert [anchor.event for anchor in audit.read_anchors(used.folder)] == [12]
    with closing(Workspace.open(used.folder)) as ws:
        set_setting(ws, "later", 1)
    assert [anchor.event for anchor in audit.read_anchors(used.folder)] == [12, 13]


def test_a_note_is_made_once(used: Workspace) -> None:
    Workspace.open(used.folder).close()
    Workspace.open(used.folder).close()
    assert len((used.folder / audit.ANCHORS).read_text().splitlines()) == 1


def test_a_backup_put_back_opens_and_says_so(used: Workspace) -> None:
    kept = back_up(used.folder / LEDGER, used.folder / BACKUPS)
    with closing(Workspace.open(used.folder)) as ws:
        set_setting(ws, "later", 1)
    check_backup(kept)
    replaced = put_back(kept, used.folder / LEDGER, used.folder / BACKUPS)
    with closing(Workspace.open(used.folder)) as ws:
        assert get_setting(ws, "later") is None
        assert get_setting(ws, "limit.0") == "1.00"
    assert replaced is not None
    check_backup(replaced)
    last = audit.read_anchors(used.folder)
    assert [(anchor.event, anchor.restored) for anchor in last] == [(12, True)]


def test_a_damaged_ledger_is_replaced(used: Workspace) -> None:
    kept = back_up(used.folder / LEDGER, used.folder / BACKUPS)
    (used.folder / LEDGER).write_bytes(b"hello\n" * 1000)
    put_back(kept, used.folder / LEDGER, used.folder / BACKUPS)
    Workspace.open(used.folder).close()


def test_an_open_ledger_is_not_replaced(used: Workspace) -> None:
    kept = back_up(used.folder / LEDGER, used.folder / BACKUPS)
    with closing(Workspace.open(used.folder)) as ws, ws.ledger.connect():
        with pytest.raises(WorkspaceError, match="close all windows"):
            put_back(kept, used.folder / LEDGER, used.folder / BACKUPS)
        assert get_setting(ws, "limit.0") == "1.00"


@pytest.mark.parametrize("content", [b"hello\n" * 1000, b""])
def test_what_is_no_backup_is_refused(used: Workspace, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "backup.sqlite"
    path.write_bytes(content)
    with pytest.raises(WorkspaceError) as caught:
        check_backup(path)
    assert caught.value.code == "E_DB_FOREIGN"


def test_a_changed_backup_is_refused(used: Workspace) -> None:
    kept = back_up(used.folder / LEDGER, used.folder / BACKUPS)
    with closing(sqlite3.connect(kept)) as connection, connection:
        connection.execute("DROP TRIGGER event_no_update")
        connection.execute(EDIT)
    with pytest.raises(WorkspaceError) as caught:
        check_backup(kept)
    assert caught.value.code == "E_DB_CORRUPT"


def test_there_is_one_backup_a_day_of_a_changed_ledger(used: Workspace) -> None:
    folder = used.folder / BACKUPS
    Workspace.open(used.folder).close()
    (first,) = backups(folder)
    check_backup(first)
    first = first.rename(folder / "ledger-20200101T000000000000Z.sqlite")
    assert back_up_daily(used.folder / LEDGER, folder) is None  # nothing changed since
    with closing(Workspace.open(used.folder)) as ws:
        set_setting(ws, "later", 1)
    assert back_up_daily(used.folder / LEDGER, folder) is not None
    assert back_up_daily(used.folder / LEDGER, folder) is None
    assert len(backups(folder)) == 2


def test_an_empty_ledger_needs_no_backup(ws: Workspace) -> None:
    assert backups(ws.backups) == []
    assert not (ws.folder / audit.ANCHORS).exists()


def test_backups_are_thinned_out() -> None:
    today = date(2026, 11, 23)
    days = [today - timedelta(days) for days in range(400, -1, -1)]
    made = [Path(f"ledger-{day:%Y%m%d}T0{hour}0000000000Z.sqlite") for day in days for hour in (1, 2)]
    kept = sorted(set(made) - set(superfluous(made, today)))
    assert len([path for path in kept if path.name >= "ledger-20261121"]) == 6
    by_day = {path.name[7:15] for path in kept}
    assert {f"{today - timedelta(days):%Y%m%d}" for days in range(12)} <= by_day
    assert len(by_day) in range(12 + 10 + 9 - 8, 12 + 10 + 9 + 1)
    assert min(by_day) == "20260331"
    assert superfluous(kept, today) == []


def test_a_foreign_cache_is_refused(used: Workspace) -> None:
    with closing(sqlite3.connect(used.folder / CACHE)) as connection, connection:
        connection.execute("PRAGMA application_id=7")
    with pytest.raises(WorkspaceError) as caught:
        Workspace.open(used.folder)
    assert caught.value.code == "E_DB_FOREIGN"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON record BEGIN UPDATE record SET amount = 0 WHERE id = new.id; END",
        "CREATE VIEW v AS SELECT 1",
    ],
)
def test_a_changed_cache_is_made_anew(used: Workspace, statement: str) -> None:
    with closing(sqlite3.connect(used.folder / CACHE)) as changed, changed:
        changed.execute(statement)
    with closing(Workspace.open(used.folder)) as ws, ws.cache.connect() as connection:
        odd = connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema WHERE name IN ('t', 'v')")
        assert odd.scalar() == 0


def test_a_cache_that_a_crash_damaged_is_made_anew(
    used: Workspace, put: Callable[..., object], new_workspace: Callable[[], Workspace]
) -> None:
    ws = new_workspace()
    put(ws, "a", [{"ident": str(number), "text": "x" * 500} for number in range(200)])
    ws.close()
    path = ws.folder / CACHE
    content = path.read_bytes()
    path.write_bytes(content[: 10 * PAGE] + bytes(10 * PAGE) + content[20 * PAGE :])
    path.with_name(f"{CACHE}-wal").touch()
    with closing(Workspace.open(ws.folder)) as again, again.cache.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA quick_check").scalar() == "ok"


def test_the_trail_holds_what_was_decided(used: Workspace) -> None:
    with closing(Workspace.open(used.folder)) as ws:
        (entry,) = [entry for entry in events.list_events(ws) if entry.what == "accept"]
    assert json.loads(json.dumps(entry.data))["delta"] == -5
