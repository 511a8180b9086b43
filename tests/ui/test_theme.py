"""Contrast of every colour on every ground it stands on, and switching."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from recon_app.ui import icons
from recon_app.ui.theme import DARK, LIGHT, SCALES, Appearance, Mode, Theme, palette_of, theme_of
from recon_app.ui.widgets.text import Text, Tone
from recon_app.ui.words import Family

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
READABLE = 4.5  # WCAG 2.2, 1.4.3
VISIBLE = 3.0  # WCAG 2.2, 1.4.11


def luminance(color: QColor) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@THEMES
@pytest.mark.parametrize("family", list(Family))
def test_family_colours_are_readable(theme: Theme, family: Family) -> None:
    tones = theme.families[family]
    grounds = [theme.page, theme.stripe, theme.selection, *([tones.tint] if tones.tint else [])]
    assert min(contrast(tones.text, ground) for ground in grounds) >= READABLE


@THEMES
def test_text_is_readable_everywhere(theme: Theme) -> None:
    grounds = [theme.page, theme.stripe, theme.selection, theme.window, theme.band]
    assert min(contrast(theme.text, ground) for ground in grounds) >= 7
    assert min(contrast(theme.muted, ground) for ground in grounds) >= READABLE
    assert contrast(theme.on_accent, theme.accent) >= READABLE


@THEMES
def test_the_focus_ring_is_visible(theme: Theme) -> None:
    grounds = [theme.page, theme.selection, theme.window]
    assert min(contrast(theme.accent, ground) for ground in grounds) >= VISIBLE


@THEMES
def test_a_widget_knows_its_theme_from_its_palette(theme: Theme) -> None:
    assert theme_of(palette_of(theme)) is theme


def test_switching(qapp: QApplication, appearance: Appearance) -> None:
    appearance.toggle()
    assert theme_of(qapp.palette()) is DARK
    appearance.apply(Mode.LIGHT, 100)
    assert qapp.palette().color(QPalette.ColorRole.Base) == LIGHT.page


def test_text_grows_and_shrinks_within_bounds(qapp: QApplication, appearance: Appearance) -> None:
    normal = qapp.font().pointSizeF()
    for _ in range(10):
        appearance.step_text(1)
    assert appearance.scale == SCALES[-1]
    assert qapp.font().pointSizeF() == pytest.approx(normal * 1.6)
    for _ in range(10):
        appearance.step_text(-1)
    assert appearance.scale == SCALES[0]
    appearance.step_text(0)
    assert qapp.font().pointSizeF() == pytest.approx(normal)


def test_labels_follow_the_size_of_the_text(qtbot: QtBot, appearance: Appearance) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    labels = [Text("Still open", tone, parent=window) for tone in Tone]
    before = [label.font().pointSizeF() for label in labels]
    window.show()
    appearance.apply(Mode.LIGHT, 150)
    wanted = pytest.approx([1.5 * size for size in before])
    qtbot.waitUntil(lambda: [label.font().pointSizeF() for label in labels] == wanted)


def test_every_drawing_takes_the_colour_it_is_given(qapp: QApplication) -> None:
    wanted = QColor("#A83500")
    for path in sorted(icons.FOLDER.glob("*.svg")):
        image = icons.pixmap(path.stem, wanted, 16, 2.0).toImage()
        assert image.size().width() == 32
        solid = [
            image.pixelColor(x, y)
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() == 255
        ]
        assert solid, path.stem
        assert all(abs(color.red() - wanted.red()) < 3 for color in solid), path.stem
    assert isinstance(image, QImage)
