"""Own SVG drawings, tinted with a colour and kept per size."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "icons"
_SIZES = (16, 20, 24, 32, 48)


def icon(name: str, color: QColor) -> QIcon:
    """An icon for buttons and actions in one colour."""
    return _icon(name, color.name())


def pixmap(name: str, color: QColor, size: int, ratio: float = 1.0) -> QPixmap:
    """A drawing as a pixmap.

    Args:
        name: File name without ending.
        color: Takes the place of ``currentColor``.
        size: Edge in device-independent pixels.
        ratio: Device pixel ratio.
    """
    return _pixmap(name, color.name(), size, round(ratio * 100))


@cache
def _icon(name: str, color: str) -> QIcon:
    result = QIcon()
    for size in _SIZES:
        for percent in (100, 150, 200):
            result.addPixmap(_pixmap(name, color, size, percent))
    return result


@cache
def _svg(name: str) -> str:
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _pixmap(name: str, color: str, size: int, percent: int) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(_svg(name).replace("currentColor", color).encode()))
    edge = round(size * percent / 100)
    image = QPixmap(edge, edge)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, edge, edge))
    painter.end()
    image.setDevicePixelRatio(percent / 100)
    return image
