"""The laptop's screens, in Qt Widgets.

Here belong the window, the pages and the parts they are made of, the theme, and the bridge that runs work off
the screen thread. No SQL and no rules of the field: a page reads editors, calls one function of ``actions``
or ``reports`` and shows what came back. Screens hold ids and frozen values, never rows of the store.
"""
