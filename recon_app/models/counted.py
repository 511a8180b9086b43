"""Numbers with their words."""

from __future__ import annotations


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its word: ``1 line``, ``2 lines``, ``3 entries``.

    Args:
        count: How many there are.
        one: What follows 1; it may go on with a verb, as in ``order was left out``.
        many: What follows every other number; ``one`` with an s where it is left out.
    """
    return f"{count} {one if count == 1 else many or one + 's'}"
