"""Faults that a person can act on.

    Problem
    ├── InputProblem      something typed is not right yet; names the field
    ├── AccessProblem     this person or this laptop may not do that
    ├── StoreProblem      the data file cannot be used as it is
    └── CarrierProblem    sending could not go on; nothing is lost

Every message is one or two plain sentences: what happened, and what to do next. Anything that is not a
`Problem` is a fault of the program and goes to the log.
"""

from __future__ import annotations


class Problem(Exception):
    """A fault with a sentence for people; `code` is stable, small, for support and tests."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class InputProblem(Problem):
    """What was typed cannot be saved yet. `field` is the field's name, or empty for the form as a whole."""

    def __init__(self, message: str, *, field: str = "", code: str = "") -> None:
        super().__init__(message, code=code)
        self.field = field


class AccessProblem(Problem):
    """This person or laptop may not do that."""


class StoreProblem(Problem):
    """The data file is damaged, foreign, newer, locked, or the disk is full. The file was not touched."""


class CarrierProblem(Problem):
    """Sending could not go on. `retry_after_seconds` is the other side's wish, when it gave one."""

    def __init__(self, message: str, *, code: str = "", retry_after_seconds: float | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after_seconds = retry_after_seconds
