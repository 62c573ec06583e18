"""The charts: labels are where they can be read."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from trainer_app.server.charts import LABEL_STEP, NARROW, WIDE, Line, Size, line_chart

MONTHS = ("Jun", "Jul", "Agu", "Sep", "Okt", "Nov")


def label_heights(svg: str) -> list[float]:
    return sorted(float(y) for y in re.findall(r'<text class="label [^"]*" x="[^"]*" y="([^"]*)"', svg))


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=3), st.sampled_from((WIDE, NARROW)))
def test_labels_of_lines_stand_apart_and_off_the_months(last: list[int], size: Size) -> None:
    lines = [Line(f"Garis {n}", "line", (0, 0, 0, 0, 0, value)) for n, value in enumerate(last)]
    svg = line_chart(lines, MONTHS, 0, "", "Kemajuan", size, "a")
    heights = label_heights(svg)
    assert len(heights) == len(last)
    assert all(below - above >= LABEL_STEP - 0.11 for above, below in pairwise(heights))
    assert heights[-1] <= size.top + size.plot[1] + 4.05, "under the axis stand the months"
