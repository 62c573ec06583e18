"""Catalogues of words: compile ``.po`` into what gettext reads."""

from __future__ import annotations

import io

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogue(po: bytes) -> bytes:
    """The bytes of a ``.mo`` file for the text of a ``.po`` file; unsure ("fuzzy") entries are left out."""
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(po)))
    return compiled.getvalue()
