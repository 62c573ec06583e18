"""The table of figures, one module at a time; read by people, so a missed bar is shown and does not fail."""

from __future__ import annotations

import pytest

from tests.benchmarks.__main__ import MODULES, measured, show


@pytest.mark.benchmark
@pytest.mark.parametrize("module", MODULES)
def test_figures(module: str, capsys: pytest.CaptureFixture[str]) -> None:
    figures = measured([module])
    with capsys.disabled():
        show(figures)
    assert figures
