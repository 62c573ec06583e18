"""What people do, one function a deed: register, correct, enrol, mark, close, withdraw.

A deed checks what was typed, makes the edits and saves them in one transaction of the store; it returns what
its screen needs to say and to undo it. Nothing here draws a screen, speaks SQL or sends anything. A deed
raises `Problem` with a sentence for people, and then nothing was saved.
"""
