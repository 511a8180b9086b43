"""JSON without the freedoms of the json module: each value has one reading, and numbers keep their digits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

_MOST_LEVELS = 60


class JsonError(ValueError):
    """A text is not the strict JSON that is wanted."""


def parse(text: str) -> Any:
    """Read one JSON value; numbers with decimals stay text.

    Raises:
        JsonError: the text is no JSON, has a name twice in one object, NaN or Infinity, half of a character,
            or is too deep.
    """
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_float=str, parse_int=_whole, parse_constant=_constant
        )
    except RecursionError as error:
        raise JsonError(f"has more than {_MOST_LEVELS} levels") from error
    except json.JSONDecodeError as error:
        raise JsonError(f"is not JSON ({error.msg}, character {error.pos + 1})") from error
    if text.count("{") + text.count("[") > _MOST_LEVELS and _depth(value) > _MOST_LEVELS:
        raise JsonError(f"has more than {_MOST_LEVELS} levels")
    if "\\u" in text:
        _check_characters(value)
    return value


def _check_characters(value: Any) -> None:
    """Refuse halves of characters, which an escape can write and no text file can hold."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise JsonError("holds half of a character") from error


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise JsonError(f"has {twice[:60]!r} twice in one object")
    return found


def _whole(digits: str) -> int | str:
    """Whole numbers; those that are longer than any id or amount stay text."""
    return int(digits) if len(digits) <= 20 else digits


def _constant(word: str) -> Any:
    raise JsonError(f"holds {word}, which is no number of JSON")


def _depth(value: Any) -> int:
    """Levels of nested objects and lists, without recursion."""
    depth, level = 0, [value]
    while level and depth <= _MOST_LEVELS:
        nested = [item for item in level if isinstance(item, dict | list)]
        level = [part for item in nested for part in (item.values() if isinstance(item, dict) else item)]
        depth += bool(nested)
    return depth
