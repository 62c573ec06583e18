"""The pages one can go to, and the one list of them.

A page is a class in a module of its own, derived from ``pages.base.DeskPage``; ``PAGES`` names it by a
string, so that it is imported when somebody first goes there. Screens before signing in (lock, wizard) live
here too and are no destinations. What several pages share belongs in ``desktop.parts``.
"""

from __future__ import annotations

from dataclasses import dataclass

from trainer_app.words import N_


@dataclass(frozen=True)
class PageEntry:
    """A destination. ``word`` is a message id; ``under`` names the rail item that is lit while a page
    without one of its own shows; ``below`` puts the item into the lower group of the rail; ``short`` is its
    word (a message id) where the rail is narrow.
    """

    key: str
    word: str
    icon: str
    path: str
    below: bool = False
    under: str = ""
    short: str = ""


_HERE = "trainer_app.desktop.pages"
PAGES = (
    PageEntry("today", N_("Hari ini"), "house", f"{_HERE}.today:TodayPage"),
    PageEntry("register", N_("Daftar baru"), "user-plus", f"{_HERE}.register:RegisterPage"),
    PageEntry("participants", N_("Peserta"), "users", f"{_HERE}.participants:ParticipantsPage"),
    PageEntry(
        "import", N_("Impor Excel"), "clipboard-list", f"{_HERE}.importing:ImportPage", under="participants"
    ),
    PageEntry("person", N_("Peserta"), "user", f"{_HERE}.person:PersonPage", under="participants"),
    PageEntry(
        "sessions",
        N_("Sesi & absensi"),
        "calendar-check",
        f"{_HERE}.sessions:SessionsPage",
        short=N_("Absensi"),
    ),
    PageEntry(
        "attendance", N_("Absensi"), "calendar-check", f"{_HERE}.attendance:AttendancePage", under="sessions"
    ),
    PageEntry(
        "assessment", N_("Tes"), "clipboard-list", f"{_HERE}.assessment:AssessmentPage", under="sessions"
    ),
    PageEntry("visits", N_("Kunjungan"), "phone", f"{_HERE}.visits:VisitsPage"),
    PageEntry("visit", N_("Catat kunjungan"), "phone", f"{_HERE}.visit:VisitPage", under="visits"),
    PageEntry("reports", N_("Laporan"), "chart-no-axes-column", f"{_HERE}.reports:ReportsPage"),
    PageEntry("send", N_("Kirim data"), "send", f"{_HERE}.send:SendPage", below=True),
    PageEntry("hub", N_("Terima dari pelatih"), "laptop", f"{_HERE}.hub:HubPage", under="send"),
    PageEntry("review", N_("Perlu diperiksa"), "copy-check", f"{_HERE}.review:ReviewPage", under="send"),
    PageEntry("help", N_("Bantuan"), "life-buoy", f"{_HERE}.help:HelpPage", below=True),
)
BY_KEY = {entry.key: entry for entry in PAGES}
FIRST = "today"
