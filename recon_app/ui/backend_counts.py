"""What the count screen asks of the services, on worker threads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from recon_app.models.changes import Changes

if TYPE_CHECKING:
    from recon_app.services.counts import Count, Desk, Due, Overview, Policy, Proposal, SheetLine, Written
    from recon_app.store.workspace import Workspace

_MOST_DUE = 5_000  # lines that are shown


class CountServices:
    """Counts of one open workspace; a service is imported when it is first asked."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def overviews(self) -> list[Overview]:
        """All counts, the newest first."""
        from recon_app.services import counts

        return counts.overviews(self._workspace)

    def places(self) -> list[str]:
        """The locations that can be counted."""
        from recon_app.services import counts

        return counts.places(self._workspace)

    def plan(self) -> list[Due]:
        """What is due, the most urgent first."""
        from recon_app.services import counts

        return counts.plan(self._workspace, _MOST_DUE)

    def policy(self) -> tuple[Policy, str]:
        """The limits of counts, and the currency of their values."""
        from recon_app.services import counts

        return counts.policy(self._workspace), counts.currency(self._workspace)

    def set_policy(self, values: Mapping[str, str], who: str, why: str) -> Changes:
        """Change limits."""
        from recon_app.services import counts

        return counts.set_policy(self._workspace, values, who=who, reason=why)

    def make(self, title: str, places: Sequence[str], abc: Sequence[str], due: int, who: str) -> Count:
        """Make a count."""
        from recon_app.services import counts

        return counts.make(self._workspace, title, locations=places, abc=abc, due=due, who=who)

    def desk(self, count: str) -> tuple[Desk, list[SheetLine]]:
        """Open a count for scanning, with its lines."""
        from recon_app.services import counts

        return counts.Desk(self._workspace, count), counts.sheet(self._workspace, count)

    def sheet(self, count: str) -> list[SheetLine]:
        """The lines of a count, without what the books say."""
        from recon_app.services import counts

        return counts.sheet(self._workspace, count)

    def write_sheet(self, count: str, path: Path) -> None:
        """Write the sheet to be filled."""
        from recon_app.services import counts

        counts.write_sheet(self._workspace, count, path)

    def close(self, count: str, who: str) -> Changes:
        """End the counting."""
        from recon_app.services import counts

        return counts.close(self._workspace, count, who)

    def cancel(self, count: str, who: str) -> Changes:
        """Give a count up."""
        from recon_app.services import counts

        return counts.cancel(self._workspace, count, who)

    def recount(self, count: str, lines: Sequence[int], who: str) -> Changes:
        """Ask for a second count by somebody else."""
        from recon_app.services import counts

        return counts.recount(self._workspace, count, lines, who)

    def take(self, count: str, line: int, found_by: str, who: str) -> Changes:
        """Decide which figure stands."""
        from recon_app.services import counts

        return counts.take(self._workspace, count, line, found_by, who)

    def approve(self, count: str, lines: Sequence[int], who: str) -> Changes:
        """Approve adjustments beyond a limit."""
        from recon_app.services import counts

        return counts.approve(self._workspace, count, lines, who)

    def proposal(self, count: str) -> Proposal:
        """What a closed count comes to now."""
        from recon_app.services import counts

        return counts.proposal(self._workspace, count)

    def write(self, count: str, folder: Path, who: str) -> Written:
        """Write the files for Odoo."""
        from recon_app.services import counts

        return counts.write(self._workspace, count, folder, who)
