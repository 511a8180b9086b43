"""The container of a workbook: a ZIP archive of XML parts, checked before anything in it is parsed.

The layout is that of Office Open XML (ECMA-376 part 2): ``_rels/.rels`` names the workbook part, whose own
relations name the parts of the sheets. Nothing is ever unpacked to disk and no link is followed.
"""

from __future__ import annotations

import errno
import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.parsers.expat import ExpatError, ParserCreate

from recon_app.models.problem import FileRejected, Problem

BLOCK = 1 << 20  # bytes of a part looked at together
MAGIC = b"PK\x03\x04"
CONTENT_TYPES = "[Content_Types].xml"
_MOST_MEMBERS = 10_000
_LARGEST_DIRECTORY = 4 << 20  # bytes: the directory of an archive is read as a whole
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_UNKNOWN = 0xFFFFFFFF  # stands in the old end record of a large archive
_END_BYTES = 22 + 0xFFFF + 20 + 56  # end record with comment, and the two records of large archives before it
_MOST_BYTES = 4 << 30  # unpacked: more than the largest sheet that a spreadsheet program can hold
_MOST_RATIO = 200  # unpacked to packed; sheets reach 30
_FREE_BYTES = 8 << 20  # below this size the ratio says nothing
_SMALL_PART = 16 << 20  # bytes of a part that only describes the workbook
_NEEDED = frozenset({"worksheet", "styles", "sharedStrings"})
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED_FLAG = 0x1
#: ``count`` is how often texts are used, ``uniqueCount`` how many there are.
_COUNT = re.compile(rb"([cC])ount\s*=\s*[\"']\s*([0-9]+)")
_MOST_COUNTED = 50_000_000
_LONGEST_COUNT = 12  # digits
_OVERLAP = 64  # bytes of a block that are looked at again with the next one
_CELL = re.compile(rb"<(?:\w+:)?(?:v|is|f)[ >]")
_EXPORT_AGAIN = "export or save the workbook again"


def fault(code: str, problem: str, advice: str = _EXPORT_AGAIN) -> FileRejected:
    """A refusal of the whole file."""
    return FileRejected(Problem(None, None, problem, advice, code))


def damaged(what: object) -> FileRejected:
    """A refusal because the archive or a part of it cannot be read."""
    return fault("E_ZIP", f"the workbook is damaged ({what})")


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook.

    Attributes:
        name: As on its tab.
        hidden: Whether its tab is hidden.
        part: Name of the member that holds its cells.
    """

    name: str
    hidden: bool
    part: str


class Container:
    """An open archive whose members were checked.

    Attributes:
        sheets: The sheets with cells, in their order (no charts or dialogs).
        has_macros: Whether it holds a program.
        strings: Name of the member with the texts that cells share, "" for none.
        styles: Name of the member with the styles of cells, "" for none.
        from_1904: Whether its days count from 1904.
    """

    def __init__(self, archive: zipfile.ZipFile, size: int) -> None:
        self._archive = archive
        members = archive.infolist()
        _check_names(members)
        _check_sizes(members, size)
        self._members = {member.filename: member for member in members}
        self.has_macros = any(name.casefold().endswith("vbaproject.bin") for name in self._members)
        self.strings = self.styles = ""
        self.from_1904 = False
        self.sheets = self._list_sheets()

    def parts(self) -> list[str]:
        """Names of the members that hold XML."""
        return [name for name in self._members if name.endswith((".xml", ".rels"))]

    def size(self, part: str) -> int:
        """Unpacked bytes of a part."""
        return self._member(part).file_size

    def check_part(self, part: str) -> None:
        """Read a part to see that it is whole, well-formed, declares no entities and counts what it has.

        The reader of the cells passes over a broken tag and leaves out what it holds.
        """
        end = b""
        for block in self.blocks(part):
            looked = end + block
            self._check_counts(part, looked)
            end = block[-_OVERLAP:]
        parse(self.blocks(part))

    def _check_counts(self, part: str, looked: bytes) -> None:
        """Refuse a count that the part cannot hold: readers make room for so many things at once."""
        for match in _COUNT.finditer(looked):
            most = self.size(part) if match[1] == b"C" else _MOST_COUNTED
            if len(match[2]) > _LONGEST_COUNT or int(match[2]) > most:
                raise damaged(f"the part {part!r} counts {match[2][:20].decode()} things")

    def blocks(self, part: str) -> Iterator[bytes]:
        """The unpacked bytes of a part, a block at a time.

        Raises:
            FileRejected: it is missing or damaged.
        """
        with reading_archive(), self._archive.open(self._member(part)) as stream:
            while block := stream.read(BLOCK):
                yield block

    def _member(self, part: str) -> zipfile.ZipInfo:
        if part not in self._members:
            raise damaged(f"it has no part {part!r}")
        return self._members[part]

    def elements(self, part: str) -> list[tuple[str, dict[str, str]]]:
        """Local names and attributes of the elements of a small part."""
        if self._member(part).file_size > _SMALL_PART:
            raise fault("E_ZIP_BOMB", f"the part {part!r} of the workbook is far too large")
        found: list[tuple[str, dict[str, str]]] = []
        parse(
            self.blocks(part),
            lambda tag, attributes: found.append((tag.rpartition(":")[2], attributes)),
        )
        return found

    def _list_sheets(self) -> tuple[Sheet, ...]:
        book = next(
            (
                posixpath.normpath(target.get("Target", "").lstrip("/"))
                for tag, target in self.elements("_rels/.rels")
                if tag == "Relationship" and target.get("Type", "").endswith("/officeDocument")
            ),
            "xl/workbook.xml",
        )
        if book.endswith(".bin"):
            raise fault("E_NOT_TEXT", "this is a binary workbook (.xlsb)", "save it as .xlsx or .csv")
        folder, name = posixpath.split(book)
        targets = {}
        for tag, values in self.elements(f"{folder}/_rels/{name}.rels"):
            kind = values.get("Type", "").rpartition("/")[2]
            if tag == "Relationship" and kind in _NEEDED and {"Id", "Target"} <= values.keys():
                part = _resolved(folder, values["Target"])
                self._member(part)  # without its styles a workbook is read, and its days become numbers
                if kind == "worksheet":
                    targets[values["Id"]] = part
                elif kind == "styles":
                    self.styles = part
                else:
                    self.strings = part
        sheets = []
        for tag, values in self.elements(book):
            if tag == "workbookPr":
                self.from_1904 = values.get("date1904", "0") not in ("0", "false")
            target = next((value for key, value in values.items() if key.rpartition(":")[2] == "id"), "")
            if tag == "sheet" and target in targets:
                hidden = values.get("state", "visible") != "visible"
                sheets.append(Sheet(values.get("name", ""), hidden, targets[target]))
        if not sheets:
            raise damaged("it has no sheets")
        return tuple(sheets)


def _resolved(folder: str, target: str) -> str:
    """The member that a relation of a part in ``folder`` points to."""
    return posixpath.normpath(target.lstrip("/") if target.startswith("/") else f"{folder}/{target}")


def parse(blocks: Iterator[bytes], start: Callable[[str, dict[str, str]], object] | None = None) -> None:
    """Tell ``start`` every element of a part that has no document type.

    Raises:
        FileRejected: it declares a document type or is no XML.
    """
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        for block in blocks:
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except (ExpatError, UnicodeError, LookupError) as error:
        raise damaged(error) from error


def refuse_doctype(*_: object) -> None:
    """Refuse a document type: with it come entities that read other files or grow without end.

    Raises:
        FileRejected: always.
    """
    raise fault("E_XML_DTD", "the workbook declares a document type or entities")


def has_cells(blocks: Iterator[bytes]) -> bool:
    """Whether a sheet has a cell that holds something."""
    return any(_CELL.search(block) for block in blocks)


@contextmanager
def opened(path: Path) -> Iterator[Container]:
    """Open and check an archive.

    Raises:
        FileRejected: it is damaged, encrypted, or made to do harm.
    """
    with path.open("rb") as stream:  # closed here, whatever still holds a part of it
        if _directory_size(stream) > _LARGEST_DIRECTORY:
            raise fault("E_ZIP_BOMB", "the workbook has far too many parts")
        with reading_archive():
            archive = zipfile.ZipFile(stream)
        yield Container(archive, path.stat().st_size)


@contextmanager
def reading_archive() -> Iterator[None]:
    """Turn what a damaged archive raises into a refusal."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        struct.error,
    ) as error:
        raise damaged(error) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the beginning of the file
            raise
        raise damaged(error) from error


def _check_names(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > _MOST_MEMBERS:
        raise fault("E_ZIP_BOMB", f"the workbook has {len(members)} parts")
    seen: set[str] = set()
    for member in members:
        name = member.orig_filename
        pieces = name.replace("\\", "/").split("/")
        if ".." in pieces or name.startswith(("/", "\\")) or ":" in pieces[0] or "\0" in name:
            raise fault("E_PATH", f"the workbook holds a part named {name!r}, which points outside of it")
        if name.casefold() in seen:
            raise fault("E_XLSX_DUPPART", f"the workbook holds the part {name!r} twice")
        seen.add(name.casefold())
        if member.flag_bits & _ENCRYPTED_FLAG:
            raise fault("E_XLSX_ENCRYPTED", "the workbook is encrypted", "save it without a password")
        if member.compress_type not in _METHODS:
            raise damaged(f"{name!r} is packed in an unknown way")


def _check_sizes(members: list[zipfile.ZipInfo], size: int) -> None:
    total = sum(member.file_size for member in members)
    packed = [(member.file_size, member.compress_size) for member in members]
    for unpacked, small in [*packed, (total, size)]:
        if unpacked > _MOST_BYTES or (unpacked > _FREE_BYTES and unpacked > _MOST_RATIO * max(small, 1)):
            raise fault("E_ZIP_BOMB", f"the workbook would grow from {size >> 10} KB to {total >> 20} MB")


def is_workbook(path: Path, head: bytes) -> bool:
    """Whether a file is, or says it is, an Office Open XML workbook.

    Some programs write the list of contents last, so that the first bytes do not show it.

    Args:
        path: The file.
        head: Its first bytes.
    """
    if not head.startswith(MAGIC):
        return False
    try:
        with path.open("rb") as stream:
            if _directory_size(stream) <= _LARGEST_DIRECTORY:
                with zipfile.ZipFile(stream) as archive:
                    return CONTENT_TYPES in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError):
        pass
    return path.suffix.casefold() in (".xlsx", ".xlsm") or CONTENT_TYPES.encode() in head


def _directory_size(stream: IO[bytes]) -> int:
    """Bytes of an archive's directory as its end says; 0 when it has no end."""
    length = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, length - _END_BYTES))
    end = stream.read()
    stream.seek(0)
    place, large = end.rfind(_END), end.rfind(_END_64)
    sizes = [0]
    if 0 <= place <= len(end) - 16:
        sizes.append(int.from_bytes(end[place + 12 : place + 16], "little"))
    if 0 <= large <= len(end) - 48:
        sizes.append(int.from_bytes(end[large + 40 : large + 48], "little"))
    return max(size for size in sizes if size != _UNKNOWN)
