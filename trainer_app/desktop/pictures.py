"""Icons, drawn in a colour of the theme and sharp at every display scale.

The files in ``resources/icons`` are line drawings in ``currentColor``; a picture is made by replacing that
word with the colour of a role, and kept, because a page asks for the same few again and again.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from trainer_app.desktop import theme

KEPT_PICTURES = 600
APP_ICON = "app"


@lru_cache(maxsize=KEPT_PICTURES)
def _renderer(name: str, hex_colour: str) -> QSvgRenderer:
    source = theme.resource("icons", f"{name}.svg").read_text("utf-8")
    return QSvgRenderer(QByteArray(source.replace("currentColor", hex_colour).encode()))


@lru_cache(maxsize=KEPT_PICTURES)
def _drawn(name: str, hex_colour: str, px: int, ratio: float) -> QPixmap:
    renderer = _renderer(name, hex_colour)
    edge = max(1, round(px * ratio))
    picture = QPixmap(QSize(edge, edge))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, edge, edge))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def _hex(role: str | QColor) -> str:
    return (theme.colour(role) if isinstance(role, str) else role).name()


def _ratio() -> float:
    screens = QGuiApplication.screens()
    return max((screen.devicePixelRatio() for screen in screens), default=1.0)


def pixmap(name: str, role: str | QColor = "ink", px: float = 20, ratio: float | None = None) -> QPixmap:
    """The icon ``name`` in the colour of ``role``, ``px`` pixels at text size 100 %. Raises
    ``FileNotFoundError``.
    """
    return _drawn(name, _hex(role), theme.px(px), ratio or _ratio())


def icon(name: str, role: str | QColor = "ink", px: float = 20) -> QIcon:
    """As ``pixmap``, for widgets that take an icon; greyed where the widget is disabled."""
    made = QIcon(pixmap(name, role, px))
    made.addPixmap(pixmap(name, "ink3", px), QIcon.Mode.Disabled)
    return made


def paint_icon(painter: QPainter, where: QRectF, name: str, role: str | QColor) -> None:
    """Draws the icon into ``where`` with ``painter``: exact at every scale, also in print."""
    renderer = _renderer(name, _hex(role))
    renderer.render(painter, where)


def app_icon() -> QIcon:
    """The program's own sign."""
    made = QIcon()
    for edge in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(_drawn(APP_ICON, "", edge, 1.0))
    return made


def app_picture(px: float) -> QPixmap:
    """The program's sign, ``px`` pixels at text size 100 %."""
    return _drawn(APP_ICON, "", theme.px(px), _ratio())
