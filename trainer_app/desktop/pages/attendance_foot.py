"""The bar at the foot of the attendance page: what the keys do (and the mouse can press), and closing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
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
    """Fills the bar at the foot. `asked` carries the state that a key stands for, `undo` that of Ctrl+Z."""

    asked = Signal(str)
    undo = Signal()

    def __init__(self, bar: QWidget, row: QHBoxLayout) -> None:
        super().__init__(bar)
        self._bar, self._row = bar, row
        self._short = False
        bar.installEventFilter(self)
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

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """Shows the keys without words where all of it is wider than the bar."""
        keys = (*self.keys, self.undo_key)
        words = sum(key.words_width for key in keys if not key.isHidden()) if self._short else 0
        short = self._row.sizeHint().width() + words > self._bar.width()
        if short != self._short:
            self._short = short
            for key in keys:
                key.set_short(short)
