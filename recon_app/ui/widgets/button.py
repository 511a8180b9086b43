"""Flat push buttons: one primary per place, icons in the text's colour, the key shown behind the title."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from recon_app.ui import icons
from recon_app.ui.theme import Theme, theme_of

_PAD = 10
_GAP = 6


class Button(QPushButton):
    """A push button.

    Args:
        title: What it does; an ampersand marks the mnemonic.
        icon: Name of a drawing, or "".
        key: Key that does the same, shown behind the title.
        primary: The one next step of this place.
        quiet: Without a frame until the mouse is over it.
    """

    def __init__(
        self,
        title: str,
        icon: str = "",
        *,
        key: str = "",
        primary: bool = False,
        quiet: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self._icon = icon
        self._key = key
        self._primary = primary
        self._quiet = quiet
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title.replace("&", ""))

    def set_primary(self, primary: bool) -> None:
        """Make it the one next step, or not."""
        self._primary = primary
        self.update()

    def _colors(self, theme: Theme) -> tuple[QColor, QColor, QColor]:
        """Background, border and text."""
        if not self.isEnabled():
            return theme.window, theme.line, theme.muted
        if self._primary:
            shade = theme.accent.darker(112) if self.isDown() or self.underMouse() else theme.accent
            return shade, shade, theme.on_accent
        if self.isChecked() or self.isDown():
            return theme.selection, theme.accent, theme.text
        if self._quiet and not self.underMouse():
            clear = QColor(Qt.GlobalColor.transparent)
            return clear, clear, theme.text
        return (theme.band if self.underMouse() else theme.page), theme.line, theme.text

    # Qt
    def sizeHint(self) -> QSize:
        """Icon, title and key side by side."""
        metrics = self.fontMetrics()
        width = 2 * _PAD + metrics.horizontalAdvance(self.text().replace("&", ""))
        if self._icon:
            width += metrics.height() + (_GAP if self.text() else 0)
        if self._key:
            width += _GAP + metrics.horizontalAdvance(self._key)
        return QSize(width, metrics.height() + 12)

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint frame, icon, title, key and focus ring."""
        del event
        theme = theme_of(self.palette())
        back, border, front = self._colors(theme)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setBrush(back)
        painter.setPen(QPen(border, 1))
        painter.drawRoundedRect(frame, 4, 4)
        inside = self.rect().adjusted(_PAD, 0, -_PAD, 0)
        metrics = self.fontMetrics()
        if self._icon:
            edge = metrics.height()
            image = icons.pixmap(self._icon, front, edge, self.devicePixelRatioF())
            painter.drawPixmap(inside.left(), inside.top() + (inside.height() - edge) // 2, image)
            inside.setLeft(inside.left() + edge + _GAP)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(front)
        painter.drawText(
            inside, int(middle | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextShowMnemonic), self.text()
        )
        if self._key:
            painter.setPen(front if self._primary else theme.muted)
            painter.drawText(inside, int(middle | Qt.AlignmentFlag.AlignRight), self._key)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.text if self._primary else theme.accent, 2))
            painter.drawRoundedRect(frame.adjusted(1, 1, -1, -1), 3, 3)
