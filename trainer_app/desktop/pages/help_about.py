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

#: What is distributed with the program, as its makers call it, and its licence; a test compares the list with
#: what the program depends on.
COMPONENTS = (
    ("Qt 6, PySide6-Essentials, shiboken6", "LGPL-3.0"),
    ("Python", "PSF-2.0"),
    ("SQLCipher, sqlcipher3", "BSD-3-Clause, Zlib"),
    ("SQLite", "Public Domain"),
    ("OpenSSL", "Apache-2.0"),
    ("PyInstaller (bootloader)", "GPL-2.0 WITH Bootloader-exception"),
    ("SQLAlchemy", "MIT"),
    ("argon2-cffi, argon2-cffi-bindings", "MIT"),
    ("backports.tarfile", "MIT"),
    ("certifi", "MPL-2.0"),
    ("cffi", "MIT-0"),
    ("charset-normalizer", "MIT"),
    ("cryptography", "Apache-2.0 / BSD-3-Clause"),
    ("idna", "BSD-3-Clause"),
    ("ifaddr", "MIT"),
    ("importlib-metadata", "Apache-2.0"),
    ("jaraco.classes, jaraco.context, jaraco.functools", "MIT"),
    ("jeepney", "MIT"),
    ("keyring", "MIT"),
    ("lazy-importer", "Apache-2.0"),
    ("more-itertools", "MIT"),
    ("msgpack", "Apache-2.0"),
    ("phonenumberslite", "Apache-2.0"),
    ("platformdirs", "MIT"),
    ("pycparser", "BSD-3-Clause"),
    ("pyrage", "MIT"),
    ("pywin32-ctypes", "BSD-3-Clause"),
    ("RapidFuzz", "MIT"),
    ("requests", "Apache-2.0"),
    ("SecretStorage", "BSD-3-Clause"),
    ("segno", "BSD-3-Clause"),
    ("typing-extensions", "PSF-2.0"),
    ("urllib3", "MIT"),
    ("zeroconf", "LGPL-2.1-or-later"),
    ("zipp", "MIT"),
    ("zstandard", "BSD-3-Clause"),
    ("Atkinson Hyperlegible Next", "OFL-1.1"),
    ("Plus Jakarta Sans", "OFL-1.1"),
    ("Lucide", "ISC, MIT"),
)


def data_sources() -> tuple[tuple[str, str], ...]:
    """The data that is handed out with the program, and its terms; more in the folders of the data."""
    free = _("Bebas hak cipta (UU 28/2014 pasal 42)")
    return (
        (_("Data wilayah Indonesia (cahyadsn/wilayah)"), "MIT"),
        (_("Batas wilayah (cahyadsn/wilayah_boundaries)"), "MIT"),
        (_("Daerah tertinggal (Perpres 63/2020)"), free),
        (_("Klasifikasi usaha KBLI (BPS 2/2020 dan 7/2025)"), free),
        (_("Modul, tahapan, tes, istilah, zona waktu"), "CC0-1.0"),
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
    for name, licence in (*COMPONENTS, *data_sources()):
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
