"""The business in four answers: its name, where it is, what it does, what it already uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt, Signal

from trainer_app.desktop.pages.register_fields import Rows, beside, move_on
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.card import Card
from trainer_app.desktop.parts.editors import MultiSeg, Seg
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.record_form import RecordField, village_words
from trainer_app.records.enterprise import BUSINESS_GROUP, CHANNELS, PAYMENTS
from trainer_app.records.fields import Value
from trainer_app.records.kinds import Enterprise
from trainer_app.words import N_, _

NONE, QRIS = "belum", "qris"
#: Short names for one line of buttons; the whole name is what a screen reader says and the tip shows.
GROUPS = {
    "kuliner": N_("Kuliner"),
    "olahan_pangan": N_("Olahan"),
    "kriya": N_("Kriya"),
    "fesyen": N_("Busana"),
    "pertanian_perikanan": N_("Tani"),
    "jasa": N_("Jasa"),
    "dagang": N_("Dagang"),
    "kesehatan_kecantikan": N_("Cantik"),
}
#: What is asked of channels at once; the whole list is among the questions for later.
QUICK = (
    ("whatsapp", CHANNELS["whatsapp"]),
    (QRIS, PAYMENTS["qris"]),
    ("pesan_antar", N_("GoFood")),
    ("lokapasar", CHANNELS["lokapasar"]),
    (NONE, CHANNELS[NONE]),
)


class BusinessCard(Card):
    """``changed(key)`` after each change a person made; ``done`` when the last question is left by Enter."""

    changed = Signal(str)
    done = Signal()

    def __init__(self, prefer: Iterable[int]) -> None:
        super().__init__(_("Usaha"), icon="store")
        self.name = RecordField(Enterprise, "name", label=_("Nama &usaha"))
        self.unnamed = Button(_("Belum ada nama"), "choice")
        self.unnamed.setCheckable(True)
        self.unnamed.setToolTip("F4")
        self.village = RecordField(
            Enterprise, "village", label=_("&Desa tempat usaha"), hint=_("F2 = sama"), prefer=prefer
        )
        self.group = RecordField(
            Enterprise, "business_group", label=_("&Jenis usaha"), editor=_group_editor(), message=False
        )
        self.channels = Field(
            _("Sudah dipakai &sekarang"),
            MultiSeg([(code, _(words)) for code, words in QUICK], nothing=NONE),
            hint=_("boleh lebih dari satu"),
            message=False,
        )
        self._kept: dict[str, set[str]] = {"channels": set(), "payments": set()}
        naming = beside(self.name, self.unnamed)
        first = ((naming, 424), (self.village, 302))
        self.rows = Rows((first,), (((naming, 1),), ((self.village, 1),)))
        self.add(self.rows)
        self.add(self.group)
        self.add(self.channels)
        self.fields: dict[str, RecordField] = {
            field.key: field for field in (self.name, self.village, self.group)
        }
        self._connect()

    def _connect(self) -> None:
        self.name.editor.changed.connect(self._name_typed)
        self.name.editor.returnPressed.connect(self._to_village)  # Enter passes the button by
        self.unnamed.clicked.connect(self._unnamed_pressed)
        self.village.editor.changed.connect(self._village_typed)
        self.village.editor.picked.connect(self._village_picked)
        self.village.editor.finished.connect(self._village_left)
        self.group.editor.changed.connect(lambda: self._typed(self.group))
        self.group.editor.chosen.connect(lambda _value: move_on(self.group))
        self.channels.editor.changed.connect(lambda: self.changed.emit("enterprise.channels"))
        self.channels.editor.finished.connect(self.done)

    # ---------------------------------------------------------------- answers
    def answers(self) -> dict[str, Value]:
        """What is answered, as the record stores it. Channels that are not shown here are kept."""
        chosen = {str(code) for code in self.channels.editor.value()}
        shown = {code for code, _words in QUICK}
        channels = (self._kept["channels"] - shown) | (chosen - {QRIS})
        payments = (self._kept["payments"] - {QRIS}) | (chosen & {QRIS})
        if channels - {NONE}:
            channels.discard(NONE)
        return {
            "name": self.name.read(),
            "unnamed": 1 if self.unnamed.isChecked() else None,
            "village": self.village.read(),
            "business_group": self.group.read(),
            "channels": ",".join(sorted(channels)) or None,
            "payments": ",".join(sorted(payments)) or None,
        }

    def show_channels(self, channels: Value, payments: Value) -> None:
        """Takes over what is answered in the whole list."""
        self._kept = {
            "channels": set(str(channels or "").split(",")) - {""},
            "payments": set(str(payments or "").split(",")) - {""},
        }
        held = self._kept["channels"] | (self._kept["payments"] & {QRIS})
        self.channels.editor.set_value(tuple(held))

    def show_answers(self, answers: Mapping[str, Value]) -> None:
        """Fills the card from stored values."""
        for field in self.fields.values():
            field.show_value(answers.get(field.name))
        self.unnamed.setChecked(bool(answers.get("unnamed")))
        self.show_channels(answers.get("channels"), answers.get("payments"))

    def clear(self) -> None:
        """Empty, for the next person."""
        self.show_answers({})
        self.village.set_note("")
        for field in self.fields.values():
            field.clear_message()
        self.group.hide_message()

    # ---------------------------------------------------------------- what a person does
    def _typed(self, field: RecordField) -> None:
        if field is self.group:
            field.hide_message()
        else:
            field.clear_message()
        self.changed.emit(field.key)

    def _name_typed(self) -> None:
        if self.name.read():
            self.unnamed.setChecked(False)
        self._typed(self.name)

    def _to_village(self) -> None:
        self.village.editor.setFocus(Qt.FocusReason.TabFocusReason)  # what is there is typed over

    def _unnamed_pressed(self) -> None:
        self.say_unnamed(self.unnamed.isChecked())

    def say_unnamed(self, unnamed: bool = True) -> None:
        """The business has no name yet: an answer, too."""
        self.unnamed.setChecked(unnamed)
        if unnamed:
            self.name.editor.clear_value()
            self._to_village()
        self._typed(self.name)

    def _village_typed(self) -> None:
        self.village.set_note("")
        self._typed(self.village)

    def _village_picked(self, code: object) -> None:
        self.village.set_message(village_words(str(code))[1], "mute")

    def _village_left(self) -> None:
        if self.village.read() is None and self.village.editor.title():
            self.village.set_message(_("Ketik nama desa, lalu pilih dari daftar."))

    def show_sticky_village(self, code: str) -> None:
        """The village of the person before, to be left as it is or changed."""
        self.village.show_value(code)
        self.village.set_note(_("sama dengan tadi"))


def _group_editor() -> Seg:
    names = enumerate(GROUPS.items(), 1)
    editor = Seg([(code, f"{number} {_(words)}") for number, (code, words) in names])
    for button, words in zip(editor.buttons, BUSINESS_GROUP.values(), strict=True):
        button.setProperty("sz", "tight")
        button.setAccessibleName(_(words))
        button.setToolTip(_(words))
    return editor
