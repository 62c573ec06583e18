"""The look: tokens become a palette, fonts and one style sheet.

``resources/style/tokens.toml`` holds every colour and size, ``resources/style/app.qss`` the rules with
``$names`` in them. ``apply`` dresses the application; afterwards ``colour``, ``font``, ``px`` and ``size``
answer for the look in force, so that hand-painted widgets agree with the style sheet.

Setting a style sheet visits every live widget, so the window takes its pages down before it calls ``apply``
again.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

LOOKS = ("siang", "terik", "malam")
TEXT_SIZES = (100, 115, 130, 150)  # per cent
TONES = ("ok", "warn", "bad", "info", "mute")

_FONT_FILES = (
    "AtkinsonHyperlegibleNext-Regular.ttf",
    "AtkinsonHyperlegibleNext-Medium.ttf",
    "AtkinsonHyperlegibleNext-SemiBold.ttf",
    "AtkinsonHyperlegibleNext-Bold.ttf",
    "PlusJakartaSans-SemiBold.ttf",
    "PlusJakartaSans-Bold.ttf",
)


def resource(*parts: str) -> Traversable:
    """A file of the installed ``resources`` folder."""
    return files("trainer_app.resources").joinpath(*parts)


@cache
def tokens() -> dict[str, Any]:
    """The token file, read once a process."""
    return tomllib.loads(resource("style", "tokens.toml").read_text("utf-8"))


@cache
def _sheet_template() -> Template:
    return Template(resource("style", "app.qss").read_text("utf-8"))


class Theme:
    """One look at one text size. Cheap to make; holds no Qt objects that need an application."""

    def __init__(self, look: str = "siang", text_size: int = 100) -> None:
        """Raises ``ValueError`` for a look or text size that does not exist."""
        if look not in LOOKS or text_size not in TEXT_SIZES:
            raise ValueError(f"no look {look!r} at {text_size} %")
        self.look = look
        self.text_size = text_size
        self.factor = text_size / 100
        palette = tokens()["palette"]
        self._hexes: dict[str, str] = {role: palette[name] for role, name in tokens()["look"][look].items()}
        self._stroke: dict[str, int] = tokens()["stroke"][look]

    def hex(self, role: str) -> str:
        """The colour of ``role`` as ``#RRGGBB``."""
        return self._hexes[role]

    def colour(self, role: str) -> QColor:
        return QColor(self._hexes[role])

    def roles(self) -> tuple[str, ...]:
        return tuple(self._hexes)

    def px(self, pixels: float) -> int:
        """``pixels`` at 100 % made as large as the chosen text."""
        return round(pixels * self.factor)

    def size(self, name: str) -> int:
        """A size of the token file in scaled pixels."""
        return self.px(tokens()["size"][name])

    def stroke(self, name: str) -> int:
        """Line width ``border`` or ``focus`` in pixels; lines do not grow with the text."""
        return self._stroke[name]

    def font(
        self, role: str, *, px: float | None = None, weight: int | None = None, columns: bool = False
    ) -> QFont:
        """The font of a type role; with ``columns`` its digits are of one width, so that numbers line up."""
        token = tokens()["type"][role]
        font = QFont(tokens()["family"][token["family"]])
        font.setPixelSize(self.px(px if px is not None else token["px"]))
        font.setWeight(QFont.Weight(weight if weight is not None else self._weight(token)))
        if columns:
            font.setFeature(QFont.Tag("tnum"), 1)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    def _weight(self, token: dict[str, Any]) -> int:
        return max(int(token["weight"]), self._stroke["body_weight"])

    def is_compact(self, width: int) -> bool:
        """Whether a window of ``width`` logical pixels is too narrow for the full rail and a right column."""
        return bool(width / self.factor < tokens()["size"]["compact_below"])

    def palette(self) -> QPalette:
        """What Fusion paints where no rule of the sheet applies."""
        role, group = QPalette.ColorRole, QPalette.ColorGroup
        pairs = {
            role.Window: "bg",
            role.WindowText: "ink",
            role.Base: "surface",
            role.AlternateBase: "sunken",
            role.Text: "ink",
            role.Button: "surface",
            role.ButtonText: "ink",
            role.BrightText: "on_primary",
            role.Highlight: "primary",
            role.HighlightedText: "on_primary",
            role.Link: "primary",
            role.LinkVisited: "primary",
            role.ToolTipBase: "surface",
            role.ToolTipText: "ink",
            role.PlaceholderText: "ink3",
            role.Mid: "line2",
            role.Dark: "line2",
            role.Light: "surface",
            role.Accent: "primary",
        }
        palette = QPalette()
        for which, name in pairs.items():
            palette.setColor(which, self.colour(name))
        for which in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(group.Disabled, which, self.colour("ink3"))
        return palette

    def style_sheet(self) -> str:
        """The rules with this look's values. Raises ``KeyError`` when a rule names a value that does
        not exist.
        """
        return _sheet_template().substitute(self._values())

    def _values(self) -> dict[str, str]:
        values = dict(self._hexes)
        border, focus = self.stroke("border"), self.stroke("focus")
        for name in tokens()["size"]:
            values[f"size_{name}"] = f"{self.size(name)}px"
        for name, token in tokens()["type"].items():
            family = tokens()["family"][token["family"]]
            values[f"font_{name}"] = f'font: {self._weight(token)} {self.px(token["px"])}px "{family}"'
        for name in ("control", "button", "button_small", "key"):
            # the sheet counts heights without borders
            values[f"inner_{name}"] = f"{self.size(name) - 2 * border}px"
            values[f"inner_{name}_focus"] = f"{self.size(name) - 2 * focus}px"
        for pixels in (1, 2, 4, 6, 8, 9, 10, 11, 12, 14, 16, 20, 24, 26, 32, 38, 48):
            values[f"px{pixels}"] = f"{self.px(pixels)}px"
            values[f"px{pixels}_focus"] = f"{max(0, self.px(pixels) - (focus - border))}px"
        values["border"] = f"{border}px"
        values["focus_width"] = f"{focus}px"
        values["radius_chip"] = (
            f"{self.px(26) // 2}px"  # more than half the height and Qt draws square corners
        )
        return values


_current = Theme()


def current() -> Theme:
    """The theme in force."""
    return _current


def colour(role: str) -> QColor:
    return _current.colour(role)


def font(role: str, *, px: float | None = None, weight: int | None = None, columns: bool = False) -> QFont:
    return _current.font(role, px=px, weight=weight, columns=columns)


def px(pixels: float) -> int:
    return _current.px(pixels)


def size(name: str) -> int:
    return _current.size(name)


def is_compact(width: int) -> bool:
    return _current.is_compact(width)


def apply(app: QApplication, look: str = "siang", text_size: int = 100) -> Theme:
    """Dresses the application and returns the theme. Call it before building widgets; again only to
    change the look.
    """
    global _current
    load_fonts()
    _current = Theme(look, text_size)
    if not app.property("dressed"):
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setProperty("dressed", True)
    app.setPalette(_current.palette())
    app.setFont(_current.font("body"))
    sheet = _current.style_sheet()
    if app.styleSheet() != sheet:
        app.setStyleSheet(sheet)
    return _current


@cache
def load_fonts() -> tuple[str, ...]:
    """Gives Qt the bundled fonts, once; returns their family names. Raises ``RuntimeError`` for a file Qt
    refuses.
    """
    families: set[str] = set()
    for name in _FONT_FILES:
        number = QFontDatabase.addApplicationFontFromData(resource("fonts", name).read_bytes())
        if number < 0:
            raise RuntimeError(f"Qt does not read the font {name}")
        families.update(QFontDatabase.applicationFontFamilies(number))
    return tuple(sorted(families))


def suggested_look() -> str:
    """The look to start with until a person has chosen one: the system's wish for contrast, then for
    darkness.
    """
    hints = QGuiApplication.styleHints()
    if hasattr(hints, "accessibility"):  # since Qt 6.10
        wish = hints.accessibility().contrastPreference()
        if wish == Qt.ContrastPreference.HighContrast:
            return "terik"
    return "malam" if hints.colorScheme() == Qt.ColorScheme.Dark else "siang"


def set_state(widget: QWidget, **properties: object) -> None:
    """Sets style properties of one widget and has only that widget dressed anew."""
    changed = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            changed = True
    if changed:
        style = widget.style()
        style.unpolish(widget)
        style.polish(widget)
        widget.update()
