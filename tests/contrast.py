"""How well two colours are told apart, as WCAG 2.2 reckons it; window and dashboard are held to the same."""

from __future__ import annotations


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two ``#RRGGBB`` colours: 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
