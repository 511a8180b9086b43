"""Odoo: a list of numbers and nothing else, which is refused.

Bank statement lines have no list view of their own in the Community edition, so Export All gives the column
Number only (seen with 16, 18 and 19).
"""

from __future__ import annotations

from recon_app.sources._base import InputFile, clean_header
from recon_app.sources._refused import RefusedSource

_COLUMNS = (["number"], ["id", "name"])


class OdooNumbers(RefusedSource):
    """Recognised so that the user learns which columns are needed."""

    id = "odoo_numbers"
    title = "Odoo list of numbers"
    reason = "Odoo exported only the column Number: no dates and no amounts"
    advice = (
        "choose the columns in the export dialog (for bank lines: Date, Label, Amount, Currency, Journal, Is "
        "Reconciled) and export again"
    )

    def recognises(self, file: InputFile) -> bool:
        """Whether the only column is Number, and its cells are numbers of entries (``BNK1/2026/00001``)."""
        rows = file.head_rows
        if not rows or [clean_header(cell).casefold() for cell in rows[0]] not in _COLUMNS:
            return False
        cells = [row[-1] for row in rows[1:] if any(row)]
        return bool(cells) and all(cell == "/" or cell.count("/") >= 2 for cell in cells)
