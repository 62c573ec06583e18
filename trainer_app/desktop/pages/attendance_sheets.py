"""The two questions of the attendance page: why a closed session changes, and how to close."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts.card import Icon, tone_role
from trainer_app.desktop.parts.editors import LineEditor
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.desktop.parts.text import Text
from trainer_app.words import _, ngettext

NAMES_SHOWN = 6


def reason_sheet(parent: QWidget, last: str, then: Callable[[str], object]) -> Sheet:
    """Asks why a mark of a closed session changes; `then` gets the reason, never an empty one."""
    sheet = Sheet(
        parent,
        _("Mengapa diubah?"),
        _("Sesi ini sudah ditutup. Alasan ikut dicatat bersama perubahan."),
        "lock",
    )
    editor = LineEditor(_("misalnya lembar kertas menyusul"), max_length=200)
    editor.set_value(last)
    editor.enter_moves_on = False
    field = Field(_("&Alasan"), editor)
    sheet.body.addWidget(field)
    sheet.add_button("", _("Batal")).clicked.connect(sheet.reject)
    save = sheet.add_button("", _("Simpan perubahan"), "primary", default=True)

    def submit() -> None:
        reason = str(editor.value())
        if not reason:
            field.set_message(_("Tulis alasannya dulu, misalnya: lembar kertas menyusul."))
            editor.setFocus()
            return
        sheet.close_with("yes")
        then(reason)

    save.clicked.connect(submit)
    editor.returnPressed.connect(submit)
    sheet.open()
    editor.setFocus()
    editor.selectAll()
    return sheet


def close_sheet(
    parent: QWidget, count: Mapping[str, int], unmarked: Sequence[str], then: Callable[[str], object]
) -> Sheet:
    """Tells who came and asks how to close: `then` gets "absent" (those not marked were not there), "close"
    (they stay unmarked), or "" (not now).
    """
    sheet = Sheet(parent, _("Tutup sesi ini?"), "", "lock", width=660)
    for words, n, icon, tone in (
        (_("Hadir"), count["H"], "circle-check", "ok"),
        (_("Terlambat"), count["T"], "clock", "warn"),
        (_("Izin"), count["I"] + count["S"], "mail", "info"),
        (_("Tidak hadir"), count["A"], "circle-x", "bad"),
        (_("Belum ditandai"), len(unmarked), "circle", "mute"),
    ):
        sheet.body.addLayout(_line(words, n, icon, tone))
    sheet.add_button("", _("Kembali")).clicked.connect(sheet.reject)
    if unmarked:
        sheet.body.addWidget(Text(_unmarked_words(unmarked), "muted", wrap=True))
        sheet.add_button("close", _("Tutup saja"))
        sheet.add_button("absent", _("Tandai tidak hadir, tutup"), "primary", default=True)
    else:
        sheet.add_button("close", _("Tutup sesi"), "primary", default=True)
    sheet.answered.connect(then)
    sheet.open()
    return sheet


def _line(words: str, n: int, icon: str, tone: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.px(10))
    row.addWidget(Icon(icon, "ink3" if tone == "mute" else tone_role(tone), 22))
    row.addWidget(Text(words))
    row.addStretch(1)
    row.addWidget(Text(str(n), "strong"))
    return row


def _unmarked_words(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMES_SHOWN])
    more = len(names) - NAMES_SHOWN
    if more > 0:
        shown += " " + ngettext("dan {n} lagi", "dan {n} lagi", more).format(n=more)
    return _("Belum ditandai: {nama}. Bila mereka tidak datang, tandai sekalian.").format(nama=shown)
