"""The name of the Wi-Fi: read from what programs of the system print, left out where they do not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from trainer_app.sync.wifi import _ways, read_iwgetid, read_netsh, read_nmcli, wifi_name

NETSH = """
There is 1 interface on the system:

    Name                   : Wi-Fi
    GUID                   : 01234567-89ab-cdef-0123-456789abcdef
    State                  : connected
    SSID                   : PENGAWAS: HENDRA
    BSSID                  : 02:00:00:00:01:00
    Profile                : PENGAWAS: HENDRA
"""


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (" :Tetangga\n*:PENGAWAS-HENDRA\n :Kantor\n", "PENGAWAS-HENDRA"),
        ("*:Kopi\\: Senja\\\\2\n", "Kopi: Senja\\2"),
        (" :Tetangga\n", None),
        ("*:\n", None),
        ("", None),
    ],
)
def test_nmcli(told: str, name: str | None) -> None:
    assert read_nmcli(told) == name


def test_netsh() -> None:
    assert read_netsh(NETSH) == "PENGAWAS: HENDRA"
    assert read_netsh(NETSH.replace("    SSID", "    Lain")) is None
    assert read_netsh("") is None


def test_iwgetid() -> None:
    assert read_iwgetid("PENGAWAS-HENDRA\n") == "PENGAWAS-HENDRA"
    assert read_iwgetid("\n") is None


def test_every_system_has_its_way() -> None:
    asked = {platform: [way[0][0] for way in _ways(platform)] for platform in ("win32", "linux", "darwin")}
    assert asked == {"win32": ["netsh"], "linux": ["nmcli", "iwgetid"], "darwin": []}


@pytest.mark.skipif(sys.platform != "linux", reason="programs of Linux")
@pytest.mark.parametrize(
    ("script", "name"),
    [
        ("printf ' :Kantor\\n*:PENGAWAS-HENDRA\\n'", "PENGAWAS-HENDRA"),
        ("printf '*:PENGAWAS-HENDRA\\n'; exit 8", None),
        ("exec sleep 60", None),
    ],
)
def test_a_program_that_tells_fails_or_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, name: str | None
) -> None:
    program = tmp_path / "nmcli"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    for tool in ("sleep", "printf"):
        found = Path("/bin") / tool
        if found.exists():
            (tmp_path / tool).symlink_to(found)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert wifi_name() == name


@pytest.mark.skipif(sys.platform != "linux", reason="programs of Linux")
def test_without_these_programs_there_is_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    assert wifi_name() is None
