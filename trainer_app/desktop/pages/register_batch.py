"""Which batch the next people join: what is usual, and a sheet to choose another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from PySide6.QtWidgets import QWidget

from trainer_app.desktop.pages.register_draft import Previous
from trainer_app.desktop.parts.editors import PickEditor, Seg
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.record_form import village_words
from trainer_app.desktop.parts.sheet import Sheet
from trainer_app.records.ids import RecordId
from trainer_app.records.kinds import Batch, Session
from trainer_app.storage.session_queries import sessions_between
from trainer_app.storage.store import Store
from trainer_app.words import _

SHOWN = 60
FEW = 6
NO_BATCH = ""


def batch_words(batch: Batch) -> str:
    """ "Angkatan 4 · Balai Desa Ngawen"."""
    place = batch.venue or village_words(batch.village)[0]
    return " · ".join(part for part in (batch.name, place) if part)


def usual_batch(store: Store, previous: Previous, now: datetime, today: date) -> RecordId | None:
    """The one last used today; else that of today's session; else the one last used. Never a deleted one."""
    last = store.get(Batch, previous.batch) if previous.batch else None
    if last is not None and last.deleted_at is not None:
        last = None
    if last is not None and previous.day == today.isoformat():
        return last.id
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    held: list[Session] = sessions_between(
        store, int(start.timestamp() * 1000), int((start + timedelta(days=1)).timestamp() * 1000)
    )
    for session in held:
        batch = store.get(Batch, session.batch) if session.batch else None
        if batch is not None and batch.deleted_at is None:
            return batch.id
    return last.id if last is not None else None


class BatchSheet(Sheet):
    """The newest batches as buttons; a list that drops down when there are many."""

    def __init__(
        self,
        parent: QWidget,
        store: Store,
        chosen: RecordId | None,
        then: Callable[[RecordId | None], object],
    ) -> None:
        text = _("Peserta yang didaftarkan berikutnya masuk ke angkatan ini.")
        super().__init__(parent, _("Angkatan"), text, "users")
        self._then = then
        batches = store.find(Batch, order="-id", limit=SHOWN)
        choices: list[tuple[object, str]] = [(batch.id, batch_words(batch)) for batch in batches]
        choices.append((NO_BATCH, _("Tanpa angkatan")))
        editor = Seg(choices, numbered=True) if len(choices) <= FEW else PickEditor(choices)
        self.batch = Field(_("Pilih angkatan"), editor, message=False)
        editor.set_value(chosen or NO_BATCH)
        if isinstance(editor, Seg):
            editor.chosen.connect(lambda _value: self._take())
        self.body.addWidget(self.batch)
        self.add_button("", _("Batal")).clicked.connect(self.reject)
        self.add_button("", _("Pakai angkatan ini"), "primary", default=True).clicked.connect(self._take)

    def open(self) -> None:
        super().open()
        self.batch.editor.setFocus()

    def _take(self) -> None:
        chosen = self.batch.editor.value()
        self._then(chosen if isinstance(chosen, bytes) else None)
        self.close_with("chosen")
