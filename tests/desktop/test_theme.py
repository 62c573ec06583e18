"""Tokens, contrast, fonts, icons and the style sheet."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFontDatabase, QFontInfo, QFontMetrics, QRawFont
from PySide6.QtWidgets import QApplication, QLabel

from tests.contrast import contrast
from trainer_app.desktop import pictures, theme

ROOT = Path(__file__).parents[2]
TEXT_ON = {
    "ink": ("bg", "surface", "sunken", "primary_soft", "focus_bg"),
    "ink2": ("bg", "surface", "sunken", "primary_soft"),
    "ink3": ("bg", "surface", "sunken"),
    "primary": ("bg", "surface", "sunken", "primary_soft"),
    "on_primary": ("primary", "primary_hover"),
    "on_accent": ("accent",),
    "rail_text": ("rail", "rail_card"),
    "rail_dim": ("rail", "rail_card"),
    "rail_selected_text": ("rail_selected",),
    "toast_action": ("ink",),
    "surface": ("ink",),
    **{f"{tone}_text": (f"{tone}_bg", "surface", "bg") for tone in theme.TONES},
    **{f"{tone}_on": (f"{tone}_fill",) for tone in theme.TONES},
}
EDGE_ON = {
    "line2": ("bg", "surface", "sunken"),
    "focus": ("bg", "surface", "focus_bg", "primary_soft"),
    "focus_on_rail": ("rail",),
    "ok_fill": ("surface",),
    "bad_fill": ("surface", "bg"),
    "info_fill": ("surface", "bg"),
    "primary": ("sunken",),
}
PAIRS = [(text, ground, "text") for text, grounds in TEXT_ON.items() for ground in grounds]
PAIRS += [(edge, ground, "edge") for edge, grounds in EDGE_ON.items() for ground in grounds]


@pytest.fixture(autouse=True)
def _undress(qapp: QApplication):
    yield
    theme.apply(qapp)


@pytest.mark.parametrize("look", theme.LOOKS)
@pytest.mark.parametrize(("front", "ground", "what"), PAIRS)
def test_contrast(look: str, front: str, ground: str, what: str) -> None:
    this = theme.Theme(look)
    least = 7.0 if look == "terik" else 4.5 if what == "text" else 3.0
    ratio = contrast(this.hex(front), this.hex(ground))
    assert ratio >= least, f"{front} on {ground} in {look}: {ratio:.2f}"


def test_contrast_is_the_ratio_of_the_guideline() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_every_look_has_the_same_roles_and_every_palette_colour_is_used() -> None:
    looks = theme.tokens()["look"]
    assert len({frozenset(roles) for roles in looks.values()}) == 1
    used = {name for roles in looks.values() for name in roles.values()}
    assert used == set(theme.tokens()["palette"])


def test_unknown_look_or_size_is_refused() -> None:
    with pytest.raises(ValueError, match="no look"):
        theme.Theme("senja")
    with pytest.raises(ValueError, match="no look"):
        theme.Theme("siang", 90)


@pytest.mark.parametrize("look", theme.LOOKS)
@pytest.mark.parametrize("text_size", theme.TEXT_SIZES)
def test_style_sheet_has_no_names_left_and_qt_reads_it(
    qapp: QApplication, qtlog: object, look: str, text_size: int
) -> None:
    sheet = theme.apply(qapp, look, text_size).style_sheet()
    assert "$" not in sheet
    label = QLabel("Contoh")
    label.setProperty("kind", "h1")
    label.ensurePolished()
    assert label.font().pixelSize() == round(27 * text_size / 100)
    assert not [r for r in qtlog.records if "parse" in r.message]  # type: ignore[attr-defined]  # pytest-qt's


def test_one_factor_scales_text_and_sizes() -> None:
    small, large = theme.Theme("siang", 100), theme.Theme("siang", 150)
    assert large.px(8) == 12
    assert large.size("control") == 63
    assert large.font("body").pixelSize() == 24
    assert small.font("body").pixelSize() == 16
    assert large.stroke("focus") == small.stroke("focus")


def test_narrow_means_logical_width_by_text_factor() -> None:
    assert not theme.Theme("siang", 100).is_compact(1180)
    assert theme.Theme("siang", 100).is_compact(1179)
    assert theme.Theme("siang", 130).is_compact(1366)
    assert not theme.Theme("siang", 115).is_compact(1366)


def test_fonts_are_one_family_each_with_true_weights(qapp: QApplication) -> None:
    assert theme.load_fonts() == ("Atkinson Hyperlegible Next", "Plus Jakarta Sans")
    styles = QFontDatabase.styles("Atkinson Hyperlegible Next")
    assert {"Regular", "Medium", "SemiBold", "Bold"} <= set(styles)
    widths = []
    for weight in (400, 500, 600, 700):
        font = theme.Theme().font("body", weight=weight)
        assert QFontInfo(font).family() == "Atkinson Hyperlegible Next"
        widths.append(QFontMetrics(font).horizontalAdvance("Keripik Singkong Bu Aminah" * 4))
    assert len(set(widths)) == 4  # four real weights, not one made bold


@pytest.mark.parametrize("role", sorted(theme.tokens()["type"]))
def test_bundled_fonts_hold_every_letter_the_words_use(qapp: QApplication, role: str) -> None:
    theme.load_fonts()
    raw = QRawFont.fromFont(theme.Theme().font(role))
    missing = [
        c
        for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:;!?&/()%·–—’“”…×°é"
        if not raw.supportsCharacter(ord(c))
    ]
    assert missing == []


def _sources() -> list[Path]:
    return sorted((ROOT / "trainer_app" / "desktop").rglob("*.py"))


def test_colours_are_written_in_the_token_file_only() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in [*_sources(), ROOT / "resources" / "style" / "app.qss"]
        for match in re.finditer(r"#[0-9A-Fa-f]{6}\b", path.read_text("utf-8"))
    ]
    assert found == []


def _icons() -> set[str]:
    return {path.stem for path in (ROOT / "resources" / "icons").glob("*.svg")}


def _texts() -> set[str]:
    """Every text written in its code; names of icons are among them."""
    return {
        node.value
        for path in _sources()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_icon_draws(qapp: QApplication) -> None:
    assert "app" in _icons()
    for name in _icons():
        drawn = pictures.pixmap(name, "ink", 24, 1.0).toImage()
        assert any(drawn.pixelColor(x, y).alpha() for x in range(24) for y in range(24)), name


def test_every_icon_that_lies_there_is_used() -> None:
    assert sorted(_icons() - _texts()) == []


def test_icons_take_the_colour_of_the_role_and_the_scale_of_the_display(qapp: QApplication) -> None:
    theme.apply(qapp)
    picture = pictures.pixmap("plus", "primary", 24, 1.25)
    assert picture.width() == 30
    assert picture.devicePixelRatio() == 1.25
    image = picture.toImage()
    solid = [image.pixelColor(x, 15) for x in range(30) if image.pixelColor(x, 15).alpha() == 255]
    assert solid
    assert solid[0].name() == theme.colour("primary").name()


def test_unknown_icon_is_a_fault(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        pictures.pixmap("no-such-icon", "ink", 20)


def test_licences_lie_beside_fonts_and__icons() -> None:
    fonts = ROOT / "resources" / "fonts"
    for name in ("AtkinsonHyperlegibleNext", "PlusJakartaSans"):
        assert "SIL OPEN FONT LICENSE" in (fonts / f"LICENSE-{name}.txt").read_text("utf-8")
        assert list(fonts.glob(f"{name}-*.ttf"))
        assert list((fonts / "web").glob(f"{name}-*.woff2"))
    assert "ISC License" in (ROOT / "resources" / "icons" / "LICENSE-Lucide.txt").read_text("utf-8")


def test_system_wish_chooses_the_first_look(qapp: QApplication) -> None:
    hints = qapp.styleHints()
    assert theme.suggested_look() == "siang"
    hints.setColorScheme(Qt.ColorScheme.Dark)
    try:
        dark = hints.colorScheme() == Qt.ColorScheme.Dark
        assert theme.suggested_look() == ("malam" if dark else "siang")
    finally:
        hints.unsetColorScheme()


class _Bell(QObject):
    rung = Signal(bool)


def test_ten_thousand_emits_and_still_alive(qapp: QApplication) -> None:
    """PySide6 6.12.0 on Python 3.11 drops a reference to True at every emit and aborts the process."""
    heard = []
    bell = _Bell()
    bell.rung.connect(heard.append)
    for _turn in range(10_000):
        bell.rung.emit(True)
    assert len(heard) == 10_000
