"""Searching in the help: every heading, paragraph and line of the manual and of the list of words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QFont, QTextDocument

MOST_FOUND = 30
_AROUND = 60  # characters shown of a long paragraph, before and after the hit together


@dataclass(frozen=True, slots=True)
class Passage:
    """A block of a page as it is shown: `block` is its number there, `level` that of a heading (0: text)."""

    page: str
    page_title: str
    heading: str
    block: int
    level: int
    text: str


class HelpIndex:
    """Made when first searched; a few hundred passages, so that every letter looks through all of them."""

    def __init__(self, pages: Sequence[str], text_of: Callable[[str], str]) -> None:
        self._pages, self._text_of = pages, text_of
        self._passages: list[Passage] = []

    def find(self, words: str) -> list[Passage]:
        """Passages that hold all the words: headings first, then in reading order."""
        wanted = words.casefold().split()
        if not wanted:
            return []
        if not self._passages:
            self._read()
        found = [one for one in self._passages if all(word in one.text.casefold() for word in wanted)]
        return sorted(found, key=lambda one: self._rank(one, wanted[0]))[:MOST_FOUND]

    @staticmethod
    def _rank(passage: Passage, word: str) -> tuple[int, int]:
        """Titles, then headings, then words explained, then text; within them what begins so."""
        begins = 0 if passage.text.casefold().startswith(word) else 1
        return (passage.level or 9, begins)

    def _read(self) -> None:
        for page in self._pages:
            document = QTextDocument()
            document.setDefaultFont(QFont(["sans-serif"], 10))  # headings are made larger by points
            document.setMarkdown(self._text_of(page))
            title = heading = ""
            block = document.begin()
            while block.isValid():
                level, text = block.blockFormat().headingLevel(), block.text().strip()
                if level == 1:
                    title, heading = text, ""
                elif level:
                    heading = text
                if text:
                    self._passages.append(Passage(page, title, heading, block.blockNumber(), level, text))
                block = block.next()


def excerpt(text: str, words: str) -> str:
    """The part of a passage around the first word searched for, cut between words."""
    if len(text) <= _AROUND:
        return text
    place = max(0, text.casefold().find(words.casefold().split()[0]))
    start = max(0, place - _AROUND // 3)
    end = min(len(text), start + _AROUND)
    if start:
        start = text.find(" ", start, place) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", place, end), place + 1)
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
