"""What the build of the package does besides copying: it compiles the catalogues of words."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent


class BuildPy(build_py):
    """Copies the package, then puts a ``.mo`` beside each ``.po`` of the copy."""

    def run(self) -> None:
        """Nothing is written into the source folder."""
        super().run()
        if self.editable_mode:  # a checkout compiles its words when it needs them
            return
        compiler = _catalogues()
        for source in Path(self.build_lib).rglob("*.po"):
            source.with_suffix(".mo").write_bytes(compiler.compile_catalogue(source.read_bytes()))


def _catalogues() -> Any:
    """The module beside this one; the build's own environment knows no package of this name."""
    spec = importlib.util.spec_from_file_location("catalogues", HERE / "catalogues.py")
    assert spec is not None  # noqa: S101 (the file lies here)
    assert spec.loader is not None  # noqa: S101 (it is Python)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
