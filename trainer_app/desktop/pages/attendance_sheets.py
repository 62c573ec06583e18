"""The two questions of the attendance page: why a closed session changes, and whether to close."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from trainer_app.desktop.ask import ask
from trainer_app.desktop.parts.editors import LineEditor
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.words import _


def reason_sheet(parent: QWidget, then: Callable[[str], object]) -> Sheet:
    """Asks why a mark of a closed session changes; `then` gets the reason, never an empty one."""
    sheet = Sheet(
        parent,
        _("Mengapa diubah?"),
        _("Sesi ini sudah ditutup. Alasan ikut dicatat bersama perubahan."),
        "lock",
    )
    field = Field(_("&Alasan"), LineEditor(max_length=200))
    sheet.body.addWidget(field)
    sheet.add_button("no", _("Batal"))
    save = sheet.add_button("", _("Simpan perubahan"), "primary", default=True)

    def submit() -> None:
        reason = str(field.editor.value())
        if not reason:
            sheet.set_problem(_("Tulis alasannya dulu, misalnya: lembar kertas menyusul."))
            field.editor.setFocus()
            return
        sheet.close_with("yes")
        then(reason)

    save.clicked.connect(submit)
    sheet.open()
    field.editor.setFocus()
    return sheet


def close_sheet(parent: QWidget, count: Mapping[str, int], then: Callable[[str], object]) -> Sheet:
    """Asks how to close: `then` gets "absent" (nobody's marks become absent), "close", or "" (not now)."""
    lines = _("Hadir {h} · terlambat {t} · izin {i} · tidak hadir {a}").format(
        h=count["H"], t=count["T"], i=count["I"] + count["S"], a=count["A"]
    )
    if not count[""]:
        return ask(parent, _("Tutup sesi ini?"), lines, [("close", _("Tutup sesi"), "primary")], then, "lock")
    lines += "\n" + _("{n} orang belum ditandai.").format(n=count[""])
    choices = [
        ("absent", _("Tandai tidak hadir, lalu tutup"), "primary"),
        ("close", _("Tutup saja"), "secondary"),
    ]
    return ask(parent, _("Tutup sesi ini?"), lines, choices, then, "lock")
