"""Fields of a form made from what a record says about its own fields: label, hint, choices, length and kind
of editor.

``RecordField`` is one question; ``RecordForm`` is a grid of them. Keys are "person.full_name": the record's
table and the name of the field, as problems of the actions name them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from trainer_app.desktop import theme
from trainer_app.desktop.parts import editors
from trainer_app.desktop.parts.field import Field
from trainer_app.records import fields as declared_fields
from trainer_app.records.business import find_class, search_classes
from trainer_app.records.fields import FieldType, Record, Value, fields_by_name
from trainer_app.records.kinds import Consent, Enterprise, Person
from trainer_app.words import _

Editor = Any  # any editor of the kit: value, set_value, clear_value, changed, finished
#: More choices than this are a list that drops down.
MOST_BUTTONS = 9
#: Narrower than this (pixels at text size 100 %), questions go below each other.
NARROW = 640
#: Digits that are no amount: how they are grouped, and how many there are.
_CODE_DIGITS = {"nib": ((4, 4, 5), 13), "rt": ((3,), 3), "rw": ((3,), 3), "started_year": ((4,), 4)}


def find_villages(prefer: Iterable[int]) -> Callable[[str], list[tuple[object, str, str]]]:
    """The search of a village field: those of the areas of ``prefer`` first, each with its whole path."""
    near = tuple(prefer)

    def search(text: str) -> list[tuple[object, str, str]]:
        from trainer_app.records import places

        return [(place.code, place.name, _path(place)) for place in places.search(text, 20, near)]

    return search


def _path(place: Any) -> str:
    return f"{place.kind} · {place.district}, {place.regency}, {place.province}"


def village_words(code: str | None) -> tuple[str, str]:
    """Name of a village, and where it lies; the code itself when nobody knows it."""
    from trainer_app.records import places

    place = places.find_village(code) if code else None
    if place is None:
        return code or "", ""
    return place.name, f"{place.district}, {place.regency}"


class RecordField(Field):
    """One declared field with its editor. ``read`` gives what is stored, ``show_value`` takes it."""

    def __init__(
        self,
        cls: type[Record],
        name: str,
        *,
        label: str = "",
        hint: str = "",
        editor: Editor = None,
        prefer: Iterable[int] = (),
        numbered: bool = True,
        message: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        self.cls = cls
        self.declared = fields_by_name(cls)[name]
        self.key = f"{cls.table}.{name}"
        made = editor if editor is not None else make_editor(self.declared, prefer, numbered=numbered)
        shown = label or _(self.declared.label)
        super().__init__(shown, made, hint or _(self.declared.hint), message=message, parent=parent)

    @property
    def name(self) -> str:
        """The name of the field in its record."""
        return self.declared.name

    def read(self) -> Value:
        """What the editor holds, as the record stores it."""
        value = self.editor.value()
        if self.declared.type is FieldType.CHOICES:
            return ",".join(str(code) for code in value) or None
        if self.declared.type is FieldType.NUMBER and isinstance(value, str):
            return int(value) if value else None
        return value if value != "" else None

    def show_value(self, value: Value) -> None:
        """Puts a stored value into the editor; emits nothing."""
        if value is None:
            self.editor.clear_value()
        elif self.declared.type is FieldType.CHOICES:
            self.editor.set_value(tuple(str(value).split(",")))
        elif self.declared.type is FieldType.PLACE:
            name, where = village_words(str(value))
            self.editor.set_value((value, name))
            self.set_message(where, "mute")
        else:
            self.editor.set_value(value)

    def more(self) -> dict[str, Value]:
        """Other fields of the record that this editor decides as well."""
        return {}


class _BusinessClassField(RecordField):
    """The KBLI entry: the code and the version that gives it a meaning are two fields of one editor."""

    def __init__(self, cls: type[Record], name: str, group: Callable[[], str | None], **more: Any) -> None:
        self._group = group
        super().__init__(
            cls, name, label=_("Jenis usaha menurut KBLI"), editor=editors.Suggest(self._search), **more
        )

    def _search(self, text: str) -> list[tuple[object, str, str]]:
        return [
            (f"{entry.code}/{entry.version}", entry.label, _("KBLI {kode}").format(kode=entry.code))
            for entry in search_classes(text, self._group())
        ]

    def show_pair(self, code: str | None, version: str | None) -> None:
        entry = find_class(code, version, self._group())
        words = entry.label if entry else code
        self.editor.set_value((f"{code}/{version or ''}", words) if code else None)

    def read(self) -> Value:
        return self._pair()[0] or None

    def more(self) -> dict[str, Value]:
        return {"kbli_version": self._pair()[1] or None}

    def _pair(self) -> tuple[str, str]:
        code, _sign, version = str(self.editor.value() or "").partition("/")
        return code, version


def make_editor(
    declared: declared_fields.Field, prefer: Iterable[int] = (), *, numbered: bool = True
) -> Editor:
    """The editor that suits a field."""
    if declared.name in _CODE_DIGITS:
        groups, most = _CODE_DIGITS[declared.name]
        return editors.DigitsEditor(groups, most)
    choices = [(code, _(words)) for code, words in declared.choices.items()]
    kind = declared.type
    if kind is FieldType.CHOICE:
        many = len(choices) > MOST_BUTTONS
        return editors.PickEditor(choices) if many else editors.Seg(choices, numbered=numbered)
    if kind is FieldType.CHOICES:
        nothing = "belum" if "belum" in declared.choices else None
        return editors.MultiSeg(choices, nothing=nothing, numbered=numbered)
    if kind is FieldType.FLAG:
        return editors.Seg([(1, _("Ya")), (0, _("Tidak"))], numbered=numbered)
    if kind is FieldType.DATE:
        return editors.DateEditor()
    if kind is FieldType.NUMBER:
        return editors.NumberEditor(0, 9999)
    if kind is FieldType.PLACE:
        return editors.Suggest(find_villages(prefer), _("Ketik nama desa"))
    return _text_editor(declared)


def _text_editor(declared: declared_fields.Field) -> Editor:
    if declared.name == "nik":
        return editors.nik_editor()
    if declared.name == "phone":
        return editors.phone_editor()
    return editors.LineEditor(max_length=declared.max_length)


#: A field that is asked only when another holds one of these values (None: nothing chosen yet).
SHOWN_WHEN: Mapping[str, tuple[str, tuple[Value, ...]]] = {
    "person.village": ("enterprise.same_address", (0,)),
    "person.has_whatsapp": ("person.phone_kind", ("biasa", "pintar", None)),
    "person.phone_shared": ("person.phone_kind", ("biasa", "pintar", None)),
    "person.phone_owner": ("person.phone_kind", ("biasa", "pintar")),
    "enterprise.nib": ("enterprise.nib_status", ("ada",)),
    "consent.witness": ("consent.manner", ("cap_jempol", "lisan")),
}
_KINDS: tuple[type[Record], ...] = (Person, Enterprise, Consent)


class RecordForm(QWidget):
    """Questions in a grid of two columns, one in a narrow window; choices take a whole line.

    ``changed`` whenever a person changed something, with the key of the field.
    """

    changed = Signal(str)

    def __init__(
        self, keys: Sequence[str], prefer: Iterable[int] = (), *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.fields: dict[str, RecordField] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(16))
        self._grid.setVerticalSpacing(theme.px(2))
        self._columns = 0
        for key in keys:
            self._add(key, tuple(prefer))
        self._lay_out(2)
        self._apply_rules()

    def _add(self, key: str, prefer: tuple[int, ...]) -> None:
        table, name = key.split(".")
        cls = next(kind for kind in _KINDS if kind.table == table)
        if key == "enterprise.kbli":
            field: RecordField = _BusinessClassField(cls, name, self._business_group)
        else:
            field = RecordField(cls, name, prefer=prefer)
        field.editor.changed.connect(lambda: self._changed(key))
        if isinstance(field.editor, editors.Seg):
            field.editor.chosen.connect(lambda _value: self.move_on(field))
        self.fields[key] = field

    def _business_group(self) -> str | None:
        field = self.fields.get("enterprise.business_group")
        value = field.read() if field is not None else self.group
        return str(value) if value else None

    #: The kind of business, where the form itself does not ask for it.
    group: str | None = None

    def move_on(self, field: Field) -> None:
        """To the next question after a choice that a person made."""
        holder = QApplication.focusWidget() or field.window().focusWidget()
        if holder is not None and field.isAncestorOf(holder):
            holder.focusNextChild()

    # ---------------------------------------------------------------- values
    def values(self, cls: type[Record]) -> dict[str, Value]:
        """What is answered about one kind, by field name. A question that is not asked now has no answer."""
        found: dict[str, Value] = {}
        for field in self.fields.values():
            if field.cls is cls:
                found[field.name] = field.read() if self._asked(field) else None
                found.update(field.more())
        return found

    def show_values(self, cls: type[Record], values: Mapping[str, Value]) -> None:
        """Fills the questions about one kind; those that ``values`` does not name stay as they are."""
        for field in self.fields.values():
            if field.cls is not cls or field.name not in values:
                continue
            if isinstance(field, _BusinessClassField):
                field.show_pair(_as_text(values.get("kbli")), _as_text(values.get("kbli_version")))
            else:
                field.show_value(values[field.name])
        self._apply_rules()

    def clear(self) -> None:
        """Empties every question."""
        for field in self.fields.values():
            field.editor.clear_value()
            field.clear_message()
        self._apply_rules()

    def _changed(self, key: str) -> None:
        self.fields[key].clear_message()
        self._apply_rules()
        self.changed.emit(key)

    def _asked(self, field: RecordField) -> bool:
        rule = SHOWN_WHEN.get(field.key)
        if rule is None or rule[0] not in self.fields:
            return True
        return self.fields[rule[0]].read() in rule[1]

    def _apply_rules(self) -> None:
        for field in self.fields.values():
            field.setVisible(self._asked(field))  # also what was never shown: a layout shows what nobody hid

    # ---------------------------------------------------------------- layout
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out(1 if event.size().width() < theme.px(NARROW) else 2)

    def _lay_out(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        while self._grid.count():
            self._grid.takeAt(0)
        row = column = 0
        for field in self.fields.values():
            wide = isinstance(field.editor, editors.Seg | editors.MultiSeg) and len(field.editor.buttons) > 3
            if column and wide:
                row, column = row + 1, 0
            span = columns if wide else 1
            self._grid.addWidget(field, row, column, 1, span, Qt.AlignmentFlag.AlignTop)
            column += span
            if column >= columns:
                row, column = row + 1, 0
        for place in range(2):
            self._grid.setColumnStretch(place, 1 if place < columns else 0)


def _as_text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
