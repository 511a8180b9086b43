"""What the rules dialog asks of the services, on worker threads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recon_app.models.changes import Changes

if TYPE_CHECKING:
    from recon_app.services.learning import Price
    from recon_app.store.learned import RuleRow
    from recon_app.store.workspace import Workspace


@dataclass(frozen=True)
class ShownRule:
    """One version of a rule, ready to be shown.

    Attributes:
        row: The rule.
        takes: Which cases it takes, in one sentence.
        price: What it would accept now.
        false_sum: What it would have accepted wrongly so far, with currency or unit.
        open_sum: What it would accept now, with currency or unit.
    """

    row: RuleRow
    takes: str
    price: Price
    false_sum: str
    open_sum: str


class RuleServices:
    """Rules of one open workspace; the service is imported when it is first asked."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def look(self) -> tuple[list[ShownRule], tuple[str, ...]]:
        """Look for rules in the decisions; returns all rules, and who may switch them on."""
        from recon_app.services import learning

        rules = [self._shown(row) for row in learning.propose(self._workspace)]
        return rules, learning.authorised(self._workspace)

    def _shown(self, row: RuleRow) -> ShownRule:
        from recon_app.services import learning

        price, sort = learning.price(self._workspace, row), row.learned.sort
        return ShownRule(
            row=row,
            takes=learning.told(row.learned),
            price=price,
            false_sum=learning.figure(sort, row.learned.test.false_size),
            open_sum=learning.figure(sort, price.size),
        )

    def switch_on(self, number: int, who: str, why: str) -> Changes:
        """Let a rule decide from now on."""
        from recon_app.services import learning

        return learning.switch_on(self._workspace, number, who, why)

    def switch_off(self, number: int, who: str, why: str, *, reopen: bool) -> Changes:
        """Stop a rule."""
        from recon_app.services import learning

        return learning.switch_off(self._workspace, number, who, why, reopen=reopen)

    def reject(self, number: int, who: str, why: str) -> Changes:
        """Say that a proposal is no rule."""
        from recon_app.services import learning

        return learning.reject(self._workspace, number, who, why)

    def authorise(self, names: Sequence[str], who: str) -> Changes:
        """Say who may switch rules on."""
        from recon_app.services import learning

        return learning.authorise(self._workspace, names, who)
