"""Any picture becomes a small plain JPEG: at most 1024 points, some 100 kB, nothing of the camera in it.

Runs on a worker. How large a picture is, is read from its head; what would need more memory than
`MOST_MEGABYTES` to open is refused before it is opened, and a JPEG of any size is opened at the size that is
wanted. What a file calls itself does not matter, only what is in it.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QFile, QIODevice, QSize, Qt
from PySide6.QtGui import QColorSpace, QImage, QImageIOHandler, QImageReader, QImageWriter, QPainter

from trainer_app.records.checks.jpeg import JpegFault, comes_in_strips, jpeg_size
from trainer_app.records.photo import MAX_BYTES, MAX_SIDE, TARGET_BYTES
from trainer_app.records.problem import InputProblem
from trainer_app.words import _

#: What opening one picture may take; that of a telephone takes some 10.
MOST_MEGABYTES = 128
#: Files beyond that are no photos, and reading them would only take time.
MOST_FILE_BYTES = 64 * 1024 * 1024
#: No telephone makes more points in a picture.
MOST_POINTS = 200_000_000
#: What a camera notes before the points is shorter.
_HEAD_BYTES = 1024 * 1024
FORMATS = frozenset({"jpeg", "png"})
#: What a file dialog offers.
ENDINGS = "*.jpg *.jpeg *.png *.JPG *.JPEG *.PNG"
_QUALITIES = (85, 75, 65, 55, 45)
_SIDES = (MAX_SIDE, 896, 768, 640, 512)
_MEGABYTE = 1024 * 1024


def shrunk_file(path: Path) -> bytes:
    """The picture of a file. Raises `InputProblem`: no picture, damaged, or too large."""
    try:
        size = path.stat().st_size
    except OSError as fault:
        raise _problem("photo.unreadable") from fault
    if size > MOST_FILE_BYTES:
        raise _problem("photo.large")
    file = QFile(str(path))
    if not file.open(QIODevice.OpenModeFlag.ReadOnly):
        raise _problem("photo.unreadable")
    try:
        return shrunk(_read(file))
    finally:
        file.close()


def shrunk(image: QImage) -> bytes:
    """A picture that is in memory already, from the clipboard. Raises `InputProblem`."""
    if image.isNull():
        raise _problem("photo.kind")
    for side in _SIDES:
        plain = _plain(image, side)
        for quality in _QUALITIES:
            data = _written(plain, quality)
            if len(data) <= TARGET_BYTES:
                return _checked(data)
    raise _problem("photo.large")


def _read(file: QIODevice) -> QImage:
    QImageReader.setAllocationLimit(MOST_MEGABYTES)
    head = bytes(file.peek(_HEAD_BYTES).data())
    reader = QImageReader(file)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    kind = bytes(reader.format().data()).decode("ascii", "replace")
    size = reader.size()
    if kind not in FORMATS or not size.isValid() or size.isEmpty():
        raise _problem("photo.kind")
    if _bytes_to_open(kind, head, size.width() * size.height()) > MOST_MEGABYTES * _MEGABYTE:
        raise _problem("photo.large")
    if max(size.width(), size.height()) > MAX_SIDE and reader.supportsOption(
        QImageIOHandler.ImageOption.ScaledSize
    ):
        reader.setScaledSize(size.scaled(QSize(MAX_SIDE, MAX_SIDE), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise _problem("photo.broken")
    return image


def _bytes_to_open(kind: str, head: bytes, points: int) -> int:
    """What opening a picture takes at its worst. A JPEG whose parts come one after the other is opened
    strip by strip; one that becomes sharper step by step is kept as a whole while it is read.
    """
    if points > MOST_POINTS:
        return points * 4
    if kind == "jpeg":
        return 0 if comes_in_strips(head) else points * 6
    return points * 4


def _plain(image: QImage, side: int) -> QImage:
    """The points alone: without texts, colour profile, transparency, and what else came with them."""
    if max(image.width(), image.height()) > side:
        image = image.scaled(
            QSize(side, side),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    if image.colorSpace().isValid():
        image = image.convertedToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    plain = QImage(max(1, image.width()), max(1, image.height()), QImage.Format.Format_RGB32)
    plain.fill(Qt.GlobalColor.white)
    image.setDevicePixelRatio(1.0)
    painter = QPainter(plain)
    painter.drawImage(0, 0, image)
    painter.end()
    return plain


def _written(image: QImage, quality: int) -> bytes:
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"jpeg")
    writer.setQuality(quality)
    writer.setOptimizedWrite(True)
    writer.write(image)
    return bytes(held.data())


def _checked(data: bytes) -> bytes:
    """What is kept was looked at, whatever made it."""
    try:
        if max(jpeg_size(data)) <= MAX_SIDE and len(data) <= MAX_BYTES:
            return data
    except JpegFault as fault:
        raise _problem("photo.broken") from fault
    raise _problem("photo.large")


def _problem(code: str) -> InputProblem:
    sentences = {
        "photo.kind": _("Berkas ini bukan foto JPEG atau PNG. Pilih berkas foto."),
        "photo.broken": _("Foto ini rusak atau terpotong, jadi tidak bisa dibuka. Ambil foto lain."),
        "photo.large": _("Foto ini terlalu besar untuk laptop ini. Kirim ulang lebih kecil dari ponsel."),
        "photo.unreadable": _("Berkas foto tidak bisa dibaca. Salin dulu ke laptop ini, lalu pilih lagi."),
    }
    return InputProblem(sentences[code], code=code)
