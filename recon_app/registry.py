"""The plug-ins of the program by folder: one file per source, reconciliation, correction and fingerprint.

Nobody keeps a list: :mod:`recon_app.plugins` finds the files.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from recon_app.plugins import discover, load

if TYPE_CHECKING:
    from recon_app.fingerprints._base import Fingerprint
    from recon_app.reconciliations._base import Reconciliation
    from recon_app.sources._base import Source


@cache
def sources() -> dict[str, Source]:
    """All input formats by id."""
    return discover("recon_app.sources", "Source")


@cache
def source(name: str) -> Source:
    """The input format with this id, which is known; the others are not loaded."""
    found: Source = load("recon_app.sources", "Source", name)
    return found


@cache
def reconciliations() -> dict[str, Reconciliation]:
    """All comparisons by id."""
    return discover("recon_app.reconciliations", "Reconciliation")


@cache
def corrections() -> dict[str, Any]:
    """All guided actions by id."""
    return discover("recon_app.corrections", "Action")


@cache
def fingerprints() -> dict[str, Fingerprint]:
    """All behaviours of connectors that are looked for, by id."""
    return discover("recon_app.fingerprints", "Fingerprint")
