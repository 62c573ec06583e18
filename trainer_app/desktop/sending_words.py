"""The one sentence about what is safe and what waits: rail, badge, send page and tooltip all say what this
says; and the words for the state of one record, which person and list say alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from trainer_app.storage.sending_state import LATE_AFTER_MS, OLD_AFTER_MS, SendState
from trainer_app.sync.progress import ExchangeResult
from trainer_app.words import N_, _, ago, day_and_time, ngettext, number

#: Word, tone and icon of where a record is.
STATES = {
    "pending": (N_("Menunggu dikirim"), "warn", "clock"),
    "changed": (N_("Diubah sejak terakhir dikirim"), "warn", "history"),
    "at_supervisor": (N_("Di laptop pengawas"), "info", "laptop"),
    "received": (N_("Diterima pusat"), "ok", "building-2"),
    "rejected": (N_("Perlu diperbaiki"), "bad", "triangle-alert"),
}
_FOREIGN = (N_("Dari laptop lain"), "mute", "laptop")


@dataclass(frozen=True, slots=True)
class Told:
    """``title`` and ``line`` are the card of the rail, ``badge`` its number, ``description`` the whole
    sentence.
    """

    title: str
    line: str
    tone: str  # ok, warn, bad
    badge: str
    description: str


def told(state: SendState, now: datetime) -> Told:
    """What is true of the data on this laptop at ``now`` (zone-aware)."""
    title = _("Aman di laptop ini")
    if state.rejected:
        line = _("{n} perlu diperbaiki").format(n=number(state.rejected))
        return Told(title, line, "bad", number(state.rejected), f"{title}. {line}.")
    if state.pending:
        return _waiting(state, now, title)
    if state.at_supervisor:
        line = ngettext("{n} di laptop pengawas", "{n} di laptop pengawas", state.at_supervisor)
        line = line.format(n=number(state.at_supervisor))
        return Told(title, line, "ok", "", f"{title}. {line}.")
    if state.photos:
        line = ngettext("{n} foto menunggu dikirim", "{n} foto menunggu dikirim", state.photos)
        line = line.format(n=number(state.photos))
        return Told(title, line, "ok", "", f"{title}. {line}. {last_word(state)}")
    if state.all_received:
        whole = _("Semua sudah diterima pusat")
        return Told(title, _("Sudah diterima pusat"), "ok", "", f"{whole}. {last_word(state)}")
    line = _("Belum ada catatan")
    return Told(title, line, "ok", "", f"{title}. {line}.")


def _waiting(state: SendState, now: datetime, title: str) -> Told:
    line = _("{n} menunggu dikirim").format(n=number(state.pending))
    age_ms = _age_ms(state, now)
    if age_ms < OLD_AFTER_MS:
        return Told(title, line, "warn", number(state.pending), f"{title}. {line}.")
    oldest = oldest_words(state, now)
    tone = "bad" if age_ms >= LATE_AFTER_MS else "warn"
    since = "" if state.oldest_pending_ms is None else ago(moment(state.oldest_pending_ms), now)
    short = _("{n} menunggu · {lama}").format(n=number(state.pending), lama=since)
    return Told(title, short, tone, number(state.pending), f"{title}. {line}. {oldest}.")


def is_old(state: SendState, now: datetime) -> bool:
    """Whether something waits longer than it should."""
    return bool(state.pending) and _age_ms(state, now) >= OLD_AFTER_MS


def oldest_words(state: SendState, now: datetime) -> str:
    """ "Tertua 4 hari lalu", or "" when nothing waits."""
    if not state.pending or state.oldest_pending_ms is None:
        return ""
    return _("Tertua: {lama}").format(lama=ago(moment(state.oldest_pending_ms), now))


def last_word(state: SendState) -> str:
    """When the centre last confirmed something; an attempt is no word of the centre."""
    if state.last_receipt_ms is None:
        return _("Belum ada kabar dari pusat.")
    return _("Kabar terakhir dari pusat: {waktu}").format(waktu=day_and_time(moment(state.last_receipt_ms)))


def moment(ms: int) -> datetime:
    """An instant in the zone of this laptop."""
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone()


def state_chip(state: str | None) -> tuple[str, str, str]:
    """Word, tone and icon of where a record is; None: it is not this laptop's own."""
    word, tone, icon = STATES.get(state or "", _FOREIGN)
    return _(word), tone, icon


def changed_words(state: SendState) -> str:
    """How many of those that wait were sent before, "" for none."""
    if not state.changed:
        return ""
    return _("{n} diubah sejak terakhir dikirim").format(n=number(state.changed))


def _age_ms(state: SendState, now: datetime) -> float:
    since = state.oldest_pending_ms
    return 0.0 if since is None else now.timestamp() * 1000 - since


def photo_facts(result: ExchangeResult) -> list[tuple[str, str, str]]:
    """What became of photos: icon, sentence, tone."""
    facts = []
    if result.sent_photos:
        words = ngettext("{n} foto sampai", "{n} foto sampai", result.sent_photos)
        facts.append(("image", words.format(n=number(result.sent_photos)), "ok"))
    if result.waiting_photos:
        words = ngettext("{n} foto menunggu dikirim", "{n} foto menunggu dikirim", result.waiting_photos)
        parts = [words.format(n=number(result.waiting_photos)) + "."]
        if result.photo_problem is not None:
            parts.append(result.photo_problem.message)
        facts.append(("image", " ".join(parts), "warn"))
    return facts
