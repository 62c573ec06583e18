"""The log: a few rotating files in the data folder, safe to hand to support.

Personal data must not be in it. Two things see to that: names, addresses and answers are never passed to a
logger (a convention kept in review: log ids, kinds and counts), and whatever still looks like a NIK, a phone
number, an e-mail address or another long number is masked when the line is written.
"""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
from pathlib import Path

from trainer_app.settings import data_folder

FOLDER_NAME = "logs"
FILE_NAME = "trainer_app.log"
FILE_BYTES = 1_000_000
FILES_KEPT = 5
LINE_FORMAT = "%(asctime)s %(levelname)s %(name)s %(threadName)s: %(message)s"

_E_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SPACED_PHONE = re.compile(r"(?<!\d)(?:\+?62|0)[ .-]?8\d(?:[ .-]?\d){5,}")
_SPACED_NIK = re.compile(r"(?<!\d)\d{4}(?:[ .-]\d{4}){3}(?!\d)|(?<!\d)\d{6}(?:[ .-]\d{6})[ .-]\d{4}(?!\d)")
_DIGITS = re.compile(r"\d{6,}")


def mask(text: str) -> str:
    """``text`` without what could point at a person: e-mail addresses, phone numbers, NIK, any run of 6
    digits or more.

    Digits become ``#`` (the length stays, which helps to find "one digit short"), an address becomes
    ``<email>``.
    """
    text = _E_MAIL.sub("<email>", text)
    for pattern in (_SPACED_PHONE, _SPACED_NIK, _DIGITS):
        text = pattern.sub(_hashes, text)
    return text


def _hashes(found: re.Match[str]) -> str:
    return re.sub(r"\d", "#", found.group())


class MaskingFormatter(logging.Formatter):
    """Writes the time as it is and masks everything that the program or an exception said."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 (logging's name)
        return f"\x00{super().formatTime(record, datefmt)}\x00"

    def format(self, record: logging.LogRecord) -> str:
        before, stamp, after = _split_stamp(super().format(record))
        return mask(before) + stamp + mask(after)


def _split_stamp(line: str) -> tuple[str, str, str]:
    parts = line.split("\x00", 2)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else (line, "", "")


def log_file(folder: Path | None = None) -> Path:
    """The file that is being written; older ones beside it end in ``.1`` to ``.5``."""
    return (folder or data_folder()) / FOLDER_NAME / FILE_NAME


def setup_logging(
    folder: Path | None = None, *, level: int = logging.INFO, also_screen: bool = False
) -> Path:
    """Sends every logger to the rotating file (and to stderr when ``also_screen``); returns the file.

    A second call replaces what the first one set up. A disk that refuses the file does not stop the program:
    lines then go to stderr only.
    """
    path = log_file(folder)
    root = logging.getLogger()
    close_logging()
    try:
        for made in (path.parent.parent, path.parent):  # of each its owner's only
            made.mkdir(parents=True, exist_ok=True, mode=0o700)
        _attach(root, logging.handlers.RotatingFileHandler(path, "a", FILE_BYTES, FILES_KEPT, "utf-8"))
    except OSError:
        also_screen = True
    if also_screen and sys.stderr is not None:  # a Windows program without a console has none
        _attach(root, logging.StreamHandler())
    root.setLevel(level)
    return path


def close_logging() -> None:
    """Closes the files that ``setup_logging`` opened; nothing happens when there are none."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler.formatter, MaskingFormatter)]:
        root.removeHandler(handler)
        handler.close()


def _attach(root: logging.Logger, handler: logging.Handler) -> None:
    handler.setFormatter(MaskingFormatter(LINE_FORMAT))
    root.addHandler(handler)
