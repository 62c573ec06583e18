"""Make the application's font files from the two published web-font packages.

Not needed at run time: the results are kept beside this script. Run it again only to take a newer release:

    npm install @fontsource/atkinson-hyperlegible-next @fontsource/plus-jakarta-sans
    python resources/fonts/make_fonts.py node_modules/@fontsource

The packages name every weight as a family of its own and store WOFF2. Windows' font readers are not promised
to take WOFF2, and Qt groups weights by family name, so each file becomes a TrueType file whose name table
says one family (name 1; names 16 and 17 are left out, not all of Qt's font readers look at them) and whose
OS/2 weight is true. The WOFF2 files are copied unchanged for the web dashboard.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
STYLE_NAMES = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold"}
FAMILIES = {
    "atkinson-hyperlegible-next": (
        "Atkinson Hyperlegible Next",
        "AtkinsonHyperlegibleNext",
        (400, 500, 600, 700),
    ),
    "plus-jakarta-sans": ("Plus Jakarta Sans", "PlusJakartaSans", (600, 700)),
}
WINDOWS_ENGLISH = (3, 1, 0x409)


def name_the_weight(font: TTFont, family: str, file_stem: str, weight: int) -> None:
    """Writes one family name and the true weight into ``font``."""
    style = STYLE_NAMES[weight]
    table = font["name"]
    for number in (1, 2, 3, 4, 6, 16, 17, 21, 22, 25):
        table.removeNames(nameID=number)
    names = {
        1: family,
        2: style,
        3: f"{file_stem}-{style}",
        4: f"{family} {style}",
        6: f"{file_stem}-{style}",
    }
    for number, text in names.items():
        table.setName(text, number, *WINDOWS_ENGLISH)
    font["OS/2"].usWeightClass = weight
    bold = weight == 700
    font["OS/2"].fsSelection = (font["OS/2"].fsSelection & ~0x61) | (
        0x20 if bold else 0x40 if weight == 400 else 0
    )
    font["head"].macStyle = 1 if bold else 0
    if "STAT" in font:  # describes the variable source; contradicts a single-weight file
        del font["STAT"]


def main(packages: Path) -> None:
    for package, (family, file_stem, weights) in FAMILIES.items():
        shutil.copyfile(packages / package / "LICENSE", HERE / f"LICENSE-{file_stem}.txt")
        for weight in weights:
            source = packages / package / "files" / f"{package}-latin-{weight}-normal.woff2"
            shutil.copyfile(source, HERE / "web" / f"{file_stem}-{STYLE_NAMES[weight]}.woff2")
            font = TTFont(source)
            name_the_weight(font, family, file_stem, weight)
            font.flavor = None
            font.save(HERE / f"{file_stem}-{STYLE_NAMES[weight]}.ttf")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
