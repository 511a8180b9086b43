"""A workspace: the folder with ledger, cache, originals and backups, opened and checked."""

from __future__ import annotations

import re
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2 as driver

from recon_app.models.problem import WorkspaceError
from recon_app.store import audit, schema
from recon_app.store.backup import back_up, back_up_daily, damage
from recon_app.store.database import check_driver, connect, open_engine, writing
from recon_app.store.faults import explain, out_of_reach
from recon_app.store.migrate import upgrade
from recon_app.store.places import check_place

LEDGER, CACHE, ORIGINALS, BACKUPS = "ledger.sqlite", "cache.sqlite", "originals", "backups"
_NEW = (0, 0)
_QUICKLY_CHECKED = 256 * 2**20  # bytes, half a second
_CACHE_PAGE = "16384"  # bytes, of a new cache; larger ones make no import faster and cost memory
_ODD_OBJECTS = "SELECT count(*) FROM sqlite_schema WHERE type IN ('trigger', 'view')"  # the cache has none
_PUT_BACK = "put back a backup: recon-app backup --restore FILE"


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
                check_place(folder)
                _prepare_folder(folder, create=create)
                ledger = _open_ledger(folder, opened)
                cache = _open_cache(folder / CACHE, opened)
                _note_anchor(folder)
            except (OSError, driver.Error, DBAPIError) as error:
                plain = WorkspaceError(f"{folder} cannot be used ({error}); choose another folder")
                raise explain(error, folder) or plain from error
            opened.pop_all()
        return cls(folder, ledger, cache, folder / ORIGINALS, folder / BACKUPS)

    def close(self) -> None:
        """Close all connections, and note how far the audit trail goes."""
        self.cache.dispose()
        self.ledger.dispose()
        with suppress(OSError, driver.Error):  # the folder may be gone
            _note_anchor(self.folder)


def _note_anchor(folder: Path) -> None:
    if (folder / LEDGER).exists():  # a connection that may write leaves no empty WAL file behind
        with closing(connect(folder / LEDGER)) as connection:
            audit.note_anchor(folder, connection)


def _prepare_folder(folder: Path, *, create: bool) -> None:
    ours = {ORIGINALS, BACKUPS}
    if (folder / LEDGER).exists():
        pass
    elif not create:
        raise WorkspaceError(f"{folder} is not a workspace; give the folder of one")
    elif (folder / audit.ANCHORS).exists():
        raise WorkspaceError(f"{folder} has lost its ledger; {_PUT_BACK}", "E_DB_FOREIGN")
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
    version = check_ledger(folder) if path.exists() else _NEW
    engine = open_engine(path, synchronous="FULL", secure_delete="ON")
    opened.callback(engine.dispose)
    _use_wal(engine, path)
    if version != (schema.LEDGER_ID, schema.LEDGER_VERSION):
        if version != _NEW:
            back_up(path, folder / BACKUPS)
        upgrade(engine)
    back_up_daily(path, folder / BACKUPS)
    return engine


def check_ledger(folder: Path) -> tuple[int, int]:
    """Refuse a foreign, newer, damaged or changed ledger without writing a byte.

    Returns:
        Its application id and version, :data:`_NEW` when it was never filled.

    Raises:
        WorkspaceError: it cannot be trusted.
    """
    path = folder / LEDGER
    anchors = audit.read_anchors(folder)  # before the ledger: another program may add to both
    try:
        version, tables = _version(path)
        problem = damage(path)
    except driver.DatabaseError as error:
        if out_of_reach(error):
            raise  # a full disk, or no right to write: nothing to put a backup back for
        foreign = "not a database" in str(error)
        code = "E_DB_FOREIGN" if foreign else "E_DB_CORRUPT"
        raise WorkspaceError(f"{path} is damaged ({error}); {_PUT_BACK}", code) from error
    if problem:
        raise WorkspaceError(f"{path} is damaged ({problem}); {_PUT_BACK}", "E_DB_CORRUPT")
    if version == _NEW and not tables:
        if anchors or (folder / CACHE).exists():
            raise WorkspaceError(f"{path} is empty and was not; {_PUT_BACK}", "E_DB_FOREIGN")
        return _NEW
    if version[0] != schema.LEDGER_ID:
        raise WorkspaceError(f"{path} belongs to another program; choose another folder", "E_DB_FOREIGN")
    if version[1] > schema.LEDGER_VERSION:
        raise WorkspaceError(
            f"{path} was made by a newer version of this program; install that one", "E_DB_NEWER"
        )
    with closing(connect(path, read_only=True)) as connection:
        found = audit.faults(connection, anchors, current=version[1] == schema.LEDGER_VERSION)
    if found:
        raise WorkspaceError(
            f"{path} was changed by another program ({found[0]}); {_PUT_BACK}", "E_DB_TAMPERED"
        )
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
    """Open the cache, empty when it is new, damaged, changed or of another version.

    Raises:
        WorkspaceError: the file belongs to another program.
    """
    version = _cache_version(path) if path.exists() else _NEW
    engine = open_engine(path, synchronous="NORMAL", page_size=_CACHE_PAGE)
    opened.callback(engine.dispose)
    _use_wal(engine, path)
    if version != (schema.CACHE_ID, schema.CACHE_VERSION):
        _make_cache(engine)
    return engine


def _cache_version(path: Path) -> tuple[int, int]:
    """Version of a cache that can be used, :data:`_NEW` of one that must be made anew."""
    # after a crash the file is looked through; this one also lies there while another program has it open
    crashed = path.with_name(f"{path.name}-wal").exists() and path.stat().st_size < _QUICKLY_CHECKED
    try:
        version, tables = _version(path)
        with closing(connect(path, read_only=True)) as connection:
            whole = not crashed or connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
            odd = connection.execute(_ODD_OBJECTS).fetchone()[0]
    except driver.DatabaseError as error:
        if out_of_reach(error):  # it may be whole
            raise
        whole, odd, version, tables = False, 0, _NEW, 0
    if version[0] not in (schema.CACHE_ID, 0) or (version == _NEW and tables):
        raise WorkspaceError(f"{path} belongs to another program; move it away", "E_DB_FOREIGN")
    if not whole:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    return _NEW if odd or not whole else version


def _make_cache(engine: Engine) -> None:
    with writing(engine) as connection:
        made = (
            connection.exec_driver_sql("PRAGMA application_id").scalar(),
            connection.exec_driver_sql("PRAGMA user_version").scalar(),
        )
        if made == (schema.CACHE_ID, schema.CACHE_VERSION) and not connection.scalar(text(_ODD_OBJECTS)):
            return  # another process was faster
        listed = "SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view')"
        for kind, name in connection.execute(text(listed)).all():  # triggers go with their tables
            if not name.startswith("sqlite_"):
                connection.exec_driver_sql(f'DROP {kind} "{name}"')
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
