"""What a disk holds after the power went, told from what it held before and the journal of `disk.c`.

A written byte is safe when the file was flushed after it, a name when its folder was flushed after it was
given or taken. Of the rest anything may be there: nothing (`chance` None), or single sectors in any order,
and of the names those up to some moment, for file systems keep a journal of them.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR_BYTES = 512
_HEAD = struct.Struct("<cHHqQ")


@dataclass(slots=True)
class _File:
    safe: bytearray
    #: Since the last flush: (number, offset, bytes); bytes None: cut or filled up to that size.
    waiting: list[tuple[int, int, bytes | None]] = field(default_factory=list)

    def flush(self, before: int) -> None:
        while self.waiting and self.waiting[0][0] < before:
            _number, at, data = self.waiting.pop(0)
            _put(self.safe, at, data)

    def after_cut(self, chance: random.Random | None) -> bytes:
        if chance is None:
            return bytes(self.safe)
        content = bytearray(self.safe)
        for _number, at, data in self.waiting:
            if data is None:
                if chance.random() < 0.5:
                    _put(content, at, None)
                continue
            for start, part in _sectors(at, data):
                if chance.random() < 0.5:
                    _put(content, start, part)
        return bytes(content)


def _put(content: bytearray, at: int, data: bytes | None) -> None:
    if data is None:
        del content[at:]
        content.extend(bytes(at - len(content)))
        return
    content.extend(bytes(max(0, at - len(content))))
    content[at : at + len(data)] = data


def _sectors(at: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    done = 0
    while done < len(data):
        size = min(SECTOR_BYTES - (at + done) % SECTOR_BYTES, len(data) - done)
        yield at + done, data[done : done + size]
        done += size


class _Disk:
    def __init__(self, before: dict[str, bytes], names_with_files: bool) -> None:
        self._names_with_files = names_with_files
        self.names = {path: _File(bytearray(content)) for path, content in before.items()}
        self.safe_names = dict(self.names)
        self.changes: list[tuple[int, str, _File | None]] = []
        self.begun: dict[tuple[str, int], int] = {}

    def change(self, number: int, path: str, file: _File | None) -> None:
        self.changes.append((number, path, file))
        if file is None:
            self.names.pop(path, None)
        else:
            self.names[path] = file

    def file(self, number: int, path: str) -> _File:
        if path not in self.names:
            self.change(number, path, _File(bytearray()))
        return self.names[path]

    def flush(self, path: str, before: int) -> None:
        if path in self.names:
            file = self.names[path]
            file.flush(before)
            if self._names_with_files:
                for _number, name, named in (one for one in self.changes if one[2] is file):
                    _set(self.safe_names, name, named)
                self.changes = [one for one in self.changes if one[2] is not file]
            return
        rest = []
        for change in self.changes:
            number, name, file = change
            if number < before and str(Path(name).parent) == path:
                _set(self.safe_names, name, file)
            else:
                rest.append(change)
        self.changes = rest

    def after_cut(self, chance: random.Random | None) -> dict[str, bytes]:
        names = dict(self.safe_names)
        kept = 0 if chance is None else chance.randint(0, len(self.changes))
        for _number, name, file in self.changes[:kept]:
            _set(names, name, file)
        return {path: file.after_cut(chance) for path, file in names.items()}


def _set(names: dict[str, _File], name: str, file: _File | None) -> None:
    if file is None:
        names.pop(name, None)
    else:
        names[name] = file


def records(journal: bytes) -> Iterator[tuple[str, str, str, int, bytes]]:
    """What, path, other path, where, bytes."""
    at = 0
    while at + _HEAD.size <= len(journal):
        what, first, second, where, size = _HEAD.unpack_from(journal, at)
        at += _HEAD.size
        path, other = journal[at : at + first], journal[at + first : at + first + second]
        at += first + second
        yield what.decode(), path.decode(), other.decode(), where, journal[at : at + size]
        at += size


def after_cut(
    before: dict[str, bytes],
    journal: bytes,
    chance: random.Random | None,
    *,
    names_with_files: bool = False,
) -> tuple[dict[str, bytes], int]:
    """The files of a disk by path after the power went, and how many changes were not safe then.

    With `names_with_files` a flushed file keeps its name too, as on ext4, XFS and NTFS; PostgreSQL counts on
    it. An index of SQLite's log (-shm) is only memory and is gone.
    """
    disk = _Disk(before, names_with_files)
    for number, (what, path, other, where, data) in enumerate(records(journal)):
        if what == "w":
            disk.file(number, path).waiting.append((number, where, data))
        elif what == "c":
            disk.file(number, path)
        elif what in "ta":
            _resize(disk.file(number, path), number, where, grow_only=what == "a")
        elif what == "b":
            disk.begun[path, where] = number
        elif what == "s":
            disk.flush(path, disk.begun.pop((path, where), 0))
        elif what in "rl" and path in disk.names:
            disk.change(number, other, disk.names[path])
            if what == "r":
                disk.change(number, path, None)
        elif what == "u":
            disk.change(number, path, None)
    unsafe = sum(len(file.waiting) for file in disk.names.values()) + len(disk.changes)
    held = disk.after_cut(chance)
    return {path: content for path, content in held.items() if not path.endswith("-shm")}, unsafe


def _resize(file: _File, number: int, size: int, *, grow_only: bool) -> None:
    if grow_only:
        held = max([len(file.safe), *(at + len(data or b"") for _n, at, data in file.waiting)])
        if held >= size:
            return
    file.waiting.append((number, size, None))


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def put_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Make a folder hold exactly these files."""
    for path in folder.rglob("*"):
        if path.is_file() and str(path) not in files:
            path.unlink()
    for name, content in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
