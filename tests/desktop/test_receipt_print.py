"""A receipt on paper: what stands on it, how large it is, and what is said when it cannot be written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.desktop.desks import AREA, PIN, made_window, sign_in
from tests.desktop.joined import ServedCentre
from trainer_app.desktop.pages.receipt_paper import explained, pdf_of
from trainer_app.desktop.pages.receipt_print import PrintSheet
from trainer_app.desktop.pages.send_receipts import ReceiptSheet
from trainer_app.records.ids import new_id
from trainer_app.records.kinds import Consent, Enterprise, Person, derived_id
from trainer_app.records.operation import Edit
from trainer_app.storage.receipts import receipts
from trainer_app.sync.receipt import receipt_digest

MOST_BYTES = 300_000


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path, served: ServedCentre) -> Iterator[Any]:
    """A laptop with one receipt, for two people with their forms."""
    served.set_rule("pelatih")
    trainer = served.laptop(tmp_path)
    with made_window(qtbot, tmp_path, signed_in=False) as made:
        sign_in(qtbot, made, trainer, PIN)
        for _number in range(2):
            person = new_id()
            consent = {"person": person, "given_at": 1, "notice_version": "2026-11", "purposes": "program"}
            edits = [
                Edit(Person, person, AREA, {"full_name": "CONTOH Siti", "sex": "P"}),
                Edit(Consent, derived_id(Consent, person), AREA, consent),
                Edit(Enterprise, derived_id(Enterprise, person), AREA, {"owner": person, "name": "CONTOH"}),
            ]
            made.desk.store.save(edits, trainer)
        served.exchange(made.desk.store)
        made.go("send")
        qtbot.waitUntil(lambda: bool(made.frame.page.facts and made.frame.page.facts.receipts))
        yield made


def sheet(qtbot: QtBot, app: Any) -> PrintSheet:
    made = PrintSheet(app.desk, receipts(app.desk.store)[0])
    made.open()
    qtbot.waitUntil(lambda: made.paper is not None)
    return made


def test_what_stands_on_the_paper(qtbot: QtBot, app: Any) -> None:
    made, kept = sheet(qtbot, app), receipts(app.desk.store)[0]
    paper = made.paper
    assert paper is not None
    told = dict(paper.facts)
    assert paper.code == kept.code
    assert told["Laptop"] == app.desk.store.name
    assert told["Isi"] == explained(2, kept.operations)
    assert told["Isi"].startswith("2 catatan = 6 perubahan.")
    assert told["Sidik data"] == receipt_digest(kept.body)
    assert told["Nomor perubahan"] == "1–6"
    assert {value for _label, value in paper.kinds} == {"2 = 2"}
    assert paper.verdict == "6 = 6 · sama persis"
    assert paper.foot.startswith("Dicetak ")
    assert app.desk.store.name in paper.foot
    assert kept.code in paper.qr
    assert kept.code in made.preview.accessibleName()
    made.close_with("ok")


def test_saved_as_a_small_pdf(qtbot: QtBot, app: Any, tmp_path: Path) -> None:
    made, path = sheet(qtbot, app), tmp_path / "tanda-terima.pdf"
    closed: list[str] = []
    made.answered.connect(closed.append)
    made.save_to(path)
    qtbot.waitUntil(lambda: closed == ["saved"])
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")
    assert b"/MediaBox [0 0 595" in data  # A4
    assert 1_000 < len(data) < MOST_BYTES
    assert not path.with_name(f"{path.name}.part").exists()


def test_a_folder_that_cannot_be_written_is_told(qtbot: QtBot, app: Any, tmp_path: Path) -> None:
    made = sheet(qtbot, app)
    made.save_to(tmp_path / "tidak ada" / "tanda-terima.pdf")
    qtbot.waitUntil(lambda: "belum bisa disimpan" in made._problem.text())
    made.close_with("ok")


def test_on_a_printer(qtbot: QtBot, app: Any, tmp_path: Path) -> None:
    from PySide6.QtPrintSupport import QPrinter

    made, path = sheet(qtbot, app), tmp_path / "printed.pdf"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    made.print_on(printer)
    assert path.read_bytes().startswith(b"%PDF-")


def test_the_keyboard_reaches_the_foot_of_the_page(qtbot: QtBot, app: Any) -> None:
    made = sheet(qtbot, app)
    bar = made.scroller.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    for key, place in ((Qt.Key.Key_PageDown, bar.maximum()), (Qt.Key.Key_PageUp, bar.minimum())):
        for _press in range(4):
            qtbot.keyClick(made.print, key)
        assert bar.value() == place
    made.close_with("ok")


def test_the_dialog_for_the_file_speaks_our_language(qtbot: QtBot, app: Any) -> None:
    made = sheet(qtbot, app)
    made.save.click()
    dialog = made.findChild(QFileDialog)
    assert dialog is not None
    of = QFileDialog.DialogLabel
    told = [dialog.labelText(label) for label in (of.LookIn, of.FileName, of.Accept, of.Reject)]
    assert told == ["Di folder:", "Nama:", "Simpan", "Batal"]
    dialog.reject()
    made.close_with("ok")


def test_comparing_and_copying_leave_the_keyboard_where_it_is(qtbot: QtBot, app: Any) -> None:
    made = ReceiptSheet(app.desk, receipts(app.desk.store)[0])
    made.open()
    made.match.setFocus()
    made.match.click()
    assert made.focusWidget() is made.match
    qtbot.waitUntil(lambda: "sama persis" in made.verdict.accessibleName())
    assert made.focusWidget() is made.match
    made.copy.click()
    assert made.copy.text() == "Tersalin"
    made.close_with("ok")


def test_nothing_on_it_needs_a_colour(qtbot: QtBot, app: Any) -> None:
    made = sheet(qtbot, app)
    assert made.paper is not None
    assert len(pdf_of(made.paper)) < MOST_BYTES
    picture = made.preview.grab().toImage()
    colours = [picture.pixelColor(x, y) for x in range(2, picture.width() - 2, 5) for y in range(2, 600, 3)]
    assert all(max(c.red(), c.green(), c.blue()) - min(c.red(), c.green(), c.blue()) < 60 for c in colours)
    made.close_with("ok")
