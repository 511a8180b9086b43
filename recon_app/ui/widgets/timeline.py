"""A process as a line of steps: what is done, what is late, what is missing; the date under each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from recon_app.models.case import Step
from recon_app.ui.formats import day, one_line
from recon_app.ui.tables.page_model import plain_tip
from recon_app.ui.theme import Theme, tabular, theme_of
from recon_app.ui.words import STEP, STEP_STATE, Family, step_family

_RADIUS = 8.0
_DONE, _LATE, _FAILED, _UNKNOWN, _NOT_NEEDED = "done", "late", "failed", "unknown", "not_needed"


class Timeline(QWidget):
    """Steps from left to right; every state has a shape and a word of its own, colour only helps.

    A filled circle with a tick is done, a hollow one is missing or waits, a triangle is late, a cross failed.

    Signals:
        chosen: The record of the step that was clicked, or opened with Enter.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps: Sequence[Step] = ()
        self._current = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(5 * self.fontMetrics().height())
        self.setAccessibleName("Timeline")

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show another process; none leaves the place empty."""
        self.steps = steps
        self._current = 0
        self.setAccessibleDescription(self.text())
        self.update()

    def text(self) -> str:
        """The picture in words."""
        return "; ".join(step_text(step) for step in self.steps) or "There is no timeline."

    def place_of(self, number: int) -> QRectF:
        """Where a step is painted, with its texts."""
        width = self.width() / max(1, len(self.steps))
        return QRectF(number * width, 0, width, self.height())

    def _at(self, x: float) -> int | None:
        found = int(x * len(self.steps) / max(1, self.width()))
        return found if 0 <= found < len(self.steps) else None

    def _choose(self, number: int) -> None:
        self._current = number
        self.update()
        record = self.steps[number].record
        if record is not None:
            self.chosen.emit(record)

    def _paint_line(self, painter: QPainter, theme: Theme, y: float) -> None:
        """The line between two steps is whole where both are done."""
        for number in range(len(self.steps) - 1):
            both = all(step.state == _DONE for step in self.steps[number : number + 2])
            style = Qt.PenStyle.SolidLine if both else Qt.PenStyle.DashLine
            painter.setPen(QPen(theme.muted, 1.4, style))
            left, right = (self.place_of(place).center().x() for place in (number, number + 1))
            painter.drawLine(QPointF(left + _RADIUS + 3, y), QPointF(right - _RADIUS - 3, y))

    def _paint_step(self, painter: QPainter, theme: Theme, number: int, y: float) -> None:
        step, place = self.steps[number], self.place_of(number)
        metrics = QFontMetrics(painter.font())
        center = QPointF(place.center().x(), y)
        family = step_family(step.state)
        color = theme.muted if family is Family.CALM else theme.families[family].text
        _paint_shape(painter, theme, step.state, center, color)
        inside = place.adjusted(2, 0, -2, 0)
        middle = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        title = metrics.elidedText(
            STEP.get(step.step, step.step), Qt.TextElideMode.ElideRight, int(inside.width())
        )
        painter.setPen(theme.text)
        top = QRectF(inside.left(), y - _RADIUS - metrics.height() - 4, inside.width(), metrics.height())
        painter.drawText(top, middle, title)
        lines = [day(step.day)] if step.day is not None else []
        lines += [STEP_STATE.get(step.state, step.state)] if step.state != _DONE or not lines else []
        below = y + _RADIUS + 4
        for line in lines:
            painter.setPen(theme.text if line[:1].isdigit() else color)
            painter.drawText(QRectF(inside.left(), below, inside.width(), metrics.height()), middle, line)
            below += metrics.height()
        if step.text and below + metrics.height() <= self.height():
            painter.setPen(theme.muted)
            said = metrics.elidedText(one_line(step.text), Qt.TextElideMode.ElideRight, int(inside.width()))
            painter.drawText(QRectF(inside.left(), below, inside.width(), metrics.height()), middle, said)

    # Qt
    def sizeHint(self) -> QSize:
        """Room for five dates beside each other."""
        return QSize(5 * self.fontMetrics().horizontalAdvance("2026-10-31 "), 7 * self.fontMetrics().height())

    def event(self, event: QEvent) -> bool:
        """Say what is known of the step under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self._at(event.x())
            if found is not None:
                QToolTip.showText(event.globalPos(), plain_tip(step_text(self.steps[found])) or "", self)
                return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A step with a record can be clicked."""
        found = self._at(event.position().x())
        there = found is not None and self.steps[found].record is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if there else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the step under the mouse."""
        found = self._at(event.position().x())
        if found is not None:
            self._choose(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right move between the steps, Enter chooses one."""
        key = event.key()
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key))
        if step is not None and 0 <= self._current + step < len(self.steps):
            self._current += step
            self.setAccessibleDescription(step_text(self.steps[self._current]))
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.steps:
            self._choose(self._current)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the steps, and the focus around the current one."""
        del event
        theme = theme_of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(tabular(self.font()))
        if not self.steps:
            return
        height = QFontMetrics(painter.font()).height()
        y = max(_RADIUS + height + 8, self.height() / 2 - height)
        self._paint_line(painter, theme, y)
        for number in range(len(self.steps)):
            self._paint_step(painter, theme, number, y)
        if self.hasFocus():
            painter.setPen(QPen(theme.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.place_of(self._current).adjusted(2, 2, -2, -2), 4, 4)


def step_text(step: Step) -> str:
    """A step in words: ``Credit note: late, draft since 2026-10-07``."""
    state = STEP_STATE.get(step.state, step.state)
    when = f" {day(step.day)}" if step.day is not None else ""
    more = f", {one_line(step.text)}" if step.text else ""
    return f"{STEP.get(step.step, step.step)}: {state}{when}{more}"


def _paint_shape(painter: QPainter, theme: Theme, state: str, center: QPointF, color: QColor) -> None:
    """Each state has a shape of its own, so that it is told without colour."""
    pen = QPen(color, 1.8)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if state == _DONE:
        painter.setPen(QPen(theme.accent, 1.8))
        painter.setBrush(theme.accent)
        painter.drawEllipse(center, _RADIUS, _RADIUS)
        painter.setPen(QPen(theme.on_accent, 2))
        tick = [QPointF(-3.6, 0.2), QPointF(-1, 2.8), QPointF(3.8, -2.8)]
        painter.drawPolyline(QPolygonF([center + point for point in tick]))
    elif state == _LATE:
        painter.setPen(pen)
        corners = [
            QPointF(0, -_RADIUS - 1),
            QPointF(_RADIUS + 1, _RADIUS - 1),
            QPointF(-_RADIUS - 1, _RADIUS - 1),
        ]
        painter.drawPolygon(QPolygonF([center + corner for corner in corners]))
        painter.drawLine(center + QPointF(0, -3), center + QPointF(0, 2))
        painter.drawPoint(center + QPointF(0, 5))
    elif state == _FAILED:
        painter.setPen(pen)
        edge = _RADIUS - 0.5
        painter.drawRect(QRectF(center.x() - edge, center.y() - edge, 2 * edge, 2 * edge))
        for sign in (-1, 1):
            painter.drawLine(center + QPointF(-3.5, -3.5 * sign), center + QPointF(3.5, 3.5 * sign))
    elif state == _NOT_NEEDED:
        painter.setPen(pen)
        painter.drawLine(center + QPointF(-_RADIUS + 2, 0), center + QPointF(_RADIUS - 2, 0))
    else:
        pen.setStyle(Qt.PenStyle.DotLine if state == _UNKNOWN else Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.drawEllipse(center, _RADIUS, _RADIUS)
        if state == "waiting":  # the hands of a clock
            painter.drawPolyline(QPolygonF([center + QPointF(0, -4), center, center + QPointF(3, 2)]))
