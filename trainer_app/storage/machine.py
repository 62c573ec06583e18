"""Which machine this is, as a hash that says nothing to anybody else."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import uuid
from contextlib import suppress
from functools import cache
from pathlib import Path

_LINUX = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_WINDOWS = r"SOFTWARE\Microsoft\Cryptography"
_MAC = ("/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice")


def fingerprint(salt: bytes) -> str:
    """A name for this machine, another one for each `salt` (up to 64 bytes), so that it cannot be linked."""
    named = hashlib.blake2b(_id().encode(), key=salt, digest_size=16, person=b"trainer machine")
    return named.hexdigest()


@cache
def _id() -> str:
    """What the operating system calls this installation; else its network card; else nothing at all."""
    if sys.platform == "win32":
        found = _windows()
    elif sys.platform == "darwin":
        found = _mac()
    else:
        found = _linux()
    return found or _network_card()


def _linux() -> str:
    for path in _LINUX:
        try:
            text = path.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if text:
            return text
    return ""


def _windows() -> str:
    if sys.platform == "win32":
        import winreg

        with suppress(OSError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _WINDOWS) as key:
            return str(winreg.QueryValueEx(key, "MachineGuid")[0])
    return ""


def _mac() -> str:
    try:
        told = subprocess.run(_MAC, capture_output=True, text=True, timeout=5, check=False).stdout  # noqa: S603 (a fixed command of the system)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r'"IOPlatformUUID" = "([^"]+)"', told)
    return found[1] if found else ""


def _network_card() -> str:
    """A card's address; a made-up one (its lowest bit of the first byte is set) is another at each start."""
    node = uuid.getnode()
    return "" if node >> 40 & 1 else f"{node:012x}"
