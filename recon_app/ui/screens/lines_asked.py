"""What the lines of a screen ask of the services, in one go on a worker thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from recon_app.models.case import Kind, State
from recon_app.models.record import Side
from recon_app.ui.backend import Backend
from recon_app.ui.tables.page_model import PAGE_ROWS

if TYPE_CHECKING:
    from recon_app.services.goods import PlaceFigures
    from recon_app.services.listing import Listing, Row


class Opened(NamedTuple):
    """A listing with the page that is looked at first, and what is shown around it.

    Attributes:
        listing: The rows.
        page: Number of the page.
        rows: Its rows.
        places: Where there are cases; for goods that are looked at place by place.
        place: The place that is shown, "" for all.
        figures: Figures of the pair of sides; for goods.
        ages: Cases by kind and age; where there are ages.
    """

    listing: Listing
    page: int
    rows: Sequence[Row]
    places: Sequence[str] = ()
    place: str = ""
    figures: PlaceFigures | None = None
    ages: Mapping[tuple[Kind, str], int] | None = None


@dataclass(frozen=True)
class Question:
    """Which rows are wanted; calling it asks for them.

    Attributes:
        name: Id of the reconciliation.
        sides: Sides of the panes.
        page: Page that is looked at first.
        kinds: Kinds to show; empty for all.
        states: States to show; empty for all.
        ages: Ages to show; empty for all.
        text: Filter text.
        grp: Only this payout.
        place: Only this place, where there is something; "" for all.
        sort: (side, field), (None, field of the line), or None.
        descending: Sort backwards.
        grouped: Put rows of payouts above their lines.
        goods: Whether goods are compared.
        by_place: Whether they are looked at place by place.
        aged: Whether cases have ages.
    """

    name: str
    sides: tuple[Side, ...]
    page: int
    kinds: tuple[Kind, ...]
    states: tuple[State, ...]
    ages: tuple[str, ...]
    text: str
    grp: str | None
    place: str
    sort: tuple[Side | None, str] | None
    descending: bool
    grouped: bool
    goods: bool
    by_place: bool
    aged: bool

    def __call__(self, backend: Backend) -> Opened:
        """Ask; runs on a worker thread."""
        name, sides = self.name, self.sides
        places = backend.goods.places(name, sides) if self.by_place else []
        here = self.place if self.place in places else ""
        figures = backend.goods.figures(name, sides, here or None) if self.goods else None
        listing = backend.open_listing(
            name,
            sides=sides,
            kinds=self.kinds,
            states=self.states,
            text=self.text,
            grp=here or self.grp,
            sort=self.sort,
            descending=self.descending,
            grouped=self.grouped,
            ages=self.ages,
        )
        first = self.page if self.page * PAGE_ROWS < listing.count else 0
        rows = listing.rows(first * PAGE_ROWS, PAGE_ROWS)
        ages = backend.ages(name, sides) if self.aged else None
        return Opened(listing, first, rows, places, here, figures, ages)
