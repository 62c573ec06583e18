"""Business classes, the open questions and the text of the consent."""

from __future__ import annotations

import pytest

from trainer_app.records.business import business_classes, find_class, search_classes
from trainer_app.records.enterprise import BUSINESS_GROUP
from trainer_app.records.notice import notice
from trainer_app.words import speaking


def test_every_class_belongs_to_a_group_of_the_form() -> None:
    entries = business_classes()
    assert len(entries) == 115
    assert {entry.group for entry in entries} == set(BUSINESS_GROUP)


def test_a_code_is_known_with_its_version_only() -> None:
    seasoning = find_class("10779", "2025")
    assert seasoning is not None
    assert seasoning.label_id == "Bumbu dan sambal kemasan"
    assert find_class("10772", "2025") is None  # that number of 2020 means iodised salt now
    assert find_class("96121", "2020") is not None  # massage: no single class of 2025
    assert find_class(None, None) is None


def test_trades_that_share_a_code_are_told_apart_by_their_group() -> None:
    entry = find_class("56101", "2025", "kuliner")
    assert entry is not None
    assert entry.group == "kuliner"


@pytest.mark.parametrize(
    ("typed", "group", "first"),
    [
        ("keripik", None, "Kerupuk, keripik, peyek"),
        ("tailor", None, "Penjahit pesanan"),
        ("roti", "dagang", "Roti dan kue (jual saja)"),
        ("roti", "olahan_pangan", "Roti dan kue kering"),
        ("", "jasa", "Bengkel motor"),
    ],
)
def test_classes_are_found_by_words_of_either_language(typed: str, group: str | None, first: str) -> None:
    assert search_classes(typed, group)[0].label_id == first


def test_a_class_speaks_the_language_of_the_screen() -> None:
    entry = search_classes("tempe")[0]
    assert entry.label == "Tempe"
    with speaking("en"):
        assert entry.label == "Tempeh"


def test_the_notice_says_what_the_law_asks() -> None:
    text = " ".join(f"{paragraph.heading} {paragraph.text}" for paragraph in notice())
    for word in ("penyelenggara", "24 bulan", "menghapus", "menarik persetujuan", "3 x 24 jam", "Gojek"):
        assert word in text
