"""What the window asks of the services, on worker threads only.

The services load pandas and SQLAlchemy. Each method imports its service when it is first called, long
after the first window is on the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from recon_app.models.case import Case, Evidence, Kind, State
from recon_app.models.changes import Changes
from recon_app.models.column import Column
from recon_app.models.proof import ClearingProof, PayoutProof
from recon_app.models.record import Side

if TYPE_CHECKING:
    from recon_app.jobs import Progress
    from recon_app.services.cases import Listing, Summary
    from recon_app.services.run import RunReport
    from recon_app.store.workspace import Workspace


class Backend:
    """The services on one open workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def close(self) -> None:
        """Close the workspace."""
        self._workspace.close()

    def run(self, name: str, period: str | None, progress: Progress) -> RunReport:
        """Compare again."""
        from recon_app.services import run

        return run.run(self._workspace, name, period, progress)

    def keep_answer(self, name: str, value: str) -> Changes:
        """Keep a decision that a run had to assume."""
        from recon_app.services import run

        return run.keep_answer(self._workspace, name, value)

    def summary(self, name: str) -> Summary | None:
        """Figures of the newest run, None when it never ran."""
        from recon_app.services import cases

        return cases.summary(self._workspace, name)

    def columns(self, name: str, side: Side) -> tuple[Column, ...]:
        """Columns of a side's pane."""
        from recon_app.services import cases

        return cases.columns(name, side)

    def pairs(self, name: str) -> tuple[tuple[Side, Side], ...]:
        """Pairs of sides that can be put beside each other."""
        from recon_app.services import cases

        return cases.pairs(name)

    def open_listing(
        self,
        name: str,
        *,
        sides: tuple[Side, Side],
        kinds: Sequence[Kind] = (),
        states: Sequence[State] = (),
        text: str = "",
        grp: str | None = None,
        sort: tuple[Side | None, str] | None = None,
        descending: bool = False,
        grouped: bool = False,
    ) -> Listing:
        """Find the rows to show; no kinds or states means all."""
        from recon_app.services import cases

        view = cases.View(
            left=sides[0],
            right=sides[1],
            kinds=tuple(kinds),
            states=tuple(states),
            text=text,
            grp=grp,
            sort=sort,
            descending=descending,
            grouped=grouped,
        )
        return cases.open_listing(self._workspace, name, view)

    def case(self, case_id: str) -> Case:
        """Everything about one case."""
        from recon_app.services import cases

        return cases.case(self._workspace, case_id)

    def why_not(self, name: str, left: int, right: int) -> tuple[Evidence, ...]:
        """Why two records were not linked, rule by rule."""
        from recon_app.services import cases

        return cases.why_not(self._workspace, name, left, right)

    def payouts(self, name: str) -> list[PayoutProof]:
        """Proof of every payout."""
        from recon_app.services import cases

        return cases.payouts(self._workspace, name)

    def clearing(self, name: str, cut_off: int) -> list[ClearingProof]:
        """Proof of the clearing accounts at the end of a day (days since 1970-01-01)."""
        from recon_app.services import cases

        return cases.clearing(self._workspace, name, cut_off)

    def accept(self, case_id: str, reason: str) -> Changes:
        """Accept a difference without correcting it."""
        from recon_app.services import states

        return states.accept(self._workspace, case_id, reason)

    def undo(self) -> Changes:
        """Take back the newest acceptance that stands."""
        from recon_app.services import states

        found = states.undo(self._workspace)
        return Changes() if found is None else found[1]
