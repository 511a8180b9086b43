"""Opening, refusing, migrating and protecting a workspace."""

from __future__ import annotations

import hashlib
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType
from unittest.mock import MagicMock

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Text
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2 as driver

from recon_app.models.problem import WorkspaceError
from recon_app.store import migrate, schema
from recon_app.store.backup import damage
from recon_app.store.database import check_driver, connect, writing
from recon_app.store.settings import set_setting
from recon_app.store.workspace import CACHE, LEDGER, Workspace, _use_wal


def pragma(ws: Workspace, file: str, name: str) -> object:
    with getattr(ws, file).connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def set_pragma(path: Path, **values: int) -> None:
    with closing(connect(path)) as connection:
        for name, value in values.items():
            connection.execute(f"PRAGMA {name}={value}")
        connection.execute("PRAGMA journal_mode=DELETE")


def test_settings_survive_a_power_cut(ws: Workspace) -> None:
    for file in ("ledger", "cache"):
        assert pragma(ws, file, "journal_mode") == "wal"
        assert pragma(ws, file, "foreign_keys") == 1
        assert pragma(ws, file, "trusted_schema") == 0
    full, normal = 2, 1
    assert pragma(ws, "ledger", "synchronous") == full
    assert pragma(ws, "cache", "synchronous") == normal


@pytest.mark.skipif(sys.platform == "win32", reason="rights are kept otherwise there")
def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    with closing(Workspace.open(tmp_path / "new")) as ws:
        assert stat.S_IMODE(ws.folder.stat().st_mode) == 0o700
        for path in ws.folder.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_an_old_sqlite_is_refused() -> None:
    check_driver()
    with pytest.raises(WorkspaceError, match=r"3\.51\.2 is too old"):
        check_driver((3, 51, 2))


@pytest.mark.parametrize("address", ["postgresql://host/db", "postgresql+psycopg://host/db"])
def test_postgresql_is_not_there_yet(address: str) -> None:
    with pytest.raises(WorkspaceError, match="not in this version"):
        Workspace.open(address)


def test_nothing_is_made_unless_wanted(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="is not a workspace"):
        Workspace.open(tmp_path / "absent", create=False)
    assert not (tmp_path / "absent").exists()


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(WorkspaceError, match="choose an empty folder"):
        Workspace.open(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("x")
    with pytest.raises(WorkspaceError, match="cannot be used"):
        Workspace.open(path)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"user_version": schema.LEDGER_VERSION + 1}, "newer version"),
        ({"application_id": 7}, "another program"),
    ],
)
def test_a_newer_or_foreign_ledger_is_refused_and_unchanged(
    ws: Workspace, values: dict[str, int], reason: str
) -> None:
    ws.close()
    path = ws.folder / LEDGER
    set_pragma(path, **values)
    before = sha256(path)
    with pytest.raises(WorkspaceError, match=reason):
        Workspace.open(ws.folder)
    assert sha256(path) == before
    assert list(ws.backups.iterdir()) == []


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / LEDGER
    with closing(connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    before = sha256(path)
    with pytest.raises(WorkspaceError, match="another program"):
        Workspace.open(tmp_path)
    assert sha256(path) == before


@pytest.mark.parametrize("junk", [b"not a database" * 100, b"SQLite format 3\0" + bytes(4080)])
def test_a_damaged_ledger_is_refused_and_unchanged(ws: Workspace, junk: bytes) -> None:
    ws.close()
    path = ws.folder / LEDGER
    path.write_bytes(junk)
    with pytest.raises(WorkspaceError, match="damaged"):
        Workspace.open(ws.folder)
    assert path.read_bytes() == junk


def test_a_ledger_that_was_never_filled_is_filled(tmp_path: Path) -> None:
    with closing(connect(tmp_path / LEDGER)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")  # killed right after this
    with closing(Workspace.open(tmp_path)) as ws:
        assert pragma(ws, "ledger", "user_version") == schema.LEDGER_VERSION


class AddColumn(ModuleType):
    """A step of a later program."""

    def upgrade(self, op: Operations) -> None:
        op.add_column("setting", Column("extra", Text))


class FailAfterwards(AddColumn):
    def upgrade(self, op: Operations) -> None:
        super().upgrade(op)
        raise ZeroDivisionError


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> Callable[[type[AddColumn]], None]:
    """``next_version(step)``: the program becomes one with a further migration."""

    def install(step: type[AddColumn]) -> None:
        steps = (*migrate.steps(), step("v_next"))
        monkeypatch.setattr(migrate, "steps", lambda: steps)
        monkeypatch.setattr(schema, "LEDGER_VERSION", len(steps))

    return install


NextVersion = Callable[[type[AddColumn]], None]


def ledger_state(path: Path) -> tuple[int, list[str], list[str]]:
    """Version, columns and keys of the settings."""
    with closing(connect(path, read_only=True)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(setting)")]
        keys = [row[0] for row in connection.execute("SELECT key FROM setting")]
        return connection.execute("PRAGMA user_version").fetchone()[0], columns, keys


OLD = ["key", "value", "changed_at", "reason"]
LATEST = schema.LEDGER_VERSION


def test_an_old_ledger_is_backed_up_and_upgraded(ws: Workspace, next_version: NextVersion) -> None:
    set_setting(ws, "a", 1)
    ws.close()
    next_version(AddColumn)
    Workspace.open(ws.folder).close()
    assert ledger_state(ws.folder / LEDGER) == (schema.LEDGER_VERSION, [*OLD, "extra"], ["a"])
    (copy,) = ws.backups.iterdir()
    assert damage(copy) == ""
    assert ledger_state(copy) == (LATEST, OLD, ["a"])
    Workspace.open(ws.folder).close()
    assert len(list(ws.backups.iterdir())) == 1


def test_an_upgrade_that_fails_leaves_the_old_version(ws: Workspace, next_version: NextVersion) -> None:
    set_setting(ws, "a", 1)
    ws.close()
    next_version(FailAfterwards)
    with pytest.raises(ZeroDivisionError):
        Workspace.open(ws.folder)
    assert ledger_state(ws.folder / LEDGER) == (LATEST, OLD, ["a"])


def test_a_damaged_backup_stops_the_upgrade(
    ws: Workspace, next_version: NextVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws.close()
    next_version(AddColumn)
    monkeypatch.setattr("recon_app.store.backup.damage", lambda _: "row 1 missing")
    with pytest.raises(WorkspaceError, match="nothing was changed"):
        Workspace.open(ws.folder)
    assert list(ws.backups.iterdir()) == []
    assert ledger_state(ws.folder / LEDGER)[0] == LATEST


def test_migrations_make_the_tables_of_the_schema(ws: Workspace) -> None:
    with ws.ledger.connect() as connection:
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, schema.ledger)
        texts = connection.exec_driver_sql("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").all()
    assert differences == []
    assert len(migrate.steps()) == schema.LEDGER_VERSION
    assert {name for name, _ in texts} >= set(schema.ledger.tables)
    assert all("STRICT" in sql for name, sql in texts if name in schema.ledger.tables)


def test_a_cache_of_another_version_is_emptied(ws: Workspace, put: Callable[..., object]) -> None:
    put(ws, "a", [{"ident": "1"}])
    ws.close()
    set_pragma(ws.folder / CACHE, user_version=schema.CACHE_VERSION + 1)
    with closing(Workspace.open(ws.folder)) as again, again.cache.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM record").scalar() == 0
        assert connection.exec_driver_sql("PRAGMA user_version").scalar() == schema.CACHE_VERSION


def test_a_damaged_or_missing_cache_is_made_anew(ws: Workspace) -> None:
    ws.close()
    (ws.folder / CACHE).write_bytes(b"junk" * 1000)
    Workspace.open(ws.folder).close()
    (ws.folder / CACHE).unlink()
    with closing(Workspace.open(ws.folder)) as again:
        assert pragma(again, "cache", "application_id") == schema.CACHE_ID


@pytest.mark.parametrize("value", ["12.34", "'12.34'", "'twelve'", "9.5e18"])
def test_money_columns_refuse_what_is_not_whole(ws: Workspace, value: str) -> None:
    insert = f"INSERT INTO record (amount, key, digest) VALUES ({value}, 1, 1)"  # noqa: S608
    with pytest.raises(DBAPIError, match="cannot store"), writing(ws.cache) as connection:
        connection.exec_driver_sql(insert)


def test_all_cache_tables_are_strict(ws: Workspace) -> None:
    with ws.cache.connect() as connection:
        texts = connection.exec_driver_sql("SELECT sql FROM sqlite_schema WHERE type = 'table'").scalars()
        assert [text for text in texts if "STRICT" not in text] == []


def test_foreign_keys_hold(ws: Workspace) -> None:
    insert = "INSERT INTO decision (case_id, verb, at, who, undone_by) VALUES ('c', 'v', 'x', 'w', 99)"
    with pytest.raises(DBAPIError, match="FOREIGN KEY"), writing(ws.ledger) as connection:
        connection.exec_driver_sql(insert)


def test_a_plain_connection_cannot_write(ws: Workspace) -> None:
    with ws.ledger.connect() as connection, pytest.raises(DBAPIError, match="readonly"):
        connection.exec_driver_sql("DELETE FROM setting")
    with writing(ws.ledger) as connection:
        connection.exec_driver_sql("DELETE FROM setting")
    with ws.ledger.connect() as connection, pytest.raises(DBAPIError, match="readonly"):
        connection.exec_driver_sql("DELETE FROM setting")


def test_a_failed_write_leaves_nothing(ws: Workspace) -> None:
    insert = "INSERT INTO setting (key, value, changed_at) VALUES ('a', '1', 'x')"

    def write_and_fail() -> None:
        with writing(ws.ledger) as connection:
            connection.exec_driver_sql(insert)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    with ws.ledger.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM setting").scalar() == 0


def test_a_folder_that_allows_no_wal_is_refused(tmp_path: Path) -> None:
    engine = MagicMock()
    engine.raw_connection().cursor().execute().fetchone.return_value = ("delete",)
    with pytest.raises(WorkspaceError, match="on this computer"):
        _use_wal(engine, tmp_path / LEDGER)


def test_the_driver_is_the_pinned_one(ws: Workspace) -> None:
    with ws.ledger.connect() as connection:
        assert connection.exec_driver_sql("SELECT sqlite_version()").scalar() == driver.sqlite_version
