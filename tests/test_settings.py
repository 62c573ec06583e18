"""The choices of a person survive everything short of losing the file, and losing it costs nothing but
defaults.
"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer_app import settings
from trainer_app.settings import Settings

CHOICES = st.builds(
    Settings,
    language=st.sampled_from(settings.LANGUAGES),
    look=st.sampled_from(settings.LOOKS),
    text_size=st.sampled_from(settings.TEXT_SIZES_PERCENT),
    centre=st.text(st.characters(codec="utf-8"), max_size=60),
    lock_minutes=st.integers(1, settings.LOCK_MINUTES_LIMIT),
)


def test_a_first_start_has_the_defaults(tmp_home: Path) -> None:
    assert settings.load() == Settings(language="id", look="siang", text_size=100, centre="", lock_minutes=5)
    assert list(tmp_home.iterdir()) == []


@given(chosen=CHOICES)
def test_what_is_saved_is_what_is_loaded(tmp_path_factory: pytest.TempPathFactory, chosen: Settings) -> None:
    folder = tmp_path_factory.mktemp("saved")
    settings.save(chosen, folder)
    assert settings.load(folder) == chosen
    assert [path.name for path in folder.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize(
    "damage", [b"", b"\x00" * 300, b"look = ", b"\xff\xfe", b"[[[", b'language = "id"\nlanguage = "en"\n']
)
def test_a_damaged_file_is_kept_aside_and_defaults_are_used(tmp_home: Path, damage: bytes) -> None:
    (tmp_home / "settings.toml").write_bytes(damage)
    assert settings.load() == Settings()
    kept = [path.read_bytes() for path in tmp_home.iterdir()]
    assert kept == [damage]
    settings.save(Settings(look="terik"))
    assert settings.load().look == "terik"
    assert len(list(tmp_home.iterdir())) == (1 if damage == b"" else 2)


@pytest.mark.parametrize(
    "line",
    [
        'language = "xx"',
        'look = "ungu"',
        "text_size = 101",
        'text_size = "115"',
        "text_size = true",
        "centre = 7",
        "lock_minutes = 0",
        "lock_minutes = 100000",
        "language = []",
    ],
)
def test_one_value_out_of_range_costs_only_itself(tmp_home: Path, line: str) -> None:
    name = line.split()[0]
    others = "".join(
        f"{other}\n" for other in ('look = "malam"', "lock_minutes = 9") if not other.startswith(name)
    )
    (tmp_home / "settings.toml").write_text(f"{line}\n{others}")
    loaded = settings.load()
    assert getattr(loaded, name) == getattr(Settings(), name)
    assert loaded.look == ("siang" if name == "look" else "malam")
    assert loaded.lock_minutes == (5 if name == "lock_minutes" else 9)


def test_values_of_a_newer_version_are_kept(tmp_home: Path) -> None:
    (tmp_home / "settings.toml").write_text('font = "besar"\nlock_minutes = 9\n')
    settings.save(dataclasses.replace(settings.load(), look="malam"))
    text = (tmp_home / "settings.toml").read_text()
    assert 'font = "besar"' in text
    assert settings.load() == Settings(look="malam", lock_minutes=9)


def test_a_failed_save_leaves_the_old_file_and_no_litter(
    tmp_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.save(Settings(look="malam"))

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            settings.save(Settings(look="terik"))
    assert settings.load().look == "malam"
    assert [path.name for path in tmp_home.iterdir()] == ["settings.toml"]


def test_the_data_folder_is_closed_to_other_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(settings.HOME_VARIABLE, str(tmp_path / "a" / "b"))
    assert settings.data_folder() == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").stat().st_mode & 0o077 == 0
