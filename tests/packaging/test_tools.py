"""What the build tools decide: which packages go where, and which parts of Qt are left out."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from resources.packaging import building, commands_check, linux_build, starting, trimming, windows_build


def _names(requirements: str) -> set[str]:
    return {line.split("==")[0].split("[")[0] for line in requirements.splitlines() if "==" in line}


def test_conditions_are_judged_by_the_machine_that_is_built_for() -> None:
    windows = building.locked(windows_build.ENVIRONMENT, windows_build.NOT_FOR_WINDOWS)
    linux = building.locked(linux_build.environment())
    assert {"pywin32-ctypes", "pyside6-essentials"} <= _names(windows)
    assert _names(windows).isdisjoint(
        {"secretstorage", "jeepney", "psycopg", "setuptools", "babel", "pytest"}
    )
    assert {"secretstorage", "jeepney", "psycopg-binary"} <= _names(linux)
    assert "pywin32-ctypes" not in _names(linux)
    assert windows.count("--hash=") > 100
    assert ";" not in windows


def test_only_parts_of_qt_that_are_imported_are_kept(tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text("from PySide6.QtSvg import QSvgRenderer\n")
    parts = trimming.qt_parts(tmp_path)
    assert "Svg" in parts
    assert "Widgets" in parts
    kept = ["libQt6Svg.so.6", "Qt6Svg.dll", "QtSvg.abi3.so", "QtSvg.pyd", "libQt6Core.so.6", "libfoo.so"]
    dropped = ["libQt6Quick.so.6", "Qt6QuickControls2Imagine.dll", "QtNetwork.abi3.so", "QtQml.pyd"]
    assert [name for name in kept if trimming.unwanted_qt(name, parts)] == []
    assert [name for name in dropped if not trimming.unwanted_qt(name, parts)] == []


def test_plugins_that_drag_in_other_toolkits_go_and_the_screen_stays(tmp_path: Path) -> None:
    names = [
        "platforms/libqxcb.so",
        "platforms/libqeglfs.so",
        "platformthemes/libqgtk3.so",
        "imageformats/libqsvg.so",
        "platforms/qwindows.dll",
        "styles/qmodernwindowsstyle.dll",
        "tls/libqopensslbackend.so",
        "printsupport/libcupsprintersupport.so",
    ]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    trimming.trim_plugins(tmp_path)
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {
        "platforms/libqxcb.so",
        "imageformats/libqsvg.so",
        "platforms/qwindows.dll",
        "styles/qmodernwindowsstyle.dll",
        "printsupport/libcupsprintersupport.so",
    }


def test_left_out_modules_take_nothing_else_with_them(tmp_path: Path) -> None:
    for name in (
        "sqlite3/__init__.py",
        "sqlite3x/__init__.py",
        "sqlalchemy/testing/a.py",
        "sqlalchemy/sql/a.py",
        "_sqlite3.cpython-311-x86_64-linux-gnu.so",
        "yaml/__init__.py",
        "testing.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    trimming.trim_modules(tmp_path)
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"sqlite3x/__init__.py", "sqlalchemy/sql/a.py", "testing.py"}


def test_only_packages_of_nothing_but_python_are_put_into_one_file(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    for name in (
        "plain/__init__.pyc",
        "plain/deeper/a.pyc",
        "with_library/__init__.pyc",
        "with_library/fast.pyd",
        "with_data/__init__.pyc",
        "with_data/cacert.pem",
        "namespace/part.pyc",
        "single.pyc",
    ):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(name)
    windows_build.zip_plain_packages(tmp_path, site)
    with zipfile.ZipFile(tmp_path / windows_build.PLAIN_PACKAGES) as archive:
        assert archive.namelist() == ["plain/__init__.pyc", "plain/deeper/a.pyc"]
    left = {path.name for path in site.iterdir()}
    assert left == {"with_library", "with_data", "namespace", "single.pyc"}


def test_the_licences_of_what_is_handed_out_come_along(tmp_path: Path) -> None:
    described = tmp_path / "site" / "somepackage-1.2.dist-info"
    (described / "licenses").mkdir(parents=True)
    (described / "licenses" / "LICENSE.md").write_text("do what you like")
    (described / "licenses" / "LicenseRef-Qt-Commercial.txt").write_text("for those who bought it")
    (described / "METADATA").write_text("Name: somepackage")
    building.licences(tmp_path / "site", tmp_path / "licences")
    texts = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "licences").iterdir()}
    assert texts["somepackage (LICENSE).txt"] == "do what you like"
    assert "for those who bought it" not in texts.values()
    assert "Apache License" in texts["Trainer App.txt"]
    assert "PYTHON SOFTWARE FOUNDATION" in texts["Python.txt"]
    assert any(name.startswith("Qt") and "LESSER GENERAL PUBLIC" in text for name, text in texts.items())


def test_the_licences_of_the_libraries_of_the_system_come_along(tmp_path: Path) -> None:
    (tmp_path / "libz.so.1").touch()
    (tmp_path / "libQt6Core.so.6").touch()
    target = tmp_path / "licences"
    target.mkdir()
    linux_build.system_licences(tmp_path, target)
    (text,) = target.iterdir()
    assert text.name == "zlib1g (Debian).txt"
    assert "Mark Adler" in text.read_text(encoding="utf-8")


def test_the_size_is_told_in_the_unit_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(3 * 1024))
    (tmp_path / "b").write_bytes(bytes(1024))
    assert building.size_kib(tmp_path) == 4


def test_a_program_that_never_shows_itself_is_told_apart_from_a_slow_one(tmp_path: Path) -> None:
    log = tmp_path / "paint.log"
    for command in ("exit 3", "echo kaput >&2; exit 3"):
        program = starting.Program(["sh", "-c", command], log, {})
        with pytest.raises(building.BuildFailed, match=r"ended with 3|kaput"):
            starting.first_paint(program)
    slow = starting.Program(["sleep", "60"], log, dict(os.environ), patience_seconds=0.2)
    with pytest.raises(building.BuildFailed, match="first picture did not happen"):
        starting.first_paint(slow)
    shown = starting.Program(["sh", "-c", f"echo painted 0.25 > {log}; exec sleep 60"], log, dict(os.environ))
    assert starting.first_paint(shown) == 0.25
    assert starting.memory_mb(shown) > 0


@pytest.mark.parametrize(
    ("places", "outside"),
    [
        ("$ORIGIN", False),
        ("$ORIGIN/:$ORIGIN/Qt/lib:$ORIGIN/../shiboken6/", False),
        ("/opt/python/lib", True),
        ("$ORIGIN/../lib:/opt/python/lib", True),
    ],
)
def test_places_outside_the_package_where_a_library_would_look(places: str, outside: bool) -> None:
    for kind in ("RPATH", "RUNPATH"):
        heading = f"  NEEDED               libc.so.6\n  {kind:21}{places}\n  INIT                 0x1000\n"
        assert bool(linux_build.RUN_PATH.search(heading)) == outside


@pytest.mark.parametrize(
    ("told", "reason"), [("echo kaput; exit 3", "ended with 3:\nkaput"), ("exec sleep 60", "did not happen")]
)
def test_a_hub_that_does_not_listen_is_told(told: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands_check, "STARTING_SECONDS", 1.0)
    with pytest.raises(building.BuildFailed, match=reason):
        commands_check.try_hub(["sh", "-c", told], os.environ)


def test_a_hub_that_nobody_finds_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands_check, "LOOKING_SECONDS", 0.2)
    told = "echo 'Menerima di 127.0.0.1:9 (Ctrl+C)'; echo 'Kode: 123456'; exec sleep 60"
    with pytest.raises(building.BuildFailed, match=r"listens at 127\.0\.0\.1:9, but cannot be found"):
        commands_check.try_hub(["sh", "-c", told], os.environ)


def test_a_tool_that_refuses_is_quoted() -> None:
    with pytest.raises(building.BuildFailed, match=r"ended with 3:\nkaput"):
        building.run(["sh", "-c", "echo kaput; exit 3"])
