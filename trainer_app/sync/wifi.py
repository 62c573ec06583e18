"""The name of the Wi-Fi that this laptop is in, where the system tells it at once and without rights.

It is only shown, so that people choose the same one on the other laptop: where it is not known the sentence
goes without it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence

_WAIT_SECONDS = 2.0
#: What is asked, and how the answer is read; the first that tells a name counts.
_NMCLI = ("nmcli", "--terse", "--fields", "IN-USE,SSID", "device", "wifi", "list", "--rescan", "no")
_IWGETID = ("iwgetid", "--raw")
_NETSH = ("netsh", "wlan", "show", "interfaces")


def wifi_name() -> str | None:
    """The name, or None when this system does not tell. May take some seconds: not for the screen thread."""
    for command, read in _ways(sys.platform):
        name = read(_told(command))
        if name:
            return name
    return None


def _ways(platform: str) -> Sequence[tuple[Sequence[str], Callable[[str], str | None]]]:
    if platform == "win32":
        return ((_NETSH, read_netsh),)
    if platform == "linux":
        return ((_NMCLI, read_nmcli), (_IWGETID, read_iwgetid))
    return ()  # macOS tells it only to programs that may know the place


def _told(command: Sequence[str]) -> str:
    """What a program of the system prints; "" when it is not there, fails or takes too long."""
    program = shutil.which(command[0])
    if program is None:
        return ""
    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        done = subprocess.run(  # noqa: S603 - fixed commands of the system
            [program, *command[1:]],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_WAIT_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            creationflags=hidden,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def read_nmcli(told: str) -> str | None:
    """Lines "IN-USE:SSID", of which the one in use begins with a star; colons of a name are escaped."""
    for line in told.splitlines():
        if line.startswith("*:"):
            return _unescaped(line[2:]).strip() or None
    return None


def _unescaped(text: str) -> str:
    letters, letter = [], iter(text)
    for one in letter:
        letters.append(next(letter, "") if one == "\\" else one)
    return "".join(letters)


def read_iwgetid(told: str) -> str | None:
    """Nothing but the name."""
    return told.strip() or None


def read_netsh(told: str) -> str | None:
    """The line "SSID : name" of the first card that is connected; "SSID" is so in every language."""
    for line in told.splitlines():
        label, colon, value = line.partition(":")
        if colon and label.strip() == "SSID" and value.strip():
            return value.strip()
    return None
