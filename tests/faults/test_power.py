"""The model of a disk that loses what was not flushed, against what a program really asks of it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.power import after_cut, read_folder
from tests.faults.shim import environment, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can be had")
_PROGRAM = """
import os, sys
from pathlib import Path
from tests.faults.shim import DISK, NOTHING, Trouble
folder = Path(sys.argv[1])
Trouble().arm(folder, DISK, 0, NOTHING, folder.with_name("journal"))
file = os.open(folder / "a", os.O_RDWR)
os.pwrite(file, b"flushed", 0)
os.fsync(file)
os.pwrite(file, b"not", 100)
os.rename(folder / "b", folder / "kept")
os.fsync(os.open(folder, os.O_RDONLY))
os.rename(folder / "kept", folder / "c")
os.unlink(folder / "d")
new = os.open(folder / "new", os.O_CREAT | os.O_WRONLY)
os.write(new, b"new")
os.fsync(new)
os.ftruncate(file, 2)
print(Trouble().seen())
"""


@pytest.fixture
def written(tmp_path: Path) -> tuple[dict[str, bytes], bytes, Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    for name in "abd":
        (folder / name).write_bytes(b"before " + name.encode())
    before = read_folder(folder)
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(folder)], env=environment(), capture_output=True, check=True
    )
    assert int(done.stdout) == 10
    return before, (tmp_path / "journal").read_bytes(), folder


def test_only_what_was_flushed_is_left(written: tuple[dict[str, bytes], bytes, Path]) -> None:
    before, journal, folder = written
    left, unsafe = after_cut(before, journal, None)
    assert left == {
        str(folder / "a"): b"flusheda",
        str(folder / "kept"): b"before b",
        str(folder / "d"): b"before d",
    }
    assert unsafe == 6  # a write, a cut, two names of a rename, one that went and one that came


def test_anything_of_the_rest_may_be_left_and_nothing_else(
    written: tuple[dict[str, bytes], bytes, Path],
) -> None:
    before, journal, folder = written
    seen = set()
    for seed in range(60):
        left, _unsafe = after_cut(before, journal, random.Random(seed))  # noqa: S311 - must repeat
        assert left.get(str(folder / "new"), b"new") == b"new"
        assert (str(folder / "kept") in left) or (str(folder / "c") in left)
        seen.add(json.dumps({Path(name).name: content.hex() for name, content in left.items()}))
    assert len(seen) > 5
