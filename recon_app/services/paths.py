"""Which files may be opened: ordinary ones, whose name says what it shows."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from recon_app.models.problem import FileRejected, Problem

_ENDINGS = "csv tsv txt xlsx xlsm xls ods xml zip json jsonl sta 940 942 mt940 mt942 ofx qfx qif bai bai2"
#: Endings of files: a folder with such a name is no folder of exports.
FILE_ENDINGS = frozenset(f".{ending}" for ending in _ENDINGS.split())
#: Control characters, breaks, and the marks that turn the direction of reading and so hide the real ending.
_DECEIVING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
#: Code of the problem that the file itself cannot be opened.
NOT_READABLE = "E_PATH"
_HIDDEN = (".", "~$")
_OF_SYSTEM = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
_ALL_MAY_READ = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH


def checked_path(path: Path) -> Path:
    """The file itself, behind links.

    Nothing is opened: a named pipe would wait for ever.

    Raises:
        FileRejected: it is no ordinary file that may be read, or its name hides something.
    """
    if _DECEIVING.search(path.name):
        raise _refused("the name of the file holds characters that hide what it is", "rename the file")
    try:
        real = path.resolve(strict=True)
        info = real.stat()
    except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself
        raise _refused(_why(path, error), "check its name and rights") from error
    if stat.S_ISDIR(info.st_mode):
        raise _refused("this is a folder that is named like a file", "give the files in it, or rename it")
    if not stat.S_ISREG(info.st_mode):
        raise _refused("it is no ordinary file", "give a file or a folder")
    if not info.st_mode & _ALL_MAY_READ:
        raise _refused("nobody may read the file", "check its rights")
    return real if path.is_symlink() else path


def is_of_system(name: str) -> bool:
    """Whether a system or an office program keeps a file or folder of this name for itself."""
    return name.startswith(_HIDDEN) or name.casefold() in _OF_SYSTEM


def is_folder(path: Path) -> bool:
    """Whether it is a folder; what cannot even be looked at is told where it is opened."""
    try:
        return path.is_dir()
    except OSError:  # a name longer than one can be
        return False


def unreadable(error: OSError) -> Problem:
    """What is wrong with a file that the system does not let us read."""
    return Problem(
        None,
        None,
        f"the file cannot be read ({error.strerror or error})",
        "check its name and rights",
        NOT_READABLE,
    )


def _why(path: Path, error: Exception) -> str:
    if isinstance(error, RuntimeError):
        return "the link leads back to itself"
    if path.is_symlink() and isinstance(error, FileNotFoundError):
        return f"the link leads to {str(path.readlink())!r}, which is not there"
    return f"the file cannot be read ({getattr(error, 'strerror', '') or error})"


def _refused(problem: str, advice: str) -> FileRejected:
    return FileRejected(Problem(None, None, problem, advice, NOT_READABLE))
