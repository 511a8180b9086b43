"""Whether an export shows an entry, its reversal, or another day."""

from __future__ import annotations

import pytest

from recon_app.models.correction import JournalEntry, JournalLine
from recon_app.models.record import NO_INT
from recon_app.services.evidence import Item, belongs, moved, taken_back_by

DAY = 20_734  # 2026-10-08
OURS = "Fees RD-1a2b3c4d"
LINES = (("627100", 300), ("101410", -300))
OWN = [Item("MISC/2026/10/0002", OURS, account, amount, DAY, posted=True) for account, amount in LINES]


def reversal(
    ref: str, *, number: str = "MISC/2026/10/0009", posted: bool = True, sign: int = -1
) -> list[Item]:
    return [Item(number, ref, account, sign * amount, DAY, posted) for account, amount in LINES]


@pytest.mark.parametrize(
    ("shown", "ref", "same"),
    [
        ("Fees", "Fees", True),
        ("Fees", "Fees 2", False),
        (
            "A payout of October with a reference that is [...]",
            "A payout of October with a reference that is long",
            False,
        ),
        (
            "A payout of October with a reference that is [...]",
            "A payout of October with a reference that is longer than fifty",
            True,
        ),
        (
            "A payout of November with a reference that is [...]",
            "A payout of October with a reference that is longer than fifty",
            False,
        ),
    ],
)
def test_a_reference_longer_than_fifty_characters_may_be_shown_cut(
    shown: str, ref: str, *, same: bool
) -> None:
    assert belongs(OWN[0]._replace(ref=shown), ref) is same


@pytest.mark.parametrize(
    ("others", "found"),
    [
        (reversal("RD-5e6f7a8b"), "MISC/2026/10/0009"),
        (reversal("Reversal of: MISC/2026/10/0002, wrong"), "MISC/2026/10/0009"),
        (reversal("Reversal of: MISC/2026/10/00021"), ""),
        (reversal("Reversal of: XMISC/2026/10/0002"), ""),
        (reversal("something else"), ""),
        (reversal("RD-5e6f7a8b", posted=False), ""),
        (reversal("RD-5e6f7a8b", sign=1), ""),
        (reversal("RD-5e6f7a8b")[:1], ""),
        (reversal("RD-5e6f7a8b", number=OWN[0].number), ""),
    ],
)
def test_an_entry_is_taken_back_by_its_opposite_that_names_it(others: list[Item], found: str) -> None:
    assert taken_back_by(OWN, [*OWN, *others], "RD-5e6f7a8b") == found


def test_a_draft_without_a_number_is_named_by_nothing() -> None:
    draft = [item._replace(number="", posted=True) for item in OWN]
    assert not taken_back_by(draft, [*draft, *reversal("Reversal of: MISC/2026/10/0002")], "RD-5e6f7a8b")


@pytest.mark.parametrize(
    ("day", "said"), [(DAY, ""), (NO_INT, ""), (DAY + 24, ", on 2026-11-01 instead of 2026-10-08")]
)
def test_an_entry_that_odoo_moved_to_another_day_is_told(day: int, said: str) -> None:
    lines = (
        JournalLine("k_1", "627100", "Fees", 300, 0, "EUR"),
        JournalLine("k_2", "101410", "Fees", 0, 300, "EUR"),
    )
    entry = JournalEntry("k", "Miscellaneous", "2026-10-08", OURS, lines)
    assert moved([item._replace(day=day) for item in OWN], entry) == said
