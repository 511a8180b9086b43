"""Damage of files as it happens on the way: lost and changed bytes, lines, cells and parts of archives."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from random import Random

Mutation = Callable[[Random, bytes], bytes]
_BYTES = b"\x00\x1a\xff\xa0\"',;\t\n\r-+.09AE\xc3\xe2"
_DELIMITERS = (b",", b";", b"\t", b"|")


def flip_byte(rng: Random, data: bytes) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]


def delete_bytes(rng: Random, data: bytes) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + data[place + rng.choice((1, 1, 1, 2, 10)) :]


def insert_byte(rng: Random, data: bytes) -> bytes:
    place = rng.randrange(len(data) + 1)
    return data[:place] + bytes([rng.choice(_BYTES)]) + data[place:]


def double_line(rng: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    place = rng.randrange(len(lines))
    return b"".join((*lines[: place + 1], *lines[place:]))


def remove_line(rng: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    del lines[rng.randrange(len(lines))]
    return b"".join(lines)


def swap_lines(rng: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def truncate(rng: Random, data: bytes) -> bytes:
    return data[: rng.randrange(1, len(data))]


def swap_cells(rng: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    mark = max(_DELIMITERS, key=data.count)
    place = rng.randrange(len(lines))
    body = lines[place].rstrip(b"\r\n")
    cells = body.split(mark)
    one, other = rng.randrange(len(cells)), rng.randrange(len(cells))
    cells[one], cells[other] = cells[other], cells[one]
    lines[place] = mark.join(cells) + lines[place][len(body) :]
    return b"".join(lines)


def remove_cell(rng: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    mark = max(_DELIMITERS, key=data.count)
    place = rng.randrange(len(lines))
    body = lines[place].rstrip(b"\r\n")
    cells = body.split(mark)
    del cells[rng.randrange(len(cells))]
    lines[place] = mark.join(cells) + lines[place][len(body) :]
    return b"".join(lines)


def change_digit(rng: Random, data: bytes) -> bytes:
    """Another digit in a number that looks like an amount, else in any number."""
    found = list(re.finditer(rb"\d+[.,]\d+", data)) or list(re.finditer(rb"\d+", data))
    if not found:
        return flip_byte(rng, data)
    amount = rng.choice(found)
    places = [index for index in range(amount.start(), amount.end()) if data[index : index + 1].isdigit()]
    place = rng.choice(places)
    digit = rng.choice([each for each in b"0123456789" if each != data[place]])
    return data[:place] + bytes([digit]) + data[place + 1 :]


def change_sign(rng: Random, data: bytes) -> bytes:
    found = list(re.finditer(rb"-?\d+[.,]\d+", data))
    if not found:
        return change_digit(rng, data)
    amount = rng.choice(found)
    other = amount[0][1:] if amount[0].startswith(b"-") else b"-" + amount[0]
    return data[: amount.start()] + other + data[amount.end() :]


def change_delimiter(rng: Random, data: bytes) -> bytes:
    """Another delimiter in the whole file, or in one line."""
    mark = max(_DELIMITERS, key=data.count)
    other = rng.choice([each for each in _DELIMITERS if each != mark])
    if rng.random() < 0.3:
        return data.replace(mark, other)
    lines = data.splitlines(keepends=True)
    place = rng.randrange(len(lines))
    lines[place] = lines[place].replace(mark, other)
    return b"".join(lines)


def change_quote(rng: Random, data: bytes) -> bytes:
    """One quote more or less, or none at all in the file."""
    places = [index for index in range(len(data)) if data[index] == ord('"')]
    if not places:
        place = rng.randrange(len(data) + 1)
        return data[:place] + b'"' + data[place:]
    if rng.random() < 0.1:
        return data.replace(b'"', b"")
    place = rng.choice(places)
    return data[:place] + rng.choice((b"", b"'", b'""')) + data[place + 1 :]


def change_element(rng: Random, data: bytes) -> bytes:
    """Double or remove an element of XML, or a member of JSON."""
    found = list(re.finditer(rb"<(\w+)>[^<>]*</\1>", data)) or list(
        re.finditer(rb'"\w+" ?: ?[^,{}\[\]]+,?', data)
    )
    if not found:
        return double_line(rng, data)
    each = rng.choice(found)
    copies = rng.choice((0, 2))
    return data[: each.start()] + each[0] * copies + data[each.end() :]


TEXT: tuple[Mutation, ...] = (
    flip_byte,
    delete_bytes,
    insert_byte,
    double_line,
    remove_line,
    swap_lines,
    truncate,
    truncate,
    swap_cells,
    remove_cell,
    change_digit,
    change_digit,
    change_sign,
    change_delimiter,
    change_quote,
)
MARKUP = (
    flip_byte,
    delete_bytes,
    insert_byte,
    double_line,
    remove_line,
    swap_lines,
    truncate,
    change_digit,
    change_digit,
    change_sign,
    change_element,
    change_element,
)
RAW = (flip_byte, delete_bytes, insert_byte, truncate)


def mutate(rng: Random, data: bytes) -> tuple[str, bytes]:
    """A damaged copy of a file, and the name of the damage."""
    start = data.lstrip(b"\xef\xbb\xbf \r\n")[:1]
    if data.startswith(b"PK"):
        return _in_archive(rng, data) if rng.random() < 0.8 else _mutated(rng, RAW, data)
    return _mutated(rng, MARKUP if start in (b"<", b"{", b"[") else TEXT, data)


def _mutated(rng: Random, ways: tuple[Mutation, ...], data: bytes) -> tuple[str, bytes]:
    way = rng.choice(ways)
    return way.__name__, way(rng, data)


def _in_archive(rng: Random, data: bytes) -> tuple[str, bytes]:
    """Damage within one member; the archive itself stays whole."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    wanted = [
        name for name, content in members.items() if content and re.search("sheet|sharedS|camt|xml$", name)
    ]
    name = rng.choice([each for each in wanted if "sheet1" in each or "sharedS" in each] or wanted)
    way, members[name] = _mutated(rng, MARKUP, members[name])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in members.items():
            archive.writestr(each, content)
    return f"{way} in {name}", packed.getvalue()
