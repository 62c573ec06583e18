"""The bar at the foot of the attendance page: what the keys do (and the mouse can press), and closing."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.buttons import primary
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.key_hint import KeyButton
from trainer_app.words import N_, _

#: Keys, what they do, the state they ask for.
MARK_KEYS = (
    (N_("Spasi"), N_("hadir"), "present"),
    ("T", N_("telat"), "late"),
    ("I", N_("izin"), "excused"),
    ("A", N_("tidak hadir"), "absent"),
)


class AttendanceFoot(QObject):
    """Fills the bar `row`. `asked` carries the state that a key stands for, `undo` that of Ctrl+Z."""

    asked = Signal(str)
    undo = Signal()

    def __init__(self, row: QHBoxLayout, parent: QWidget) -> None:
        super().__init__(parent)
        self._row = row
        row.setContentsMargins(theme.px(22), theme.px(7), theme.px(26), theme.px(7))
        row.setSpacing(theme.px(4))
        self.keys: list[KeyButton] = []
        for key, words, state in MARK_KEYS:
            button = KeyButton([_(key) if len(key) > 1 else key], _(words))
            button.clicked.connect(lambda _on=False, wanted=state: self.asked.emit(wanted))
            row.addWidget(button)
            self.keys.append(button)
        self.undo_key = KeyButton(["Ctrl", "Z"], _("urungkan"))
        self.undo_key.clicked.connect(self.undo)
        row.addWidget(self.undo_key)
        row.addStretch(1)
        self.saved = Chip(_("Tersimpan otomatis"), "ok", "check")
        row.addWidget(self.saved)
        row.addSpacing(theme.px(8))
        self.close = primary(_("Tutup sesi"), small=True)
        row.addWidget(self.close)

    def set_compact(self, compact: bool, deeds: tuple[QWidget, ...]) -> None:
        """In a narrow window `deeds` stand here, in place of what everybody knows by then."""
        self.keys[0].setHidden(compact)
        self.undo_key.setHidden(compact)
        self.saved.setHidden(compact)
        for deed in deeds:
            self._row.removeWidget(deed)
            if compact:
                self._row.insertWidget(self._row.indexOf(self.close) - 1, deed)
        self._row.setSpacing(theme.px(8 if compact else 4))
