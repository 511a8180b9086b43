"""SQLite connections: driver, safety settings and the two kinds of transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlcipher3 import dbapi2 as driver

from recon_app.models.problem import Cancelled, WorkspaceError

#: From here on SQLite has the fix of the WAL-reset bug (https://sqlite.org/wal.html#walresetbug).
OLDEST_SQLITE = (3, 51, 3)
#: How long a writer waits for another one.
BUSY_SECONDS = 5.0
_PATIENCE = 0.05  # seconds between two looks whether the user cancelled
_PRAGMAS = {
    "foreign_keys": "ON",
    "trusted_schema": "OFF",
    "cell_size_check": "ON",
    "mmap_size": "0",
    "cache_size": "-16000",  # 16 MB per connection
}


def check_driver(version: tuple[int, ...] = driver.sqlite_version_info) -> None:
    """Refuse to work with an SQLite that can damage a database.

    Raises:
        WorkspaceError: the driver carries an SQLite before :data:`OLDEST_SQLITE`.
    """
    if version < OLDEST_SQLITE:
        found, needed = (".".join(map(str, parts)) for parts in (version, OLDEST_SQLITE))
        raise WorkspaceError(f"SQLite {found} is too old; install the program again (it needs {needed})")


def connect(path: Path, *, read_only: bool = False, one_thread: bool = True) -> Any:
    """Open a plain driver connection without settings, for checks before a file is trusted."""
    mode = "?mode=ro" if read_only else ""
    return driver.connect(
        path.absolute().as_uri() + mode,
        uri=True,
        isolation_level=None,
        timeout=BUSY_SECONDS,
        check_same_thread=one_thread,
    )


def open_engine(path: Path, **pragmas: str) -> Engine:
    """Make an engine whose transactions only read; :func:`writing` gives one that writes.

    Args:
        path: Database file.
        pragmas: Settings of this file in addition to the common ones, such as ``synchronous="FULL"``.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        module=driver,
        connect_args={"isolation_level": None, "timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _: object) -> None:
        for name, value in {**_PRAGMAS, **pragmas}.items():
            connection.execute(f"PRAGMA {name}={value}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = bool(connection.get_execution_options().get("recon_writes"))
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        # a deferred transaction that starts to write later fails without waiting (goal P5)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Run one write transaction: locked from its start, committed at the end, rolled back on an error.

    A connection made any other way refuses to write ("attempt to write a readonly database").
    """
    with engine.execution_options(recon_writes=True).begin() as connection:
        yield connection


def clear_log(path: Path, check: Callable[[], None]) -> None:
    """Take what the log of a database holds into the database itself, where nobody needs the log any more.

    A commit would do it, too, and take seconds for a big import. What stays in the log is no less safe.

    Args:
        path: The database.
        check: Called many times a second; what it raises ends the work and is not raised: nothing is undone.
    """
    connection = connect(path, one_thread=False)
    with closing(connection), ThreadPoolExecutor(1) as pool:
        connection.execute("PRAGMA synchronous=NORMAL")
        work = pool.submit(connection.execute, "PRAGMA wal_checkpoint(PASSIVE)")
        while wait([work], _PATIENCE).not_done:
            try:
                check()
            except Cancelled:
                connection.interrupt()
                break
        with suppress(driver.OperationalError):  # interrupted
            work.result()


def wipe_deleted(engine: Engine) -> None:
    """Write a database anew, so that neither it nor its log keeps bytes of deleted rows (goal P33).

    While another program reads or the disk is full, they stay until the rows are overwritten.
    """
    connection = engine.raw_connection()
    try:
        with suppress(driver.OperationalError):
            cursor = connection.cursor()
            cursor.execute("PRAGMA query_only=OFF")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        connection.close()
