"""Which encoding a text file has: told by its bytes for certain, or asked; never guessed.

A byte order mark or valid UTF-8 decides. Bytes that are no UTF-8 can be text of an older program, which a
person must name, or damage: two encodings in one file, or forms that UTF-8 forbids.
"""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass
from pathlib import Path

from recon_app.models.problem import AnswerNeeded, FileRejected, Problem, UsageError
from recon_app.sources._text import column_number, named

#: Encodings that older programs write; answers of the option ``encoding``.
ENCODINGS = ("cp1252", "cp1250", "mac_roman", "utf-16")
_BLOCK_BYTES = 1 << 20
_UTF32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# what no encoder of UTF-8 writes: overlong forms, halves of pairs, numbers beyond the last character
_FORBIDDEN = re.compile(
    rb"[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f]|\xed[\xa0-\xbf][\x80-\xbf]|\xf0[\x80-\x8f]|[\xf4-\xff][\x90-\xbf]"
)
_VALID = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}")
_SHOWN = 40  # characters of an example


def encoding_of(path: Path, head: bytes) -> str:
    """The encoding of a text file.

    Args:
        path: The file.
        head: Its first bytes.

    Raises:
        AnswerNeeded: nothing decides between several encodings (option ``encoding``).
        FileRejected: the bytes fit no encoding, or two.
    """
    if head.startswith(_UTF32):
        problem = Problem(None, None, "the text is UTF-32", "save it as UTF-8", "E_ENCODING", 1)
        raise FileRejected(problem)
    if head.startswith(_UTF16):
        return "utf-16"
    order = _zeros(head)
    if order:
        question = "Every second byte is zero, as in UTF-16 without its mark. Which encoding is it?"
        problem = Problem(None, None, "UTF-16 without a byte order mark", "say so", "E_ENCODING_ASK")
        raise AnswerNeeded("encoding", (order,), question, problem)
    bad = undecodable(path, "utf-8")
    if bad is None:
        return "utf-8-sig"
    if b"\0" in head:
        raise FileRejected(Problem(None, None, "it is a binary file", "export it again", "E_NOT_TEXT"))
    if _FORBIDDEN.match(bad.behind) or _VALID.search(bad.text_before):
        raise FileRejected(bad.problem("the other lines are UTF-8"))
    raise _question(head, bad)


def _zeros(head: bytes) -> str:
    """The byte order of UTF-16 without a mark, "" for anything else."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    most = len(head) // 2
    if odd > most * 0.7 and even < most * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > most * 0.7 and odd < most * 0.1 else ""


@dataclass(frozen=True)
class Undecodable:
    """The first bytes that do not fit an encoding.

    Attributes:
        encoding: The encoding that was tried.
        offset: Where they stand, from 0.
        line: Their line, from 1.
        text_before: The bytes before them, the last megabyte at most.
        behind: The bytes from there on, some.
    """

    encoding: str
    offset: int
    line: int
    text_before: bytes
    behind: bytes

    def problem(self, hint: str = "") -> Problem:
        """The fault in words."""
        words = f"byte {self.offset} ({self.behind[:1].hex()}) is not {self.encoding}" + (
            hint and f"; {hint}"
        )
        return Problem(
            None, None, words, "save the file as UTF-8, or say its encoding", "E_ENCODING", self.line
        )


def known_encoding(name: str) -> str:
    """The name of an encoding that a person told.

    Raises:
        UsageError: there is no such encoding.
    """
    if not is_encoding(name):
        known = ", ".join(("utf-8", *ENCODINGS))
        raise UsageError(f"{name!r} is no encoding; use one of {known}")
    return name


def is_encoding(name: str) -> bool:
    """Whether texts can be written in it; a letter may take several bytes, as in UTF-16."""
    try:
        return "a".encode(name).decode(name) == "a"
    except (LookupError, ValueError):
        return False


def undecodable(path: Path, encoding: str) -> Undecodable | None:
    """The first bytes of a file that do not fit an encoding, None when all do."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done, before = 0, b""
    with path.open("rb") as stream:
        while True:
            block = stream.read(_BLOCK_BYTES)
            pending = decoder.getstate()[0]
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                start = error.start - len(pending)  # may be negative: the character began in the last block
                good = block[: max(start, 0)]
                return Undecodable(
                    encoding,
                    done + start,
                    1 + _ends(path, done + len(good)),
                    before + good,
                    (pending + block)[error.start :][:8],
                )
            if not block:
                return None
            done, before = done + len(block), block


def _ends(path: Path, size: int) -> int:
    """Line ends in so many first bytes of a file; one that two blocks share may count twice, but is rare."""
    ends = 0
    with path.open("rb") as stream:
        while block := stream.read(min(_BLOCK_BYTES, size)):
            ends += block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
            size -= len(block)
    return ends


def _question(head: bytes, bad: Undecodable) -> AnswerNeeded:
    """Ask with the doubtful cell as each encoding shows it."""
    start = max(bad.text_before.rfind(b"\n"), bad.text_before.rfind(b"\r")) + 1
    cells_before = bad.text_before[start:].decode("latin-1")
    header = re.split(r"\r\n|\r|\n", head.decode("latin-1"), maxsplit=1)[0]
    mark = max(",;\t|", key=header.count)
    place = len(next(csv.reader([cells_before], delimiter=mark), [""])) - 1
    around = bad.text_before[start:][-_SHOWN:] + bad.behind
    shown = re.split(rb"[\r\n]|" + re.escape(mark.encode()), around)
    example = next((part for part in shown if not part.isascii()), around)
    ways = []
    for encoding in ENCODINGS[:-1]:
        text = example.decode(encoding, "replace")
        ways.append(f"{text!r} ({encoding})")
    names = [name.strip().strip('"') for name in header.split(mark)]
    problem = Problem(
        None,
        column_number(place),
        f"{example.decode('latin-1')!r} is not UTF-8",
        "say the encoding",
        "E_ENCODING_ASK",
        bad.line,
    )
    question = f"The text is not UTF-8. Line {bad.line} can be {' or '.join(ways)}. Which encoding is it?"
    return AnswerNeeded("encoding", ENCODINGS, question, *named([problem], names))
