"""On the page of a person: how far the enterprise is, where it sells, and the way to a visit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from trainer_app.actions import channels as deeds
from trainer_app.actions.channels import Used
from trainer_app.desktop.pages.base import DeskPage
from trainer_app.desktop.pages.channel_words import name_of, use_words
from trainer_app.desktop.pages.form_sheet import FormSheet
from trainer_app.desktop.pages.person_side import at_left
from trainer_app.desktop.pages.visit_words import rung_chip, rung_line
from trainer_app.desktop.parts.buttons import quiet, secondary
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.choices import MultiSeg, PickEditor
from trainer_app.desktop.parts.editors import DateEditor, LineEditor
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.rows import ActionRow, RowList
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.session import Desk
from trainer_app.records.channel import NEEDED, SIGN_UP
from trainer_app.records.fields import Value, fields_by_name, join_choices
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import ChannelUse
from trainer_app.records.problem import InputProblem
from trainer_app.words import _

if TYPE_CHECKING:
    from trainer_app.desktop.pages.person_words import PersonFacts

#: Does a deed, says it, and takes a function that makes the way back of its result.
Do = Callable[[Callable[[], Any], str, Callable[[Any], Callable[[], object]]], None]


class PersonFollowUp(QObject):
    """Two cards of a page, made anew whenever the page is."""

    def __init__(self, page: DeskPage, do: Do) -> None:
        super().__init__(page)
        self._page, self._do = page, do

    def cards(self, facts: PersonFacts) -> list[QWidget]:
        """The ladder; where there is an enterprise, its channels too. Nothing of somebody who was deleted."""
        if facts.person.deleted_at is not None:
            return []
        cards: list[QWidget] = [self._ladder(facts)]
        if facts.enterprises:
            cards.append(self._channels(facts))
        return cards

    def _ladder(self, facts: PersonFacts) -> Card:
        desk = self._page.desk
        card, rows = Card(_("Tahapan"), icon="list-checks", narrow=True), RowList()
        for rung in facts.follow.rungs:
            if rung.stands or rung.milestone is not None:
                words, tone, icon = rung_chip(rung, None, desk.today())
                title = " ".join((rung.step.code, rung.step.label))
                rows.add(ActionRow(icon or "circle", title, rung_line(rung, words), tone))
        card.add(rows)
        visit = secondary(_("Catat kunjungan"), "phone", small=True)
        card.add(at_left(visit, lambda: desk.go("visit", person=facts.person.id, queue=())))
        return card

    def _channels(self, facts: PersonFacts) -> Card:
        card, rows = Card(_("Saluran jualan"), icon="store", narrow=True), RowList()
        for use in facts.follow.uses:
            name = name_of(use.channel, facts.follow.names)
            row = ActionRow("store", use_words(use, facts.follow.names), use.name_there or "", "primary")
            change = quiet(_("Ubah"), "pencil")
            change.setAccessibleName(_("Ubah {bagian}").format(bagian=name))
            change.clicked.connect(lambda _on=False, u=use: self._ask(facts, u))
            row.add_right(change)
            rows.add(row)
        card.add(rows)
        if not facts.follow.uses:
            card.add(Text(_("Belum ada saluran yang dicatat."), "muted", wrap=True))
        if facts.follow.offered:
            card.add(
                at_left(secondary(_("Tambah saluran"), "plus", small=True), lambda: self._ask(facts, None))
            )
        return card

    def _ask(self, facts: PersonFacts, use: ChannelUse | None) -> None:
        ChannelSheet(self._page, self._page.desk, facts, use, self._write).open()

    def _write(self, work: Callable[[], Used], name: str) -> None:
        store, by = self._page.desk.store, self._page.desk.staff.id
        self._do(
            work,
            _("{saluran} tersimpan").format(saluran=name),
            lambda done: lambda: self._do_back(lambda: deeds.undo_channel(store, done, by)),
        )

    def _do_back(self, work: Callable[[], object]) -> None:
        self._page.desk.run(None, work)


class ChannelSheet(FormSheet):
    """One channel: which, since when, until when, how far the sign-up is and what is ready for it."""

    def __init__(
        self,
        parent: QWidget,
        desk: Desk,
        facts: PersonFacts,
        use: ChannelUse | None,
        write: Callable[[Callable[[], Used], str], object],
    ) -> None:
        title = name_of(use.channel, facts.follow.names) if use is not None else _("Tambah saluran")
        super().__init__(parent, desk, title, "store", _("Simpan saluran"), self.save)
        self._use, self._facts, self._write = use, facts, write
        self.channel = PickEditor([(one.code, one.name or "") for one in facts.follow.offered])
        self.name_there = LineEditor(_("nama toko atau tautan"), max_length=200)
        self.since, self.until = DateEditor(), DateEditor()
        self.sign_up = PickEditor([("", _("Tidak perlu")), *((c, _(w)) for c, w in SIGN_UP.items())])
        self.ready = MultiSeg([(code, _(word)) for code, word in NEEDED.items()])
        if use is None:
            self.row(("channel", Field(_("&Saluran"), self.channel, message=False), 1))
        self.row(("name_there", Field(_("&Nama atau tautan di sana"), self.name_there, message=False), 1))
        self.row(
            ("since", Field(_("Berjualan se&jak"), self.since, message=False), 1),
            ("until", Field(_("&Berhenti pada"), self.until, message=False), 1),
        )
        self.row(("sign_up", Field(_("&Pendaftaran"), self.sign_up, message=False), 1))
        self.row(("ready", Field(_("Sudah si&ap"), self.ready, message=False), 1))
        self._fill()
        self.first = self.channel if use is None else self.name_there

    def _fill(self) -> None:
        use = self._use
        self.sign_up.set_value((use.sign_up if use is not None else None) or "")
        if use is not None:
            self.name_there.set_value(use.name_there)
            self.since.set_value(use.since)
            self.until.set_value(use.until)
            self.ready.set_value(tuple((use.ready or "").split(",")))

    def save(self) -> None:
        """Hands over the deed. What is not filled in right is told at its field."""
        try:
            values = self._values()
        except InputProblem as problem:
            self.failed(problem)
            return
        store, by, use = self.desk.store, self.desk.staff.id, self._use
        firm: RecordId = self._facts.enterprises[0].id
        name = name_of(str(values["channel"]), self._facts.follow.names)
        self.close_with("saved")
        if use is not None:
            self._write(lambda: deeds.change_channel(store, use, values, by), name)
        else:
            self._write(lambda: deeds.add_channel(store, firm, values, by), name)

    def _values(self) -> dict[str, Value]:
        code = self._use.channel if self._use is not None else self.channel.value()
        if not code:
            raise InputProblem(_("Pilih salurannya."), field="channel")
        since, until = (
            self._day(name, editor) for name, editor in (("since", self.since), ("until", self.until))
        )
        if since and until and until < since:
            raise InputProblem(_("Tanggal berhenti tidak bisa sebelum tanggal mulai."), field="until")
        return {
            "channel": str(code),
            "name_there": str(self.name_there.value()) or None,
            "since": since,
            "until": until,
            "sign_up": str(self.sign_up.value() or "") or None,
            "ready": join_choices(map(str, self.ready.value()), fields_by_name(ChannelUse)["ready"]),
        }

    def _day(self, name: str, editor: DateEditor) -> str | None:
        day = editor.as_date()
        if editor.text() and day is None:
            raise InputProblem(_("Isi tanggal seperti 24-12-2026, atau kosongkan."), field=name)
        return day.isoformat() if day is not None else None
