"""Editors: what is typed, shown, and given back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.desktop.gallery import take_down
from trainer_app.desktop import theme
from trainer_app.desktop.parts.editors import (
    CheckEditor,
    DateEditor,
    DigitsEditor,
    LineEditor,
    MultiSeg,
    NumberEditor,
    PickEditor,
    SearchBox,
    Seg,
    Suggest,
    TextEditor,
    nik_editor,
    phone_editor,
)
from trainer_app.desktop.parts.field import Field
from trainer_app.desktop.parts.lines import grouped
from trainer_app.desktop.parts.pin import Keypad, PinBoxes
from trainer_app.desktop.theme import set_state

PLACES = [
    ("3403110001", "Ngawen", "Kec. Ngawen, Kab. Gunungkidul"),
    ("3403110002", "Ngalang", "Kec. Gedangsari, Kab. Gunungkidul"),
    ("3310130003", "Ngawen", "Kec. Ngawen, Kab. Klaten"),
    ("3403120009", "Beji", "Kec. Ngawen, Kab. Gunungkidul"),
]


def search(text: str) -> list[tuple[object, str, str]]:
    return [row for row in PLACES if row[1].lower().startswith(text.lower())]


class Bench(QWidget):
    """A window with editors one below the other, active, so that focus is real."""

    def __init__(self, *editors: QWidget) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        for editor in editors:
            column.addWidget(editor)
        self.after = LineEditor(name="sesudahnya")
        column.addWidget(self.after)
        self.resize(700, 300)


@pytest.fixture
def bench(qapp: QApplication, qtbot: QtBot) -> Iterator[object]:
    theme.apply(qapp)
    made: list[Bench] = []

    def make(*editors: QWidget) -> Bench:
        window = Bench(*editors)
        made.append(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        if editors:
            editors[0].setFocus()
        return window

    yield make
    for window in made:
        take_down(window)


def counted(signal: object) -> list[object]:
    """A list that grows with every emit of ``signal``."""
    heard: list[object] = []
    signal.connect(lambda *values: heard.append(values))  # type: ignore[attr-defined]  # a signal
    return heard


# ---------------------------------------------------------------- words and digits
def test_line_drops_doubled_blanks_and_says_finished_once(bench, qtbot: QtBot) -> None:
    line = LineEditor()
    window = bench(line)
    done, changed = counted(line.finished), counted(line.changed)
    qtbot.keyClicks(line, "  Siti   Aminah ")
    assert len(changed) == 16
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.value() == "Siti Aminah"
    assert len(done) == 1
    assert window.after.hasFocus()


def test_leaving_untouched_is_not_finished(bench, qtbot: QtBot) -> None:
    line = LineEditor()
    window = bench(line)
    done = counted(line.finished)
    window.after.setFocus()
    line.setFocus()
    qtbot.keyClicks(line, "x")
    window.after.setFocus()
    assert len(done) == 1


def test_setting_a_value_is_silent(bench) -> None:
    editors = (LineEditor(), nik_editor(), DateEditor(), NumberEditor(), TextEditor(), CheckEditor("Setuju"))
    bench(*editors)
    for editor, value in zip(editors, ("a", "12", "1984", 7, "b", True), strict=True):
        heard = counted(editor.changed)
        editor.set_value(value)
        assert editor.value() == value
        assert heard == []
        editor.clear_value()
        assert not editor.value()


def test_ctrl_enter_is_left_to_the_page(bench, qtbot: QtBot) -> None:
    line = LineEditor()
    bench(line)
    done = counted(line.finished)
    qtbot.keyClick(line, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert done == []
    assert line.hasFocus()


def test_nik_is_grouped_while_typing_and_stops_at_sixteen(bench, qtbot: QtBot) -> None:
    nik = nik_editor()
    bench(nik)
    qtbot.keyClicks(nik, "34031154038400029")
    assert nik.text() == "3403 1154 0384 0002"
    assert nik.value() == "3403115403840002"


@pytest.mark.parametrize("pasted", ["3403-1154.0384 0002", " 3403 1154 0384 0002\n", "NIK: 3403115403840002"])
def test_nik_takes_pasted_text_as_people_write_it(bench, pasted: str) -> None:
    nik = nik_editor()
    bench(nik)
    QApplication.clipboard().setText(pasted)
    nik.paste()
    assert nik.value() == "3403115403840002"


def test_caret_stays_at_its_digit(bench, qtbot: QtBot) -> None:
    nik = nik_editor()
    bench(nik)
    qtbot.keyClicks(nik, "34031154")
    nik.setCursorPosition(2)
    qtbot.keyClicks(nik, "9")
    assert (nik.text(), nik.cursorPosition()) == ("3490 3115 4", 3)
    qtbot.keyClicks(nik, "8")
    assert (nik.text(), nik.cursorPosition()) == ("3498 0311 54", 4)


def test_backspace_steps_over_the_gap(bench, qtbot: QtBot) -> None:
    nik = nik_editor()
    bench(nik)
    qtbot.keyClicks(nik, "34031")
    assert nik.text() == "3403 1"
    nik.setCursorPosition(5)
    qtbot.keyClick(nik, Qt.Key.Key_Backspace)
    assert nik.value() == "3401"
    nik.set_value("34031")
    nik.setCursorPosition(4)
    qtbot.keyClick(nik, Qt.Key.Key_Delete)
    assert nik.value() == "3403"


@pytest.mark.parametrize(
    ("typed", "shown", "value"),
    [
        ("081227334155", "0812 2733 4155", "081227334155"),
        ("0812-2733-4155", "0812 2733 4155", "081227334155"),
        ("+6281227334155", "+62 812 2733 4155", "+6281227334155"),
        ("0", "0", "0"),
    ],
)
def test_phone(bench, qtbot: QtBot, typed: str, shown: str, value: str) -> None:
    phone = phone_editor()
    bench(phone)
    qtbot.keyClicks(phone, typed)
    assert (phone.text(), phone.value()) == (shown, value)


@given(digits=st.text("0123456789", max_size=20), groups=st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_grouping_loses_no_digit(digits: str, groups: list[int]) -> None:
    shown = grouped(digits, tuple(groups))
    assert shown.replace(" ", "") == digits
    assert "  " not in shown
    assert shown == shown.strip()


@pytest.mark.parametrize(
    ("typed", "shown", "value"),
    [
        ("14031984", "14-03-1984", "1984-03-14"),
        ("14-03-1984", "14-03-1984", "1984-03-14"),
        ("1984", "1984", "1984"),
        ("2010", "2010", "2010"),
        ("31022000", "31-02-2000", ""),
        ("140319", "14-03-19", ""),
        ("0000", "0000", ""),
    ],
)
def test_date(bench, qtbot: QtBot, typed: str, shown: str, value: str) -> None:
    day = DateEditor()
    bench(day)
    qtbot.keyClicks(day, typed)
    qtbot.keyClick(day, Qt.Key.Key_Tab)
    assert day.value() == value
    assert day.is_complete() == bool(value)
    if value:
        assert day.text() == shown


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_day_comes_back(qapp: QApplication, day: date) -> None:
    editor = DateEditor()
    editor.set_value(day)
    assert editor.value() == day.isoformat()
    assert editor.as_date() == day
    editor.set_value(day.isoformat())
    assert editor.text() == day.strftime("%d-%m-%Y") if day.year >= 1000 else True


def test_number_with_dots_and_limits(bench, qtbot: QtBot) -> None:
    number = NumberEditor(1, 5_000_000)
    bench(number)
    qtbot.keyClicks(number, "1500000")
    assert (number.text(), number.value()) == ("1.500.000", 1_500_000)
    number.set_value(9_000_000)
    assert number.value() is None
    assert not number.is_complete()
    number.clear_value()
    assert number.is_complete()


def test_note_is_left_with_tab(bench, qtbot: QtBot) -> None:
    note = TextEditor()
    window = bench(note)
    done = counted(note.finished)
    qtbot.keyClicks(note, "baris")
    qtbot.keyClick(note, Qt.Key.Key_Return)
    qtbot.keyClicks(note, "dua")
    qtbot.keyClick(note, Qt.Key.Key_Tab)
    assert note.value() == "baris\ndua"
    assert window.after.hasFocus()
    assert len(done) == 1


def test_search_empties_with_escape_and_submits_with_enter(bench, qtbot: QtBot) -> None:
    box = SearchBox("Cari peserta")
    bench(box)
    submitted, down = counted(box.submitted), counted(box.down)
    qtbot.keyClicks(box, "sit")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert submitted == [("sit",)]
    assert box.hasFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert len(down) == 1
    changed = counted(box.changed)
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert box.value() == ""
    assert len(changed) == 1


# ---------------------------------------------------------------- choices
def test_seg_digit_chooses_and_says_so(bench, qtbot: QtBot) -> None:
    kind = Seg([("food", "Makanan"), ("craft", "Kerajinan"), ("farm", "Tani")], numbered=True)
    bench(kind)
    chosen, changed = counted(kind.chosen), counted(kind.changed)
    assert kind.value() is None
    qtbot.keyClick(kind.focusWidget(), "2")
    assert kind.value() == "craft"
    assert chosen == [("craft",)]
    assert len(changed) == 1
    qtbot.keyClick(kind.focusWidget(), "7")
    assert kind.value() == "craft"


def test_seg_arrows_choose_without_moving_on(bench, qtbot: QtBot) -> None:
    kind = Seg([(1, "Satu"), (2, "Dua"), (3, "Tiga")])
    bench(kind)
    kind.set_value(3)
    kind.setFocus()
    chosen = counted(kind.chosen)
    qtbot.keyClick(kind.focusWidget(), Qt.Key.Key_Right)
    assert kind.value() == 1
    qtbot.keyClick(kind.focusWidget(), Qt.Key.Key_Up)
    assert kind.value() == 3
    assert chosen == []


def test_seg_is_one_tab_stop_at_the_chosen_button(bench, qtbot: QtBot) -> None:
    first, kind = LineEditor(), Seg([(1, "Satu"), (2, "Dua"), (3, "Tiga")])
    window = bench(first, kind)
    kind.set_value(2)
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert window.focusWidget() is kind.buttons[1]
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert window.after.hasFocus()
    qtbot.keyClick(window.after, Qt.Key.Key_Backtab)
    assert window.focusWidget() is kind.buttons[1]


def test_seg_enter_on_nothing_chooses_first_then_moves_on(bench, qtbot: QtBot) -> None:
    kind = Seg([(1, "Satu"), (2, "Dua")])
    window = bench(kind)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert kind.value() == 1
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert window.after.hasFocus()


def test_seg_can_be_emptied_and_refilled(bench) -> None:
    kind = Seg([(1, "Satu"), (2, "Dua")])
    bench(kind)
    kind.set_value(2)
    kind.clear_value()
    assert kind.value() is None
    kind.set_choices([("a", "Apa"), ("b", "Bila")])
    assert [b.accessibleName() for b in kind.buttons] == ["Apa", "Bila"]
    kind.set_value("b")
    assert kind.value() == "b"


def test_seg_refilled_keeps_its_place_in_the_order_of_tab(bench, qtbot: QtBot) -> None:
    first, kind, last = LineEditor(), Seg([(1, "Satu")]), LineEditor()
    window = bench(first, kind, last)
    kind.set_choices([("a", "Apa"), ("b", "Bila")])
    qtbot.waitUntil(kind.buttons[0].isVisible)
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert window.focusWidget() is kind.buttons[0]
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert last.hasFocus()
    qtbot.keyClick(last, Qt.Key.Key_Backtab)
    assert window.focusWidget() is kind.buttons[0]


def test_seg_is_a_radio_group_to_screen_readers(bench) -> None:
    kind = Seg([(1, "Satu"), (2, "Dua")])
    field = Field("&Jenis usaha", kind)
    bench(field)
    spoken = QAccessible.queryAccessibleInterface(kind.buttons[0])
    assert spoken.role() == QAccessible.Role.RadioButton
    assert spoken.text(QAccessible.Text.Name) == "Satu"
    kind.setFocus()
    assert "Jenis usaha" in kind.buttons[0].accessibleDescription()


def test_multiseg_keeps_several_and_nothing_excludes(bench, qtbot: QtBot) -> None:
    used = MultiSeg([("wa", "WhatsApp"), ("qris", "QRIS"), ("none", "Belum ada")], nothing="none")
    bench(used)
    here = used.focusWidget()
    for digit in "12":
        qtbot.keyClick(here, digit)
    assert used.value() == ("wa", "qris")
    qtbot.keyClick(here, "3")
    assert used.value() == ("none",)
    qtbot.keyClick(here, "1")
    assert used.value() == ("wa",)
    qtbot.keyClick(here, "1")
    assert used.value() == ()


def test_multiseg_mouse(bench, qtbot: QtBot) -> None:
    used = MultiSeg([("wa", "WhatsApp"), ("qris", "QRIS")])
    bench(used)
    changed = counted(used.changed)
    qtbot.mouseClick(used.buttons[1], Qt.MouseButton.LeftButton)
    assert used.value() == ("qris",)
    assert len(changed) == 1


def test_pick_ignores_the_wheel(bench, qtbot: QtBot) -> None:
    pick = PickEditor([(1, "Satu"), (2, "Dua")])
    bench(pick)
    pick.set_value(1)
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent

    wheel = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, 0), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(pick, wheel)
    assert pick.value() == 1
    done = counted(pick.finished)
    qtbot.keyClick(pick, Qt.Key.Key_Down)
    assert pick.value() == 2
    assert len(done) == 1


def test_check_is_toggled_by_click_and_space(bench, qtbot: QtBot) -> None:
    agree = CheckEditor("Peserta setuju")
    bench(agree)
    changed = counted(agree.changed)
    qtbot.keyClick(agree, Qt.Key.Key_Space)
    assert agree.value() is True
    qtbot.mouseClick(agree, Qt.MouseButton.LeftButton)
    assert agree.value() is False
    assert len(changed) == 2


# ---------------------------------------------------------------- type-ahead
@pytest.mark.qt_log_ignore("does not support")
def test_suggest_lists_and_enter_takes_the_first(bench, qtbot: QtBot) -> None:
    village = Suggest(search)
    window = bench(village)
    picked = counted(village.picked)
    qtbot.keyClicks(village, "nga")
    assert village.value() is None
    popup = village.popup()
    assert popup.isVisible()
    assert popup.model().rowCount() == 3
    assert popup.sizeHintForRow(0) == theme.px(50), "two lines a row: the village and where it is"
    assert popup.verticalScrollBar().maximum() == 0, "three rows fit"
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert (village.value(), village.title()) == ("3403110002", "Ngalang")
    assert picked == [("3403110002",)]
    assert not popup.isVisible()
    assert window.after.hasFocus()


@pytest.mark.qt_log_ignore("does not support")
def test_suggest_goes_on_typing_with_the_list_open(bench, qtbot: QtBot) -> None:
    village = Suggest(search)
    bench(village)
    qtbot.keyClicks(village, "n")
    for letter in "gal":
        qtbot.keyClick(village.popup(), letter)
    assert village.text() == "ngal"
    assert village.popup().model().rowCount() == 1
    qtbot.keyClick(village.popup(), Qt.Key.Key_Escape)
    assert not village.popup().isVisible()
    assert village.text() == "ngal"


@pytest.mark.qt_log_ignore("does not support")
def test_suggest_takes_an_exact_title_on_leaving_but_not_an_ambiguous_one(bench, qtbot: QtBot) -> None:
    village = Suggest(search)
    window = bench(village)
    qtbot.keyClicks(village, "beji")
    village.popup().hide()
    window.after.setFocus()
    assert village.value() == "3403120009"
    assert village.title() == "Beji"
    village.clear_value()
    village.setFocus()
    qtbot.keyClicks(village, "ngawen")
    village.popup().hide()
    window.after.setFocus()
    assert village.value() is None


@pytest.mark.qt_log_ignore("does not support")
def test_suggest_forgets_the_pick_when_the_words_change(bench, qtbot: QtBot) -> None:
    village = Suggest(search)
    bench(village)
    village.set_value(("3403110001", "Ngawen"))
    assert village.value() == "3403110001"
    qtbot.keyClick(village, Qt.Key.Key_End)
    qtbot.keyClick(village, Qt.Key.Key_Backspace)
    assert village.value() is None


def test_long_words_are_read_from_their_beginning_and_written_on_at_their_end(bench, qtbot: QtBot) -> None:
    line, other = LineEditor(), LineEditor()
    bench(line, other)
    line.setFocus()
    qtbot.keyClicks(line, "CONTOH " * 20)
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    assert line.cursorPosition() == 0
    line.setFocus(Qt.FocusReason.OtherFocusReason)
    assert line.cursorPosition() == len(line.text())


# ---------------------------------------------------------------- PIN
def test_pin_takes_six_digits_and_says_completed(bench, qtbot: QtBot) -> None:
    pin = PinBoxes()
    bench(pin)
    done = counted(pin.completed)
    qtbot.keyClicks(pin, "12a3456")
    assert pin.value() == "123456"
    assert done == [("123456",)]
    assert QAccessible.queryAccessibleInterface(pin).state().passwordEdit
    qtbot.keyClick(pin, Qt.Key.Key_Backspace)
    assert pin.value() == "12345"


def test_refused_pin_takes_the_next_digit_as_another_try(bench, qtbot: QtBot) -> None:
    pin = PinBoxes()
    bench(pin)
    qtbot.keyClicks(pin, "1234567")
    assert pin.value() == "123456"
    set_state(pin, state="bad")
    qtbot.keyClicks(pin, "9")
    assert pin.value() == "9"
    qtbot.keyClicks(pin, "87654")
    pin.type_digit("4")
    assert pin.value() == "4"


def test_pin_is_not_shown_nor_copied(bench, qtbot: QtBot) -> None:
    pin = PinBoxes()
    bench(pin)
    qtbot.keyClicks(pin, "1234")
    assert pin.echoMode() == QLineEdit.EchoMode.Password
    QApplication.clipboard().setText("sebelumnya")
    pin.selectAll()
    qtbot.keySequence(pin, QKeySequence(QKeySequence.StandardKey.Copy))
    assert QApplication.clipboard().text() == "sebelumnya"


def test_keypad_types_into_the_pin(bench, qtbot: QtBot) -> None:
    pin = PinBoxes()
    pad = Keypad(pin)
    bench(pin, pad)
    entered = counted(pad.entered)
    keys = {b.text(): b for b in pad.findChildren(type(pad.enter))}
    for key in ("1", "0", "Hapus", "9"):
        qtbot.mouseClick(keys[key], Qt.MouseButton.LeftButton)
    assert pin.value() == "19"
    assert pin.hasFocus()
    qtbot.mouseClick(keys["Masuk"], Qt.MouseButton.LeftButton)
    assert len(entered) == 1


# ---------------------------------------------------------------- field
def test_field_speaks_for_its_editor(bench) -> None:
    field = Field("&NIK (nomor KTP)", nik_editor(), "16 angka")
    bench(field)
    assert field.editor.accessibleName() == "NIK (nomor KTP)"
    assert field.editor.accessibleDescription() == "16 angka"
    height = field.height()
    field.set_message("NIK harus 16 angka. Sekarang 14.")
    assert field.editor.accessibleDescription() == "NIK harus 16 angka. Sekarang 14. 16 angka"
    assert field.height() == height
    field.set_note("dari kartu")
    assert "dari kartu" in field.editor.accessibleDescription()
    field.set_note("")
    field.clear_message()
    assert field.editor.accessibleDescription() == "16 angka"


def test_alt_letter_goes_to_the_editor(bench, qtbot: QtBot) -> None:
    field = Field("&NIK", nik_editor())
    window = bench(field)
    window.after.setFocus()
    qtbot.keyClick(window.after, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    assert field.editor.hasFocus()


def test_digits_editor_limits_pasted_digits(bench) -> None:
    code = DigitsEditor((3, 3), 6)
    bench(code)
    code.set_value("123456789")
    assert code.text() == "123 456"
