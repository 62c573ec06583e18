"""What people read: translations that cannot break the program, catalogues that are complete, numbers and
dates.
"""

from __future__ import annotations

import gettext
import io
import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from hypothesis import given
from hypothesis import strategies as st

from resources.packaging import catalogues
from trainer_app import words

NOW = datetime(2026, 11, 24, 9, 14, tzinfo=UTC)


def _catalogue(*entries: tuple[str | tuple[str, str], str | tuple[str, str]]) -> words._Catalogue:
    source = Catalog(locale="en")
    for msgid, text in entries:
        source.add(msgid, text)
    compiled = io.BytesIO()
    write_mo(compiled, source)
    compiled.seek(0)
    return words._Catalogue(gettext.GNUTranslations(compiled))


# ---------------------------------------------------------------- translation
def test_a_translation_is_used_and_a_missing_one_leaves_the_text() -> None:
    catalogue = _catalogue(("Simpan {n}", "Save {n}"))
    assert catalogue.one("Simpan {n}") == "Save {n}"
    assert catalogue.one("Belum diterjemahkan") == "Belum diterjemahkan"
    assert catalogue.one("") == ""


@pytest.mark.parametrize("wrong", ["Save", "Save {count}", "Save {n} {m}", "Save {n", "Save {}", "Save {n}}"])
def test_a_translation_with_other_placeholders_is_refused(wrong: str) -> None:
    assert _catalogue(("Simpan {n}", wrong)).one("Simpan {n}") == "Simpan {n}"


def test_counts_take_their_form_and_wrong_placeholders_are_refused() -> None:
    catalogue = _catalogue((("{n} orang", "{n} orang"), ("one person", "{n} people")))
    assert catalogue.many("{n} orang", "{n} orang", 1) == "one person"
    assert catalogue.many("{n} orang", "{n} orang", 3) == "{n} people"
    broken = _catalogue((("{n} orang", "{n} orang"), ("{x} person", "{x} people")))
    assert broken.many("{n} orang", "{n} orang", 3) == "{n} orang"


@given(st.text())
def test_placeholders_of_any_text_can_be_told(text: str) -> None:
    try:
        text.format_map(dict.fromkeys(words.placeholders(text), 0))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        assert words.placeholders(text), "a text without placeholders must be formattable"


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        words.use_language("fr")
    assert words.language() == "id"


def test_one_request_speaks_its_own_language_and_others_keep_theirs() -> None:
    seen = []
    with words.speaking("en"):
        other = threading.Thread(target=lambda: seen.append(words.language()))
        other.start()
        other.join()
        seen.append(words.language())
    assert [*seen, words.language()] == ["id", "en", "id"]


# ---------------------------------------------------------------- catalogues
def test_every_text_of_the_code_is_translated_and_none_is_left_over() -> None:
    wanted = {message.id: message for message in catalogues.messages(catalogues.extract())}
    present = {
        message.id: message
        for message in catalogues.messages(catalogues.load(catalogues.catalogue_file("en")))
    }
    missing = sorted(map(str, wanted.keys() - present.keys()))
    stale = sorted(map(str, present.keys() - wanted.keys()))
    untranslated = sorted(str(msgid) for msgid, message in present.items() if not catalogues.filled(message))
    assert (missing, stale, untranslated) == ([], [], []), "run: python3 -m tests words, then translate en"


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_placeholders_of_every_translation_fit(language: str) -> None:
    wrong = []
    for message in catalogues.messages(catalogues.load(catalogues.catalogue_file(language))):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        allowed = frozenset().union(*map(words.placeholders, ids))
        plural = len(ids) > 1
        for text in filter(None, texts):
            fits = words.placeholders(text) <= allowed if plural else words.placeholders(text) == allowed
            if not fits:
                wrong.append((message.id, text))
    assert wrong == []


def test_the_english_catalogue_is_found_and_compiled() -> None:
    translated = [
        message
        for message in catalogues.messages(catalogues.load(catalogues.catalogue_file("en")))
        if isinstance(message.id, str) and message.id != message.string
    ]
    words.use_language("en")
    assert translated
    assert [words._(message.id) for message in translated] == [message.string for message in translated]


# ---------------------------------------------------------------- numbers
@pytest.mark.parametrize(
    ("value", "decimals", "indonesian", "english"),
    [
        (1284, 0, "1.284", "1,284"),
        (0, 0, "0", "0"),
        (-0.4, 0, "0", "0"),
        (-1284, 0, "-1.284", "-1,284"),
        (30_000_000, 0, "30.000.000", "30,000,000"),
        (1.25, 1, "1,3", "1.3"),
        (2.675, 2, "2,68", "2.68"),
        (2.5, 0, "3", "3"),
        (1234.5, 1, "1.234,5", "1,234.5"),
    ],
)
def test_numbers(value: float, decimals: int, indonesian: str, english: str) -> None:
    assert words.number(value, decimals) == indonesian
    with words.speaking("en"):
        assert words.number(value, decimals) == english


@pytest.mark.parametrize(
    ("share", "decimals", "written"),
    [
        (0.58, 0, "58%"),
        (0, 0, "0%"),
        (1, 0, "100%"),
        (0.999, 0, "99%"),
        (0.001, 0, "<1%"),
        (0.5835, 1, "58,4%"),
        (0.9999, 1, "99,9%"),
        (1.2, 0, "120%"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(share: float, decimals: int, written: str) -> None:
    assert words.percent(share, decimals) == written


@pytest.mark.parametrize(
    ("size", "written"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 KB"),
        (14_300, "14 KB"),
        (999_600, "1,0 MB"),
        (1_200_000, "1,2 MB"),
        (12_000_000, "12 MB"),
        (3_400_000_000, "3,4 GB"),
        (5_000_000_000_000, "5.000 GB"),
    ],
)
def test_file_sizes(size: int, written: str) -> None:
    assert words.file_size(size) == written


# ---------------------------------------------------------------- dates and times
def test_dates_in_both_languages() -> None:
    day = date(2026, 11, 24)
    moment = datetime(2026, 11, 21, 16, 5, tzinfo=UTC)
    assert words.date_long(day) == "Selasa, 24 November 2026"
    assert words.date_short(date(2026, 8, 7)) == "7 Agu 2026"
    assert words.day_short(moment) == "Sab 21 Nov"
    assert words.day_and_time(moment) == "Sab 21 Nov, 16.05"
    assert words.time_of_day(time(9, 14)) == "09.14"
    with words.speaking("en"):
        assert words.date_long(day) == "Tuesday, 24 November 2026"
        assert words.date_short(date(2026, 8, 7)) == "7 Aug 2026"
        assert words.day_short(moment) == "Sat 21 Nov"
        assert words.time_of_day(moment) == "16:05"


def test_short_names_of_days_and_months_are_all_different() -> None:
    for code in words.LANGUAGES:
        with words.speaking(code):
            assert len({words.day_short(date(2026, 11, n))[:3] for n in range(1, 8)}) == 7
            assert len({words.date_short(date(2026, n, 1)) for n in range(1, 13)}) == 12


@pytest.mark.parametrize(
    ("before", "written"),
    [
        (timedelta(seconds=59), "baru saja"),
        (timedelta(seconds=-3600), "baru saja"),
        (timedelta(minutes=1), "1 menit lalu"),
        (timedelta(minutes=59, seconds=59), "59 menit lalu"),
        (timedelta(hours=2), "2 jam lalu"),
        (timedelta(days=2, hours=23), "2 hari lalu"),
        (timedelta(days=30), "30 hari lalu"),
        (timedelta(days=31), "24 Okt 2026"),
    ],
)
def test_how_long_ago(before: timedelta, written: str) -> None:
    assert words.ago(NOW - before, NOW) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "1 detik"),
        (39.2, "40 detik"),
        (60, "1 menit"),
        (61, "2 menit"),
        (3600, "1 jam"),
        (7500, "2 jam 5 menit"),
    ],
)
def test_a_waiting_time_is_not_promised_too_short(seconds: float, written: str) -> None:
    assert words.duration(seconds) == written


@pytest.mark.parametrize(
    ("rupiah", "written"), [(1_500_000, "Rp1.500.000"), (0, "Rp0"), (-250_000, "-Rp250.000"), (999, "Rp999")]
)
def test_money(rupiah: int, written: str) -> None:
    assert words.money(rupiah) == written
