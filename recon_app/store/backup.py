"""Copies of the ledger, made by SQLite itself and opened once to see that they are whole."""

from __future__ import annotations

import re
from contextlib import closing, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlcipher3 import dbapi2 as driver

from recon_app.models.problem import WorkspaceError
from recon_app.store import audit, schema
from recon_app.store.chain import iso
from recon_app.store.database import connect

_NAME = re.compile(r"ledger-(\d{8})T\d{12}Z\.sqlite")
_ALL_DAYS, _DAILY, _WEEKLY, _MONTHLY = 2, 12, 10, 9  # how many of each are kept


def back_up(ledger: Path, folder: Path) -> Path:
    """Write a verified copy of the ledger into ``folder`` and return its path.

    Raises:
        WorkspaceError: the copy is not whole; it is not kept.
    """
    stamp = _stamp()
    unfinished = folder / f"ledger-{stamp}.part"
    try:
        _copy(ledger, unfinished)
    except BaseException:  # the disk is full
        unfinished.unlink(missing_ok=True)
        raise
    problem = damage(unfinished)
    if problem:
        unfinished.unlink()
        raise WorkspaceError(f"the backup of {ledger} is damaged ({problem}); nothing was changed")
    return unfinished.rename(folder / f"ledger-{stamp}.sqlite")


def _copy(ledger: Path, target: Path) -> None:
    with closing(connect(ledger)) as source, closing(connect(target)) as copy:
        target.chmod(0o600)
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")


def damage(path: Path) -> str:
    """What SQLite finds wrong with a database file, "" when it is whole."""
    with closing(connect(path, read_only=True)) as connection:
        try:
            found = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
        except driver.OperationalError:
            raise
        except driver.DatabaseError as error:  # its schema cannot be read
            found = str(error)
    return "" if found == "ok" else " ".join(found.split())


def back_up_daily(ledger: Path, folder: Path) -> Path | None:
    """Back up a ledger that has changed and has no backup of today; None when there is nothing to do.

    Older backups are thinned out: all of two days stay, then one a day, a week and a month.
    """
    with closing(connect(ledger, read_only=True)) as connection:
        last = audit.head(connection)
    made = backups(folder)
    if last is None or (made and (_day(made[-1]) == datetime.now(UTC).date() or head_of(made[-1]) == last)):
        return None
    written = back_up(ledger, folder)
    for path in superfluous([*made, written], datetime.now(UTC).date()):
        path.unlink(missing_ok=True)  # another process may thin them out, too
    return written


def backups(folder: Path) -> list[Path]:
    """The backups in a folder, the oldest first."""
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def head_of(path: Path) -> tuple[int, str] | None:
    """Number and hash of the last entry of a backup's trail; None when it has none or cannot be read."""
    with suppress(driver.Error), closing(connect(path, read_only=True)) as connection:
        return audit.head(connection)
    return None


def made_at(path: Path) -> str:
    """When a backup was made, ISO 8601 in UTC to the second."""
    stamp = datetime.strptime(path.stem, "ledger-%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)
    return iso(stamp)


def _day(path: Path) -> date:
    return date.fromisoformat(made_at(path)[:10])


def superfluous(made: list[Path], today: date) -> list[Path]:
    """The backups that need not be kept: the newest of the last days, weeks and months stay."""
    kept = {path for path in made if today - _day(path) <= timedelta(_ALL_DAYS)}
    for count, form in ((_DAILY, "%Y-%m-%d"), (_WEEKLY, "%G-%V"), (_MONTHLY, "%Y-%m")):
        newest = {_day(path).strftime(form): path for path in made}
        kept.update(newest[span] for span in sorted(newest)[-count:])
    return [path for path in made if path not in kept]


def check_backup(path: Path) -> None:
    """Make sure that a file is a whole ledger of this program.

    Raises:
        WorkspaceError: it is none.
    """
    try:
        problem = damage(path)
        with closing(connect(path, read_only=True)) as connection:
            program = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if program != schema.LEDGER_ID or version > schema.LEDGER_VERSION:
                raise WorkspaceError(f"{path} is no ledger that this version can read", "E_DB_FOREIGN")
            found = audit.faults(connection, (), current=version == schema.LEDGER_VERSION)
    except driver.Error as error:
        raise WorkspaceError(f"{path} is no ledger ({error})", "E_DB_FOREIGN") from error
    if problem or found:
        raise WorkspaceError(f"{path} is damaged ({problem or found[0]})", "E_DB_CORRUPT")


def put_back(backup: Path, ledger: Path, folder: Path) -> Path | None:
    """Replace the ledger by a backup. The replaced one is moved to the backups.

    Args:
        backup: A backup, which was checked.
        ledger: The ledger of a workspace that nobody has open.
        folder: The folder of the backups.

    Returns:
        Where the replaced ledger is; None when there was none.

    Raises:
        WorkspaceError: somebody has the workspace open.
    """
    unfinished = folder / f"ledger-{_stamp()}.part"
    with closing(connect(backup, read_only=True)) as source, closing(connect(unfinished)) as target:
        unfinished.chmod(0o600)
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
    replaced = None
    if ledger.exists():
        _leave_wal(ledger)
        replaced = ledger.rename(folder / f"replaced-{_stamp()}.sqlite")
    for end in ("-wal", "-shm"):
        ledger.with_name(ledger.name + end).unlink(missing_ok=True)
    unfinished.rename(ledger)
    with closing(connect(ledger, read_only=True)) as connection:
        audit.note_anchor(ledger.parent, connection, restored=True)
    return replaced


def _leave_wal(ledger: Path) -> None:
    """Make one file of a ledger; this needs that nobody else has it open."""
    try:
        with closing(connect(ledger)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except driver.OperationalError as error:
        if "locked" in str(error):
            raise WorkspaceError("the workspace is open; close all windows first") from error
    except driver.DatabaseError:
        return  # it is damaged, and so it is replaced
