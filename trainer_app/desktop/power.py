"""The battery of this laptop, as the operating system tells it; unknown is unknown."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

SYSTEM = Path("/sys/class/power_supply")
_UNKNOWN_PERCENT = 255


@dataclass(frozen=True, slots=True)
class Power:
    """How full the battery is, in percent, and whether the laptop is plugged in (None: not known)."""

    percent: int
    plugged: bool | None


def power(system: Path = SYSTEM) -> Power | None:
    """None where there is no battery, or nobody tells."""
    return _windows() if sys.platform == "win32" else _linux(system)


def _linux(system: Path) -> Power | None:
    try:
        for place in sorted(system.iterdir()):
            if _read(place / "type") == "Battery" and _read(place / "scope") != "Device":  # no mouse
                state = _read(place / "status")
                percent = min(100, max(0, int(_read(place / "capacity"))))
                return Power(percent, state != "Discharging" if state not in ("", "Unknown") else None)
    except (OSError, ValueError):
        return None
    return None


def _read(path: Path) -> str:
    return path.read_text("ascii", "replace").strip() if path.exists() else ""


def _windows() -> Power | None:
    import ctypes

    class Status(ctypes.Structure):
        """SYSTEM_POWER_STATUS of winbase.h."""

        _fields_ = (
            ("line", ctypes.c_ubyte),
            ("flag", ctypes.c_ubyte),
            ("percent", ctypes.c_ubyte),
            ("saver", ctypes.c_ubyte),
            ("seconds", ctypes.c_ulong),
            ("full_seconds", ctypes.c_ulong),
        )

    found = Status()
    library = getattr(ctypes, "windll", None)
    if library is None or not library.kernel32.GetSystemPowerStatus(ctypes.byref(found)):
        return None
    if found.percent == _UNKNOWN_PERCENT:
        return None
    return Power(int(found.percent), bool(found.line) if found.line in (0, 1) else None)
