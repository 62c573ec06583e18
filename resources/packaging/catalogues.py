"""Catalogues of words: collected from the code, compiled for gettext.

Texts are Indonesian in the code. ``en`` is translated by people in its ``.po`` file; ``id`` holds the same
list with every translation empty, for a ministry that wants to reword a text without touching the code.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent.parent
LOCALES = ROOT / "resources" / "locale"
TEMPLATE = LOCALES / "trainer_app.pot"
LANGUAGES = ("id", "en")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
METHODS = [("trainer_app/**.py", "python"), ("resources/**.html", "jinja2")]
LINE_WIDTH = 110
PROJECT = "Trainer App"
HEADER = "# Texts of Trainer App, kept up to date by: python3 -m tests words"
VARYING_HEADINGS = (
    '"POT-Creation',
    '"PO-Revision',
    '"Generated-By',
    '"Last-Tr',
    '"Language-Team',
    '"Report-Msgid',
)


def catalogue_file(language: str) -> Path:
    """The ``.po`` file of a language."""
    return LOCALES / language / "LC_MESSAGES" / "trainer_app.po"


def compile_catalogue(po: bytes) -> bytes:
    """The bytes of a ``.mo`` file for the text of a ``.po`` file; unsure ("fuzzy") entries are left out."""
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(po)))
    return compiled.getvalue()


def compile_file(source: Path, built: Path) -> bytes:
    """Compiles ``source`` into ``built`` where the folder can be written to, and returns the bytes either
    way.
    """
    content = compile_catalogue(source.read_bytes())
    if os.access(built.parent, os.W_OK):
        with tempfile.NamedTemporaryFile(dir=built.parent, delete=False) as file:
            file.write(content)
        Path(file.name).replace(built)  # another process may be reading the old one
    return content


def collect() -> None:
    """Writes the template and brings both catalogues up to date: new texts are added, gone ones removed."""
    template = extract()
    _write(TEMPLATE, template)
    for language in LANGUAGES:
        path = catalogue_file(language)
        catalogue = load(path) if path.is_file() else Catalog(language, project=PROJECT, version="1")
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.header_comment, catalogue.fuzzy = HEADER, False
        _write(path, catalogue)
        untranslated = [message for message in messages(catalogue) if not filled(message)]
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} texts, {len(untranslated)} without translation")


def extract() -> Catalog:
    """All texts that the code marks, without places or dates so that merges stay quiet."""
    catalogue = Catalog(
        project="Trainer App", version="1", charset="utf-8", header_comment=HEADER, fuzzy=False
    )
    found = extract_from_dir(
        ROOT, METHODS, keywords=KEYWORDS, comment_tags=("Words:",), strip_comment_tags=True
    )
    for _path, _line, msgid, comments, context in sorted(found, key=lambda entry: str(entry[2])):
        catalogue.add(msgid, auto_comments=comments, context=context)
    return catalogue


def load(path: Path) -> Catalog:
    """A catalogue as it lies on the disk."""
    return read_po(io.BytesIO(path.read_bytes()))


def messages(catalogue: Catalog) -> Iterator[Message]:
    """The entries of a catalogue without its heading."""
    return (message for message in catalogue if message.id)


def filled(message: Message) -> bool:
    """Whether every form of a message has a translation."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string or [""])
    return all(forms) and not message.fuzzy


def _write(path: Path, catalogue: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    write_po(content, catalogue, width=LINE_WIDTH, no_location=True, omit_header=False, sort_output=True)
    lines = content.getvalue().decode().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not _changes_each_time(line)), encoding="utf-8")


def _changes_each_time(line: str) -> bool:
    return line.startswith(VARYING_HEADINGS)
