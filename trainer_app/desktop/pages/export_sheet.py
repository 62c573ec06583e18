"""The sheet on which a list goes out: which, for whom, in which kind of file, and why whole numbers."""

from __future__ import annotations

from pathlib import Path

from trainer_app.desktop.choosing import choose_new_file
from trainer_app.desktop.pages.base import DeskPage
from trainer_app.desktop.pages.form_sheet import FormSheet
from trainer_app.desktop.parts.choices import Seg
from trainer_app.desktop.parts.field import Field
from trainer_app.reports.lists import (
    FOR,
    FULL_REASONS,
    FULL_ROLES,
    LISTS,
    PEOPLE,
    Wanted,
    Written,
    write_list,
)
from trainer_app.storage.people_queries import ALL, Order
from trainer_app.words import _, number

MASKED = ""


class ExportSheet(FormSheet):
    """`which` and `order` say which people the page shows: those go out, not others."""

    def __init__(
        self, page: DeskPage, *, which: str = ALL, order: Order | None = None, shown: str = ""
    ) -> None:
        text = _("Yang disimpan: {isi}. Yang tidak menyetujui dibagikan ke penerima itu tidak ikut.")
        super().__init__(
            page,
            page.desk,
            _("Simpan sebagai Excel atau CSV"),
            "download",
            _("Pilih tempat menyimpan"),
            self.ask_where,
            text=text.format(isi=shown or _("semua peserta")),
        )
        self._page, self._which, self._order = page, which, order
        self.list = Seg([(key, _(word)) for key, word in LISTS.items()])
        self.list.set_value(PEOPLE)
        self.kind = Seg([("xlsx", "Excel"), ("csv", "CSV")])
        self.kind.set_value("xlsx")
        self.purpose = Seg([(key, _(word)) for key, word in FOR.items()])
        self.purpose.set_value("program")
        self.row(("list", Field(_("&Daftar"), self.list), 1))
        self.row(
            ("kind", Field(_("&Jenis berkas"), self.kind), 1),
            ("purpose", Field(_("&Untuk"), self.purpose), 2),
        )
        self.numbers = Seg([(MASKED, _("Empat angka terakhir saja"))])
        if page.desk.staff.role in FULL_ROLES:
            reasons = [(key, _(word)) for key, word in FULL_REASONS.items()]
            self.numbers.set_choices([(MASKED, _("Empat angka terakhir saja")), *reasons])
        self.numbers.set_value(MASKED)
        hint = _("Lengkap hanya dengan alasan, dan dicatat") if page.desk.staff.role in FULL_ROLES else ""
        self.row(("reason", Field(_("&NIK dan nomor HP"), self.numbers, hint), 1))
        self.first = self.list

    def wanted(self) -> Wanted:
        """What is asked for."""
        return Wanted(
            list=str(self.list.value()),
            which=self._which,
            order=self._order,
            purpose=str(self.purpose.value()),
            full_reason=str(self.numbers.value() or MASKED),
            role=self.desk.staff.role,
        )

    def ask_where(self) -> None:
        """The dialog of the system."""
        wanted, kind = self.wanted(), str(self.kind.value())
        name = f"{_(LISTS[wanted.list])} {self.desk.today().isoformat()}"
        dialog = choose_new_file(self, _("Simpan daftar"), "", name, kind)
        dialog.fileSelected.connect(lambda chosen: self.write(Path(chosen)))
        dialog.open()

    def write(self, path: Path) -> None:
        """Write the file in the background, and say what is in it."""
        wanted, kind = self.wanted(), str(self.kind.value())
        desk, by = self.desk, self.desk.staff.id
        self.close_with("ok")
        busy = desk.busy(_("Menyimpan {nama}…").format(nama=path.name))

        def work() -> Written:
            with path.open("wb") as file:
                return write_list(desk.store, wanted, by, file, kind)

        desk.run(self._page, work, lambda written: _say(self._page, path, written), done=busy.close)


def _say(page: DeskPage, path: Path, written: Written) -> None:
    words = _("{n} baris tersimpan: {nama}").format(n=number(written.rows), nama=path.name)
    if written.left_out:
        words += ". " + _("{n} tidak ikut karena persetujuannya").format(n=number(written.left_out))
    page.desk.toast(words)
