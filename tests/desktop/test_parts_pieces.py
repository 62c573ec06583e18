"""The other parts: tiles, tables, rail, toast, sheet."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QAbstractItemModel, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.desktop.gallery import NAMES
from tests.desktop.opening import Opener, heard_from
from trainer_app.desktop import theme
from trainer_app.desktop.ask import ask, tell
from trainer_app.desktop.parts import mnemonic, table
from trainer_app.desktop.parts.announce import announce
from trainer_app.desktop.parts.avatar import initials
from trainer_app.desktop.parts.bars import FlowBar, Progress, TargetBar
from trainer_app.desktop.parts.buttons import Button, primary
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.days import DayStrip
from trainer_app.desktop.parts.editors import LineEditor, Seg
from trainer_app.desktop.parts.empty import Empty
from trainer_app.desktop.parts.flow import FlowLayout
from trainer_app.desktop.parts.rail import Destination, Rail
from trainer_app.desktop.parts.ring import Ring
from trainer_app.desktop.parts.rows import Kpi
from trainer_app.desktop.parts.scan_band import ScanBand
from trainer_app.desktop.parts.table import Column, ListModel, PagedModel, Table
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.parts.tiles import TileGrid
from trainer_app.desktop.parts.toast import current_toast, show_toast


# ---------------------------------------------------------------- tiles
@pytest.fixture
def grid(opened: Opener) -> TileGrid:
    made = TileGrid()
    made.set_people([(f"p{place}", name) for place, name in enumerate(NAMES)])
    opened(made)
    made.setFocus()
    return made


def test_tile_keys_ask_and_do_not_mark(grid: TileGrid, qtbot: QtBot) -> None:
    asked = heard_from(grid.asked)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_T, Qt.Key.Key_I, Qt.Key.Key_A):
        qtbot.keyClick(grid.focusWidget(), key)
    assert asked == [("p0", "present"), ("p0", "late"), ("p0", "excused"), ("p0", "absent")]
    assert grid.mark("p0").state == "none"
    grid.set_mark("p0", "present", "09.14")
    qtbot.keyClick(grid.focusWidget(), Qt.Key.Key_Space)
    assert asked[-1] == ("p0", "none")


def test_tile_click_asks(grid: TileGrid, qtbot: QtBot) -> None:
    asked = heard_from(grid.asked)
    grid.go_to("p7")
    qtbot.mouseClick(grid.focusWidget(), Qt.MouseButton.LeftButton)
    assert asked == [("p7", "present")]


def test_ctrl_letters_are_left_to_the_page(grid: TileGrid, qtbot: QtBot) -> None:
    asked = heard_from(grid.asked)
    qtbot.keyClick(grid.focusWidget(), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert asked == []


def test_tile_arrows(grid: TileGrid, qtbot: QtBot) -> None:
    trail = []
    for key in ["Right", "Down", "Left", "Up", "Left", "End", "Right", "Home"]:
        qtbot.keyClick(grid.focusWidget(), getattr(Qt.Key, f"Key_{key}"))
        trail.append(grid.current_id())
    assert trail == ["p1", "p6", "p5", "p0", "p0", "p39", "p39", "p0"]


def test_tiles_are_one_tab_stop(opened: Opener, qtbot: QtBot) -> None:
    before, tiles, after = LineEditor(), TileGrid(), LineEditor()
    tiles.set_people([("a", "Sumarni"), ("b", "Wagiyem"), ("c", "Ponirah")])
    window = opened(before, tiles, after)
    before.setFocus()
    qtbot.keyClick(before, Qt.Key.Key_Tab)
    assert tiles.current_id() == "a"
    assert window.focusWidget().text() == "Sumarni"
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Right)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert after.hasFocus()
    qtbot.keyClick(after, Qt.Key.Key_Backtab)
    assert window.focusWidget().text() == "Wagiyem"


def test_letters_find_a_name_and_marks_do_not_fire_inside_a_search(grid: TileGrid, qtbot: QtBot) -> None:
    asked, typed = heard_from(grid.asked), heard_from(grid.typed)
    for letter in "siti":
        qtbot.keyClick(grid.focusWidget(), letter)
    assert grid.current_id() == f"p{NAMES.index('Siti Aminah')}"
    assert [text for (text,) in typed] == ["s", "si", "sit", "siti"]
    assert asked == []
    qtbot.keyClick(grid.focusWidget(), Qt.Key.Key_Escape)
    qtbot.keyClick(grid.focusWidget(), "T")
    assert asked == [("p0", "late")]


def test_show_only_keeps_order_and_focus(grid: TileGrid) -> None:
    grid.go_to("p3")
    grid.show_only({"p8", "p3", "p30"})
    assert grid.shown() == ("p3", "p8", "p30")
    assert grid.current_id() == "p3"
    grid.show_only({"p30"})
    assert grid.current_id() == "p30"
    grid.show_only(set())
    assert grid.current_id() == ""
    grid.show_only(None)
    assert len(grid.shown()) == 40


def test_new_list_keeps_marks_of_who_stays(grid: TileGrid) -> None:
    grid.set_mark("p1", "late")
    grid.set_people([("p1", "Wagiyem"), ("new", "Baru Datang")])
    assert grid.mark("p1").state == "late"
    assert grid.mark("new").state == "none"
    assert grid.people() == ("p1", "new")


def test_tile_tells_its_state_to_a_screen_reader(grid: TileGrid) -> None:
    grid.go_to("p2")
    spoken = QAccessible.queryAccessibleInterface(grid.focusWidget())
    assert spoken.role() == QAccessible.Role.CheckBox
    assert spoken.text(QAccessible.Text.Name) == NAMES[2]
    assert spoken.text(QAccessible.Text.Description) == "Belum"
    assert not spoken.state().checked
    grid.set_mark("p2", "present", "09.14")
    assert spoken.text(QAccessible.Text.Description) == "Hadir 09.14"
    assert spoken.state().checked


def test_unknown_state_or_person_is_a_fault(grid: TileGrid) -> None:
    with pytest.raises(KeyError):
        grid.set_mark("p0", "perhaps")
    with pytest.raises(KeyError):
        grid.set_mark("nobody", "present")


# ---------------------------------------------------------------- tables
COLUMNS = [
    Column("Nama", lambda r: r[1], stretch=1),
    Column("Kemajuan", lambda r: (r[0] % 7, 6), "dots"),
    Column("Status", lambda r: ("Sudah digital", "ok", "circle-check"), "chip"),
    Column("Omzet", lambda r: f"{r[0]:,}".replace(",", "."), "number"),
]


def paged(total: int) -> tuple[PagedModel, list[tuple[int, int]]]:
    asked: list[tuple[int, int]] = []

    def page(offset: int, limit: int) -> Sequence[tuple[int, str]]:
        asked.append((offset, limit))
        return [(n, f"Orang {n}") for n in range(offset, min(total, offset + limit))]

    return PagedModel(COLUMNS, lambda: total, page, lambda r: r[0]), asked


@pytest.mark.parametrize("total", [0, 1, 200, 201, 1003])
def test_models_keep_qts_rules(qapp: QApplication, total: int) -> None:
    mode = QAbstractItemModelTester.FailureReportingMode.Warning  # a warning fails the test
    model, _asked = paged(total)
    tester = QAbstractItemModelTester(model, mode)
    model.reload()
    assert isinstance(tester.model(), QAbstractItemModel)
    plain = ListModel(COLUMNS, [(n, str(n)) for n in range(total)])
    QAbstractItemModelTester(plain, mode)
    plain.set_rows([(1, "satu")])
    assert plain.rowCount() == 1


def test_pages_are_read_once_and_only_when_looked_at(qapp: QApplication) -> None:
    model, asked = paged(200_000)
    assert asked == []
    for row in (0, 199, 5, 150_000):
        assert model.data(model.index(row, 0)) == f"Orang {row}"
    assert asked == [(0, table.PAGE), (150_000 // table.PAGE * table.PAGE, table.PAGE)]
    model.reload()
    assert model.row_at(3) == (3, "Orang 3")
    assert len(asked) == 3


def test_few_pages_are_kept(qapp: QApplication) -> None:
    model, asked = paged(200_000)
    for number in range(table.KEPT_PAGES + 1):
        model.row_at(number * table.PAGE)
    model.row_at(table.KEPT_PAGES * table.PAGE)
    assert len(asked) == table.KEPT_PAGES + 1
    model.row_at(0)
    assert len(asked) == table.KEPT_PAGES + 2


def test_cells_say_in_words_what_they_draw(qapp: QApplication) -> None:
    model = ListModel(COLUMNS, [(1200, "Siti")])
    said = [model.data(model.index(0, c), Qt.ItemDataRole.AccessibleTextRole) for c in range(4)]
    assert said == ["Siti", "3/6", "Sudah digital", "1.200"]


def test_table_opens_with_enter_and_double_click_and_tab_leaves(opened: Opener, qtbot: QtBot) -> None:
    model, _asked = paged(1000)
    people, after = Table(model, "Daftar peserta"), LineEditor()
    opened(people, after)
    rows, moved = heard_from(people.opened), heard_from(people.current_changed)
    people.setFocus()
    assert people.current_row() == (0, "Orang 0")
    qtbot.keyClick(people, Qt.Key.Key_Down)
    qtbot.keyClick(people, Qt.Key.Key_Return)
    assert rows == [((1, "Orang 1"),)]
    assert moved[-1] == ((1, "Orang 1"),)
    where = people.visualRect(model.index(3, 0)).center()
    qtbot.mouseClick(people.viewport(), Qt.MouseButton.LeftButton, pos=where)
    qtbot.mouseDClick(people.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert rows[-1] == ((3, "Orang 3"),)
    qtbot.keyClick(people, Qt.Key.Key_Tab)
    assert after.hasFocus()


def test_the_chosen_row_is_found_again_after_new_ones_came(opened: Opener) -> None:
    rows = [(n, f"Orang {n}") for n in range(50)]
    model = PagedModel(COLUMNS, lambda: len(rows), lambda o, n: rows[o : o + n], lambda r: r[0])
    people = Table(model, "Daftar")
    opened(people)
    people.select_row(7)
    rows.insert(0, (99, "Baru"))
    model.reload()
    assert people.current_row() == (7, "Orang 7")
    rows.remove((7, "Orang 7"))
    model.reload()
    assert people.current_row() is None


def test_table_shares_its_width_and_scrolls_only_when_it_must(opened: Opener) -> None:
    people = Table(ListModel(COLUMNS, [(1, "Siti")]), "Daftar")
    window = opened(people)
    assert sum(people.columnWidth(c) for c in range(4)) == people.viewport().width()
    window.resize(450, 300)
    QApplication.processEvents()
    assert 90 < people.columnWidth(1) < 120
    assert people.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    window.resize(300, 300)
    QApplication.processEvents()
    assert people.columnWidth(1) == 90
    assert people.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAsNeeded


def test_focus_frame_goes_around_the_row(opened: Opener) -> None:
    people, other = Table(ListModel(COLUMNS, [(n, str(n)) for n in range(4)]), "Daftar"), LineEditor()
    opened(people, other)
    people.setFocus()
    rect = people.visualRect(people.model().index(0, 0))
    edge = people.viewport().mapTo(people, QPoint(rect.left() + 1, rect.center().y()))
    assert people.grab().toImage().pixelColor(edge).name() == theme.colour("focus").name()
    other.setFocus()
    assert people.grab().toImage().pixelColor(edge).name() == theme.colour("primary_soft").name()


# ---------------------------------------------------------------- rail
@pytest.fixture
def rail(opened: Opener) -> Rail:
    places = [Destination("today", "Hari ini", "house"), Destination("register", "Daftar baru", "user-plus")]
    made = Rail([*places, Destination("send", "Kirim data", "send", below=True)])
    made.set_safe("Aman di laptop ini", "23 menunggu dikirim")
    made.set_user("Siti Rahma", "Pelatih")
    opened(made)
    made.select("today")
    return made


def test_rail_goes_where_one_presses(rail: Rail, qtbot: QtBot) -> None:
    chosen = heard_from(rail.chosen)
    qtbot.mouseClick(rail.items["register"], Qt.MouseButton.LeftButton)
    assert chosen == [("register",)]
    assert rail.items["register"].isChecked()
    assert not rail.items["today"].isChecked()


def test_rail_arrows_move_and_enter_goes(rail: Rail, qtbot: QtBot) -> None:
    chosen = heard_from(rail.chosen)
    rail.setFocus()
    assert rail.items["today"].hasFocus()
    qtbot.keyClick(rail.items["today"], Qt.Key.Key_Up)
    assert rail.items["send"].hasFocus()
    assert chosen == []
    qtbot.keyClick(rail.items["send"], Qt.Key.Key_Return)
    assert chosen == [("send",)]


def test_rail_can_show_no_place(rail: Rail) -> None:
    rail.select("elsewhere")
    assert not any(item.isChecked() for item in rail.items.values())
    spoken = QAccessible.queryAccessibleInterface(rail.items["today"])
    assert spoken.role() == QAccessible.Role.RadioButton


def test_rail_shows_only_what_it_is_given(rail: Rail) -> None:
    assert list(rail.items) == ["today", "register", "send"]


def test_badge_is_told_in_words(rail: Rail) -> None:
    rail.set_badge("send", "23", description="23 menunggu dikirim")
    spoken = QAccessible.queryAccessibleInterface(rail.items["send"])
    assert spoken.text(QAccessible.Text.Name) == "Kirim data"
    assert spoken.text(QAccessible.Text.Description) == "23 menunggu dikirim"
    rail.set_badge("send", "")
    assert spoken.text(QAccessible.Text.Description) == ""
    rail.set_badge("nowhere", "1")


def test_safe_card_and_lock(rail: Rail, qtbot: QtBot) -> None:
    safe, lock = heard_from(rail.safe_pressed), heard_from(rail.lock_pressed)
    assert rail.safe.accessibleName() == "Aman di laptop ini. 23 menunggu dikirim"
    qtbot.mouseClick(rail.safe, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(rail.lock, Qt.MouseButton.LeftButton)
    assert (len(safe), len(lock)) == (1, 1)


def test_rail_folds(rail: Rail) -> None:
    assert rail.width() == theme.px(212)
    rail.set_compact(True)
    QApplication.processEvents()
    assert rail.width() == theme.px(76)
    assert all(item.width() <= 76 for item in rail.items.values())
    rail.set_compact(False)
    assert rail.width() == theme.px(212)


# ---------------------------------------------------------------- toast
def test_toast_undoes_and_leaves(opened: Opener, qtbot: QtBot) -> None:
    window = opened(LineEditor())
    undone: list[bool] = []
    toast = show_toast(window, "Siti Aminah tersimpan", "Urungkan", lambda: undone.append(True))
    assert current_toast(window) is toast
    assert toast.action is not None
    qtbot.mouseClick(toast.action, Qt.MouseButton.LeftButton)
    assert undone == [True]
    assert current_toast(window) is None


def test_undoing_with_the_keyboard_gives_the_focus_back(opened: Opener, qtbot: QtBot) -> None:
    other, editor = LineEditor(), LineEditor()
    window = opened(other, editor)
    editor.setFocus()
    toast = show_toast(window, "Siti Aminah tersimpan", "Urungkan")
    assert toast.action is not None
    qtbot.mouseClick(toast.action, Qt.MouseButton.RightButton)
    assert editor.hasFocus()
    toast.action.setFocus()
    qtbot.keyClick(toast.action, Qt.Key.Key_Return)
    assert editor.hasFocus()


def test_one_toast_at_a_time(opened: Opener) -> None:
    window = opened(LineEditor())
    first = show_toast(window, "Satu")
    gone = heard_from(first.gone)
    second = show_toast(window, "Dua")
    assert len(gone) == 1
    assert current_toast(window) is second
    assert second.geometry().bottom() < window.height()
    assert abs(second.geometry().center().x() - window.width() // 2) <= 1


def test_toast_goes_by_itself_but_waits_for_the_focus(opened: Opener, qtbot: QtBot) -> None:
    editor = LineEditor()
    window = opened(editor)
    toast = show_toast(window, "Satu", "Urungkan", seconds=0.05)
    assert toast.action is not None
    toast.action.setFocus()
    timer = toast.findChild(QTimer)
    with qtbot.waitSignal(timer.timeout):
        pass
    assert current_toast(window) is toast
    with qtbot.waitSignal(toast.gone):
        editor.setFocus()


# ---------------------------------------------------------------- sheet and questions
CHOICES = [("restore", "Pulihkan", "danger"), ("stay", "Batal", "secondary")]


@pytest.fixture
def answers() -> list[str]:
    return []


def test_question_is_answered_with_its_button(opened: Opener, qtbot: QtBot, answers: list[str]) -> None:
    window = opened(LineEditor())
    sheet = ask(window, "Pulihkan cadangan?", "Catatan diganti.", CHOICES, answers.append)
    buttons = {b.text(): b for b in sheet.findChildren(Button)}
    assert list(buttons) == ["Batal", "Pulihkan"]
    qtbot.mouseClick(buttons["Batal"], Qt.MouseButton.LeftButton)
    assert answers == ["stay"]


def test_enter_takes_the_first_choice_and_escape_none(
    opened: Opener, qtbot: QtBot, answers: list[str]
) -> None:
    window = opened(LineEditor())
    sheet = ask(window, "Pulihkan cadangan?", "", CHOICES, answers.append)
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    assert answers == ["restore"]
    sheet = ask(window, "Pulihkan cadangan?", "", CHOICES, answers.append)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert answers == ["restore", ""]


def test_question_is_answered_once(opened: Opener, answers: list[str]) -> None:
    sheet = ask(opened(LineEditor()), "Pulihkan?", "", CHOICES, answers.append)
    sheet.close_with("restore")
    sheet.close_with("stay")
    assert answers == ["restore"]


def test_focus_comes_back_after_a_sheet(opened: Opener, qtbot: QtBot, answers: list[str]) -> None:
    first, second = LineEditor(), LineEditor()
    window = opened(first, second)
    second.setFocus()
    sheet = tell(window, "Jam laptop", "Perbaiki jam supaya tanggal hadir benar.", answers.append)
    assert sheet.isModal()
    assert sheet.geometry().size() == window.size()
    sheet.close_with("ok")
    qtbot.waitUntil(second.hasFocus)
    assert answers == ["ok"]


def test_behind_a_sheet_stands_what_came_a_moment_before(opened: Opener, qtbot: QtBot) -> None:
    window = opened(LineEditor())
    window.resize(900, 700)
    late = Button("Angkatan baru", "primary")
    layout = window.layout()
    assert layout is not None
    layout.addWidget(late)
    sheet = tell(window, "Jam laptop", "", lambda _key: None)

    def stands_there() -> bool:
        seen = sheet.grab().toImage()
        return seen.pixelColor(late.geometry().topLeft() + QPoint(20, 10)) != seen.pixelColor(2, 2)

    qtbot.waitUntil(stands_there)
    sheet.close_with("")


def test_sheet_says_what_is_wrong(opened: Opener) -> None:
    sheet = ask(opened(LineEditor()), "PIN pengawas", "", CHOICES, lambda _key: None)
    sheet.set_problem("PIN belum cocok. Sisa 4 kali.")
    shown = [w.text() for w in sheet.findChildren(QLabel) if w.isVisible()]
    assert "PIN belum cocok. Sisa 4 kali." in shown
    sheet.close_with("")


# ---------------------------------------------------------------- small ones
def test_ampersands() -> None:
    assert mnemonic.for_qt("Simpan & berikutnya") == "Simpan && berikutnya"
    assert mnemonic.for_qt("&Simpan") == "&Simpan"
    assert mnemonic.spoken("&Simpan & berikutnya") == "Simpan & berikutnya"
    assert mnemonic.letter("N&ama & alamat") == "a"
    assert mnemonic.letter("Simpan & berikutnya") == ""


def test_button_speaks_plainly_and_enter_presses(opened: Opener, qtbot: QtBot) -> None:
    save = primary("Simpan & berikutnya", "check")
    opened(save)
    pressed = heard_from(save.clicked)
    save.setFocus()
    qtbot.keyClick(save, Qt.Key.Key_Return)
    qtbot.keyClick(save, Qt.Key.Key_Space)
    assert len(pressed) == 2
    assert save.accessibleName() == "Simpan & berikutnya"
    save.show_text("Tutup")
    assert save.accessibleName() == "Tutup"


def test_initials() -> None:
    assert [initials(name) for name in ("Siti Rahma", "Hendra W.", "Sumarni", "", "Bu Sri Hartati")] == [
        "SR", "HW", "S", "", "BH",
    ]  # fmt: skip


def test_numbers_are_read_aloud(qapp: QApplication) -> None:
    ring = Ring(29, 40, "Hadir")
    assert ring.accessibleDescription() == "29 / 40"
    ring.set_value(0, 0)
    assert ring.value() == 0
    bar = Progress("Mengirim")
    bar.set_part(14, 23, "14 dari 23 catatan")
    assert bar.accessibleDescription() == "14 dari 23 catatan"
    assert bar.value() == 609
    bar.set_part(1, 0)
    assert bar.value() == 0
    assert TargetBar("Kab. Kupang", 46, 1286).bar.accessibleDescription() == "46 / 1.286"
    flow = FlowBar(
        [(1120, "ok_fill", "diterima"), (0, "info_fill", "di pengawas"), (23, "warn_fill", "menunggu")]
    )
    assert flow.accessibleDescription() == "1.120 diterima, 0 di pengawas, 23 menunggu"
    assert (flow.maximum(), flow.value()) == (1143, 1120)


def test_flow_bar_shows_even_the_smallest_part(opened: Opener) -> None:
    flow = FlowBar([(100_000, "ok_fill", "diterima"), (1, "warn_fill", "menunggu")])
    opened(flow)
    image = flow.grab().toImage()
    last = image.pixelColor(flow.width() - 4, flow.height() // 2)
    assert last == theme.colour("warn_fill")


def test_chip_band_kpi_and_empty(opened: Opener, qtbot: QtBot) -> None:
    chip, band, number = Chip("Draf", "mute", "pencil"), ScanBand(), Kpi("users", "terdaftar", "318")
    nothing = Empty("users", "Belum ada peserta", "Daftar baru", "user-plus")
    opened(chip, band, number, nothing)
    chip.show_state("Diterima pusat", "ok", "building-2")
    assert (chip.text(), chip.accessibleName()) == ("Diterima pusat", "Diterima pusat")
    acted, pressed = heard_from(band.acted), heard_from(nothing.pressed)
    band.show_result("Siti Aminah", "Hadir · 09.14", "ok", "Urungkan")
    assert band.accessibleName() == "Siti Aminah. Hadir · 09.14"
    qtbot.mouseClick(band.action, Qt.MouseButton.LeftButton)
    assert nothing.button is not None
    qtbot.mouseClick(nothing.button, Qt.MouseButton.LeftButton)
    assert (len(acted), len(pressed)) == (1, 1)
    band.show_ready()
    assert not band.action.isVisible()
    number.set_value("319")
    assert number.accessibleName() == "terdaftar 319"


def test_days_are_picked(opened: Opener, qtbot: QtBot) -> None:
    strip = DayStrip([("Sen", "23", "selesai", "ok"), ("Sel", "24", "2 sesi", "today")])
    opened(strip)
    picked = heard_from(strip.picked)
    tile = strip.layout().itemAt(1).widget()
    assert tile.accessibleName() == "Sel 24, 2 sesi"
    tile.setFocus()
    qtbot.keyClick(tile, Qt.Key.Key_Return)
    assert picked == [(1,)]


def test_flow_wraps_inside_its_width(opened: Opener) -> None:
    box = QWidget()
    flow = FlowLayout(8, box)
    buttons = [Button(f"Pilihan {n}") for n in range(8)]
    for button in buttons:
        flow.addWidget(button)
    opened(box, size=QSize(420, 400))
    assert max(b.geometry().right() for b in buttons) <= box.width()
    assert len({b.y() for b in buttons}) > 1
    assert flow.heightForWidth(box.width()) > flow.heightForWidth(4000)
    assert flow.takeAt(99) is None


def test_wrapping_text_asks_for_its_true_height(opened: Opener) -> None:
    words = Text("Boleh ditutup kapan saja. Pengiriman dilanjutkan dari bagian terakhir. " * 4, wrap=True)
    narrow = words.heightForWidth(200)
    assert narrow > words.heightForWidth(900)
    assert words.minimumSizeHint().height() < narrow


def test_texts_show_marks_as_they_are(opened: Opener) -> None:
    """A name with a < in it is a name, not a tag."""
    words = Text("<b>Budi</b>")
    opened(words)
    assert words.textFormat() == Qt.TextFormat.PlainText


def test_announcing_needs_no_screen_reader(opened: Opener) -> None:
    editor = LineEditor()
    opened(editor)
    QAccessible.setActive(True)
    try:
        announce(editor, "Siti Aminah tersimpan")
        announce(editor, "Kartu tidak dikenal", urgent=True)
        announce(editor, "")
    finally:
        QAccessible.setActive(False)


def test_seg_wraps_when_narrow(opened: Opener) -> None:
    kinds = Seg([(n, f"Jenis usaha {n}") for n in range(6)])
    opened(kinds, size=QSize(400, 400))
    assert max(b.geometry().right() for b in kinds.buttons) <= kinds.width()
