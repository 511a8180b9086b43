"""The help pages beside the program, without a network."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QTextBrowser, QWidget

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "help"
FIRST = "getting-started"
_ORDER = (
    FIRST,
    "import",
    "files",
    "live-odoo",
    "settlements",
    "refunds",
    "invoices",
    "bills",
    "tax",
    "gift_cards",
    "cogs",
    "cutoff",
    "orders",
    "fulfilment",
    "connector",
    "stock",
    "causes",
    "count",
    "products",
    "rules",
    "corrections",
    "command-line",
)


class HelpWindow(QDialog):
    """A list of pages and the page; it stays open beside the work."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Help")
        self.pages = QListWidget(self)
        self.pages.setAccessibleName("Pages")
        self.page = QTextBrowser(self)
        self.page.setAccessibleName("Help page")
        self.page.setOpenLinks(False)
        self.page.setSearchPaths([str(FOLDER)])
        for name in page_names():
            item = QListWidgetItem(_title(name))
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.pages.addItem(item)
        self.pages.setFixedWidth(self.pages.sizeHintForColumn(0) + 32)
        line = QHBoxLayout(self)
        line.addWidget(self.pages)
        line.addWidget(self.page, 1)
        self.pages.currentItemChanged.connect(self._chosen)
        self.page.anchorClicked.connect(self._follow)
        self.resize(900, 640)

    def show_page(self, name: str) -> None:
        """Show a page by its name without ending."""
        for row in range(self.pages.count()):
            if self.pages.item(row).data(Qt.ItemDataRole.UserRole) == name:
                self.pages.setCurrentRow(row)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            name = str(item.data(Qt.ItemDataRole.UserRole))
            self.page.setMarkdown((FOLDER / f"{name}.md").read_text(encoding="utf-8"))

    def _follow(self, link: QUrl) -> None:
        """Links lead to other pages only; the program opens nothing outside."""
        self.show_page(Path(link.path()).stem)


def page_names() -> list[str]:
    """The pages that there are, in the order of reading."""
    there = {path.stem for path in FOLDER.glob("*.md")}
    return [name for name in _ORDER if name in there] + sorted(there - set(_ORDER))


def _title(name: str) -> str:
    with (FOLDER / f"{name}.md").open(encoding="utf-8") as stream:
        return stream.readline().lstrip("# ").strip()
