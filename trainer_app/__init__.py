"""Trainer App: registers micro-enterprises and follows their training where there is no internet.

The folders below are the architecture; imports only point down:
``__main__`` → ``commands`` → ``desktop | server`` → ``sync | actions | reports`` → ``storage`` → ``records``
→ ``settings : words : log`` → ``bootstrap``. Files that are not code (pictures, words, places, manuals) lie
in the top-level folder ``resources/`` and are read as the package ``trainer_app.resources``.

This module and ``bootstrap`` use the standard library only and parse on older Pythons, so that a bare clone
can say in a clear sentence what it lacks.
"""

__version__ = "1.0.0"
