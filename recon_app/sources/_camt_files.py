"""The XML messages of a CAMT file: the file itself, or the members of a ZIP archive of them."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from recon_app.models.counted import counted
from recon_app.models.problem import FileRejected, Problem
from recon_app.sources._base import InputFile, Reading

#: Root elements of the messages by the number in their name (ISO 20022 camt.052, .053 and .054).
ROOTS = {
    "053": "BkToCstmrStmt",
    "054": "BkToCstmrDbtCdtNtfctn",
    "052": "BkToCstmrAcctRpt",
}
_ROOT = re.compile(rb"<(?:\w+:)?(" + "|".join(ROOTS.values()).encode() + rb")\b")
_NAMESPACE = re.compile(rb"camt\.(05[234])\.001")
_NUMBERS = {root.encode(): number for number, root in ROOTS.items()}
_HEAD = 65_536  # bytes of a member that show what it is
_MOST_MEMBERS = 1000
_LARGEST = 512 * 2**20  # bytes of all members unpacked
_SYSTEM = ("__MACOSX/",)  # what macOS adds to archives
_ADVICE = "unpack the archive and import its files"


def message_number(head: bytes) -> str:
    """Which message a file that starts so is: ``053``, ``052``, ``054``, or "" for none of them."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", errors="ignore").encode()
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return ""
    root = _ROOT.search(head)
    if root is not None:
        return _NUMBERS[root[1]]
    namespace = _NAMESPACE.search(head)
    return "" if namespace is None else namespace[1].decode()


def file_number(file: InputFile) -> str:
    """Which messages a file or an archive holds; of several kinds the one that is most final."""
    if not _is_archive(file):
        return message_number(file.head)
    try:
        found = {kind for _, kind in _kinds(file)}
    except FileRejected:  # another kind of archive, or none that can be read
        return ""
    return next((number for number in ROOTS if number in found), "")


def _is_archive(file: InputFile) -> bool:
    return file.head.startswith(b"PK\x03\x04") and not file.is_xlsx


def _kinds(file: InputFile) -> list[tuple[zipfile.ZipInfo, str]]:
    """The members of an archive, each with the number of its message.

    Raises:
        FileRejected: the archive is damaged, protected or too large.
    """
    with _opened(file) as archive:
        return [(member, message_number(_start(archive, member))) for member in _members(archive)]


def _start(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as stream:
        return stream.read(_HEAD)


@contextmanager
def _opened(file: InputFile) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file.path) as archive:
            yield archive
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        NotImplementedError,
        OSError,  # a place before the start of the file
        ValueError,
    ) as error:
        raise FileRejected(
            Problem(None, None, f"the archive is damaged ({error})", "download it again")
        ) from error
    except RuntimeError as error:  # zipfile's word for a missing password
        raise FileRejected(Problem(None, None, "the archive is protected by a password", _ADVICE)) from error


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of an archive, in its order.

    Raises:
        FileRejected: there are more of them, or larger ones, than statements can be.
    """
    infos = [info for info in archive.infolist() if not info.is_dir()]
    infos = [info for info in infos if not info.filename.startswith(_SYSTEM)]
    size = sum(info.file_size for info in infos)
    if len(infos) > _MOST_MEMBERS or size > _LARGEST:
        problem = f"the archive holds {counted(len(infos), 'file')} of {size // 2**20} MiB"
        raise FileRejected(Problem(None, None, problem, _ADVICE))
    return infos


def messages(file: InputFile, number: str, reading: Reading) -> Iterator[tuple[str, IO[bytes]]]:
    """The messages of a file in its order, as member name ("" for a plain file) and stream.

    Raises:
        FileRejected: the archive also holds messages of another kind, or cannot be read.
    """
    if not _is_archive(file):
        with file.path.open("rb") as stream:
            yield "", stream
        return
    kinds = _kinds(file)
    for member, kind in kinds:
        if kind not in ("", number):
            problem = f"the archive holds camt.{number} and camt.{kind} messages"
            raise FileRejected(Problem(None, member.filename, problem, _ADVICE))
    others = [member.filename for member, kind in kinds if not kind]
    if others:
        reading.notes.append(
            f"{counted(len(others), 'file')} of the archive left out, for it is no CAMT message: "
            + ", ".join(others[:5])
        )
    with _opened(file) as archive:
        for member, kind in kinds:
            if kind:
                with archive.open(member) as stream:
                    yield member.filename, stream
