"""An answer that a person gives once and that is kept, as in ``journal.Stripe=stripe``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Ask:
    """What a comparison asks.

    Attributes:
        word: First word of the answers' names.
        example: A whole answer, as a person types it.
        expects: What an answer is, in words, as behind "it must be".
        fits: Whether a text is one.
        about: Pattern of what may follow the word and its dot; mostly a name from the data, which may come
            with a later file.
    """

    word: str
    example: str
    expects: str = "a text"
    fits: Callable[[str], object] = bool
    about: str = ".+"

    def wrong(self, about: str, value: str) -> str:
        """What is wrong with an answer, "" for nothing."""
        if not re.fullmatch(self.about, about):
            return f"nobody asks for {self.word}.{about}; an answer is written as in {self.example}"
        if not value.strip() or not self.fits(value):
            return f"{self.word}.{about} cannot be {value!r}; it must be {self.expects}, as in {self.example}"
        return ""


def one_of(word: str, example: str, *values: str, about: str = ".+") -> Ask:
    """Ask for one of some values."""
    expects = " or ".join([", ".join(values[:-1]), values[-1]])
    return Ask(word, example, expects, values.__contains__, about)


def is_moment(text: str) -> bool:
    """Whether a text is a time with its zone, as ``2026-11-23T09:30+01:00``."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def is_zone(text: str) -> bool:
    """Whether a text is the name of a time zone, as ``Europe/Berlin``."""
    try:
        return bool(ZoneInfo(text).key)
    except (KeyError, ValueError, OSError):
        return False
