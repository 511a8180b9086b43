"""How the lines of a result are laid out: panes with their captions, and the totals above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from recon_app.models.column import Column, ColumnType
from recon_app.models.record import Side
from recon_app.ui import words
from recon_app.ui.formats import MINUS
from recon_app.ui.screens.case_panes import SidePane, SpinePane, mirrored, slim
from recon_app.ui.tables.page_model import Pane
from recon_app.ui.widgets.totals_bar import Figure, Line
from recon_app.ui.words import Wording

if TYPE_CHECKING:
    from recon_app.services.cases import Shown
    from recon_app.services.goods import PlaceFigures
    from recon_app.services.summary import Summary, UnitTotal

_PAIR = 2  # sides


@dataclass(frozen=True)
class Manner:
    """How lines are looked at.

    Attributes:
        wording: What is compared.
        by_place: Goods are looked at place by place.
        ages: Ages that rows can be filtered by, in the words of the runs; none for no ages.
    """

    wording: Wording = Wording.MONEY
    by_place: bool = False
    ages: tuple[str, ...] = ()

    @property
    def goods(self) -> bool:
        """Whether differences are quantities, with too much and too little apart."""
        return self.wording in (Wording.GOODS, Wording.DELIVERIES)


def laid_out(
    shown: Shown, sides: Sequence[Side], manner: Manner, *, values: bool
) -> tuple[list[Pane[Any]], list[str]]:
    """The panes of some sides with the spine behind the first, and what stands above each."""
    titles = [shown.titles.get(side, words.SIDE[side]) for side in sides]
    panes: list[Pane[Any]] = []
    for place, side in enumerate(sides):
        hidden = ("unit",) if place == 0 or shown.titles else ("unit", "text")
        columns = shown.columns[side]
        if manner.goods:
            columns = _narrowed(columns, hidden, values=values)
        if len(sides) > _PAIR:
            columns = slim(columns, first=place == 0)
        elif place and not shown.titles:
            columns = mirrored(columns)
        panes.append(SidePane(side, columns, shown.absent.get(side, ""), first=place == 0))
    spine = SpinePane(sides, values=values, wording=manner.wording, absent=shown.absent)
    captions = [titles[0], _sign_rule(shown, sides), *titles[1:]]
    return [panes[0], spine, *panes[1:]], captions


def _narrowed(columns: tuple[Column, ...], hidden: Sequence[str], *, values: bool) -> tuple[Column, ...]:
    """Where goods are compared, leave room for the SKU: what is said elsewhere is hidden at first.

    Money is there only when it is wanted, and then it is seen.
    """
    columns = tuple(replace(one, shown=one.shown and one.field not in hidden) for one in columns)
    money = {column.field for column in columns if column.type is ColumnType.MONEY}
    if not values:
        return tuple(column for column in columns if column.field not in {*money, "currency"})
    return tuple(replace(column, shown=column.shown or column.field in money) for column in columns)


def _sign_rule(shown: Shown, sides: Sequence[Side]) -> str:
    """What a positive difference means; a case keeps its difference when other sides are looked at."""
    left, right = sides[0], sides[1]
    named = f"{shown.titles.get(right, words.SIDE[right])} {MINUS} {shown.titles.get(left, words.SIDE[left])}"
    if len(sides) > _PAIR:
        return "Difference"
    if shown.titles or right in (Side.ODOO, Side.BANK) or Side.PLATFORM not in (left, right):
        return named
    return "Difference"


def goods_totals(figures: PlaceFigures, *, values: bool) -> list[Line]:
    """Too much and too little apart: they must not cancel out. Of goods, and of what they are worth."""
    lines = [_goods_line(total, goods=True) for total in figures.quantities]
    return [*lines, *(_goods_line(total, goods=False) for total in (figures.values if values else []))]


def _goods_line(total: UnitTotal, *, goods: bool) -> Line:
    return Line(
        total.unit,
        (
            Figure("Too much", total.plus, difference=True),
            Figure("Too little", -total.minus, difference=True),
            Figure("Open, too much", total.open_plus, difference=True, key=True),
            Figure("Open, too little", -total.open_minus, difference=True, key=True),
        ),
        goods=goods,
    )


def money_totals(summary: Summary, shown: Shown, sides: Sequence[Side]) -> list[Line]:
    """The sum of each side that has one, and how much of the differences is explained."""
    lines = []
    summed = [side for side in sides if any(side in total.sides for total in summary.totals)]
    for total in summary.totals:
        figures = [
            Figure("Payouts", total.paid)
            if side is Side.PLATFORM and Side.BANK in sides
            else Figure(shown.titles.get(side, words.SIDE[side]), total.sides.get(side, 0))
            for side in summed
        ]
        figures += [
            Figure("Differences", total.difference, difference=True),
            Figure("Explained", total.explained, difference=True),
            Figure("Still open", total.open, difference=True, key=True),
        ]
        lines.append(Line(total.currency, tuple(figures)))
    return lines
