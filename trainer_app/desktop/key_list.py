"""Every key of the program, from the declarations of the window and of its pages."""

from __future__ import annotations

import importlib
from typing import Any, cast

from trainer_app.desktop.frame import Frame, keycaps, steady_keys
from trainer_app.desktop.pages import PAGES
from trainer_app.desktop.pages.attendance_foot import MARK_KEYS
from trainer_app.desktop.pages.base import DeskPage, Shortcut
from trainer_app.words import N_, _

#: Pages whose word in the rail would say too little on a sheet of all keys.
_HEADINGS = {"person": N_("Halaman peserta"), "attendance": N_("Mencatat kehadiran")}
Group = tuple[str, tuple[tuple[str, str], ...]]


class _Unbuilt:
    """Stands where a page is not built yet: its keys are read, their deeds are never done."""

    def __getattr__(self, _name: str) -> Any:
        return self


def key_groups() -> list[Group]:
    """What works everywhere, then page by page: a heading, and keys with what they do."""
    anywhere = Frame.everywhere(cast(Frame, _Unbuilt()))
    groups: list[Group] = [
        (_("Di mana saja"), (*_told(anywhere), *((_joined(k), t) for k, t in steady_keys())))
    ]
    for entry in PAGES:
        module, name = entry.path.split(":")
        page = getattr(importlib.import_module(module), name)
        keys = _told(page_keys(page))
        if entry.key == "attendance":
            keys = (
                *((_(key), _(words)) if len(key) > 1 else (key, _(words)) for key, words, _s in MARK_KEYS),
                *keys,
            )
        if keys:
            groups.append((_(_HEADINGS.get(entry.key, entry.word)), keys))
    return groups


def page_keys(page: type[DeskPage]) -> list[Shortcut]:
    """The keys that a page declares, without building it."""
    return page.shortcuts(cast(DeskPage, _Unbuilt()))


def _told(shortcuts: list[Shortcut]) -> tuple[tuple[str, str], ...]:
    """Once each: Enter of both kinds is one key to people."""
    return tuple(dict.fromkeys((_joined(keycaps(one.keys)), one.text) for one in shortcuts))


def _joined(caps: list[str]) -> str:
    return "+".join(caps)
