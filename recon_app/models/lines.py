"""Many texts as one run of bytes: what the store reads and the engine compares, no object for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Stands for a line break within a text; no decoded file contains it.
LINE_BREAK = "\udc0a"


@dataclass(frozen=True, slots=True)
class Lines:
    """Texts, one a line.

    Attributes:
        data: UTF-8, with a line feed behind each text; :data:`LINE_BREAK` is three bytes of it.
        count: Number of texts.
    """

    data: bytes
    count: int


def as_lines(texts: Sequence[str]) -> Lines:
    """Put texts on lines."""
    data = "\n".join([*texts, ""])
    if data.count("\n") > len(texts):
        data = "\n".join([*(text.replace("\n", LINE_BREAK) for text in texts), ""])
    return Lines(data.encode(errors="surrogatepass"), len(texts))
