"""The one fault of the packaging tools; apart, since it is needed before anything is installed."""

from __future__ import annotations


class BuildFailed(Exception):
    """A tool refused; the text holds its last words."""
