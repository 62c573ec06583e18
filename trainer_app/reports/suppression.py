"""Small cells are hidden, and enough others that no hidden one can be worked out from the totals that are
shown.

UU 27/2022 article 15 lets statistics stand without persons; a count of one to four in a village-sized cell is
a person. Zero is shown: it points at nobody. A hidden cell beside a shown total needs company: the smallest
other cell is hidden with it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from enum import Enum
from typing import TypeVar

#: A count below this (and above zero) is not shown.
SMALLEST_CELL = 5

K = TypeVar("K", bound=Hashable)


class Hidden(Enum):
    """Stands for a number that is not shown: few people are behind it, or it covers another one."""

    FEW = "few"
    COVERED = "covered"


def small(count: int) -> bool:
    """True for a count that must not be shown by itself."""
    return 0 < count < SMALLEST_CELL


def protect(cells: Mapping[K, int], *, total_hidden: bool) -> frozenset[K]:
    """The cells to hide: small ones, and others where these could be worked out from the rest and the total.

    Beside a total that is shown, what is hidden is at least two cells that together are no small cell either.
    `total_hidden`: the sum of these cells is hidden itself, because it is small or because its own table
    needed company for another cell; then one hidden cell is enough, but also needed, or the sum would give
    the total away.
    """
    hidden = {key for key, count in cells.items() if small(count)}
    # zero cannot keep company: everybody can see that a regency without any data has none
    others = sorted((count, str(key), key) for key, count in cells.items() if count and key not in hidden)
    together = sum(cells[key] for key in hidden)

    def enough() -> bool:
        if total_hidden:
            return bool(hidden)
        return not hidden or (len(hidden) >= 2 and together >= SMALLEST_CELL)

    while others and not enough():
        count, _name, key = others.pop(0)
        hidden.add(key)
        together += count
    return frozenset(hidden)


def group_is_safe(members: Iterable[K], others: Iterable[K], hidden: Iterable[K]) -> bool:
    """Whether the sum over some cells may be shown beside the cells: neither side may hold exactly one
    hidden cell.
    """
    unseen = set(hidden)
    return len(unseen & set(members)) != 1 and len(unseen & set(others)) != 1
