"""Texts of a whole segment, told through one list of the words that occur more than once.

Names, businesses, products and landmarks share words ("Warung Maria", "Maria Taneo"), across columns and
rows: a word list beats the compressor's own matches by a third on a season. In a small segment texts stand as
they are, since there the trained dictionary knows the words already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from trainer_app.records.segment import numbers as num
from trainer_app.records.segment.streams import INDICES, TEXT, Sink, Source

#: With fewer texts in the segment no word list is made.
FEWEST_TEXTS = 150
END, LITERAL, FIRST_WORD = 0, 1, 2
_TOKEN_BYTES = 24


class WordWriter:
    """Gathers the text columns of a segment; what it writes is known when all are there (`finish`)."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._columns: list[tuple[list[Any], Sequence[str]]] = []

    def write(self, tag: int, values: Sequence[str]) -> list[Any]:
        """The descriptor of a column of texts without NUL; `finish` completes it."""
        described: list[Any] = [tag]
        self._columns.append((described, values))
        return described

    def finish(self) -> list[int]:
        """Write everything; gives what a `WordReader` has to know (nothing when there is no word list)."""
        if sum(len(values) for _, values in self._columns) < FEWEST_TEXTS:
            for described, values in self._columns:
                described.append(self._sink.put(TEXT, "\0".join(values).encode()))
            return []
        split = [[value.split(" ") for value in values] for _, values in self._columns]
        counted = Counter(word for column in split for words in column for word in words)
        known = [word for word, times in counted.most_common() if times > 1]
        length = self._sink.put(TEXT, "\0".join(known).encode())
        index = {word: i + FIRST_WORD for i, word in enumerate(known)}
        for (described, _), column in zip(self._columns, split, strict=True):
            described.extend(self._write_column(column, index))
        return [len(known), length]

    def _write_column(self, column: list[list[str]], index: dict[str, int]) -> tuple[int, int, int]:
        tokens: list[int] = []
        literals: list[str] = []
        for words in column:
            for word in words:
                token = index.get(word, LITERAL)
                tokens.append(token)
                if token == LITERAL:
                    literals.append(word)
            tokens.append(END)
        width = num.width_of(max(tokens))
        self._sink.put(INDICES, num.to_planes(tokens, width))
        return self._sink.put(TEXT, "\0".join(literals).encode()), len(tokens), width


class WordReader:
    """Gives text columns back, in the order in which they were written."""

    def __init__(self, source: Source, described: Sequence[int]) -> None:
        self._source = source
        self._words: list[str] | None = None
        if described:
            count, length = described
            source.spend(count, _TOKEN_BYTES * 4)
            words = self._texts(length)
            if len(words) != count and count:
                raise ValueError("words")
            self._words = ["\0", "", *words]

    def read(self, described: Sequence[Any]) -> list[str]:
        """The texts of a column by its descriptor (without the tag)."""
        if self._words is None:
            (length,) = described
            return self._texts(length)
        length, count, width = described
        self._source.spend(count, _TOKEN_BYTES)
        tokens = num.from_planes(self._source.take(INDICES, width * count), width, count)
        words = self._words
        if LITERAL in tokens:
            literals = iter(self._texts(length))
            parts = [words[token] if token != LITERAL else next(literals) for token in tokens]
        else:
            parts = [words[token] for token in tokens]
        text = " ".join(parts)
        if not text.endswith(" \0"):
            raise ValueError("texts")
        return text[:-2].split(" \0 ")

    def _texts(self, length: int) -> list[str]:
        taken = self._source.take(TEXT, length)
        self._source.spend(bytes(taken).count(0), 64)
        return str(taken, "utf-8").split("\0")
