"""An empty stick."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder
