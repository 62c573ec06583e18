"""Words on a page: one label class, dressed by what the text is (heading, label, caption …)."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from trainer_app.desktop.theme import set_state

LEAST_LETTERS = 12  # a line is never narrower
KINDS = ("h1", "h2", "h3", "kpi", "brand", "label", "body", "strong", "muted", "caption", "code", "message")


class Text(QLabel):
    """A text that is read, not operated. ``<b>`` works in it when ``rich`` is true; otherwise text is shown
    as it is.

    A heading is announced as one by a screen reader only through its place in the page: headings come first.
    """

    def __init__(
        self,
        text: str = "",
        kind: str = "body",
        tone: str | None = None,
        *,
        wrap: bool = False,
        rich: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
        self.setText(text)
        self.setProperty("kind", kind)
        self.setProperty("tone", tone or "")
        self.setWordWrap(wrap)
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        else:
            self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """A text that wraps asks for its true height through its width; Qt's guess would be far too tall."""
        if not self.wordWrap():
            return super().minimumSizeHint()
        return QSize(self.fontMetrics().averageCharWidth() * LEAST_LETTERS, self.fontMetrics().height())

    def show_text(self, text: str, tone: str | None = None) -> None:
        """Shows ``text`` in ``tone``."""
        self.setText(text)
        set_state(self, tone=tone or "")
