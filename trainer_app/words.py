"""What people read: translation, and how numbers, dates and times are written in their language.

Texts are written in Indonesian in the code and are their own translation; the catalogue ``en`` translates
them. The language is chosen once for the process (``use_language``); the web dashboard answers each visitor
in their own language with ``speaking``. No Qt here: the server, reports and the command line speak the same
words.
"""

from __future__ import annotations

import gettext as _gettext
import importlib
import io
import logging
import string
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

LANGUAGES = ("id", "en")
DOMAIN = "trainer_app"
MINUTE, HOUR, DAY = 60, 3600, 86400  # seconds
DAYS_TOLD_AS_AGO = 30

_log = logging.getLogger(__name__)


class _Catalogue:
    """One language: looks a text up and distrusts a translation that would break the program's ``format``
    call.
    """

    def __init__(self, translations: _gettext.NullTranslations) -> None:
        self._translations = translations
        self._known: dict[str, str] = {}

    def one(self, msgid: str) -> str:
        known = self._known.get(msgid)
        if known is None:
            text = self._translations.gettext(msgid) if msgid else ""
            known = text if placeholders(text) == placeholders(msgid) else msgid
            self._known[msgid] = known
        return known

    def many(self, singular: str, plural: str, n: int) -> str:
        text = self._translations.ngettext(singular, plural, n)
        allowed = placeholders(singular) | placeholders(plural)
        # a singular may leave the number out ("one record"), so fewer placeholders are fine, others are not
        if placeholders(text) <= allowed:
            return text
        return singular if n == 1 else plural


def placeholders(text: str) -> frozenset[str]:
    """The names in braces of a format text; a text that ``format`` could not read counts as having the name
    ``?``.
    """
    try:
        return frozenset(
            name for _text, name, _spec, _how in string.Formatter().parse(text) if name is not None
        )
    except ValueError:
        return frozenset({"?"})


_language = "id"
_language_here: ContextVar[str | None] = ContextVar("trainer_app_language", default=None)
_catalogues: dict[str, _Catalogue] = {}


def _(msgid: str) -> str:
    """The text in the current language; the msgid itself where there is no translation, or a wrong one."""
    return _catalogue().one(msgid)


def ngettext(singular: str, plural: str, n: int) -> str:
    """As ``_`` for a text that depends on a count; Indonesian needs one form, English two."""
    return _catalogue().many(singular, plural, n)


def N_(msgid: str) -> str:  # noqa: N802 (the usual name of the marker)
    """Marks a text for the catalogue that is translated later with ``_``."""
    return msgid


def use_language(code: str) -> None:
    """Chooses the language of the process. Raises ``ValueError`` for one we have no words in."""
    global _language
    _language = _checked(code)


def language() -> str:
    """The code of the language in force here: ``id`` or ``en``."""
    return _language_here.get() or _language


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speaks ``code`` inside the ``with`` block only: one web request, one letter. Other threads are not
    affected.
    """
    token = _language_here.set(_checked(code))
    try:
        yield
    finally:
        _language_here.reset(token)


def _checked(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(f"no words in language {code!r}")
    return code


def _catalogue() -> _Catalogue:
    code = language()
    if code not in _catalogues:
        _catalogues[code] = _Catalogue(_load(code))
    return _catalogues[code]


def _load(code: str) -> _gettext.NullTranslations:
    try:
        folder = files("trainer_app.resources").joinpath("locale", code, "LC_MESSAGES")
    except ModuleNotFoundError:  # a clone that was never installed
        return _gettext.NullTranslations()
    compiled = _compiled(folder)
    return _gettext.GNUTranslations(io.BytesIO(compiled)) if compiled else _gettext.NullTranslations()


def _compiled(folder: Traversable) -> bytes | None:
    """The catalogue as gettext reads it. The build makes it; a checkout makes it again whenever words
    changed.
    """
    source, built = folder.joinpath(f"{DOMAIN}.po"), folder.joinpath(f"{DOMAIN}.mo")
    if (
        isinstance(source, Path)
        and isinstance(built, Path)
        and source.is_file()
        and not _fresh(built, source)
    ):
        try:
            compiler = importlib.import_module("trainer_app.resources.packaging.catalogues")
        except ModuleNotFoundError:
            _log.info("the words changed but the tools that compile them are not installed")
        else:
            return bytes(compiler.compile_file(source, built))
    return built.read_bytes() if built.is_file() else None


def _fresh(built: Path, source: Path) -> bool:
    return built.is_file() and built.stat().st_mtime_ns >= source.stat().st_mtime_ns


# ---------------------------------------------------------------- numbers, dates and times
_DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_SHORT = 3  # letters of a shortened day or month
_SHORT_EXCEPTIONS = {"Agustus": "Agu", "Rabu": "Rab"}


def _abbreviated(name: str) -> str:
    return _SHORT_EXCEPTIONS.get(name, name[:_SHORT])


def number(value: float, decimals: int = 0) -> str:
    """``1284`` → "1.284" (en "1,284"); ``number(1.25, 1)`` → "1,3" rounded half up as people do."""
    text = f"{_half_up(value, decimals):,.{decimals}f}"
    return text if language() == "en" else text.translate(str.maketrans(",.", ".,"))


def _half_up(value: float, decimals: int) -> float:
    nudge = 10.0 ** -(decimals + 9)  # lifts 2.675, which binary stores a hair too low
    return round(value + (nudge if value >= 0 else -nudge), decimals) or 0.0


def money(rupiah: int) -> str:
    """``1500000`` → "Rp1.500.000" (en "Rp1,500,000"); a debt carries its minus in front."""
    return f"{'-' if rupiah < 0 else ''}Rp{number(abs(rupiah))}"


def percent(share: float, decimals: int = 0) -> str:
    """``0.58`` → "58%". A share that is not quite everything is never written as 100%, nor a little as 0%."""
    text = number(share * 100, decimals)
    if share < 1 and text == number(100, decimals):
        text = number(100 - 10.0**-decimals, decimals)
    if share > 0 and text == number(0, decimals):
        text = "<" + number(10.0**-decimals, decimals)
    return text + "%"


def file_size(size_bytes: int) -> str:
    """Bytes as people meet them on a stick: "512 B", "14 KB", "1,2 MB", "3,4 GB" (thousands, not 1024s)."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    for unit, power in (("KB", 3), ("MB", 6), ("GB", 9)):
        amount = size_bytes / 10**power
        if amount < 999.5 or unit == "GB":
            break
    return f"{number(amount, 1 if amount < 10 and unit != 'KB' else 0)} {unit}"


def date_long(day: date) -> str:
    """ "Selasa, 24 November 2026" (en "Tuesday, 24 November 2026")."""
    code = language()
    return f"{_DAYS[code][day.weekday()]}, {day.day} {_MONTHS[code][day.month - 1]} {day.year}"


def date_short(day: date) -> str:
    """ "24 Nov 2026"."""
    return f"{day.day} {_abbreviated(_MONTHS[language()][day.month - 1])} {day.year}"


def day_short(day: date) -> str:
    """ "Sab 21 Nov", for a day that is not far away."""
    code = language()
    return (
        f"{_abbreviated(_DAYS[code][day.weekday()])} {day.day} {_abbreviated(_MONTHS[code][day.month - 1])}"
    )


def time_of_day(moment: time | datetime) -> str:
    """ "09.14" (en "09:14"), in the moment's own zone: convert to local time first."""
    return moment.strftime("%H:%M" if language() == "en" else "%H.%M")


def day_and_time(moment: datetime) -> str:
    """ "Sab 21 Nov, 16.05", in the moment's own zone."""
    return f"{day_short(moment)}, {time_of_day(moment)}"


def ago(moment: datetime, now: datetime) -> str:
    """How long before ``now`` something happened: "baru saja", "5 menit lalu", "2 jam lalu", "2 hari lalu".

    Both zone-aware. More than 30 days ago it is a date; a moment ahead of ``now`` (a wrong clock) is "baru
    saja".
    """
    seconds = int((now - moment).total_seconds())
    if seconds < MINUTE:
        return _("baru saja")
    if seconds < HOUR:
        n = seconds // MINUTE
        return ngettext("{n} menit lalu", "{n} menit lalu", n).format(n=n)
    if seconds < DAY:
        n = seconds // HOUR
        return ngettext("{n} jam lalu", "{n} jam lalu", n).format(n=n)
    n = seconds // DAY
    if n > DAYS_TOLD_AS_AGO:
        return date_short(moment)
    return ngettext("{n} hari lalu", "{n} hari lalu", n).format(n=number(n))


def duration(seconds: float) -> str:
    """A waiting time, rounded up so that it is not promised too short: "40 detik", "3 menit", "2 jam 5
    menit".
    """
    whole = max(1, int(-(-seconds // 1)))
    if whole < MINUTE:
        return ngettext("{n} detik", "{n} detik", whole).format(n=whole)
    minutes = -(-whole // MINUTE)
    if minutes < HOUR // MINUTE:
        return ngettext("{n} menit", "{n} menit", minutes).format(n=minutes)
    hours, rest = divmod(minutes, HOUR // MINUTE)
    text = ngettext("{n} jam", "{n} jam", hours).format(n=number(hours))
    return f"{text} {ngettext('{n} menit', '{n} menit', rest).format(n=rest)}" if rest else text
