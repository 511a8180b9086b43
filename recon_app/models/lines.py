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

    data: bytearray
    count: int

    def __len__(self) -> int:
        return self.count

    def texts(self) -> list[str]:
        """The texts themselves."""
        texts = self.data.decode(errors="surrogatepass").split("\n")[:-1]
        broken = LINE_BREAK.encode(errors="surrogatepass") in self.data
        return [text.replace(LINE_BREAK, "\n") for text in texts] if broken else texts


def as_lines(texts: Sequence[str]) -> Lines:
    """Put texts on lines."""
    data = "\n".join([*texts, ""])
    if data.count("\n") > len(texts):
        data = "\n".join([*(text.replace("\n", LINE_BREAK) for text in texts), ""])
    return Lines(bytearray(data, "utf-8", "surrogatepass"), len(texts))
