"""What the installers leave out, and why the rest must stay.

Measured on the frame of the program: 248 MB become 131 MB on Linux. Whatever is dropped here is dropped on
purpose; the checks of the installers start every command afterwards.
"""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

# Standard library that the program never touches. sqlite3 is replaced by SQLCipher's own library; readline
# would bring a library under the GPL.
MODULES = (
    "tkinter", "turtle", "turtledemo", "idlelib", "lib2to3", "unittest", "test", "ensurepip", "pydoc_data",
    "readline", "sqlite3", "_sqlite3", "setuptools", "pkg_resources", "pip", "wheel", "distutils", "babel",
    "sqlalchemy.testing", "sqlalchemy.dialects.mssql", "sqlalchemy.dialects.mysql",
    "sqlalchemy.dialects.oracle", "yaml", "watchfiles", "websockets",
    "zstandard._cffi", "zstandard.backend_cffi",
)  # fmt: skip
# rapidfuzz carries its functions three times, for newer processors; it does without those.
VARIANTS = ("*_avx2.*", "*_sse2.*")
# Encodings of scripts that no file of ours uses.
CODECS = (
    "_codecs_cn",
    "_codecs_hk",
    "_codecs_jp",
    "_codecs_kr",
    "_codecs_tw",
    "_codecs_iso2022",
    "_multibytecodec",
)
# Plugins of Qt that are used: windows, their look, printers, and pictures in the formats that we ship or
# take. On Windows printing needs no plugin.
PLUGINS = {
    "platforms": r"q(xcb|offscreen|minimal|windows)\b",
    "styles": r".*",
    "xcbglintegrations": r"^$",
    "imageformats": r"q(svg|jpeg|ico)\b",
    "iconengines": r"qsvgicon",
    "printsupport": r"cupsprintersupport",
    "platforminputcontexts": r"(ibus|compose)platform",
}
# Parts of Qt that Widgets, once linked, pulls in or that plugins above need.
QT_ALWAYS = {"Core", "Gui", "Widgets", "DBus", "XcbQpa"}
QT_PART = re.compile(r"^(?:lib)?Qt6([A-Za-z0-9]+)\.(?:so|dll)", re.IGNORECASE)
QT_BINDING = re.compile(r"^Qt([A-Za-z0-9]+)\.(?:abi3\.so|pyd)$")
PYSIDE_FOLDERS = (
    "translations", "qml", "typesystems", "include", "metatypes", "glue", "scripts", "support", "resources",
    "QtAsyncio", "doc", "lib", "libexec", "bin",
)  # fmt: skip


def qt_parts(package: Path) -> set[str]:
    """The parts of Qt (``Core``, ``Svg``, …) that the program imports, and those they cannot do without."""
    parts = set(QT_ALWAYS)
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("PySide6.Qt"):
                parts.add((node.module or "").removeprefix("PySide6.Qt"))
    return parts


def unwanted_qt(name: str, parts: Iterable[str]) -> bool:
    """Whether a library or binding of Qt belongs to a part that is not used."""
    for pattern in (QT_PART, QT_BINDING):
        found = pattern.match(name)
        if found:
            return found.group(1) not in parts
    return False


def trim_plugins(plugins: Path) -> None:
    """Keeps only the plugins named above."""
    for folder in [path for path in plugins.iterdir() if path.is_dir()] if plugins.is_dir() else []:
        wanted = PLUGINS.get(folder.name, r"^$")
        for file in list(folder.iterdir()):
            stem = re.sub(r"^lib", "", file.name).split(".")[0]
            if not re.match(wanted, stem):
                file.unlink() if file.is_file() else shutil.rmtree(file)
        if not any(folder.iterdir()):
            folder.rmdir()


def trim_qt(folder: Path, parts: Iterable[str]) -> None:
    """Removes unused parts of Qt, everywhere below ``folder``, and PySide6's tools and translations."""
    parts = set(parts)
    for file in [path for path in folder.rglob("*") if path.is_file() or path.is_symlink()]:
        if unwanted_qt(file.name, parts):
            file.unlink()
    for pyside in [path for path in folder.rglob("PySide6") if path.is_dir()]:
        for name in PYSIDE_FOLDERS:
            shutil.rmtree(pyside / name, ignore_errors=True)
        shutil.rmtree(pyside / "Qt" / "translations", ignore_errors=True)
        shutil.rmtree(pyside / "Qt" / "qml", ignore_errors=True)
        for plugins in (pyside / "plugins", pyside / "Qt" / "plugins"):
            trim_plugins(plugins)


def trim_modules(folder: Path) -> None:
    """Removes the packages, modules and codecs named above from a folder of packages."""
    for name in MODULES:
        path = folder.joinpath(*name.split("."))
        shutil.rmtree(path, ignore_errors=True)
        for file in path.parent.glob(f"{path.name}.*"):
            if file.is_file() and re.match(
                r"\.(py|pyc|pyd|so|abi3|cpython|cp3)", file.name[len(path.name) :]
            ):
                file.unlink()
    for pattern in [*(f"{codec}*" for codec in CODECS), *(f"rapidfuzz/**/{name}" for name in VARIANTS)]:
        for file in list(folder.rglob(pattern)):
            file.unlink()
