"""The totals of a run, one line per currency or unit; the number that must reach zero stands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from recon_app.ui import icons
from recon_app.ui.formats import money, quantity
from recon_app.ui.theme import tabular, theme_of
from recon_app.ui.words import Family

_GAP = 26
_BETWEEN = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the bar.

    Attributes:
        label: What it is.
        minor: Minor units of the line's currency, or millionths of its unit.
        difference: A difference, shown with its sign.
        key: The number that must reach zero.
    """

    label: str
    minor: int
    difference: bool = False
    key: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one currency, or of one unit of goods.

    Attributes:
        currency: Currency or unit.
        figures: The numbers.
        goods: Whether they are quantities.
    """

    currency: str
    figures: tuple[Figure, ...]
    goods: bool = False


class TotalsBar(QWidget):
    """Label over value, aligned over all currencies."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: Sequence[Line] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show other totals."""
        self._lines = lines
        spoken = "; ".join(
            f"{line.currency}: " + ", ".join(f"{f.label} {self._text(line, f)}" for f in line.figures)
            for line in lines
        )
        self.setAccessibleName(f"Totals. {spoken}")
        self.updateGeometry()
        self.update()

    def _text(self, line: Line, figure: Figure) -> str:
        if line.goods:
            return quantity(figure.minor, sign=figure.difference)
        return money(figure.minor, line.currency, sign=figure.difference)

    def _fonts(self) -> tuple[QFont, QFont]:
        """Fonts of labels and values."""
        value = tabular(self.font())
        value.setPointSizeF(value.pointSizeF() * (1.25 if len(self._lines) < 2 else 1.1))
        value.setBold(True)
        return self.font(), value

    def _widths(self) -> list[int]:
        label, value = (QFontMetrics(font) for font in self._fonts())
        widths: list[int] = []
        for line in self._lines:
            for column, figure in enumerate(line.figures):
                wide = value.horizontalAdvance(self._text(line, figure)) + self._mark(line, column)
                wanted = max(label.horizontalAdvance(figure.label), wide)
                widths[column : column + 1] = [max(wanted, *widths[column : column + 1], 0)]
        return widths

    def _mark(self, line: Line, column: int) -> int:
        """Room for the tick or warning beside the key figure."""
        return QFontMetrics(self._fonts()[1]).height() + 4 if line.figures[column].key else 0

    def _left(self) -> int:
        """Where the first figure begins, right of the currencies or units."""
        value = QFontMetrics(self._fonts()[1])
        return max((value.horizontalAdvance(line.currency) for line in self._lines), default=0) + _GAP // 2

    # Qt
    def sizeHint(self) -> QSize:
        """One line of labels and one of values per currency."""
        label, value = (QFontMetrics(font) for font in self._fonts())
        widths = self._widths()
        width = self._left() + sum(widths) + _GAP * len(widths)
        return QSize(width, label.height() + len(self._lines) * (value.height() + _BETWEEN) + 6)

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint labels, values and the state of the key figure."""
        del event
        if not self._lines:
            return
        theme = theme_of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        label_font, value_font = self._fonts()
        label, value = QFontMetrics(label_font), QFontMetrics(value_font)
        first = 2 + label.height()
        left = self._left()
        for number, line in enumerate(self._lines):
            painter.setFont(value_font)
            painter.setPen(theme.muted)
            painter.drawText(0, first + number * (value.height() + _BETWEEN) + value.ascent(), line.currency)
        for column, width in enumerate(self._widths()):
            painter.setFont(label_font)
            painter.setPen(theme.muted)
            title = self._lines[0].figures[column].label
            painter.drawText(left, 2, width, label.height(), int(Qt.AlignmentFlag.AlignRight), title)
            for number, line in enumerate(self._lines):
                top = first + number * (value.height() + _BETWEEN)
                figure = line.figures[column]
                painter.setFont(value_font)
                painter.setPen(theme.text)
                if figure.key:
                    self._paint_key(
                        painter, QRectF(left - 6, top - 1, width + 12, value.height() + 2), figure.minor
                    )
                text = self._text(line, figure)
                painter.drawText(left, top, width, value.height(), int(Qt.AlignmentFlag.AlignRight), text)
            left += width + _GAP

    def _paint_key(self, painter: QPainter, frame: QRectF, minor: int) -> None:
        """Zero gets a tick, anything else a frame and a warning sign."""
        theme = theme_of(self.palette())
        tones = theme.families[Family.CALM if minor == 0 else Family.DIFFERS]
        if minor:
            painter.setPen(QPen(tones.text, 1))
            painter.setBrush(tones.tint if tones.tint is not None else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame, 3, 3)
        edge = round(frame.height()) - 4
        image = icons.pixmap("warning" if minor else "proven", tones.text, edge, self.devicePixelRatioF())
        painter.drawPixmap(round(frame.left()) + 4, round(frame.top()) + 2, image)
        painter.setPen(tones.text if minor else theme.text)
