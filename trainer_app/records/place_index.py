"""The table of all villages and the search in it, as somebody types.

83,762 villages must be found on a small laptop at every key, so nothing is kept as an object a village: one
text holds all names, arrays hold positions in it, and two arrays are sorted by folded name so that a typed
beginning is a slice of them. About 4 MB in memory. The names of areas and what lies in what come from
`places`.
"""

from __future__ import annotations

import heapq
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Literal

from trainer_app.records.folding import fold, squash

Level = Literal["village", "district", "regency", "province"]

MOST_TOKENS = 8
ENOUGH = 5
"""With fewer results the words are also tried joined ("sido mulyo") and written out ("kp" as "kampung")."""
FEW = 200
"""Up to so many hits are put in order one by one; more are met by walking the sorted names."""
VILLAGES_A_DISTRICT = 12
FEW_TIMES = 16
"""Reading one name costs about as much as looking up so many."""

_WORD_START = re.compile(r"(?<=[ \-/().,])\w")

LEVEL_WORDS: dict[str, Level] = {
    **dict.fromkeys(("ds", "desa", "kel", "kelurahan", "kalurahan"), "village"),
    **dict.fromkeys(("kec", "kecamatan", "distrik", "kapanewon", "kemantren"), "district"),
    **dict.fromkeys(("kab", "kabupaten"), "regency"),
    **dict.fromkeys(("prov", "provinsi", "propinsi"), "province"),
}
_WRITTEN_OUT = {
    "kp": "kampung",
    "kpg": "kampung",
    "tj": "tanjung",
    "tjg": "tanjung",
    "gn": "gunung",
    "sei": "sungai",
    "perk": "perkebunan",
}


class Beginnings:
    """Which numbered things have a word that begins with some letters; for the few thousand areas."""

    def __init__(self, names: Iterable[tuple[str, int]]) -> None:
        entries = sorted(
            (text, owner)
            for name, owner in names
            for words in [fold(name).split()]
            for text in ("".join(words[start:]) for start in range(len(words)))
        )
        self._texts = [text for text, _owner in entries]
        self._owners = array("H", (owner for _text, owner in entries))

    def owners(self, prefix: str) -> Iterable[int]:
        """The owners of all names with a word that begins with the folded ``prefix``; one may come twice."""
        start = bisect_left(self._texts, prefix)
        return self._owners[start : _end(self._texts, prefix, start)]


def _end(texts: Sequence[str], prefix: str, start: int) -> int:
    return bisect_right(texts, prefix, lo=start, key=lambda text: text[: len(prefix)])


@dataclass(frozen=True, slots=True)
class Need:
    """One typed word: it must begin a word of the village or of an area around it; ``level`` narrows that."""

    prefix: str
    level: Level | None = None


class _Match:
    """What fulfils one need: villages named so (unless the prefix is empty) and districts named so."""

    def __init__(self, prefix: str, beginning: array[int], later: array[int], districts: set[int]) -> None:
        self._beginning, self._later = beginning, later
        self.prefix, self.districts = prefix, districts
        self.size = len(beginning) + len(later) + VILLAGES_A_DISTRICT * len(districts)

    @cached_property
    def named(self) -> set[int]:
        """Villages that have a word beginning so."""
        named = set(self._beginning)
        named.update(self._later)
        return named


class VillageIndex:
    """All villages in code order, numbered from 0.

    ``table`` is the text of villages.csv (code,name with a header, in code order). ``districts_with`` answers
    which districts (by number, in code order) lie in an area that a `Need` names; ``district_codes`` are all
    of them. Raises ValueError for a table out of order or with a village in no district.
    """

    def __init__(
        self, table: str, district_codes: Sequence[str], districts_with: Callable[[Need], set[int]]
    ) -> None:
        self._districts_with = districts_with
        self._district_codes = district_codes
        codes, names = _split(table)
        if not all(map(str.__lt__, codes, codes[1:])):
            raise ValueError("the table of villages is not in code order")
        self._numbers = array("H", (int(code[9:]) for code in codes))
        self._district_of = array("H")
        self._first_of = array("I", [0])
        self._place_districts(codes)
        del codes  # the texts of the table are many times what is kept
        self._names = "\n".join(names) + "\n"
        self._starts = array("I", [0])
        self._starts.extend(accumulate(len(name) + 1 for name in names))
        del names
        self._sort_names()
        self._sort_later_words()

    def _place_districts(self, codes: Sequence[str]) -> None:
        for number, district in enumerate(self._district_codes):
            end = bisect_left(codes, district + "/", lo=self._first_of[-1])
            self._district_of.extend([number] * (end - self._first_of[-1]))
            self._first_of.append(end)
        if self._first_of[-1] != len(codes):
            raise ValueError("a village lies in no known district")

    def _sort_names(self) -> None:
        keys = squash(self._names).split("\n")[:-1]
        self._by_name = array("I", sorted(range(len(keys)), key=keys.__getitem__))
        self._rank = array("I", bytes(4 * len(keys)))
        for rank, village in enumerate(self._by_name):
            self._rank[village] = rank

    def _sort_later_words(self) -> None:
        later = [
            (squash(self._names[at : self._starts[of + 1] - 1]), at, of) for at, of in self._later_words()
        ]
        later.sort()
        self._later_at = array("I", (at for _text, at, _of in later))
        self._later_of = array("I", (of for _text, _at, of in later))

    def _later_words(self) -> Iterator[tuple[int, int]]:
        """Where every word but the first of a name begins, with the village it belongs to."""
        village = 0
        for match in _WORD_START.finditer(self._names):
            while self._starts[village + 1] <= match.start():
                village += 1
            if match.start() > self._starts[village]:
                yield match.start(), village

    def __len__(self) -> int:
        return len(self._numbers)

    def code(self, village: int) -> str:
        """The Kemendagri code of a village."""
        return f"{self._district_codes[self._district_of[village]]}.{self._numbers[village]:04d}"

    def name(self, village: int) -> str:
        """The official name of a village."""
        return self._names[self._starts[village] : self._starts[village + 1] - 1]

    def find(self, code: str) -> int | None:
        """The number of a village, or None."""
        district = bisect_left(self._district_codes, code[:8])
        if district == len(self._district_codes) or self._district_codes[district] != code[:8]:
            return None
        if len(code) != len("53.01.08.2006") or code[8] != "." or not code[9:].isdigit():
            return None
        start, end = self._first_of[district], self._first_of[district + 1]
        village = bisect_left(self._numbers, int(code[9:]), lo=start, hi=end)
        return village if village < end and self._numbers[village] == int(code[9:]) else None

    def within(self, districts: range) -> range:
        """The villages of neighbouring districts, all of an area for instance."""
        return range(self._first_of[districts.start], self._first_of[districts.stop])

    def search(self, text: str, limit: int, preferred: Sequence[range] = ()) -> list[int]:
        """The best ``limit`` villages for what was typed so far, those in ``preferred`` districts first."""
        words = fold(text).split()[:MOST_TOKENS]
        found: dict[int, None] = {}
        for needs in _readings(words):
            found.update(dict.fromkeys(self._answer(needs, limit, preferred)))
            if len(found) >= limit:
                break
        if len(found) < min(ENOUGH, limit):
            for needs in _loose_readings(words):
                found.update(dict.fromkeys(self._answer(needs, limit, preferred)))
        return list(found)[:limit]

    def _answer(self, needs: Sequence[Need], limit: int, preferred: Sequence[range]) -> list[int]:
        """Villages that fulfil every need: near before far, by their own name before by their area's."""
        if not needs:
            return []
        matches = [self._match(need) for need in needs]
        hits = self._hits(matches)
        areas = set.intersection(*(match.districts for match in matches))
        found: dict[int, None] = {}
        if preferred:
            near = {village for part in preferred for village in hits.intersection(self.within(part))}
            self._take(found, near, needs, limit)
            around = [district for part in preferred for district in part if district in areas]
            self._fill(found, self._members(around), limit // 2)
        self._take(found, hits, needs, limit)
        if len(found) < limit:
            self._fill(found, self._members(sorted(areas)), limit)
        return list(found)

    def _match(self, need: Need) -> _Match:
        if need.level in (None, "village"):
            beginning, later = self._beginning(need.prefix), self._later(need.prefix)
            return _Match(need.prefix, beginning, later, self._districts_with(need))
        return _Match("", array("I"), array("I"), self._districts_with(need))

    def _hits(self, matches: Sequence[_Match]) -> set[int]:
        """Villages that fulfil every need, at least one of them by their own name."""
        rarest, *others = sorted(matches, key=lambda match: match.size)
        named = set(rarest.named)
        hits = named.union(self._members(rarest.districts)) if others else named
        for match in others:
            here, districts, district_of = self._named_so(match, hits), match.districts, self._district_of
            hits = {village for village in hits if village in here or district_of[village] in districts}
            named |= here
        return hits & named

    def _named_so(self, match: _Match, hits: set[int]) -> set[int]:
        """At least those of ``hits`` whose name fulfils the need; a few names are read, not looked up."""
        if not match.prefix or len(hits) * FEW_TIMES > match.size:
            return match.named
        return {village for village in hits if self._has_word(village, match.prefix)}

    def _has_word(self, village: int, prefix: str) -> bool:
        words = fold(self.name(village)).split()
        return any("".join(words[start:]).startswith(prefix) for start in range(len(words)))

    def _take(self, found: dict[int, None], hits: set[int], needs: Sequence[Need], limit: int) -> None:
        """Add hits to ``found`` from the best to the loosest: whole name, its beginning, any word of it."""
        prefixes = [need.prefix for need in needs]
        if len(hits) <= FEW:
            self._fill(found, sorted(hits, key=self._order(prefixes)), limit)
            return
        for group in self._groups(prefixes):
            self._fill(found, (village for village in group if village in hits), limit)
            if len(found) >= limit:
                return
        self._fill(found, heapq.nsmallest(2 * limit, hits, key=self._rank.__getitem__), limit)

    def _order(self, prefixes: Sequence[str]) -> Callable[[int], tuple[int, int, int]]:
        whole_names = set(_joined(prefixes))
        beginnings = ("".join(prefixes), *prefixes)

        def order(village: int) -> tuple[int, int, int]:
            key = self._key(village)
            if key in whole_names:
                return 0, -len(key), self._rank[village]
            fits = (place for place, one in enumerate(beginnings, 1) if key.startswith(one))
            return next(fits, len(beginnings) + 1), 0, self._rank[village]

        return order

    def _groups(self, prefixes: Sequence[str]) -> Iterator[array[int]]:
        """The same order as `_order`, as groups of villages that each are in order of names."""
        for name in sorted(_joined(prefixes), key=len, reverse=True):
            yield self._exactly(name)
        yield self._beginning("".join(prefixes))
        for prefix in prefixes if len(prefixes) > 1 else ():
            yield self._beginning(prefix)

    def _fill(self, found: dict[int, None], villages: Iterable[int], limit: int) -> None:
        for village in villages:
            if len(found) >= limit:
                return
            found.setdefault(village)

    def _members(self, districts: Iterable[int]) -> Iterator[int]:
        for district in districts:
            yield from range(self._first_of[district], self._first_of[district + 1])

    def _key(self, village: int) -> str:
        return squash(self.name(village))

    def _exactly(self, name: str) -> array[int]:
        start = bisect_left(self._by_name, name, key=self._key)
        return self._by_name[start : bisect_right(self._by_name, name, lo=start, key=self._key)]

    def _beginning(self, prefix: str) -> array[int]:
        start = bisect_left(self._by_name, prefix, key=self._key)
        size = len(prefix)
        end = bisect_right(self._by_name, prefix, lo=start, key=lambda village: self._key(village)[:size])
        return self._by_name[start:end]

    def _later(self, prefix: str) -> array[int]:
        size = len(prefix)

        def text(entry: int) -> str:
            end = self._starts[self._later_of[entry] + 1]
            return squash(self._names[self._later_at[entry] : end - 1])

        entries = range(len(self._later_at))
        start = bisect_left(entries, prefix, key=text)
        end = bisect_right(entries, prefix, lo=start, key=lambda entry: text(entry)[:size])
        return self._later_of[start:end]


def _joined(prefixes: Sequence[str]) -> Iterator[str]:
    """Every run of neighbouring words written as one."""
    for start in range(len(prefixes)):
        for end in range(start + 1, len(prefixes) + 1):
            yield "".join(prefixes[start:end])


def _split(table: str) -> tuple[list[str], list[str]]:
    """Codes and names. Names with a comma stand in quotes; no name has a quote inside."""
    lines = table.splitlines()[1:]
    width = len("53.01.08.2006")
    return [line[:width] for line in lines], [line[width + 1 :].strip('"') for line in lines]


def _readings(words: Sequence[str]) -> Iterator[list[Need]]:
    """The ways to understand typed words: words such as "kec" as signposts, then all words as names."""
    strict: list[Need] = []
    level: Level | None = None
    posts = 0
    for word, following in pairwise([*words, ""]):
        if word in LEVEL_WORDS and following and following not in LEVEL_WORDS:
            level, posts = LEVEL_WORDS[word], posts + 1
            continue
        strict.append(Need(word, level))
        level = None
    yield strict
    if posts:
        yield [Need(word) for word in words]
    if len(words) > 1 and words[-1] in LEVEL_WORDS:  # the next word is still to come
        yield strict[:-1]


def _loose_readings(words: Sequence[str]) -> Iterator[list[Need]]:
    if any(word in _WRITTEN_OUT for word in words):
        yield [Need(_WRITTEN_OUT.get(word, word)) for word in words]
    names = [word for word in words if word not in LEVEL_WORDS]
    for place in range(len(names) - 1):
        joined = [*names[:place], names[place] + names[place + 1], *names[place + 2 :]]
        yield [Need(word) for word in joined]
