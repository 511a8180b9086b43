"""The texts that the cells of a workbook share, as bytes one behind the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from recon_app.sources._workbook_scan import NotPlain

Bytes = NDArray[np.uint8]
Whole = NDArray[np.int64]

_ITEM, _KEPT, _END = (
    b"\x01",
    b"\x02",
    b"\x03",
)  # starts of texts, the second with their blanks, and their ends
_MARKS = (
    (b"<si><t/></si>", b"<si><t></t></si>"),
    (b'<si><t xml:space="preserve">', _KEPT),
    (b"<si><t>", _ITEM),
    (b"</t></si>", _END),
)
_ITEM_END = b"</si>"
_DECLARED = re.compile(rb"\s*<\?xml [^>]*encoding=[\"']([^\"']*)")
_ESCAPED = re.compile(rb"_x[0-9A-Fa-f]{4}_")
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));|&")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_PRINTED = 0x20  # the characters before it are controls
_SURROGATES, _LAST = range(0xD800, 0xE000), 0x10FFFF


class Strings:
    """Texts by their index.

    Attributes:
        lengths: Bytes of each text.
        starts: Where each text begins in the bytes.
    """

    def __init__(self, data: Bytes, starts: Whole, lengths: Whole) -> None:
        self.starts = starts
        self.lengths = lengths
        self._size = len(data)
        self._buffer = data

    def __len__(self) -> int:
        return len(self.starts)

    def followed_by(self, *more: bytes) -> tuple[Bytes, int]:
        """The bytes with others behind them, and where those begin; the next call overwrites these."""
        end = self._size + sum(map(len, more))
        if end > len(self._buffer):
            grown = np.empty(end + end // 8, np.uint8)
            grown[: self._size] = self._buffer[: self._size]
            self._buffer = grown
        place = self._size
        for piece in more:
            self._buffer[place : place + len(piece)] = np.frombuffer(piece, np.uint8)
            place += len(piece)
        return self._buffer, self._size


NO_STRINGS = Strings(np.zeros(0, np.uint8), np.zeros(0, np.int64), np.zeros(0, np.int64))


def read_strings(blocks: Iterable[bytes]) -> Strings:
    """Read the part of shared texts, which is known to be well-formed.

    Raises:
        NotPlain: the texts are formatted within, or not written as programs do.
    """
    parts, starts, lengths = [b""], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    done = 0
    for items in _whole_items(blocks):
        marked, start, length = _cut(items)
        parts.append(marked)
        starts.append(start + done)
        lengths.append(length)
        done += len(marked)
    data = np.frombuffer(b"".join(parts), np.uint8)
    return Strings(data, np.concatenate(starts), np.concatenate(lengths))


def _whole_items(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, cut behind items, without what stands before the first and behind the last."""
    rest = b""
    begun = False
    for block in blocks:
        joined = rest + block
        if not begun:
            start = joined.find(b"<si>")
            if start < 0:
                rest = joined
                continue
            check_encoding(joined[:start])
            begun, joined = True, joined[start:]
        end = joined.rfind(_ITEM_END) + len(_ITEM_END)
        if end >= len(_ITEM_END):
            yield joined[:end]
            joined = joined[end:]
        rest = joined
    if b"<si" in rest or (begun and b"<!" in rest):
        raise NotPlain


def _cut(items: bytes) -> tuple[bytes, Whole, Whole]:
    """Items with marks for their markup, and where their texts begin and how long they are."""
    check_text(items)
    marked = items
    for markup, mark in _MARKS:
        marked = marked.replace(markup, mark)
    if b"<" in marked or b">" in marked:
        raise NotPlain
    data = np.frombuffer(marked, np.uint8)
    marks = np.flatnonzero(data < ord("\t"))
    opened, closed = marks[0::2], marks[1::2]
    if (
        not len(opened) == len(closed) > 0
        or (data[closed] != _END[0]).any()
        or (data[opened] == _END[0]).any()
        or opened[0] != 0
        or (opened[1:] != closed[:-1] + 1).any()
    ):
        raise NotPlain
    starts, lengths = opened + 1, closed - opened - 1
    check_edges(marked, data, starts[data[opened] == _ITEM[0]], closed[data[opened] == _ITEM[0]])
    if b"&" not in marked:
        return marked, starts, lengths
    odd = np.unique(np.searchsorted(closed, np.flatnonzero(data == ord("&"))))
    kept = data[opened] == _KEPT[0]
    plain = [
        plain_text(marked[starts[index] : closed[index]], kept=bool(kept[index])) for index in odd.tolist()
    ]
    behind = np.cumsum([len(marked), *map(len, plain)])
    starts[odd], lengths[odd] = behind[:-1], np.diff(behind)
    return b"".join((marked, *plain)), starts, lengths


def check_encoding(start: bytes) -> None:
    """Make sure that a part, whose first bytes are given, is UTF-8 and has no comments before its content.

    Raises:
        NotPlain: it is something else.
    """
    declared = _DECLARED.match(start.removeprefix(b"\xef\xbb\xbf"))
    if b"<!" in start or (declared is not None and declared[1].lower() != b"utf-8"):
        raise NotPlain


def check_text(text: bytes) -> None:
    """Make sure that a text is UTF-8 and has no characters that XML forbids or readers change.

    Raises:
        NotPlain: it is not so.
    """
    data = np.frombuffer(text, np.uint8)
    if data.min(initial=_PRINTED) < _PRINTED:
        blanks = text.count(b"\n") + text.count(b"\t")
        if np.count_nonzero(data < _PRINTED) != blanks:
            raise NotPlain
    if not text.isascii():
        try:
            text.decode()
        except UnicodeDecodeError:
            raise NotPlain from None
        if any(character in text for character in _NO_CHARACTERS):
            raise NotPlain
    if b"_x" in text and _ESCAPED.search(text):
        raise NotPlain


def check_edges(text: bytes, data: Bytes, starts: Whole, ends: Whole) -> None:
    """Make sure that no text begins or ends with a blank, which readers drop unless it is to be kept.

    Args:
        text: Bytes that hold the texts.
        data: The same.
        starts: Where texts begin.
        ends: Where they end.

    Raises:
        NotPlain: one does.
    """
    filled = ends > starts
    starts, ends = starts[filled], ends[filled]
    first, last = data[starts], data[ends - 1]
    if min(first.min(initial=255), last.min(initial=255)) <= _PRINTED:
        raise NotPlain
    for index in np.flatnonzero((first > 127) | (last > 127)).tolist():
        shown = text[starts[index] : ends[index]].decode()
        if shown != shown.strip():
            raise NotPlain


def plain_text(escaped: bytes, *, kept: bool) -> bytes:
    """A text with its references resolved.

    Args:
        escaped: The text as it stands in the part.
        kept: Whether blanks at its ends are kept.

    Raises:
        NotPlain: a reference names nothing that may stand there, or it is not sure what is kept.
    """
    text = _REFERENCE.sub(_resolved, escaped.decode())
    if not kept and text != text.strip():
        raise NotPlain
    return text.encode()


def _resolved(match: re.Match[str]) -> str:
    name, decimal, hexadecimal = match.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16) if hexadecimal else 0
    if not _PRINTED <= code <= _LAST or code in _SURROGATES or code & 0xFFFE == 0xFFFE:
        raise NotPlain
    return chr(code)
