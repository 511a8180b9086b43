"""Two palettes of our own over the Fusion style, and the colours of the kinds.

Colours were chosen for contrast on the page, the stripe, their own tint and the selection, and to stay
apart for colour-blind readers; a test holds the contrast.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from recon_app.ui.words import Family

SCALES = (90, 100, 110, 125, 140, 160)  # per cent of the system's text size


class Mode(StrEnum):
    """What the user asked for."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Tones:
    """Colours of a family: its text, and the background of the cells that differ (None = no tint)."""

    text: QColor
    tint: QColor | None


@dataclass(frozen=True)
class Theme:
    """All colours of the window.

    Attributes:
        dark: Whether the page is dark.
        page: Background of tables and fields.
        stripe: Background of every second row.
        selection: Background of the current row.
        window: Background around the tables.
        band: Background of headers and group rows.
        text: Text.
        muted: Text that stands back.
        line: Borders and separators.
        accent: Focus ring, primary button, checked state.
        on_accent: Text on the accent.
        hatch: Lines over the side on which a record is missing.
        borders: Draw a border where a tint would be (the system asks for high contrast).
        families: Colours of the kinds.
    """

    dark: bool
    page: QColor
    stripe: QColor
    selection: QColor
    window: QColor
    band: QColor
    text: QColor
    muted: QColor
    line: QColor
    accent: QColor
    on_accent: QColor
    hatch: QColor
    families: dict[Family, Tones]
    borders: bool = False


LIGHT = Theme(
    dark=False,
    page=QColor("#FFFFFF"),
    stripe=QColor("#F6F8FA"),
    selection=QColor("#D6E8FF"),
    window=QColor("#EEF0F3"),
    band=QColor("#E4E8EC"),
    text=QColor("#1A1D21"),
    muted=QColor("#5A666E"),
    line=QColor("#C3C9CF"),
    accent=QColor("#0A63BD"),
    on_accent=QColor("#FFFFFF"),
    hatch=QColor("#D3D9DE"),
    families={
        Family.CALM: Tones(QColor("#5A666E"), None),
        Family.ONE_SIDED: Tones(QColor("#0A63BD"), QColor("#E7F1FC")),
        Family.DIFFERS: Tones(QColor("#A83500"), QColor("#FDEDE3")),
        Family.DECIDE: Tones(QColor("#3F0F73"), QColor("#F0E8F8")),
    },
)
DARK = Theme(
    dark=True,
    page=QColor("#1E1F22"),
    stripe=QColor("#232428"),
    selection=QColor("#203A5C"),
    window=QColor("#2A2C30"),
    band=QColor("#33363B"),
    text=QColor("#E8EAED"),
    muted=QColor("#A7B0B7"),
    line=QColor("#4A4E55"),
    accent=QColor("#9AD8FF"),
    on_accent=QColor("#10202E"),
    hatch=QColor("#3E4147"),
    families={
        Family.CALM: Tones(QColor("#A7B0B7"), None),
        Family.ONE_SIDED: Tones(QColor("#9AD8FF"), QColor("#1D3347")),
        Family.DIFFERS: Tones(QColor("#FF8A4A"), QColor("#432A1D")),
        Family.DECIDE: Tones(QColor("#F57AFF"), QColor("#3B2446")),
    },
)
_BORDERED = {theme.dark: replace(theme, borders=True) for theme in (LIGHT, DARK)}
_PLAIN = {theme.dark: theme for theme in (LIGHT, DARK)}


def theme_of(palette: QPalette) -> Theme:
    """The theme a palette belongs to, so that a widget needs nothing but its own palette to paint."""
    dark = palette.color(QPalette.ColorRole.Base).lightness() < 128
    hints = QGuiApplication.styleHints()  # must outlive what it hands out
    wanted = hints.accessibility().contrastPreference()
    return (_BORDERED if wanted is Qt.ContrastPreference.HighContrast else _PLAIN)[dark]


def palette_of(theme: Theme) -> QPalette:
    """Make the Qt palette of a theme."""
    roles = QPalette.ColorRole
    palette = QPalette(theme.window)
    for role, color in (
        (roles.Window, theme.window),
        (roles.WindowText, theme.text),
        (roles.Base, theme.page),
        (roles.AlternateBase, theme.stripe),
        (roles.Text, theme.text),
        (roles.PlaceholderText, theme.muted),
        (roles.Button, theme.band),
        (roles.ButtonText, theme.text),
        (roles.BrightText, theme.on_accent),
        (roles.ToolTipBase, theme.page),
        (roles.ToolTipText, theme.text),
        (roles.Highlight, theme.accent),
        (roles.HighlightedText, theme.on_accent),
        (roles.Accent, theme.accent),
        (roles.Link, theme.accent),
        (roles.Mid, theme.line),
    ):
        palette.setColor(role, color)
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme.muted)
    palette.setColor(QPalette.ColorGroup.Disabled, roles.Highlight, theme.line)
    return palette


class Appearance(QObject):
    """Puts theme and text size on the application and follows the system.

    Signals:
        changed: Another theme or text size is in force.
    """

    changed = Signal()

    def __init__(self, app: QApplication, mode: Mode = Mode.SYSTEM, scale: int = 100) -> None:
        super().__init__(app)
        self._app = app
        self._base = QFont(app.font())
        self.mode = mode
        self.scale = scale
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self.apply(mode, scale)

    @property
    def dark(self) -> bool:
        """Whether the dark theme is in force."""
        if self.mode is Mode.SYSTEM:
            return self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self.mode is Mode.DARK

    def apply(self, mode: Mode, scale: int) -> None:
        """Switch to a theme and a text size (per cent of the system's size)."""
        self.mode = mode
        self.scale = scale
        self._app.setPalette(palette_of(DARK if self.dark else LIGHT))
        font = QFont(self._base)
        if font.pointSizeF() > 0:
            font.setPointSizeF(self._base.pointSizeF() * scale / 100)
        self._app.setFont(font)
        self.changed.emit()

    def toggle(self) -> None:
        """Go to the other of light and dark."""
        self.apply(Mode.LIGHT if self.dark else Mode.DARK, self.scale)

    def follow_system(self) -> None:
        """Be light or dark as the system is, from now on."""
        self.apply(Mode.SYSTEM, self.scale)

    def step_text(self, steps: int) -> None:
        """Make the text larger (1), smaller (-1) or normal (0)."""
        if steps == 0:
            self.apply(self.mode, 100)
            return
        nearest = min(range(len(SCALES)), key=lambda index: abs(SCALES[index] - self.scale))
        self.apply(self.mode, SCALES[max(0, min(len(SCALES) - 1, nearest + steps))])

    def _follow(self) -> None:
        if self.mode is Mode.SYSTEM:
            self.apply(self.mode, self.scale)


def tabular(font: QFont) -> QFont:
    """The same font with digits of equal width, so that amounts stand under each other."""
    result = QFont(font)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result
