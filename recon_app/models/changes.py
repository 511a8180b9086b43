"""What a service touched, so that each screen knows whether to read again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changes:
    """Returned by every service that writes.

    Attributes:
        files: Imports were added, changed or removed.
        runs: A reconciliation has a new result.
        states: The state of cases changed.
        corrections: Corrections were added or moved on.
        settings: Settings or mappings changed.
        counts: Stock counts were made, counted or moved on.
    """

    files: bool = False
    runs: bool = False
    states: bool = False
    corrections: bool = False
    settings: bool = False
    counts: bool = False

    def __or__(self, other: Changes) -> Changes:
        return Changes(
            self.files or other.files,
            self.runs or other.runs,
            self.states or other.states,
            self.corrections or other.corrections,
            self.settings or other.settings,
            self.counts or other.counts,
        )
