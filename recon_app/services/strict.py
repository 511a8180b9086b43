"""Settings files from other people: JSON that holds what it may hold and nothing else.

A file says what it is, and a closed shape says which fields and values there are. Nothing in it is ever run,
and what Python's reader lets pass is refused: doubled keys, NaN, floats, numbers and nesting without end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from recon_app.models.problem import FileRejected, Problem

MOST_BYTES = 1 << 20
_MOST_DEPTH = 12
_MOST_DIGITS = 9
_SHOWN = 40
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,6})?")

#: Checks a value and raises what is wrong with it; the text says where it stands.
Shape = Callable[[Any, str], None]


def read_file(path: Path, shape: Shape) -> Any:
    """Read a settings file.

    Raises:
        FileRejected: it is not of this shape; the problem has the code ``E_RULE``.
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        content = stream.read(MOST_BYTES + 1)
    return read(content, shape)


def read(content: bytes, shape: Shape) -> Any:
    """Read the content of a settings file, see :func:`read_file`."""
    if len(content) > MOST_BYTES:
        refuse("", f"the file is larger than {MOST_BYTES >> 10} KB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        refuse("", "this is no JSON file in UTF-8")
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=lambda number: refuse("", f"{number} must be written as a text"),
            parse_int=_whole,
            parse_constant=lambda word: refuse("", f"{word} is no value"),
        )
    except ValueError as error:
        refuse("", f"this is no JSON ({error})")
    shape(value, "")
    return value


def refuse(where: str, problem: str) -> NoReturn:
    """Refuse a file.

    Raises:
        FileRejected: always.
    """
    advice = "get the file from somebody who exported it, or correct it"
    raise FileRejected(Problem(None, where or None, problem, advice, "E_RULE"))


def _check_depth(text: str) -> None:
    depth = 0
    for char in _STRING.sub("", text):
        depth += (char in "[{") - (char in "]}")
        if depth > _MOST_DEPTH:
            refuse("", f"the file is nested more than {_MOST_DEPTH} deep")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        refuse(next(name for name in names if names.count(name) > 1), "the name stands twice")
    return found


def _whole(number: str) -> int:
    if len(number) > _MOST_DIGITS:
        refuse("", f"the number {number[:_SHOWN]} is too long")
    return int(number)


def fields(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """An object with these fields and no others."""
    known = {**required, **(optional or {})}

    def check(value: Any, where: str) -> None:
        if not isinstance(value, dict):
            refuse(where, "an object is expected")
        for name in value:
            if name not in known:
                refuse(_inside(where, name), f"there is no field {name[:_SHOWN]!r}")
        for name in required:
            if name not in value:
                refuse(_inside(where, name), "the field is missing")
        for name, each in value.items():
            known[name](each, _inside(where, name))

    return check


def mapped(name: Shape, shape: Shape) -> Shape:
    """An object whose names and values have these shapes."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, dict):
            refuse(where, "an object is expected")
        for key, each in value.items():
            name(key, _inside(where, key))
            shape(each, _inside(where, key))

    return check


def listed(shape: Shape, most: int = 1_000) -> Shape:
    """A list of such values."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, list):
            refuse(where, "a list is expected")
        if len(value) > most:
            refuse(where, f"there are more than {most}")
        for number, each in enumerate(value, 1):
            shape(each, _inside(where, str(number)))

    return check


def one_of(*allowed: str | int) -> Shape:
    """One of these values."""

    def check(value: Any, where: str) -> None:
        if isinstance(value, bool) or not any(
            value == each and type(value) is type(each) for each in allowed
        ):
            choices = ", ".join(map(str, allowed))
            refuse(where, f"{str(value)[:_SHOWN]!r} is not allowed here; it may be {choices}")

    return check


def text(longest: int = 200, pattern: str = ".+") -> Shape:
    """A text without invisible characters."""
    shaped = re.compile(pattern)

    def check(value: Any, where: str) -> None:
        if not isinstance(value, str):
            refuse(where, "a text is expected")
        if len(value) > longest or _CONTROLS.search(value) or not shaped.fullmatch(value):
            refuse(where, f"{value[:_SHOWN]!r} is not allowed here")

    return check


def decimal(value: Any, where: str) -> None:
    """A number that is not negative, written as a text so that no digit is lost."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        refuse(where, f"{str(value)[:_SHOWN]!r} is no number written as a text")


def _inside(where: str, name: str) -> str:
    name = name[:_SHOWN]
    return f"{where}.{name}" if where else name
