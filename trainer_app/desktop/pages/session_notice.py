"""What has to be known before somebody is marked: the session is closed, cancelled, or not today's."""

from __future__ import annotations

from trainer_app.actions.sessions import local_time
from trainer_app.desktop import theme
from trainer_app.desktop.pages.session_words import day_words
from trainer_app.desktop.parts.card import Banner
from trainer_app.records.kinds import Session
from trainer_app.records.training import CANCELLED, CLOSED, PLANNED
from trainer_app.words import _


class SessionNotice(Banner):
    """One low line above the tiles; hidden when there is nothing to say."""

    def __init__(self) -> None:
        super().__init__("", "info", "lock")
        lines = self.layout()
        if lines is not None:
            lines.setContentsMargins(theme.px(14), theme.px(4), theme.px(14), theme.px(4))
        self.hide()

    def show_session(self, session: Session | None, now_ms: int) -> None:
        """Says what there is to say of `session` at this moment (ms UTC)."""
        words, tone, icon = _told(session, now_ms) if session is not None else ("", "info", "lock")
        if words:
            self.show_state(words, tone, icon)
        self.setVisible(bool(words))


def _told(session: Session, now_ms: int) -> tuple[str, str, str]:
    if session.state == CLOSED:
        return _("Sesi ini sudah ditutup. Perubahan perlu alasan dan ikut tercatat."), "info", "lock"
    if session.state == CANCELLED:
        words = _("Sesi ini dibatalkan: {alasan}").format(alasan=session.reason or "")
        return words, "warn", "ban"
    day = local_time(session.starts_at or 0, session.zone).date()
    if session.state in (None, PLANNED) and day != local_time(now_ms, session.zone).date():
        words = _("Sesi ini dijadwalkan {hari}, bukan hari ini.").format(hari=day_words(day))
        return words, "warn", "calendar-days"
    return "", "info", "lock"
