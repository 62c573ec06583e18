"""The widgets pages are made of: one subject a file, all dressed by the theme, all usable with the keyboard
alone.

A part knows how a thing looks and is operated, not what it means: no part imports records, actions or a page.
A Qt class that the theme does not dress is not used on a page; ``tests/desktop`` fails on one.
"""
