"""A file to be imported, as bytes, as text and as rows of cells."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from functools import cached_property
from itertools import chain, islice
from pathlib import Path

from recon_app.models.problem import AnswerNeeded, FileRejected, Problem

HEAD_ROWS = 40  # a header is looked for in this many first rows
_HEAD_BYTES = 65_536
_BLOCK_BYTES = 1 << 20
_BLOCK = 1 << 16  # characters
_ENCODINGS = ("cp1252", "cp1250", "utf-16")
_ZIP_MAGIC = b"PK\x03\x04"

csv.field_size_limit(131_072)


def clean_header(cell: str) -> str:
    """Fold what exports vary in a header cell: BOM, no-break spaces, doubled blanks."""
    return " ".join(cell.replace("\ufeff", "").replace("\u00a0", " ").split())


class InputFile:
    """A file to be imported, read once and looked at from several sides.

    Attributes:
        path: Where it lies.
        name: Base name, as shown and stored.
    """

    def __init__(self, path: Path, encoding: str = "") -> None:
        self.path = path
        self.name = path.name
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
        return self.head.startswith(_ZIP_MAGIC) and b"[Content_Types].xml" in self.head

    @cached_property
    def encoding(self) -> str:
        """Encoding of a text file: the byte order mark or UTF-8 decides, otherwise it is asked.

        Raises:
            AnswerNeeded: the bytes are not UTF-8 and nobody said what they are.
        """
        if self._encoding:
            return self._encoding
        if self.head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        if self._is_utf8():
            return "utf-8-sig"
        raise AnswerNeeded("encoding", _ENCODINGS, "The text is not UTF-8. Which encoding is it?")

    def _is_utf8(self) -> bool:
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            with self.path.open("rb") as stream:
                while block := stream.read(_BLOCK_BYTES):
                    decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        return True

    def text(self) -> str:
        """The whole text of a small file.

        Raises:
            FileRejected: the bytes do not fit the encoding.
        """
        try:
            return self.path.read_text(encoding=self.encoding)
        except UnicodeDecodeError as error:
            raise FileRejected(_undecodable(error)) from error

    @cached_property
    def delimiter(self) -> str:
        """The character that splits the most cells in the first lines of a text file."""
        lines = self._head_text.splitlines()[:HEAD_ROWS]
        counts = {mark: sum(len(_split(line, mark)) - 1 for line in lines) for mark in ",;\t|"}
        return max(counts, key=lambda mark: counts[mark])

    @cached_property
    def head_rows(self) -> list[list[str]]:
        """The first rows as text cells; empty for files that are not tables."""
        if self.is_xlsx:
            return [_texts(row) for row in islice(self._sheet_rows(), HEAD_ROWS)]
        if b"\0" in self.head and not self.encoding.startswith("utf-16"):
            return []
        lines = io.StringIO(self._head_text, newline="")
        try:
            return list(islice(csv.reader(lines, delimiter=self.delimiter), HEAD_ROWS))
        except csv.Error:
            return []

    def header_index(self, required: Sequence[str]) -> int | None:
        """Index of the first row that has all required header cells, None when there is none."""
        wanted = {name.casefold() for name in required}
        for index, row in enumerate(self.head_rows):
            if wanted <= {clean_header(cell).casefold() for cell in row}:
                return index
        return None

    @cached_property
    def _head_text(self) -> str:
        return self.head.decode(self.encoding, errors="ignore")

    def _sheet_rows(self) -> Iterator[list[object]]:
        import python_calamine  # heavy, and only workbooks need it

        try:
            book = python_calamine.load_workbook(str(self.path))
            sheet = book.get_sheet_by_index(0)
            return (list(row) for row in sheet.to_python(skip_empty_area=False))
        except python_calamine.CalamineError as error:
            raise FileRejected(
                Problem(None, None, f"the workbook cannot be read ({error})", "export it again")
            ) from error

    def rows(self) -> Iterator[list[str]]:
        """All rows as text cells, quoting checked strictly.

        Raises:
            FileRejected: the text is damaged.
        """
        if self.is_xlsx:
            yield from (_texts(row) for row in self._sheet_rows())
            return
        number = 0
        try:
            with self.path.open(encoding=self.encoding, newline="") as stream:
                while block := stream.read(_BLOCK) + stream.readline():
                    rows = plain_rows(block, self.delimiter)
                    if rows is not None:
                        yield from rows
                        number += len(rows)
                        continue
                    lines = io.StringIO(block, newline="")
                    for row in csv.reader(chain(lines, stream), delimiter=self.delimiter, strict=True):
                        number += 1
                        yield row
                        if lines.tell() == len(block):  # the last row may have taken more of the stream
                            break
        except UnicodeDecodeError as error:
            raise FileRejected(_undecodable(error)) from error
        except csv.Error as error:
            raise FileRejected(
                Problem(number, None, f"the text is damaged here ({error})", "export it again")
            ) from error


def plain_rows(block: str, delimiter: str) -> list[list[str]] | None:
    """Split whole lines of which no cell is quoted, or every one; twice as fast as the csv module.

    Returns:
        The rows that a strict csv reader gives; None when only that can read the block.
    """
    if len(block) > csv.field_size_limit():
        return None
    end = "\r\n" if "\r" in block else "\n"
    lines = block.removesuffix(end)
    if '"' not in block:
        plain = block.count("\r") + block.count("\n") == len(end) * block.count(end)
        return [line.split(delimiter) if line else [] for line in lines.split(end)] if plain else None
    rows = [line.split(f'"{delimiter}"') for line in lines[1:-1].split(f'"{end}"')]
    # every quote is the first or last character of a cell
    whole = lines[0] == lines[-1] == '"' and block.count('"') == 2 * sum(map(len, rows))
    return rows if whole else None


def _undecodable(error: UnicodeDecodeError) -> Problem:
    return Problem(None, None, f"byte {error.start} is not {error.encoding}", "save the file as UTF-8")


def _split(line: str, mark: str) -> list[str]:
    return next(csv.reader([line], delimiter=mark), [])


def _texts(cells: Sequence[object]) -> list[str]:
    """Cells of a workbook as the text a CSV export would hold."""
    return [cell if isinstance(cell, str) else _text(cell) for cell in cells]


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        # 15 significant digits are what a workbook stores exactly
        text = format(cell, ".15g")
        return format(cell, ".0f") if "e" in text and cell.is_integer() else text
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
