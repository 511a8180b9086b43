"""A short message over the window that goes away by itself, with at most one button."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from recon_app.ui.theme import theme_of
from recon_app.ui.widgets.button import Button
from recon_app.ui.widgets.text import Text

SECONDS = 8


class Toast(QWidget):
    """One message at a time, at the lower edge of its window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._act: Callable[[], object] | None = None
        self._text = Text(parent=self)
        self.button = Button("", quiet=True, parent=self)
        self.button.clicked.connect(self._pressed)
        close = Button("", "close", quiet=True, parent=self)
        close.setAccessibleName("Close the message")
        close.clicked.connect(self.hide)
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 6, 6, 6)
        for widget in (self._text, self.button, close):
            line.addWidget(widget)
        self._timer = QTimer(self, interval=SECONDS * 1000, singleShot=True)
        self._timer.timeout.connect(self.hide)
        window.installEventFilter(self)
        self.hide()

    def text(self) -> str:
        """The message."""
        return self._text.text()

    def say(self, text: str, button: str = "", act: Callable[[], object] | None = None) -> None:
        """Show a message; ``act`` is what the button does."""
        self._act = act
        self._text.setText(text)
        self.button.setText(button)
        self.button.setAccessibleName(button)
        self.button.setVisible(bool(button))
        self.setAccessibleName(text)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def _pressed(self) -> None:
        self.hide()
        if self._act is not None:
            self._act()

    def _place(self) -> None:
        window = self._window
        width = min(self.sizeHint().width(), window.width() - 40)
        self.resize(width, self.sizeHint().height())
        self.move((window.width() - width) // 2, window.height() - self.height() - 40)

    # Qt
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the window changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card."""
        del event
        theme = theme_of(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.page)
        painter.setPen(QPen(theme.accent, 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)
