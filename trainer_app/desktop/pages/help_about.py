"""About: name, version, and the licences of what the program is made of."""

from __future__ import annotations

from PySide6.QtCore import qVersion
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from trainer_app import __version__
from trainer_app.desktop import pictures, theme
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.page import ScrollBody
from trainer_app.desktop.parts.rows import Line
from trainer_app.desktop.parts.text import Text
from trainer_app.words import _

#: What is distributed with the program: name, licence.
COMPONENTS = (
    ("Qt 6, PySide6", "LGPL-3.0"),
    ("SQLCipher, sqlcipher3", "BSD-3-Clause, Zlib"),
    ("SQLAlchemy", "MIT"),
    ("cryptography", "Apache-2.0 / BSD-3-Clause"),
    ("argon2-cffi", "MIT"),
    ("pyrage", "MIT"),
    ("keyring", "MIT"),
    ("requests", "Apache-2.0"),
    ("MessagePack", "Apache-2.0"),
    ("Zstandard", "BSD-3-Clause"),
    ("phonenumbers", "Apache-2.0"),
    ("RapidFuzz", "MIT"),
    ("segno", "BSD-3-Clause"),
    ("platformdirs", "MIT"),
    ("Python", "PSF-2.0"),
    ("Atkinson Hyperlegible Next, Plus Jakarta Sans", "OFL-1.1"),
    ("Lucide", "ISC"),
)


def about_widget() -> QWidget:
    """The whole part."""
    scroll = ScrollBody()
    scroll.body.addWidget(_head())
    card = Card(_("Lisensi"))
    card.add(
        Text(
            _(
                "Trainer App adalah perangkat lunak bebas dengan lisensi Apache-2.0. "
                "Qt dipakai dengan lisensi LGPL: berkasnya terpisah di folder program "
                "dan boleh diganti dengan versi lain yang cocok. Teks lisensi lengkap ada di folder program."
            ),
            "body",
            wrap=True,
        )
    )
    for name, licence in (*COMPONENTS, (_("Data wilayah Indonesia (wilayah)"), "MIT")):
        card.add(Line())
        card.add(_component(name, licence))
    scroll.body.addWidget(card)
    scroll.body.addStretch(1)
    return scroll


def _head() -> Card:
    card = Card()
    row = QHBoxLayout()
    row.setSpacing(theme.px(16))
    sign = Text()
    sign.setPixmap(pictures.app_picture(56))
    row.addWidget(sign)
    words = QVBoxLayout()
    words.addWidget(Text("Trainer App", "h2"))
    versions = _("Versi {versi} · Qt {qt}").format(versi=__version__, qt=qVersion())
    words.addWidget(Text(versions, "muted"))
    row.addLayout(words, 1)
    card.add(row)
    return card


def _component(name: str, licence: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(Text(name, "body", wrap=True), 1)
    row.addWidget(Text(licence, "muted"))
    return row
