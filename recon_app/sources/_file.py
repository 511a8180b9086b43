"""A file to be imported, as bytes, as text and as rows of cells."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from recon_app.models.problem import AnswerNeeded, FileRejected, Problem
from recon_app.sources._encoding import encoding_of, known_encoding, undecodable
from recon_app.sources._text import Block, Lines, row_blocks, rows_of
from recon_app.sources._workbook import Workbook
from recon_app.sources._workbook_zip import is_workbook

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD_ROWS = 40  # a header is looked for in this many first rows
MAX_BYTES = 1 << 30
_HEAD_BYTES = 65_536
_FEW_ZEROS = 20  # a text has fewer NUL bytes than one in so many
_WIDEST = 2  # bytes of a line end in any encoding
_BLOCK_BYTES = 1 << 20
_LINES_IN_BYTES = ("utf-8", "utf-8-sig", "cp1252", "cp1250")  # encodings in which a byte 10 is a line end
_FIRST_PART = 0.55  # of a file that is read in two parts: the process for the other must start first
#: First bytes of files that are never tables of text.
_MAGIC = (
    (b"%pdf", "a PDF document"),
    (b"\x89png", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"gif8", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"pk\x03\x04", "a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an Excel 97 workbook (.xls) or another old Office file"),
    (b"sqlite format 3\0", "a database"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<", "an XML file"),
)


def clean_header(cell: str) -> str:
    """Fold what exports vary in a header cell: BOM, no-break spaces, doubled blanks."""
    return " ".join(cell.replace("\ufeff", "").replace("\u00a0", " ").split())


class InputFile:
    """A file to be imported, read once and looked at from several sides.

    Attributes:
        path: Where it lies.
        name: Base name, as shown and stored.
        workbook: The cells, where it is a workbook.
        cut_off: Whether its last row, once it was read, has no line end while others have one.
        start: Byte from which its lines are read; those of its header are, too.
        end: Byte up to which they are read, None for all.
    """

    def __init__(self, path: Path, encoding: str = "", sheet: str = "") -> None:
        self.path = path
        self.name = path.name
        self.workbook = Workbook(path, sheet)
        self.cut_off = False
        self.start = 0
        self.end: int | None = None
        self._encoding = encoding

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB."""
        with self.path.open("rb") as stream:
            return stream.read(_HEAD_BYTES)

    @cached_property
    def sha256(self) -> str:
        """Hash of the bytes."""
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    @cached_property
    def is_xlsx(self) -> bool:
        """Whether the content is an Office Open XML workbook."""
        return is_workbook(self.path, self.head)

    @property
    def warnings(self) -> Sequence[Problem]:
        """What was read and should be looked at."""
        return self.workbook.warnings if self.is_xlsx else ()

    @cached_property
    def not_text(self) -> str:
        """What a file is that is no text, in words; "" for a text (and for JSON, which is one)."""
        start = self.head.lstrip().lower()
        looks = next((words for magic, words in _MAGIC if start.startswith(magic)), "")
        if self.is_xlsx:
            return "a workbook"
        binary = b"\0" in self.head and not (self._is_dirty_text or self._may_be_utf16)
        return looks or ("a binary file" if binary else "")

    @cached_property
    def _is_dirty_text(self) -> bool:
        """Whether some NUL bytes stand in what is UTF-8 otherwise."""
        try:
            codecs.getincrementaldecoder("utf-8")().decode(self.head)
        except UnicodeDecodeError:
            return False
        return self.head.count(b"\0") * _FEW_ZEROS < len(self.head)

    @cached_property
    def _may_be_utf16(self) -> bool:
        """Whether the NUL bytes can be halves of characters."""
        try:
            return self.encoding.startswith("utf-16")
        except AnswerNeeded as asked:
            return asked.choices[0].startswith("utf-16")
        except FileRejected as rejected:
            return rejected.problems[0].code == "E_ENCODING" and self.head.startswith((b"\xff\xfe", b"\0\0"))

    @cached_property
    def encoding(self) -> str:
        """Encoding of a text file: the byte order mark or UTF-8 decides, otherwise it is asked.

        Raises:
            AnswerNeeded: the bytes are not UTF-8 and nobody said what they are.
            FileRejected: the bytes fit no encoding.
            UsageError: the encoding that was told does not exist.
        """
        return known_encoding(self._encoding) if self._encoding else encoding_of(self.path, self.head)

    def parts(self) -> tuple[InputFile, InputFile] | None:
        """Two parts of a big text file that can be read at once, None where its bytes do not allow it.

        Where the second begins within a quoted cell, the first is damaged text.
        """
        if self.is_xlsx or self.not_text or self.encoding not in _LINES_IN_BYTES:
            return None
        with self.path.open("rb") as stream:
            stream.seek(int(self.path.stat().st_size * _FIRST_PART))
            line = stream.readline(_HEAD_BYTES)
            place, behind = stream.tell(), stream.read(_HEAD_BYTES)
        if (
            place < _HEAD_BYTES
            or not line.endswith(b"\n")
            or not behind
            or behind.startswith(codecs.BOM_UTF8)
        ):
            return None
        return self.parts_at(place)

    def parts_at(self, place: int) -> tuple[InputFile, InputFile]:
        """The parts before and from a byte on, where a line begins that is not of the header."""
        first, rest = copy(self), copy(self)
        first.end, rest.start = place, place
        return first, rest

    @cached_property
    def lines_before(self) -> int:
        """How many lines stand before those that are read."""
        with self.path.open("rb") as stream:
            blocks = (
                stream.read(min(_BLOCK_BYTES, self.start - done))
                for done in range(0, self.start, _BLOCK_BYTES)
            )
            return sum(block.count(b"\n") for block in blocks)

    def text(self) -> str:
        """The whole text of a small file.

        Raises:
            FileRejected: the bytes do not fit the encoding.
        """
        try:
            return self.path.read_text(encoding=self.encoding)
        except UnicodeDecodeError as error:
            raise self._damaged(error) from error

    def _damaged(self, error: UnicodeDecodeError) -> FileRejected:
        bad = undecodable(self.path, self.encoding)
        words = f"byte {error.start} is not {error.encoding}"
        problem = Problem(None, None, words, "save the file as UTF-8", "E_ENCODING")
        return FileRejected(problem if bad is None else bad.problem())

    @cached_property
    def delimiter(self) -> str:
        """The character that splits the first lines of a text file into equal rows, or that it names.

        A text with commas in it does not make a comma of the semicolon.
        """
        lines = self._head_text.splitlines()[:HEAD_ROWS]
        if lines and self.names_delimiter:
            return lines[0].strip('"')[-1]
        return max(",;\t|", key=lambda mark: _splits(lines, mark))

    @cached_property
    def names_delimiter(self) -> bool:
        """Whether the first line is ``sep=;``, which spreadsheet programs understand."""
        if self.is_xlsx:
            return False
        first = next(iter(self._head_text.splitlines()), "").strip('"')
        return len(first) == len("sep=;") and first.startswith("sep=")

    @cached_property
    def head_rows(self) -> list[list[str]]:
        """The first rows as text cells; empty for files that are not tables."""
        if self.is_xlsx:
            return self.workbook.head
        if self.not_text:
            return []
        lines = io.StringIO(self._head_text, newline="")
        try:
            return list(islice(csv.reader(lines, delimiter=self.delimiter), HEAD_ROWS))
        except csv.Error:
            return []

    def header_index(self, required: Sequence[str]) -> int | None:
        """Index of the first row that has all required header cells, None when there is none."""
        wanted = {name.casefold() for name in required}
        return next((index for index, names in enumerate(self._head_names) if wanted <= names), None)

    @cached_property
    def _head_names(self) -> list[set[str]]:
        """The first rows as header cells; every source asks for them."""
        return [{clean_header(cell).casefold() for cell in row} for row in self.head_rows]

    @cached_property
    def _head_text(self) -> str:
        text = self.head.decode(self.encoding, errors="ignore")
        return text.removeprefix("\ufeff")

    def rows(self) -> Iterator[list[str]]:
        """All rows as text cells, quoting checked strictly.

        Raises:
            FileRejected: the text is damaged.
        """
        return self.numbered_rows()[0]

    def numbered_rows(self) -> tuple[Iterator[list[str]], Lines]:
        """All rows as text cells, and where they stand, which is filled while they are read.

        Raises:
            FileRejected: the text is damaged; raised where the rows are read.
        """
        blocks, lines = self.blocks(0)
        return chain.from_iterable(map(rows_of, blocks)), lines

    def blocks(self, width: int) -> tuple[Iterator[Block], Lines]:
        """The rows some hundred at a time, and where they stand.

        Args:
            width: Number of cells of the rows that may come as a :class:`Table`.

        Raises:
            FileRejected: the text is damaged; raised where the blocks are read.
        """
        lines = Lines()
        return (self._sheet_blocks(lines) if self.is_xlsx else self._text_blocks(lines, width)), lines

    def _sheet_blocks(self, lines: Lines) -> Iterator[Block]:
        done = 0
        for block in self.workbook.blocks():
            if isinstance(block, list):  # a table has no characters that nobody sees
                lines.inspect("".join(map("".join, block)), block, done)
            yield block
            done += len(block)

    @property
    def _ends_openly(self) -> bool:
        with self.path.open("rb") as stream:
            size = stream.seek(0, io.SEEK_END)
            stream.seek(max(size - _WIDEST, 0))
            end = stream.read()
        last = end if self.encoding.startswith("utf-16") else end[-1:]
        return b"\n" in self.head and b"\n" not in last and b"\r" not in last

    def _text_blocks(self, lines: Lines, width: int = 0) -> Iterator[Block]:
        try:
            with self._opened() as stream:
                yield from row_blocks(stream, self.delimiter, lines, width)
            self.cut_off = self.end is None and self._ends_openly
        except UnicodeDecodeError as error:
            raise self._damaged(error) from error

    def _opened(self) -> TextIO:
        """The lines that are read."""
        if self.end is None and not self.start:
            return self.path.open(encoding=self.encoding, newline="")
        part = _Part(self.path, self.start, self.end)
        return io.TextIOWrapper(io.BufferedReader(part, _BLOCK_BYTES), self.encoding, newline="")


class _Part(io.FileIO):
    """A file from one byte on up to another."""

    def __init__(self, path: Path, start: int, end: int | None) -> None:
        super().__init__(path)
        self._end = self.seek(0, io.SEEK_END) if end is None else end
        self.seek(start)

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read up to the end of the part."""
        wanted = memoryview(buffer)
        return super().readinto(wanted[: max(self._end - self.tell(), 0)]) or 0


def _splits(lines: Sequence[str], mark: str) -> tuple[int, int]:
    """How many cells a mark splits off in lines of the same width, and in all."""
    widths = [len(_split(line, mark)) - 1 for line in lines]
    return max((widths.count(width) * width for width in set(widths)), default=0), sum(widths)


def _split(line: str, mark: str) -> list[str]:
    return next(csv.reader([line], delimiter=mark), [])
