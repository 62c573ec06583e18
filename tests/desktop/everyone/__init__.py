"""The checklist for everyone (names, keyboard, sizes, words): each page, gate and sheet of the window is
opened on a laptop full of work and held to every rule. What one control must do is tested beside its part.
"""
