"""The rules, each a function of a window on screen that gives a sentence for everything that breaks it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)

from trainer_app.desktop import theme
from trainer_app.desktop.parts import mnemonic
from trainer_app.desktop.parts.buttons import Button
from trainer_app.desktop.parts.chip import Chip
from trainer_app.desktop.parts.choices import CheckEditor
from trainer_app.desktop.parts.page import ScrollBody
from trainer_app.desktop.parts.pin import Keypad
from trainer_app.desktop.parts.text import Text
from trainer_app.desktop.parts.tiles import AttendanceTile

LEAST_TARGET, LEAST_IN_CLASS = 36, 44
LEAST_LETTERS = 2  # of a name that says something
#: Classes of Qt that the theme dresses or the kit paints, with what they are made of inside.
DRESSED = {
    "QWidget", "QFrame", "QLabel", "QLineEdit", "QPlainTextEdit", "QScrollArea", "QTableView", "QHeaderView",
    "QScrollBar", "QAbstractButton", "QPushButton", "QCheckBox", "QComboBox", "QProgressBar", "QListView",
    "QDialog", "QTableCornerButton", "QComboBoxListView", "QComboBoxPrivateContainer",
    "QComboBoxPrivateScroller", "QStyledItemDelegate", "QStackedWidget", "QTextBrowser",
}  # fmt: skip
#: What is operated: a screen reader must be able to say what it is.
OPERATED = {
    QAccessible.Role.Button, QAccessible.Role.CheckBox, QAccessible.Role.RadioButton,
    QAccessible.Role.EditableText, QAccessible.Role.ComboBox, QAccessible.Role.List, QAccessible.Role.Table,
    QAccessible.Role.Link, QAccessible.Role.PageTab, QAccessible.Role.MenuItem, QAccessible.Role.Slider,
    QAccessible.Role.ProgressBar, QAccessible.Role.SpinBox, QAccessible.Role.Dialog,
}  # fmt: skip


def visible(window: QWidget) -> list[QWidget]:
    """What is on screen in `window`, without the bars at its sides."""
    return [w for w in window.findChildren(QWidget) if w.isVisible() and not isinstance(w, QScrollBar)]


def described(widget: QWidget) -> str:
    """What a widget is, for people who mend it."""
    text = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    return f"{type(widget).__name__} {text or widget.accessibleName()!r} in {type(widget.parent()).__name__}"


def _speaks(name: str) -> bool:
    return sum(letter.isalnum() for letter in name) >= LEAST_LETTERS or name.strip().isdigit()


# ---------------------------------------------------------------- names
def unnamed(window: QWidget) -> list[str]:
    """Whatever the keyboard reaches has a name that says something, and it is not that of its picture."""
    wrong = []
    for widget in visible(window):
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or widget.focusProxy() is not None:
            continue
        name = widget.accessibleName()
        icon = getattr(widget, "_icon_name", None)
        if not _speaks(name) or (icon is not None and name == icon):
            wrong.append(f"{described(widget)} is called {name!r}")
    return wrong


def accessible_tree(window: QWidget) -> Iterator[tuple[int, QAccessibleInterface]]:
    """(depth, node) of everything a screen reader finds, in its order."""
    waiting: list[tuple[int, QAccessibleInterface]] = []
    top = QAccessible.queryAccessibleInterface(window)
    if top is not None:
        waiting.append((0, top))
    while waiting:
        depth, node = waiting.pop()
        if not node.isValid() or node.state().invisible:
            continue
        yield depth, node
        children = [node.child(place) for place in range(min(node.childCount(), 400))]
        waiting += [(depth + 1, child) for child in reversed(children) if child is not None]


def silent_in_tree(window: QWidget) -> list[str]:
    """No control of the accessible tree is without a name."""
    wrong = []
    for _depth, node in accessible_tree(window):
        if node.role() in OPERATED and not node.text(QAccessible.Text.Name).strip():
            thing = node.object()
            if isinstance(thing, QWidget) and thing.metaObject().className() == "QTableCornerButton":
                continue
            wrong.append(f"{node.role().name} {type(thing).__name__} has no name")
    return wrong


# ---------------------------------------------------------------- room
def _why_clipped(widget: QWidget) -> str:
    if type(widget).__name__ == "_OneLine":  # ends in dots, and says all of it in its tip and its band
        return "" if widget.toolTip() == widget.text() else "no tip says all of it"
    if isinstance(widget, Text) and widget.text() and widget.wordWrap():
        needed = widget.heightForWidth(widget.width())
        return f"needs {needed} px of height, has {widget.height()}" if needed > widget.height() + 1 else ""
    if isinstance(widget, Text | Button) and widget.text():
        hint = widget.sizeHint()
        if hint.width() > widget.width() + 1 or hint.height() > widget.height() + 1:
            return f"needs {hint.toTuple()}, has {widget.size().toTuple()}"
    if isinstance(widget, CheckEditor) and widget.heightForWidth(widget.width()) > widget.height():
        return "the sentence does not fit"
    return ""


def clipped(window: QWidget) -> list[str]:
    """Words have the room they need."""
    return [f"{described(w)}: {why}" for w in visible(window) if (why := _why_clipped(w))]


def _scrolls(widget: QWidget, window: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        if isinstance(parent, QAbstractScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def out_of_sight(window: QWidget) -> list[str]:
    """Nothing lies outside the window unless one can scroll to it; nothing is wider than its place."""
    wrong = []
    for widget in visible(window):
        parent = widget.parentWidget()
        if isinstance(widget, QDialog) or parent is None:
            continue
        if isinstance(widget, ScrollBody) and widget.inside.width() > widget.viewport().width():
            wrong.append(f"{described(widget)} is wider than its place, and does not scroll sideways")
        if isinstance(parent.parentWidget(), QAbstractScrollArea):
            continue
        if widget.x() + widget.width() > parent.width() + 1 or widget.x() < -1:
            wrong.append(f"{described(widget)} reaches over the side")
        if not _scrolls(widget, window) and _operated(widget):
            place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
            if not window.rect().adjusted(-1, -1, 1, 1).contains(place):
                wrong.append(f"{described(widget)} lies outside the window: {place.getRect()}")
    return wrong


def _operated(widget: QWidget) -> bool:
    return isinstance(widget, QAbstractButton | QLineEdit | QComboBox | QPlainTextEdit | Text)


def overlapping(window: QWidget) -> list[str]:
    """No two controls lie on each other."""
    places: list[tuple[QWidget, QRect]] = []
    for widget in visible(window):
        if isinstance(widget, Button | QLineEdit) and not isinstance(widget.parentWidget(), QHeaderView):
            places.append((widget, QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())))
    return [
        f"{described(one)} lies on {described(other)}"
        for n, (one, here) in enumerate(places)
        for other, there in places[n + 1 :]
        if not (one.isAncestorOf(other) or other.isAncestorOf(one))
        if (common := here.intersected(there)).width() > 2 and common.height() > 2
        if not _scrolls(one, window) and not _scrolls(other, window)
    ]


def small_targets(window: QWidget) -> list[str]:
    """What is pressed is large enough to be hit; in class and for the PIN larger still."""
    wrong = []
    for widget in visible(window):
        if not isinstance(widget, QAbstractButton | QLineEdit | QComboBox):
            continue
        if isinstance(widget.parentWidget(), QHeaderView | QComboBox):
            continue
        if widget.metaObject().className() == "QTableCornerButton":
            continue
        in_class = isinstance(widget, AttendanceTile) or isinstance(widget.parentWidget(), Keypad)
        least = LEAST_IN_CLASS if in_class else LEAST_TARGET
        if min(widget.width(), widget.height()) < least:
            wrong.append(f"{described(widget)} is {widget.size().toTuple()}")
    return wrong


# ---------------------------------------------------------------- dress
def undressed(window: QWidget) -> list[str]:
    """Only classes of Qt that the theme dresses."""
    strange = []
    for widget in visible(window):
        name = _class_of_qt(widget)
        if name not in DRESSED:
            strange.append(f"{described(widget)}: {name}")
    return strange


def _class_of_qt(widget: QWidget) -> str:
    """The nearest class of Qt itself; one that has no name in Python is told by its meta object."""
    if type(widget).__module__.startswith("PySide6."):
        return str(widget.metaObject().className())
    return next(cls.__name__ for cls in type(widget).__mro__ if cls.__module__.startswith("PySide6."))


def colour_alone(window: QWidget) -> list[str]:
    """Whatever has a tone has words too."""
    tones = set(theme.TONES) - {"mute"}
    return [
        f"{described(widget)} says {widget.property('tone')!r} with its colour only"
        for widget in visible(window)
        if widget.property("tone") in tones and not _has_words(widget)
    ]


def _has_words(widget: QWidget) -> bool:
    if isinstance(widget, Chip):
        return bool(widget.text().strip())
    own = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    return bool(own or widget.accessibleName() or any(t.text() for t in widget.findChildren(Text)))


# ---------------------------------------------------------------- letters
def same_letters(window: QWidget) -> list[str]:
    """Each Alt-letter stands once on a screen."""
    used: dict[str, str] = {}
    wrong = []
    for widget in visible(window):
        if not isinstance(widget, QLabel | QAbstractButton):
            continue
        if isinstance(widget, QLabel) and widget.buddy() is None:
            continue  # an ampersand in a sentence is one
        letter = mnemonic.letter(widget.text().replace("&&", ""))
        if letter and letter in used:
            wrong.append(f"Alt+{letter} is {used[letter]} and {described(widget)}")
        if letter:
            used[letter] = described(widget)
    return wrong


def without_label(window: QWidget) -> list[str]:
    """What is typed into has a label of its own, or says in its name what belongs there."""
    labelled = {w.buddy() for w in window.findChildren(QLabel) if w.buddy() is not None}
    return [
        f"{described(widget)} has neither label nor name"
        for widget in visible(window)
        if isinstance(widget, QLineEdit | QPlainTextEdit | QComboBox)
        if widget not in labelled and not _speaks(widget.accessibleName())
        if not isinstance(widget.parentWidget(), QComboBox)
    ]


RULES = {
    "unnamed": unnamed,
    "silent in the tree": silent_in_tree,
    "clipped": clipped,
    "out of sight": out_of_sight,
    "overlapping": overlapping,
    "small": small_targets,
    "undressed": undressed,
    "colour alone": colour_alone,
    "same letters": same_letters,
    "without label": without_label,
}


def faults(window: QWidget) -> list[str]:
    """Everything wrong with a window on screen."""
    QApplication.processEvents()
    return [f"{name}: {fault}" for name, rule in RULES.items() for fault in rule(window)]
