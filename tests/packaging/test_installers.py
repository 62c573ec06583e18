"""Builds both installers and tries them: install on a clean system, start, look, remove."""

from __future__ import annotations

import os

import pytest

from resources.packaging import linux_build, linux_check, windows_build, windows_check

pytestmark = pytest.mark.packaging

MEGABYTE = 1_000_000


def test_the_debian_package_works_on_a_clean_system() -> None:
    assert os.geteuid() == 0, "run as root: a clean system is made with debootstrap and entered with chroot"
    linux_build.build()
    assert linux_build.PACKAGE.stat().st_size < 60 * MEGABYTE
    linux_check.check()
    assert linux_check.PICTURE.is_file()


def test_the_windows_installer_works_under_wine() -> None:
    windows_build.build()
    assert windows_build.SETUP.stat().st_size < 40 * MEGABYTE
    windows_check.check()
    assert windows_check.PICTURE.is_file()
