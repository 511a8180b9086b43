"""How a payout closes: its terms as a statement with bars, down to what is left unexplained."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from recon_app.models.proof import PayoutProof
from recon_app.ui import icons
from recon_app.ui.formats import money
from recon_app.ui.theme import Theme, tabular, theme_of
from recon_app.ui.words import Family

_PAD = 12


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the statement; ``start`` is where its bar begins, ``absent`` stands for no amount."""

    label: str
    minor: int | None
    start: int = 0
    sum: bool = False
    icon: str = ""
    family: Family | None = None
    absent: str = ""


class ProofTree(QWidget):
    """From gross to net, then what the platform paid, what the bank received, and the residual."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._proof: PayoutProof | None = None
        self._lines: list[_Line] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_proof(self, proof: PayoutProof | None) -> None:
        """Show the proof of another payout."""
        self._proof = proof
        self._lines = [] if proof is None else _lines(proof)
        self.setAccessibleName(self.text())
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The statement in words."""
        if self._proof is None:
            return ""
        currency = self._proof.currency
        return "\n".join(f"{line.label}: {self._amount(line)} {currency}".strip() for line in self._lines)

    def _amount(self, line: _Line) -> str:
        if self._proof is None or line.minor is None:
            return line.absent
        return money(line.minor, self._proof.currency)

    def _row_height(self) -> int:
        return self.fontMetrics().height() + 9

    # Qt
    def sizeHint(self) -> QSize:
        """A row per line."""
        return QSize(480, self._row_height() * len(self._lines) + 2 * _PAD)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint labels, amounts and bars."""
        del event
        theme = theme_of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.page)
        if self._proof is None:
            return
        normal = tabular(self.font())
        bold = QFont(normal)
        bold.setBold(True)
        metrics = QFontMetrics(bold)
        label = max(metrics.horizontalAdvance(line.label) for line in self._lines) + 2 * _PAD + 20
        amount = max(metrics.horizontalAdvance(self._amount(line)) for line in self._lines) + _PAD
        top = float(_PAD)
        for line in self._lines:
            heavy = line.sum or line.family is not None
            painter.setFont(bold if heavy else normal)
            row = QRectF(0, top, self.width(), self._row_height())
            self._paint_line(painter, row, line, label, amount)
            top += self._row_height()

    def _paint_line(self, painter: QPainter, row: QRectF, line: _Line, label: int, amount: int) -> None:
        theme = theme_of(self.palette())
        color = theme.text if line.family is None else theme.families[line.family].text
        if line.sum:
            painter.setPen(QPen(theme.line, 1))
            painter.drawLine(row.topLeft(), row.topRight())
        if line.icon:
            edge = self.fontMetrics().height()
            image = icons.pixmap(line.icon, color, edge, self.devicePixelRatioF())
            painter.drawPixmap(round(row.left()) + _PAD, round(row.center().y() - edge / 2), image)
        painter.setPen(color)
        middle = Qt.AlignmentFlag.AlignVCenter
        text = row.adjusted(_PAD + 20, 0, 0, 0)
        painter.drawText(text, int(middle | Qt.AlignmentFlag.AlignLeft), line.label)
        figure = QRectF(label, row.top(), amount, row.height())
        painter.setPen(theme.muted if line.minor is None else color)
        painter.drawText(figure, int(middle | Qt.AlignmentFlag.AlignRight), self._amount(line))
        place = QRectF(
            label + amount + 2 * _PAD, row.top(), self.width() - label - amount - 3 * _PAD, row.height()
        )
        self._paint_bar(painter, place, line, theme)

    def _paint_bar(self, painter: QPainter, place: QRectF, line: _Line, theme: Theme) -> None:
        """A bar from where the line before ended; sums stand on the ground."""
        if line.minor is None or place.width() < 40:
            return
        ends = [
            0,
            *(one.start for one in self._lines),
            *(one.start + (one.minor or 0) for one in self._lines),
        ]
        low, high = min(ends), max(ends)
        scale = place.width() / max(1, high - low)
        first, last = sorted((line.start, line.start + line.minor))
        bar = QRectF(
            place.left() + (first - low) * scale,
            place.top() + 5,
            max(2.0, (last - first) * scale),
            place.height() - 10,
        )
        if line.family is not None:
            painter.fillRect(bar, theme.families[line.family].text)
        elif line.minor < 0:
            painter.fillRect(bar, Qt.BrushStyle.BDiagPattern)
            painter.setPen(theme.muted)
            painter.drawRect(bar)
        else:
            painter.fillRect(bar, theme.accent if line.sum else theme.muted)


def _lines(proof: PayoutProof) -> list[_Line]:
    lines = []
    start = 0
    for term, minor in proof.terms:
        word = term.replace("_", " ")
        lines.append(_Line(f"{word[:1].upper()}{word[1:]}", minor, start))
        start += minor
    lines.append(_Line("Net of the lines", proof.net, sum=True))
    lines.append(_compared("Platform paid", proof.total, proof.net, "not loaded"))
    target = proof.net if proof.total is None else proof.total
    lines.append(_compared("Bank received", proof.bank, target, "no bank line"))
    if proof.status == "open":
        lines.append(_Line("Nothing to prove it against", None, sum=True, icon="pending"))
    elif proof.residual:
        family = Family.DIFFERS
        lines.append(_Line("Left unexplained by the lines", proof.residual, 0, True, "unproven", family))
    else:
        word = "Closes to the cent" if proof.status == "proven" else "Lines close; bank differs"
        icon = "proven" if proof.status == "proven" else "unproven"
        lines.append(_Line(word, 0, sum=True, icon=icon))
    return lines


def _compared(label: str, minor: int | None, target: int, absent: str) -> _Line:
    if minor is None:
        return _Line(label, None, icon="pending", absent=absent)
    if minor == target:
        return _Line(label, minor, icon="proven")
    return _Line(label, minor, icon="unproven", family=Family.DIFFERS)
