"""Alt-letters in texts. ``&N`` marks one; an ampersand before a blank or at the end is an ampersand."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"&(?=\s|$)")
_MARK = re.compile(r"&(.)")


def for_qt(text: str) -> str:
    """``text`` as Qt wants it: plain ampersands doubled, so that "Simpan & berikutnya" shows one."""
    return _PLAIN.sub("&&", text)


def spoken(text: str) -> str:
    """``text`` as it is read aloud: without marks."""
    return _MARK.sub(lambda found: found[1] if found[1].strip() else found[0], text).strip()


def letter(text: str) -> str:
    """The Alt-letter of ``text`` in lower case, or nothing."""
    found = re.search(r"&([^\s&])", text)
    return found[1].lower() if found else ""
