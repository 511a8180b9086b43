"""The ledger of the first version, upgraded to one in which several sources may read a file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations

from recon_app.models.record import RecordType
from recon_app.store import migrate, schema
from recon_app.store.backup import damage
from recon_app.store.database import connect, open_engine, writing
from recon_app.store.format import Format
from recon_app.store.imports import Findings, importing, list_imports, remove_imports
from recon_app.store.workspace import LEDGER, Workspace

_VALUES = "'orders', 'order', '2026-11-01T00:00:00Z', 'imported', 3, 2, 1, 0, 1, 9, '{}', '[]', '[]', '[]'"
SECOND = Format("lines", RecordType.ORDER, ("ident",))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A workspace of version 1 with one import; another one, number 7, was removed."""
    folder = tmp_path / "old"
    folder.mkdir()
    engine = open_engine(folder / LEDGER)
    with writing(engine) as ledger:
        migrate.steps()[0].upgrade(Operations(MigrationContext.configure(ledger)))
        for number in (3, 7):
            ledger.exec_driver_sql(
                f"INSERT INTO import_file VALUES ({number}, '{number:064}', 'a.csv', {_VALUES})"  # noqa: S608
            )
        ledger.exec_driver_sql("DELETE FROM import_file WHERE id = 7")
        ledger.exec_driver_sql(f"PRAGMA application_id={schema.LEDGER_ID}")
        ledger.exec_driver_sql("PRAGMA user_version=1")
    engine.dispose()
    return folder


def test_imports_stay_and_a_second_source_may_read_the_file(old: Path) -> None:
    with closing(Workspace.open(old)) as ws:
        (entry,) = list_imports(ws)
        assert (entry.id, entry.file, entry.source, entry.counts.rows, entry.period) == (
            3,
            "a.csv",
            "orders",
            3,
            (1, 9),
        )
        path = old.parent / "a.csv"
        path.write_text("x")
        with importing(ws, path, entry.sha256, SECOND, {}) as current:
            assert current.id == 8  # the id of a removed import is never used again
        assert list_imports(ws) == [entry]


def test_the_old_ledger_is_backed_up(old: Path) -> None:
    with closing(Workspace.open(old)) as ws:
        (copy,) = ws.backups.iterdir()
    assert damage(copy) == ""
    with closing(connect(copy, read_only=True)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == 1
        assert connection.execute("SELECT id FROM import_file").fetchall() == [(3,)]


def test_a_ledger_without_imports_keeps_its_counter(old: Path) -> None:
    with closing(connect(old / LEDGER)) as connection:
        connection.execute("DELETE FROM import_file")
    with closing(Workspace.open(old)) as ws:
        assert list_imports(ws) == []
        with ws.ledger.connect() as connection:
            names = connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence").all()
    assert ("import_file", 7) in names


def test_the_original_goes_with_the_last_import(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x")
    sha256 = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    for form in (Format("orders", RecordType.ORDER, ("ident",)), SECOND):
        with importing(ws, path, sha256, form, {}) as current:
            current.publish(Findings())
    first, second = list_imports(ws)
    remove_imports(ws, [first.id])
    assert len(list(ws.originals.iterdir())) == 1
    remove_imports(ws, [second.id])
    assert not list(ws.originals.iterdir())
