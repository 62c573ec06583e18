"""Business classes: the KBLI entries that micro-enterprises use, in the eight groups of the form.

KBLI 2025 (BPS Regulation 7/2025) uses some numbers of KBLI 2020 for other things, so a code is only
meaningful with its version. An entry is known here by its 2020 code, which is unique in the list; what is
stored is the 2025 code where there is a single match, else the 2020 code with its version beside it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from trainer_app.records.folding import fold
from trainer_app.words import language


@dataclass(frozen=True, slots=True)
class BusinessClass:
    """One entry. `code` with `version` ("2025" or "2020") is what is stored."""

    code: str
    version: str
    group: str
    label_id: str
    label_en: str

    @property
    def label(self) -> str:
        """The name in the language in force."""
        return self.label_en if language() == "en" else self.label_id


@cache
def business_classes() -> tuple[BusinessClass, ...]:
    """Every entry, in the order of the list."""
    text = files("trainer_app.resources").joinpath("curriculum", "kbli_micro.csv").read_text("utf-8")
    return tuple(
        BusinessClass(
            code=row["kbli_2025"] or row["kbli_2020"],
            version="2025" if row["kbli_2025"] else "2020",
            group=row["group"],
            label_id=row["label_id"],
            label_en=row["label_en"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def find_class(code: str | None, version: str | None, group: str | None = None) -> BusinessClass | None:
    """The entry of a stored code; several trades share one 2025 code, so the group may decide. None if not
    listed.
    """
    found = [entry for entry in business_classes() if entry.code == code and entry.version == version]
    return next((entry for entry in found if entry.group == group), found[0] if found else None)


def search_classes(text: str, group: str | None = None, limit: int = 12) -> list[BusinessClass]:
    """Entries whose name, in either language, holds every word typed; those of `group` first. Nothing typed:
    the group's.
    """
    words = fold(text).split()
    found = [
        entry
        for entry in business_classes()
        if all(
            word in fold(f"{entry.label_id} {entry.label_en}") or entry.code.startswith(word)
            for word in words
        )
        and (words or entry.group == group)
    ]
    return sorted(found, key=lambda entry: entry.group != group)[:limit]
