"""The table of figures, one module at a time; read by people, so a missed bar is shown and does not fail."""

from __future__ import annotations

import importlib.util

import pytest

from tests.benchmarks.__main__ import MODULES, measured, show


@pytest.mark.benchmark
@pytest.mark.parametrize("module", MODULES)
def test_figures(module: str, capsys: pytest.CaptureFixture[str]) -> None:
    if importlib.util.find_spec(f"tests.benchmarks.{module}") is None:
        pytest.skip("nothing is measured there yet")
    figures = measured([module])
    with capsys.disabled():
        show(figures)
    assert figures
