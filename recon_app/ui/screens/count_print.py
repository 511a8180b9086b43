"""Count sheets on paper: what lies where, and a field to write into; never what the books say."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from recon_app.models.problem import UsageError

if TYPE_CHECKING:
    from recon_app.services.counts import SheetLine

_HEAD = ("Line", "SKU", "Barcode", "Product", "Location", "Lot", "Unit", "Counted")
_MARGIN_MM = 12
_POINTS = 8
_STYLE = """
table.sheet { border-collapse: collapse; }
table.sheet td, table.sheet th { border: 1px solid #808080; padding: 4px; }
th { text-align: left; }
"""


def sheet_html(count: str, title: str, lines: Sequence[SheetLine]) -> str:
    """The sheet as a page of text."""
    head = "".join(f"<th>{word}</th>" for word in _HEAD)
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in _cells(line))}</tr>" for line in lines)
    return (
        f"<h2>Count sheet {escape(count)}</h2><p>{escape(title)}, {len(lines)} lines</p>"
        "<p>Counted by: ______________________________ &nbsp; Date and time: ____________________</p>"
        "<p>Leave a line blank when you did not count it. Write 0 when there is nothing.</p>"
        f'<table class="sheet" width="100%" cellspacing="0"><thead><tr>{head}</tr></thead>{rows}</table>'
    )


def _cells(line: SheetLine) -> tuple[str, ...]:
    lot = " ".join(filter(None, (line.lot, line.package, line.owner)))
    texts = (str(line.line), line.sku, line.barcode, line.product, line.location, lot, line.unit)
    return (*map(escape, texts), "&nbsp;" * 16)


def write_pdf(path: Path, count: str, title: str, lines: Sequence[SheetLine]) -> None:
    """Write the sheet as a PDF file, A4, with the head of the table on every page.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}; choose another folder") from None
    document = QTextDocument()
    document.setDefaultFont(QFont("sans-serif", _POINTS))
    document.setDefaultStyleSheet(_STYLE)
    document.setHtml(sheet_html(count, title, lines))
    writer = QPdfWriter(str(path))
    writer.setTitle(f"Count sheet {count}")
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Landscape,
            margins,
            QPageLayout.Unit.Millimeter,
        )
    )
    document.print_(writer)
