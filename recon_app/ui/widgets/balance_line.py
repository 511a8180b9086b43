"""The stock of a product over time as a small picture, with what was counted marked in it.

The picture is never the only form: the same is said in words, in a tooltip, and in a table beside it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from recon_app.models.balance import Balance, CountMark, Step
from recon_app.ui.formats import day, moment, one_line, quantity
from recon_app.ui.tables.page_model import plain_tip
from recon_app.ui.theme import Theme, tabular, theme_of
from recon_app.ui.words import Family

_DAY = 86_400
_SPOKEN = 6  # moves that are told in words; the table has all
_DOT = 4.5


class BalanceLine(QWidget):
    """A line of steps from the first known move to now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._balance: Balance | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(4 * self.fontMetrics().height())

    def show_balance(self, balance: Balance | None) -> None:
        """Show another product, or none."""
        self._balance = balance
        self.setAccessibleName("Stock over time")
        self.setAccessibleDescription(self.text())
        self.update()

    def text(self) -> str:
        """The picture in words."""
        balance = self._balance
        if balance is None:
            return "There is no place in Odoo to look at."
        said = [f"{quantity(balance.now)} {balance.unit} in Odoo now"]
        if balance.steps:
            first = step_time(balance.steps[0])
            said.append(f"{quantity(balance.start)} before {first}")
        said += [
            f"{step_time(step)}: {quantity(step.change, sign=True)}, then {quantity(step.balance)}"
            for step in balance.steps[-_SPOKEN:]
        ]
        said += [_mark_text(mark) for mark in balance.counts]
        return "; ".join([*said, *([balance.remark] if balance.remark else [])])

    def _ends(self, balance: Balance) -> tuple[int, int]:
        """First and last second of the picture."""
        times = [step.at for step in balance.steps] + [mark.at for mark in balance.counts]
        if not times:
            return 0, 1
        spread = max(_DAY, max(times) - min(times))
        return min(times) - spread // 12, max(times) + spread // 12

    def _frame(self) -> QRectF:
        metrics = QFontMetrics(self.font())
        return QRectF(self.rect()).adjusted(
            6, metrics.height() + 4, -metrics.horizontalAdvance("000,000") - 8, -metrics.height() - 6
        )

    def _scale(self, balance: Balance) -> tuple[QRectF, tuple[int, int], tuple[int, int]]:
        """The frame, its times and its quantities; zero is always in sight."""
        values = [0, balance.start, balance.now]
        values += [step.balance for step in balance.steps] + [mark.quantity for mark in balance.counts]
        low, high = min(values), max(values)
        return self._frame(), self._ends(balance), (low, high if high > low else low + 1)

    def _place(self, balance: Balance, at: int, value: int) -> QPointF:
        frame, (first, last), (low, high) = self._scale(balance)
        across = (at - first) / max(1, last - first)
        return QPointF(
            frame.left() + across * frame.width(),
            frame.bottom() - (value - low) / (high - low) * frame.height(),
        )

    # Qt
    def sizeHint(self) -> QSize:
        """Small."""
        return QSize(260, 7 * self.fontMetrics().height())

    def event(self, event: QEvent) -> bool:
        """Name the nearest move or count under the mouse."""
        balance = self._balance
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and balance is not None:
            near = [
                (abs(self._place(balance, step.at, step.balance).x() - event.x()), _step_text(step))
                for step in balance.steps
            ] + [
                (abs(self._place(balance, mark.at, mark.quantity).x() - event.x()), _mark_text(mark))
                for mark in balance.counts
            ]
            if near:
                QToolTip.showText(event.globalPos(), plain_tip(min(near)[1]) or "", self)
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the steps, the counts and the figures at both ends."""
        del event
        theme = theme_of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(tabular(self.font()))
        balance = self._balance
        if balance is None or not (balance.steps or balance.counts):
            unmoved = "No move of it at this place is known."
            text = self.text() if balance is None else balance.remark or unmoved
            painter.setPen(theme.muted)
            wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            painter.drawText(self.rect().adjusted(6, 6, -6, -6), int(wrap), text)
            return
        self._paint_ground(painter, balance, theme)
        self._paint_steps(painter, balance, theme)
        for mark in balance.counts:
            self._paint_count(painter, balance, mark, theme)

    def _paint_ground(self, painter: QPainter, balance: Balance, theme: Theme) -> None:
        frame, (first, last), _ = self._scale(balance)
        ground = self._place(balance, first, 0).y()
        painter.setPen(QPen(theme.line, 1))
        painter.drawLine(QPointF(frame.left(), ground), QPointF(frame.right(), ground))
        painter.setPen(theme.muted)
        height = QFontMetrics(painter.font()).height()
        times = QRectF(frame.left(), self.height() - height - 2, frame.width(), height)
        if (
            QFontMetrics(painter.font()).horizontalAdvance(f"{day(first // _DAY)}  {day(last // _DAY)}")
            < times.width()
        ):
            painter.drawText(times, int(Qt.AlignmentFlag.AlignLeft), day(first // _DAY))
        painter.drawText(times, int(Qt.AlignmentFlag.AlignRight), day(last // _DAY))
        title = f"On hand in Odoo, {balance.unit}"
        if balance.counts:
            title += "    ◆ counted"
        painter.drawText(
            QRectF(frame.left(), 0, self.width(), height), int(Qt.AlignmentFlag.AlignLeft), title
        )

    def _paint_steps(self, painter: QPainter, balance: Balance, theme: Theme) -> None:
        frame, (first, _), _ = self._scale(balance)
        points = [self._place(balance, first, balance.start)]
        for step in balance.steps:
            place = self._place(balance, step.at, step.balance)
            points += [QPointF(place.x(), points[-1].y()), place]
        points.append(QPointF(frame.right(), points[-1].y()))
        painter.setPen(QPen(theme.accent, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        end = points[-1]
        height = QFontMetrics(painter.font()).height()
        figure = QRectF(end.x() + 5, end.y() - height / 2, self.width() - end.x() - 6, height)
        painter.setPen(theme.text)
        painter.drawText(figure, int(Qt.AlignmentFlag.AlignLeft), quantity(balance.now))

    def _paint_count(self, painter: QPainter, balance: Balance, mark: CountMark, theme: Theme) -> None:
        """A diamond at what was counted, with its figure: shape and word, not only colour."""
        place = self._place(balance, mark.at, mark.quantity)
        color = theme.families[Family.DIFFERS].text
        painter.setPen(QPen(color, 1.4))
        painter.setBrush(color)
        painter.drawPolygon(
            QPolygonF(
                [
                    place + QPointF(0, -_DOT),
                    place + QPointF(_DOT, 0),
                    place + QPointF(0, _DOT),
                    place + QPointF(-_DOT, 0),
                ]
            )
        )
        metrics = QFontMetrics(painter.font())
        text = quantity(mark.quantity)
        width = metrics.horizontalAdvance(text)
        left = min(place.x() - width / 2, self.width() - width - 2)
        painter.drawText(QPointF(max(2.0, left), place.y() - _DOT - 2), text)


def step_time(step: Step) -> str:
    """When a move was done, as exactly as it is known."""
    return moment(step.at) if step.timed else day(step.at // _DAY)


def _step_text(step: Step) -> str:
    changed = f"{quantity(step.change, sign=True)}, then {quantity(step.balance)}"
    return f"{step_time(step)}  {one_line(step.what)}: {changed}"


def _mark_text(mark: CountMark) -> str:
    who = f" by {one_line(mark.who)}" if mark.who else ""
    return f"{moment(mark.at)}  counted {quantity(mark.quantity)}{who}"
