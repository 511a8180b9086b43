"""The rail at the left: one entry per screen with icon, word and what waits there, in groups."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from recon_app.ui import icons
from recon_app.ui.formats import number
from recon_app.ui.theme import theme_of

_PAD = 12
_SMALL = 0.85  # of the text size, for headings


class RailEntry(QAbstractButton):
    """One screen."""

    def __init__(self, title: str, icon: str, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon = icon
        self._count = 0
        self.narrow = False
        self.setText(title)
        self.setCheckable(True)
        self.setToolTip(f"{title} ({key})")
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_count(self, count: int) -> None:
        """Show how many things wait there."""
        self._count = count
        self.setAccessibleName(f"{self.text()}, {number(count)} open" if count else self.text())
        self.updateGeometry()
        self.update()

    # Qt
    def sizeHint(self) -> QSize:
        """Icon, word and count, or the icon alone."""
        metrics = self.fontMetrics()
        height = metrics.height() + 14
        if self.narrow:
            return QSize(metrics.height() + 2 * _PAD, height)
        count = metrics.horizontalAdvance(number(self._count)) + 30 if self._count else 0
        return QSize(3 * _PAD + metrics.height() + metrics.horizontalAdvance(self.text()) + count, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the entry."""
        del event
        theme = theme_of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = self.rect()
        if self.isChecked():
            painter.fillRect(whole, theme.selection)
            painter.fillRect(QRect(0, 0, 3, whole.height()), theme.accent)
        elif self.underMouse():
            painter.fillRect(whole, theme.band)
        edge = self.fontMetrics().height()
        color = theme.accent if self.isChecked() else theme.muted
        top = (whole.height() - edge) // 2
        painter.drawPixmap(_PAD, top, icons.pixmap(self._icon, color, edge, self.devicePixelRatioF()))
        if not self.narrow:
            inside = whole.adjusted(2 * _PAD + edge, 0, -_PAD, 0)
            painter.setPen(theme.text)
            painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter), self.text())
            if self._count:
                self._paint_count(painter, inside)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.accent, 2))
            painter.drawRoundedRect(QRectF(whole).adjusted(1, 1, -1, -1), 3, 3)

    def _paint_count(self, painter: QPainter, inside: QRect) -> None:
        theme = theme_of(self.palette())
        text = number(self._count)
        width = max(painter.fontMetrics().horizontalAdvance(text) + 12, 22)
        height = painter.fontMetrics().height() + 2
        badge = QRectF(inside.right() - width + 1, (self.height() - height) / 2, width, height)
        painter.setPen(QPen(theme.line, 1))
        painter.setBrush(theme.page)
        painter.drawRoundedRect(badge, height / 2, height / 2)
        painter.setPen(theme.text)
        painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), text)


class RailHeading(QWidget):
    """The name of a group of screens; a line where there is room for icons only."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = title
        self.narrow = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    # Qt
    def sizeHint(self) -> QSize:
        """A small line of text."""
        height = self.fontMetrics().height()
        return QSize(0, 9 if self.narrow else height + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the name, or the line."""
        del event
        theme = theme_of(self.palette())
        painter = QPainter(self)
        painter.setPen(theme.line)
        painter.drawLine(_PAD, 4, self.width() - _PAD, 4)
        if not self.narrow:
            font = painter.font()
            font.setPointSizeF(font.pointSizeF() * _SMALL)
            font.setBold(True)
            painter.setFont(font)
            painter.setPen(theme.muted)
            inside = self.rect().adjusted(_PAD, 6, -_PAD, 0)
            painter.drawText(inside, int(Qt.AlignmentFlag.AlignVCenter), self._title)


class Rail(QScrollArea):
    """The list of screens, by groups; it scrolls where the window is low or the text large.

    Attributes:
        entries: The screens from top to bottom.

    Signals:
        chosen: Place of the screen that is wanted.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: list[RailEntry] = []
        self._headings: dict[str, RailHeading] = {}
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        self._list = _Ground(self)
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 4, 0, 4)
        self._column.setSpacing(1)
        self._column.addStretch(1)
        self._list.installEventFilter(self)
        self.setWidget(self._list)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Screens")

    def add(self, title: str, icon: str, key: str, group: str = "") -> RailEntry:
        """Add a screen below the others, under the heading of its group."""
        if group and group not in self._headings:
            self._headings[group] = RailHeading(group, self._list)
            self._column.insertWidget(self._column.count() - 1, self._headings[group])
        entry = RailEntry(title, icon, key, self._list)
        if group:
            entry.setAccessibleDescription(group)
        self._group.addButton(entry, len(self.entries))
        self._column.insertWidget(self._column.count() - 1, entry)
        self.entries.append(entry)
        return entry

    def choose(self, place: int) -> None:
        """Mark the screen that is shown."""
        self.entries[place].setChecked(True)
        self.ensureWidgetVisible(self.entries[place], 0, 0)

    def set_narrow(self, *, narrow: bool) -> None:
        """Show icons only."""
        parts: list[RailEntry | RailHeading] = [*self.entries, *self._headings.values()]
        for part in parts:
            part.narrow = narrow
            part.updateGeometry()
        self.updateGeometry()

    # Qt
    def sizeHint(self) -> QSize:
        """Wide enough for the words, and for the scroll bar where one is needed."""
        width = max((entry.sizeHint().width() for entry in self.entries), default=100)
        if not any(entry.narrow for entry in self.entries):
            width = max(width, 16 * self.fontMetrics().averageCharWidth())
        bar = self.verticalScrollBar()
        return QSize(width + (bar.sizeHint().width() if bar.maximum() else 0), 100)

    def minimumSizeHint(self) -> QSize:
        """The width is never given up."""
        return QSize(self.sizeHint().width(), 60)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Entries that need more room, for a count, make the rail wider."""
        if watched is self._list and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A scroll bar that comes or goes changes the width."""
        super().resizeEvent(event)
        self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move between the screens."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        place = self._group.checkedId() + step
        if 0 <= place < len(self.entries):
            self.entries[place].setFocus()
            self.entries[place].click()


class _Ground(QWidget):
    """What the entries stand on."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the line to the screen."""
        del event
        theme = theme_of(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.page)
        painter.setPen(theme.line)
        painter.drawLine(self.rect().topRight(), self.rect().bottomRight())
