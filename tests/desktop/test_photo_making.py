"""Any picture becomes a small plain JPEG; what is huge, broken or no picture is refused in bounded memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QColor, QColorSpace, QImage, QImageWriter, QTransform

from trainer_app.desktop.photo_making import MOST_FILE_BYTES, shrunk, shrunk_file
from trainer_app.records.checks.jpeg import jpeg_size
from trainer_app.records.photo import MAX_SIDE, TARGET_BYTES
from trainer_app.records.problem import InputProblem

#: What opening a picture of 100 million points may cost; as it is it would need 400.
BOUND_MB = 64
_MEASURE = """
import resource, sys
from pathlib import Path
from trainer_app.desktop.photo_making import shrunk_file
from trainer_app.records.problem import InputProblem
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    said = str(len(shrunk_file(Path(sys.argv[1]))))
except InputProblem as problem:
    said = problem.code
print(said, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def scene(width: int, height: int) -> QImage:
    """Points that a photo could have: neither flat nor noise."""
    noise = QImage(os.urandom(64 * 48 * 4), 64, 48, QImage.Format.Format_RGB32)
    return noise.scaled(
        width, height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def saved(image: QImage, path: Path, kind: bytes = b"jpeg", *, progressive: bool = False) -> Path:
    writer = QImageWriter(str(path), QByteArray(kind))
    writer.setQuality(92)
    writer.setProgressiveScanWrite(progressive)
    assert writer.write(image), writer.errorString()
    return path


def refused(path: Path) -> str:
    with pytest.raises(InputProblem) as caught:
        shrunk_file(path)
    assert caught.value.message.endswith(".")
    return caught.value.code


@pytest.mark.parametrize(
    ("name", "kind"), [("photo.jpg", b"jpeg"), ("photo.png", b"png"), ("wrong.exe", b"jpeg")]
)
def test_a_photo_becomes_small_and_keeps_its_shape(tmp_path: Path, name: str, kind: bytes) -> None:
    data = shrunk_file(saved(scene(2400, 1600), tmp_path / name, kind))
    width, height = jpeg_size(data)
    assert len(data) <= TARGET_BYTES
    assert max(width, height) <= MAX_SIDE
    assert width / height == pytest.approx(1.5, abs=0.01)


def test_a_small_picture_is_not_made_larger(tmp_path: Path) -> None:
    assert jpeg_size(shrunk_file(saved(scene(300, 200), tmp_path / "small.jpg"))) == (300, 200)


def test_noise_fits_as_well() -> None:
    image = QImage(os.urandom(1500 * 1500 * 4), 1500, 1500, QImage.Format.Format_RGB32)
    assert len(shrunk(image)) <= TARGET_BYTES


def test_what_the_camera_noted_goes(tmp_path: Path) -> None:
    image = scene(1200, 900)
    image.setText("Comment", "Kupang, 10.18 LS")
    image.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.AdobeRgb))
    plain = saved(image, tmp_path / "noted.jpg").read_bytes()
    exif = b"Exif\0\0MM\0*\0\0\0\x08" + b"GPSLatitude 10.18 S"
    part = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    path = tmp_path / "exif.jpg"
    path.write_bytes(plain[:2] + part + plain[2:])
    assert b"GPSLatitude" in path.read_bytes()
    assert b"Kupang" in plain
    data = shrunk_file(path)
    assert not any(word in data for word in (b"GPS", b"Kupang", b"Exif", b"ICC_PROFILE"))


def test_a_photo_held_upright_stands_upright(tmp_path: Path) -> None:
    image = scene(1200, 800)
    image.fill(QColor("blue"))
    writer = QImageWriter(str(tmp_path / "turned.jpg"), QByteArray(b"jpeg"))
    assert writer.write(image.transformed(QTransform()))
    plain = (tmp_path / "turned.jpg").read_bytes()
    turned = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    part = b"\xff\xe1" + (len(turned) + 2).to_bytes(2, "big") + turned
    (tmp_path / "turned.jpg").write_bytes(plain[:2] + part + plain[2:])
    width, height = jpeg_size(shrunk_file(tmp_path / "turned.jpg"))
    assert width < height


def test_what_is_see_through_becomes_white() -> None:
    image = QImage(20, 20, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    made = QImage.fromData(shrunk(image), "JPEG")
    assert made.pixelColor(10, 10).lightness() > 250


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "photo.kind"),
        (b"MZ" + bytes(2000), "photo.kind"),
        (b"GIF89a" + bytes(200), "photo.kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "photo.kind"),
        (b"%PDF-1.7", "photo.kind"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "photo.kind"),
    ],
)
def test_what_only_calls_itself_a_photo_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    assert refused(path) == code


def test_a_photo_that_is_cut_off_is_refused_or_shown_as_far_as_it_came(tmp_path: Path) -> None:
    whole = saved(scene(1600, 1200), tmp_path / "whole.png", b"png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 3])
    assert refused(tmp_path / "cut.png") == "photo.broken"


def test_a_file_that_is_gone_or_a_folder_is_a_sentence(tmp_path: Path) -> None:
    assert refused(tmp_path / "gone.jpg") == "photo.unreadable"
    assert refused(tmp_path) == "photo.unreadable"


def test_a_file_of_many_megabytes_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "film.jpg"
    with path.open("wb") as file:
        file.truncate(MOST_FILE_BYTES + 1)
    assert refused(path) == "photo.large"


def test_nothing_copied_is_no_photo() -> None:
    with pytest.raises(InputProblem):
        shrunk(QImage())


@pytest.mark.skipif(os.name == "nt", reason="memory is asked of the system in another way")
@pytest.mark.parametrize("sort", ["jpeg", "progressive", "png"])
def test_a_hundred_million_points_cost_little_memory(tmp_path: Path, sort: str) -> None:
    image = QImage(11_600, 8_700, QImage.Format.Format_Grayscale8)
    image.fill(120)
    kind = b"png" if sort == "png" else b"jpeg"
    path = saved(image, tmp_path / f"huge.{sort}", kind, progressive=sort == "progressive")
    del image
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    told = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    ).stdout.split()
    assert int(told[1]) < BOUND_MB
    if sort == "jpeg":
        assert int(told[0]) <= TARGET_BYTES, "opened strip by strip"
    else:
        assert told[0] == "photo.large"
