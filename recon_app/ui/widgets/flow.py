"""A line of controls that goes on below itself where the window is narrow or the text is large."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QSpacerItem, QWidget


class FlowLayout(QLayout):
    """Puts items from left to right and breaks the line where the next one would be cut.

    An item gets at least its least width, then up to the width it asks for; what is left over in a line
    goes to the items that expand.

    Args:
        parent: The widget whose layout it is, None where another layout takes it in.
        gap: Room between items and between lines, pixels.
    """

    def __init__(self, parent: QWidget | None = None, gap: int = 6) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._heights: dict[int, int] = {}  # by width; the layouts around ask a thousand times
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(gap)

    def add_stretch(self) -> None:
        """What follows goes to the right edge of its line."""
        self.addItem(QSpacerItem(0, 0, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum))

    def line_width(self) -> int:
        """Width that all items need side by side."""
        return self._least_of(self._shown())

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if item.spacerItem() is not None or not item.isEmpty()]

    def _least_of(self, items: Sequence[QLayoutItem]) -> int:
        widths = [item.minimumSize().width() for item in items]
        return sum(widths) + self.spacing() * max(0, len(widths) - 1)

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = [[]]
        for item in self._shown():
            if lines[-1] and self._least_of([*lines[-1], item]) > width:
                lines.append([])
            lines[-1].append(item)
        return lines

    def _widths(self, items: Sequence[QLayoutItem], width: int) -> list[int]:
        rest = width - self._least_of(items)
        widths = []
        for item in items:
            least, wanted = item.minimumSize().width(), item.sizeHint().width()
            more = max(0, min(rest, wanted - least))
            widths.append(least + more)
            rest -= more
        expanding = [
            place
            for place, item in enumerate(items)
            if item.expandingDirections() & Qt.Orientation.Horizontal
        ]
        for place in expanding:
            widths[place] += max(0, rest) // len(expanding)
        return widths

    def _place(self, area: QRect, *, test: bool) -> int:
        """Put the items into an area, or only find out how high they are."""
        top = area.top()
        for items in self._lines(area.width()):
            left = area.left()
            height = max((item.sizeHint().height() for item in items), default=0)
            for item, width in zip(items, self._widths(items, area.width()), strict=True):
                if not test:
                    tall = min(height, item.sizeHint().height())
                    item.setGeometry(
                        QRect(QPoint(left, top + (height - tall) // 2), QSize(min(width, area.width()), tall))
                    )
                left += width + self.spacing()
            top += height + self.spacing()
        return max(0, top - area.top() - self.spacing())

    # Qt
    def addItem(self, item: QLayoutItem) -> None:
        """Put an item at the end."""
        self._items.append(item)
        self.invalidate()

    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at a place, None beyond the last."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take an item out, None beyond the last."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """All the width, no more height than needed."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        """More lines where it is narrow."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of the lines at a width."""
        height = self._heights.get(width)
        if height is None:
            height = self._heights[width] = self._place(QRect(0, 0, width, 0), test=True)
        return height

    def invalidate(self) -> None:
        """Look again: an item wants another size, came, went, or is hidden."""
        self._heights.clear()
        super().invalidate()

    def setGeometry(self, rect: QRect) -> None:
        """Place the items."""
        super().setGeometry(rect)
        self._place(rect, test=False)

    def sizeHint(self) -> QSize:
        """All items side by side."""
        items = self._shown()
        widths = sum(item.sizeHint().width() for item in items) + self.spacing() * max(0, len(items) - 1)
        return QSize(widths, max((item.sizeHint().height() for item in items), default=0))

    def minimumSize(self) -> QSize:
        """The widest item, which is never cut."""
        items = self._shown()
        width = max((item.minimumSize().width() for item in items), default=0)
        return QSize(width, max((item.minimumSize().height() for item in items), default=0))
