"""``python -m tests.benchmarks``: measures against the bars of the design and prints one table."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys

from tests.benchmarks.measurement import Measurement

#: Modules with a function ``measure() -> list[Measurement]``; each is measured if it is there.
MODULES = ("wire", "links", "storage", "centre", "startup", "scale")
HEADING = f"{'':<58}{'measured':>12} {'':<6}{'baseline':>11}{'ratio':>9}{'limit':>10}"


def measured(names: list[str]) -> list[Measurement]:
    """The figures of these modules, in order."""
    found: list[Measurement] = []
    for name in names:
        module = f"tests.benchmarks.{name}"
        if importlib.util.find_spec(module) is not None:
            found += importlib.import_module(module).measure()
    return found


def line(figure: Measurement) -> str:
    """One row of the table."""
    baseline = f"{figure.baseline:,.3f}" if figure.baseline is not None else ""
    ratio = f"{figure.ratio:.2f}x" if figure.ratio is not None else ""
    limit = f"{figure.limit:g}x" if figure.ratio is not None else f"{figure.limit:,g}"
    verdict = "ok" if figure.passed else "MISSED"
    value = f"{figure.value:>12,.3f} {figure.unit:<6}"
    return f"{figure.name:<58}{value}{baseline:>11}{ratio:>9}{limit:>10}  {verdict}"


def show(figures: list[Measurement]) -> None:
    """Print the table."""
    print("\n".join(["", HEADING, *map(line, figures)]))


def main() -> int:
    """The exit code is 1 when a bar was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "modules", nargs="*", default=list(MODULES), metavar="MODULE", help=", ".join(MODULES)
    )
    figures = measured(parser.parse_args().modules)
    show(figures)
    return 0 if all(figure.passed for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
