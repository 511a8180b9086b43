"""The log of a database is taken in so that it can be broken off."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from recon_app.models.problem import Cancelled
from recon_app.store import database
from recon_app.store.database import clear_log, connect

_ROWS = 20_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database whose rows are in its log."""
    path = tmp_path / "some.sqlite"
    with closing(connect(path)) as connection:
        for setting in ("journal_mode=WAL", "wal_autocheckpoint=0"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("CREATE TABLE number (value TEXT)")
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO number SELECT hex(zeroblob(500)) FROM n",
            (_ROWS,),
        )
        copy = tmp_path / "copy"
        copy.mkdir()
        for part in ("some.sqlite", "some.sqlite-wal"):  # the last connection takes the log in by itself
            shutil.copy(tmp_path / part, copy / part)
    return copy / "some.sqlite"


def count(path: Path) -> int:
    with closing(connect(path)) as connection:
        found: int = connection.execute("SELECT count(*) FROM number").fetchone()[0]
    return found


def test_the_log_is_taken_into_the_database(path: Path, tmp_path: Path) -> None:
    before = path.stat().st_size
    with closing(connect(path)) as other:  # else the log would be taken in when the connection closes
        other.execute("SELECT count(*) FROM number").fetchone()
        clear_log(path, lambda: None)
        assert path.stat().st_size > before + _ROWS * 1_000
    alone = tmp_path / "alone.sqlite"
    shutil.copy(path, alone)
    assert count(alone) == _ROWS


def test_who_cancels_need_not_wait_for_the_log(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_PATIENCE", 0)
    asked = []

    def check() -> None:
        asked.append(True)
        raise Cancelled

    clear_log(path, check)
    assert len(asked) == 1
    assert count(path) == _ROWS
