"""Texts that a spreadsheet would take for formulas: written so that it does not, and read back."""

from __future__ import annotations

import re

#: How the text of a cell may not begin in a file that a spreadsheet opens. Where the comma is decimal, as in
#: Indonesia, spreadsheets begin a new cell at a semicolon. A mark that stands there already gets another one,
#: so that what was written can be read back.
_FORMULA = re.compile(r"(^|[;\t\r\n])(?=['\s]*[=+\-@＝＋－＠])")
_MARKED = re.compile(r"(^|[;\t\r\n])'(?=['\s]*[=+\-@＝＋－＠])")


def harmless(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet would begin a formula."""
    return _FORMULA.sub(r"\1'", text)


def as_meant(text: str) -> str:
    """What `harmless` was given."""
    return _MARKED.sub(r"\1", text)


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet that is told to edit this text would make a formula of it."""
    return text.lstrip()[:1] in tuple("=+-@＝＋－＠")
