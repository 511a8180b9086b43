"""No entry is made whose debits are not its credits."""

from __future__ import annotations

import pytest

from recon_app.models.correction import JournalEntry, JournalLine


@pytest.mark.parametrize(("credit", "balances"), [(300, True), (299, False), (301, False), (0, False)])
def test_an_entry_balances_or_is_refused(credit: int, *, balances: bool) -> None:
    lines = (
        JournalLine("k_1", "627100", "Fees", 300, 0, "EUR"),
        JournalLine("k_2", "101410", "Fees", 0, credit, "EUR"),
    )
    if balances:
        assert JournalEntry("k", "Misc", "2026-10-08", "Fees", lines).lines == lines
        return
    with pytest.raises(ValueError, match="'Fees' does not balance"):
        JournalEntry("k", "Misc", "2026-10-08", "Fees", lines)
