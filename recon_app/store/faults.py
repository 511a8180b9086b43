"""What a fault of a disk or of a database file means for the person who meets it."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2 as driver

from recon_app.models.problem import WorkspaceError

#: Codes of https://sqlite.org/rescode.html; the low byte is the kind of fault.
_BUSY, _LOCKED, _READ_ONLY, _DISK, _CORRUPT, _FULL, _CANNOT_OPEN, _NO_DATABASE = 5, 6, 8, 10, 11, 13, 14, 26
_DAMAGE = frozenset({_CORRUPT, _NO_DATABASE})
_OUT_OF_REACH = frozenset({_BUSY, _LOCKED, _READ_ONLY, _DISK, _FULL, _CANNOT_OPEN})
_FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT})
_NO_RIGHT = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_ROOM = 2**20  # bytes; with less than this SQLite cannot even open a database


def explain(error: BaseException, folder: Path) -> WorkspaceError | None:
    """Say what an error of the disk or of a database means; None for what is no such error.

    A full disk or a folder without rights is never called damage: that would lead to an old backup being put
    back over a ledger that is whole.

    Args:
        error: What was raised, also as the cause of another error.
        folder: The workspace.
    """
    found = _root(error)
    if isinstance(found, OSError):
        return _of_system(found)
    if found is None:
        return None
    if _code(found) in _DAMAGE:
        return _of_damage(folder)
    text = _of_database(found, folder)
    return WorkspaceError(text) if text else None


def out_of_reach(error: driver.Error) -> bool:
    """Whether a database file may be whole, and only cannot be opened, read or written now."""
    return _code(error) in _OUT_OF_REACH


def _root(error: BaseException | None) -> driver.Error | OSError | None:
    while error is not None:
        if isinstance(error, (driver.Error, OSError)):
            return error
        error = error.orig if isinstance(error, DBAPIError) else error.__cause__
    return None


def _code(error: BaseException) -> int:
    code = int(getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    return _FULL if not code and "disk is full" in str(error) else code  # copying a database tells no code


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return _ROOM


def _of_database(error: driver.Error, folder: Path) -> str:
    """What keeps a whole database from being opened, read or written; "" for a fault of the program."""
    code = _code(error)
    if code == _FULL or (code in (_DISK, _CANNOT_OPEN) and _free(folder) < _ROOM):
        return f"the disk of {folder} is full; free some space and do it again"
    if code == _READ_ONLY or (code == _CANNOT_OPEN and not os.access(folder, os.W_OK)):
        return f"{folder} cannot be written; check your rights to this folder"
    if code in (_BUSY, _LOCKED):
        return f"another program is writing to {folder}; do it again when it is done"
    if code in (_DISK, _CANNOT_OPEN):
        return f"{folder} cannot be read ({error}); check whether its drive is connected"
    return ""


def _of_system(error: OSError) -> WorkspaceError | None:
    where = f"{error.filename} cannot be written" if error.filename else "a file cannot be written"
    if error.errno in _FULL_DISK:
        return WorkspaceError(f"{where}: the disk is full; free some space and do it again")
    if error.errno in _NO_RIGHT:
        return WorkspaceError(f"{where}: {error.strerror}; check your rights to this folder")
    if error.errno == errno.ENAMETOOLONG:
        return WorkspaceError(f"{error.filename} is longer than a name can be; give a shorter one")
    return None


def _of_damage(folder: Path) -> WorkspaceError:
    """Say which of the two databases is damaged: the cache can be made anew, the ledger cannot."""
    from recon_app.store.workspace import CACHE, check_ledger

    try:
        check_ledger(folder)
    except WorkspaceError as worse:
        return worse
    return WorkspaceError(
        f"{folder / CACHE} is damaged; close the program and delete this file: it is made again from the "
        "originals, and decisions and corrections are not in it",
        "E_DB_CORRUPT",
    )
