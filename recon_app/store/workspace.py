"""A workspace: the folder with ledger, cache, originals and backups, opened and checked."""

from __future__ import annotations

import re
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2 as driver

from recon_app.models.problem import WorkspaceError
from recon_app.store import schema
from recon_app.store.backup import back_up, damage
from recon_app.store.database import check_driver, connect, open_engine, writing
from recon_app.store.migrate import upgrade

LEDGER, CACHE, ORIGINALS, BACKUPS = "ledger.sqlite", "cache.sqlite", "originals", "backups"
_NEW = (0, 0)


@dataclass(frozen=True)
class Workspace:
    """An open workspace. Engines give read transactions; write through :func:`~.database.writing`.

    Attributes:
        folder: Where everything lies, readable by its owner only.
        ledger: Decisions, corrections, audit trail, settings, list of imports (WAL, synchronous FULL).
        cache: Imported records and results (WAL, synchronous NORMAL); can be rebuilt.
        originals: Folder of the imported files, ``<sha256>.gz``.
        backups: Folder of the ledger's backups.
    """

    folder: Path
    ledger: Engine
    cache: Engine
    originals: Path
    backups: Path

    @classmethod
    def open(cls, address: str | Path, *, create: bool = True) -> Workspace:
        """Open the workspace at ``address``, making or upgrading it when needed.

        Args:
            address: A folder.
            create: Whether an empty or absent folder becomes a new workspace.

        Raises:
            WorkspaceError: there is no workspace, or it cannot be used; nothing in it was changed.
        """
        check_driver()
        if re.match(r"postgres(ql)?(\+\w+)?:", str(address)):
            raise WorkspaceError("PostgreSQL workspaces are not in this version; give a folder")
        folder = Path(address).expanduser().absolute()
        with ExitStack() as opened:
            try:
                _prepare_folder(folder, create=create)
                ledger = _open_ledger(folder, opened)
                cache = _open_cache(folder / CACHE, opened)
            except (OSError, driver.Error, DBAPIError) as error:
                raise WorkspaceError(f"{folder} cannot be used ({error}); choose another folder") from error
            opened.pop_all()
        return cls(folder, ledger, cache, folder / ORIGINALS, folder / BACKUPS)

    def close(self) -> None:
        """Close all connections."""
        self.cache.dispose()
        self.ledger.dispose()


def _prepare_folder(folder: Path, *, create: bool) -> None:
    ours = {ORIGINALS, BACKUPS}
    if (folder / LEDGER).exists():
        pass
    elif not create:
        raise WorkspaceError(f"{folder} is not a workspace; give the folder of one")
    elif folder.exists() and not {path.name for path in folder.iterdir()} <= ours:
        raise WorkspaceError(f"{folder} holds other files and no ledger; choose an empty folder")
    else:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    for name in ours:
        (folder / name).mkdir(mode=0o700, exist_ok=True)


def _open_ledger(folder: Path, opened: ExitStack) -> Engine:
    """Check the ledger before anything writes to it, then open it and bring it up to date."""
    path = folder / LEDGER
    version = _check_ledger(path) if path.exists() else _NEW
    engine = open_engine(path, synchronous="FULL", secure_delete="ON")
    opened.callback(engine.dispose)
    _use_wal(engine, path)
    if version != (schema.LEDGER_ID, schema.LEDGER_VERSION):
        if version != _NEW:
            back_up(path, folder / BACKUPS)
        upgrade(engine)
    return engine


def _check_ledger(path: Path) -> tuple[int, int]:
    """Refuse a foreign, newer or damaged ledger without writing a byte.

    Returns:
        Its application id and version, :data:`_NEW` when it was never filled.
    """
    try:
        version, tables = _version(path)
        problem = damage(path)
    except driver.DatabaseError as error:
        problem = str(error)
    if problem:
        raise WorkspaceError(f"{path} is damaged ({problem}); put back a file from {BACKUPS}")
    if version == _NEW and not tables:
        return _NEW
    if version[0] != schema.LEDGER_ID:
        raise WorkspaceError(f"{path} belongs to another program; choose another folder")
    if version[1] > schema.LEDGER_VERSION:
        raise WorkspaceError(f"{path} was made by a newer version of this program; install that one")
    return version


def _version(path: Path) -> tuple[tuple[int, int], int]:
    """Application id and version of a database file, and how many tables it has."""
    with closing(connect(path, read_only=True)) as connection:
        values = [
            int(connection.execute(query).fetchone()[0])
            for query in (
                "PRAGMA application_id",
                "PRAGMA user_version",
                "SELECT count(*) FROM sqlite_schema",
            )
        ]
    return (values[0], values[1]), values[2]


def _open_cache(path: Path, opened: ExitStack) -> Engine:
    """Open the cache, empty when it is new, damaged or of another version."""
    version = _NEW
    if path.exists():
        try:
            version, _ = _version(path)
        except driver.DatabaseError:
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
    engine = open_engine(path, synchronous="NORMAL")
    opened.callback(engine.dispose)
    _use_wal(engine, path)
    if version != (schema.CACHE_ID, schema.CACHE_VERSION):
        _make_cache(engine)
    return engine


def _make_cache(engine: Engine) -> None:
    with writing(engine) as connection:
        made = (
            connection.exec_driver_sql("PRAGMA application_id").scalar(),
            connection.exec_driver_sql("PRAGMA user_version").scalar(),
        )
        if made == (schema.CACHE_ID, schema.CACHE_VERSION):
            return  # another process was faster
        old = connection.execute(text("SELECT name FROM sqlite_schema WHERE type = 'table'")).scalars().all()
        for name in old:
            connection.exec_driver_sql(f'DROP TABLE "{name}"')
        schema.cache.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA application_id={schema.CACHE_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version={schema.CACHE_VERSION}")


def _use_wal(engine: Engine, path: Path) -> None:
    connection = engine.raw_connection()
    try:
        mode = connection.cursor().execute("PRAGMA journal_mode=WAL").fetchone()[0]
    finally:
        connection.close()
    if mode != "wal":
        raise WorkspaceError(f"{path.parent} does not allow safe writing; choose a folder on this computer")
    path.chmod(0o600)
