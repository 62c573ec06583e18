"""How an exchange bears with a poor link: how much goes at once, how often it tries again, and how long it
waits before.
"""

from __future__ import annotations

import random

from trainer_app.records.problem import CarrierProblem

#: The first request and answer; a season of 500 people fits, and on the slowest link it takes 15 s.
FIRST_BUDGET = 64 * 1024
LEAST_BUDGET, MOST_BUDGET = 8 * 1024, 1024 * 1024
#: A round of fewer bytes says nothing about the rate.
TELLING_BYTES = 4096
#: What never comes through at once, or is too large for something on its way, goes in smaller parts than
#: that.
SMALLEST_BUDGET = 1024
#: A request or an answer is as large as the link carries in this time, and grows by not more than this
#: factor.
SECONDS_PER_ROUND, GROWTH = 15.0, 4
#: How often in a row the link may break without getting on, or the other side be busy.
TRIES = 5
LONGEST_WAIT_SECONDS = 30.0
#: The first wait after a break is anything up to this, each next one up to twice as much (full jitter):
#: laptops that were cut off together do not come again together.
FIRST_WAIT_SECONDS, BUSY_WAIT_SECONDS = 0.1, 2.0
BUSY, LARGE = "http.busy", "http.large"
BROKE_OFF = ("http.broken", "answer.short")
BROKEN = ("http.timeout", "http.unreachable", *BROKE_OFF)


class Pace:
    """How many bytes of segments a request, and the answer to it, may have."""

    def __init__(self) -> None:
        self.budget = FIRST_BUDGET
        self._ceiling = MOST_BUDGET

    def measured(self, size: int, seconds: float) -> None:
        """So many bytes came through in that time. Few of them tell how far away the other side is, not how
        much the link carries.
        """
        if size < TELLING_BYTES:
            return
        rate = size / max(seconds, 0.001)
        most = min(self._ceiling, GROWTH * self.budget)
        self.budget = int(max(min(LEAST_BUDGET, self._ceiling), min(most, rate * SECONDS_PER_ROUND)))

    def too_large(self) -> bool:
        """Something on the way does not let so much through; False when there is nothing smaller."""
        if self.budget <= SMALLEST_BUDGET:
            return False
        self.broke()
        return True

    def broke(self) -> None:
        """The link broke before anything of so much was kept: it is not tried again in this exchange."""
        self.budget = self._ceiling = max(SMALLEST_BUDGET, min(self.budget, self._ceiling) // 2)


class Patience:
    """Counts what goes wrong in a row."""

    def __init__(self) -> None:
        #: What went wrong in a row, and in all.
        self.failures = self.breaks = 0

    def got_on(self) -> None:
        """Something came through: begin to count anew."""
        self.failures = 0

    def wait_after(self, problem: CarrierProblem, *, in_the_middle: bool) -> float:
        """Seconds to wait before the next try. Raises the problem when there should be none.

        A dead link is tried again only `in_the_middle` of an exchange: whoever starts one wants to know.
        One that was there and broke is always.
        """
        self.failures += 1
        self.breaks += 1
        again = problem.code in (BUSY, *BROKE_OFF) or (in_the_middle and problem.code in BROKEN)
        if self.failures >= TRIES or not again:
            raise problem
        if problem.retry_after_seconds is None:
            first = BUSY_WAIT_SECONDS if problem.code == BUSY else FIRST_WAIT_SECONDS
            most = min(LONGEST_WAIT_SECONDS, first * 2 ** (self.failures - 1))
            return random.uniform(0, most)  # noqa: S311 - spreads the load, keeps no secret
        if problem.retry_after_seconds > LONGEST_WAIT_SECONDS:
            raise problem
        return problem.retry_after_seconds
