"""Choosing a file or a folder: the dialog of the system where it has one, else that of Qt.

Qt brings no Indonesian words for its own, so the words that matter are given to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from trainer_app.words import _


def choose_folder(parent: QWidget, title: str) -> QFileDialog:
    """Open it with ``open()``; ``fileSelected`` carries the folder. It goes when it is closed."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return _in_our_words(dialog, _("Pilih"))


def choose_file(parent: QWidget, title: str, kinds: Sequence[str], folder: str = "") -> QFileDialog:
    """Open it with ``open()``; ``fileSelected`` carries the file. ``kinds`` as in "Foto (*.jpg *.png)";
    ``folder`` is where it begins (see ``pictures_folder``). It goes when it is closed.
    """
    dialog = QFileDialog(parent, title, folder)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(list(kinds))
    return _in_our_words(dialog, _("Pilih"))


def pictures_folder() -> str:
    """Where the system keeps pictures; where there is none, the folder of the person."""
    return _usual(QStandardPaths.StandardLocation.PicturesLocation)


def documents_folder() -> str:
    """Where the system keeps documents; where there is none, the folder of the person."""
    return _usual(QStandardPaths.StandardLocation.DocumentsLocation)


def _usual(place: QStandardPaths.StandardLocation) -> str:
    home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
    found = QStandardPaths.writableLocation(place)
    return found if found and Path(found).is_dir() else home


def choose_new_file(parent: QWidget, title: str, folder: str, name: str, suffix: str) -> QFileDialog:
    """Open it with ``open()``; ``fileSelected`` carries where to write. It goes when it is closed."""
    dialog = QFileDialog(parent, title, folder, f"{suffix.upper()} (*.{suffix})")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    dialog.selectFile(name)
    return _in_our_words(dialog, _("Simpan"))


def _in_our_words(dialog: QFileDialog, verb: str) -> QFileDialog:
    """Last, since choosing a mode puts Qt's words back."""
    for label, words in (
        (QFileDialog.DialogLabel.LookIn, _("Di folder:")),
        (QFileDialog.DialogLabel.FileName, _("Nama:")),
        (QFileDialog.DialogLabel.FileType, _("Jenis:")),
        (QFileDialog.DialogLabel.Accept, verb),
        (QFileDialog.DialogLabel.Reject, _("Batal")),
    ):
        dialog.setLabelText(label, words)
    dialog.finished.connect(dialog.deleteLater)
    return dialog
