"""The form of one person: owner, business and, when asked for, everything else. Knows answers, not how they
are saved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from trainer_app.actions.registration import Registration
from trainer_app.desktop import theme
from trainer_app.desktop.later import later
from trainer_app.desktop.pages.register_business import BusinessCard
from trainer_app.desktop.pages.register_draft import Unfinished
from trainer_app.desktop.pages.register_fields import chain, held, put_back
from trainer_app.desktop.pages.register_more import MoreQuestions
from trainer_app.desktop.pages.register_owner import OwnerCard
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.field import Field
from trainer_app.records.checks.phone import read_phones
from trainer_app.records.fields import Value
from trainer_app.records.kinds import Enterprise, Person
from trainer_app.records.matching import PersonKey
from trainer_app.words import _

NIK_LENGTH = 16
#: From so many letters of a name on somebody is looked for.
NAME_LETTERS = 3
CHANNELS = "enterprise.channels"


class RegisterForm(QWidget):
    """``changed(key)`` after every change a person made."""

    changed = Signal(str)

    def __init__(self, today: Callable[[], date], areas: Sequence[int]) -> None:
        super().__init__()
        self._areas = tuple(areas)
        self.owner = OwnerCard(today)
        self.business = BusinessCard(areas)
        self.more: MoreQuestions | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.px(12))
        self._column.addWidget(self.owner)
        self._column.addWidget(self.business)
        self.owner.changed.connect(self.changed)
        self.business.changed.connect(self._business_changed)
        self.complete = Button(_("Lengkapi data usaha"), "secondary", "chevron-down")
        self.complete.clicked.connect(self.toggle_more)

    # ---------------------------------------------------------------- all questions
    def fields(self) -> dict[str, Field]:
        """Every question on screen by its key."""
        found: dict[str, Field] = {**self.owner.fields, **self.business.fields}
        if self.more is not None:
            found = {**self.more.fields, **found}
        if CHANNELS not in found:
            found[CHANNELS] = self.business.channels
        return found

    def toggle_more(self) -> None:
        """Shows the questions that can wait, or puts them away with what is answered kept."""
        shown = self.more is not None and not self.more.isHidden()
        self.show_more(not shown)
        if not shown and self.more is not None:
            first = next(iter(self.more.fields.values())).editor
            later(first, first.setFocus)  # once it has its place, it comes into view

    def show_more(self, shown: bool = True) -> None:
        """They are made when first wanted: a hundred buttons that most registrations do without."""
        if self.more is None:
            if not shown:
                return
            self.more = MoreQuestions(self._areas)
            self._column.addWidget(self.more)
            self.more.changed.connect(self._more_changed)
            channels = self.business.answers()
            self.more.show_values(Enterprise, {name: channels[name] for name in ("channels", "payments")})
            self.order()
        self.more.setVisible(shown)
        self.complete.show_text(_("Tutup data lengkap") if shown else _("Lengkapi data usaha"))
        self.complete.show_icon("chevron-up" if shown else "chevron-down")

    def order(self, after: Sequence[QWidget] = ()) -> None:
        """The way of the Tab key: the fields from above, then what comes after the form."""
        self._after = tuple(after) or getattr(self, "_after", ())
        parts: list[QWidget] = [self.owner.nik, self.owner.repair, self.owner.rows]
        parts += [self.business.rows, self.business.group, self.business.channels]
        if self.more is not None:
            parts += list(self.more.fields.values())
        chain([*parts, *self._after])

    def _business_changed(self, key: str) -> None:
        if self.more is not None:
            answers = self.business.answers()
            group = answers["business_group"]
            self.more.set_group(str(group) if group else None)
            if key == CHANNELS:
                self.more.show_values(Enterprise, {name: answers[name] for name in ("channels", "payments")})
        self.changed.emit(key)

    def _more_changed(self, key: str) -> None:
        if self.more is not None and key in (CHANNELS, "enterprise.payments"):
            values = self.more.values(Enterprise)
            self.business.show_channels(values["channels"], values["payments"])
        self.changed.emit(key)

    # ---------------------------------------------------------------- answers
    def answers(self, consent: Mapping[str, Value]) -> Registration:
        """What would be saved. Home is where the business is, unless the person says otherwise."""
        more = self.more
        business = {**(more.values(Enterprise) if more else {}), **self.business.answers()}
        person = {**(more.values(Person) if more else {}), **self.owner.answers()}
        if not person.get("village"):
            person["village"] = business["village"]
        return Registration(person=person, enterprise=business, consent=consent)

    def key_of_person(self, person: bytes) -> PersonKey | None:
        """What duplicates are looked for by; None while nothing is typed that could tell."""
        owner = self.owner.answers()
        nik, name = str(owner["nik"] or ""), str(owner["full_name"] or "")
        phones = read_phones(str(owner["phone"] or ""))
        phone = phones[0].e164 if phones else None
        if len(nik) != NIK_LENGTH and len(name) < NAME_LETTERS and phone is None:
            return None
        birth = str(owner["birth_date"] or "")
        village = self.business.answers()["village"]
        return PersonKey(
            person,
            name if len(name) >= NAME_LETTERS else "",
            nik=nik if len(nik) == NIK_LENGTH and nik.isdigit() else None,
            phone=phone,
            birth_year=int(birth[:4]) if birth[:4].isdigit() and birth[2:3] != "-" else None,
            village=str(village) if village else None,
        )

    def is_blank(self) -> bool:
        """Nothing was typed; a village taken over from the person before does not count."""
        owner, business = self.owner.answers(), self.business.answers()
        if self.business.village.note():
            business["village"] = None
        more = self.more
        rest = {**more.values(Person), **more.values(Enterprise)} if more else {}
        return not any(value is not None and value != "" for value in {**rest, **owner, **business}.values())

    def clear(self) -> None:
        """Empty, for the next person."""
        self.owner.clear()
        self.business.clear()
        if self.more is not None:
            self.more.clear()
            self.show_more(False)

    # ---------------------------------------------------------------- what is kept of an unfinished form
    def held(self) -> dict[str, Any]:
        """What each editor holds, by key, leaving out the empty ones."""
        found = {key: held(field.editor) for key, field in self.fields().items()}
        return {key: value for key, value in found.items() if value not in (None, "", [], [None, ""])}

    def put_back(self, form: Unfinished) -> None:
        """The form as it was left."""
        self.clear()
        if form.more:
            self.show_more()
        for key, field in self.fields().items():
            if key in form.answers:
                put_back(field.editor, form.answers[key])
        if self.more is None and CHANNELS in form.answers:
            self.business.show_channels(*_split_channels(form.answers[CHANNELS]))
        elif self.more is not None:
            values = self.more.values(Enterprise)
            self.business.show_channels(values["channels"], values["payments"])
            self.more.show_values(Person, {})  # asks again which questions belong on screen
        self.business.unnamed.setChecked(form.unnamed)
        self.owner.nik_status, self.owner.phone_status = form.nik_status, form.phone_status
        for key in form.from_nik:
            if key in self.owner.fields:
                self.owner.fields[key].set_note(_("dari NIK"))
        self.owner.check_all()
        village = self.business.village
        if village.read():
            self.business.village.show_value(village.read())

    def unfinished(self) -> dict[str, Any]:
        """The parts of ``Unfinished`` that the form knows."""
        owner = self.owner
        return {
            "answers": self.held(),
            "nik_status": owner.nik_status,
            "phone_status": owner.phone_status,
            "unnamed": self.business.unnamed.isChecked(),
            "from_nik": tuple(key for key, field in owner.fields.items() if field.note()),
            "more": self.more is not None and not self.more.isHidden(),
        }

    def set_compact(self, compact: bool) -> None:
        """The button for the rest stands below the form where there is no column beside it."""
        if compact:
            self._column.insertWidget(2, self.complete)


def _split_channels(codes: Sequence[str]) -> tuple[str, str]:
    return ",".join(code for code in codes if code != "qris"), "qris" if "qris" in codes else ""
