"""What the stock screen asks of the services, on worker threads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recon_app.models.balance import Balance
from recon_app.models.record import Side

if TYPE_CHECKING:
    from recon_app.services.goods import PlaceFigures
    from recon_app.services.stock_answers import StockQuestions
    from recon_app.store.workspace import Workspace


class GoodsServices:
    """Results of goods in one open workspace; a service is imported when it is first asked."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def places(self, name: str, sides: tuple[Side, Side]) -> list[str]:
        """The places that a pair of sides has cases at."""
        from recon_app.services import goods

        return goods.places(self._workspace, name, sides)

    def figures(self, name: str, sides: tuple[Side, Side], place: str | None) -> PlaceFigures:
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
