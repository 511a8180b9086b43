"""What the screens of stock and products ask of the services, on worker threads only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from recon_app.models.balance import Balance
from recon_app.models.changes import Changes
from recon_app.models.record import Side

if TYPE_CHECKING:
    from recon_app.services.goods import PlaceFigures
    from recon_app.services.stock_answers import StockQuestions
    from recon_app.store.aliases import AliasRow
    from recon_app.store.workspace import Workspace


class GoodsServices:
    """Results of goods in one open workspace; a service is imported when it is first asked."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def places(self, name: str, sides: tuple[Side, ...]) -> list[str]:
        """The places that a pair of sides has cases at."""
        from recon_app.services import goods

        return goods.places(self._workspace, name, sides)

    def figures(self, name: str, sides: tuple[Side, ...], place: str | None) -> PlaceFigures:
        """Figures of a pair of sides, at one place or everywhere."""
        from recon_app.services import goods

        return goods.figures(self._workspace, name, sides, place)

    def history(self, case_id: str) -> Balance | None:
        """How the stock of a case came to be."""
        from recon_app.services import stock_history

        return stock_history.history(self._workspace, case_id)

    def questions(self) -> StockQuestions:
        """What the comparison of stock can be told."""
        from recon_app.services import stock_answers

        return stock_answers.questions(self._workspace)

    def proposed_aliases(self) -> list[AliasRow]:
        """Look for aliases in the loaded products; returns all proposals that nobody decided yet."""
        from recon_app.services import aliases

        aliases.propose(self._workspace)
        return [row for row in aliases.listed(self._workspace) if row.state == "proposed"]

    def decide_aliases(self, approved: Sequence[int], rejected: Sequence[int], who: str) -> Changes:
        """Approve some proposals for ever since, and reject others."""
        from recon_app.services import aliases

        changes = Changes()
        for number in approved:
            changes |= aliases.approve(self._workspace, number, who)
        for number in rejected:
            changes |= aliases.reject(self._workspace, number, who)
        return changes
